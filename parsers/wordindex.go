package parsers

import "sort"

// wordIndex finds many words in a text at once. The time it takes depends on
// the text and on how many lengths of words begin alike, not on how many words
// there are: a log of a day may hold thousands of passwords.
type wordIndex struct {
	words   map[string]int // to the number of the word
	lengths map[uint32][]int
	begin   [256]uint32 // for each first byte the low five bits of second ones, as a set of bits
}

// minWord is the length of the shortest word that is looked for, in bytes.
const minWord = 3

// newWordIndex takes words of minWord bytes or more; the number of a word is
// its place in the list.
func newWordIndex(words []string) *wordIndex {
	x := &wordIndex{words: make(map[string]int, len(words)), lengths: map[uint32][]int{}}
	for i, w := range words {
		if len(w) < minWord {
			continue
		}
		x.words[w] = i
		x.begin[w[0]] |= 1 << (w[1] & 31)
		x.lengths[beginning(w)] = addLength(x.lengths[beginning(w)], len(w))
	}
	return x
}

func beginning(s string) uint32 { return uint32(s[0])<<16 | uint32(s[1])<<8 | uint32(s[2]) }

// addLength keeps a list of lengths sorted, each once.
func addLength(list []int, n int) []int {
	i := sort.SearchInts(list, n)
	if i < len(list) && list[i] == n {
		return list
	}
	list = append(list, 0)
	copy(list[i+1:], list[i:])
	list[i] = n
	return list
}

// wordAt is a word found in a text.
type wordAt struct {
	from, to int // in bytes
	word     int // its number
}

// find gives where words stand in a text, by their beginnings; of those that
// begin at the same place the longest comes first. They may overlap.
func (x *wordIndex) find(t string) []wordAt {
	var found []wordAt
	for i := 0; i+minWord <= len(t); i++ {
		if x.begin[t[i]]&(1<<(t[i+1]&31)) == 0 {
			continue
		}
		lengths := x.lengths[beginning(t[i:])]
		for k := len(lengths) - 1; k >= 0; k-- {
			end := i + lengths[k]
			if end > len(t) {
				continue
			}
			if n, ok := x.words[t[i:end]]; ok {
				found = append(found, wordAt{i, end, n})
			}
		}
	}
	return found
}

// alone reports whether a word stands as a word of its own.
func (w wordAt) alone(t string) bool {
	return (w.from == 0 || !isWordByte(t[w.from-1])) && (w.to == len(t) || !isWordByte(t[w.to]))
}
