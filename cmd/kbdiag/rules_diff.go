package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"

	"github.com/spf13/cobra"

	"kbdiag/engine"
	"kbdiag/rules"
)

func (a *app) rulesDiff() *cobra.Command {
	var tickets []string
	var format string
	c := &cobra.Command{
		Use:   "diff OLD NEW [--tickets DIR]",
		Short: "Say what a change of rules does: which samples and tickets get another answer",
		Long: `Runs the samples of both versions and the tickets of --tickets (every entry of
the folder is one) with the rules of OLD and of NEW, each without other rules,
and lists the diagnoses that appear, vanish or move. Text that changes no answer
is no difference.

Exit status 1 when an answer differs.`,
		Example: `  kbdiag rules diff released/ myrules/
  kbdiag rules diff released/ myrules/ --tickets solved/ --format json`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage("expected two folders or files of rules: kbdiag rules diff OLD NEW")
			}
			if format != "text" && format != "json" {
				return usage("--format %s: expected text or json", format)
			}
			d, err := diffRules(c.Context(), args[0], args[1], tickets)
			if err != nil {
				return err
			}
			if format == "json" {
				err = a.printJSON(d)
			} else {
				err = d.print(a.stdout)
			}
			if err != nil {
				return failed(err)
			}
			if d.differs() {
				return &exitError{status: exitFailed}
			}
			return nil
		},
	}
	c.Flags().StringArrayVar(&tickets, "tickets", nil, "folder of tickets to compare the answers on (may be given again)")
	c.Flags().StringVar(&format, "format", "text", "text or json")
	return c
}

// rulesDifference is what rules diff found.
type rulesDifference struct {
	Added    []string        `json:"added"`   // rules
	Removed  []string        `json:"removed"` // rules
	Edited   []string        `json:"edited"`  // rules whose file differs
	Inputs   int             `json:"inputs"`  // samples and tickets that were compared
	Answers  []answerChange  `json:"answers"` // of the samples and tickets that differ
	Appear   []engine.Number `json:"appear"`  // diagnoses, by rule
	Vanish   []engine.Number `json:"vanish"`
	Move     []engine.Number `json:"move"`
	counters [3]map[string]int
}

// answerChange is a sample or ticket with another answer.
type answerChange struct {
	Path    string            `json:"path"`
	Changes []diagnosisChange `json:"changes"`
}

// diagnosisChange is one diagnosis that appears, vanishes or moves. A rank of 0
// is none.
type diagnosisChange struct {
	Rule       string       `json:"rule"`
	OldRank    int          `json:"old_rank,omitempty"`
	NewRank    int          `json:"new_rank,omitempty"`
	OldLevel   engine.Level `json:"old_level,omitempty"`
	NewLevel   engine.Level `json:"new_level,omitempty"`
	OldPercent float64      `json:"old_percent,omitempty"`
	NewPercent float64      `json:"new_percent,omitempty"`
}

func (d *rulesDifference) differs() bool { return len(d.Answers) > 0 }

func diffRules(ctx context.Context, oldPath, newPath string, ticketDirs []string) (*rulesDifference, error) {
	before, err := rules.LoadPaths(oldPath)
	if err != nil {
		return nil, failed(err)
	}
	after, err := rules.LoadPaths(newPath)
	if err != nil {
		return nil, failed(err)
	}
	if len(before.Rules)+len(after.Rules) == 0 {
		return nil, failed(errors.New("no rules in either of the paths given"))
	}
	d := &rulesDifference{Added: []string{}, Removed: []string{}, Edited: []string{}, Answers: []answerChange{}}
	for i := range d.counters {
		d.counters[i] = map[string]int{}
	}
	d.compareFiles(before, after)
	inputs := samplesOf(before, after)
	if len(ticketDirs) > 0 {
		tickets, err := entriesOf(ticketDirs)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, tickets...)
	}
	sets := [2]*engine.Set{engine.Compile(before.Rules, ""), engine.Compile(after.Rules, "")}
	for _, in := range inputs {
		rec := engine.Record(ctx, newReader(), in)
		if ctx.Err() != nil {
			return nil, failed(ctx.Err())
		}
		d.compare(in, sets[0].Answer(rec), sets[1].Answer(rec))
	}
	d.Inputs = len(inputs)
	d.Appear, d.Vanish, d.Move = tally(d.counters[0]), tally(d.counters[1]), tally(d.counters[2])
	return d, nil
}

func (d *rulesDifference) compareFiles(before, after *rules.Base) {
	for _, r := range after.Rules {
		switch old := before.Rule(r.ID); {
		case old == nil:
			d.Added = append(d.Added, r.ID)
		case old.SHA256 != r.SHA256:
			d.Edited = append(d.Edited, r.ID)
		}
	}
	for _, r := range before.Rules {
		if after.Rule(r.ID) == nil {
			d.Removed = append(d.Removed, r.ID)
		}
	}
}

// samplesOf lists the samples of all rules. Of a rule that is in both bases
// with samples of the same names, those of the later base are taken.
func samplesOf(before, after *rules.Base) []string {
	var out []string
	for _, r := range after.Rules {
		for _, s := range r.Samples {
			out = append(out, s.Path)
		}
	}
	for _, r := range before.Rules {
		now := after.Rule(r.ID)
		for _, s := range r.Samples {
			same := func(o rules.Sample) bool { return o.Name == s.Name }
			if now == nil || !slices.ContainsFunc(now.Samples, same) {
				out = append(out, s.Path)
			}
		}
	}
	return out
}

// compare notes how the answers on one input differ: in what diagnoses there
// are, their order, or how sure they are in words.
func (d *rulesDifference) compare(path string, before, after []engine.Answer) {
	old := map[string]int{}
	for i, x := range before {
		old[x.Rule] = i + 1
	}
	var changes []diagnosisChange
	for i, x := range after {
		c := diagnosisChange{Rule: x.Rule, NewRank: i + 1, NewLevel: x.Level, NewPercent: percent(x.Confidence)}
		was := old[x.Rule]
		delete(old, x.Rule)
		if was == 0 {
			d.counters[0][x.Rule]++
			changes = append(changes, c)
			continue
		}
		o := before[was-1]
		c.OldRank, c.OldLevel, c.OldPercent = was, o.Level, percent(o.Confidence)
		if c.OldRank != c.NewRank || c.OldLevel != c.NewLevel {
			d.counters[2][x.Rule]++
			changes = append(changes, c)
		}
	}
	for i, x := range before {
		if old[x.Rule] != 0 {
			d.counters[1][x.Rule]++
			changes = append(changes, diagnosisChange{Rule: x.Rule, OldRank: i + 1, OldLevel: x.Level, OldPercent: percent(x.Confidence)})
		}
	}
	if len(changes) > 0 {
		d.Answers = append(d.Answers, answerChange{path, changes})
	}
}

func percent(share float64) float64 { return float64(int(1000*share+0.5)) / 10 }

func tally(counts map[string]int) []engine.Number {
	out := []engine.Number{}
	for rule, n := range counts {
		out = append(out, engine.Number{Name: rule, N: n})
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].N != out[j].N {
			return out[i].N > out[j].N
		}
		return out[i].Name < out[j].Name
	})
	return out
}

func (d *rulesDifference) print(w io.Writer) error {
	for _, x := range []struct {
		what string
		ids  []string
	}{{"added", d.Added}, {"removed", d.Removed}, {"edited", d.Edited}} {
		for _, id := range x.ids {
			fmt.Fprintf(w, "%-8s %s\n", x.what, id)
		}
	}
	for _, in := range d.Answers {
		fmt.Fprintf(w, "%s\n", in.Path)
		for _, c := range in.Changes {
			switch {
			case c.OldRank == 0:
				fmt.Fprintf(w, "  %s appears: rank %d, %.1f%%, %s\n", c.Rule, c.NewRank, c.NewPercent, c.NewLevel)
			case c.NewRank == 0:
				fmt.Fprintf(w, "  %s vanishes: was rank %d, %.1f%%, %s\n", c.Rule, c.OldRank, c.OldPercent, c.OldLevel)
			default:
				fmt.Fprintf(w, "  %s moves: rank %d, %.1f%%, %s; was rank %d, %.1f%%, %s\n", c.Rule, c.NewRank, c.NewPercent, c.NewLevel, c.OldRank, c.OldPercent, c.OldLevel)
			}
		}
	}
	for _, x := range []struct {
		what   string
		counts []engine.Number
	}{{"appear", d.Appear}, {"vanish", d.Vanish}, {"move", d.Move}} {
		for _, c := range x.counts {
			fmt.Fprintf(w, "%s %dx %s\n", x.what, c.N, c.Name)
		}
	}
	_, err := fmt.Fprintf(w, "%s compared, %d with another answer\n", inputsText(d.Inputs), len(d.Answers))
	return err
}

func inputsText(n int) string {
	if n == 1 {
		return "1 sample or ticket"
	}
	return fmt.Sprintf("%d samples and tickets", n)
}
