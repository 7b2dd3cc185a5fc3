package parsers

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

func utf16Bytes(s string, bigEndian, bom bool) []byte {
	units := utf16.Encode([]rune(s))
	if bom {
		units = append([]uint16{0xFEFF}, units...)
	}
	b := make([]byte, 0, 2*len(units))
	for _, u := range units {
		if bigEndian {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return b
}

func readAll(raw []byte) []TextLine {
	l := newLines(bytes.NewReader(raw), NewHead(raw[:min(len(raw), HeadSize)], len(raw) <= HeadSize))
	var out []TextLine
	for {
		t, ok := l.Next()
		if !ok {
			return out
		}
		out = append(out, t)
	}
}

func TestLinesInEveryEncoding(t *testing.T) {
	const text = "Fehler: Ungültiges Kennwort für Jörg\r\nzweite Zeile: größer\r\n\r\nletzte"
	cp1252, err := charmap.Windows1252.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	cp850, err := charmap.CodePage850.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, encoding string
		raw            []byte
	}{
		{"utf-8", "utf-8", []byte(text)},
		{"utf-8 bom", "utf-8 bom", []byte("\xEF\xBB\xBF" + text)},
		{"utf-16le bom", "utf-16le", utf16Bytes(text, false, true)},
		{"utf-16be bom", "utf-16be", utf16Bytes(text, true, true)},
		{"utf-16le", "utf-16le", utf16Bytes(text, false, false)},
		{"utf-16be", "utf-16be", utf16Bytes(text, true, false)},
		{"cp1252", "windows-1252", cp1252},
		{"cp850", "cp850", cp850},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := detectEncoding(tt.raw); got != tt.encoding {
				t.Errorf("encoding %q, want %q", got, tt.encoding)
			}
			lines := readAll(tt.raw)
			var got []string
			end := int64(0)
			for i, l := range lines {
				got = append(got, l.Text)
				if l.No != i+1 || l.Offset != end {
					t.Errorf("line %d: number %d, offset %d, want %d", i+1, l.No, l.Offset, end)
				}
				end = l.Offset + int64(l.Length)
			}
			if want := strings.Split(text, "\r\n"); strings.Join(got, "|") != strings.Join(want, "|") {
				t.Errorf("got %q, want %q", got, want)
			}
			if end != int64(len(tt.raw)) {
				t.Errorf("lines cover %d bytes of %d", end, len(tt.raw))
			}
		})
	}
}

func TestLineEnds(t *testing.T) {
	tests := []struct {
		raw  string
		want []string
	}{
		{"", nil},
		{"a", []string{"a"}},
		{"a\n", []string{"a"}},
		{"a\n\n", []string{"a", ""}},
		{"a\r\r\nb\rc\r\n", []string{"a", "b\rc"}},
		{"\r\n", []string{""}},
		{"a\x00b\n\xEF\xBB\xBFc", []string{"ab", "c"}},
	}
	for _, tt := range tests {
		var got []string
		for _, l := range readAll([]byte(tt.raw)) {
			got = append(got, l.Text)
		}
		if fmt.Sprint(got) != fmt.Sprint(tt.want) || len(got) != len(tt.want) {
			t.Errorf("%q: got %q, want %q", tt.raw, got, tt.want)
		}
	}
}

func TestASCIIHeadThenCodePage(t *testing.T) {
	raw := []byte(strings.Repeat("plain line\n", 10_000) + "M\xFCller\n")
	lines := readAll(raw)
	if got := lines[len(lines)-1].Text; got != "Müller" {
		t.Errorf("got %q, want Müller", got)
	}
}

func TestOverlongLine(t *testing.T) {
	raw := []byte("first\n" + strings.Repeat("x", 3*MaxLine+17) + "\r\nlast\n")
	l := newLines(iotest.OneByteReader(bytes.NewReader(raw)), NewHead(raw[:100], false))
	if testing.Short() {
		l = newLines(bytes.NewReader(raw), NewHead(raw[:100], false))
	}
	var got []TextLine
	for {
		x, ok := l.Next()
		if !ok {
			break
		}
		got = append(got, x)
	}
	if len(got) != 3 {
		t.Fatalf("%d lines, want 3", len(got))
	}
	if !got[1].Cut || len(got[1].Text) != MaxLine || got[1].Length != 3*MaxLine+19 {
		t.Errorf("cut %v, text %d bytes, length %d", got[1].Cut, len(got[1].Text), got[1].Length)
	}
	if got[2].Text != "last" || got[2].No != 3 || got[2].Offset != int64(len(raw)-5) {
		t.Errorf("after the long line: %+v", got[2])
	}
	if n, pos := l.CutLines(); n != 1 || pos.Line != 2 {
		t.Errorf("account: %d cut lines, the first %+v", n, pos)
	}
}

func TestPeek(t *testing.T) {
	l := newLines(strings.NewReader("a\nb\nc\n"), NewHead([]byte("a\n"), false))
	if x, ok := l.Peek(1); !ok || x.Text != "b" {
		t.Errorf("Peek(1) = %q, %v", x.Text, ok)
	}
	for _, want := range []string{"a", "b", "c"} {
		if x, ok := l.Next(); !ok || x.Text != want {
			t.Errorf("Next = %q, %v, want %q", x.Text, ok, want)
		}
	}
	if _, ok := l.Peek(0); ok {
		t.Error("Peek beyond the end")
	}
}

func TestReadError(t *testing.T) {
	broken := io.MultiReader(strings.NewReader("one\ntw"), iotest.ErrReader(io.ErrClosedPipe))
	l := newLines(broken, NewHead([]byte("one\ntw"), false))
	n := 0
	for {
		if _, ok := l.Next(); !ok {
			break
		}
		n++
	}
	if n != 2 || l.Err() != io.ErrClosedPipe {
		t.Errorf("%d lines, error %v", n, l.Err())
	}
}

func FuzzLines(f *testing.F) {
	f.Add([]byte("a\r\nb\n"))
	f.Add(utf16Bytes("a\r\nb\n", false, true))
	f.Add([]byte("\xFF\xFEa"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		end := int64(0)
		for i, l := range readAll(raw) {
			if l.No != i+1 || l.Offset != end || l.Length <= 0 {
				t.Fatalf("line %d: %+v, want offset %d", i+1, l, end)
			}
			end += int64(l.Length)
		}
		if end != int64(len(raw)) {
			t.Fatalf("lines cover %d bytes of %d", end, len(raw))
		}
	})
}

func BenchmarkLines(b *testing.B) {
	raw := []byte(strings.Repeat("12/13/99,4:58:30 PM,MSExchangePOP3,Error,Authentication ,13003,N/A,MAIL3,text of the event\r\n", 100_000))
	for _, enc := range []struct {
		name string
		raw  []byte
	}{{"utf-8", raw}, {"utf-16le", utf16Bytes(string(raw), false, true)}} {
		b.Run(enc.name, func(b *testing.B) {
			b.SetBytes(int64(len(enc.raw)))
			b.ReportAllocs()
			for b.Loop() {
				l := newLines(bytes.NewReader(enc.raw), NewHead(enc.raw[:HeadSize], false))
				for {
					if _, ok := l.Next(); !ok {
						break
					}
				}
			}
		})
	}
}

// TestDecodeWide compares with package utf16 over texts of all kinds of
// characters, at all places.
func TestDecodeWide(t *testing.T) {
	texts := []string{"", "a", "plain ASCII text of some length", "Größe über alles", "日本語のログ", "mixed 日本 and \U0001F600 here",
		"\x00nul\x00 between", "\uFEFFmark", "\x7f\x80\u0100\u8000", "\x01\x02\x03\x04\x05\x06\x07\x08"}
	for _, text := range texts {
		for pad := range 5 {
			units := utf16.Encode([]rune(strings.Repeat("x", pad) + text))
			for _, broken := range []uint16{0, 0xD83D, 0xDE00} {
				u := units
				if broken != 0 {
					u = append(append(append([]uint16{}, units...), broken), units...)
				}
				var le, be []byte
				var kept []uint16
				for _, c := range u {
					le = append(le, byte(c), byte(c>>8))
					be = append(be, byte(c>>8), byte(c))
					if c != 0 && c != 0xFEFF {
						kept = append(kept, c)
					}
				}
				want := string(utf16.Decode(kept))
				if got := string(decodeWide(nil, le, wideLE)); got != want {
					t.Errorf("little-endian: %q, want %q", got, want)
				}
				if got := string(decodeWide(nil, be, wideBE)); got != want {
					t.Errorf("big-endian: %q, want %q", got, want)
				}
			}
		}
	}
}
