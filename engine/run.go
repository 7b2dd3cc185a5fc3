package engine

import (
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// Options tells a run what the user states about the ticket.
type Options struct {
	Ticket  string
	Top     int       // diagnoses in the report, 0 for all
	At      time.Time // of the trouble; zero: unknown
	Since   time.Time // records with a time before are left out of the analysis
	Until   time.Time // records with a time after are left out
	Zone    *time.Location
	Product string
	Workers int    // 0 for one a processor
	Version string // of the tool, for the report
}

// Run takes the records of one ticket.
type Run struct {
	set  *Set
	opts Options

	mu     sync.Mutex
	merged *Worker // what all finished workers saw

	// Filled by finish.
	states      []*ruleState // by rule; nil where nothing was seen
	window      *Incident
	windowTells bool
	products    []statedProduct
	reach       map[string]int // evidence key -> number of rules that it speaks for
	scrub       func(string) string
}

// NewRun starts the analysis of one ticket.
func (s *Set) NewRun(opts Options) *Run {
	r := &Run{set: s, opts: opts, scrub: func(t string) string { return t }}
	r.merged = r.Worker()
	return r
}

// Worker matches the records of one input. It is not safe for concurrent use;
// several workers may run at once.
type Worker struct {
	run       *Run
	view      view
	signals   map[int]*seen // by index of the signal in the set
	providers map[string]providerRef
	burst     *burst
	problems  *problems
	supplied  supplied
	products  map[string]statedProduct
	left      int // records outside --since and --until
}

// seen is what one worker saw of one signal.
type seen struct {
	hits    hits
	unknown int            // records that may match, but lack a field
	lacking map[string]int // those fields
	keys    []string       // what the hits are evidence of; sorted, the first keyCap of them
}

// providerRef is a provider's folded name and its number in the index.
type providerRef struct {
	folded string
	number uint32
	home   string
}

// supplied says which kinds of input the ticket has, to tell what is missing
// from what was never looked at.
type supplied struct {
	logs      map[string]bool // application, system, ... of whole logs, not of quotes
	events    int
	quoted    int
	protocols map[string]bool
	sessions  int
	lines     int
}

const (
	providerCacheCap = 1 << 14
	keyCap           = 64
	productCap       = 32
)

// Worker gives a worker for one input.
func (r *Run) Worker() *Worker {
	return &Worker{
		run:       r,
		signals:   map[int]*seen{},
		providers: map[string]providerRef{},
		burst:     newBurst(),
		problems:  newProblems(),
		supplied:  supplied{logs: map[string]bool{}, protocols: map[string]bool{}},
		products:  map[string]statedProduct{},
	}
}

// Visitor gives what a parsers.Reader is to call.
func (w *Worker) Visitor() parsers.Visitor {
	return parsers.Visitor{Event: w.event, Session: w.session, Line: w.line, Want: newWanter(w.run.set).want}
}

// Done hands over what the worker saw. The order of workers does not matter.
func (r *Run) Done(w *Worker) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.merged.merge(w)
}

func (w *Worker) merge(o *Worker) {
	for i, s := range o.signals {
		m := w.signals[i]
		if m == nil {
			w.signals[i] = s
			continue
		}
		m.hits.merge(&s.hits)
		m.unknown += s.unknown
		for f, n := range s.lacking {
			m.lack(f, n)
		}
		for _, k := range s.keys {
			m.key(k)
		}
	}
	w.burst.merge(o.burst)
	w.problems.merge(o.problems)
	w.supplied.merge(&o.supplied)
	for _, p := range o.products {
		w.product(p)
	}
	w.left += o.left
}

// product keeps what an input says of the product: of equal texts the first
// reason in order, and of all texts the first productCap.
func (w *Worker) product(p statedProduct) {
	if old, ok := w.products[p.text]; ok && (old.why < p.why || old.why == p.why && old.version <= p.version) {
		return
	}
	w.products[p.text] = p
	if len(w.products) > productCap {
		keys := sortedKeys(w.products)
		delete(w.products, keys[len(keys)-1])
	}
}

func (s *supplied) merge(o *supplied) {
	for l := range o.logs {
		s.logs[l] = true
	}
	for p := range o.protocols {
		s.protocols[p] = true
	}
	s.events += o.events
	s.quoted += o.quoted
	s.sessions += o.sessions
	s.lines += o.lines
}

func (s *seen) lack(field string, n int) {
	if s.lacking == nil {
		s.lacking = map[string]int{}
	}
	s.lacking[field] += n
}

func (s *seen) key(k string) {
	i := sort.SearchStrings(s.keys, k)
	if i == keyCap || i < len(s.keys) && s.keys[i] == k {
		return
	}
	s.keys = append(s.keys, "")
	copy(s.keys[i+1:], s.keys[i:])
	s.keys[i] = k
	s.keys = s.keys[:min(len(s.keys), keyCap)]
}

// provider folds a provider's name, once for each spelling.
func (w *Worker) provider(e *parsers.Event) providerRef {
	if !e.Has(parsers.FieldProvider) {
		return providerRef{}
	}
	if ref, ok := w.providers[e.Provider]; ok {
		return ref
	}
	folded := foldProvider(e.Provider)
	ref := providerRef{folded: folded, number: w.run.set.index.providers[folded], home: homeLog(folded)}
	if len(w.providers) < providerCacheCap {
		w.providers[strings.Clone(e.Provider)] = ref
	}
	return ref
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
	ref := w.provider(e)
	kind := eventKind{ref.folded, e.ID}
	w.count(e, ref, kind)
	set := w.run.set
	w.view.reset(rules.OnEvent)
	w.view.event, w.view.provider = e, ref.folded
	for _, list := range set.index.events(e, ref) {
		for _, i := range list {
			w.try(int(i), kind)
		}
	}
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

func (w *Worker) count(e *parsers.Event, ref providerRef, kind eventKind) {
	w.supplied.events++
	if e.Quoted {
		w.supplied.quoted++
	} else {
		w.supplied.log(e, ref)
	}
	if e.Has(parsers.FieldTime) {
		w.burst.event(e.Time, kind, e.Level, w.run.set.noise[kind])
	}
	w.problems.add(kind, e)
}

// log notes which log the record comes from: its name, or where the form has
// none, the log that its provider writes in.
func (s *supplied) log(e *parsers.Event, ref providerRef) {
	name := ref.home
	if e.Log != "" {
		name = e.Log
		switch name {
		case "Application":
			name = "application"
		case "System":
			name = "system"
		case "Security":
			name = "security"
		default:
			if s.logs[name] {
				return
			}
			name = strings.ToLower(strings.Clone(name))
		}
	}
	if name != "" && !s.logs[name] {
		s.logs[name] = true
	}
}

func (w *Worker) session(s *parsers.Session) {
	if w.outside(s.Start, s.Zone) {
		w.left++
		return
	}
	w.supplied.sessions++
	w.supplied.protocols[strings.Clone(s.Protocol)] = true
	w.burst.session(s)
	if p, ok := productOfSession(s); ok {
		w.product(p)
	}
	set := w.run.set
	w.view.reset(rules.OnSession)
	w.view.session = s
	for _, i := range set.index.sessions {
		w.try(int(i), eventKind{})
	}
	for x := range s.Exchanges {
		w.view.reset(rules.OnExchange)
		w.view.session, w.view.exchange = s, &s.Exchanges[x]
		for _, list := range set.index.exchanges(s) {
			for _, i := range list {
				w.try(int(i), eventKind{})
			}
		}
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
	set := w.run.set
	w.view.reset(rules.OnLine)
	w.view.line = l
	for _, i := range set.index.lines {
		w.try(int(i), eventKind{})
	}
}

// try evaluates one signal on the record in view.
func (w *Worker) try(i int, kind eventKind) {
	sig := w.run.set.signals[i]
	res := sig.eval(&w.view)
	switch res.value {
	case parsers.No:
		return
	case parsers.Unknown:
		s := w.seen(i)
		s.unknown++
		s.lack(res.lacking, 1)
		if !res.idOnly {
			return
		}
	}
	w.hit(i, sig, res, kind)
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
	if s.hits.wants(h.quality) {
		h.excerpt = w.excerpt()
	}
	s.hits.add(h, w.moment(&h), sig.tracked)
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

func (w *Worker) moment(h *hit) moment {
	m := moment{host: strings.Clone(h.host)}
	if h.zone != parsers.ZoneUnknown {
		m.at = h.time.UnixNano()
	}
	v := &w.view
	if v.event != nil {
		m.user = strings.Clone(v.event.User)
	}
	if v.session != nil {
		m.group = v.session.Pos.Path + ":" + strconv.FormatInt(v.session.Pos.Offset, 10)
	}
	return m
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

// sortedKeys gives a map's keys in order.
func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
