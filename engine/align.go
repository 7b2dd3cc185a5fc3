package engine

// alignment is how a message and a quoted text agree word by word, in their
// order. A text that is an instance of the quote has all of its words, and
// words of its own only where the quote has a part that varies.
type alignment struct {
	lacking float64 // share of the quote's words that are not there, those behind a cut left out
	foreign float64 // share of the message's words that stand where the quote has nothing that varies
}

// alignWords bounds the words of a text that are aligned.
const alignWords = 160

// textPiece is the hash of a word, 0 for a part that varies.
type textPiece uint64

// textPieces splits a text. Its memory grows with alignWords only.
func textPieces(text string) []textPiece {
	var out []textPiece
	z := tokenizer{text: text}
	for len(out) < alignWords {
		word, slot, ok := z.next()
		switch {
		case !ok:
			return out
		case slot:
			out = append(out, 0)
		default:
			out = append(out, textPiece(wordHash(word)))
		}
	}
	return out
}

// align compares a message with a quote. cut tells that the message may end
// before the quote does.
func align(quote, message []textPiece, cut bool) alignment {
	pairs := longestCommon(quote, message)
	end := len(quote)
	if cut {
		end = 0
		if len(pairs) > 0 {
			end = pairs[len(pairs)-1].quote + 1
		}
	}
	matched := 0
	for _, p := range pairs {
		matched += oneIf(quote[p.quote] != 0)
	}
	return alignment{lacking: 1 - shareOf(matched, wordsOf(quote[:end])), foreign: 1 - shareOf(wordsOf(message)-foreignWords(quote, message, pairs), wordsOf(message))}
}

// shareOf is part of all, 1 where there is nothing.
func shareOf(part, all int) float64 {
	if all == 0 {
		return 1
	}
	return float64(part) / float64(all)
}

// wordsOf counts the pieces that are none that vary.
func wordsOf(list []textPiece) int {
	n := 0
	for _, p := range list {
		n += oneIf(p != 0)
	}
	return n
}

// foreignWords counts the words of a message that stand between two pieces of
// which the quote has nothing that varies in between.
func foreignWords(quote, message []textPiece, pairs []agreed) int {
	n, q, m := 0, 0, 0
	for _, p := range append(pairs, agreed{len(quote), len(message)}) {
		if !anyVaries(quote[q:p.quote]) {
			n += wordsOf(message[m:p.message])
		}
		q, m = p.quote+1, p.message+1
	}
	return n
}

func anyVaries(list []textPiece) bool {
	for _, p := range list {
		if p == 0 {
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
		case quote[i] != message[j]:
			return 0
		case quote[i] == 0:
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
