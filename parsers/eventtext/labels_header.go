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

// cutSource parts a source from the message that runs on behind it.
func (h *header) cutSource() {
	v := h.val[sourceField]
	for _, mark := range []string{", ", ". ", " \""} {
		if i := strings.Index(v, mark); i > 0 && i+2 < len(v) && !(mark == ". " && i < 4) { // "Dr. Watson" is a name
			h.val[sourceField], h.inline = strings.TrimRight(v[:i], ":;"), trimBlanks(strings.TrimLeft(v[i:], ",."))
			return
		}
	}
	if i := sentenceIn(v); i > 0 {
		h.val[sourceField], h.inline = trimBlanks(v[:i]), v[i:]
		return
	}
	if strings.HasSuffix(v, ".") && !looksLikeName(v) && strings.Count(v, " ") > 3 { // no name, but the message
		h.known &^= 1 << sourceField
		h.val[sourceField], h.inline = "", v
		return
	}
	h.val[sourceField] = strings.TrimRight(v, ":;,")
}

// sentenceIn finds a word that begins a sentence behind a name.
func sentenceIn(v string) int {
	for _, w := range []string{" The ", " An ", " A "} {
		if i := strings.Index(v, w); i > 0 && i+len(w)+12 < len(v) {
			return i + 1
		}
	}
	return -1
}

// cutSentence parts the last value of a row from the message that runs on
// behind it.
func (h *header) cutSentence(f field, more bool) {
	v := h.val[f]
	if i := sentenceIn(v); i > 0 && !more {
		h.val[f], h.inline = trimBlanks(v[:i]), v[i:]
	}
}

// cutLevel parts a level word from what its author put behind it.
func (h *header) cutLevel() rowKind {
	v := h.val[levelField]
	if v == "" || isLevel(v) {
		return rowMore
	}
	word, rest := leadingLevel(v)
	if word == "" {
		return rowMore
	}
	h.val[levelField] = word
	if rest = strings.TrimLeft(rest, " ,;"); hasPrefixFold(rest, "Description") {
		h.inText = true
		h.inline = strings.TrimLeft(rest[len("Description"):], " ,:-")
		return rowLast
	}
	return rowMore
}

// leadingLevel gives the level word of one or two words that v begins with.
func leadingLevel(v string) (word, rest string) {
	one := strings.IndexAny(v, " ,;(\t")
	if one <= 0 {
		return "", ""
	}
	two := strings.IndexAny(v[one+1:], " ,;(\t")
	if two > 0 && isLevel(v[:one+1+two]) {
		return v[:one+1+two], v[one+1+two:]
	}
	if isLevel(v[:one]) {
		return v[:one], v[one:]
	}
	return "", ""
}

// takeValue takes a row without a label as the value of the label before it,
// which had none: forums and mail programs break there.
func (h *header) takeValue(text string) bool {
	if len(text) > maxLabel || h.known == 0 {
		return false
	}
	for f := field(1); f < fieldCount; f++ {
		if h.lastEmpty(f) {
			v := cleanValue(text)
			if f == idField {
				h.badID = false
				return h.setID(v) == rowMore && h.hasID
			}
			h.val[f] = v
			return true
		}
	}
	return false
}

// lastEmpty reports whether f was the first label and has no value: further on
// an empty value is an empty value.
func (h *header) lastEmpty(f field) bool {
	return f == h.lead && h.known == 1<<f && h.val[f] == "" && !h.hasID
}

// splitValue takes a row such as "Error Event Source: X", whose beginning
// belongs to the label on the row before.
func (h *header) splitValue(text string) rowKind {
	if !h.lastEmpty(h.lead) {
		return rowNone
	}
	at, next, value := nextLabel(text, h.lead)
	if at <= 0 || at > maxLabel {
		return rowNone
	}
	h.val[h.lead] = cleanValue(text[:at])
	return h.fields(next, text[value:])
}

// nextLabel finds the next label inside a value: where it begins, what it is,
// and where its own value begins.
func nextLabel(v string, before field) (at int, l label, value int) {
	for i := 1; i+2 < len(v); i++ {
		switch v[i-1] {
		case ' ', '\t', ',', ';', ':', '-':
		default:
			continue
		}
		if !labelPairs[int(v[i])<<8|int(v[i+1])] {
			continue
		}
		l, n, ok := labelAt(v[i:])
		if !ok || !splits(l, before) {
			continue
		}
		return i, l, i + n
	}
	return -1, label{}, 0
}

// splits reports whether a label may stand in the middle of a row.
func splits(l label, before field) bool {
	switch l.field {
	case dataField, xmlField, noField:
		return false
	}
	return l.field != before
}

// stripMarks takes list marks, comment marks and emphasis off the front.
func stripMarks(s string) string {
	for len(s) > 0 {
		switch s[0] {
		case '-', '*', '#', '/', '|', '_', '`', '"', ' ', '\t', '+':
			s = s[1:]
			continue
		}
		if strings.HasPrefix(s, "•") || strings.HasPrefix(s, "·") {
			_, s, _ = strings.Cut(s, " ")
			continue
		}
		return withoutNumber(s)
	}
	return s
}

// withoutNumber takes the number of an item off the front of a label: "2. " and
// "2) ".
func withoutNumber(s string) string {
	n := 0
	for n < len(s) && n < 2 && isDigit(s[n]) {
		n++
	}
	if n == 0 || n+2 >= len(s) || s[n] != '.' && s[n] != ')' || s[n+1] != ' ' {
		return s
	}
	if _, _, ok := labelAt(s[n+2:]); ok {
		return s[n+2:]
	}
	return s
}

// cleanValue takes blanks, emphasis and a line mark off a value.
func cleanValue(v string) string {
	v = trimBlanks(v)
	for strings.HasPrefix(v, "**") {
		v = trimBlanks(v[2:])
	}
	for strings.HasSuffix(v, "**") {
		v = trimBlanks(v[:len(v)-2])
	}
	if n := len(v); n > 2 && (v[0] == '*' || v[0] == '`') && v[n-1] == v[0] && strings.IndexByte(v[1:n-1], v[0]) < 0 {
		v = trimBlanks(v[1 : n-1])
	}
	if strings.HasSuffix(v, `\`) && !strings.HasSuffix(v, `\\`) {
		v = trimBlanks(v[:len(v)-1])
	}
	return v
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
