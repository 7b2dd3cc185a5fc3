package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"kbdiag/engine"
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
Prints how well the table does on the half of the tickets that it was not
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

// solvedCases diagnoses the tickets that have an answer.
func (a *app) solvedCases(ctx context.Context, f *diagnoseFlags, dirs []string, answers map[string]string) ([]engine.Case, error) {
	opts, err := f.options()
	if err != nil {
		return nil, err
	}
	set, err := f.compile()
	if err != nil {
		return nil, err
	}
	tickets, err := ticketsIn(dirs)
	if err != nil {
		return nil, failed(err)
	}
	var cases []engine.Case
	for _, ticket := range tickets {
		rule, ok := answerOf(answers, ticket)
		if !ok {
			continue
		}
		src, err := a.open(&f.inputs, []string{ticket})
		if err != nil {
			return nil, err
		}
		rep := engine.Diagnose(ctx, set, src.rd, []string{ticket}, opts)
		if rep.Partial {
			return nil, failed(ctx.Err())
		}
		if c, ok := rep.Case(rule); ok {
			cases = append(cases, c)
		}
	}
	if len(cases) == 0 {
		return nil, failed(errors.New("no ticket has an answer in the truth file"))
	}
	return cases, nil
}

// fitCases fits, checks and writes.
func (a *app) fitCases(cases []engine.Case, trained, output string) error {
	even, odd := alternate(cases)
	for _, half := range []struct {
		name         string
		fitted, held []engine.Case
	}{{"fitted to one half, checked on the other", even, odd}, {"the other way round", odd, even}} {
		c, err := engine.FitCalibration(half.fitted, trained)
		if err != nil {
			return failed(err)
		}
		brier, ece := c.Check(half.held)
		fmt.Fprintf(a.stdout, "%s: %d tickets, Brier score %.3f, calibration error %.3f\n", half.name, len(half.held), brier, ece)
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

// alternate deals the cases out, so that tickets of one kind, which stand
// together, come into both halves.
func alternate(cases []engine.Case) (even, odd []engine.Case) {
	for i, c := range cases {
		if i%2 == 0 {
			even = append(even, c)
		} else {
			odd = append(odd, c)
		}
	}
	return even, odd
}

func failedIf(err error) error {
	if err != nil {
		return failed(err)
	}
	return nil
}
