package engine

import (
	"kbdiag/rules"
)

// leaves is what a rule leaves open, though it fits: the signs that the answer
// may be one that no rule has.
type leaves struct {
	shared int // the fewest rules that share an event that was seen: where many do, one more that nobody wrote down is the likelier
	errors int // kinds of errors in the incident window that no signal of the rule is about
}

func (r *Run) leavesOpen(s *scored) leaves {
	l := leaves{errors: r.beside(s)}
	for i := range s.rule.signals {
		sig, st := &s.rule.signals[i], &s.state.signals[i]
		if st.hits.count == 0 || strengthLR[sig.rule.Strength] < 1 {
			continue
		}
		if n := r.sharing(sig, st, st.best(r.window)); l.shared == 0 || n < l.shared {
			l.shared = n
		}
	}
	return l
}

// beside counts the kinds of errors and warnings of the incident window that
// no signal of a rule is about: what the rule leaves unexplained.
func (r *Run) beside(s *scored) int {
	if r.window == nil {
		return 0
	}
	n := 0
	for _, kind := range r.merged.burst.kindsWithin(r.window) {
		if !s.rule.about(kind) {
			n++
		}
	}
	return n
}

// about reports whether a signal of the rule is about events of a kind.
func (c *compiledRule) about(kind eventKind) bool {
	for i := range c.signals {
		sig := &c.signals[i]
		if sig.rule.On != rules.OnEvent {
			continue
		}
		if sig.needs.ids != nil && !sig.needs.ids[int64(kind.id)] {
			continue
		}
		if kind.provider == "" || sig.needs.providers == nil || sig.needs.providers[kind.provider] {
			return true
		}
	}
	return false
}
