package engine

import (
	"time"

	"kbdiag/rules"
)

// Skew is how far a host's clock is off.
type Skew struct {
	Ahead  time.Duration // the host's clock minus the right time
	Within time.Duration // how far Ahead itself may be off
}

// clocks puts the times of several hosts on one clock. Hosts that it does not
// know go right.
type clocks struct {
	ahead  map[uint16]int64 // nanoseconds, by number of the host
	within map[uint16]int64 // likewise; only those that may be off
	unsure int64            // by which the times of two hosts may differ at most
}

// newClocks takes skews by host in lower case.
func newClocks(skews map[string]Skew, h *hostNumbers) clocks {
	c := clocks{ahead: map[uint16]int64{}, within: map[uint16]int64{}}
	for name, s := range skews {
		c.set(h.number(name), s)
	}
	return c
}

func (c *clocks) set(host uint16, s Skew) {
	if s.Ahead != 0 {
		c.ahead[host] = int64(s.Ahead)
	}
	if s.Within > 0 {
		c.within[host] = int64(s.Within)
	}
	largest, second := int64(0), int64(0)
	for _, w := range c.within {
		if w > largest {
			largest, second = w, largest
		} else {
			second = max(second, w)
		}
	}
	c.unsure = largest + second
}

// differ is by how much the clocks of two hosts may differ either way.
func (c *clocks) differ(a, b uint16) int64 {
	if a == b {
		return 0
	}
	return c.within[a] + c.within[b]
}

// put puts a moment's time on the common clock.
func (c *clocks) put(m *moment) { m.at -= c.ahead[m.host] }

// groupMatcher looks at the moments of one group in the order of time.
type groupMatcher interface {
	take(m *moment) // until it is told that the group satisfies the correlation
	end()
	told() (found, maybe bool)
}

// matcher gives the matcher for a group of a correlation.
func (c *clocks) matcher(co *correlation) groupMatcher {
	plain := func(more int64) matcher {
		window, gap := int64(co.window)+more, int64(co.gap)
		if gap == 0 {
			gap = anyGap
		}
		return co.newMatcher(window, gap)
	}
	switch {
	case c.unsure == 0 || co.window == 0 || co.by.oneHost():
		return &sure{matcher: plain(0)}
	case co.counts():
		return &denseUnsure{
			clocks: c, window: int64(co.window), ofHost: func() matcher { return plain(0) }, hosts: map[uint16]matcher{},
			narrow: plain(-c.unsure), wide: plain(c.unsure), latest: map[uint16]int64{},
		}
	}
	return newSearching(c, co)
}

// oneHost reports whether the records of a group have one clock.
func (g *grouping) oneHost() bool {
	return g.by == rules.SameHost || g.by == rules.SameServer || g.by == rules.SameSession
}

func (c *correlation) counts() bool { _, ok := c.node.(*rules.Count); return ok }

// sure is a matcher where clocks agree.
type sure struct {
	matcher
	found bool
}

func (s *sure) take(m *moment) { s.found = s.found || s.matcher.take(m.at, m.place) }

func (s *sure) end() { s.found = s.found || s.matcher.end() }

func (s *sure) told() (found, maybe bool) { return s.found, s.found }

// denseUnsure counts in a window where clocks may differ. The records of one
// host, or of hosts that go right, are counted as they are. With several
// clocks those are sure that stand near enough whatever the clocks are, which
// is less than all that can be known.
type denseUnsure struct {
	clocks *clocks
	window int64
	ofHost func() matcher
	hosts  map[uint16]matcher // 0 for all that go right
	latest map[uint16]int64   // the last time of each
	narrow matcher            // whatever the clocks are
	wide   matcher            // if the clocks are off by what is possible
	found  bool
	maybe  bool
}

func (d *denseUnsure) take(m *moment) {
	host := m.host
	if d.clocks.within[host] == 0 {
		host = 0
	}
	if d.hosts[host] == nil {
		d.hosts[host] = d.ofHost()
	}
	d.latest[host] = m.at
	own := d.hosts[host].take(m.at, m.place)
	narrow := d.narrow.take(m.at, m.place)
	wide := d.wide.take(m.at, m.place) && d.mixed(m.at)
	d.found = d.found || own || narrow
	d.maybe = d.maybe || wide
}

// mixed reports whether records of several clocks stand in the widest window
// that ends now.
func (d *denseUnsure) mixed(now int64) bool {
	n := 0
	for _, at := range d.latest {
		if now-at <= d.window+d.clocks.unsure {
			n++
		}
	}
	return n > 1
}

func (d *denseUnsure) end() {}

func (d *denseUnsure) told() (found, maybe bool) { return d.found, d.found || d.maybe }
