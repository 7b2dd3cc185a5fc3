package engine

import (
	"strconv"
	"strings"
	"time"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// provider folds a provider's name, once for each spelling.
func (w *Worker) provider(e *parsers.Event) providerRef {
	if !e.Has(parsers.FieldProvider) {
		return providerRef{}
	}
	if ref, ok := w.providers[e.Provider]; ok {
		return ref
	}
	folded := strings.Clone(foldProvider(e.Provider))
	ref := providerRef{known: true, folded: folded, number: w.run.set.index.events.providers[folded], home: homeLog(folded)}
	if len(w.providers) < providerCacheCap {
		w.providers[strings.Clone(e.Provider)] = ref
	}
	return ref
}

// log folds a log's name, once for each spelling.
func (w *Worker) log(e *parsers.Event) string {
	if e.Log == "" {
		return ""
	}
	if folded, ok := w.logs[e.Log]; ok {
		return folded
	}
	folded := strings.Clone(strings.ToLower(e.Log))
	if len(w.logs) < logCap {
		w.logs[strings.Clone(e.Log)] = folded
	}
	return folded
}

func (w *Worker) outside(t time.Time, z parsers.Zone) bool {
	if z == parsers.ZoneUnknown {
		return false
	}
	o := &w.run.opts
	return !o.Since.IsZero() && t.Before(o.Since) || !o.Until.IsZero() && t.After(o.Until)
}

func (w *Worker) event(e *parsers.Event) {
	PlaceInZone(e, w.run.opts.Zone)
	if w.outside(e.Time, e.Zone) {
		w.left++
		return
	}
	w.scene.times.event(e)
	ref, log := w.provider(e), w.log(e)
	kind := eventKind{ref.folded, e.ID}
	w.count(e, ref, log, kind)
	w.counts.Records++
	w.view.reset(rules.OnEvent)
	w.view.event, w.view.provider = e, ref.folded
	c := w.run.set.index.events.fitting(e, ref, log)
	if !w.tryDirect(&c, kind) {
		return
	}
	found, k := w.look(kindEvent, fMessage)
	switch k {
	case whole:
		for _, i := range found {
			if w.run.set.signals[i].mayHold(e, ref) {
				w.try(int(i), kind)
			}
		}
	case part:
		w.tryLost(&c, found, e, ref, kind)
	default:
		w.tryGated(&c, kind)
	}
}

// tryLost evaluates the signals that wait for a literal on an event whose text
// is lost or cut. Those to which the text alone matters cannot be told where
// their literals are not found: they are counted together.
func (w *Worker) tryLost(c *candidates, found []int32, e *parsers.Event, ref providerRef, kind eventKind) {
	w.unread++
	for _, i := range found {
		if w.run.set.signals[i].textAlone {
			w.seen(int(i)).read++
			w.try(int(i), kind)
		}
	}
	for _, l := range c.lists[:c.n] {
		for _, i := range l.gated {
			if w.run.set.signals[i].mayHold(e, ref) {
				w.try(int(i), kind)
			}
		}
	}
}

// tryDirect evaluates the signals that do not wait for a literal. It is true
// if others do.
func (w *Worker) tryDirect(c *candidates, kind eventKind) (gated bool) {
	for _, l := range c.lists[:c.n] {
		for _, i := range l.direct {
			w.try(int(i), kind)
		}
		gated = gated || len(l.gated) > 0 || len(l.texts) > 0
	}
	return gated
}

// tryGated evaluates the signals that wait for a literal, where the text does
// not tell whether it is there.
func (w *Worker) tryGated(c *candidates, kind eventKind) {
	for _, l := range c.lists[:c.n] {
		for _, i := range l.gated {
			w.try(int(i), kind)
		}
		for _, i := range l.texts {
			w.try(int(i), kind)
		}
	}
}

func (w *Worker) look(k kind, f fieldID) (found []int32, told knowledge) {
	set := w.run.set
	return set.index.texts[k].look(&w.view, f, &w.search[k], len(set.signals))
}

// PlaceInZone takes the time of an event whose form states no zone to be of
// the given one. nil leaves it as it is.
func PlaceInZone(e *parsers.Event, loc *time.Location) {
	if loc == nil || e.Zone != parsers.ZoneLocal {
		return
	}
	t := e.Time
	e.Time = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), loc)
	e.Zone = parsers.ZoneOffset
}

func (w *Worker) count(e *parsers.Event, ref providerRef, log string, kind eventKind) {
	w.supplied.events++
	if e.Quoted {
		w.supplied.quoted++
	} else {
		w.supplied.log(e, ref, log)
	}
	if e.Has(parsers.FieldTime) {
		w.burst.event(e.Time, kind, e.Level, w.run.set.noise[kind])
	}
	w.problems.add(kind, e)
}

func (w *Worker) session(s *parsers.Session) {
	if w.outside(s.Start, s.Zone) {
		w.left++
		return
	}
	w.supplied.sessions++
	if !w.supplied.protocols[s.Protocol] {
		w.supplied.protocols[strings.Clone(s.Protocol)] = true
	}
	w.burst.session(s)
	w.scene.session(s)
	if p, ok := productOfSession(s); ok {
		w.product(p)
	}
	w.counts.Records++
	w.view.reset(rules.OnSession)
	w.view.session = s
	protocol, _ := w.view.text(fProtocol)
	c := w.run.set.index.sessions.fitting(protocol)
	w.tryDirect(&c, eventKind{})
	for x := range s.Exchanges {
		w.exchange(s, &s.Exchanges[x], protocol)
	}
}

func (w *Worker) exchange(s *parsers.Session, x *parsers.Exchange, protocol string) {
	w.counts.Records++
	w.view.reset(rules.OnExchange)
	w.view.session, w.view.exchange = s, x
	command, _ := w.view.text(fCommand)
	c := w.run.set.index.exchanges.fitting(protocol, command, int64(x.Reply.Code))
	if !w.tryDirect(&c, eventKind{}) {
		return
	}
	found, k := w.look(kindExchange, fText)
	if k != whole {
		w.tryGated(&c, eventKind{})
		return
	}
	for _, i := range found {
		w.try(int(i), eventKind{})
	}
}

func (w *Worker) line(l *parsers.Line) {
	if w.outside(l.Time, l.Zone) {
		w.left++
		return
	}
	w.supplied.lines++
	if p, ok := productOfLine(l.Text); ok {
		w.product(p)
	}
	w.counts.Records++
	w.view.reset(rules.OnLine)
	w.view.line = l
	lines := &w.run.set.index.lines
	c := candidates{lists: [6]*list{lines}, n: 1}
	if !w.tryDirect(&c, eventKind{}) {
		return
	}
	found, k := w.look(kindLine, fText)
	if k != whole {
		w.tryGated(&c, eventKind{})
		return
	}
	for _, i := range found {
		w.try(int(i), eventKind{})
	}
}

// try evaluates one signal on the record in view.
func (w *Worker) try(i int, kind eventKind) {
	sig := w.run.set.signals[i]
	if w.dear && w.tooDear(i) {
		return
	}
	res := sig.eval(&w.view)
	w.account(i, &res)
	switch res.value {
	case parsers.No:
		return
	case parsers.Unknown:
		s := w.seen(i)
		if res.costly {
			s.costly++
			return
		}
		s.unknown++
		s.lack(res.lacking, 1)
		if !res.idOnly {
			return
		}
	}
	w.hit(i, sig, res, kind)
}

// account counts an evaluation and what it cost.
func (w *Worker) account(i int, res *result) {
	w.counts.Evaluations++
	if w.trace != nil {
		w.trace[i].add(&SignalTrace{Evaluated: 1, Steps: w.view.cost, Matched: int64(oneIf(res.value == parsers.Yes))})
	}
	if w.view.cost > cheap {
		s := w.seen(i)
		s.spent += w.view.cost
		w.dear = w.dear || s.spent > costOfInput
	}
}

// tooDear reports whether a signal has used up what it may cost on this input.
func (w *Worker) tooDear(i int) bool {
	s := w.signals[i]
	if s == nil || s.spent <= costOfInput+costShare*w.counts.Records {
		return false
	}
	s.costly++
	return true
}

func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (w *Worker) seen(i int) *seen {
	s := w.signals[i]
	if s == nil {
		s = &seen{}
		w.signals[i] = s
	}
	return s
}

func (w *Worker) hit(i int, sig *signal, res result, kind eventKind) {
	s := w.seen(i)
	h := hit{facts: sig.compare(&w.view)}
	h.facts.idOnly = res.idOnly
	h.facts.noise = w.view.event != nil && w.run.set.noise[kind]
	h.quality = h.facts.quality()
	w.place(&h)
	s.key(w.evidenceKey(&h, kind))
	if s.hits.wants(&h) {
		h.excerpt = w.excerpt()
		h.facts.fit, h.facts.aligned = sig.align(&w.view)
	}
	s.hits.add(h)
	w.sight(sig, &h)
}

// place fills where and when the record in view stands.
func (w *Worker) place(h *hit) {
	v := &w.view
	switch {
	case v.event != nil:
		h.pos, h.time, h.zone, h.host = v.event.Pos, v.event.Time, v.event.Zone, v.event.Host
		h.facts.quoted = v.event.Quoted
		h.facts.info = v.event.Level == parsers.LevelInformation || v.event.Level == parsers.LevelVerbose
	case v.exchange != nil:
		h.pos, h.time, h.zone, h.host = v.exchange.Pos, v.exchange.Time, v.session.Zone, v.session.Server
		if h.pos.Path == "" {
			h.pos.Path = v.session.Pos.Path
		}
		if h.time.IsZero() {
			h.time = v.session.Start
		}
	case v.session != nil:
		h.pos, h.time, h.zone, h.host = v.session.Pos, v.session.Start, v.session.Zone, v.session.Server
	case v.line != nil:
		h.pos, h.time, h.zone = v.line.Pos, v.line.Time, v.line.Zone
	}
	if h.time.IsZero() {
		h.zone = parsers.ZoneUnknown
	}
}

// evidenceKey names what a hit is evidence of. Rules that share a key compete
// to explain the same thing.
func (w *Worker) evidenceKey(h *hit, kind eventKind) string {
	if w.view.event != nil {
		return "event " + strconv.Itoa(int(kind.id))
	}
	if w.view.session != nil {
		p := w.view.session.Pos
		return "session " + p.Path + " " + strconv.FormatInt(p.Offset, 10)
	}
	return "line " + h.pos.Path + " " + strconv.Itoa(h.pos.Line)
}

func (w *Worker) excerpt() string {
	v := &w.view
	switch {
	case v.event != nil:
		return excerptOf(v.event)
	case v.exchange != nil:
		return excerptOfExchange(v.exchange)
	case v.session != nil:
		return excerptOfSession(v.session)
	}
	return shorten(v.line.Text)
}

// quality orders the hits of a signal: what proves more comes first.
func (f *facts) quality() float64 {
	q := 0.0
	if f.coverage > 0 {
		q += f.coverage
	}
	if f.prefix {
		q += 0.5
	}
	q += float64(f.codes) + f.information/detailCap
	if f.idOnly {
		q -= 2
	}
	if f.quoted {
		q -= 0.1 // the log itself is better evidence than a quote from it
	}
	if f.info {
		q -= 0.2
	}
	return q
}
