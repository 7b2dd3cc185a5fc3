package eventtools

import (
	"strings"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// psLogListRows is the output of PsLogList -s: one row a record,
//
//	513,System,Service Control Manager,ERROR,OAK,9/25/2020 8:36:47 AM,7000,N/A,text
//
// with a comma or what -t asked for between the fields: number, log, source,
// type, computer, time, id, user, message. The message is not quoted and may
// have the separator in it.
var psLogListRows = tool{
	name:    "psloglist-rows",
	first:   "0123456789",
	read:    readPsRow,
	heading: isPsHeading,
}

func readPsRow(s *scan, i int, r row, rec *record) int {
	sep := rec.psRow(r.text)
	if sep == "" {
		return i
	}
	to := i + 1
	if !s.page.loose { // rows of a message that was not joined
		to = s.body(to, r, func(_ int, b row) bool { return isPsHeading(b.text) || isDigit(b.text[0]) && startsPsRow(b.text, sep) })
	}
	if to > i+1 {
		b := s.block.begin(len(rec.event.Message) + 1)
		start := b.Len()
		b.WriteString(rec.event.Message)
		rec.event.Set(parsers.FieldMessage, strings.TrimLeft(b.String()[start:]+"\n"+s.text(i+1, to, 0), "\n"))
	}
	return max(to, i+1)
}

// startsPsRow reports whether a row may be the next record.
func startsPsRow(t, sep string) bool {
	n := 0
	for n < len(t) && isDigit(t[n]) {
		n++
	}
	return strings.HasPrefix(t[n:], sep)
}

// psRow takes a row apart and gives its separator, "" if it is none.
func (r *record) psRow(t string) string {
	var n uint64
	k := 0
	for k < len(t) && isDigit(t[k]) && k < 12 {
		n = n*10 + uint64(t[k]-'0')
		k++
	}
	sep := separatorAt(t[k:])
	if sep == "" {
		return ""
	}
	log, rest, ok := strings.Cut(t[k+len(sep):], sep)
	if !ok || log == "" || len(log) > 80 || isDigit(log[0]) {
		return ""
	}
	source, rest, ok := strings.Cut(rest, sep)
	if !ok {
		return ""
	}
	level := parsers.LevelUnknown
	for range 3 { // a source may have the separator in it
		var word string
		if word, rest, ok = strings.Cut(rest, sep); !ok {
			return ""
		}
		if level = eventtext.LevelOf(word); level != parsers.LevelUnknown {
			break
		}
		source += sep + word
	}
	host, rest, ok := strings.Cut(rest, sep)
	if !ok || level == parsers.LevelUnknown {
		return ""
	}
	when, rest, ok := strings.Cut(rest, sep)
	if !ok {
		return ""
	}
	id, rest, _ := strings.Cut(rest, sep)
	user, text, _ := strings.Cut(rest, sep)
	if !r.setID(id) || !r.setDate(when) && !r.setUnixDate(when) {
		return ""
	}
	e := &r.event
	e.Pos.Record = n
	e.Known |= parsers.FieldRecord
	e.Set(parsers.FieldLog, log)
	r.setText(parsers.FieldProvider, source)
	e.SetLevel(level)
	r.setText(parsers.FieldHost, host)
	r.setText(parsers.FieldUser, user)
	if text = eventtext.Trim(text); text != "" {
		e.Set(parsers.FieldMessage, text)
	}
	return sep
}

// separatorAt gives the separator that t begins with: what is no letter, digit
// or quote.
func separatorAt(t string) string {
	n := 0
	for n < len(t) && n < 4 && !isWordByte(t[n]) && t[n] != '"' && t[n] != '\\' && t[n] != '.' && t[n] != '/' && t[n] != ':' && t[n] != '-' {
		n++
	}
	if n == 0 || n == 4 || strings.Trim(t[:n], " ") == "" {
		return ""
	}
	return t[:n]
}

func isWordByte(c byte) bool {
	return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

// setUnixDate reads "Fri Sep 17 16:37:25 2021", which older versions print.
func (r *record) setUnixDate(v string) bool {
	t, err := time.Parse(time.ANSIC, strings.TrimSpace(v))
	if err != nil {
		return false
	}
	r.event.SetTime(t, parsers.ZoneLocal)
	return true
}
