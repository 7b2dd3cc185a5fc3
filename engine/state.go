package engine

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// ruleState is what the ticket says of one rule.
type ruleState struct {
	signals []signalState
	applies parsers.Tri // the diagnosis condition
	speaks  bool        // some signal that speaks for the rule was seen
	answers func(rules.DiagCond) answer
}

// signalState is what the ticket says of one signal: seen, not there, or
// cannot tell.
type signalState struct {
	value parsers.Tri
	why   string // why it cannot be told
	hits  hits
	maybe int // records that may show it
	keys  []string
}

// best gives the strongest hit, one inside the window if there is any.
func (st *signalState) best(w *Incident) *hit {
	if w != nil {
		for i := range st.hits.sample {
			h := &st.hits.sample[i]
			if h.zone != parsers.ZoneUnknown && !h.time.Before(w.from) && !h.time.After(w.to) {
				return h
			}
		}
	}
	if len(st.hits.sample) == 0 {
		return &hit{}
	}
	return &st.hits.sample[0]
}

// evidenceKeys lists what the signals that speak for the rule are evidence of.
func (st *ruleState) evidenceKeys() []string {
	var out []string
	for i := range st.signals {
		out = append(out, st.signals[i].keys...)
	}
	sort.Strings(out)
	return out
}

// finish turns what the workers saw into the states of the rules.
func (r *Run) finish() {
	m := r.merged
	m.countUnread()
	r.lost = r.correlate()
	r.window = m.burst.window(r.opts.At)
	r.windowTells = m.burst.discriminates(r.window)
	r.products = r.stated()
	r.states = make([]*ruleState, len(r.set.rules))
	r.reach = map[string]int{}
	for i, rule := range r.set.rules {
		st := r.stateOf(rule)
		r.states[i] = st
		if st == nil {
			continue
		}
		seenKeys := map[string]bool{}
		for _, k := range st.evidenceKeys() {
			if !seenKeys[k] {
				seenKeys[k] = true
				r.reach[k]++
			}
		}
	}
}

// countUnread tells the signals to which the text alone matters on how many
// events it was not known.
func (w *Worker) countUnread() {
	if w.unread == 0 {
		return
	}
	for _, i := range w.run.set.index.events.rest.texts {
		s := w.seen(int(i))
		if n := w.unread - s.read; n > 0 {
			s.unknown += n
			s.lack(mainField(rules.OnEvent), n)
		}
	}
}

func (r *Run) state(i int) *ruleState { return r.states[i] }

// stateOf gives nil for a rule of which nothing was seen.
func (r *Run) stateOf(rule *compiledRule) *ruleState {
	anything := false
	for i := range rule.signals {
		if s := r.merged.signals[rule.signals[i].index]; s != nil && s.hits.count > 0 {
			anything = true
		}
	}
	if !anything {
		return nil
	}
	return r.fullState(rule)
}

// fullState gives the state of a rule whether or not anything was seen of it.
func (r *Run) fullState(rule *compiledRule) *ruleState {
	st := &ruleState{signals: make([]signalState, len(rule.signals))}
	st.answers = func(node rules.DiagCond) answer { return r.answers[rule.correlations[node]] }
	for i := range rule.signals {
		sig := &rule.signals[i]
		st.signals[i] = r.signalState(sig)
		if st.signals[i].hits.count > 0 && strengthLR[sig.rule.Strength] > 1 {
			st.speaks = true
		}
	}
	r.checkCoverage(rule, st)
	st.applies = rule.applies(st)
	return st
}

// checkCoverage takes back what was said to be missing where the log that would
// show it does not cover the time of the rule's other evidence, or without such
// a time, of the incident.
func (r *Run) checkCoverage(rule *compiledRule, st *ruleState) {
	var times []time.Time
	for i := range st.signals {
		if h := st.signals[i].best(r.window); h.zone != parsers.ZoneUnknown {
			times = append(times, h.time)
		}
	}
	for i := range st.signals {
		sig, s := &rule.signals[i], &st.signals[i]
		if s.value != parsers.No || sig.rule.On != rules.OnEvent || sig.home == "" {
			continue
		}
		if p := r.merged.supplied.logs[sig.home]; !r.covered(p, times) {
			s.value = parsers.Unknown
			s.why = fmt.Sprintf("the %s log that was supplied covers %s to %s only", sig.home,
				FormatTime(p.first, parsers.ZoneLocal), FormatTime(p.last, parsers.ZoneLocal))
		}
	}
}

// covered reports whether a log covers one of the times, or a part of the
// incident where there are none.
func (r *Run) covered(p period, times []time.Time) bool {
	if len(times) > 0 {
		return slices.ContainsFunc(times, p.covers)
	}
	return r.window == nil || p.first.IsZero() || !p.last.Before(r.window.from) && !p.first.After(r.window.to)
}

func (r *Run) signalState(sig *signal) signalState {
	s := r.merged.signals[sig.index]
	if s == nil {
		s = &seen{}
	}
	st := signalState{hits: s.hits, maybe: s.unknown + s.costly}
	if strengthLR[sig.rule.Strength] > 1 {
		st.keys = s.keys
	}
	switch {
	case s.hits.count > 0 && !onlyIDs(&s.hits):
		st.value = parsers.Yes
	case s.hits.count > 0:
		st.value, st.why = parsers.Unknown, "an event of this id is there, but its source is not known"
	case s.unknown > 0:
		st.value, st.why = parsers.Unknown, "records that may show it lack: "+strings.Join(sortedKeys(s.lacking), ", ")
	case s.costly > 0:
		st.value, st.why = parsers.Unknown, "rule too costly: not evaluated on "+plural(s.costly, "record")
	default:
		st.value, st.why = r.notSeen(sig)
	}
	return st
}

// onlyIDs reports whether all hits agree in the event id alone.
func onlyIDs(h *hits) bool { return len(h.sample) > 0 && h.sample[0].facts.idOnly }

// notSeen tells whether a signal without a hit is missing, or was never looked
// for: no input of its kind, or not of the log that would show it.
func (r *Run) notSeen(sig *signal) (parsers.Tri, string) {
	sup := &r.merged.supplied
	switch sig.rule.On {
	case rules.OnEvent:
		return sup.eventMissing(sig)
	case rules.OnExchange, rules.OnSession:
		return sup.sessionMissing(sig)
	}
	if sup.lines == 0 {
		return parsers.Unknown, "no other text was supplied"
	}
	return parsers.Unknown, "the text supplied may not be the one that would show it"
}

func (s *supplied) eventMissing(sig *signal) (parsers.Tri, string) {
	if s.events == 0 {
		return parsers.Unknown, "no event log was supplied"
	}
	if s.events == s.quoted {
		return parsers.Unknown, "only quoted events were supplied, not the log"
	}
	if _, ok := s.logs[sig.home]; sig.home != "" && !ok {
		if s.unplaced {
			return parsers.Unknown, "of some events it is not known whether they are of the " + sig.home + " log"
		}
		return parsers.Unknown, "the " + sig.home + " log was not supplied"
	}
	return parsers.No, ""
}

func (s *supplied) sessionMissing(sig *signal) (parsers.Tri, string) {
	if sig.protocol == "" {
		if s.sessions == 0 {
			return parsers.Unknown, "no transcript was supplied"
		}
		return parsers.No, ""
	}
	if !s.protocols[sig.protocol] {
		return parsers.Unknown, "no " + strings.ToUpper(sig.protocol) + " transcript was supplied"
	}
	return parsers.No, ""
}

// stated lists what the user and the inputs say about the product, the user's
// word first.
func (r *Run) stated() []statedProduct {
	if r.opts.Product != "" {
		return []statedProduct{{text: r.opts.Product, why: "stated with --product"}}
	}
	var out []statedProduct
	for _, k := range sortedKeys(r.merged.products) {
		out = append(out, r.merged.products[k])
	}
	return out
}

// sharing is the number of rules that compete for a signal's evidence: for
// events those that know the provider and id, else those that were seen on the
// same records.
func (r *Run) sharing(sig *signal, st *signalState, best *hit) int {
	n := sig.shared
	if sig.rule.On == rules.OnEvent {
		if best.facts.idOnly || sig.anyProvider() {
			n = sig.sharedID
		}
		return max(1, n)
	}
	for _, k := range st.keys {
		n = max(n, r.reach[k])
	}
	return max(1, n)
}

// timeSpan writes the first and last time of a signal's hits.
func (h *hits) timeSpan() (first, last string) {
	if h.first.IsZero() {
		return "", ""
	}
	return FormatTime(h.first, h.zone), FormatTime(h.last, h.zone)
}
