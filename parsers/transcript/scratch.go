package transcript

import "strings"

// scratch is memory that readings use one after the other: what one reader
// holds is gone when the next one begins. The sessions given out have none of
// it but text.
type scratch struct {
	reader  reader
	queue   [16]*turn // where the queue of a reader begins
	slots   []*slot
	replies []*reply
	used    int                                                 // of slots
	said    int                                                 // of replies
	named   struct{ greeting, banner, product, version string } // what software told last
}

// slot is a turn with its command.
type slot struct {
	turn    turn
	pending pending
}

// begin gives a new reader.
func (s *scratch) begin() *reader {
	old := &s.reader
	*old = reader{mem: s, turns: old.turns[:0], queue: s.queue[:0], take: old.take[:0], lastUsed: -1, said: -1}
	s.used, s.said = 0, 0
	return old
}

// slot gives an empty slot.
func (s *scratch) slot() *slot {
	if s.used == len(s.slots) {
		s.slots = append(s.slots, &slot{})
	}
	t := s.slots[s.used]
	*t = slot{}
	s.used++
	return t
}

// software is software for a greeting that is mostly the one before.
func (s *scratch) software(greeting string) (banner, name, version string) {
	n := &s.named
	if n.greeting != greeting {
		n.greeting = strings.Clone(greeting)
		n.banner, n.product, n.version = software(n.greeting)
	}
	return n.banner, n.product, n.version
}

// reply gives a reply of its own to keep.
func (s *scratch) reply(r *reply) *reply {
	if s.said == len(s.replies) {
		s.replies = append(s.replies, &reply{})
	}
	p := s.replies[s.said]
	*p = *r
	s.said++
	return p
}
