package eventtext

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
)

// labelForms are the forms of this room that concern events in label form, in
// the order of the list of all.
func labelForms() parsers.Forms {
	f := savedForms()
	f.Formats = append(f.Formats, EventXML())
	f.Finders = []parsers.Finder{SavedRowFinder(), LabelFinder()}
	return f
}

func TestGoldenLabels(t *testing.T) {
	for _, family := range []string{"clipboard-2000", "clipboard-vista", "event-quotes", "event-xml"} {
		t.Run(family, func(t *testing.T) { goldens(t, family, labelForms()) })
	}
}

// TestLabelWords looks up every label of every language, with both colons and
// in other case.
func TestLabelWords(t *testing.T) {
	check := func(words string, want field) {
		for _, w := range strings.Split(words, "|") {
			for _, s := range []string{w + ": x", w + "：x", w + " : x", strings.ToUpper(w) + ":", strings.ToLower(w) + "=x"} {
				if strings.ContainsAny(w, "ıİ") { // upper and lower case differ by language
					s = w + ":"
				}
				l, value, ok := labelAt(s)
				if !ok {
					t.Errorf("%q is no label", s)
					continue
				}
				// The Italian and Polish word for a date is the English one for data.
				if l.field != want && !(want == dateField && l.field == dataField) {
					t.Errorf("%q is field %d, want %d", s, l.field, want)
				}
				if v := strings.TrimSpace(s[value:]); v != "x" && v != "" {
					t.Errorf("%q has value %q", s, v)
				}
			}
		}
	}
	for _, w := range labelWords {
		for i, words := range w.old {
			check(words, oldOrder[i])
		}
		for i, words := range w.vista {
			check(words, vistaOrder[i])
		}
	}
	for _, w := range plainWords {
		check(w.words, w.field)
	}
	for _, s := range []string{"The gate: x", "Event sequence: 8", "Source Network Address: 1", "http://x", "Id", "a:b", "Error: 5"} {
		if l, _, ok := labelAt(s); ok {
			t.Errorf("%q is taken for label %d", s, l.field)
		}
	}
}

// corrected are the readings of the corpus' table that are wrong, with what is
// right.
var corrected = map[string]struct {
	events int
	why    string
}{
	"Q165522.TXT": {4, "quotes 2187, 9405, 9402 and 9996 in the very shape that counts in Q225206"},
}

// TestCorpusLabels reads the corpus' clipboard text, quotes and XML and
// compares number, first and last event.
func TestCorpusLabels(t *testing.T) {
	list := expectations(t, "clipboard-2000-2003", "clipboard-vista", "clipboard-details-views",
		"kb-article-quote", "kb-article-quote-localised",
		"eventviewer-xml", "event-xml-fragments", "python-evtx-dump-xml", "splunk-xmlwineventlog")
	forms := labelForms()
	t.Logf("%-80s %8s %8s", "file", "expected", "got")
	for _, x := range list {
		name := filepath.Base(x.path)
		if c, ok := corrected[name]; ok {
			t.Logf("%s: the table says %d, right is %d: %s", name, x.events, c.events, c.why)
			x.events, x.first, x.last = c.events, "", ""
		}
		events := readAll(t, forms, x.path)
		t.Logf("%-80s %8d %8d", strings.TrimPrefix(x.path, os.Getenv("KBDIAG_CORPUS")), x.events, len(events))
		if len(events) != x.events {
			t.Errorf("%s: %d events, expected %d", x.path, len(events), x.events)
			continue
		}
		if len(events) == 0 {
			continue
		}
		if ids, ok := leadingList(x.first); ok {
			for i, id := range ids {
				if i < len(events) && fmt.Sprint(events[i].ID) != id {
					t.Errorf("%s: event %d has id %d, expected %s", x.path, i+1, events[i].ID, id)
				}
			}
			continue
		}
		if d := labelsDiffer(&events[0], x.first); d != "" {
			t.Errorf("%s: first event has %s, expected %s", x.path, d, x.first)
		}
		if d := labelsDiffer(&events[len(events)-1], x.last); d != "" {
			t.Errorf("%s: last event has %s, expected %s", x.path, d, x.last)
		}
	}
}

// readAll reads one file.
func readAll(t *testing.T, forms parsers.Forms, path string) []parsers.Event {
	t.Helper()
	var events []parsers.Event
	r := &parsers.Reader{Forms: forms}
	for _, acct := range r.Read(path, parsers.Visitor{Event: func(e *parsers.Event) { events = append(events, *e) }}) {
		if acct.Err != nil {
			t.Errorf("%s: %v", path, acct.Err)
		}
	}
	return events
}

// leadingList reads "4262, 4261" and the like: the ids of all events.
func leadingList(want string) ([]string, bool) {
	if i := strings.Index(want, "style: "); i >= 0 {
		want = want[i+len("style: "):]
	}
	if strings.Contains(want, "|") {
		return nil, false
	}
	var ids []string
	for _, f := range strings.FieldsFunc(want, func(r rune) bool { return r == ',' || r == ' ' }) {
		if strings.Trim(f, "0123456789") != "" {
			break
		}
		ids = append(ids, f)
	}
	return ids, len(ids) > 0
}

// labelsDiffer compares an event with its description in the table, such as
// "1026 q=49162 | MSExchangeIS Private | 11/5/99 11:57:22 AM | ...". An event
// whose time comes from its XML is in UTC, where the table may have the time
// of the label.
func labelsDiffer(e *parsers.Event, want string) string {
	parts := strings.Split(want, " | ")
	if len(parts) < 2 {
		return ""
	}
	var diff []string
	id, rest, _ := leadingID(parts[0])
	if uint16(id) != e.ID {
		diff = append(diff, fmt.Sprintf("id %d", e.ID))
	}
	var q uint16
	if n, _ := fmt.Sscanf(strings.TrimSpace(rest), "q=%d", &q); n == 1 && q != e.Qualifiers {
		diff = append(diff, fmt.Sprintf("qualifiers %d", e.Qualifiers))
	}
	if _, n := scanStamp(parts[1]); n == 0 && parts[1] != "same second" && !strings.EqualFold(parts[1], e.Provider) {
		diff = append(diff, "source "+e.Provider)
	}
	for _, p := range parts[1:] {
		st, n := scanStamp(strings.TrimSpace(p))
		if n == 0 {
			continue
		}
		if !timeFits(e, st) {
			diff = append(diff, "time "+e.Time.String())
		}
		break
	}
	return strings.Join(diff, ", ")
}

func timeFits(e *parsers.Event, st stamp) bool {
	for _, first := range []parsers.Tri{parsers.Yes, parsers.No} {
		want, ok := newDateOrder(parsers.Options{DayFirst: first}).time(st)
		d := e.Time.Truncate(time.Second).Sub(want.Truncate(time.Second))
		if ok && (d == 0 || e.Zone == parsers.ZoneUTC && d > -15*time.Hour && d < 15*time.Hour) {
			return true
		}
	}
	return false
}
