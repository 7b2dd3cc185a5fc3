package eventtext

import (
	"strings"

	"kbdiag/parsers"
)

// savedRow is one row of a saved log taken apart. Its strings share memory
// with the line.
type savedRow struct {
	stamp  stamp
	known  parsers.Field // the columns that the row has
	source string
	level  parsers.Level
	lang   string // of the level word
	cat    string
	user   string
	host   string
	log    string
	id     uint32
	rowText
}

// rowText is the description of a row.
type rowText struct {
	text   string // as it stands on the row's first line
	extra  string // columns behind a quoted description
	quoted bool   // the description begins with a quote, which text has no longer
	closed bool   // and the quote ends on the same line
	plain  bool   // the text is of insertion strings, not of a message
	tabs   bool   // the insertion strings are separated by tabs
}

// fill puts the row's columns, but for the text, into an event.
func (r *savedRow) fill(e *parsers.Event, d *dateOrder) {
	*e = parsers.Event{Strings: e.Strings[:0], Data: e.Data[:0]}
	d.setTime(e, r.stamp)
	e.SetID(r.id)
	e.SetLevel(r.level)
	if s := present(r.source); s != "" {
		e.Set(parsers.FieldProvider, s)
	}
	if r.known&parsers.FieldCategory != 0 {
		e.Set(parsers.FieldCategory, present(r.cat))
	}
	if r.known&parsers.FieldUser != 0 {
		e.Set(parsers.FieldUser, present(r.user))
	}
	if r.known&parsers.FieldHost != 0 {
		if h := present(r.host); h != "" {
			e.Set(parsers.FieldHost, h)
		}
	}
	if r.known&parsers.FieldLog != 0 {
		e.Set(parsers.FieldLog, present(r.log))
	}
}

// MaxMessage is the longest message that is kept, in bytes. The rest of a
// longer one is left out and accounted for.
const MaxMessage = 1 << 20

const skipLongMessage = "line of a message longer than 1 MiB"

// savedText joins the lines of a description. One line is kept as it is,
// several are copied behind one another into blocks that many messages share.
type savedText struct {
	one   string // the only line so far
	lines int
	gap   int // empty lines not yet written: those at the end are no text
	start int // of the message in block
	block *strings.Builder
	cut   bool
}

// savedBlock is the size of the blocks that messages are joined in.
const savedBlock = 256 << 10

func (t *savedText) reset(first string) {
	t.one, t.lines, t.gap, t.cut = first, 1, 0, false
}

// add adds a line. It reports false if the message is full.
func (t *savedText) add(line string) bool {
	if t.cut {
		return false
	}
	if line == "" {
		t.gap++
		return true
	}
	if t.lines == 1 && t.one == "" && t.gap == 0 {
		t.one = line
		return true
	}
	if t.len()+t.gap+1+len(line) > MaxMessage {
		t.cut = true
		return false
	}
	if t.lines == 1 {
		t.open(len(t.one) + t.gap + 1 + len(line))
		t.block.WriteString(t.one)
	} else {
		t.reserve(t.gap + 1 + len(line))
	}
	for ; t.gap > 0; t.gap-- {
		t.block.WriteByte('\n')
	}
	t.block.WriteByte('\n')
	t.block.WriteString(line)
	t.lines++
	return true
}

// amend adds text to the line that was added last.
func (t *savedText) amend(text string) bool {
	if text == "" || t.cut {
		return !t.cut
	}
	if t.len()+len(text) > MaxMessage {
		t.cut = true
		return false
	}
	if t.lines == 1 {
		t.open(len(t.one) + len(text))
		t.block.WriteString(t.one)
		t.lines++
	} else {
		t.reserve(len(text))
	}
	t.block.WriteString(text)
	return true
}

// open begins a message of several lines, n bytes so far.
func (t *savedText) open(n int) {
	if t.block == nil || t.block.Cap()-t.block.Len() < n {
		t.block = new(strings.Builder)
		t.block.Grow(max(savedBlock, 2*n))
	}
	t.start = t.block.Len()
}

// reserve makes room for n more bytes. A full block is left to the messages
// that are in it; the one in work moves to a new block.
func (t *savedText) reserve(n int) {
	if t.block.Cap()-t.block.Len() >= n {
		return
	}
	done := t.block.String()[t.start:]
	t.block = new(strings.Builder)
	t.block.Grow(max(savedBlock, 2*(len(done)+n)))
	t.block.WriteString(done)
	t.start = 0
}

func (t *savedText) len() int {
	if t.lines <= 1 {
		return len(t.one)
	}
	return t.block.Len() - t.start
}

func (t *savedText) String() string {
	if t.lines <= 1 {
		return t.one
	}
	return t.block.String()[t.start:]
}

// savedReader makes events of rows and of the lines that go on with their
// descriptions.
type savedReader struct {
	out    *parsers.Out
	dates  *dateOrder
	text   savedText
	ev     parsers.Event // of the row in work, reused
	row    rowText
	open   bool     // there is a row in work
	quote  bool     // its description's quote is open
	any    bool     // there was a row
	head   string   // the header row
	names  []string // of its columns behind the fifth
	lost   int      // closing quotes that were missing
	sep    byte
	header func(line string) bool
}

// begin begins the row that stands on line l.
func (s *savedReader) begin(r *savedRow, l *parsers.TextLine) {
	s.flush()
	r.fill(&s.ev, s.dates)
	s.row = r.rowText
	s.open, s.any = true, true
	s.ev.Pos = linePos(l)
	s.text.reset(r.text)
	s.text.cut = l.Cut
	s.quote = r.quoted && !r.closed
}

// grow says that the record in work reaches to the end of line l.
func (s *savedReader) grow(l *parsers.TextLine) {
	s.ev.Pos.Length = l.Offset + int64(l.Length) - s.ev.Pos.Offset
}

// stray takes a line that is no row and goes on with none. It reports false if
// the line belongs to the record in work.
func (s *savedReader) stray(l *parsers.TextLine) bool {
	t := trimBlanks(l.Text)
	switch {
	case isLeftOut(t):
		s.out.Skip(parsers.SkipMark, 1, linePos(l))
	case t == "" && !s.open:
	case s.open:
		return false
	case !s.any && s.header(t):
		s.out.Skip(parsers.SkipHeader, 1, linePos(l))
	default:
		s.out.Line(&parsers.Line{Pos: linePos(l), Text: l.Text})
	}
	return true
}

// more adds a line to the description of the record in work.
func (s *savedReader) more(l *parsers.TextLine, text string) {
	if !s.text.add(text) {
		s.out.Skip(skipLongMessage, 1, linePos(l))
		return
	}
	s.text.cut = s.text.cut || l.Cut
	if text != "" {
		s.grow(l)
	}
}

// flush gives the record in work to out.
func (s *savedReader) flush() {
	if !s.open {
		return
	}
	s.open = false
	e := &s.ev
	text := s.text.String()
	if s.row.quoted {
		text = undouble(text)
	} else {
		text = unquoteText(text)
	}
	s.row.setText(e, trimText(text), s.text.cut)
	if s.row.extra != "" {
		s.extras(e)
	}
	s.out.Event(e)
}

// setText sets the message, or where the form has only those, the insertion
// strings. An empty text says that the message was lost, not that it is empty.
func (r *rowText) setText(e *parsers.Event, text string, cut bool) {
	if text == "" {
		return
	}
	e.Truncated = cut
	e.Set(parsers.FieldMessage, text)
	if !r.plain {
		unwrapDescription(e)
		return
	}
	if unwrapDescription(e) || looksRendered(text) {
		return
	}
	// What is not among the strings may stand in the message.
	e.Truncated = true
	if r.tabs {
		e.Strings = appendSplit(e.Strings, text, '\t')
	} else {
		e.Strings = append(e.Strings, text)
	}
	e.Known |= parsers.FieldStrings
}

// looksRendered tells a message from insertion strings: a sentence has several
// words without capitals.
func looksRendered(text string) bool {
	words := 0
	for i := 0; i < len(text) && words < 4; {
		j := i
		for j < len(text) && text[j] != ' ' && text[j] != '\t' && text[j] != '\n' {
			j++
		}
		end := j
		for end > i && strings.IndexByte(".,:;", text[end-1]) >= 0 {
			end--
		}
		if lowerWord(text[i:end]) {
			words++
		}
		i = j + 1
	}
	return words >= 4
}

func lowerWord(w string) bool {
	for i := 0; i < len(w); i++ {
		if w[i] < 'a' && w[i] != '\'' || w[i] > 'z' && w[i] < 0x80 {
			return false
		}
	}
	return len(w) > 1
}

func appendSplit(list []string, s string, sep byte) []string {
	for {
		i := strings.IndexByte(s, sep)
		if i < 0 {
			return append(list, trimBlanks(s))
		}
		list = append(list, trimBlanks(s[:i]))
		s = s[i+1:]
	}
}

// undouble undoes the doubling of quotes inside a quoted field [RFC 4180].
func undouble(s string) string {
	if strings.Contains(s, `""`) {
		return strings.ReplaceAll(s, `""`, `"`)
	}
	return s
}

// unquoteText takes the quotes off a description that is quoted as a whole,
// which Windows 2003 does where it has a comma in it. Quotes inside must be
// doubled then; a description that begins with one quoted word and ends with
// another is left alone.
func unquoteText(s string) string {
	if len(s) < 2 || s[0] != '"' {
		return s
	}
	t := trimBlanks(s)
	if len(t) < 2 || t[len(t)-1] != '"' {
		return s
	}
	t = t[1 : len(t)-1]
	if strings.Count(t, `"`) != 2*strings.Count(t, `""`) {
		return s
	}
	return undouble(t)
}

// trimText takes blanks and empty lines off both ends of a message.
func trimText(s string) string {
	if s == "" || s[0] > ' ' && s[len(s)-1] > ' ' {
		return s
	}
	return strings.Trim(s, " \t\r\n")
}

// trimRight takes blanks and tabs off the end of a line.
func trimRight(s string) string {
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}

// maxMark is the length of the longest mark of text left out, with blanks.
const maxMark = 12

// isLeftOut reports whether a trimmed line is a mark that its author left
// text out.
func isLeftOut(t string) bool {
	switch t {
	case "[...]", "...", "[…]", "…", "(...)", "[..]", "[snip]", "<snip>", "[cut]":
		return true
	}
	return false
}

// linePos is the position of one line.
func linePos(l *parsers.TextLine) parsers.Pos {
	return parsers.Pos{Line: l.No, Offset: l.Offset, Length: int64(l.Length)}
}

// number reads an unsigned number that fills the trimmed field.
func number(s string) (uint32, bool) {
	for len(s) > 0 && s[len(s)-1] == ' ' {
		s = s[:len(s)-1]
	}
	for len(s) > 0 && s[0] == ' ' {
		s = s[1:]
	}
	if s == "" || len(s) > 10 {
		return 0, false
	}
	var v uint64
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return 0, false
		}
		v = v*10 + uint64(s[i]-'0')
	}
	return uint32(v), v <= 1<<32-1
}

// cutField gives the next field of a row and what follows its separator. more
// is false if the field is the last. A field that begins with a quote ends
// with one, and has no separator in it that counts.
func cutField(s string, sep byte) (field, rest string, more bool) {
	if len(s) > 0 && s[0] == '"' {
		if end := ClosingQuote(s, 1, sep); end > 0 {
			field = undouble(s[1:end])
			if end+1 < len(s) {
				return field, s[end+2:], true
			}
			return field, "", false
		}
	}
	i := strings.IndexByte(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// ClosingQuote finds the quote that ends a quoted field, from byte i of s on:
// one that is not doubled, at the end or before a separator. A quote before
// anything else was not doubled by whoever wrote it and is text. It gives -1
// if there is none.
func ClosingQuote(s string, i int, sep byte) int {
	for i < len(s) {
		j := strings.IndexByte(s[i:], '"')
		if j < 0 {
			return -1
		}
		i += j
		if i+1 == len(s) || s[i+1] == sep {
			return i
		}
		if s[i+1] == '"' {
			i++
		}
		i++
	}
	return -1
}

// separators are what may stand between the fields of a saved log. Event
// Viewer writes commas or tabs; semicolons come from spreadsheets.
const separators = ",\t;|"

// isHeaderRow reports whether a trimmed line may be the names of columns: at
// least n separators, and no digit.
func isHeaderRow(t string, sep byte, n int) bool {
	for i := 0; i < len(t); i++ {
		if isDigit(t[i]) {
			return false
		}
		if t[i] == sep {
			n--
		}
	}
	return n <= 0
}
