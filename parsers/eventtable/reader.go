package eventtable

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// maxCell is the longest cell that is kept, in bytes. A quote that is never
// closed must not keep the rest of a file.
const maxCell = eventtext.MaxMessage

// reader takes the lines of a table one by one and gives its events to out. A
// row is held until the next one begins, because its last cell may go on.
type reader struct {
	out  *parsers.Out
	emit func(e *parsers.Event)
	rec  *Record
	l    *layout

	row    splitter // in work
	next   splitter // of the line that is being looked at
	pos    parsers.Pos
	busy   bool   // a row is in work
	cell   []byte // the text of the open cell, or of one that grows
	grows  bool   // the last cell is in cell
	cut    bool   // the last cell is longer than maxCell
	quoted bool   // rows begin with a quote
	lead   bool   // quoted is known

	ev     parsers.Event
	lines  []parsers.TextLine // of the row in work, while it is not known to be an event
	indent int                // blanks before the names, in text
	lost   int                // quotes that were not closed
	rows   int                // rows that were events
	other  int                // rows that were none
}

func newReader(l *layout, dates *eventtext.Dates, out *parsers.Out) *reader {
	r := &reader{out: out, rec: NewRecord(dates), l: l}
	if out != nil {
		r.emit = out.Event
	}
	r.row.sep, r.next.sep = l.sep, l.sep
	return r
}

// line takes the next line of the table.
func (r *reader) line(t *parsers.TextLine) {
	switch {
	case r.row.open && !(r.quoted == startsQuoted(t.Text) && r.startsRow(t.Text)):
		r.openLine(t)
	case t.Text == "":
		r.grow(t)
	case r.skips(t):
	default:
		r.beginRow(t)
	}
}

// skips passes over what stands between rows and is none.
func (r *reader) skips(t *parsers.TextLine) bool {
	switch c := t.Text[0]; {
	case c == '#' && (strings.HasPrefix(t.Text, "#TYPE ") || strings.HasPrefix(t.Text, "#Software") || strings.HasPrefix(t.Text, "#Fields") || strings.HasPrefix(t.Text, "#Version") || strings.HasPrefix(t.Text, "#Date")),
		t.Text == r.l.line:
		r.flush()
		r.skip(parsers.SkipHeader, t)
		return true
	case len(t.Text) < 12 && eventtext.IsLeftOut(eventtext.Trim(t.Text)):
		r.flush()
		r.skip(parsers.SkipMark, t)
		return true
	case r.l.spans != nil && (c == '-' || t.Text == "Press a key...") || (c == '|' || c == '-' || c == ':') && strings.Trim(t.Text, "|-: ") == "":
		r.flush()
		r.skip(parsers.SkipTemplate, t)
		return true
	}
	return false
}

func (r *reader) skip(reason string, t *parsers.TextLine) {
	if r.out != nil {
		r.out.Skip(reason, 1, linePos(t))
	}
}

func startsQuoted(s string) bool { return s != "" && s[0] == '"' }

// cells takes a line apart into s.
func (r *reader) cells(s *splitter, text string) {
	s.cells, s.open = s.cells[:0], false
	switch {
	case r.l.spans != nil:
		s.cells = splitSpans(text, r.l.spans, s.cells)
	case r.l.piped:
		s.cells, _ = pipeCells(text)
	default:
		s.split(text, 0)
	}
}

// startsRow reports whether a line inside an open quote is the beginning of
// the next row: the quote was lost. A cell with such a line in it would have
// its quotes doubled, or have an id and a time by accident.
func (r *reader) startsRow(text string) bool {
	if len(text) < 12 || r.l.id < 0 || r.l.time < 0 {
		return false
	}
	r.cells(&r.next, text)
	return r.fits(r.next.cells)
}

// fits reports whether cells have an event's id and a time in their places.
func (r *reader) fits(cells []string) bool {
	if r.l.id >= len(cells) || r.l.time >= len(cells) || r.l.id < 0 || r.l.time < 0 {
		return false
	}
	if _, ok := identifier(cells[r.l.id]); !ok {
		return false
	}
	v := strings.TrimSpace(cells[r.l.time])
	return v != "" && (digit(v[0]) || v[0] >= 0x80 || eventtext.StampLen(v) > 0 || HasNoYear(v))
}

// openLine adds a line to a cell whose quote is open.
func (r *reader) openLine(t *parsers.TextLine) {
	r.pos.Length = t.Offset + int64(t.Length) - r.pos.Offset
	end := -1
	if strings.IndexByte(t.Text, '"') >= 0 {
		end = eventtext.ClosingQuote(t.Text, 0, r.l.sep)
	}
	if end < 0 {
		r.addText("\n", t.Text)
		return
	}
	r.addText("\n", t.Text[:end])
	r.closeCell()
	r.row.open = false
	if end+1 < len(t.Text) {
		r.row.split(t.Text, end+2)
		r.openCell()
	}
}

// openCell begins the text of a cell whose quote is open.
func (r *reader) openCell() {
	if r.row.open {
		r.cell = append(r.cell[:0], r.row.cells[len(r.row.cells)-1]...)
		r.grows = true
	}
}

// closeCell ends the text of the last cell.
func (r *reader) closeCell() {
	if !r.grows {
		return
	}
	text := strings.TrimRight(string(r.cell), "\n")
	if r.row.open {
		text = undouble(text)
	}
	r.row.cells[len(r.row.cells)-1] = text
	r.grows = false
}

func (r *reader) addText(gap, text string) {
	if len(r.cell)+len(gap)+len(text) > maxCell {
		r.cut = true
		return
	}
	r.cell = append(append(r.cell, gap...), text...)
}

// grow adds a line that is no row to the last cell, where that is the message
// and was not quoted.
func (r *reader) grow(t *parsers.TextLine) bool {
	if !r.busy || r.l.message != len(r.l.cols)-1 || len(r.row.cells) < len(r.l.cols) || r.l.spans != nil || r.l.piped {
		return false
	}
	if !r.grows {
		r.cell = append(r.cell[:0], r.row.cells[len(r.row.cells)-1]...)
		r.grows = true
	}
	r.addText("\n", t.Text)
	if t.Text != "" {
		r.pos.Length = t.Offset + int64(t.Length) - r.pos.Offset
	}
	return true
}

// beginRow takes a line that is not part of an open cell.
func (r *reader) beginRow(t *parsers.TextLine) {
	r.cells(&r.next, t.Text)
	if !r.l.packed && !r.next.open && !r.mayBeRow() {
		if !r.grow(t) {
			r.flush()
			r.notRow(t)
		}
		return
	}
	r.flush()
	r.row, r.next = r.next, r.row
	r.busy, r.cut = true, t.Cut
	if !r.lead {
		r.quoted, r.lead = startsQuoted(t.Text), true
	}
	r.pos = linePos(t)
	r.lines = append(r.lines[:0], *t)
	r.openCell()
}

// mayBeRow reports whether the cells of a line have an event's id in their
// place. A row whose cells are yet to come may.
func (r *reader) mayBeRow() bool {
	id := r.l.id
	if id < 0 || id >= len(r.next.cells) {
		return false
	}
	_, ok := identifier(r.next.cells[id])
	return ok
}

// notRow takes a line that is none.
func (r *reader) notRow(t *parsers.TextLine) {
	r.other++
	if r.out != nil && strings.TrimSpace(t.Text) != "" {
		r.out.Line(&parsers.Line{Pos: linePos(t), Text: t.Text})
	}
}

// flush gives the row in work to out.
func (r *reader) flush() {
	if !r.busy {
		return
	}
	r.busy = false
	if r.row.open {
		r.lost++
	}
	r.closeCell()
	r.row.open = false
	cells := r.joined(r.row.cells)
	r.fill(cells)
	r.ev.Pos = r.pos
	if !r.rec.Event(&r.ev) {
		r.notEvent()
		return
	}
	r.ev.Truncated = r.ev.Truncated || r.cut
	r.rows++
	if r.emit != nil {
		r.emit(&r.ev)
	}
}

// notEvent takes a row without an event's id: a line of its own text.
func (r *reader) notEvent() {
	r.other++
	if r.out == nil {
		return
	}
	text := r.lines[0].Text
	if r.l.message >= 0 && r.l.message < len(r.row.cells) && r.l.packed {
		text = strings.Join(r.row.cells, string(r.l.sep))
	}
	r.out.Line(&parsers.Line{Pos: r.pos, Text: text})
}

// joined puts a message together that a quote in it has cut into several
// cells.
func (r *reader) joined(cells []string) []string {
	more := len(cells) - len(r.l.cols)
	m := r.l.message
	if more <= 0 || m < 0 || m >= len(cells) || r.l.id > m && r.l.id+more >= len(cells) {
		return cells
	}
	if r.l.id > m {
		// What follows the message must fit better when it is joined.
		if _, ok := identifier(cells[r.l.id+more]); !ok {
			return cells
		}
	}
	sep := string(r.l.sep)
	if r.quoted { // the quotes stood in the text, not around cells
		sep = `"` + sep
	}
	text := strings.Join(cells[m:m+more+1], sep)
	if r.quoted {
		text = strings.TrimSuffix(text, `"`)
	}
	cells = append(append(cells[:m:m], text), cells[m+more+1:]...)
	return cells
}

// fill puts the cells into the record.
func (r *reader) fill(cells []string) {
	r.rec.Reset()
	for i, v := range cells {
		if v == "" || i >= len(r.l.cols) {
			continue
		}
		c := &r.l.cols[i]
		if c.known && c.Column == Ignored {
			continue
		}
		if r.l.plus && strings.IndexByte(v, '+') >= 0 {
			v = strings.ReplaceAll(v, "+", " ")
		}
		switch {
		case len(v) == 1 && v[0] == '-':
		case c.known:
			r.rec.Set(c.Name, v)
		case c.text != "":
			r.rec.Extra(c.text, v)
		}
	}
}

// end gives the last row to out and says what is in doubt.
func (r *reader) end() {
	r.cut = r.cut || r.row.open
	r.flush()
	if r.out == nil {
		return
	}
	if r.lost > 0 {
		r.out.Note("closing quotes are missing: " + count(r.lost, "cell", "cells") + "; such a cell ends where the next row begins")
	}
	r.rec.Report(r.out)
}
