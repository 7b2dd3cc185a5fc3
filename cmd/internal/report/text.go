package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"kbdiag/engine"
)

// page writes wrapped text.
type page struct {
	w     *bufio.Writer
	style Style
}

// Colours of ANSI terminals.
const (
	bold  = "1"
	dim   = "2"
	red   = "31"
	green = "32"
	amber = "33"
)

func (p *page) paint(colour, s string) string {
	if !p.style.Colour || s == "" {
		return s
	}
	return "\x1b[" + colour + "m" + s + "\x1b[0m"
}

func (p *page) line(s string) { p.w.WriteString(s); p.w.WriteByte('\n') }

func (p *page) gap() { p.w.WriteByte('\n') }

// heading writes the title of a part of the report.
func (p *page) heading(s string) { p.gap(); p.line(p.paint(bold, s)) }

// wrap writes a text in the page's width: first stands before the first line,
// rest before the others. Paragraphs stay apart.
func (p *page) wrap(first, rest, text string) {
	prefix := first
	for _, para := range strings.Split(strings.TrimSpace(text), "\n") {
		line := prefix
		empty := true
		for _, word := range strings.Fields(para) {
			if !empty && columns(line)+1+columns(word) > p.style.Width {
				p.line(line)
				line, empty = rest, true
			}
			if !empty {
				line += " "
			}
			line += word
			empty = false
		}
		p.line(strings.TrimRight(line, " "))
		prefix = rest
	}
}

// columns counts characters, colour codes left out.
func columns(s string) int {
	n := utf8.RuneCountInString(s)
	for i := strings.Index(s, "\x1b["); i >= 0; {
		end := strings.IndexByte(s[i:], 'm')
		if end < 0 {
			break
		}
		n -= end + 1
		next := strings.Index(s[i+end:], "\x1b[")
		if next < 0 {
			break
		}
		i += end + next
	}
	return n
}

// Text prints a report for people. The first lines answer: which article, how
// sure, why.
func Text(w io.Writer, r *engine.Report, style Style) error {
	if style.Width < 40 {
		style.Width = 80
	}
	p := &page{w: bufio.NewWriter(w), style: style}
	if r.Ticket != "" {
		p.line(p.paint(dim, "Ticket "+r.Ticket))
	}
	p.summary(r)
	shown, rest := split(r.Diagnoses)
	for i := range shown {
		p.diagnosis(&shown[i])
	}
	p.rest(rest)
	p.next(r.Next)
	p.unexplained(r.Unexplained)
	p.inputs(r)
	return p.w.Flush()
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
		p.line(p.paint(bold, "No diagnosis: none of the "+fmt.Sprint(r.Tool.Rules)+" rules fits this input."))
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

func percent(c float64) string { return fmt.Sprintf("%.0f%%", 100*c) }

// bar draws a confidence in ten steps.
func bar(c float64) string {
	n := int(c*10 + 0.5)
	return strings.Repeat("#", n) + strings.Repeat(".", 10-n)
}

func (p *page) diagnosis(d *engine.Diagnosis) {
	p.gap()
	p.line(fmt.Sprintf("%d. %s  %s %s  %s", d.Rank, p.paint(bold, d.Rule), bar(d.Confidence), percent(d.Confidence), p.level(d.Level)))
	p.wrap("   ", "   ", p.paint(bold, d.Title))
	if len(d.Products) > 0 {
		p.wrap("   ", "   ", p.paint(dim, "Applies to "+strings.Join(d.Products, "; ")))
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
	p.terms(d)
	p.unknown(d.Unknown)
	p.part("Cause")
	p.wrap("     ", "     ", d.Cause)
	p.steps(d.Steps)
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
	for i := range list {
		e := &list[i]
		head := place(e.Path, e.Line, e.Record)
		if e.Time != "" {
			head += "  " + clock(e.Time)
		}
		if e.Count > 1 {
			head += fmt.Sprintf("  (%d times", e.Count)
			if e.First != "" && e.First != e.Last {
				head += ", " + clock(e.First) + " to " + clock(e.Last)
			}
			head += ")"
		}
		p.wrap("     ", "       ", p.paint(dim, head))
		p.wrap("       ", "       ", e.Excerpt)
		if e.Doc != "" {
			p.wrap("       = ", "         ", e.Doc)
		}
	}
}

func place(path string, line int, record uint64) string {
	switch {
	case line > 0:
		return fmt.Sprintf("%s:%d", path, line)
	case record > 0:
		return fmt.Sprintf("%s record %d", path, record)
	}
	return path
}

func (p *page) terms(d *engine.Diagnosis) {
	p.part(fmt.Sprintf("Why %s (score %+.1f decibans)", percent(d.Confidence), d.ScoreDB))
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

func (p *page) next(list []engine.Question) {
	if len(list) == 0 {
		return
	}
	p.heading("What to ask for next")
	for i, q := range list {
		p.wrap(fmt.Sprintf(" %d. ", i+1), "    ", q.Ask)
		p.wrap("    ", "    ", p.paint(dim, fmt.Sprintf("for %s; expected to tell %.2f bits, about %.0f min", strings.Join(q.Separates, ", "), q.GainBits, q.Cost)))
	}
}

func (p *page) unexplained(list []engine.Unexplained) {
	if len(list) == 0 {
		return
	}
	p.heading("Errors that no diagnosis explains")
	for _, u := range list {
		p.wrap(fmt.Sprintf(" %5dx ", u.Count), "        ", fmt.Sprintf("%s (%s:%d)", u.Example, u.Path, u.Line))
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
			p.wrap("   ", "     ", fmt.Sprintf("skipped %d from line %d: %s", s.Count, s.Pos.Line, s.Reason))
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
