package eventjson

import (
	"strconv"
	"strings"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// mayBeTime tells a value that can be a time by its first bytes.
func mayBeTime(s string) bool {
	if s == "" {
		return false
	}
	if c := s[0]; c >= '0' && c <= '9' {
		return true
	}
	return strings.HasPrefix(s, `\/Date(`) || strings.HasPrefix(s, "/Date(") || len(s) > 8 && s[0] >= 0x80 ||
		len(s) > 8 && s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z'
}

// parseTime reads a time in any of the forms that programs write into JSON:
// ISO 8601 with a blank or a T, with or without a zone, "/Date(ms)/" of .NET,
// a number since 1970 or 1601, WMI's yyyymmddhhmmss, and what Windows prints.
func parseTime(s string, opts parsers.Options) (time.Time, parsers.Zone) {
	s = strings.TrimSpace(s)
	if t, z := isoTime(s); z != parsers.ZoneUnknown {
		return t, z
	}
	s = strings.TrimPrefix(s, `\`)
	if rest, ok := strings.CutPrefix(s, "/Date("); ok {
		end := 0
		for end < len(rest) && (rest[end] >= '0' && rest[end] <= '9' || end == 0 && rest[end] == '-') {
			end++
		}
		return epoch(rest[:end], time.Millisecond)
	}
	if t, z := wmiTime(s); z != parsers.ZoneUnknown {
		return t, z
	}
	if isNumberText(s) {
		return epoch(s, 0)
	}
	if t, ok := eventtext.LocalTime(s, opts); ok && t.Year() > 1601 {
		return t, parsers.ZoneLocal
	}
	return time.Time{}, parsers.ZoneUnknown
}

// isoTime reads 2020-10-19T10:46:42.027Z and its variants.
func isoTime(s string) (time.Time, parsers.Zone) {
	if len(s) < 16 || s[4] != '-' || s[7] != '-' || s[10] != 'T' && s[10] != ' ' && s[10] != 't' || s[13] != ':' {
		return time.Time{}, parsers.ZoneUnknown
	}
	year, mon, day := two(s)*100+two(s[2:]), two(s[5:]), two(s[8:])
	hour, minute, sec := two(s[11:]), two(s[14:]), 0
	rest := s[16:]
	if len(rest) >= 3 && rest[0] == ':' {
		sec, rest = two(rest[1:]), rest[3:]
	}
	if year <= 1601 || mon < 1 || mon > 12 || day < 1 || day > 31 || hour < 0 || hour > 24 || minute < 0 || minute > 59 || sec < 0 || sec > 60 {
		return time.Time{}, parsers.ZoneUnknown
	}
	nano, scale := 0, 100_000_000
	if len(rest) > 1 && (rest[0] == '.' || rest[0] == ',') {
		rest = rest[1:]
		for rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			nano += int(rest[0]-'0') * scale
			scale /= 10
			rest = rest[1:]
		}
	}
	t := time.Date(year, time.Month(mon), day, hour, minute, sec, nano, time.UTC)
	return withZone(t, strings.TrimLeft(rest, " "))
}

// withZone takes what stands behind a time of day: Z, UTC, +02:00, +0200, +02.
func withZone(t time.Time, s string) (time.Time, parsers.Zone) {
	switch {
	case s == "":
		return t, parsers.ZoneLocal
	case s[0] == 'Z' || s[0] == 'z' || strings.HasPrefix(s, "UTC") || strings.HasPrefix(s, "GMT"):
		return t, parsers.ZoneUTC
	case s[0] != '+' && s[0] != '-':
		return t, parsers.ZoneLocal
	case len(s) < 3 || two(s[1:]) < 0:
		return t, parsers.ZoneLocal
	}
	secs := two(s[1:]) * 3600
	if m := strings.TrimPrefix(s[3:], ":"); len(m) >= 2 && two(m) > 0 {
		secs += two(m) * 60
	}
	if secs == 0 {
		return t, parsers.ZoneUTC
	}
	if s[0] == '-' {
		secs = -secs
	}
	t = t.Add(-time.Duration(secs) * time.Second)
	return t.In(time.FixedZone("", secs)), parsers.ZoneOffset
}

// two reads two digits, -1000 if they are none.
func two(s string) int {
	if len(s) < 2 || s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9' {
		return -1000
	}
	return int(s[0]-'0')*10 + int(s[1]-'0')
}

func isNumberText(s string) bool {
	if s == "" {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if (c < '0' || c > '9') && c != '.' && c != 'e' && c != 'E' && c != '+' {
			return false
		}
	}
	return true
}

// epoch reads a number of units since 1970. Without a unit it is told by the
// size: seconds, milliseconds, microseconds, 100 ns since 1601, nanoseconds.
func epoch(s string, unit time.Duration) (time.Time, parsers.Zone) {
	whole, frac, _ := strings.Cut(s, ".")
	if strings.ContainsAny(s, "eE") {
		whole = ""
	}
	v, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil || f < 1e8 || f > 1e19 {
			return time.Time{}, parsers.ZoneUnknown
		}
		v, frac = int64(f), ""
	}
	var t time.Time
	switch {
	case unit != 0:
		t = time.UnixMilli(v)
	case v >= 1e8 && v < 1e10:
		t = time.Unix(v, fraction(frac))
	case v >= 1e11 && v < 1e13:
		t = time.UnixMilli(v)
	case v >= 1e14 && v < 1e16:
		t = time.UnixMicro(v)
	case v >= 1e17 && v < 5e17: // FILETIME
		v -= 116444736000000000
		t = time.Unix(v/1e7, v%1e7*100)
	case v >= 5e17:
		t = time.Unix(0, v)
	default:
		return time.Time{}, parsers.ZoneUnknown
	}
	if t = t.UTC(); t.Year() <= 1601 || t.Year() > 9999 {
		return time.Time{}, parsers.ZoneUnknown
	}
	return t, parsers.ZoneUTC
}

// fraction reads up to nine digits behind the point, in nanoseconds.
func fraction(s string) int64 {
	var v, scale int64 = 0, 100_000_000
	for i := 0; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		v += int64(s[i]-'0') * scale
		scale /= 10
	}
	return v
}

// wmiTime reads 20201019104642.027000+120: the offset is in minutes [MSDN,
// CIM_DATETIME].
func wmiTime(s string) (time.Time, parsers.Zone) {
	if len(s) != 25 || s[14] != '.' || s[21] != '+' && s[21] != '-' {
		return time.Time{}, parsers.ZoneUnknown
	}
	t, z := isoTime(s[:4] + "-" + s[4:6] + "-" + s[6:8] + "T" + s[8:10] + ":" + s[10:12] + ":" + s[12:21])
	minutes, err := strconv.Atoi(s[22:])
	if z == parsers.ZoneUnknown || err != nil {
		return time.Time{}, parsers.ZoneUnknown
	}
	if minutes == 0 {
		return t, parsers.ZoneUTC
	}
	if s[21] == '-' {
		minutes = -minutes
	}
	t = t.Add(-time.Duration(minutes) * time.Minute)
	return t.In(time.FixedZone("", minutes*60)), parsers.ZoneOffset
}

// floatBits gives the 64 bits of a whole number that is printed as a float.
func floatBits(s string) uint64 {
	f, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil || f >= 1<<64 || f <= -1<<63:
		return 0
	case f < 0:
		return uint64(int64(f))
	}
	return uint64(f)
}
