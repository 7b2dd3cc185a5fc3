package eventtext

import (
	"html"
	"slices"
	"strings"

	"kbdiag/parsers"
)

// row is one line as its author wrote it: without the quote marks of a mail,
// the markup of a web page and blanks at its ends. A line of a web page that
// holds several lines gives several rows.
type row struct {
	text   string
	line   int32 // in the window, 0-based
	indent int16 // columns before the text, behind the quote marks
	depth  int8  // quote marks before the text
	part   bool  // of a line that holds other text, and the labels of an event behind it
}

const (
	maxIndent = 1 << 12
	maxDepth  = 100
	tabStop   = 8
)

// makeRows gives the rows of the lines that nobody has taken. Taken lines give
// an empty row, so that records do not run across them.
func makeRows(w *parsers.Window) []row { return appendRows(nil, w) }

// appendRows adds the rows of a window to rows.
func appendRows(rows []row, w *parsers.Window) []row {
	rows = slices.Grow(rows, len(w.Lines))
	for i := range w.Lines {
		if w.Taken(i) {
			rows = append(rows, row{line: int32(i)})
			continue
		}
		text := w.Lines[i].Text
		if strings.IndexByte(text, '<') >= 0 && isMarkup(text) {
			rows = appendMarkup(rows, text, int32(i))
			continue
		}
		if strings.IndexByte(text, '[') >= 0 {
			var marks bool
			if rows, marks = appendForum(rows, text, int32(i)); marks {
				continue
			}
		}
		r := makeRow(text, int32(i))
		if at := inlineAt(r.text); at > 0 {
			r.part = true
			before := r
			before.text = trimBlanks(r.text[:at])
			rows = append(rows, before)
			r.text = r.text[at:]
		}
		rows = append(rows, r)
	}
	return rows
}

// makeRow takes quote marks and blanks off one line.
func makeRow(text string, line int32) row {
	r := row{line: line}
	i, col := 0, 0
	for i < len(text) {
		switch c := text[i]; {
		case c == ' ':
			col++
			i++
		case c == '\t':
			col += tabStop - col%tabStop
			i++
		case c == '>' && r.depth < maxDepth:
			r.depth++
			col = 0
			i++
			if i < len(text) && text[i] == ' ' { // belongs to the mark
				i++
			}
		case c == 0xC2 && i+1 < len(text) && text[i+1] == 0xA0: // no-break space
			col++
			i += 2
		case c == '&' && strings.HasPrefix(text[i:], "&nbsp;"):
			col++
			i += len("&nbsp;")
		default:
			r.indent = int16(min(col, maxIndent))
			r.text = trimBlanks(text[i:])
			return r
		}
	}
	return r
}

// isMarkup reports whether a line is of a web page: it breaks lines itself or
// closes an element of text. Angle brackets alone are placeholders, and the
// elements of an event's XML are left alone.
func isMarkup(s string) bool {
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 || i+2 >= len(s) {
			return false
		}
		s = s[i+1:]
		closing := s[0] == '/'
		if closing {
			s = s[1:]
		}
		name, tag := tagName(s)
		if name == "br" || closing && tag {
			return true
		}
	}
}

// textTags are the elements of web pages that may stand around pasted text,
// and whether they begin a new line.
var textTags = map[string]bool{
	"br": true, "p": true, "div": true, "tr": true, "li": true, "ul": true, "ol": true, "table": true,
	"pre": true, "blockquote": true, "h1": true, "h2": true, "h3": true, "h4": true,
	"td": false, "th": false, "em": false, "b": false, "strong": false, "i": false, "u": false,
	"span": false, "font": false, "code": false, "a": false, "tt": false, "small": false,
}

// maxTag is longer than the name of any of textTags.
const maxTag = 10

// tagName gives the name of the element that s begins with, in lower case, and
// whether it is one of textTags.
func tagName(s string) (string, bool) {
	n := 0
	for n < len(s) && n <= maxTag && (isLetter(s[n]) || n > 0 && isDigit(s[n])) {
		n++
	}
	if n == 0 || n > maxTag || n == len(s) || s[n] != '>' && s[n] != ' ' && s[n] != '/' {
		return "", false
	}
	name := strings.ToLower(s[:n])
	_, ok := textTags[name]
	return name, ok
}

// appendMarkup adds the rows of one line of a web page.
func appendMarkup(rows []row, text string, line int32) []row {
	var b strings.Builder
	flush := func() {
		rows = append(rows, makeRow(html.UnescapeString(b.String()), line))
		b.Reset()
	}
	some := false
	for {
		i := strings.IndexByte(text, '<')
		if i < 0 {
			break
		}
		b.WriteString(text[:i])
		rest := strings.TrimPrefix(text[i+1:], "/")
		name, ok := tagName(rest)
		end := strings.IndexByte(text[i:], '>')
		if !ok || end < 0 {
			b.WriteByte('<')
			text = text[i+1:]
			continue
		}
		text = text[i+end+1:]
		if textTags[name] && strings.TrimSpace(b.String()) != "" {
			flush()
			some = true
		}
	}
	b.WriteString(text)
	if strings.TrimSpace(b.String()) != "" || !some {
		flush()
	}
	return rows
}

// blank reports whether nothing stands in the row.
func (r *row) blank() bool { return r.text == "" }
