package report

import (
	"bufio"
	"io"
	"strings"

	"kbdiag/engine"
)

// replyWidth is the width of a mail's lines, in characters.
const replyWidth = 72

// Reply prints a report as a mail to the customer: what was found, what to do,
// what to send. It names no rule but as the article to look at, and no score.
func Reply(w io.Writer, r *engine.Report, style Style) error {
	style.Width, style.Colour = replyWidth, false
	p := &page{w: bufio.NewWriter(w), style: style}
	p.line("Hello,")
	p.gap()
	causes := replyCauses(r)
	p.wrap("", "", replyOpening(r, causes))
	if sound := soundness(r); sound != "" {
		p.gap()
		p.wrap("", "", sound)
	}
	for i, d := range causes {
		title := "What we found"
		if len(causes) > 1 {
			title = "Problem " + itoa(i+1)
		}
		p.replyCause(title, d)
	}
	p.replyNext(r)
	p.replyLost(r)
	p.gap()
	p.wrap("", "", "Please leave passwords out of what you send, and change any that was in the files.")
	p.gap()
	p.line("Best regards")
	return p.w.Flush()
}

// replyCauses are the diagnoses that a customer is told of: the likely ones, or
// else the best possible one.
func replyCauses(r *engine.Report) []*engine.Diagnosis {
	var out []*engine.Diagnosis
	folded := map[string]bool{} // symptoms of a cause that is told of
	for i := range r.Diagnoses {
		d := &r.Diagnoses[i]
		if d.Level != engine.Likely || folded[d.Rule] || len(out) == 3 {
			continue
		}
		out = append(out, d)
		for _, id := range append(d.Explains, d.Group...) {
			folded[id] = true
		}
	}
	if len(out) == 0 && len(r.Diagnoses) > 0 && r.Diagnoses[0].Level == engine.Possible {
		out = append(out, &r.Diagnoses[0])
	}
	return out
}

func replyOpening(r *engine.Report, causes []*engine.Diagnosis) string {
	switch {
	case len(causes) == 0:
		return "thank you for the files. We have looked through them, and they do not show what causes the trouble yet."
	case causes[0].Level != engine.Likely:
		return "thank you for the files. We have looked through them. We are not certain yet, but one cause fits what they show:"
	case len(causes) > 1:
		return "thank you for the files. We have looked through them, and they show " + numberWord(len(causes)) + " separate problems."
	}
	return "thank you for the files. We have looked through them, and we believe that we know what is wrong."
}

func numberWord(n int) string {
	return []string{"no", "one", "two", "three"}[n]
}

func (p *page) replyCause(title string, d *engine.Diagnosis) {
	p.gap()
	p.replyHeading(title)
	p.wrap("", "", strings.TrimSuffix(d.Title, ".")+".")
	p.gap()
	p.wrap("", "", d.Cause)
	if len(d.Evidence) > 0 {
		e := &d.Evidence[0]
		p.gap()
		p.wrap("", "", replyPlace(e))
		p.wrap("  ", "  ", e.Excerpt)
	}
	if len(d.Steps) == 0 {
		return
	}
	p.gap()
	p.replyHeading("What to do")
	for i, s := range d.Steps {
		first := itoa(i+1) + ". "
		rest := strings.Repeat(" ", len(first))
		p.wrap(first, rest, s.Text)
		if s.Verify != "" {
			p.wrap(rest+"To check: ", rest, s.Verify)
		}
	}
}

// replyPlace says where a piece of evidence stands, as the customer knows it.
func replyPlace(e *engine.Evidence) string {
	s := "We see it here, in " + fileName(e.Path)
	if e.Line > 0 {
		s += ", line " + itoa(e.Line)
	}
	switch {
	case e.Count > 1 && e.First != "" && e.First != e.Last:
		s += ", one of " + grouped(e.Count) + " times between " + clock(e.First) + " and " + clock(e.Last)
	case e.Time != "":
		s += ", of " + clock(e.Time)
	}
	return s + ":"
}

func (p *page) replyHeading(s string) {
	p.line(s)
	p.line(strings.Repeat("-", min(columns(s), p.style.Width)))
}

func (p *page) replyNext(r *engine.Report) {
	if len(r.Next) == 0 && len(r.Diagnoses) == 0 {
		p.gap()
		p.replyHeading("What to send us")
		for _, w := range wouldHelp {
			p.wrap("- ", "  ", w)
		}
	}
	if len(r.Next) == 0 {
		return
	}
	p.gap()
	p.replyHeading("What to send us")
	p.wrap("", "", "It would help us to know:")
	for _, q := range r.Next[:min(len(r.Next), 3)] {
		p.wrap("- ", "  ", q.Ask)
	}
}

// replyLost asks again for files that could not be read.
func (p *page) replyLost(r *engine.Report) {
	first := true
	for i := range r.Inputs {
		in := &r.Inputs[i]
		if in.Error == "" {
			continue
		}
		if first {
			p.gap()
			p.wrap("", "", "These files could not be read. Please send them again:")
			first = false
		}
		why := strings.TrimPrefix(in.Error, in.Path+": ")
		p.wrap("- ", "  ", fileName(in.Path)+" ("+why+")")
	}
}

// fileName is the last part of a path, as the customer knows the file.
func fileName(path string) string {
	return path[strings.LastIndexAny(path, "/!")+1:]
}
