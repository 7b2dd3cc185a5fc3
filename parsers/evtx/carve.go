package evtx

import (
	"fmt"
	"io"

	"kbdiag/parsers"
)

// recordKey tells records apart: after a log was cleared, numbers begin anew.
type recordKey struct{ id, written uint64 }

// carver finds old events in what the log's own records leave free.
type carver struct {
	r       *reader
	seen    map[recordKey]struct{} // live or carved before
	w       walker
	x       extractor
	carved  int
	damaged int
}

// carve reads the log once more, for what is not live.
func (r *reader) carve() error {
	at := r.in.ReaderAt()
	if at == nil || r.in.Size < 0 {
		r.out.Note("old events were not looked for: this needs a file, not a stream")
		return nil
	}
	c := &carver{r: r, seen: r.live}
	c.x.tmpls = *r.newTemplates()
	c.x.want = r.opts.Want
	src := source{r: io.NewSectionReader(at, 0, r.in.Size)}
	if !isHead(r.in.Head.Raw) {
		if _, err := src.head(fileHeadSize); err != nil {
			return err
		}
	}
	var buf []byte
	for {
		var base int64
		var err error
		if buf, base, err = src.next(buf); err != nil || len(buf) == 0 {
			c.report()
			return err
		}
		c.chunk(buf, base)
	}
}

func (c *carver) report() {
	if c.carved > 0 {
		c.r.out.Note(fmt.Sprintf("%d old events were found in the free space of the log", c.carved))
	}
	if c.damaged > 0 {
		c.r.out.Note(fmt.Sprintf("%d remains of old events could not be read", c.damaged))
	}
}

// chunk looks for records between the live ones of a chunk.
func (c *carver) chunk(b []byte, base int64) {
	c.w = walker{b: b, base: base, out: c.w.out[:0], losses: c.w.losses[:0]}
	c.x.reset(b, c.x.strings, c.x.named)
	if len(b) >= chunkHeadSize && !allZero(b) {
		c.w.walk() // as the workers do, also where the chunk's head is damaged
	}
	from := 0
	for i := range c.w.out {
		c.gap(b, base, from, c.w.out[i].pos)
		from = c.w.out[i].end
	}
	c.gap(b, base, from, len(b))
}

// gap looks for whole records in b[from:to].
func (c *carver) gap(b []byte, base int64, from, to int) {
	for pos := indexRecord(b[:to], from); pos >= 0; {
		size := c.w.sizeAt(pos, to)
		if size == 0 {
			pos = indexRecord(b[:to], pos+1)
			continue
		}
		c.record(b, base, pos, pos+size)
		pos = indexRecord(b[:to], pos+size)
	}
}

func (c *carver) record(b []byte, base int64, pos, end int) {
	r := rawRecord{pos: pos, end: end, lost: end, offset: base + int64(pos), id: c.w.idAt(pos), written: le64(b[pos+16:]), carved: true}
	key := recordKey{r.id, r.written}
	if _, ok := c.seen[key]; ok {
		return
	}
	c.x.strings, c.x.named = c.x.strings[:0], c.x.named[:0]
	var e parsers.Event
	if c.x.extract(&r, &e) != nil || c.x.damaged || !e.Has(parsers.FieldID|parsers.FieldTime) {
		c.damaged++
		return
	}
	c.seen[key] = struct{}{}
	c.carved++
	c.r.give(&e, &r, b, base)
}
