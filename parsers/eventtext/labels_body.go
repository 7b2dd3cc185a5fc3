package eventtext

import (
	"strings"
)

// record is one event found in a window: its header and where its parts stand.
type record struct {
	header
	textFrom, textTo int // rows of the message behind header.inline
	dataFrom, dataTo int // rows of the dump of the binary data
	xmlFrom, xmlTo   int // rows of the event's XML
	rowsTo           int // row after the record
	full             bool
	headless         bool // the rest of a record whose header was cut off
	shape            shape
	stamp            stamp
}

// shape says how an event stands in the text.
type shape uint8

const (
	shapeLabels   shape = iota
	shapeXML            // XML alone
	shapeFriendly       // the Friendly View of Event Viewer's details
)

// body finds what belongs to the record behind its header.
func (s *scan) body(r *record) {
	r.rowsTo, r.full = r.end, s.isFull(&r.header)
	r.inText = r.inText || r.colon
	r.textFrom, r.textTo = r.end, r.end
	b := bodyScan{s: s, r: r, text: r.inline != ""}
	b.wrap = b.text && maybeWrapped(r.inline) && opensWrapper(r.inline)
	for j := r.end; j < len(s.rows); {
		next := b.step(j)
		if next <= j {
			break
		}
		j = next
	}
}

// isFull reports whether a header is a whole one of the clipboard.
func (s *scan) isFull(h *header) bool {
	if h.known.has(logField) && h.vista >= 5 {
		return true
	}
	return h.old >= 5 && h.known.has(sourceField) && h.known.has(levelField) &&
		(h.known.has(hostField) || h.known.has(dateField)) && h.inText
}

// bodyScan is the state of finding a record's extent.
type bodyScan struct {
	s     *scan
	r     *record
	text  bool // there is text of the message
	wrap  bool // the message is the wrapper of a missing description
	gap   int  // empty rows before this one
	ended bool // Event Viewer's last sentence was there: only data follow
}

// maxBody bounds the message of one record, in rows.
const maxBody = 20_000

// step looks at row j and gives the row to go on with; j itself ends the
// record.
func (b *bodyScan) step(j int) int {
	s, r := b.s, b.r
	w := &s.rows[j]
	if w.blank() {
		b.gap++
		return j + 1
	}
	if j-r.end > maxBody || w.depth != r.depth || w.part || s.startsRecord(j, r, b) {
		return j
	}
	if b.gap > 0 && s.rows[r.first].part { // all of the event stands in one paragraph
		return j
	}
	if isHexRow(w.text) {
		return b.takeData(j)
	}
	if l, v, ok := labelAt(stripMarks(w.text)); ok {
		switch {
		case l.field == dataField && s.dataFollows(j, w.text[min(v, len(w.text)):]):
			return b.takeData(j)
		case l.field == xmlField:
			return b.takeXML(j, j+1)
		}
	}
	if isXMLStart(w.text) && (r.vista > 0 || r.full) {
		return b.takeXML(j, j)
	}
	if b.ended || !b.continues(j) {
		return j
	}
	if isLastSentence(w.text) {
		b.ended = true
		r.rowsTo = j + 1
		b.gap = 0
		return j + 1
	}
	if !b.text {
		r.textFrom = j
		b.wrap = maybeWrapped(w.text) && opensWrapper(w.text)
	}
	b.text = true
	b.gap = 0
	r.textTo, r.rowsTo = j+1, j+1
	return j + 1
}

// continues reports whether the message goes on with row j.
func (b *bodyScan) continues(j int) bool {
	s, r := b.s, b.r
	w := &s.rows[j]
	if s.isSection(j) || isSeparator(w.text) || IsFence(w.text) || strings.HasPrefix(w.text, "Event[") { // the next record of wevtutil
		return false
	}
	if f, _ := s.leadRow(j); f != noField && b.text {
		return false
	}
	if b.gap == 0 {
		return b.text || r.inText || !labelLike(w.text) || w.indent > r.indent
	}
	if !b.text {
		if r.inText {
			return b.gap <= maxGap
		}
		return b.gap == 1 && (w.indent > 0 || s.isDefinition(&r.header)) && w.indent >= r.indent && !isListMark(w.text)
	}
	if r.double && b.gap == 1 && s.doubleSpaced(j) && (!s.article || w.indent >= r.indent && w.indent > 0) {
		return true
	}
	if r.full && !s.article {
		return !isOtherText(w.text)
	}
	if !r.inText || b.wrap && !strings.HasSuffix(s.rows[r.textTo-1].text, ":") {
		return false
	}
	if w.indent == 0 || w.indent < r.indent || b.gap > maxGap || isRemark(w.text) {
		return false
	}
	return !isListMark(w.text) || w.indent > r.indent
}

// doubleSpaced reports whether empty rows stand around row j.
func (s *scan) doubleSpaced(j int) bool {
	return j+1 >= len(s.rows) || s.rows[j+1].blank()
}

// isSection reports whether row j is the heading of a section, or its
// underline.
func (s *scan) isSection(j int) bool {
	if isRule(s.rows[j].text) {
		return true
	}
	return j+1 < len(s.rows) && isRule(s.rows[j+1].text) && len(s.rows[j].text) <= 2*len(s.rows[j+1].text)+2
}

// isRule reports whether a row is a line of the same mark.
func isRule(t string) bool {
	if len(t) < 4 || strings.IndexByte("=-_*~#", t[0]) < 0 {
		return false
	}
	return strings.Trim(t, t[:1]) == ""
}

// IsFence reports whether a line opens or closes a block of code.
func IsFence(t string) bool {
	return strings.HasPrefix(t, "```") || strings.HasPrefix(t, "~~~") || isForumBlock(t)
}

// isSeparator reports whether a row stands between quotes, such as "-or-".
func isSeparator(t string) bool {
	if len(t) > 24 {
		return false
	}
	t = strings.Trim(t, "-–—*.,: ")
	if len(t) > len("followed by") {
		return false
	}
	switch strings.ToLower(t) {
	case "or", "and", "then", "followed by", "and then", "and/or", "oder", "und", "o", "y", "ou", "et":
		return true
	}
	return false
}

// isRemark reports whether a paragraph is its author's, not the message's.
func isRemark(t string) bool {
	switch t[0] {
	case 'N', 'T', 'F', 'A', 'w', 'W', 'I', '-':
	default:
		return false
	}
	for _, p := range remarks {
		if strings.HasPrefix(t, p) {
			return true
		}
	}
	return false
}

var remarks = []string{
	"NOTE:", "Note:", "NOTE ", "Note that", "WARNING:", "where ", "Where ",
	"This problem", "This event ", "This issue", "This behavior", "The above", "The following event", "The following error", "The following message",
	"For additional information", "Additional query words", "To resolve", "To work around", "In this ", "Also,", "-",
}

// isListMark reports whether a row begins with a bullet or a number.
func isListMark(t string) bool {
	if len(t) < 3 {
		return false
	}
	if (t[0] == '-' || t[0] == '*' || t[0] == 'o') && t[1] == ' ' || strings.HasPrefix(t, "•") {
		return true
	}
	n := 0
	for n < len(t) && isDigit(t[n]) {
		n++
	}
	return n > 0 && n < 3 && n+1 < len(t) && t[n] == '.' && t[n+1] == ' '
}

// labelLike reports whether a row begins with a short name, a colon and a
// blank: a field of a form that is not ours.
func labelLike(t string) bool {
	i := strings.IndexByte(t, ':')
	return i > 0 && i+1 < len(t) && t[i+1] == ' ' && t[i-1] == ' '
}

// isLastSentence reports whether a row is the one that XP and 2003 print below
// every message; its address is the same in all languages.
func isLastSentence(t string) bool {
	if i := strings.Index(t, "fwlink/events.asp"); i >= 0 {
		return strings.HasPrefix(t, "For more info") || i > len(t)-24
	}
	return false
}

// otherText are the beginnings of rows that are no message: mail, sessions,
// markup.
var otherText = []string{
	"```", "## ", "# ", "![", "-----", "_____", "-- ",
	"From: ", "Von: ", "De: ", "Sent: ", "Subject: ", "On Mon", "On Tue", "On Wed", "On Thu", "On Fri", "On Sat", "On Sun",
	"I ", "I'm ", "I've ", "I'd ", "We ", "We've ", "We're ", "My ", "Our ", "Hi ", "Hi,", "Hello", "Dear ", "Hallo", "Hola", "Bonjour",
	"Thanks", "Thank you", "Thx", "Regards", "Best regards", "Kind regards", "Cheers", "Danke", "Viele Grüße", "Mit freundlichen", "Gracias", "Saludos", "Merci", "Cordialement",
	"Any idea", "Any help", "Can anyone", "Can someone", "Could anyone", "Could you", "Can you", "Has anyone", "Does anyone", "Please help", "Please advise", "Please let me", "What could", "What can",
	"telnet ", "Trying ", "Connected to ", "Escape character is", "Microsoft Telnet", "Welcome to Microsoft Telnet", "Connecting To ", "Script started", "=~=~",
	"+OK", "-ERR", "* OK", "220 ", "220-", "220<", "C: ", "S: ", "$ ", "C:\\>", "D:\\>",
	"DOCUMENT:", "Event[",
}

// otherFirst marks the first bytes of otherText.
var otherFirst = func() (t [256]bool) {
	for _, p := range otherText {
		t[p[0]] = true
	}
	return t
}()

// isOtherText reports whether a paragraph is no part of a message.
func isOtherText(t string) bool {
	if !otherFirst[t[0]] {
		return false
	}
	for _, p := range otherText {
		if strings.HasPrefix(t, p) {
			return true
		}
	}
	return false
}

// isXMLStart reports whether the XML of an event begins on a row. The mark of
// an open node in the XML View may stand before it, and a web page may have
// escaped it.
func isXMLStart(t string) bool {
	if len(t) < 7 {
		return false
	}
	if t[0] == '-' {
		t = strings.TrimLeft(t[1:], " ")
	}
	return strings.HasPrefix(t, "<Event ") || strings.HasPrefix(t, "<Event>") ||
		strings.HasPrefix(t, "&lt;Event ") || strings.HasPrefix(t, "&lt;Event&gt;")
}

func isXMLEnd(t string) bool {
	if strings.IndexByte(t, '<') >= 0 {
		return strings.Contains(t, "</Event>")
	}
	return strings.Contains(t, "&lt;/Event&gt;")
}

func isXMLText(t string) bool {
	return strings.IndexByte(t, '<') >= 0 || strings.Contains(t, "&lt;") || strings.Contains(t, "/>")
}

// takeXML takes the XML that begins on row from or behind empty rows after it;
// label is the row of its label or from itself.
func (b *bodyScan) takeXML(label, from int) int {
	s, r := b.s, b.r
	r.rowsTo = label + 1
	j := from
	for j < len(s.rows) && s.rows[j].blank() && j-from < 4 {
		j++
	}
	if j >= len(s.rows) || s.rows[j].depth != r.depth {
		return label
	}
	if !isXMLText(s.rows[j].text) {
		return b.takeTagless(label, j)
	}
	end := s.xmlEnd(j, r.depth)
	r.xmlFrom, r.xmlTo, r.rowsTo = j, end, end
	return label
}

// maxXMLRows bounds the XML of one event, in rows.
const maxXMLRows = 5000

// xmlEnd finds the row after an event's XML that begins on row from. Where the
// end is cut off, it is the last row that looks like XML.
func (s *scan) xmlEnd(from int, depth int8) int {
	last := from + 1
	inside := false // of an element that goes on over several rows
	tail := ""      // the tag in which the row before was broken
	for j := from; j < len(s.rows) && j-from < maxXMLRows; j++ {
		w := &s.rows[j]
		if w.blank() {
			continue
		}
		if w.depth != depth || j > from && (isXMLStart(w.text) || s.opensFull(j)) {
			return last
		}
		xml := isXMLText(w.text) || tail != "" && strings.IndexByte(w.text, '>') >= 0
		if !xml && !inside {
			return last
		}
		if xml {
			last = j + 1
			inside = opensValue(w.text, inside)
		}
		if isXMLEnd(w.text) || tail != "" && isXMLEnd(tail+w.text) {
			return j + 1
		}
		tail = brokenTag(w.text)
	}
	return last
}

// opensValue reports whether a value or a tag is open at the end of a row of
// XML, so that the next row goes on with it.
func opensValue(t string, inside bool) bool {
	open, end := lastTag(t)
	if open < 0 {
		return inside && end < 0
	}
	if end < open {
		return true // a mail program wrapped the row inside a tag
	}
	name := strings.TrimPrefix(strings.TrimPrefix(t[open:], "<"), "&lt;")
	if strings.HasPrefix(name, "/") || strings.HasSuffix(t, "/>") || strings.HasSuffix(t, "/&gt;") {
		return false
	}
	return strings.HasPrefix(name, "Data") || !strings.HasSuffix(t, ">") && !strings.HasSuffix(t, "&gt;")
}

// brokenTag gives the tag that begins in a row and does not end in it, if it is
// short enough to be broken by a mail program.
func brokenTag(t string) string {
	open, end := lastTag(t)
	if open <= end || len(t)-open > maxLabel {
		return ""
	}
	return t[open:]
}

// lastTag gives the places of the last bracket that opens a tag in a row, and
// of the last that ends one; -1 where there is none.
func lastTag(t string) (open, end int) {
	open, end = strings.LastIndexByte(t, '<'), strings.LastIndexByte(t, '>')
	if open < 0 {
		open = strings.LastIndex(t, "&lt;")
	}
	if end < 0 {
		end = strings.LastIndex(t, "&gt;")
	}
	return open, end
}

// takeTagless takes XML whose tags a forum has eaten: only indented values and
// empty rows are left.
func (b *bodyScan) takeTagless(label, from int) int {
	s, r := b.s, b.r
	if s.rows[from].indent == 0 && !isBareValue(s.rows[from].text) {
		return label
	}
	for j := from; j < len(s.rows); j++ {
		w := &s.rows[j]
		if w.blank() {
			continue
		}
		if w.depth != r.depth || w.indent == 0 && !isBareValue(w.text) || s.opensFull(j) {
			break
		}
		r.xmlFrom, r.xmlTo, r.rowsTo = from, j+1, j+1
	}
	return label
}

// isBareValue reports whether a row is a number, as the values of an event's
// XML are.
func isBareValue(t string) bool {
	_, rest, ok := leadingID(t)
	return ok && rest == "" || strings.HasPrefix(t, "0x") && !strings.Contains(t, " ")
}

// dataFollows reports whether the dump of binary data follows its label.
func (s *scan) dataFollows(j int, value string) bool {
	value = trimBlanks(value)
	if isHexRow(value) {
		return true
	}
	if st, n := scanStamp(value); n > 0 && st.part[0] != 0 {
		return false
	}
	for k := j + 1; k < len(s.rows) && k <= j+2; k++ {
		if t := s.rows[k].text; t != "" {
			return isHexRow(t)
		}
	}
	return false
}

// takeData takes the rows of the dump from row j on.
func (b *bodyScan) takeData(j int) int {
	s, r := b.s, b.r
	r.dataFrom = j
	gap := 0
	for k := j; k < len(s.rows) && gap <= 1; k++ {
		w := &s.rows[k]
		if w.blank() {
			gap++
			continue
		}
		if k > j && !isHexRow(w.text) {
			break
		}
		r.dataTo, r.rowsTo = k+1, k+1
		gap = 0
	}
	b.ended = true
	b.gap = 0
	return r.rowsTo
}

// isHexRow reports whether a row is one of a dump: "0000: c0 00 00 5e   ...^"
// or "0000: c000005e".
func isHexRow(t string) bool {
	n := 0
	for n < len(t) && n < 9 && hexDigit(t[n]) != 255 {
		n++
	}
	if n < 4 || n > 8 || n >= len(t) || t[n] != ':' {
		return false
	}
	t = strings.TrimLeft(t[n+1:], " \t")
	m := 0
	for m < len(t) && hexDigit(t[m]) != 255 {
		m++
	}
	return (m == 2 || m == 4 || m == 8) && (m == len(t) || t[m] == ' ' || t[m] == '\t')
}
