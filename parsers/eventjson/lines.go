package eventjson

import (
	"strings"

	"kbdiag/parsers"
)

// gap takes the line of text here, which is no JSON. An object in the middle
// of it is read: loggers put their own marks before a record.
func (w *walker) gap() {
	s := w.src
	end := w.lineEnd()
	line := s.text[s.i:end]
	if j := strings.Index(line, `{"`); j > 0 && w.lead < 0 {
		w.lead = s.i
		s.i += j
		return
	}
	from := s.i
	if w.lead >= 0 {
		from, w.lead = w.lead, -1
		line = s.text[from:end]
	}
	s.i = end
	switch t := strings.TrimSpace(line); {
	case t == "" || isRecordMark(t):
	case isLeftOut(t):
		w.out.Skip(parsers.SkipMark, 1, s.pos(from, end))
	default:
		w.prose++
		w.lines(from, end)
	}
}

// lineEnd gives the end of the line here, with its line end.
func (w *walker) lineEnd() int {
	s := w.src
	for {
		if i := strings.IndexByte(s.text[s.i:], '\n'); i >= 0 {
			return s.i + i + 1
		}
		if s.eof || len(s.text)-s.i > parsers.MaxLine {
			return len(s.text)
		}
		s.more()
		w.big = w.big[:0]
		w.lead = -1
	}
}

// isRecordMark tells the "Record 12" that evtx_dump prints before each record.
func isRecordMark(t string) bool {
	rest, ok := strings.CutPrefix(t, "Record ")
	return ok && rest != "" && strings.Trim(rest, "0123456789") == ""
}

// isLeftOut tells "...", "[...]", "…" and the like.
func isLeftOut(t string) bool {
	return strings.ContainsAny(t, ".…") && strings.Trim(t, ".…[]()<>, ") == ""
}

// lines gives text[from:to] on as lines of text.
func (w *walker) lines(from, to int) {
	s := w.src
	for from < to {
		end := to
		if i := strings.IndexByte(s.text[from:to], '\n'); i >= 0 {
			end = from + i + 1
		}
		text := strings.TrimRight(s.text[from:end], "\r\n")
		if strings.TrimSpace(text) != "" {
			pos := s.pos(from, end)
			if len(text) > parsers.MaxLine {
				text = text[:parsers.MaxLine]
				w.out.Skip("rest of a line longer than 1 MiB", 1, pos)
			}
			w.out.Line(&parsers.Line{Pos: pos, Text: text})
		}
		from = end
	}
}
