package eventtable

import (
	"strings"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// setTime sets the time from whichever columns have it.
func (r *Record) setTime(e *parsers.Event) {
	v := r.val[Time]
	if v == "" && r.val[Date] != "" {
		v = r.val[Date] + " " + r.val[Clock]
	}
	if v == "" {
		return
	}
	t, z := r.time(v)
	if z == parsers.ZoneLocal && (r.utc || strings.EqualFold(r.val[TimeZone], "UTC")) {
		z = parsers.ZoneUTC
	}
	if z != parsers.ZoneUnknown && t.Year() > 1601 {
		e.SetTime(t, z)
	}
}

// time reads a time in any of its forms.
func (r *Record) time(v string) (time.Time, parsers.Zone) {
	v = eventtext.Trim(v)
	if t, z, n := eventtext.ISOTime(v); n > 0 {
		return t, z
	}
	if t, ok := epoch(v); ok {
		return t, parsers.ZoneUTC
	}
	if i := strings.Index(v, " @ "); i > 0 { // Kibana
		v = v[:i] + " " + v[i+3:]
	}
	if t, z, ok := dmtf(v); ok {
		return t, z
	}
	v, milli := cutMilli(v)
	t, n := r.dates.Time(v)
	if n == 0 || t.IsZero() {
		if HasNoYear(v) {
			r.noYear++
		}
		return time.Time{}, parsers.ZoneUnknown
	}
	t = t.Add(milli)
	rest := v[n:]
	if strings.HasSuffix(rest, "UTC") || strings.HasSuffix(rest, "Z") {
		return t, parsers.ZoneUTC
	}
	return t, parsers.ZoneLocal
}

// cutMilli takes off the milliseconds that the NirSoft viewers put behind AM or
// PM: "4:47:28 PM.123".
func cutMilli(v string) (string, time.Duration) {
	n := len(v) - 4
	if n < 2 || v[n] != '.' || digit(v[n-1]) || digits(v[n+1:]) != 3 {
		return v, 0
	}
	ms, _ := eventtext.IDNumber(v[n+1:])
	return v[:n], time.Duration(ms) * time.Millisecond
}

// epoch reads seconds, milliseconds or microseconds since 1970 of the years
// 1990 to 2100, with or without a fraction.
func epoch(v string) (time.Time, bool) {
	whole, frac := v, ""
	if i := strings.IndexByte(v, '.'); i > 0 {
		whole, frac = v[:i], v[i+1:]
	}
	n, ok := recordNumber(whole)
	if !ok || len(frac) > 9 || len(whole) < 9 {
		return time.Time{}, false
	}
	var unit uint64
	switch len(whole) {
	case 9, 10:
		unit = 1
	case 12, 13:
		unit = 1000
	case 15, 16:
		unit = 1_000_000
	default:
		return time.Time{}, false
	}
	sec := n / unit
	if sec < 631152000 || sec > 4102444800 {
		return time.Time{}, false
	}
	nano := n % unit * (1_000_000_000 / unit)
	if unit == 1 && frac != "" {
		f, ok := recordNumber((frac + "000000000")[:9])
		if !ok {
			return time.Time{}, false
		}
		nano = f
	}
	return time.Unix(int64(sec), int64(nano)).UTC(), true
}

// dmtf reads a time as WMI prints it: "20170117191723.000000-480", the zone in
// minutes [DMTF DSP0004].
func dmtf(v string) (time.Time, parsers.Zone, bool) {
	if len(v) != 25 || v[14] != '.' || digits(v) != 14 || digits(v[15:]) != 6 || v[21] != '+' && v[21] != '-' || digits(v[22:]) != 3 {
		return time.Time{}, parsers.ZoneUnknown, false
	}
	t, err := time.Parse("20060102150405", v[:14])
	if err != nil {
		return time.Time{}, parsers.ZoneUnknown, false
	}
	micro, _ := recordNumber(v[15:21])
	off, _ := recordNumber(v[22:])
	sec := int(off) * 60
	if v[21] == '-' {
		sec = -sec
	}
	t = t.Add(time.Duration(micro)*time.Microsecond - time.Duration(sec)*time.Second)
	return t.In(time.FixedZone("", sec)), parsers.ZoneOffset, true
}
