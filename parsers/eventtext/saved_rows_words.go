package eventtext

import (
	"strings"

	"kbdiag/parsers"
)

// pastedWord is one word of the columns of a row whose tabs became blanks.
type pastedWord struct {
	from, to int // in the joined text
	gap      int // columns of blanks before it
	breaks   bool
}

// maxHeadWords bounds the words that are looked at for columns.
const maxHeadWords = 40

// headWords takes the joined text apart from place i on.
func headWords(h *pastedHead, i int) []pastedWord {
	words := make([]pastedWord, 0, maxHeadWords)
	for len(words) < maxHeadWords {
		gap := blankRun(h.text[i:])
		w := pastedWord{from: i + gap, gap: gap}
		if strings.IndexByte(h.text[i:i+gap], '\t') >= 0 {
			w.gap = 8
		}
		i += gap
		if i >= len(h.text) {
			break
		}
		for k := 1; k < h.n; k++ {
			w.breaks = w.breaks || h.starts[k] == i
		}
		for i < len(h.text) && h.text[i] != ' ' && h.text[i] != '\t' {
			i++
		}
		w.to = i
		words = append(words, w)
	}
	return words
}

// span is the text from word a to before word b, with single blanks.
func span(h *pastedHead, words []pastedWord, a, b int) string {
	if a >= b {
		return ""
	}
	t := h.text[words[a].from:words[b-1].to]
	if !strings.Contains(t, "  ") && strings.IndexByte(t, '\t') < 0 {
		return t
	}
	return strings.Join(strings.Fields(t), " ")
}

// blankRow reads a row whose columns are separated by blanks: of NT 4 to 2003,
// or of dumpel. Names have blanks in them too, so the columns are found from
// the type word and the numeric id.
func (s *pasteScan) blankRow(j int, t string, n int, p *pastedRow) bool {
	if !s.mayHaveColumns(j, t, n) {
		return false
	}
	h := s.join(j, t, maxHeadRows)
	if s.blankDumpel(j, &h, p) {
		return true
	}
	words := headWords(&h, n)
	c, ok := bestColumns(&h, words)
	if !ok {
		return false
	}
	st, _ := splitPastedStamp(t)
	if !st.clock.set {
		return false
	}
	r := savedRow{stamp: st, known: parsers.FieldCategory, level: c.word.level, lang: c.word.lang}
	r.source = span(&h, words, 0, c.typ)
	r.cat = span(&h, words, c.typ+c.typWords, c.id)
	r.id, _ = number(h.text[words[c.id].from:words[c.id].to])
	rest := len(h.text)
	if c.id+1 < len(words) {
		rest = words[c.id+1].from
	}
	at := c.id + 1
	at = r.cutUser(&h, words, at)
	if r.known&parsers.FieldUser != 0 {
		at = r.cutHost(&h, words, at)
	}
	if at > c.id+1 {
		rest = len(h.text)
		if at < len(words) {
			rest = words[at].from
		}
	}
	if !c.certain && !(st.clock.seconds && r.proven(words, c.id)) {
		return false
	}
	p.savedRow = r
	p.sep = ' '
	s.place(p, j, &h, rest)
	if at <= len(words) && rest == len(h.text) && at >= len(words) {
		p.text = ""
	}
	return true
}

// mayHaveColumns looks for the type word, or the number of dumpel, behind the
// date and time on the first two rows of text. It spares other logs the closer
// look.
func (s *pasteScan) mayHaveColumns(j int, t string, n int) bool {
	if rest := t[n+blankRun(t[n:]):]; rest != "" && isDigit(rest[0]) || hasLevel(rest) {
		return true
	}
	return j+1 < len(s.rows) && hasLevel(s.rows[j+1].text)
}

// hasLevel reports whether a level word, or the first word of one, is among
// the words of t.
func hasLevel(t string) bool {
	i := 0
	for n := 0; i < len(t) && n < maxSourceWords+3; n++ {
		from := i
		for i < len(t) && t[i] != ' ' && t[i] != '\t' {
			i++
		}
		if beginsLevel(t[from:i]) {
			return true
		}
		i += blankRun(t[i:])
	}
	return false
}

// beginsLevel reports whether a word is the first one of a level word, as
// programs print it.
func beginsLevel(word string) bool {
	return word != "" && levelFirst[word[0]]>>min(len(word), 63)&1 != 0 && levelStarts[word]
}

// levelFirst has for each first byte of levelStarts the lengths of such words
// as a set of bits.
var levelFirst = func() (lengths [256]uint64) {
	for w := range levelStarts {
		lengths[w[0]] |= 1 << min(len(w), 63)
	}
	return lengths
}()

// levelStarts has the first words of all level words.
var levelStarts = makeLevelStarts()

func makeLevelStarts() map[string]bool {
	t := map[string]bool{}
	for word := range levelTable {
		first, _ := nextWord(word)
		if first[0] < 'a' || first[0] > 'z' {
			t[first] = true
		}
	}
	return t
}

// proven reports whether what stands behind the id shows that the words before
// it were columns: a user, or the end of the line.
func (r *savedRow) proven(words []pastedWord, id int) bool {
	if r.known&parsers.FieldUser != 0 {
		return true
	}
	return id+1 >= len(words) || words[id+1].breaks
}

// splitPastedStamp reads date and time, between which a separator may stand.
func splitPastedStamp(t string) (stamp, int) {
	st, n := scanStamp(t)
	if n == 0 || st.clock.set {
		return st, n
	}
	m := n
	for m < len(t) && (strings.IndexByte(separators, t[m]) >= 0 || t[m] == ' ') {
		m++
	}
	c, k := scanClock(t[m:])
	st.clock = c
	return st, m + k
}

// blankDumpel reads a row of dumpel, which has three numbers behind the time.
func (s *pasteScan) blankDumpel(j int, h *pastedHead, p *pastedRow) bool {
	var r savedRow
	form := dumpelLayout{sep: ' '}
	if !form.split(h.text, &r) || r.host == "" && r.source == "" {
		return false
	}
	p.savedRow = r
	p.sep = ' '
	s.place(p, j, h, len(h.text)-len(r.text))
	return true
}

// columns says which words are the type and the id.
type columns struct {
	typ, typWords, id int
	word              levelWord
	score             int
	certain           bool // the category is a placeholder or a number in brackets
}

// Bounds of what stands between the columns, in words.
const (
	maxSourceWords   = 8
	maxCategoryWords = 6
)

// bestColumns finds the type word and the id. Source and category may have
// words like "Error" in them, so all places are weighed.
func bestColumns(h *pastedHead, words []pastedWord) (columns, bool) {
	best := columns{score: -100}
	for typ := 1; typ < len(words) && typ <= maxSourceWords; typ++ {
		n, w := levelAtWord(h, words, typ)
		if n == 0 {
			continue
		}
		c := columns{typ: typ, typWords: n, word: w}
		if !c.findID(h, words) {
			continue
		}
		c.weigh(h, words)
		if c.score > best.score {
			best = c
		}
	}
	return best, best.score > -100
}

// levelAtWord reads a level word, of up to four words, at a place.
func levelAtWord(h *pastedHead, words []pastedWord, at int) (int, levelWord) {
	if c := h.text[words[at].from]; c < 'A' || c > 'Z' && c < 0x80 {
		return 0, levelWord{}
	}
	for n := min(4, len(words)-at); n > 0; n-- {
		if w := printedLevel(span(h, words, at, at+n)); w.level != parsers.LevelUnknown {
			return n, w
		}
	}
	return 0, levelWord{}
}

// findID finds the first number behind the type.
func (c *columns) findID(h *pastedHead, words []pastedWord) bool {
	from := c.typ + c.typWords
	for i := from; i < len(words) && i-from <= maxCategoryWords; i++ {
		t := h.text[words[i].from:words[i].to]
		if v, ok := number(t); ok && v <= 0xFFFF && len(t) <= 5 {
			c.id = i
			return true
		}
	}
	return false
}

// weigh scores how well the category fits. Every row has one, if only "None".
func (c *columns) weigh(h *pastedHead, words []pastedWord) {
	from := c.typ + c.typWords
	cat := span(h, words, from, c.id)
	lastWord := ""
	if c.id > from {
		lastWord = h.text[words[c.id-1].from:words[c.id-1].to]
	}
	switch {
	case cat == "":
		c.score = -2
	case absent(cat) || isBracketed(cat):
		c.score = 3
		c.certain = true
	case c.id-from > 1 && (absent(lastWord) || isBracketed(lastWord)):
		c.score = -3
	case hasLevelWord(h, words, from, c.id):
		c.score = -1
	default:
		c.score = 1
	}
	if words[c.typ].gap > 1 && from < len(words) && words[from].gap > 1 {
		c.score++
	}
}

// isBracketed reports whether t is a number in brackets, as Event Viewer
// prints a category without a name.
func isBracketed(t string) bool {
	if len(t) < 3 || t[0] != '(' || t[len(t)-1] != ')' {
		return false
	}
	_, ok := number(t[1 : len(t)-1])
	return ok
}

func hasLevelWord(h *pastedHead, words []pastedWord, a, b int) bool {
	for i := a; i < b; i++ {
		if isLevel(h.text[words[i].from:words[i].to]) {
			return true
		}
	}
	return false
}

// cutUser reads the user at word i, and gives the word behind it. Without one
// the user is unknown.
func (r *savedRow) cutUser(h *pastedHead, words []pastedWord, i int) int {
	if i >= len(words) {
		return i
	}
	rest := h.text[words[i].from:]
	n := placeholderLength(rest)
	if n == 0 {
		n = userLength(rest)
	}
	if n == 0 {
		n = absentLength(rest)
	}
	if n == 0 && isPlainUser(h, words, i) {
		n = words[i].to - words[i].from
	}
	if n == 0 {
		return i
	}
	r.user = rest[:n]
	r.known |= parsers.FieldUser
	end := words[i].from + n
	for i < len(words) && words[i].from < end {
		i++
	}
	return i
}

// absentLength is the length of the words for "no user" that s begins with, in
// other languages than English.
func absentLength(s string) int {
	for _, p := range [...]string{"Nicht zutreffend", "Nicht verfügbar", "Non disponible", "No disponible", "Non disponibile", "Niet van toepassing"} {
		if strings.HasPrefix(s, p) && (len(s) == len(p) || s[len(p)] == ' ' || s[len(p)] == '\t') {
			return len(p)
		}
	}
	return 0
}

// placeholderLength is the length of the <placeholder> that s begins with.
func placeholderLength(s string) int {
	if s == "" || s[0] != '<' {
		return 0
	}
	i := strings.IndexByte(s[:min(len(s), 48)], '>')
	return i + 1
}

// isPlainUser reports whether word i is a user without a domain: a name that
// begins no sentence, with the name of a computer behind it.
func isPlainUser(h *pastedHead, words []pastedWord, i int) bool {
	if i+1 >= len(words) {
		return false
	}
	name, host := h.text[words[i].from:words[i].to], h.text[words[i+1].from:words[i+1].to]
	if !isDomain(name) || !looksLikeHost(host) {
		return false
	}
	switch strings.ToLower(name) {
	case "administrator", "administrateur", "administrador", "guest", "gast", "system", "everyone":
		return true
	}
	return name[0] >= 'a' && name[0] <= 'z' && !proseWords[name]
}

// cutHost reads the computer at word i, and gives the word behind it. It must
// look like the name of one, or stand in a column of its own.
func (r *savedRow) cutHost(h *pastedHead, words []pastedWord, i int) int {
	if i >= len(words) {
		return i
	}
	rest := h.text[words[i].from:]
	n := placeholderLength(rest)
	if n == 0 {
		word := rest[:words[i].to-words[i].from]
		last := i+1 >= len(words) || words[i+1].breaks || words[i+1].gap > 1
		column := last && (!words[i].breaks || words[i].gap > 1) && isDomain(word)
		if !looksLikeHost(word) && !column && !isHostName(word) {
			return i
		}
		n = len(word)
	}
	r.host = rest[:n]
	r.known |= parsers.FieldHost
	end := words[i].from + n
	for i < len(words) && words[i].from < end {
		i++
	}
	return i
}

// isHostName reports whether a word is a name with a domain, or one with a
// digit or hyphen inside, which words of sentences do not have.
func isHostName(w string) bool {
	if !isDomain(w) || len(w) > 64 || w[len(w)-1] == '.' {
		return false
	}
	dots, digits := strings.Count(w, "."), 0
	for i := 0; i < len(w); i++ {
		if isDigit(w[i]) {
			digits++
		}
	}
	return dots >= 2 || digits > 0 && digits < len(w) && dots == 0
}

// blankVista reads a row of Vista and later whose tabs became blanks: level,
// date, time, source, id, category, text. Where nothing divides category and
// text, the category is unknown and stands before the text.
func (s *pasteScan) blankVista(j int, t string, p *pastedRow) bool {
	k, w := levelPrefix(t)
	gap := k + blankRun(t[k:])
	st, n := splitPastedStamp(t[gap:])
	if n == 0 || !st.clock.set {
		return false
	}
	h := s.join(j, t, 2)
	words := headWords(&h, gap+n)
	id := 1
	for ; id < len(words) && id <= maxSourceWords; id++ {
		if v, ok := number(h.text[words[id].from:words[id].to]); ok && v <= 0xFFFF {
			break
		}
	}
	if id >= len(words) || id > maxSourceWords {
		return false
	}
	r := savedRow{stamp: st, level: w.level, lang: w.lang, source: span(&h, words, 0, id)}
	r.id, _ = number(h.text[words[id].from:words[id].to])
	next := categoryEnd(&h, words, id+1)
	if next > id+1 {
		r.known |= parsers.FieldCategory
		r.cat = span(&h, words, id+1, next)
	} else if id > 1 || !startsCapital(h.text[words[0].from:]) || !strings.Contains(r.source, "-") {
		return false
	}
	rest := len(h.text)
	if next < len(words) {
		rest = words[next].from
	}
	p.savedRow = r
	p.sep = ' '
	s.place(p, j, &h, rest)
	return true
}

// categoryEnd gives the word behind the category that begins at word i, or i
// if nothing shows where it ends.
func categoryEnd(h *pastedHead, words []pastedWord, i int) int {
	if i >= len(words) {
		return i
	}
	first := h.text[words[i].from:words[i].to]
	if absent(first) || isBracketed(first) {
		return i + 1
	}
	for k := i + 1; k < len(words) && k-i <= maxCategoryWords; k++ {
		if words[k].gap > 1 {
			return k
		}
	}
	return i
}
