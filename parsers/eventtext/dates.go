package eventtext

import (
	"strings"
	"unicode/utf8"
)

// stamp is a date, with or without a time of day, taken apart as printed. What
// is day and what is month is not settled here: see dateOrder.
type stamp struct {
	part  [3]int16 // the three numbers of the date in the order printed; a month's name as its number
	width [3]uint8 // digits of each; 0 for a month's name
	sep   byte     // between the parts: '/', '.', '-', or ' ' between words
	clock clock
}

// clock is a time of day.
type clock struct {
	hour, min, sec int8
	nano           int32
	half           half
	set            bool // there is one
	seconds        bool // it was printed with seconds
}

// half says how a 12-hour clock names the half of the day.
type half uint8

const (
	half24     half = iota // 24-hour clock, or no half printed
	halfUpper              // "AM", "PM"
	halfLower              // "am", "pm"
	halfDotted             // "a.m.", "p. m."
	halfOther              // words of other languages
)

// yearFirst reports whether the first part is the year beyond doubt.
func (s *stamp) yearFirst() bool { return s.width[0] == 4 || s.part[0] > 31 }

// yearLast reports whether the last part is the year beyond doubt.
func (s *stamp) yearLast() bool { return s.width[2] == 4 || s.part[2] > 31 }

// named reports whether the month is printed as a word.
func (s *stamp) named() bool { return s.width[0] == 0 || s.width[1] == 0 }

// scanStamp reads a date and, where one follows, a time of day from the
// beginning of s. It gives how many bytes it read, 0 if s does not begin with
// a date. Between the two may stand blanks, a tab, a comma or a T.
func scanStamp(s string) (stamp, int) {
	st, n := scanDate(s)
	if n == 0 {
		return st, 0
	}
	i := n
	if i < len(s) && (s[i] == ',' || s[i] == 'T') {
		i++
	}
	i += skipMarks(s[i:])
	if i == n {
		return st, n
	}
	c, m := scanClock(s[i:])
	if m == 0 {
		i += beforeClock(s[i:])
		if c, m = scanClock(s[i:]); m == 0 {
			return st, n
		}
	}
	st.clock = c
	return st, i + m
}

// beforeClock gives the length of a word that stands between a date and a time
// of day, with the blanks behind it; 0 if there is none.
func beforeClock(s string) int {
	for _, w := range [...]string{"klo ", "kl. ", "kl ", "um ", "at ", "à ", "a las ", "às ", "alle ", "o ", "в "} {
		if hasPrefixFold(s, w) {
			return len(w)
		}
	}
	return 0
}

// scanDate reads a date from the beginning of s: three numbers with the same
// one of / . - between them, or a month's name in place of one. It gives how
// many bytes it read, 0 if there is no date.
func scanDate(s string) (stamp, int) {
	st, n := scanPlainDate(s)
	if n > 0 {
		return st, n
	}
	st = stamp{}
	i := 0
	if len(s) > 0 && (s[0] < '0' || s[0] > '9') {
		i = skipMarks(s)
	}
	for p := 0; p < 3; p++ {
		v, w := scanNumber(s[i:])
		if w == 0 {
			return scanNamedDate(s)
		}
		st.part[p], st.width[p] = v, uint8(w)
		i += w
		if p == 2 {
			break
		}
		n := st.scanSep(s[i:])
		if n == 0 {
			return scanNamedDate(s)
		}
		i += n
	}
	if !st.plausible() || i < len(s) && (isDigit(s[i]) || s[i] == st.sep && i+1 < len(s) && isDigit(s[i+1])) {
		return stamp{}, 0
	}
	return st, i + dateTail(s[i:], st.sep)
}

// scanPlainDate is scanDate for the dates of most logs, which have nothing but
// digits and separators and no marks behind them. It gives 0 for all others.
func scanPlainDate(s string) (st stamp, n int) {
	i := 0
	for p := range st.part {
		from := i
		for i < len(s) && i-from < 4 && isDigit(s[i]) {
			st.part[p] = st.part[p]*10 + int16(s[i]-'0')
			i++
		}
		if i == from || i+1 >= len(s) {
			return st, 0
		}
		st.width[p] = uint8(i - from)
		if p == 2 {
			break
		}
		c := s[i]
		if c != '/' && c != '.' && c != '-' || p == 1 && c != st.sep {
			return st, 0
		}
		st.sep = c
		i++
	}
	switch s[i] {
	case ' ', ',', '\t', 'T':
		if s[i+1] < 0x80 && st.plausible() {
			return st, i
		}
	}
	return st, 0
}

// scanNumber reads up to four digits.
func scanNumber(s string) (v int16, n int) {
	for n < len(s) && n < 4 && isDigit(s[n]) {
		v = v*10 + int16(s[n]-'0')
		n++
	}
	return v, n
}

// scanSep reads the separator between two parts, which must be the same both
// times. Czech and Hungarian dates have a blank after the point.
func (s *stamp) scanSep(t string) int {
	n := skipDirection(t)
	if n >= len(t) {
		return 0
	}
	c := t[n]
	if c != '/' && c != '.' && c != '-' || s.sep != 0 && s.sep != c {
		return 0
	}
	s.sep = c
	n++
	if n < len(t) && c == '.' && t[n] == ' ' {
		n++
	}
	return n + skipDirection(t[n:])
}

// plausible tells dates from version numbers and addresses: one part is a year
// of four or two digits, the others have one or two.
func (s *stamp) plausible() bool {
	for _, w := range s.width {
		if w == 3 {
			return false
		}
	}
	a, b, c := s.part[0], s.part[1], s.part[2]
	if s.width[1] > 2 || b < 1 || b > 31 {
		return false
	}
	if s.width[0] == 4 {
		return plausibleYear(a) && s.width[2] <= 2 && c >= 1 && c <= 31
	}
	if s.width[2] == 4 {
		return plausibleYear(c) && a >= 1 && a <= 31
	}
	if a > 31 {
		return s.width[0] == 2 && c >= 1 && c <= 31 && b <= 12
	}
	return a >= 1 && s.width[2] == 2 && (a <= 12 || b <= 12)
}

// plausibleYear allows 1601, which Windows prints for no time, and the
// calendars of Thailand, Iran and Arabia.
func plausibleYear(y int16) bool {
	return y >= 1970 && y < 2200 || y == 1601 || y >= 2500 && y < 2700 || isPersian(y) || isHijri(y)
}

// dateTail is the length of what some languages print after a date: a point,
// or the Bulgarian "г.".
func dateTail(s string, sep byte) int {
	n := 0
	if sep == '.' && strings.HasPrefix(s, ".") && !(len(s) > 1 && isDigit(s[1])) {
		n = 1
	}
	if strings.HasPrefix(s[n:], " г.") {
		n += len(" г.")
	}
	return n
}

// months are the beginnings of the names of months that are printed in short
// dates, in lower case: English, and where they differ German, French, Spanish
// and Italian.
var months = []struct {
	name  string
	month int16
}{
	{"jan", 1}, {"feb", 2}, {"mar", 3}, {"apr", 4}, {"may", 5}, {"jun", 6}, {"jul", 7}, {"aug", 8},
	{"sep", 9}, {"oct", 10}, {"nov", 11}, {"dec", 12},
	{"mär", 3}, {"mai", 5}, {"okt", 10}, {"dez", 12},
	{"janv", 1}, {"févr", 2}, {"avr", 4}, {"juin", 6}, {"juil", 7}, {"août", 8}, {"déc", 12},
	{"ene", 1}, {"abr", 4}, {"ago", 8}, {"dic", 12},
	{"gen", 1}, {"mag", 5}, {"giu", 6}, {"lug", 7}, {"set", 9}, {"ott", 10},
}

// scanNamedDate reads "25-Jul-2007", "25 July 2007", "Jul 25, 2007" and
// "2007-Jul-25".
func scanNamedDate(s string) (stamp, int) {
	var st stamp
	i := skipMarks(s)
	names := 0
	for p := 0; p < 3; p++ {
		if v, w := scanNumber(s[i:]); w > 0 {
			st.part[p], st.width[p] = v, uint8(w)
			i += w
		} else if v, w := scanMonth(s[i:]); w > 0 && p < 2 {
			st.part[p] = v
			i += w
			names++
		} else {
			return stamp{}, 0
		}
		if p == 2 {
			break
		}
		n := 0
		for i+n < len(s) && n < 2 && strings.IndexByte(" -/.,", s[i+n]) >= 0 {
			n++
		}
		if n == 0 {
			return stamp{}, 0
		}
		i += n
	}
	st.sep = ' '
	day, year := st.part[0], 2
	switch {
	case st.width[0] == 0:
		day = st.part[1]
	case st.width[0] == 4:
		day, year = st.part[2], 0
	}
	fits := names == 1 && day >= 1 && day <= 31 && (st.width[year] == 4 && plausibleYear(st.part[year]) || st.width[year] == 2)
	if !fits || i < len(s) && (isDigit(s[i]) || isLetter(s[i])) {
		return stamp{}, 0
	}
	return st, i
}

// scanMonth reads the name of a month, whole or cut.
func scanMonth(s string) (int16, int) {
	n := 0
	for n < len(s) && n < 16 && (isLetter(s[n]) || s[n] >= 0x80) {
		n++
	}
	if n < 3 {
		return 0, 0
	}
	word := strings.ToLower(s[:n])
	for _, m := range months {
		if strings.HasPrefix(word, m.name) {
			return m.month, n
		}
	}
	return 0, 0
}

// scanClock reads a time of day from the beginning of s: 16:51:10, 16.51.10,
// 4:51 PM, 04:51:10 p.m., 午後 4:51:10, with or without seconds and fractions.
func scanClock(s string) (clock, int) {
	i := 0
	before, pmBefore := false, false
	if s == "" || !isDigit(s[0]) {
		var c int
		c, i, _ = scanHalf(s)
		before, pmBefore = i > 0, c == halfPM
		if !before {
			i = skipMarks(s)
		}
	}
	var k clock
	h, w := scanNumber(s[i:])
	if w == 0 || w > 2 || h > 24 {
		return clock{}, 0
	}
	k.hour = int8(h)
	i += w
	if i >= len(s) || s[i] != ':' && s[i] != '.' {
		return clock{}, 0
	}
	sep := s[i]
	n := scanTwo(s[i+1:], &k.min)
	if n == 0 {
		return clock{}, 0
	}
	i += 1 + n
	if i < len(s) && s[i] == sep {
		if n = scanTwo(s[i+1:], &k.sec); n > 0 {
			k.seconds = true
			i += 1 + n
			i += k.scanFraction(s[i:])
		}
	}
	if i < len(s) && isDigit(s[i]) || k.min > 59 || k.sec > 60 {
		return clock{}, 0
	}
	k.set = true
	if before {
		k.half = halfOther
		k.turn(pmBefore)
		return k, i
	}
	if i == len(s) || s[i] == ',' {
		return k, i
	}
	if which, n, style := scanHalf(s[i:]); n > 0 && k.hour <= 13 {
		k.half = style
		k.turn(which == halfPM)
		i += n
	}
	return k, i
}

// turn sets the hour of a 12-hour clock into the 24-hour one.
func (c *clock) turn(pm bool) {
	switch {
	case pm && c.hour < 12:
		c.hour += 12
	case !pm && c.hour == 12:
		c.hour = 0
	}
}

// scanTwo reads exactly one or two digits below 61.
func scanTwo(s string, v *int8) int {
	if len(s) < 2 || !isDigit(s[0]) || !isDigit(s[1]) {
		return 0
	}
	*v = int8((s[0]-'0')*10 + s[1] - '0')
	return 2
}

// scanFraction reads a fraction of a second.
func (c *clock) scanFraction(s string) int {
	if len(s) < 2 || s[0] != '.' && s[0] != ',' || !isDigit(s[1]) {
		return 0
	}
	n := 1
	var v, scale int32 = 0, 100_000_000
	for n < len(s) && isDigit(s[n]) {
		v += int32(s[n]-'0') * scale
		scale /= 10
		n++
	}
	if n > 10 || s[0] == ',' && n != 4 {
		return 0 // a comma before anything but milliseconds separates fields
	}
	c.nano = v
	return n
}

// Halves of the day as scanHalf gives them.
const (
	halfAM = 1
	halfPM = 2
)

// halves are the words for the halves of the day, longest first where one
// begins another. ASCII ones are in lower case.
var halves = []struct {
	word  string
	which int
	style half
}{
	{"午前", halfAM, halfOther}, {"午後", halfPM, halfOther}, // ja
	{"上午", halfAM, halfOther}, {"下午", halfPM, halfOther}, // zh
	{"오전", halfAM, halfOther}, {"오후", halfPM, halfOther}, // ko
	{"dop.", halfAM, halfOther}, {"odp.", halfPM, halfOther}, // cs
	{"πμ", halfAM, halfOther}, {"μμ", halfPM, halfOther}, {"ΠΜ", halfAM, halfOther}, {"ΜΜ", halfPM, halfOther}, // el
	{"π.μ.", halfAM, halfOther}, {"μ.μ.", halfPM, halfOther},
	{"ق.ظ", halfAM, halfOther}, {"ب.ظ", halfPM, halfOther}, // fa
	{"ص", halfAM, halfOther}, {"م", halfPM, halfOther}, // ar
	{"de.", halfAM, halfOther}, {"du.", halfPM, halfOther}, // hu
	{"vorm.", halfAM, halfOther}, {"nachm.", halfPM, halfOther}, // de
}

// scanHalf reads a word for a half of the day, with blanks before and after
// it, and gives which one it is. It gives 0 bytes if there is none.
func scanHalf(s string) (which, n int, style half) {
	i := skipMarks(s)
	if i >= len(s) || isDigit(s[i]) {
		return 0, 0, 0
	}
	if which, n, style = scanLatinHalf(s[i:]); n > 0 {
		return which, i + n, style
	}
	for _, h := range halves {
		if strings.HasPrefix(s[i:], h.word) {
			i += len(h.word)
			if i < len(s) && isLetter(s[i]) {
				return 0, 0, 0
			}
			return h.which, i + skipMarks(s[i:]), h.style
		}
	}
	return 0, 0, 0
}

// scanLatinHalf reads AM, PM and their spellings: "am", "a.m.", "p. m.".
func scanLatinHalf(s string) (which, n int, style half) {
	if len(s) < 2 {
		return 0, 0, 0
	}
	switch s[0] | 0x20 {
	case 'a':
		which = halfAM
	case 'p':
		which = halfPM
	default:
		return 0, 0, 0
	}
	style = halfUpper
	if s[0]&0x20 != 0 {
		style = halfLower
	}
	i := 1
	if s[i] == '.' {
		style = halfDotted
		i++
		i += skipMarks(s[i:])
	}
	if i >= len(s) || s[i]|0x20 != 'm' {
		return 0, 0, 0
	}
	i++
	if i < len(s) && s[i] == '.' {
		i++
	}
	if i < len(s) && (isLetter(s[i]) || isDigit(s[i])) {
		return 0, 0, 0
	}
	return which, i, style
}

// skipMarks is the length of blanks, no-break spaces and direction marks at
// the beginning of s.
func skipMarks(s string) int {
	i := 0
	for i < len(s) {
		if s[i] == ' ' || s[i] == '\t' {
			i++
			continue
		}
		if s[i] < 0x80 {
			break
		}
		n := markLen(s[i:])
		if n == 0 {
			break
		}
		i += n
	}
	return i
}

// skipDirection is skipMarks without the blanks of ASCII.
func skipDirection(s string) int {
	i := 0
	for i < len(s) && s[i] >= 0x80 {
		n := markLen(s[i:])
		if n == 0 {
			break
		}
		i += n
	}
	return i
}

// markLen is the length of a direction mark or blank outside ASCII that s
// begins with, 0 if it begins with none. Windows prints U+200E and U+200F in
// dates of some languages, U+202F before AM and PM since Windows 11.
func markLen(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r == 0xA0, r >= 0x2000 && r <= 0x200F, r >= 0x202A && r <= 0x202F, r == 0x2060, r == 0x3000, r == 0xFEFF:
		return n
	}
	return 0
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
