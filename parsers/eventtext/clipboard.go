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
	may      func(line string) bool // another finder may take something of the line
	records  []clipped
	timeless bool // nobody asks for times
	values   [clipSlots]clipValues
	labels   clipLabels
	date     string // the row of the last date, and what it says
	stamp    stamp
	buf      []byte
	text     clipText
	data     scan // the rows of the data of one record
}

// clipped is one record: its lines in the window and what its header says.
type clipped struct {
	first, text int32 // lines: of the header, of the message
	textTo      int32 // line behind the message
	data, to    int32 // the dump of the data, which may be empty, and the line behind it
	end         int32 // line behind the record
	stamp       stamp
	value       [clipSlots]*clipValue // nil where the header has no such row
}

// clipSlot is the place of a field's value in a record.
type clipSlot uint8

const (
	clipLog clipSlot = iota
	clipSource
	clipID
	clipCategory
	clipLevel
	clipKeywords
	clipUser
	clipHost
	clipSlots
	clipDate // and the time of day, which have no value of their own
	clipTime
)

// clipRow is one row of a header: its label and the field.
type clipRow struct {
	label string
	slot  clipSlot
	field field
}

// The headers, as Event Viewer copies them. The row "Description:" follows.
var (
	clip2000 = []clipRow{
		{"Event Type:", clipLevel, levelField}, {"Event Source:", clipSource, sourceField}, {"Event Category:", clipCategory, categoryField},
		{"Event ID:", clipID, idField}, {"Date:", clipDate, dateField}, {"Time:", clipTime, timeField},
		{"User:", clipUser, userField}, {"Computer:", clipHost, hostField},
	}
	clipVista = []clipRow{
		{"Log Name:", clipLog, logField}, {"Source:", clipSource, sourceField}, {"Date:", clipDate, dateField}, {"Event ID:", clipID, idField},
		{"Task Category:", clipCategory, categoryField}, {"Level:", clipLevel, levelField}, {"Keywords:", clipKeywords, keywordsField},
		{"User:", clipUser, userField}, {"Computer:", clipHost, hostField},
	}
)

const clipDescription = "Description:"

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

// window reads a window. It reports false, and has told out nothing, if there
// is more in it than records, or a line of which another finder may take
// something.
func (c *clipboard) window(w *parsers.Window, out *parsers.Out) bool {
	c.records, c.timeless = c.records[:0], out.Learns()
	for i := 0; i < len(w.Lines); {
		if isEmpty(w.Lines[i].Text) {
			i++
			continue
		}
		if i = c.record(w.Lines, i); i < 0 {
			return false
		}
	}
	if len(c.records) == 0 {
		return false
	}
	c.give(w, out)
	return true
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
func (c *clipboard) record(lines []parsers.TextLine, i int) int {
	rows := clipHeader(lines, i)
	if rows == nil || i+len(rows) >= len(lines) {
		return -1
	}
	c.records = append(c.records, clipped{first: int32(i)})
	r := &c.records[len(c.records)-1]
	for k := range rows {
		if !c.row(r, &rows[k], lines[i+k].Text) {
			return -1
		}
	}
	i += len(rows)
	if t := lines[i].Text; t != clipDescription && trimRight(t) != clipDescription {
		return -1
	}
	return c.message(r, lines, i+1)
}

// row reads a row of the header.
func (c *clipboard) row(r *clipped, row *clipRow, t string) bool {
	switch row.slot {
	case clipDate:
		return c.dated(r, t, row.label)
	case clipTime:
		return strings.HasPrefix(t, row.label) && c.timed(r, trimBlanks(t[len(row.label):]))
	}
	v := c.values[row.slot].at(t)
	if v == nil || v.row != t {
		v = &clipValue{row: strings.Clone(t)}
		if v.ok = strings.HasPrefix(t, row.label) && strings.IndexByte(t, '<') < 0 && !c.may(t); v.ok {
			v.read(row.field)
		}
		c.values[row.slot].put(v)
	}
	r.value[row.slot] = v
	return v.ok
}

// dated reads the row of the date. The clock of 2000 stands in a row of its
// own.
func (c *clipboard) dated(r *clipped, t, label string) bool {
	if t == c.date {
		r.stamp = c.stamp
		return true
	}
	if !strings.HasPrefix(t, label) {
		return false
	}
	v := trimBlanks(t[len(label):])
	if c.timeless {
		return isStampText(v)
	}
	st, n := scanStamp(v)
	if n == 0 || n != len(v) || !isStampText(v) {
		return false
	}
	r.stamp, c.stamp, c.date = st, st, t
	return true
}

// timed reads the row of the time of day.
func (c *clipboard) timed(r *clipped, v string) bool {
	if c.timeless {
		return isStampText(v)
	}
	clock, n := scanClock(v)
	r.stamp.clock = clock
	return n > 0 && n == len(v) && isStampText(v)
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
func (c *clipboard) message(r *clipped, lines []parsers.TextLine, i int) int {
	from := int32(i)
	r.text, r.textTo, r.data, r.to, r.end = from, from, from, from, from
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
		if r.to > r.data || j-i > maxBody {
			return -1
		}
		first := r.textTo == from
		kind := c.kindOfLine(t)
		switch {
		case kind == clipData && j+1 < len(lines) && isHexRow(trimBlanks(lines[j+1].Text)), kind == clipHex:
			k := j + 1
			for k < len(lines) && isHexRow(trimBlanks(lines[k].Text)) && !c.may(lines[k].Text) {
				k++
			}
			r.data, r.to, r.end, ended, gap = int32(j), int32(k), int32(k), true, 0
			j = k - 1
			continue
		case ended || kind != clipLine && kind != clipLast:
			return -1
		case first && gap > maxGap, !first && gap > 0 && isOtherText(trimBlanks(t)):
			return -1
		}
		r.end, gap = int32(j+1), 0
		if kind == clipLast {
			ended = true
			continue
		}
		if first {
			r.text = int32(j)
		}
		r.textTo = int32(j + 1)
	}
	return len(lines)
}
