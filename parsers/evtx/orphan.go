package evtx

import (
	"bytes"

	"kbdiag/parsers"
)

// maxLate bounds the chunks that are kept for a template to turn up in a later
// one.
const maxLate = 32

// maxKnown bounds the templates that are kept for chunks that lost theirs.
const maxKnown = 1 << 12

// lateChunk is a chunk with records that wait for their templates.
type lateChunk struct {
	chunk   []byte
	base    int64
	records []rawRecord
}

// learn keeps the templates of a chunk. The first one of a name counts. A
// worker tells of a template when it first sees it; as each worker reads its
// chunks in order, the first one in the file is always told of, whichever
// worker was faster.
func (r *reader) learn(b *batch) {
	for _, t := range b.fresh {
		if _, ok := r.known[t.id()]; !ok && len(r.known) < maxKnown {
			// The programs stay with the worker.
			r.known[t.id()] = &template{guid: t.guid, raw: t.raw, holes: t.holes, nodes: t.nodes}
		}
	}
}

// adopt reads a record whose template is lost in its own chunk with that of
// another one. If none is known yet, the record waits until the end.
func (r *reader) adopt(b *batch, o *orphan) {
	if r.readOrphan(b.buf, b.base, &o.record) {
		return
	}
	n := len(r.late)
	if n == 0 || r.late[n-1].base != b.base {
		if n == maxLate {
			r.lost(&o.record)
			return
		}
		r.late = append(r.late, &lateChunk{chunk: bytes.Clone(b.buf), base: b.base})
		n++
	}
	r.late[n-1].records = append(r.late[n-1].records, o.record)
}

// readLate reads the records that waited.
func (r *reader) readLate() {
	for _, l := range r.late {
		for i := range l.records {
			if !r.readOrphan(l.chunk, l.base, &l.records[i]) {
				r.lost(&l.records[i])
			}
		}
	}
	r.late = nil
}

func (r *reader) lost(o *rawRecord) {
	r.out.Skip(skipTemplate, 1, parsers.Pos{Record: o.id, Offset: o.offset, Length: int64(o.end - o.pos)})
}

// orphans reads records with the templates of other chunks.
type orphans struct {
	x    extractor
	base int64 // of the chunk it is set to
}

func (r *reader) newOrphans() *orphans {
	o := &orphans{base: -1}
	o.x.want = r.opts.Want
	o.x.tmpls = *r.newTemplates()
	return o
}

// newTemplates gives access to the templates of all chunks handed on.
func (r *reader) newTemplates() *templates {
	return &templates{cache: newCache(), byOff: map[uint32]*template{}, known: func(id uint32) *template { return r.known[id] }}
}

// readOrphan reads a record with the templates of other chunks.
func (r *reader) readOrphan(chunk []byte, base int64, o *rawRecord) bool {
	if r.orphans == nil {
		r.orphans = r.newOrphans()
	}
	x := &r.orphans.x
	// A chunk that waited is a copy: the memory that it was read into holds
	// another one by now.
	if r.orphans.base != base || &x.texts.chunk[0] != &chunk[0] {
		x.reset(chunk, x.strings, x.named)
		r.orphans.base = base
	}
	x.strings, x.named = x.strings[:0], x.named[:0]
	var e parsers.Event
	if x.extract(o, &e) != nil {
		return false
	}
	if x.damaged {
		r.partial++
	}
	r.mended++
	r.give(&e, o, chunk, base)
	return true
}
