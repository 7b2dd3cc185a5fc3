//go:build !js

package main

import (
	"os"

	"github.com/spf13/cobra"

	"kbdiag/cmd/internal/browser"
)

func (a *app) page() *cobra.Command {
	var support, output string
	c := &cobra.Command{
		Use:   "page PROGRAM.wasm",
		Short: "Make a web page that is the whole program: it needs no server and uploads nothing",
		Long: `Writes one HTML file that holds the program itself, built for browsers. Whoever
opens it, from a disk or from a web server, drops files and reads the report; the
files stay in the browser.

The program is built from the source, by the Go whose wasm_exec.js is given.`,
		Example: `  GOOS=js GOARCH=wasm go build -trimpath -ldflags '-s -w' -o kbdiag.wasm ./cmd/kbdiag
  kbdiag page kbdiag.wasm --support "$(go env GOROOT)/lib/wasm/wasm_exec.js" -o kbdiag.html`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if support == "" {
				return usage(`--support: expected wasm_exec.js of the Go that built the program, found in "$(go env GOROOT)/lib/wasm"`)
			}
			return a.writePage(args[0], support, output)
		},
	}
	c.Flags().StringVar(&support, "support", "", "wasm_exec.js of the Go that built the program")
	c.Flags().StringVarP(&output, "output", "o", "", "write to this file")
	return c
}

func (a *app) writePage(program, support, output string) error {
	js, err := os.ReadFile(support)
	if err != nil {
		return failed(err)
	}
	f, err := os.Open(program)
	if err != nil {
		return failed(err)
	}
	defer f.Close()
	out, done, err := a.output(output)
	if err != nil {
		return err
	}
	defer done()
	if err := browser.Write(out, f, string(js), version); err != nil {
		return failed(err)
	}
	return nil
}
