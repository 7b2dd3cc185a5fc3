package eventtools

import (
	"strings"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// rsit are the events of RSIT's info.txt, below headings such as
// "======System event log======": the properties of WMI,
//
//	Computer Name: OAK
//	Event Code: 7036
//	Message: The text of the message.
//
//	Record Number: 513
//	Source Name: Service Control Manager
//	Time Written: 20090814123456.000000-240
//	Event Type: information
//	User: EXAMPLE\\kim
//
// The time has its offset from UTC, in minutes.
var rsit = tool{name: "rsit", first: "=C", read: readRSIT, title: isRSITTitle}

func isRSITTitle(rows []string) bool {
	return strings.HasPrefix(rows[0], "info.txt logfile of random's system information tool") ||
		strings.HasPrefix(rows[0], "Logfile of random's system information tool")
}

func readRSIT(s *scan, i int, r row, rec *record) int {
	if r.text[0] == '=' {
		if log, ok := strings.CutSuffix(strings.Trim(r.text, "="), " event log"); ok {
			s.ctx.logRSIT = log
		}
		return i
	}
	host, ok := strings.CutPrefix(r.text, "Computer Name: ")
	if !ok {
		return i
	}
	id, ok := strings.CutPrefix(s.page.at(i+1).text, "Event Code: ")
	if !ok || !rec.setID(id) {
		return i
	}
	e := &rec.event
	rec.setText(parsers.FieldHost, host)
	if s.ctx.logRSIT != "" {
		e.Set(parsers.FieldLog, s.ctx.logRSIT)
	}
	j := i + 2
	if first, ok := strings.CutPrefix(s.page.at(j).text, "Message: "); ok {
		to := s.rsitTail(j+1, r)
		if text := s.behind(first, j+1, to, r.indent); text != "" {
			e.Set(parsers.FieldMessage, text)
		}
		j = to
	}
	return s.rsitFields(j, r, rec)
}

// rsitTail finds the line of the record number below a message that goes on
// with line j.
func (s *scan) rsitTail(j int, f row) int {
	for k := j; k < len(s.page.lines) && k-j < maxLook; k++ {
		r := s.page.at(k)
		switch {
		case r.text == "":
			continue
		case strings.HasPrefix(r.text, "Record Number: "):
			return k
		case r.depth != f.depth || strings.HasPrefix(r.text, "Computer Name: ") || r.text[0] == '=':
			return j
		}
	}
	return j
}

// rsitFields reads the properties below the message.
func (s *scan) rsitFields(j int, f row, rec *record) int {
	e := &rec.event
	for ; j < len(s.page.lines); j++ {
		r := s.page.at(j)
		name, v, ok := strings.Cut(r.text, ":")
		if !ok || r.depth != f.depth {
			return j
		}
		v = strings.TrimSpace(v)
		switch name {
		case "Record Number":
			if n, ok := number64(v); ok {
				e.Pos.Record, e.Known = n, e.Known|parsers.FieldRecord
			}
		case "Source Name":
			rec.setText(parsers.FieldProvider, v)
		case "Time Written":
			setWMITime(e, v)
		case "Event Type":
			e.SetLevel(eventtext.LevelOf(v))
		case "User":
			rec.setText(parsers.FieldUser, v)
		default:
			return j
		}
	}
	return j
}

// setWMITime reads "20090814123456.000000-240": local time, and its offset from
// UTC in minutes [DSP0004, datetime].
func setWMITime(e *parsers.Event, v string) {
	if len(v) != len("20090814123456.000000-240") {
		return
	}
	offset, ok := number64(v[22:])
	if !ok || v[21] != '+' && v[21] != '-' {
		return
	}
	seconds := int(offset) * 60
	if v[21] == '-' {
		seconds = -seconds
	}
	t, err := time.ParseInLocation("20060102150405.000000", v[:21], time.FixedZone("", seconds))
	if err == nil {
		e.SetTime(t, parsers.ZoneOffset)
	}
}
