package transcript

import (
	"strings"
	"time"

	"kbdiag/parsers"
)

// stamp is the time that a log wrote before a line.
type stamp struct {
	at   time.Time // the clock on day 1 of year 1 where there is no date
	zone parsers.Zone
	ok   bool
}

// peelStamp takes the time stamp off a line: "[10:02:11] x",
// "2020-11-15 13:08:20 x", "4/5/99 10:22:41 AM : x", "08:58:22 - x",
// "Nov 22 22:05:01 host prog[7]: x". Without a stamp it gives s as it is.
func peelStamp(s string, dayFirst parsers.Tri) (string, stamp) {
	p := stampReader{s: s, dayFirst: dayFirst}
	if len(s) < 8 || !p.starts() {
		return s, stamp{}
	}
	st, ok := p.read()
	if !ok {
		return s, stamp{}
	}
	return s[p.i:], st
}

type stampReader struct {
	s        string
	i        int
	dayFirst parsers.Tri
	bracket  bool
	syslog   bool
	y, m, d  int
}

// starts is a quick look at the first bytes.
func (p *stampReader) starts() bool {
	c := p.s[0]
	if c == '[' || c == '(' {
		c = p.s[1]
		p.bracket = true
		p.i = 1
	}
	if c >= '0' && c <= '9' {
		return true
	}
	if n := weekday(p.s[p.i:]); n > 0 {
		p.i += n
		return true
	}
	return c >= 'A' && c <= 'S' && monthOf(p.s[p.i:]) > 0
}

func (p *stampReader) read() (stamp, bool) {
	hasDate := p.date()
	if !hasDate && p.i > 0 && !p.bracket {
		return stamp{}, false
	}
	h, min, sec, ns, hasSec, ok := p.clock()
	if !ok || !hasSec && !p.bracket {
		return stamp{}, false
	}
	st := stamp{ok: true, zone: parsers.ZoneLocal}
	loc := time.UTC
	if z, off, ok := p.offset(); ok {
		st.zone = z
		if z == parsers.ZoneOffset {
			loc = time.FixedZone("", off)
		}
	}
	if !hasDate {
		p.y, p.m, p.d = 1, 1, 1
		st.zone = parsers.ZoneUnknown
	}
	st.at = time.Date(p.y, time.Month(p.m), p.d, h, min, sec, ns, loc)
	return st, p.separator()
}

// date reads the date, if there is one, up to the clock.
func (p *stampReader) date() bool {
	start := p.i
	if m := monthOf(p.s[p.i:]); m > 0 {
		p.i += 3
		p.spaces()
		d, n := p.number(2)
		if n == 0 || p.spaces() == 0 {
			p.i = start
			return false
		}
		p.syslog = true
		p.y, p.m, p.d = 1, m, d
		return false // no year: the clock alone is used
	}
	a, na := p.number(4)
	sep := p.peek()
	if na == 0 || sep != '/' && sep != '-' && sep != '.' {
		p.i = start
		return false
	}
	p.i++
	b, nb := p.number(2)
	if nb == 0 || p.peek() != sep {
		p.i = start
		return false
	}
	p.i++
	c, nc := p.number(4)
	if nc == 0 || !p.order(a, na, b, c, nc, sep) || !p.toClock() {
		p.i = start
		return false
	}
	return true
}

// order settles which of three numbers is the year, the month and the day.
func (p *stampReader) order(a, na, b, c, nc int, sep byte) bool {
	switch {
	case na == 4:
		p.y, p.m, p.d = a, b, c
	case a > 12 || sep == '.' || p.dayFirst == parsers.Yes && b <= 12:
		p.d, p.m, p.y = a, b, c
	default:
		p.m, p.d, p.y = a, b, c
	}
	if na != 4 && nc == 2 {
		p.y = fullYear(c)
	}
	return p.m >= 1 && p.m <= 12 && p.d >= 1 && p.d <= 31 && p.y >= 1970 && p.y < 2200
}

func fullYear(yy int) int {
	if yy < 70 {
		return 2000 + yy
	}
	return 1900 + yy
}

// toClock passes over what stands between date and clock.
func (p *stampReader) toClock() bool {
	if p.peek() == 'T' {
		p.i++
		return true
	}
	if p.peek() == ',' {
		p.i++
		p.spaces()
		return true
	}
	return p.spaces() > 0
}

func (p *stampReader) clock() (h, min, sec, ns int, hasSec, ok bool) {
	var n int
	if h, n = p.number(2); n == 0 || h > 59 || p.peek() != ':' {
		return
	}
	p.i++
	if min, n = p.number(2); n != 2 || min > 59 {
		return
	}
	if p.peek() == '.' && p.y == 0 && !p.bracket && p.i+3 < len(p.s) && isDigit(p.s[p.i+1]) && isDigit(p.s[p.i+2]) && p.s[p.i+3] == ' ' {
		h, min, sec = 0, h, min // "58:01.97 ", minutes and seconds, of Python's imaplib
		return h, min, sec, p.fraction(), true, sec <= 59
	}
	if h > 23 {
		return 0, 0, 0, 0, false, false
	}
	ok = true
	if p.peek() == ':' {
		p.i++
		if sec, n = p.number(2); n != 2 || sec > 60 {
			return h, min, 0, 0, false, false
		}
		hasSec = true
		ns = p.fraction()
	}
	h = p.halfDay(h)
	return h, min, sec, ns, hasSec, ok
}

// fraction reads ".123", ",123" or ":123" as nanoseconds.
func (p *stampReader) fraction() int {
	c := p.peek()
	if c != '.' && c != ',' && c != ':' || p.i+1 >= len(p.s) || !isDigit(p.s[p.i+1]) {
		return 0
	}
	p.i++
	ns, scale := 0, 100_000_000
	for p.i < len(p.s) && isDigit(p.s[p.i]) {
		ns += int(p.s[p.i]-'0') * scale
		scale /= 10
		p.i++
	}
	return ns
}

func (p *stampReader) halfDay(h int) int {
	i := p.i
	for i < len(p.s) && p.s[i] == ' ' {
		i++
	}
	if i+2 > len(p.s) || i+2 < len(p.s) && isWord(p.s[i+2]) {
		return h
	}
	switch strings.ToUpper(p.s[i : i+2]) {
	case "AM":
		p.i = i + 2
		return h % 12
	case "PM":
		p.i = i + 2
		return h%12 + 12
	}
	return h
}

// offset reads "Z", "+01:00" or "+0100".
func (p *stampReader) offset() (parsers.Zone, int, bool) {
	switch c := p.peek(); {
	case c == 'Z':
		p.i++
		return parsers.ZoneUTC, 0, true
	case c == '+' || c == '-':
		i := p.i
		p.i++
		h, n := p.number(2)
		if p.peek() == ':' {
			p.i++
		}
		m, k := p.number(2)
		if n != 2 || k != 2 {
			p.i = i
			return 0, 0, false
		}
		off := h*3600 + m*60
		if c == '-' {
			off = -off
		}
		return parsers.ZoneOffset, off, true
	}
	return 0, 0, false
}

// separator passes over what stands between the stamp and the line. A stamp
// is followed by a blank or a mark, or ends the line.
func (p *stampReader) separator() bool {
	if p.bracket {
		if c := p.peek(); c != ']' && c != ')' {
			return false
		}
		p.i++
	}
	n := p.spaces()
	c := p.peek()
	if (c == ':' || c == '-' || c == '|' || c == ',') && p.i+1 < len(p.s) && p.s[p.i+1] == ' ' {
		p.i++
		n += p.spaces()
	}
	if p.syslog {
		return p.program()
	}
	return n > 0 || p.i == len(p.s) || p.bracket
}

// program passes over "host program[pid]: " of a syslog line.
func (p *stampReader) program() bool {
	colon := strings.Index(p.s[p.i:], ": ")
	if colon < 0 || colon > 80 || strings.Count(p.s[p.i:p.i+colon], " ") > 1 {
		return false
	}
	p.i += colon + 2
	return true
}

func (p *stampReader) peek() byte {
	if p.i < len(p.s) {
		return p.s[p.i]
	}
	return 0
}

// number reads up to limit digits and gives how many there were; more digits
// than that are no number of a date.
func (p *stampReader) number(limit int) (v, n int) {
	for p.i < len(p.s) && isDigit(p.s[p.i]) {
		if n == limit {
			return 0, 0
		}
		v = v*10 + int(p.s[p.i]-'0')
		n++
		p.i++
	}
	return v, n
}

func (p *stampReader) spaces() int {
	n := 0
	for p.i < len(p.s) && (p.s[p.i] == ' ' || p.s[p.i] == '\t') {
		p.i++
		n++
	}
	return n
}

// weekday gives the length of an English day's short name with the blank
// before a numeric date, as MDaemon writes it, 0 if s begins with none.
func weekday(s string) int {
	if len(s) < 12 || s[3] != ' ' || !isDigit(s[4]) {
		return 0
	}
	switch s[:3] {
	case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
		return 4
	}
	return 0
}

// monthOf gives the month whose English short name begins s, 0 if none does.
func monthOf(s string) int {
	if len(s) < 4 || s[3] != ' ' {
		return 0
	}
	switch s[:3] {
	case "Jan":
		return 1
	case "Feb":
		return 2
	case "Mar":
		return 3
	case "Apr":
		return 4
	case "May":
		return 5
	case "Jun":
		return 6
	case "Jul":
		return 7
	case "Aug":
		return 8
	case "Sep":
		return 9
	case "Oct":
		return 10
	case "Nov":
		return 11
	case "Dec":
		return 12
	}
	return 0
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}
