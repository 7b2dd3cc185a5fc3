package main

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"kbdiag/cmd/internal/lsp"
	"kbdiag/rules"
)

func (a *app) lsp() *cobra.Command {
	var paths []string
	c := &cobra.Command{
		Use:   "lsp",
		Short: "Serve editors: check, complete and explain rule files as they are typed",
		Long: `A language server (LSP) for rule files on standard input and output. Set it up in
your editor as the server of TOML files in your folder of rules. It checks what
you type as rules lint does, offers fixes, completes keys, fields, functions and
signals, explains them, and goes to rules that are named.`,
		Example: `  kbdiag lsp
  kbdiag lsp --rules myrules/`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			s := &lsp.Server{Version: version, Load: func(folders []string) *rules.Base {
				return lspBase(append(folders, paths...))
			}}
			if err := s.Serve(a.stdin, a.stdout); err != nil {
				return failed(err)
			}
			return nil
		},
	}
	c.Flags().StringArrayVar(&paths, "rules", nil, "know the rules of this file, folder or pack too (may be given again)")
	return c
}

// lspBase loads the rules of folders and those that the program brings. What
// is wrong in them is told when they are opened.
func lspBase(paths []string) *rules.Base {
	for i, p := range paths {
		if abs, err := filepath.Abs(p); err == nil {
			paths[i] = abs // as the editor names its documents
		}
	}
	builtin, _ := rules.Builtin()
	ours, _ := rules.LoadPaths(paths...)
	both, _ := rules.Merge(ours, builtin)
	return both
}
