package evt_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/evt"
)

func corpus(t testing.TB) string {
	dir := os.Getenv("KBDIAG_CORPUS")
	if dir == "" {
		t.Skip("KBDIAG_CORPUS is not set: expected the folder that holds evt/SysEvent.Evt")
	}
	return filepath.Join(dir, "evt")
}

// TestCorpus reads a log that is dirty and wrapped, with a head 25 records
// stale. The remains of it repeat 181 of its live records.
func TestCorpus(t *testing.T) {
	path := filepath.Join(corpus(t), "SysEvent.Evt")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	live, carved, first, last := 0, 0, uint64(0), uint64(0)
	numbers := map[uint64]bool{}
	acct := readBytes(t, path, data, evt.Options{Carve: true, Record: func(r *evt.Record) {
		if numbers[r.Pos.Record] {
			t.Errorf("record %d is given twice", r.Pos.Record)
		}
		numbers[r.Pos.Record] = true
		if r.Carved {
			carved++
			return
		}
		if live == 0 {
			first = r.Pos.Record
		}
		live++
		last = r.Pos.Record
		const all = parsers.FieldTime | parsers.FieldLog | parsers.FieldProvider | parsers.FieldID | parsers.FieldLevel | parsers.FieldHost | parsers.FieldUser | parsers.FieldStrings | parsers.FieldData
		if !r.Has(all) {
			t.Errorf("record %d: fields are missing", r.Pos.Record)
		}
	}}, nil)
	if live != 6063 || carved != 257 || first != 1392 || last != 7454 {
		t.Errorf("%d live records, %d to %d, and %d carved; want 6063, 1392 to 7454, and 257", live, first, last, carved)
	}
	if len(acct.Skipped) > 0 {
		t.Errorf("skipped: %v", acct.Skipped)
	}
}

// TestPeer compares every value with what evtexport (Debian: libevt-utils)
// writes.
func TestPeer(t *testing.T) {
	dir := corpus(t)
	peer, err := exec.LookPath("evtexport")
	if err != nil {
		t.Skip("evtexport is not installed (Debian: libevt-utils)")
	}
	path := filepath.Join(dir, "SysEvent.Evt")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command(peer, path).Output()
	if err != nil {
		t.Fatal(err)
	}
	theirs := strings.SplitAfter(string(text), "\n\nEvent number\t")[1:]
	i := 0
	readBytes(t, path, data, evt.Options{}, func(e *parsers.Event) {
		if i >= len(theirs) {
			t.Fatal("the peer has fewer records")
		}
		want := strings.TrimRight(values("Event number\t"+strings.TrimSuffix(theirs[i], "Event number\t")), "\n")
		got := strings.TrimRight(likePeer(e), "\n")
		if i++; want != got {
			t.Errorf("record %d is read differently:\n%q\nwant\n%q", e.Pos.Record, got, want)
		}
	})
	if i != len(theirs) {
		t.Errorf("%d records, the peer has %d", i, len(theirs))
	}
}
