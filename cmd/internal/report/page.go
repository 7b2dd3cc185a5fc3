package report

import (
	"bufio"
	"strings"
	"unicode/utf8"

	"kbdiag/engine"
)

// page writes wrapped text.
type page struct {
	w     *bufio.Writer
	style Style
}

// Colours of ANSI terminals.
const (
	bold  = "1"
	dim   = "2"
	red   = "31"
	green = "32"
	amber = "33"
	cyan  = "36"
)

func (p *page) paint(colour, s string) string {
	if !p.style.Colour || s == "" {
		return s
	}
	return "\x1b[" + colour + "m" + s + "\x1b[0m"
}

func (p *page) line(s string) { p.w.WriteString(s); p.w.WriteByte('\n') }

func (p *page) gap() { p.w.WriteByte('\n') }

// heading writes the title of a part of the report.
func (p *page) heading(s string) { p.gap(); p.line(p.paint(bold, s)) }

// wrap writes a text in the page's width: first stands before the first line,
// rest before the others. Paragraphs stay apart.
func (p *page) wrap(first, rest, text string) {
	prefix := first
	for _, para := range strings.Split(strings.TrimSpace(text), "\n") {
		line := prefix
		empty := true
		for _, word := range strings.Fields(para) {
			if !empty && columns(line)+1+columns(word) > p.style.Width {
				p.line(line)
				line, empty = rest, true
			}
			if !empty {
				line += " "
			}
			line += word
			empty = false
		}
		p.line(strings.TrimRight(line, " "))
		prefix = rest
	}
}

// cut ends a line at the page's width.
func (p *page) cut(s string) string {
	r := []rune(s)
	if len(r) > p.style.Width {
		s = string(r[:p.style.Width-3]) + "..."
	}
	return strings.TrimRight(s, " ")
}

// columns counts characters, colour codes left out.
func columns(s string) int {
	n := utf8.RuneCountInString(s)
	for i := strings.Index(s, "\x1b["); i >= 0; {
		end := strings.IndexByte(s[i:], 'm')
		if end < 0 {
			break
		}
		n -= end + 1
		next := strings.Index(s[i+end:], "\x1b[")
		if next < 0 {
			break
		}
		i += end + next
	}
	return n
}

// marking paints what the rule looks for in an excerpt, word by word, so that
// lines may break between them.
func (p *page) marking(e *engine.Evidence) string {
	if !p.style.Colour {
		return e.Excerpt
	}
	var b strings.Builder
	for _, part := range marked(*e) {
		if !part.Mark {
			b.WriteString(part.Text)
			continue
		}
		for i, word := range strings.Split(part.Text, " ") {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(p.paint(amber, word))
		}
	}
	return b.String()
}
