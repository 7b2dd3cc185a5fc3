package eventtext

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kbdiag/parsers"
)

// expectation is one row of the corpus' table of expected readings.
type expectation struct {
	path        string
	events      int
	first, last string
}

// expectations reads the rows of the given folders. It skips the test where
// the corpus is not there.
func expectations(t *testing.T, folders ...string) []expectation {
	t.Helper()
	root := os.Getenv("KBDIAG_CORPUS")
	if root == "" {
		t.Skip("KBDIAG_CORPUS is not set: no corpus to read")
	}
	table, err := os.ReadFile(filepath.Join(root, "eventlog", "EXPECTED.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var list []expectation
	for _, line := range strings.Split(string(table), "\n") {
		f := strings.Split(strings.TrimRight(line, "\r"), "\t")
		if len(f) < 5 || !inFolders(f[0], folders) {
			continue
		}
		x := expectation{path: filepath.Join(root, "eventlog", filepath.FromSlash(f[0])), first: f[3], last: f[4]}
		if _, err := fmt.Sscan(f[2], &x.events); err != nil {
			t.Fatalf("%s: %q is no number of events", f[0], f[2])
		}
		if x.last == "same" {
			x.last = x.first
		}
		list = append(list, x)
	}
	if len(list) == 0 {
		t.Fatalf("no rows for %q", folders)
	}
	return list
}

func inFolders(path string, folders []string) bool {
	for _, f := range folders {
		if strings.HasPrefix(path, f+"/") {
			return true
		}
	}
	return false
}

// differs compares an event with its description in the table, such as "1026 |
// MSExchangeIS Private | 11/5/99 11:57:22 AM | ...", and says what differs.
func differs(e *parsers.Event, want string) string {
	parts := strings.Split(want, "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	var diff []string
	if id := fmt.Sprint(e.ID); parts[0] != id {
		diff = append(diff, "id "+id)
	}
	for i, p := range parts[1:] {
		st, n := scanStamp(p)
		if n == 0 {
			if i == 0 && !strings.EqualFold(p, e.Provider) {
				diff = append(diff, "source "+e.Provider)
			}
			continue
		}
		byDay, byMonth := newDateOrder(parsers.Options{DayFirst: parsers.Yes}), newDateOrder(parsers.Options{DayFirst: parsers.No})
		a, _ := byDay.time(st)
		b, _ := byMonth.time(st)
		if !e.Time.Equal(a) && !e.Time.Equal(b) {
			diff = append(diff, "time "+e.Time.String())
		}
		break
	}
	return strings.Join(diff, ", ")
}

// TestCorpusSavedRows reads the corpus' saved logs and compares number, first
// and last event.
func TestCorpusSavedRows(t *testing.T) {
	list := expectations(t, "eventviewer-nt4-2000-savecsv", "eventviewer-nt4-2000-savetxt",
		"eventviewer-vista-csv", "eventviewer-vista-txt", "dumpel")
	forms := savedForms()
	t.Logf("%-80s %8s %8s", "file", "expected", "got")
	for _, x := range list {
		got := 0
		var first, last parsers.Event
		r := &parsers.Reader{Forms: forms}
		for _, acct := range r.Read(x.path, parsers.Visitor{Event: func(e *parsers.Event) {
			if got == 0 {
				first = *e
			}
			last = *e
			got++
		}}) {
			if acct.Err != nil {
				t.Errorf("%s: %v", x.path, acct.Err)
			}
			t.Logf("%-80s %8d %8d  %s %s", strings.TrimPrefix(x.path, os.Getenv("KBDIAG_CORPUS")), x.events, got, acct.Format, strings.Join(acct.Notes, "; "))
		}
		if got != x.events {
			t.Errorf("%s: %d events, expected %d", x.path, got, x.events)
			continue
		}
		if d := differs(&first, x.first); d != "" {
			t.Errorf("%s: first event has %s, expected %s", x.path, d, x.first)
		}
		if d := differs(&last, x.last); d != "" {
			t.Errorf("%s: last event has %s, expected %s", x.path, d, x.last)
		}
	}
}
