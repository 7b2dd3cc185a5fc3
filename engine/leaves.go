package engine

import (
	"kbdiag/parsers"
	"kbdiag/rules"
)

// leaves is what a rule leaves open, though it fits: the signs that the answer
// may be one that no rule has.
type leaves struct {
	shared      int     // the fewest rules that share an event that was seen: where many do, one more that nobody wrote down is the likelier
	errors      int     // kinds of errors in the incident window that no signal of the rule is about
	apart       float64 // share of the words that were seen, weighted by rarity, of which the rule's article does not speak
	words       int     // how many words those are
	missing     int     // records that the rule expects and that are not there
	reworded    bool    // some text differs from its quote by more than what varies
	sameCode    bool
	otherCode   bool
	quoted      int  // words of the longest quote
	anySource   bool // no signal that was seen names the source
	nothingRead bool // neither the source nor a text could be compared
}

// rewordedFrom is the share of words from which a text counts as another one
// than the quoted.
const rewordedFrom = 0.03

func (r *Run) leavesOpen(s *scored) leaves {
	l := leaves{errors: r.beside(s), anySource: true}
	sourced, read := false, false
	for i := range s.rule.signals {
		sig, st := &s.rule.signals[i], &s.state.signals[i]
		if strengthLR[sig.rule.Strength] < 1 {
			continue
		}
		if st.hits.count == 0 {
			if st.value == parsers.No && missingShare[sig.rule.Strength] > 0 && !s.hasVariant(sig) {
				l.missing++
			}
			continue
		}
		best := st.best(r.window)
		if n := r.sharing(sig, st, best); l.shared == 0 || n < l.shared {
			l.shared = n
		}
		f := &best.facts
		l.sameCode = l.sameCode || f.codes > 0
		l.otherCode = l.otherCode || f.codes < 0
		l.anySource = l.anySource && sig.anyProvider()
		sourced = sourced || !f.idOnly && !sig.anyProvider()
		if sig.text == nil {
			continue
		}
		l.quoted = max(l.quoted, len(sig.text.words))
		if f.aligned {
			read = read || sig.text.total > 0
			l.reworded = l.reworded || f.fit.lacking+f.fit.foreign > rewordedFrom
		}
	}
	l.nothingRead = !sourced && !read
	l.apart = 1 - s.relevance
	for _, w := range s.words {
		if !s.rule.prose.words[w] {
			l.words++
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
