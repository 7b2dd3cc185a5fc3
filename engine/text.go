package engine

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// template is the quoted text of a signal, made ready for tolerant matching:
// the words that must stand in any rendering of the message, without the parts
// that vary (placeholders, numbers, paths, names of things).
type template struct {
	words  []string // distinct, in order of the text
	hashes []uint64 // of words
	weight []float64
	total  float64
	heavy  []int    // places of words, the heaviest first
	prefix []uint64 // hashes of the words before the first slot, at most prefixWords
	pieces []textPiece
}

const (
	prefixWords = 9
	// prefixLeast is how many words a prefix must have to count.
	prefixLeast = 4
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
	t := &template{pieces: textPieces(text)}
	seen := map[string]bool{}
	open := true
	for _, k := range tokens(text) {
		if k.slot {
			open = false
			continue
		}
		if open && len(t.prefix) < prefixWords {
			t.prefix = append(t.prefix, lowerHash(k.word))
		}
		if seen[k.word] {
			continue
		}
		seen[k.word] = true
		t.words = append(t.words, k.word)
		t.hashes = append(t.hashes, lowerHash(k.word))
		t.weight = append(t.weight, weights.of(k.word))
		t.total += t.weight[len(t.weight)-1]
		t.heavy = append(t.heavy, len(t.heavy))
	}
	slices.SortStableFunc(t.heavy, func(a, b int) int { return cmp.Compare(t.weight[b], t.weight[a]) })
	return t
}

// match compares a message with the template. A prefix counts from four words
// on. A message that ends inside a sentence of the quote is cut: its own words
// are what can agree.
func (t *template) match(message *messageWords) (m textMatch) {
	m = textMatch{coverage: -1, explained: -1}
	if t.total == 0 {
		if message.have.n >= cutWords {
			m.explained = 0
		}
		return m
	}
	sum, before, last := 0.0, 0.0, 0.0
	shared := 0
	for i, w := range t.hashes {
		before += t.weight[i]
		if message.have.has(w) {
			sum += t.weight[i]
			last = before
			shared++
		}
	}
	m.prefix = t.begins(message)
	m.coverage = sum / t.total
	share := float64(shared) / float64(max(1, message.have.n))
	if message.have.n >= cutWords {
		m.explained = share
	}
	if last > 0 && message.mayBeCut(shared) {
		m.coverage = max(m.coverage, share*sum/last)
	}
	return m
}

// begins reports whether a message begins as the quote does.
func (t *template) begins(message *messageWords) bool {
	n := len(t.prefix)
	return n >= prefixLeast && len(message.head) >= n && slices.Equal(message.head[:n], t.prefix)
}

// mayMatch is false for most messages that match says do not match, for a part
// of what that costs. The heaviest words are looked for until those that the
// message lacks weigh too much, and are too many for a part of the quote.
func (t *template) mayMatch(message *messageWords) bool {
	if t.begins(message) {
		return true
	}
	const rounding = 1e-9
	left := (1 - matchCoverage + rounding) * t.total
	shared := len(t.words) // at most
	for _, i := range t.heavy {
		if left < 0 && !message.mayBeCut(shared) {
			return false
		}
		if !message.have.has(t.hashes[i]) {
			left -= t.weight[i]
			shared--
		}
	}
	return left >= 0 || message.mayBeCut(shared)
}

// mayBeCut reports whether a message that shares so many words with a quote may
// be a part of it.
func (m *messageWords) mayBeCut(shared int) bool {
	return m.open && m.have.n >= cutWords && float64(shared)/float64(m.have.n) >= cutShare
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
