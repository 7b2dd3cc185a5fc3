package evt

import (
	"fmt"

	"kbdiag/parsers"
)

// reader reads one log.
type reader struct {
	out  *parsers.Out
	opts Options
	log  string // name of the log, "" if it cannot be told
	ring ring
	dec  decoder

	event  parsers.Event // the one handed on
	record Record        // likewise
	seen   map[recordKey]struct{}
	mended int
	carved int
}

// recordKey tells records apart: after a log was cleared, numbers begin anew.
type recordKey struct{ number, generated, id uint32 }

// head is what the head of the file says [libevt: file header].
type head struct {
	present      bool
	oldestOffset int64
	endOffset    int64
	next, oldest uint32 // numbers of the next and of the oldest record
	size         int64  // of the file
	dirty        bool   // copied while in use: nothing here is up to date
}

const flagDirty = 1

func readHead(b []byte) head {
	if len(b) < headSize || string(b[4:8]) != magic || le32(b) != headSize {
		return head{}
	}
	return head{
		present:      true,
		oldestOffset: int64(le32(b[16:])),
		endOffset:    int64(le32(b[20:])),
		next:         le32(b[24:]),
		oldest:       le32(b[28:]),
		size:         int64(le32(b[32:])),
		dirty:        le32(b[36:])&flagDirty != 0,
	}
}

// endRecord is the record behind the newest one [libevt: end of file record].
type endRecord struct {
	offset       int64 // in the file, where it was found
	oldestOffset int64
	next, oldest uint32
}

func (r *reader) read(size int64) error {
	r.ring.begin, r.ring.end = 0, size
	r.ring.set(0, size)
	h := readHead(r.ring.view(0, headSize))
	if !h.present {
		r.out.Note("the head of the file is damaged or missing; the events were read nevertheless")
	} else {
		r.ring.begin = headSize
		if h.size > headSize && h.size < size && r.ring.index([]byte(magic), h.size, size) < 0 {
			r.ring.end = h.size // what follows is not of the log
		}
	}
	if r.ring.end <= r.ring.begin {
		return nil
	}
	if h.dirty {
		r.out.Note("the log was copied while in use or after a crash: the head of the file is stale, the end mark of the events was used")
	}
	if e, ok := r.findEnd(h); ok {
		r.live(e)
	} else {
		r.recover(h)
	}
	if r.opts.Carve {
		r.carve()
	}
	if r.mended > 0 {
		r.out.Note(fmt.Sprintf("%d events were found again in damaged parts of the log", r.mended))
	}
	if r.carved > 0 {
		r.out.Note(fmt.Sprintf("%d old events were found outside of the live part of the log", r.carved))
	}
	return nil
}

// findEnd finds the end record: where the head says, or anywhere. Of several
// the newest counts.
func (r *reader) findEnd(h head) (best endRecord, ok bool) {
	if h.present && !h.dirty && h.endOffset >= r.ring.begin && h.endOffset < r.ring.end {
		r.ring.set(h.endOffset, r.ring.end-r.ring.begin)
		if e, ok := r.endAt(0); ok && e.next == h.next {
			return e, true
		}
	}
	r.ring.set(r.ring.begin, r.ring.end-r.ring.begin)
	if r.ring.size < endSize {
		return endRecord{}, false
	}
	// One that goes on at the beginning of the ring is found with the ring
	// turned by its size.
	r.ring.set(r.ring.file(r.ring.size-endSize+1), r.ring.size)
	for p := r.ring.index(endMagic, 0, r.ring.size); p >= 0; p = r.ring.index(endMagic, p+1, r.ring.size) {
		if e, valid := r.endAt(p); valid && (!ok || e.next > best.next) {
			best, ok = e, true
		}
	}
	return best, ok
}

// endAt reads the end record at place p. It must name its own place.
func (r *reader) endAt(p int64) (endRecord, bool) {
	b := r.ring.view(p, endSize)
	if len(b) < endSize || string(b[:len(endMagic)]) != string(endMagic) || le32(b[36:]) != endSize {
		return endRecord{}, false
	}
	e := endRecord{offset: r.ring.file(p), oldestOffset: int64(le32(b[20:])), next: le32(b[28:]), oldest: le32(b[32:])}
	inRing := e.oldestOffset >= r.ring.begin && e.oldestOffset < r.ring.end
	return e, inRing && int64(le32(b[24:])) == e.offset
}

// live reads the records from the oldest to the end record.
func (r *reader) live(e endRecord) {
	r.ring.set(e.oldestOffset, r.ring.distance(e.oldestOffset, e.offset))
	w := walker{ring: &r.ring, next: e.next, oldest: e.oldest}
	w.record = r.give
	w.lose = func(n int, from, to int64) { r.skip(skipMissing, n, from, to) }
	w.walk()
}

// skip accounts for n pieces between two places.
func (r *reader) skip(reason string, n int, from, to int64) {
	r.out.Skip(reason, n, r.pos(from, to-from))
}

// pos gives the place p as a place in the file. A record that goes on at the
// beginning of the file is given up to its end.
func (r *reader) pos(p, length int64) parsers.Pos {
	f := r.ring.file(p)
	return parsers.Pos{Offset: f, Length: min(length, r.ring.end-f)}
}

// place is where a record is in the ring, and what is known of it.
type place struct {
	p, size int64
	number  uint32 // that the record must have, as its neighbours say; 0 if they do not
	mended  bool
	carved  bool
}

// give decodes a record and hands it on.
func (r *reader) give(at place) bool {
	b := r.ring.view(at.p, int(at.size))
	e := &r.event
	if int64(len(b)) < at.size || !r.decode(at, b, e) {
		r.skip(skipBody, 1, at.p, at.p+at.size)
		return false
	}
	r.mark(b)
	record := e.Pos.Record
	e.Pos = r.pos(at.p, at.size)
	e.Pos.Record = record
	if r.log != "" {
		e.Set(parsers.FieldLog, r.log)
	}
	if at.mended {
		r.mended++
	}
	r.record = Record{Event: e, Mended: at.mended, Carved: at.carved, raw: b}
	e.XML, e.Carved = &r.record, at.carved
	if r.opts.Record != nil {
		r.opts.Record(&r.record)
	}
	r.out.Event(e)
	return true
}

// decode reads a record. One whose number is wrong has a damaged fixed part:
// only its names are believed.
func (r *reader) decode(at place, b []byte, e *parsers.Event) bool {
	if at.number == 0 || at.number == le32(b[8:]) {
		return r.dec.decode(b, e)
	}
	ok := r.dec.names(b, e)
	setNumber(e, at.number)
	return ok
}

// mark remembers the record, so that it is not given again. It reports whether
// it is new.
func (r *reader) mark(b []byte) bool {
	if !r.opts.Carve {
		return true
	}
	key := keyOf(b)
	if _, ok := r.seen[key]; ok {
		return false
	}
	r.seen[key] = struct{}{}
	return true
}

func keyOf(b []byte) recordKey { return recordKey{le32(b[8:]), le32(b[12:]), le32(b[20:])} }
