package engine

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// template is the quoted text of a signal, made ready for tolerant matching:
// the words that must stand in any rendering of the message, without the parts
// that vary (placeholders, numbers, paths, names of things).
type template struct {
	words  []string // distinct, in order of the text
	weight []float64
	total  float64
	prefix []string // the words before the first slot, at most prefixWords
}

const (
	prefixWords = 9
	// matchCoverage is the share of the quoted words, weighted by rarity, from
	// which a message counts as the quoted one. The study in the ranking notes
	// found .94 of true pairs and few false ones at .65.
	matchCoverage = 0.65
)

// wordWeights counts in how many quoted texts of the rule base a word stands.
type wordWeights struct {
	texts int
	in    map[string]int
}

func newWordWeights() *wordWeights { return &wordWeights{in: map[string]int{}} }

func (w *wordWeights) add(text string) {
	if text == "" {
		return
	}
	w.texts++
	seen := map[string]bool{}
	for _, t := range tokens(text) {
		if t.slot || seen[t.word] {
			continue
		}
		seen[t.word] = true
		w.in[t.word]++
	}
}

// of gives a word's weight: the rarer among the rules, the heavier.
func (w *wordWeights) of(word string) float64 {
	return math.Log(1 + float64(w.texts+1)/float64(w.in[word]+1))
}

func newTemplate(text string, weights *wordWeights) *template {
	t := &template{}
	seen := map[string]bool{}
	open := true
	for _, k := range tokens(text) {
		if k.slot {
			open = false
			continue
		}
		if open && len(t.prefix) < prefixWords {
			t.prefix = append(t.prefix, k.word)
		}
		if seen[k.word] {
			continue
		}
		seen[k.word] = true
		t.words = append(t.words, k.word)
		t.weight = append(t.weight, weights.of(k.word))
		t.total += t.weight[len(t.weight)-1]
	}
	return t
}

// match compares a message with the template. A prefix counts from four words
// on. A
// message that ends inside a sentence of the quote is cut: its own words are
// what can agree.
func (t *template) match(message string) (m textMatch) {
	m = textMatch{coverage: -1, explained: -1}
	if t.total == 0 {
		return m
	}
	have := map[string]bool{}
	n, ok := 0, true
	for _, k := range tokens(message) {
		if n < len(t.prefix) && ok {
			ok = !k.slot && k.word == t.prefix[n]
			n++
		}
		if !k.slot {
			have[k.word] = true
		}
	}
	sum, before, last := 0.0, 0.0, 0.0
	for i, w := range t.words {
		before += t.weight[i]
		if have[w] {
			sum += t.weight[i]
			last = before
		}
	}
	m.prefix = ok && n == len(t.prefix) && n >= 4
	m.coverage = sum / t.total
	share := t.shareOf(have)
	if len(have) >= cutWords {
		m.explained = share
	}
	if last > 0 && share >= cutShare && len(have) >= cutWords && endsOpen(message) {
		m.coverage = max(m.coverage, share*sum/last)
	}
	return m
}

// textMatch is how a message compares with a quote.
type textMatch struct {
	coverage  float64 // weighted share of the quote's words that the message has, -1 where there is nothing to compare
	explained float64 // share of the message's words that the quote has, -1 where the message has few
	prefix    bool    // the message begins as the quote does
}

const (
	// A message is taken for the cut beginning of a quote when it has at least
	// cutWords words and cutShare of them stand in the quote.
	cutWords = 4
	cutShare = 0.85
)

// endsOpen says that a text ends inside a sentence, as if it were cut.
func endsOpen(text string) bool {
	text = strings.TrimRight(text, " \t\r\n")
	return text != "" && !strings.ContainsRune(".!?)]\"'>", rune(text[len(text)-1]))
}

// shareOf gives the share of a message's words that the template has.
func (t *template) shareOf(have map[string]bool) float64 {
	n := 0
	for _, w := range t.words {
		if have[w] {
			n++
		}
	}
	return float64(n) / float64(max(1, len(have)))
}

type token struct {
	word string // lower case
	slot bool   // a part that varies
}

// tokens splits a text into lower-case words. Placeholders, numbers, hex
// values, paths and distinguished names are slots.
func tokens(text string) []token {
	var out []token
	for i := 0; i < len(text); {
		if n := slotLen(text[i:]); n > 0 {
			out = append(out, token{slot: true})
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if !isWordRune(r) {
			i += size
			continue
		}
		start := i
		digits := false
		for i < len(text) {
			r, size = utf8.DecodeRuneInString(text[i:])
			if !isWordRune(r) && !(r == '\'' && i+1 < len(text) && isLetterByte(text[i+1])) {
				break
			}
			digits = digits || r >= '0' && r <= '9'
			i += size
		}
		word := strings.ToLower(text[start:i])
		out = append(out, token{word: word, slot: digits || fillerWord(word)})
	}
	return out
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

func isLetterByte(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// fillerWord tells words that authors write for a value: xxx, nnn.
func fillerWord(w string) bool {
	return len(w) >= 2 && (strings.Trim(w, "x") == "" || strings.Trim(w, "n") == "")
}

// slotLen gives the length of the placeholder, path or name that text begins
// with, 0 if it begins with none.
func slotLen(text string) int {
	switch text[0] {
	case '<':
		if i := strings.IndexByte(text[:min(len(text), 60)], '>'); i > 0 {
			return i + 1
		}
	case '[':
		if i := strings.IndexByte(text[:min(len(text), 80)], ']'); i > 0 {
			return i + 1
		}
	case '%':
		n := 1
		for n < len(text) && (text[n] == '%' || text[n] >= '0' && text[n] <= '9') {
			n++
		}
		if n > 1 {
			return n
		}
	case '\\', '/':
		return pathLen(text)
	default:
		if len(text) > 2 && isLetterByte(text[0]) && text[1] == ':' && text[2] == '\\' {
			return 2 + pathLen(text[2:])
		}
	}
	return 0
}

// pathLen measures a path up to the next blank or quote. "and/or" and the
// like are no paths: they have a word before the slash, so they never get here
// at their beginning.
func pathLen(text string) int {
	i := strings.IndexAny(text, " \t\r\n\"'<>,;")
	if i < 0 {
		i = len(text)
	}
	if i < 3 {
		return 0
	}
	return i
}
