package eventtext

import (
	"strings"
	"sync"

	"kbdiag/parsers"
)

// LabelFinder finds events in label form: the clipboard text of Event Viewer
// of all generations and languages, and the quotes of articles and mails.
func LabelFinder() parsers.Finder {
	pool := sync.Pool{New: func() any { return &scan{} }}
	return parsers.Finder{Name: "event labels", Find: func(w *parsers.Window, out *parsers.Out) {
		s := pool.Get().(*scan)
		s.find(w, out)
		s.reset()
		pool.Put(s)
	}, Alone: func(may func(string) bool) func(*parsers.Window, *parsers.Out) bool {
		c := clipboard{may: may}
		return c.window
	}}
}

// scan is the state of reading one window. Its memory is used again for the
// next one.
type scan struct {
	rows    []row
	article bool // a knowledge-base article: underlined sections, indented quotes
	chunks  [][]record
	used    int // records in chunks
}

// chunkSize is how many records a chunk holds. Records are large, so they stay
// where they are.
const chunkSize = 256

// maxPooled is how many rows and records are kept for the next window.
const maxPooled = 200_000

func (s *scan) reset() {
	if cap(s.rows) > maxPooled {
		s.rows = nil
	}
	if len(s.chunks)*chunkSize > maxPooled {
		s.chunks = nil
	}
	clear(s.rows[:cap(s.rows)])
	for i := range s.chunks {
		clear(s.chunks[i])
	}
	s.rows, s.used, s.article = s.rows[:0], 0, false
}

// next gives room for one more record.
func (s *scan) next() *record {
	if s.used == len(s.chunks)*chunkSize {
		s.chunks = append(s.chunks, make([]record, chunkSize))
	}
	s.used++
	return s.record(s.used - 1)
}

// record gives the record of number i, 0-based.
func (s *scan) record(i int) *record { return &s.chunks[i/chunkSize][i%chunkSize] }

func (s *scan) find(w *parsers.Window, out *parsers.Out) {
	s.rows = appendRows(s.rows, w)
	s.article = s.isArticle()
	s.records()
	if s.used == 0 {
		return
	}
	m := newRecordMaker(s, w, out)
	for i := range s.used {
		if r := s.record(i); r.shape == shapeLabels {
			m.sample(r)
		}
	}
	for i := range s.used {
		m.emit(s.record(i))
	}
	m.order.report(out)
}

// isArticle reports whether the window is an article: it has the head of the
// text archive, or several underlined headings.
func (s *scan) isArticle() bool {
	headings := 0
	for j := range s.rows {
		t := s.rows[j].text
		if t == "" {
			continue
		}
		switch t[0] {
		case 'D':
			if strings.HasPrefix(t, "DOCUMENT:Q") {
				return true
			}
		case '=':
			if isRule(t) && j > 0 && !s.rows[j-1].blank() {
				headings++
			}
		}
	}
	return headings > 1
}

// records finds all events of the window, in order.
func (s *scan) records() {
	done := 0 // row after the last record
	for j := 0; j < len(s.rows); {
		if s.rows[j].blank() {
			j++
			continue
		}
		r := s.next()
		if !s.recordAt(j, r) {
			s.used--
			j++
			continue
		}
		if j > done {
			s.takeLeadRow(r)
		}
		done = r.rowsTo
		if r.headless {
			s.used--
		}
		j = max(done, j+1)
	}
}

// recordAt reads the record that begins on row j into r. It reports false if
// none does; r is then of no use.
func (s *scan) recordAt(j int, r *record) bool {
	t := s.rows[j].text
	switch t[0] {
	case '<', '-', '&', '+':
		if d, ok := s.detailsAt(j); ok {
			*r = d
			return true
		}
	}
	if s.mayOpen(t) {
		*r = record{}
		if s.header(j, &r.header) && s.isEvent(&r.header) {
			s.body(r)
			return true
		}
	}
	h, ok := s.wrapperAt(j)
	if !ok {
		return false
	}
	*r = record{header: h}
	if end := s.headless(j); end > 0 {
		r.rowsTo, r.headless = end, true
		return true
	}
	s.body(r)
	return true
}

// maxTail is how many rows a wrapper of Vista takes at most before its XML.
const maxTail = 40

// headless finds the end of a record of which the header was cut off: a
// wrapper, and then the label and the XML of the clipboard. It gives 0 if row
// j does not begin one.
func (s *scan) headless(j int) int {
	for k := j + 1; k < len(s.rows) && k < j+maxTail; k++ {
		w := &s.rows[k]
		if w.blank() {
			continue
		}
		if w.depth != s.rows[j].depth || s.opensFull(k) {
			return 0
		}
		if l, _, ok := labelAt(w.text); ok && l.field == xmlField {
			return s.headlessXML(k)
		}
	}
	return 0
}

// detailsAt reads what was copied from the details of an event: its XML, or
// the Friendly View. XML below the label of the clipboard is the rest of a
// record whose header was cut off.
func (s *scan) detailsAt(j int) (record, bool) {
	w := &s.rows[j]
	if end := s.friendlyEnd(j); end > 0 {
		return record{header: header{first: j, depth: w.depth}, rowsTo: end, shape: shapeFriendly}, true
	}
	if !isXMLStart(w.text) && !(w.text[0] == '<' && eventStart(w.text) > 0) {
		return record{}, false
	}
	end := s.xmlEnd(j, w.depth)
	r := record{header: header{first: j, depth: w.depth}, xmlFrom: j, xmlTo: end, rowsTo: end, shape: shapeXML}
	for k := j - 1; k >= 0 && k >= j-maxGap-1; k-- {
		if t := s.rows[k].text; t != "" {
			l, _, ok := labelAt(t)
			r.headless = ok && l.field == xmlField
			break
		}
	}
	return r, true
}

// headlessXML gives the row after the XML below its label on row k.
func (s *scan) headlessXML(k int) int {
	for n := k + 1; n < len(s.rows) && n <= k+maxGap; n++ {
		if isXMLStart(s.rows[n].text) {
			return s.xmlEnd(n, s.rows[k].depth)
		}
	}
	return k + 1
}

// takeLeadRow takes the name of the source or the log that stands on a row of
// its own above the id.
func (s *scan) takeLeadRow(r *record) {
	if r.lead != idField || r.first == 0 {
		return
	}
	f, v := s.leadRow(r.first - 1)
	if f == noField || r.known.has(f) {
		return
	}
	r.first--
	r.known |= 1 << f
	r.val[f] = v
}

// leadRow reads a row that holds nothing but the name of a source or of a log,
// at the beginning of a paragraph and above the id of an event.
func (s *scan) leadRow(j int) (field, string) {
	w := &s.rows[j]
	if w.blank() || w.indent == 0 || len(w.text) > maxLabel || j > 0 && !s.rows[j-1].blank() || j+1 >= len(s.rows) {
		return noField, ""
	}
	next := &s.rows[j+1]
	if next.indent != w.indent || next.depth != w.depth || eventWord(next.text) != 0 {
		return noField, ""
	}
	t := strings.TrimRight(w.text, ":")
	switch strings.ToLower(t) {
	case "application log", "system log", "security log", "application event log", "system event log", "security event log":
		return logField, t[:strings.IndexByte(t, ' ')]
	}
	words := strings.Fields(t)
	if len(words) > 0 && len(words) <= 3 && hasInnerCapital(words[0]) && looksLikeName(t) && !strings.ContainsAny(t, ",;()=\\") {
		return sourceField, t
	}
	return noField, ""
}

// mayOpen is the cheap test that nearly all rows fail.
func (s *scan) mayOpen(t string) bool {
	c := t[0]
	if isLetter(c) || c >= 0x80 {
		if len(t) > 1 && labelPairs[int(t[0])<<8|int(t[1])] {
			return true
		}
		return c < 0x80 && eventWord(t) >= 0
	}
	t = stripMarks(t)
	return len(t) > 2 && (labelPairs[int(t[0])<<8|int(t[1])] || eventWord(t) >= 0)
}

// isEvent decides whether a header is that of an event.
func (s *scan) isEvent(h *header) bool {
	if !h.hasID || h.badID || h.mixed {
		return false
	}
	others := (h.known &^ (1<<idField | 1<<otherField)).count()
	if h.inText {
		others++
	}
	if h.sole && !h.known.has(sourceField) {
		return false
	}
	if h.double && others < 2 {
		return false
	}
	if others > 0 && !h.weak && (h.strict || h.end > h.first+1) {
		return true
	}
	return s.standsAlone(h, others)
}

// standsAlone decides on a header of little more than an id.
func (s *scan) standsAlone(h *header, others int) bool {
	if !s.opensParagraph(h.first) {
		return false
	}
	labelled := others > 0 && h.end > h.first+1
	if labelled {
		return true
	}
	if h.indent == 0 && h.depth == 0 && (h.weak || h.plain) && others == 0 && h.inline != "" {
		return false
	}
	if h.inline != "" {
		return h.indent > 0 || h.strict || h.depth > 0 || !s.article
	}
	return s.textFollows(h) || s.introduced(h) || s.isDefinition(h)
}

// isDefinition reports whether the id is an entry of a catalogue at the
// margin: nothing else on its row, empty rows around it, then text.
func (s *scan) isDefinition(h *header) bool {
	j := h.end
	if !s.article || !h.strict || h.indent != 0 || h.first == 0 || !s.rows[h.first-1].blank() {
		return false
	}
	for n := 0; n < maxGap && j < len(s.rows) && s.rows[j].blank(); n++ {
		j++
	}
	return j > h.end && j < len(s.rows) && !s.rows[j].blank() && !s.isSection(j)
}

// opensParagraph reports whether row j begins a paragraph, or an item of a
// list.
func (s *scan) opensParagraph(j int) bool {
	if j == 0 || s.rows[j-1].blank() || isListMark(s.rows[j].text) {
		return true
	}
	if f, _ := s.leadRow(j - 1); f != noField {
		return true
	}
	prev := &s.rows[j-1]
	return prev.depth != s.rows[j].depth || strings.HasSuffix(prev.text, ":") || prev.indent < s.rows[j].indent || isRule(prev.text) || isHexRow(prev.text)
}

// textFollows reports whether a message follows a header without a label of
// one: on the next row, or indented behind an empty one.
func (s *scan) textFollows(h *header) bool {
	j := h.end
	if j >= len(s.rows) {
		return false
	}
	if w := &s.rows[j]; !w.blank() {
		return w.depth == h.depth && !isRule(w.text) && !isListMark(w.text) && !labelLike(w.text)
	}
	j++
	if j >= len(s.rows) || s.rows[j].blank() || s.rows[j].depth != h.depth || s.isSection(j) {
		return false
	}
	return h.indent > 0 && s.rows[j].indent >= h.indent || h.colon && s.rows[j].indent > h.indent
}

// introduced reports whether the sentence before the header ends with a colon.
// Other items of a list may stand between.
func (s *scan) introduced(h *header) bool {
	if h.indent == 0 {
		return false
	}
	item := isListMark(s.rows[h.first].text)
	for j := h.first - 1; j >= 0 && j > h.first-maxList; j-- {
		w := &s.rows[j]
		if w.blank() || item && (w.indent > h.indent || w.indent == h.indent && isListMark(w.text)) {
			continue
		}
		return strings.HasSuffix(w.text, ":")
	}
	return false
}

// maxList bounds how far back the sentence before a list is looked for.
const maxList = 40

// wrapperAt reads the wrapper of a missing description that begins on row j
// and stands for an event by itself.
func (s *scan) wrapperAt(j int) (header, bool) {
	r := &s.rows[j]
	t := stripMarks(r.text)
	if len(t) < 16 || !maybeWrapped(t) || !opensWrapper(t) {
		return header{}, false
	}
	var b strings.Builder
	end := j
	for end < len(s.rows) && end < j+12 && !s.rows[end].blank() && s.rows[end].depth == r.depth {
		b.WriteString(s.rows[end].text)
		b.WriteByte('\n')
		end++
	}
	w, ok := parseWrapper(stripMarks(b.String()))
	if !ok || !w.hasID || w.elided {
		return header{}, false
	}
	h := header{first: j, end: j, indent: r.indent, depth: r.depth, lead: textField, inText: true, id: w.id, hasID: true}
	return h, true
}

// opensWrapper reports whether t begins like a wrapper.
func opensWrapper(t string) bool {
	for i := range wrappers {
		if _, ok := matchLoose(t, wrappers[i].open); ok {
			return true
		}
	}
	return false
}

// opensFull reports whether a record of the clipboard begins on row j: its
// first label, with another one below it.
func (s *scan) opensFull(j int) bool {
	t := s.rows[j].text
	if len(t) > 2 && t[0] == '*' { // emphasis of Markdown
		t = stripMarks(t)
	}
	if len(t) < 2 || !labelPairs[int(t[0])<<8|int(t[1])] {
		return false
	}
	l, _, ok := labelAt(t)
	if !ok || !leadsFull(l) {
		return false
	}
	seen := 0
	for k := j + 1; k < len(s.rows) && k <= j+4 && seen < 2; k++ {
		n := stripMarks(s.rows[k].text)
		if n == "" {
			continue
		}
		seen++
		if m, _, ok := labelAt(n); ok && m.field != l.field && m.gen&l.gen != 0 {
			return true
		}
	}
	return false
}

// leadsFull reports whether a label is the first one of a clipboard record.
func leadsFull(l label) bool {
	return l.field == logField && l.gen&genVista != 0 || l.field == levelField && l.gen&gen2000 != 0
}

// startsRecord reports whether another record begins on row j, inside the
// message of r.
func (s *scan) startsRecord(j int, r *record, b *bodyScan) bool {
	t := s.rows[j].text
	if r.full {
		if s.opensFull(j) {
			return true
		}
		if b.gap == 0 || !s.article && !s.opensShort(j) {
			return false
		}
	}
	if s.mayOpen(t) {
		var h header
		if s.header(j, &h) && s.isEvent(&h) && s.fits(&h, r, b) {
			return true
		}
	}
	if !b.text || !opensWrapper(stripMarks(t)) {
		return false
	}
	_, ok := s.wrapperAt(j)
	return ok && b.gap > 0
}

// opensShort reports whether a header of the clipboard begins at row j of which
// some labels were left out.
func (s *scan) opensShort(j int) bool {
	if !s.mayOpen(s.rows[j].text) {
		return false
	}
	var h header
	return s.header(j, &h) && h.hasID && h.strict && h.lead == logField && h.known.has(sourceField) && h.known.count() >= 4
}

// fits decides whether the header h, found inside the message of r, is one of
// its own. Behind an empty row it is; without one only if it begins like r.
func (s *scan) fits(h *header, r *record, b *bodyScan) bool {
	if b.gap > 0 {
		return true
	}
	if !b.text && !r.inText && h.id == r.id {
		return false
	}
	return h.lead == r.lead && (h.strict || h.known.count() > 1) || h.known.count() > 3
}
