package lsp

import (
	"regexp"
	"slices"
	"strings"

	"kbdiag/rules"
)

// cursor is a place in a document, with what it stands in. It is told from the
// lines alone, since a document is mostly broken while it is typed.
type cursor struct {
	doc   *document
	lines []string
	line  int // 0-based
	byte  int // in the line
	table string
	key   string // whose value the place is in, "" if it is in none
	word  string // around the place
	start int    // of word in the line, in bytes
}

// newCursor finds out what a place stands in.
func newCursor(d *document, p position) *cursor {
	c := &cursor{doc: d, lines: strings.Split(strings.ReplaceAll(d.text, "\r\n", "\n"), "\n")}
	c.line = min(max(p.Line, 0), len(c.lines)-1)
	c.byte = byteOf(c.lines[c.line], p.Character)
	c.findTable()
	c.findWord()
	return c
}

// byteOf turns units of UTF-16 into bytes of a line.
func byteOf(line string, character int) int {
	n := 0
	for i, r := range line {
		if n >= character {
			return i
		}
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return len(line)
}

// findTable reads the lines up to the place for the table and the key that it
// is in, strings and lists of several lines among them.
func (c *cursor) findTable() {
	open, key := "", "" // what ends the value that goes on, and its key
	for i, l := range c.lines[:c.line+1] {
		last := i == c.line
		if open != "" {
			if last {
				c.key = key
			}
			if strings.Contains(l, open) {
				open = ""
			}
			continue
		}
		name, value, isKey := strings.Cut(l, "=")
		trimmed := strings.TrimSpace(l)
		if strings.HasPrefix(trimmed, "[") {
			if !last {
				c.table = strings.Trim(trimmed[:headerEnd(trimmed)], "[] ")
			}
			continue
		}
		if !isKey || strings.HasPrefix(trimmed, "#") {
			continue
		}
		key = strings.TrimSpace(name)
		if last && c.byte > len(name) {
			c.key = key
		}
		open = goesOn(value)
	}
}

// headerEnd gives the end of a header without its comment.
func headerEnd(s string) int {
	if i := strings.IndexByte(s, '#'); i >= 0 {
		return i
	}
	return len(s)
}

// goesOn gives what ends a value on a later line, "" if the line has it whole.
func goesOn(value string) string {
	value = strings.TrimSpace(value)
	for _, quote := range []string{`"""`, "'''"} {
		if strings.HasPrefix(value, quote) && strings.Count(value, quote) < 2 {
			return quote
		}
	}
	if strings.HasPrefix(value, "[") && !strings.Contains(value, "]") {
		return "]"
	}
	return ""
}

// findWord finds the word around the place.
func (c *cursor) findWord() {
	l := c.lines[c.line]
	from, to := c.byte, c.byte
	for from > 0 && isWord(l[from-1]) {
		from--
	}
	for to < len(l) && isWord(l[to]) {
		to++
	}
	c.start, c.word = from, l[from:to]
}

// isWord says whether a sign is one of names.
func isWord(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// typed is the part of the word before the place.
func (c *cursor) typed() string { return c.lines[c.line][c.start:c.byte] }

// top gives the first part of the table's name: "signal" of "signal.stopped".
func (c *cursor) top() string {
	name, _, _ := strings.Cut(c.table, ".")
	return name
}

// tableLines gives the lines of the table that the place is in.
func (c *cursor) tableLines() []string {
	from, to := c.line, c.line+1
	header := func(i int) bool { return strings.HasPrefix(strings.TrimSpace(c.lines[i]), "[") }
	for from > 0 && !header(from-1) {
		from--
	}
	for to < len(c.lines) && !header(to) {
		to++
	}
	return c.lines[from:to]
}

// onLine is the line of a signal that says what it is on.
var onLine = regexp.MustCompile(`^\s*on\s*=\s*["']([a-z]+)["']`)

// kind gives the kind of record of the signal that the place is in, that of
// events if it does not say.
func (c *cursor) kind() rules.Kind {
	for _, l := range c.tableLines() {
		if m := onLine.FindStringSubmatch(l); m != nil && slices.Contains(rules.Kinds(), rules.Kind(m[1])) {
			return rules.Kind(m[1])
		}
	}
	return rules.OnEvent
}

// signalHeader is the header of a signal.
var signalHeader = regexp.MustCompile(`^\s*\[\s*signal\s*\.\s*([a-z0-9_]+)\s*\]`)

// signals gives the signals of the document with the lines of their headers.
func (c *cursor) signals() (names []string, at map[string]int) {
	at = map[string]int{}
	for i, l := range c.lines {
		if m := signalHeader.FindStringSubmatch(l); m != nil {
			names = append(names, m[1])
			at[m[1]] = i
		}
	}
	return names, at
}

// signalDoc gives what the document says of a signal: its kind, strength,
// condition and meaning.
func (c *cursor) signalDoc(line int) string {
	var kept []string
	for _, l := range c.lines[line+1:] {
		t := strings.TrimSpace(l)
		if strings.HasPrefix(t, "[") || len(kept) > 12 {
			break
		}
		if t != "" && !strings.HasPrefix(t, "#") {
			kept = append(kept, t)
		}
	}
	return strings.Join(kept, "\n")
}
