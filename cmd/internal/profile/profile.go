// Package profile sums up what stands in an input: its events by kind and
// level, the order of their times, gaps in their record numbers, and the
// events that say that a log was cleared or a computer started.
package profile

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"kbdiag/engine"
	"kbdiag/parsers"
)

// Bounds of what is kept of one input.
const (
	maxKinds = 20_000
	maxLogs  = 256
	maxMarks = 20
	maxGaps  = 5
)

// Profile collects the events of one input.
type Profile struct {
	kinds  map[kind]*tally
	other  int // events of kinds beyond maxKinds
	levels [16]int
	zones  [4]int
	logs   map[logKey]*runs
	marks  []Mark
	more   int // marks beyond maxMarks
	last   time.Time
	up     int // times later than the one before
	down   int // earlier
}

type kind struct {
	provider string
	id       uint16
}

type tally struct {
	count int
	level parsers.Level // the worst
}

type logKey struct{ log, host string }

// New gives an empty profile.
func New() *Profile {
	return &Profile{kinds: map[kind]*tally{}, logs: map[logKey]*runs{}}
}

// Event takes one event.
func (p *Profile) Event(e *parsers.Event) {
	p.kind(e)
	p.levels[e.Level]++
	p.zones[e.Zone]++
	if e.Has(parsers.FieldTime) {
		switch {
		case p.last.IsZero():
		case e.Time.After(p.last):
			p.up++
		case e.Time.Before(p.last):
			p.down++
		}
		p.last = e.Time
	}
	if e.Has(parsers.FieldRecord) {
		p.record(e)
	}
	if what := markOf(e); what != "" {
		p.mark(e, what)
	}
}

func (p *Profile) kind(e *parsers.Event) {
	k := kind{e.Provider, e.ID}
	t := p.kinds[k]
	if t == nil {
		if len(p.kinds) == maxKinds {
			p.other++
			return
		}
		t = &tally{}
		p.kinds[kind{strings.Clone(e.Provider), e.ID}] = t
	}
	t.count++
	if worse(e.Level, t.level) {
		t.level = e.Level
	}
}

// worse reports whether a is to be shown rather than b: the levels are in the
// order of their weight, but for audits, which mix with no others.
func worse(a, b parsers.Level) bool {
	return a != parsers.LevelUnknown && (b == parsers.LevelUnknown || a < b)
}

func (p *Profile) record(e *parsers.Event) {
	k := logKey{e.Log, e.Host}
	r := p.logs[k]
	if r == nil {
		if len(p.logs) == maxLogs {
			return
		}
		r = &runs{}
		p.logs[logKey{strings.Clone(e.Log), strings.Clone(e.Host)}] = r
	}
	r.add(e.Pos.Record)
}

// Mark is an event that says something of the log itself.
type Mark struct {
	Time string `json:"time,omitempty"`
	What string `json:"what"`
	Host string `json:"host,omitempty"`
	Line int    `json:"line,omitempty"`
	// Record is the log's own number.
	Record uint64 `json:"record,omitempty"`
}

// markOf tells what an event says of the log, "" if nothing.
func markOf(e *parsers.Event) string {
	switch e.ID {
	case 104, 1102:
		if strings.EqualFold(e.Provider, "Microsoft-Windows-Eventlog") || strings.EqualFold(e.Provider, "Eventlog") {
			if e.ID == 1102 {
				return "the Security log was cleared (1102)"
			}
			return "a log was cleared (104)"
		}
	case 517:
		if strings.EqualFold(e.Provider, "Security") {
			return "the Security log was cleared (517)"
		}
	case 6005, 6006, 6008, 6009:
		if strings.EqualFold(e.Provider, "EventLog") || strings.EqualFold(e.Provider, "Microsoft-Windows-Eventlog") {
			return logService[e.ID]
		}
	}
	return ""
}

var logService = map[uint16]string{
	6005: "the event log service was started (6005)",
	6006: "the event log service was stopped (6006)",
	6008: "the computer went down unexpectedly (6008)",
	6009: "the computer was started (6009)",
}

func (p *Profile) mark(e *parsers.Event, what string) {
	if len(p.marks) == maxMarks {
		p.more++
		return
	}
	p.marks = append(p.marks, Mark{
		Time: engine.FormatTime(e.Time, e.Zone), What: what, Host: strings.Clone(e.Host), Line: e.Pos.Line, Record: e.Pos.Record,
	})
}

// Summary is what a profile says, for people and programs.
type Summary struct {
	Kinds     []Kind  `json:"kinds"` // the most frequent first
	KindCount int     `json:"kind_count"`
	Levels    []Count `json:"levels"`
	Zone      string  `json:"zone,omitempty"`  // local, utc, offset, or mixed
	Order     string  `json:"order,omitempty"` // of times: oldest first, newest first, mixed
	Gaps      []Gaps  `json:"gaps,omitempty"`
	Marks     []Mark  `json:"marks,omitempty"`
	MoreMarks int     `json:"more_marks,omitempty"`
}

// Kind is how many events of one source and id there are.
type Kind struct {
	Provider string `json:"provider"`
	ID       uint16 `json:"id"`
	Level    string `json:"level,omitempty"` // the worst
	Count    int    `json:"count"`
}

// Count is a name with a number.
type Count struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Gaps are the record numbers that are missing of one log.
type Gaps struct {
	Log     string      `json:"log,omitempty"`
	Host    string      `json:"host,omitempty"`
	First   uint64      `json:"first_record"`
	Last    uint64      `json:"last_record"`
	Missing uint64      `json:"missing"`
	Gaps    int         `json:"gaps"`
	Largest [][2]uint64 `json:"largest,omitempty"` // first and last number missing
	Repeats int         `json:"repeats,omitempty"`
	Unknown bool        `json:"unknown,omitempty"` // too many gaps to keep
}

// Summary sums up, with the top most frequent kinds, 0 for all.
func (p *Profile) Summary(top int) *Summary {
	s := &Summary{Kinds: []Kind{}, Levels: []Count{}, KindCount: len(p.kinds), Marks: p.marks, MoreMarks: p.more}
	for k, t := range p.kinds {
		s.Kinds = append(s.Kinds, Kind{k.provider, k.id, t.level.String(), t.count})
	}
	slices.SortFunc(s.Kinds, func(a, b Kind) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.ID, b.ID))
	})
	if top > 0 && len(s.Kinds) > top {
		s.Kinds = s.Kinds[:top]
	}
	for l, n := range p.levels {
		if n > 0 {
			name := parsers.Level(l).String()
			if name == "" {
				name = "unknown"
			}
			s.Levels = append(s.Levels, Count{name, n})
		}
	}
	s.Zone, s.Order = p.zone(), p.order()
	s.Gaps = p.gaps()
	return s
}

func (p *Profile) zone() string {
	name := ""
	for z, n := range p.zones {
		if n == 0 || parsers.Zone(z) == parsers.ZoneUnknown {
			continue
		}
		if name != "" {
			return "mixed"
		}
		name = parsers.Zone(z).String()
	}
	return name
}

// order tells the order of times. A few that stand the other way round do not
// count: logs are written by several threads.
func (p *Profile) order() string {
	all := p.up + p.down
	switch {
	case all == 0:
		return ""
	case p.down*20 <= all:
		return "oldest first"
	case p.up*20 <= all:
		return "newest first"
	}
	return "mixed"
}

func (p *Profile) gaps() []Gaps {
	var out []Gaps
	for k, r := range p.logs {
		gaps, n := r.missing()
		g := Gaps{Log: k.log, Host: k.host, Missing: n, Gaps: len(gaps), Repeats: r.repeats, Unknown: r.full}
		g.First, g.Last = r.list[0].low, r.list[len(r.list)-1].high
		slices.SortStableFunc(gaps, func(a, b run) int { return cmp.Compare(b.high-b.low, a.high-a.low) })
		for _, x := range gaps[:min(len(gaps), maxGaps)] {
			g.Largest = append(g.Largest, [2]uint64{x.low, x.high})
		}
		if n > 0 || r.repeats > 0 || r.full {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b Gaps) int { return cmp.Or(cmp.Compare(a.Log, b.Log), cmp.Compare(a.Host, b.Host)) })
	return out
}
