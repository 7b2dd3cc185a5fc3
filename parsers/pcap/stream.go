package pcap

import (
	"slices"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/transcript"
)

// flow is one direction of a connection.
type flow struct {
	next    uint32 // the sequence number that comes next
	known   bool   // next is set
	pending []piece
	size    int  // bytes pending
	seen    int  // segments of the other side that say the hole was received
	fin     bool // its end was seen
}

// piece is data that came before what goes before it.
type piece struct {
	seq  uint32
	data []byte
	at   time.Time
	pos  parsers.Pos
}

// Bounds of what waits for a hole to be filled.
const (
	maxPending      = 256 << 10
	maxPendingParts = 256
	holeAcks        = 1
)

// stream is one TCP connection. Side 0 is the client, 1 the server.
type stream struct {
	talk     *transcript.Conversation
	flows    [2]flow
	isn      uint32
	server   int // index of the address that is the server: see key
	begun    time.Time
	first    parsers.Pos
	last     time.Time
	syns     int
	answered bool // SYN and ACK was seen
	middle   bool // its beginning is not in the capture
	failed   bool
	done     bool
	givenUp  bool // it was ended to bound memory
	size     int  // of talk and pending, as last counted
}

// before compares sequence numbers [RFC 9293 section 3.4].
func before(a, b uint32) bool { return int32(a-b) < 0 }

// take puts a segment's data in its place. say is told of data in order; gap
// of bytes that are missing.
func (f *flow) take(s *segment, at time.Time, pos parsers.Pos, say func(piece), gap func(int)) {
	seq := s.seq
	if s.flags&syn != 0 {
		f.next, f.known = seq+1, true
		seq++
	}
	if len(s.data) == 0 && s.missing == 0 {
		return
	}
	if !f.known {
		f.next, f.known = seq, true
	}
	end := seq + uint32(len(s.data)+s.missing)
	if !before(f.next, end) {
		return // sent again
	}
	if before(f.next, seq) {
		if len(s.data) > 0 {
			f.hold(piece{seq, slices.Clone(s.data), at, pos})
		}
		if f.size > maxPending || len(f.pending) > maxPendingParts {
			f.jump(say, gap)
		}
		return
	}
	old := int(f.next - seq)
	if old < len(s.data) {
		say(piece{f.next, s.data[old:], at, pos})
	}
	f.next = end
	if s.missing > 0 {
		gap(s.missing)
	}
	f.drain(say)
}

// hold keeps a piece in order.
func (f *flow) hold(p piece) {
	i, _ := slices.BinarySearchFunc(f.pending, p, func(a, b piece) int { return int(int32(a.seq - b.seq)) })
	if i < len(f.pending) && f.pending[i].seq == p.seq && len(f.pending[i].data) >= len(p.data) {
		return
	}
	f.pending = slices.Insert(f.pending, i, p)
	f.size += len(p.data)
}

// drain says what now is in order.
func (f *flow) drain(say func(piece)) {
	n := 0
	for n < len(f.pending) && !before(f.next, f.pending[n].seq) {
		p := f.pending[n]
		n++
		f.size -= len(p.data)
		if old := int(f.next - p.seq); old < len(p.data) {
			end := p.seq + uint32(len(p.data))
			p.data = p.data[old:]
			say(p)
			f.next = end
		}
	}
	if n > 0 {
		f.pending = slices.Delete(f.pending, 0, n)
		f.seen = 0
	}
}

// jump gives up waiting for the hole before the first piece that waits.
func (f *flow) jump(say func(piece), gap func(int)) {
	if len(f.pending) == 0 {
		return
	}
	gap(int(f.pending[0].seq - f.next))
	f.next = f.pending[0].seq
	f.drain(say)
}

// confirmed tells a flow what the other side has received: a hole that it has
// is one of the capture.
func (f *flow) confirmed(ack uint32, say func(piece), gap func(int)) {
	if len(f.pending) == 0 || !before(f.pending[0].seq, ack) {
		return
	}
	if f.seen++; f.seen >= holeAcks {
		f.seen = 0
		f.jump(say, gap)
	}
}
