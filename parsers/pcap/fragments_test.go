package pcap

import (
	"math/rand"
	"slices"
	"strings"
	"testing"
)

// fragmented cuts an IPv4 packet into fragments of n bytes, a multiple of 8.
func fragmented(ip []byte, n int, id uint16) [][]byte {
	body := ip[20:]
	var out [][]byte
	for off := 0; off < len(body); off += n {
		end := min(off+n, len(body))
		f := append(slices.Clone(ip[:20]), body[off:end]...)
		be.PutUint16(f[2:], uint16(len(f)))
		be.PutUint16(f[4:], id)
		flags := uint16(off / 8)
		if end < len(body) {
			flags |= 0x2000
		}
		be.PutUint16(f[6:], flags)
		out = append(out, f)
	}
	return out
}

// fragmented6 does so with an IPv6 packet.
func fragmented6(ip []byte, n int, id uint32) [][]byte {
	body := ip[40:]
	var out [][]byte
	for off := 0; off < len(body); off += n {
		end := min(off+n, len(body))
		h := make([]byte, 8)
		h[0] = ip[6]
		flags := uint16(off)
		if end < len(body) {
			flags |= 1
		}
		be.PutUint16(h[2:], flags)
		be.PutUint32(h[4:], id)
		f := append(slices.Clone(ip[:40]), h...)
		f = append(f, body[off:end]...)
		f[6] = 44
		be.PutUint16(f[4:], uint16(len(f)-40))
		out = append(out, f)
	}
	return out
}

// TestFragments cuts the packets of sessions into fragments, some of them out
// of order, and compares what is read with the reading of the whole packets.
func TestFragments(t *testing.T) {
	rnd := rand.New(rand.NewSource(3))
	for _, ends := range [][2]string{{"192.0.2.7:51442", "192.0.2.1:25"}, {"[2001:db8::7]:51442", "[2001:db8::1]:25"}} {
		w, cut := newTape(), newTape()
		c := w.dial(ends[0], ends[1])
		var id uint32
		both := func(side int, flags byte, data string) {
			ip := c.take(side, flags, data)
			w.packet(ip)
			id++
			parts := fragmented(ip, 24, uint16(id))
			if ip[0]>>4 == 6 {
				parts = fragmented6(ip, 24, id)
			}
			if len(parts) == 1 {
				parts = [][]byte{ip}
			}
			rnd.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
			for _, f := range parts {
				cut.packet(f)
			}
		}
		both(0, syn, "")
		both(1, syn|ack, "")
		both(1, ack, "220 mx1.example.test ESMTP Postfix\r\n")
		both(0, ack, "EHLO pc7.example.test\r\n")
		both(1, ack, "250-mx1.example.test\r\n250-PIPELINING\r\n250 SIZE 10240000\r\n")
		both(0, ack, "MAIL FROM:<joe@example.test>\r\n")
		both(1, ack, "530 5.7.0 Must issue a STARTTLS command first\r\n")
		both(0, fin|ack, "")
		both(1, fin|ack, "")
		want, _ := readBytes(w.out.Bytes())
		got, acct := readBytes(cut.out.Bytes())
		if len(want) != 1 || len(got) != 1 || heart(&want[0]) != heart(&got[0]) {
			t.Errorf("fragments read as %+v, whole packets as %+v", got, want)
		}
		if len(acct.Skipped) > 0 {
			t.Errorf("left out: %+v", acct.Skipped)
		}
	}
}

// TestFragmentsThatMiss counts the fragments of packets that are not all there.
func TestFragmentsThatMiss(t *testing.T) {
	w := newTape()
	c := w.dial("192.0.2.7:51442", "192.0.2.1:25")
	c.open()
	c.say("S: 220 mx1.example.test ESMTP Postfix")
	const packets = 3 * maxHalfPackets
	for i := range packets {
		parts := fragmented(c.segment(0, ack, 1, []byte(strings.Repeat("x", 60))), 24, uint16(i+1))
		w.packet(parts[0])
		w.packet(parts[len(parts)-1])
	}
	_, acct := readBytes(w.out.Bytes())
	for _, s := range acct.Skipped {
		if s.Reason == skipFragment && s.Count == 2*packets {
			return
		}
	}
	t.Errorf("left out: %+v, want %d fragments", acct.Skipped, 2*packets)
}
