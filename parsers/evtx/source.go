package evtx

import (
	"bytes"
	"errors"
	"io"
)

// lookAhead is how much of the next chunk is looked at, in bytes.
const lookAhead = len(chunkMagic)

// source reads a log chunk by chunk, from its first byte to its last, once.
// Where bytes are missing or were put in, it goes on with the next chunk's
// magic.
type source struct {
	r     io.Reader
	off   int64  // of carry in the file
	carry []byte // read, but not handed out yet
	end   bool
}

// fill makes buf the next n bytes, fewer where the input ends.
func (s *source) fill(buf []byte, n int) ([]byte, error) {
	buf = append(buf[:0], s.carry...)
	s.carry = s.carry[:0]
	if s.end || len(buf) >= n {
		return buf, nil
	}
	have := len(buf)
	buf = append(buf, make([]byte, n-have)...)
	got, err := io.ReadFull(s.r, buf[have:])
	buf = buf[:have+got]
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		s.end = true
		return buf, nil
	}
	return buf, err
}

// take hands out the first n bytes of buf and keeps the others.
func (s *source) take(buf []byte, n int) []byte {
	n = min(n, len(buf))
	s.carry = append(s.carry[:0], buf[n:]...)
	s.off += int64(n)
	return buf[:n]
}

// head gives the next n bytes, fewer where the input ends.
func (s *source) head(n int) ([]byte, error) {
	buf, err := s.fill(nil, n)
	if err != nil {
		return nil, err
	}
	return s.take(buf, n), nil
}

// next puts the next chunk into buf and gives it with its place in the file.
// It is empty at the end.
func (s *source) next(buf []byte) (chunk []byte, base int64, err error) {
	buf, err = s.fill(buf, chunkSize+lookAhead)
	if err != nil {
		return nil, 0, err
	}
	base = s.off
	return s.take(buf, s.boundary(buf)), base, nil
}

// boundary gives the size of the chunk at the start of b.
func (s *source) boundary(b []byte) int {
	if len(b) <= chunkHeadSize {
		return len(b)
	}
	if len(b) > chunkSize && isMagic(b) && isMagic(b[chunkSize:]) {
		return chunkSize // as it should be
	}
	return early(b, min(len(b), chunkSize))
}

// early gives the place of a chunk that begins inside b, or size if there is
// none.
func early(b []byte, size int) int {
	at := 1
	if isMagic(b) {
		at = chunkHeadSize
	}
	for {
		i := bytes.Index(b[at:], []byte(chunkMagic))
		if i < 0 {
			return size
		}
		at += i
		if at < size && isHead(b[at:]) {
			return at
		}
		at++
	}
}

func isMagic(b []byte) bool { return len(b) >= lookAhead && string(b[:lookAhead]) == chunkMagic }

// isHead reports whether a chunk's head stands at the start of b: its magic
// and, as far as b goes, the size that every head has.
func isHead(b []byte) bool {
	return isMagic(b) && (len(b) < 44 || le32(b[40:]) == 128)
}
