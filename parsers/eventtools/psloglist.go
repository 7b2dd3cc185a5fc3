package eventtools

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// psLogList is the default output of PsLogList of the Sysinternals: a banner,
// "System log on \\HOST:", and records such as
//
//	[513] Service Control Manager
//	   Type:     ERROR
//	   Computer: OAK
//	   Time:     9/25/2020 8:36:47 AM   ID:       7000
//	   User:     OAK\kim
//	The text of the message,
//	as it was rendered.
//
// The words are English everywhere; the time is local, in the format of the
// user who ran it. The extended data of -x stand behind the message.
var psLogList = tool{
	name:    "psloglist",
	first:   "[",
	letters: endsInColon,
	read:    readPsLogList,
	heading: isPsHeading,
}

// logOn stands between the name of a log and its host in a heading.
const logOn = ` log on \\`

// maxHeading is longer than the headings of PsLogList, in bytes.
const maxHeading = 200

func isPsHeading(t string) bool {
	switch t[0] {
	case 'P':
		return strings.HasPrefix(t, "PsLoglist v") || strings.HasPrefix(t, "PsLogList v")
	case 'C':
		if strings.HasPrefix(t, "Copyright (C) ") {
			return true
		}
	case 'S':
		if strings.HasPrefix(t, "Sysinternals - ") {
			return true
		}
	}
	return len(t) < maxHeading && t[len(t)-1] == ':' && strings.Contains(t, logOn)
}

func readPsLogList(s *scan, i int, r row, rec *record) int {
	if r.text[0] != '[' {
		s.psHeading(r.text)
		return i
	}
	n, source, ok := psOpening(r.text)
	if !ok {
		return i
	}
	j := s.nextText(i+1, r)
	if !s.isTypeRow(j, s.page.at(j).text) {
		return i
	}
	double := j > i+1 // somebody put an empty line after each
	e := &rec.event
	e.Pos.Record = n
	e.Known |= parsers.FieldRecord
	rec.setText(parsers.FieldProvider, source)
	if s.ctx.log != "" {
		e.Set(parsers.FieldLog, s.ctx.log)
	}
	for ; j < len(s.page.lines); j++ {
		f := s.page.at(j)
		if f.text == "" && double {
			continue
		}
		if f.text == "" || f.depth != r.depth || !rec.psField(f.text) {
			break
		}
	}
	to := s.body(j, r, func(k int, b row) bool { return s.endsPsLogList(k, b) })
	data := to
	for data > j && eventtext.IsHexRow(s.page.at(data-1).text) {
		data--
	}
	s.dump(e, data, to)
	if data > j && isDataLabel(s.page.at(data-1).text) && data < to {
		data--
	}
	if text := s.text(j, data, r.indent); text != "" {
		e.Set(parsers.FieldMessage, text)
	}
	return max(to, j)
}

// isTypeRow reports whether line j, whose text is t, is the first row below
// that of number and source.
func (s *scan) isTypeRow(j int, t string) bool {
	v, ok := strings.CutPrefix(t, "Type:")
	return ok && (eventtext.LevelOf(v) != parsers.LevelUnknown || strings.HasPrefix(s.page.at(j+1).text, "Computer:") || !s.page.loose && j+1 >= len(s.page.lines))
}

// psHeading notes the log of "System log on \\HOST:".
func (s *scan) psHeading(t string) {
	if len(t) < maxHeading && t[len(t)-1] == ':' {
		if k := strings.Index(t, logOn); k > 0 {
			s.ctx.log = t[:k]
			s.ctx.host = t[k+len(logOn) : len(t)-1]
		}
	}
}

// psOpening reads "[513] Service Control Manager".
func psOpening(t string) (n uint64, source string, ok bool) {
	k := 1
	for k < len(t) && isDigit(t[k]) && k < 12 {
		n = n*10 + uint64(t[k]-'0')
		k++
	}
	if k == 1 || k >= len(t) || t[k] != ']' {
		return 0, "", false
	}
	return n, strings.TrimLeft(t[k+1:], " \t"), true
}

// psField takes one of the labelled rows of a record. It reports false if the
// row is the message.
func (r *record) psField(t string) bool {
	e := &r.event
	switch t[0] {
	case 'T':
		if v, ok := strings.CutPrefix(t, "Type:"); ok && !e.Has(parsers.FieldLevel) {
			e.SetLevel(eventtext.LevelOf(v))
			return true
		}
		if v, ok := strings.CutPrefix(t, "Time:"); ok && !r.dated {
			return r.psTime(v)
		}
	case 'C':
		if v, ok := strings.CutPrefix(t, "Computer:"); ok && !e.Has(parsers.FieldHost) {
			r.setText(parsers.FieldHost, v)
			return true
		}
		if v, ok := strings.CutPrefix(t, "Category:"); ok && !e.Has(parsers.FieldCategory) {
			r.setText(parsers.FieldCategory, v)
			return true
		}
	case 'U':
		if v, ok := strings.CutPrefix(t, "User:"); ok && !e.Has(parsers.FieldUser) {
			r.setText(parsers.FieldUser, v)
			return true
		}
	case 'I': // where the row was broken before it
		if v, ok := strings.CutPrefix(t, "ID:"); ok && !e.Has(parsers.FieldID) {
			r.setID(v)
			return true
		}
	}
	return false
}

// psTime reads "9/25/2020 8:36:52 AM   ID:       16". The record may be cut
// behind any of it.
func (r *record) psTime(v string) bool {
	v = strings.TrimLeft(v, " \t")
	if k := strings.LastIndex(v, "ID:"); k > 0 {
		r.setID(v[k+len("ID:"):])
		v = v[:k]
	}
	return r.setDate(v) || v == ""
}

// setID reads a decimal id, or a hexadecimal one after 0x.
func (r *record) setID(v string) bool {
	id, ok := eventtext.IDNumber(strings.TrimSpace(v))
	if ok {
		r.event.SetID(id)
	}
	return ok
}

func (s *scan) endsPsLogList(i int, r row) bool {
	if r.text[0] == '[' {
		if _, _, ok := psOpening(r.text); !ok {
			return false
		}
		j := s.nextText(i+1, r)
		return j >= len(s.page.lines) || s.isTypeRow(j, s.page.at(j).text)
	}
	return isPsHeading(r.text)
}

// isDataLabel reports whether a row introduces a dump of binary data.
func isDataLabel(t string) bool {
	switch strings.ToLower(strings.TrimRight(t, ": ")) {
	case "data", "extended data", "event data", "binary data":
		return true
	}
	return false
}

// dump keeps the dump of binary data on the lines from to to.
func (s *scan) dump(e *parsers.Event, from, to int) {
	if from >= to {
		return
	}
	var d eventtext.Dump
	b := s.buf[:0]
	for i := from; i < to; i++ {
		if t := s.page.at(i).text; t != "" {
			b = d.Row(b, t)
		}
	}
	b = d.Flush(b)
	s.buf = b
	if len(b) > 0 {
		e.Data = append(e.Data, parsers.Named{Name: "Data", Value: string(b[1:])})
		e.Known |= parsers.FieldData
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
