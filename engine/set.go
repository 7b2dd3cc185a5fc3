package engine

import (
	"kbdiag/parsers"
	"kbdiag/rules"
)

// Set is a compiled rule base. It is safe for concurrent use.
type Set struct {
	rules   []*compiledRule
	byID    map[string]int
	signals []*signal // of all rules; the index numbers them
	index   *index
	noise   map[eventKind]bool // events that healthy machines log
	library *library           // of the rules' prose

	calibration *Calibration // nil: the confidence is the share of the total
	sha256      string
}

type compiledRule struct {
	rule    *rules.Rule
	signals []signal
	when    rules.DiagCond
	prose   prose
}

// signal is one signal of one rule, ready for matching.
type signal struct {
	rule        *rules.Signal
	index       int // in Set.signals
	cond        *condition
	needs       needs
	fields      map[string]bool // that the condition names
	text        *template       // nil where no text is quoted
	details     *details        // nil where no word of it tells it from other rules' quotes
	tracked     bool            // a correlation looks at the times of its hits
	inDiagnosis bool            // the diagnosis condition names it
	shared      int             // rules that know its provider and id, this one included
	sharedID    int             // rules that know its id, with any provider
	home        string          // log that would show it, "" if it cannot be told
	protocol    string          // of the sessions that would show it
}

// Compile makes a rule base ready. The rules must have been loaded without
// errors. hash is what the report says of the rules.
func Compile(base []*rules.Rule, hash string) *Set {
	s := &Set{byID: map[string]int{}, index: newIndex(), noise: knownNoise(), library: &library{in: map[string]int{}}, sha256: hash}
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
				for _, w := range detailTokens(sig.rule.Message) {
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
	s.byID[r.ID] = at
	s.rules = append(s.rules, c)
	for i := range r.Signals {
		sig := newSignal(&r.Signals[i], weights)
		sig.index = len(s.signals)
		c.signals[i] = sig
		s.signals = append(s.signals, &c.signals[i])
		s.index.add(int32(sig.index), &sig)
		for _, k := range s.pairsOf(&sig) {
			if pairs[k] == nil {
				pairs[k] = map[int]bool{}
			}
			pairs[k][at] = true
		}
	}
	c.markUse(c.when)
}

func newSignal(r *rules.Signal, weights *wordWeights) signal {
	sig := signal{rule: r, cond: newCondition(r.Cond), needs: needsOf(r.Cond), fields: map[string]bool{}}
	fieldsOf(sig.cond, sig.fields)
	if r.Message != "" {
		sig.text = newTemplate(r.Message, weights)
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
			out = append(out, pair(s.index.number(p), uint16(id)))
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

// markUse notes which signals the diagnosis names, and which of them a
// correlation looks at.
func (c *compiledRule) markUse(when rules.DiagCond) {
	use := func(i int, tracked bool) {
		c.signals[i].inDiagnosis = true
		c.signals[i].tracked = c.signals[i].tracked || tracked
	}
	switch d := when.(type) {
	case *rules.DiagAnd:
		for _, a := range d.Args {
			c.markUse(a)
		}
	case *rules.DiagOr:
		for _, a := range d.Args {
			c.markUse(a)
		}
	case *rules.DiagNot:
		c.markUse(d.Arg)
	case *rules.SignalRef:
		use(d.Signal, false)
	case *rules.Absent:
		use(d.Signal, false)
	case *rules.Count:
		use(d.Signal, d.Same != rules.Ungrouped)
	case *rules.Within:
		for _, i := range d.Signals {
			use(i, true)
		}
	case *rules.Sequence:
		for _, i := range d.Signals {
			use(i, true)
		}
	}
}

// result is what a signal's condition says of one record.
type result struct {
	value   parsers.Tri
	lacking string // the field that leaves it open
	idOnly  bool   // it is open because the provider is unknown, and the id agrees
}

func (sig *signal) eval(v *view) result {
	res := result{value: sig.cond.eval(v, "")}
	if res.value != parsers.Unknown {
		return res
	}
	res.lacking = sig.cond.lacking(v)
	res.idOnly = v.event != nil && sig.needs.ids != nil && sig.needs.providers != nil && !v.event.Has(parsers.FieldProvider)
	return res
}

// compare tells what the record in view says beyond the condition: the quoted
// text and the error codes.
func (sig *signal) compare(v *view) facts {
	f := facts{coverage: -1, explained: -1}
	if sig.text != nil {
		m := sig.compareText(v)
		f.coverage, f.prefix, f.explained = m.coverage, m.prefix, m.explained
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
	field := fMessage
	if v.event == nil {
		field = fText
	}
	idOnly := v.event != nil && (!v.event.Has(parsers.FieldProvider) || sig.needs.providers == nil)
	switch raw, k := v.raw(field); k {
	case whole:
		return sig.details.match(raw, idOnly)
	case part:
		return max(0, sig.details.match(raw, idOnly))
	}
	return 0
}

func (sig *signal) compareText(v *view) textMatch {
	unknown := textMatch{coverage: -1, explained: -1}
	field := fMessage
	if v.event == nil {
		field = fText
	}
	raw, k := v.raw(field)
	if k == nothing {
		return unknown
	}
	m := sig.text.match(raw)
	if k == part && m.coverage < matchCoverage && !m.prefix {
		return unknown // what is left of the text proves nothing
	}
	return m
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
	if k == whole && len(have) > 0 {
		return -1
	}
	return 0
}
