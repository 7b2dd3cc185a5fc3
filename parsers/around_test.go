package parsers_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"kbdiag/parsers"
)

// TestAround reads the lines around a line again, in several encodings, in the
// middle of a long input and at its ends.
func TestAround(t *testing.T) {
	var text strings.Builder
	offsets := make([]int, 0, 5000)
	for i := range 5000 {
		offsets = append(offsets, text.Len())
		fmt.Fprintf(&text, "line %d of the log\r\n", i+1)
	}
	wide := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(text.String())) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	dir := t.TempDir()
	for name, c := range map[string]struct {
		raw  []byte
		unit int
		bom  int
	}{"narrow": {[]byte(text.String()), 1, 0}, "wide": {wide, 2, 2}} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, c.raw, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, no := range []int{1, 2, 2500, 4999, 5000} {
			from := c.bom + c.unit*offsets[no-1]
			end := len(c.raw)
			if no < 5000 {
				end = c.bom + c.unit*offsets[no]
			}
			pos := parsers.Pos{Path: path, Line: no, Offset: int64(from), Length: int64(end - from)}
			rd := &parsers.Reader{}
			lines, err := rd.Around(pos, 2)
			if err != nil {
				t.Fatal(err)
			}
			first, last := max(1, no-2), min(5000, no+2)
			if len(lines) != last-first+1 {
				t.Errorf("%s, line %d: %d lines", name, no, len(lines))
				continue
			}
			for i, l := range lines {
				if want := fmt.Sprintf("line %d of the log", first+i); l.Text != want || l.No != first+i {
					t.Errorf("%s, line %d: %d %q, want %q", name, no, l.No, l.Text, want)
				}
			}
		}
	}
}
