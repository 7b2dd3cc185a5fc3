package archive

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// LZX as cabinets use it: a window of 32 KiB to 2 MiB, blocks coded by two
// Huffman trees, code lengths given as differences to the block before, and
// the operands of x86 calls made absolute. The source is the specification of
// the format in the Cabinet SDK ("Microsoft LZX Data Compression Format") and
// [MS-PATCH] section 2.
const (
	lzxFrame     = 32 << 10 // bytes that a data block unpacks to
	lzxChars     = 256
	lzxLengths   = 249 // symbols of the tree of long lengths
	lzxPretree   = 20
	lzxAligned   = 8
	lzxMaxLength = 16
	lzxMinMatch  = 2

	lzxVerbatim      = 1
	lzxAlignedOffset = 2
	lzxUncompressed  = 3
	lzxCallFrames    = 32768 // frames in which calls are translated
	lzxMinWindow     = 15
	lzxMaxWindow     = 21
)

var errLZX = errors.New("damaged LZX data")

// lzxSlots gives the number of position slots by window size.
var lzxSlots = [...]int{30, 32, 34, 36, 38, 42, 50}

// lzx unpacks the frames of one folder in order.
type lzx struct {
	window   []byte
	at       int // of the next byte in the window
	slots    int
	base     []int // first offset of each position slot, with 2 added
	extra    []int // bits that follow it
	main     lzxTree
	length   lzxTree
	aligned  lzxTree
	recent   [3]int // offsets of the last matches
	kind     uint32 // of the current block
	left     int    // bytes of the current block to come
	odd      bool   // an uncompressed block of odd size ends with a byte of padding
	begun    bool
	callSize int32 // size of the file for the translation of calls, 0 for none
	frames   int
	done     int32 // bytes given out
}

func newLZX(windowBits int) (*lzx, error) {
	if windowBits < lzxMinWindow || windowBits > lzxMaxWindow {
		return nil, fmt.Errorf("an LZX window of 2^%d bytes", windowBits)
	}
	l := &lzx{window: make([]byte, 1<<windowBits), slots: lzxSlots[windowBits-lzxMinWindow], recent: [3]int{1, 1, 1}}
	for slot, base := 0, 0; slot < l.slots; slot++ {
		extra := 0
		if slot >= 4 {
			extra = min(17, slot/2-1)
		}
		l.base, l.extra = append(l.base, base), append(l.extra, extra)
		base += 1 << extra
	}
	l.main.lengths = make([]uint8, lzxChars+8*l.slots)
	l.length.lengths = make([]uint8, lzxLengths)
	l.aligned.lengths = make([]uint8, lzxAligned)
	return l, nil
}

// unpack gives the frame of a data block.
func (l *lzx) unpack(packed []byte, size int) ([]byte, error) {
	in := &lzxBits{data: packed}
	if !l.begun {
		l.begun = true
		if in.take(1) == 1 {
			high := in.take(16)
			l.callSize = int32(high<<16 | in.take(16))
		}
	}
	if size > lzxFrame || l.at+size > len(l.window) && l.at != len(l.window) {
		return nil, errLZX
	}
	if l.at == len(l.window) {
		l.at = 0
	}
	start := l.at
	for l.at < start+size {
		if err := l.some(in, start+size); err != nil {
			return nil, err
		}
	}
	if in.bad {
		return nil, errLZX
	}
	out := append([]byte(nil), l.window[start:l.at]...)
	l.translate(out)
	l.frames++
	l.done += int32(size)
	return out, nil
}

// some unpacks up to the end of the block or of the frame.
func (l *lzx) some(in *lzxBits, end int) error {
	if l.left == 0 {
		if err := l.block(in); err != nil {
			return err
		}
	}
	n := min(l.left, end-l.at)
	before := l.at
	if l.kind == lzxUncompressed {
		if !in.raw(l.window[l.at : l.at+n]) {
			return errLZX
		}
		l.at += n
	} else if err := l.symbols(in, l.at+n, end); err != nil {
		return err
	}
	l.left -= l.at - before
	switch {
	case l.left < 0:
		return errLZX
	case l.left == 0 && l.odd:
		in.raw(make([]byte, 1))
		l.odd = false
	}
	return nil
}

// block reads the head of a block.
func (l *lzx) block(in *lzxBits) error {
	l.kind = in.take(3)
	size := in.take(16) << 8
	l.left = int(size | in.take(8))
	if in.bad || l.left == 0 {
		return errLZX
	}
	switch l.kind {
	case lzxAlignedOffset:
		for i := range l.aligned.lengths {
			l.aligned.lengths[i] = uint8(in.take(3))
		}
		if err := l.aligned.build(); err != nil {
			return err
		}
		return l.trees(in)
	case lzxVerbatim:
		return l.trees(in)
	case lzxUncompressed:
		var recent [12]byte
		in.align()
		if !in.raw(recent[:]) {
			return errLZX
		}
		for i := range l.recent {
			l.recent[i] = int(binary.LittleEndian.Uint32(recent[4*i:]))
		}
		l.odd = l.left%2 == 1
		return nil
	}
	return errLZX
}

func (l *lzx) trees(in *lzxBits) error {
	for _, part := range [][]uint8{l.main.lengths[:lzxChars], l.main.lengths[lzxChars:]} {
		if err := readLengths(in, part); err != nil {
			return err
		}
	}
	if err := l.main.build(); err != nil {
		return err
	}
	if err := readLengths(in, l.length.lengths); err != nil {
		return err
	}
	return l.length.build()
}

// readLengths reads code lengths, which are differences to those of the block
// before, coded by a tree of their own.
func readLengths(in *lzxBits, lengths []uint8) error {
	pre := lzxTree{lengths: make([]uint8, lzxPretree)}
	for i := range pre.lengths {
		pre.lengths[i] = uint8(in.take(4))
	}
	if err := pre.build(); err != nil {
		return err
	}
	for i := 0; i < len(lengths); {
		symbol, ok := pre.symbol(in)
		if !ok {
			return errLZX
		}
		run, value := 1, uint8(0)
		switch symbol {
		case 17:
			run = 4 + int(in.take(4))
		case 18:
			run = 20 + int(in.take(5))
		case 19:
			run = 4 + int(in.take(1))
			if symbol, ok = pre.symbol(in); !ok || symbol > lzxMaxLength {
				return errLZX
			}
			value = (lengths[i] + 17 - uint8(symbol)) % 17
		default:
			value = (lengths[i] + 17 - uint8(symbol)) % 17
		}
		if i+run > len(lengths) {
			return errLZX
		}
		for ; run > 0; run-- {
			lengths[i] = value
			i++
		}
	}
	return nil
}

// symbols unpacks characters and matches up to the given place, at most to the
// end of the frame.
func (l *lzx) symbols(in *lzxBits, to, end int) error {
	for l.at < to {
		symbol, ok := l.main.symbol(in)
		if !ok {
			return errLZX
		}
		if symbol < lzxChars {
			l.window[l.at] = byte(symbol)
			l.at++
			continue
		}
		n := int(symbol-lzxChars) & 7
		if n == 7 {
			more, ok := l.length.symbol(in)
			if !ok {
				return errLZX
			}
			n += int(more)
		}
		offset, ok := l.offset(in, int(symbol-lzxChars)>>3)
		if !ok || !l.copy(offset, n+lzxMinMatch, end) {
			return errLZX
		}
	}
	return nil
}

// offset reads the offset of a match.
func (l *lzx) offset(in *lzxBits, slot int) (int, bool) {
	r := &l.recent
	switch slot {
	case 0:
		return r[0], true
	case 1, 2:
		r[0], r[slot] = r[slot], r[0]
		return r[0], true
	}
	offset, extra := l.base[slot]-2, l.extra[slot]
	if l.kind == lzxAlignedOffset && extra >= 3 {
		offset += int(in.take(extra-3)) << 3
		low, ok := l.aligned.symbol(in)
		if !ok {
			return 0, false
		}
		offset += int(low)
	} else {
		offset += int(in.take(extra))
	}
	r[2], r[1], r[0] = r[1], r[0], offset
	return offset, true
}

// copy repeats n bytes from offset bytes back. What lies before the beginning
// of the data is the old content of the window.
func (l *lzx) copy(offset, n, end int) bool {
	if offset <= 0 || offset > len(l.window) || l.at+n > end {
		return false
	}
	from := l.at - offset
	if from < 0 {
		from += len(l.window)
	}
	for range n {
		l.window[l.at] = l.window[from]
		l.at++
		if from++; from == len(l.window) {
			from = 0
		}
	}
	return true
}

// translate makes the operands of calls relative again, as they were.
func (l *lzx) translate(frame []byte) {
	if l.callSize == 0 || l.frames >= lzxCallFrames || len(frame) <= 10 {
		return
	}
	for i := 0; i < len(frame)-10; {
		if frame[i] != 0xE8 {
			i++
			continue
		}
		at := l.done + int32(i)
		operand := frame[i+1 : i+5]
		absolute := int32(binary.LittleEndian.Uint32(operand))
		if absolute >= -at && absolute < l.callSize {
			if absolute >= 0 {
				absolute -= at
			} else {
				absolute += l.callSize
			}
			binary.LittleEndian.PutUint32(operand, uint32(absolute))
		}
		i += 5
	}
}

// lzxTree is a canonical Huffman code.
type lzxTree struct {
	lengths []uint8
	count   [lzxMaxLength + 1]int
	symbols []uint16 // in order of their codes
}

// build makes the code of the lengths. A tree without any code is allowed as
// long as no symbol of it is asked for.
func (t *lzxTree) build() error {
	t.count = [lzxMaxLength + 1]int{}
	t.symbols = t.symbols[:0]
	for _, n := range t.lengths {
		t.count[n]++
	}
	t.count[0] = 0
	room := 1
	for n := 1; n <= lzxMaxLength; n++ {
		room = room<<1 - t.count[n]
		if room < 0 {
			return errLZX
		}
		for s, have := range t.lengths {
			if int(have) == n {
				t.symbols = append(t.symbols, uint16(s))
			}
		}
	}
	return nil
}

// symbol reads one symbol.
func (t *lzxTree) symbol(in *lzxBits) (uint16, bool) {
	code, first, index := 0, 0, 0
	for n := 1; n <= lzxMaxLength; n++ {
		code |= int(in.take(1))
		count := t.count[n]
		if code-first < count {
			return t.symbols[index+code-first], !in.bad
		}
		index += count
		first = (first + count) << 1
		code <<= 1
	}
	return 0, false
}

// lzxBits reads bits from words of 16 bits, little-endian, the highest bit
// first. Beyond the end it gives zeros; bad tells when more than a word of
// them was used.
type lzxBits struct {
	data []byte
	pos  int
	buf  uint32
	have int
	bad  bool
}

// take gives the next n bits, at most 17.
func (b *lzxBits) take(n int) uint32 {
	for b.have < n {
		word := uint32(0)
		switch {
		case b.pos+1 < len(b.data):
			word = uint32(binary.LittleEndian.Uint16(b.data[b.pos:]))
		case b.pos > len(b.data)+2:
			b.bad = true
		}
		b.pos += 2
		b.buf = b.buf<<16 | word
		b.have += 16
	}
	b.have -= n
	return b.buf >> b.have & (1<<n - 1)
}

// align goes on to the next word. There is at least one bit of padding.
func (b *lzxBits) align() {
	if b.have == 0 {
		b.take(16)
	}
	b.have = 0
}

// raw copies bytes as they are. The reader stands at a word.
func (b *lzxBits) raw(to []byte) bool {
	b.pos -= b.have / 8
	b.have = 0
	if b.pos < 0 || b.pos+len(to) > len(b.data) {
		return false
	}
	b.pos += copy(to, b.data[b.pos:])
	return true
}
