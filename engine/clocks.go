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

// clocks puts the times of several hosts on one clock.
type clocks struct {
	skews  map[string]Skew // by host in lower case
	unsure int64           // nanoseconds by which the times of two hosts may still differ
}

func newClocks(skews map[string]Skew) clocks {
	c := clocks{skews: skews}
	largest, second := time.Duration(0), time.Duration(0)
	for _, s := range skews {
		if s.Within > largest {
			largest, second = s.Within, largest
		} else if s.Within > second {
			second = s.Within
		}
	}
	c.unsure = int64(largest + second)
	return c
}

// put gives the right time of what host saw at t.
func (c *clocks) put(t time.Time, host string) time.Time {
	if len(c.skews) == 0 {
		return t
	}
	return t.Add(-c.skews[host].Ahead)
}

// across reports whether the records of one group may come from several hosts
// whose clocks are not sure.
func (c *clocks) across(by *grouping) bool {
	return c.unsure > 0 && by.by != rules.SameHost && by.by != rules.SameServer && by.by != rules.SameSession
}

// series notes a moment of a correlation. Where clocks are not sure, it is
// noted twice: in the even series with the times that speak against the
// correlation, in the odd one with those that speak for it. In a sequence each
// signal comes earlier or later than the one before by what clocks may differ.
func (c *clocks) series(co *correlation, t track, at int64, note func(series int32, at int64)) {
	sure := 2 * t.correlation
	if !c.across(&co.by) || co.window == 0 {
		note(sure, at)
		return
	}
	shift := int64(0)
	if _, ordered := co.node.(*rules.Sequence); ordered {
		shift = int64(t.place) * c.unsure
	}
	note(sure, at-shift)
	note(sure+1, at+shift)
}

// matcher gives the matcher for a group of a series.
func (c *clocks) matcher(co *correlation, series int32) matcher {
	window, gap := int64(co.window), int64(co.gap)
	if gap == 0 {
		gap = anyGap
	}
	if !c.across(&co.by) || co.window == 0 {
		return co.newMatcher(window, gap)
	}
	steps := int64(1)
	if _, ordered := co.node.(*rules.Sequence); ordered {
		steps = int64(len(co.signals)) // one for the window, one for each shift
	}
	sign := int64(-1)
	if series%2 == 1 {
		sign = 1
	}
	window += sign * steps * c.unsure
	if gap != anyGap {
		gap += 2 * sign * c.unsure
		if gap < 0 {
			window = -1 // no two records are sure to be that near
		}
	}
	return co.newMatcher(window, gap)
}
