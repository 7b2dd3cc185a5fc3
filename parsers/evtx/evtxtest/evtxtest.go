// Package evtxtest writes small event logs (.evtx) for tests: whole ones, and
// the pieces from which damaged ones are made.
//
// The layout follows MS-EVEN6 section 2.2.12 and libevtx's documentation of
// files, chunks and records.
package evtxtest

import (
	"encoding/binary"
	"hash/crc32"
	"time"
)

const (
	headSize      = 4096
	chunkSize     = 64 << 10
	chunkHeadSize = 512
)

// Log is a log to be written.
type Log struct {
	Chunks [][]Event
	Dirty  bool
	First  uint64 // number of the first record; 0 for 1
}

// Event is one event.
type Event struct {
	Record     uint64 // EventRecordID; 0 for the record's own number
	Provider   string
	Source     string // EventSourceName; "" for none
	ID         uint16
	Qualifiers int // -1 for none
	Level      uint8
	Task       uint16
	Keywords   uint64
	Time       time.Time
	Channel    string
	Computer   string
	User       []byte // SID; nil for none
	Process    uint32 // with it come Version, Opcode, Correlation and Execution; 0 for none
	Body       []Node // below Event, beside System
	Plain      bool   // written without template, all values as text
}

// Node is an Element, a Slot, or text.
type Node interface{ isNode() }

// Text is literal text.
type Text string

// CDATA is literal text in a CDATA section.
type CDATA string

// CharRef is a reference to a character by its number.
type CharRef uint16

// EntityRef is a reference to an entity by its name.
type EntityRef string

// PI is a processing instruction.
type PI struct{ Target, Data string }

// Element is an element with its attributes and content.
type Element struct {
	Name    string
	Attrs   []Attr
	Content []Node
}

// Attr is an attribute.
type Attr struct {
	Name  string
	Value Node // Text or Slot
}

// Slot is a value of the template instance.
type Slot struct {
	Type     uint8
	Data     []byte
	Optional bool
	Nested   []Node // of type 0x21: content with a template of its own
	Bare     []Node // of type 0x21: elements without template
}

// Again is another use of a value: its index among the slots of its template.
type Again uint16

func (Again) isNode()     {}
func (Text) isNode()      {}
func (CDATA) isNode()     {}
func (CharRef) isNode()   {}
func (EntityRef) isNode() {}
func (PI) isNode()        {}
func (Element) isNode()   {}
func (Slot) isNode()      {}

// Data is <EventData> with named values; the name "" gives unnamed ones.
func Data(pairs ...string) Element {
	e := Element{Name: "EventData"}
	for i := 0; i+1 < len(pairs); i += 2 {
		d := Element{Name: "Data", Content: []Node{String(pairs[i+1])}}
		if pairs[i] != "" {
			d.Attrs = []Attr{{Name: "Name", Value: Text(pairs[i])}}
		}
		e.Content = append(e.Content, d)
	}
	return e
}

// Classic is <EventData> as the older interface writes it: one array of
// strings, and binary data if there are any.
func Classic(binaryData []byte, values ...string) Element {
	var array []byte
	for _, v := range values {
		array = append(array, UTF16(v)...)
		array = append(array, 0, 0)
	}
	e := Element{Name: "EventData", Content: []Node{
		Element{Name: "Data", Content: []Node{Slot{Type: 0x81, Data: array}}},
	}}
	blob := Slot{Type: 0x0E, Data: binaryData, Optional: true}
	if binaryData == nil {
		blob.Type = 0
	}
	e.Content = append(e.Content, Element{Name: "Binary", Content: []Node{blob}})
	return e
}

// String is a value of type string.
func String(s string) Slot { return Slot{Type: 0x01, Data: UTF16(s)} }

// Uint8 is a value of type unsigned 8-bit integer.
func Uint8(n uint8) Slot { return Slot{Type: 0x04, Data: []byte{n}} }

// Uint16 is a value of type unsigned 16-bit integer.
func Uint16(n uint16) Slot { return Slot{Type: 0x06, Data: binary.LittleEndian.AppendUint16(nil, n)} }

// Uint32 is a value of type unsigned 32-bit integer.
func Uint32(n uint32) Slot { return Slot{Type: 0x08, Data: binary.LittleEndian.AppendUint32(nil, n)} }

// Uint64 is a value of type unsigned 64-bit integer.
func Uint64(n uint64) Slot { return Slot{Type: 0x0A, Data: binary.LittleEndian.AppendUint64(nil, n)} }

// Hex64 is a value of type 64-bit integer in hexadecimal notation.
func Hex64(n uint64) Slot { return Slot{Type: 0x15, Data: binary.LittleEndian.AppendUint64(nil, n)} }

// FileTime is a value of type FILETIME.
func FileTime(t time.Time) Slot {
	return Slot{Type: 0x11, Data: binary.LittleEndian.AppendUint64(nil, fileTime(t))}
}

// SID makes a security identifier of NT authority (5).
func SID(sub ...uint32) []byte {
	b := []byte{1, byte(len(sub)), 0, 0, 0, 0, 0, 5}
	for _, s := range sub {
		b = binary.LittleEndian.AppendUint32(b, s)
	}
	return b
}

// UTF16 encodes text of the basic plane.
func UTF16(s string) []byte {
	var b []byte
	for _, r := range s {
		b = binary.LittleEndian.AppendUint16(b, uint16(r))
	}
	return b
}

func fileTime(t time.Time) uint64 {
	return uint64(t.Unix()+11644473600)*1e7 + uint64(t.Nanosecond()/100)
}

// Bytes writes the log.
func (l Log) Bytes() []byte {
	id := max(l.First, 1)
	var body []byte
	for _, events := range l.Chunks {
		var c []byte
		c, id = Chunk(events, id)
		body = append(body, c...)
	}
	h := fileHead(len(l.Chunks), id)
	if l.Dirty {
		h[120] = 1
	}
	return append(h, body...)
}

// fileHead writes the head of a file of the given number of chunks; next is the
// number behind that of the last record.
func fileHead(chunks int, next uint64) []byte {
	h := make([]byte, headSize)
	copy(h, "ElfFile\x00")
	le := binary.LittleEndian
	le.PutUint64(h[16:], uint64(max(chunks-1, 0)))
	le.PutUint64(h[24:], next)
	le.PutUint32(h[32:], 128)
	le.PutUint16(h[36:], 1)
	le.PutUint16(h[38:], 3)
	le.PutUint16(h[40:], headSize)
	le.PutUint16(h[42:], uint16(chunks))
	le.PutUint32(h[124:], crc32.ChecksumIEEE(h[:120]))
	return h
}

// Chunk writes one chunk whose first record has the number id, and gives the
// number of the next one. It panics if the events do not fit.
func Chunk(events []Event, id uint64) ([]byte, uint64) {
	i := 0
	c, next := fill(func() (Event, bool) {
		if i == len(events) {
			return Event{}, false
		}
		i++
		return events[i-1], true
	}, id)
	if next-id != uint64(len(events)) {
		panic("evtxtest: events do not fit into one chunk")
	}
	return c, next
}

// fill writes one chunk with as many events as there are and fit. One that does
// not fit is dropped.
func fill(event func() (Event, bool), id uint64) ([]byte, uint64) {
	w := &writer{b: make([]byte, chunkHeadSize, chunkSize), names: map[string]int{}, templates: map[string]int{}}
	first, last := id, 0
	for {
		e, ok := event()
		if !ok {
			break
		}
		at := len(w.b)
		w.record(e, id)
		if len(w.b) > chunkSize {
			w.b = w.b[:at]
			break
		}
		last = at
		id++
	}
	free := len(w.b)
	c := make([]byte, chunkSize)
	copy(c, w.b)
	copy(c, "ElfChnk\x00")
	le := binary.LittleEndian
	for _, at := range []int{8, 24} {
		le.PutUint64(c[at:], first)
		le.PutUint64(c[at+8:], id-1)
	}
	le.PutUint32(c[40:], 128)
	le.PutUint32(c[44:], uint32(last))
	le.PutUint32(c[48:], uint32(free))
	le.PutUint32(c[52:], crc32.ChecksumIEEE(c[chunkHeadSize:free]))
	Seal(c)
	return c, id
}

// Seal mends the checksum of a chunk's head.
func Seal(chunk []byte) {
	sum := crc32.ChecksumIEEE(chunk[:120])
	sum = crc32.Update(sum, crc32.IEEETable, chunk[128:chunkHeadSize])
	binary.LittleEndian.PutUint32(chunk[124:], sum)
}
