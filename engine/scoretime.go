package engine

import (
	"fmt"
	"math"
	"time"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// nearTime is how far from the incident window an event is still near.
const nearTime = 12 * time.Hour

// timing is when the events of a rule were logged. Signals that were seen on
// one record tell of one event.
type timing struct {
	timed        int  // events with a time
	inside, near int  // of them in the incident window, within nearTime of it
	telling      bool // one in the window is none that healthy machines log
	otherHours   int  // hours outside the window, of the signal that has the most
}

// timing counts the events that speak for a rule.
func (r *Run) timing(s *scored) timing {
	var t timing
	seen := map[parsers.Pos]bool{}
	for i := range s.rule.signals {
		sig, st := &s.rule.signals[i], &s.state.signals[i]
		if sig.rule.On != rules.OnEvent || strengthLR[sig.rule.Strength] < 1 || st.hits.count == 0 {
			continue
		}
		best := st.best(r.window)
		if seen[best.pos] {
			continue
		}
		seen[best.pos] = true
		inside := st.hits.hours.within(r.window.from, r.window.to)
		t.timed += st.hits.timed
		t.inside += inside
		t.near += st.hits.hours.within(r.window.from.Add(-nearTime), r.window.to.Add(nearTime))
		t.telling = t.telling || inside > 0 && !best.facts.noise
		t.otherHours = max(t.otherHours, st.hits.hours.outside(r.window.from, r.window.to))
	}
	return t
}

// scoreTime adds the terms of the incident window.
func (r *Run) scoreTime(s *scored) {
	if !r.windowTells {
		return
	}
	t := r.timing(s)
	switch {
	case t.timed == 0:
		return
	case t.inside > 0 && !t.telling:
		s.term("incident window", commonInside, fmt.Sprintf("%d of %s into it, of a kind that healthy machines log at any time", t.inside, falls(t.timed)))
	case t.inside > 0:
		s.term("incident window", insideWindow, fmt.Sprintf("%d of %s into it", t.inside, falls(t.timed)))
	case t.near > 0:
		s.term("incident window", nearWindow, "none of its events falls into it, but within half a day of it")
	default:
		s.term("incident window", outsideWindow, "none of its events falls into it")
	}
	if t.inside > 0 && t.otherHours > 0 {
		s.term("recurs", math.Pow(1+float64(t.otherHours), recurPower), fmt.Sprintf("also seen in %s outside the incident window", plural(t.otherHours, "hour")))
	}
}

// falls writes a number of events with its verb.
func falls(n int) string {
	if n == 1 {
		return "1 event falls"
	}
	return plural(n, "event") + " fall"
}
