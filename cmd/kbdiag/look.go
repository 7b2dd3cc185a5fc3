package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"kbdiag/cmd/internal/report"
	"kbdiag/engine"
)

// lookFlags say how a text is to look.
type lookFlags struct {
	noColor bool
	noPager bool
	verbose bool
	quiet   bool
}

func (f *lookFlags) add(c *cobra.Command) {
	c.Flags().BoolVar(&f.noPager, "no-pager", false, "print a long text straight to the terminal")
	c.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "all diagnoses whole, with every reason, and the places of evidence to the byte")
	c.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "one line a diagnosis, nothing else")
}

// style tells how text is to look on out.
func (a *app) style(out io.Writer, f *lookFlags) report.Style {
	s := report.Style{Width: 80}
	terminal := isTerminal(out)
	s.Colour = wantColour(terminal && enableColour(out), f.noColor, os.Getenv)
	switch {
	case f.quiet:
		s.Detail = report.Quiet
	case f.verbose:
		s.Detail = report.Verbose
	}
	if !terminal {
		return s
	}
	if w, _, err := term.GetSize(int(out.(*os.File).Fd())); err == nil && w >= 40 {
		s.Width = min(w, maxWidth)
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n >= 40 {
		s.Width = min(n, maxWidth)
	}
	return s
}

// maxWidth is the width beyond which lines of text are hard to read.
const maxWidth = 120

// wantColour decides on colours: none against the user's wish (NO_COLOR,
// no-color.org, wins over everything), else what CLICOLOR_FORCE and CLICOLOR
// state (bixense.com/clicolors), else only on a terminal that can.
func wantColour(terminal, noColor bool, getenv func(string) string) bool {
	switch {
	case noColor || getenv("NO_COLOR") != "":
		return false
	case getenv("CLICOLOR_FORCE") != "" && getenv("CLICOLOR_FORCE") != "0":
		return true
	case getenv("CLICOLOR") == "0" || getenv("TERM") == "dumb":
		return false
	}
	return terminal
}

// show prints a report, through a pager where it is longer than the terminal.
func (a *app) show(out io.Writer, r report.Renderer, rep *engine.Report, f *lookFlags) error {
	style := a.style(out, f)
	if f.noPager || r.Name != "text" || !isTerminal(out) || !isTerminal(a.stdin) {
		return r.Print(out, rep, style)
	}
	var text bytes.Buffer
	if err := r.Print(&text, rep, style); err != nil {
		return err
	}
	_, rows, err := term.GetSize(int(out.(*os.File).Fd()))
	if err == nil && bytes.Count(text.Bytes(), []byte("\n")) >= rows && page(pagerCommand(runtime.GOOS, os.Getenv), text.Bytes(), out, a.stderr) {
		return nil
	}
	_, err = out.Write(text.Bytes())
	return err
}

// pagerCommand gives the words of the pager's command, none for no pager.
func pagerCommand(system string, getenv func(string) string) []string {
	words := strings.Fields(getenv("PAGER"))
	switch {
	case len(words) == 1 && words[0] == "cat":
		return nil
	case len(words) > 0:
		return words
	case system == "windows" || getenv("TERM") == "dumb" || getenv("TERM") == "":
		return nil // more of Windows neither scrolls back nor shows colours
	}
	return []string{"less", "-FRX"}
}

// page shows a text in a pager. False: there is none, print it.
func page(command []string, text []byte, out, errs io.Writer) bool {
	if len(command) == 0 {
		return false
	}
	path, err := exec.LookPath(command[0])
	if err != nil {
		return false
	}
	c := exec.Command(path, command[1:]...)
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(text), out, errs
	c.Env = append(os.Environ(), "LESSCHARSET=utf-8")
	if os.Getenv("LESS") == "" {
		c.Env = append(c.Env, "LESS=FRX")
	}
	if err := c.Start(); err != nil {
		return false
	}
	if err := c.Wait(); err != nil {
		fmt.Fprintf(errs, "kbdiag: pager %s: %v\n", command[0], err)
	}
	return true
}
