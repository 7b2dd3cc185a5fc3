package formats

import (
	"bytes"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"kbdiag/parsers"
)

// withoutPlain is all forms without the look that spares finders plain windows.
func withoutPlain() parsers.Forms {
	f := All()
	f.Plain = nil
	return f
}

// webLog gives n rows of web servers' logs in the W3C layout, with heads
// between them.
func webLog(n int, rnd *rand.Rand) string {
	pick := func(list ...string) string { return list[rnd.Intn(len(list))] }
	heads := [...]string{
		"date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken",
		"date time s-sitename s-computername s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs-version cs(User-Agent) cs(Cookie) cs(Referer) cs-host sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken",
		"time c-ip cs-method cs-uri-stem sc-status",
		"date time c-ip cs-username s-ip s-port cs-method cs-uri-stem cs-uri-query sc-status cs(User-Agent)",
	}
	var b strings.Builder
	head := ""
	for i := range n {
		if head == "" || rnd.Intn(200) == 0 {
			head = heads[rnd.Intn(len(heads))]
			b.WriteString("#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: 2026-11-22 22:01:03\r\n#Fields: " + head + "\r\n")
		}
		for k, name := range strings.Fields(head) {
			if k > 0 {
				b.WriteByte(' ')
			}
			switch name {
			case "date":
				b.WriteString("2026-11-22")
			case "time":
				fmt.Fprintf(&b, "22:%02d:%02d", i/60%60, i%60)
			case "s-ip", "c-ip":
				b.WriteString(pick("192.0.2.7", "10.10.10.10", "::1", "2001:db8::7", "fe80::1%5"))
			case "s-sitename":
				b.WriteString("W3SVC1")
			case "s-computername":
				b.WriteString(pick("MX1", "MAIL", "ERRORSRV"))
			case "cs-method":
				b.WriteString(pick("GET", "POST", "HEAD", "OPTIONS", "PROPFIND", "SEARCH", "MOVE", "COPY", "SUBSCRIBE", "RPC_IN_DATA"))
			case "cs-uri-stem":
				b.WriteString(pick("/owa/", "/owa/auth/logon.aspx", "/rpc/rpcproxy.dll", "/exchange/joe/Inbox/", "/ews/Exchange.asmx", "/connect/open", "/a/event%20ID:7000.txt", "/microsoft-server-activesync/default.eas"))
			case "cs-uri-query":
				b.WriteString(pick("-", "url=https%3a%2f%2fmail&reason=2", "Cmd=Sync&User=CONTOSO%5cjoe&DeviceId=1", "Error=1003&Source=Disk", "mail.example.test:6001", "|12|80004005|Connection_refused"))
				if rnd.Intn(100) == 0 {
					b.WriteString("&password=Zebra-Kite-42")
				}
			case "s-port":
				b.WriteString(pick("80", "443", "25", "250"))
			case "cs-username":
				b.WriteString(pick("-", `CONTOSO\joe`, "joe@contoso.test", "joe", "Administrator"))
			case "cs(User-Agent)":
				b.WriteString(pick("-", "Mozilla/4.0+(compatible;+MSIE+6.0;+Windows+NT+5.1)", "Microsoft+Office/16.0", "MSRPC", "Apple-iPhone/1.0"))
			case "cs(Cookie)", "cs(Referer)":
				b.WriteString(pick("-", "https://mail.example.test/owa/auth.owa", "sessionid=0123456789abcdef"))
			case "cs-host":
				b.WriteString("mail.example.test")
			case "cs-version":
				b.WriteString("HTTP/1.1")
			case "sc-status":
				b.WriteString(pick("200", "302", "401", "404", "500", "250"))
			default:
				b.WriteString(pick("0", "15", "250", "220", "354", "1326", "1003", "64", "2148074254"))
			}
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

// TestPlainWebLog compares what is read of web logs with and without the look
// that spares the finders windows that are plain.
func TestPlainWebLog(t *testing.T) {
	rnd := rand.New(rand.NewSource(5))
	between := []string{"", "Hello, this is the log.\n", "Event ID: 7000\nSource: Service Control Manager\nDescription: x\n", "220 mail ESMTP\nHELO c\n250 mail\nQUIT\n221 bye\n",
		"2026-11-22 22:01:03 192.0.2.7 - SMTPSVC1 MX1 192.0.2.1 0 EHLO - +pc7 250 0 329 22 0 SMTP - - - -\n"}
	for n := range 60 {
		text := webLog(5+rnd.Intn(300), rnd)
		if n%3 == 0 {
			text = between[n/3%len(between)] + text + between[n/4%len(between)] + webLog(20, rnd)
		}
		if got, want := readAll(All(), []byte(text)), readAll(withoutPlain(), []byte(text)); got != want {
			t.Fatalf("a log reads otherwise with the look:\n%s\nwithout:\n%s\n%s", got, want, text)
		}
	}
}

func FuzzPlainWebLog(f *testing.F) {
	rnd := rand.New(rand.NewSource(6))
	for range 5 {
		f.Add([]byte(webLog(12, rnd)))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 1<<16 || bytes.IndexByte(raw, 0) >= 0 {
			return
		}
		if got, want := readAll(All(), raw), readAll(withoutPlain(), raw); got != want {
			t.Fatalf("reads otherwise with the look:\n%s\nwithout:\n%s", got, want)
		}
	})
}

// BenchmarkWebLog reads a web server's log as the commands do.
func BenchmarkWebLog(b *testing.B) {
	text := webLog(40_000, rand.New(rand.NewSource(7)))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		lines := 0
		rd := &parsers.Reader{Forms: All(), Secrets: &parsers.Secrets{}, Stdin: strings.NewReader(text)}
		rd.Read(parsers.StdinName, parsers.Visitor{Line: func(*parsers.Line) { lines++ }})
		if lines < 40_000 {
			b.Fatal(lines)
		}
	}
}
