package eventsyslog_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
	"kbdiag/parsers/formats"
)

// shippedFolders are the corpus' folders of this room's forms.
var shippedFolders = []string{"splunk-wineventlog/", "splunk-xmlwineventlog/", "snare/", "ossec-wazuh/", "rsyslog-escaped/"}

// TestCorpus compares number, first and last event of the corpus' files.
func TestCorpus(t *testing.T) {
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
		f := strings.Split(line, "\t")
		if len(f) < 5 || !ours(f[0]) {
			continue
		}
		n++
		if f[4] == "same" {
			f[4] = f[3]
		}
		events := readEvents(t, filepath.Join(root, "eventlog", filepath.FromSlash(f[0])))
		if got := fmt.Sprint(len(events)); got != f[2] {
			t.Errorf("%s: %s events, expected %s", f[0], got, f[2])
			continue
		}
		for i, want := range map[int]string{0: f[3], len(events) - 1: f[4]} {
			if d := differs(&events[i], want); d != "" {
				t.Errorf("%s: event %d has %s, expected %s", f[0], i+1, d, want)
			}
		}
	}
	if n == 0 {
		t.Fatal("no rows for this room")
	}
}

func ours(path string) bool {
	for _, f := range shippedFolders {
		if strings.HasPrefix(path, f) {
			return true
		}
	}
	return false
}

func readEvents(t *testing.T, path string) []parsers.Event {
	t.Helper()
	var events []parsers.Event
	r := &parsers.Reader{Forms: formats.All()}
	for _, a := range r.Read(path, parsers.Visitor{Event: func(e *parsers.Event) { events = append(events, *e) }}) {
		if a.Err != nil {
			t.Error(a.Err)
		}
	}
	return events
}

// differs compares an event with its description: an id, perhaps behind the
// name of a source, then log, time, level word, or the beginning of the text.
func differs(e *parsers.Event, want string) string {
	if _, text, ok := strings.Cut(want, "message body only: "); ok {
		want = text
	}
	text, _, _ := strings.Cut(want, " (")
	if !strings.ContainsAny(want[:1], "0123456789") && !strings.Contains(want, "|") {
		if !strings.HasPrefix(e.Message, text) {
			return fmt.Sprintf("message %.60q", e.Message)
		}
		return ""
	}
	parts := strings.Split(want, "|")
	words := strings.Fields(parts[0])
	id := 0
	for _, w := range words {
		if id == 0 {
			fmt.Sscan(w, &id)
		}
	}
	if int(e.ID) != id {
		return fmt.Sprintf("id %d", e.ID)
	}
	for _, p := range parts[1:] {
		p = strings.TrimSpace(p)
		dates := eventtext.NewDates(parsers.Options{DayFirst: parsers.No})
		if at, n := dates.Time(p); n > 0 {
			if d := at.Unix() - e.Time.Unix(); d != 0 {
				return fmt.Sprintf("time %v", e.Time)
			}
		}
		if host, ok := strings.CutPrefix(p, "host "); ok && host != e.Host {
			return "host " + e.Host
		}
		if p == "AUDIT_FAILURE" && e.Level != parsers.LevelAuditFailure {
			return "level " + e.Level.String()
		}
	}
	return ""
}
