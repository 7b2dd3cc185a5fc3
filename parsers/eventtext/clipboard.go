package eventtext

import (
	"strings"

	"kbdiag/parsers"
)

// clipboard reads windows that hold nothing but what the English Event Viewer
// copied, record behind record and as it was copied: whole logs that somebody
// saved so, or a program wrote. It reads them as scan does, which knows all
// that people have made of such text, but many times as fast. Where a line is
// not as expected the window is left to scan.
type clipboard struct {
	records []clipped
	values  [fieldCount]clipValues
	date    string // the row of the last date, and what it says
	stamp   stamp
	body    scan // the rows of one record's message
}

// clipped is one record: its lines in the window and what its header says.
type clipped struct {
	first, text int // lines: of the header, of the message
	textTo      int // line behind the message
	data, to    int // the dump of the data, which may be empty, and the line behind it
	end         int // line behind the record
	stamp       stamp
	value       [fieldCount]*clipValue
}

// clipRow is one row of a header: its label and the field.
type clipRow struct {
	label string
	field field
}

// The headers, as Event Viewer copies them. The row "Description:" follows.
var (
	clip2000 = []clipRow{
		{"Event Type:", levelField}, {"Event Source:", sourceField}, {"Event Category:", categoryField}, {"Event ID:", idField},
		{"Date:", dateField}, {"Time:", timeField}, {"User:", userField}, {"Computer:", hostField},
	}
	clipVista = []clipRow{
		{"Log Name:", logField}, {"Source:", sourceField}, {"Date:", dateField}, {"Event ID:", idField}, {"Task Category:", categoryField},
		{"Level:", levelField}, {"Keywords:", keywordsField}, {"User:", userField}, {"Computer:", hostField},
	}
)

const clipText = "Description:"

// clipHeader gives the header that line i of the window begins, nil if it
// begins none.
func clipHeader(lines []parsers.TextLine, i int) []clipRow {
	t := lines[i].Text
	if len(t) == 0 || t[0] != 'E' && t[0] != 'L' || i+1 >= len(lines) {
		return nil
	}
	rows := clip2000
	if t[0] == 'L' {
		rows = clipVista
	}
	if !strings.HasPrefix(t, rows[0].label) || !strings.HasPrefix(lines[i+1].Text, rows[1].label) {
		return nil
	}
	return rows
}

// read finds the records of a window. It reports false if there is more in it,
// or a line of which another finder may take something.
func (c *clipboard) read(w *parsers.Window, may func(string) bool) bool {
	c.records = c.records[:0]
	for i := 0; i < len(w.Lines); {
		if isEmpty(w.Lines[i].Text) {
			i++
			continue
		}
		i = c.record(w.Lines, i, may)
		if i < 0 {
			return false
		}
	}
	return len(c.records) > 0
}

// isEmpty reports whether a line has nothing but blanks and tabs.
func isEmpty(t string) bool {
	for i := 0; i < len(t); i++ {
		if t[i] != ' ' && t[i] != '\t' {
			return false
		}
	}
	return true
}

// record reads the record that begins on line i and gives the line behind it,
// -1 if there is none that can be read here.
func (c *clipboard) record(lines []parsers.TextLine, i int, may func(string) bool) int {
	rows := clipHeader(lines, i)
	if rows == nil || i+len(rows) >= len(lines) {
		return -1
	}
	c.records = append(c.records, clipped{first: i})
	r := &c.records[len(c.records)-1]
	for k := range rows {
		t := lines[i+k].Text
		if !strings.HasPrefix(t, rows[k].label) || !c.row(r, &rows[k], t, may) {
			return -1
		}
	}
	i += len(rows)
	if t := lines[i].Text; t != clipText && strings.TrimRight(t, " \t") != clipText {
		return -1
	}
	return c.message(r, lines, i+1, may)
}

// row reads a row of the header.
func (c *clipboard) row(r *clipped, row *clipRow, t string, may func(string) bool) bool {
	switch row.field {
	case dateField:
		return c.dated(r, t, len(row.label))
	case timeField:
		v := trimBlanks(t[len(row.label):])
		clock, n := scanClock(v)
		r.stamp.clock = clock
		return n > 0 && n == len(v) && isStampText(v)
	}
	v := c.values[row.field].find(t, row.field, may)
	r.value[row.field] = v
	return v.ok
}

// dated reads the row of the date, whose value begins at byte from. The clock
// of 2000 stands in a row of its own.
func (c *clipboard) dated(r *clipped, t string, from int) bool {
	if t == c.date {
		r.stamp = c.stamp
		return true
	}
	v := trimBlanks(t[from:])
	st, n := scanStamp(v)
	if n == 0 || n != len(v) || !isStampText(v) {
		return false
	}
	r.stamp, c.stamp, c.date = st, st, t
	return true
}

// isStampText reports whether a text has nothing but what the dates and times
// of English have. No label can stand in it, and no other finder takes a row of
// a label and such text.
func isStampText(t string) bool {
	for i := 0; i < len(t); i++ {
		if !stampByte[t[i]] {
			return false
		}
	}
	return true
}

var stampByte = func() (t [256]bool) {
	for _, c := range []byte("0123456789/.:- AMP") {
		t[c] = true
	}
	return t
}()

// message finds the lines of the message and of the data, from line i on. It
// gives the line behind the record, -1 if it does not end with the window or
// where the next one begins.
func (c *clipboard) message(r *clipped, lines []parsers.TextLine, i int, may func(string) bool) int {
	r.text, r.textTo, r.data, r.to, r.end = i, i, i, i, i
	gap, ended := 0, false
	for j := i; j < len(lines); j++ {
		t := lines[j].Text
		if isEmpty(t) {
			gap++
			continue
		}
		if clipHeader(lines, j) != nil {
			return j
		}
		if ended && r.to > r.data || j-i > maxBody {
			return -1
		}
		first := r.textTo == i
		kind := kindOfLine(t, may)
		switch {
		case kind == clipData && j+1 < len(lines) && isHexRow(trimBlanks(lines[j+1].Text)), kind == clipHex:
			k := j + 1
			for k < len(lines) && isHexRow(trimBlanks(lines[k].Text)) && !may(lines[k].Text) {
				k++
			}
			r.data, r.to, r.end, ended, gap = j, k, k, true, 0
			j = k - 1
			continue
		case ended || kind != clipLine && kind != clipLast:
			return -1
		case first && gap > maxGap, !first && gap > 0 && isOtherText(trimBlanks(t)):
			return -1
		}
		r.end, gap = j+1, 0
		if kind == clipLast {
			ended = true
			continue
		}
		if first {
			r.text = j
		}
		r.textTo = j + 1
	}
	return len(lines)
}

// give tells out of the records, as recordMaker does of those of scan.
func (c *clipboard) give(w *parsers.Window, out *parsers.Out) {
	m := newRecordMaker(&c.body, w, out)
	m.order.language("en")
	for i := range c.records {
		m.order.sample(c.records[i].stamp)
	}
	var r record
	for i := range c.records {
		c.emit(m, &c.records[i], &r)
	}
	m.order.report(out)
}

// emit gives one record.
func (c *clipboard) emit(m *recordMaker, k *clipped, r *record) {
	c.rows(m.w.Lines, k, r)
	e := &m.event
	*e = parsers.Event{Pos: m.w.Span(k.first, k.end)}
	m.setMessage(e, r)
	if m.out.Learns() && !parsers.MayHoldSecret(e.Message) {
		return
	}
	e.SetID(k.value[idField].id)
	level := parsers.LevelUnknown
	if v := k.value[keywordsField]; v != nil {
		level = v.level
	}
	if level == parsers.LevelUnknown {
		level = k.value[levelField].level
	}
	e.SetLevel(level)
	for _, f := range textFields {
		if v := k.value[f.from]; v != nil {
			e.Set(f.to, v.text)
		}
	}
	if e.Provider == "" {
		e.Known &^= parsers.FieldProvider // a label without a value says nothing
	}
	m.order.setTime(e, k.stamp)
	unwrapDescription(e)
	if r.dataTo > r.dataFrom {
		m.setData(e, r)
	}
	m.out.Event(e)
}

// rows makes the rows of a record's message and data, and says in r where they
// stand.
func (c *clipboard) rows(lines []parsers.TextLine, k *clipped, r *record) {
	rows := c.body.rows[:0]
	for i := k.text; i < k.textTo; i++ {
		rows = append(rows, makeRow(lines[i].Text, int32(i)))
	}
	r.full, r.inText = true, true
	r.textFrom, r.textTo = 0, len(rows)
	for i := k.data; i < k.to; i++ {
		rows = append(rows, makeRow(lines[i].Text, int32(i)))
	}
	r.dataFrom, r.dataTo = r.textTo, len(rows)
	c.body.rows = rows
}

// clipValues remembers rows of headers: a log has few sources, categories and
// users, and most rows come again and again. Records keep what was found, so it
// does not change.
type clipValues [64]*clipValue

// clipValue is what a row says.
type clipValue struct {
	row   string
	ok    bool // it can be read here
	text  string
	level parsers.Level
	id    uint32
}

// find reads a row of the given field.
func (vs *clipValues) find(t string, f field, may func(string) bool) *clipValue {
	n := len(t)
	at := &vs[(n+int(t[n-1])*7+int(t[n/2])*3+int(t[max(n-3, 0)])*5)%len(vs)]
	if v := *at; v != nil && v.row == t {
		return v
	}
	v := &clipValue{row: strings.Clone(t)}
	v.read(v.row, f, may)
	*at = v
	return v
}

// read reads a row as header does, and settles whether it is so plain that it
// means the same wherever it stands.
func (v *clipValue) read(t string, f field, may func(string) bool) {
	if strings.IndexByte(t, '<') >= 0 || may(t) {
		return
	}
	h := header{known: 1 << otherField}
	if h.addRow(makeRow(t, 0).text) != rowMore || h.known != 1<<otherField|1<<f || h.slash > 0 || h.inText || h.inline != "" {
		return
	}
	switch f {
	case idField:
		n, ok := number(h.val[f])
		v.id, v.ok = n, ok && h.hasID && h.strict && h.id == n && !h.weak && !h.colon
		return
	case levelField:
		v.level, v.ok = labelledLevel(h.val[f]), h.val[f] != ""
		return
	case keywordsField:
		v.level = auditOf(h.val[f])
	case logField:
		v.text, v.ok = present(h.val[f]), h.val[f] != ""
		return
	}
	v.text, v.ok = present(h.val[f]), true
}
