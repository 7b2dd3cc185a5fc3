package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"kbdiag/cmd/internal/site"
	"kbdiag/engine"
)

func (a *app) rulesDocs() *cobra.Command {
	var f ruleFlags
	var dir, title string
	c := &cobra.Command{
		Use:   "docs -o DIR",
		Short: "Write the rules as pages with a search, for a browser",
		Long: `Writes one page a rule, an index with a search, and a page on what the rules
cover into DIR. The pages need no server and load nothing from a network: open
index.html.`,
		Example: `  kbdiag rules docs -o site/
  kbdiag rules docs --rules myrules/ --title "Acme support" -o site/`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if dir == "" {
				return usage("no folder to write to: give -o DIR")
			}
			base, err := f.load()
			if err != nil {
				return err
			}
			known, err := covered(engine.Compile(base.Rules, ""))
			if err != nil {
				return failed(err)
			}
			s, err := site.New(title, version, base, *known)
			if err == nil {
				err = s.Write(dir)
			}
			if err != nil {
				return failed(err)
			}
			fmt.Fprintf(a.stdout, "%s: %d articles\n", filepath.Join(dir, "index.html"), len(base.Rules))
			return nil
		},
	}
	f.add(c)
	c.Flags().StringVarP(&dir, "output", "o", "", "folder to write to")
	c.Flags().StringVar(&title, "title", "Knowledge base", "title of the pages")
	return c
}
