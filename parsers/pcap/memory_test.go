package pcap

import (
	"io"
	"math/rand"
	"net/netip"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"kbdiag/parsers"
)

// traffic writes a capture as it is read: connections of mail, news, file and
// web servers and of other programs, many at once, some refused or never
// answered, some with large messages, now and then a piece that is sent twice,
// late or not at all.
type traffic struct {
	w    *tape
	rnd  *rand.Rand
	open []*talker
	made int
	left int64      // bytes still to be made
	text string     // a line of a message
	data [16]string // of a file, as the server sends it
}

// talker is one connection that is under way.
type talker struct {
	c     *conn
	lines []string
}

func newTraffic(size int64) *traffic {
	t := &traffic{w: newTape(), rnd: rand.New(rand.NewSource(5)), left: size, text: "C: " + strings.Repeat("text of a message of usual length\r\n", 40)}
	for i := range t.data {
		b := make([]byte, 1400)
		t.rnd.Read(b)
		t.data[i] = "S: " + string(b)
	}
	return t
}

// Read gives the capture's next bytes.
func (t *traffic) Read(b []byte) (int, error) {
	for t.w.out.Len() < len(b) && t.left > 0 {
		before := t.w.out.Len()
		t.step()
		t.left -= int64(t.w.out.Len() - before)
	}
	if t.w.out.Len() == 0 {
		return 0, io.EOF
	}
	return t.w.out.Read(b)
}

// step makes a few packets of one connection.
func (t *traffic) step() {
	if len(t.open) < 500 || t.rnd.Intn(8) == 0 && len(t.open) < 4000 {
		t.begin()
		return
	}
	i := t.rnd.Intn(len(t.open))
	k := t.open[i]
	if len(k.lines) == 0 {
		if t.rnd.Intn(20) > 0 { // some go on beyond the capture
			k.c.close(t.rnd.Intn(2))
		}
		t.open[i] = t.open[len(t.open)-1]
		t.open = t.open[:len(t.open)-1]
		return
	}
	t.say(k)
}

func (t *traffic) begin() {
	t.made++
	client := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, byte(t.made >> 16), byte(t.made >> 8), byte(t.made)}), uint16(1024+t.rnd.Intn(60000)))
	port := []uint16{25, 110, 143, 80, 443, 445}[t.rnd.Intn(6)]
	c := t.w.dial(client.String(), netip.AddrPortFrom(netip.MustParseAddr("192.0.2.1"), port).String())
	switch t.rnd.Intn(20) {
	case 0: // refused
		c.send(0, syn, "")
		c.send(1, rst|ack, "")
		return
	case 1: // never answered
		c.send(0, syn, "")
		return
	}
	c.open()
	t.open = append(t.open, &talker{c: c, lines: t.dialogue(port)})
}

func (t *traffic) dialogue(port uint16) []string {
	switch port {
	case 25:
		d := []string{"S: 220 mx1.example.test ESMTP Postfix", "C: EHLO pc7.example.test", "S: 250 mx1.example.test", "C: MAIL FROM:<joe@example.test>", "S: 250 2.1.0 Ok",
			"C: RCPT TO:<ann@example.test>", "S: 250 2.1.5 Ok", "C: DATA", "S: 354 End data with <CR><LF>.<CR><LF>"}
		for range t.rnd.Intn(60) {
			d = append(d, t.text)
		}
		return append(d, "C: .", "S: 250 2.0.0 Ok: queued", "C: QUIT", "S: 221 2.0.0 Bye")
	case 110:
		return []string{"S: +OK Dovecot ready.", "C: USER joe" + strconv.Itoa(t.made), "S: +OK", "C: PASS Zebra-Kite-" + strconv.Itoa(t.made), "S: -ERR [AUTH] Authentication failed.", "C: QUIT", "S: +OK Logging out"}
	case 143:
		return []string{"S: * OK IMAP4 ready", "C: a1 LOGIN joe Zebra-Kite-" + strconv.Itoa(t.made), "S: a1 NO LOGIN failed", "C: a2 LOGOUT", "S: * BYE", "S: a2 OK done"}
	case 80:
		d := []string{"C: GET / HTTP/1.1\r\nHost: www.example.test\r\n", "S: HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n"}
		for range t.rnd.Intn(80) {
			d = append(d, t.data[t.rnd.Intn(len(t.data))])
		}
		return d
	}
	var d []string
	for range t.rnd.Intn(100) {
		d = append(d, t.data[t.rnd.Intn(len(t.data))])
	}
	return d
}

// say sends the next line of a connection, sometimes twice, late, or not so
// that the capture shows it.
func (t *traffic) say(k *talker) {
	l := k.lines[0]
	k.lines = k.lines[1:]
	side := 1
	if l[0] == 'C' {
		side = 0
	}
	p := k.c.take(side, ack|8, l[3:]+"\r\n")
	switch t.rnd.Intn(200) {
	case 0:
		t.w.packet(p)
		t.w.packet(p)
	case 1:
		if len(k.lines) > 0 && k.lines[0][0] == l[0] {
			next := k.c.take(side, ack|8, k.lines[0][3:]+"\r\n")
			k.lines = k.lines[1:]
			t.w.packet(next)
		}
		t.w.packet(p)
	case 2:
	default:
		t.w.packet(p)
	}
	k.c.send(1-side, ack, "")
}

// TestMemory reads a capture of many connections and bounds what is held.
// KBDIAG_PCAP=FILE writes one of 1 GB there instead, to measure the program.
func TestMemory(t *testing.T) {
	if path := os.Getenv("KBDIAG_PCAP"); path != "" {
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := io.Copy(f, newTraffic(1<<30)); err != nil {
			t.Fatal(err)
		}
		return
	}
	if testing.Short() {
		t.Skip("reads a large capture")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(50))
	traffic := newTraffic(32 << 20)
	sessions, most := 0, uint64(0)
	rd := &parsers.Reader{Forms: parsers.Forms{Formats: []parsers.Format{Format()}}, Stdin: traffic}
	var m runtime.MemStats
	accounts := rd.Read(parsers.StdinName, parsers.Visitor{Session: func(s *parsers.Session) {
		if sessions++; sessions%200 == 0 {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
		}
	}})
	t.Logf("%d connections, %d sessions, at most %d MiB in use", traffic.made, sessions, most>>20)
	if sessions < traffic.made/2 || sessions > traffic.made*5/4 || accounts[0].Err != nil {
		t.Errorf("%d sessions of %d connections, %v", sessions, traffic.made, accounts[0].Err)
	}
	if most > 200<<20 {
		t.Errorf("%d MiB in use, want 200 at most", most>>20)
	}
}
