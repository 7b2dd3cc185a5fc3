package eventtools

import (
	"strconv"
	"strings"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// traceReport is what tracerpt -of CSV writes of a trace or a log: a row of
// names, then rows
//
//	Service-Name, Info, 7036, 0, 8, 4, 0, 0, 0x80..., 0x1F4, ..., 132459562851234567, 30, 15, "a", 5
//
// with a comma and blanks between the fields. The time is in units of 100 ns
// since 1601, in UTC; the user data are the insertion strings.
var traceReport = tool{name: "tracerpt-csv", first: "{\"", letters: inTrace, read: readTrace, heading: isTraceHeading}

func isTraceHeading(t string) bool { return isTraceHeader(t) }

func isTraceHeader(t string) bool {
	return strings.HasPrefix(t, "Event Name,") && strings.Contains(t, "Clock-Time") && strings.Contains(t, "User Data")
}

func readTrace(s *scan, i int, r row, rec *record) int {
	if isTraceHeader(r.text) {
		s.ctx.trace = nil
		for _, name := range strings.Split(r.text, ",") {
			s.ctx.trace = append(s.ctx.trace, strings.TrimSpace(name))
		}
		rec.from, rec.to, rec.skip = i, i+1, parsers.SkipHeader
		return i + 1
	}
	if s.ctx.trace == nil {
		return i
	}
	e := &rec.event
	rest, more := r.text, true
	var field string
	for _, name := range s.ctx.trace {
		if name == "User Data" {
			s.traceStrings(e, rest, more)
			break
		}
		if !more {
			*rec = record{}
			return i
		}
		field, rest, more = cutTrace(rest)
		if !rec.traceField(name, field) {
			*rec = record{}
			return i
		}
	}
	if !e.Has(parsers.FieldID) || !e.Has(parsers.FieldTime) {
		*rec = record{}
		return i
	}
	if e.Provider == "EventTrace" { // about the trace itself
		*rec = record{skip: parsers.SkipTemplate}
	}
	return i + 1
}

// cutTrace cuts one field, which may be quoted.
func cutTrace(t string) (field, rest string, more bool) {
	t = strings.TrimLeft(t, " ")
	if strings.HasPrefix(t, "\"") {
		if k := strings.Index(t[1:], "\""); k >= 0 {
			field, rest = t[1:k+1], strings.TrimLeft(t[k+2:], " ")
			rest, more = strings.CutPrefix(rest, ",")
			return field, rest, more
		}
	}
	field, rest, more = strings.Cut(t, ",")
	return strings.TrimSpace(field), rest, more
}

// traceField stores one field. It reports false where the row is none of the
// table.
func (r *record) traceField(name, v string) bool {
	e := &r.event
	switch name {
	case "Event Name":
		r.setText(parsers.FieldProvider, v)
	case "Event ID":
		return r.setID(v)
	case "Level":
		n, ok := number64(v)
		if ok {
			e.SetLevel(eventtext.LevelOfNumber(int(n), 0))
		}
		return ok
	case "Task":
		r.setCategory(v)
	case "Clock-Time":
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n <= 0 {
			return false
		}
		e.SetTime(fileTime(n), parsers.ZoneUTC)
	}
	return true
}

// fileTime gives the time of n units of 100 ns since 1601-01-01.
func fileTime(n int64) time.Time {
	const unixEpoch = 116444736000000000
	n -= unixEpoch
	return time.Unix(n/1e7, n%1e7*100).UTC()
}

// traceStrings takes the rest of a row as insertion strings.
func (s *scan) traceStrings(e *parsers.Event, rest string, more bool) {
	e.Known |= parsers.FieldStrings
	start := len(s.strs)
	for more && strings.TrimSpace(rest) != "" {
		var v string
		v, rest, more = cutTrace(rest)
		s.strs = append(s.strs, v)
	}
	e.Strings = s.strs[start:len(s.strs):len(s.strs)]
}
