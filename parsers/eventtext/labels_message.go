package eventtext

import (
	"strings"

	"kbdiag/parsers"
)

// setMessage joins the rows of the message.
func (m *recordMaker) setMessage(e *parsers.Event, r *record) {
	rows := m.s.rows[r.textFrom:r.textTo]
	for len(rows) > 0 && rows[len(rows)-1].blank() {
		rows = rows[:len(rows)-1]
	}
	if r.slash > 1 {
		rows = withoutMarks(rows)
	}
	if mark := lineMark(m.s.rows[r.first].text); mark != 0 {
		rows = withoutLineMark(rows, mark)
	}
	if r.full && (!m.s.article || m.pasted(r)) {
		m.setPlainMessage(e, r, rows)
		return
	}
	m.setWrappedMessage(e, r, rows)
}

// withoutMarks takes the line mark of markdown off the ends of the rows.
func withoutMarks(rows []row) []row {
	list := append([]row(nil), rows...)
	for i := range list {
		list[i].text = trimBlanks(strings.TrimSuffix(list[i].text, `\`))
	}
	return list
}

// lineMark gives the mark of a comment or of a quote that a row begins with, 0
// if there is none.
func lineMark(t string) byte {
	if len(t) > 1 && strings.IndexByte("|*#;", t[0]) >= 0 && t[1] == ' ' {
		return t[0]
	}
	return 0
}

// withoutLineMark takes a mark off the rows where all of them have it.
func withoutLineMark(rows []row, mark byte) []row {
	list := append([]row(nil), rows...)
	for i := range list {
		t := list[i].text
		if t == "" {
			continue
		}
		if t[0] != mark || len(t) > 1 && t[1] != ' ' {
			return rows
		}
		list[i].text = trimBlanks(t[1:])
	}
	return list
}

// pasted reports whether the record was pasted as Event Viewer copied it, with
// tabs behind the labels: its lines were not wrapped since.
func (m *recordMaker) pasted(r *record) bool {
	line := m.w.Lines[m.s.rows[r.first].line].Text
	return strings.IndexByte(line, '\t') >= 0
}

// setPlainMessage keeps the lines as they are.
func (m *recordMaker) setPlainMessage(e *parsers.Event, r *record, rows []row) {
	if r.inline == "" && len(rows) == 1 {
		e.Set(parsers.FieldMessage, rows[0].text)
		return
	}
	b := append(m.buf[:0], r.inline...)
	blank := 0
	for i := range rows {
		if rows[i].blank() {
			blank++
			continue
		}
		if len(b) > 0 {
			b = append(b, '\n')
			if blank > 1 || blank == 1 && !r.double {
				b = append(b, '\n')
			}
		}
		blank = 0
		b = appendIndent(b, int(rows[i].indent-r.indent))
		b = append(b, rows[i].text...)
	}
	m.buf = b
	if len(b) > 0 || r.inText {
		e.Set(parsers.FieldMessage, string(b))
	}
}

const maxPad = 16

func appendIndent(b []byte, n int) []byte {
	if n > maxPad {
		return b
	}
	for ; n > 0; n-- {
		b = append(b, ' ')
	}
	return b
}

// setWrappedMessage joins the lines that were wrapped with a blank: those that
// the next word would have made too long.
func (m *recordMaker) setWrappedMessage(e *parsers.Event, r *record, rows []row) {
	width := m.widest(r, rows)
	b := append(m.buf[:0], r.inline...)
	last := 0 // columns of the line before
	if r.inline != "" {
		w := &m.s.rows[r.end-1]
		last = int(w.indent) + len(w.text)
	}
	gap := false
	for i := range rows {
		w := &rows[i]
		if w.blank() {
			gap = true
			continue
		}
		if len(b) > 0 {
			switch {
			case gap && !(r.double && i > 0):
				b = append(b, "\n\n"...)
			case gap, last+1+firstWord(w.text) <= width, isListMark(w.text), isPair(w.text):
				b = append(b, '\n')
			default:
				b = append(b, ' ')
			}
		}
		gap = false
		b = append(b, w.text...)
		last = int(w.indent) + len(w.text)
	}
	m.buf = b
	if len(b) > 0 {
		e.Set(parsers.FieldMessage, string(b))
	}
}

// isPair reports whether a row is a name with its value: "Logon Type:  3",
// "Line = 742". Such rows stand in lists and are not joined.
func isPair(t string) bool {
	i := strings.IndexAny(t, ":=")
	if i <= 0 || i > 40 || i+1 < len(t) && t[i+1] != ' ' && t[i+1] != '\t' {
		return false
	}
	if t[0] < 'A' || t[0] > 'Z' {
		return false
	}
	return strings.Count(trimBlanks(t[:i]), " ") < 3
}

// minWidth is the narrowest width that text is taken to be wrapped at.
const minWidth = 48

// widest is the width at which the lines were wrapped.
func (m *recordMaker) widest(r *record, rows []row) int {
	width := minWidth
	if r.inline != "" {
		w := &m.s.rows[r.end-1]
		width = max(width, int(w.indent)+len(w.text))
	}
	for i := range rows {
		width = max(width, int(rows[i].indent)+len(rows[i].text))
	}
	return width
}

func firstWord(t string) int {
	if i := strings.IndexByte(t, ' '); i >= 0 {
		return i
	}
	return len(t)
}
