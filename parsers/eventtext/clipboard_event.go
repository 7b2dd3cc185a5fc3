package eventtext

import (
	"strings"

	"kbdiag/parsers"
)

// give tells out of the records, as recordMaker does of those of scan. Where
// only secrets are wanted, it passes over those that have none.
func (c *clipboard) give(w *parsers.Window, out *parsers.Out) {
	m := newRecordMaker(&c.data, w, out)
	if out.Learns() {
		for i := range c.records {
			if r := &c.records[i]; mayHoldSecret(w.Lines[r.text:r.textTo]) {
				c.emit(m, r)
			}
		}
		return
	}
	m.order.language("en")
	for i := range c.records {
		m.order.sample(c.records[i].stamp)
	}
	for i := range c.records {
		c.emit(m, &c.records[i])
	}
	m.order.report(out)
}

// emit gives one record.
func (c *clipboard) emit(m *recordMaker, r *clipped) {
	e := &m.event
	*e = parsers.Event{Pos: m.w.Span(int(r.first), int(r.end))}
	e.SetID(r.value[clipID].id)
	level := parsers.LevelUnknown
	if v := r.value[clipKeywords]; v != nil {
		level = v.level
	}
	if level == parsers.LevelUnknown {
		level = r.value[clipLevel].level
	}
	e.SetLevel(level)
	c.setTexts(e, r)
	m.order.setTime(e, r.stamp)
	e.Set(parsers.FieldMessage, c.joined(m.w.Lines[r.text:r.textTo]))
	unwrapDescription(e)
	if r.to > r.data {
		c.setData(m, e, r)
	}
	m.out.Event(e)
}

// mayHoldSecret reports whether a message of these lines may hold a secret. The
// words before some of them may stand at the end of a line.
func mayHoldSecret(lines []parsers.TextLine) bool {
	for i := range lines {
		if t := lines[i].Text; parsers.MayHoldSecret(t) || i+1 < len(lines) && parsers.MayEndBeforeSecret(t) {
			return true
		}
	}
	return false
}

// setTexts sets the fields that are text.
func (c *clipboard) setTexts(e *parsers.Event, r *clipped) {
	if v := r.value[clipLog]; v != nil {
		e.Set(parsers.FieldLog, v.text)
	}
	if v := r.value[clipSource].text; v != "" { // a label without a value says nothing
		e.Set(parsers.FieldProvider, v)
	}
	e.Set(parsers.FieldCategory, r.value[clipCategory].text)
	e.Set(parsers.FieldUser, r.value[clipUser].text)
	e.Set(parsers.FieldHost, r.value[clipHost].text)
}

// setData sets the data.
func (c *clipboard) setData(m *recordMaker, e *parsers.Event, k *clipped) {
	c.data.rows = c.data.rows[:0]
	for i := k.data; i < k.to; i++ {
		c.data.rows = append(c.data.rows, makeRow(m.w.Lines[i].Text, i))
	}
	m.setData(e, &record{dataTo: len(c.data.rows)})
}

// joined joins the lines of a message as setPlainMessage does.
func (c *clipboard) joined(lines []parsers.TextLine) string {
	switch len(lines) {
	case 0:
		return ""
	case 1:
		if t := lines[0].Text; isBareLine(t) {
			return t
		}
		return makeRow(lines[0].Text, 0).text
	}
	b := c.buf[:0]
	gap := false
	for i := range lines {
		t := lines[i].Text
		if isEmpty(t) {
			gap = true
			continue
		}
		if len(b) > 0 {
			b = append(b, '\n')
			if gap {
				b = append(b, '\n')
			}
		}
		gap = false
		if isBareLine(t) {
			b = append(b, t...)
			continue
		}
		row := makeRow(t, 0)
		b = append(appendIndent(b, int(row.indent)), row.text...)
	}
	c.buf = b
	return c.text.keep(b)
}

// isBareLine reports whether a line has no blanks or marks at its ends.
func isBareLine(t string) bool {
	if len(t) == 0 {
		return false
	}
	first, last := t[0], t[len(t)-1]
	return isLetter(first) && last > ' ' && last < 0x7F
}

// clipText keeps messages in blocks that many share.
type clipText struct{ block *strings.Builder }

func (t *clipText) keep(b []byte) string {
	if t.block == nil || t.block.Cap()-t.block.Len() < len(b) {
		t.block = new(strings.Builder)
		t.block.Grow(max(savedBlock, len(b)))
	}
	from := t.block.Len()
	t.block.Write(b)
	return t.block.String()[from:]
}

// clipValues remembers rows of headers: a log has few sources, categories and
// users, and most rows come again and again. Records keep what was found, so it
// does not change.
type clipValues [64]*clipValue

// clipValue is what a row says.
type clipValue struct {
	row   string
	ok    bool // it is so plain that it means the same wherever it stands
	text  string
	level parsers.Level
	id    uint32
}

// place is where a row is remembered.
func (vs *clipValues) place(t string) **clipValue {
	n := uint(len(t))
	if n < 3 {
		return &vs[0]
	}
	return &vs[(n+uint(t[n-1])*7+uint(t[n/2])*3+uint(t[n-3])*5)%uint(len(vs))]
}

func (vs *clipValues) at(t string) *clipValue { return *vs.place(t) }

func (vs *clipValues) put(v *clipValue) { *vs.place(v.row) = v }

// read reads the row as header does.
func (v *clipValue) read(f field) {
	h := header{known: 1 << otherField}
	v.ok = h.addRow(makeRow(v.row, 0).text) == rowMore && h.known == 1<<otherField|1<<f && h.slash == 0 && !h.inText && h.inline == ""
	switch f {
	case idField:
		n, ok := number(h.val[f])
		v.id, v.ok = n, v.ok && ok && h.hasID && h.strict && h.id == n && !h.weak && !h.colon
	case levelField:
		v.level, v.ok = labelledLevel(h.val[f]), v.ok && h.val[f] != ""
	case keywordsField:
		v.level = auditOf(h.val[f])
	case logField:
		v.text, v.ok = present(h.val[f]), v.ok && h.val[f] != ""
	default:
		v.text = present(h.val[f])
	}
}
