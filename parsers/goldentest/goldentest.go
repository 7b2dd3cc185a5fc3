// Package goldentest compares what is read of the samples under testdata with
// the golden files beside them. The rooms of parsers share it in their tests.
package goldentest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kbdiag/parsers"
)

// Files reads every input of a folder under testdata, at least so many, and
// compares what read gives with the golden file beside it, or writes that anew.
func Files(t *testing.T, family string, least int, update bool, read func(t *testing.T, path string) string) {
	t.Helper()
	dir := filepath.Join("..", "..", "testdata", family)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range entries {
		if e.IsDir() || strings.HasSuffix(e.Name(), ".golden") {
			continue
		}
		n++
		t.Run(e.Name(), func(t *testing.T) { file(t, filepath.Join(dir, e.Name()), update, read) })
	}
	if n < least {
		t.Errorf("%d inputs in %s, expected %d or more", n, dir, least)
	}
}

func file(t *testing.T, path string, update bool, read func(t *testing.T, path string) string) {
	got := read(t, path)
	if update {
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

// Reading gives a function that reads a file with the given forms and writes
// down all that it gives. Positions must lie inside the file.
func Reading(forms parsers.Forms) func(t *testing.T, path string) string {
	return func(t *testing.T, path string) string {
		t.Helper()
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		r := &parsers.Reader{Forms: forms}
		accts := r.Read(path, parsers.Visitor{
			Event: func(e *parsers.Event) {
				writeEvent(&b, e)
				if p := e.Pos; p.Offset < 0 || p.Length <= 0 || p.Offset+p.Length > info.Size() {
					t.Errorf("position %+v is outside the file", p)
				}
			},
			Session: func(s *parsers.Session) { fmt.Fprintf(&b, "session: line %d\n", s.Pos.Line) },
			Line:    func(l *parsers.Line) { fmt.Fprintf(&b, "line %d: %q\n", l.Pos.Line, l.Text) },
		})
		for _, a := range accts {
			writeAccount(&b, a)
		}
		return b.String()
	}
}

func writeAccount(b *strings.Builder, a *parsers.Account) {
	fmt.Fprintf(b, "account: %s, %s, %d events, %d lines\n", a.Format, a.Encoding, a.Events, a.Lines)
	for _, s := range a.Skipped {
		fmt.Fprintf(b, "  skipped: %s: %d, first on line %d\n", s.Reason, s.Count, s.Pos.Line)
	}
	for _, n := range a.Notes {
		fmt.Fprintf(b, "  note: %s\n", n)
	}
	if a.Err != nil {
		fmt.Fprintf(b, "  error: %v\n", a.Err)
	}
}

// writeEvent writes the fields that the event's form carries.
func writeEvent(b *strings.Builder, e *parsers.Event) {
	fmt.Fprintf(b, "event: line %d, offset %d, length %d\n", e.Pos.Line, e.Pos.Offset, e.Pos.Length)
	field := func(f parsers.Field, name string, v any) {
		if e.Has(f) {
			fmt.Fprintf(b, "  %s: %v\n", name, v)
		}
	}
	field(parsers.FieldTime, "time", when(e))
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

// when writes the time with its zone: the offset where that is stated.
func when(e *parsers.Event) string {
	layout := "2006-01-02 15:04:05.999999999 "
	if e.Zone == parsers.ZoneOffset {
		layout += "-07:00 "
	}
	return e.Time.Format(layout) + e.Zone.String()
}
