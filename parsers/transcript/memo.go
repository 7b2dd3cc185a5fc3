package transcript

import "hash/maphash"

// memo remembers what lines were found to be, by their text: in logs of
// dialogues most lines come again and again. It holds the lines seen last, and
// nothing that depends on the lines around them.
type memo struct {
	seed  maphash.Seed
	lines [memoSize]memoLine
}

const memoSize = 1 << 10

// minMemo is from how many lines in a window on a memo is worth its memory.
const minMemo = 400

// memoLine is what is known of a line.
type memoLine struct {
	text string
	has  uint8 // which of the following are known

	// what cook made of it
	stamped bool
	cooked  struct {
		text  string
		event *event
		kind  kind
		side  side
	}

	// what a look found
	kind kind
	side side
	look uint8
	mute bool
	hits []hit

	// the mark that a block found, in the set
	set    uint8
	marked bool
	mark   hit
}

// What is known of a line.
const (
	hasCooked uint8 = 1 << iota
	hasLook
	hasMark
)

// at gives what is known of a line, mostly nothing yet; nil without a memo.
func (m *memo) at(text string) *memoLine {
	if m == nil {
		return nil
	}
	l := &m.lines[maphash.String(m.seed, text)%memoSize]
	if l.text != text {
		*l = memoLine{text: text}
	}
	return l
}

// cook gives an item what is known of its line; false if that is nothing.
func (l *memoLine) cook(it *item) bool {
	if l == nil || l.has&hasCooked == 0 || l.stamped != it.stamped() {
		return false
	}
	c := &l.cooked
	it.text, it.event, it.kind, it.side = c.text, c.event, c.kind, c.side
	return true
}

// keepCooked remembers what was made of the line.
func (l *memoLine) keepCooked(it *item) {
	if l == nil {
		return
	}
	l.has |= hasCooked
	l.stamped = it.stamped()
	c := &l.cooked
	c.text, c.event, c.kind, c.side = it.text, it.event, it.kind, it.side
}

// looked reports whether a look at such an item was taken.
func (l *memoLine) looked(it *item) bool {
	return l != nil && l.has&hasLook != 0 && l.kind == it.kind && l.side == it.side
}

// keepLook remembers what a look found.
func (l *memoLine) keepLook(it *item, look uint8, hits []hit) {
	if l == nil {
		return
	}
	l.has |= hasLook
	l.kind, l.side, l.look, l.mute, l.hits = it.kind, it.side, look, it.mute, hits
}

// markOf gives the first mark of a set in a text, false if there is none.
func (b *builder) markOf(text string) (hit, bool) {
	l := b.p.memo.at(text)
	if l != nil && l.has&hasMark != 0 && l.set == b.m.set {
		return l.mark, l.marked
	}
	h, ok := b.findMark(text)
	if l != nil {
		l.has |= hasMark
		l.set, l.mark, l.marked = b.m.set, h, ok
	}
	return h, ok
}

func (b *builder) findMark(text string) (hit, bool) {
	b.hits = markHits(text, b.m.set, b.hits)
	for _, h := range b.hits {
		if tokens[h.token].set == b.m.set && !mentioned(text, h) {
			return h, true
		}
	}
	return hit{}, false
}
