package powershell

import (
	"strings"

	"kbdiag/parsers/eventtable"
)

// line is a line "Name   : value" of Format-List.
type line struct {
	indent int
	colon  int // place of the colon
	name   string
	value  string
	meaning
}

type meaning struct {
	n     eventtable.Name
	known bool
}

const maxPropertyName = 48

// propertyLine reads a line as a property. Format-List puts a blank before the
// colon, and one behind it where there is a value.
func propertyLine(t string) (line, bool) {
	i := strings.IndexByte(t, ':')
	if i < 2 || t[i-1] != ' ' || i+1 < len(t) && t[i+1] != ' ' {
		return line{}, false
	}
	l := line{indent: indentOf(t), colon: i}
	l.name = strings.TrimRight(t[l.indent:i], " ")
	if l.name == "" || len(l.name) > maxPropertyName || strings.Contains(l.name, "  ") {
		return line{}, false
	}
	if i+2 <= len(t) {
		l.value = strings.TrimRight(t[i+2:], " \t")
	}
	l.n, l.known = eventtable.Lookup(l.name)
	return l, true
}

// list reads the event whose list begins at line i, and gives the line behind
// it; i if there is none.
func (s *scan) list(i int) int {
	t := s.text[i]
	if len(t) < 4 || strings.IndexByte(t, ':') < 0 {
		return i
	}
	l, ok := propertyLine(t)
	if !ok || !l.known {
		return i
	}
	b := block{s: s, base: l.indent, colon: l.colon, first: i}
	s.props = s.props[:0]
	b.begin(&l, i)
	j := i + 1
	for j < len(s.text) && b.take(j) {
		j++
	}
	if !isEvent(s.props) {
		return i
	}
	b.join()
	s.found = append(s.found, found{from: i, to: b.last + 1, props: append([]property(nil), s.props...), cut: b.cut()})
	return b.last + 1
}

// block is the list of one object while it is read.
type block struct {
	s           *scan
	base, colon int
	first, last int   // lines
	gap         int   // blank lines since the last one
	ends        []int // first and last line of each value
	lines       int   // of the value in work, that have text
	resume      int   // a line with a property up to which all is text; 0 if not looked for
	width       int   // of the longest line
}

// begin begins the value of a property at line j.
func (b *block) begin(l *line, j int) {
	b.s.props = append(b.s.props, property{name: l.n, known: l.known, text: l.name, value: l.value})
	b.ends = append(b.ends, j, j)
	b.last, b.gap, b.lines, b.resume = j, 0, 1, 0
	b.width = max(b.width, len(b.s.text[j]))
}

// take adds line j to the list. It reports false if the list ends before it.
func (b *block) take(j int) bool {
	t, in := b.s.text[j], b.s.in[j]
	if b.s.w.Taken(j) || j-b.last > 40 {
		return false
	}
	if in < 0 {
		b.gap++
		return true
	}
	var l line
	if in == b.base && b.property(t, &l) {
		if b.seen(&l) || b.gap > 0 && !b.inText(j) || len(b.s.props) >= 128 {
			return false
		}
		b.begin(&l, j)
		return true
	}
	if in <= b.base && isPrompt(t) || in != b.base && b.opensOther(t) {
		return false
	}
	switch {
	case in > b.base && (b.gap == 0 || in >= b.colon || in >= b.base+minShift && b.inMessage()):
	case b.resumes(j):
	case in == b.base && b.inMessage() && (b.gap == 0 || b.gap == 1 && b.lines == 1) && isPair(t):
	default:
		return false
	}
	b.last, b.gap = j, 0
	b.ends[len(b.ends)-1] = j
	b.lines++
	b.width = max(b.width, len(t))
	return true
}

// opensOther reports whether a line is a property that the list has already, at
// another indent: a list that was pasted behind this one.
func (b *block) opensOther(t string) bool {
	i := strings.IndexByte(t, ':')
	if i < 1 || t[i-1] != ' ' {
		return false
	}
	l, ok := propertyLine(t)
	return ok && l.known && l.n.Is() && b.seen(&l)
}

// property reads a line as a property of this list.
func (b *block) property(t string, l *line) bool {
	var ok bool
	*l, ok = propertyLine(t)
	return ok && b.isProperty(l)
}

// isProperty tells a property of this list from a line of text that looks like
// one: it stands at the same indent, with its colon in the same place.
func (b *block) isProperty(l *line) bool {
	return l.indent == b.base && (l.colon == b.colon || l.known && (b.loose() || len(l.name) < l.colon-l.indent-1))
}

// loose reports whether the first property is not padded, so that its colon
// does not tell the place of the others.
func (b *block) loose() bool {
	return len(b.s.props) > 0 && len(b.s.props[0].text) == b.colon-b.base-1
}

func (b *block) seen(l *line) bool {
	return seenIn(b.s.props, l.name)
}

// inText reports whether the empty lines before property line j are part of
// the text before it: the properties from there on, up to the next empty line,
// are none of those that the list has already.
func (b *block) inText(j int) bool {
	if b.lines < 2 && !b.inMessage() {
		return false
	}
	for ; j < len(b.s.text) && b.s.in[j] >= 0; j++ {
		var l line
		if b.property(b.s.text[j], &l) && b.seen(&l) {
			return false
		}
	}
	return true
}

// minShift is how far a line of the message is indented at least where copying
// has taken away from its indent. The heading of a table has three blanks.
const minShift = 4

// inMessage reports whether the value in work is the message.
func (b *block) inMessage() bool {
	p := &b.s.props[len(b.s.props)-1]
	return p.known && p.name.Column == eventtable.Message
}

// isPair reports whether a line is a name with its value, "Log File Id: 0", as
// messages list them. Where their indent was lost they follow the list at its
// own indent.
func isPair(t string) bool {
	name, value, ok := strings.Cut(strings.TrimSpace(t), ":")
	return ok && name != "" && len(name) < 40 && strings.Count(name, " ") < 4 && (value == "" || value[0] == ' ' || value[0] == '\t')
}

// maxResume is how far a message whose lines have lost their indent is
// followed.
const maxResume = 200

// resumes reports whether line j is text of the message although it is not
// indented like it: properties of the list follow.
func (b *block) resumes(j int) bool {
	if b.resume != 0 {
		return j < b.resume
	}
	b.resume = 1
	if !b.inMessage() || b.loose() {
		return false
	}
	for k := j; k < len(b.s.text) && k < j+maxResume; k++ {
		t := b.s.text[k]
		if b.s.in[k] != b.base {
			continue
		}
		if isPrompt(t) {
			return false
		}
		if l, ok := propertyLine(t); ok && l.known && l.indent == b.base && l.colon == b.colon {
			if !b.seen(&l) {
				b.resume = k
			}
			break
		}
	}
	return j < b.resume
}

// join joins the lines of each value.
func (b *block) join() {
	for i := range b.s.props {
		if from, last := b.ends[2*i], b.ends[2*i+1]; last > from {
			b.s.props[i].value = b.joined(b.s.props[i].value, from, last)
		}
	}
}

func (b *block) joined(value string, from, last int) string {
	var text strings.Builder
	text.WriteString(value)
	before := b.s.text[from]
	gap := 0
	for j := from + 1; j <= last; j++ {
		t := b.s.text[j]
		in := b.s.in[j]
		if in < 0 {
			gap++
			continue
		}
		v := strings.TrimRight(t[min(in, b.colon+2):], " \t")
		switch {
		case text.Len() == 0:
		case gap == 0 && b.wrapped(before, len(firstWord(v))):
			text.WriteByte(' ')
		default:
			for ; gap >= 0; gap-- {
				text.WriteByte('\n')
			}
		}
		gap = 0
		text.WriteString(v)
		before = t
	}
	return text.String()
}

// The widths at which consoles and files wrap lines, with some that windows
// have.
const minWrap, maxWrap = 60, 260

// wrapped reports whether a line was wrapped before a word: the word would
// have made it longer than the longest line. Where it ends a sentence or
// introduces a list it is taken to have ended there.
func (b *block) wrapped(t string, word int) bool {
	t = strings.TrimRight(t, " \t")
	length := len(t)
	if length == 0 || t[length-1] == ':' || t[length-1] == '.' {
		return false
	}
	return b.width >= minWrap && b.width <= maxWrap && length+1+word > b.width && length > b.width/2
}

func firstWord(t string) string {
	if i := strings.IndexByte(t, ' '); i >= 0 {
		return t[:i]
	}
	return t
}

// isEvent decides whether the properties are those of an event: an id, and a
// name that only events have.
func isEvent(props []property) bool {
	id, sure, points, time := false, false, 0, false
	for i := range props {
		p := &props[i]
		if !p.known || p.value == "" && p.name.Column != eventtable.Message {
			continue
		}
		switch p.name.Column {
		case eventtable.ID, eventtable.Instance:
			id = id || isNumber(p.value)
		case eventtable.Time:
			time = true
		}
		sure = sure || p.name.Is()
		points += p.name.Points()
	}
	return id && sure && points >= 4 && (time || points >= 6)
}

// cut reports whether whoever pasted the list left out the rest of the message.
func (b *block) cut() bool {
	for i := range b.s.props {
		p := &b.s.props[i]
		if p.known && p.name.Column == eventtable.Message && (strings.HasSuffix(p.value, "...") || strings.HasSuffix(p.value, "…")) {
			return true
		}
	}
	return false
}

func isNumber(v string) bool {
	for i := 0; i < len(v); i++ {
		if v[i] < '0' || v[i] > '9' {
			return false
		}
	}
	return v != "" && len(v) <= 10
}
