package linetext_test

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/formats"
	"kbdiag/parsers/goldentest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden reads whole files of other logs, and mails, with all forms and
// finders.
func TestGolden(t *testing.T) {
	goldentest.Files(t, "lines", 9, *update, func(_ *testing.T, path string) string { return reading(path) })
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
