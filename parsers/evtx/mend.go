package evtx

// mend finds out what became of the damaged stretch at pos and gives the place
// where reading goes on: the next record that continues the log, or the end.
//
// Each record ends with its size. So the records before a known place are
// found backwards, even where their heads are damaged; what is left at the
// front may be a record of which only a part was written.
func (w *walker) mend(pos int) int {
	next := w.resume(pos)
	nextID := w.idAfter(next)
	regions := w.backwards(pos, next)
	front := next
	if len(regions) > 0 {
		front = regions[len(regions)-1].pos
	}
	lost := w.expected(nextID) - len(regions)
	rest := pos
	r, state := w.torn(pos, front)
	if state != tornNone {
		rest = r.end
		lost--
	}
	if state == tornUsable {
		w.keepMended(r, nextID)
	}
	if lost == 1 && state == tornNone && front-pos >= recordMinimumSize && w.isBody(pos) {
		// The numbers say that exactly one record stands here: neither of its
		// sizes is needed.
		w.keepMended(rawRecord{pos: pos, end: front, lost: front}, nextID)
		lost, rest = 0, front
	}
	if w.isCut() && next == w.limit {
		return next // the walk accounts for what the end of the file cuts
	}
	if lost <= 0 && state == tornNone && front-rest >= recordMinimumSize && !allZero(w.b[rest:front]) {
		lost = 1
	}
	if lost > 0 {
		w.lose(skipMissing, lost, rest, front)
	}
	for i := len(regions) - 1; i >= 0; i-- {
		w.keepMended(regions[i], nextID)
	}
	if nextID > 0 {
		w.last, w.any = nextID-1, true
	}
	return next
}

// expected gives how many records should stand between the last one and the
// one with number nextID, 0 if it cannot be told.
func (w *walker) expected(nextID uint64) int {
	from := w.last + 1
	if !w.any && w.head.whole {
		from = w.head.firstID
	}
	if !w.any && !w.head.whole || nextID <= from || nextID-from > chunkSize/recordMinimumSize {
		return 0
	}
	return int(nextID - from)
}

// resume gives the next record that continues the log, or the end of the
// records.
func (w *walker) resume(pos int) int {
	for at := indexRecord(w.b[:w.limit], pos+1); at >= 0; at = indexRecord(w.b[:w.limit], at+1) {
		if w.sizeAt(at, w.limit) > 0 && w.continues(pos, at) {
			return at
		}
	}
	return w.limit
}

// continues reports whether the record at at may come after the damage at pos.
// Numbers that do not go on are the remains of older records.
func (w *walker) continues(pos, at int) bool {
	id := w.idAt(at)
	inChunk := w.head.whole && id >= w.head.firstID && id <= w.head.lastID
	if !w.any {
		return inChunk || !w.head.whole
	}
	room := uint64(at-pos)/minimumRecord + 1
	return id > w.last && (inChunk || id-w.last-1 <= room)
}

// idAfter gives the number of the record that should stand at next, 0 if it
// cannot be told.
func (w *walker) idAfter(next int) uint64 {
	switch {
	case next < w.limit:
		return w.idAt(next)
	case w.head.whole && w.limit == w.head.free:
		return w.head.lastID + 1
	}
	return 0
}

// backwards gives the records that end at next, the last one first. It stops
// at the remains of older records.
func (w *walker) backwards(pos, next int) []rawRecord {
	var regions []rawRecord
	if next == w.limit && (!w.head.whole || w.limit != w.head.free) {
		return nil // not known to be the end of a record
	}
	for end := next; end-pos >= recordMinimumSize; {
		size := int64(le32(w.b[end-4:]))
		if size < recordMinimumSize || size > int64(end-pos) {
			break
		}
		at := end - int(size)
		if w.sizeAt(at, end) > 0 && !w.continues(pos, at) || !w.isBody(at) {
			break
		}
		regions = append(regions, rawRecord{pos: at, end: end, lost: end})
		end = at
	}
	return regions
}

// isBody reports whether a record at pos has BinXML in it: a fragment header
// of version 1.1 [MS-EVEN6 2.2.12.1].
func (w *walker) isBody(pos int) bool {
	b := w.b[pos+recordHeadSize:]
	return len(b) >= fragmentSize && b[0] == tokenFragment && b[1] == 1 && b[2] == 1
}

// tornState says what became of a record whose end is not its own.
type tornState uint8

const (
	tornNone   tornState = iota // there is no such record
	tornLost                    // there is, but other data lies over its end
	tornUsable                  // what there is of it can be used
)

// torn looks at the front of a damaged stretch for a record whose head is
// right. If its end is zeros, the rest of it was never written: the page of
// the file was still in memory.
func (w *walker) torn(pos, front int) (rawRecord, tornState) {
	if front-pos < recordMinimumSize || string(w.b[pos:pos+4]) != recordMagic || !w.isBody(pos) {
		return rawRecord{}, tornNone
	}
	size := int64(le32(w.b[pos+4:]))
	if size < recordMinimumSize || size > int64(front-pos) {
		return rawRecord{}, tornNone
	}
	end := pos + int(size)
	r := rawRecord{pos: pos, end: end, lost: end}
	if le32(w.b[end-4:]) != 0 {
		if end == front && indexRecord(w.b[:end], pos+1) < 0 {
			return r, tornUsable // nothing but its last size is wrong
		}
		w.lose(skipTorn, 1, pos, end)
		return r, tornLost
	}
	for r.lost > pos && w.b[r.lost-1] == 0 {
		r.lost--
	}
	if end-r.lost <= tailZeros {
		r.lost = end
	}
	if r.lost <= r.body()+instanceHeadSize {
		w.lose(skipTorn, 1, pos, end)
		return r, tornLost
	}
	return r, tornUsable
}

// tailZeros is how many zeros a whole record whose last size is zero may end
// with, in bytes: that size, the padding, and the upper half of a number.
const tailZeros = 4 + 7 + 7

// keepMended takes a record whose head may be damaged. Its number and time are
// believed only if the number fits between its neighbours.
func (w *walker) keepMended(r rawRecord, nextID uint64) {
	r.offset, r.mended = w.base+int64(r.pos), true
	id := w.idAt(r.pos)
	if string(w.b[r.pos:r.pos+4]) == recordMagic && (!w.any || id > w.last) && (nextID == 0 || id < nextID) {
		r.id, r.written = id, le64(w.b[r.pos+16:])
		w.last, w.any = id, true
	}
	w.out = append(w.out, r)
}
