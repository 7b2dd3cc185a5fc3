package eventtable

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// Format is the form of files that are a table of events with a row of names.
func Format() parsers.Format {
	return parsers.Format{Name: "event-table", Detect: detect, Parse: parse}
}

// maxPreface is how many lines may stand before the names.
const maxPreface = 12

// headText goes through the lines of a head.
type headText struct{ rest string }

func (h *headText) next() (string, bool) {
	if h.rest == "" {
		return "", false
	}
	line := h.rest
	if i := strings.IndexByte(line, '\n'); i >= 0 {
		line, h.rest = h.rest[:i], h.rest[i+1:]
	} else {
		h.rest = ""
	}
	return strings.TrimSuffix(line, "\r"), true
}

// find finds the names of the columns, and gives how many lines stand before
// the first row.
func find(h *parsers.Head) (l *layout, before int) {
	if l, before = findNames(h); l != nil {
		return l, before
	}
	return headless(h)
}

func findNames(h *parsers.Head) (l *layout, before int) {
	t := headText{h.Text}
	last := "" // a line that may be the names of a table with dashes beneath
	for before < maxPreface {
		line, ok := t.next()
		if !ok {
			return nil, 0
		}
		before++
		trimmed := eventtext.Trim(line)
		if l, ok := w3cHeader(trimmed); ok {
			return l, before
		}
		if l, ok := natHeader(last, line); ok {
			return l, before
		}
		if line != "" && line[0] > ' ' { // an indented table stands in text, whose finder reads it
			if l, ok := readHeader(trimmed); ok {
				return l, before
			}
		}
		if last != "" {
			return nil, 0
		}
		if !isPreface(trimmed) {
			last = line
		}
	}
	return nil, 0
}

// isPreface reports whether a line may stand before the names: the type of
// the objects, what Excel wants to know, the marks of W3C, a prompt, a banner.
func isPreface(t string) bool {
	return t == "" || t[0] == '#' || strings.HasPrefix(t, "sep=") || strings.HasPrefix(t, "PS ") ||
		strings.HasPrefix(t, "PsLog") || strings.HasPrefix(t, "Copyright") || strings.HasPrefix(t, "Sysinternals") || strings.HasPrefix(t, "System log on") || strings.Contains(t, " log on \\\\")
}

// sampleRows is how many rows detection looks at.
const sampleRows = 40

func detect(h *parsers.Head) int {
	l, before := find(h)
	if l == nil {
		return 0
	}
	t := headText{h.Text}
	for range before {
		t.next()
	}
	levels, known := 0, 0
	r := newReader(l, eventtext.NewDates(parsers.Options{}), nil)
	r.emit = func(e *parsers.Event) {
		if r.rec.Value(LevelWord)+r.rec.Value(Level)+r.rec.Value(Type) != "" {
			levels++
		}
		if e.Has(parsers.FieldLevel) {
			known++
		}
	}
	lines := 0
	for r.rows < sampleRows && lines < 4000 {
		line, ok := t.next()
		if !ok {
			break
		}
		lines++
		r.line(&parsers.TextLine{Text: line})
	}
	r.flush()
	switch {
	case lines == 0 || r.rows == 0 && r.other == 0:
		if l.points >= minPoints+3 {
			return 70
		}
		return 0
	case r.rows == 0 && l.packed && l.form == "plaso-csv":
		return 60 // events may come later in the timeline
	case r.rows == 0, l.points < minPoints+3 && levels > 0 && known == 0:
		return 0
	case l.form == "splunk-csv":
		return 97 // its cells hold events in a form of their own
	}
	return 88
}

func parse(in *parsers.Input, out *parsers.Out) error {
	l, before := find(in.Head)
	if l == nil {
		return nil
	}
	out.Format(l.form)
	dates := eventtext.NewDates(in.Opts)
	dates.SampleFile(in, func(text string) { sample(dates, l, text) })
	lines := in.Lines()
	r := newReader(l, dates, out)
	for i := 0; ; i++ {
		t, ok := lines.Next()
		if !ok {
			break
		}
		if i < before {
			r.preface(&t)
			continue
		}
		r.line(&t)
	}
	r.end()
	return lines.Err()
}

// preface takes a line before the first row.
func (r *reader) preface(t *parsers.TextLine) {
	switch trimmed := eventtext.Trim(t.Text); {
	case trimmed == "":
	case isPreface(trimmed) && trimmed[0] != 'P' && trimmed[0] != 'C', r.l.line != "" && trimmed == eventtext.Trim(r.l.line), r.l.spans != nil:
		r.skip(parsers.SkipHeader, t)
	default:
		r.notRow(t)
	}
}

// sample shows the dates of a piece of the file to dates.
func sample(dates *eventtext.Dates, l *layout, text string) {
	if l.time < 0 {
		return
	}
	s := splitter{sep: l.sep}
	r := reader{l: l}
	t := headText{text}
	for {
		line, ok := t.next()
		if !ok {
			return
		}
		if len(line) < 12 {
			continue
		}
		r.cells(&s, line)
		if l.time < len(s.cells) {
			v := eventtext.Trim(s.cells[l.time])
			if v != "" && v[0] < 0x80 && !digit(v[0]) {
				continue
			}
			if l.id >= 0 && l.id < len(s.cells) {
				if _, ok := identifier(s.cells[l.id]); !ok && l.id < l.time {
					continue
				}
			}
			v, _ = cutMilli(v)
			dates.Sample(v)
		}
		for i := range s.cells {
			if i < len(l.cols) && l.cols[i].known && l.cols[i].Column == LevelWord {
				dates.Language(eventtext.LevelLanguage(s.cells[i]))
			}
		}
	}
}
