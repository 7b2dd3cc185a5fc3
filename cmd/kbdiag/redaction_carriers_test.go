package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"kbdiag/parsers/exporttest"
)

// spellings are the ways in which an output may give a secret away: as it is,
// in base64 at each of three offsets, in hexadecimal, in UTF-16.
func spellings(secret string) []string {
	list := []string{secret, hex.EncodeToString([]byte(secret)), string(utf16le(secret))}
	for pad := range 3 {
		raw := append(make([]byte, pad), secret...)
		coded := base64.RawStdEncoding.EncodeToString(raw[:len(raw)/3*3])
		if pad > 0 {
			coded = coded[4:] // it depends on what stands before
		}
		list = append(list, coded)
	}
	return list
}

func utf16le(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

// noSecret looks for the secrets in an output.
func noSecret(t *testing.T, out string, secrets map[string]string) {
	t.Helper()
	for where, s := range secrets {
		for _, form := range spellings(s) {
			if i := strings.Index(out, form); i >= 0 {
				t.Errorf("%s: the secret %s shows: %q", where, s, out[max(0, i-150):min(len(out), i+60)])
				break
			}
		}
	}
}

// carriers write files into one that holds them.
var carriers = []struct {
	name  string
	write func(files map[string][]byte) []byte
}{
	{"ticket.zip", func(files map[string][]byte) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for name, raw := range files {
			w, err := z.Create(name)
			if err == nil {
				_, err = w.Write(raw)
			}
			if err != nil {
				panic(err)
			}
		}
		z.Close()
		return b.Bytes()
	}},
	{"ticket.eml", func(files map[string][]byte) []byte {
		var b bytes.Buffer
		b.WriteString("From: joe@example.test\r\nTo: help@example.test\r\nSubject: no mail\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"cut\"\r\n\r\n")
		for name, raw := range files {
			fmt.Fprintf(&b, "--cut\r\nContent-Type: text/plain; name=\"%s\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"%[1]s\"\r\n\r\n", name)
			coded := base64.StdEncoding.EncodeToString(raw)
			for len(coded) > 0 {
				n := min(76, len(coded))
				b.WriteString(coded[:n] + "\r\n")
				coded = coded[n:]
			}
		}
		b.WriteString("--cut--\r\n")
		return b.Bytes()
	}},
	{"utf16", nil},
}

// TestSecretsInCarriers packs sessions in every form, and event logs, into
// archives and mails and writes them in UTF-16, and looks for the secrets in
// what every command prints, and in the copies that redact makes.
func TestSecretsInCarriers(t *testing.T) {
	rnd := rand.New(rand.NewSource(13))
	for n, c := range carriers {
		if testing.Short() && n > 0 {
			break
		}
		t.Run(c.name, func(t *testing.T) {
			plain, dir := t.TempDir(), t.TempDir()
			secrets := plant(t, plain, rnd, func(s string) string { return s })
			binary := plantEvents(t, plain, rnd, secrets)
			files := map[string][]byte{}
			entries, err := os.ReadDir(plain)
			if err != nil {
				t.Fatal(err)
			}
			for i, e := range entries {
				if (i+n)%len(carriers) != 0 && !strings.HasPrefix(e.Name(), "export-") && !strings.HasPrefix(e.Name(), "prose-") {
					continue // each carrier has its share of the sessions
				}
				raw, err := os.ReadFile(filepath.Join(plain, e.Name()))
				if err != nil {
					t.Fatal(err)
				}
				if c.write == nil {
					if !binary[e.Name()] {
						raw = append([]byte{0xFF, 0xFE}, utf16le(string(raw))...)
					}
					if err := os.WriteFile(filepath.Join(dir, e.Name()), raw, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				files[e.Name()] = raw
			}
			if c.write != nil {
				if err := os.WriteFile(filepath.Join(dir, c.name), c.write(files), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			commands := [][]string{{"events", "--format", "text"}, {"diagnose", "--format", "json", "--verbose"}}
			if c.write == nil {
				commands = append(commands, []string{"sessions", "--format", "jsonl"}, []string{"inspect", "--format", "json"}, []string{"events", "--format", "jsonl"}, []string{"events", "--format", "xml"}, []string{"explain", "Q189732"}, []string{"events", "--where", `provider != "x"`})
			}
			out := outputOf(t, commands, []string{filepath.ToSlash(dir)})
			if len(out) < 10_000 {
				t.Fatalf("only %d bytes of output", len(out))
			}
			noSecret(t, out, secrets)
			safe := filepath.Join(t.TempDir(), "safe")
			if _, errs, status := runCommand(t, "redact", filepath.ToSlash(dir), "-o", filepath.ToSlash(safe)); status != exitOK {
				t.Fatalf("exit status %d: %s", status, errs)
			}
			noSecret(t, everyFile(t, safe), secrets)
		})
	}
}

// everyFile gives the bytes of all files of a folder.
func everyFile(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		all.Write(raw)
		all.WriteByte('\n')
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// told are the ways in which an event's text, or a sentence, gives a secret
// away.
var told = []string{
	"The command was: ldapsearch -x -D cn=joe -w %s -b dc=example,dc=test",
	"net use \\\\srv1\\data was refused; his password is %s, he says",
	"GET /owa/?access_token=%s HTTP/1.1",
	"Connecting to https://joe:%s@mail.example.test/owa",
	"C: PASS %s",
	"Authorization: Bearer %s",
	"Cookie: cadata=%s",
	"Proxy-Authorization: Basic %b",
	"a1 LOGIN joe %s",
	"AUTH PLAIN %q",
	"AUTHINFO PASS %s",
	"curl -u joe:%s imap://mail.example.test",
	"password=%s",
	"Pwd: %s",
	"APOP joe 0123456789abcdef0123456789abcdef (made of %s; his password: %s)",
	"ACCT %s",
	"plink -pw %s joe@srv1",
	"client_secret=%s&grant_type=client_credentials",
	"{\"password\": \"%s\"}",
}

// plantEvents writes logs in every form of export whose texts give secrets
// away, and sentences that do. It gives the names of the binary ones.
func plantEvents(t *testing.T, dir string, rnd *rand.Rand, secrets map[string]string) map[string]bool {
	t.Helper()
	binary := map[string]bool{}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tell := func(text, where string) string {
		secret := "Q" + strings.Trim(randomSecret(rnd), "#!$-_") + "x"
		secrets[where+": "+text] = secret
		return strings.NewReplacer("%s", secret, "%b", base64.StdEncoding.EncodeToString([]byte("joe:"+secret)),
			"%q", base64.StdEncoding.EncodeToString([]byte("\x00joe\x00"+secret))).Replace(text)
	}
	for i, f := range exporttest.Forms() {
		var list []exporttest.Event
		for k, text := range told {
			said := tell(text, f.Name)
			list = append(list, exporttest.Event{At: time.Date(2026, 11, 22, 22, 1, k, 0, time.UTC), Log: "Application", Provider: "MSExchangePOP3", ID: uint16(1000 + k), Kind: "Error",
				Category: "General", Host: "SRV1", Record: 100 + k, Message: said, Strings: []string{said}})
		}
		name := fmt.Sprintf("export-%02d.txt", i)
		binary[name] = !f.Text()
		write(name, f.Write(list))
	}
	for i, text := range told {
		write(fmt.Sprintf("prose-%02d.txt", i), "Hello,\n\nI did as you said and saw this:\n\n"+tell(text, "prose")+"\n\nWhat now?\n")
	}
	return binary
}
