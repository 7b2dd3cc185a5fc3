package engine

import (
	"slices"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// applies evaluates the diagnosis condition of a rule on what the ticket says
// of its signals. Without a condition, any signal that speaks for the rule
// will do.
func (c *compiledRule) applies(st *ruleState) parsers.Tri {
	if c.when == nil {
		return parsers.TriOf(st.speaks)
	}
	return st.eval(c.when)
}

func (st *ruleState) eval(when rules.DiagCond) parsers.Tri {
	switch d := when.(type) {
	case *rules.DiagAnd:
		out := parsers.Yes
		for _, a := range d.Args {
			out = min3(out, st.eval(a))
		}
		return out
	case *rules.DiagOr:
		out := parsers.No
		for _, a := range d.Args {
			out = not(min3(not(out), not(st.eval(a))))
		}
		return out
	case *rules.DiagNot:
		return not(st.eval(d.Arg))
	case *rules.SignalRef:
		return st.signals[d.Signal].value
	case *rules.Absent:
		return not(st.signals[d.Signal].value)
	case *rules.Count:
		return st.count(d)
	case *rules.Within:
		return st.correlated(d, d.Signals)
	case *rules.Sequence:
		return st.correlated(d, d.Signals)
	}
	return parsers.Unknown
}

// supported reports whether something that was seen speaks for a condition that
// cannot be told whole: a part of it that may still hold has a signal with a
// hit. Without that, all that is known of the rule stands beside its condition.
func (st *ruleState) supported(when rules.DiagCond) bool {
	if when == nil {
		return st.speaks
	}
	if st.eval(when) == parsers.No {
		return false
	}
	switch d := when.(type) {
	case *rules.DiagAnd:
		return slices.ContainsFunc(d.Args, st.supported)
	case *rules.DiagOr:
		return slices.ContainsFunc(d.Args, st.supported)
	case *rules.SignalRef:
		return st.hit(d.Signal)
	case *rules.Count:
		return st.hit(d.Signal)
	case *rules.Within:
		return slices.ContainsFunc(d.Signals, st.hit)
	case *rules.Sequence:
		return slices.ContainsFunc(d.Signals, st.hit)
	}
	return false
}

func (st *ruleState) hit(i int) bool { return st.signals[i].hits.count > 0 }

// min3 is Kleene's "and".
func min3(a, b parsers.Tri) parsers.Tri {
	switch {
	case a == parsers.No || b == parsers.No:
		return parsers.No
	case a == parsers.Unknown || b == parsers.Unknown:
		return parsers.Unknown
	}
	return parsers.Yes
}

// count compares how often a signal was seen, in all, in one group or in one
// window. Records that may show it leave a number open.
func (st *ruleState) count(d *rules.Count) parsers.Tri {
	if d.Same != rules.Ungrouped || d.Window > 0 {
		if st.signals[d.Signal].value == parsers.No && d.Window == 0 {
			return parsers.No // there is no group
		}
		return st.correlated(d, []int{d.Signal})
	}
	s := &st.signals[d.Signal]
	if s.value == parsers.Unknown && s.hits.count == 0 && s.maybe == 0 {
		return parsers.Unknown // it was never looked for
	}
	low := int64(s.hits.count - s.hits.open)
	high := low + int64(s.maybe)
	always, ever := true, false
	for _, n := range []int64{low, high, d.N - 1, d.N, d.N + 1} {
		if n < low || n > high {
			continue
		}
		holds := compareInts(n, d.Op, d.N)
		always, ever = always && holds, ever || holds
	}
	switch {
	case always:
		return parsers.Yes
	case !ever:
		return parsers.No
	}
	return parsers.Unknown
}

// correlated gives what the sightings say of a correlation. A signal that
// cannot be told leaves the answer open, one that is not there settles it.
func (st *ruleState) correlated(node rules.DiagCond, signals []int) parsers.Tri {
	open := false
	for _, n := range signals {
		s := &st.signals[n]
		if s.value == parsers.No {
			return parsers.No
		}
		open = open || s.value == parsers.Unknown || s.maybe > 0
	}
	a := st.answers(node)
	switch {
	case a.found:
		return parsers.Yes
	case a.maybe || a.open || open:
		return parsers.Unknown
	}
	return parsers.No
}
