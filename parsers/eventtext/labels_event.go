package eventtext

import (
	"html"
	"strings"
	"time"

	"kbdiag/parsers"
)

// recordMaker turns records into events.
type recordMaker struct {
	s     *scan
	w     *parsers.Window
	out   *parsers.Out
	order *dateOrder
	xml   xmlReader
	event parsers.Event   // the one in work
	data  []parsers.Named // its data, where there is no XML
	buf   []byte
}

func newRecordMaker(s *scan, w *parsers.Window, out *parsers.Out) *recordMaker {
	return &recordMaker{s: s, w: w, out: out, order: newDateOrder(w.Opts)}
}

// sample shows the record's date to the order of dates, with the UTC time of
// its XML as a witness.
func (m *recordMaker) sample(r *record) {
	if r.lang != "" {
		m.order.language(r.lang)
	}
	st, n := labelledStamp(r.val[dateField])
	if n == 0 && !r.known.has(dateField) { // some put both behind the label of the time
		st, n = labelledStamp(r.val[timeField])
	}
	if n == 0 {
		return
	}
	if !st.clock.set && r.known.has(timeField) {
		if c, k := scanClock(r.val[timeField]); k > 0 {
			st.clock = c
		}
	}
	r.stamp = st
	m.order.sample(st)
	if r.xmlTo > r.xmlFrom {
		if t, ok := m.xmlTimeOf(r); ok {
			m.order.witness(st, t)
		}
	}
}

// labelledStamp reads the date behind a label, also with a day of the week
// before it: "Thursday, March 14, 2019 7:02:11 AM".
func labelledStamp(v string) (stamp, int) {
	st, n := scanStamp(v)
	if n > 0 || v == "" || isDigit(v[0]) {
		return st, n
	}
	day, rest, ok := strings.Cut(v, " ")
	if !ok || len(day) > maxLabel/2 || strings.ContainsAny(day, "0123456789") {
		return st, 0
	}
	return scanStamp(trimBlanks(rest))
}

// xmlTimeOf finds the SystemTime in the record's XML.
func (m *recordMaker) xmlTimeOf(r *record) (time.Time, bool) {
	const mark = "SystemTime="
	for j := r.xmlFrom; j < r.xmlTo; j++ {
		t := m.s.rows[j].text
		i := strings.Index(t, mark)
		if i < 0 {
			continue
		}
		return xmlTime(attr(" "+html.UnescapeString(t[i:]), "SystemTime"))
	}
	return time.Time{}, false
}

// witness is shown a date whose UTC time is known: if it is within a day of it
// in one order only, that is the file's order.
func (d *dateOrder) witness(s stamp, utc time.Time) {
	if s.yearFirst() || s.named() || s.part[0] == s.part[1] || s.part[0] > 12 || s.part[1] > 12 {
		return
	}
	y := fullYear(s.part[2], s.width[2])
	near := func(month, day int16) bool {
		t := s.clock.at(unixDay(y, int(month), int(day)))
		diff := t.Sub(utc)
		return diff > -36*time.Hour && diff < 36*time.Hour
	}
	month, day := near(s.part[0], s.part[1]), near(s.part[1], s.part[0])
	switch {
	case month && !day:
		d.monthN++
	case day && !month:
		d.dayN++
	default:
		return
	}
	d.settled = false
}

// noteZ is of newer builds of wevtutil, which print the local time with a Z.
const noteZ = "times end in Z but may be local time: wevtutil prints them so"

// emit gives the record's event to out and claims its lines.
func (m *recordMaker) emit(r *record) {
	switch r.shape {
	case shapeXML:
		m.emitXML(r)
		return
	case shapeFriendly:
		m.emitFriendly(r)
		return
	}
	from, to := m.span(r)
	e := &m.event
	*e = parsers.Event{Pos: m.w.Span(from, to)}
	e.SetID(r.id)
	m.setFields(e, r)
	m.order.setTime(e, r.stamp)
	if r.stamp.clock.set && strings.HasSuffix(r.val[dateField], "Z") && r.xmlTo == r.xmlFrom {
		m.out.Note(noteZ)
	}
	m.setMessage(e, r)
	if r.xmlTo > r.xmlFrom {
		m.mergeXML(e, r)
	}
	unwrapDescription(e)
	if r.dataTo > r.dataFrom {
		m.setData(e, r)
	}
	e.Quoted = !r.full && !e.Has(parsers.FieldTime) && (!e.Has(parsers.FieldHost) || e.Host == "" || isPlaceholder(e.Host))
	m.w.Take(from, to)
	m.out.Event(e)
}

// span gives the lines of the window that the record fills.
func (m *recordMaker) span(r *record) (from, to int) {
	return int(m.s.rows[r.first].line), int(m.s.rows[r.rowsTo-1].line) + 1
}

// isPlaceholder reports whether a value stands for one left out.
func isPlaceholder(v string) bool {
	return strings.HasPrefix(v, "<") || strings.HasPrefix(v, "[") || strings.HasPrefix(v, "%")
}

var textFields = []struct {
	from field
	to   parsers.Field
}{
	{sourceField, parsers.FieldProvider},
	{categoryField, parsers.FieldCategory},
	{logField, parsers.FieldLog},
	{userField, parsers.FieldUser},
	{hostField, parsers.FieldHost},
}

func (m *recordMaker) setFields(e *parsers.Event, r *record) {
	for _, f := range textFields {
		if r.known.has(f.from) {
			e.Set(f.to, present(r.val[f.from]))
		}
	}
	level := parsers.LevelUnknown
	if r.known.has(keywordsField) {
		level = auditOf(r.val[keywordsField])
	}
	if level == parsers.LevelUnknown {
		level = labelledLevel(r.val[levelField])
	}
	e.SetLevel(level)
	if e.Provider == "" && r.known.has(sourceField) {
		e.Known &^= parsers.FieldProvider // a label without a value says nothing
	}
}

// labelledLevel reads the value of a Type or Level label, behind which its
// author may have put a remark.
func labelledLevel(v string) parsers.Level {
	if v == "" {
		return parsers.LevelUnknown
	}
	if l := levelOf(v); l != parsers.LevelUnknown {
		return l
	}
	word, _ := leadingLevel(v + " ")
	return levelOf(word)
}

// mergeXML lets the XML speak where it can be read: it has the time in UTC,
// the qualifiers, the record number and the values.
func (m *recordMaker) mergeXML(e *parsers.Event, r *record) {
	text := m.joinXML(r)
	if strings.IndexByte(text, '<') < 0 {
		m.mergeTagless(e, r)
		return
	}
	var x parsers.Event
	m.xml.read(text, &x)
	if x.Has(parsers.FieldTime) {
		e.SetTime(x.Time, x.Zone)
	}
	if x.Has(parsers.FieldID) {
		e.ID = x.ID
	}
	if x.Has(parsers.FieldQualifiers) {
		e.Qualifiers = x.Qualifiers
	}
	if x.Has(parsers.FieldProvider) && x.Provider != "" {
		e.Provider = x.Provider
	}
	if x.Has(parsers.FieldLog) {
		e.Log = x.Log
	}
	if x.Has(parsers.FieldHost) {
		e.Host = x.Host
	}
	if x.Has(parsers.FieldLevel) {
		e.Level = x.Level
	}
	if x.Has(parsers.FieldUser) && !e.Has(parsers.FieldUser) {
		e.User = x.User
	}
	if x.Has(parsers.FieldRecord) {
		e.Pos.Record = x.Pos.Record
	}
	if x.Has(parsers.FieldMessage) && !e.Has(parsers.FieldMessage) {
		e.Message = x.Message
	}
	e.Strings, e.Data = x.Strings, x.Data
	e.Known |= x.Known
}

// joinXML gives the XML of a record as one text.
func (m *recordMaker) joinXML(r *record) string {
	if r.xmlTo == r.xmlFrom+1 && !strings.Contains(m.s.rows[r.xmlFrom].text, "&lt;System") {
		return m.s.rows[r.xmlFrom].text
	}
	b := m.buf[:0]
	hard := m.wrappedHard(r)
	tag := false // the row ends inside a tag
	for j := r.xmlFrom; j < r.xmlTo; j++ {
		t := m.s.rows[j].text
		b = append(b, t...)
		if open, end := lastTag(t); open >= 0 || end >= 0 {
			tag = open > end
		}
		switch {
		case hard > 0 && len(t) < hard && len(t) >= hard-1, hard == 0 && tag:
			b = append(b, ' ') // a blank stood where the row was broken
		case hard == 0 || len(t) < hard-1:
			b = append(b, '\n')
		}
	}
	m.buf = b
	text := string(b)
	switch {
	case strings.Contains(text, "&lt;System"):
		text = html.UnescapeString(text)
	case !strings.Contains(text, plainEvent.end): // the last line of a page, which has no markup of its own
		text = strings.Replace(text, "&lt;/Event&gt;", plainEvent.end, 1)
	}
	return text
}

// wrappedHard gives the width at which XML on one line was broken into rows,
// inside words too; 0 if it was not. All rows but the last are as wide then, or
// narrower by a blank at their end.
func (m *recordMaker) wrappedHard(r *record) int {
	width, full := 0, 0
	for j := r.xmlFrom; j < r.xmlTo-1; j++ {
		width = max(width, len(m.s.rows[j].text))
	}
	if width < minWrap || r.xmlTo-r.xmlFrom < 4 {
		return 0
	}
	for j := r.xmlFrom; j < r.xmlTo-1; j++ {
		switch n := len(m.s.rows[j].text); {
		case n == width:
			full++
		case n < width-1:
			return 0
		}
	}
	if full < 2 {
		return 0
	}
	return width
}

// minWrap is the narrowest width at which mails are wrapped.
const minWrap = 60

// mergeTagless reads what is left of the XML where a forum has eaten the tags:
// the values in their order. Behind the computer stand the insertion strings,
// before the log the record number.
func (m *recordMaker) mergeTagless(e *parsers.Event, r *record) {
	host := -1
	var values []string
	for j := r.xmlFrom; j < r.xmlTo; j++ {
		t := m.s.rows[j].text
		if t == "" {
			continue
		}
		values = append(values, t)
		if host < 0 && e.Host != "" && strings.EqualFold(t, e.Host) {
			host = len(values) - 1
		}
	}
	if host < 2 {
		return
	}
	if n, ok := recordNumber(values[host-2]); ok {
		e.Pos.Record = n
		e.Known |= parsers.FieldRecord
	}
	if host+1 < len(values) {
		e.Strings = values[host+1:]
		e.Known |= parsers.FieldStrings
	}
}

// setData keeps the dump of the binary data as words of 32 bits, so that error
// codes in it can be found. Bytes are little-endian.
func (m *recordMaker) setData(e *parsers.Event, r *record) {
	b := m.buf[:0]
	var bytes dumpBytes
	for j := r.dataFrom; j < r.dataTo; j++ {
		t := m.s.rows[j].text
		if !isHexRow(t) {
			_, v, ok := labelAt(t)
			if t = trimBlanks(t[v:]); !ok || !isHexRow(t) {
				continue
			}
		}
		b = bytes.row(b, t[strings.IndexByte(t, ':')+1:])
	}
	b = bytes.flush(b)
	m.buf = b
	if len(b) == 0 {
		return
	}
	m.data = append(append(m.data[:0], e.Data...), parsers.Named{Name: "Data", Value: string(b[1:])})
	e.Data = m.data
	e.Known |= parsers.FieldData
}

// dumpBytes gathers the bytes of a dump into words.
type dumpBytes struct {
	word uint32
	n    int
}

// The most that one row of a dump holds.
const (
	maxRowBytes = 8
	maxRowWords = 4
)

// row adds the words or bytes of one row of a dump to b, each with a blank
// before it. The characters beside the dump are left out.
func (d *dumpBytes) row(b []byte, t string) []byte {
	for n := 0; ; n++ {
		t = strings.TrimLeft(t, " \t")
		w := 0
		for w < len(t) && t[w] != ' ' && t[w] != '\t' {
			w++
		}
		switch f := t[:w]; {
		case w == 8 && n < maxRowWords && isHex(f):
			b = append(append(b, " 0x"...), strings.ToLower(f)...)
		case w == 2 && n < maxRowBytes && isHex(f):
			b = d.add(b, hexDigit(f[0])<<4|hexDigit(f[1]))
		default:
			return b
		}
		t = t[w:]
	}
}

// add adds one byte.
func (d *dumpBytes) add(b []byte, c byte) []byte {
	d.word |= uint32(c) << (8 * d.n)
	if d.n++; d.n == 4 {
		return d.flush(b)
	}
	return b
}

// flush ends the word in work.
func (d *dumpBytes) flush(b []byte) []byte {
	const digits = "0123456789abcdef"
	if d.n == 0 {
		return b
	}
	b = append(b, " 0x"...)
	for i := 2*d.n - 1; i >= 0; i-- {
		b = append(b, digits[d.word>>(4*i)&15])
	}
	d.word, d.n = 0, 0
	return b
}

func isHex(s string) bool {
	for i := 0; i < len(s); i++ {
		if hexDigit(s[i]) == 255 {
			return false
		}
	}
	return true
}
