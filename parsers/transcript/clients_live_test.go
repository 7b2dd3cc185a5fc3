package transcript

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
)

// answerer is a server on loopback that knows just enough of its protocol.
type answerer struct {
	greeting string
	answer   func(line string) string // "" closes the connection
	tls      *tls.Config              // TLS from the start
	upgrade  string                   // a line with this word begins TLS
}

// serve starts the server and gives its port.
func (a *answerer) serve(t *testing.T, config *tls.Config) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip("no loopback: ", err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go a.talk(c, config)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

func (a *answerer) talk(c net.Conn, config *tls.Config) {
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	if a.tls != nil {
		c = tls.Server(c, a.tls)
	}
	if _, err := c.Write([]byte(a.greeting + "\r\n")); err != nil {
		return
	}
	in := bufio.NewReader(c)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		reply := a.answer(line)
		if reply == "" {
			return
		}
		if _, err := c.Write([]byte(strings.ReplaceAll(reply, "\n", "\r\n") + "\r\n")); err != nil {
			return
		}
		if a.upgrade != "" && strings.Contains(strings.ToUpper(line), a.upgrade) {
			c = tls.Server(c, config)
			in = bufio.NewReader(c)
		}
	}
}

func popAnswer(line string) string {
	verb, args := splitVerb(line)
	switch verb {
	case "CAPA":
		return "+OK\nTOP\nUSER\nSASL PLAIN\n."
	case "USER", "QUIT":
		return "+OK"
	case "AUTH":
		if args == "PLAIN" {
			return "+ "
		}
	}
	return "-ERR [AUTH] Authentication failed."
}

func smtpAnswer(line string) string {
	switch verb, args := splitVerb(line); verb {
	case "EHLO":
		return "250-mx1.example.test\n250-STARTTLS\n250-AUTH PLAIN LOGIN\n250 SIZE 1000000"
	case "MAIL":
		return "250 2.1.0 Ok"
	case "RCPT":
		return "554 5.7.1 <ann@contoso.test>: Relay access denied"
	case "STARTTLS":
		return "220 2.0.0 Ready to start TLS"
	case "AUTH":
		if args == "PLAIN" || args == "LOGIN" {
			return "334 "
		}
		return "535 5.7.8 Error: authentication failed"
	case "QUIT":
		return "221 2.0.0 Bye"
	case "RSET":
		return "250 2.0.0 Ok"
	}
	return "535 5.7.8 Error: authentication failed"
}

func imapAnswer(line string) string {
	tag, rest, _ := strings.Cut(line, " ")
	switch verb, _ := splitVerb(rest); verb {
	case "CAPABILITY":
		return "* CAPABILITY IMAP4rev1 AUTH=PLAIN\n" + tag + " OK Capability completed."
	case "LOGOUT":
		return "* BYE Logging out\n" + tag + " OK Logout completed."
	case "AUTHENTICATE":
		return "+ "
	case "LOGIN":
		return tag + " NO [AUTHENTICATIONFAILED] Authentication failed."
	}
	return "A002 NO [AUTHENTICATIONFAILED] Authentication failed."
}

func ftpAnswer(line string) string {
	switch verb, _ := splitVerb(line); verb {
	case "USER":
		return "331 Please specify the password."
	case "PASS":
		return "530 Login incorrect."
	case "QUIT":
		return "221 Goodbye."
	}
	return "500 Unknown command."
}

// selfSigned makes a certificate for loopback.
func selfSigned(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"mx1.example.test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// TestRealClients runs the clients that are installed against servers on
// loopback and reads what they print.
func TestRealClients(t *testing.T) {
	if testing.Short() {
		t.Skip("runs other programs")
	}
	config := selfSigned(t)
	pop := (&answerer{greeting: "+OK Dovecot ready.", answer: popAnswer}).serve(t, config)
	pops := (&answerer{greeting: "+OK Dovecot ready.", answer: popAnswer, tls: config}).serve(t, config)
	mail := (&answerer{greeting: "220 mx1.example.test ESMTP Postfix", answer: smtpAnswer, upgrade: "STARTTLS"}).serve(t, config)
	imap := (&answerer{greeting: "* OK IMAP4rev1 ready.", answer: imapAnswer}).serve(t, config)
	files := (&answerer{greeting: "220 Microsoft FTP Service", answer: ftpAnswer}).serve(t, config)
	const secret = "Zebra-Kite-42"
	typed := func(lines ...string) string { return strings.Join(lines, "\n") + "\n" }
	popTyped, mailTyped := typed("USER joe", "PASS "+secret, "NOOP"), typed("EHLO pc7.example.test", "MAIL FROM:<joe@example.test>", "rcpt TO:<ann@contoso.test>")
	for _, c := range []struct {
		name     string
		stdin    string
		args     []string
		protocol string
		outcome  parsers.Outcome
		least    int // exchanges
	}{
		{"curl POP3", "", []string{"curl", "-v", "-m", "10", "pop3://joe:" + secret + "@127.0.0.1:" + strconv.Itoa(pop) + "/"}, "pop3", parsers.OutcomeAuthFailed, 3},
		{"curl IMAP", "", []string{"curl", "-v", "-m", "10", "imap://joe:" + secret + "@127.0.0.1:" + strconv.Itoa(imap) + "/"}, "imap", parsers.OutcomeAuthFailed, 2},
		{"curl FTP", "", []string{"curl", "-v", "-m", "10", "ftp://joe:" + secret + "@127.0.0.1:" + strconv.Itoa(files) + "/"}, "ftp", parsers.OutcomeAuthFailed, 2},
		{"curl SMTP", "", []string{"curl", "-v", "-m", "10", "--mail-from", "joe@example.test", "--mail-rcpt", "ann@contoso.test", "-T", "/dev/null", "smtp://127.0.0.1:" + strconv.Itoa(mail) + "/"}, "smtp", parsers.OutcomeRelayDenied, 3},
		{"s_client", popTyped, []string{"openssl", "s_client", "-connect", "127.0.0.1:" + strconv.Itoa(pops), "-ign_eof"}, "pop3", parsers.OutcomeAuthFailed, 2},
		{"s_client -quiet", popTyped, []string{"openssl", "s_client", "-quiet", "-connect", "127.0.0.1:" + strconv.Itoa(pops)}, "pop3", parsers.OutcomeAuthFailed, 2},
		{"s_client -starttls", mailTyped, []string{"openssl", "s_client", "-starttls", "smtp", "-ign_eof", "-crlf", "-connect", "127.0.0.1:" + strconv.Itoa(mail)}, "smtp", parsers.OutcomeRelayDenied, 2},
		{"smtplib", "", []string{"python3", "-c", "import smtplib\ns=smtplib.SMTP('127.0.0.1'," + strconv.Itoa(mail) + ")\ns.set_debuglevel(1)\ntry: s.login('joe','" + secret + "')\nfinally: s.quit()"}, "smtp", parsers.OutcomeAuthFailed, 3},
		{"poplib", "", []string{"python3", "-c", "import poplib\ns=poplib.POP3('127.0.0.1'," + strconv.Itoa(pop) + ")\ns.set_debuglevel(2)\ns.user('joe')\ntry: s.pass_('" + secret + "')\nfinally: s.quit()"}, "pop3", parsers.OutcomeAuthFailed, 3},
		{"imaplib", "", []string{"python3", "-c", "import imaplib\nimaplib.Debug=4\ns=imaplib.IMAP4('127.0.0.1'," + strconv.Itoa(imap) + ")\ntry: s.login('joe','" + secret + "')\nfinally: s.logout()"}, "imap", parsers.OutcomeAuthFailed, 3},
		{"ftplib", "", []string{"python3", "-c", "import ftplib\ns=ftplib.FTP()\ns.set_debuglevel(2)\ns.connect('127.0.0.1'," + strconv.Itoa(files) + ")\ntry: s.login('joe','" + secret + "')\nfinally: s.quit()"}, "ftp", parsers.OutcomeAuthFailed, 3},
		{"telnet", popTyped, []string{"telnet", "127.0.0.1", strconv.Itoa(pop)}, "pop3", "", 0},
		{"nc", popTyped, []string{"nc", "-v", "-w", "3", "127.0.0.1", strconv.Itoa(pop)}, "pop3", parsers.OutcomeAuthFailed, 2},
		{"swaks", "", []string{"swaks", "-s", "127.0.0.1", "-p", strconv.Itoa(mail), "-f", "joe@example.test", "-t", "ann@contoso.test"}, "smtp", parsers.OutcomeRelayDenied, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			program, err := exec.LookPath(c.args[0])
			if err != nil {
				t.Skip(err)
			}
			text := runClient(t, program, c.args[1:], c.stdin)
			sessions, lines, secrets := readSessions(parsers.StdinName, []byte(text))
			if len(sessions) != 1 {
				t.Fatalf("%d sessions in\n%s", len(sessions), text)
			}
			s := &sessions[0]
			if s.Protocol != c.protocol || c.outcome != "" && s.Outcome != c.outcome || len(s.Exchanges) < c.least {
				t.Errorf("reads as %s\nof\n%s", heart(s), text)
			}
			shown := secrets.Scrubber()(heart(s) + s.Summary + strings.Join(lines, "\n"))
			if strings.Contains(shown, secret) {
				t.Errorf("the secret shows in\n%s", shown)
			}
		})
	}
}

// runClient runs a client, types to it line by line, and gives all it prints.
func runClient(t *testing.T, program string, args []string, stdin string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if stdin == "" {
		cmd.Run() //nolint:errcheck // clients fail, that is what is tested
		return out.String()
	}
	w, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skip(err)
	}
	time.Sleep(700 * time.Millisecond)
	for _, l := range strings.SplitAfter(stdin, "\n") {
		if _, err := w.Write([]byte(l)); err != nil {
			break
		}
		time.Sleep(150 * time.Millisecond)
	}
	time.Sleep(300 * time.Millisecond)
	w.Close()
	done := make(chan struct{})
	go func() { cmd.Wait(); close(done) }() //nolint:errcheck // as above
	select {
	case <-done:
	case <-time.After(1500 * time.Millisecond):
		cmd.Process.Kill() //nolint:errcheck // it may have ended
		<-done
	}
	return out.String()
}
