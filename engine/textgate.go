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
// So what is chosen has, of all words, of the first cutWords and each longer
// beginning, words that weigh more than what may be lacking, and one of the
// prefix.
func (t *template) sureWords() []string {
	c := choice{t: t, chosen: make([]bool, len(t.words))}
	if t.total == 0 || !c.cover(len(t.words)) {
		return nil
	}
	for n := fewestShared(); n < len(t.words); n++ {
		if !c.cover(n) {
			return nil
		}
	}
	if !c.prefix() {
		return nil
	}
	var set []string
	for i, w := range t.words {
		if c.chosen[i] {
			set = append(set, w)
		}
	}
	return usable(set)
}

// choice is a set of a template's words in the making.
type choice struct {
	t      *template
	chosen []bool
}

// fewestShared is how many words of the quote a cut message has at least.
func fewestShared() int {
	n := 1
	for float64(n)/cutWords < cutShare {
		n++
	}
	return n
}

// cover chooses the heaviest of the first n words until the rest of them weigh
// too little for a match. It is false if the words that can be looked for are
// too light.
func (c *choice) cover(n int) bool {
	all, have := 0.0, 0.0
	for i, w := range c.t.weight[:n] {
		all += w
		if c.chosen[i] {
			have += w
		}
	}
	const rounding = 1e-9
	for have <= (1-matchCoverage+rounding)*all {
		i := c.heaviest(n, func(i int) bool { return !c.chosen[i] })
		if i < 0 {
			return false
		}
		c.chosen[i] = true
		have += c.t.weight[i]
	}
	return true
}

// heaviest gives the heaviest of the first n words that can be looked for and
// that will do, -1 if there is none.
func (c *choice) heaviest(n int, good func(i int) bool) int {
	best := -1
	for i, w := range c.t.words[:n] {
		if len(w) >= shortLiteral && good(i) && (best < 0 || c.t.weight[i] > c.t.weight[best]) {
			best = i
		}
	}
	return best
}

// prefix sees to it that a word of the prefix is chosen.
func (c *choice) prefix() bool {
	if len(c.t.prefix) < prefixLeast {
		return true
	}
	in := func(i int) bool { return slices.Contains(c.t.prefix, c.t.hashes[i]) }
	for i := range c.chosen {
		if c.chosen[i] && in(i) {
			return true
		}
	}
	i := c.heaviest(len(c.chosen), in)
	if i < 0 {
		return false
	}
	c.chosen[i] = true
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

// never reports whether a signal cannot match: it has no condition, and a
// quoted text without a word.
func (sig *signal) never() bool {
	return sig.rule.Cond == nil && sig.text != nil && sig.text.total == 0
}
