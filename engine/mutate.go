package engine

import (
	"hash/fnv"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// Mutations says how many small faults in a rule's conditions its samples
// notice.
type Mutations struct {
	All        int      `json:"all"`        // those that are proved equivalent left out
	Noticed    int      `json:"noticed"`    // some sample fails
	Equivalent int      `json:"equivalent"` // proved to change nothing
	Score      float64  `json:"score"`      // noticed of all, 0 to 1; 1 where there is nothing to notice
	Survivors  []Mutant `json:"survivors"`
}

// Mutant is a fault that no sample notices.
type Mutant struct {
	Signal string `json:"signal,omitempty"` // "" for the diagnosis
	Line   int    `json:"line"`
	Column int    `json:"column"`
	What   string `json:"what"`
}

// Share is the score of counts.
func (m *Mutations) Share() float64 {
	if m.All == 0 {
		return 1
	}
	return float64(m.Noticed) / float64(m.All)
}

func (t *sampleTester) mutate(r *rules.Rule, runs []*sampleRun) *Mutations {
	out := &Mutations{Survivors: []Mutant{}}
	j := t.newJudge(r, runs)
	for _, m := range rules.Mutants(r) {
		switch {
		case m.Equivalent:
			out.Equivalent++
			continue
		case j.notices(&m):
			out.Noticed++
		default:
			out.Survivors = append(out.Survivors, Mutant{m.Signal, m.Pos.Line, m.Pos.Column, m.What})
		}
		out.All++
	}
	out.Score = round(out.Share(), 1000)
	return out
}

// judge runs mutants of one rule over its samples. A mutant competes with the
// rules of which a sample shows anything.
type judge struct {
	rule      *rules.Rule
	runs      []*sampleRun
	rivals    []*rules.Rule
	noise     map[eventKind]bool
	originals []map[int]uint64 // by signal: what its condition says of each sample
}

func (t *sampleTester) newJudge(r *rules.Rule, runs []*sampleRun) *judge {
	j := &judge{rule: r, noise: t.set.noise, originals: make([]map[int]uint64, len(r.Signals))}
	names := map[string]bool{}
	for _, s := range runs {
		for _, id := range s.rivals {
			names[id] = true
		}
	}
	for _, other := range t.base {
		if names[other.ID] {
			j.rivals = append(j.rivals, other)
		}
	}
	set := j.compile(r)
	for _, s := range runs {
		// A sample that fails as it is, or among the rivals alone, tells nothing.
		if a := answerOn(set, r.ID, s.rec); s.passed && len(s.wrong(r, &a)) == 0 {
			j.runs = append(j.runs, s)
		}
	}
	for i := range r.Signals {
		j.originals[i] = map[int]uint64{}
		for n, s := range j.runs {
			j.originals[i][n], _ = verdicts(&r.Signals[i], s.rec)
		}
	}
	return j
}

func (j *judge) compile(r *rules.Rule) *Set {
	return compile(append([]*rules.Rule{r}, j.rivals...), "", j.noise)
}

// notices reports whether some sample fails with the mutant.
func (j *judge) notices(m *rules.Mutant) bool {
	var open []*sampleRun
	for n, s := range j.runs {
		if m.Index < 0 {
			open = append(open, s)
			continue
		}
		sig := &m.Rule.Signals[m.Index]
		sum, count := verdicts(sig, s.rec)
		switch {
		case sum == j.originals[m.Index][n]:
			continue // it says the same of every record
		case s.listed && count != s.want[sig.Name]:
			return true
		}
		open = append(open, s)
	}
	if len(open) == 0 {
		return false
	}
	set := j.compile(m.Rule)
	for _, s := range open {
		if a := answerOn(set, m.Rule.ID, s.rec); len(s.wrong(m.Rule, &a)) > 0 {
			return true
		}
	}
	return false
}

// verdicts sums up what a signal's condition says of each record, and counts
// those on which it holds.
func verdicts(sig *rules.Signal, rec *Recording) (sum uint64, count int) {
	cond := newCondition(sig.Cond)
	h := fnv.New64a()
	v := &view{}
	rec.each(v, func(kind rules.Kind) {
		if kind != sig.On {
			return
		}
		v.cost, v.costly = 0, false
		x := cond.eval(v, "")
		if x == parsers.Yes {
			count++
		}
		h.Write([]byte{byte(x)})
	})
	return h.Sum64(), count
}
