package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// utf16le gives a text as Windows saves it as Unicode.
func tarGz(t *testing.T, members map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, name := range []string{"app.csv", "wide.csv", "log.evtx"} {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(members[name]))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(members[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestVerifyNoticesAnyByte flips one bit at random places of every kind of
// input: text, UTF-16, binary logs, and archives, in their own bytes and in
// those of their members.
func TestVerifyNoticesAnyByte(t *testing.T) {
	read := func(parts ...string) []byte {
		raw, err := os.ReadFile(filepath.Join(append([]string{repository, "testdata"}, parts...)...))
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	app := read("tickets", "pop3-logon", "application.csv")
	members := map[string][]byte{"app.csv": app, "wide.csv": []byte(utf16Text(string(app), false)), "log.evtx": read("evtx", "system.evtx")}
	dir := t.TempDir()
	whole := map[string][]byte{
		"wide.csv": members["wide.csv"], "log.evtx": members["log.evtx"], "mail.txt": read("tickets", "pop3-logon", "mail.txt"),
		"telnet.txt": read("tickets", "pop3-logon", "telnet-110.txt"), "all.tar.gz": tarGz(t, members),
	}
	write := func(name string, content []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range whole {
		write(name, content)
	}
	report := filepath.Join(t.TempDir(), "report.json")
	if _, errs, status := runCommand(t, "diagnose", "--format", "json", "-o", report, dir); status != exitOK {
		t.Fatal(errs)
	}
	said, _, status := runCommand(t, "verify", report)
	if status != exitOK || strings.HasPrefix(said, "0 inputs") {
		t.Fatalf("status %d before any change: %s", status, said)
	}
	const seed, flips = 7, 12
	rnd := rand.New(rand.NewSource(seed))
	flipped := func(content []byte) ([]byte, int) {
		out := bytes.Clone(content)
		at := rnd.Intn(len(out))
		out[at] ^= 1 << rnd.Intn(8)
		return out, at
	}
	check := func(file, named string, at int) {
		out, _, status := runCommand(t, "verify", report)
		if status != exitFailed || !strings.Contains(out, filepath.ToSlash(filepath.Join(dir, named))) {
			t.Errorf("%s, byte %d of %s: status %d: %s", file, at, named, status, out)
		}
	}
	for name, content := range whole {
		for range flips {
			changed, at := flipped(content)
			write(name, changed)
			check(name, name, at)
		}
		write(name, content)
	}
	for name, content := range members {
		for range flips {
			changed, at := flipped(content)
			others := map[string][]byte{"app.csv": members["app.csv"], "wide.csv": members["wide.csv"], "log.evtx": members["log.evtx"]}
			others[name] = changed
			write("all.tar.gz", tarGz(t, others))
			check("all.tar.gz", "all.tar.gz!all.tar!"+name, at)
		}
	}
	write("all.tar.gz", whole["all.tar.gz"])
	if out, _, status := runCommand(t, "verify", report); status != exitOK {
		t.Errorf("status %d when all is as it was: %s", status, out)
	}
}
