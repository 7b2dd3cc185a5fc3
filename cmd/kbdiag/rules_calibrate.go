package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"kbdiag/engine"
	"kbdiag/rules"
)

func (a *app) rulesCalibrate() *cobra.Command {
	var f diagnoseFlags
	var truth, trained, output string
	c := &cobra.Command{
		Use:   "calibrate DIR... --truth FILE",
		Short: "Fit the confidence to solved tickets",
		Long: `Diagnoses solved tickets and learns from them how far a score can be believed.
Each line of the truth file names a ticket, by its folder's path or the end of
it, and after a tab the rule that was right, or - if none of the rules was.
Each ticket is diagnosed once more with its rule left out of the rules: so the
table learns what a wrong answer looks like where none of the rules is right,
and from what confidence on such a ticket is rarely taken for sure.
Prints how well the table does on the half of the answers that it was not
fitted to, both ways, and writes the table that is fitted to all of them.`,
		Example: `  kbdiag rules calibrate solved/ --truth solved.tsv --trained "our tickets of 2001" -o ours.json
  kbdiag diagnose --calibration ours.json ticket/`,
		RunE: func(c *cobra.Command, dirs []string) error {
			if len(dirs) == 0 || truth == "" {
				return usage("expected folders of tickets and --truth with the answers")
			}
			answers, err := readTruth(truth)
			if err != nil {
				return failed(err)
			}
			cases, err := a.solvedCases(c.Context(), &f, dirs, answers)
			if err != nil {
				return err
			}
			return a.fitCases(cases, trained, output)
		},
	}
	f.add(c)
	c.Flags().StringVar(&truth, "truth", "", "file with a ticket and its rule on each line")
	c.Flags().StringVar(&trained, "trained", "the tickets given", "what the tickets are, for reports")
	c.Flags().StringVarP(&output, "output", "o", "", "write the table to this file")
	return c
}

// readTruth reads the answers by ticket.
func readTruth(file string) (map[string]string, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	answers := map[string]string{}
	for i, line := range strings.Split(string(raw), "\n") {
		line = strings.TrimRight(line, "\r ")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		ticket, rule, ok := strings.Cut(line, "\t")
		if !ok || rule == "" {
			return nil, fmt.Errorf("%s:%d: expected a ticket, a tab and a rule or -", file, i+1)
		}
		if rule == "-" {
			rule = ""
		}
		answers[filepath.ToSlash(strings.TrimSpace(ticket))] = strings.TrimSpace(rule)
	}
	return answers, nil
}

// answerOf looks a ticket up by its path or the end of it.
func answerOf(answers map[string]string, ticket string) (string, bool) {
	for path := ticket; ; {
		if rule, ok := answers[path]; ok {
			return rule, true
		}
		_, rest, ok := strings.Cut(path, "/")
		if !ok {
			return "", false
		}
		path = rest
	}
}

// solved is a ticket with its answer.
type solved struct {
	path, rule string // rule is "" for none of the rules
}

// solvedCases diagnoses the tickets that have an answer, and again with that
// left out.
func (a *app) solvedCases(ctx context.Context, f *diagnoseFlags, dirs []string, answers map[string]string) ([]engine.Case, error) {
	base, err := f.rules.load()
	if err != nil {
		return nil, err
	}
	paths, err := ticketsIn(dirs)
	if err != nil {
		return nil, failed(err)
	}
	var tickets []solved
	for _, path := range paths {
		if rule, ok := answerOf(answers, path); ok {
			tickets = append(tickets, solved{path, rule})
		}
	}
	if len(tickets) == 0 {
		return nil, failed(errors.New("no ticket has an answer in the truth file"))
	}
	all := calibrating{a: a, flags: f, base: base.Rules}
	if err := all.diagnose(ctx, tickets, nil); err != nil {
		return nil, err
	}
	parts := partOf(tickets)
	for part := range leftOutParts {
		if err := all.diagnose(ctx, tickets, func(rule string) bool { n, ok := parts[rule]; return ok && n == part }); err != nil {
			return nil, err
		}
	}
	return all.cases, nil
}

// leftOutParts is in how many parts the answers are left out. So the rules that
// stay are nearly all of them.
const leftOutParts = 8

// partOf deals the answers out to the parts.
func partOf(tickets []solved) map[string]int {
	parts := map[string]int{}
	for _, t := range tickets {
		if t.rule != "" {
			parts[t.rule] = 0
		}
	}
	for i, rule := range slices.Sorted(maps.Keys(parts)) {
		parts[rule] = i % leftOutParts
	}
	return parts
}

// calibrating collects cases.
type calibrating struct {
	a     *app
	flags *diagnoseFlags
	base  []*rules.Rule
	cases []engine.Case
}

// diagnose asks the rules without those that are left out for the tickets of
// these; all rules for all tickets where left is nil.
func (c *calibrating) diagnose(ctx context.Context, tickets []solved, left func(rule string) bool) error {
	opts, err := c.flags.options()
	if err != nil {
		return err
	}
	base := c.base
	if left != nil {
		base = slices.DeleteFunc(slices.Clone(base), func(r *rules.Rule) bool { return left(r.ID) })
	}
	set := engine.Compile(base, "")
	for _, t := range tickets {
		if left != nil && !left(t.rule) {
			continue
		}
		src, err := c.a.open(&c.flags.inputs, []string{t.path})
		if err != nil {
			return err
		}
		rep := engine.Diagnose(ctx, set, src.rd, []string{t.path}, opts)
		if rep.Partial {
			return failed(ctx.Err())
		}
		c.cases = append(c.cases, rep.Case(t.rule, left != nil))
	}
	return nil
}

// fitCases fits, checks and writes.
func (a *app) fitCases(cases []engine.Case, trained, output string) error {
	one, other := halves(cases)
	for _, half := range []struct {
		name         string
		fitted, held []engine.Case
	}{{"fitted to one half, checked on the other", one, other}, {"the other way round", other, one}} {
		c, err := engine.FitCalibration(half.fitted, trained)
		if err != nil {
			return failed(err)
		}
		q := c.Check(half.held)
		fmt.Fprintf(a.stdout, "%s: %d tickets, Brier score %.3f, calibration error %.3f; %d sure, %d of them right; sure without their rule: %d of %d, left out %d of %d\n",
			half.name, q.Tickets, q.Brier, q.Error, q.Sure, q.SureRight, q.SureAbsent, q.Absent, q.SureLeftOut, q.LeftOut)
	}
	c, err := engine.FitCalibration(cases, trained)
	if err != nil {
		return failed(err)
	}
	if output == "" {
		return nil
	}
	raw, err := json.MarshalIndent(c, "", " ")
	if err != nil || math.IsNaN(c.Weights["always"]) {
		return failed(fmt.Errorf("the tickets do not tell enough to fit a table: %v", err))
	}
	return failedIf(os.WriteFile(output, append(raw, '\n'), 0o644))
}

// halves deals the answers out, so that all tickets of one stand in one half.
// Tickets without an answer go by turns.
func halves(cases []engine.Case) (one, other []engine.Case) {
	first, turn := map[string]bool{}, false
	for _, c := range cases {
		if _, known := first[c.Answer]; !known {
			first[c.Answer] = len(first)%2 == 0
		}
		mine := first[c.Answer]
		if c.Answer == "" {
			turn = !turn
			mine = turn
		}
		if mine {
			one = append(one, c)
		} else {
			other = append(other, c)
		}
	}
	return one, other
}

func failedIf(err error) error {
	if err != nil {
		return failed(err)
	}
	return nil
}
