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
	text  strings.Builder
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
	st, n := scanStamp(r.val[dateField])
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
	e := parsers.Event{Pos: m.w.Span(from, to)}
	e.SetID(r.id)
	m.setFields(&e, r)
	m.order.setTime(&e, r.stamp)
	m.setMessage(&e, r)
	if r.xmlTo > r.xmlFrom {
		m.mergeXML(&e, r)
	}
	unwrapDescription(&e)
	if r.dataTo > r.dataFrom {
		m.setData(&e, r)
	}
	e.Quoted = !r.full && !e.Has(parsers.FieldTime) && (!e.Has(parsers.FieldHost) || e.Host == "" || isPlaceholder(e.Host))
	m.w.Take(from, to)
	m.out.Event(&e)
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

// setMessage joins the rows of the message.
func (m *recordMaker) setMessage(e *parsers.Event, r *record) {
	rows := m.s.rows[r.textFrom:r.textTo]
	for len(rows) > 0 && rows[len(rows)-1].blank() {
		rows = rows[:len(rows)-1]
	}
	if r.slash > 1 {
		rows = withoutMarks(rows)
	}
	if r.full && (!m.s.article || m.pasted(r)) {
		m.setPlainMessage(e, r, rows)
		return
	}
	m.setWrappedMessage(e, r, rows)
}

// withoutMarks takes the line mark of markdown off the ends of the rows.
func withoutMarks(rows []row) []row {
	list := append([]row(nil), rows...)
	for i := range list {
		list[i].text = trimBlanks(strings.TrimSuffix(list[i].text, `\`))
	}
	return list
}

// pasted reports whether the record was pasted as Event Viewer copied it, with
// tabs behind the labels: its lines were not wrapped since.
func (m *recordMaker) pasted(r *record) bool {
	line := m.w.Lines[m.s.rows[r.first].line].Text
	return strings.IndexByte(line, '\t') >= 0
}

// setPlainMessage keeps the lines as they are.
func (m *recordMaker) setPlainMessage(e *parsers.Event, r *record, rows []row) {
	if r.inline == "" && len(rows) == 1 {
		e.Set(parsers.FieldMessage, rows[0].text)
		return
	}
	m.text.Reset()
	if r.inline != "" {
		m.text.WriteString(r.inline)
	}
	blank := 0
	for i := range rows {
		if rows[i].blank() {
			blank++
			continue
		}
		if m.text.Len() > 0 {
			m.text.WriteByte('\n')
			if blank > 1 || blank == 1 && !r.double {
				m.text.WriteByte('\n')
			}
		}
		blank = 0
		writeIndent(&m.text, int(rows[i].indent-r.indent))
		m.text.WriteString(rows[i].text)
	}
	if m.text.Len() > 0 || r.inText {
		e.Set(parsers.FieldMessage, m.text.String())
	}
}

const maxPad = 16

func writeIndent(b *strings.Builder, n int) {
	for ; n > 0 && n <= maxPad; n-- {
		b.WriteByte(' ')
	}
}

// setWrappedMessage joins the lines that were wrapped with a blank: those that
// the next word would have made too long.
func (m *recordMaker) setWrappedMessage(e *parsers.Event, r *record, rows []row) {
	width := m.widest(r, rows)
	m.text.Reset()
	last := 0 // columns of the line before
	if r.inline != "" {
		m.text.WriteString(r.inline)
		w := &m.s.rows[r.end-1]
		last = int(w.indent) + len(w.text)
	}
	gap := false
	for i := range rows {
		w := &rows[i]
		if w.blank() {
			gap = true
			continue
		}
		if m.text.Len() > 0 {
			switch {
			case gap && !(r.double && i > 0):
				m.text.WriteString("\n\n")
			case gap, last+1+firstWord(w.text) <= width, isListMark(w.text), isPair(w.text):
				m.text.WriteByte('\n')
			default:
				m.text.WriteByte(' ')
			}
		}
		gap = false
		m.text.WriteString(w.text)
		last = int(w.indent) + len(w.text)
	}
	if m.text.Len() > 0 {
		e.Set(parsers.FieldMessage, m.text.String())
	}
}

// isPair reports whether a row is a name with its value: "Logon Type:  3",
// "Line = 742". Such rows stand in lists and are not joined.
func isPair(t string) bool {
	i := strings.IndexAny(t, ":=")
	if i <= 0 || i > 40 || i+1 < len(t) && t[i+1] != ' ' && t[i+1] != '\t' {
		return false
	}
	if t[0] < 'A' || t[0] > 'Z' {
		return false
	}
	return strings.Count(trimBlanks(t[:i]), " ") < 3
}

// minWidth is the narrowest width that text is taken to be wrapped at.
const minWidth = 48

// widest is the width at which the lines were wrapped.
func (m *recordMaker) widest(r *record, rows []row) int {
	width := minWidth
	if r.inline != "" {
		w := &m.s.rows[r.end-1]
		width = max(width, int(w.indent)+len(w.text))
	}
	for i := range rows {
		width = max(width, int(rows[i].indent)+len(rows[i].text))
	}
	return width
}

func firstWord(t string) int {
	if i := strings.IndexByte(t, ' '); i >= 0 {
		return i
	}
	return len(t)
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
	m.text.Reset()
	escaped := false
	for j := r.xmlFrom; j < r.xmlTo; j++ {
		t := m.s.rows[j].text
		escaped = escaped || strings.Contains(t, "&lt;")
		m.text.WriteString(t)
		m.text.WriteByte('\n')
	}
	text := m.text.String()
	if escaped && strings.Contains(text, "&lt;System") {
		text = html.UnescapeString(text)
	}
	return text
}

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

// setData keeps the dump of the binary data as words, so that error codes in
// it can be found.
func (m *recordMaker) setData(e *parsers.Event, r *record) {
	var words []string
	var bytes []byte
	for j := r.dataFrom; j < r.dataTo; j++ {
		t := m.s.rows[j].text
		if !isHexRow(t) {
			if _, v, ok := labelAt(t); !ok || !isHexRow(trimBlanks(t[v:])) {
				continue
			}
			_, v, _ := labelAt(t)
			t = trimBlanks(t[v:])
		}
		words, bytes = hexRow(t, words, bytes)
	}
	words = appendBytes(words, bytes)
	if len(words) == 0 {
		return
	}
	e.Data = append(e.Data, parsers.Named{Name: "Data", Value: strings.Join(words, " ")})
	e.Known |= parsers.FieldData
}

// maxHexBytes and maxHexWords are what one row of a dump holds: 8 bytes or 4
// words; 16 bytes in later tools.
const (
	maxHexBytes = 16
	maxHexWords = 4
)

// hexRow adds the words or bytes of one row of a dump.
func hexRow(t string, words []string, bytes []byte) ([]string, []byte) {
	n := 0
	for _, f := range strings.Fields(t[strings.IndexByte(t, ':')+1:]) {
		if len(f) == 8 && isHex(f) && n < maxHexWords {
			words = append(words, "0x"+strings.ToLower(f))
		} else if len(f) == 2 && isHex(f) && n < maxHexBytes/2 {
			bytes = append(bytes, hexDigit(f[0])<<4|hexDigit(f[1]))
		} else {
			break // the characters beside the dump
		}
		n++
	}
	return words, bytes
}

func isHex(s string) bool {
	for i := 0; i < len(s); i++ {
		if hexDigit(s[i]) == 255 {
			return false
		}
	}
	return true
}

// appendBytes adds bytes as little-endian words of 32 bits.
func appendBytes(words []string, b []byte) []string {
	const digits = "0123456789abcdef"
	for len(b) > 0 {
		n := min(4, len(b))
		w := []byte("0x")
		for i := n - 1; i >= 0; i-- {
			w = append(w, digits[b[i]>>4], digits[b[i]&15])
		}
		words = append(words, string(w))
		b = b[n:]
	}
	return words
}
