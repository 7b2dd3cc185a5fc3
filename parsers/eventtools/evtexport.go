package eventtools

import (
	"strings"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// evtExport is the text of evtexport and evtxexport of libevt and libevtx:
// blocks such as
//
//	Event number			: 1392
//	Creation time			: Jul 27, 2011 06:41:47 UTC
//	Written time			: Jul 27, 2011 06:41:47 UTC
//	Event type			: Warning event (2)
//	User security identifier	: S-1-5-18
//	Computer name			: OAK
//	Source name			: LSASRV
//	Event category			: 3
//	Event identifier		: 0x8000a001 (2147524609)
//	Number of strings		: 2
//	String: 1			: a string, maybe
//	of several lines
//
// evtxexport has a level in place of type and category, and times with nine
// digits of a fraction. Where message files are at hand, their names and the
// message follow. Records recovered from free space stand behind the others
// and are not marked, but their numbers begin anew.
var evtExport = tool{
	name:    "evtexport",
	first:   "E",
	read:    readEvtExport,
	heading: isExportHeading,
}

func isExportHeading(t string) bool {
	return strings.HasPrefix(t, "evtexport 2") || strings.HasPrefix(t, "evtxexport 2")
}

const noteRecovered = "the numbers of the records begin anew: what follows was recovered from free space and may repeat others"

func readEvtExport(s *scan, i int, r row, rec *record) int {
	v, ok := exportField(r.text, "Event number")
	if !ok {
		return i
	}
	n, ok := number64(v)
	if !ok {
		return i
	}
	e := &rec.event
	e.Pos.Record = n
	e.Known |= parsers.FieldRecord
	p := &s.page
	j := i + 1
	for ; j < len(p.lines); j++ {
		f := s.exportRow(j, r)
		if f == "" {
			break
		}
		if !s.exportField(f, rec) {
			break
		}
	}
	if j == i+1 {
		return i
	}
	j = s.exportStrings(j, r, rec)
	if n < s.ctx.number {
		s.note(noteRecovered)
	}
	s.ctx.number = n
	return j
}

// exportRow gives the text of line i, of a record whose first row is f, with
// the blanks that belong to its value; "" where the record ends.
func (s *scan) exportRow(i int, f row) string {
	if f.depth == 0 && f.indent == 0 && s.page.win == nil {
		return s.page.lines[i].Text
	}
	r := s.page.at(i)
	if r.depth != f.depth {
		return ""
	}
	return r.text
}

// exportField gives the value behind a name padded with tabs or blanks.
func exportField(t, name string) (string, bool) {
	rest, ok := strings.CutPrefix(t, name)
	if !ok {
		return "", false
	}
	k := 0
	for k < len(rest) && (rest[k] == ' ' || rest[k] == '\t') {
		k++
	}
	if k == len(rest) || rest[k] != ':' {
		return "", false
	}
	return strings.TrimPrefix(rest[k+1:], " "), true
}

// exportField takes one row of a record. It reports false if it is none of
// those before the strings.
func (s *scan) exportField(t string, rec *record) bool {
	e := &rec.event
	if len(t) < 12 {
		return false
	}
	switch t[0] {
	case 'C':
		if v, ok := exportField(t, "Creation time"); ok {
			setExportTime(e, v)
			return true
		}
		if v, ok := exportField(t, "Computer name"); ok {
			rec.setText(parsers.FieldHost, v)
			return true
		}
		_, ok := exportField(t, "Category file(s)")
		return ok
	case 'W':
		v, ok := exportField(t, "Written time")
		if ok && !e.Has(parsers.FieldTime) {
			setExportTime(e, v)
		}
		return ok
	case 'U':
		v, ok := exportField(t, "User security identifier")
		if ok {
			rec.setText(parsers.FieldUser, v)
		}
		return ok
	case 'S':
		v, ok := exportField(t, "Source name")
		if ok {
			rec.setText(parsers.FieldProvider, v)
		}
		return ok
	case 'E':
		return s.exportEvent(t, rec)
	case 'M':
		_, ok := exportField(t, "Message file(s)")
		return ok
	case 'P':
		if _, ok := exportField(t, "Provider identifier"); ok {
			return true
		}
		_, ok := exportField(t, "Parameter file(s)")
		return ok
	}
	return false
}

// exportEvent takes the rows that begin with the word Event.
func (s *scan) exportEvent(t string, rec *record) bool {
	e := &rec.event
	if v, ok := exportField(t, "Event identifier"); ok {
		v, _, _ = strings.Cut(v, " ")
		rec.setID(v)
		return true
	}
	for _, name := range [...]string{"Event type", "Event level"} {
		if v, ok := exportField(t, name); ok { // "Warning event (2)"
			if k := strings.LastIndex(v, " ("); k > 0 {
				v = v[:k]
			}
			e.SetLevel(levelOfName(v))
			return true
		}
	}
	if v, ok := exportField(t, "Event category"); ok {
		rec.setCategory(v)
		return true
	}
	return false
}

// setCategory takes "3", which Event Viewer shows as "(3)", or "name (3)".
func (r *record) setCategory(v string) {
	v = strings.TrimSpace(v)
	if n, ok := number64(v); ok {
		switch {
		case n == 0:
			v = ""
		default:
			v = "(" + v + ")"
		}
	} else if k := strings.LastIndex(v, " ("); k > 0 {
		v = v[:k]
	}
	r.setText(parsers.FieldCategory, v)
}

// number64 reads an unsigned number that fills s.
func number64(s string) (n uint64, ok bool) {
	s = strings.TrimRight(s, " \t\r")
	if s == "" || len(s) > 18 {
		return 0, false
	}
	for i := range len(s) {
		if !isDigit(s[i]) {
			return 0, false
		}
		n = n*10 + uint64(s[i]-'0')
	}
	return n, true
}

// exportStrings reads the number of strings, the strings and the message.
func (s *scan) exportStrings(j int, f row, rec *record) int {
	v, ok := exportField(s.exportRow(min(j, len(s.page.lines)-1), f), "Number of strings")
	if j >= len(s.page.lines) || !ok {
		return j
	}
	want, _ := number64(v)
	j++
	e := &rec.event
	e.Known |= parsers.FieldStrings
	start := len(s.strs)
	for n := uint64(1); n <= want && j < len(s.page.lines); n++ {
		value, ok := exportString(s.exportRow(j, f), n)
		if !ok {
			break // cut
		}
		to := s.exportEnd(j+1, f, n+1, want)
		if to > j+1 {
			value = s.joinString(value, j+1, to, f)
		}
		s.strs = append(s.strs, value)
		j = to
	}
	if len(s.strs) > start {
		e.Strings = s.strs[start:len(s.strs):len(s.strs)]
	}
	return s.exportMessage(j, f, rec)
}

// exportString reads the n-th string.
func exportString(t string, n uint64) (string, bool) {
	rest, ok := strings.CutPrefix(t, "String: ")
	if !ok {
		return "", false
	}
	k := 0
	var got uint64
	for k < len(rest) && isDigit(rest[k]) && k < 9 {
		got = got*10 + uint64(rest[k]-'0')
		k++
	}
	for k < len(rest) && (rest[k] == ' ' || rest[k] == '\t') {
		k++
	}
	if got != n || k >= len(rest) || rest[k] != ':' {
		return "", false
	}
	return strings.TrimPrefix(rest[k+1:], " "), true
}

// exportEnd finds the line behind a string that begins before line j: that of
// string n, or of the next record. A string may have empty lines in it.
func (s *scan) exportEnd(j int, f row, n, want uint64) int {
	to := j
	for gap := false; j < len(s.page.lines) && j-to < maxBody; j++ {
		t := s.exportRow(j, f)
		switch {
		case t == "":
			if s.page.loose && n > want && !gap {
				return to // of the last string, in free text
			}
			gap = true
			continue
		case strings.HasPrefix(t, "String: "):
			if _, ok := exportString(t, n); ok && n <= want {
				return j
			}
		case t[0] == 'E' && isEventNumber(t), t[0] == 'M' && isMessageRow(t):
			return to
		case s.page.loose && (eventtext.IsFence(t) || s.page.at(j).depth != f.depth):
			return to
		}
		to = j + 1
	}
	return to
}

func isEventNumber(t string) bool {
	v, ok := exportField(t, "Event number")
	if !ok {
		return false
	}
	_, ok = number64(v)
	return ok
}

func isMessageRow(t string) bool {
	_, ok := exportField(t, "Message string")
	return ok
}

// joinString joins a string of several lines.
func (s *scan) joinString(first string, from, to int, f row) string {
	size := len(first) + 1
	for i := from; i < to; i++ {
		size += len(s.page.lines[i].Text) + 1
	}
	b := s.block.begin(size)
	start := b.Len()
	b.WriteString(first)
	for i := from; i < to; i++ {
		b.WriteByte('\n')
		b.WriteString(s.exportRow(i, f))
	}
	return b.String()[start:]
}

// exportMessage reads the message behind the strings, where there is one.
func (s *scan) exportMessage(j int, f row, rec *record) int {
	if j >= len(s.page.lines) {
		return j
	}
	v, ok := exportField(s.exportRow(j, f), "Message string")
	if !ok {
		return j
	}
	to := s.body(j+1, f, func(_ int, r row) bool { return r.text[0] == 'E' && isEventNumber(r.text) })
	to = max(to, j+1)
	if more := s.text(j+1, to, 0); more != "" {
		v = strings.TrimLeft(v+"\n"+more, " \n")
	}
	if v = strings.TrimSpace(v); v != "" {
		rec.event.Set(parsers.FieldMessage, v)
	}
	return to
}

// setExportTime reads "Jul 27, 2011 06:41:47 UTC", with or without a fraction.
// The beginnings of
// both calendars, 1601 and 1970, stand for no time.
func setExportTime(e *parsers.Event, v string) {
	v = strings.TrimRight(v, " \r")
	clock, ok := strings.CutSuffix(v, " UTC")
	if !ok {
		return
	}
	if t, ok := exportTime(clock); ok && t.Year() > 1601 && t.Unix() != 0 {
		e.SetTime(t, parsers.ZoneUTC)
	}
}

const monthNames = "JanFebMarAprMayJunJulAugSepOctNovDec"

// exportTime reads "Jul 27, 2011 06:41:47.123456789".
func exportTime(v string) (time.Time, bool) {
	if len(v) < 21 || v[3] != ' ' || v[6] != ',' || v[7] != ' ' || v[12] != ' ' || v[15] != ':' || v[18] != ':' {
		return time.Time{}, false
	}
	m := strings.Index(monthNames, v[:3])
	if m < 0 || m%3 != 0 {
		return time.Time{}, false
	}
	num := func(s string) int {
		n := 0
		for i := range len(s) {
			if !isDigit(s[i]) {
				return -1
			}
			n = n*10 + int(s[i]-'0')
		}
		return n
	}
	day, year := num(v[4:6]), num(v[8:12])
	hour, minute, sec := num(v[13:15]), num(v[16:18]), num(v[19:21])
	nano := 0
	if f := v[21:]; len(f) > 1 && f[0] == '.' {
		f = f[1:min(len(f), 10)]
		nano = num(f)
		for n := len(f); n < 9 && nano > 0; n++ {
			nano *= 10
		}
	}
	if day < 1 || day > 31 || year < 1601 || hour < 0 || hour > 24 || minute < 0 || minute > 59 || sec < 0 || sec > 60 || nano < 0 {
		return time.Time{}, false
	}
	return time.Date(year, time.Month(m/3+1), day, hour, minute, sec, nano, time.UTC), true
}
