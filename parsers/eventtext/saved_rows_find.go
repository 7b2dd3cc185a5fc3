package eventtext

import (
	"strings"

	"kbdiag/parsers"
)

// SavedRowFinder finds rows of saved logs that were pasted into an article, a
// mail or a ticket: of Event Viewer of all generations, with commas, tabs, or
// tabs that became blanks, and of dumpel. Rows may be wrapped, indented and
// quoted, and may lack the columns of user and computer.
func SavedRowFinder() parsers.Finder {
	return parsers.Finder{Name: "saved log rows", Find: findSavedRows, May: mayBeSavedRow}
}

// mayBeSavedRow tells the lines with which a row may begin.
func mayBeSavedRow(line string) bool {
	if strings.IndexByte(line, '<') >= 0 && isMarkup(line) {
		return true
	}
	r := makeRow(line, 0)
	if len(r.text) < 16 {
		return false
	}
	var s pasteScan
	_, n := s.anchor(afterListMark(r.text))
	return n > 0
}

// pastedRow is a row found in text, with the rows of text that it covers.
type pastedRow struct {
	savedRow
	from, to int // rows of text that it covers
	textFrom int // the first row behind the one that savedRow.text is of
	textIn   int // the row that savedRow.text is of
	sep      byte
}

// pasteScan is the state of reading one window.
type pasteScan struct {
	rows []row
	text savedText
	ev   parsers.Event
}

func findSavedRows(w *parsers.Window, out *parsers.Out) {
	s := &pasteScan{rows: makeRows(w)}
	list := s.find()
	if len(list) == 0 {
		return
	}
	d := newDateOrder(w.Opts)
	for i := range list {
		d.sample(list[i].stamp)
		d.language(list[i].lang)
	}
	for i := range list {
		s.emit(&list[i], d, w, out)
	}
	d.report(out)
}

// find finds all rows of the window, in order.
func (s *pasteScan) find() []pastedRow {
	var list []pastedRow
	for j := 0; j < len(s.rows); {
		var p pastedRow
		if !s.rowAt(j, &p) {
			j++
			continue
		}
		s.takeText(&p)
		list = append(list, p)
		j = p.to
	}
	return list
}

// rowAt reads the row that begins on row j of the text.
func (s *pasteScan) rowAt(j int, p *pastedRow) bool {
	t := s.rows[j].text
	if len(t) < 16 {
		return false
	}
	t = afterListMark(t)
	switch dated, n := s.anchor(t); {
	case n == 0:
		return false
	case dated:
		return s.datedRow(j, t, n, p)
	default:
		return s.levelRow(j, t, n, p)
	}
}

// afterListMark takes a bullet or number off a row.
func afterListMark(t string) string {
	if !isListMark(t) {
		return t
	}
	if bare, bullet := strings.CutPrefix(t, "•"); bullet { // some mail programs put no blank behind it
		return bare[blankRun(bare):]
	}
	_, rest, _ := strings.Cut(t, " ")
	return rest[blankRun(rest):]
}

// anchor tells what a row of text begins with: date and time, or a level word
// followed by date and time. n is their length, 0 if it begins with neither.
func (s *pasteScan) anchor(t string) (dated bool, n int) {
	if t == "" {
		return false, 0
	}
	q := 0
	if t[0] == '"' {
		q = 1
	}
	if q < len(t) && isDigit(t[q]) {
		return true, stampLength(t[q:])
	}
	k, w := levelPrefix(t)
	if k == 0 || w.level == parsers.LevelUnknown {
		if t[0] >= 0x80 {
			return true, stampLength(t)
		}
		return false, 0
	}
	gap := k
	for gap < len(t) && (strings.IndexByte(separators, t[gap]) >= 0 || t[gap] == '"' || t[gap] == ' ') {
		gap++
	}
	if gap == k {
		return false, 0
	}
	m := stampLength(t[gap:])
	if m == 0 {
		return false, 0
	}
	return false, gap + m
}

// stampLength is the length of the date and time that t begins with, 0 if it
// begins with none or with a date alone. A comma, or whatever else separates
// fields, may stand between the two.
func stampLength(t string) int {
	st, n := scanStamp(t)
	if n == 0 || st.clock.set {
		return n
	}
	m := n
	for m < len(t) && (strings.IndexByte(separators, t[m]) >= 0 || t[m] == '"' || t[m] == ' ') {
		m++
	}
	if _, k := scanClock(t[m:]); k > 0 {
		return m + k
	}
	return 0
}

// levelPrefix reads the level word that t begins with, of up to four words of
// text. It must be written as programs write it, with a capital.
func levelPrefix(t string) (n int, w levelWord) {
	i, best := 0, 0
	if t[0] == '"' {
		i = 1
	}
	from := i
	if i == len(t) || t[i] >= 'a' && t[i] <= 'z' || t[i] < 'A' || levelLengths[lowerASCII(t[i])] == 0 {
		return 0, w
	}
	for words := 0; words < 4 && i < len(t) && i < maxLevelWord; words++ {
		for i < len(t) && !endsWord(t[i]) {
			i++
		}
		if words == 0 && !beginsLevel(t[from:i]) {
			return 0, w
		}
		if found := printedLevel(t[from:i]); found.level != parsers.LevelUnknown {
			best, w = i, found
		}
		if i == len(t) || t[i] != ' ' {
			break
		}
		i++
	}
	return best, w
}

// endsWord reports whether a byte ends a word of a column.
func endsWord(c byte) bool {
	return c <= '|' && (c == ' ' || c == '\t' || c == ',' || c == ';' || c == '|' || c == '"')
}

// maxHeadRows is how many rows of text the columns before a description take
// at most.
const maxHeadRows = 5

// maxHead is longer than the columns of any row, in bytes.
const maxHead = 8 << 10

// pastedHead is the text of a row and of those behind it that may belong to
// its columns, joined by blanks.
type pastedHead struct {
	text   string
	starts [maxHeadRows]int // of each row of text, in text
	n      int
}

// join joins up to n rows of text from j on, of which the first is t. It stops
// where another row begins or the paragraph ends.
func (s *pasteScan) join(j int, t string, n int) pastedHead {
	h := pastedHead{text: t, n: 1}
	depth := s.rows[j].depth
	for k := j + 1; k < len(s.rows) && h.n < n; k++ {
		w := &s.rows[k]
		if w.blank() || w.depth != depth || isRule(w.text) {
			break
		}
		if _, m := s.anchor(w.text); m > 0 {
			break
		}
		if len(h.text)+len(w.text) > maxHead {
			break
		}
		h.starts[h.n] = len(h.text) + 1
		h.text += " " + w.text
		h.n++
	}
	return h
}

// rowOf gives the row of text that place i of the joined text is in.
func (h *pastedHead) rowOf(i int) int {
	k := h.n - 1
	for k > 0 && h.starts[k] > i {
		k--
	}
	return k
}

// lineOf gives the rest of the row of text that place i is in, and the row.
func (h *pastedHead) lineOf(i int) (rest string, k int) {
	k = h.rowOf(i)
	end := len(h.text)
	if k+1 < h.n {
		end = h.starts[k+1] - 1
	}
	if i > end {
		return "", k
	}
	return h.text[i:end], k
}

// datedRow reads a row that begins with date and time, n bytes of t.
func (s *pasteScan) datedRow(j int, t string, n int, p *pastedRow) bool {
	if n >= len(t) && j+1 >= len(s.rows) {
		return false
	}
	sep := byte(' ')
	if n < len(t) {
		i := n
		if t[i] == '"' && i+1 < len(t) {
			i++
		}
		sep = t[i]
	}
	switch sep {
	case '\t', ',', ';', '|':
		if s.separated(j, t, sep, p) {
			return true
		}
		if sep != '\t' {
			return false
		}
	}
	return s.blankRow(j, t, n, p)
}

// separated reads a row whose separators are still there.
func (s *pasteScan) separated(j int, t string, sep byte, p *pastedRow) bool {
	form := dumpelLayout{sep: sep}
	for n := 1; n <= maxHeadRows; n++ {
		h := s.join(j, t, n)
		if h.n < n {
			break
		}
		var r savedRow
		ok := splitNT(h.text, sep, &r)
		if !ok && form.split(h.text, &r) && r.host != "" {
			ok = true
			if userLength(r.source) > 0 && userLength(r.user) == 0 {
				r.source, r.user = r.user, r.source
			}
		}
		if !ok || r.text == "" && trimBlanks(r.host) == "" {
			continue
		}
		p.savedRow = r
		p.sep = sep
		s.place(p, j, &h, len(h.text)-len(r.text))
		return true
	}
	return false
}

// place says where in the text the description begins: at place i of the
// joined columns.
func (s *pasteScan) place(p *pastedRow, j int, h *pastedHead, i int) {
	rest, k := h.lineOf(i)
	p.text = trimBlanks(rest)
	p.from, p.textIn, p.textFrom, p.to = j, j+k, j+k+1, j+k+1
}

// levelRow reads a row of Vista and later, which begins with the level.
func (s *pasteScan) levelRow(j int, t string, n int, p *pastedRow) bool {
	for i := 0; i < len(separators); i++ {
		var r savedRow
		if splitVista(t, separators[i], &r) {
			h := s.join(j, t, 1)
			p.savedRow, p.sep = r, separators[i]
			s.place(p, j, &h, len(t))
			p.text = r.text
			return true
		}
	}
	return s.blankVista(j, t, p)
}

// emit gives one row to out as an event.
func (s *pasteScan) emit(p *pastedRow, d *dateOrder, w *parsers.Window, out *parsers.Out) {
	e := &s.ev
	p.fill(e, d)
	e.Quoted = true
	from, to := int(s.rows[p.from].line), int(s.rows[p.to-1].line)+1
	e.Pos = w.Span(from, to)
	s.joinText(p)
	text := s.text.String()
	if p.quoted {
		text = undouble(text)
	} else {
		text = unquoteText(text)
	}
	p.setText(e, trimText(text), s.text.cut)
	w.Take(from, to)
	out.Event(e)
}

// joinText joins the rows of a description. A line break that a mail program
// or an article put there, because the next word did not fit, is a blank.
func (s *pasteScan) joinText(p *pastedRow) {
	s.text.reset(p.text)
	width := minWidth
	for k := p.from; k < p.to; k++ {
		width = max(width, int(s.rows[k].indent)+len(s.rows[k].text))
	}
	last := &s.rows[p.textIn]
	for k := p.textFrom; k < p.to; k++ {
		w := &s.rows[k]
		if w.blank() {
			s.text.gap++
			continue
		}
		if k == p.textFrom && p.text == "" {
			s.text.reset(w.text)
		} else if s.text.gap == 0 && !p.quoted && brokenAt(last, w, width) {
			s.text.amend(" ")
			s.text.amend(w.text)
		} else {
			s.text.add(w.text)
		}
		last = w
	}
}

// brokenAt reports whether the break between two rows is there because the
// next word did not fit. A number with a point may be a word of the sentence.
func brokenAt(a, b *row, width int) bool {
	return int(a.indent)+len(a.text)+1+firstWord(b.text) > width && !isPair(b.text) && (isDigit(b.text[0]) || !isListMark(b.text))
}
