package eventsyslog_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/eventsyslog"
)

// FuzzFinder reads any text: every line is claimed once or left, records have
// places inside the text, and the records come in the order of their places.
func FuzzFinder(f *testing.F) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", "event-syslog", "*"))
	if err != nil || len(paths) == 0 {
		f.Fatal("no samples")
	}
	for _, p := range paths {
		if strings.HasSuffix(p, ".golden") {
			continue
		}
		b, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte("<14>1 2026-03-26T01:28:23.500000+01:00 desk9.example.test Microsoft-Windows-Security-Auditing 4 - "))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := &parsers.Reader{Forms: parsers.Forms{Finders: []parsers.Finder{eventsyslog.Finder()}}, Stdin: bytes.NewReader(data)}
		last, events := int64(-1), 0
		accts := r.Read(parsers.StdinName, parsers.Visitor{Event: func(e *parsers.Event) {
			events++
			if e.Pos.Offset < last || e.Pos.Length < 0 || e.Pos.Offset+e.Pos.Length > int64(len(data)) {
				t.Fatalf("event at %d, length %d, behind one at %d, of %d bytes", e.Pos.Offset, e.Pos.Length, last, len(data))
			}
			last = e.Pos.Offset
			if !e.Has(parsers.FieldID) && !e.Has(parsers.FieldMessage) && !e.Has(parsers.FieldStrings) {
				t.Fatal("an event with neither id nor message")
			}
		}})
		for _, a := range accts {
			if a.Err != nil && len(data) > 0 && strings.Contains(a.Err.Error(), "defect") {
				t.Fatal(a.Err)
			}
		}
		s := eventsyslog.Splunk().Detect(parsers.NewHead(data, true))
		if s < 0 || s > 100 {
			t.Fatal("score", s)
		}
		eventsyslog.Syslog().Detect(parsers.NewHead(data, true))
	})
}
