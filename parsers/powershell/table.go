package powershell

import (
	"strings"
	"unicode/utf8"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtable"
	"kbdiag/parsers/eventtext"
)

// table is the head of a table of Format-Table.
type table struct {
	cols []column
	all  []property // what the headings above say of all rows
	line string     // the names, to know them again
}

// column is one column: its name, and where the dashes beneath it stand, in
// characters.
type column struct {
	meaning
	text       string
	start, end int
	kind       kind
}

// kind is how a cell is told from its neighbours.
type kind uint8

const (
	textCell kind = iota
	numberCell
	timeCell
	levelCell
)

func kindOf(n eventtable.Name, text string) kind {
	switch n.Column {
	case eventtable.ID, eventtable.Instance, eventtable.RecordNo, eventtable.Qualifiers:
		return numberCell
	case eventtable.Time:
		return timeCell
	case eventtable.LevelWord:
		return levelCell
	case eventtable.Level, eventtable.Type:
		if strings.EqualFold(text, "Level") {
			return levelCell
		}
	}
	return textCell
}

// The bounds of tables: columns, and how far a cell may have moved.
const (
	maxColumns = 64
	maxShift   = 200
)

// isRule reports whether a line is the dashes beneath the names of a table.
func isRule(t string) bool {
	in := indentOf(t)
	if in == len(t) || t[in] != '-' || !strings.Contains(t[in:], " -") {
		return false
	}
	return strings.Trim(t, "- \t") == ""
}

// tableAt reads the table whose names stand at line i, and gives the line
// behind it; i if there is none.
func (s *scan) tableAt(i int) int {
	if i+1 >= len(s.text) || !isRule(s.text[i+1]) || s.w.Taken(i+1) {
		return i
	}
	t := readTable(s.text[i], s.text[i+1])
	if len(t.cols) > maxColumns {
		return i
	}
	first := s.headings(t, i)
	if !t.isEvents() {
		return i
	}
	s.tbl = t
	n, heads, marks := len(s.found), len(s.heads), len(s.marks)
	to := s.rows(i + 2)
	if len(s.found) == n {
		s.heads, s.marks, s.tbl = s.heads[:heads], s.marks[:marks], nil
		return i
	}
	for j := first; j < i+2; j++ {
		s.heads = append(s.heads, j)
	}
	return to
}

// readTable reads names and dashes.
func readTable(head, rule string) *table {
	t := &table{line: head}
	in := false
	col := 0
	for _, r := range rule {
		switch {
		case r == '-' && !in:
			if t.cols = append(t.cols, column{start: col}); len(t.cols) > maxColumns {
				return t
			}
			in = true
		case r != '-':
			if in {
				t.cols[len(t.cols)-1].end = col
			}
			in = false
		}
		col++
	}
	if in {
		t.cols[len(t.cols)-1].end = col
	}
	names := strings.Fields(head)
	for i := range t.cols {
		c := &t.cols[i]
		if len(names) == len(t.cols) {
			c.text = names[i]
		} else {
			c.text = strings.TrimSpace(head[byteAt(head, c.start):byteAt(head, c.end)])
		}
		c.n, c.known = eventtable.Lookup(c.text)
		c.kind = kindOf(c.n, c.text)
	}
	return t
}

// byteAt is the place in bytes of a character of t.
func byteAt(t string, col int) int {
	i := 0
	for i < len(t) && col > 0 {
		if t[i] < utf8.RuneSelf {
			i++
		} else {
			_, n := utf8.DecodeRuneInString(t[i:])
			i += n
		}
		col--
	}
	return i
}

// headings takes the headings of a group, "   ProviderName: X", above the names
// at line i, and gives the first of their lines.
func (s *scan) headings(t *table, i int) int {
	first := i
	for j := i - 1; j >= 0 && j >= i-4; j-- {
		text := s.text[j]
		if blank(text) {
			continue
		}
		name, value, ok := strings.Cut(strings.TrimSpace(text), ":")
		n, known := eventtable.Lookup(name)
		if !ok || !known || value == "" || value[0] != ' ' || s.w.Taken(j) {
			break
		}
		t.all = append(t.all, property{name: n, known: true, text: name, value: strings.TrimSpace(value)})
		first = j
	}
	return first
}

// isEvents reports whether the rows are events: they have an id and a time.
func (t *table) isEvents() bool {
	id, time, sure, points := false, false, false, 0
	count := func(n eventtable.Name, known bool) {
		if !known {
			return
		}
		id = id || n.Column == eventtable.ID || n.Column == eventtable.Instance
		time = time || n.Column == eventtable.Time
		sure = sure || n.Is()
		points += n.Points()
	}
	for i := range t.cols {
		count(t.cols[i].n, t.cols[i].known)
	}
	for i := range t.all {
		count(t.all[i].name, true)
	}
	return id && time && sure && points >= 4
}

// rows reads the rows of the last table from line i on, and gives the line
// behind the last.
func (s *scan) rows(i int) int {
	t := s.tbl
	last := i
	for j := i; j < len(s.text); j++ {
		text := s.text[j]
		switch {
		case s.w.Taken(j):
			s.tbl = nil
			return last
		case blank(text):
			if j+1 < len(s.text) && (blank(s.text[j+1]) || !s.doubleSpaced(j+1)) {
				s.tbl = nil
				return last
			}
		case last > i && (text == t.line || isRule(text)):
			s.heads = append(s.heads, j) // repeated
			last = j + 1
		case s.row(t, j):
			last = j + 1
		case s.wraps(t, j):
			last = j + 1
		case eventtext.IsLeftOut(strings.TrimSpace(text)) && last == j:
			s.marks = append(s.marks, j)
			last = j + 1
		default:
			s.tbl = nil
			return last
		}
	}
	return last
}

// doubleSpaced reports whether line j is a row behind an empty line, as forums
// put one after each.
func (s *scan) doubleSpaced(j int) bool {
	var f found
	return !(j+1 < len(s.text) && isRule(s.text[j+1])) && s.tbl.cells(s.text[j], &f)
}

// row reads line j as a row.
func (s *scan) row(t *table, j int) bool {
	f := found{from: j, to: j + 1, table: true}
	if !t.cells(s.text[j], &f) {
		return false
	}
	f.props = append(f.props, t.all...)
	s.found = append(s.found, f)
	return true
}

// wraps adds line j to the message of the row before it, where -Wrap has
// wrapped it.
func (s *scan) wraps(t *table, j int) bool {
	c := &t.cols[len(t.cols)-1]
	if len(s.found) == 0 || c.n.Column != eventtable.Message {
		return false
	}
	f := &s.found[len(s.found)-1]
	in := indentOf(s.text[j])
	if !f.table || f.to != j || in+1 < c.start || in < 8 {
		return false
	}
	for i := range f.props {
		if p := &f.props[i]; p.known && p.name.Column == eventtable.Message && p.text == c.text {
			p.value += " " + strings.TrimSpace(s.text[j])
			f.to = j + 1
			f.cut = cutAway(p.value)
			if f.cut {
				p.value = strings.TrimRight(p.value, ".…")
			}
			return true
		}
	}
	return false
}

// cutAway reports whether a table has cut a value.
func cutAway(v string) bool {
	return strings.HasSuffix(v, "...") || strings.HasSuffix(v, "…") || strings.HasSuffix(v, "..")
}

// cells takes a row apart. Numbers, times and levels are told by what they
// are; names and text by the blanks around them and by their places, which
// copying has often moved a little.
func (t *table) cells(text string, f *found) bool {
	pos, seen := 0, 0
	for i := range t.cols {
		c := &t.cols[i]
		pos += indentOf(text[pos:])
		n, ok := t.cell(text, pos, i)
		if !ok {
			return false
		}
		v := strings.TrimRight(text[pos:pos+n], " \t")
		if n > 0 && (c.kind == numberCell || c.kind == timeCell) && (c.n.Column == eventtable.ID || c.n.Column == eventtable.Instance || c.n.Column == eventtable.Time) {
			seen++
		}
		if c.n.Column == eventtable.Message && c.known {
			f.cut = cutAway(v) || i+1 < len(t.cols) && utf8.RuneCountInString(v) >= t.cols[i+1].start-c.start-1
			if cutAway(v) {
				v = strings.TrimRight(v, ".…")
			}
		}
		f.props = append(f.props, property{name: c.n, known: c.known, text: c.text, value: v})
		pos += n
	}
	return seen >= 2 || seen == 1 && len(t.all) > 0
}

// cell gives the length of the cell of column i at pos. It reports false if
// there is no such cell.
func (t *table) cell(text string, pos, i int) (int, bool) {
	c := &t.cols[i]
	rest := text[pos:]
	last := i+1 == len(t.cols)
	if n := token(c.kind, rest); n > 0 {
		return n, true
	}
	switch {
	case rest == "":
		return 0, c.kind == textCell || last
	case c.kind == numberCell, c.kind == timeCell:
		// An empty cell: what stands there is of a column further on.
		return 0, pos > byteAt(text, c.end)
	case last:
		return len(rest), true
	case c.kind == levelCell && pos >= byteAt(text, t.cols[i+1].start)-1:
		return 0, true
	}
	end := t.textEnd(text, pos, i)
	return end - pos, end >= pos
}

// token is the length of a number, time or level that text begins with, 0 if
// there is none.
func token(k kind, text string) int {
	switch k {
	case numberCell:
		n := 0
		for n < len(text) && text[n] >= '0' && text[n] <= '9' {
			n++
		}
		if n == 0 || n > 10 || n < len(text) && text[n] != ' ' {
			return 0
		}
		return n
	case timeCell:
		if n := eventtext.StampLen(text); n > 0 {
			for n > 0 && text[n-1] == ' ' {
				n--
			}
			return n
		}
		return eventtable.YearlessLen(text)
	case levelCell:
		if end := strings.Index(text, "  "); end > 0 && end < 40 && eventtext.LevelOf(text[:end]) != parsers.LevelUnknown {
			return end
		}
		word, _ := eventtext.LeadingLevel(text[:min(len(text), 80)] + " ")
		return len(word)
	}
	return 0
}

// textEnd finds where the text of column i ends that begins at pos: before the
// cell of the next column, -1 if there is none.
func (t *table) textEnd(text string, pos, i int) int {
	next := &t.cols[i+1]
	if next.kind == textCell {
		if at := byteAt(text, next.start); at < len(text) && at > pos && text[at-1] == ' ' {
			return at
		}
		if gap := strings.Index(text[pos:], "  "); gap > 0 {
			return pos + gap
		}
		if byteAt(text, next.start) >= len(text) {
			return len(text)
		}
		return -1
	}
	best, far := -1, 0
	to := min(len(text), max(pos, byteAt(text, next.end))+maxShift)
	for j := pos + 1; j < to; j++ {
		if text[j-1] != ' ' || text[j] == ' ' {
			continue
		}
		n := token(next.kind, text[j:])
		if n == 0 {
			continue
		}
		d := utf8.RuneCountInString(text[:j]) - next.start
		if next.kind == numberCell {
			d = utf8.RuneCountInString(text[:j+n]) - next.end
		}
		if d < 0 {
			d = -d
		}
		if best < 0 || d < far {
			best, far = j, d
		}
	}
	return best
}
