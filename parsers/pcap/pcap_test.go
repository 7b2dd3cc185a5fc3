package pcap

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
)

var pop = []string{"S: +OK ready.", "C: USER joe", "S: +OK", "C: PASS Zebra-Kite-42", "S: -ERR [AUTH] Authentication failed.", "C: QUIT", "S: +OK bye"}

const popHeart = "pop3 192.0.2.1:110 connected, auth failed at auth, closed by server: USER joe +OK; PASS [redacted, 8 to 15] -ERR; QUIT  +OK; "

func heart(s *parsers.Session) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s:%d %s, %s at %s, closed by %s: ", s.Protocol, s.Server, s.Port, s.Connect, s.Outcome, s.FailedStage, s.ClosedBy)
	for _, x := range s.Exchanges {
		fmt.Fprintf(&b, "%s %s %s; ", x.Verb, x.Args, x.Reply.Status)
	}
	return b.String()
}

func record(w *tape) {
	c := w.dial("192.0.2.7:51442", "192.0.2.1:110")
	c.open()
	c.say(pop...)
	c.close(1)
}

func TestFilesAndLinks(t *testing.T) {
	for name, change := range map[string]func(*tape){
		"little-endian":   func(w *tape) {},
		"big-endian":      func(w *tape) { w.order = binary.BigEndian },
		"nanoseconds":     func(w *tape) { w.nano = true },
		"pcapng":          func(w *tape) { w.ng = true },
		"pcapng, big":     func(w *tape) { w.ng, w.order = true, binary.BigEndian },
		"VLAN":            func(w *tape) { w.vlan = true },
		"Linux cooked":    func(w *tape) { w.link = linkCooked },
		"Linux cooked 2":  func(w *tape) { w.link = linkCooked2 },
		"raw IP":          func(w *tape) { w.link = linkRaw },
		"BSD loopback":    func(w *tape) { w.link = linkNull },
		"PPP":             func(w *tape) { w.link = linkPPP },
		"raw IP, pcapng":  func(w *tape) { w.link, w.ng = linkRaw, true },
		"OpenBSD loop":    func(w *tape) { w.link = linkLoop },
		"nanoseconds, be": func(w *tape) { w.nano, w.order = true, binary.BigEndian },
	} {
		w := newTape()
		change(w)
		record(w)
		sessions, acct := readBytes(w.out.Bytes())
		if len(sessions) != 1 || !acct.Complete() {
			t.Errorf("%s: %d sessions, %v", name, len(sessions), acct.Skipped)
			continue
		}
		s := &sessions[0]
		if got := heart(s); got != popHeart {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, popHeart)
		}
		if s.Start.Year() != 2026 || s.Elapsed < 100*time.Millisecond || s.Elapsed > time.Second {
			t.Errorf("%s: begins %v, lasts %v", name, s.Start, s.Elapsed)
		}
		x := s.Exchanges[1]
		if x.Pos.Record != 10 || x.Pos.Line != 0 || x.Pos.Offset <= 0 || x.Pos.Offset+x.Pos.Length > int64(w.out.Len()) {
			t.Errorf("%s: PASS stands at %+v", name, x.Pos)
		}
	}
}

// TestSegments sends the same session with its segments disturbed.
func TestSegments(t *testing.T) {
	type packets = [][]byte
	for name, disturb := range map[string]func(packets) packets{
		"out of order":        func(p packets) packets { p[5], p[6] = p[6], p[5]; return p },
		"sent again":          func(p packets) packets { return append(p[:6:6], append(packets{p[3], p[4], p[5]}, p[6:]...)...) },
		"SYN sent again":      func(p packets) packets { return append(packets{p[0]}, p...) },
		"beginning not there": func(p packets) packets { return p[3:] },
	} {
		w := newTape()
		c := w.dial("192.0.2.7:51442", "192.0.2.1:110")
		p := packets{c.take(0, syn, ""), c.take(1, syn|ack, ""), c.take(0, ack, "")}
		p = append(p, c.take(1, ack, "+OK ready.\r\n"), c.take(0, ack, "USER joe\r\n"), c.take(1, ack, "+"), c.take(1, ack, "OK\r\n"),
			c.take(0, ack, "PASS Zebra-Kite-42\r\n"), c.take(1, ack, "-ERR [AUTH] Authentication failed.\r\n"), c.take(0, ack, "QUIT\r\n"), c.take(1, ack, "+OK bye\r\n"),
			c.take(1, fin|ack, ""), c.take(0, fin|ack, ""))
		for _, b := range disturb(p) {
			w.packet(b)
		}
		sessions, acct := readBytes(w.out.Bytes())
		if len(sessions) != 1 || !acct.Complete() {
			t.Errorf("%s: %d sessions, %+v", name, len(sessions), acct.Skipped)
			continue
		}
		if got := heart(&sessions[0]); got != popHeart {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, popHeart)
		}
	}
}

func TestMissingIsAccountedFor(t *testing.T) {
	w := newTape()
	c := w.dial("192.0.2.7:51442", "192.0.2.1:110")
	c.open()
	c.say(pop[:3]...)
	c.take(0, ack, "PASS Zebra-Kite-42\r\n") // not captured
	c.say(pop[4:]...)
	c.close(1)
	sessions, acct := readBytes(w.out.Bytes())
	if len(sessions) != 1 || acct.Complete() || len(sessions[0].Exchanges) < 2 {
		t.Errorf("%d sessions, %+v", len(sessions), acct.Skipped)
	}

	w = newTape()
	w.snap = 60 // cuts the longer lines
	record(w)
	if sessions, acct := readBytes(w.out.Bytes()); len(sessions) != 1 || acct.Complete() {
		t.Errorf("cut packets: %d sessions, %+v", len(sessions), acct.Skipped)
	}

	w = newTape()
	record(w)
	if sessions, acct := readBytes(w.out.Bytes()[:w.out.Len()-130]); len(sessions) != 1 || acct.Complete() {
		t.Errorf("cut file: %d sessions, %+v", len(sessions), acct.Skipped)
	}
}

func TestFailedConnections(t *testing.T) {
	w := newTape()
	c := w.dial("192.0.2.7:1001", "192.0.2.1:25")
	c.send(0, syn, "")
	c.send(1, rst|ack, "")
	c = w.dial("192.0.2.7:1002", "192.0.2.2:25")
	first := c.take(0, syn, "")
	w.packet(first)
	w.at = w.at.Add(3 * time.Second)
	w.packet(first)
	c = w.dial("192.0.2.7:1003", "192.0.2.3:25")
	syn3 := c.take(0, syn, "")
	w.packet(syn3)
	icmp := append([]byte{3, 13, 0, 0, 0, 0, 0, 0}, syn3[:28]...)
	w.packet(ipPacketOf(netip.MustParseAddr("192.0.2.254"), netip.MustParseAddr("192.0.2.7"), 1, icmp))
	c = w.dial("[2001:db8::7]:1004", "[2001:db8::1]:25")
	c.send(0, syn, "")
	c.send(1, rst|ack, "")
	sessions, acct := readBytes(w.out.Bytes())
	want := map[string]parsers.Connect{"192.0.2.1": parsers.ConnectRefused, "192.0.2.2": parsers.ConnectTimeout, "192.0.2.3": parsers.ConnectDenied, "2001:db8::1": parsers.ConnectRefused}
	if len(sessions) != len(want) {
		t.Fatalf("%d sessions, %+v", len(sessions), acct.Skipped)
	}
	for i := range sessions {
		s := &sessions[i]
		if s.Connect != want[s.Server] || s.Outcome != parsers.OutcomeConnectFailed || s.FailedStage != parsers.StageConnect || s.Port != 25 {
			t.Errorf("%s: %s, %s at %s", s.Server, s.Connect, s.Outcome, s.FailedStage)
		}
	}
}

// TestOtherProtocols looks at what can be said of connections that are no
// dialogue in lines.
func TestOtherProtocols(t *testing.T) {
	hello := "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00"
	for _, x := range []struct {
		name    string
		port    int
		say     []string // "C: " and "S: ", as they are
		summary string
		outcome parsers.Outcome
	}{
		{"TLS alert", 995, []string{"C: " + hello, "S: \x15\x03\x03\x00\x02\x02\x28"}, "TLS handshake, alert 40 from the server (handshake failure)", parsers.OutcomeTLSFailed},
		{"STARTTLS, alert", 25, []string{"S: 220 mx1 ESMTP Postfix\r\n", "C: EHLO c\r\n", "S: 250 STARTTLS\r\n", "C: STARTTLS\r\n", "S: 220 2.0.0 Ready\r\n", "C: " + hello, "S: " + hello, "C: \x15\x03\x03\x00\x02\x02\x30"},
			"alert 48 from the client (unknown CA)", parsers.OutcomeTLSFailed},
		{"SSH", 22, []string{"S: SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "C: SSH-2.0-PuTTY_Release_0.78\r\n"}, "SSH to 192.0.2.1:22: greeted by OpenSSH 9.2p1", parsers.OutcomeAbandoned},
		{"MySQL", 3306, []string{"S: J\x00\x00\x00\x0a8.0.36\x00\x08\x00\x00\x00abcdefgh\x00"}, "MYSQL to 192.0.2.1:3306: greeted by MySQL 8.0.36", parsers.OutcomeIncomplete},
		{"LDAP bind", 389, []string{"C: 0\x1c\x02\x01\x01`\x17\x02\x01\x03\x04\x0ccn=joe,dc=ex\x80\x04Zebr", "S: 0\x0c\x02\x01\x01a\x07\x0a\x01\x31\x04\x00\x04\x00"}, "bind refused: 49 invalid credentials", parsers.OutcomeAuthFailed},
		{"Redis", 6379, []string{"C: PING\r\n", "S: -NOAUTH Authentication required.\r\n"}, "to 192.0.2.1:6379", ""},
		{"silence", 25, []string{}, "connected, no greeting", parsers.OutcomeNoGreeting},
	} {
		w := newTape()
		c := w.dial("192.0.2.7:51442", fmt.Sprintf("192.0.2.1:%d", x.port))
		c.open()
		for _, l := range x.say {
			side := 1
			if l[0] == 'C' {
				side = 0
			}
			c.send(side, ack, l[3:])
		}
		c.close(0)
		sessions, _ := readBytes(w.out.Bytes())
		if len(sessions) != 1 {
			t.Errorf("%s: %d sessions", x.name, len(sessions))
			continue
		}
		s := &sessions[0]
		if !strings.Contains(s.Summary, x.summary) || x.outcome != "" && s.Outcome != x.outcome || strings.Contains(s.Summary, "Zebr") {
			t.Errorf("%s: %s, %q", x.name, s.Outcome, s.Summary)
		}
	}
}

// TestManyConnectionsStayBounded reads far more connections and bytes than may
// be held.
func TestManyConnectionsStayBounded(t *testing.T) {
	w := newTape()
	page := strings.Repeat("A line of a message that goes on and on, as long messages do.\r\n", 22)
	const n = 300
	for i := range n {
		c := w.dial(fmt.Sprintf("192.0.2.7:%d", 2000+i), "192.0.2.1:25")
		c.open()
		c.say("S: 220 mx1 ESMTP Postfix", "C: HELO c", "S: 250 mx1", "C: MAIL FROM:<a@example.test>", "S: 250 2.1.0 Ok", "C: RCPT TO:<b@example.test>", "S: 250 2.1.5 Ok", "C: DATA", "S: 354 go on")
		for range 100 {
			c.send(0, ack, page)
		}
		c.say("C: .", "S: 250 2.0.0 Ok: queued as 4711")
	}
	raw := w.out.Bytes()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	peak := uint64(0)
	rd := &parsers.Reader{Forms: parsers.Forms{Formats: []parsers.Format{Format()}}, Stdin: strings.NewReader(string(raw))}
	found := 0
	rd.Read(parsers.StdinName, parsers.Visitor{Session: func(s *parsers.Session) {
		if found++; found%20 == 0 {
			runtime.ReadMemStats(&after)
			peak = max(peak, after.HeapInuse)
		}
	}})
	if found != n {
		t.Errorf("%d sessions of %d", found, n)
	}
	if over := int64(peak) - int64(before.HeapInuse) - int64(len(raw)); over > 150<<20 {
		t.Errorf("%d MiB more than before for %d MiB of packets", over>>20, len(raw)>>20)
	}
}

func TestCorpus(t *testing.T) {
	root := os.Getenv("KBDIAG_CORPUS")
	if root == "" {
		t.Skip("KBDIAG_CORPUS is not set: no corpus to read")
	}
	raw, err := os.ReadFile(filepath.Join(root, "telnet", "telnet", "lab_iac.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	sessions, acct := readBytes(raw)
	if len(sessions) != 1 || !acct.Complete() {
		t.Fatalf("%d sessions, %+v", len(sessions), acct.Skipped)
	}
	if s := &sessions[0]; s.Protocol != "telnet" || s.Outcome != parsers.OutcomeAuthFailed || len(s.Exchanges) != 1 || s.Exchanges[0].Args != "nobody" {
		t.Errorf("reads as %s", heart(s))
	}
}

func FuzzPcap(f *testing.F) {
	for _, ng := range []bool{false, true} {
		w := newTape()
		w.ng = ng
		record(w)
		f.Add(w.out.Bytes())
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		sessions, _ := readBytes(raw)
		for i := range sessions {
			if p := sessions[i].Pos; p.Offset < 0 || p.Offset+p.Length > int64(len(raw)) {
				t.Fatalf("position %+v of %d bytes", p, len(raw))
			}
		}
	})
}

func BenchmarkPcap(b *testing.B) {
	w := newTape()
	page := strings.Repeat("A line of a message that goes on and on, as long messages do.\r\n", 22)
	for i := range 200 {
		c := w.dial(fmt.Sprintf("192.0.2.7:%d", 2000+i), "192.0.2.1:25")
		c.open()
		c.say("S: 220 mx1 ESMTP Postfix", "C: HELO c", "S: 250 mx1", "C: MAIL FROM:<a@example.test>", "S: 250 2.1.0 Ok", "C: RCPT TO:<b@example.test>", "S: 250 2.1.5 Ok", "C: DATA", "S: 354 go on")
		for range 20 {
			c.send(0, ack, page)
		}
		c.say("C: .", "S: 250 2.0.0 Ok: queued as 4711", "C: QUIT", "S: 221 bye")
		c.close(1)
	}
	b.SetBytes(int64(w.out.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if sessions, _ := readBytes(w.out.Bytes()); len(sessions) != 200 {
			b.Fatalf("%d sessions", len(sessions))
		}
	}
}
