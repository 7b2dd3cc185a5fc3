package rules

import (
	"fmt"
	"slices"
	"strings"
)

// maxNearestBytes bounds the words that are compared; longer ones have no
// nearest.
const maxNearestBytes = 64

// nearest gives the name most like word, "" if none is near. Case does not
// count; of equally near ones the first is taken.
func nearest(word string, names []string) string {
	if word == "" || len(word) > maxNearestBytes {
		return ""
	}
	word = strings.ToLower(word)
	best, bestAt := "", 1+(len(word)+2)/4
	for _, name := range names {
		low := strings.ToLower(name)
		if low == "" || len(low) > maxNearestBytes {
			continue
		}
		if d := nameDistance(word, low); d < bestAt {
			best, bestAt = name, d
		}
	}
	return best
}

// nameDistance is the edit distance, but 1 where one word begins the other
// or where both have the same words in another order.
func nameDistance(a, b string) int {
	short, long := a, b
	if len(short) > len(long) {
		short, long = long, short
	}
	if len(short) >= 3 && strings.HasPrefix(long, short) {
		return 1
	}
	if sameWords(a, b) {
		return 1
	}
	return editDistance(a, b)
}

// sameWords says whether two names differ only in the order of their words.
func sameWords(a, b string) bool {
	split := func(s string) []string {
		words := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '_' || r == '-' })
		slices.Sort(words)
		return words
	}
	return len(a) == len(b) && a != b && slices.Equal(split(a), split(b))
}

// editDistance is the number of bytes to insert, delete, replace, or swap
// with their neighbour (optimal string alignment). b has at most
// maxNearestBytes bytes.
func editDistance(a, b string) int {
	var rows [3][maxNearestBytes + 1]int
	before, prev, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev, row = prev, row, before
	}
	return prev[len(b)]
}

// suggestion gives the fix and the replacement for a misspelt word. Where
// none is near the fix lists the names.
func suggestion(word string, names []string) (fix, edit string) {
	if near := nearest(word, names); near != "" {
		return fmt.Sprintf("did you mean %s?", near), near
	}
	shown := slices.DeleteFunc(slices.Clone(names), func(s string) bool { return s == "" })
	return "one of " + strings.Join(shown, ", "), ""
}
