package rules_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"kbdiag/rules"
)

var update = flag.Bool("update", false, "write the golden files anew")

// mark stands in the samples before each place that must be reported.
const mark = "«"

// unmark takes the marks out of a sample and gives their places.
func unmark(marked []byte) (data []byte, want []rules.Pos) {
	parts := bytes.Split(marked, []byte(mark))
	for i, part := range parts {
		data = append(data, part...)
		if i == len(parts)-1 {
			break
		}
		before := bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
		line := 1 + bytes.Count(before, []byte("\n"))
		start := 1 + bytes.LastIndexByte(before, '\n')
		want = append(want, rules.Pos{Line: line, Column: 1 + utf8.RuneCount(before[start:])})
	}
	return data, want
}

// TestBadRules reads rules with faults. Marks in the samples say where; golden
// files say what.
func TestBadRules(t *testing.T) {
	files, err := filepath.Glob("../testdata/rules/bad/*.txt")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			marked, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			data, want := unmark(marked)
			rule, findings := rules.Parse("ACME0001.toml", data)
			var got []rules.Pos
			failed := false
			for _, f := range findings {
				got = append(got, rules.Pos{Line: f.Line, Column: f.Column})
				failed = failed || f.Severity == rules.SeverityError
			}
			if !slices.Equal(got, want) {
				t.Errorf("places %v, want %v", got, want)
			}
			if failed != (rule == nil) {
				t.Errorf("rule %v although failed is %v", rule, failed)
			}
			golden(t, strings.TrimSuffix(file, ".txt")+".golden", describe(findings, data))
			mends(t, data, findings)
		})
	}
}

// describe writes findings one a line, with what their edits make of the line.
func describe(findings []rules.Finding, data []byte) string {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "%s %s %s\n", f.Severity, f.Code, f)
		if f.Edit != nil {
			fmt.Fprintf(&b, "\t%s -> %s\n", data[f.Edit.Start:f.Edit.End], f.Edit.Text)
		}
	}
	return b.String()
}

// golden compares with a golden file.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// mends applies each edit alone: its finding must be gone, and no finding may
// come up on the lines before it.
func mends(t *testing.T, data []byte, findings []rules.Finding) {
	t.Helper()
	for _, f := range findings {
		if f.Edit == nil {
			continue
		}
		mended := slices.Concat(data[:f.Edit.Start], []byte(f.Edit.Text), data[f.Edit.End:])
		_, left := rules.Parse("ACME0001.toml", mended)
		for _, l := range left {
			if l.Line == f.Line && l.Column == f.Column && l.Code == f.Code {
				t.Errorf("%s\nis left after its edit to %q", f, f.Edit.Text)
			}
		}
	}
}
