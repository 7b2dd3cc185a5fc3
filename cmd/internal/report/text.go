package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"kbdiag/engine"
)

// Text prints a report for people. The first lines answer: which article, how
// sure, why.
func Text(w io.Writer, r *engine.Report, style Style) error {
	if style.Width < 40 {
		style.Width = 80
	}
	p := &page{w: bufio.NewWriter(w), style: style}
	if style.Detail == Quiet {
		p.lines(r)
		return p.w.Flush()
	}
	if r.Ticket != "" {
		p.line(p.paint(dim, "Ticket "+r.Ticket))
	}
	p.summary(r)
	shown, rest := split(r.Diagnoses)
	if style.Detail == Verbose {
		shown, rest = r.Diagnoses, nil
	}
	for i := range shown {
		p.diagnosis(&shown[i], i > 0 && shown[i].Confidence > shown[i-1].Confidence)
	}
	p.rest(rest)
	p.timeline(r)
	p.next(r)
	p.unexplained(r.Unexplained)
	p.inputs(r)
	return p.w.Flush()
}

// lines writes a line for each diagnosis.
func (p *page) lines(r *engine.Report) {
	for _, d := range r.Diagnoses {
		p.line(fmt.Sprintf("%-8s %4s  %s  %s", d.Rule, percent(d.Confidence), p.level(d.Level)+strings.Repeat(" ", 8-len(d.Level)), d.Title))
	}
	if len(r.Diagnoses) == 0 {
		p.line("No diagnosis")
	}
}

// whole says whether a diagnosis is printed with its reasons and steps: the
// first, those that are likely, and all where everything is asked for.
func (p *page) whole(d *engine.Diagnosis) bool {
	return d.Rank == 1 || d.Level == engine.Likely || p.style.Detail == Verbose
}

// fullShown is how many diagnoses are printed whole.
const fullShown = 3

// split parts the diagnoses that are worth a page from those worth a line.
func split(all []engine.Diagnosis) (shown, rest []engine.Diagnosis) {
	for i, d := range all {
		if len(shown) < fullShown && (d.Level != engine.Unlikely || i == 0) {
			shown = append(shown, d)
		} else {
			rest = append(rest, d)
		}
	}
	return shown, rest
}

func (p *page) summary(r *engine.Report) {
	if len(r.Diagnoses) == 0 {
		p.wrap("", "", p.paint(bold, verdictOf(r).Text))
		if sound := soundness(r); sound != "" {
			p.wrap("", "", sound)
		}
	}
	if i := r.Incident; i != nil {
		p.wrap("Incident: ", "          ", fmt.Sprintf("%s to %s (%s)", clock(i.From), clock(i.To), i.Why))
	}
	for _, n := range r.Notes {
		p.wrap("Note: ", "      ", n)
	}
}

// clock writes a time of the report for people.
func clock(t string) string { return strings.Replace(t, "T", " ", 1) }

func (p *page) level(l engine.Level) string {
	colour := map[engine.Level]string{engine.Likely: green, engine.Possible: amber, engine.Unlikely: dim}[l]
	return p.paint(colour, string(l))
}

// percent writes a confidence. Nothing is certain, and what is listed is not
// impossible.
func percent(c float64) string {
	switch {
	case c > 0 && c < 0.01:
		return "<1%"
	case c > 0.99 && c < 1:
		return ">99%"
	}
	return fmt.Sprintf("%.0f%%", 100*c)
}

// bar draws a confidence in ten steps, the last of which nothing reaches that
// is not certain.
func bar(c float64) string {
	n := int(c*10 + 0.5)
	if n == 10 && c < 1 {
		n = 9
	}
	return strings.Repeat("#", n) + strings.Repeat(".", 10-n)
}

// diagnosis prints one. apart tells that it is surer than the one above it,
// though its score is less: it is another trouble, with evidence of its own.
func (p *page) diagnosis(d *engine.Diagnosis, apart bool) {
	p.gap()
	p.line(fmt.Sprintf("%d. %s  %s %s  %s", d.Rank, p.paint(bold, d.Rule), bar(d.Confidence), percent(d.Confidence), p.level(d.Level)))
	p.wrap("   ", "   ", p.paint(bold, d.Title))
	if len(d.Products) > 0 {
		p.wrap("   ", "   ", p.paint(dim, "Applies to "+strings.Join(d.Products, "; ")))
	}
	if apart {
		p.wrap("   ", "   ", "Another trouble than the one above: it has evidence of its own.")
	}
	if d.LevelWhy != "" {
		p.wrap("   Not surer: ", "     ", d.LevelWhy)
	}
	if len(d.Group) > 0 {
		p.wrap("   The evidence cannot tell it from ", "     ", strings.Join(d.Group, ", ")+".")
		for _, s := range d.Separate {
			p.wrap("     would tell them apart: ", "       ", s)
		}
	}
	if len(d.Explains) > 0 {
		p.wrap("   It also explains ", "     ", strings.Join(d.Explains, ", ")+".")
	}
	p.evidence("Evidence", d.Evidence)
	p.evidence("Against it", d.Against)
	p.unknown(d.Unknown)
	p.part("Cause")
	p.wrap("     ", "     ", d.Cause)
	if !p.whole(d) {
		p.wrap("   ", "   ", p.paint(dim, "(reasons and steps: --verbose)"))
		return
	}
	p.steps(d.Steps)
	p.terms(d)
	if len(d.References) > 0 {
		p.part("See also")
		p.wrap("     ", "     ", strings.Join(d.References, ", "))
	}
}

func (p *page) part(title string) { p.line("   " + p.paint(bold, title)) }

func (p *page) evidence(title string, list []engine.Evidence) {
	if len(list) == 0 {
		return
	}
	p.part(title)
	for i := 0; i < len(list); {
		e := &list[i]
		same := i + 1
		for same < len(list) && list[same].Path == e.Path && list[same].Offset == e.Offset && list[same].Excerpt == e.Excerpt && list[same].Count == e.Count {
			same++ // another signal of the rule on the same record
		}
		p.wrap("     ", "       ", p.paint(cyan, Place(e.Path, e.Line, e.Record))+p.paint(dim, evidenceTimes(e)))
		p.wrap("       ", "       ", p.marking(e))
		for _, o := range list[i:same] {
			if o.Doc != "" {
				p.wrap("       = ", "         ", o.Doc)
			}
		}
		if p.style.Detail == Verbose {
			p.exact(list[i:same])
		}
		i = same
	}
}

// evidenceTimes says when a record was written and how often it is there.
func evidenceTimes(e *engine.Evidence) string {
	head := ""
	if e.Time != "" {
		head += "  " + clock(e.Time)
	}
	if e.Count > 1 {
		head += "  (" + grouped(e.Count) + " times"
		if e.First != "" && e.First != e.Last {
			head += ", " + clock(e.First) + " to " + clock(e.Last)
		}
		head += ")"
	}
	return head
}

// exact writes where a record stands to the byte, and the lines around it.
func (p *page) exact(list []engine.Evidence) {
	e := &list[0]
	var names []string
	for _, o := range list {
		names = append(names, o.ID+" "+words(o.Signal))
	}
	text := strings.Join(names, ", ") + fmt.Sprintf("; bytes %d to %d", e.Offset, e.Offset+e.Length)
	if e.SHA256 != "" {
		text += ", SHA-256 " + e.SHA256[:min(16, len(e.SHA256))]
	}
	p.wrap("       ", "         ", p.paint(dim, text))
	for _, c := range e.Context {
		mark := " "
		if c.Own {
			mark = ">"
		}
		p.line(p.cut(fmt.Sprintf("       %s%5d  %s", mark, c.Line, strings.ReplaceAll(c.Text, "\t", " "))))
	}
}

// Place names a place in an input by its line, or by the record where the form
// has no lines.
func Place(path string, line int, record uint64) string {
	switch {
	case line > 0:
		return fmt.Sprintf("%s:%d", path, line)
	case record > 0:
		return fmt.Sprintf("%s record %d", path, record)
	}
	return path
}

func (p *page) terms(d *engine.Diagnosis) {
	p.part(fmt.Sprintf("Why %s", percent(d.Confidence)))
	p.wrap("     ", "     ", p.paint(dim, fmt.Sprintf("In decibans, %+.1f in all: +10 is ten times as likely, +3 twice, -10 a tenth.", d.ScoreDB)))
	for _, t := range d.Terms {
		p.wrap(fmt.Sprintf("     %+6.1f  ", t.DB), "             ", words(t.Name)+": "+t.Why)
	}
}

// words writes the name of a signal as words.
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }

func (p *page) unknown(list []engine.Unseen) {
	if len(list) == 0 {
		return
	}
	p.part("Cannot tell")
	for _, u := range list {
		p.wrap("     ", "       ", words(u.Signal)+": "+u.Why)
	}
}

func (p *page) steps(steps []engine.Step) {
	if len(steps) == 0 {
		return
	}
	p.part("What to do")
	for i, s := range steps {
		p.wrap(fmt.Sprintf("     %d. ", i+1), "        ", s.Text)
		if s.Verify != "" {
			p.wrap("        Check: ", "          ", s.Verify)
		}
	}
}

func (p *page) rest(list []engine.Diagnosis) {
	if len(list) == 0 {
		return
	}
	p.heading("Less likely")
	for _, d := range list {
		p.wrap(fmt.Sprintf("%3d. %-8s %4s  ", d.Rank, d.Rule, percent(d.Confidence)), "                     ", d.Title)
	}
}

func (p *page) next(r *engine.Report) {
	list := r.Next
	if len(r.Diagnoses) == 0 && len(list) == 0 {
		p.heading("What would help")
		for _, w := range wouldHelp {
			p.wrap(" - ", "   ", w)
		}
	}
	if len(list) == 0 {
		return
	}
	p.heading("What to ask for next")
	for i, q := range list {
		p.wrap(fmt.Sprintf(" %d. ", i+1), "    ", q.Ask)
		p.wrap("    ", "    ", p.paint(dim, fmt.Sprintf("tells more about %s; about %.0f min", strings.Join(q.Separates, ", "), q.Cost)))
	}
}

func (p *page) unexplained(list []engine.Unexplained) {
	if len(list) == 0 {
		return
	}
	p.heading("Errors that no diagnosis explains")
	for _, u := range list {
		p.wrap(fmt.Sprintf(" %5dx ", u.Count), "        ", fmt.Sprintf("%s (%s)", u.Example, Place(u.Path, u.Line, u.Record)))
	}
}

func (p *page) inputs(r *engine.Report) {
	p.heading("Read")
	for i := range r.Inputs {
		in := &r.Inputs[i]
		if in.Error != "" {
			p.wrap(p.paint(red, " NOT READ "), "          ", in.Error)
		}
		if in.Records > 0 || in.Error == "" {
			p.wrap(" ", "   ", inputLine(in))
		}
		for _, s := range in.Skipped {
			p.wrap("   ", "     ", fmt.Sprintf("skipped %d from %s: %s", s.Count, s.Pos, s.Reason))
		}
		for _, n := range in.Notes {
			p.wrap("   ", "     ", n)
		}
	}
	p.wrap(" ", " ", p.paint(dim, fmt.Sprintf("%d rules, kbdiag %s", r.Tool.Rules, r.Tool.Version)))
}

func inputLine(in *engine.Input) string {
	s := fmt.Sprintf("%s: %s, %s", in.Path, in.Format, inputCounts(in))
	if in.First != "" {
		s += ", " + clock(in.First) + " to " + clock(in.Last)
	}
	return s
}

// inputCounts says how many records of each kind an input gave.
func inputCounts(in *engine.Input) string {
	var counts []string
	for _, c := range []struct {
		n    int
		what string
	}{{in.Events, "event"}, {in.Sessions, "session"}, {in.Lines, "line"}} {
		if c.n > 0 {
			counts = append(counts, plural(c.n, c.what))
		}
	}
	if len(counts) == 0 {
		return "no records"
	}
	return strings.Join(counts, ", ")
}
