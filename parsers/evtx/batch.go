package evtx

import (
	"kbdiag/parsers"
)

// batch is one chunk on its way: read by the source, turned into events by a
// worker, handed on in the order of the file.
type batch struct {
	buf    []byte // the chunk; less than chunkSize where the file ends or is spliced
	base   int64  // of buf in the file
	done   chan struct{}
	defect bool // the worker panicked

	events  []parsers.Event
	records []rawRecord // by event
	orphans []orphan    // records whose template is not in their chunk
	losses  []loss
	fresh   []*template // templates of the chunk that its worker has not seen before
	partial int         // events of which some values are lost
	mended  int         // events found again after damage
	strings []string
	named   []parsers.Named
	junk    bool // neither chunk nor zeros
	zero    bool // nothing but zeros
}

// orphan is a record that needs a template of another chunk. at is the number
// of events before it.
type orphan struct {
	record rawRecord
	at     int
}

func newBatch() *batch {
	return &batch{buf: make([]byte, 0, chunkSize+lookAhead), done: make(chan struct{}, 1)}
}

// worker turns chunks into events.
type worker struct {
	x extractor
	w walker
}

func newWorker(want func(*parsers.Event) bool) *worker {
	w := &worker{}
	w.x.want = want
	w.x.tmpls = templates{cache: newCache(), byOff: map[uint32]*template{}}
	return w
}

// read fills b from its chunk. A panic stays with the chunk: a defect here
// must not cost the rest of the log.
func (k *worker) read(b *batch) {
	b.events, b.records, b.orphans, b.losses, b.fresh = b.events[:0], b.records[:0], b.orphans[:0], b.losses[:0], b.fresh[:0]
	b.partial, b.mended, b.defect, b.junk, b.zero = 0, 0, false, false, false
	defer func() {
		if recover() != nil {
			b.defect = true
		}
	}()
	k.w = walker{b: b.buf, base: b.base, out: k.w.out[:0], losses: b.losses}
	k.x.reset(b.buf, b.strings, b.named)
	if b.zero = allZero(b.buf); b.zero || len(b.buf) < chunkHeadSize {
		b.junk = !b.zero
		return
	}
	k.w.walk()
	if !k.w.head.present && len(k.w.out) == 0 {
		b.junk = true
		return
	}
	b.losses = k.w.losses
	for i := range k.w.out {
		k.record(b, &k.w.out[i])
	}
	b.fresh = append(b.fresh, k.x.tmpls.cache.fresh...)
	k.x.tmpls.cache.fresh = k.x.tmpls.cache.fresh[:0]
	b.strings, b.named = k.x.strings, k.x.named
}

func (k *worker) record(b *batch, r *rawRecord) {
	b.events = append(b.events, parsers.Event{})
	e := &b.events[len(b.events)-1]
	switch err := k.x.extract(r, e); err {
	case nil:
		b.records = append(b.records, *r)
		if k.x.damaged {
			b.partial++
		}
		if r.mended {
			b.mended++
		}
	case errTemplate:
		b.events = b.events[:len(b.events)-1]
		b.orphans = append(b.orphans, orphan{record: *r, at: len(b.events)})
	default:
		reason := skipBody
		if err == errWork {
			reason = skipWork
		}
		b.events = b.events[:len(b.events)-1]
		b.losses = append(b.losses, loss{reason: reason, n: 1, pos: r.pos, length: r.end - r.pos})
	}
}
