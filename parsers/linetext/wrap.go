package linetext

import (
	"strings"
	"unicode/utf8"
)

// shape is what of a line tells whether it is wrapped prose.
type shape struct {
	indent  int    // bytes of blanks and marks of replies before the text
	mark    string // those bytes
	cols    int    // of the line
	first   int    // columns of the first word
	words   int
	prose   bool   // words and blanks, no table, no code
	body    string // the text behind the mark
	ends    bool   // ends with a period or its like
	capital bool   // begins with a capital
	wide    bool   // ends in a script without blanks between words
}

// The widths, in columns, at which people and programs wrap prose: a line is
// wrapped where the next word would have gone beyond minWrap.
const (
	minCols = 45
	minWrap = 64
	maxCols = 110
)

// What bytes are, as parts of one number, so that one addition counts all: the
// parts do not run over in a line of 4*maxCols bytes.
const (
	oneLetter = 1
	oneOdd    = 1 << 16 // of tables and code
	oneHigh   = 1 << 32 // outside ASCII
	oneBlank  = 1 << 48
	onePart   = 1<<16 - 1
)

// classes gives for each byte what it is.
var classes = makeClasses()

func makeClasses() *[256]uint64 {
	var t [256]uint64
	for c := range t {
		switch {
		case c|0x20 >= 'a' && c|0x20 <= 'z' && c < 0x80:
			t[c] = oneLetter
		case c >= 0x80:
			t[c] = oneLetter | oneHigh
		case strings.IndexByte("\t{}=;", byte(c)) >= 0:
			t[c] = oneOdd
		case c == ' ':
			t[c] = oneBlank
		}
	}
	return &t
}

// shapeOf looks at a line once.
func shapeOf(t string) shape {
	var s shape
	s.indent = markLen(t)
	s.mark = t[:s.indent]
	body := t[s.indent:]
	for len(body) > 0 && body[len(body)-1] == ' ' {
		body = body[:len(body)-1]
	}
	if len(body) == 0 || len(body) > 4*maxCols || body[0] == '\t' {
		s.cols = maxCols + 1
		return s
	}
	if strings.Contains(body, "   ") {
		return s // blanks of a table
	}
	count := uint64(0)
	for i := 0; i < len(body); i++ {
		count += classes[body[i]]
	}
	letters, odd := int(count&onePart), int(count/oneOdd&onePart)
	s.words = int(count/oneBlank) + 1
	if s.first = strings.IndexByte(body, ' '); s.first < 0 {
		s.first = len(body)
	}
	s.cols = s.indent + len(body)
	if count/oneHigh&onePart != 0 {
		s.cols = s.indent + utf8.RuneCountInString(body)
		last, _ := utf8.DecodeLastRuneInString(body)
		s.wide = last >= 0x3000
	}
	s.prose = odd*24 <= len(body) && letters*10 >= len(body)*6
	s.body = body
	switch body[len(body)-1] {
	case '.', '!', '?', ':':
		s.ends = true
	}
	s.capital = body[0] >= 'A' && body[0] <= 'Z'
	return s
}

// markLen is the length of the blanks and marks of replies before the text.
func markLen(t string) int {
	n := 0
	for n < len(t) && (t[n] == ' ' || t[n] == '>' || t[n] == '|') {
		n++
	}
	return n
}

// isItem tells an item of a list, a heading's rule or a line with a label.
func isItem(s string) bool {
	switch c := s[0]; {
	case c == '-' || c == '*' || c == '+' || c == '#' || c == '=' || c == '_' || c == '<' || c == '[':
		return true
	case c >= '0' && c <= '9':
		i := 1
		for i < len(s) && i < 3 && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		return i+1 < len(s) && (s[i] == '.' || s[i] == ')') && s[i+1] == ' '
	}
	for i := 0; i < len(s) && i < 24; i++ {
		c := s[i]
		if c == ':' {
			return i > 0 && (i+1 == len(s) || s[i+1] == ' ')
		}
		if c|0x20 < 'a' || c|0x20 > 'z' {
			if c != ' ' && c != '-' {
				return false
			}
		}
	}
	return false
}

// mayWrap tells whether the line may go on in the next one.
func (s *shape) mayWrap() bool {
	return s.prose && s.cols >= minCols && s.cols <= maxCols && (s.words > 3 || s.wide)
}

// wraps tells whether next goes on with the sentence of s: it stands where s
// stands, and its first word had no room.
func (s *shape) wraps(next *shape) bool {
	if s.cols+1+next.first <= minWrap || next.body == "" || !sameMark(s, next) || isItem(next.body) {
		return false
	}
	if !next.prose && next.cols > minCols {
		return false
	}
	return !next.capital || !s.ends || s.cols+1+next.first > 70
}

// sameMark tells whether two lines stand under the same mark: replies of the
// same depth, and not further left or right but for the second line of an item.
func sameMark(s, next *shape) bool {
	if s.mark == next.mark {
		return true
	}
	return next.indent > s.indent && next.indent <= s.indent+4 && depth(s.mark) == depth(next.mark) && isItem(s.body)
}

func depth(mark string) int {
	n := 0
	for i := 0; i < len(mark); i++ {
		if mark[i] != ' ' {
			n++
		}
	}
	return n
}
