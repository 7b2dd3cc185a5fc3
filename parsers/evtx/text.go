package evtx

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
)

// textBlock is the size of the blocks that the text of events is kept in, in
// bytes. The texts of a chunk usually fill less than one.
const textBlock = 64 << 10

// memoSize is the number of values of a chunk that are remembered. Accounts,
// computers and paths repeat from record to record.
const memoSize = 256

// texts makes the strings of the events of one chunk. They share memory with
// each other, none with the chunk.
type texts struct {
	chunk   []byte
	block   strings.Builder
	scratch []byte
	memo    [memoSize]memo
}

// memo is a value that was turned into text before.
type memo struct {
	off  uint32
	size uint16
	typ  uint8
	text string
}

// reset makes ready for the next chunk. The block goes on being filled: what is
// in it never changes.
func (t *texts) reset(chunk []byte) {
	t.chunk = chunk
	clear(t.memo[:])
}

// keep copies b into the current block.
func (t *texts) keep(b []byte) string {
	if t.block.Cap()-t.block.Len() < len(b) {
		t.block.Reset()
		t.block.Grow(max(textBlock, len(b)))
	}
	from := t.block.Len()
	t.block.Write(b)
	return t.block.String()[from:]
}

// ascii has the text of every one-character value.
const ascii = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f" +
	"\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f" +
	" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~\x7f"

// value gives the text of one value that is no array and no BinXML.
func (t *texts) value(s slot) string {
	b := t.chunk[s.off : s.off+uint32(s.size)]
	switch s.typ {
	case typeNull, typeLost:
		return ""
	case typeString:
		b = trimNULs(b)
		if len(b) == 0 {
			return ""
		}
		if len(b) == 2 && b[1] == 0 && b[0] < 0x80 {
			return ascii[b[0] : b[0]+1]
		}
		s.size = uint16(len(b))
	case typeUint8, typeUint16, typeUint32, typeUint64:
		if n, ok := littleEndian(b); ok && n < 100 {
			return strconv.Itoa(int(n)) // has these ready
		}
	}
	if len(b) < 4 {
		return t.keep(t.format(s.typ, b))
	}
	m := &t.memo[memoHash(b)%memoSize]
	if m.size == s.size && m.typ == s.typ && string(b) == string(t.chunk[m.off:m.off+uint32(m.size)]) {
		return m.text
	}
	*m = memo{off: s.off, size: s.size, typ: s.typ, text: t.keep(t.format(s.typ, b))}
	return m.text
}

func (t *texts) format(typ uint8, b []byte) []byte {
	t.scratch = appendValue(t.scratch[:0], typ, b)
	if typ == typeString || typ == typeANSI {
		return clean(t.scratch)
	}
	return t.scratch
}

// clean makes text, in place, what the same event has that was exported as
// text or XML: LF as line end, no line ends around it, nothing for blanks.
func clean(b []byte) []byte {
	if bytes.IndexByte(b, '\r') >= 0 {
		b = foldLineEnds(b)
	}
	if len(b) == 0 || b[0] > ' ' && b[len(b)-1] > ' ' {
		return b
	}
	b = bytes.Trim(b, "\r\n")
	if len(bytes.TrimSpace(b)) == 0 {
		return nil
	}
	return b
}

// foldLineEnds turns CR LF and CR CR LF into LF.
func foldLineEnds(b []byte) []byte {
	out := b[:0]
	for i := 0; i < len(b); i++ {
		if b[i] == '\r' && (bytes.HasPrefix(b[i+1:], []byte("\n")) || bytes.HasPrefix(b[i+1:], []byte("\r\n"))) {
			continue
		}
		out = append(out, b[i])
	}
	return out
}

// memoHash mixes the size with both ends of a value of at least 4 bytes.
func memoHash(b []byte) uint32 {
	head := binary.LittleEndian.Uint32(b)
	tail := binary.LittleEndian.Uint32(b[len(b)-4:])
	mid := binary.LittleEndian.Uint32(b[(len(b)-4)/2:])
	h := (head*31+tail)*31 + mid + uint32(len(b))
	return h * 0x9E3779B1 >> 20
}
