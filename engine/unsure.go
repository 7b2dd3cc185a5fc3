package engine

import "kbdiag/rules"

const (
	// searchHeld bounds the moments of a group that are looked at together.
	searchHeld = 256
	// searchSteps bounds the choices that are tried for a group.
	searchSteps = 1 << 20
)

// searching looks for a choice of one moment for each signal where the clocks
// of hosts may differ. It tries all choices of the moments in the widest
// window, so that records of one host keep their distance, and all records of
// a host are off by the same. Where there are too many of them, the group may
// satisfy the correlation: that is never denied, and never sure.
type searching struct {
	clocks  *clocks
	ordered bool
	window  int64
	gap     int64    // 0 for any
	held    []moment // by time
	choice  []moment // by place
	left    int64    // time of the latest moment that was left out
	full    bool     // some of the window were
	steps   int
	found   bool
	maybe   bool
}

func newSearching(c *clocks, co *correlation) *searching {
	_, ordered := co.node.(*rules.Sequence)
	return &searching{clocks: c, ordered: ordered, window: int64(co.window), gap: int64(co.gap), choice: make([]moment, len(co.signals))}
}

func (s *searching) take(m *moment) {
	if s.found {
		return
	}
	s.hold(m)
	if !s.complete() {
		return
	}
	s.choice[m.place] = *m
	if s.full || s.steps >= searchSteps {
		s.maybe = true
		return
	}
	s.try(0, m.place)
}

// hold keeps a moment, and forgets those that no window shares with it.
func (s *searching) hold(m *moment) {
	n := 0
	for n < len(s.held) && m.at-s.held[n].at > s.window+s.clocks.unsure {
		n++
	}
	if n == 0 && len(s.held) == searchHeld {
		n, s.full, s.left = 1, true, s.held[0].at
	}
	s.held = s.held[:copy(s.held, s.held[n:])]
	s.full = s.full && m.at-s.left <= s.window+s.clocks.unsure
	s.held = append(s.held, *m)
}

// complete reports whether each signal has a moment in the window.
func (s *searching) complete() bool {
	missed := len(s.choice)
	for place := range s.choice {
		for i := range s.held {
			if int(s.held[i].place) == place {
				missed--
				break
			}
		}
	}
	return missed == 0
}

// try chooses a moment for each signal from place on. That of fixed is chosen
// already.
func (s *searching) try(place int, fixed int32) {
	if place == len(s.choice) {
		s.judge()
		return
	}
	if int32(place) == fixed {
		if s.near(place, fixed) {
			s.try(place+1, fixed)
		}
		return
	}
	for i := range s.held {
		m := &s.held[i]
		if int(m.place) != place {
			continue
		}
		if s.steps++; s.steps >= searchSteps {
			s.maybe = true
		}
		if s.found || s.steps >= searchSteps {
			return
		}
		s.choice[place] = *m
		if s.near(place, fixed) {
			s.try(place+1, fixed)
		}
	}
}

// near reports whether the moment at place may stand in one window with those
// chosen before it and the fixed one, if the clocks of each two differ as they
// may.
func (s *searching) near(place int, fixed int32) bool {
	m := &s.choice[place]
	for p := range s.choice {
		if p >= place && int32(p) != fixed {
			continue
		}
		o := &s.choice[p]
		apart, unsure := m.at-o.at, s.clocks.differ(m.host, o.host)
		if max(apart, -apart) > s.window+unsure {
			return false
		}
		if s.ordered && (p < place && apart < -unsure || p > place && apart > unsure) {
			return false
		}
	}
	return true
}

// judge tells of a choice whether it satisfies the correlation whatever the
// clocks are, and if it may.
func (s *searching) judge() {
	limits := s.limits()
	all := true
	for _, l := range limits {
		apart := s.choice[l.b].at - s.choice[l.a].at
		all = all && apart+s.clocks.differ(s.choice[l.a].host, s.choice[l.b].host) <= l.most
	}
	s.found = s.found || all
	s.maybe = s.maybe || all || s.possible(limits)
}

// limit says that moment b comes at most so long after moment a.
type limit struct {
	a, b int
	most int64
}

// limits are what a correlation asks of a choice.
func (s *searching) limits() []limit {
	var out []limit
	last := len(s.choice) - 1
	if s.ordered {
		for p := range last {
			out = append(out, limit{p + 1, p, 0})
			if s.gap > 0 {
				out = append(out, limit{p, p + 1, s.gap})
			}
		}
		return append(out, limit{0, last, s.window})
	}
	for a := range s.choice {
		for b := range s.choice {
			if a != b {
				out = append(out, limit{a, b, s.window})
			}
		}
	}
	return out
}

// possible reports whether the clocks may be off so that all limits hold. How
// far each is off is a distance from the right time, limits are bounds of
// their differences, and those can hold together unless a circle of them is
// less than nothing (Bellman, 1958; Floyd and Warshall, 1962).
func (s *searching) possible(limits []limit) bool {
	index := map[uint16]int{}
	for i := range s.choice {
		if host := s.choice[i].host; s.clocks.within[host] > 0 && index[host] == 0 {
			index[host] = len(index) + 1
		}
	}
	n := len(index) + 1 // 0 is the right time
	const far = int64(1) << 60
	d := make([]int64, n*n) // d[i*n+j]: clock i is ahead of clock j by at most that
	for i := range d {
		d[i] = far
	}
	for host, i := range index {
		d[i*n], d[i] = s.clocks.within[host], s.clocks.within[host]
	}
	for i := range n {
		d[i*n+i] = 0
	}
	for _, l := range limits {
		// b - ahead(b) - (a - ahead(a)) <= most
		i, j := index[s.choice[l.a].host], index[s.choice[l.b].host]
		d[i*n+j] = min(d[i*n+j], l.most-(s.choice[l.b].at-s.choice[l.a].at))
	}
	for k := range n {
		for i := range n {
			for j := range n {
				d[i*n+j] = min(d[i*n+j], d[i*n+k]+d[k*n+j])
			}
		}
	}
	for i := range n {
		if d[i*n+i] < 0 {
			return false
		}
	}
	return true
}

func (s *searching) end() {}

func (s *searching) told() (found, maybe bool) { return s.found, s.found || s.maybe }
