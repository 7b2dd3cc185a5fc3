package engine

import (
	"slices"
	"strings"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// Set is a compiled rule base. It is safe for concurrent use.
type Set struct {
	rules        []*compiledRule // by id
	signals      []*signal       // of all rules; the index numbers them
	correlations []*correlation  // of all rules
	index        *index
	noise        map[eventKind]bool // events that healthy machines log
	library      *library           // of the rules' prose

	calibration *Calibration // nil: the confidence is the share of the total
	sha256      string
}

type compiledRule struct {
	rule         *rules.Rule
	signals      []signal
	when         rules.DiagCond
	prose        prose
	correlations map[rules.DiagCond]int // places of its correlations in the set
}

// signal is one signal of one rule, ready for matching.
type signal struct {
	rule        *rules.Signal
	of          *rules.Rule
	cond        *condition
	needs       needs
	providers   []uint32        // numbers of needs.providers
	levels      uint16          // bits of the levels that will do
	literals    []string        // one of them must be in the text; nil if that cannot be told
	gated       bool            // it waits for one of its literals
	textAlone   bool            // nothing but those literals narrows it, and nothing but the text matters
	fields      map[string]bool // that the condition names
	text        *template       // nil where no text is quoted
	details     *details        // nil where no word of it tells it from other rules' quotes
	tracks      []track         // its places in correlations
	index       int             // in Set.signals
	inDiagnosis bool            // the diagnosis condition names it
	shared      int             // rules that know its provider and id, this one included
	sharedID    int             // rules that know its id, with any provider
	home        string          // log that would show it, "" if it cannot be told
	protocol    string          // of the sessions that would show it
}

// Compile makes a rule base ready. The rules must have been loaded without
// errors; their order does not matter. hash is what the report says of them.
func Compile(base []*rules.Rule, hash string) *Set {
	return compile(base, hash, knownNoise())
}

// compile is Compile with the list of noise at hand.
func compile(base []*rules.Rule, hash string, noise map[eventKind]bool) *Set {
	s := &Set{index: newIndex(), noise: noise, library: &library{in: map[string]int{}}, sha256: hash}
	base = slices.Clone(base)
	slices.SortStableFunc(base, func(a, b *rules.Rule) int { return strings.Compare(a.ID, b.ID) })
	weights := newWordWeights()
	for _, r := range base {
		for i := range r.Signals {
			weights.add(r.Signals[i].Message)
		}
	}
	pairs := map[uint64]map[int]bool{}
	for _, r := range base {
		s.addRule(r, weights, pairs)
	}
	s.countSharing(pairs)
	s.findDetails()
	s.index.build(s.signals)
	return s
}

// findDetails compares the quotes of the rules that compete for an event.
func (s *Set) findDetails() {
	stats := newDetailStats()
	ids := map[uint64]map[int]bool{}
	for at, c := range s.rules {
		words := map[uint64]map[string]bool{}
		for i := range c.signals {
			sig := &c.signals[i]
			for _, k := range append(s.pairsOf(sig), idsOf(sig)...) {
				if words[k] == nil {
					words[k] = map[string]bool{}
				}
				for _, w := range quoteTokens(sig.rule.Message) {
					words[k][w] = true
				}
			}
			for _, k := range idsOf(sig) {
				if ids[k] == nil {
					ids[k] = map[int]bool{}
				}
				ids[k][at] = true
			}
		}
		for k, w := range words {
			stats.add(k, w)
		}
	}
	for _, sig := range s.signals {
		if sig.rule.Message != "" {
			sig.details = newDetails(sig.rule.Message, s.pairsOf(sig), idsOf(sig), stats)
		}
		for _, k := range idsOf(sig) {
			sig.sharedID = max(sig.sharedID, len(ids[k]))
		}
	}
}

// idsOf gives the keys of a signal's ids without a provider.
func idsOf(sig *signal) []uint64 {
	var out []uint64
	for id := range sig.needs.ids {
		out = append(out, pair(0, uint16(id)))
	}
	return out
}

// knownNoise gives the events that healthy machines log. The list is embedded
// and held right by a test, so an error is a defect of the build.
func knownNoise() map[eventKind]bool {
	list, err := rules.KnownNoise()
	if err != nil {
		panic(err)
	}
	kinds := map[eventKind]bool{}
	for _, n := range list {
		for _, id := range n.IDs {
			kinds[eventKind{foldProvider(n.Provider), id}] = true
		}
	}
	return kinds
}

// Calibrate makes the set tell confidences by a table.
func (s *Set) Calibrate(c *Calibration) { s.calibration = c }

// Rules is the number of rules.
func (s *Set) Rules() int { return len(s.rules) }

func (s *Set) addRule(r *rules.Rule, weights *wordWeights, pairs map[uint64]map[int]bool) {
	c := &compiledRule{rule: r, signals: make([]signal, len(r.Signals)), when: r.Diagnosis.Cond, prose: newProse(r)}
	s.library.add(c.prose)
	at := len(s.rules)
	s.rules = append(s.rules, c)
	for i := range r.Signals {
		sig := &c.signals[i]
		*sig = newSignal(&r.Signals[i], weights)
		sig.of, sig.index = r, len(s.signals)
		s.signals = append(s.signals, sig)
		for p := range sig.needs.providers {
			sig.providers = append(sig.providers, s.index.events.number(p))
		}
		for _, k := range s.pairsOf(sig) {
			if pairs[k] == nil {
				pairs[k] = map[int]bool{}
			}
			pairs[k][at] = true
		}
	}
	rules.Signals(c.when, func(i int) { c.signals[i].inDiagnosis = true })
	s.addCorrelations(c)
}

func (s *Set) addCorrelations(c *compiledRule) {
	c.correlations = map[rules.DiagCond]int{}
	for _, co := range correlationsOf(c.when) {
		n := len(s.correlations)
		s.correlations = append(s.correlations, co)
		c.correlations[co.node] = n
		for place, i := range co.signals {
			c.signals[i].tracks = append(c.signals[i].tracks, track{int32(n), int32(place)})
		}
	}
}

func newSignal(r *rules.Signal, weights *wordWeights) signal {
	sig := signal{rule: r, cond: newCondition(r.Cond), fields: map[string]bool{}}
	if r.Cond != nil {
		sig.needs = needsOf(r.Cond)
		sig.literals = literalsOf(r.Cond, mainField(r.On))
	}
	sig.levels = sig.needs.levelMask()
	fieldsOf(sig.cond, sig.fields)
	if r.Message != "" {
		sig.text = newTemplate(r.Message, weights)
		if r.Cond == nil {
			sig.literals = sig.text.sureWords()
		}
	}
	for p := range sig.needs.protocols {
		sig.protocol = p
	}
	if len(sig.needs.protocols) > 1 {
		sig.protocol = ""
	}
	sig.home = homeOf(sig.needs)
	return sig
}

// homeOf tells the log that would show a signal, if there is but one.
func homeOf(n needs) string {
	homes := map[string]bool{}
	for l := range n.logs {
		homes[l] = true
	}
	if n.logs == nil {
		for p := range n.providers {
			homes[homeLog(p)] = true
		}
	}
	if len(homes) != 1 {
		return ""
	}
	for h := range homes {
		return h
	}
	return ""
}

func fieldsOf(c *condition, out map[string]bool) {
	for _, name := range []string{c.operand.name, c.right.name} {
		if name != "" {
			out[name] = true
		}
	}
	for _, a := range c.args {
		fieldsOf(a, out)
	}
}

func (s *Set) pairsOf(sig *signal) []uint64 {
	var out []uint64
	for p := range sig.needs.providers {
		for id := range sig.needs.ids {
			out = append(out, pair(s.index.events.number(p), uint16(id)))
		}
	}
	return out
}

func (s *Set) countSharing(pairs map[uint64]map[int]bool) {
	for _, sig := range s.signals {
		for _, k := range s.pairsOf(sig) {
			sig.shared = max(sig.shared, len(pairs[k]))
		}
	}
}

// result is what a signal's condition says of one record.
type result struct {
	value   parsers.Tri
	lacking string // the field that leaves it open
	idOnly  bool   // it is open because the provider is unknown, and the id agrees
	costly  bool   // it was ended for its cost
}

func (sig *signal) eval(v *view) result {
	v.cost, v.costly = 0, false
	if sig.rule.Cond == nil {
		return sig.evalText(v)
	}
	res := result{value: sig.cond.eval(v, "")}
	if res.value != parsers.Unknown {
		return res
	}
	if v.costly {
		res.costly = true
		return res
	}
	res.lacking = sig.cond.lacking(v)
	res.idOnly = v.event != nil && sig.needs.ids != nil && sig.needs.providers != nil && v.event.Has(parsers.FieldID) && !v.event.Has(parsers.FieldProvider)
	return res
}

// evalText evaluates a signal whose quoted text is all that it requires.
func (sig *signal) evalText(v *view) result {
	if sig.text == nil {
		return result{value: parsers.Yes}
	}
	if raw, k := v.raw(v.mainField()); k == whole {
		v.splitText(raw)
		if !sig.text.mayMatch(&v.split) {
			return result{value: parsers.No}
		}
	}
	m := sig.compareText(v)
	switch {
	case m.coverage >= matchCoverage || m.prefix:
		return result{value: parsers.Yes}
	case m.coverage < 0 && sig.text.total > 0:
		return result{value: parsers.Unknown, lacking: mainField(sig.rule.On)}
	}
	return result{value: parsers.No}
}

// mayHold tells from the fields at hand whether the signal may match an event
// in whose text one of its literals stands.
func (sig *signal) mayHold(e *parsers.Event, ref providerRef) bool {
	if sig.levels&(1<<e.Level) == 0 {
		return false
	}
	if sig.needs.ids != nil && e.Has(parsers.FieldID) && !sig.needs.ids[int64(e.ID)] {
		return false
	}
	return sig.providers == nil || !ref.known || slices.Contains(sig.providers, ref.number)
}

// compare tells what the record in view says beyond the condition: the quoted
// text and the error codes.
func (sig *signal) compare(v *view) facts {
	f := facts{coverage: -1, explained: -1}
	if sig.text != nil {
		m := sig.compareText(v)
		f.coverage, f.prefix, f.explained = m.coverage, m.prefix, m.explained
		if m.coverage == 0 && v.split.have.n == 1 && len(v.split.head) == 1 {
			f.coverage = -1 // a name or a symbol alone is no text to compare
		}
	}
	f.codes = sig.compareCodes(v)
	f.level = sig.compareLevel(v)
	if sig.details != nil {
		f.information = sig.compareDetails(v)
	}
	return f
}

func (sig *signal) compareLevel(v *view) int8 {
	switch {
	case sig.rule.Level == "" || v.event == nil || !v.event.Has(parsers.FieldLevel):
		return 0
	case v.event.Level.String() == sig.rule.Level:
		return 1
	}
	return -1
}

// compareDetails looks for the words that tell the rule from its rivals. Where
// only a part of the text is known, what is not found proves nothing.
func (sig *signal) compareDetails(v *view) float64 {
	field := v.mainField()
	idOnly := v.event != nil && (!v.event.Has(parsers.FieldProvider) || sig.needs.providers == nil)
	raw, k := v.raw(field)
	if k == nothing {
		return 0
	}
	found, missed := sig.details.match(raw, idOnly)
	switch {
	case k == whole:
		return found - missed
	case v.event != nil && !rendered(v.event): // values alone: the words around them are lost, not missing
		return found
	}
	return max(0, found-missed)
}

func (sig *signal) compareText(v *view) textMatch {
	unknown := textMatch{coverage: -1, explained: -1}
	field := v.mainField()
	raw, k := v.raw(field)
	if k == nothing {
		return unknown
	}
	v.splitText(raw)
	m := sig.text.match(&v.split)
	if k == part && m.coverage < matchCoverage && !m.prefix {
		return unknown // what is left of the text proves nothing
	}
	return m
}

// align compares the record in view with the quoted text word by word. It
// gives false where one of them has no words.
func (sig *signal) align(v *view) (alignment, bool) {
	if sig.text == nil {
		return alignment{}, false
	}
	raw, k := v.raw(v.mainField())
	if k == nothing || v.event != nil && !rendered(v.event) {
		return alignment{}, false
	}
	message := textPieces(raw)
	return align(sig.text.pieces, message, k == part || endsOpen(raw)), true
}

func (sig *signal) compareCodes(v *view) int8 {
	if len(sig.rule.Codes) == 0 {
		return 0
	}
	have, k := v.errorCodes()
	for _, c := range have {
		for _, want := range sig.rule.Codes {
			if c == want {
				return 1
			}
		}
	}
	// The codes of a message whose text is lost are among its insertion strings.
	if len(have) > 0 && (k == whole || v.event != nil && !rendered(v.event)) {
		return -1
	}
	return 0
}
