package eventsyslog_test

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

// TestGolden reads the samples of shippers' forms as a ticket's files are read,
// with all forms and finders.
func TestGolden(t *testing.T) {
	dir := filepath.Join("..", "..", "testdata", "event-syslog")
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
		t.Run(entry.Name(), func(t *testing.T) { golden(t, filepath.Join(dir, entry.Name())) })
	}
	if n < 12 {
		t.Errorf("%d samples in %s", n, dir)
	}
}

func golden(t *testing.T, path string) {
	t.Helper()
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
}

// reading reads one file and writes down all that it gives.
func reading(path string) string {
	var b strings.Builder
	r := &parsers.Reader{Forms: formats.All()}
	accts := r.Read(path, parsers.Visitor{
		Event: func(e *parsers.Event) { writeEvent(&b, e) },
		Line:  func(l *parsers.Line) { fmt.Fprintf(&b, "line %d: %q\n", l.Pos.Line, l.Text) },
	})
	for _, a := range accts {
		fmt.Fprintf(&b, "account: %s, %s, %d events, %d lines, %d skipped, notes %q\n", a.Format, a.Encoding, a.Events, a.Lines, len(a.Skipped), a.Notes)
		if a.Err != nil {
			fmt.Fprintf(&b, "  error: %v\n", a.Err)
		}
	}
	return b.String()
}

func writeEvent(b *strings.Builder, e *parsers.Event) {
	fmt.Fprintf(b, "event: line %d, offset %d, length %d\n", e.Pos.Line, e.Pos.Offset, e.Pos.Length)
	field := func(f parsers.Field, name string, v any) {
		if e.Has(f) {
			fmt.Fprintf(b, "  %s: %v\n", name, v)
		}
	}
	field(parsers.FieldTime, "time", e.Time.Format("2006-01-02 15:04:05.999 Z07 ")+e.Zone.String())
	field(parsers.FieldLog, "log", e.Log)
	field(parsers.FieldProvider, "provider", e.Provider)
	field(parsers.FieldID, "id", e.ID)
	field(parsers.FieldQualifiers, "qualifiers", e.Qualifiers)
	field(parsers.FieldLevel, "level", e.Level)
	field(parsers.FieldCategory, "category", fmt.Sprintf("%q", e.Category))
	field(parsers.FieldUser, "user", fmt.Sprintf("%q", e.User))
	field(parsers.FieldHost, "host", fmt.Sprintf("%q", e.Host))
	field(parsers.FieldMessage, "message", fmt.Sprintf("%q", e.Message))
	field(parsers.FieldStrings, "strings", fmt.Sprintf("%q", e.Strings))
	field(parsers.FieldRecord, "record", e.Pos.Record)
	for _, d := range e.Data {
		fmt.Fprintf(b, "  data: %s = %q\n", d.Name, d.Value)
	}
	if e.Truncated {
		b.WriteString("  truncated\n")
	}
}
