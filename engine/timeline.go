package engine

import (
	"sort"
	"time"

	"kbdiag/parsers"
)

// timelineBins bounds the bins of a timeline.
const timelineBins = 480

// timeline counts events by time in bins that double their width as the span
// grows. Bins start at multiples of their width, so the counts depend on the
// events alone and not on their order or on who counted them.
type timeline struct {
	shift uint // bins are 1<<shift seconds wide
	bins  map[int64]bin
	zone  parsers.Zone
}

// bin counts the events of one stretch of time.
type bin struct {
	all      int
	problems int // critical, error, warning, audit failure
}

func newTimeline() timeline { return timeline{bins: map[int64]bin{}} }

func (t *timeline) event(e *parsers.Event) {
	if !e.Has(parsers.FieldTime) || e.Zone == parsers.ZoneUnknown || e.Time.IsZero() {
		return
	}
	b := bin{all: 1}
	if isProblem(e.Level) {
		b.problems = 1
	}
	t.zone = max(t.zone, e.Zone)
	t.add(e.Time.Unix()>>t.shift, b)
}

func isProblem(l parsers.Level) bool {
	switch l {
	case parsers.LevelCritical, parsers.LevelError, parsers.LevelWarning, parsers.LevelAuditFailure:
		return true
	}
	return false
}

func (t *timeline) add(at int64, b bin) {
	old, known := t.bins[at]
	t.bins[at] = bin{old.all + b.all, old.problems + b.problems}
	if known {
		return
	}
	for len(t.bins) > 1 && t.span() > timelineBins {
		t.widen(t.shift + 1)
	}
}

// span is the number of bins from the first to the last.
func (t *timeline) span() int64 {
	first, last := t.ends()
	return last - first + 1
}

func (t *timeline) ends() (first, last int64) {
	begun := false
	for at := range t.bins {
		if !begun || at < first {
			first = at
		}
		if !begun || at > last {
			last = at
		}
		begun = true
	}
	return first, last
}

// widen joins bins to the given width.
func (t *timeline) widen(shift uint) {
	if shift <= t.shift {
		return
	}
	joined := make(map[int64]bin, len(t.bins))
	for at, b := range t.bins {
		to := at >> (shift - t.shift)
		old := joined[to]
		joined[to] = bin{old.all + b.all, old.problems + b.problems}
	}
	t.shift, t.bins = shift, joined
}

func (t *timeline) merge(o *timeline) {
	if len(o.bins) == 0 {
		return
	}
	t.widen(o.shift)
	up := t.shift - o.shift // what t was widened to before holds for o too
	t.zone = max(t.zone, o.zone)
	places := make([]int64, 0, len(o.bins))
	for at := range o.bins {
		places = append(places, at)
	}
	sort.Slice(places, func(i, j int) bool { return places[i] < places[j] })
	start := t.shift
	for _, at := range places {
		t.add(at>>(up+t.shift-start), o.bins[at])
	}
}

// Timeline is how many events there were over time. Steps without any are left
// out.
type Timeline struct {
	From        string        `json:"from"`
	StepSeconds int64         `json:"step_seconds"`
	Steps       int           `json:"steps"`
	Counts      []TimelineBin `json:"counts"`
}

// TimelineBin counts the events of one step.
type TimelineBin struct {
	Step     int `json:"step"` // it begins so many steps after From
	Events   int `json:"events"`
	Problems int `json:"problems"` // of them critical, error, warning or audit failure
}

// report writes the timeline down, nil if no event has a time.
func (t *timeline) report() *Timeline {
	if len(t.bins) == 0 {
		return nil
	}
	first, last := t.ends()
	out := &Timeline{
		From:        FormatTime(time.Unix(first<<t.shift, 0).UTC(), t.shownZone()),
		StepSeconds: 1 << t.shift,
		Steps:       int(last-first) + 1,
		Counts:      make([]TimelineBin, 0, len(t.bins)),
	}
	for at, b := range t.bins {
		out.Counts = append(out.Counts, TimelineBin{int(at - first), b.all, b.problems})
	}
	sort.Slice(out.Counts, func(i, j int) bool { return out.Counts[i].Step < out.Counts[j].Step })
	return out
}

// shownZone is the zone of the timeline's beginning, which is in UTC where the
// events state theirs.
func (t *timeline) shownZone() parsers.Zone {
	if t.zone == parsers.ZoneOffset {
		return parsers.ZoneUTC
	}
	return t.zone
}
