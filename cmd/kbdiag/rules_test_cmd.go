package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"kbdiag/engine"
	"kbdiag/parsers"
	"kbdiag/parsers/formats"
	"kbdiag/rules"
)

// testFlags are the flags of rules test.
type testFlags struct {
	rules     ruleFlags
	format    string
	mutate    bool
	minScore  float64
	seen      bool
	watch     bool
	against   []string
	maxAlarms int
	backtest  []string
	truth     string
	old       []string
}

func (a *app) rulesTest() *cobra.Command {
	var f testFlags
	c := &cobra.Command{
		Use:   "test PATH...",
		Short: "Hold rules to their samples, to healthy logs and to solved tickets",
		Long: `Runs the samples beside the rule files of PATH: a rule must fire on fires-*, in
competition with all rules of PATH and those that kbdiag brings, and must not on
quiet-*. A file seen.toml beside the samples says which signals each sample
shows, and on how many records; --write-seen writes it from what is found, to be
looked at before it is kept.

Coverage names each side of && and || on which no sample turns. --mutate makes
small faults in the conditions and says which of them no sample notices.
--against runs the rules over logs of healthy machines and counts the false
alarms; --backtest runs them over solved tickets, before (--old) and after.

Exit status 1 when a sample fails, or when --min-score or --max-alarms is not
kept.`,
		Example: `  kbdiag rules test myrules/
  kbdiag rules test --mutate --min-score 0.9 --format junit myrules/ > rules.xml
  kbdiag rules test --against healthy/ myrules/
  kbdiag rules test --backtest solved/ --truth solved.tsv --old released/ myrules/
  kbdiag rules test --watch myrules/Q123456.toml`,
		RunE: func(c *cobra.Command, paths []string) error {
			if err := f.check(paths); err != nil {
				return err
			}
			if f.watch {
				return a.watchRules(c.Context(), &f, paths)
			}
			return a.testRules(c.Context(), &f, paths)
		},
	}
	f.rules.add(c)
	c.Flags().StringVar(&f.format, "format", "text", strings.Join(testFormatNames(), ", "))
	c.Flags().BoolVar(&f.mutate, "mutate", false, "make small faults in the conditions and see whether the samples notice")
	c.Flags().Float64Var(&f.minScore, "min-score", 0, "fail a rule whose samples notice a smaller share of the faults, 0 to 1; implies --mutate")
	c.Flags().BoolVar(&f.seen, "write-seen", false, "write seen.toml beside the samples from what is found")
	c.Flags().BoolVar(&f.watch, "watch", false, "run again when a file is saved")
	c.Flags().StringArrayVar(&f.against, "against", nil, "logs of healthy machines, to count false alarms (may be given again)")
	c.Flags().IntVar(&f.maxAlarms, "max-alarms", -1, "fail when --against gives more likely or possible diagnoses; -1 for any number")
	c.Flags().StringArrayVar(&f.backtest, "backtest", nil, "folder of solved tickets (may be given again)")
	c.Flags().StringVar(&f.truth, "truth", "", "file with a ticket and its rule on each line, for --backtest")
	c.Flags().StringArrayVar(&f.old, "old", nil, "rules before the change, for --backtest (may be given again)")
	return c
}

func (f *testFlags) check(paths []string) error {
	switch {
	case len(paths) == 0:
		return usage("no rules: give a rule file or a folder of them; the samples of the rules that kbdiag brings are not part of the program")
	case !slices.Contains(testFormatNames(), f.format):
		return usage("--format %s: expected one of %s", f.format, strings.Join(testFormatNames(), ", "))
	case f.minScore < 0 || f.minScore > 1:
		return usage("--min-score %v: expected a share from 0 to 1", f.minScore)
	case len(f.backtest) > 0 && f.truth == "":
		return usage("--backtest: give the answers with --truth FILE")
	case len(f.old) > 0 && len(f.backtest) == 0:
		return usage("--old: it is compared on the tickets of --backtest")
	}
	f.mutate = f.mutate || f.minScore > 0
	return nil
}

// testReport is what rules test found.
type testReport struct {
	Rules    []engine.RuleTest `json:"rules"`
	Samples  int               `json:"samples"`
	Failed   int               `json:"failed"`
	Score    *float64          `json:"score,omitempty"` // of mutants noticed, all rules together
	Alarms   *alarmReport      `json:"against,omitempty"`
	Backtest []backtestResult  `json:"backtest,omitempty"`
	Broken   []string          `json:"broken,omitempty"` // bounds that are not kept
}

// testRules runs once.
func (a *app) testRules(ctx context.Context, f *testFlags, paths []string) error {
	rep, err := a.runTests(ctx, f, paths)
	if err != nil {
		return err
	}
	if err := printTests(a.stdout, f.format, rep); err != nil {
		return failed(err)
	}
	if rep.Failed > 0 || len(rep.Broken) > 0 {
		return &exitError{status: exitFailed}
	}
	return nil
}

// loadTested loads the rules to test, and all that they compete with: those of
// --rules and those that kbdiag brings, where they have other ids.
func (f *testFlags) loadTested(paths []string) (tested, all *rules.Base, err error) {
	tested, err = rules.LoadPaths(paths...)
	if err == nil && len(tested.Rules) == 0 {
		err = errors.New("no rules in the paths given")
	}
	if err != nil {
		return nil, nil, failed(err)
	}
	others, err := (&ruleFlags{paths: f.rules.paths, noBuiltin: f.rules.noBuiltin || len(f.rules.paths) > 0}).loadIfAny()
	if err != nil {
		return nil, nil, err
	}
	bases := []*rules.Base{tested, others.Without(tested)}
	if !f.rules.noBuiltin {
		own, err := rules.Builtin()
		if err != nil {
			return nil, nil, failed(err)
		}
		bases = append(bases, own.Without(tested, others))
	}
	all, err = rules.Merge(bases...)
	if err != nil {
		return nil, nil, failed(err)
	}
	return tested, all, nil
}

// loadIfAny is load for rules that may be none.
func (f *ruleFlags) loadIfAny() (*rules.Base, error) {
	if len(f.paths) == 0 {
		return &rules.Base{}, nil
	}
	return f.load()
}

func (a *app) runTests(ctx context.Context, f *testFlags, paths []string) (*testReport, error) {
	tested, all, err := f.loadTested(paths)
	if err != nil {
		return nil, err
	}
	forms := formats.All()
	opts := engine.SampleOptions{
		Reader: func() *parsers.Reader { return &parsers.Reader{Forms: forms, Secrets: &parsers.Secrets{}} },
		Mutate: f.mutate,
	}
	rep := &testReport{}
	rep.Rules, err = engine.RunSamples(ctx, all.Rules, tested.Rules, all.SHA256(), opts)
	if err != nil {
		return nil, failed(err)
	}
	rep.count(f)
	if f.seen {
		if err := writeSeen(tested, rep.Rules); err != nil {
			return nil, failed(err)
		}
	}
	if len(f.against) > 0 {
		if rep.Alarms, err = a.falseAlarms(ctx, all, tested, f.against); err != nil {
			return nil, err
		}
		if n := rep.Alarms.raised(); f.maxAlarms >= 0 && n > f.maxAlarms {
			rep.Broken = append(rep.Broken, fmt.Sprintf("%d false alarms, at most %d are allowed", n, f.maxAlarms))
		}
	}
	if len(f.backtest) > 0 {
		if rep.Backtest, err = a.backtest(ctx, f, all); err != nil {
			return nil, err
		}
	}
	return rep, nil
}

// count sums up and notes the rules whose samples notice too little.
func (r *testReport) count(f *testFlags) {
	var sum engine.Mutations
	for i := range r.Rules {
		t := &r.Rules[i]
		r.Samples += len(t.Samples)
		r.Failed += t.Failed
		if t.Problem != "" {
			r.Failed++
		}
		if t.Mutations == nil {
			continue
		}
		sum.All += t.Mutations.All
		sum.Noticed += t.Mutations.Noticed
		if t.Mutations.Share() < f.minScore {
			r.Broken = append(r.Broken, fmt.Sprintf("%s: the samples notice %.0f%% of the faults, at least %.0f%% are wanted", t.Rule, 100*t.Mutations.Share(), 100*f.minScore))
		}
	}
	if f.mutate {
		score := sum.Share()
		r.Score = &score
	}
}

// writeSeen writes what the samples show beside them. A rule of which a sample
// does not fire, or does not stay quiet, as it must is left alone, and one whose
// samples were not read.
func writeSeen(base *rules.Base, tests []engine.RuleTest) error {
	var left []error
	for i, r := range base.Rules {
		if p := tests[i].Problem; p != "" {
			left = append(left, fmt.Errorf("%s: %s is not written: %s", r.ID, rules.SeenFile, p))
			continue
		}
		seen := map[string]map[string]int{}
		wrong := ""
		for _, s := range tests[i].Samples {
			if s.Got != s.Want {
				wrong = s.Sample
			}
			seen[s.Sample] = s.Seen
		}
		if wrong != "" {
			left = append(left, fmt.Errorf("%s: %s is not written: %s does not do what its name says", r.ID, rules.SeenFile, wrong))
			continue
		}
		if err := r.WriteSeen(seen); err != nil {
			left = append(left, err)
		}
	}
	return errors.Join(left...)
}

// testFormat is one way to print what rules test found.
type testFormat struct {
	name  string
	print func(io.Writer, *testReport) error
}

func testFormats() []testFormat {
	return []testFormat{{"text", printTestText}, {"json", printTestJSON}, {"junit", printJUnit}, {"tap", printTAP}}
}

func testFormatNames() []string {
	var names []string
	for _, f := range testFormats() {
		names = append(names, f.name)
	}
	return names
}

func printTests(w io.Writer, format string, rep *testReport) error {
	for _, f := range testFormats() {
		if f.name == format {
			return f.print(w, rep)
		}
	}
	return nil
}
