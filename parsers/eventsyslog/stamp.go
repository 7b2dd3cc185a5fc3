package eventsyslog

import (
	"strconv"
	"strings"
	"time"

	"kbdiag/parsers"
)

// moment is a time and what is known of its zone.
type moment struct {
	at   time.Time
	zone parsers.Zone
}

func (m moment) known() bool { return m.zone != parsers.ZoneUnknown }

// monthNames are the months as C and syslog print them, in lower case.
const monthNames = "janfebmaraprmayjunjulaugsepoctnovdec"

// monthOf gives the number of the month that s begins with, 0 if it is none.
func monthOf(s string) int {
	if len(s) < 3 {
		return 0
	}
	var b [3]byte
	for i := range b {
		b[i] = s[i] | 0x20
	}
	for m := 0; m < 12; m++ {
		if monthNames[3*m:3*m+3] == string(b[:]) {
			return m + 1
		}
	}
	return 0
}

// number reads up to max digits.
func number(s string, max int) (v, n int) {
	for n < len(s) && n < max && s[n] >= '0' && s[n] <= '9' {
		v = v*10 + int(s[n]-'0')
		n++
	}
	return v, n
}

func blanks(s string) int {
	n := 0
	for n < len(s) && s[n] == ' ' {
		n++
	}
	return n
}

// civil is a date and a time of day; year 0 where none is printed.
type civil struct {
	year, month, day int
	hour, min, sec   int
	nano             int
}

// local gives the time as wall clock of a zone that is not stated.
func (c civil) local() moment {
	if c.year == 0 || c.month == 0 {
		return moment{}
	}
	t := time.Date(c.year, time.Month(c.month), c.day, c.hour, c.min, c.sec, c.nano, time.UTC)
	if t.Day() != c.day || c.hour > 23 || c.min > 59 || c.sec > 60 || c.year < 1980 {
		return moment{}
	}
	return moment{t, parsers.ZoneLocal}
}

// clock reads 16:37:25 and 16:37:25.123, also with blanks for colons as one
// shipper prints them.
func (c *civil) clock(s string) int {
	var n, w int
	if c.hour, w = number(s, 2); w == 0 {
		return 0
	}
	n += w
	for _, v := range []*int{&c.min, &c.sec} {
		if n >= len(s) || s[n] != ':' && s[n] != ' ' {
			return 0
		}
		if *v, w = number(s[n+1:], 2); w != 2 {
			return 0
		}
		n += 1 + w
	}
	if n < len(s) && s[n] == '.' {
		c.nano, w = fraction(s[n+1:])
		if w > 0 {
			n += 1 + w
		}
	}
	return n
}

// fraction reads the digits of a fraction of a second, in nanoseconds.
func fraction(s string) (nano, n int) {
	scale := 100_000_000
	for n < len(s) && n < 9 && s[n] >= '0' && s[n] <= '9' {
		nano += int(s[n]-'0') * scale
		scale /= 10
		n++
	}
	return nano, n
}

// scanMonthFirst reads "Sep 17 16:37:25", "Sep  7 2021 16:37:25" and
// "Sep 17 16:37:25 2021". It gives 0 if s does not begin so.
func scanMonthFirst(s string) (c civil, n int) {
	if c.month = monthOf(s); c.month == 0 || len(s) < 5 || s[3] != ' ' {
		return civil{}, 0
	}
	n = 3 + blanks(s[3:])
	var w int
	if c.day, w = number(s[n:], 2); w == 0 || n+w >= len(s) || s[n+w] != ' ' {
		return civil{}, 0
	}
	n += w + 1
	if y, w := number(s[n:], 4); w == 4 && n+4 < len(s) && s[n+4] == ' ' {
		c.year = y
		n += 5
	}
	if w = c.clock(s[n:]); w == 0 {
		return civil{}, 0
	}
	n += w
	if c.year == 0 && n+5 <= len(s) && s[n] == ' ' {
		y, w := number(s[n+1:], 5)
		if w == 4 && y >= 1980 && (n+5 == len(s) || s[n+5] < '0') {
			c.year = y
			n += 5
		}
	}
	return c, n
}

// scanYearFirst reads "2015 Jan 26 10:32:29".
func scanYearFirst(s string) (c civil, n int) {
	y, w := number(s, 4)
	if w != 4 || len(s) < 5 || s[4] != ' ' {
		return civil{}, 0
	}
	c, n = scanMonthFirst(s[5:])
	if n == 0 || c.year != 0 && c.year != y {
		return civil{}, 0
	}
	c.year = y
	return c, n + 5
}

// scanISO reads "2021-09-17T16:37:25.123+02:00", with a blank for the T and
// without a zone too.
func scanISO(s string) (m moment, n int) {
	var c civil
	var w int
	for i, v := range []*int{&c.year, &c.month, &c.day} {
		if i > 0 {
			if n >= len(s) || s[n] != '-' {
				return moment{}, 0
			}
			n++
		}
		want := 2
		if i == 0 {
			want = 4
		}
		if *v, w = number(s[n:], 4); w != want {
			return moment{}, 0
		}
		n += w
	}
	if n >= len(s) || s[n] != 'T' && s[n] != ' ' || c.month > 12 {
		return moment{}, 0
	}
	if w = c.clock(s[n+1:]); w == 0 {
		return moment{}, 0
	}
	n += 1 + w
	m = c.local()
	if n < len(s) && s[n] == 'Z' {
		m.zone = zoneOr(m, parsers.ZoneUTC)
		return m, n + 1
	}
	if off, w := scanOffset(s[n:]); w > 0 {
		m.at = m.at.Add(-off).In(time.FixedZone("", int(off/time.Second)))
		m.zone = zoneOr(m, parsers.ZoneOffset)
		n += w
	}
	return m, n
}

func zoneOr(m moment, z parsers.Zone) parsers.Zone {
	if !m.known() {
		return m.zone
	}
	return z
}

// scanOffset reads "+02:00" and "+0200".
func scanOffset(s string) (time.Duration, int) {
	if len(s) < 5 || s[0] != '+' && s[0] != '-' {
		return 0, 0
	}
	h, w := number(s[1:], 2)
	if w != 2 {
		return 0, 0
	}
	n := 3
	if s[n] == ':' {
		n++
	}
	m, w := number(s[n:], 2)
	if w != 2 || h > 14 || m > 59 {
		return 0, 0
	}
	off := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if s[0] == '-' {
		off = -off
	}
	return off, n + w
}

// scanC reads the time of C's ctime, "Fri Sep 17 16:37:25 2021", with a word of
// any language for the day of the week.
func scanC(s string) moment {
	s = strings.TrimSpace(s)
	if c, n := scanMonthFirst(s); n > 0 {
		return c.local()
	}
	if c, n := scanYearFirst(s); n > 0 {
		return c.local()
	}
	if m, n := scanISO(s); n > 0 {
		return m
	}
	if _, rest, ok := strings.Cut(s, " "); ok {
		c, _ := scanMonthFirst(strings.TrimLeft(rest, " "))
		return c.local()
	}
	return moment{}
}

// scanWMI reads the date of WMI, "20150310132717.784882-000": the offset is in
// minutes [MS-WMIO, "DateTime"].
func scanWMI(s string) moment {
	if len(s) < 14 {
		return moment{}
	}
	var v [6]int
	at := 0
	for i, w := range [...]int{4, 2, 2, 2, 2, 2} {
		var n int
		if v[i], n = number(s[at:], w); n != w {
			return moment{}
		}
		at += w
	}
	c := civil{year: v[0], month: v[1], day: v[2], hour: v[3], min: v[4], sec: v[5]}
	if at < len(s) && s[at] == '.' {
		nano, n := fraction(s[at+1:])
		c.nano = nano
		at += 1 + n
	}
	if c.month > 12 {
		return moment{}
	}
	m := c.local()
	if !m.known() || at+1 >= len(s) || s[at] != '+' && s[at] != '-' {
		return m
	}
	minutes, n := number(s[at+1:], 3)
	if n != 3 || minutes > 15*60 {
		return m
	}
	if minutes == 0 {
		m.zone = parsers.ZoneUTC
		return m
	}
	off := time.Duration(minutes) * time.Minute
	if s[at] == '-' {
		off = -off
	}
	m.at = m.at.Add(-off).In(time.FixedZone("", int(off/time.Second)))
	m.zone = parsers.ZoneOffset
	return m
}

// scanEpoch reads seconds or milliseconds since 1970.
func scanEpoch(s string) moment {
	s = strings.TrimSpace(s)
	if len(s) != 10 && len(s) != 13 {
		return moment{}
	}
	v, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil:
		return moment{}
	case len(s) == 10:
		return moment{time.Unix(v, 0).UTC(), parsers.ZoneUTC}
	}
	return moment{time.UnixMilli(v).UTC(), parsers.ZoneUTC}
}
