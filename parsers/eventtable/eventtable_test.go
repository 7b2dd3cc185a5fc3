package eventtable

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtable/tabletest"
	"kbdiag/parsers/eventtext"
	"kbdiag/parsers/goldentest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// forms are those of this room and the ones that must keep their files.
func forms() parsers.Forms {
	return parsers.Forms{
		Formats: []parsers.Format{
			eventtext.EventViewerNTCSV(), eventtext.EventViewerNTTXT(), eventtext.EventViewerVistaCSV(), eventtext.EventViewerVistaTXT(),
			Format(), DetectionsFormat(),
		},
		Finders: []parsers.Finder{Finder()},
	}
}

func TestGolden(t *testing.T) {
	goldentest.Files(t, "event-table", 10, *update, goldentest.Reading(forms()))
}

func TestCorpus(t *testing.T) {
	tabletest.Corpus(t, forms(), "get-eventlog-csv", "plaso-csv")
}

// TestCorpusOthers holds the forms beside this one to their files.
func TestCorpusOthers(t *testing.T) {
	tabletest.Corpus(t, forms(), "eventviewer-vista-csv", "eventviewer-vista-txt")
}

func FuzzTable(f *testing.F) {
	tabletest.Seeds(f, "event-table")
	f.Fuzz(func(t *testing.T, data []byte) { tabletest.Check(t, forms(), data) })
}

// TestHostile reads inputs that take minutes if the reading is quadratic, and
// a second otherwise.
func TestHostile(t *testing.T) {
	head := "\"TimeCreated\",\"Id\",\"ProviderName\",\"Message\"\n"
	row := "\"2024-01-31 17:06:07\",\"1\",\"Alpha\",\"one"
	for name, text := range map[string]string{
		"open quotes":    head + strings.Repeat(row+"\n", 20000),
		"never closed":   head + row + "\n" + strings.Repeat("x\n", 500000),
		"quotes only":    head + row + strings.Repeat("\"", 800000),
		"cells":          head + strings.Repeat("1,", 500000) + "\n",
		"heads":          "Hello\n" + strings.Repeat(head, 20000),
		"heads and rows": "Hello\n" + strings.Repeat(head+row+"\"\n"+row+"\n", 10000),
		"deep JSON":      "EventID,TimeCreated,Provider,Payload\n1,2024-01-31 17:06:07,a,\"" + strings.Repeat("[{\"\"a\"\":", 100000) + "\"\n",
		"half JSON":      "EventID,TimeCreated,Provider,Payload\n1,2024-01-31 17:06:07,a,\"" + strings.Repeat("[", 900000) + "\"\n",
		"pairs":          "Hello\n\n" + strings.Repeat("| Event ID | 1 |\n| Source | a |\n| Level | Error |\n", 20000),
		"bars":           "Hello\n\n" + strings.Repeat("| Source | a |\n", 60000),
		"mixed bars":     "Hello\n\n" + strings.Repeat("| Source | a |\n| x | y | z |\n", 30000),
		"long bars":      "Hello\n\n" + strings.Repeat("Source|", 200000) + "\n",
		"web rows":       "<table>" + strings.Repeat("<tr><td>Event ID</td><td>1</td></tr><tr><td>Source</td><td>a</td></tr>", 20000),
		"web cells":      "<table><tr>" + strings.Repeat("<td>", 400000),
		"web tables":     strings.Repeat("<table><tr><td>", 100000),
		"web tags":       "<table><tr><td>" + strings.Repeat("<b ", 400000),
		"web text":       "<table><tr><td>" + strings.Repeat("<", 800000),
		"list":           "datetime,timestamp_desc,message\n2024-01-31T17:06:07Z,x,\"[1 / 0x1] Strings: [" + strings.Repeat("' ", 400000) + "\"\n",
		"places":         strings.Repeat("EventID ", 400) + "\n" + strings.Repeat("------- ", 400) + "\n" + strings.Repeat("ä", 400000),
		"names":          strings.Repeat("EventID,TimeCreated,", 400) + "\n" + strings.Repeat("1,2024-01-31 17:06:07,", 40000),
	} {
		t.Run(name, func(t *testing.T) { tabletest.Check(t, forms(), []byte(text)) })
	}
}

// TestSeparators reads one table with every separator, quoted and not.
func TestSeparators(t *testing.T) {
	for _, sep := range []string{",", "\t", ";", "|"} {
		for _, quote := range []string{"", `"`} {
			cells := func(list ...string) string {
				return quote + strings.Join(list, quote+sep+quote) + quote + "\r\n"
			}
			text := cells("TimeGenerated", "EntryType", "Source", "EventID", "InstanceId", "Message") +
				cells("2024-01-31 17:06:07", "FailureAudit", "Security", "529", "529", "Logon Failure") +
				cells("2024-01-31 17:06:08", "Error", "Service Control Manager", "7000", "3221232472", "It failed")
			var got []string
			r := &parsers.Reader{Forms: forms(), Stdin: strings.NewReader(text)}
			r.Read(parsers.StdinName, parsers.Visitor{Event: func(e *parsers.Event) {
				got = append(got, fmt.Sprint(e.Time.Second(), e.Level, e.Provider, e.ID, e.Qualifiers, e.Message))
			}})
			want := "[7 audit failure Security 529 0 Logon Failure 8 error Service Control Manager 7000 49152 It failed]"
			want = strings.ReplaceAll(want, "audit failure Security 529", "audit failureSecurity529")
			if s := fmt.Sprint(got); strings.ReplaceAll(s, " ", "") != strings.ReplaceAll(want, " ", "") {
				t.Errorf("separator %q, quote %q: %s", sep, quote, s)
			}
		}
	}
}

// TestTimes reads the forms of times.
func TestTimes(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"2024-01-31T17:06:07.1234567Z", "2024-01-31 17:06:07.1234567 +0000 utc"},
		{"2024-01-31 17:06:07.123456+00:00", "2024-01-31 17:06:07.123456 +0000 utc"},
		{"2024-01-31T17:06:07-0330", "2024-01-31 17:06:07 -0330 offset"},
		{"2024-01-31 17:06:07", "2024-01-31 17:06:07 +0000 local"},
		{"2024-01-31 5:06:07 PM", "2024-01-31 17:06:07 +0000 local"},
		{"2024-01-31 05:06:07 PM", "2024-01-31 17:06:07 +0000 local"},
		{"1/31/2024 5:06:07 PM.250", "2024-01-31 17:06:07.25 +0000 local"},
		{"8/13/2021, 1:09:20.040 PM", "2021-08-13 13:09:20.04 +0000 local"},
		{"Jan 4, 2021 @ 21:31:33.123", "2021-01-04 21:31:33.123 +0000 local"},
		{"1706720767", "2024-01-31 17:06:07 +0000 utc"},
		{"1706720767.123", "2024-01-31 17:06:07.123 +0000 utc"},
		{"1706720767123", "2024-01-31 17:06:07.123 +0000 utc"},
		{"1706720767123456", "2024-01-31 17:06:07.123456 +0000 utc"},
		{"20240131170607.500000+060", "2024-01-31 17:06:07.5 +0100 offset"},
		{"1601-01-01 00:00:00", ""},
		{"Jan 17 19:16", ""},
		{"yesterday", ""},
	} {
		r := NewRecord(eventtext.NewDates(parsers.Options{}))
		r.Put(ID, "1")
		r.Put(Time, c.text)
		var e parsers.Event
		r.Event(&e)
		got := ""
		if e.Has(parsers.FieldTime) {
			got = e.Time.Format("2006-01-02 15:04:05.9999999 -0700 ") + e.Zone.String()
		}
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

// TestIdentifiers reads the forms of ids.
func TestIdentifiers(t *testing.T) {
	for text, want := range map[string]uint32{"4624": 4624, "4,624": 4624, "1073748860.0": 1073748860, "0xC0002719": 0xC0002719, "-1073731808": 3221235488, " 17 ": 17} {
		if got, ok := identifier(text); !ok || got != want {
			t.Errorf("%q: %d, %v, want %d", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "x", "-", "1,2", "12,34", "99999999999", "1 2", "{}"} {
		if got, ok := identifier(text); ok {
			t.Errorf("%q is taken for %d", text, got)
		}
	}
}
