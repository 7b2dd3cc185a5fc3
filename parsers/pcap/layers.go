package pcap

import (
	"encoding/binary"
	"net/netip"
)

// Link types [draft-ietf-opsawg-pcaplinktype].
const (
	linkNull     = 0
	linkEthernet = 1
	linkPPP      = 9
	linkRaw12    = 12 // raw IP as BSDs number it
	linkRaw14    = 14
	linkPPPHDLC  = 50
	linkPPPoE    = 51
	linkRaw      = 101
	linkLoop     = 108
	linkCooked   = 113
	linkIPv4     = 228
	linkIPv6     = 229
	linkCooked2  = 276
)

var be = binary.BigEndian

// network takes the link layer off a packet and gives what is IP, nil if it
// is something else.
func network(link uint16, b []byte) []byte {
	switch link {
	case linkEthernet:
		if len(b) < 14 {
			return nil
		}
		return etherType(be.Uint16(b[12:]), b[14:])
	case linkRaw, linkRaw12, linkRaw14, linkIPv4, linkIPv6:
		return b
	case linkNull, linkLoop:
		if len(b) < 4 {
			return nil
		}
		return b[4:]
	case linkCooked:
		if len(b) < 16 {
			return nil
		}
		return etherType(be.Uint16(b[14:]), b[16:])
	case linkCooked2:
		if len(b) < 20 {
			return nil
		}
		return etherType(be.Uint16(b), b[20:])
	case linkPPP, linkPPPHDLC:
		if len(b) > 2 && b[0] == 0xFF && b[1] == 3 {
			b = b[2:]
		}
		return pppProtocol(b)
	case linkPPPoE:
		return pppoe(b)
	}
	return nil
}

// etherType follows VLAN tags [802.1Q, 802.1ad] and PPPoE.
func etherType(t uint16, b []byte) []byte {
	for range 4 {
		switch t {
		case 0x0800, 0x86DD:
			return b
		case 0x8100, 0x88A8, 0x9100:
			if len(b) < 4 {
				return nil
			}
			t, b = be.Uint16(b[2:]), b[4:]
		case 0x8864:
			return pppoe(b)
		default:
			return nil
		}
	}
	return nil
}

func pppoe(b []byte) []byte {
	if len(b) < 6 {
		return nil
	}
	return pppProtocol(b[6:])
}

func pppProtocol(b []byte) []byte {
	if len(b) < 2 {
		return nil
	}
	switch be.Uint16(b) {
	case 0x0021, 0x0057:
		return b[2:]
	}
	return nil
}

// Bits of a TCP header [RFC 9293 section 3.1].
const (
	fin = 1
	syn = 2
	rst = 4
	ack = 16
)

// segment is one TCP segment.
type segment struct {
	from, to netip.AddrPort
	seq, ack uint32
	flags    byte
	data     []byte // what was captured of its payload
	missing  int    // bytes of the payload that were not captured
}

// what a packet turned out to be.
type what uint8

const (
	other    what = iota
	isTCP         // a segment
	isICMP        // an ICMP error about a segment
	fragment      // a part of an IP packet, which waits for the others or was given up
)

// ipPacket is the content of an IP packet.
type ipPacket struct {
	proto    byte
	src, dst netip.Addr
	body     []byte
	missing  int       // bytes of the body that were not captured
	frag     *fragInfo // nil for a whole packet
}

// readIP reads the header of IPv4 or IPv6.
func readIP(b []byte) (ipPacket, bool) {
	if len(b) < 20 {
		return ipPacket{}, false
	}
	switch b[0] >> 4 {
	case 4:
		return readIPv4(b)
	case 6:
		return readIPv6(b)
	}
	return ipPacket{}, false
}

func readIPv4(b []byte) (ipPacket, bool) {
	h := int(b[0]&15) * 4
	total := int(be.Uint16(b[2:]))
	if total == 0 {
		total = len(b) // segmentation was left to the card
	}
	if h < 20 || len(b) < h || total < h {
		return ipPacket{}, false
	}
	p := ipPacket{proto: b[9], src: netip.AddrFrom4([4]byte(b[12:16])), dst: netip.AddrFrom4([4]byte(b[16:20]))}
	if f := be.Uint16(b[6:]); f&0x3FFF != 0 {
		p.frag = &fragInfo{id: uint32(be.Uint16(b[4:])), off: int(f&0x1FFF) * 8, more: f&0x2000 != 0}
	}
	p.body, p.missing = cut(b[h:], total-h)
	return p, true
}

func readIPv6(b []byte) (ipPacket, bool) {
	if len(b) < 40 {
		return ipPacket{}, false
	}
	p := ipPacket{proto: b[6], src: netip.AddrFrom16([16]byte(b[8:24])), dst: netip.AddrFrom16([16]byte(b[24:40]))}
	n := int(be.Uint16(b[4:]))
	if n == 0 {
		n = len(b) - 40
	}
	p.body, p.missing = cut(b[40:], n)
	for range 8 { // extension headers [RFC 8200 section 4]
		switch p.proto {
		case 0, 43, 60:
			if len(p.body) < 8 {
				return ipPacket{}, false
			}
			size := int(p.body[1])*8 + 8
			if size > len(p.body) {
				return ipPacket{}, false
			}
			p.proto, p.body = p.body[0], p.body[size:]
		case 44:
			if len(p.body) < 8 {
				return ipPacket{}, false
			}
			f := be.Uint16(p.body[2:])
			id := be.Uint32(p.body[4:])
			p.proto, p.body = p.body[0], p.body[8:]
			if f&0xFFF9 != 0 {
				p.frag = &fragInfo{id: id, off: int(f &^ 7), more: f&1 != 0}
				return p, true // what follows is no header but of the first
			}
		default:
			return p, true
		}
	}
	return p, true
}

// cut gives at most n bytes, and how many of them are not there.
func cut(b []byte, n int) ([]byte, int) {
	if len(b) >= n {
		return b[:n], 0
	}
	return b, n - len(b)
}

// tcp reads a segment.
func (p *ipPacket) tcp() (segment, bool) {
	b := p.body
	if len(b) < 20 {
		return segment{}, false
	}
	h := int(b[12]>>4) * 4
	if h < 20 {
		return segment{}, false
	}
	s := segment{
		from: netip.AddrPortFrom(p.src, be.Uint16(b)), to: netip.AddrPortFrom(p.dst, be.Uint16(b[2:])),
		seq: be.Uint32(b[4:]), ack: be.Uint32(b[8:]), flags: b[13], missing: p.missing,
	}
	if h > len(b) {
		s.missing -= h - len(b)
		return s, true
	}
	s.data = b[h:]
	return s, true
}

// unreachable reads an ICMP error [RFC 792, RFC 4443]: the segment that it is
// about, and its type and code.
func (p *ipPacket) unreachable() (seg segment, code byte, ok bool) {
	if len(p.body) < 8 || p.proto == 1 && p.body[0] != 3 || p.proto == 58 && p.body[0] != 1 {
		return segment{}, 0, false
	}
	inner, ok := readIP(p.body[8:])
	if !ok || inner.proto != 6 || len(inner.body) < 8 {
		return segment{}, 0, false
	}
	b := inner.body
	seg = segment{from: netip.AddrPortFrom(inner.src, be.Uint16(b)), to: netip.AddrPortFrom(inner.dst, be.Uint16(b[2:])), seq: be.Uint32(b[4:])}
	return seg, p.body[1], true
}
