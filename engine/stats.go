package engine

import (
	"sort"

	"kbdiag/rules"
)

// Stats says how the rules of a set are found.
type Stats struct {
	Rules        int          `json:"rules"`
	Signals      int          `json:"signals"`
	Correlations int          `json:"correlations"`
	ByKind       []KindStats  `json:"by_kind"`
	Literals     int          `json:"literals"`    // that one pass over a text looks for
	TableBytes   int          `json:"table_bytes"` // of the table for that pass
	Always       []SignalNote `json:"always"`      // evaluated on every record of their kind
	Products     []Number     `json:"products"`    // rules by product, most first
	Strengths    []Number     `json:"strengths"`   // signals by strength, surest first
	Sharing      []Sharing    `json:"sharing"`     // events that several rules know, most shared first
	Shared       Shared       `json:"shared"`
}

// Number is a count under a name.
type Number struct {
	Name string `json:"name"`
	N    int    `json:"n"`
}

// Sharing is an event that several rules know.
type Sharing struct {
	Provider string   `json:"provider"` // folded
	ID       int      `json:"id"`
	Rules    []string `json:"rules"`
}

// Shared sums up how many rules compete for one event.
type Shared struct {
	Events int     `json:"events"` // provider and id, that some rule knows
	Alone  int     `json:"alone"`  // known to one rule
	Most   int     `json:"most"`   // rules that know one event
	Mean   float64 `json:"mean"`   // rules by event
}

// KindStats counts the signals on one kind of record by what narrows them.
type KindStats struct {
	On      string `json:"on"`
	Signals int    `json:"signals"`
	Fields  int    `json:"by_fields"`   // such as provider and id
	Text    int    `json:"by_literals"` // wait for a literal of the text
	Broad   int    `json:"by_level_or_log"`
	Always  int    `json:"always"`
}

// SignalNote names a signal and says why it stands in a list.
type SignalNote struct {
	Rule   string `json:"rule"`
	Signal string `json:"signal"`
	On     string `json:"on"`
	Why    string `json:"why"`
}

// SignalTrace is what a signal cost on the inputs.
type SignalTrace struct {
	Rule      string `json:"rule"`
	Signal    string `json:"signal"`
	Evaluated int64  `json:"evaluated"` // records that reached its condition
	Matched   int64  `json:"matched"`
	Steps     int64  `json:"steps"`
	Costly    int    `json:"costly,omitempty"` // records on which it was left for its cost
}

func (t *SignalTrace) add(o *SignalTrace) {
	t.Evaluated += o.Evaluated
	t.Matched += o.Matched
	t.Steps += o.Steps
}

// Stats describes the index.
func (s *Set) Stats() Stats {
	out := Stats{Rules: len(s.rules), Signals: len(s.signals), Correlations: len(s.correlations), Always: []SignalNote{}}
	for k := range s.index.texts {
		out.Literals += len(s.index.texts[k].texts)
		out.TableBytes += s.index.texts[k].automaton.size()
	}
	for _, on := range []rules.Kind{rules.OnEvent, rules.OnExchange, rules.OnSession, rules.OnLine} {
		k := KindStats{On: string(on)}
		for _, sig := range s.signals {
			if sig.rule.On != on {
				continue
			}
			k.Signals++
			switch {
			case sig.gated:
				k.Text++
			case sig.byField():
				k.Fields++
			case on == rules.OnEvent && (sig.needs.logs != nil || sig.needs.levels != nil):
				k.Broad++
			default:
				k.Always++
				out.Always = append(out.Always, SignalNote{sig.of.ID, sig.rule.Name, string(on), sig.whyAlways()})
			}
		}
		out.ByKind = append(out.ByKind, k)
	}
	out.Products, out.Strengths = s.tallies()
	out.Sharing, out.Shared = s.sharing()
	return out
}

// byField reports whether fields narrow the records of a signal.
func (sig *signal) byField() bool {
	if sig.rule.On == rules.OnSession {
		return sig.needs.protocols != nil
	}
	return sig.place() != ""
}

// whyAlways says why nothing narrows the records of a signal.
func (sig *signal) whyAlways() string {
	const text = " and no text of three letters or more that must be there"
	switch {
	case sig.rule.Cond == nil && sig.text == nil:
		return "it has no condition"
	case sig.never():
		return "its quoted text has no word: it never matches, and costs nothing"
	case sig.rule.Cond == nil:
		return "the words of its quoted text are shorter than three letters"
	case sig.rule.On == rules.OnEvent:
		return "it names no provider, id, level or log" + text
	case sig.rule.On == rules.OnExchange:
		return "it names no protocol, command or code" + text
	case sig.rule.On == rules.OnSession:
		return "it names no protocol"
	}
	return "it has no text of three letters or more that must be there"
}

// Trace says what each signal cost, the dearest first. It is empty unless the
// run's options ask for it.
func (r *Run) Trace() []SignalTrace {
	var out []SignalTrace
	for i, t := range r.merged.trace {
		sig := r.set.signals[i]
		t.Rule, t.Signal = sig.of.ID, sig.rule.Name
		if s := r.merged.signals[i]; s != nil {
			t.Costly = s.costly
		}
		if t.Evaluated > 0 || t.Costly > 0 {
			out = append(out, t)
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := &out[i], &out[j]
		switch {
		case a.Steps != b.Steps:
			return a.Steps > b.Steps
		case a.Evaluated != b.Evaluated:
			return a.Evaluated > b.Evaluated
		case a.Rule != b.Rule:
			return a.Rule < b.Rule
		}
		return a.Signal < b.Signal
	})
	return out
}

// Counts says how many records the run saw and how many evaluations they took.
func (r *Run) Counts() Counts { return r.merged.counts }
