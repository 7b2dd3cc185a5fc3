package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"kbdiag/engine"
)

// density are the characters for more and more events, in ASCII for every
// console.
const density = " .:+*#"

// timelineWidth is how many columns the timeline has at most.
const timelineWidth = 100

// timeline draws the events over time in a few lines. A timeline of a single
// moment tells nothing and is left out.
func (p *page) timeline(r *engine.Report) {
	t := r.Timeline
	if t == nil || t.Steps < 2 || len(t.Counts) < 2 {
		return
	}
	start, ok := chartTime(t.From)
	if !ok {
		return
	}
	n := min(p.style.Width-15, timelineWidth, t.Steps)
	all, bad := make([]int, n), make([]int, n)
	for _, c := range t.Counts {
		i := c.Step * n / t.Steps
		all[i] += c.Events
		bad[i] += c.Problems
	}
	end := start.Add(time.Duration(int64(t.Steps)*t.StepSeconds) * time.Second)
	p.heading("Events over time")
	p.line("  events     |" + dense(all) + "|")
	p.line("  problems   |" + p.paint(red, dense(bad)) + "|")
	if mark := incidentMark(r.Incident, start, end, n); mark != "" {
		p.line("  incident   |" + mark + "|")
	}
	from, to := start.Format("2006-01-02 15:04"), end.Format("2006-01-02 15:04")
	if n >= len(from)+len(to)+2 {
		p.line(strings.Repeat(" ", 14) + from + strings.Repeat(" ", n-len(from)-len(to)) + to)
	} else {
		p.line(strings.Repeat(" ", 14) + fmt.Sprintf("%s to %s", from, to))
	}
}

// dense writes counts as characters, the square root of a count by the largest.
func dense(counts []int) string {
	most := 0
	for _, c := range counts {
		most = max(most, c)
	}
	var b strings.Builder
	for _, c := range counts {
		i := 0
		if c > 0 {
			i = max(1, int(math.Ceil(float64(len(density)-1)*math.Sqrt(float64(c)/float64(most)))))
		}
		b.WriteByte(density[i])
	}
	return b.String()
}

// incidentMark writes where the incident is, "" if it is not known.
func incidentMark(i *engine.Incident, start, end time.Time, n int) string {
	if i == nil {
		return ""
	}
	from, ok1 := chartTime(i.From)
	to, ok2 := chartTime(i.To)
	if !ok1 || !ok2 || !to.After(start) || !end.After(from) {
		return ""
	}
	at := func(t time.Time) int {
		return min(max(int(float64(n)*float64(t.Sub(start))/float64(end.Sub(start))), 0), n-1)
	}
	a, b := at(from), at(to)
	return strings.Repeat(" ", a) + strings.Repeat("^", b-a+1) + strings.Repeat(" ", n-1-b)
}
