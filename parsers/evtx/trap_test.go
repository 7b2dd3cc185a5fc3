package evtx_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kbdiag/parsers"
	"kbdiag/parsers/evtx"
	"kbdiag/parsers/evtx/evtxtest"
)

const (
	fileHead  = 4096
	chunkHead = 512
	chunkSize = 64 << 10
)

// services is a log of n chunks with per events each.
func services(n, per int) []byte {
	var l evtxtest.Log
	for c := range n {
		var events []evtxtest.Event
		for i := range per {
			events = append(events, service(c*per+i, fmt.Sprintf("Service%d", c*per+i+1)))
		}
		l.Chunks = append(l.Chunks, events)
	}
	return l.Bytes()
}

// recordAt gives the place and size of record i (0-based) of chunk c.
func recordAt(data []byte, c, i int) (pos, size int) {
	pos = fileHead + c*chunkSize + chunkHead
	for {
		size = int(binary.LittleEndian.Uint32(data[pos+4:]))
		if i == 0 {
			return pos, size
		}
		pos += size
		i--
	}
}

// got is a reading in short: the numbers of the records and what was skipped.
type got struct {
	Records []uint64
	Skipped []string
	Notes   []string // of events that are missing
}

func short(t *testing.T, data []byte, opts evtx.Options) got {
	t.Helper()
	var g got
	acct := readBytes(t, data, opts, func(e *parsers.Event) {
		g.Records = append(g.Records, e.Pos.Record)
		if e.Has(parsers.FieldStrings) && e.Strings[0] != fmt.Sprintf("Service%d", e.Pos.Record) {
			t.Errorf("record %d has the data of %s", e.Pos.Record, e.Strings[0])
		}
	})
	for _, s := range acct.Skipped {
		g.Skipped = append(g.Skipped, fmt.Sprintf("%d %s", s.Count, s.Reason))
	}
	for _, n := range acct.Notes {
		if strings.Contains(n, "events are missing") {
			g.Notes = append(g.Notes, n)
		}
	}
	return g
}

func numbers(from, to uint64, without ...uint64) []uint64 {
	var list []uint64
	for n := from; n <= to; n++ {
		if !slices.Contains(without, n) {
			list = append(list, n)
		}
	}
	return list
}

const (
	lost      = "record lost in a damaged part of the log"
	torn      = "record overwritten in part"
	noChunk   = "chunk that is no part of an event log"
	noTmpl    = "record whose template is lost"
	cutOff    = "record cut off at the end of the file"
	cutChunks = "chunk missing at the end of the file"
)

func TestTraps(t *testing.T) {
	le := binary.LittleEndian
	for _, c := range []struct {
		name   string
		damage func(b []byte) []byte
		want   got
	}{
		{"whole", func(b []byte) []byte { return b }, got{Records: numbers(1, 30)}},
		{"signature of a record", func(b []byte) []byte {
			pos, _ := recordAt(b, 1, 3)
			copy(b[pos:], "XXXX")
			return b
		}, got{Records: numbers(1, 30)}},
		{"whole head of a record", func(b []byte) []byte {
			pos, _ := recordAt(b, 1, 3)
			copy(b[pos:pos+24], bytes.Repeat([]byte{0xA5}, 24))
			return b
		}, got{Records: numbers(1, 30)}},
		{"size 0", func(b []byte) []byte {
			pos, _ := recordAt(b, 1, 3)
			le.PutUint32(b[pos+4:], 0)
			return b
		}, got{Records: numbers(1, 30)}},
		{"both sizes 0", func(b []byte) []byte {
			pos, size := recordAt(b, 1, 3)
			le.PutUint32(b[pos+4:], 0)
			le.PutUint32(b[pos+size-4:], 0)
			return b
		}, got{Records: numbers(1, 30)}},
		{"size far too large", func(b []byte) []byte {
			pos, _ := recordAt(b, 1, 3)
			le.PutUint32(b[pos+4:], 0xFFFFFFF0)
			return b
		}, got{Records: numbers(1, 30)}},
		{"three heads in a row", func(b []byte) []byte {
			pos, size := recordAt(b, 1, 3)
			clear(b[pos : pos+24])
			pos += size
			size = int(le.Uint32(b[pos+4:]))
			clear(b[pos : pos+24])
			pos += size
			clear(b[pos : pos+24])
			return b
		}, got{Records: numbers(1, 30)}},
		{"first head of a chunk", func(b []byte) []byte {
			pos, _ := recordAt(b, 1, 0)
			clear(b[pos : pos+24])
			return b
		}, got{Records: numbers(1, 30)}},
		{"last head of a chunk", func(b []byte) []byte {
			pos, _ := recordAt(b, 1, 9)
			clear(b[pos : pos+24])
			return b
		}, got{Records: numbers(1, 30)}},
		{"a record without anything", func(b []byte) []byte {
			pos, size := recordAt(b, 1, 3)
			clear(b[pos : pos+size])
			return b
		}, got{Records: numbers(1, 30, 14), Skipped: []string{"1 " + lost}}},
		{"definition of the template", func(b []byte) []byte {
			pos, size := recordAt(b, 1, 0)
			clear(b[pos : pos+size])
			return b
		}, got{Records: numbers(1, 30, 11), Skipped: []string{"1 " + lost}}},
		{"definition of the template in the first chunk", func(b []byte) []byte {
			pos, size := recordAt(b, 0, 0)
			clear(b[pos : pos+size])
			return b
		}, got{Records: append(numbers(11, 30), numbers(2, 10)...), Skipped: []string{"1 " + lost}}},
		{"definition of the template in every chunk", func(b []byte) []byte {
			for c := range 3 {
				pos, size := recordAt(b, c, 0)
				clear(b[pos : pos+size])
			}
			return b
		}, got{Skipped: []string{"3 " + lost, "27 " + noTmpl}}},
		{"magic of a chunk", func(b []byte) []byte {
			clear(b[fileHead+chunkSize : fileHead+chunkSize+8])
			return b
		}, got{Records: numbers(1, 30)}},
		{"checksum of a chunk", func(b []byte) []byte {
			b[fileHead+chunkSize+124]++
			return b
		}, got{Records: numbers(1, 30)}},
		{"free space offset too large, checksum right", func(b []byte) []byte {
			chunk := b[fileHead+chunkSize : fileHead+2*chunkSize]
			le.PutUint32(chunk[48:], chunkSize)
			evtxtest.Seal(chunk)
			return b
		}, got{Records: numbers(1, 30)}},
		{"free space offset too small, checksum wrong", func(b []byte) []byte {
			le.PutUint32(b[fileHead+chunkSize+48:], 600)
			return b
		}, got{Records: numbers(1, 30)}},
		{"last record number too large", func(b []byte) []byte {
			chunk := b[fileHead+2*chunkSize:]
			le.PutUint64(chunk[16:], 32)
			le.PutUint64(chunk[32:], 32)
			le.PutUint32(chunk[48:], chunkSize)
			evtxtest.Seal(chunk)
			return b
		}, got{Records: numbers(1, 30), Skipped: []string{"2 " + lost}}},
		{"a chunk of zeros", func(b []byte) []byte {
			clear(b[fileHead+chunkSize : fileHead+2*chunkSize])
			return b
		}, got{Records: append(numbers(1, 10), numbers(21, 30)...), Notes: []string{"10 events are missing: the log has nothing but zeros in their place"}}},
		{"zeros between two chunks", func(b []byte) []byte {
			at := fileHead + chunkSize
			return append(b[:at:at], append(make([]byte, 2*chunkSize), b[at:]...)...)
		}, got{Records: numbers(1, 30)}},
		{"a chunk of junk", func(b []byte) []byte {
			copy(b[fileHead+chunkSize:], bytes.Repeat([]byte("junk"), chunkSize/4))
			return b
		}, got{Records: append(numbers(1, 10), numbers(21, 30)...), Skipped: []string{"1 " + noChunk}}},
		{"100 bytes missing in a chunk's free space", func(b []byte) []byte {
			at := fileHead + chunkSize - 500
			return append(b[:at:at], b[at+100:]...)
		}, got{Records: numbers(1, 30)}},
		{"100 bytes too many in a chunk's free space", func(b []byte) []byte {
			at := fileHead + chunkSize - 500
			return append(b[:at:at], append(make([]byte, 100), b[at:]...)...)
		}, got{Records: numbers(1, 30)}},
		{"cut in a chunk", func(b []byte) []byte {
			pos, _ := recordAt(b, 1, 4)
			return b[:pos+40]
		}, got{Records: numbers(1, 14), Skipped: []string{"6 " + cutOff, "1 " + cutChunks}}},
		{"cut behind a chunk", func(b []byte) []byte { return b[:fileHead+2*chunkSize] },
			got{Records: numbers(1, 20), Skipped: []string{"1 " + cutChunks}}},
		{"head of the file missing", func(b []byte) []byte { return b[fileHead:] }, got{Records: numbers(1, 30)}},
		{"head of the file damaged", func(b []byte) []byte { clear(b[:200]); return b }, got{Records: numbers(1, 30)}},
		{"wrong number of chunks", func(b []byte) []byte { b[42] = 1; return b }, got{Records: numbers(1, 30)}},
		{"name that links to itself", func(b []byte) []byte {
			// The hash chain of the first name of the template: behind the
			// record's head, the fragment, the instance, the definition, and
			// the element up to its name's offset.
			pos, _ := recordAt(b, 0, 0)
			at := pos + 24 + 4 + 10 + 24 + 4 + 7
			le.PutUint32(b[at+4:], uint32(at-fileHead))
			return b
		}, got{Records: numbers(1, 30)}},
		{"template that links to itself, size 0", func(b []byte) []byte {
			pos, _ := recordAt(b, 0, 0)
			at := pos + 24 + 4 + 10
			le.PutUint32(b[at:], uint32(at-fileHead))
			le.PutUint32(b[at+20:], 0)
			return b
		}, got{Records: numbers(1, 30)}},
		{"size of an element far too large", func(b []byte) []byte {
			pos, _ := recordAt(b, 0, 0)
			le.PutUint32(b[pos+24+4+10+24+4+3:], 0xFFFFFFFF)
			return b
		}, got{Records: numbers(1, 30)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := c.damage(services(3, 10))
			for _, workers := range []int{1, 3} {
				if d := cmp.Diff(c.want, short(t, data, evtx.Options{Workers: workers})); d != "" {
					t.Errorf("%d workers (-want +got):\n%s", workers, d)
				}
			}
		})
	}
}

// TestUnwrittenPage reads a record of which only the first page reached the
// disk: what is there is believed, the rest is unknown.
func TestUnwrittenPage(t *testing.T) {
	data := services(1, 10)
	pos, size := recordAt(data, 0, 6)
	cut := pos + size - 60 // in the values
	clear(data[cut:])
	var events []parsers.Event
	readBytes(t, data, evtx.Options{}, func(e *parsers.Event) { events = append(events, *e) })
	if len(events) != 7 {
		t.Fatalf("%d events, want 7", len(events))
	}
	e := events[6]
	if !e.Has(parsers.FieldProvider|parsers.FieldID) || e.ID != 7023 || e.Pos.Record != 7 || !e.Time.Equal(at(6)) {
		t.Errorf("what was written is lost: %+v", e)
	}
	if e.Has(parsers.FieldStrings) || e.Has(parsers.FieldData) {
		t.Errorf("what was never written is said to be known: %+v", e)
	}
}

// TestRemains has a chunk whose second half is of an older log.
func TestRemains(t *testing.T) {
	data := services(1, 20)
	old, _ := evtxtest.Chunk([]evtxtest.Event{service(0, "Old")}, 5000)
	size := int(binary.LittleEndian.Uint32(old[chunkHead+4:]))
	pos, _ := recordAt(data, 0, 10)
	copy(data[pos+200:], old[chunkHead:chunkHead+size])
	g := short(t, data, evtx.Options{})
	for _, n := range g.Records {
		if n == 5000 {
			t.Errorf("a record of an older log is taken for live: %v", g)
		}
	}
}

func TestCarve(t *testing.T) {
	live, _ := evtxtest.Chunk([]evtxtest.Event{service(100, "Service1"), service(101, "Service2")}, 1)
	old, _ := evtxtest.Chunk([]evtxtest.Event{
		service(0, "Old1"), service(1, "Old2"), service(2, "Old3"), service(3, "Old4"), service(4, "Old5"),
	}, 1)
	// The old chunk was overwritten by the new one; its last records are left.
	free := int(binary.LittleEndian.Uint32(live[48:]))
	copy(live[free:], old[free:])
	data := append(services(1, 3)[:fileHead:fileHead], live...)
	data = append(data, live...) // and all of it twice
	r := read(t, data, evtx.Options{Carve: true})
	var carved []string
	for _, x := range r.XML {
		if strings.HasPrefix(x, "carved: ") {
			carved = append(carved, x)
		}
	}
	if len(r.XML)-len(carved) != 4 {
		t.Errorf("%d live events, want 4", len(r.XML)-len(carved))
	}
	if len(carved) == 0 || len(carved) > 3 {
		t.Errorf("%d carved events, want 1 to 3 without repeats", len(carved))
	}
	for _, x := range carved {
		if !strings.Contains(x, ">Old") {
			t.Errorf("carved what is live: %s", x)
		}
	}
	if n := len(read(t, data, evtx.Options{}).XML); n != 4 {
		t.Errorf("%d events without carving, want 4", n)
	}
}

// TestWant leaves out the data of events nobody wants.
func TestWant(t *testing.T) {
	n := 0
	readBytes(t, services(1, 10), evtx.Options{Want: func(e *parsers.Event) bool { return e.Pos.Record == 5 }}, func(e *parsers.Event) {
		if e.Has(parsers.FieldStrings) != (e.Pos.Record == 5) || len(e.Strings) > 0 != (e.Pos.Record == 5) {
			t.Errorf("record %d: strings %v", e.Pos.Record, e.Strings)
		}
		if !e.Has(parsers.FieldProvider | parsers.FieldID | parsers.FieldLevel | parsers.FieldHost | parsers.FieldLog | parsers.FieldTime) {
			t.Errorf("record %d: fields of the head are missing", e.Pos.Record)
		}
		n++
	})
	if n != 10 {
		t.Errorf("%d events, want 10", n)
	}
}

// TestDeepNesting has BinXML in values, one in another.
func TestDeepNesting(t *testing.T) {
	inner := evtxtest.Node(evtxtest.Element{Name: "Leaf", Content: []evtxtest.Node{evtxtest.Text("deep")}})
	for range 40 {
		inner = evtxtest.Element{Name: "E", Content: []evtxtest.Node{evtxtest.Slot{Type: 0x21, Nested: []evtxtest.Node{inner}}}}
	}
	l := evtxtest.Log{Chunks: [][]evtxtest.Event{{inEvent(evtxtest.Element{Name: "UserData", Content: []evtxtest.Node{inner}})}}}
	events := 0
	readBytes(t, l.Bytes(), evtx.Options{}, func(e *parsers.Event) {
		events++
		if e.Has(parsers.FieldData) {
			t.Error("data beyond the limit of nesting are said to be known")
		}
	})
	if events != 1 {
		t.Errorf("%d events, want 1", events)
	}
}

// TestBombs has values that a template uses thousands of times, flat, as parts
// of one text, as arrays, and nested: it must take neither long nor much.
func TestBombs(t *testing.T) {
	again := func(n int, each func() evtxtest.Node) []evtxtest.Node {
		var list []evtxtest.Node
		for range n {
			list = append(list, each())
		}
		return list
	}
	inner := func(first evtxtest.Slot, rest []evtxtest.Node) evtxtest.Event {
		content := append([]evtxtest.Node{evtxtest.Element{Name: "E", Content: []evtxtest.Node{first}}}, rest...)
		return inEvent(evtxtest.Slot{Type: 0x21, Nested: []evtxtest.Node{evtxtest.Element{Name: "UserData", Content: content}}})
	}
	element := func() evtxtest.Node {
		return evtxtest.Element{Name: "E", Content: []evtxtest.Node{evtxtest.Again(0)}}
	}
	long := evtxtest.Slot{Type: 0x01, Data: bytes.Repeat([]byte("x\x00"), 8000)}
	array := evtxtest.Slot{Type: 0x81, Data: make([]byte, 16000)}
	nested := evtxtest.Slot{Type: 0x01, Data: []byte("x\x00")}
	for range 12 {
		content := append([]evtxtest.Node{evtxtest.Element{Name: "E", Content: []evtxtest.Node{nested}}}, again(40, element)...)
		nested = evtxtest.Slot{Type: 0x21, Nested: []evtxtest.Node{evtxtest.Element{Name: "F", Content: content}}}
	}
	use := func() evtxtest.Node { return evtxtest.Again(0) }
	for name, e := range map[string]evtxtest.Event{
		"text":   inner(long, again(1500, element)),
		"array":  inner(array, again(1500, element)),
		"parts":  inner(long, []evtxtest.Node{evtxtest.Element{Name: "E", Content: again(8000, use)}}),
		"nested": inner(nested, again(40, element)),
	} {
		t.Run(name, func(t *testing.T) {
			data := evtxtest.Log{Chunks: [][]evtxtest.Event{{e}}}.Bytes()
			began := time.Now()
			text := 0
			readBytes(t, data, evtx.Options{}, func(e *parsers.Event) {
				for _, d := range e.Data {
					text += len(d.Value)
				}
			})
			if d := time.Since(began); d > slowdown*time.Second {
				t.Errorf("took %v", d)
			}
			t.Logf("%v, %d bytes of text", time.Since(began), text)
			if text > 32<<20 {
				t.Errorf("%d bytes of text from one chunk", text)
			}
			check(t, data, evtx.Options{})
		})
	}
}
