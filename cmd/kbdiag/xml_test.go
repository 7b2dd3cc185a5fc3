package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kbdiag/parsers/evt/evttest"
	"kbdiag/parsers/evtx/evtxtest"
)

// eventsOf gives the events of a file by JSON, without what tells where they
// stand in it, and without the category: XML has its number, and not everywhere
// its name.
func eventsOf(t *testing.T, path string) []map[string]any {
	t.Helper()
	out, errs, status := runCommand(t, "events", "--format", "jsonl", path)
	if status != exitOK && status != exitPartial {
		t.Fatalf("%s: %s", path, errs)
	}
	var list []map[string]any
	for line := range strings.Lines(out) {
		var e map[string]any
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		for _, k := range []string{"path", "line", "offset", "length", "system", "quoted", "category"} {
			delete(e, k)
		}
		list = append(list, e)
	}
	return list
}

// xmlOf prints the events of a file as XML into a file, and gives its path and
// how many elements Event it has.
func xmlOf(t *testing.T, path string, flags ...string) (string, int) {
	t.Helper()
	to := filepath.Join(t.TempDir(), "events.xml")
	_, errs, status := runCommand(t, append([]string{"events", "--format", "xml", "-o", to, path}, flags...)...)
	if status != exitOK && status != exitPartial {
		t.Fatalf("%s: %s", path, errs)
	}
	f, err := os.Open(to)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n, depth := 0, 0
	for d := xml.NewDecoder(f); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return to, n
		}
		if err != nil {
			t.Fatalf("%s: XML is not well-formed: %v", path, err)
		}
		switch k := token.(type) {
		case xml.StartElement:
			if depth++; depth == 2 && k.Name.Local == "Event" {
				n++
			}
		case xml.EndElement:
			depth--
		}
	}
}

// TestXMLReadsBack prints events as XML and reads that again: the same events,
// whether their log has XML or not.
func TestXMLReadsBack(t *testing.T) {
	for _, name := range []string{"evtx/system.evtx", "evt/SysEvent.Evt"} {
		path := filepath.Join(repository, "testdata", filepath.FromSlash(name))
		want := eventsOf(t, path)
		text, n := xmlOf(t, path)
		if n != len(want) || n == 0 {
			t.Errorf("%s: %d events as XML, want %d", name, n, len(want))
		}
		if d := cmp.Diff(want, eventsOf(t, text)); d != "" {
			t.Errorf("%s: reads back differently (-want +got):\n%s", name, d)
		}
	}
}

// TestXMLOfText prints the events of other forms, and of the corpus where there
// is one: one well-formed element for each.
func TestXMLOfText(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(repository, "testdata", "event*", "*"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no samples", err)
	}
	if corpus := os.Getenv("KBDIAG_CORPUS"); corpus != "" && !testing.Short() {
		for _, p := range []string{"eventlog/*/*", "evtx/*.evtx", "evt/*.Evt"} {
			more, _ := filepath.Glob(filepath.Join(corpus, filepath.FromSlash(p)))
			paths = append(paths, more...)
		}
	}
	for _, p := range paths {
		out, _, status := runCommand(t, "events", "--format", "jsonl", p)
		if status != exitOK && status != exitPartial || strings.HasSuffix(p, ".golden") {
			continue
		}
		if _, n := xmlOf(t, p); n != strings.Count(out, "\n") {
			t.Errorf("%s: %d events as XML, %d as JSON", p, n, strings.Count(out, "\n"))
		}
	}
}

// withSlack is a log with three old events in its free space.
func withSlack() []byte {
	event := func(n int, name string) evtxtest.Event {
		return evtxtest.Event{
			Provider: "Service Control Manager", ID: 7023, Qualifiers: 49152, Level: 2, Channel: "System", Computer: "mail01.example.test",
			Time: time.Date(2024, 3, 1, 8, n, 0, 0, time.UTC), Body: []evtxtest.Node{evtxtest.Data("param1", name)},
		}
	}
	data := evtxtest.Log{Chunks: [][]evtxtest.Event{{event(10, "Live1"), event(11, "Live2")}}}.Bytes()
	old, _ := evtxtest.Chunk([]evtxtest.Event{event(0, "Old1"), event(1, "Old2"), event(2, "Old3"), event(3, "Old4"), event(4, "Old5")}, 90)
	chunk := data[4096:]
	free := int(chunk[48]) | int(chunk[49])<<8
	copy(chunk[free:], old[free:])
	return data
}

// TestCarved looks for old events only if asked to, marks them in every form,
// and does not count them.
func TestCarved(t *testing.T) {
	ring := evttest.Log{}
	for n := range 5 {
		ring.Events = append(ring.Events, evttest.Event{Source: "EventLog", Computer: "MAIL01", ID: 6005, Type: 4, Time: time.Date(2003, 5, 12, 9, n, 0, 0, time.UTC)})
	}
	cleared := append(evttest.Log{First: 6, Events: ring.Events[:1]}.Bytes(), ring.Bytes()[48:]...)
	for name, data := range map[string][]byte{"System.evtx": withSlack(), "SysEvent.Evt": cleared} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		live := eventsOf(t, path)
		plain, _, _ := runCommand(t, "inspect", path)
		carved, _, _ := runCommand(t, "inspect", "--carve", path)
		events := fmt.Sprintf("(events %d,", len(live))
		if strings.Contains(plain, "old events") || !strings.Contains(carved, "old events") || !strings.Contains(carved, events) || !strings.Contains(plain, events) {
			t.Errorf("%s: inspect gives %s and with --carve %s", name, plain, carved)
		}
		for form, mark := range map[string]string{"jsonl": `"carved":true`, "csv": ",true\n", "text": "(carved)", "xml": "<!-- carved"} {
			plain, _, _ := runCommand(t, "events", "--format", form, path)
			if strings.Contains(plain, mark) {
				t.Errorf("%s, %s: carved without --carve", name, form)
			}
			out, _, _ := runCommand(t, "events", "--format", form, "--carve", path)
			if n := strings.Count(out, mark); n < 2 || n > 5 {
				t.Errorf("%s, %s: %d carved events, want some:\n%s", name, form, n, out)
			}
			if lines := strings.Split(strings.TrimSuffix(plain, "</Events>\n"), "\n"); !strings.HasPrefix(out, strings.Join(lines, "\n")) {
				t.Errorf("%s, %s: the %d live events do not come first", name, form, len(live))
			}
		}
	}
}

// TestSameBytes wants the same output of any number of processors.
func TestSameBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "big.evtx")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := evtxtest.WriteBig(f, 12); err != nil {
		t.Fatal(err)
	}
	f.Close()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, form := range []string{"jsonl", "xml", "csv", "text"} {
		var first string
		for _, n := range []int{1, 2, 7} {
			runtime.GOMAXPROCS(n)
			out, _, status := runCommand(t, "events", "--format", form, path)
			if status != exitOK {
				t.Fatalf("exit status %d", status)
			}
			if n == 1 {
				first = out
			} else if out != first {
				t.Errorf("%s: %d processors print something else than one", form, n)
			}
		}
	}
}
