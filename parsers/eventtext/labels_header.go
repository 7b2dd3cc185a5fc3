package eventtext

import "strings"

// header is the labelled part of an event: what stands before its message.
type header struct {
	first  int // row of the first label
	end    int // row after the last label
	indent int16
	depth  int8

	known fieldSet
	val   [fieldCount]string
	lead  field // of the first label
	old   int8  // labels of the clipboard of 2000
	vista int8  // labels of the clipboard of Vista
	slash int8  // rows that end with a backslash, the line mark of markdown
	lang  string

	id     uint32
	hasID  bool
	badID  bool // there is a label of an id, but no number
	strict bool // the id stands behind a label with a separator
	plain  bool // the id's label is "Event" or "ID"
	weak   bool // the shape is also that of prose: other labels must confirm it
	sole   bool // the label is "ID" alone

	colon  bool   // a colon ends the row of the id: what follows is its text
	inText bool   // a label of the description was there
	inline string // text of the message behind the labels, on the last row
	double bool   // an empty line stands after each line
	mixed  bool   // but not after all: two records, or none
}

// maxHeader bounds a header, in rows: 13 labels, each with two empty lines.
const maxHeader = 40

// maxGap is how many empty lines may stand between two labels.
const maxGap = 2

// row results of addRow.
type rowKind uint8

const (
	rowNone rowKind = iota // not of the header
	rowDup                 // a label that the header has: another record
	rowMore                // labels
	rowLast                // labels, and the message begins
)

// header reads the labels that stand from row i on into h, which is empty. It
// reports false if there is no label.
func (s *scan) header(i int, h *header) bool {
	r := &s.rows[i]
	h.first, h.indent, h.depth = i, r.indent, r.depth
	kind := h.addRow(r.text)
	if kind == rowNone || kind == rowDup {
		return false
	}
	h.end = i + 1
	if kind == rowLast {
		return true
	}
	gap := 0
	for j := i + 1; j < len(s.rows) && j < i+maxHeader; j++ {
		r := &s.rows[j]
		if r.blank() {
			if gap++; gap > maxGap {
				break
			}
			continue
		}
		if r.depth == 0 && h.depth == 1 && j == i+1 && i > 0 && s.rows[i-1].depth != h.depth {
			h.depth = 0 // only the first line of a paragraph of Markdown needs the mark of a quote
		}
		if r.depth != h.depth || !h.gapFits(gap, r.text) {
			break
		}
		before := h.mark()
		kind := h.addRow(r.text)
		if kind == rowNone {
			h.undo(before)
			if gap == 0 && (h.takeValue(r.text) || s.skipsRow(j) || s.passesRow(h, j)) {
				kind = rowMore
			}
		}
		if kind == rowNone || kind == rowDup {
			h.undo(before)
			break
		}
		h.end = j + 1
		gap = 0
		if kind == rowLast {
			break
		}
	}
	return true
}

// headerMark is the state of a header that a row may change, but for the
// values: those of fields that are not known do not count.
type headerMark struct {
	known             fieldSet
	lead              field
	old, vista, slash int8
	lang              string
	id                uint32
	hasID, badID      bool
	strict, plain     bool
	weak, sole        bool
	colon, inText     bool
	inline            string
}

func (h *header) mark() headerMark {
	return headerMark{
		known: h.known, lead: h.lead, old: h.old, vista: h.vista, slash: h.slash, lang: h.lang,
		id: h.id, hasID: h.hasID, badID: h.badID, strict: h.strict, plain: h.plain,
		weak: h.weak, sole: h.sole, colon: h.colon, inText: h.inText, inline: h.inline,
	}
}

func (h *header) undo(m headerMark) {
	h.known, h.lead, h.old, h.vista, h.slash, h.lang = m.known, m.lead, m.old, m.vista, m.slash, m.lang
	h.id, h.hasID, h.badID, h.strict, h.plain = m.id, m.hasID, m.badID, m.strict, m.plain
	h.weak, h.sole, h.colon, h.inText, h.inline = m.weak, m.sole, m.colon, m.inText, m.inline
}

// skipsRow reports whether row j is a field of no use that stands before the
// description, such as the symbol in catalogues of messages.
func (s *scan) skipsRow(j int) bool {
	if !labelLike(s.rows[j].text) || j+1 >= len(s.rows) {
		return false
	}
	l, _, ok := labelAt(s.rows[j+1].text)
	return ok && l.field == textField
}

// maxPassed is how many rows with labels of no known meaning may stand together
// between those of a header.
const maxPassed = 3

// passesRow reports whether row j is a field of no known meaning between two of
// a header that is under way, such as the operation code of wevtutil.
func (s *scan) passesRow(h *header, j int) bool {
	if !h.hasID || h.old+h.vista < 3 {
		return false
	}
	for k := j; k < len(s.rows) && k <= j+maxPassed; k++ {
		r := &s.rows[k]
		if r.indent != h.indent || r.depth != h.depth {
			return false
		}
		if l, _, ok := labelAt(stripMarks(r.text)); ok {
			return k > j && l.field != textField && l.field != dataField && l.field != xmlField && !h.known.has(l.field)
		}
		name, value, ok := strings.Cut(r.text, ":")
		if !ok || len(name) > maxLabel/2 || value != "" && value[0] != ' ' && value[0] != '\t' || strings.Count(name, " ") > 2 {
			return false
		}
	}
	return false
}

// gapFits reports whether the header may go on with a row after that many
// empty ones.
func (h *header) gapFits(gap int, text string) bool {
	second := h.end == h.first+1
	if second && gap > 0 && !h.hasID {
		h.double = true
	}
	if gap == 0 {
		h.mixed = h.mixed || h.double && h.labels(text)
		return !h.mixed
	}
	// Articles part the id from the rest, and the rest from the description.
	l, _, ok := labelAt(stripMarks(text))
	if !ok {
		return looseText(text) || h.hasID && hasPrefixFold(text, "Source ")
	}
	return l.field == textField || h.double || h.hasID && l.field != idField && !h.known.has(l.field)
}

// labels reports whether a row begins with a label of a header.
func (h *header) labels(text string) bool {
	l, _, ok := labelAt(stripMarks(text))
	return ok && l.field != textField && l.field != dataField && l.field != xmlField
}

// addRow takes the labels of one row.
func (h *header) addRow(text string) rowKind {
	t := stripMarks(text)
	if l, v, ok := labelAt(t); ok {
		return h.fields(l, t[v:])
	}
	if h.known != 0 {
		if k := h.looseField(t); k != rowNone {
			return k
		}
		if k := h.splitValue(t); k != rowNone {
			return k
		}
		if h.hasID && h.bareName(t) {
			return rowMore
		}
	}
	return h.looseID(t)
}

// fields takes a label and what stands behind it: its value, and maybe more
// labels.
func (h *header) fields(l label, v string) rowKind {
	for {
		if l.field == textField {
			return h.beginText(v, l)
		}
		at, next, value := nextLabel(v, l.field)
		own := v
		if at >= 0 {
			own = v[:at]
		}
		if k := h.set(l, own, at >= 0); k != rowMore {
			return k
		}
		if h.inline != "" {
			return rowLast
		}
		if at < 0 {
			return rowMore
		}
		l, v = next, v[value:]
	}
}

func (h *header) beginText(v string, l label) rowKind {
	if h.known == 0 {
		return rowNone // a description alone is no header
	}
	h.count(l)
	h.inText = true
	h.inline = cleanValue(v)
	return rowLast
}

// count notes who prints a label.
func (h *header) count(l label) {
	if l.gen&gen2000 != 0 {
		h.old++
	}
	if l.gen&genVista != 0 {
		h.vista++
	}
	if h.lang == "" && l.gen&^genPlain != 0 {
		h.lang = l.lang
	}
}

// set stores one value. more says that another label follows on the row.
func (h *header) set(l label, v string, more bool) rowKind {
	if strings.HasSuffix(v, `\`) {
		h.slash++
	}
	v = cleanValue(v)
	f := l.field
	if more || f == categoryField || f == levelField {
		v = strings.TrimRight(v, " \t,;")
	}
	switch f {
	case dataField: // in some languages the word for a date
		if st, n := scanStamp(v); (n == 0 || st.part[0] == 0) && !h.wantsDate(v) {
			return rowNone
		}
		f = dateField
	case xmlField:
		return rowNone
	}
	if h.known.has(f) && f != otherField {
		if f == idField && h.hasID && sameID(v, h.id) {
			return rowMore
		}
		return rowDup
	}
	if h.known == 0 {
		h.lead = f
	}
	h.count(l)
	h.known |= 1 << f
	h.val[f] = v
	switch f {
	case idField:
		h.plain = l.gen&(gen2000|genVista) == 0
		h.sole = l.gen == genBare
		return h.setID(v)
	case sourceField:
		h.cutSource()
	case userField, categoryField:
		h.cutSentence(f, more)
	case levelField:
		return h.cutLevel()
	}
	return rowMore
}

// wantsDate reports whether a value behind the word for a date stands where
// Vista's clipboard has it, between the source and the id: there it is a date,
// even if the author has put something else in its place.
func (h *header) wantsDate(v string) bool {
	return h.known.has(logField) && h.known.has(sourceField) && !h.hasID && v != "" && !isHexRow(v)
}

// setID reads the number behind the label of an id, and what follows it.
func (h *header) setID(v string) rowKind {
	id, rest, ok := leadingID(v)
	if !ok {
		h.badID = true
		return rowMore
	}
	h.id, h.hasID, h.strict = id, true, true
	return h.afterID(rest)
}

func sameID(v string, id uint32) bool {
	got, _, ok := leadingID(v)
	return ok && got == id
}
