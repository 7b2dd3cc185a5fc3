package engine

import (
	"fmt"
	"math"
	"sort"
	"time"

	"kbdiag/parsers"
)

const (
	// burstCap bounds the pairs of hour and kind of error that are counted.
	// Beyond it the log is too uneven to search, and no window is given.
	burstCap = 200_000
	// burstGap is how long a quiet time must be to end a burst.
	burstGap = 2 * 3600
	hour     = 3600
	// recentHours is the age at which a cluster of errors counts half.
	recentHours = 24.0
)

// eventKind is a provider and event id.
type eventKind struct {
	provider string // folded
	id       uint16
}

// burst counts the errors and warnings of a ticket by hour and kind, to find
// when the trouble happened.
//
// There is one table for all hours: a table for each would take most of the
// memory of a log that covers years.
type burst struct {
	numbers  map[eventKind]uint32 // places in kinds
	kinds    []eventKind
	errors   map[hourKind]int
	overflow bool
	events   int       // events with a time, of any level
	byHour   histogram // the same by hour
	sessions []sessionTime
}

// hourKind is an hour since 1970 and the number of a kind.
type hourKind struct {
	hour int64
	kind uint32
}

type sessionTime struct {
	at   time.Time
	pos  parsers.Pos
	zone parsers.Zone
}

func newBurst() *burst {
	return &burst{numbers: map[eventKind]uint32{}, errors: map[hourKind]int{}}
}

// event counts an event. noise tells that healthy machines log it: it is no
// sign of an incident.
func (b *burst) event(t time.Time, kind eventKind, level parsers.Level, noise bool) {
	b.events++
	h := hourOf(t)
	b.byHour.add(h, 1)
	if noise {
		return
	}
	if level != parsers.LevelError && level != parsers.LevelCritical && level != parsers.LevelWarning && level != parsers.LevelAuditFailure {
		return
	}
	b.count(h, kind, 1)
}

func (b *burst) count(h int64, kind eventKind, n int) {
	number, ok := b.numbers[kind]
	if !ok {
		number = uint32(len(b.kinds))
	}
	at := hourKind{h, number}
	if _, known := b.errors[at]; !known && len(b.errors) >= burstCap {
		b.overflow = true
		return
	}
	if !ok {
		b.numbers[kind] = number
		b.kinds = append(b.kinds, kind)
	}
	b.errors[at] += n
}

func (b *burst) session(s *parsers.Session) {
	if !s.Start.IsZero() && s.Outcome != parsers.OutcomeSuccess {
		b.keep(sessionTime{s.Start, s.Pos, s.Zone})
	}
}

// failedCap bounds the failed sessions that are kept: the latest.
const failedCap = 1 << 10

func (b *burst) keep(s sessionTime) {
	b.sessions = append(b.sessions, s)
	if len(b.sessions) >= 2*failedCap {
		b.trim()
	}
}

// trim keeps the latest sessions, whatever the order in which they came.
func (b *burst) trim() {
	sort.Slice(b.sessions, func(i, j int) bool {
		x, y := b.sessions[i], b.sessions[j]
		if !x.at.Equal(y.at) {
			return x.at.After(y.at)
		}
		return posLess(x.pos, y.pos)
	})
	b.sessions = b.sessions[:min(len(b.sessions), failedCap)]
}

func (b *burst) merge(o *burst) {
	for at, n := range o.errors {
		b.count(at.hour, o.kinds[at.kind], n)
	}
	b.byHour.merge(&o.byHour)
	b.events += o.events
	b.overflow = b.overflow || o.overflow
	for _, s := range o.sessions {
		b.keep(s)
	}
}

// window finds when the trouble happened: what the user states comes first,
// then a failed session that carries a time, then the burst of rare errors.
// nil if nothing tells.
func (b *burst) window(at time.Time) *Incident {
	if !at.IsZero() {
		return incident(at.Add(-30*time.Minute), at.Add(30*time.Minute), parsers.ZoneLocal, "stated with --at")
	}
	b.trim()
	if s, ok := b.sessionTime(); ok {
		return incident(s.at.Add(-time.Hour), s.at.Add(time.Hour), s.zone,
			fmt.Sprintf("an hour around the failed session at %s:%d", s.pos.Path, s.pos.Line))
	}
	return b.rareErrors()
}

// sessionTime gives the time of the latest failed session, if the log covers
// that time at all.
func (b *burst) sessionTime() (sessionTime, bool) {
	var last sessionTime
	for _, s := range b.sessions {
		h := hourOf(s.at)
		near := b.byHour.at(h-1) + b.byHour.at(h) + b.byHour.at(h+1)
		if near > 0 && (s.at.After(last.at) || s.at.Equal(last.at) && posLess(s.pos, last.pos)) {
			last = s
		}
	}
	return last, !last.at.IsZero()
}

func incident(from, to time.Time, z parsers.Zone, why string) *Incident {
	return &Incident{From: FormatTime(from, z), To: FormatTime(to, z), Why: why, from: from, to: to}
}

// cluster is a stretch of hours with errors, no quiet time in it.
type cluster struct {
	from, to int64 // hours, both included
	kinds    map[eventKind]bool
	count    int
}

// rareErrors finds the cluster of hours that has the most kinds of errors seen
// nowhere else in the log. The later a cluster the better: a log is exported
// soon after the trouble.
func (b *burst) rareErrors() *Incident {
	if b.overflow || len(b.errors) == 0 {
		return nil
	}
	clusters := b.clusters()
	spread := map[eventKind]int{} // in how many clusters a kind stands
	for _, c := range clusters {
		for k := range c.kinds {
			spread[k]++
		}
	}
	last := b.lastHour()
	best, bestScore := -1, 0.0
	for i, c := range clusters {
		score := 0.0
		for _, k := range sortedKinds(c.kinds) {
			score += math.Pow(float64(spread[k]), -1.5)
		}
		score *= math.Exp2(-float64(last-c.to) / recentHours)
		if score >= bestScore {
			best, bestScore = i, score
		}
	}
	c := clusters[best]
	from := time.Unix(c.from*hour, 0).UTC()
	to := time.Unix(c.to*hour+hour-1, 0).UTC()
	return incident(from, to, parsers.ZoneLocal,
		fmt.Sprintf("%s of %s, the most unusual stretch of the log", plural(c.count, "error or warning"), plural(len(c.kinds), "kind")))
}

// lastHour is the hour of the latest event of any level.
func (b *burst) lastHour() int64 {
	last := int64(math.MinInt64)
	for h := range b.byHour.buckets {
		last = max(last, h)
	}
	return last
}

func (b *burst) clusters() []cluster {
	keys := make([]hourKind, 0, len(b.errors))
	for at := range b.errors {
		keys = append(keys, at)
	}
	sort.Slice(keys, func(i, j int) bool { return keys[i].hour < keys[j].hour })
	var out []cluster
	for _, at := range keys {
		if len(out) == 0 || (at.hour-out[len(out)-1].to)*hour > burstGap {
			out = append(out, cluster{from: at.hour, kinds: map[eventKind]bool{}})
		}
		c := &out[len(out)-1]
		c.to = at.hour
		c.kinds[b.kinds[at.kind]] = true
		c.count += b.errors[at]
	}
	return out
}

// discriminates reports whether the log has events outside the window, so that
// standing inside it says something.
func (b *burst) discriminates(w *Incident) bool {
	if w == nil {
		return false
	}
	outside := b.events - b.byHour.within(w.from, w.to)
	return outside*4 >= b.events
}

// kindsWithin gives the kinds of errors and warnings of the hours of a window.
func (b *burst) kindsWithin(w *Incident) []eventKind {
	from, to := hourOf(w.from), hourOf(w.to)
	seen := map[eventKind]bool{}
	for at := range b.errors {
		if at.hour >= from && at.hour <= to {
			seen[b.kinds[at.kind]] = true
		}
	}
	return sortedKinds(seen)
}

// sortedKinds gives a fixed order, so that sums do not depend on chance.
func sortedKinds(m map[eventKind]bool) []eventKind {
	out := make([]eventKind, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].provider != out[j].provider {
			return out[i].provider < out[j].provider
		}
		return out[i].id < out[j].id
	})
	return out
}
