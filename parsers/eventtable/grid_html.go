package eventtable

import (
	"html"
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// findHTML reads the tables of web pages in a window: those that have a name
// and a value in each row, and those with the names in the first row.
func findHTML(w *parsers.Window, out *parsers.Out) {
	p := pageTables{w: w, out: out}
	for i := range w.Lines {
		if w.Taken(i) {
			p.drop()
			continue
		}
		p.line(i, w.Lines[i].Text)
	}
	p.end()
}

// pageTables takes the text of a web page line by line and gives its tables.
// Of tables inside tables the innermost counts.
type pageTables struct {
	w    *parsers.Window
	out  *parsers.Out
	open bool // inside a table
	rows []gridRow
	row  gridRow
	cell strings.Builder
	inTR bool
	inTD bool
}

func (p *pageTables) drop() {
	p.rows, p.open, p.inTR, p.inTD = nil, false, false, false
	p.cell.Reset()
}

// line takes the next line.
func (p *pageTables) line(i int, t string) {
	if !p.open && !hasTable(t) {
		return
	}
	for {
		at := strings.IndexByte(t, '<')
		if at < 0 {
			break
		}
		name, end := tagAt(t[at:])
		if name == "" {
			p.text(t[:at+1])
			t = t[at+1:]
			continue
		}
		p.text(t[:at])
		p.tag(name, i)
		t = t[at+end:]
	}
	p.text(t)
	p.text("\n")
}

// hasTable reports whether a line has the beginning of a table or of a row.
func hasTable(t string) bool {
	for {
		i := strings.IndexByte(t, '<')
		if i < 0 || i+3 > len(t) {
			return false
		}
		t = t[i+1:]
		if t[0]|0x20 == 't' && (t[1]|0x20 == 'a' || t[1]|0x20 == 'r') {
			if name, _ := tagAt("<" + t[:min(len(t), 64)]); name == "table" || name == "tr" || len(t) > 64 {
				return true
			}
		}
	}
}

// text takes text between tags.
func (p *pageTables) text(t string) {
	if p.inTD && p.cell.Len()+len(t) <= maxCell {
		p.cell.WriteString(t)
	}
}

// tag takes one tag of line i.
func (p *pageTables) tag(name string, i int) {
	switch name {
	case "table":
		p.end()
		p.open = true
	case "/table":
		p.end()
	case "tr":
		p.endRow(i)
		p.open, p.inTR = true, true
		p.row = gridRow{from: i}
	case "/tr":
		p.endRow(i)
	case "td", "th":
		p.endCell()
		p.inTD = p.inTR
	case "/td", "/th":
		p.endCell()
	default:
		if breaksLine(name) {
			p.text("\n")
		}
	}
}

func (p *pageTables) endCell() {
	if !p.inTD {
		return
	}
	p.inTD = false
	p.row.cells = append(p.row.cells, cellText(p.cell.String()))
	p.cell.Reset()
}

// cellText gives the text of a cell: the blanks that lay out the page are none
// of it.
func cellText(s string) string {
	lines := strings.Split(html.UnescapeString(s), "\n")
	for i := range lines {
		lines[i] = eventtext.Trim(lines[i])
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

func (p *pageTables) endRow(i int) {
	p.endCell()
	if p.inTR && len(p.row.cells) > 0 {
		p.row.to = i + 1
		p.rows = append(p.rows, p.row)
	}
	p.inTR = false
}

// end reads the table that ends.
func (p *pageTables) end() {
	p.endCell()
	if len(p.rows) > 1 && columnEvents(p.w, p.rows, p.out) == 0 {
		pairEvents(p.w, p.rows, p.out)
	}
	p.drop()
}

// maxTag is longer than any tag of a table with its attributes.
const maxTag = 2000

// tagAt reads the tag that s begins with: its name in lower case, with "/" if
// it closes, and its length. It gives "" if s begins with none.
func tagAt(s string) (name string, length int) {
	i := 1
	if i < len(s) && s[i] == '/' {
		i++
	}
	start := i
	for i < len(s) && i < start+12 && (isLetter(s[i]) || i > start && digit(s[i])) {
		i++
	}
	if i == start || i == len(s) || s[i] != '>' && s[i] != ' ' && s[i] != '/' && s[i] != '\t' {
		return "", 0
	}
	name = strings.ToLower(s[1:i])
	if !pageTags[strings.TrimPrefix(name, "/")] {
		return "", 0
	}
	end := strings.IndexByte(s[:min(len(s), maxTag)], '>')
	if end < 0 {
		return "", 0
	}
	return name, end + 1
}

// pageTags are the elements that stand in and around the cells of tables. What
// else is in angle brackets is text.
var pageTags = func() map[string]bool {
	t := map[string]bool{}
	for _, name := range strings.Fields("table tbody thead tfoot tr td th col colgroup caption br p div span b i u strong em font code pre small tt a ul ol li h1 h2 h3 h4 blockquote center nobr sup sub") {
		t[name] = true
	}
	return t
}()

// breaksLine reports whether text behind a tag stands on a line of its own.
func breaksLine(name string) bool {
	switch strings.TrimPrefix(name, "/") {
	case "br", "p", "div", "li", "pre", "blockquote":
		return true
	}
	return false
}
