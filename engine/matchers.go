package engine

import (
	"math"

	"kbdiag/rules"
)

// newMatcher makes the matcher of one group. window and gap are those of the
// correlation, or what is left or added for clocks that are not sure.
func (c *correlation) newMatcher(window, gap int64) matcher {
	switch d := c.node.(type) {
	case *rules.Count:
		if d.Window > 0 {
			return newDense(d.Op, d.N, window)
		}
		return &countMatcher{op: d.Op, want: d.N}
	case *rules.Sequence:
		return newChain(len(c.signals), window, gap)
	}
	return newTogether(len(c.signals), window)
}

// countMatcher counts the sightings of a group.
type countMatcher struct {
	op   rules.CmpOp
	want int64
	n    int64
}

func (m *countMatcher) take(int64, int32) bool { m.n++; return false }

func (m *countMatcher) end() bool { return compareInts(m.n, m.op, m.want) }

// dense looks for a window that holds so many sightings. It keeps the times of
// as many as are wanted.
type dense struct {
	times  []int64 // ring of the latest
	n      int
	window int64
}

func newDense(op rules.CmpOp, n, window int64) *dense {
	if op == rules.Greater {
		n++
	}
	return &dense{times: make([]int64, max(n, 1)), window: window}
}

func (m *dense) take(at int64, _ int32) bool {
	m.times[m.n%len(m.times)] = at
	m.n++
	if m.n < len(m.times) {
		return false
	}
	return at-m.times[m.n%len(m.times)] <= m.window
}

func (m *dense) end() bool { return false }

// together looks for a window that holds a moment of each signal. The latest
// of each is all that a later window can use.
type together struct {
	latest []int64
	have   []bool
	missed int
	window int64
}

func newTogether(n int, window int64) *together {
	return &together{latest: make([]int64, n), have: make([]bool, n), missed: n, window: window}
}

func (m *together) take(at int64, place int32) bool {
	if !m.have[place] {
		m.have[place] = true
		m.missed--
	}
	m.latest[place] = at
	if m.missed > 0 {
		return false
	}
	first := int64(math.MaxInt64)
	for _, t := range m.latest {
		first = min(first, t)
	}
	return at-first <= m.window
}

func (m *together) end() bool { return false }

// chain looks for the signals in their order. For each place it keeps the
// chains that end there and may still be continued: with their last moment
// and the latest first one that such a chain can have.
type chain struct {
	ends   [][]link
	window int64
	gap    int64
}

// anyGap is no limit to the time between neighbours.
const anyGap = -1

type link struct{ end, start int64 }

func newChain(n int, window, gap int64) *chain {
	return &chain{ends: make([][]link, n), window: window, gap: gap}
}

func (m *chain) take(at int64, place int32) bool {
	start := at
	if place > 0 {
		before := m.ends[place-1]
		for m.gap != anyGap && len(before) > 0 && at-before[0].end > m.gap {
			before = before[1:]
		}
		m.ends[place-1] = before
		if len(before) == 0 {
			return false
		}
		start = before[0].start
		if at-start > m.window {
			return false
		}
	}
	if int(place) == len(m.ends)-1 {
		return place > 0 || len(m.ends) == 1
	}
	m.push(place, link{at, start})
	return false
}

// push adds a chain. Those that end earlier and do not begin later are of no
// use beside it; without a limit to gaps only the latest beginning counts.
func (m *chain) push(place int32, l link) {
	ends := m.ends[place]
	for len(ends) > 0 && ends[len(ends)-1].start <= l.start {
		ends = ends[:len(ends)-1]
	}
	if len(ends) > 0 && m.gap == anyGap {
		return
	}
	m.ends[place] = append(ends, l)
}

func (m *chain) end() bool { return false }
