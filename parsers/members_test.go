package parsers

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kbdiag/parsers/archive"
)

func zipped(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarGz(t *testing.T, name string, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	g := gzip.NewWriter(&b)
	w := tar.NewWriter(g)
	err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(content))})
	if err == nil {
		_, err = w.Write(content)
	}
	if err := errors.Join(err, w.Close(), g.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// readFile writes an input to a file, reads it and gives its accounts by path
// and the lines it holds.
func readFile(t *testing.T, name string, content []byte) (map[string]*Account, []string, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	rd := &Reader{}
	var lines []string
	accounts := map[string]*Account{}
	for _, a := range rd.Read(filepath.ToSlash(file), Visitor{Line: func(l *Line) {
		lines = append(lines, l.Text)
		if l.Pos.Line != 1 {
			return
		}
		section, err := rd.Section(l.Pos.Path, l.Pos.Offset, l.Pos.Length)
		if err != nil {
			t.Errorf("%s:%d cannot be found again: %v", l.Pos.Path, l.Pos.Line, err)
			return
		}
		defer section.Close()
		again, _ := io.ReadAll(section)
		if plain := string(bytes.Trim(bytes.ReplaceAll(bytes.TrimPrefix(again, []byte{0xFF, 0xFE}), []byte{0}, nil), "\r\n")); plain != l.Text {
			t.Errorf("%s:%d reads %q again, was %q", l.Pos.Path, l.Pos.Line, again, l.Text)
		}
	}}) {
		accounts[strings.TrimPrefix(a.Path, filepath.ToSlash(file))] = a
	}
	return accounts, lines, file
}

func TestNestedArchives(t *testing.T) {
	inner := zipped(t, map[string]string{"/etc/../etc/passwd": "first\nsecond\n"})
	accounts, lines, _ := readFile(t, "ticket.tar.gz", tarGz(t, "logs/inner.zip", inner))
	if got := strings.Join(lines, "|"); got != "first|second" {
		t.Errorf("lines %q", got)
	}
	const want = "!ticket.tar!logs/inner.zip!etc/passwd"
	if a := accounts[want]; a == nil || a.Lines != 2 || a.Err != nil {
		t.Errorf("no good account of %s in %v", want, accounts)
	}
	for path, a := range accounts {
		if !a.Complete() {
			t.Errorf("%s: %v %v", path, a.Err, a.Skipped)
		}
	}
}

// TestNamesThatLeadOut has members whose names leave the archive: they are not
// read, and the others are.
func TestNamesThatLeadOut(t *testing.T) {
	for _, name := range []string{"../../etc/passwd", `..\evil.log`, "a/../../b.log"} {
		inner := zipped(t, map[string]string{name: "harm\n"})
		accounts, lines, _ := readFile(t, "ticket.tar.gz", tarGz(t, "inner.zip", inner))
		if len(lines) != 0 {
			t.Errorf("%s: lines %q", name, lines)
		}
		said := false
		for _, a := range accounts {
			said = said || a.Err != nil && strings.Contains(a.Err.Error(), "leads out of the archive")
		}
		if !said {
			t.Errorf("%s: nobody says that it leads out", name)
		}
	}
}

// TestZeroFilled has a log of which a crash left a part unwritten.
func TestZeroFilled(t *testing.T) {
	_, lines, _ := readFile(t, "a.log", append(make([]byte, 5000), "first line\nsecond line\n"...))
	if got := strings.Join(lines, "|"); got != "first line|second line" {
		t.Errorf("lines %q", got)
	}
	accounts, _, _ := readFile(t, "b.log", make([]byte, 5000))
	if a := accounts[""]; a == nil || a.Err == nil {
		t.Error("nothing but zeros is read as text")
	}
}

func TestCutGzip(t *testing.T) {
	whole := tarGz(t, "a.log", []byte(strings.Repeat("one line\n", 50_000)))
	accounts, lines, _ := readFile(t, "a.tgz", whole[:len(whole)/2])
	if len(lines) == 0 {
		t.Error("what stands before the cut was not read")
	}
	failed := 0
	for _, a := range accounts {
		if a.Err != nil {
			failed++
			if !strings.Contains(a.Err.Error(), "cut") && !strings.Contains(a.Err.Error(), "unexpected EOF") {
				t.Errorf("error %q does not say that it is cut", a.Err)
			}
		}
	}
	if failed == 0 {
		t.Error("no account says that the archive is cut")
	}
}

func TestEncryptedZipMember(t *testing.T) {
	raw := zipped(t, map[string]string{"a.log": "secret"})
	for _, sig := range []struct {
		magic string
		flags int
	}{{"PK\x03\x04", 6}, {"PK\x01\x02", 8}} {
		raw[bytes.Index(raw, []byte(sig.magic))+sig.flags] |= 1
	}
	accounts, _, _ := readFile(t, "a.zip", raw)
	if a := accounts["!a.log"]; a == nil || !errors.Is(a.Err, archive.ErrEncrypted) {
		t.Errorf("accounts %v", accounts)
	}
}

func TestDeepNesting(t *testing.T) {
	raw := []byte("bottom\n")
	for i := range 42 {
		raw = zipped(t, map[string]string{fmt.Sprintf("%d.zip", i): string(raw)})
	}
	accounts, lines, _ := readFile(t, "deep.zip", raw)
	if len(lines) != 0 || len(accounts) != maxDepth+1 {
		t.Errorf("%d accounts, lines %q", len(accounts), lines)
	}
	said := false
	for _, a := range accounts {
		said = said || a.Err != nil && strings.Contains(a.Err.Error(), "deep")
	}
	if !said {
		t.Error("no account says why")
	}
}

func TestBomb(t *testing.T) {
	if testing.Short() {
		t.Skip("unpacks 600 MB, which takes minutes under the race detector")
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range 3 {
		w, err := z.Create(fmt.Sprintf("%d.txt", i))
		if err != nil {
			t.Fatal(err)
		}
		zeros := make([]byte, 1<<20)
		for range 200 {
			if _, err := w.Write(zeros); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	accounts, _, _ := readFile(t, "bomb.zip", b.Bytes())
	if a := accounts[""]; a == nil || !errors.Is(a.Err, errBomb) {
		t.Errorf("the bomb was read: %v", accounts)
	}
	if accounts["!2.txt"] != nil {
		t.Error("reading went on after the limit")
	}
}

func TestUnreadable(t *testing.T) {
	rd := &Reader{}
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing.log")
	tests := []struct{ name, content, want string }{
		{"empty.csv", "", "empty file"},
		{"photo.png", "\x89PNG\r\n\x1A\n\x00\x00\x00\rIHDR\x00\x00\x01\x00", "a picture (PNG)"},
		{"noise.bin", "\x01\x02\x03\x04\x00\x00\x00\x05\x06\x07\x00\x00", "binary data of no known form"},
	}
	for _, tt := range tests {
		file := filepath.Join(dir, tt.name)
		if err := os.WriteFile(file, []byte(tt.content), 0o600); err != nil {
			t.Fatal(err)
		}
		a := rd.Read(file, Visitor{})[0]
		if a.Err == nil || !strings.Contains(a.Err.Error(), tt.want) || !strings.Contains(a.Err.Error(), tt.name) {
			t.Errorf("%s: error %v, want %q", tt.name, a.Err, tt.want)
		}
	}
	if a := rd.Read(missing, Visitor{})[0]; !errors.Is(a.Err, os.ErrNotExist) {
		t.Errorf("missing file: %v", a.Err)
	}
}

func TestCutUTF16(t *testing.T) {
	raw := utf16Bytes("first line\r\nsecond line\r\n", false, true)
	accounts, lines, _ := readFile(t, "cut.txt", raw[:len(raw)-5])
	if got := strings.Join(lines, "|"); got != "first line|second line" && got != "first line|second lin" {
		t.Errorf("lines %q", got)
	}
	if a := accounts[""]; a.Complete() || !strings.Contains(a.Skipped[0].Reason, "cut") {
		t.Errorf("the cut is not accounted for: %+v", a.Skipped)
	}
}
