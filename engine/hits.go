package engine

import (
	"sort"
	"strings"
	"time"

	"kbdiag/parsers"
)

// sampleSize is how many of a signal's hits are kept whole: the strongest.
const sampleSize = 8

// hit is one record that a signal matched.
type hit struct {
	pos     parsers.Pos
	time    time.Time
	zone    parsers.Zone
	host    string
	excerpt string
	quality float64 // how strong: text coverage, codes, level
	facts   facts
}

// facts are what the ranking asks of a hit.
type facts struct {
	idOnly   bool    // the provider is unknown, only the id agrees
	coverage float64 // of the quoted text, 0 to 1; -1 where there is nothing to compare
	prefix   bool    // the quoted text's beginning stands in the message
	// explained is the share of the message's words that the quote has, -1
	// where that cannot be told
	explained float64
	codes     int8 // 1 the rule's error code is there, -1 only others are, 0 nothing to compare
	info      bool // information level
	noise     bool // an event that healthy machines log
	level     int8 // 1 the level of the article's case, -1 another one, 0 not known
	// information that the message carries for this rule's quote and against
	// the quotes of its rivals, in nats
	information float64
	quoted      bool
	aligned     bool // fit is known
	fit         alignment
}

// before is a total order of hits: the strongest first, then by place.
func (h *hit) before(o *hit) bool {
	switch {
	case h.quality != o.quality:
		return h.quality > o.quality
	case h.pos != o.pos:
		return posLess(h.pos, o.pos)
	}
	return h.excerpt < o.excerpt
}

// hits is the bounded memory of one signal: how often, when, and the strongest
// of the records.
type hits struct {
	count       int
	open        int // of them sure only if the provider is the right one
	timed       int // of them with a time
	first, last time.Time
	zone        parsers.Zone
	hours       histogram
	sample      []hit // strongest first, at most sampleSize
}

func (s *hits) add(h hit) {
	s.count++
	if h.facts.idOnly {
		s.open++
	}
	if h.zone != parsers.ZoneUnknown {
		s.addTime(h.time, h.zone, 1)
	}
	s.offer(h)
}

func (s *hits) addTime(t time.Time, z parsers.Zone, n int) {
	s.timed += n
	if s.first.IsZero() || t.Before(s.first) {
		s.first = t
	}
	if t.After(s.last) {
		s.last = t
	}
	s.zone = max(s.zone, z)
	s.hours.add(hourOf(t), n)
}

// wants reports whether h would be kept, so that its excerpt need not be made
// in vain.
func (s *hits) wants(h *hit) bool {
	return len(s.sample) < sampleSize || !s.sample[len(s.sample)-1].before(h)
}

// offer keeps h if it is among the strongest. It clones what h shares with
// the parser's memory.
func (s *hits) offer(h hit) {
	if len(s.sample) == sampleSize && !h.before(&s.sample[sampleSize-1]) {
		return
	}
	h.host = strings.Clone(h.host)
	i := sort.Search(len(s.sample), func(i int) bool { return h.before(&s.sample[i]) })
	if len(s.sample) < sampleSize {
		s.sample = append(s.sample, hit{})
	}
	copy(s.sample[i+1:], s.sample[i:])
	s.sample[i] = h
}

// merge adds what another worker saw. The result does not depend on the order
// of merging.
func (s *hits) merge(o *hits) {
	s.count += o.count
	s.open += o.open
	s.timed += o.timed
	if !o.first.IsZero() && (s.first.IsZero() || o.first.Before(s.first)) {
		s.first = o.first
	}
	if o.last.After(s.last) {
		s.last = o.last
	}
	s.zone = max(s.zone, o.zone)
	s.hours.merge(&o.hours)
	for _, h := range o.sample {
		s.offer(h)
	}
}
