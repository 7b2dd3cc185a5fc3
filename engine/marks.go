package engine

import (
	"regexp"
	"sort"
	"strings"
	"unicode/utf8"
)

// Mark is a part of an excerpt that the rule looks for.
type Mark struct {
	Offset int `json:"offset"` // in bytes of the excerpt
	Length int `json:"length"`
}

// quotedInCondition finds the texts that a condition compares with.
var quotedInCondition = regexp.MustCompile(`"([^"\\]{4,})"|'([^'\\]{4,})'`)

// markRun is how many words of a quote must follow one another to be marked.
const markRun = 3

// marksOf finds in an excerpt what the signal looks for: the texts of its
// condition, and stretches of the words that it quotes.
func marksOf(sig *signal, excerpt string) []Mark {
	var found []Mark
	folded := asciiLower(excerpt)
	for _, m := range quotedInCondition.FindAllStringSubmatch(sig.rule.When, -1) {
		text := asciiLower(m[1] + m[2])
		if at := strings.Index(folded, text); at >= 0 {
			found = append(found, Mark{at, len(text)})
		}
	}
	if sig.rule.Message != "" {
		found = append(found, markQuote(sig.rule.Message, folded)...)
	}
	return joinMarks(found, excerpt)
}

// asciiLower folds without moving any byte.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// wordPlaces gives the words of a text with their places.
func wordPlaces(s string) []Mark {
	var out []Mark
	start := -1
	for i, r := range s {
		switch word := isWordRune(r); {
		case word && start < 0:
			start = i
		case !word && start >= 0:
			out = append(out, Mark{start, i - start})
			start = -1
		}
	}
	if start >= 0 {
		out = append(out, Mark{start, len(s) - start})
	}
	return out
}

// markQuote finds the stretches of the text whose words follow one another in
// the quote too.
func markQuote(quote, text string) []Mark {
	quote = asciiLower(quote)
	next := map[string]map[string]bool{}
	last := ""
	for _, p := range wordPlaces(quote) {
		w := quote[p.Offset : p.Offset+p.Length]
		if next[last] == nil {
			next[last] = map[string]bool{}
		}
		next[last][w] = true
		last = w
	}
	words := wordPlaces(text)
	at := func(i int) string { return text[words[i].Offset : words[i].Offset+words[i].Length] }
	var out []Mark
	for i := 0; i < len(words); {
		j := i
		for j+1 < len(words) && next[at(j)][at(j+1)] {
			j++
		}
		if j-i+1 >= markRun {
			from := words[i].Offset
			out = append(out, Mark{from, words[j].Offset + words[j].Length - from})
		}
		i = j + 1
	}
	return out
}

// joinMarks sorts marks, joins those that touch, and drops what would cut a
// character.
func joinMarks(marks []Mark, text string) []Mark {
	sort.Slice(marks, func(i, j int) bool { return marks[i].Offset < marks[j].Offset })
	var out []Mark
	for _, m := range marks {
		end := m.Offset + m.Length
		if end > len(text) || !utf8.ValidString(text[m.Offset:end]) {
			continue
		}
		if n := len(out); n > 0 && m.Offset <= out[n-1].Offset+out[n-1].Length+1 {
			out[n-1].Length = max(out[n-1].Length, end-out[n-1].Offset)
			continue
		}
		out = append(out, m)
	}
	return out
}
