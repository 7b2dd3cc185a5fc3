package eventtext

import "strings"

// maxTextRows bounds the description of a pasted row, in rows of text.
const maxTextRows = 2000

// takeText finds the rows of text that go on with the description.
func (s *pasteScan) takeText(p *pastedRow) {
	if p.quoted {
		if p.closed || s.takeQuoted(p) {
			return
		}
	}
	j := p.textFrom
	for j < len(s.rows) && j-p.textFrom < maxTextRows {
		w := &s.rows[j]
		if w.blank() {
			k := s.afterGap(p, j)
			if k == 0 {
				return
			}
			j = k
			continue
		}
		if s.endsText(p, j) {
			return
		}
		j++
		p.to = j
	}
}

// takeQuoted takes the rows up to the quote that ends a description. It
// reports false, and takes none, if another row begins before.
func (s *pasteScan) takeQuoted(p *pastedRow) bool {
	depth := s.rows[p.from].depth
	for j := p.textFrom; j < len(s.rows) && j-p.textFrom < maxTextRows; j++ {
		w := &s.rows[j]
		if w.blank() {
			continue
		}
		if _, n := s.anchor(w.text); n > 0 || w.depth != depth {
			return false
		}
		if strings.IndexByte(w.text, '"') < 0 {
			continue
		}
		if end := ClosingQuote(w.text, 0, p.sep); end >= 0 {
			w.text = trimBlanks(w.text[:end])
			p.to = j + 1
			return true
		}
	}
	return false
}

// endsText reports whether row j, right behind the description so far, is no
// part of it.
func (s *pasteScan) endsText(p *pastedRow, j int) bool {
	w := &s.rows[j]
	t := w.text
	if w.depth != s.rows[p.from].depth || isRule(t) || isSeparator(t) || isLeftOut(t) || isFrame(t) {
		return true
	}
	if isOtherText(t) || opensLabels(t) {
		return true
	}
	if _, n := s.anchor(afterListMark(t)); n > 0 {
		return true
	}
	if j+1 < len(s.rows) && isRule(s.rows[j+1].text) {
		return true // a heading
	}
	return s.isProse(p, j)
}

// isFrame reports whether a row is a line of marks that somebody drew around
// a quote, such as ">>>>>>>>" (which is taken for quote marks) or "+------+".
func isFrame(t string) bool {
	return len(t) >= 4 && strings.Trim(t, "+-=*_.<>|#~/\\ ") == ""
}

// opensLabels reports whether a row begins a quote in label form.
func opensLabels(t string) bool {
	switch t[0] {
	case 'E', 'e', 'L', 'l':
	default:
		return false
	}
	for _, p := range []string{"Event ID", "EventID", "Event Type", "Event Source", "Log Name"} {
		if hasPrefixFold(t, p) {
			return true
		}
	}
	return false
}

// longRow is the length from which a row of text was clearly not wrapped.
const longRow = 100

// isProse tells the author's words from a description that goes on. Where rows
// are not wrapped, a complete sentence is the end of the description, and what
// goes on with it is a list or is indented.
func (s *pasteScan) isProse(p *pastedRow, j int) bool {
	first, last, w := &s.rows[p.from], &s.rows[j-1], &s.rows[j]
	if w.indent < first.indent && j > p.textFrom && first.indent >= 2 && endsSentence(last.text) && w.indent == 0 {
		return true
	}
	if len(first.text) < longRow || !endsSentence(last.text) {
		return false
	}
	return w.indent <= first.indent && startsCapital(w.text) && !isPair(w.text) && strings.Count(w.text, " ") >= 2
}

func endsSentence(t string) bool {
	t = strings.TrimRight(t, "\"')")
	return t != "" && strings.IndexByte(".!?", t[len(t)-1]) >= 0 || strings.HasSuffix(t, "。")
}

func startsCapital(t string) bool {
	return t[0] >= 'A' && t[0] <= 'Z' || t[0] >= 0x80
}

// afterGap gives the row of text at which a description goes on behind the
// empty row j, 0 if it does not. It does if its last sentence is not complete,
// or goes on with a word that some products print in descriptions of theirs.
func (s *pasteScan) afterGap(p *pastedRow, j int) int {
	for n := 0; j < len(s.rows) && s.rows[j].blank(); n++ {
		j++
		if n > 1 {
			return 0
		}
	}
	if j >= len(s.rows) || s.endsText(p, j) {
		return 0
	}
	w, last := &s.rows[j], s.lastText(p)
	if strings.HasPrefix(w.text, "EXPLANATION") || strings.HasPrefix(w.text, "ACTION ") {
		return j
	}
	first := &s.rows[p.from]
	if w.indent < first.indent || isListMark(w.text) || isRemark(w.text) {
		return 0
	}
	lower := w.text[0] >= 'a' && w.text[0] <= 'z'
	switch {
	case last == "":
		return 0
	case lower && !endsSentence(last):
		return j
	case strings.HasSuffix(last, ":") && (first.indent > 0 || isPair(w.text)):
		return j
	}
	return 0
}

// lastText is the last row of the description so far.
func (s *pasteScan) lastText(p *pastedRow) string {
	if p.to > p.textFrom {
		return s.rows[p.to-1].text
	}
	return p.text
}
