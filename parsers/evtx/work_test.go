package evtx

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/evtx/evtxtest"
)

// repeat gives what each gives, n times.
func repeat(n int, each func() evtxtest.Node) []evtxtest.Node {
	var list []evtxtest.Node
	for range n {
		list = append(list, each())
	}
	return list
}

func bomb(body ...evtxtest.Node) evtxtest.Event {
	return evtxtest.Event{Provider: "Widget", ID: 1, Qualifiers: -1, Level: 4, Time: time.Unix(1e9, 0), Channel: "Application", Computer: "pc1", Body: body}
}

// nest puts nodes into a value.
func nest(nodes ...evtxtest.Node) evtxtest.Slot {
	return evtxtest.Slot{Type: typeBinXML, Nested: nodes}
}

// bombs are chunks of which a little text asks for much work.
func bombs() map[string]evtxtest.Event {
	element := func(name string, content ...evtxtest.Node) evtxtest.Node {
		return evtxtest.Element{Name: name, Content: content}
	}
	value := func(text string) evtxtest.Slot { return evtxtest.Slot{Type: typeString, Data: evtxtest.UTF16(text)} }
	again := func() evtxtest.Node { return evtxtest.Again(0) }
	long := func(middle string) string { return strings.Repeat("x", 1000) + middle + strings.Repeat("y", 1500) }

	// A text of thousands of small parts, used thousands of times.
	parts := append([]evtxtest.Node{value("v")}, repeat(2500, func() evtxtest.Node { return evtxtest.CharRef('c') })...)
	smallParts := nest(element("F", element("G", parts...)))

	// Two long texts that the memory for repeated values cannot tell apart.
	twin := 0
	texts := append([]evtxtest.Node{element("E", value(long("a"))), element("E", value(long("b")))}, repeat(1500, func() evtxtest.Node {
		twin++
		return element("E", evtxtest.Again(uint16(twin%2)))
	})...)
	twins := nest(element("F", texts...))

	// Elements without a template, with the longest name there is.
	names := nest(element("F", value("v")), evtxtest.Element{Name: strings.Repeat("n", 250)})

	return map[string]evtxtest.Event{
		"small parts": bomb(nest(element("UserData", append([]evtxtest.Node{element("E", smallParts)}, repeat(3000, again)...)...))),
		"twins":       bomb(nest(element("UserData", append([]evtxtest.Node{element("E", twins)}, repeat(2000, again)...)...))),
		"names":       bomb(nest(element("UserData", append([]evtxtest.Node{element("E", names)}, repeat(8000, again)...)...))),
	}
}

// TestWork counts the work that a chunk takes. However it is made up, the work
// and the text are bounded; what is not read is unknown or accounted for, and
// the other records of the chunk are read.
func TestWork(t *testing.T) {
	for name, e := range bombs() {
		t.Run(name, func(t *testing.T) {
			chunk, _ := evtxtest.Chunk([]evtxtest.Event{harmless(), e, harmless()}, 1)
			k, b := readChunk(chunk)
			if len(b.events) != 3 || len(b.losses) != 0 {
				t.Fatalf("%d events, %d losses", len(b.events), len(b.losses))
			}
			for i, whole := range []bool{true, false, true} {
				if e := &b.events[i]; e.Has(parsers.FieldData) != whole || e.Provider != "Widget" {
					t.Errorf("event %d: %v", i, e)
				}
			}
			text := 0
			for i := range b.events {
				for _, d := range b.events[i].Data {
					text += len(d.Value)
				}
			}
			if text > maxWork*bytesMade {
				t.Errorf("%d bytes of text", text)
			}
			if over := -k.x.tmpls.effort.left; over > chunkSize {
				t.Errorf("%d steps more than allowed", over)
			}
		})
	}
}

// TestWorkOfManyBombs has nothing but records that ask for all: those for which
// nothing is left are accounted for.
func TestWorkOfManyBombs(t *testing.T) {
	for name, e := range bombs() {
		t.Run(name, func(t *testing.T) {
			// All records refer to the templates and values of the first by
			// its place, as only a forger's do.
			chunk, _ := evtxtest.Chunk([]evtxtest.Event{e}, 1)
			size := int(le32(chunk[chunkHeadSize+4:]))
			walked := walker{b: chunk}
			walked.walk()
			k := newWorker(nil)
			k.x.reset(chunk, nil, nil)
			read, refused := 0, 0
			for range 1000 {
				var e parsers.Event
				switch err := k.x.extract(&walked.out[0], &e); err {
				case nil:
					read++
				case errWork:
					refused++
				default:
					t.Fatal(err)
				}
			}
			if over := -k.x.tmpls.effort.left; over > chunkSize || read > 64 || refused == 0 {
				t.Errorf("%d read, %d refused, %d steps more than allowed, %d bytes each", read, refused, over, size)
			}
		})
	}
}

// TestWorkOfHonestLogs holds the bound to what logs need.
func TestWorkOfHonestLogs(t *testing.T) {
	paths, _ := filepath.Glob(filepath.Join(os.Getenv("KBDIAG_CORPUS"), "evtx", "*.evtx"))
	if len(paths) == 0 {
		t.Skip("no corpus")
	}
	most := 0
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		for at := fileHeadSize; at < len(data); at += chunkSize {
			k, _ := readChunk(data[at:min(at+chunkSize, len(data))])
			if work := maxWork - k.x.tmpls.effort.left; len(k.w.out) > 0 && work > most {
				most = work
			}
		}
	}
	t.Logf("%d steps of %d at most", most, maxWork)
	if most == 0 || most > maxWork/4 {
		t.Errorf("a chunk takes %d steps of %d", most, maxWork)
	}
}

func harmless() evtxtest.Event { return bomb(evtxtest.Data("Name", "Widget")) }

// readChunk reads a chunk as a worker does.
func readChunk(chunk []byte) (*worker, *batch) {
	k, b := newWorker(nil), newBatch()
	b.buf = append(b.buf, chunk...)
	k.read(b)
	return k, b
}
