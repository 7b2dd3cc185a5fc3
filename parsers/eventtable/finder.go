package eventtable

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// Finder finds tables of events that somebody pasted into text: the row of
// names and the rows behind it, up to the first line that is neither.
func Finder() parsers.Finder {
	return parsers.Finder{Name: "event-table", Find: findTables, May: mayOpen}
}

func findTables(w *parsers.Window, out *parsers.Out) {
	findHTML(w, out)
	none := 0 // before this line there is no table with a name and a value in each row
	for i := 0; i+1 < len(w.Lines); i++ {
		if w.Taken(i) {
			continue
		}
		if i >= none {
			to, ok := pipePairs(w, i, out)
			if none = to; ok {
				i = to - 1
				continue
			}
		}
		if !mayBeHeader(w.Lines[i].Text) {
			continue
		}
		head := unmarked(w.Lines[i].Text)
		l, ok := readHeader(eventtext.Trim(head))
		if !ok {
			continue
		}
		to := findRows(w, i, l, out)
		if to > i {
			i = to - 1
		}
	}
}

// mayOpen tells the lines with which a table may begin.
func mayOpen(t string) bool {
	if mayBeHeader(t) || strings.IndexByte(t, '<') >= 0 && hasTable(t) {
		return true
	}
	if strings.IndexByte(t, '|') < 0 {
		return false
	}
	_, ok := pairName(t)
	return ok
}

// mayBeHeader spares most lines the closer look: the first cell of a header is
// a known name, and there are separators.
func mayBeHeader(t string) bool {
	t = unmarked(t)
	if len(t) < 12 || len(t) > 1<<13 {
		return false
	}
	start := 0
	for start < len(t) && (t[start] == '"' || t[start] == '|' || t[start] == ' ' || t[start] == '\t') {
		start++
	}
	t = t[start:]
	if strings.IndexByte(t, '|') >= 0 { // the names may be in any language
		cells, _ := pipeCells(t)
		_, ok := columnOf(cells[0])
		return ok
	}
	if len(t) < 2 || isLetter(t[0]) && isLetter(t[1]) && !namePairs[int(t[0]|0x20)<<8|int(t[1]|0x20)] {
		return false
	}
	end := 0
	for ; end < len(t) && end <= maxName && !endsCell[t[end]]; end++ {
	}
	if end < 2 || end > maxName || end == len(t) {
		return false
	}
	_, ok := Lookup(t[:end])
	return ok
}

// namePairs marks the first two bytes of all names.
var namePairs = func() *[1 << 16]bool {
	var t [1 << 16]bool
	for name := range nameTable {
		t[int(name[0])<<8|int(name[1])] = true
	}
	return &t
}()

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// endsCell marks what ends the first cell of a header.
var endsCell = [256]bool{',': true, ';': true, '|': true, '\t': true, '"': true}

// unmarked takes off the marks with which a mail quotes a line.
func unmarked(t string) string {
	for len(t) > 1 && t[0] == '>' {
		t = strings.TrimPrefix(t[1:], " ")
	}
	return t
}

// blanksBefore is how many blanks and tabs a line begins with.
func blanksBefore(t string) int { return len(t) - len(strings.TrimLeft(t, " \t")) }

// outdented takes as many blanks off a line as stand before the names.
func (r *reader) outdented(t string) string { return t[min(r.indent, blanksBefore(t)):] }

// findRows reads the rows behind the names at line i, and gives the line
// behind the last; i if there are none.
func findRows(w *parsers.Window, i int, l *layout, out *parsers.Out) int {
	dates := eventtext.NewDates(w.Opts)
	r := newReader(l, dates, nil)
	indent := blanksBefore(unmarked(w.Lines[i].Text))
	r.indent = indent
	to := r.pasted(w, i+1, nil)
	if r.rows == 0 {
		return i
	}
	for j := i + 1; j < to; j++ {
		sample(dates, l, r.outdented(unmarked(w.Lines[j].Text))+"\n")
	}
	first := i
	for first > 0 && !w.Taken(first-1) && strings.HasPrefix(unmarked(w.Lines[first-1].Text), "#TYPE ") {
		first--
	}
	for j := first; j <= i; j++ {
		out.Skip(parsers.SkipHeader, 1, w.Span(j, j+1))
	}
	w.Take(first, to)
	r = newReader(l, dates, nil)
	r.out, r.indent = out, indent
	r.pasted(w, i+1, out.Event)
	r.rec.Report(out)
	return to
}

// maxRowLines is how many lines one row may go over in a table that was
// pasted: a quote that was lost must not lead to the end of the text.
const maxRowLines = 400

// pasted reads rows from line j on as long as they are events, and gives the
// line behind the last.
func (r *reader) pasted(w *parsers.Window, j int, emit func(e *parsers.Event)) int {
	first, last, start := j, j, j
	r.emit = func(e *parsers.Event) {
		if emit != nil {
			emit(e)
		}
	}
	for ; j < len(w.Lines); j++ {
		t := w.Lines[j]
		t.Text = r.outdented(unmarked(t.Text))
		if w.Taken(j) && emit == nil || j-last > maxRowLines || r.rows == 0 && j-first > maxRowLines {
			break
		}
		if !r.row.open && r.endsPaste(t.Text) {
			break
		}
		r.line(&t)
		if r.pos.Line == t.No {
			start = j
		}
		if !r.row.open {
			last = j + 1
		}
	}
	if r.row.open { // the quote was lost: the row is its first line
		last = start + 1
		r.cell = append(r.cell[:0], r.row.cells[len(r.row.cells)-1]...)
		r.pos, r.cut = linePos(&w.Lines[start]), true
	}
	r.flush()
	return last
}

// endsPaste reports whether a line outside of quotes is no part of the table.
func (r *reader) endsPaste(t string) bool {
	if strings.TrimSpace(t) == "" {
		return true
	}
	if t == r.l.line || strings.Trim(t, "|-: ") == "" || eventtext.IsLeftOut(eventtext.Trim(t)) {
		return false
	}
	r.cells(&r.next, t)
	if r.l.packed { // no cell holds an id alone
		return !r.next.open && len(r.next.cells) != len(r.l.cols)
	}
	return !r.next.open && !r.mayBeRow()
}
