package engine

import (
	"cmp"
	"hash/maphash"
	"slices"
	"sort"
	"sync"
	"time"

	"kbdiag/parsers"
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
	Skew    map[string]Skew // of clocks, by host in lower case
	Trace   bool            // count what each signal costs, for Run.Trace
	Workers int             // 0 for one a processor
	Version string          // of the tool, for the report
	Context int             // lines to show around each piece of evidence, 0 for none
}

// Run takes the records of one ticket.
type Run struct {
	set       *Set
	opts      Options
	clocks    clocks
	seeds     [2]maphash.Seed // of the hashes of groups
	sightings *sightings
	hosts     *hostNumbers

	mu     sync.Mutex
	merged *Worker // what all finished workers saw

	// Filled by finish.
	states      []*ruleState // by rule; nil where nothing was seen
	answers     []answer     // by correlation
	lost        error        // why sightings were lost
	skews       []hostSkew   // of clocks, as estimated
	window      *Incident
	windowTells bool
	products    []statedProduct
	reach       map[string]int // evidence key -> number of rules that it speaks for
	scrub       func(string) string
}

// NewRun starts the analysis of one ticket. It is over with Report or Close.
func (s *Set) NewRun(opts Options) *Run {
	r := &Run{
		set: s, opts: opts, scrub: func(t string) string { return t },
		seeds:     [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
		sightings: &sightings{limit: sightingsHeld}, hosts: newHostNumbers(),
	}
	r.clocks = newClocks(opts.Skew, r.hosts)
	r.merged = r.Worker()
	return r
}

// Close gives back what the run holds on disk.
func (r *Run) Close() { r.sightings.close() }

// Worker matches the records of one input. It is not safe for concurrent use;
// several workers may run at once.
type Worker struct {
	run       *Run
	view      view
	search    [kinds]search
	signals   map[int]*seen // by index of the signal in the set
	providers map[string]providerRef
	logs      map[string]string // folded, by spelling
	hosts     map[string]uint16 // numbers, by spelling
	burst     *burst
	problems  *problems
	supplied  supplied
	products  map[string]statedProduct
	sightings []moment
	open      map[int32]bool // correlations of which a moment cannot be placed
	trace     []SignalTrace  // by signal, nil unless asked for
	counts    Counts
	unread    int  // events whose text is lost, in part or whole
	dear      bool // some signal may have used up what it may cost
	left      int  // records outside --since and --until
	scene     scene
}

// Counts says how much the index spared.
type Counts struct {
	Records     int64 // events, exchanges, sessions and lines
	Evaluations int64 // conditions evaluated on them
}

// seen is what one worker saw of one signal.
type seen struct {
	hits    hits
	unknown int            // records that may match, but lack a field
	read    int            // of Worker.unread those on which it was evaluated
	lacking map[string]int // those fields
	keys    []string       // what the hits are evidence of; sorted, the first keyCap of them
	spent   int64          // steps on this input
	costly  int            // records on which it was not evaluated to the end for its cost
}

const (
	providerCacheCap = 1 << 14
	keyCap           = 64
	productCap       = 32
)

// Worker gives a worker for one input.
func (r *Run) Worker() *Worker {
	w := &Worker{
		run:       r,
		signals:   map[int]*seen{},
		providers: map[string]providerRef{},
		logs:      map[string]string{},
		hosts:     map[string]uint16{},
		burst:     newBurst(),
		problems:  newProblems(),
		supplied:  newSupplied(),
		products:  map[string]statedProduct{},
		open:      map[int32]bool{},
		scene:     newScene(),
	}
	if r.opts.Trace {
		w.trace = make([]SignalTrace, len(r.set.signals))
	}
	return w
}

// Visitor gives what a parsers.Reader is to call.
func (w *Worker) Visitor() parsers.Visitor {
	return parsers.Visitor{Event: w.event, Session: w.session, Line: w.line, Want: newWanter(w.run.set).want}
}

// Done hands over what the worker saw. The order of workers does not matter.
func (r *Run) Done(w *Worker) {
	w.flush()
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
		m.read += s.read
		m.costly += s.costly
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
	for c := range o.open {
		w.open[c] = true
	}
	for i := range o.trace {
		w.trace[i].add(&o.trace[i])
	}
	w.counts.Records += o.counts.Records
	w.counts.Evaluations += o.counts.Evaluations
	w.left += o.left
	w.scene.merge(&o.scene)
	w.unread += o.unread
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

// sortedKeys gives a map's keys in order.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
