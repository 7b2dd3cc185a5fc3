package transcript

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
)

// liveSecret is the password of joe at the servers that the tests start.
const liveSecret = "Zebra-Kite-42"

// liveServers are servers of Debian's packages that run on loopback for the
// length of a test, with a configuration of their own in a folder of their own.
// They answer refused logons at once: Dovecot's penalty for addresses with many
// of them is off, since all clients have one address.
type liveServers struct {
	dir                   string
	pop, imap, mail, pops int // ports; 0 where the server is not there
}

// startServers starts the servers that are installed. Without root it skips:
// they change to users of their own.
func startServers(t *testing.T) *liveServers {
	t.Helper()
	if testing.Short() {
		t.Skip("runs other programs")
	}
	if os.Geteuid() != 0 {
		t.Skip("the servers start as root")
	}
	dir, err := os.MkdirTemp("", "kbd")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s := &liveServers{dir: dir}
	s.dovecot(t)
	s.postfix(t)
	if s.pop == 0 && s.mail == 0 {
		t.Skip("neither Dovecot nor Postfix is installed")
	}
	return s
}

// freePort gives a port of loopback that nobody listens at.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip("no loopback: ", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func (s *liveServers) write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// runs runs a program to its end; false if it fails.
func runs(t *testing.T, name string, args ...string) bool {
	t.Helper()
	said, err := os.CreateTemp(t.TempDir(), "said") // no pipe: a server that stays would hold its other end
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = said, said
	if err = cmd.Run(); err != nil {
		text, _ := os.ReadFile(said.Name()) //nolint:errcheck // the error above is told
		t.Logf("%s: %v: %s", name, err, text)
	}
	return err == nil
}

// listens waits until somebody listens at a port.
func listens(port int) bool {
	for range 100 {
		if c, err := net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(port)); err == nil {
			c.Close()
			return true
		}
		time.Sleep(50 * time.Millisecond)
	}
	return false
}

func (s *liveServers) dovecot(t *testing.T) {
	program, err := exec.LookPath("dovecot")
	if err != nil {
		return
	}
	nobody, err := user.Lookup("nobody")
	if err != nil || !runs(t, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=mail3.example.test", "-keyout", filepath.Join(s.dir, "key.pem"), "-out", filepath.Join(s.dir, "cert.pem")) {
		return
	}
	pop, pops, imap := freePort(t), freePort(t), freePort(t)
	mail := filepath.Join(s.dir, "mail")
	s.write(t, "mail/joe/Maildir/new/1.a", "From: ann@contoso.test\nSubject: offer\n\n220 this line is text\n.\n-ERR so is this\n")
	s.write(t, "mail/joe/Maildir/new/2.a", "From: ann@contoso.test\nSubject: again\n\ntext\n")
	if !runs(t, "chown", "-R", nobody.Uid+":"+nobody.Gid, mail) {
		return
	}
	users := s.write(t, "users", "joe:{PLAIN}"+liveSecret+"\n")
	conf := s.write(t, "dovecot.conf", fmt.Sprintf(`
base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/dovecot.log
protocols = imap pop3
listen = 127.0.0.1
ssl = yes
ssl_cert = <%[1]s/cert.pem
ssl_key = <%[1]s/key.pem
ssl_dh =
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = plain login
first_valid_uid = 1
mail_location = maildir:~/Maildir
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%%u %[2]s
}
userdb {
  driver = static
  args = uid=%[3]s gid=%[4]s home=%[5]s/%%u
}
service imap-login {
  inet_listener imap {
    port = %[6]d
  }
  inet_listener imaps {
    port = 0
  }
}
service pop3-login {
  inet_listener pop3 {
    port = %[7]d
  }
  inet_listener pop3s {
    port = %[8]d
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  unix_listener %[1]s/sasl {
    mode = 0666
  }
}
`, s.dir, users, nobody.Uid, nobody.Gid, mail, imap, pop, pops))
	if !runs(t, program, "-c", conf) {
		return
	}
	t.Cleanup(func() { runs(t, "doveadm", "-c", conf, "stop") })
	if listens(pop) && listens(imap) {
		s.pop, s.pops, s.imap = pop, pops, imap
	}
}

// postfixServices are those that a server needs which takes mail and delivers
// none.
const postfixServices = `
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`

func (s *liveServers) postfix(t *testing.T) {
	program, err := exec.LookPath("postfix")
	if err != nil {
		return
	}
	port := freePort(t)
	conf := filepath.Dir(s.write(t, "postfix/main.cf", fmt.Sprintf(`
compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/postfix-data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = %[1]s/mail.log
maillog_file_prefixes = %[1]s
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx1.example.test
mydestination = example.test
mynetworks = 192.0.2.0/24
local_transport = discard:
local_recipient_maps = inline:{ann=x, joe=x}
smtpd_relay_restrictions = reject_unauth_destination
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = %[1]s/sasl
smtpd_peername_lookup = no
smtpd_error_sleep_time = 0
message_size_limit = 1000000
`, s.dir)))
	s.write(t, "postfix/master.cf", fmt.Sprintf("127.0.0.1:%d inet n - n - - smtpd%s", port, postfixServices))
	for _, d := range []string{"queue", "postfix-data"} {
		if err := os.MkdirAll(filepath.Join(s.dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if !runs(t, "chown", "postfix", filepath.Join(s.dir, "postfix-data")) || !runs(t, program, "-c", conf, "start") {
		return
	}
	t.Cleanup(func() { runs(t, program, "-c", conf, "stop") })
	if listens(port) {
		s.mail = port
	}
}

// fold replaces the stand-ins of ports in the arguments of a client.
func (s *liveServers) fold(args []string) []string {
	var out []string
	for _, a := range args {
		out = append(out, strings.NewReplacer("{POPS}", strconv.Itoa(s.pops), "{POP}", strconv.Itoa(s.pop), "{IMAP}", strconv.Itoa(s.imap), "{MAIL}", strconv.Itoa(s.mail), "{SECRET}", liveSecret).Replace(a))
	}
	return out
}

// TestRealServers has the clients that are installed talk to real servers, and
// compares what is read of their captures with what was typed.
func TestRealServers(t *testing.T) {
	s := startServers(t)
	lines := func(l ...string) string { return strings.Join(l, "\n") + "\n" }
	popGood := lines("USER joe", "PASS "+liveSecret, "STAT", "LIST", "RETR 1", "QUIT")
	popBad := lines("USER joe", "PASS Wrong-"+liveSecret, "QUIT")
	imapBad := lines("a1 CAPABILITY", "a2 LOGIN joe Wrong-"+liveSecret, "a3 LOGOUT")
	imapGood := lines("a1 LOGIN joe "+liveSecret, "a2 SELECT INBOX", "a3 FETCH 1 BODY[]", "a4 SELECT Nope", "a5 LOGOUT")
	relay := lines("EHLO pc7.example.test", "MAIL FROM:<joe@example.test>", "RCPT TO:<ann@contoso.test>", "QUIT")
	sent := lines("EHLO pc7.example.test", "MAIL FROM:<joe@example.test>", "RCPT TO:<ann@example.test>", "DATA", "Subject: offer", "", "550 this is text", ".", "QUIT")
	python := func(code string) []string { return []string{"python3", "-c", code} }
	sh := func(line string) []string { return []string{"script", "-q", "-c", line, "/dev/null"} }
	for _, c := range []struct {
		name      string
		stdin     string
		args      []string
		protocol  string
		outcome   parsers.Outcome
		stage     parsers.Stage
		exchanges int // -1: whatever the client sends
	}{
		{"telnet POP3", popGood, []string{"telnet", "127.0.0.1", "{POP}"}, "pop3", parsers.OutcomeSuccess, "", -1},
		{"script telnet POP3", popGood, sh("telnet 127.0.0.1 {POP}"), "pop3", parsers.OutcomeSuccess, "", 6},
		{"script telnet POP3 refused", popBad, sh("telnet 127.0.0.1 {POP}"), "pop3", parsers.OutcomeAuthFailed, parsers.StageAuth, 3},
		{"script telnet IMAP", imapGood, sh("telnet 127.0.0.1 {IMAP}"), "imap", "", "", 5},
		{"script telnet IMAP refused", imapBad, sh("telnet 127.0.0.1 {IMAP}"), "imap", parsers.OutcomeAuthFailed, parsers.StageAuth, 3},
		{"script telnet SMTP", relay, sh("telnet 127.0.0.1 {MAIL}"), "smtp", parsers.OutcomeRelayDenied, parsers.StageRcpt, 4},
		{"script telnet SMTP sent", sent, sh("telnet 127.0.0.1 {MAIL}"), "smtp", parsers.OutcomeSuccess, "", 6},
		{"script nc SMTP", relay, sh("nc -v -C 127.0.0.1 {MAIL}"), "smtp", parsers.OutcomeRelayDenied, parsers.StageRcpt, 4},
		{"script s_client POP3", popBad, sh("openssl s_client -crlf -ign_eof -connect 127.0.0.1:{POPS}"), "pop3", parsers.OutcomeAuthFailed, parsers.StageAuth, 3},
		{"script s_client -quiet POP3", popGood, sh("openssl s_client -quiet -crlf -connect 127.0.0.1:{POPS}"), "pop3", parsers.OutcomeSuccess, "", 6},
		{"script s_client -starttls IMAP", imapBad, sh("openssl s_client -crlf -ign_eof -starttls imap -connect 127.0.0.1:{IMAP}"), "imap", parsers.OutcomeAuthFailed, parsers.StageAuth, 3},
		{"nc POP3", popBad, []string{"nc", "-v", "-C", "-w", "3", "127.0.0.1", "{POP}"}, "pop3", parsers.OutcomeAuthFailed, parsers.StageAuth, 3},
		{"socat -v POP3", popBad, []string{"socat", "-v", "-", "TCP:127.0.0.1:{POP},crlf"}, "pop3", parsers.OutcomeAuthFailed, parsers.StageAuth, 3},
		{"ncat -v SMTP", relay, []string{"ncat", "-v", "-C", "127.0.0.1", "{MAIL}"}, "smtp", parsers.OutcomeRelayDenied, parsers.StageRcpt, 4},
		{"plink -raw POP3", popBad, []string{"plink", "-raw", "-P", "{POP}", "127.0.0.1"}, "pop3", parsers.OutcomeAuthFailed, parsers.StageAuth, 3},
		{"swaks", "", []string{"swaks", "-s", "127.0.0.1", "-p", "{MAIL}", "-f", "joe@example.test", "-t", "ann@contoso.test"}, "smtp", parsers.OutcomeRelayDenied, parsers.StageRcpt, 4},
		{"swaks AUTH", "", []string{"swaks", "-s", "127.0.0.1", "-p", "{MAIL}", "-f", "joe@example.test", "-t", "ann@example.test", "-a", "LOGIN", "-au", "joe", "-ap", "Wrong-{SECRET}"}, "smtp", parsers.OutcomeAuthFailed, parsers.StageAuth, -1},
		{"curl POP3", "", []string{"curl", "-sv", "-m", "10", "pop3://joe:{SECRET}@127.0.0.1:{POP}/1"}, "pop3", parsers.OutcomeSuccess, "", -1},
		{"curl IMAP", "", []string{"curl", "-sv", "-m", "10", "imap://joe:Wrong-{SECRET}@127.0.0.1:{IMAP}/INBOX"}, "imap", parsers.OutcomeAuthFailed, parsers.StageAuth, -1},
		{"curl SMTP", "", []string{"curl", "-sv", "-m", "10", "--mail-from", "joe@example.test", "--mail-rcpt", "ann@contoso.test", "-T", "/dev/null", "smtp://127.0.0.1:{MAIL}/"}, "smtp", parsers.OutcomeRelayDenied, parsers.StageRcpt, -1},
		{"smtplib", "", python("import smtplib\ns=smtplib.SMTP('127.0.0.1',{MAIL})\ns.set_debuglevel(1)\ntry: s.login('joe','Wrong-{SECRET}')\nexcept Exception: pass\ns.quit()"), "smtp", parsers.OutcomeAuthFailed, parsers.StageAuth, -1},
		{"smtplib sent", "", python("import smtplib\ns=smtplib.SMTP('127.0.0.1',{MAIL})\ns.set_debuglevel(2)\ns.login('joe','{SECRET}')\ns.sendmail('joe@example.test',['ann@example.test'],'Subject: x\\r\\n\\r\\n550 text\\r\\n')\ns.quit()"), "smtp", parsers.OutcomeSuccess, "", -1},
		{"poplib", "", python("import poplib\ns=poplib.POP3('127.0.0.1',{POP})\ns.set_debuglevel(2)\ns.user('joe')\ntry: s.pass_('Wrong-{SECRET}')\nexcept Exception: pass\ns.quit()"), "pop3", parsers.OutcomeAuthFailed, parsers.StageAuth, 3},
		{"imaplib", "", python("import imaplib\nimaplib.Debug=4\ns=imaplib.IMAP4('127.0.0.1',{IMAP})\ntry: s.login('joe','Wrong-{SECRET}')\nexcept Exception: pass\ns.logout()"), "imap", parsers.OutcomeAuthFailed, parsers.StageAuth, -1},
		{"fetchmail", "", []string{"fetchmail", "-vvv", "--keep", "-N", "-f", "RC", "127.0.0.1"}, "pop3", parsers.OutcomeAuthFailed, parsers.StageAuth, -1},
		{"msmtp", "Subject: x\n\ntext\n", []string{"msmtp", "--debug", "--host=127.0.0.1", "--port={MAIL}", "--auth=off", "--from=joe@example.test", "--tls=off", "ann@contoso.test"}, "smtp", parsers.OutcomeRelayDenied, parsers.StageRcpt, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			program, err := exec.LookPath(c.args[0])
			if err != nil {
				t.Skip(err)
			}
			if c.protocol == "smtp" && s.mail == 0 || c.protocol != "smtp" && s.pop == 0 {
				t.Skip("the server is not installed")
			}
			args := s.fold(c.args[1:])
			for i := range args {
				if args[i] == "RC" {
					args[i] = s.write(t, "fetchmailrc", "poll 127.0.0.1 proto pop3 service "+strconv.Itoa(s.pop)+" user joe password Wrong-"+liveSecret+" sslproto ''\n")
					if err := os.Chmod(args[i], 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
			text := runClient(t, program, args, c.stdin)
			if dir := os.Getenv("KBDIAG_CAPTURES"); dir != "" {
				os.WriteFile(filepath.Join(dir, strings.ReplaceAll(c.name, " ", "_")+".txt"), []byte(text), 0o644) //nolint:errcheck // to look at
			}
			sessions, lines, secrets := readSessions(parsers.StdinName, []byte(text))
			if len(sessions) != 1 {
				t.Fatalf("%d sessions in\n%s", len(sessions), text)
			}
			x := &sessions[0]
			if x.Protocol != c.protocol || c.outcome != "" && x.Outcome != c.outcome || c.stage != "" && x.FailedStage != c.stage || c.exchanges >= 0 && len(x.Exchanges) != c.exchanges {
				t.Errorf("reads as %s, failed at %q, %d exchanges\nof\n%s", heart(x), x.FailedStage, len(x.Exchanges), text)
			}
			shown := secrets.Scrubber()(heart(x) + x.Summary + strings.Join(lines, "\n"))
			if strings.Contains(shown, liveSecret) {
				t.Errorf("the secret shows in\n%s", shown)
			}
		})
	}
}
