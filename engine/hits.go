package engine

import (
	"sort"
	"strings"
	"time"

	"kbdiag/parsers"
)

// sampleSize is how many of a signal's hits are kept whole: the strongest.
const sampleSize = 8

// trackCap bounds the times kept of a signal that a correlation looks at.
const trackCap = 1 << 16

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
}

// before is a total order of hits: the strongest first, then by place.
func (h *hit) before(o *hit) bool {
	if h.quality != o.quality {
		return h.quality > o.quality
	}
	if h.pos.Path != o.pos.Path {
		return h.pos.Path < o.pos.Path
	}
	return h.pos.Offset < o.pos.Offset
}

// moment is one hit as correlations see it.
type moment struct {
	at    int64 // Unix nanoseconds of the wall clock; 0 if the record has no time
	host  string
	user  string
	group string // session of an exchange: path and offset
}

// hits is the bounded memory of one signal: how often, when, and the strongest
// of the records.
type hits struct {
	count       int
	timed       int // of them with a time
	first, last time.Time
	zone        parsers.Zone
	hours       map[int64]int // hits by hour since 1970
	sample      []hit         // strongest first, at most sampleSize
	track       []moment      // for correlations, in time order once sorted
	overflow    bool          // more hits than trackCap: correlations see a part
}

func (s *hits) add(h hit, m moment, tracked bool) {
	s.count++
	if h.zone != parsers.ZoneUnknown {
		s.addTime(h.time, h.zone, 1)
	}
	s.offer(h)
	if !tracked {
		return
	}
	if len(s.track) >= trackCap {
		s.overflow = true
		return
	}
	s.track = append(s.track, m)
}

func (s *hits) addTime(t time.Time, z parsers.Zone, n int) {
	s.timed += n
	if s.first.IsZero() || t.Before(s.first) {
		s.first = t
	}
	if t.After(s.last) {
		s.last = t
	}
	s.zone = z
	if s.hours == nil {
		s.hours = map[int64]int{}
	}
	s.hours[hourOf(t)] += n
}

// wants reports whether a hit of this quality would be kept, so that its
// excerpt need not be made in vain.
func (s *hits) wants(quality float64) bool {
	return len(s.sample) < sampleSize || quality >= s.sample[len(s.sample)-1].quality
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
	s.timed += o.timed
	if !o.first.IsZero() && (s.first.IsZero() || o.first.Before(s.first)) {
		s.first = o.first
	}
	if o.last.After(s.last) {
		s.last = o.last
	}
	s.zone = max(s.zone, o.zone)
	for hour, n := range o.hours {
		if s.hours == nil {
			s.hours = map[int64]int{}
		}
		s.hours[hour] += n
	}
	for _, h := range o.sample {
		s.offer(h)
	}
	s.track = append(s.track, o.track...)
	s.overflow = s.overflow || o.overflow
	s.trim()
}

// within counts the hits of the hours that overlap from <= t <= to.
func (s *hits) within(from, to time.Time) int {
	n := 0
	for hour, k := range s.hours {
		if hour >= hourOf(from) && hour <= hourOf(to) {
			n += k
		}
	}
	return n
}

func hourOf(t time.Time) int64 { return t.Unix() / 3600 }
