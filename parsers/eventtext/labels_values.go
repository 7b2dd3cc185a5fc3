package eventtext

import "strings"

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
