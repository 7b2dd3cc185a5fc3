package engine

import (
	"hash/maphash"
	"time"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// correlation is a part of a diagnosis condition that looks at the times or the
// groups of a rule's signals. It sees sightings in the order of its groups and
// of time, whatever the order in which the records came.
type correlation struct {
	node    rules.DiagCond
	by      grouping
	signals []int // of the rule; a moment names one by its place here
	window  time.Duration
	gap     time.Duration // longest time between neighbours of a sequence, 0 for any
}

// grouping says what the records of one group share.
type grouping struct {
	by    rules.Group
	value *operand // of a captured value
}

func newGrouping(g rules.Group) grouping {
	out := grouping{by: g}
	if o, ok := g.Value(); ok {
		v := newOperand(o)
		out.value = &v
	}
	return out
}

// correlationsOf lists the parts of a diagnosis condition that are correlations.
func correlationsOf(when rules.DiagCond) []*correlation {
	switch d := when.(type) {
	case *rules.DiagAnd:
		return correlationsOfAll(d.Args)
	case *rules.DiagOr:
		return correlationsOfAll(d.Args)
	case *rules.DiagNot:
		return correlationsOf(d.Arg)
	case *rules.Count:
		if d.Same != rules.Ungrouped || d.Window > 0 {
			return []*correlation{{node: d, by: newGrouping(d.Same), signals: []int{d.Signal}, window: d.Window}}
		}
	case *rules.Within:
		return []*correlation{{node: d, by: newGrouping(d.Same), signals: d.Signals, window: d.Window}}
	case *rules.Sequence:
		return []*correlation{{node: d, by: newGrouping(d.Same), signals: d.Signals, window: d.Window, gap: d.Gap}}
	}
	return nil
}

func correlationsOfAll(args []rules.DiagCond) []*correlation {
	var out []*correlation
	for _, a := range args {
		out = append(out, correlationsOf(a)...)
	}
	return out
}

// track is a place of a signal in a correlation.
type track struct {
	correlation int32 // in Set.correlations
	place       int32
}

// moment is one hit as a correlation sees it. Groups are told apart by two
// hashes of what they share, under keys that no input can know.
type moment struct {
	group  [2]uint64
	at     int64 // Unix nanoseconds; 0 where times do not matter
	series int32 // number of the correlation
	place  int32 // of the signal in the correlation, less than 1 << 16
	host   uint16
}

// before orders sightings by series, group, time and place, so that in a
// sequence records of equal time stand in the order that suits it.
func (s *moment) before(o *moment) bool {
	switch {
	case s.series != o.series:
		return s.series < o.series
	case s.group[0] != o.group[0]:
		return s.group[0] < o.group[0]
	case s.group[1] != o.group[1]:
		return s.group[1] < o.group[1]
	case s.at != o.at:
		return s.at < o.at
	}
	return s.place < o.place
}

// group gives the group of the record in view, false if the record does not
// tell.
func (w *Worker) group(g *grouping) ([2]uint64, bool) {
	v := &w.view
	text, number := "", int64(0)
	switch {
	case g.value != nil:
		var k knowledge
		if text, k = g.value.textOf(v, ""); k != whole {
			return [2]uint64{}, false
		}
	case g.by == rules.SameHost || g.by == rules.SameServer:
		text = hostOf(v)
	case g.by == rules.SameUser:
		text, _ = v.text(fUser)
	case g.by == rules.SameSession:
		if v.session != nil {
			text, number = v.session.Pos.Path, v.session.Pos.Offset
		}
	default:
		return [2]uint64{}, true
	}
	if text == "" {
		return [2]uint64{}, false
	}
	return [2]uint64{hashOf(w.run.seeds[0], text, number), hashOf(w.run.seeds[1], text, number)}, true
}

// hostOf gives the host of an event or the server of a session in lower case.
func hostOf(v *view) string {
	f := fServer
	if v.event != nil {
		f = fHost
	}
	text, _ := v.text(f)
	return text
}

func hashOf(seed maphash.Seed, text string, number int64) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	h.WriteString(text)
	for range 8 {
		h.WriteByte(byte(number))
		number >>= 8
	}
	return h.Sum64()
}

// sight notes the record in view for the correlations of a signal that it
// matched. What lacks its time or its group, or is not sure, leaves them open.
func (w *Worker) sight(sig *signal, h *hit) {
	for _, t := range sig.tracks {
		c := w.run.set.correlations[t.correlation]
		group, ok := w.group(&c.by)
		timed := h.zone != parsers.ZoneUnknown || c.window == 0
		if !ok || !timed || h.facts.idOnly {
			w.open[t.correlation] = true
			continue
		}
		m := moment{group: group, series: t.correlation, place: t.place}
		if c.window > 0 {
			m.at, m.host = h.time.UnixNano(), w.hostNumber(h.host)
		}
		w.sightings = append(w.sightings, m)
	}
	if len(w.sightings) >= sightingChunk {
		w.flush()
	}
}

// flush hands the sightings over to the run.
func (w *Worker) flush() {
	w.run.sightings.add(w.sightings)
	w.sightings = w.sightings[:0]
}

// answer is what the sightings say of a correlation.
type answer struct {
	found  bool // some group satisfies it
	maybe  bool // some group does if the clocks are off by what is possible
	open   bool // a moment lacks its time or group, or was dropped
	groups int
}

// matcher looks at the sightings of one group in the order of time.
type matcher interface {
	take(at int64, place int32) bool // true once the group satisfies the correlation
	end() bool                       // the same, when the group is complete
}

// correlate gives the answers of all correlations.
func (r *Run) correlate() error {
	r.answers = make([]answer, len(r.set.correlations))
	for i := range r.merged.open {
		r.answers[i].open = true
	}
	err := r.setClocks()
	if err == nil {
		err = r.match()
	}
	r.sightings.close()
	if err != nil {
		for i := range r.answers {
			r.answers[i].open = true
		}
	}
	return err
}

// match looks at all sightings, group by group.
func (r *Run) match() error {
	var last moment
	var m groupMatcher
	finish := func() {
		if m == nil {
			return
		}
		m.end()
		a := &r.answers[last.series]
		found, maybe := m.told()
		a.found, a.maybe = a.found || found, a.maybe || maybe
	}
	err := r.sightings.each(func(s *moment) {
		if m == nil || s.series != last.series || s.group != last.group {
			finish()
			r.answers[s.series].groups++
			m = r.clocks.matcher(r.set.correlations[s.series])
		}
		last = *s
		m.take(s)
	})
	finish()
	return err
}

// setClocks learns from what both sides logged how far clocks are off, unless
// that was stated, and puts the sightings on one clock.
func (r *Run) setClocks() error {
	if len(r.opts.Skew) == 0 {
		if err := r.estimateClocks(); err != nil {
			return err
		}
	}
	if len(r.clocks.ahead) == 0 {
		return nil
	}
	moved, err := r.sightings.moved(func(m *moment) {
		if r.set.correlations[m.series].window > 0 {
			r.clocks.put(m)
		}
	})
	if err != nil {
		return err
	}
	r.sightings = moved
	return nil
}
