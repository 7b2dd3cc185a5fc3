package engine

import "slices"

// sureWords gives words of which a message has at least one if it matches the
// template, nil if there are none that can be looked for.
//
// A message matches in one of three ways. What the words that it lacks weigh
// bounds each of them:
//
//   - it covers the whole quote: the words that it lacks weigh at most
//     1 - matchCoverage of all;
//   - it is cut, and covers the quote up to some word, the cutWords-th or a
//     later one: the same holds of the words up to there;
//   - it begins as the quote does, with all words of the prefix.
//
// So among all words, among the first cutWords and each longer beginning, words
// that weigh more than what may be lacking have to be chosen, and one of the
// prefix.
func (t *template) sureWords() []string {
	if t.total == 0 {
		return nil
	}
	chosen := make([]bool, len(t.words))
	if !t.chooseWords(chosen, len(t.words)) {
		return nil
	}
	for n := t.fewestShared(); n < len(t.words); n++ {
		if !t.chooseWords(chosen, n) {
			return nil
		}
	}
	if !t.choosePrefix(chosen) {
		return nil
	}
	var out []string
	for i, w := range t.words {
		if chosen[i] {
			out = append(out, w)
		}
	}
	return usable(out)
}

// fewestShared is how many words of the quote a cut message has at least.
func (t *template) fewestShared() int {
	n := 1
	for float64(n)/cutWords < cutShare {
		n++
	}
	return n
}

// chooseWords chooses the heaviest of the first n words until the rest of them
// cannot cover what must be covered. It is false if the words that can be
// looked for are too light.
func (t *template) chooseWords(chosen []bool, n int) bool {
	all, have := 0.0, 0.0
	for i := range n {
		all += t.weight[i]
		if chosen[i] {
			have += t.weight[i]
		}
	}
	const rounding = 1e-9
	for have <= (1-matchCoverage+rounding)*all {
		i := t.heaviest(n, func(i int) bool { return !chosen[i] })
		if i < 0 {
			return false
		}
		chosen[i] = true
		have += t.weight[i]
	}
	return true
}

// heaviest gives the heaviest of the first n words that can be looked for and
// that will do, -1 if there is none.
func (t *template) heaviest(n int, good func(i int) bool) int {
	best := -1
	for i := range n {
		if len(t.words[i]) >= shortLiteral && good(i) && (best < 0 || t.weight[i] > t.weight[best]) {
			best = i
		}
	}
	return best
}

// choosePrefix sees to it that a word of the prefix is chosen.
func (t *template) choosePrefix(chosen []bool) bool {
	if len(t.prefix) < prefixLeast {
		return true
	}
	inPrefix := func(i int) bool { return slices.Contains(t.prefix, t.hashes[i]) }
	for i := range t.words {
		if chosen[i] && inPrefix(i) {
			return true
		}
	}
	i := t.heaviest(len(t.words), inPrefix)
	if i < 0 {
		return false
	}
	chosen[i] = true
	return true
}

// onTextAlone reports whether a condition is made of tests that only find, and
// of nothing but the record's main text. Where a part of that text is known,
// it holds or cannot be told.
func (sig *signal) onTextAlone() bool {
	if sig.rule.Cond == nil {
		return sig.text != nil && sig.text.total > 0
	}
	return findsOnly(sig.rule.Cond, mainField(sig.rule.On))
}
