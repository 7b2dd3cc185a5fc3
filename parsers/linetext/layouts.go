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

// syslogLine reads RFC 3164, which has no year, and RFC 5424.
func syslogLine(t string) stamp {
	if t[0] == '<' {
		i := strings.IndexByte(t[:min(len(t), 5)], '>')
		if i < 2 || !digit(t[1]) {
			return section(t)
		}
		t = t[i+1:]
		if len(t) > 2 && t[0] == '1' && t[1] == ' ' {
			if m, n := yearFirst(t[2:]); n > 0 {
				return stamped(m)
			}
		}
		if m, n := yearFirst(t); n > 0 {
			return stamped(m)
		}
	}
	if len(t) < 16 || monthOf(t) == 0 || t[3] != ' ' {
		return stamp{}
	}
	if m, n := monthNamed(t); n > 0 {
		return stamped(m)
	}
	if _, n := clockOf(t[7:]); n == 0 || t[6] != ' ' || !digit(t[5]) || t[4] != ' ' && !digit(t[4]) {
		return stamp{}
	}
	return stamp{found: true}
}

// section reads setupapi.dev.log: ">>>  Section start 2016/05/12 10:11:12.123".
func section(t string) stamp {
	for _, head := range [...]string{">>>  Section start ", "<<<  Section end "} {
		if rest, ok := strings.CutPrefix(t, head); ok {
			if m, n := yearFirst(rest); n > 0 {
				return stamped(m)
			}
		}
	}
	if strings.HasPrefix(t, ">>>  [") || strings.HasPrefix(t, "<<<  [") {
		return stamp{found: true}
	}
	return stamp{}
}

// levelFirst reads lines whose level stands before the time: "INFO 2024-05-12
// 10:11:12", "[ERROR] 2024-05-12T10:11:12Z".
func levelFirst(t string) stamp {
	i := 0
	for i < len(t) && i < 10 && (t[i] == '[' || t[i] == ']' || t[i] == ':' || t[i] >= 'A' && t[i] <= 'Z') {
		i++
	}
	if i < 3 || i >= len(t) || t[i] != ' ' {
		return stamp{}
	}
	for i < len(t) && (t[i] == ' ' || t[i] == '[') {
		i++
	}
	if i+16 > len(t) || !digit(t[i]) {
		return stamp{}
	}
	if m, n := yearFirst(t[i:]); n > 0 {
		return stamped(m)
	}
	return stamp{}
}

// cluster reads cluster.log: "00000abc.00000def::1999/03/06-10:22:33.123", whose
// times are of UTC (Microsoft KB 168801).
func cluster(t string) stamp {
	i := strings.Index(t[:min(len(t), 24)], "::")
	if i < 5 || strings.IndexByte(t[:i], '.') < 0 || strings.Trim(t[:i], "0123456789abcdefABCDEF.") != "" {
		return stamp{}
	}
	m, n := yearFirst(t[i+2:])
	if n == 0 {
		return stamp{}
	}
	m.zone = parsers.ZoneUTC
	return stamped(m)
}

// dhcp reads the audit log of the DHCP server: "10,03/06/99,10:22:33,Assign,".
// It prints month first in all languages.
func dhcp(t string) stamp {
	i := strings.IndexByte(t[:4], ',')
	if i < 1 || len(t) < i+19 || t[i+3] != '/' || t[i+6] != '/' || t[i+9] != ',' {
		return stamp{}
	}
	month, a := two(t[i+1:])
	day, b := two(t[i+4:])
	year, c := two(t[i+7:])
	k, n := clockOf(t[i+10:])
	if !a || !b || !c || n == 0 {
		return stamp{}
	}
	year += 1900
	if year < 1970 {
		year += 100
	}
	m, _ := wall(year, month, day, k, parsers.ZoneLocal)
	return stamp{moment: m, found: true, row: true}
}

// iisDate is where the date of IIS's native form begins, -1 if t is not of it:
// "192.0.2.1, -, 3/6/99, 10:22:33, W3SVC1, ...".
func iisDate(t string) int {
	i := strings.Index(t[:min(len(t), 48)], ", ")
	if i < 7 {
		return -1
	}
	j := strings.Index(t[i+2:min(len(t), i+120)], ", ")
	if j < 1 {
		return -1
	}
	at := i + 2 + j + 2
	if at+8 > len(t) || !digit(t[at]) || t[at+1] != '/' && t[at+2] != '/' && t[at+2] != '.' && t[at+2] != '-' {
		return -1
	}
	return at
}

func (r *reader) iisNative(t string) stamp {
	at := iisDate(t)
	if at < 0 {
		return stamp{}
	}
	s := r.numeric(t[at:])
	s.row = s.found
	return s
}

// accessLog reads the common log form: host, two fields, [11/Oct/2000:14:32:52
// +0200].
func accessLog(t string) stamp {
	i := strings.IndexByte(t[:min(len(t), 160)], '[') - 1
	if i < 4 || i+28 > len(t) || t[i] != ' ' || !digit(t[i+2]) || t[i+4] != '/' || t[i+8] != '/' {
		return stamp{}
	}
	m, n := dayNameYear(t, i+2)
	if n == 0 {
		return stamp{}
	}
	return stamp{moment: m, found: true, row: true}
}

// tracking55 reads the message tracking log of Exchange 4.0 to 5.5: message id,
// event, "1999.3.6 10:22:33" in UTC, and more, with tabs between.
func tracking55(t string) stamp {
	_, rest, ok := strings.Cut(t, "\t")
	if !ok {
		return stamp{}
	}
	_, rest, ok = strings.Cut(rest, "\t")
	if !ok || len(rest) < 16 || rest[4] != '.' {
		return stamp{}
	}
	m, n := yearFirst(rest)
	if n == 0 {
		return stamp{}
	}
	m.zone = parsers.ZoneUTC
	return stamp{moment: m, found: true, row: true}
}
