package engine

import "strings"

// alignment is how a message and a quoted text agree word by word, in their
// order. A text that is an instance of the quote has all of its words, and
// words of its own only where the quote has a part that varies.
type alignment struct {
	lacking float64 // share of the quote's words that are not there, those behind a cut left out
	foreign float64 // share of the message's words that stand where the quote has nothing that varies
	same    int     // values (numbers, codes, paths) of the message that the quote has too
	others  int     // values of the message where the quote has others
}

// alignWords bounds the words of a text that are aligned.
const alignWords = 160

// textPiece is a word of a text, or a part that varies.
type textPiece struct {
	hash  uint64 // of a word, 0 for a part that varies
	value string // of a part that varies: the letters of a value, "" for a placeholder
}

// pieces splits a text. Its memory grows with alignWords only.
func textPieces(text string) []textPiece {
	var out []textPiece
	z := tokenizer{text: text}
	for len(out) < alignWords {
		before := z.at
		word, slot, ok := z.next()
		if !ok {
			return out
		}
		if !slot {
			out = append(out, textPiece{hash: wordHash(word)})
			continue
		}
		out = append(out, textPiece{value: valueText(z.text[before:z.at])})
	}
	return out
}

// valueText gives the letters of a value as it is compared, "" for what stands
// for any value.
func valueText(raw string) string {
	n := 0
	for n < len(raw) && !isValueByte(raw[n]) {
		n++
	}
	raw = raw[n:]
	if raw == "" || raw[0] == '<' || raw[0] == '[' || raw[0] == '%' || fillerWord(raw) || !hasDigit(raw) || len(raw) < 2 {
		return ""
	}
	return strings.ToLower(raw)
}

func isValueByte(b byte) bool {
	return b == '<' || b == '[' || b == '%' || b == '\\' || b == '/' || b >= '0' && b <= '9' || isLetterByte(b) || b >= 0x80
}

// align compares a message with a quote. cut tells that the message may end
// before the quote does.
func align(quote, message []textPiece, cut bool) alignment {
	pairs := longestCommon(quote, message)
	a := alignment{}
	words, has := 0, map[string]bool{}
	last := -1
	for _, p := range pairs {
		last = p.quote
	}
	missing := 0
	matched := make([]bool, len(quote))
	for _, p := range pairs {
		matched[p.quote] = true
	}
	for i, q := range quote {
		if q.value != "" {
			has[q.value] = true
		}
		if q.hash == 0 || cut && i > last {
			continue
		}
		words++
		if !matched[i] {
			missing++
		}
	}
	if words > 0 {
		a.lacking = float64(missing) / float64(words)
	}
	own, strange := 0, 0
	q, m := 0, 0
	for _, p := range append(pairs, agreed{len(quote), len(message)}) {
		varies := anyVaries(quote[q:p.quote])
		for _, x := range message[m:p.message] {
			if x.hash != 0 {
				own++
				if !varies {
					strange++
				}
			}
		}
		if p.message < len(message) && message[p.message].hash != 0 {
			own++
		}
		q, m = p.quote+1, p.message+1
	}
	if own > 0 {
		a.foreign = float64(strange) / float64(own)
	}
	for _, x := range message {
		switch {
		case x.value == "" || len(has) == 0:
		case has[x.value]:
			a.same++
		default:
			a.others++
		}
	}
	return a
}

func anyVaries(list []textPiece) bool {
	for _, p := range list {
		if p.hash == 0 {
			return true
		}
	}
	return false
}

// agreed is a textPiece of a quote and the one of the message that is the same.
type agreed struct{ quote, message int }

// longestCommon gives the longest row of pieces that stand in both texts in
// the same order. A word counts twice as much as a part that varies.
func longestCommon(quote, message []textPiece) []agreed {
	n, m := len(quote), len(message)
	best := make([]uint16, (n+1)*(m+1)) // of the rests from i and j on
	at := func(i, j int) *uint16 { return &best[i*(m+1)+j] }
	worth := func(i, j int) uint16 {
		switch {
		case quote[i].hash != message[j].hash:
			return 0
		case quote[i].hash == 0:
			return 1
		}
		return 2
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			b := max(*at(i+1, j), *at(i, j+1))
			if w := worth(i, j); w > 0 {
				b = max(b, w+*at(i+1, j+1))
			}
			*at(i, j) = b
		}
	}
	var out []agreed
	for i, j := 0, 0; i < n && j < m; {
		w := worth(i, j)
		switch {
		case w > 0 && *at(i, j) == w+*at(i+1, j+1):
			out = append(out, agreed{i, j})
			i, j = i+1, j+1
		case *at(i, j) == *at(i+1, j):
			i++
		default:
			j++
		}
	}
	return out
}
