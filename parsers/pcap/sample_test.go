package pcap

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"time"

	"kbdiag/parsers"
)

// tape writes packets as a capture for tests.
type tape struct {
	ng    bool
	order binary.ByteOrder
	nano  bool
	link  uint16
	snap  int
	vlan  bool
	begun bool // the head is written
	at    time.Time
	out   bytes.Buffer
}

func newTape() *tape {
	return &tape{order: binary.LittleEndian, link: linkEthernet, snap: 1 << 16, at: time.Date(2026, 11, 22, 22, 1, 3, 123456000, time.UTC)}
}

func (w *tape) u16(v uint16) {
	b := make([]byte, 2)
	w.order.PutUint16(b, v)
	w.out.Write(b)
}

func (w *tape) u32(v uint32) {
	b := make([]byte, 4)
	w.order.PutUint32(b, v)
	w.out.Write(b)
}

func (w *tape) head() {
	if w.ng {
		w.u32(magicSection)
		w.u32(28)
		w.u32(magicOrder)
		w.u16(1)
		w.u16(0)
		w.u32(0xFFFFFFFF)
		w.u32(0xFFFFFFFF)
		w.u32(28)
		w.u32(blockInterface) // with if_tsresol 9
		w.u32(32)
		w.u16(w.link)
		w.u16(0)
		w.u32(uint32(w.snap))
		w.u16(9)
		w.u16(1)
		w.out.Write([]byte{9, 0, 0, 0})
		w.u32(0)
		w.u32(32)
		return
	}
	magic := uint32(magicMicro)
	if w.nano {
		magic = magicNano
	}
	w.u32(magic)
	w.u16(2)
	w.u16(4)
	w.u32(0)
	w.u32(0)
	w.u32(uint32(w.snap))
	w.u32(uint32(w.link))
}

// packet writes an IP packet.
func (w *tape) packet(ip []byte) {
	if !w.begun {
		w.begun = true
		w.head()
	}
	v6 := ip[0]>>4 == 6
	etherType := []byte{0x08, 0}
	if v6 {
		etherType = []byte{0x86, 0xDD}
	}
	var b []byte
	switch w.link {
	case linkEthernet:
		b = make([]byte, 12)
		if w.vlan {
			b = append(b, 0x81, 0, 0, 7)
		}
		b = append(b, etherType...)
	case linkCooked:
		b = append(make([]byte, 14), etherType...)
	case linkCooked2:
		b = append(append([]byte{}, etherType...), make([]byte, 18)...)
	case linkNull, linkLoop:
		b = []byte{2, 0, 0, 0}
	case linkPPP:
		b = []byte{0xFF, 3, 0, 0x21}
	}
	b = append(b, ip...)
	whole := len(b)
	b = b[:min(len(b), w.snap)]
	w.at = w.at.Add(10 * time.Millisecond)
	if w.ng {
		pad := (4 - len(b)%4) % 4
		size := uint32(32 + len(b) + pad)
		ticks := uint64(w.at.UnixNano())
		w.u32(blockEnhanced)
		w.u32(size)
		w.u32(0)
		w.u32(uint32(ticks >> 32))
		w.u32(uint32(ticks))
		w.u32(uint32(len(b)))
		w.u32(uint32(whole))
		w.out.Write(b)
		w.out.Write(make([]byte, pad))
		w.u32(size)
		return
	}
	frac := w.at.Nanosecond()
	if !w.nano {
		frac /= 1000
	}
	w.u32(uint32(w.at.Unix()))
	w.u32(uint32(frac))
	w.u32(uint32(len(b)))
	w.u32(uint32(whole))
	w.out.Write(b)
}

// conn is a connection that writes its segments onto a tape.
type conn struct {
	w              *tape
	client, server netip.AddrPort
	seq            [2]uint32 // next of client and server
}

func (w *tape) dial(client, server string) *conn {
	return &conn{w: w, client: netip.MustParseAddrPort(client), server: netip.MustParseAddrPort(server), seq: [2]uint32{4294967290, 7000}} // the client's numbers wrap
}

// segment makes the IP packet of a segment with a sequence number of its own.
func (c *conn) segment(side int, flags byte, seq uint32, data []byte) []byte {
	from, to := c.client, c.server
	if side == 1 {
		from, to = to, from
	}
	t := make([]byte, 20, 20+len(data))
	be.PutUint16(t, from.Port())
	be.PutUint16(t[2:], to.Port())
	be.PutUint32(t[4:], seq)
	if flags&ack != 0 {
		be.PutUint32(t[8:], c.seq[1-side])
	}
	t[12], t[13] = 5<<4, flags
	return ipPacketOf(from.Addr(), to.Addr(), 6, append(t, data...))
}

func ipPacketOf(from, to netip.Addr, proto byte, body []byte) []byte {
	if from.Is6() {
		h := make([]byte, 40)
		h[0], h[6] = 0x60, proto
		be.PutUint16(h[4:], uint16(len(body)))
		copy(h[8:], from.AsSlice())
		copy(h[24:], to.AsSlice())
		return append(h, body...)
	}
	h := make([]byte, 20)
	h[0], h[8], h[9] = 0x45, 64, proto
	be.PutUint16(h[2:], uint16(20+len(body)))
	copy(h[12:], from.AsSlice())
	copy(h[16:], to.AsSlice())
	return append(h, body...)
}

// take makes the next segment of a side and moves its sequence number on.
func (c *conn) take(side int, flags byte, data string) []byte {
	p := c.segment(side, flags, c.seq[side], []byte(data))
	c.seq[side] += uint32(len(data))
	if flags&(syn|fin) != 0 {
		c.seq[side]++
	}
	return p
}

func (c *conn) send(side int, flags byte, data string) { c.w.packet(c.take(side, flags, data)) }

func (c *conn) open() {
	c.send(0, syn, "")
	c.send(1, syn|ack, "")
	c.send(0, ack, "")
}

func (c *conn) close(side int) {
	c.send(side, fin|ack, "")
	c.send(1-side, fin|ack, "")
	c.send(side, ack, "")
}

func (c *conn) say(lines ...string) {
	for _, l := range lines {
		side := 1
		if l[0] == 'C' {
			side = 0
		}
		c.send(side, ack|8, l[3:]+"\r\n")
		c.send(1-side, ack, "")
	}
}

func readBytes(b []byte) ([]parsers.Session, *parsers.Account) {
	rd := &parsers.Reader{Forms: parsers.Forms{Formats: []parsers.Format{Format()}}, Secrets: &parsers.Secrets{}, Stdin: bytes.NewReader(b)}
	var sessions []parsers.Session
	accounts := rd.Read(parsers.StdinName, parsers.Visitor{Session: func(s *parsers.Session) { sessions = append(sessions, *s) }})
	return sessions, accounts[0]
}
