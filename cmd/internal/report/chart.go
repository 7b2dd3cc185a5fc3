package report

import (
	"fmt"
	"math"
	"time"

	"kbdiag/engine"
)

// The chart's size, in units of its picture.
const (
	chartWidth  = 1000
	chartHeight = 190
	chartTop    = 46 // marks of evidence stand above the bars
	chartBottom = 160
	marksShown  = 120
)

// chart is the events over time, made ready to be drawn.
type chart struct {
	Label    string // what the picture shows, for those who do not see it
	Bars     []chartBar
	Ticks    []chartTick
	Marks    []chartMark
	Window   *chartWindow
	Most     int
	From, To int64 // Unix seconds of the edges
}

type chartBar struct {
	X, W, Y, H string // all events
	PY, PH     string // problems
	Tip        string
}

type chartTick struct{ X, Text, Anchor string }

type chartMark struct {
	X, Y          string
	ID, Tip       string
	Rank          int
	Session, Fail bool
}

type chartWindow struct{ X, W string }

// chartLayouts are the forms of times in reports.
var chartLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"}

func chartTime(s string) (time.Time, bool) {
	for _, l := range chartLayouts {
		if t, err := time.Parse(l, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// chartsOf draws the whole time, and the time around the incident where that is
// a small part of it.
func chartsOf(r *engine.Report, cards []card) (whole, near *chart) {
	t := r.Timeline
	if t == nil || len(t.Counts) == 0 || t.StepSeconds <= 0 {
		return nil, nil
	}
	start, ok := chartTime(t.From)
	if !ok {
		return nil, nil
	}
	from := start.Unix()
	to := from + int64(t.Steps)*t.StepSeconds
	whole = drawChart(r, cards, start, from, to)
	if r.Incident == nil {
		return whole, nil
	}
	a, ok1 := chartTime(r.Incident.From)
	b, ok2 := chartTime(r.Incident.To)
	if !ok1 || !ok2 {
		return whole, nil
	}
	around := max((b.Unix()-a.Unix())/2, 600)
	lo, hi := max(from, a.Unix()-around), min(to, b.Unix()+around)
	if hi > lo && (to-from)/(hi-lo) >= 4 {
		near = drawChart(r, cards, start, lo, hi)
	}
	return whole, near
}

func drawChart(r *engine.Report, cards []card, start time.Time, from, to int64) *chart {
	c := &chart{From: from, To: to}
	x := func(at int64) float64 {
		return math.Min(math.Max(float64(at-from)/float64(to-from), 0), 1) * chartWidth
	}
	events, problems := 0, 0
	bins := binsWithin(r.Timeline, start, from, to)
	for _, b := range bins {
		c.Most = max(c.Most, b.events)
		events += b.events
		problems += b.problems
	}
	for _, b := range bins {
		c.Bars = append(c.Bars, c.bar(b, start, x))
	}
	if i := r.Incident; i != nil {
		a, ok1 := chartTime(i.From)
		b, ok2 := chartTime(i.To)
		if ok1 && ok2 && b.Unix() >= from && a.Unix() <= to {
			left, right := x(a.Unix()), x(b.Unix())
			c.Window = &chartWindow{num(left), num(math.Max(right-left, 3))}
		}
	}
	c.ticks(start, x)
	c.marks(r, cards, x)
	c.Label = fmt.Sprintf("%s over time, %s to %s, %d of them errors or warnings", plural(events, "event"), timeAt(start, from, true), timeAt(start, to, true), problems)
	return c
}

// timedBin is a bin of the timeline with its edges, in Unix seconds.
type timedBin struct {
	from, to         int64
	events, problems int
}

func binsWithin(t *engine.Timeline, start time.Time, from, to int64) []timedBin {
	var out []timedBin
	for _, b := range t.Counts {
		a := start.Unix() + int64(b.Step)*t.StepSeconds
		if a+t.StepSeconds > from && a < to {
			out = append(out, timedBin{a, a + t.StepSeconds, b.Events, b.Problems})
		}
	}
	return out
}

func (c *chart) bar(b timedBin, start time.Time, x func(int64) float64) chartBar {
	left, right := x(b.from), x(b.to)
	h, ph := height(b.events, c.Most), 0.0
	if b.problems > 0 {
		ph = math.Max(2, h*float64(b.problems)/float64(b.events))
	}
	return chartBar{
		X: num(left), W: num(math.Max(right-left-0.4, 1.6)), Y: num(chartBottom - h), H: num(h), PY: num(chartBottom - ph), PH: num(ph),
		Tip: fmt.Sprintf("%s: %s, %d of them errors or warnings", timeAt(start, b.from, true), plural(b.events, "event"), b.problems),
	}
}

// height gives a bar's height by the square root of its count, so that a few
// events beside thousands are still seen.
func height(n, most int) float64 {
	return math.Max(3, (chartBottom-chartTop-8)*math.Sqrt(float64(n)/float64(most)))
}

func num(f float64) string { return fmt.Sprintf("%.1f", f) }

// timeAt writes a time of the chart, in the zone of its beginning.
func timeAt(start time.Time, at int64, full bool) string {
	t := time.Unix(at, 0).In(start.Location())
	if full {
		return t.Format("2006-01-02 15:04")
	}
	return t.Format("15:04")
}

func (c *chart) ticks(start time.Time, x func(int64) float64) {
	step := int64(math.Ceil(float64(c.To-c.From) / 6))
	for _, nice := range []int64{60, 300, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400, 2 * 86400, 7 * 86400, 14 * 86400, 30 * 86400, 91 * 86400, 365 * 86400} {
		if step <= nice {
			step = nice
			break
		}
	}
	layout := "Jan 2, 15:04"
	if step >= 86400 {
		layout = "2006-01-02"
	}
	_, offset := start.Zone()
	for at := (c.From+int64(offset)+step-1)/step*step - int64(offset); at < c.To; at += step {
		p := x(at)
		if p > chartWidth-70 || p < 30 {
			continue
		}
		c.Ticks = append(c.Ticks, chartTick{num(p), time.Unix(at, 0).In(start.Location()).Format(layout), "middle"})
	}
}

// pinWidth is the width of a mark.
const pinWidth = 24

// freeSlot finds the nearest place for a mark where no other stands, so that
// marks stand side by side and not over one another.
func freeSlot(taken map[int]bool, p float64) float64 {
	slots := int(chartWidth / pinWidth)
	want := min(max(int(p/pinWidth), 0), slots-1)
	for d := range slots {
		for _, s := range []int{want + d, want - d} {
			if s < 0 || s >= slots || taken[s] {
				continue
			}
			taken[s] = true
			if d == 0 {
				return math.Min(math.Max(p, pinWidth/2), chartWidth-pinWidth/2)
			}
			return float64(s)*pinWidth + pinWidth/2
		}
	}
	return p
}

func (c *chart) marks(r *engine.Report, cards []card, x func(int64) float64) {
	taken := map[int]bool{}
	seen := map[string]bool{} // records: several rules may speak of one
	add := func(record, when string, m chartMark) {
		t, ok := chartTime(when)
		if !ok || t.Unix() < c.From || t.Unix() > c.To || seen[record] || len(c.Marks) >= marksShown {
			return
		}
		seen[record] = true
		m.X, m.Y = num(freeSlot(taken, x(t.Unix()))), "20"
		c.Marks = append(c.Marks, m)
	}
	for i := range cards {
		for _, e := range cards[i].Proof {
			add(fmt.Sprint(e.Path, e.Offset), e.Time, chartMark{ID: e.ID, Rank: cards[i].Rank, Tip: fmt.Sprintf("%s, evidence for %s: %s %s", e.ID, cards[i].Rule, clock(e.Time), e.Doc)})
		}
	}
	for _, s := range r.Sessions {
		add(s.ID, s.Time, chartMark{ID: s.ID, Session: true, Fail: s.FailedStage != "", Tip: fmt.Sprintf("session %s: %s %s", s.ID, clock(s.Time), s.Summary)})
	}
}
