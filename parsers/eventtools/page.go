package eventtools

import (
	"html"
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// page is a stretch of lines in which records are looked for: a window of free
// text, or what is in hand of a file of one form.
type page struct {
	lines []parsers.TextLine
	win   *parsers.Window // nil where the page is of a file of one form
	more  bool            // the input goes on behind the last line
	loose bool            // other text may stand between the records
}

// row is one line as its author wrote it, without quote marks and blanks at
// its ends.
type row struct {
	text   string
	depth  int // quote marks before the text
	indent int // columns of blanks behind them
}

const tabStop = 8

// at gives line i. Behind the end and where another finder was, it is empty.
func (p *page) at(i int) row {
	if i >= len(p.lines) || p.win != nil && p.win.Taken(i) {
		return row{}
	}
	return makeRow(p.lines[i].Text)
}

// makeRow takes quote marks, blanks and the markup of web pages off a line.
func makeRow(s string) row {
	var r row
	i := 0
	for i < len(s) {
		switch c := s[i]; {
		case c == ' ':
			r.indent++
			i++
		case c == '\t':
			r.indent += tabStop - r.indent%tabStop
			i++
		case c == '>':
			r.depth++
			r.indent = 0
			i++
			if i < len(s) && s[i] == ' ' { // belongs to the mark
				i++
			}
		case c == 0xC2 && i+1 < len(s) && s[i+1] == 0xA0: // no-break space
			r.indent++
			i += 2
		case c == '`' && blankCode(s[i+1:]) > 0: // as some sites keep the indentation
			n := blankCode(s[i+1:])
			r.indent += n - 1
			i += 1 + n
		default:
			r.text = trimRight(s[i:])
			if n := len(r.text); n > 3 && (r.text[n-1] == '>' || c == '<') {
				r.text = withoutMarkup(r.text)
			}
			return r
		}
	}
	return r
}

// blankCode is the length of blanks and the back quote behind them that s
// begins with, 0 if it does not.
func blankCode(s string) int {
	n := 0
	for n < len(s) && s[n] == ' ' {
		n++
	}
	if n == 0 || n == len(s) || s[n] != '`' {
		return 0
	}
	return n + 1
}

func trimRight(s string) string {
	for len(s) > 0 && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t' || s[len(s)-1] == '\r') {
		s = s[:len(s)-1]
	}
	if len(s) > 0 && s[len(s)-1] >= 0x80 {
		return eventtext.Trim(s)
	}
	return s
}

// Elements that stand around the lines of text on web pages.
var (
	tagsBefore = []string{"<p>", "<pre>", "<code>", "<blockquote>", "<div>", "<br />", "<br>"}
	tagsBehind = []string{"<br />", "<br/>", "<br>", "<BR>", "</p>", "</pre>", "</code>", "</blockquote>", "</div>"}
)

// withoutMarkup takes elements of web pages off both ends of a line.
func withoutMarkup(s string) string {
	was := s
	for changed := true; changed; {
		changed = false
		for _, t := range tagsBefore {
			if rest, ok := strings.CutPrefix(s, t); ok {
				s, changed = rest, true
			}
		}
		for _, t := range tagsBehind {
			if rest, ok := strings.CutSuffix(s, t); ok {
				s, changed = trimRight(rest), true
			}
		}
	}
	if s == was {
		return s
	}
	return strings.TrimLeft(html.UnescapeString(s), " \t")
}

// maxBody bounds the message of one record, in lines.
const maxBody = 5000

// maxLook bounds how far ahead the next record is looked for, in lines.
const maxLook = 400

// body finds the line behind the message that begins on line from and belongs
// to a record whose first row is f. ends tells the rows that are no part of
// it: the next record, a heading. In free text, what follows an empty line
// belongs to the message if another record comes behind it.
func (s *scan) body(from int, f row, ends func(i int, r row) bool) int {
	p := &s.page
	to, gap := from, false
	next := -1 // line of the next end, -1 not looked for, 0 none
	for i := from; i < len(p.lines) && i-from < maxBody; i++ {
		r := p.at(i)
		if r.text == "" {
			gap = gap || to > from || i > from
			continue
		}
		if r.depth != f.depth || ends(i, r) {
			return to
		}
		if p.loose {
			if eventtext.IsFence(r.text) || gap && eventtext.IsOtherText(r.text) {
				return to
			}
			if gap && to > from {
				if next < 0 {
					next = s.nextEnd(i, f, ends)
				}
				if next == 0 && !s.goesOn(to-1, r, f) {
					return to
				}
			}
		}
		to, gap = i+1, false
	}
	return to
}

// nextEnd finds the next row that ends a message, 0 if there is none near.
func (s *scan) nextEnd(from int, f row, ends func(i int, r row) bool) int {
	for i := from; i < len(s.page.lines) && i < from+maxLook; i++ {
		r := s.page.at(i)
		if r.text == "" {
			continue
		}
		if r.depth != f.depth || eventtext.IsFence(r.text) || eventtext.IsOtherText(r.text) {
			return 0
		}
		if ends(i, r) {
			return i
		}
	}
	return 0
}

// goesOn reports whether the last message of a text goes on with row r behind
// an empty line: it is indented, or the row before ends with a colon.
func (s *scan) goesOn(last int, r, f row) bool {
	return r.indent > f.indent || strings.HasSuffix(s.page.at(last).text, ":")
}

const maxPad = 16

// text joins the rows of lines from to to. base is the indentation that all of
// them have. Rows of one line share its memory.
func (s *scan) text(from, to, base int) string {
	p := &s.page
	for from < to && p.at(from).text == "" {
		from++
	}
	if from >= to {
		return ""
	}
	first := p.at(from)
	if to == from+1 {
		return first.text
	}
	size := 0
	for i := from; i < to; i++ {
		size += len(p.lines[i].Text) + 1 + maxPad
	}
	b := s.block.begin(size)
	start := b.Len()
	s.writeRows(b, start, from, to, base)
	return b.String()[start:]
}

// behind joins first, which stands on a row of its own, and the rows of lines
// from to to behind it.
func (s *scan) behind(first string, from, to, base int) string {
	p := &s.page
	size := len(first)
	for i := from; i < to; i++ {
		size += len(p.lines[i].Text) + 1 + maxPad
	}
	if size == len(first) {
		return first
	}
	b := s.block.begin(size)
	start := b.Len()
	b.WriteString(first)
	s.writeRows(b, start, from, to, base)
	return b.String()[start:]
}

// writeRows writes rows behind what b has from start on.
func (s *scan) writeRows(b *strings.Builder, start, from, to, base int) {
	gap := false
	for i := from; i < to; i++ {
		r := s.page.at(i)
		if r.text == "" {
			gap = b.Len() > start
			continue
		}
		if b.Len() > start {
			b.WriteByte('\n')
			if gap {
				b.WriteByte('\n')
			}
			for n := min(r.indent-base, maxPad); n > 0; n-- {
				b.WriteByte(' ')
			}
		}
		gap = false
		b.WriteString(r.text)
	}
}

// wrapped joins rows like text, but rows that were wrapped with a blank: those
// that the next word would have made too long.
func (s *scan) wrapped(from, to int) string {
	p := &s.page
	width := minWidth
	for i := from; i < to; i++ {
		r := p.at(i)
		width = max(width, r.indent+len(r.text))
	}
	b := s.block.begin((to - from) * (width + 2))
	start := b.Len()
	last, gap := 0, false
	for i := from; i < to; i++ {
		r := p.at(i)
		if r.text == "" {
			gap = true
			continue
		}
		if b.Len() > start {
			word := strings.IndexByte(r.text+" ", ' ')
			switch {
			case gap:
				b.WriteString("\n\n")
			case last+1+word <= width:
				b.WriteByte('\n')
			default:
				b.WriteByte(' ')
			}
		}
		gap = false
		b.WriteString(r.text)
		last = r.indent + len(r.text)
	}
	return b.String()[start:]
}

// minWidth is the narrowest width that text is taken to be wrapped at.
const minWidth = 60

// textBlock hands out memory for joined messages. A full block is left to the
// messages that are in it.
type textBlock struct{ b *strings.Builder }

const blockSize = 64 << 10

// begin gives a builder with room for n bytes.
func (t *textBlock) begin(n int) *strings.Builder {
	if t.b == nil || t.b.Cap()-t.b.Len() < n {
		t.b = new(strings.Builder)
		t.b.Grow(max(blockSize, n))
	}
	return t.b
}
