package evt

import (
	"cmp"
	"slices"
)

// found is a whole record found by searching.
type found struct {
	p      int64
	size   int32
	number uint32
}

// scan finds the whole records between two places of the ring, in their order.
func (r *reader) scan(from, to int64, each func(found)) {
	w := walker{ring: &r.ring}
	for p := from; p < to; {
		at := r.ring.index([]byte(magic), p+4, to) - 4
		if at < p {
			return
		}
		size := w.sizeAt(at)
		if size == 0 || at+size > to {
			p = at + 1
			continue
		}
		each(found{p: at, size: int32(size), number: w.numberAt(at)})
		p = at + size
	}
}

// recover reads a log that has no end record: all whole records that there
// are, by their numbers, without repeats.
func (r *reader) recover(h head) {
	r.out.Note("the end mark of the events is missing: all whole records of the file were read, in the order of their numbers")
	r.ring.set(r.ring.begin, r.ring.end-r.ring.begin)
	var list []found
	r.scan(0, r.ring.size, func(f found) { list = append(list, f) })
	slices.SortStableFunc(list, func(a, b found) int { return cmp.Compare(a.number, b.number) })
	given := 0
	last := recordKey{}
	for _, f := range list {
		key := keyOf(r.ring.view(f.p, recordHead))
		if given > 0 && key == last {
			continue
		}
		if r.give(place{p: f.p, size: int64(f.size)}) {
			given++
			last = key
		}
	}
	r.lostAtEnd(h, list, given)
}

// lostAtEnd accounts for what a log that is cut has lost.
func (r *reader) lostAtEnd(h head, list []found, given int) {
	behind := int64(0)
	for _, f := range list {
		behind = max(behind, f.p+int64(f.size))
	}
	if n := int64(h.next) - int64(h.oldest) - int64(given); h.present && !h.dirty && n > 0 && n < r.ring.size {
		r.skip(skipMissing, int(n), behind, r.ring.size)
		return
	}
	if b := r.ring.view(behind, 8); len(b) == 8 && string(b[4:]) == magic {
		r.skip(skipCut, 1, behind, r.ring.size)
	}
}

// carve looks for records outside of the live part of the ring.
func (r *reader) carve() {
	start, size := r.ring.file(r.ring.size), r.ring.end-r.ring.begin-r.ring.size
	if r.ring.size == r.ring.end-r.ring.begin {
		return // all of it was read
	}
	r.ring.set(start, size)
	r.scan(0, size, func(f found) {
		if _, ok := r.seen[keyOf(r.ring.view(f.p, recordHead))]; ok {
			return
		}
		if r.give(place{p: f.p, size: int64(f.size), carved: true}) {
			r.carved++
		}
	})
}
