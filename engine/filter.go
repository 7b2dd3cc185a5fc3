package engine

import (
	"kbdiag/parsers"
	"kbdiag/rules"
)

// Filter is a condition on single records, as --where takes it.
type Filter struct {
	kind rules.Kind
	cond *condition
	view view
}

// NewFilter makes a checked condition on records of one kind ready. It is not
// safe for concurrent use.
func NewFilter(kind rules.Kind, cond rules.Cond) *Filter {
	return &Filter{kind: kind, cond: newCondition(cond)}
}

// Event reports whether the event satisfies the condition. What cannot be told
// is not satisfied.
func (f *Filter) Event(e *parsers.Event) bool {
	f.view.reset(rules.OnEvent)
	f.view.event = e
	return f.cond.eval(&f.view, "") == parsers.Yes
}

// Session reports whether the session satisfies the condition, or with a
// condition on exchanges, whether one of its exchanges does.
func (f *Filter) Session(s *parsers.Session) bool {
	f.view.reset(f.kind)
	f.view.session = s
	if f.kind == rules.OnSession {
		return f.cond.eval(&f.view, "") == parsers.Yes
	}
	for i := range s.Exchanges {
		f.view.reset(rules.OnExchange)
		f.view.session, f.view.exchange = s, &s.Exchanges[i]
		if f.cond.eval(&f.view, "") == parsers.Yes {
			return true
		}
	}
	return false
}
