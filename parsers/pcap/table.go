package pcap

import (
	"container/list"
	"net/netip"
	"slices"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/transcript"
)

// key is the two ends of a connection, the lesser first.
type key struct{ a, b netip.AddrPort }

// keyOf gives the key and the index of the sender in it.
func keyOf(s *segment) (key, int) {
	if s.from.Compare(s.to) <= 0 {
		return key{s.from, s.to}, 0
	}
	return key{s.to, s.from}, 1
}

func (k key) end(i int) netip.AddrPort {
	if i == 0 {
		return k.a
	}
	return k.b
}

// Bounds of the table: connections, and bytes that they hold.
const (
	maxStreams = 20_000
	maxHeld    = 48 << 20
)

// table holds the connections of a capture.
type table struct {
	form    string
	out     *parsers.Out
	streams map[key]*list.Element
	used    *list.List // of *entry, the one unused longest first
	held    int
	frags   fragments
	last    time.Time // of the latest packet
	zone    parsers.Zone
}

type entry struct {
	key key
	s   *stream
}

func newTable(form string, out *parsers.Out) *table {
	return &table{form: form, out: out, streams: map[key]*list.Element{}, used: list.New(), zone: parsers.ZoneUTC}
}

// serverPorts are ports that servers use, although they may be high.
var serverPorts = []uint16{1025, 2525, 3268, 3269, 3306, 3389, 5432, 6379, 8025, 8080, 8081, 8443, 1433}

// serverSide tells which end of a connection is the server, of one whose
// beginning is not in the capture.
func serverSide(k key, sender int) int {
	a, b := k.a.Port(), k.b.Port()
	knownA, knownB := a < 1024 || slices.Contains(serverPorts, a), b < 1024 || slices.Contains(serverPorts, b)
	switch {
	case knownA != knownB && knownA, knownA == knownB && a < b:
		return 0
	case knownA != knownB, a > b:
		return 1
	}
	return 1 - sender
}

// segment takes one TCP segment.
func (t *table) segment(s *segment, p *packet) {
	k, sender := keyOf(s)
	pos := parsers.Pos{Record: uint64(p.no), Offset: p.offset, Length: p.length}
	e := t.streams[k]
	if e != nil && s.flags&(syn|ack) == syn {
		if st := e.Value.(*entry).s; st.done || st.isn != s.seq && (st.answered || st.middle) {
			t.remove(e) // the ports are used again
			e = nil
		}
	}
	if e == nil {
		if s.flags&rst != 0 && len(s.data) == 0 {
			return // the end of what is not in the capture
		}
		e = t.begin(k, sender, s, p, pos)
	}
	t.used.MoveToBack(e)
	st := e.Value.(*entry).s
	if st.done {
		if st.givenUp && len(s.data) > 0 {
			t.out.Skip("TCP segment of a connection that was given up to bound memory", 1, pos)
		}
		return
	}
	side := 0
	if sender == st.server {
		side = 1
	}
	st.last = p.at
	t.feed(st, side, s, p.at, pos)
	t.recount(st)
}

// begin makes a stream of its first segment.
func (t *table) begin(k key, sender int, s *segment, p *packet, pos parsers.Pos) *list.Element {
	st := &stream{isn: s.seq, begun: p.at, first: pos}
	switch s.flags & (syn | ack) {
	case syn:
		st.server = 1 - sender
	case syn | ack:
		st.server = sender
	default:
		st.middle = true
		st.server = serverSide(k, sender)
	}
	addr := k.end(st.server)
	st.talk = transcript.NewConversation(t.form, addr.Addr().Unmap().String(), int(addr.Port()), t.zone)
	if st.middle {
		st.talk.Connected(p.at, pos)
	}
	e := t.used.PushBack(&entry{k, st})
	t.streams[k] = e
	if t.used.Len() > maxStreams {
		t.remove(t.used.Front())
	}
	return e
}

// feed tells a stream's conversation of a segment.
func (t *table) feed(st *stream, side int, s *segment, at time.Time, pos parsers.Pos) {
	f, peer := &st.flows[side], &st.flows[1-side]
	say := func(side int) func(piece) {
		return func(p piece) { st.talk.Say(side == 1, p.data, p.at, p.pos) }
	}
	gap := func(n int) {
		t.out.Skip("piece of a TCP stream that is not in the capture", 1, pos)
	}
	switch {
	case side == 0 && s.flags&(syn|ack) == syn:
		st.syns++
	case side == 1 && s.flags&(syn|ack) == syn|ack && !st.answered:
		st.answered = true
		st.talk.Connected(at, pos)
	}
	f.take(s, at, pos, say(side), gap)
	if s.flags&ack != 0 {
		peer.confirmed(s.ack, say(1-side), gap)
	}
	switch {
	case s.flags&rst != 0 && !st.answered && !st.middle:
		if side == 1 {
			st.talk.Failed(parsers.ConnectRefused, at, pos)
			st.failed = true
		}
		t.finish(st)
	case s.flags&rst != 0:
		t.rest(st, gap)
		st.talk.Closed(sideName(side), at, pos)
		t.finish(st)
	case s.flags&fin != 0:
		t.rest(st, gap)
		f.fin = true
		st.talk.Closed(sideName(side), at, pos)
		if peer.fin {
			t.finish(st)
		}
	}
}

// rest says what still waits for holes to be filled.
func (t *table) rest(st *stream, gap func(int)) {
	for i := range st.flows {
		for len(st.flows[i].pending) > 0 {
			st.flows[i].jump(func(p piece) { st.talk.Say(i == 1, p.data, p.at, p.pos) }, gap)
		}
	}
}

func sideName(side int) string {
	if side == 1 {
		return "server"
	}
	return "client"
}

// refuse takes an ICMP error about a connection's SYN.
func (t *table) refuse(s *segment, icmp byte, v6 bool, p *packet) {
	k, _ := keyOf(s)
	e := t.streams[k]
	if e == nil {
		return
	}
	st := e.Value.(*entry).s
	if st.done || st.answered || st.middle {
		return
	}
	why := parsers.ConnectUnreachable
	switch {
	case !v6 && (icmp == 9 || icmp == 10 || icmp == 13), v6 && (icmp == 1 || icmp == 5):
		why = parsers.ConnectDenied
	case !v6 && icmp == 3, v6 && icmp == 4:
		why = parsers.ConnectRefused
	}
	st.failed = true
	st.talk.Failed(why, p.at, parsers.Pos{Record: uint64(p.no), Offset: p.offset, Length: p.length})
	t.finish(st)
}

// finish emits a stream's sessions. What still comes of it is passed over.
func (t *table) finish(st *stream) {
	if st.done {
		return
	}
	t.rest(st, func(int) { t.out.Skip("piece of a TCP stream that is not in the capture", 1, st.first) })
	st.done = true
	if !st.answered && !st.middle && !st.failed {
		if st.syns < 2 && t.last.Sub(st.begun) < 3*time.Second {
			t.out.Skip("connection attempt whose result is not in the capture", 1, st.first)
		} else {
			st.talk.Failed(parsers.ConnectTimeout, st.last, st.first)
		}
	}
	st.talk.Emit(t.out)
	t.held -= st.size
	st.size, st.talk = 0, nil
	st.flows = [2]flow{}
}

// recount keeps what all streams hold within the bound. Where it is reached
// those unused longest are given up, until there is room for a while: finding
// them takes time.
func (t *table) recount(st *stream) {
	if st.done {
		return
	}
	size := st.talk.Size() + st.flows[0].size + st.flows[1].size
	t.held += size - st.size
	st.size = size
	if t.held <= maxHeld {
		return
	}
	for e := t.used.Front(); t.held > maxHeld*3/4 && e != nil; e = e.Next() {
		if s := e.Value.(*entry).s; !s.done {
			s.givenUp = true
			t.finish(s)
		}
	}
}

func (t *table) remove(e *list.Element) {
	v := e.Value.(*entry)
	t.finish(v.s)
	t.used.Remove(e)
	if t.streams[v.key] == e {
		delete(t.streams, v.key)
	}
}

// end emits what is left, in the order in which the connections began.
func (t *table) end() {
	var left []*stream
	for e := t.used.Front(); e != nil; e = e.Next() {
		if st := e.Value.(*entry).s; !st.done {
			left = append(left, st)
		}
	}
	slices.SortFunc(left, func(a, b *stream) int { return int(a.first.Record) - int(b.first.Record) })
	for _, st := range left {
		t.finish(st)
	}
}
