package engine

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// Terms of the score, as likelihood ratios. They come from the study that
// DESIGN names and are starting values, to be fitted on solved tickets.
const (
	priorDB        = -10.0 // of any one rule against "none of our rules", which is 0
	sharingPower   = -0.35 // a provider and id shared by n rules counts n^-0.35
	idOnlyFactor   = 0.25  // the provider is unknown
	textMatches    = 1.5
	textWhole      = 2.5 // all of the quoted text
	textDiffers    = 0.16
	codeMatches    = 2.5
	codeDiffers    = 0.12
	productFits    = 2.4
	productLoose   = 0.5 // another edition, or a service pack that is not listed
	productMissing = 0.11
	insideWindow   = 3.5
	commonInside   = 1.5 // in the window, but of a kind that healthy machines log at any time
	outsideWindow  = 0.1
	recurPower     = -0.5 // seen in k hours outside the window counts (1+k)^-0.5
	informational  = 0.05
	commonEvent    = 0.25 // healthy machines log it
	wordsBonus     = 1.5  // a text that tells a rule from its rivals makes up for the sharing, and this much more
	levelDiffers   = 0.5
	textFarOff     = 0.4 // coverage up to which a text counts as another one
	nearWindow     = 0.4 // within half a day of the window
	saysMore       = 0.3 // the quote is there, but the message says as much again that the quote does not
)

// strengthLR is the likelihood ratio of an observation by the strength that
// the rule's author gave it.
var strengthLR = map[rules.Strength]float64{
	rules.Pathognomonic: 100,
	rules.Strong:        10,
	rules.Supports:      3,
	rules.Weak:          1.5,
	rules.Against:       0.2,
	rules.RulesOut:      0.003,
}

// missingShare is how much less likely a rule is when a record that it expects
// is missing from a log that was supplied. Signals that merely support a rule
// are not expected.
var missingShare = map[rules.Strength]float64{
	rules.Pathognomonic: 0.45,
	rules.Strong:        0.45,
}

// Levels need a confidence and a reason.
const (
	likelyFrom   = 0.5
	possibleFrom = 0.05
)

func db(lr float64) float64 { return 10 * math.Log10(lr) }

// scored is one rule on its way to a diagnosis.
type scored struct {
	rule   *compiledRule
	state  *ruleState
	terms  []Term
	score  float64 // decibans, exact sum of the terms
	conf   float64
	chance float64 // of the best rule of a fault, before it is told as a confidence; 0 without a table
	reason bool    // something beyond provider and id speaks for it
	lacks  string  // what keeps it from a surer level

	words     []string // of what speaks for it, sorted
	relevance float64  // how much of them its prose speaks of

	leaves  leaves   // of the best rule of a fault
	learned *learned // of the best rule of a fault
}

func (s *scored) term(name string, lr float64, why string) {
	d := db(lr)
	if math.Abs(d) < 0.05 {
		return
	}
	s.terms = append(s.terms, Term{Name: name, DB: d, Why: why})
	s.score += d
}

// score sums the terms of one rule.
func (r *Run) score(rule *compiledRule, st *ruleState) *scored {
	s := &scored{rule: rule, state: st}
	s.term("prior", math.Pow(10, priorDB/10), "before any evidence, against none of the rules")
	positive := 0
	for _, e := range r.observations(rule, st) {
		s.add(e)
		positive++
	}
	if positive > 1 {
		s.reason = true
	}
	for i := range rule.signals {
		r.scoreAbsence(s, &rule.signals[i], &st.signals[i])
	}
	r.scoreTime(s)
	r.scoreProduct(s)
	r.scoreRelevance(s)
	return s
}

// observation is what one record says for a rule.
type observation struct {
	terms  []Term
	score  float64
	reason bool
}

func (o *observation) term(name string, lr float64, why string) {
	d := db(lr)
	if math.Abs(d) < 0.05 {
		return
	}
	o.terms = append(o.terms, Term{Name: name, DB: d, Why: why})
	o.score += d
}

func (s *scored) add(o observation) {
	s.terms = append(s.terms, o.terms...)
	s.score += o.score
	s.reason = s.reason || o.reason
}

// observations gives what speaks for the rule. Signals that were seen on one
// and the same record are variants of one observation: the best one counts.
func (r *Run) observations(rule *compiledRule, st *ruleState) []observation {
	var out []observation
	at := map[string]int{}
	for i := range rule.signals {
		sig, state := &rule.signals[i], &st.signals[i]
		if state.hits.count == 0 || strengthLR[sig.rule.Strength] < 1 {
			continue
		}
		best := state.best(r.window)
		o := r.observe(sighting{rule, sig, state, best})
		key := fmt.Sprintf("%s %d", best.pos.Path, best.pos.Offset)
		if sig.rule.On != rules.OnEvent {
			key = sig.rule.Name // an exchange is seen by several signals for good reason
		}
		if j, ok := at[key]; ok {
			if o.score > out[j].score {
				out[j] = o
			}
			continue
		}
		at[key] = len(out)
		out = append(out, o)
	}
	return out
}

// sighting is one signal with its best hit.
type sighting struct {
	rule  *compiledRule
	sig   *signal
	state *signalState
	best  *hit
}

// observe weighs one signal that was seen.
func (r *Run) observe(x sighting) observation {
	var o observation
	sig, best := x.sig, x.best
	name := sig.rule.Name
	n := r.sharing(sig, x.state, best)
	lr := strengthLR[sig.rule.Strength] * math.Pow(float64(n), sharingPower)
	why := strengthWords[sig.rule.Strength] + sharedBy(n)
	if best.facts.noise {
		lr *= commonEvent
		why = "seen, but healthy machines log this event too" + sharedBy(n)
	}
	switch {
	case best.facts.idOnly:
		lr *= idOnlyFactor
		why = "the event id is there, its source is not known" + sharedBy(n)
	case sig.anyProvider():
		lr *= idOnlyFactor
		why = "the event id is there, the rule names no source" + sharedBy(n)
	}
	o.term(name, max(1.05, lr), why)
	o.text(sig, best, n)
	if sig.rule.On != rules.OnEvent || sig.rule.Strength == rules.Pathognomonic {
		o.reason = true
	}
	switch {
	case best.facts.level > 0: // as it should be
	case best.facts.level < 0 && !best.facts.info:
		o.term(name+" level", levelDiffers, "the article shows the level "+sig.rule.Level)
	case best.facts.info && !sig.fields["level"] && x.rule.rule.Severity != "information":
		o.term(name+" level", informational, "the event is information, not a problem")
	}
	return o
}

// anyProvider says that the signal is tied to an event id and to no provider.
func (sig *signal) anyProvider() bool {
	return sig.rule.On == rules.OnEvent && sig.needs.ids != nil && sig.needs.providers == nil
}

// scoreAbsence adds the terms of a signal that was not seen, or that speaks
// against the rule.
func (r *Run) scoreAbsence(s *scored, sig *signal, st *signalState) {
	name := sig.rule.Name
	if lr := strengthLR[sig.rule.Strength]; lr < 1 {
		if st.hits.count > 0 {
			s.term(name, lr, "seen, and speaks against it")
		}
		return
	}
	share := missingShare[sig.rule.Strength]
	if st.value != parsers.No || share == 0 || s.hasVariant(sig) {
		return
	}
	if !sig.inDiagnosis {
		share /= 2
	}
	s.term(name+" missing", 1-share, "expected in the inputs, and not there")
}

// hasVariant says whether another signal of the rule on the same event was
// seen.
func (s *scored) hasVariant(sig *signal) bool {
	for i := range s.rule.signals {
		other := &s.rule.signals[i]
		if other == sig || s.state.signals[i].hits.count == 0 || other.rule.On != sig.rule.On {
			continue
		}
		for id := range sig.needs.ids {
			if other.needs.ids[id] {
				return true
			}
		}
	}
	return false
}

var strengthWords = map[rules.Strength]string{
	rules.Pathognomonic: "seen, and it alone proves the cause",
	rules.Strong:        "seen, and strong evidence",
	rules.Supports:      "seen, and supports it",
	rules.Weak:          "seen, weak evidence",
}

func sharedBy(n int) string {
	switch {
	case n <= 1:
		return ""
	case n == 2:
		return "; one other rule knows it"
	}
	return fmt.Sprintf("; %d other rules know it", n-1)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + strings.ReplaceAll(what, " or ", "s and ") + "s"
}

func (r *Run) scoreProduct(s *scored) {
	if len(r.products) == 0 || len(s.rule.rule.Products) == 0 {
		return
	}
	best, said := r.products[0].fits(s.rule.rule.Products), r.products[0]
	for _, p := range r.products[1:] {
		if f := p.fits(s.rule.rule.Products); f.likelihood() > best.likelihood() {
			best, said = f, p
		}
	}
	s.term("product", best.likelihood(), best.why(said))
}

// rank scores all rules that something speaks for, and orders them.
func (r *Run) rank() []*scored {
	var all []*scored
	for i, rule := range r.set.rules {
		st := r.state(i)
		if st == nil || !st.speaks || !st.supported(rule.when) {
			continue
		}
		s := r.score(rule, st)
		if st.applies == parsers.Unknown {
			s.lacks = "its condition cannot be told whole from these inputs"
		}
		all = append(all, s)
	}
	sort.SliceStable(all, func(i, j int) bool {
		if math.Abs(all[i].score-all[j].score) > 1e-9 {
			return all[i].score > all[j].score
		}
		return all[i].rule.rule.ID < all[j].rule.rule.ID
	})
	faults := separateFaults(all)
	for i, f := range faults {
		share(f)
		r.calibrate(f, bestOfOthers(faults, i))
	}
	levelTail(all)
	return all
}

// levelTail sees to it that among what is unlikely none seems surer than what
// stands above it. Faults do not compete, so their confidences need not fall
// with the scores; but where there is next to nothing to tell, a difference
// would only puzzle.
func levelTail(ranked []*scored) {
	least := 1.0
	for _, s := range ranked {
		if s.conf < possibleFrom {
			s.conf = min(s.conf, least)
		}
		least = min(least, s.conf)
	}
}

// bestOfOthers gives the best score of the faults but one.
func bestOfOthers(faults [][]*scored, but int) float64 {
	best := math.Inf(-1)
	for i, f := range faults {
		if i != but {
			best = max(best, f[0].score)
		}
	}
	return best
}

// calibrate turns, where there is a table for it, the shares of the rules of
// one fault into probabilities: the best one's is learned, the others share
// what it leaves, and none is surer than one above it.
func (r *Run) calibrate(fault []*scored, other float64) {
	rival := math.Inf(-1)
	if len(fault) > 1 {
		rival = fault[1].score
	}
	best := fault[0]
	best.leaves = r.leavesOpen(best)
	best.learned = &learned{best.features(rival, other), best.score >= other}
	if r.set.calibration == nil {
		return
	}
	left := 1 - best.conf
	p, chance := r.set.calibration.told(best.learned)
	best.chance = chance
	for _, s := range fault[1:] {
		s.conf = min(p, (1-p)*s.conf/left)
	}
	best.conf = p
}

// share turns the scores of rules that compete for the same evidence into
// confidences. "None of our rules" is one competitor, at 0 decibans.
func share(group []*scored) {
	total := 1.0
	for _, s := range group {
		total += math.Pow(10, s.score/10)
	}
	for _, s := range group {
		s.conf = math.Pow(10, s.score/10) / total
	}
}

// separateFaults splits the rules into groups that share no evidence: each is
// a fault of its own, with its own competition.
func separateFaults(all []*scored) [][]*scored {
	parent := make([]int, len(all))
	for i := range parent {
		parent[i] = i
	}
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	owner := map[string]int{}
	for i, s := range all {
		for _, key := range s.state.evidenceKeys() {
			if j, ok := owner[key]; ok {
				parent[root(i)] = root(j)
			} else {
				owner[key] = i
			}
		}
	}
	groups := map[int][]*scored{}
	var order []int
	for i, s := range all {
		k := root(i)
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], s)
	}
	out := make([][]*scored, 0, len(order))
	for _, k := range order {
		out = append(out, groups[k])
	}
	return out
}

// level says how sure it is in words, and what keeps it from a surer one.
func (s *scored) level() (Level, string) {
	switch {
	case s.conf < possibleFrom:
		return Unlikely, s.lacks
	case s.conf < likelyFrom:
		return Possible, s.lacks
	case s.lacks != "":
		return Possible, s.lacks
	case s.chance > 0 && s.chance < likelyFrom:
		return Possible, "the least sure of those that are told by one figure just below sure"
	case !s.reason:
		return Possible, "source and id alone are no proof: a text, an error code, a second signal or a transcript is needed"
	}
	return Likely, ""
}
