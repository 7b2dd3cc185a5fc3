package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"kbdiag/engine"
	"kbdiag/rules"
)

// ruleFlags say which rules to use.
type ruleFlags struct {
	paths     []string
	noBuiltin bool
	trust     []string // files of keys
}

func (f *ruleFlags) add(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.paths, "rules", nil, "add the rules of this file, folder or pack (may be given again)")
	c.Flags().BoolVar(&f.noBuiltin, "no-builtin", false, "leave out the rules that kbdiag brings")
	c.Flags().StringArrayVar(&f.trust, "trust", nil, "refuse packs that are not signed with the ed25519 key of this PEM file (may be given again)")
}

// load reads the rules. What is wrong in a rule file is a failure: a diagnosis
// without a rule that its author believes in would be a wrong answer.
func (f *ruleFlags) load() (*rules.Base, error) {
	var bases []*rules.Base
	if !f.noBuiltin {
		b, err := rules.Builtin()
		if err != nil {
			return nil, failed(err)
		}
		bases = append(bases, b)
	}
	if len(f.paths) > 0 {
		trusted, err := publicKeys(f.trust)
		if err != nil {
			return nil, failed(err)
		}
		b, err := rules.LoadTrusted(trusted, f.paths...)
		if err != nil {
			return nil, failed(err)
		}
		bases = append(bases, b)
	}
	base, err := rules.Merge(bases...)
	if err == nil && len(base.Rules) == 0 {
		err = errors.New("no rules: give some with --rules, or leave out --no-builtin")
	}
	if err != nil {
		return nil, failed(err)
	}
	return base, nil
}

func (f *ruleFlags) compile() (*engine.Set, error) {
	base, err := f.load()
	if err != nil {
		return nil, err
	}
	return engine.Compile(base.Rules, base.SHA256()), nil
}

func (a *app) rules() *cobra.Command {
	c := &cobra.Command{
		Use:   "rules",
		Short: "List, show, write and check rules",
		Example: `  kbdiag rules list
  kbdiag rules show Q247764
  kbdiag rules new --from-events application.evtx --record 4711 -o myrules/
  kbdiag rules lint myrules/`,
		Args: knownCommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.rulesList(), a.rulesShow(), a.rulesLint(), a.rulesImport(), a.rulesCalibrate(), a.rulesStats(), a.rulesTest(), a.rulesDiff())
	c.AddCommand(a.rulesNew(), a.rulesSchema(), a.rulesPack(), a.rulesDocs())
	return c
}

func (a *app) rulesList() *cobra.Command {
	var f ruleFlags
	var format string
	c := &cobra.Command{
		Use:   "list",
		Short: "List the rules",
		Example: `  kbdiag rules list
  kbdiag rules list --no-builtin --rules myrules/ --format json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			base, err := f.load()
			if err != nil {
				return err
			}
			switch format {
			case "json":
				return a.listJSON(base)
			case "text":
				for _, r := range base.Rules {
					fmt.Fprintf(a.stdout, "%-8s  %-28s  %s\n", r.ID, products(r, 28), r.Title)
				}
				return nil
			}
			return usage("--format %s: expected text or json", format)
		},
	}
	f.add(c)
	c.Flags().StringVar(&format, "format", "text", "text or json")
	return c
}

// products names a rule's products in at most n characters.
func products(r *rules.Rule, n int) string {
	var names []string
	for _, p := range r.Products {
		names = append(names, strings.TrimSpace(p.Name+" "+strings.Join(p.Versions, ", ")))
	}
	s := []rune(strings.Join(names, "; "))
	if len(s) > n {
		return string(s[:n-3]) + "..."
	}
	return string(s)
}

type listedRule struct {
	ID         string          `json:"id"`
	Title      string          `json:"title"`
	Severity   string          `json:"severity"`
	Products   []rules.Product `json:"products"`
	References []string        `json:"references"`
	Signals    []string        `json:"signals"`
	File       string          `json:"file"`
}

func (a *app) listJSON(base *rules.Base) error {
	list := []listedRule{}
	for _, r := range base.Rules {
		l := listedRule{ID: r.ID, Title: r.Title, Severity: r.Severity, Products: r.Products, References: r.References, File: r.File}
		for _, s := range r.Signals {
			l.Signals = append(l.Signals, s.Name)
		}
		list = append(list, l)
	}
	return a.printJSON(list)
}

func (a *app) rulesShow() *cobra.Command {
	var f ruleFlags
	c := &cobra.Command{
		Use:     "show RULE",
		Short:   "Show a rule: what it looks for, the cause, the steps",
		Example: `  kbdiag rules show Q247764`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("expected the id of one rule")
			}
			base, err := f.load()
			if err != nil {
				return err
			}
			for _, r := range base.Rules {
				if strings.EqualFold(r.ID, args[0]) {
					return showRule(a.stdout, r)
				}
			}
			return failed(fmt.Errorf("no rule %s: see kbdiag rules list", args[0]))
		},
	}
	f.add(c)
	return c
}

func showRule(out io.Writer, r *rules.Rule) error {
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, "%s  %s\n", r.ID, r.Title)
	fmt.Fprintf(w, "%s; %s; %s\n", products(r, 200), r.Severity, r.File)
	fmt.Fprintf(w, "\nCause\n  %s\n\nLooks for\n", oneParagraph(r.Cause))
	for _, s := range r.Signals {
		fmt.Fprintf(w, "  %s (%s, %s)\n", s.Name, s.On, s.Strength)
		for _, line := range []string{s.Doc, oneParagraph(s.When), s.Message} {
			if line != "" {
				fmt.Fprintf(w, "    %s\n", line)
			}
		}
	}
	if r.Diagnosis.When != "" {
		fmt.Fprintf(w, "\nApplies when\n  %s\n", oneParagraph(r.Diagnosis.When))
	}
	fmt.Fprintf(w, "\nWhat to do\n")
	for i, s := range r.Steps {
		fmt.Fprintf(w, "  %d. %s\n", i+1, oneParagraph(s.Text))
		if s.Verify != "" {
			fmt.Fprintf(w, "     Check: %s\n", oneParagraph(s.Verify))
		}
	}
	if len(r.Collect) > 0 {
		fmt.Fprintf(w, "\nAsk for\n")
		for _, c := range r.Collect {
			fmt.Fprintf(w, "  %s (shows %s)\n", oneParagraph(c.Ask), c.Signal)
		}
	}
	if len(r.References) > 0 {
		fmt.Fprintf(w, "\nSee also %s\n", strings.Join(r.References, ", "))
	}
	return w.Flush()
}

func oneParagraph(s string) string { return strings.Join(strings.Fields(s), " ") }
