package eventjson

import (
	"strings"

	"kbdiag/parsers"
)

// YAMLFinder finds the documents that Chainsaw's search prints inside free
// text: quoted in a mail, indented, in a block of code.
func YAMLFinder() parsers.Finder {
	return parsers.Finder{Name: "events in YAML", Find: func(w *parsers.Window, out *parsers.Out) {
		for i := 0; i < len(w.Lines); i++ {
			if t := w.Lines[i].Text; !strings.Contains(t, "Event:") && !strings.Contains(t, "Event_attributes:") || w.Taken(i) {
				continue
			}
			if to := findYAML(w, i, out); to > i {
				i = to - 1
			}
		}
	}, May: opensYAML}
}

// opensYAML reports whether a document may begin on a line.
func opensYAML(line string) bool {
	name := strings.Trim(strings.TrimLeft(line, "> \t"), " \t")
	return name == "Event:" || name == "Event_attributes:"
}

// findYAML reads the document whose first name stands on line i, and gives the
// line behind it; i if there is none.
func findYAML(w *parsers.Window, i int, out *parsers.Out) int {
	first := w.Lines[i].Text
	name := strings.TrimLeft(first, "> \t")
	if name = strings.TrimRight(name, " \t"); name != "Event:" && name != "Event_attributes:" {
		return i
	}
	before := first[:len(first)-len(strings.TrimLeft(first, "> \t"))]
	y := yamlReader{out: out, rd: reader{opts: w.Opts}}
	end := i
	for j := i; j < len(w.Lines) && j-i < maxYAMLLines && y.size < maxYAMLBytes && !w.Taken(j); j++ {
		l := w.Lines[j]
		t, ok := strings.CutPrefix(l.Text, before)
		if !ok && strings.TrimSpace(strings.Trim(l.Text, ">")) != "" {
			break
		}
		if j > i && !inYAML(t) {
			break
		}
		l.Text = t
		y.lines = append(y.lines, l)
		y.size += len(t)
		if strings.TrimSpace(t) != "" {
			end = j + 1
		}
	}
	y.lines = y.lines[:end-i]
	y.next = 0
	y.mapping(0, 0)
	var e parsers.Event
	if _, o := y.d.scan(y.b.String(), 0); o != whole || y.next < len(y.lines) || !y.rd.event(&y.d, 0, &e) {
		return i
	}
	pos := w.Span(i, end)
	pos.Record = e.Pos.Record
	e.Pos = pos
	if i > 0 && strings.TrimLeft(w.Lines[i-1].Text, "> \t") == "---" && !w.Taken(i-1) {
		w.Take(i-1, i)
	}
	w.Take(i, end)
	out.Event(&e)
	return end
}

// inYAML reports whether a line goes on with the document of an event: the
// names at its edge are known.
func inYAML(t string) bool {
	if t == "" || t[0] == ' ' {
		return true
	}
	switch strings.TrimRight(t, " \t") {
	case "Event:", "Event_attributes:":
		return true
	}
	return false
}
