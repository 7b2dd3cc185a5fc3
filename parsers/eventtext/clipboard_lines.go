package eventtext

import "strings"

// clipKind says what a line of a message is to clipboard.
type clipKind uint8

const (
	clipOther clipKind = iota // no line that is read here
	clipLine                  // text
	clipLast                  // the last sentence of the message
	clipData                  // the label of the data
	clipHex                   // a row of the dump
)

// Classes of bytes, for a look at a whole line at once.
const (
	byteOdd   uint8 = 1 << iota // of markup, of other programs, outside ASCII
	byteColon                   // or "="
	byteSep                     // ends a cell of a table
	byteDigit
	byteDash
	byteSlash
	byteV
	byteL
)

var byteClass = func() (t [256]uint8) {
	for c := range t {
		if c < ' ' && c != '\t' || c >= 0x7F {
			t[c] = byteOdd
		}
	}
	for _, c := range []byte("<>{}[]#`=|") {
		t[c] = byteOdd
	}
	for _, c := range []byte(",;\"\t") {
		t[c] = byteSep
	}
	for c := '0'; c <= '9'; c++ {
		t[c] = byteDigit
	}
	t[':'], t['-'], t['/'], t['v'], t['L'] = byteColon, byteDash, byteSlash, byteV, byteL
	return t
}()

// kindOfLine says what a line of a message is.
func (c *clipboard) kindOfLine(t string) clipKind {
	from := 0
	for from < len(t) && (t[from] == ' ' || t[from] == '\t') {
		from++
	}
	s := t[from:]
	if has, ok := plainLine(t, s); ok {
		return c.kindOfPlain(s, has)
	}
	if c.may(t) {
		return clipOther
	}
	return kindOfRow(t)
}

// PlainLine reports whether a line is so plain that no finder but that of
// labels takes anything of it.
func PlainLine(t string) bool {
	_, ok := plainLine(t, strings.TrimLeft(t, " \t"))
	return ok
}

// plainLine gives the classes of the bytes of line t, which is s behind its
// blanks. It reports false for a line that needs a closer look. What it lets
// pass begins with a letter and has none of the marks that the other finders
// want to see.
func plainLine(t, s string) (has uint8, ok bool) {
	if len(s) < 3 || !isLetter(s[0]) {
		return 0, false
	}
	rest := s
	for len(rest) >= 4 {
		has |= byteClass[rest[0]] | byteClass[rest[1]] | byteClass[rest[2]] | byteClass[rest[3]]
		rest = rest[4:]
	}
	for i := range len(rest) {
		has |= byteClass[rest[i]]
	}
	if has&byteOdd != 0 || has&(byteV|byteL) == byteV|byteL { // "MSWinEventLog", "EvntSLog"
		return 0, false
	}
	if len(t) > 20 && t[3] == ' ' && (t[9] == ':' || t[8] == ':') { // a header of syslog
		return 0, false
	}
	switch s[0] {
	case 'E', 'e':
		if hasPrefixFold(s, "Event") {
			return 0, false
		}
	case 'o':
		if s[1] == ' ' { // a bullet
			return 0, false
		}
	}
	if has&byteColon != 0 && !plainPair(s) || has&byteSep != 0 && !plainCell(s) {
		return 0, false
	}
	if has&byteDash != 0 && strings.Contains(s[:min(len(s), 40)], " - ") {
		return 0, false
	}
	if has&byteDigit != 0 && !plainNumbers(s) {
		return 0, false
	}
	return has, true
}

// plainPair looks at a line with a colon.
func plainPair(s string) bool {
	k := strings.IndexByte(s, ':')
	if k == 0 || strings.Contains(s, " :") || strings.HasPrefix(s[k+1:], " (") {
		return false
	}
	switch s[0] {
	case 'T':
		return !strings.HasPrefix(s, "Type:")
	case 'C':
		return !strings.HasPrefix(s, "Computer Name:")
	}
	return true
}

// How long the names of columns of events are at most, in letters: those of
// package eventtable, which begin with an "e" where they are the longest.
const (
	maxColumnName  = 23
	maxColumnNameE = 39
)

// plainCell reports whether a line with separators cannot begin with the name
// of a column: what stands before the first is too long, or has a colon in it.
func plainCell(s string) bool {
	letters, most := 0, maxColumnName
	if s[0]|0x20 == 'e' {
		most = maxColumnNameE
	}
	for i := 0; i < len(s) && letters <= most; i++ {
		switch c := s[i]; {
		case isLetter(c):
			letters++
		case c == ':':
			return true
		case c == '.' || c == '_': // a name with those of its carriers before it
			return false
		case byteClass[c] == byteSep:
			return false
		}
	}
	return true
}

// plainNumbers looks at a line with digits: it has no date behind a level word,
// and no code of 32 bits at its end.
func plainNumbers(s string) bool {
	if n := len(trimRight(s)); n > 10 && s[n-10] == '0' && s[n-9]|0x20 == 'x' {
		return false
	}
	if s[0] >= 'a' || levelLengths[lowerASCII(s[0])] == 0 {
		return true
	}
	var p pasteScan
	_, n := p.anchor(s)
	return n == 0
}

// kindOfPlain is kindOfRow for a plain line.
func (c *clipboard) kindOfPlain(s string, has uint8) clipKind {
	if has&byteColon != 0 {
		k := strings.IndexByte(s, ':')
		if k <= 8 && isHexRow(s) {
			return clipOther
		}
		if k < maxLabel && c.labels.has(s[:k+1]) {
			if l, v, ok := labelAt(s); ok {
				return kindOfLabel(l, s[v:])
			}
		}
	}
	if len(s) <= 24 && strings.IndexByte("oatfuye", s[0]|0x20) >= 0 && isSeparator(trimRight(s)) {
		return clipOther
	}
	if has&byteSlash != 0 && isLastSentence(trimRight(s)) {
		return clipLast
	}
	return clipLine
}

// clipLabels remembers what stands before colons: most of it are names in lists
// that come again and again, and no labels.
type clipLabels [64]struct {
	text string
	is   bool
}

// has reports whether a text, up to its colon, is a label.
func (ls *clipLabels) has(t string) bool {
	n := uint(len(t))
	l := &ls[(n+uint(t[0])*7+uint(t[n/2])*3)%uint(len(ls))]
	if l.text != t {
		l.text = strings.Clone(t)
		_, _, l.is = labelAt(l.text)
	}
	return l.is
}

// kindOfRow says what a line is that no other finder wants to see, with the
// questions that bodyScan asks.
func kindOfRow(t string) clipKind {
	if strings.IndexByte(t, '<') >= 0 && isMarkup(t) {
		return clipOther
	}
	r := makeRow(t, 0)
	s := r.text
	switch {
	case s == "" || r.depth > 0:
		return clipOther
	case isHexRow(s):
		return clipHex
	}
	if bare := stripMarks(s); bare != "" {
		if l, v, ok := labelAt(bare); ok {
			return kindOfLabel(l, bare[v:])
		}
	}
	switch {
	case isXMLStart(s), isRule(s), isSeparator(s), IsFence(s), strings.HasPrefix(s, "Event["), strings.HasPrefix(s, "DOCUMENT:"):
		return clipOther
	case r.indent > 0 && eventWord(s) == 0: // maybe with the name of its source above
		return clipOther
	case isLastSentence(s):
		return clipLast
	}
	return clipLine
}

// kindOfLabel says what a line is that begins with a label.
func kindOfLabel(l label, value string) clipKind {
	switch {
	case l.field == dataField && trimBlanks(value) == "":
		return clipData
	case l.field == dataField || l.field == xmlField || leadsFull(l):
		return clipOther
	}
	return clipLine
}
