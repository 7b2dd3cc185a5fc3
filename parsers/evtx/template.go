package evtx

import (
	"encoding/binary"
	"errors"
)

// template is a template definition, compiled once and used wherever the same
// definition stands. It is free of chunk-relative offsets.
type template struct {
	guid     [guidSize]byte
	raw      string // the definition's tokens as they stand in the chunk it was compiled from
	holes    []hole // what differs in raw from chunk to chunk
	nodes    []node
	programs [contexts]*program // compiled when first needed, by the worker that owns the template
}

// id is the short name by which instances refer to the template: the first
// four bytes of its GUID.
func (t *template) id() uint32 { return binary.LittleEndian.Uint32(t.guid[:]) }

// program gives what to extract where the template's content stands in ctx.
func (t *template) program(ctx context) *program {
	if t.programs[ctx] == nil {
		t.programs[ctx] = compile(t.nodes, ctx)
	}
	return t.programs[ctx]
}

// matches reports whether the definition at chunk[start:] is this one. Names
// are compared, not where they stand: their offsets differ in every chunk.
func (t *template) matches(chunk []byte, start int) bool {
	if len(t.raw) > len(chunk)-start {
		return false
	}
	here := chunk[start : start+len(t.raw)]
	from := 0
	for i := range t.holes {
		h := &t.holes[i]
		at := int(h.at)
		if string(here[from:at]) != t.raw[from:at] {
			return false
		}
		ref := int(binary.LittleEndian.Uint32(here[at:]))
		from = at + 4
		if h.inline {
			if ref != start+from {
				return false
			}
			from += 4 // hash chain
			continue
		}
		raw, ok := rawName(chunk, ref)
		if !ok || string(raw) != h.raw {
			return false
		}
	}
	return string(here[from:]) == t.raw[from:]
}

// cache holds the compiled templates of one worker.
type cache struct {
	byGUID map[[guidSize]byte][]*template
	bytes  int
	fresh  []*template // compiled since it was last emptied
}

const (
	// maxCache bounds the size of the templates in a cache, in bytes. A log has
	// a few hundred templates of about 1 KB.
	maxCache = 8 << 20
	// maxShapes bounds the templates with the same GUID. They differ in which
	// names stand in them and which elsewhere.
	maxShapes = 64
)

func newCache() *cache { return &cache{byGUID: map[[guidSize]byte][]*template{}} }

// get gives the template whose definition stands at chunk[at:].
func (c *cache) get(chunk []byte, at int, effort *effort) (*template, error) {
	if at < chunkHeadSize || at > len(chunk)-templateHeadSize {
		return nil, errCut
	}
	var guid [guidSize]byte
	copy(guid[:], chunk[at+guidOffset:])
	start := at + templateHeadSize
	for _, t := range c.byGUID[guid] {
		if !effort.spend(1 + len(t.raw)/bytesCompared) {
			return nil, errWork
		}
		if t.matches(chunk, start) {
			return t, nil
		}
	}
	p := parser{chunk: chunk, pos: start, end: len(chunk), depend: true, effort: effort}
	if err := p.parseTemplate(); err != nil {
		return nil, err
	}
	size := p.cost()
	t := &template{guid: guid, raw: string(chunk[start:p.pos]), holes: p.holes, nodes: p.nodes}
	c.keep(t, size)
	return t, nil
}

func (c *cache) keep(t *template, size int) {
	if c.bytes += size; c.bytes > maxCache || len(c.byGUID[t.guid]) >= maxShapes {
		clear(c.byGUID)
		c.bytes = size
	}
	c.byGUID[t.guid] = append(c.byGUID[t.guid], t)
	c.fresh = append(c.fresh, t)
}

// templates finds the templates of one chunk.
type templates struct {
	cache  *cache
	effort effort                 // for the chunk
	byOff  map[uint32]*template   // by offset of the definition; nil if it cannot be read
	known  func(uint32) *template // of other chunks, by id; for definitions that are lost here; may be nil
}

// reset makes ready for the next chunk.
func (ts *templates) reset() {
	clear(ts.byOff)
	ts.effort = effort{left: maxWork}
}

var errTemplate = errors.New("template lost")

func (ts *templates) get(chunk []byte, off, id uint32) (*template, error) {
	t, ok := ts.byOff[off]
	if !ok {
		// A definition that cannot be read is remembered as such.
		t, _ = ts.cache.get(chunk, int(off), &ts.effort)
		ts.byOff[off] = t
	}
	if t != nil && t.id() == id {
		return t, nil
	}
	if ts.known != nil {
		if other := ts.known(id); other != nil {
			return other, nil
		}
	}
	return nil, errTemplate
}

// fragment is one template instance, or one element that has no template.
type fragment struct {
	nodes []node
	tmpl  *template // nil without template
	slots []slot
}

func (f *fragment) program(ctx context) *program {
	if f.tmpl != nil {
		return f.tmpl.program(ctx)
	}
	return compile(f.nodes, ctx)
}

// fragments reads the fragments of a record or of a value, one after another.
type fragments struct {
	chunk  []byte
	tmpls  *templates
	pos    int
	end    int
	depend bool    // whether elements without template carry a dependency id
	slots  *[]slot // stack that the instances' values are put on
	lost   int     // values from here on were never written; the end of the record if all were
	count  int
}

// next gives the next fragment; ok is false at the end. What follows the first
// fragment and is none is padding.
func (fs *fragments) next() (f fragment, ok bool, err error) {
	for fs.pos < fs.end {
		switch fs.chunk[fs.pos] &^ tokenMore {
		case tokenFragment:
			fs.pos += fragmentSize
		case tokenTemplate:
			f, err = fs.instance()
			fs.count++
			return f, err == nil, err
		case tokenElement:
			f, err = fs.element()
			fs.count++
			return f, err == nil, err
		case tokenPITarget:
			f, err = fs.element()
			return f, err == nil, err
		case tokenEOF:
			return f, false, nil
		default:
			if fs.count == 0 {
				return f, false, errToken
			}
			return f, false, nil
		}
	}
	return f, false, nil
}

// element reads an element without template. Whether it has a dependency id
// depends on where it stands; where the usual reading fails, the other is
// tried.
func (fs *fragments) element() (fragment, error) {
	var first error
	for _, depend := range [2]bool{fs.depend, !fs.depend} {
		p := parser{chunk: fs.chunk, pos: fs.pos, end: fs.end, depend: depend, effort: &fs.tmpls.effort}
		err := p.parseElement()
		if err == nil {
			fs.pos = p.pos
			return fragment{nodes: p.nodes}, nil
		}
		if first == nil {
			first = err
		}
	}
	return fragment{}, first
}

// instance reads a template instance: the reference to its definition, the
// definition itself where the chunk has it for the first time, and the values
// [MS-EVEN6 2.2.12.4].
func (fs *fragments) instance() (fragment, error) {
	if fs.end-fs.pos < instanceHeadSize {
		return fragment{}, errCut
	}
	id := binary.LittleEndian.Uint32(fs.chunk[fs.pos+2:])
	off := binary.LittleEndian.Uint32(fs.chunk[fs.pos+6:])
	at := fs.pos + instanceHeadSize
	t, err := fs.tmpls.get(fs.chunk, off, id)
	if int64(off) == int64(at) {
		at = fs.behind(at, t)
	}
	if err != nil {
		return fragment{}, err
	}
	values, err := fs.values(at)
	return fragment{nodes: t.nodes, tmpl: t, slots: values}, err
}

// behind gives the place behind the definition at at. Its size field is wrong
// in some logs; then the tokens that were read tell.
func (fs *fragments) behind(at int, t *template) int {
	if at+templateHeadSize > fs.end {
		return fs.end
	}
	size := int64(binary.LittleEndian.Uint32(fs.chunk[at+20:]))
	at += templateHeadSize
	if t != nil && (size < int64(len(t.raw)) || size > int64(fs.end-at)) {
		return at + len(t.raw)
	}
	return at + int(min(size, int64(fs.end-at)))
}

// values puts the values at at on the stack: their number, their descriptors,
// and the values one behind another. A value that is not in the record is
// marked as lost.
func (fs *fragments) values(at int) ([]slot, error) {
	if at+4 > fs.end {
		return nil, errCut
	}
	n := int64(binary.LittleEndian.Uint32(fs.chunk[at:]))
	at += 4
	if n*descriptorSize > int64(fs.end-at) {
		return nil, errCut
	}
	data := at + int(n)*descriptorSize
	if !fs.tmpls.effort.spend(int(n)) {
		return nil, errWork
	}
	from := len(*fs.slots)
	stack := *fs.slots
	for ; n > 0; n-- {
		size := int(binary.LittleEndian.Uint16(fs.chunk[at:]))
		s := slot{off: uint32(data), size: uint16(size), typ: fs.chunk[at+2]}
		if data+size > fs.lost || at+descriptorSize > fs.lost {
			s = slot{typ: typeLost}
		}
		stack = append(stack, s)
		at += descriptorSize
		data += size
	}
	*fs.slots = stack
	fs.pos = min(data, fs.end)
	return stack[from:len(stack):len(stack)], nil
}
