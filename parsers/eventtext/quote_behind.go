package eventtext

import "strings"

// afterID takes what stands behind the number of an event on its row.
func (h *header) afterID(rest string) rowKind {
	gap := blanks(rest)
	tab := strings.IndexByte(rest[:gap], '\t') >= 0
	rest = cleanValue(strings.TrimLeft(trimBlanks(rest), ")\""))
	rest = trimBlanks(rest)
	if rest == "" {
		return rowMore
	}
	if k, ok := h.labelsBehind(rest); ok {
		return k
	}
	switch c := rest[0]; {
	case c == ':' || c == ';' || c == '.':
		return h.textBehind(trimBlanks(rest[1:]), c)
	case c == ',':
		return h.listBehind(trimBlanks(rest[1:]))
	case c == '-' || strings.HasPrefix(rest, "–") || strings.HasPrefix(rest, "—"):
		h.inline = trimBlanks(strings.TrimLeft(rest, "-–— "))
		if first, _, _ := strings.Cut(h.inline, " "); hasInnerCapital(first) && isName(h.inline) {
			h.takeName(strings.Fields(h.inline))
			h.inline = ""
		}
		return h.inlineOr(rowMore)
	case c == '#' || c == '<' || strings.HasPrefix(rest, "//"): // a remark
		return rowMore
	case c == '(':
		return h.bracketBehind(rest)
	case gap > 1 || tab:
		return h.columnsBehind(rest)
	}
	return h.wordsBehind(rest)
}

func (h *header) inlineOr(k rowKind) rowKind {
	if h.inline != "" {
		return rowLast
	}
	return k
}

// labelsBehind takes labels that stand behind the number, with or without a
// comma, a dash or the like before them.
func (h *header) labelsBehind(rest string) (rowKind, bool) {
	t := strings.TrimLeft(rest, " \t,;:.-")
	if l, v, ok := labelAt(t); ok && splits(l, idField) {
		return h.fields(l, t[v:]), true
	}
	if hasPrefixFold(t, "source ") || hasPrefixFold(t, "from ") {
		from := t[0]|0x20 == 'f'
		v := trimBlanks(t[strings.IndexByte(t, ' '):])
		if from && hasPrefixFold(v, "source ") {
			v, from = trimBlanks(v[len("source "):]), false
		}
		if name, text, ok := strings.Cut(v, ": "); ok && isName(name) { // and what it says
			h.setLead(sourceField, name)
			h.weak, h.strict, h.inline = false, true, trimBlanks(text)
			return h.inlineOr(rowMore), true
		}
		if from {
			if !looksLikeName(v) {
				return rowNone, true
			}
			h.weak = true
		}
		h.known |= 1 << sourceField
		h.val[sourceField] = v
		h.cutSource()
		return h.inlineOr(rowMore), true
	}
	if hasPrefixFold(t, "description ") {
		h.inText = true
		h.inline = trimBlanks(t[len("description "):])
		return rowLast, true
	}
	// "Event 4097 has Source = X ...": prose, but with labels in it.
	if at, l, v := nextLabel(rest, idField); at > 0 && l.field == sourceField && at < 24 {
		return h.fields(l, strings.Replace(rest[v:], " with the following", "", 1)), true
	}
	return rowNone, false
}

// textBehind takes text behind a colon or a full stop: the message, or the
// name of the source.
func (h *header) textBehind(t string, mark byte) rowKind {
	if t == "" {
		h.weak = false
		h.colon = mark == ':'
		return rowMore
	}
	if mark == '.' && !startsSentence(t) {
		return rowNone
	}
	if mark == ':' {
		h.weak = false
	}
	if t[0] == '(' {
		return h.bracketBehind(t)
	}
	if word, rest := leadingLevel(t + " "); word != "" && trimBlanks(rest) == "" {
		h.setLead(levelField, word)
		return rowMore
	}
	if mark == ':' && isName(t) {
		h.takeName(strings.Fields(t))
		return rowMore
	}
	h.inline = t
	return rowLast
}

// isName reports whether t is a name of up to four words, or one word.
func isName(t string) bool {
	words := strings.Fields(t)
	if len(words) == 0 || len(words) > 4 || strings.HasSuffix(t, ".") || strings.ContainsAny(t, "\"'<>%,;") || !looksLikeName(t) {
		return false
	}
	for _, w := range words[1:] {
		if !startsName(w) {
			return false
		}
	}
	return len(words) == 1 || startsName(words[0]) || len(words) == 2 && isCapital(words[1])
}

func isCapital(w string) bool { return w[0] >= 'A' && w[0] <= 'Z' }

// startsSentence reports whether t begins like a sentence.
func startsSentence(t string) bool {
	return t != "" && (t[0] >= 'A' && t[0] <= 'Z' || t[0] == '"' || t[0] == '\'' || t[0] == '<' || t[0] == '\\' || t[0] == '[' || t[0] >= 0x80 || isDigit(t[0]))
}

// listBehind takes "Source, Level, text" behind a comma.
func (h *header) listBehind(t string) rowKind {
	if t == "" {
		return rowMore
	}
	parts := strings.SplitN(t, ", ", 3)
	name := strings.TrimRight(parts[0], ":")
	if eventWord(t) >= 0 || !startsName(name) || !strings.ContainsAny(name, "()\"") && !looksLikeName(name) {
		return rowNone
	}
	if len(parts) > 1 && isLevel(parts[1]) {
		h.setLead(sourceField, name)
		h.setLead(levelField, parts[1])
		if len(parts) == 3 {
			h.inline = parts[2]
		}
		h.weak, h.strict = false, true
		return h.inlineOr(rowMore)
	}
	if len(parts) > 1 || strings.ContainsAny(name, "()\"") {
		h.weak, h.inline = true, t
		return rowLast
	}
	if isLevel(name) {
		h.setLead(levelField, name)
		return rowMore
	}
	h.setLead(sourceField, name)
	return rowMore
}

// bracketBehind takes "(Error) text", or text in brackets.
func (h *header) bracketBehind(rest string) rowKind {
	end := strings.IndexByte(rest, ')')
	if end > 0 && isLevel(rest[1:end]) {
		h.setLead(levelField, rest[1:end])
		h.inline = trimBlanks(strings.TrimLeft(rest[end+1:], " :-"))
		return h.inlineOr(rowMore)
	}
	if end > 0 {
		if l, v, ok := labelAt(rest[1:end]); ok && l.field == sourceField {
			h.setLead(sourceField, cleanValue(rest[1+v:end]))
			h.weak, h.strict = false, true
			h.inline = trimBlanks(strings.TrimLeft(rest[end+1:], " :-"))
			return h.inlineOr(rowMore)
		}
	}
	if len(rest) > 1 && startsSentence(rest[1:]) {
		h.inline = rest
		return rowLast
	}
	return rowMore
}

// columnsBehind takes columns: the source and the category, or the message.
func (h *header) columnsBehind(rest string) rowKind {
	name, more := cutColumns(rest)
	if strings.HasSuffix(rest, ".") || !looksLikeName(name) {
		h.inline = rest
		return rowLast
	}
	if isLevel(name) {
		h.setLead(levelField, name)
		return rowMore
	}
	h.setLead(sourceField, name)
	if isLevel(more) {
		h.setLead(levelField, more)
	} else if more != "" {
		h.setLead(categoryField, more)
	}
	h.weak = false
	return rowMore
}

// cutColumns cuts at the first two blanks or tab.
func cutColumns(s string) (string, string) {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '\t' || s[i] == ' ' && (s[i+1] == ' ' || s[i+1] == '\t') {
			return trimBlanks(s[:i]), trimBlanks(s[i:])
		}
	}
	return s, ""
}

// wordsBehind takes words behind the number without any mark: a level, a
// source and its category, or the message. Words in lower case are prose.
func (h *header) wordsBehind(rest string) rowKind {
	if word, more := leadingLevel(rest + " "); word != "" {
		h.setLead(levelField, word)
		if more = trimBlanks(more); more == "" {
			return rowMore
		}
		return h.wordsBehind(more)
	}
	if !startsSentence(rest) {
		return rowNone
	}
	words := strings.Fields(rest)
	if hasInnerCapital(words[0]) && len(words) <= 5 && looksLikeName(rest) {
		h.takeName(words)
		return rowMore
	}
	if i := sentenceIn(rest); i > 0 && hasInnerCapital(words[0]) && isName(trimBlanks(rest[:i])) {
		h.takeName(strings.Fields(rest[:i]))
		h.inline = rest[i:]
		return rowLast
	}
	if namesID(rest) { // running text of several events
		return rowNone
	}
	h.inline = rest
	return rowLast
}

// takeName takes the words of a source, and of a category behind it where the
// source is one word that is clearly a name.
func (h *header) takeName(words []string) {
	n := len(words)
	if hasInnerCapital(words[0]) {
		n = 1
		if len(words) > 1 && (words[1] == "Private" || words[1] == "Public") {
			n = 2
		}
	}
	h.setLead(sourceField, strings.Join(words[:n], " "))
	if n < len(words) {
		h.setLead(categoryField, strings.Join(words[n:], " "))
	}
}

// namesID reports whether another id is named in t.
func namesID(t string) bool {
	for {
		i := strings.Index(t, " ID ")
		if i < 0 {
			return false
		}
		if t = t[i+len(" ID "):]; t != "" && isDigit(t[0]) {
			return true
		}
	}
}

// hasInnerCapital tells names such as MSExchangeMTA from words.
func hasInnerCapital(w string) bool {
	lower := false
	for i := 0; i < len(w); i++ {
		switch c := w[i]; {
		case c >= 'a' && c <= 'z':
			lower = true
		case c >= 'A' && c <= 'Z' && i > 0:
			if lower || i > 1 && i+1 < len(w) && w[i+1] >= 'a' && w[i+1] <= 'z' {
				return true
			}
		case c == '.' || c == '(':
			return false
		}
	}
	return false
}
