package profile

import (
	"fmt"
	"strings"
)

// Rows gives the summary in rows of a label and a text.
func (s *Summary) Rows(row func(label, value string)) {
	if s.Zone == "local" {
		row("zone", "not stated: wall clock of the computer that saved the log (--tz says which)")
	} else {
		row("zone", s.Zone)
	}
	row("order", s.Order)
	var levels []string
	for _, l := range s.Levels {
		levels = append(levels, fmt.Sprintf("%s %d", l.Name, l.Count))
	}
	row("levels", strings.Join(levels, ", "))
	for i, k := range s.Kinds {
		label := ""
		if i == 0 {
			label = "events"
		}
		provider := k.Provider
		if provider == "" {
			provider = "(no source)"
		}
		row(label, strings.TrimRight(fmt.Sprintf("%7d  %s %d  %s", k.Count, provider, k.ID, k.Level), " "))
	}
	if n := s.KindCount - len(s.Kinds); n > 0 {
		row("", fmt.Sprintf("and %d more kinds (--all shows them)", n))
	}
	for i := range s.Gaps {
		row("gaps", s.Gaps[i].text())
	}
	for _, m := range s.Marks {
		row("note", m.text())
	}
	if s.MoreMarks > 0 {
		row("note", fmt.Sprintf("and %d more of these", s.MoreMarks))
	}
}

func (g *Gaps) text() string {
	var b strings.Builder
	if name := strings.Trim(g.Log+" of "+g.Host, " "); g.Log != "" && g.Host != "" {
		b.WriteString(name + ": ")
	} else if g.Log+g.Host != "" {
		b.WriteString(g.Log + g.Host + ": ")
	}
	fmt.Fprintf(&b, "records %d to %d", g.First, g.Last)
	switch {
	case g.Unknown:
		b.WriteString(", too many gaps to count")
	case g.Missing > 0:
		fmt.Fprintf(&b, ", %d missing:", g.Missing)
		for i, x := range g.Largest {
			if i > 0 {
				b.WriteByte(',')
			}
			if x[0] == x[1] {
				fmt.Fprintf(&b, " %d", x[0])
			} else {
				fmt.Fprintf(&b, " %d to %d", x[0], x[1])
			}
		}
		if n := g.Gaps - len(g.Largest); n > 0 {
			fmt.Fprintf(&b, ", and %d smaller gaps", n)
		}
	}
	if g.Repeats > 0 {
		fmt.Fprintf(&b, ", %d numbers more than once", g.Repeats)
	}
	return b.String()
}

func (m *Mark) text() string {
	var b strings.Builder
	if m.Time != "" {
		b.WriteString(m.Time + " ")
	}
	b.WriteString(m.What)
	switch {
	case m.Line > 0:
		fmt.Fprintf(&b, ", line %d", m.Line)
	case m.Record > 0:
		fmt.Fprintf(&b, ", record %d", m.Record)
	}
	return b.String()
}
