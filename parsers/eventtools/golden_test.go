package eventtools_test

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

const samples = "../../testdata/event-tools"

// TestGolden reads every sample as the whole program does and compares all
// that it gives with the golden file beside it.
func TestGolden(t *testing.T) {
	entries, err := os.ReadDir(samples)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".golden") {
			continue
		}
		n++
		t.Run(e.Name(), func(t *testing.T) {
			path := filepath.Join(samples, e.Name())
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
	if n < 30 {
		t.Errorf("only %d samples", n)
	}
}

// reading reads one file and writes down all that it gives.
func reading(path string) string {
	r := &parsers.Reader{Forms: formats.All()}
	var b strings.Builder
	accts := r.Read(path, parsers.Visitor{
		Event:   func(e *parsers.Event) { writeEvent(&b, e) },
		Session: func(s *parsers.Session) { fmt.Fprintf(&b, "session: line %d\n", s.Pos.Line) },
		Line:    func(l *parsers.Line) { fmt.Fprintf(&b, "line %d: %q\n", l.Pos.Line, l.Text) },
	})
	for _, a := range accts {
		fmt.Fprintf(&b, "account: %s, %s, %d events, %d lines\n", a.Format, a.Encoding, a.Events, a.Lines)
		for _, s := range a.Skipped {
			fmt.Fprintf(&b, "  skipped: %s: %d, first on line %d\n", s.Reason, s.Count, s.Pos.Line)
		}
		for _, n := range a.Notes {
			fmt.Fprintf(&b, "  note: %s\n", n)
		}
		if a.Err != nil {
			fmt.Fprintf(&b, "  error: %v\n", a.Err)
		}
	}
	return b.String()
}

// writeEvent writes the fields that the event's form carries.
func writeEvent(b *strings.Builder, e *parsers.Event) {
	fmt.Fprintf(b, "event: line %d, offset %d, length %d\n", e.Pos.Line, e.Pos.Offset, e.Pos.Length)
	field := func(f parsers.Field, name string, v any) {
		if e.Has(f) {
			fmt.Fprintf(b, "  %s: %v\n", name, v)
		}
	}
	field(parsers.FieldTime, "time", e.Time.Format("2006-01-02 15:04:05.999999999 ")+e.Zone.String())
	field(parsers.FieldLog, "log", e.Log)
	field(parsers.FieldProvider, "provider", e.Provider)
	field(parsers.FieldID, "id", e.ID)
	field(parsers.FieldQualifiers, "qualifiers", e.Qualifiers)
	field(parsers.FieldLevel, "level", e.Level)
	field(parsers.FieldCategory, "category", fmt.Sprintf("%q", e.Category))
	field(parsers.FieldUser, "user", fmt.Sprintf("%q", e.User))
	field(parsers.FieldHost, "host", e.Host)
	field(parsers.FieldMessage, "message", fmt.Sprintf("%q", e.Message))
	field(parsers.FieldStrings, "strings", fmt.Sprintf("%q", e.Strings))
	field(parsers.FieldRecord, "record", e.Pos.Record)
	if e.Has(parsers.FieldData) {
		for _, d := range e.Data {
			fmt.Fprintf(b, "  data: %s = %q\n", d.Name, d.Value)
		}
	}
	if e.Truncated {
		b.WriteString("  truncated\n")
	}
	if e.Quoted {
		b.WriteString("  quoted\n")
	}
}
