package eventjson

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// arenaSize is how much unescaped text shares one block of memory.
const arenaSize = 128 << 10

// arena keeps the text of unescaped strings. What it gave out stays valid; its
// blocks are freed when nobody refers to them.
type arena struct{ b strings.Builder }

// room makes sure that n bytes fit into the present block.
func (a *arena) room(n int) {
	if a.b.Cap()-a.b.Len() < n {
		a.b = strings.Builder{}
		a.b.Grow(max(n, arenaSize))
	}
}

// unescape gives s, the text between the quotes of a JSON string, without
// escapes. A half of a surrogate pair becomes U+FFFD, a NUL is left out, an
// escape that JSON does not have stands for itself.
func (a *arena) unescape(s string) string {
	a.room(len(s))
	from := a.b.Len()
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 || i+1 >= len(s) {
			a.b.WriteString(s)
			break
		}
		a.b.WriteString(s[:i])
		s = s[i+a.escape(s[i:]):]
	}
	return a.b.String()[from:]
}

// escape writes what the escape at the beginning of s stands for and gives its
// length.
func (a *arena) escape(s string) int {
	switch c := s[1]; c {
	case 'n':
		a.b.WriteByte('\n')
	case 'r': // a line ends with LF alone
		rest := s[2:]
		for len(rest) > 1 && rest[0] == '\\' && rest[1] == 'r' {
			rest = rest[2:]
		}
		if len(rest) < 2 || rest[0] != '\\' || rest[1] != 'n' {
			a.b.WriteByte('\r')
		}
	case 't':
		a.b.WriteByte('\t')
	case 'b':
		a.b.WriteByte('\b')
	case 'f':
		a.b.WriteByte('\f')
	case 'u':
		return a.unicode(s)
	case '"', '\\', '/':
		a.b.WriteByte(c)
	default:
		a.b.WriteString(s[:2])
	}
	return 2
}

func (a *arena) unicode(s string) int {
	r, ok := hex4(s[2:])
	if !ok {
		a.b.WriteString(s[:2])
		return 2
	}
	n := 6
	if utf16.IsSurrogate(r) {
		low := rune(0)
		if len(s) > 7 && s[6] == '\\' && s[7] == 'u' {
			low, _ = hex4(s[8:])
		}
		if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
			n = 12
		}
	}
	if r != 0 {
		a.b.WriteRune(r)
	}
	return n
}

func hex4(s string) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	var r rune
	for i := 0; i < 4; i++ {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

// small unescapes a short string on its own.
func (a *arena) small(s string) string {
	a.b.Grow(len(s))
	return a.unescape(s)
}
