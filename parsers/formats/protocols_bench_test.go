package formats

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
)

// protocolLog is a form of log with sessions in it: one makes the n-th session,
// a line each; row puts a line of a session into the form.
type protocolLog struct {
	name string
	head string
	one  func(n int, rnd *rand.Rand) []string
	row  func(n, k int, at time.Time, line string) string
	wide int // sessions at a time, whose rows follow one another by chance
}

func mailbox(rnd *rand.Rand) string { return fmt.Sprintf("user%d@contoso.test", rnd.Intn(4000)) }

// exchangeRow makes rows of Exchange's protocol logs.
func exchangeRow(port int) func(n, k int, at time.Time, line string) string {
	return func(n, k int, at time.Time, line string) string {
		id, end := fmt.Sprintf("%016x", 0x08d9a1b200000000+n), ""
		if port == 25 {
			id, end = `MX1\Default MX1,`+strings.ToUpper(id), ","
		}
		return fmt.Sprintf("%s,%s,%d,192.0.2.1:%d,192.0.2.7:%d,%s%s", at.Format("2006-01-02T15:04:05.000Z"), id, k, port, 10_000+n%50_000, line, end)
	}
}

// protocolLogs lists the forms, those that most people have first.
func protocolLogs() []protocolLog {
	return []protocolLog{
		{name: "iis smtp", wide: 40, head: "#Software: Microsoft Internet Information Services 6.0\n#Version: 1.0\n#Date: 2026-11-22 22:01:03\n" +
			"#Fields: date time c-ip cs-username s-sitename s-computername s-ip s-port cs-method cs-uri-stem cs-uri-query sc-status sc-win32-status sc-bytes cs-bytes time-taken cs-version cs-host cs(User-Agent) cs(Cookie) cs(Referer)",
			one: func(n int, rnd *rand.Rand) []string {
				rows := []string{"EHLO - +pc7.example.test 250 0 329 22 0 SMTP - - - -", "MAIL - +FROM:<" + mailbox(rnd) + ">+SIZE=1520 250 0 53 41 0 SMTP - - - -"}
				for range 1 + rnd.Intn(3) {
					rows = append(rows, fmt.Sprintf("RCPT - +TO:<%s> %d 0 34 32 0 SMTP - - - -", mailbox(rnd), []int{250, 250, 550}[rnd.Intn(3)]))
				}
				return append(rows, fmt.Sprintf("DATA - +<%d@pc7.example.test> 250 0 120 1480 101 SMTP - - - -", rnd.Int63()), "QUIT - pc7.example.test 240 721 69 4 0 SMTP - - - -")
			},
			row: func(n, _ int, at time.Time, line string) string {
				return fmt.Sprintf("%s 10.%d.%d.%d pc7.example.test SMTPSVC1 MX1 192.0.2.1 0 %s", at.Format("2006-01-02 15:04:05"), n>>16&255, n>>8&255, n&255, line)
			}},
		{name: "exchange smtp", wide: 40, row: exchangeRow(25), head: "#Software: Microsoft Exchange Server\n#Log-type: SMTP Receive Protocol Log\n" +
			"#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context",
			one: func(n int, rnd *rand.Rand) []string {
				return []string{"+,", `>,"220 MX1.contoso.test Microsoft ESMTP MAIL Service ready at Sun, 22 Nov 2026 22:01:03 +0000"`, "<,EHLO pc7.example.test",
					">,250  MX1.contoso.test Hello [192.0.2.7] SIZE 37748736 PIPELINING DSN ENHANCEDSTATUSCODES STARTTLS X-ANONYMOUSTLS AUTH NTLM X-EXPS GSSAPI NTLM 8BITMIME",
					"<,MAIL FROM:<" + mailbox(rnd) + ">", "*,08D9A1B2C3D4E5F6;2026-11-22T22:01:03.000Z;1", ">,250 2.1.0 Sender OK", "<,RCPT TO:<" + mailbox(rnd) + ">", ">,550 5.7.1 Unable to relay",
					"<,QUIT", ">,221 2.0.0 Service closing transmission channel", "-,"}
			}},
		{name: "exchange pop3", wide: 40, row: exchangeRow(110), head: "#Software: Microsoft Exchange Server\n#Log-type: POP3 Log\n" +
			"#Fields: dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context",
			one: func(n int, rnd *rand.Rand) []string {
				u := fmt.Sprintf("user%d", rnd.Intn(4000))
				rows := []string{",0,0,39,OpenSession,,", ",1,4,66,capa,,R=ok", ",1,5,5,user," + u + ",R=ok", u + ",128,12,36,pass,*****,R=ok;RpcC=20;LdapC=1;Msg=User:" + u}
				for k := range rnd.Intn(5) {
					rows = append(rows, fmt.Sprintf("%s,31,6,1834,retr,%d,R=ok;RpcC=5;LdapC=0", u, k+1))
				}
				return append(rows, u+",4,4,59,quit,,R=ok", u+",0,0,0,CloseSession,,")
			}},
		{name: "exchange imap4", wide: 40, row: exchangeRow(143), head: "#Software: Microsoft Exchange Server\n#Log-type: IMAP4 Log\n" +
			"#Fields: dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context",
			one: func(n int, rnd *rand.Rand) []string {
				u := fmt.Sprintf("user%d", rnd.Intn(4000))
				rows := []string{",0,0,39,OpenSession,,", ",1,4,66,capability,,R=ok", u + ",128,12,36,login," + u + " *****,R=ok;RpcC=20", u + ",2,4,10,select,INBOX,R=ok;Rows=2"}
				for k := range rnd.Intn(5) {
					rows = append(rows, fmt.Sprintf("%s,31,6,1834,uid,\"fetch %d (UID RFC822.SIZE BODY.PEEK[])\",R=ok;RpcC=5", u, k+1000))
				}
				return append(rows, u+",4,4,59,logout,,R=ok", u+",0,0,0,CloseSession,,")
			}},
		{name: "exchange 5.5", wide: 1, one: func(n int, rnd *rand.Rand) []string {
			a := mailbox(rnd)
			return []string{"A connection was accepted from mail.example.test.", ">>> 220 ims.contoso.test ESMTP Server (Microsoft Exchange Internet Mail Service 5.5.2653.13) ready",
				"<<< IO: |EHLO mail.example.test", "<<< EHLO mail.example.test", ">>> 250-ims.contoso.test Hello [mail.example.test]\n250-XEXCH50\n250-DSN\n250 AUTH=LOGIN",
				"<<< IO: |MAIL FROM:<" + a + ">", "<<< MAIL FROM:<" + a + ">", ">>> IO: |250 OK - mail from <" + a + ">", ">>> 250 OK - mail from <" + a + ">",
				"<<< IO: |RCPT TO:<" + a + ">", "<<< RCPT TO:<" + a + ">", ">>> IO: |550 Relaying is prohibited", ">>> 550 Relaying is prohibited", "<<< IO: |QUIT", "<<< QUIT",
				">>> IO: |221 closing connection", ">>> 221 closing connection", "A connection was closed to mail.example.test."}
		}, row: func(_, _ int, at time.Time, line string) string { return at.Format("1/2/06 3:04:05 PM") + " : " + line }},
		{name: "marked", wide: 1, one: func(n int, rnd *rand.Rand) []string {
			a := mailbox(rnd)
			return []string{"Connected to smtp://mail.example.test:25/?starttls=when-available", "S: 220 mail.example.test ESMTP Postfix", "C: EHLO pc7", "S: 250-mail.example.test", "S: 250-PIPELINING",
				"S: 250-AUTH PLAIN LOGIN", "S: 250 CHUNKING", "C: MAIL FROM:<" + a + ">", "S: 250 2.1.0 Ok", "C: RCPT TO:<" + a + ">", "S: 554 5.7.1 <" + a + ">: Relay access denied", "C: QUIT", "S: 221 2.0.0 Bye"}
		}, row: func(_, _ int, _ time.Time, line string) string { return line }},
		{name: "swaks", wide: 1, one: func(n int, rnd *rand.Rand) []string {
			a := mailbox(rnd)
			return []string{"=== Trying mail.example.test:25...", "=== Connected to mail.example.test.", "<-  220 mail.example.test ESMTP Postfix", " -> EHLO pc7", "<-  250-mail.example.test", "<-  250-PIPELINING",
				"<-  250 CHUNKING", " -> MAIL FROM:<" + a + ">", "<-  250 2.1.0 Ok", " -> RCPT TO:<" + a + ">", "<** 554 5.7.1 <" + a + ">: Relay access denied", " -> QUIT", "<-  221 2.0.0 Bye", "=== Connection closed with remote host."}
		}, row: func(_, _ int, _ time.Time, line string) string { return line }},
	}
}

// text gives a log of so many sessions.
func (p *protocolLog) text(sessions int) string {
	rnd := rand.New(rand.NewSource(9))
	at := time.Date(2026, 11, 22, 22, 1, 3, 0, time.UTC)
	type session struct {
		n, k int
		left []string
	}
	var b strings.Builder
	if p.head != "" {
		b.WriteString(p.head + "\n")
	}
	var open []*session
	for n := 0; n < sessions || len(open) > 0; {
		if n < sessions && len(open) < p.wide {
			open = append(open, &session{n: n, left: p.one(n, rnd)})
			n++
			continue
		}
		i := rnd.Intn(len(open))
		s := open[i]
		b.WriteString(p.row(s.n, s.k, at, s.left[0]) + "\n")
		at = at.Add(20 * time.Millisecond)
		if s.k, s.left = s.k+1, s.left[1:]; len(s.left) == 0 {
			open[i] = open[len(open)-1]
			open = open[:len(open)-1]
		}
	}
	return b.String()
}

// readLog reads a text as the commands do, first for its secrets, and counts
// its sessions.
func readLog(text string) (sessions, exchanges int) {
	rd := &parsers.Reader{Forms: All(), Secrets: &parsers.Secrets{}}
	rd.Stdin = strings.NewReader(text)
	rd.Learn(parsers.StdinName)
	rd.Stdin = strings.NewReader(text)
	rd.Read(parsers.StdinName, parsers.Visitor{Session: func(s *parsers.Session) {
		sessions++
		exchanges += len(s.Exchanges)
	}})
	return sessions, exchanges
}

// TestProtocolLogs counts the sessions of the logs that are used to measure.
func TestProtocolLogs(t *testing.T) {
	for _, p := range protocolLogs() {
		if sessions, exchanges := readLog(p.text(300)); sessions != 300 || exchanges < 600 {
			t.Errorf("%s: %d sessions, %d exchanges", p.name, sessions, exchanges)
		}
	}
}

// BenchmarkProtocolLogs reads each form twice, as the command sessions does.
func BenchmarkProtocolLogs(b *testing.B) {
	for _, p := range protocolLogs() {
		b.Run(p.name, func(b *testing.B) {
			text := p.text(4000)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if n, _ := readLog(text); n != 4000 {
					b.Fatal(n)
				}
			}
		})
	}
}
