package engine

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// SampleOptions say how rules are held to their samples.
type SampleOptions struct {
	Reader  func() *parsers.Reader // for one sample
	Mutate  bool                   // make mutants and see whether the samples notice
	Workers int                    // 0 for one a processor
}

// RuleTest is what became of one rule and its samples.
type RuleTest struct {
	Rule      string         `json:"rule"`
	File      string         `json:"file"`
	Seconds   float64        `json:"seconds"`
	Samples   []SampleResult `json:"samples"`
	Failed    int            `json:"failed"`
	Problem   string         `json:"problem,omitempty"` // why the samples cannot be used
	Coverage  *Coverage      `json:"coverage,omitempty"`
	Mutations *Mutations     `json:"mutations,omitempty"`
}

// SampleResult is what a rule says of one sample.
type SampleResult struct {
	Sample     string         `json:"sample"`
	Path       string         `json:"path"`
	Want       string         `json:"want"` // "fires" or "quiet"
	Got        string         `json:"got"`
	Rank       int            `json:"rank,omitempty"`
	Level      Level          `json:"level,omitempty"`
	Confidence float64        `json:"confidence"`
	Records    int            `json:"records"`
	Seconds    float64        `json:"seconds"`
	Seen       map[string]int `json:"seen"`            // records by signal
	Wrong      []string       `json:"wrong,omitempty"` // what was expected and did not happen
}

// OK reports that all samples passed.
func (t *RuleTest) OK() bool { return t.Failed == 0 && t.Problem == "" }

// RunSamples holds rules to their samples, in competition with all rules of
// the base. test says which rules; the results are in their order. Each rule
// file is compiled and each sample read once.
func RunSamples(ctx context.Context, base, test []*rules.Rule, hash string, opts SampleOptions) ([]RuleTest, error) {
	t := &sampleTester{base: base, set: Compile(base, hash), opts: opts}
	out := make([]RuleTest, len(test))
	jobs := make(chan int)
	var wg sync.WaitGroup
	workers := opts.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	for range min(workers, max(1, len(test))) {
		wg.Go(func() {
			for i := range jobs {
				out[i] = t.test(ctx, test[i])
			}
		})
	}
	err := feed(ctx, jobs, len(test))
	wg.Wait()
	return out, err
}

type sampleTester struct {
	base []*rules.Rule
	set  *Set
	opts SampleOptions
}

// sampleRun is one sample of one rule: what it must show, and its records.
type sampleRun struct {
	sample rules.Sample
	listed bool           // the signals it shows are stated
	want   map[string]int // records by signal
	rec    *Recording
	rivals []string // rules of which it shows anything
	passed bool
}

func (t *sampleTester) test(ctx context.Context, r *rules.Rule) RuleTest {
	start := time.Now()
	out := RuleTest{Rule: r.ID, File: r.File, Samples: []SampleResult{}}
	seen, err := r.ReadSeen()
	if err != nil {
		out.Problem = err.Error()
		return out
	}
	at, _ := t.set.find(r.ID) // test is part of base
	rule := t.set.rules[at]
	cover := newCoverage(rule)
	var runs []*sampleRun
	for _, s := range r.Samples {
		run := &sampleRun{sample: s}
		run.want, run.listed = seen[s.Name]
		res := t.sample(ctx, rule, run, cover)
		if len(res.Wrong) > 0 {
			out.Failed++
		}
		run.passed = len(res.Wrong) == 0
		out.Samples = append(out.Samples, res)
		runs = append(runs, run)
	}
	if len(runs) > 0 {
		out.Coverage = cover.report()
	}
	if t.opts.Mutate && len(runs) > 0 {
		out.Mutations = t.mutate(r, runs)
	}
	out.Seconds = time.Since(start).Seconds()
	return out
}

func (t *sampleTester) sample(ctx context.Context, rule *compiledRule, s *sampleRun, cover *coverage) SampleResult {
	start := time.Now()
	s.rec = Record(ctx, t.opts.Reader(), s.sample.Path)
	a := answerOn(t.set, rule.rule.ID, s.rec)
	s.rivals = a.rivals
	cover.watch(s.rec)
	if cover.when != nil {
		cover.when.look(a.state)
	}
	res := SampleResult{
		Sample: s.sample.Name, Path: s.sample.Path, Want: answerWord(s.sample.Fires), Got: answerWord(a.fires),
		Rank: a.rank, Level: a.level, Confidence: round(a.confidence, 1000), Records: s.rec.Records(), Seen: a.seen,
		Wrong: s.wrong(rule.rule, &a),
	}
	for _, acct := range s.rec.Accounts {
		if acct.Err != nil {
			res.Wrong = append(res.Wrong, acct.Err.Error())
		}
	}
	if len(res.Wrong) > 0 {
		res.Wrong = append(res.Wrong, t.whyWrong(ctx, rule.rule.ID, s, &a)...)
	}
	res.Seconds = time.Since(start).Seconds()
	return res
}

func answerWord(fires bool) string {
	if fires {
		return "fires"
	}
	return "quiet"
}

// wrong lists how an answer differs from what the sample is to show.
func (s *sampleRun) wrong(r *rules.Rule, a *sampleAnswer) []string {
	var out []string
	if a.fires != s.sample.Fires {
		out = append(out, fmt.Sprintf("expected: %s; but the rule %s", answerWord(s.sample.Fires), a.text()))
	}
	if !s.listed {
		return out
	}
	for i := range r.Signals {
		name := r.Signals[i].Name
		if want, got := s.want[name], a.seen[name]; want != got {
			out = append(out, fmt.Sprintf("signal %s: expected %s, got %d", name, plural(want, "record"), got))
		}
	}
	return out
}

// whyWrong says for a sample that failed which part of which condition is the
// first that is false, on which record.
func (t *sampleTester) whyWrong(ctx context.Context, id string, s *sampleRun, a *sampleAnswer) []string {
	x, err := Explain(ctx, t.set, t.opts.Reader(), []string{s.sample.Path}, id, Options{})
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	if s.sample.Fires && !a.fires && x.FirstFalse != "" {
		out = append(out, "first false: "+x.FirstFalse)
	}
	for i := range x.Signals {
		g := &x.Signals[i]
		switch {
		case g.Count > 0 && g.Nearest != nil && (!s.sample.Fires || s.want[g.Name] == 0 && s.listed):
			out = append(out, fmt.Sprintf("%s is shown by %s:%d  %s", g.Name, g.Nearest.Path, g.Nearest.Line, g.Nearest.Excerpt))
		case g.Count == 0 && g.FirstFalse != "" && g.Nearest != nil && (s.sample.Fires || s.want[g.Name] > 0):
			out = append(out, fmt.Sprintf("%s: false is %s; nearest record %s:%d  %s", g.Name, g.FirstFalse, g.Nearest.Path, g.Nearest.Line, g.Nearest.Excerpt))
		}
	}
	return out
}

// sampleAnswer is what a set says of one rule on one sample.
type sampleAnswer struct {
	fires      bool
	applies    parsers.Tri
	rank       int
	level      Level
	confidence float64
	seen       map[string]int
	rivals     []string
	state      *ruleState
}

func (a *sampleAnswer) text() string {
	switch {
	case a.fires:
		return fmt.Sprintf("fires (rank %d, %.0f%%, %s)", a.rank, 100*a.confidence, a.level)
	case a.rank > 0 && a.applies != parsers.Yes:
		return "stays quiet: its condition cannot be told whole"
	case a.rank > 0:
		return fmt.Sprintf("stays quiet: rank %d, %.0f%%, %s", a.rank, 100*a.confidence, a.level)
	case a.applies == parsers.Yes:
		return "stays quiet: nothing speaks for it"
	}
	return "stays quiet: its condition is " + map[parsers.Tri]string{parsers.No: "false", parsers.Unknown: "not to be told"}[a.applies]
}

// answerOn asks a set about one rule on a recording.
func answerOn(set *Set, id string, rec *Recording) sampleAnswer {
	run := set.NewRun(Options{Workers: 1})
	defer run.Close()
	run.Replay(rec)
	run.finish()
	at, _ := set.find(id)
	rule := set.rules[at]
	st := run.state(at)
	if st == nil {
		st = run.fullState(rule)
	}
	a := sampleAnswer{applies: st.applies, state: st, seen: map[string]int{}}
	for i := range rule.signals {
		if n := st.signals[i].hits.count - st.signals[i].hits.open; n > 0 && !onlyIDs(&st.signals[i].hits) {
			a.seen[rule.signals[i].rule.Name] = n
		}
	}
	for i, other := range set.rules {
		if run.state(i) != nil && i != at {
			a.rivals = append(a.rivals, other.rule.ID)
		}
	}
	ranked := run.rank()
	if i := slices.IndexFunc(ranked, func(s *scored) bool { return s.rule == rule }); i >= 0 {
		a.rank, a.confidence = i+1, ranked[i].conf
		a.level, _ = ranked[i].level()
	}
	a.fires = a.applies == parsers.Yes && a.rank > 0 && a.level != Unlikely
	return a
}
