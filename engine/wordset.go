package engine

import (
	"math/bits"
	"math/rand/v2"
)

// wordSet is a set of word hashes. Quotes ask it far more often than words are
// put in, and a map takes several times as long. The factor is drawn, so that
// no text can be made whose words all meet in one place. The zero value is
// ready for use.
type wordSet struct {
	slots  []uint64 // 0 where empty; a power of two of them, at most half of them full
	shift  int      // of a product, that leaves a slot's number
	factor uint64
	n      int
}

// leastSlots is the size of a set for a short message.
const leastSlots = 64

// reset empties the set. Its memory is used again unless a long message made
// it large.
func (s *wordSet) reset() {
	if s.factor == 0 {
		s.factor = rand.Uint64() | 1
	}
	s.n = 0
	if len(s.slots) == leastSlots {
		clear(s.slots)
		return
	}
	s.size(leastSlots)
}

func (s *wordSet) size(n int) {
	s.slots = make([]uint64, n)
	s.shift = 64 - bits.TrailingZeros(uint(n))
}

// place gives the slot of a hash, or the empty one where it would stand.
func (s *wordSet) place(h uint64) int {
	i := int(h * s.factor >> s.shift)
	for s.slots[i] != 0 && s.slots[i] != h {
		i = (i + 1) & (len(s.slots) - 1)
	}
	return i
}

func (s *wordSet) has(h uint64) bool { return s.n > 0 && s.slots[s.place(h)] == h }

func (s *wordSet) add(h uint64) {
	i := s.place(h)
	if s.slots[i] == h {
		return
	}
	s.slots[i] = h
	s.n++
	if 2*s.n <= len(s.slots) {
		return
	}
	old := s.slots
	s.size(2 * len(old))
	for _, h := range old {
		if h != 0 {
			s.slots[s.place(h)] = h
		}
	}
}
