// Package tabletest holds what the tests of the rooms of tables and property
// lists share: golden readings, the corpus, checks of any input.
package tabletest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// Corpus reads the corpus' files of the given folders and compares number,
// first and last event with its table. It skips the test where the corpus is
// not there.
func Corpus(t *testing.T, forms parsers.Forms, folders ...string) {
	t.Helper()
	root := os.Getenv("KBDIAG_CORPUS")
	if root == "" {
		t.Skip("KBDIAG_CORPUS is not set: no corpus to read")
	}
	table, err := os.ReadFile(filepath.Join(root, "eventlog", "EXPECTED.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, line := range strings.Split(string(table), "\n") {
		f := strings.Split(strings.TrimRight(line, "\r"), "\t")
		if len(f) < 5 || !inFolders(f[0], folders) {
			continue
		}
		n++
		want, err := strconv.Atoi(f[2])
		if err != nil {
			t.Fatalf("%s: %q is no number of events", f[0], f[2])
		}
		var events []parsers.Event
		r := &parsers.Reader{Forms: forms}
		for _, acct := range r.Read(filepath.Join(root, "eventlog", filepath.FromSlash(f[0])), parsers.Visitor{Event: func(e *parsers.Event) { events = append(events, *e) }}) {
			if acct.Err != nil {
				t.Errorf("%s: %v", f[0], acct.Err)
			}
			t.Logf("%-60s expected %4d got %4d %s %s", f[0], want, len(events), acct.Format, strings.Join(acct.Notes, "; "))
		}
		if len(events) != want {
			t.Errorf("%s: %d events, expected %d", f[0], len(events), want)
			continue
		}
		first, last := f[3], f[4]
		if last == "same" {
			last = first
		}
		if d := differs(&events[0], first); d != "" {
			t.Errorf("%s: first event has %s, expected %s", f[0], d, first)
		}
		if d := differs(&events[want-1], last); d != "" {
			t.Errorf("%s: last event has %s, expected %s", f[0], d, last)
		}
	}
	if n == 0 {
		t.Fatalf("no rows for %q", folders)
	}
}

func inFolders(path string, folders []string) bool {
	for _, f := range folders {
		if strings.HasPrefix(path, f+"/") {
			return true
		}
	}
	return false
}

// differs compares an event with its description in the table, such as "1116 |
// Microsoft-Windows-Windows Defender | 2024-07-01 10:58:54 AM | Warning |
// nin8", whose parts may be missing, and says what differs.
func differs(e *parsers.Event, want string) string {
	var diff []string
	for i, p := range strings.Split(want, " | ") {
		p = strings.TrimSpace(p)
		level := eventtext.LevelOf(p)
		date, isDate := readTime(p)
		switch {
		case i == 0:
			id, rest, _ := strings.Cut(strings.TrimPrefix(p, "InstanceId "), " ")
			if id != fmt.Sprint(e.ID) {
				diff = append(diff, fmt.Sprintf("id %d", e.ID))
			}
			if q, ok := strings.CutPrefix(rest, "(Qualifiers "); ok && q != fmt.Sprint(e.Qualifiers)+")" {
				diff = append(diff, fmt.Sprintf("qualifiers %d", e.Qualifiers))
			}
		case isDate:
			if d := e.Time.Sub(date); d < 0 || d >= time.Second {
				diff = append(diff, "time "+e.Time.String())
			}
		case level != parsers.LevelUnknown:
			// The table has the level's word where the keywords have the verdict of
			// an audit.
			if level != e.Level && !(level == parsers.LevelInformation && e.Level >= parsers.LevelAuditSuccess) {
				diff = append(diff, "level "+e.Level.String())
			}
		case strings.HasPrefix(p, "Index "), strings.HasPrefix(p, "rec "):
			if _, n, _ := strings.Cut(p, " "); n != fmt.Sprint(e.Pos.Record) {
				diff = append(diff, fmt.Sprintf("record %d", e.Pos.Record))
			}
		case strings.HasPrefix(p, "InstanceId"), strings.HasPrefix(p, "cat "), len(p) > 5 && p[3] == ' ' && p[len(p)-3] == ':':
			// a date without a year says nothing here
		case i == 1:
			if !strings.EqualFold(p, e.Provider) {
				diff = append(diff, "source "+e.Provider)
			}
		case p != e.Host && p != e.Log:
			diff = append(diff, "neither host nor log "+p)
		}
	}
	return strings.Join(diff, ", ")
}

// readTime reads a time of the table, as the machine that prints M/d.
func readTime(p string) (time.Time, bool) {
	if t, _, n := eventtext.ISOTime(p); n > 0 {
		return t, true
	}
	t, n := eventtext.NewDates(parsers.Options{DayFirst: parsers.No}).Time(p)
	return t, n > 0
}

// Check reads any data and fails if an event stands outside of it, out of order
// or without an id, or if the reading takes out of all proportion to the size.
// The limit leaves room for the race detector.
func Check(t *testing.T, forms parsers.Forms, data []byte) {
	start := time.Now()
	last := int64(-1)
	r := &parsers.Reader{Forms: forms, Stdin: bytes.NewReader(data)}
	for _, acct := range r.Read(parsers.StdinName, parsers.Visitor{Event: func(e *parsers.Event) {
		if e.Pos.Offset < 0 || e.Pos.Length <= 0 || e.Pos.Offset+e.Pos.Length > int64(len(data)) {
			t.Errorf("event %d at %d, %d bytes, in %d bytes", e.ID, e.Pos.Offset, e.Pos.Length, len(data))
		}
		if e.Pos.Offset < last {
			t.Errorf("event %d at %d, behind one at %d", e.ID, e.Pos.Offset, last)
		}
		last = e.Pos.Offset
		if !e.Has(parsers.FieldID) {
			t.Error("event without an id")
		}
	}}) {
		if acct.Err != nil && strings.Contains(acct.Err.Error(), "defect") {
			t.Error(acct.Err)
		}
	}
	if d := time.Since(start); d > 3*time.Second+time.Duration(len(data))*20*time.Microsecond {
		t.Errorf("%d bytes took %v", len(data), d)
	}
}

// Seeds adds the inputs of a folder under testdata to the seeds of a fuzz
// target.
func Seeds(f *testing.F, family string) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", family, "*"))
	if err != nil || len(paths) == 0 {
		f.Fatal("no samples of ", family)
	}
	for _, p := range paths {
		if strings.HasSuffix(p, ".golden") {
			continue
		}
		data, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}
