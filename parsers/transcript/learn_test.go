package transcript

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/transcript/transcripttest"
)

// secretsOf gives what is learnt of a text, by reading it for its secrets alone
// or whole.
func secretsOf(raw []byte, learn bool) []string {
	secrets := &parsers.Secrets{}
	rd := &parsers.Reader{Forms: parsers.Forms{Formats: Formats(), Finders: []parsers.Finder{Finder()}}, Secrets: secrets, Stdin: bytes.NewReader(raw)}
	if learn {
		rd.Learn(parsers.StdinName)
	} else {
		rd.Read(parsers.StdinName, parsers.Visitor{})
	}
	return secrets.Words()
}

// logons are what clients and servers say, one side's line and one of the
// other, with secrets in some of them.
var logons = [...][2]string{
	{"EHLO pc7", "250 mail"}, {"MAIL FROM:<joe@example.test>", "250 ok"}, {"AUTH LOGIN", "334 VXNlcm5hbWU6"}, {"am9l", "334 UGFzc3dvcmQ6"}, {"WmVicmEtS2l0ZS00Mg==", "235 in"},
	{"AUTH PLAIN AGpvZQBaZWJyYS1LaXRlLTQy", "535 5.7.8 no"}, {"USER joe", "+OK"}, {"PASS Zebra-Kite-42", "-ERR no"}, {"PASS *****", "+OK"}, {"STAT", "+OK 2 320"},
	{"a1 LOGIN joe Zebra-Kite-43", "a1 NO LOGIN failed"}, {"x1 LOGIN joe *****", "x1 OK in"}, {"x2 SELECT INBOX", "x2 OK done"}, {"x3 AUTHENTICATE PLAIN", "+ "},
	{"AGpvZQBaZWJyYS1LaXRlLTQ0", "x3 OK in"}, {"MAIL LOGIN joe Zebra-Kite-45", "250 ok"}, {"USER joe Zebra-Kite-46", "331 more"}, {"QUIT", "221 bye"}, {"RETR 1", "+"},
	{"Zebra-Kite-47", "+OK"}, {"GET / HTTP/1.1", "HTTP/1.1 401 Unauthorized"}, {"Authorization: Basic am9lOlplYnJhLUtpdGUtNDg=", "250 x"}, {"AUTHINFO PASS Zebra-Kite-49", "281 in"},
	{"x4 LOGIN joe {13}", "+ go on"}, {"Zebra-Kite-50", "x4 OK in"}, {"APOP joe 0123456789abcdef0123456789abcdef", "+OK in"}, {"x5 LOGIN \"joe\" \"Zebra-Kite-51\"", "x5 NO no"},
	{"a LOGIN joe {5}", "* BYE"}, {"DATA", "354 go"}, {"NOOP", "334"}, {"ETRN PASS", "383 x"}, {"x6 UID LOGIN", "login:"}, {"PASS", "Password:"}, {"BDAT 100 LAST", "250 2.6.0 queued"},
}

// logonRows makes a protocol log of Exchange in which lines of logons follow
// one another by chance.
func logonRows(rnd *rand.Rand) []byte {
	var b bytes.Buffer
	receives := rnd.Intn(2) == 0
	for i := range 20 {
		k := 0
		row := func(kind, data string) {
			fmt.Fprintf(&b, "2026-11-22T22:01:03.123Z,MX1\\Default MX1,08D9A1B2%08X,%d,192.0.2.1:25,192.0.2.7:51442,%s,\"%s\",\r\n", i, k, kind, strings.ReplaceAll(data, `"`, `""`))
			k++
		}
		row("+", "")
		for range 1 + rnd.Intn(8) {
			l := logons[rnd.Intn(len(logons))]
			client, server := "<", ">"
			if !receives {
				client, server = ">", "<"
			}
			row(client, l[0])
			row(server, l[1])
		}
		row("-", "")
	}
	return b.Bytes()
}

// TestLearning compares what is learnt of inputs read for their secrets alone
// with what reading them whole learns.
func TestLearning(t *testing.T) {
	rnd := rand.New(rand.NewSource(11))
	compare := func(name string, raw []byte) {
		t.Helper()
		if got, want := secretsOf(raw, true), secretsOf(raw, false); !slices.Equal(got, want) {
			t.Errorf("%s: learnt %q, want %q of\n%s", name, got, want, raw)
		}
	}
	for range 500 {
		compare("rows", logonRows(rnd))
	}
	for _, c := range transcripttest.Captures() {
		compare("capture", []byte(c.Write(transcripttest.Dialogues["smtp"], "smtp")))
	}
	files, err := filepath.Glob(samples + "/*.txt")
	if err != nil || len(files) < 6 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		compare(file, raw)
	}
	if n := len(secretsOf(logonRows(rnd), true)); n == 0 {
		t.Error("nothing is learnt of logons")
	}
}

// FuzzLearning does the same with any input.
func FuzzLearning(f *testing.F) {
	rnd := rand.New(rand.NewSource(12))
	for range 4 {
		f.Add(logonRows(rnd)[:2000])
	}
	f.Add([]byte(strings.Join(csvRows(3), "\n")))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if got, want := secretsOf(raw, true), secretsOf(raw, false); !slices.Equal(got, want) {
			t.Fatalf("learnt %q, want %q", got, want)
		}
	})
}
