// Package pcap reads packet captures: pcap and pcapng files as tcpdump,
// Wireshark and dumpcap write them. TCP connections are put together and read
// as sessions by the grammars of package transcript; connections that were
// refused or never answered become sessions that failed.
//
// The room has its own reader of the few layers it needs rather than a packet
// library: nothing but TCP over IP matters here, a library decodes into
// objects what is thrown away at once, and the one in use elsewhere keeps
// reassembled streams in goroutines of its own, which memory cannot be bounded
// by.
package pcap

import (
	"encoding/binary"
	"errors"
	"io"

	"kbdiag/parsers"
)

// Format is the form for the list of forms.
func Format() parsers.Format {
	return parsers.Format{Name: "pcap", Detect: detect, Parse: parse}
}

func detect(h *parsers.Head) int {
	b := h.Raw
	if len(b) < 24 {
		return 0
	}
	if be.Uint32(b) == magicSection && (be.Uint32(b[8:]) == magicOrder || binary.LittleEndian.Uint32(b[8:]) == magicOrder) {
		return 100
	}
	if order, _ := orderOf(b); order != nil && order.Uint16(b[4:]) == 2 {
		return 100
	}
	return 0
}

const (
	skipFragment = "fragment of an IP packet whose other fragments are not in the capture"
	skipRest     = "rest of the capture, which cannot be read"
)

func parse(in *parsers.Input, out *parsers.Out) error {
	src, err := newSource(in.Bytes())
	if err != nil {
		return err
	}
	form := "pcap"
	if src.ng {
		form = "pcapng"
		out.Format(form)
	}
	t := newTable(form, out)
	for {
		p, err := src.next()
		if err != nil {
			t.end()
			if n := t.frags.left(); n > 0 {
				out.Skip(skipFragment, n, parsers.Pos{Record: uint64(src.no), Offset: src.offset})
			}
			return ended(err, src, out)
		}
		t.packet(&p)
	}
}

// ended accounts for a file that does not end properly.
func ended(err error, src *source, out *parsers.Out) error {
	if err == io.EOF {
		return nil
	}
	if errors.Is(err, errCut) || errors.Is(err, errFormat) {
		out.Skip(skipRest, 1, parsers.Pos{Record: uint64(src.no + 1), Offset: src.offset})
		return nil
	}
	return err
}

// packet takes one packet.
func (t *table) packet(p *packet) {
	if p.at.After(t.last) {
		t.last = p.at
	}
	if t.look(p) == other {
		t.out.Skip(parsers.SkipPacket, 1, parsers.Pos{Record: uint64(p.no), Offset: p.offset, Length: p.length})
	}
}

func (t *table) look(p *packet) what {
	ip, ok := readIP(network(p.link, p.data))
	if !ok {
		return other
	}
	if ip.frag != nil && ip.proto == 6 {
		whole, ok, lost := t.frags.add(&ip)
		if lost > 0 {
			t.out.Skip(skipFragment, lost, parsers.Pos{Record: uint64(p.no), Offset: p.offset, Length: p.length})
		}
		if !ok {
			return fragment
		}
		ip = whole
	}
	switch {
	case ip.proto == 6:
		s, ok := ip.tcp()
		if !ok {
			return other
		}
		t.segment(&s, p)
		return isTCP
	case ip.proto == 1 || ip.proto == 58:
		if s, code, ok := ip.unreachable(); ok {
			t.refuse(&s, code, ip.proto == 58, p)
			return isICMP
		}
	}
	return other
}
