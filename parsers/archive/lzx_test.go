package archive

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand"
	"strings"
	"testing"
)

// lzxWriter packs frames in the plainest way: every symbol of a tree has a code
// of the same length, matches are looked for in a table of three bytes.
type lzxWriter struct {
	bits   []byte
	buf    uint32
	have   int
	slots  int
	known  [2][]uint8 // code lengths of main and length tree so far
	data   []byte
	last   map[string]int
	recent [3]int
	calls  bool
}

func newLZXWriter(windowBits int, data []byte, calls bool) *lzxWriter {
	w := &lzxWriter{slots: lzxSlots[windowBits-lzxMinWindow], data: data, last: map[string]int{}, recent: [3]int{1, 1, 1}, calls: calls}
	w.known[0], w.known[1] = make([]uint8, lzxChars+8*w.slots), make([]uint8, lzxLengths)
	return w
}

func (w *lzxWriter) put(value uint32, n int) {
	for n > 0 {
		n--
		w.buf = w.buf<<1 | value>>n&1
		if w.have++; w.have == 16 {
			w.bits = binary.LittleEndian.AppendUint16(w.bits, uint16(w.buf))
			w.buf, w.have = 0, 0
		}
	}
}

func (w *lzxWriter) flush() []byte {
	if w.have > 0 {
		w.put(0, 16-w.have)
	}
	out := w.bits
	w.bits = nil
	return out
}

// frame packs data[from:to] as one block of a kind.
func (w *lzxWriter) frame(kind uint32, from, to int) []byte {
	if from == 0 {
		if w.calls {
			w.put(1, 1)
			w.put(uint32(len(w.data))>>16, 16)
			w.put(uint32(len(w.data))&0xFFFF, 16)
		} else {
			w.put(0, 1)
		}
	}
	w.put(kind, 3)
	w.put(uint32(to-from)>>8, 16)
	w.put(uint32(to-from)&0xFF, 8)
	switch kind {
	case lzxUncompressed:
		if w.have == 0 {
			w.put(0, 16)
		}
		out := w.flush()
		for _, r := range w.recent {
			out = binary.LittleEndian.AppendUint32(out, uint32(r))
		}
		out = append(out, w.data[from:to]...)
		if (to-from)%2 == 1 {
			out = append(out, 0)
		}
		return out
	case lzxAlignedOffset:
		for range lzxAligned {
			w.put(3, 3)
		}
	}
	w.lengths(w.known[0][:lzxChars], 10)
	w.lengths(w.known[0][lzxChars:], 10)
	w.lengths(w.known[1], 8)
	for at := from; at < to; {
		at += w.symbol(kind, at, to)
	}
	return w.flush()
}

// lengths writes that all codes have n bits, by a tree whose 20 codes have 5.
func (w *lzxWriter) lengths(known []uint8, n uint8) {
	for range lzxPretree {
		w.put(5, 4)
	}
	for i := 0; i < len(known); {
		delta := uint32((known[i] + 17 - n) % 17)
		run := 1
		for i+run < len(known) && known[i+run] == known[i] && run < 5 {
			run++
		}
		if run >= 4 {
			w.put(19, 5)
			w.put(uint32(run-4), 1)
		} else {
			run = 1
		}
		w.put(delta, 5)
		for range run {
			known[i] = n
			i++
		}
	}
}

func (w *lzxWriter) symbol(kind uint32, at, to int) int {
	if at+3 > to {
		w.put(uint32(w.data[at]), 10)
		return 1
	}
	key := string(w.data[at : at+3])
	from, ok := w.last[key]
	w.last[key] = at
	if !ok || at-from > 30_000 {
		w.put(uint32(w.data[at]), 10)
		return 1
	}
	n := 0
	for at+n < to && n < 250 && w.data[from+n] == w.data[at+n] {
		n++
	}
	w.match(kind, at-from, n)
	return n
}

func (w *lzxWriter) match(kind uint32, offset, n int) {
	slot, base, extra := 0, 0, 0
	switch {
	case offset == w.recent[0]:
	case offset == w.recent[1]:
		slot = 1
		w.recent[0], w.recent[1] = w.recent[1], w.recent[0]
	default:
		for slot = 0; ; slot++ {
			extra = 0
			if slot >= 4 {
				extra = slot/2 - 1
			}
			if slot >= 3 && offset+2 < base+1<<extra {
				break
			}
			base += 1 << extra
		}
		w.recent[2], w.recent[1], w.recent[0] = w.recent[1], w.recent[0], offset
	}
	header := min(7, n-lzxMinMatch)
	w.put(uint32(lzxChars+8*slot+header), 10)
	if header == 7 {
		w.put(uint32(n-lzxMinMatch-7), 8)
	}
	if slot < 3 {
		return
	}
	rest := uint32(offset + 2 - base)
	if kind == lzxAlignedOffset && extra >= 3 {
		w.put(rest>>3, extra-3)
		w.put(rest&7, 3)
		return
	}
	w.put(rest, extra)
}

// TestLZX packs texts by all kinds of blocks and unpacks them.
func TestLZX(t *testing.T) {
	rnd := rand.New(rand.NewSource(3))
	var text strings.Builder
	for i := range 9000 {
		fmt.Fprintf(&text, "%d: service %d stopped\r\n", i, rnd.Intn(90))
	}
	noise := make([]byte, 70_001)
	rnd.Read(noise)
	for _, data := range [][]byte{[]byte(text.String()), noise, bytes.Repeat([]byte{0}, 100_000), []byte("a")} {
		for _, bits := range []int{15, 16, 21} {
			w := newLZXWriter(bits, data, false)
			z, err := newLZX(bits)
			if err != nil {
				t.Fatal(err)
			}
			var got []byte
			for from := 0; from < len(data); from += lzxFrame {
				to := min(len(data), from+lzxFrame)
				kind := uint32(1 + (from/lzxFrame)%3)
				out, err := z.unpack(w.frame(kind, from, to), to-from)
				if err != nil {
					t.Fatalf("window 2^%d, frame at %d, kind %d: %v", bits, from, kind, err)
				}
				got = append(got, out...)
			}
			if !bytes.Equal(got, data) {
				t.Errorf("window 2^%d: %d bytes differ from %d packed ones", bits, len(got), len(data))
			}
		}
	}
}

// TestLZXCalls has the absolute operand of an x86 call made relative again.
func TestLZXCalls(t *testing.T) {
	packed := bytes.Repeat([]byte{0x90}, 64)
	copy(packed[20:], []byte{0xE8, 50, 0, 0, 0}) // to 50
	want := bytes.Clone(packed)
	copy(want[20:], []byte{0xE8, 30, 0, 0, 0}) // 30 on from 20
	w := newLZXWriter(15, packed, true)
	z, err := newLZX(15)
	if err != nil {
		t.Fatal(err)
	}
	got, err := z.unpack(w.frame(lzxVerbatim, 0, len(packed)), len(packed))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("% x, %v", got, err)
	}
}

func FuzzLZX(f *testing.F) {
	w := newLZXWriter(15, []byte("abcabcabcabc, abcabc"), false)
	f.Add(w.frame(lzxVerbatim, 0, 20), 20)
	f.Fuzz(func(_ *testing.T, packed []byte, size int) {
		z, err := newLZX(15)
		for err == nil && size > 0 {
			_, err = z.unpack(packed, size)
			size -= lzxFrame
		}
	})
}

func BenchmarkLZX(b *testing.B) {
	data := bytes.Repeat([]byte("The service entered the stopped state. "), 800)
	w := newLZXWriter(21, data, false)
	packed := w.frame(lzxVerbatim, 0, len(data))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		z, err := newLZX(21)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := z.unpack(packed, len(data)); err != nil {
			b.Fatal(err)
		}
	}
}
