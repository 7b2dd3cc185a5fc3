package linetext_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/formats"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden reads whole files of other logs, and mails, with all forms and
// finders.
func TestGolden(t *testing.T) {
	dir := filepath.Join("..", "..", "testdata", "lines")
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ".golden") {
			continue
		}
		n++
		t.Run(entry.Name(), func(t *testing.T) {
			path := filepath.Join(dir, entry.Name())
			got := reading(path)
			if *update {
				if err := os.WriteFile(path+".golden", []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(path + ".golden")
			if err != nil {
				t.Fatal(err)
			}
			if w := strings.ReplaceAll(string(want), "\r\n", "\n"); got != w {
				t.Errorf("reading differs from the golden file (-update writes it anew)\n--- got\n%s--- want\n%s", got, w)
			}
		})
	}
	if n == 0 {
		t.Error("no samples")
	}
}

func reading(path string) string {
	var b strings.Builder
	r := &parsers.Reader{Forms: formats.All()}
	accts := r.Read(path, parsers.Visitor{
		Event: func(e *parsers.Event) { fmt.Fprintf(&b, "event %d: line %d\n", e.ID, e.Pos.Line) },
		Line: func(l *parsers.Line) {
			fmt.Fprintf(&b, "line %d of %d, at %d, length %d: %s\n  %q\n", l.Pos.Line, l.Lines, l.Pos.Offset, l.Pos.Length, format(l), l.Text)
		},
	})
	for _, a := range accts {
		fmt.Fprintf(&b, "account: %s, %d events, %d lines, %d skipped, notes %q\n", a.Format, a.Events, a.Lines, len(a.Skipped), a.Notes)
	}
	return b.String()
}
