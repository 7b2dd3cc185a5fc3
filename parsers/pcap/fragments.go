package pcap

import (
	"net/netip"
	"slices"
)

// Fragments of IP packets are put together [RFC 791 section 3.2, RFC 8200
// section 4.5]. What is held of packets whose fragments do not all come is
// bounded; those given up are accounted for.
const (
	maxHalfPackets = 64
	maxIPBody      = 1 << 16
)

// fragKey names the packet that a fragment is of.
type fragKey struct {
	src, dst netip.Addr
	proto    byte
	id       uint32
}

// fragInfo is where a fragment belongs; off is in bytes.
type fragInfo struct {
	id   uint32
	off  int
	more bool
}

// halfPacket is a packet of which fragments are there.
type halfPacket struct {
	key   fragKey
	parts []fragPart // by their places
	size  int        // of the whole, 0 if its end is not there
	got   int        // bytes of all parts
}

type fragPart struct {
	off  int
	data []byte
}

// fragments holds the packets that are not whole, the oldest first.
type fragments struct {
	held []*halfPacket
}

// add takes a fragment. It gives the whole packet if this was the last piece of
// it, and how many fragments were given up to make room.
func (f *fragments) add(p *ipPacket) (whole ipPacket, ok bool, lost int) {
	if p.missing > 0 || p.frag.off+len(p.body) > maxIPBody {
		return ipPacket{}, false, 1
	}
	k := fragKey{p.src, p.dst, p.proto, p.frag.id}
	i := slices.IndexFunc(f.held, func(h *halfPacket) bool { return h.key == k })
	if i < 0 {
		if len(f.held) >= maxHalfPackets {
			lost = len(f.held[0].parts)
			f.held = slices.Delete(f.held, 0, 1)
		}
		f.held = append(f.held, &halfPacket{key: k})
		i = len(f.held) - 1
	}
	h := f.held[i]
	at, again := slices.BinarySearchFunc(h.parts, p.frag.off, func(q fragPart, off int) int { return q.off - off })
	if again || len(h.parts) >= maxIPBody/8 {
		return ipPacket{}, false, lost // sent twice
	}
	h.parts = slices.Insert(h.parts, at, fragPart{p.frag.off, slices.Clone(p.body)})
	h.got += len(p.body)
	if !p.frag.more {
		h.size = p.frag.off + len(p.body)
	}
	body := h.join()
	if body == nil {
		return ipPacket{}, false, lost
	}
	f.held = slices.Delete(f.held, i, i+1)
	return ipPacket{proto: p.proto, src: p.src, dst: p.dst, body: body}, true, lost
}

// join gives the body of a packet of which all is there, nil of one that has
// holes. Of fragments that overlap the earlier one counts.
func (h *halfPacket) join() []byte {
	if h.size == 0 || h.got < h.size {
		return nil
	}
	have := 0
	for _, p := range h.parts {
		if p.off > have {
			return nil
		}
		have = max(have, p.off+len(p.data))
	}
	if have < h.size {
		return nil
	}
	body := make([]byte, 0, h.size)
	for _, p := range h.parts {
		if skip := len(body) - p.off; skip < len(p.data) {
			body = append(body, p.data[skip:]...)
		}
	}
	return body[:h.size]
}

// left gives how many fragments wait for others that did not come.
func (f *fragments) left() int {
	n := 0
	for _, h := range f.held {
		n += len(h.parts)
	}
	return n
}
