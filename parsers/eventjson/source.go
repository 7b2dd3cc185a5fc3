package eventjson

import (
	"io"
	"strings"

	"kbdiag/parsers"
)

// The limits of one object and of one reading, in bytes.
const (
	maxObject = 4 << 20
	blockSize = 512 << 10
)

// source gives an input piece by piece as text, and knows the positions.
type source struct {
	r     io.Reader
	wide  bool // UTF-16
	big   bool // big-endian
	block int  // bytes to read at a time
	buf   []byte
	raw   []byte // of UTF-16
	left  int    // bytes of raw that wait for their other half

	byLine *lineSource // for other code pages, else nil

	text    string // not yet passed by, from its first byte on; strings of events share its memory
	i       int    // the next byte
	counted int    // text up to here is counted in line and offset
	line    int    // 1-based
	offset  int64
	eof     bool
	err     error
}

func newSource(r io.Reader, size int64, encoding string) *source {
	s := &source{r: r, line: 1, block: blockSize}
	if size >= 0 && size < blockSize {
		s.block = int(size) + 2
	}
	if strings.HasPrefix(encoding, "utf-16") {
		s.wide, s.big = true, encoding == "utf-16be"
	}
	return s
}

// more reads on, and drops what has been passed by. It reports false at the
// end of the input.
func (s *source) more() bool {
	if s.eof {
		return false
	}
	if s.byLine != nil {
		return s.moreLines()
	}
	s.count(s.i)
	left := s.text[s.i:]
	// The longer what is left, the more is read: the cost stays in proportion.
	size := (max(s.block, len(left)) + 1) &^ 1
	if s.wide {
		s.text = left + s.readWide(size)
	} else {
		if cap(s.buf) < len(left)+size {
			s.buf = make([]byte, 0, len(left)+size)
		}
		s.buf = append(s.buf[:0], left...)
		n, err := io.ReadFull(s.r, s.buf[len(left):len(left)+size])
		s.ended(err)
		s.buf = s.buf[:len(left)+n]
		s.text = string(s.buf)
	}
	s.i, s.counted = 0, 0
	return true
}

func (s *source) ended(err error) {
	if err == nil {
		return
	}
	s.eof = true
	if err != io.EOF && err != io.ErrUnexpectedEOF {
		s.err = err
	}
}

// readWide reads UTF-16 and keeps back what is half a character.
func (s *source) readWide(size int) string {
	if cap(s.raw) < size+4 {
		old := s.raw[:s.left]
		s.raw = make([]byte, size+4)
		copy(s.raw, old)
	}
	s.raw = s.raw[:size+4]
	n, err := io.ReadFull(s.r, s.raw[s.left:s.left+size])
	s.ended(err)
	b := s.raw[:s.left+n]
	text, read := parsers.DecodeUTF16(b, s.big, s.eof)
	s.left = copy(s.raw, b[read:])
	return text
}

// count moves the counted part up to text[i].
func (s *source) count(i int) {
	if i <= s.counted {
		return
	}
	t := s.text[s.counted:i]
	s.line += strings.Count(t, "\n")
	s.offset += s.size(t)
	s.counted = i
}

// pos is the position of text[from:to]. Positions must be asked for in the
// order of the text.
func (s *source) pos(from, to int) parsers.Pos {
	if s.byLine != nil {
		return s.byLine.pos(from, to)
	}
	s.count(from)
	return parsers.Pos{Line: s.line, Offset: s.offset, Length: s.size(s.text[from:to])}
}

// posSince is pos for a place that may lie before the last one asked for, but
// not before the one that from was taken at.
func (s *source) posSince(from source, at, to int) parsers.Pos {
	from.text = s.text
	return from.pos(at, to)
}

// size is how many bytes of the input a piece of text takes.
func (s *source) size(t string) int64 {
	if !s.wide {
		return int64(len(t))
	}
	units := 0
	for i := 0; i < len(t); i++ {
		if t[i]&0xC0 != 0x80 {
			units++
		}
		if t[i] >= 0xF0 { // a pair of surrogates
			units++
		}
	}
	return int64(2 * units)
}
