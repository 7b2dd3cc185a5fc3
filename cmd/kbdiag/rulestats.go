package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"kbdiag/engine"
	"kbdiag/rules"
)

// statsReport is what rules stats prints.
type statsReport struct {
	engine.Stats
	Covered *engine.Covered      `json:"covered,omitempty"`
	Counts  *engine.Counts       `json:"counts,omitempty"`
	Trace   []engine.SignalTrace `json:"trace,omitempty"`
}

func (a *app) rulesStats() *cobra.Command {
	var f diagnoseFlags
	var format string
	var trace, areas bool
	c := &cobra.Command{
		Use:   "stats [--trace PATH...]",
		Short: "Say how the rules are found: by fields, by literals, or evaluated always",
		Long: `Counts the signals by what narrows the records on which they are evaluated, and
names those that nothing narrows, with the reason. With --trace the inputs are
read as a ticket and each signal is listed with the records that reached its
condition, those that matched, and what that cost. With --areas it says which
fields of support the rules cover, and which they do not.`,
		Example: `  kbdiag rules stats
  kbdiag rules stats --areas
  kbdiag rules stats --rules myrules/ --trace ticket-4711/`,
		RunE: func(c *cobra.Command, paths []string) error {
			switch {
			case format != "text" && format != "json":
				return usage("--format %s: expected text or json", format)
			case trace && len(paths) == 0:
				return usage("--trace: expected a file or a folder")
			case !trace && len(paths) > 0:
				return usage("%s: inputs are read with --trace", paths[0])
			}
			set, err := f.rules.compile()
			if err != nil {
				return err
			}
			out := statsReport{Stats: set.Stats()}
			if trace {
				if err := a.trace(c, &f, set, paths, &out); err != nil {
					return err
				}
			}
			if areas {
				if out.Covered, err = covered(set); err != nil {
					return failed(err)
				}
			}
			if format == "json" {
				err = a.printJSON(out)
			} else {
				err = printStats(a.stdout, &out)
			}
			if err != nil {
				return failed(err)
			}
			return nil
		},
	}
	f.add(c)
	c.Flags().StringVar(&format, "format", "text", "text or json")
	c.Flags().BoolVar(&areas, "areas", false, "say which fields of support the rules cover, and which not")
	c.Flags().BoolVar(&trace, "trace", false, "read inputs and say what each signal cost")
	return c
}

// covered holds the rules against the fields of support.
func covered(set *engine.Set) (*engine.Covered, error) {
	areas, err := rules.Areas()
	if err != nil {
		return nil, err
	}
	c := set.Covers(areas)
	return &c, nil
}

// trace reads the inputs as one ticket and counts.
func (a *app) trace(c *cobra.Command, f *diagnoseFlags, set *engine.Set, paths []string, out *statsReport) error {
	opts, err := f.options()
	if err != nil {
		return err
	}
	opts.Trace = true
	src, err := a.open(&f.inputs, paths)
	if err != nil {
		return err
	}
	run := set.NewRun(opts)
	defer run.Close()
	if _, err := run.Read(c.Context(), src.rd, paths); err != nil {
		return failed(err)
	}
	counts := run.Counts()
	out.Counts, out.Trace = &counts, run.Trace()
	return nil
}

func printStats(out io.Writer, s *statsReport) error {
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, "%d rules, %d signals, %d correlations; one pass over a text looks for %d literals (table of %d KB)\n",
		s.Rules, s.Signals, s.Correlations, s.Literals, (s.TableBytes+1023)/1024)
	fmt.Fprintf(w, "\n%-10s %8s %10s %12s %17s %8s\n", "signals on", "all", "by fields", "by literals", "by level or log", "always")
	for _, k := range s.ByKind {
		fmt.Fprintf(w, "%-10s %8d %10d %12d %17d %8d\n", k.On, k.Signals, k.Fields, k.Text, k.Broad, k.Always)
	}
	printBase(w, s)
	if s.Covered != nil {
		printAreas(w, s.Covered.Areas)
	}
	if len(s.Always) > 0 {
		fmt.Fprintf(w, "\nEvaluated on every record of their kind\n")
	}
	for _, n := range s.Always {
		fmt.Fprintf(w, "  %s %s (%s): %s\n", n.Rule, n.Signal, n.On, n.Why)
	}
	if s.Counts != nil {
		fmt.Fprintf(w, "\n%d records, %d evaluations", s.Counts.Records, s.Counts.Evaluations)
		if all := float64(s.Counts.Records) * float64(s.Signals); all > 0 {
			fmt.Fprintf(w, " (%.3f%% of all that would be possible)", 100*float64(s.Counts.Evaluations)/all)
		}
		fmt.Fprintf(w, "\n\n%12s %10s %14s  signal\n", "evaluated", "matched", "steps")
		for _, t := range s.Trace {
			fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%12d %10d %14d  %s %s %s", t.Evaluated, t.Matched, t.Steps, t.Rule, t.Signal, costly(t.Costly)), " "))
		}
	}
	return w.Flush()
}

func printAreas(w io.Writer, areas []engine.CoveredArea) {
	fmt.Fprintf(w, "\n%8s  area\n", "rules")
	for _, a := range areas {
		if len(a.Rules) == 0 {
			fmt.Fprintf(w, "%8s  %s\n", "none yet", a.Name)
			continue
		}
		fmt.Fprintf(w, "%8d  %s\n", len(a.Rules), a.Name)
	}
}

func costly(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("(too costly: left out on %d records)", n)
}

// maxShared is how many shared events the text shows.
const maxShared = 10

// printBase prints what the rules are about and how they compete.
func printBase(w io.Writer, s *statsReport) {
	fmt.Fprintf(w, "\n%8s  product\n", "rules")
	for _, p := range s.Products {
		fmt.Fprintf(w, "%8d  %s\n", p.N, p.Name)
	}
	fmt.Fprintf(w, "\n%8s  strength\n", "signals")
	for _, p := range s.Strengths {
		fmt.Fprintf(w, "%8d  %s\n", p.N, p.Name)
	}
	fmt.Fprintf(w, "\n%s by provider and id, %d known to one rule, on average %.2f rules, at most %d\n", counted(s.Shared.Events, "event"), s.Shared.Alone, s.Shared.Mean, s.Shared.Most)
	for i, e := range s.Sharing {
		if i == maxShared {
			fmt.Fprintf(w, "  and %d more shared events: see --format json\n", len(s.Sharing)-maxShared)
			return
		}
		ids := e.Rules
		more := ""
		if len(ids) > maxShared {
			more = fmt.Sprintf(" and %d more", len(ids)-maxShared)
			ids = ids[:maxShared]
		}
		fmt.Fprintf(w, "  %s %d: %s%s\n", e.Provider, e.ID, strings.Join(ids, ", "), more)
	}
}
