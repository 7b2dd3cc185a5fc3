package eventtext

import "strings"

// Articles and mails name an event in a line of its own in many shapes:
//
//	Event ID 5009
//	Event ID 1001: text
//	Event ID - 2079, Source: X, Category: Y, Type: Error
//	Event 231    Source     Category
//	Event 650, Source, Warning, text
//	Source Event ID: 37
//	WARNING: Source Event 3051:
//
// They are told from running prose by what stands before and behind.

// leadingID reads the number at the beginning of v, decimal or 0x..., and
// gives what stands behind it. A list or range of ids, a version, a date and a
// hexadecimal string are no id.
func leadingID(v string) (id uint32, rest string, ok bool) {
	v = strings.TrimLeft(v, " \t#*(")
	n := 0
	if len(v) > 2 && v[0] == '0' && v[1]|0x20 == 'x' {
		n = 2
		for n < len(v) && hexDigit(v[n]) != 255 {
			n++
		}
	} else {
		for n < len(v) && isDigit(v[n]) {
			n++
		}
	}
	if n == 0 {
		return 0, "", false
	}
	id, ok = idNumber(v[:n])
	rest = v[n:]
	return id, rest, ok && !continuesID(rest)
}

// continuesID reports whether what stands behind a number shows that it is no
// id, or one of several.
func continuesID(rest string) bool {
	if rest == "" {
		return false
	}
	c := rest[0]
	switch {
	case isLetter(c) || c == '_' || c == '%' || c == '\\' || c == '\'':
		return true
	case c == '-' && len(rest) > 1 && isLetter(rest[1]): // "32-bit"
		return true
	case len(rest) > 1 && (c == '.' || c == '/' || c == '-' || c == ':' || c == ',') && isDigit(rest[1]):
		return true
	}
	t := strings.TrimLeft(rest, " \t")
	for _, w := range []string{",", "and ", "or ", "through ", "to ", "& ", "/"} {
		if hasPrefixFold(t, w) {
			t = strings.TrimLeft(t[len(w):], " \t")
			t = strings.TrimPrefix(strings.TrimPrefix(t, "and "), "or ")
			return t != "" && isDigit(t[0])
		}
	}
	return false
}

// looseField takes a label without a separator on a row of its own, below
// other labels: "Source MSExchangeIMC", "Type Error", "Description".
func (h *header) looseField(t string) rowKind {
	if looseText(t) {
		h.inText = true
		h.inline = cleanValue(strings.TrimLeft(t[len("Description"):], " ,:-"))
		return rowLast
	}
	for _, w := range looseWords {
		if !hasPrefixFold(t, w.word) || len(t) <= len(w.word)+1 {
			continue
		}
		c := t[len(w.word)]
		v := strings.TrimLeft(t[len(w.word):], " \t-")
		if c != ' ' && c != '\t' || v == "" || len(v) > maxLabel {
			return rowNone
		}
		if w.field == levelField && !isLevel(v) {
			return rowNone
		}
		if w.field != levelField && !looksLikeName(v) {
			return rowNone
		}
		return h.set(label{field: w.field, gen: genPlain}, v, false)
	}
	return rowNone
}

var looseWords = []struct {
	word  string
	field field
}{
	{"Event Source", sourceField}, {"Event Type", levelField}, {"Event Category", categoryField},
	{"Source", sourceField}, {"Type", levelField}, {"Category", categoryField},
}

// bareName takes a row below the id that is nothing but a level, or the name of
// a source.
func (h *header) bareName(t string) bool {
	if isLevel(t) && !h.known.has(levelField) {
		h.setLead(levelField, t)
		return true
	}
	words := strings.Fields(t)
	if h.known.has(sourceField) || len(words) == 0 || len(words) > 3 || !hasInnerCapital(words[0]) || !looksLikeName(t) || strings.ContainsAny(t, ",:;()=") {
		return false
	}
	h.setLead(sourceField, t)
	return true
}

// looseText reports whether a row is the word "Description" alone, or with a
// dash behind it.
func looseText(t string) bool {
	t = stripMarks(t)
	if !hasPrefixFold(t, "Description") {
		return false
	}
	rest := strings.TrimLeft(t[len("Description"):], " ")
	return rest == "" || rest == "-" || strings.HasPrefix(rest, "- ")
}

// looksLikeName tells the value of a label from the rest of a sentence: a name
// has few words, none of them a common one, and no full stop.
func looksLikeName(v string) bool {
	if strings.HasSuffix(v, ".") || strings.ContainsAny(v, "?!\"") {
		return false
	}
	words := strings.Fields(v)
	if len(words) > 5 {
		return false
	}
	for _, w := range words {
		if proseWords[strings.ToLower(w)] {
			return false
		}
	}
	return true
}

// proseWords are words that stand in sentences and not in names of sources
// and categories.
var proseWords = wordSet("the a an this that these when if for see with as is are was were be been may might can could will would should not no to by on at it its has have had you your we our i following also note each every same new any all some one two both only several multiple another other than then which who because after before during until while using contains contain click type")

func wordSet(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

// maxLead is how far into a row the word "Event" may stand.
const maxLead = 56

// looseID takes a row that names an event without a label at its beginning, or
// without a separator.
func (h *header) looseID(t string) rowKind {
	at := eventWord(t)
	if at < 0 || h.known.has(idField) {
		return rowNone
	}
	sep, n := afterEventWord(t[at:])
	if n == 0 {
		return rowNone
	}
	id, rest, ok := leadingID(t[at+n:])
	if !ok || !h.takeLead(strings.TrimSpace(t[:at])) {
		return rowNone
	}
	if h.known == 0 {
		h.lead = idField
	}
	h.known |= 1 << idField
	h.val[idField] = t[at+n:]
	h.id, h.hasID, h.strict = id, true, sep
	h.weak = !sep
	return h.afterID(rest)
}

// eventWord finds the word "Event" or "EventID" near the beginning of a row.
func eventWord(t string) int {
	n := min(len(t), maxLead)
	if strings.IndexByte(t[:n], 'v') < 0 && strings.IndexByte(t[:n], 'V') < 0 {
		return -1
	}
	for i := 0; i+6 < n; i++ {
		if t[i]|0x20 != 'e' || i > 0 && t[i-1] != ' ' && t[i-1] != '\t' {
			continue
		}
		if hasPrefixFold(t[i:], "event") {
			return i
		}
	}
	return -1
}

// afterEventWord gives the length of "Event", "Event ID", "EventID No." and
// the like with the blanks and the separator behind it, and whether there was
// a separator. It gives 0 if no number can follow.
func afterEventWord(t string) (sep bool, n int) {
	n = len("event")
	n += blanks(t[n:])
	if hasPrefixFold(t[n:], "id") {
		n += len("id")
	}
	n += blanks(t[n:])
	for _, w := range []string{"no.", "no"} {
		if hasPrefixFold(t[n:], w) {
			n += len(w)
			break
		}
	}
	for n < len(t) && strings.IndexByte(" \t:=#-(\"", t[n]) >= 0 {
		if t[n] == ':' || t[n] == '=' {
			sep = true
		}
		n++
	}
	if n >= len(t) || !isDigit(t[n]) || isLetter(t[n-1]) {
		return false, 0
	}
	return sep, n
}

// takeLead takes what stands before the word "Event": nothing, a level, a log,
// a source. It reports false if that is prose.
func (h *header) takeLead(lead string) bool {
	if lead == "" {
		return true
	}
	words := strings.Fields(lead)
	var name []string
	for _, w := range words {
		bare := strings.TrimPrefix(strings.TrimRight(w, ":.,"), "Source=")
		switch {
		case strings.Trim(bare, "0123456789") == "": // the number of an item
		case isLevel(bare):
			h.setLead(levelField, bare)
		case strings.EqualFold(bare, "Application") || strings.EqualFold(bare, "System") || strings.EqualFold(bare, "Security"):
			h.setLead(logField, bare)
		case strings.HasSuffix(w, ":") || strings.ContainsAny(w, "\"'<>") || proseWords[strings.ToLower(bare)] || !startsName(bare) || isArticleNumber(bare):
			return false
		default:
			name = append(name, bare)
		}
	}
	if len(name) > 4 {
		return false
	}
	if len(name) > 0 && strings.EqualFold(name[len(name)-1], "Event") {
		return false
	}
	if len(name) > 0 {
		h.setLead(sourceField, strings.Join(name, " "))
	}
	return true
}

func (h *header) setLead(f field, v string) {
	if !h.known.has(f) {
		if h.known == 0 {
			h.lead = idField
		}
		h.known |= 1 << f
		h.val[f] = v
	}
}

// startsName reports whether a word may be part of a source's name: it begins
// with a capital letter or a digit.
func startsName(w string) bool {
	return w != "" && (w[0] >= 'A' && w[0] <= 'Z' || isDigit(w[0]) || w[0] >= 0x80)
}

// isArticleNumber tells the number of a knowledge-base article.
func isArticleNumber(w string) bool {
	if len(w) < 6 || w[0]|0x20 != 'q' {
		return false
	}
	for i := 1; i < len(w); i++ {
		if !isDigit(w[i]) {
			return false
		}
	}
	return true
}
