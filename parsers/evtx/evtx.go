// Package evtx reads binary event logs of Windows Vista and later (.evtx).
//
// The format is described in MS-EVEN6 section 2.2.12 (BinXML) and in the
// documentation of libevtx (file, chunks, records). A log is a row of chunks of
// 64 KiB; each stands for itself, so they are read in parallel, a few at a
// time, and handed on in the order of the file.
package evtx

import (
	"fmt"
	"runtime"

	"kbdiag/parsers"
)

// Format is the form for the list of forms.
func Format() parsers.Format {
	return parsers.Format{Name: "evtx", Detect: detect, Parse: parse, EventsOnly: true}
}

// detect goes by the magic of the file or, where its head is damaged or
// missing, of the first chunk.
func detect(h *parsers.Head) int {
	switch {
	case len(h.Raw) >= len(fileMagic) && string(h.Raw[:len(fileMagic)]) == fileMagic:
		return 100
	case len(h.Raw) > fileHeadSize && isHead(h.Raw[fileHeadSize:]), isHead(h.Raw):
		return 90
	}
	return 0
}

func parse(in *parsers.Input, out *parsers.Out) error {
	return Read(in, out, Options{})
}

// Options says how a log is read.
type Options struct {
	// Workers is how many chunks are read at the same time; 0 for one per CPU.
	// The result does not depend on it.
	Workers int
	// Want says of an event, of which all is known but its strings, data and
	// message, whether these are needed. The others are left unknown, which
	// saves most of the work. It is called by several goroutines. nil wants
	// all.
	Want func(*parsers.Event) bool
	// Record, if set, is told of each event just before out is. It can write the
	// event's XML.
	Record func(*Record)
	// Carve also gives the events that are found in the free space: old ones
	// that the log no longer counts as its own. They come last, without those
	// that the log still has and without repeats. It needs random access.
	Carve bool
}

// Read reads the log and gives its events to out, in the order of the file.
// Damage is skipped and accounted for.
func Read(in *parsers.Input, out *parsers.Out, opts Options) error {
	r := &reader{in: in, out: out, opts: opts, known: map[uint32]*template{}, live: map[recordKey]struct{}{}}
	return r.read()
}

// reader reads one log.
type reader struct {
	in    *parsers.Input
	out   *parsers.Out
	opts  Options
	head  fileHead
	src   source
	known map[uint32]*template   // templates of the chunks handed on, by id
	live  map[recordKey]struct{} // records handed on, if carving
	late  []*lateChunk           // with records that wait for a template of a later chunk

	orphans *orphans // nil until needed

	xml     *xmlWriter // nil until needed
	xmlBase int64      // of the chunk that its templates are of

	chunks  int // that are chunks
	size    int64
	partial int
	mended  int
}

// fileHead is what the head of the file says [libevtx: file header].
type fileHead struct {
	present bool
	chunks  int  // 16 bits: wraps in logs of more than 4 GB
	dirty   bool // copied while in use
}

const flagDirty = 1

func readFileHead(b []byte) fileHead {
	if len(b) < 128 || string(b[:len(fileMagic)]) != fileMagic {
		return fileHead{}
	}
	return fileHead{
		present: true,
		chunks:  int(b[42]) | int(b[43])<<8,
		dirty:   b[120]&flagDirty != 0,
	}
}

func (r *reader) read() error {
	r.src = source{r: r.in.Bytes()}
	// A file that begins with a chunk has lost its head.
	if !isHead(r.in.Head.Raw) {
		b, err := r.src.head(fileHeadSize)
		if err != nil {
			return fmt.Errorf("%s: %w", r.in.Path, err)
		}
		r.head = readFileHead(b)
	}
	err := r.run()
	r.finish()
	if err == nil && r.opts.Carve {
		err = r.carve()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", r.in.Path, err)
	}
	return nil
}

// workers gives how many workers the log is worth.
func (r *reader) workers() int {
	n := r.opts.Workers
	if n <= 0 {
		n = runtime.GOMAXPROCS(0)
	}
	if r.in.Size >= 0 {
		n = min(n, int(r.in.Size/chunkSize)+1)
	}
	return max(n, 1)
}

// run lets the workers read the chunks and hands their events on.
func (r *reader) run() error {
	n := r.workers()
	free := make(chan *batch, n+2)
	for range n + 2 {
		free <- newBatch()
	}
	work, order := make(chan *batch, n+2), make(chan *batch, n+2)
	stop := make(chan struct{})
	defer close(stop)
	for range n {
		k := newWorker(r.opts.Want)
		go func() {
			for b := range work {
				k.read(b)
				b.done <- struct{}{}
			}
		}()
	}
	var failed error // written before order is closed
	go func() {
		defer close(order)
		defer close(work)
		failed = r.feed(free, work, order, stop)
	}()
	for b := range order {
		<-b.done
		r.deliver(b)
		free <- b
	}
	return failed
}

// feed reads chunks until the input ends or stop is closed.
func (r *reader) feed(free <-chan *batch, work, order chan<- *batch, stop <-chan struct{}) error {
	for {
		var b *batch
		select {
		case b = <-free:
		case <-stop:
			return nil
		}
		var err error
		b.buf, b.base, err = r.src.next(b.buf)
		if err != nil || len(b.buf) == 0 {
			return err
		}
		work <- b
		order <- b
	}
}

// deliver hands on what a worker made of a chunk.
func (r *reader) deliver(b *batch) {
	r.size = b.base + int64(len(b.buf))
	if b.defect {
		r.out.Skip(skipDefect, 1, b.span(0, len(b.buf)))
		return
	}
	if b.junk {
		r.out.Skip(skipJunk, 1, b.span(0, len(b.buf)))
		return
	}
	if isMagic(b.buf) {
		r.chunks++
	}
	r.partial += b.partial
	r.mended += b.mended
	r.learn(b)
	orphans := b.orphans
	for i := range b.events {
		for len(orphans) > 0 && orphans[0].at <= i {
			r.adopt(b, &orphans[0])
			orphans = orphans[1:]
		}
		r.give(&b.events[i], &b.records[i], b.buf, b.base)
	}
	for i := range orphans {
		r.adopt(b, &orphans[i])
	}
	for _, l := range b.losses {
		r.out.Skip(l.reason, l.n, b.span(l.pos, l.length))
	}
}

// give hands one event on.
func (r *reader) give(e *parsers.Event, raw *rawRecord, chunk []byte, base int64) {
	if r.opts.Carve {
		r.live[recordKey{raw.id, raw.written}] = struct{}{}
	}
	if r.opts.Record != nil {
		r.opts.Record(&Record{Event: e, Mended: raw.mended, Carved: raw.carved, r: r, raw: raw, chunk: chunk, base: base})
	}
	r.out.Event(e)
}

// Record is an event as the log has it. It is only valid during the call.
type Record struct {
	*parsers.Event
	Mended bool // found again after damage
	Carved bool // found in the free space: the log no longer counts it

	r     *reader
	raw   *rawRecord
	chunk []byte
	base  int64
}

// AppendXML appends the event as XML, with all that the record holds and
// without white space that is not in it. On an error what could be read is appended.
func (rec *Record) AppendXML(dst []byte) ([]byte, error) {
	r := rec.r
	if r.xml == nil {
		r.xml = &xmlWriter{tmpls: r.newTemplates()}
	}
	x := r.xml
	if r.xmlBase != rec.base || x.chunk == nil {
		x.tmpls.reset()
		r.xmlBase = rec.base
	}
	x.chunk, x.dst = rec.chunk, dst
	err := x.record(rec.raw)
	return x.dst, err
}

// span gives a place in the chunk as a place in the file.
func (b *batch) span(pos, length int) parsers.Pos {
	return parsers.Pos{Offset: b.base + int64(pos), Length: int64(length)}
}

// finish accounts for what concerns the whole log.
func (r *reader) finish() {
	r.readLate()
	if r.head.dirty {
		r.out.Note("the log was copied while in use or after a crash: its newest events may be missing")
	}
	if !r.head.present {
		r.out.Note("the head of the file is damaged or missing; the events were read nevertheless")
	}
	if r.partial > 0 {
		r.out.Note(fmt.Sprintf("%d events are damaged: what could not be read of them is unknown", r.partial))
	}
	if r.mended > 0 {
		r.out.Note(fmt.Sprintf("%d events were found again in damaged parts of the log", r.mended))
	}
	whole := int((r.size - fileHeadSize + chunkSize - 1) / chunkSize)
	if r.head.present && whole < r.head.chunks {
		r.out.Skip(skipChunks, r.head.chunks-whole, parsers.Pos{Offset: r.size})
	}
}
