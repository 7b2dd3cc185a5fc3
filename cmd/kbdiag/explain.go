package main

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"kbdiag/engine"
)

func (a *app) explain() *cobra.Command {
	var f diagnoseFlags
	var format string
	c := &cobra.Command{
		Use:   "explain RULE PATH...",
		Short: "Say why a rule does or does not apply to a ticket",
		Long: `Prints the value of each condition of the rule on the record that comes nearest
to it, the first part that is false, what cannot be told and why, and where the
rule stands among the others.`,
		Example: `  kbdiag explain Q247764 ticket-4711/
  kbdiag explain Q247764 --format json application.csv`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usage("expected a rule and at least one path: kbdiag explain RULE PATH...")
			}
			if format != "text" && format != "json" {
				return usage("--format %s: expected text or json", format)
			}
			opts, err := f.options()
			if err != nil {
				return err
			}
			src, err := a.open(&f.inputs, args[1:])
			if err != nil {
				return err
			}
			set, err := f.rules.compile()
			if err != nil {
				return err
			}
			stop := a.watch(src, args[1:], false, nil)
			x, err := engine.Explain(c.Context(), set, src.rd, args[1:], args[0], opts)
			stop()
			if err != nil {
				return failed(err)
			}
			if format == "json" {
				if err := a.printJSON(x); err != nil {
					return failed(err)
				}
			} else if err := a.printExplanation(x); err != nil {
				return failed(err)
			}
			return a.reportStatus(&engine.Report{Inputs: x.Inputs})
		},
	}
	f.add(c)
	c.Flags().StringVar(&format, "format", "text", "text or json")
	return c
}

func (a *app) printExplanation(x *engine.Explanation) error {
	w := bufio.NewWriter(a.stdout)
	fmt.Fprintf(w, "%s  %s\n", x.Rule, x.Title)
	switch {
	case x.Applies == "yes" && x.Rank > 0:
		fmt.Fprintf(w, "Applies: rank %d, %.0f%%, %s\n", x.Rank, 100*x.Confidence, x.Level)
	case x.Rank > 0:
		fmt.Fprintf(w, "May apply: rank %d, %.0f%%, %s; its condition cannot be told whole\n", x.Rank, 100*x.Confidence, x.Level)
	case x.Applies == "no":
		fmt.Fprintf(w, "Does not apply: %s\n", x.FirstFalse)
	default:
		fmt.Fprintf(w, "Nothing speaks for it, and not all of it can be told: %s\n", x.FirstFalse)
	}
	if x.Rival != "" {
		fmt.Fprintf(w, "Best other diagnosis: %s, %s\n", x.Rival, ahead(x.Behind))
	}
	if x.Incident != nil {
		fmt.Fprintf(w, "Incident: %s to %s\n", x.Incident.From, x.Incident.To)
	}
	fmt.Fprintf(w, "\nDiagnosis condition\n")
	printNode(w, x.Condition, 1)
	for i := range x.Signals {
		printSignal(w, &x.Signals[i])
	}
	fmt.Fprintf(w, "\nScore %+.1f decibans\n", x.ScoreDB)
	for _, t := range x.Terms {
		fmt.Fprintf(w, "  %+6.1f  %s: %s\n", t.DB, t.Name, t.Why)
	}
	for _, r := range x.Rivals {
		printRival(w, &r)
	}
	return w.Flush()
}

func ahead(db float64) string {
	if db >= 0 {
		return fmt.Sprintf("%.1f decibans ahead of it", db)
	}
	return fmt.Sprintf("%.1f decibans behind it", -db)
}

// printRival says what puts another diagnosis ahead, or behind.
func printRival(w *bufio.Writer, r *engine.Rival) {
	about := "a fault of its own"
	if r.SameEvidence {
		about = "for the same evidence"
	}
	fmt.Fprintf(w, "\nRival %s: rank %d, %.0f%%, %s, %s\n", r.Rule, r.Rank, 100*r.Confidence, ahead(r.Ahead), about)
	fmt.Fprintf(w, "  %s\n", r.Title)
	for _, d := range r.By {
		fmt.Fprintf(w, "  %+6.1f  %s (%s)\n", d.DB, d.Kind, d.Why)
	}
}

func printSignal(w *bufio.Writer, s *engine.SignalExplanation) {
	fmt.Fprintf(w, "\nSignal %s (%s, %s): %s", s.Name, s.On, s.Strength, s.Value)
	if s.Count > 0 {
		fmt.Fprintf(w, ", %d records", s.Count)
	}
	if s.InWindow != nil {
		fmt.Fprintf(w, ", %d of them in the incident window", *s.InWindow)
	}
	fmt.Fprintln(w)
	if s.Doc != "" {
		fmt.Fprintf(w, "  %s\n", s.Doc)
	}
	if s.Count == 0 {
		if s.FirstFalse != "" {
			fmt.Fprintf(w, "  first false: %s\n", s.FirstFalse)
		}
		if s.Missing != "" {
			fmt.Fprintf(w, "  cannot tell: %s\n", s.Missing)
		}
	}
	if n := s.Nearest; n != nil {
		what := "nearest record"
		if s.Count > 0 {
			what = "record"
		}
		fmt.Fprintf(w, "  %s: %s:%d  %s\n", what, n.Path, n.Line, n.Excerpt)
	}
	printNode(w, s.Tree, 1)
}

// printNode prints a condition as a tree, a part on each line.
func printNode(w *bufio.Writer, n engine.Node, depth int) {
	fmt.Fprintf(w, "%s%-11s %s", strings.Repeat("  ", depth), n.Value, strings.Join(strings.Fields(n.Text), " "))
	if n.Actual != "" {
		fmt.Fprintf(w, "   (%s)", n.Actual)
	}
	fmt.Fprintln(w)
	for _, c := range n.Children {
		printNode(w, c, depth+1)
	}
}
