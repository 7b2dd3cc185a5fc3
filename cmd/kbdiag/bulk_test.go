package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kbdiag/parsers/eventtext/eventtexttest"
)

// BenchmarkEvents reads a log of each text form from a file and prints its
// events as JSON lines, with all that the command does on the way.
func BenchmarkEvents(b *testing.B) {
	const size = 16 << 20
	for _, form := range eventtexttest.Forms {
		b.Run(form, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "log")
			writeBulk(b, path, form, size)
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				n := &countLines{}
				a := &app{stdin: strings.NewReader(""), stdout: n, stderr: os.Stderr}
				c := a.root()
				c.SetArgs([]string{"events", "--format", "jsonl", path})
				if status := a.status(c.Execute()); status != exitOK || n.lines == 0 && form != "prose" {
					b.Fatalf("status %d, %d events", status, n.lines)
				}
			}
		})
	}
}

func writeBulk(tb testing.TB, path, form string, size int64) {
	tb.Helper()
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	if err := eventtexttest.Write(f, form, size); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
}

// countLines counts the lines that are written to it.
type countLines struct{ lines int }

func (c *countLines) Write(p []byte) (int, error) {
	c.lines += bytes.Count(p, []byte("\n"))
	return len(p), nil
}

var _ io.Writer = (*countLines)(nil)
