package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// placed is a sure sighting with its time and group.
type placed struct {
	at    time.Duration
	host  string // in lower case
	group string
	timed bool
	known bool
}

func (o *oracle) placedOf(r *rules.Rule, signal int, by rules.Group) []placed {
	var out []placed
	sig := &r.Signals[signal]
	for i := range o.facts {
		f := &o.facts[i]
		if f.kind != sig.On || f.eval(sig.Cond, "") != parsers.Yes {
			continue
		}
		var p placed
		at, host := time.Time{}, ""
		switch {
		case f.event != nil:
			at, host = f.event.Time, f.event.Host
		case f.s != nil:
			at, host = f.s.Start, f.s.Server
		default:
			at = f.line.Time
		}
		p.timed = !at.IsZero()
		p.host = strings.ToLower(host)
		p.at = time.Duration(at.UnixNano()) - o.skew[p.host].Ahead
		p.group, p.known = f.group(by)
		out = append(out, p)
	}
	return out
}

func (f *fact) group(by rules.Group) (string, bool) {
	if o, captured := by.Value(); captured {
		s, known := f.operand(o, "")
		return s, known == 2 && s != ""
	}
	s := ""
	switch by {
	case rules.Ungrouped:
		return "", true
	case rules.SameHost, rules.SameServer:
		if f.event != nil {
			s = strings.ToLower(f.event.Host)
		} else if f.s != nil {
			s = strings.ToLower(f.s.Server)
		}
	case rules.SameUser:
		if f.event != nil {
			s = strings.ToLower(f.event.User)
		} else if f.x != nil {
			s = f.loggedOn()
		}
	case rules.SameSession:
		if f.s != nil {
			s = fmt.Sprint("session ", f.s.Pos.Offset)
		}
	}
	return s, s != ""
}

// loggedOn is the name of the USER command up to this exchange.
func (f *fact) loggedOn() string {
	name := ""
	for i := range f.s.Exchanges {
		if f.s.Exchanges[i].Verb == "USER" {
			name = f.s.Exchanges[i].Args
		}
		if &f.s.Exchanges[i] == f.x {
			break
		}
	}
	return name
}

// offsets lists how far the clocks may be off: all whole seconds that the hosts
// allow, host by host. Times and windows are whole seconds, so that what holds
// for some clocks holds for some of these.
func (o *oracle) offsets() []map[string]time.Duration {
	out := []map[string]time.Duration{{}}
	for host, s := range o.skew {
		var next []map[string]time.Duration
		for off := -s.Within; off <= s.Within; off += time.Second {
			for _, m := range out {
				one := maps.Clone(m)
				one[host] = off
				next = append(next, one)
			}
		}
		out = next
	}
	return out
}

// diagnosis evaluates a correlation by trying every choice of sightings. exact
// is false where the engine need not know as much.
func (o *oracle) diagnosis(r *rules.Rule, value func(int) parsers.Tri) (want parsers.Tri, exact bool) {
	switch d := r.Diagnosis.Cond.(type) {
	case *rules.Within:
		return o.together(r, d.Signals, d.Same, value, func(at []time.Duration) bool {
			return slices.Max(at)-slices.Min(at) <= d.Window
		}), true
	case *rules.Sequence:
		return o.together(r, d.Signals, d.Same, value, func(at []time.Duration) bool {
			for i := 1; i < len(at); i++ {
				step := at[i] - at[i-1]
				if step < 0 || d.Gap > 0 && step > d.Gap {
					return false
				}
			}
			return at[len(at)-1]-at[0] <= d.Window
		}), true
	case *rules.Count:
		return o.count(r, d, value)
	}
	panic("no oracle")
}

// together tries all choices of one sighting for each signal. A choice that
// fits whatever the clocks are is sure, one that fits for some clocks is not.
func (o *oracle) together(r *rules.Rule, signals []int, by rules.Group, value func(int) parsers.Tri, fits func([]time.Duration) bool) parsers.Tri {
	open := false
	tracks := make([][]placed, len(signals))
	for i, k := range signals {
		if value(k) == parsers.No {
			return parsers.No
		}
		c := o.counts(r, k)
		open = open || value(k) == parsers.Unknown || c.unknown > 0
		for _, p := range o.placedOf(r, k, by) {
			if p.timed && p.known {
				tracks[i] = append(tracks[i], p)
			} else {
				open = true
			}
		}
	}
	offsets := o.offsets()
	sure, maybe := false, false
	var try func(choice []placed)
	try = func(choice []placed) {
		if len(choice) < len(tracks) {
			for _, p := range tracks[len(choice)] {
				if len(choice) == 0 || p.group == choice[0].group {
					try(append(choice[:len(choice):len(choice)], p))
				}
			}
			return
		}
		all := true
		for _, off := range offsets {
			var at []time.Duration
			for _, p := range choice {
				at = append(at, p.at-off[p.host])
			}
			ok := fits(at)
			all, maybe = all && ok, maybe || ok
		}
		sure = sure || all
	}
	try(nil)
	switch {
	case sure:
		return parsers.Yes
	case open || maybe:
		return parsers.Unknown
	}
	return parsers.No
}

func (o *oracle) count(r *rules.Rule, d *rules.Count, value func(int) parsers.Tri) (want parsers.Tri, exact bool) {
	c := o.counts(r, d.Signal)
	if d.Same == rules.Ungrouped && d.Window == 0 {
		return o.countAll(c, d, value(d.Signal)), true
	}
	if value(d.Signal) == parsers.No {
		return parsers.No, true
	}
	open := value(d.Signal) == parsers.Unknown || c.unknown > 0
	groups := map[string][]placed{}
	clocks := map[string]map[string]bool{} // by group; "" for those that go right
	for _, p := range o.placedOf(r, d.Signal, d.Same) {
		if !p.known || d.Window > 0 && !p.timed {
			open = true
			continue
		}
		groups[p.group] = append(groups[p.group], p)
		if clocks[p.group] == nil {
			clocks[p.group] = map[string]bool{}
		}
		if o.skew[p.host].Within > 0 {
			clocks[p.group][p.host] = true
		} else {
			clocks[p.group][""] = true
		}
	}
	exact = true
	for _, list := range clocks {
		exact = exact && (d.Window == 0 || len(list) == 1)
	}
	always, ever := true, false
	for _, off := range o.offsets() {
		ok := false
		for _, g := range groups {
			ok = ok || countsIn(g, d, off)
		}
		always, ever = always && ok, ever || ok
	}
	switch {
	case always:
		return parsers.Yes, exact
	case open || ever:
		return parsers.Unknown, exact
	}
	return parsers.No, exact
}

func (o *oracle) countAll(c signalCounts, d *rules.Count, value parsers.Tri) parsers.Tri {
	if c == (signalCounts{}) && value == parsers.Unknown {
		return parsers.Unknown
	}
	yes, no := false, false
	for n := c.sure; n <= c.sure+c.unknown; n++ {
		if compareInts(int64(n), d.Op, d.N) {
			yes = true
		} else {
			no = true
		}
	}
	if yes && no {
		return parsers.Unknown
	}
	return parsers.TriOf(yes)
}

// countsIn reports whether a group, or a window of it, has as many as wanted.
func countsIn(g []placed, d *rules.Count, off map[string]time.Duration) bool {
	if d.Window == 0 {
		return compareInts(int64(len(g)), d.Op, d.N)
	}
	for _, first := range g {
		n := int64(0)
		for _, p := range g {
			apart := p.at - off[p.host] - first.at + off[first.host]
			if apart >= 0 && apart <= d.Window {
				n++
			}
		}
		if compareInts(n, d.Op, d.N) {
			return true
		}
	}
	return false
}
