package pcap

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"time"
)

// packet is one captured packet. data is only valid until the next one is
// read.
type packet struct {
	no     int // 1-based
	at     time.Time
	link   uint16 // link type of its interface
	data   []byte
	whole  int   // its length on the wire, in bytes
	offset int64 // of its record in the file
	length int64 // of its record in the file, in bytes
}

// errCut means that the file ends inside a record.
var errCut = errors.New("the capture is cut off inside a packet")

// errFormat means that the rest of the file makes no sense.
var errFormat = errors.New("not a packet record: the capture is damaged from here on")

// maxPacket bounds one record; snapshot lengths go up to 256 KiB.
const maxPacket = 4 << 20

// source reads the packets of a pcap or pcapng file.
type source struct {
	r      *bufio.Reader
	offset int64
	no     int
	buf    []byte
	order  binary.ByteOrder
	nano   bool // pcap: times in nanoseconds
	link   uint16
	ng     bool
	ifaces []iface
}

// iface is an interface of a pcapng section.
type iface struct {
	link uint16
	snap int
	unit func(ticks uint64) time.Time
}

// Magic numbers of pcap [draft-ietf-opsawg-pcap]: micro- and nanoseconds, and
// that of the pcap of old with two more fields a record. That of pcapng
// [draft-ietf-opsawg-pcapng] is the type of its section header.
const (
	magicMicro   = 0xA1B2C3D4
	magicNano    = 0xA1B23C4D
	magicSection = 0x0A0D0D0A
	magicOrder   = 0x1A2B3C4D
)

// orderOf tells byte order and resolution of a pcap's magic, nil if it is
// none.
func orderOf(b []byte) (binary.ByteOrder, bool) {
	if len(b) < 4 {
		return nil, false
	}
	for _, o := range [...]binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch o.Uint32(b) {
		case magicMicro:
			return o, false
		case magicNano:
			return o, true
		}
	}
	return nil, false
}

// newSource reads the file's head.
func newSource(r io.Reader) (*source, error) {
	s := &source{r: bufio.NewReaderSize(r, 256<<10)}
	head, err := s.r.Peek(4)
	if err != nil {
		return nil, errCut
	}
	if binary.BigEndian.Uint32(head) == magicSection {
		s.ng = true
		return s, nil
	}
	if s.order, s.nano = orderOf(head); s.order == nil {
		return nil, errFormat
	}
	b, err := s.take(24)
	if err != nil {
		return nil, err
	}
	s.link = uint16(s.order.Uint32(b[20:]))
	return s, nil
}

// take reads n bytes into the buffer.
func (s *source) take(n int) ([]byte, error) {
	if n > cap(s.buf) {
		s.buf = make([]byte, n)
	}
	b := s.buf[:n]
	got, err := io.ReadFull(s.r, b)
	s.offset += int64(got)
	switch {
	case err == io.EOF:
		return nil, io.EOF
	case err == io.ErrUnexpectedEOF:
		return nil, errCut
	}
	return b, err
}

// next gives the next packet; io.EOF at the end of the file.
func (s *source) next() (packet, error) {
	if s.ng {
		return s.nextNG()
	}
	p := packet{link: s.link, offset: s.offset}
	h, err := s.take(16)
	if err != nil {
		return packet{}, err
	}
	sec, frac := int64(s.order.Uint32(h)), int64(s.order.Uint32(h[4:]))
	n := int(s.order.Uint32(h[8:]))
	p.whole = int(s.order.Uint32(h[12:]))
	if n > maxPacket {
		return packet{}, errFormat
	}
	if !s.nano {
		frac *= 1000
	}
	p.at = time.Unix(sec, frac).UTC()
	if p.data, err = s.take(n); err != nil {
		return packet{}, inside(err)
	}
	p.length = s.offset - p.offset
	s.no++
	p.no = s.no
	return p, nil
}

// inside makes the end of the file an error.
func inside(err error) error {
	if err == io.EOF {
		return errCut
	}
	return err
}

// Block types of pcapng that carry what is needed here.
const (
	blockInterface = 1
	blockOldPacket = 2
	blockSimple    = 3
	blockEnhanced  = 6
)

// nextNG gives the next packet of a pcapng file.
func (s *source) nextNG() (packet, error) {
	for {
		p := packet{offset: s.offset}
		kind, body, err := s.block()
		if err != nil {
			return packet{}, err
		}
		ok := false
		switch kind {
		case blockInterface:
			s.addInterface(body)
		case blockEnhanced:
			ok = s.enhanced(body, &p, 4)
		case blockOldPacket:
			ok = s.enhanced(body, &p, 2)
		case blockSimple:
			ok = s.simple(body, &p)
		}
		if ok {
			s.no++
			p.no = s.no
			p.length = s.offset - p.offset
			return p, nil
		}
	}
}

// block reads one block; of a section header it takes the byte order.
func (s *source) block() (uint32, []byte, error) {
	h, err := s.r.Peek(12)
	if len(h) == 0 {
		return 0, nil, io.EOF
	}
	if err != nil {
		return 0, nil, errCut
	}
	if binary.BigEndian.Uint32(h) == magicSection {
		switch uint32(magicOrder) {
		case binary.LittleEndian.Uint32(h[8:]):
			s.order = binary.LittleEndian
		case binary.BigEndian.Uint32(h[8:]):
			s.order = binary.BigEndian
		default:
			return 0, nil, errFormat
		}
		s.ifaces = s.ifaces[:0]
	}
	if s.order == nil {
		return 0, nil, errFormat
	}
	kind, n := s.order.Uint32(h), int(s.order.Uint32(h[4:]))
	if n < 12 || n > maxPacket || n%4 != 0 {
		return 0, nil, errFormat
	}
	b, err := s.take(n)
	if err != nil {
		return 0, nil, inside(err)
	}
	return kind, b[8 : n-4], nil
}

// maxInterfaces bounds the interfaces of one section.
const maxInterfaces = 4096

func (s *source) addInterface(b []byte) {
	if len(b) < 8 || len(s.ifaces) >= maxInterfaces {
		return
	}
	i := iface{link: s.order.Uint16(b), snap: int(s.order.Uint32(b[4:])), unit: decimal(6)}
	for o := b[8:]; len(o) >= 4; {
		code, n := s.order.Uint16(o), int(s.order.Uint16(o[2:]))
		if code == 0 || 4+n > len(o) {
			break
		}
		if code == 9 && n >= 1 { // if_tsresol
			if v := o[4]; v&0x80 != 0 {
				i.unit = binaryUnit(uint(v & 0x7F))
			} else {
				i.unit = decimal(int(v))
			}
		}
		o = o[min(len(o), 4+(n+3)&^3):]
	}
	s.ifaces = append(s.ifaces, i)
}

// decimal reads ticks of 10^-n seconds.
func decimal(n int) func(uint64) time.Time {
	if n > 18 {
		n = 18
	}
	unit := uint64(1)
	for range n {
		unit *= 10
	}
	return func(t uint64) time.Time {
		frac := t % unit
		for i := n; i < 9; i++ {
			frac *= 10
		}
		for i := n; i > 9; i-- {
			frac /= 10
		}
		return time.Unix(int64(t/unit), int64(frac)).UTC()
	}
}

// binaryUnit reads ticks of 2^-n seconds.
func binaryUnit(n uint) func(uint64) time.Time {
	n = min(n, 60)
	return func(t uint64) time.Time {
		frac := float64(t&(1<<n-1)) / float64(uint64(1)<<n)
		return time.Unix(int64(t>>n), int64(frac*1e9)).UTC()
	}
}

// enhanced reads a packet block; idSize is the size of its interface's number.
func (s *source) enhanced(b []byte, p *packet, idSize int) bool {
	if len(b) < 20 {
		return false
	}
	id := 0
	if idSize == 4 {
		id = int(s.order.Uint32(b))
	} else {
		id = int(s.order.Uint16(b))
	}
	n := int(s.order.Uint32(b[12:]))
	if id < 0 || id >= len(s.ifaces) || n > len(b)-20 {
		return false
	}
	ticks := uint64(s.order.Uint32(b[4:]))<<32 | uint64(s.order.Uint32(b[8:]))
	p.at = s.ifaces[id].unit(ticks)
	p.whole = int(s.order.Uint32(b[16:]))
	p.link = s.ifaces[id].link
	p.data = b[20 : 20+n]
	return true
}

// simple reads a block that has neither time nor interface.
func (s *source) simple(b []byte, p *packet) bool {
	if len(b) < 4 || len(s.ifaces) == 0 {
		return false
	}
	p.whole = int(s.order.Uint32(b))
	n := min(p.whole, len(b)-4)
	if snap := s.ifaces[0].snap; snap > 0 {
		n = min(n, snap)
	}
	p.link = s.ifaces[0].link
	p.data = b[4 : 4+n]
	return true
}
