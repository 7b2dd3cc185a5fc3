package evt

// walker finds the records of a stretch of the ring.
type walker struct {
	ring   *ring
	next   uint32 // number behind the last record of the stretch
	oldest uint32 // number of its first record
	record func(place) bool
	lose   func(n int, from, to int64)

	last uint32
	any  bool
}

// walk reads the records of the ring one behind another.
func (w *walker) walk() {
	for p := int64(0); p < w.ring.size; {
		if left := w.toEdge(p); left < recordHead {
			p += left // too little for a record: filled with 27h [libevt]
			continue
		}
		if size := w.sizeAt(p); size > 0 {
			w.take(place{p: p, size: size})
			p += size
			continue
		}
		p = w.mend(p)
	}
	if w.any && w.next > w.last+1 && w.next-w.last < 1<<31 {
		w.lose(int(w.next-w.last-1), w.ring.size, w.ring.size)
	}
}

// toEdge gives how many bytes are left to the end of the file.
func (w *walker) toEdge(p int64) int64 { return w.ring.end - w.ring.file(p) }

// sizeAt gives the size of the record at p, 0 if there is no whole one.
func (w *walker) sizeAt(p int64) int64 {
	b := w.ring.view(p, recordHead)
	if len(b) < recordHead || string(b[4:8]) != magic {
		return 0
	}
	size := int64(le32(b))
	if size < recordHead || size > maxRecord || size > w.ring.size-p {
		return 0
	}
	if b = w.ring.view(p, int(size)); int64(len(b)) < size || int64(le32(b[size-4:])) != size {
		return 0
	}
	return size
}

func (w *walker) numberAt(p int64) uint32 { return le32(w.ring.view(p, recordHead)[8:]) }

func (w *walker) take(at place) {
	n := w.numberAt(at.p)
	if w.record(at) {
		w.last, w.any = n, true
	}
}

// mend finds out what became of the damaged stretch at p and gives the place
// where reading goes on: the next record that continues the log, or the end.
// As each record ends with its size, those before a known place are found
// backwards, even where their heads are damaged.
func (w *walker) mend(p int64) int64 {
	next, number := w.resume(p)
	regions := w.backwards(p, next, number)
	front := next
	if len(regions) > 0 {
		front = regions[len(regions)-1].p
	}
	lost := w.expected(number) - len(regions)
	if lost <= 0 && front-p >= recordHead && !w.ring.isZero(p, front) {
		lost = 1
	}
	if lost > 0 {
		w.lose(lost, p, front)
	}
	for i := len(regions) - 1; i >= 0; i-- {
		w.record(regions[i])
	}
	w.last, w.any = number-1, true
	return next
}

// resume gives the next record that continues the log, with its number, or
// the end.
func (w *walker) resume(p int64) (int64, uint32) {
	for at := p + 1; ; at++ {
		at = w.ring.index([]byte(magic), at+4, w.ring.size) - 4
		if at < p {
			return w.ring.size, w.next
		}
		if w.sizeAt(at) > 0 && w.continues(p, at) {
			return at, w.numberAt(at)
		}
	}
}

// continues reports whether the record at at may come after the damage at p.
func (w *walker) continues(p, at int64) bool {
	n := w.numberAt(at)
	from := w.last + 1
	if !w.any {
		from = w.oldest
	}
	room := uint64(at-p)/recordHead + 1
	return n >= from && uint64(n-from) <= room
}

// expected gives how many records should stand before the one of the given
// number, 0 if it cannot be told.
func (w *walker) expected(number uint32) int {
	from := w.last + 1
	if !w.any {
		from = w.oldest
	}
	if number < from || int64(number-from) > w.ring.size/recordHead {
		return 0
	}
	return int(number - from)
}

// backwards gives the records that end at next, where the record of the given
// number stands; the last one first.
func (w *walker) backwards(p, next int64, number uint32) []place {
	var regions []place
	for end := next; end-p >= recordHead; {
		b := w.ring.view(end-4, 4)
		if len(b) < 4 {
			break
		}
		size := int64(le32(b))
		at := end - size
		if size < recordHead || size > maxRecord || at < p || !looksWhole(w.ring.view(at, int(size))) {
			break
		}
		number--
		regions = append(regions, place{p: at, size: size, number: number, mended: true})
		end = at
	}
	return regions
}
