package evt

import (
	"bytes"
	"errors"
	"io"
)

// windowSize is how much of the file is in memory at a time, in bytes.
const windowSize = 2 * maxRecord

// ring reads a part of the file that goes on at begin when it comes to end.
// Places in it count from its start.
type ring struct {
	at    io.ReaderAt
	begin int64 // of the ring in the file: behind the head
	end   int64 // of the ring in the file
	start int64 // in the file: what is place 0
	size  int64 // in bytes, from start on

	window []byte
	from   int64 // place of the window's first byte
}

// set makes the ring begin at start in the file and last for size bytes.
func (r *ring) set(start, size int64) {
	r.start, r.size = start, size
	r.window, r.from = r.window[:0], 0
}

// file gives where place p is in the file.
func (r *ring) file(p int64) int64 {
	f := r.start + p
	if f >= r.end {
		f -= r.end - r.begin
	}
	return f
}

// distance gives how far it is from one place of the file to another, going
// round.
func (r *ring) distance(from, to int64) int64 {
	if to >= from {
		return to - from
	}
	return to - from + r.end - r.begin
}

// view gives the n bytes at place p, fewer at the end of the ring. They are
// valid until the next call. A reading that fails gives fewer bytes, too: what
// is behind it is lost anyway.
func (r *ring) view(p int64, n int) []byte {
	if p < 0 || p >= r.size {
		return nil
	}
	n = int(min(int64(n), r.size-p))
	if p < r.from || p+int64(n) > r.from+int64(len(r.window)) {
		r.move(p, n)
	}
	have := r.window[min(p-r.from, int64(len(r.window))):]
	return have[:min(n, len(have))]
}

// move puts the window where it has the n bytes at p, and more of what comes
// next in the direction of reading.
func (r *ring) move(p int64, n int) {
	if cap(r.window) == 0 {
		r.window = make([]byte, 0, min(windowSize, r.end-r.begin))
	}
	size := max(cap(r.window), n)
	if p < r.from {
		r.from = max(p+int64(n)-int64(size), 0)
	} else {
		r.from = p
	}
	size = int(min(int64(size), r.size-r.from))
	if cap(r.window) < size {
		r.window = make([]byte, size)
	}
	r.window = r.window[:size]
	first := min(int64(size), r.end-r.file(r.from))
	got := r.read(r.window[:first], r.file(r.from))
	if int64(got) == first && first < int64(size) {
		got += r.read(r.window[first:], r.begin)
	}
	r.window = r.window[:got]
}

func (r *ring) read(b []byte, at int64) int {
	n, err := r.at.ReadAt(b, at)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0
	}
	return n
}

// index gives the first place at or after p where what stands, -1 if none
// before limit.
func (r *ring) index(what []byte, p, limit int64) int64 {
	for p < limit {
		b := r.view(p, int(min(windowSize/2, limit-p)))
		if len(b) < len(what) {
			return -1
		}
		if i := bytes.Index(b, what); i >= 0 {
			return p + int64(i)
		}
		p += int64(len(b) - len(what) + 1)
	}
	return -1
}

// isZero reports whether the places from p to limit hold nothing but zeros.
func (r *ring) isZero(p, limit int64) bool {
	for p < limit {
		b := r.view(p, int(min(windowSize/2, limit-p)))
		if len(b) == 0 {
			return true
		}
		for _, c := range b {
			if c != 0 {
				return false
			}
		}
		p += int64(len(b))
	}
	return true
}
