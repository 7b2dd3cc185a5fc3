package engine

import (
	"slices"
	"sort"
	"time"

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
		return st.correlated(d.Signals, d.Window, d.Same, within)
	case *rules.Sequence:
		return st.correlated(d.Signals, d.Window, d.Same, sequence)
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

// count compares how often a signal was seen, in all or in one group.
func (st *ruleState) count(d *rules.Count) parsers.Tri {
	s := &st.signals[d.Signal]
	if s.value == parsers.Unknown {
		return parsers.Unknown
	}
	if d.Same == rules.Ungrouped {
		return parsers.TriOf(compareInts(int64(s.hits.count), d.Op, d.N))
	}
	sizes := map[string]int64{}
	open := s.hits.overflow
	for i := range s.hits.track {
		key, ok := groupKey(d.Same, &s.hits.track[i])
		if !ok {
			open = true
			continue
		}
		sizes[key]++
	}
	for _, n := range sizes {
		if compareInts(n, d.Op, d.N) {
			return parsers.Yes
		}
	}
	return notFound(open)
}

// correlated looks for the signals together in time. A signal that cannot be
// told leaves the answer open, one that is not there settles it.
func (st *ruleState) correlated(signals []int, window time.Duration, by rules.Group,
	look func([][]moment, []int, time.Duration, rules.Group) parsers.Tri) parsers.Tri {
	tracks := make([][]moment, len(signals))
	open := false
	for i, n := range signals {
		s := &st.signals[n]
		switch s.value {
		case parsers.No:
			return parsers.No
		case parsers.Unknown:
			return parsers.Unknown
		}
		tracks[i] = s.hits.track
		open = open || s.hits.overflow
	}
	out := look(tracks, signals, window, by)
	if out == parsers.No && open {
		return parsers.Unknown
	}
	return out
}

// trim keeps the earliest moments of a merged track, so that what is kept does
// not depend on the order of merging.
func (s *hits) trim() {
	if len(s.track) <= trackCap {
		return
	}
	sort.Slice(s.track, func(i, j int) bool {
		a, b := s.track[i], s.track[j]
		switch {
		case a.at != b.at:
			return a.at < b.at
		case a.host != b.host:
			return a.host < b.host
		case a.user != b.user:
			return a.user < b.user
		}
		return a.group < b.group
	})
	s.track = s.track[:trackCap]
	s.overflow = true
}
