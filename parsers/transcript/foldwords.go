package transcript

// foldWords looks for many words in a text at once, in any case. The words are
// ASCII in lower case, two bytes long or longer, at most 256 of them.
type foldWords struct {
	words  []string
	second [256]uint32  // for each first byte the low five bits of second ones, as a set of bits
	first  [256][]uint8 // for each first byte the numbers of its words
}

// wordSet has a bit for each word by its number.
type wordSet [4]uint64

var none wordSet

func (s *wordSet) add(n uint8)      { s[n>>6] |= 1 << (n & 63) }
func (s *wordSet) has(n uint8) bool { return s[n>>6]&(1<<(n&63)) != 0 }

func newFoldWords(words ...string) *foldWords {
	f := &foldWords{words: words}
	for i, w := range words {
		f.begins(w[0], w[1], uint8(i))
		if w[0] >= 'a' && w[0] <= 'z' {
			f.begins(w[0]-0x20, w[1], uint8(i))
		}
	}
	return f
}

// begins notes how a word begins. A letter has the same low five bits in both
// cases.
func (f *foldWords) begins(first, second byte, n uint8) {
	f.second[first] |= 1 << (second & 31)
	f.first[first] = append(f.first[first], n)
}

// in gives the words that stand in s.
func (f *foldWords) in(s string) (found wordSet) {
	for i := 0; i+1 < len(s); i++ {
		if f.second[s[i]]&(1<<(s[i+1]&31)) == 0 {
			continue
		}
		for _, n := range f.first[s[i]] {
			if isMark(s[i:], f.words[n]) {
				found.add(n)
			}
		}
	}
	return found
}
