package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"kbdiag/engine"
)

// Markdown prints a report for a ticket system.
func Markdown(w io.Writer, r *engine.Report, _ Style) error {
	m := &markdown{bufio.NewWriter(w)}
	v := verdictOf(r)
	if len(r.Diagnoses) == 0 {
		m.f("**%s**\n", mdText(v.Text))
		if sound := soundness(r); sound != "" {
			m.f("\n%s\n", mdText(sound))
		}
	} else {
		d := &r.Diagnoses[0]
		m.f("**%s: %s** (%s, %s, %s)\n", v.Reach, mdText(v.Text), mdText(d.Rule), d.Level, percent(d.Confidence))
		if len(v.Also) > 0 {
			m.f("\nLikely as well: %s.\n", mdText(strings.Join(v.Also, ", ")))
		}
	}
	if i := r.Incident; i != nil {
		m.f("\nIncident: %s to %s (%s)\n", clock(i.From), clock(i.To), mdText(i.Why))
	}
	for _, n := range r.Notes {
		m.f("\nNote: %s\n", mdText(n))
	}
	shown, rest := split(r.Diagnoses)
	for i := range shown {
		m.diagnosis(&shown[i])
	}
	m.rest(rest)
	m.next(r)
	m.unexplained(r.Unexplained)
	m.inputs(r)
	m.f("\n_kbdiag %s, %s_\n", mdText(r.Tool.Version), plural(r.Tool.Rules, "rule"))
	return m.w.Flush()
}

type markdown struct{ w *bufio.Writer }

func (m *markdown) f(format string, args ...any) { fmt.Fprintf(m.w, format, args...) }

// mdSpecial are the characters that mean something inside a line of Markdown.
var mdSpecial = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "|", `\|`, "#", `\#`, "~", `\~`, "!", `\!`, "@", "&#64;", "$", `\$`)

// mdText writes a text so that it is read as it stands, on one line.
func mdText(s string) string { return mdSpecial.Replace(oneLine(s)) }

// mdCode writes a text as code, whatever backticks it has.
func mdCode(s string) string {
	s = oneLine(s)
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

func (m *markdown) diagnosis(d *engine.Diagnosis) {
	m.f("\n## %d. %s: %s\n\n", d.Rank, mdText(d.Rule), mdText(d.Title))
	m.f("**%s**, %s", d.Level, percent(d.Confidence))
	if len(d.Products) > 0 {
		m.f("; applies to %s", mdText(strings.Join(d.Products, "; ")))
	}
	m.f("\n")
	if d.LevelWhy != "" {
		m.f("\nNot surer because: %s\n", mdText(d.LevelWhy))
	}
	if len(d.Group) > 0 {
		m.f("\nWhat was supplied cannot tell it from %s.\n", mdText(strings.Join(d.Group, ", ")))
		for _, s := range d.Separate {
			m.f("- would tell them apart: %s\n", mdText(s))
		}
	}
	if len(d.Explains) > 0 {
		m.f("\nIt explains these as well: %s.\n", mdText(strings.Join(d.Explains, ", ")))
	}
	m.evidence("Evidence", d.Evidence)
	m.evidence("Against it", d.Against)
	if len(d.Unknown) > 0 {
		m.f("\n### Cannot tell\n\n")
		for _, u := range d.Unknown {
			m.f("- %s: %s\n", mdText(words(u.Signal)), mdText(u.Why))
		}
	}
	m.f("\n### Cause\n\n%s\n", mdText(d.Cause))
	if len(d.Steps) > 0 {
		m.f("\n### What to do\n\n")
	}
	for i, s := range d.Steps {
		m.f("%d. %s\n", i+1, mdText(s.Text))
		if s.Verify != "" {
			m.f("   - Check: %s\n", mdText(s.Verify))
		}
	}
	m.f("\n<details><summary>Why %s (%+.1f decibans)</summary>\n\n| dB | reason |\n| ---: | --- |\n", percent(d.Confidence), d.ScoreDB)
	for _, t := range d.Terms {
		m.f("| %+.1f | %s: %s |\n", t.DB, mdText(words(t.Name)), mdText(t.Why))
	}
	m.f("\n</details>\n")
	if len(d.References) > 0 {
		m.f("\nSee also %s\n", mdText(strings.Join(d.References, ", ")))
	}
}

func (m *markdown) evidence(title string, list []engine.Evidence) {
	if len(list) == 0 {
		return
	}
	m.f("\n### %s\n\n", title)
	for i := range list {
		e := &list[i]
		m.f("- %s", mdCode(Place(e.Path, e.Line, e.Record)))
		if e.Time != "" {
			m.f(" %s", clock(e.Time))
		}
		if e.Count > 1 {
			m.f(" (%s times", grouped(e.Count))
			if e.First != "" && e.First != e.Last {
				m.f(", %s", span(e.First, e.Last))
			}
			m.f(")")
		}
		m.f("  \n  %s\n", mdCode(e.Excerpt))
		if e.Doc != "" {
			m.f("  \n  %s\n", mdText(e.Doc))
		}
	}
}

func (m *markdown) rest(list []engine.Diagnosis) {
	if len(list) == 0 {
		return
	}
	m.f("\n## Less likely\n\n| rank | rule | sure | title |\n| ---: | --- | ---: | --- |\n")
	for _, d := range list {
		m.f("| %d | %s | %s | %s |\n", d.Rank, mdText(d.Rule), percent(d.Confidence), mdText(d.Title))
	}
}

func (m *markdown) next(r *engine.Report) {
	list := r.Next
	if len(r.Diagnoses) == 0 && len(list) == 0 {
		m.f("\n## What would help\n\n")
		for _, w := range wouldHelp {
			m.f("- %s\n", mdText(w))
		}
	}
	if len(list) == 0 {
		return
	}
	m.f("\n## What to ask for next\n\n")
	for i, q := range list {
		m.f("%d. %s (tells more about %s)\n", i+1, mdText(q.Ask), mdText(strings.Join(q.Separates, ", ")))
	}
}

func (m *markdown) unexplained(list []engine.Unexplained) {
	if len(list) == 0 {
		return
	}
	m.f("\n## Errors that no diagnosis explains\n\n| times | what | where |\n| ---: | --- | --- |\n")
	for _, u := range list {
		m.f("| %d | %s | %s |\n", u.Count, mdText(u.Example), mdText(Place(u.Path, u.Line, u.Record)))
	}
}

func (m *markdown) inputs(r *engine.Report) {
	m.f("\n## Inputs\n\n| file | form | read |\n| --- | --- | --- |\n")
	for i := range r.Inputs {
		in := &r.Inputs[i]
		read := inputCounts(in)
		if in.First != "" {
			read += ", " + span(in.First, in.Last)
		}
		if in.Error != "" {
			read = "**not read:** " + mdText(in.Error)
		}
		for _, s := range in.Skipped {
			read += fmt.Sprintf("; skipped %d from %s: %s", s.Count, s.Pos, mdText(s.Reason))
		}
		m.f("| %s | %s | %s |\n", mdText(in.Path), mdText(in.Format), read)
	}
}
