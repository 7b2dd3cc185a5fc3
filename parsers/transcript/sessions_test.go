package transcript

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/transcript/transcripttest"
)

var update = flag.Bool("update", false, "write the golden files anew")

const samples = "../../testdata/sessions"

func readSessions(path string, raw []byte) ([]parsers.Session, []string, *parsers.Secrets) {
	secrets := &parsers.Secrets{}
	rd := &parsers.Reader{Forms: parsers.Forms{Formats: Formats(), Finders: []parsers.Finder{Finder()}}, Secrets: secrets, Stdin: bytes.NewReader(raw)}
	var sessions []parsers.Session
	var lines []string
	rd.Read(path, parsers.Visitor{
		Session: func(s *parsers.Session) { sessions = append(sessions, *s) },
		Line:    func(l *parsers.Line) { lines = append(lines, l.Text) },
	})
	return sessions, lines, secrets
}

// TestSamples compares the reading of each sample with its golden file.
func TestSamples(t *testing.T) {
	files, err := filepath.Glob(samples + "/*.txt")
	if err != nil || len(files) < 6 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			sessions, lines, secrets := readSessions(filepath.ToSlash(file), nil)
			var b bytes.Buffer
			enc := json.NewEncoder(&b)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", " ")
			for i := range lines {
				lines[i] = secrets.Scrubber()(lines[i])
			}
			if err := enc.Encode(map[string]any{"sessions": sessions, "lines": lines}); err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, ".txt") + ".golden"
			if *update {
				if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(want, b.Bytes()) {
				t.Errorf("%s reads as\n%s", file, b.String())
			}
			if strings.Contains(b.String(), "Zebra-Kite") {
				t.Error("the secret is in the reading")
			}
		})
	}
}

// templates are sessions with %s in place of a secret.
var templates = []string{
	"Trying 192.0.2.1...\nConnected to mail3.\nEscape character is '^]'.\n+OK ready\nUSER joe\n+OK\nPASS %s\n-ERR no\nPASS %[1]s\n-ERR no\nConnection closed by foreign host.\n",
	"S: +OK ready\nC: USER joe\nS: +OK\nC: PASS %s\nS: +OK in\n",
	"> 220 mail ESMTP\n> EHLO c\n> 250 mail\n> AUTH PLAIN %s\n> 535 5.7.8 no\nThe password was: %[1]s\n",
	"220 mail ESMTP\nEHLO c\n250 mail\nAUTH LOGIN\n334 VXNlcm5hbWU6\nam9l\n334 UGFzc3dvcmQ6\n%s\n535 5.7.8 no\nQUIT\n221 bye\n",
	"* OK IMAP4 ready\na1 LOGIN joe %s\na1 NO LOGIN failed\na2 LOGOUT\n* BYE\na2 OK done\n",
	"Microsoft Telnet> open mail3 110\n+OK ready\nuser joe\n+OK\npass %s\n-ERR no\n",
}

// TestSecretsNeverShow types random secrets into sessions and looks for them
// in everything that is read.
func TestSecretsNeverShow(t *testing.T) {
	rnd := rand.New(rand.NewSource(7))
	const signs = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_"
	for n := range 2000 {
		secret := make([]byte, 8+rnd.Intn(12))
		for i := range secret {
			secret[i] = signs[rnd.Intn(len(signs))]
		}
		text := fmt.Sprintf(templates[n%len(templates)], secret)
		sessions, lines, secrets := readSessions(parsers.StdinName, []byte(text))
		if len(sessions) == 0 {
			t.Fatalf("no session in\n%s", text)
		}
		all, err := json.Marshal(map[string]any{"sessions": sessions, "lines": lines})
		if err != nil {
			t.Fatal(err)
		}
		if shown := secrets.Scrubber()(string(all)); bytes.Contains([]byte(shown), secret) {
			t.Fatalf("secret %s shows in %s", secret, shown)
		}
		for i := range sessions {
			one, err := json.Marshal(sessions[i])
			if err != nil || bytes.Contains(one, secret) {
				t.Fatalf("secret %s is in the session %s", secret, one)
			}
		}
	}
}

func TestProseIsNoSession(t *testing.T) {
	for _, text := range []string{
		"The user telnets to the server and sees an error 550.\nThen he tries again.\n",
		"Event ID: 220\nSource: X\nDescription: * OK\n",
		"220 apples\n",
		"Connected to the network.\n",
	} {
		sessions, _, _ := readSessions(parsers.StdinName, []byte(text))
		for i := range sessions {
			if sessions[i].Outcome != parsers.OutcomeIncomplete && len(sessions[i].Exchanges) > 0 {
				t.Errorf("%q reads as %+v", text, sessions[i])
			}
		}
	}
}

func FuzzSessions(f *testing.F) {
	for _, t := range templates {
		f.Add([]byte(fmt.Sprintf(t, "Zebra-Kite-42")))
	}
	for _, c := range transcripttest.Captures() {
		f.Add([]byte(c.Write(transcripttest.Dialogues["smtp"], "smtp")))
	}
	for _, x := range failures {
		f.Add([]byte(x.text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		sessions, _, _ := readSessions(parsers.StdinName, raw)
		for i := range sessions {
			p := sessions[i].Pos
			if p.Line < 1 || p.Offset < 0 || p.Offset+p.Length > int64(len(raw)) {
				t.Fatalf("position %+v of %d bytes", p, len(raw))
			}
		}
	})
}

func BenchmarkSessions(b *testing.B) {
	session := []byte(strings.Repeat(fmt.Sprintf(templates[0], "Zebra-Kite-42")+"\n", 2000))
	rows := []byte(strings.Join(csvRows(3000), "\r\n") + "\r\n")
	prose := []byte(strings.Repeat("A line of some log that has nothing to do with sessions at all, of usual length.\n", 10_000))
	for _, bm := range []struct {
		name string
		raw  []byte
	}{{"sessions", session}, {"exchange rows", rows}, {"prose", prose}} {
		b.Run(bm.name, func(b *testing.B) {
			b.SetBytes(int64(len(bm.raw)))
			b.ReportAllocs()
			for b.Loop() {
				readSessions(parsers.StdinName, bm.raw)
			}
		})
	}
}

// csvRows gives a protocol log of n connections.
func csvRows(n int) []string {
	rows := []string{"#Software: Microsoft Exchange Server", "#Version: 15.0.0.0", "#Log-type: SMTP Receive Protocol Log", "#Date: 2026-11-22T22:00:00.000Z",
		"#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context"}
	for i := range n {
		for k, l := range []string{"+,,", "*,SMTPSubmit SMTPAcceptAnySender SMTPAcceptAuthoritativeDomainSender AcceptRoutingHeaders,Set Session Permissions",
			">,\"220 MX1.example.test Microsoft ESMTP MAIL Service ready at Sun, 22 Nov 2026 22:01:03 +0000\",", "<,EHLO pc7.example.test,",
			">,250  MX1.example.test Hello [192.0.2.7] SIZE 37748736 PIPELINING DSN ENHANCEDSTATUSCODES STARTTLS X-ANONYMOUSTLS AUTH NTLM X-EXPS GSSAPI NTLM 8BITMIME BINARYMIME CHUNKING,",
			"<,MAIL FROM:<joe@example.test>,", "*,08D9A1B2C3D4E5F6;2026-11-22T22:01:03.000Z;1,receiving message", ">,250 2.1.0 Sender OK,", "<,RCPT TO:<ann@contoso.test>,",
			">,550 5.7.1 Unable to relay,", "<,QUIT,", ">,221 2.0.0 Service closing transmission channel,", "-,,Local"} {
			rows = append(rows, fmt.Sprintf("2026-11-22T22:01:03.123Z,MX1\\Default MX1,08D9A1B2%08X,%d,192.0.2.1:25,192.0.2.7:51442,%s", i, k, l))
		}
	}
	return rows
}
