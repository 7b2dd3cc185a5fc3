package linetext

import (
	"strings"
	"time"

	"kbdiag/parsers"
)

// clock is a time of day.
type clock struct{ hour, min, sec, nano int }

func two(s string) (int, bool) {
	if len(s) < 2 || !digit(s[0]) || !digit(s[1]) {
		return 0, false
	}
	return int(s[0]-'0')*10 + int(s[1]-'0'), true
}

func four(s string) (int, bool) {
	a, ok := two(s)
	if !ok {
		return 0, false
	}
	b, ok := two(s[2:])
	return a*100 + b, ok
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// clockOf reads 10:22:33 with a fraction behind a point, comma or colon.
func clockOf(s string) (c clock, n int) {
	if len(s) < 7 {
		return c, 0
	}
	var ok bool
	if s[1] == ':' && digit(s[0]) {
		c.hour, n = int(s[0]-'0'), 1
	} else if c.hour, ok = two(s); ok {
		n = 2
	} else {
		return c, 0
	}
	for _, v := range [...]*int{&c.min, &c.sec} {
		if n >= len(s) || s[n] != ':' {
			return c, 0
		}
		if *v, ok = two(s[n+1:]); !ok {
			return c, 0
		}
		n += 3
	}
	if c.hour > 23 || c.min > 59 || c.sec > 60 {
		return c, 0
	}
	if n+1 < len(s) && (s[n] == '.' || s[n] == ',' || s[n] == ':') && digit(s[n+1]) {
		scale := 100_000_000
		i := n + 1
		for ; i < len(s) && i < n+10 && digit(s[i]); i++ {
			c.nano += int(s[i]-'0') * scale
			scale /= 10
		}
		if s[n] == '.' || i == n+4 {
			n = i
		} else {
			c.nano = 0
		}
	}
	return c, n
}

// monthDays are the days of each month in a leap year.
var monthDays = [13]int{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// wall gives a time of the zone as printed.
func wall(year, month, day int, c clock, z parsers.Zone) (moment, bool) {
	if month < 1 || month > 12 || day < 1 || day > monthDays[month] || year < 1980 || year > 2199 {
		return moment{}, false
	}
	sec := days(year, month, day)*86400 + int64(c.hour*3600+c.min*60+c.sec)
	return moment{time.Unix(sec, int64(c.nano)).UTC(), z}, true
}

// days is the number of days from 1970-01-01 to a date of the Gregorian
// calendar.
func days(y, m, d int) int64 {
	if m <= 2 {
		y--
		m += 12
	}
	return int64(365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + d - 1 - 719468)
}

// yearFirst reads 2024-05-12 10:11:12,345 and its like: - / or . in the date;
// T, blank, tab or - before the time; a zone behind it.
func yearFirst(s string) (moment, int) {
	year, ok := four(s)
	if !ok || len(s) < 16 {
		return moment{}, 0
	}
	sep, n := s[4], 5
	var month, day int
	if month, n = oneOrTwo(s, n); n == 0 || s[n] != sep {
		return moment{}, 0
	}
	if day, n = oneOrTwo(s, n+1); n == 0 || n+1 >= len(s) {
		return moment{}, 0
	}
	if c := s[n]; c != ' ' && c != 'T' && c != '\t' && c != '-' && c != '_' {
		return moment{}, 0
	}
	c, w := clockOf(s[n+1:])
	if w == 0 {
		return moment{}, 0
	}
	n += 1 + w
	m, ok := wall(year, month, day, c, parsers.ZoneLocal)
	if !ok {
		return moment{}, 0
	}
	return zoned(m, s, n)
}

// oneOrTwo reads a number of one or two digits at s[i:], and gives where it
// ends, 0 if there is none or s ends there.
func oneOrTwo(s string, i int) (v, end int) {
	for end = i; end < len(s) && end < i+2 && digit(s[end]); end++ {
		v = v*10 + int(s[end]-'0')
	}
	if end == i || end >= len(s) {
		return 0, 0
	}
	return v, end
}

// zoned reads the zone behind a time: Z, +02:00, +0200, and GMT or UTC behind a
// blank.
func zoned(m moment, s string, n int) (moment, int) {
	if n >= len(s) {
		return m, n
	}
	i := n
	if s[i] == ' ' && i+4 < len(s) {
		i++
	}
	switch c := s[i]; {
	case c == 'Z' && i == n:
		m.zone = parsers.ZoneUTC
		return m, n + 1
	case (c == '+' || c == '-') && len(s) >= i+5:
		h, a := two(s[i+1:])
		j := i + 3
		if s[j] == ':' {
			j++
		}
		mins, b := two(s[j:])
		if !a || !b || h > 14 || mins > 59 || j+2 < len(s) && digit(s[j+2]) {
			return m, n
		}
		off := time.Duration(h)*time.Hour + time.Duration(mins)*time.Minute
		if c == '-' {
			off = -off
		}
		m.at = m.at.Add(-off).In(time.FixedZone("", int(off/time.Second)))
		m.zone = parsers.ZoneOffset
		return m, j + 2
	case i > n && (strings.HasPrefix(s[i:], "GMT") || strings.HasPrefix(s[i:], "UTC")):
		m.zone = parsers.ZoneUTC
		return m, i + 3
	}
	return m, n
}

const monthNames = "janfebmaraprmayjunjulaugsepoctnovdec"

// monthOf gives the month whose first three letters s begins with, 0 if none.
func monthOf(s string) int {
	if len(s) < 3 {
		return 0
	}
	a, b, c := s[0]|0x20, s[1]|0x20, s[2]|0x20
	for m := 0; m < 12; m++ {
		if monthNames[3*m] == a && monthNames[3*m+1] == b && monthNames[3*m+2] == c {
			return m + 1
		}
	}
	return 0
}

func weekday(s string) bool {
	if len(s) < 4 {
		return false
	}
	switch s[:3] {
	case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
		return s[3] == ' ' || s[3] == ','
	}
	return false
}

// monthNamed reads dates with a year and the month's name, behind the day of
// the week or not: Oct 11 14:32:52 2000, 11-Oct-2000 14:32:52, 11 Oct 2000
// 14:32:52, 11/Oct/2000:14:32:52 +0200.
func monthNamed(s string) (moment, int) {
	n := 0
	if weekday(s) {
		n = 4
		for n < len(s) && s[n] == ' ' {
			n++
		}
	}
	if n+12 > len(s) {
		return moment{}, 0
	}
	if digit(s[n]) {
		return dayNameYear(s, n)
	}
	month := monthOf(s[n:])
	if month == 0 || s[n+3] != ' ' {
		return moment{}, 0
	}
	n += 4
	if s[n] == ' ' {
		n++
	}
	day, n := oneOrTwo(s, n)
	if n == 0 || s[n] != ' ' && s[n] != ',' {
		return moment{}, 0
	}
	n++
	if n < len(s) && s[n] == ' ' {
		n++
	}
	year, before := four(s[n:])
	if before {
		n += 5
		if n >= len(s) {
			return moment{}, 0
		}
	}
	c, w := clockOf(s[n:])
	if w == 0 {
		return moment{}, 0
	}
	n += w
	if !before {
		var ok bool
		if n+5 > len(s) || s[n] != ' ' {
			return moment{}, 0
		}
		if year, ok = four(s[n+1:]); !ok || n+5 < len(s) && digit(s[n+5]) {
			return moment{}, 0
		}
		n += 5
	}
	m, ok := wall(year, month, day, c, parsers.ZoneLocal)
	if !ok {
		return moment{}, 0
	}
	return m, n
}

// dayNameYear reads 11-Oct-2000 14:32:52 at s[n:].
func dayNameYear(s string, n int) (moment, int) {
	day, n := oneOrTwo(s, n)
	if n == 0 || n+12 > len(s) {
		return moment{}, 0
	}
	sep := s[n]
	if sep != '-' && sep != ' ' && sep != '/' {
		return moment{}, 0
	}
	month := monthOf(s[n+1:])
	if month == 0 || s[n+4] != sep {
		return moment{}, 0
	}
	year, ok := four(s[n+5:])
	n += 9
	if !ok || n >= len(s) || s[n] != ' ' && s[n] != ':' {
		return moment{}, 0
	}
	c, w := clockOf(s[n+1:])
	if w == 0 {
		return moment{}, 0
	}
	m, ok := wall(year, month, day, c, parsers.ZoneLocal)
	if !ok {
		return moment{}, 0
	}
	return zoned(m, s, n+1+w)
}

// compact reads 19990306 10:22:33.
func compact(s string) (moment, int) {
	year, a := four(s)
	month, b := two(s[4:])
	day, d := two(s[6:])
	c, n := clockOf(s[9:])
	if !a || !b || !d || n == 0 {
		return moment{}, 0
	}
	m, ok := wall(year, month, day, c, parsers.ZoneLocal)
	if !ok {
		return moment{}, 0
	}
	return m, 9 + n
}
