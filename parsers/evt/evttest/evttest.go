// Package evttest writes small event logs (.evt) for tests.
//
// The layout follows MS-EVEN section 2.2 (records) and libevt's documentation
// of the file.
package evttest

import (
	"encoding/binary"
	"time"
	"unicode/utf16"
)

const (
	headSize   = 48
	endSize    = 40
	recordHead = 56
)

// Log is a log to be written.
type Log struct {
	Events []Event
	First  uint32 // number of the first event; 0 for 1
	Size   int    // of the file; 0 for as much as is needed
	Dirty  bool   // leave the head as it was when the log was opened
}

// Event is one event.
type Event struct {
	Source, Computer string
	ID               uint32 // all 32 bits
	Type             uint16 // 1 error, 2 warning, 4 information, 8 success audit, 16 failure audit
	Category         uint16
	Time             time.Time
	User             []byte // SID; nil for none
	Strings          []string
	Data             []byte
}

// Record writes one record.
func (e Event) Record(number uint32) []byte {
	le := binary.LittleEndian
	b := make([]byte, recordHead)
	copy(b[4:], "LfLe")
	le.PutUint32(b[8:], number)
	le.PutUint32(b[12:], uint32(e.Time.Unix()))
	le.PutUint32(b[16:], uint32(e.Time.Unix()))
	le.PutUint32(b[20:], e.ID)
	le.PutUint16(b[24:], e.Type)
	le.PutUint16(b[26:], uint16(len(e.Strings)))
	le.PutUint16(b[28:], e.Category)
	b = appendString(b, e.Source)
	b = appendString(b, e.Computer)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	le.PutUint32(b[40:], uint32(len(e.User)))
	le.PutUint32(b[44:], uint32(len(b)))
	b = append(b, e.User...)
	le.PutUint32(b[36:], uint32(len(b)))
	for _, s := range e.Strings {
		b = appendString(b, s)
	}
	le.PutUint32(b[48:], uint32(len(e.Data)))
	le.PutUint32(b[52:], uint32(len(b)))
	b = append(b, e.Data...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	le.PutUint32(b, uint32(len(b)+4))
	return le.AppendUint32(b, uint32(len(b)+4))
}

func appendString(b []byte, s string) []byte {
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return append(b, 0, 0)
}

// SID makes a security identifier of NT authority (5).
func SID(sub ...uint32) []byte {
	b := []byte{1, byte(len(sub)), 0, 0, 0, 0, 0, 5}
	for _, s := range sub {
		b = binary.LittleEndian.AppendUint32(b, s)
	}
	return b
}

// Bytes writes the log as the service does: events that do not fit go on at the
// beginning, over the oldest ones.
func (l Log) Bytes() []byte {
	le := binary.LittleEndian
	number := max(l.First, 1)
	w := ring{oldest: headSize, oldestNumber: number, end: headSize}
	w.b = make([]byte, max(l.Size, headSize))
	w.grow = l.Size == 0
	w.close(number)
	stale := append([]byte(nil), w.head(number)...)
	for _, e := range l.Events {
		w.add(e.Record(number), number)
		number++
		w.close(number)
	}
	head := w.head(number)
	if l.Dirty {
		head = stale
		le.PutUint32(head[36:], 1)
	}
	if w.wrapped {
		le.PutUint32(head[36:], le.Uint32(head[36:])|2)
	}
	copy(w.b, head)
	return w.b
}

// ring is a file that is being written.
type ring struct {
	b            []byte
	grow         bool
	wrapped      bool
	end          int // of the newest record
	oldest       int
	oldestNumber uint32
	starts       []int // of the live records
}

func (w *ring) head(next uint32) []byte {
	le := binary.LittleEndian
	h := make([]byte, headSize)
	le.PutUint32(h, headSize)
	copy(h[4:], "LfLe")
	for i, n := range []uint32{1, 1, uint32(w.oldest), uint32(w.end), next, w.oldestNumber, uint32(len(w.b)), 0, 0, headSize} {
		le.PutUint32(h[8+4*i:], n)
	}
	return h
}

// put writes b at at, going round, and gives the place behind it.
func (w *ring) put(at int, b []byte) int {
	for _, c := range b {
		if at == len(w.b) {
			at = headSize
		}
		w.b[at] = c
		at++
	}
	return at
}

// clear drops the oldest records that lie within n bytes from at on.
func (w *ring) clear(at, n int) {
	for len(w.starts) > 0 {
		ahead := w.starts[0] - at
		if ahead < 0 {
			ahead += len(w.b) - headSize
		}
		if !w.wrapped || ahead >= n {
			return
		}
		w.starts = w.starts[1:]
		w.oldestNumber++
		if len(w.starts) > 0 {
			w.oldest = w.starts[0]
		}
	}
}

func (w *ring) add(record []byte, number uint32) {
	if w.grow {
		w.b = append(w.b[:w.end], make([]byte, len(record)+endSize)...)
	}
	if left := len(w.b) - w.end; !w.grow && left < recordHead {
		for i := w.end; i+4 <= len(w.b); i += 4 {
			binary.LittleEndian.PutUint32(w.b[i:], 0x27)
		}
		w.end, w.wrapped = headSize, true
	}
	if w.end+len(record)+endSize > len(w.b) {
		w.wrapped = true
	}
	w.clear(w.end, len(record)+endSize)
	if len(w.starts) == 0 {
		w.oldest, w.oldestNumber = w.end, number
	}
	w.starts = append(w.starts, w.end)
	w.end = w.put(w.end, record)
}

// close writes the end record.
func (w *ring) close(next uint32) {
	b := []byte{0x28, 0, 0, 0}
	for i := byte(0x11); i <= 0x44; i += 0x11 {
		b = append(b, i, i, i, i)
	}
	for _, n := range []uint32{uint32(w.oldest), uint32(w.end), next, w.oldestNumber, endSize} {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	if w.grow {
		w.b = append(w.b[:w.end], make([]byte, endSize)...)
	}
	w.put(w.end, b)
}
