package transcript

import "strings"

// Telnet commands [RFC 854], as they read after decoding as Windows-1252.
const (
	iacSE   = '\u00F0'
	iacSB   = '\u00FA'
	iacWILL = '\u00FB'
	iacDONT = '\u00FE'
	iac     = '\u00FF'
)

// clean gives a captured line as the screen showed it: backspaces, carriage
// returns and ANSI sequences applied, telnet negotiation and other control
// characters taken out. Tabs stay.
func clean(s string) string {
	if !needsCleaning(s) {
		return s
	}
	return newScreen(s).run()
}

// Clean gives a captured line as the screen showed it.
func Clean(s string) string { return clean(s) }

func needsCleaning(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' && c != '\t' || c == 0x7F || c == 0xC3 && i+1 < len(s) && s[i+1] == 0xBF {
			return true
		}
	}
	return false
}

// screen is one line of a terminal.
type screen struct {
	in     []rune
	at     int // in in
	out    []rune
	cursor int
	erased bool // the last motion was a backspace
}

func newScreen(s string) *screen { return &screen{in: []rune(s)} }

func (t *screen) run() string {
	for t.at < len(t.in) {
		c := t.in[t.at]
		t.at++
		switch {
		case c == '\b' || c == 0x7F:
			t.cursor = max(0, t.cursor-1)
			t.erased = true
		case c == '\r':
			t.cursor, t.erased = 0, false
		case c == 0x1B:
			t.escape()
		case c == iac:
			t.negotiation()
		case c < ' ' && c != '\t':
			// no mark on the screen
		default:
			t.put(c)
		}
	}
	if t.erased && t.cursor < len(t.out) {
		t.out = t.out[:t.cursor]
	}
	return strings.TrimRight(string(t.out), " ")
}

func (t *screen) put(c rune) {
	if t.cursor < len(t.out) {
		t.out[t.cursor] = c
	} else {
		t.out = append(t.out, c)
	}
	t.cursor++
	t.erased = false
}

// escape takes one ANSI sequence [ECMA-48]. Of those that move or erase, only
// the ones that line editors use are applied.
func (t *screen) escape() {
	if t.at >= len(t.in) {
		return
	}
	kind := t.in[t.at]
	t.at++
	switch kind {
	case '[':
		t.control()
	case ']', 'P', '_', '^':
		t.stringTo()
	case '(', ')', '*', '+', '#', '%', ' ':
		t.at = min(t.at+1, len(t.in))
	}
}

// control takes a control sequence: parameters, then a final byte.
func (t *screen) control() {
	n := 0
	for t.at < len(t.in) {
		c := t.in[t.at]
		t.at++
		switch {
		case c >= '0' && c <= '9':
			n = min(n*10+int(c-'0'), 1<<16)
		case c >= 0x40 && c <= 0x7E:
			t.apply(c, n)
			return
		case c < 0x20:
			return // broken off
		}
	}
}

func (t *screen) apply(final rune, n int) {
	switch final {
	case 'K': // erase in line; parameter 0 is "to its end"
		if n == 0 && t.cursor < len(t.out) {
			t.out = t.out[:t.cursor]
		}
		if n == 2 {
			t.out, t.cursor = t.out[:0], 0
		}
	case 'D':
		t.cursor = max(0, t.cursor-max(1, n))
	case 'C':
		t.cursor = min(len(t.out), t.cursor+max(1, n))
	case 'P': // delete characters
		end := min(len(t.out), t.cursor+max(1, n))
		if t.cursor < end {
			t.out = append(t.out[:t.cursor], t.out[end:]...)
		}
	}
}

// stringTo passes over an operating system command and the like, which end
// with BEL or ESC \.
func (t *screen) stringTo() {
	for t.at < len(t.in) {
		c := t.in[t.at]
		t.at++
		if c == 0x07 {
			return
		}
		if c == 0x1B {
			t.at = min(t.at+1, len(t.in))
			return
		}
	}
}

// negotiation passes over one telnet command.
func (t *screen) negotiation() {
	if t.at >= len(t.in) {
		return
	}
	c := t.in[t.at]
	t.at++
	switch {
	case c == iac: // an escaped 255
		t.put(c)
	case c == iacSB:
		for t.at < len(t.in) {
			d := t.in[t.at]
			t.at++
			if d == iacSE {
				return
			}
		}
	case c >= iacWILL && c <= iacDONT:
		t.at = min(t.at+1, len(t.in))
	case c < '\u00F0': // no telnet: an ordinary ÿ
		t.put(iac)
		t.at--
	}
}
