package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
	"kbdiag/parsers/formats"
)

// correctedRow is what is right where the corpus' table of event logs is not.
// An empty text leaves that of the table.
type correctedRow struct {
	events      int
	first, last string
	why         string
}

const (
	whyEvtxExport = "the table has the values of the XML of the same records: the text has no qualifiers and other times, and 1601-01-01 stands for none"
	whyRuleTitle  = "the table has the title of the rule in the place of the source, which this profile does not print"
)

// correctedRows are the rows of the table that do not hold for their files.
var correctedRows = map[string]correctedRow{
	"hayabusa-json/jqdoc_0.json": {first: "4688 | 2016-08-19 08:06:57.658 +09:00", last: "4688 | 2016-08-19 08:06:57.658 +09:00", why: whyRuleTitle},
	"hayabusa-json/jqdoc_1.json": {first: "4688 | 2016-08-19 08:06:57.658 +09:00", last: "4688 | 2016-08-19 11:07:47.489 +09:00", why: whyRuleTitle},
	"hayabusa-json/jqdoc_3.json": {first: "3 | 2019-07-30 06:33:20.711 +09:00", last: "3 | 2019-07-30 06:33:20.711 +09:00", why: whyRuleTitle},

	"kb-article-quote/Q165522.TXT":                  {events: 4, first: "2187", last: "9996", why: "quotes 2187, 9405, 9402 and 9996 in the very shape that counts in Q225206"},
	"libevtx-evtxexport/exchange_cmdletlogs_6.txt":  {first: "6 | MSExchange CmdletLogs | 2021-06-04 08:41:48", last: "6 | MSExchange CmdletLogs", why: whyEvtxExport},
	"libevtx-evtxexport/mssql_18456.txt":            {first: "18456 | MSSQLSERVER | 2019-11-04 13:46:01", last: "18456 | MSSQLSERVER | 2019-11-04 13:46:01", why: whyEvtxExport},
	"libevtx-evtxexport/mssql_xp_cmdshell.txt":      {first: "18454 | MSSQLSERVER | 2019-11-04 09:27:25", last: "33205 | MSSQLSERVER", why: whyEvtxExport},
	"libevtx-evtxexport/ntdsutil_ESENT_325_327.txt": {first: "326 | ESENT | 2019-11-26 23:55:02", last: "327 | ESENT | 2019-11-26 23:56:08", why: whyEvtxExport},
	"frst-addition/namelessweb_Addition_nb.txt":     {last: "Microsoft-Windows-CodeIntegrity | 2025-03-06 14:11:36", why: "the table names the last event of the first list; the blocks of the other lists stand behind it"},
}

// TestCorpusEventLogs reads every file of the corpus' table of event logs as
// the program does, and compares number, first and last event.
func TestCorpusEventLogs(t *testing.T) {
	root := os.Getenv("KBDIAG_CORPUS")
	if root == "" {
		t.Skip("KBDIAG_CORPUS is not set: no corpus to read")
	}
	table, err := os.ReadFile(filepath.Join(root, "eventlog", "EXPECTED.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var shown strings.Builder
	files := 0
	for i, line := range strings.Split(strings.TrimSpace(string(table)), "\n") {
		row := strings.Split(strings.TrimRight(line, "\r"), "\t")
		if i == 0 || len(row) < 5 {
			continue
		}
		files++
		got, format := checkRow(t, filepath.Join(root, "eventlog"), row)
		fmt.Fprintf(&shown, "%s\t%s\t%d\t%s\n", row[0], row[2], got, format)
	}
	t.Logf("file, expected, got, read as\n%s", shown.String())
	if files < 150 {
		t.Errorf("%d files in the table", files)
	}
}

// checkRow reads the file of one row and compares. It gives the number of its
// events and its form.
func checkRow(t *testing.T, dir string, row []string) (int, string) {
	var events []parsers.Event
	format := ""
	r := &parsers.Reader{Forms: formats.All()}
	for _, a := range r.Read(filepath.Join(dir, filepath.FromSlash(row[0])), parsers.Visitor{Event: func(e *parsers.Event) { events = append(events, *e) }}) {
		if a.Err != nil {
			t.Errorf("%s: %v", row[0], a.Err)
		}
		format = a.Format
	}
	want, first, last := numberOf(row[2]), row[3], row[4]
	if last == "same" {
		last = first
	}
	if c, ok := correctedRows[row[0]]; ok {
		if c.events > 0 {
			want = c.events
		}
		if c.first != "" {
			first = c.first
		}
		if c.last != "" {
			last = c.last
		}
	}
	switch {
	case len(events) != want:
		t.Errorf("%s: %d events, expected %s", row[0], len(events), row[2])
	case want > 0:
		if d := rowDiffers(&events[0], first, false); d != "" {
			t.Errorf("%s: first event has %s, expected %s", row[0], d, first)
		}
		if d := rowDiffers(&events[want-1], last, true); d != "" {
			t.Errorf("%s: last event has %s, expected %s", row[0], d, last)
		}
	}
	return len(events), format
}

// numberOf reads "513", "28 (last cut)", "3 of 10 lines" and "8 + 10".
func numberOf(s string) int {
	sum := 0
	s, _, _ = strings.Cut(s, " (")
	for _, n := range strings.Split(s, "+") {
		var k int
		fmt.Sscan(n, &k) //nolint:errcheck // no number is 0
		sum += k
	}
	return sum
}

var (
	yearless   = regexp.MustCompile(`^[A-Z][a-z][a-z] \d\d \d\d:\d\d$`)
	recordMark = regexp.MustCompile(`^(?:\[0*(\d+)\]|#(\d+)) `)
	equalMark  = regexp.MustCompile(`\(=(\d+)\)`)
	idList     = regexp.MustCompile(`^(?:[a-z -]+: )?(\d+(?:, ?\d+)*)`)
	anyNumber  = regexp.MustCompile(`\b\d+\b`)
)

// rowDiffers compares an event with its description in the table, such as "1026
// q=49162 | MSExchangeIS Private | 11/5/99 11:57:22 AM | ...", and says what
// differs. The first part may be a list of the ids of all events, or a time, or
// a remark that says nothing of an event.
func rowDiffers(e *parsers.Event, want string, isLast bool) string {
	var diff []string
	parts := strings.Split(want, " | ")
	if text, ok := strings.CutPrefix(want, "message body only: "); ok {
		parts = []string{text}
	}
	for i, p := range parts {
		p = strings.TrimSpace(p)
		if isTime(p) {
			if !timeFits(e, p) {
				diff = append(diff, fmt.Sprintf("time %s %s", e.Time, e.Zone))
			}
			continue
		}
		switch {
		case i == 0:
			diff = append(diff, idDiffers(e, p, isLast, len(parts) > 1)...)
		case i == 1 && !namesSource(e, p):
			diff = append(diff, "source "+e.Provider)
		}
	}
	return strings.Join(diff, ", ")
}

// namesSource tells whether the second part of a description is the source of
// the event, or another of its fields in the place of it where the form has no
// source: the log, the level, a time without a year.
func namesSource(e *parsers.Event, p string) bool {
	switch {
	case strings.EqualFold(p, e.Provider), strings.EqualFold(p, e.Log), p == "see file":
		return true
	case eventtext.LevelOf(p) != parsers.LevelUnknown:
		return eventtext.LevelOf(p) == e.Level
	}
	return strings.HasPrefix(p, "date ") || strings.HasPrefix(p, "same ") || yearless.MatchString(p)
}

// idDiffers compares the first part of a description.
func idDiffers(e *parsers.Event, p string, isLast, more bool) []string {
	if m := recordMark.FindStringSubmatch(p); m != nil {
		if n := m[1] + m[2]; n != strconv.FormatUint(e.Pos.Record, 10) {
			return []string{"record " + strconv.FormatUint(e.Pos.Record, 10)}
		}
		p = p[len(m[0]):]
	}
	id := ""
	if m := equalMark.FindStringSubmatch(p); m != nil {
		id = m[1]
	} else if m := idList.FindStringSubmatch(p); m != nil {
		ids := strings.Split(strings.ReplaceAll(m[1], " ", ""), ",")
		id = ids[0]
		if isLast {
			id = ids[len(ids)-1]
		}
	} else if more {
		id = anyNumber.FindString(p)
	}
	if n, err := strconv.ParseUint(id, 10, 32); err == nil && uint16(n) != e.ID {
		return []string{fmt.Sprintf("id %d", e.ID)}
	}
	return nil
}

var timeLayouts = []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999-07:00", "2006-01-02 15:04:05.999 -07:00", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999", "Mon Jan 02 15:04:05 2006"}

func isTime(p string) bool {
	for _, l := range timeLayouts {
		if _, err := time.Parse(l, p); err == nil {
			return true
		}
	}
	return eventtext.StampLen(p) > 0
}

// timeFits compares the time of an event with that of the table: to the second,
// in either order of day and month. An event whose time comes from its XML is
// in UTC, where the table may have the time of the label above it.
func timeFits(e *parsers.Event, p string) bool {
	at := e.Time.Truncate(time.Second)
	for _, l := range timeLayouts {
		if want, err := time.Parse(l, p); err == nil {
			d := at.Sub(want).Abs()
			return d <= time.Second
		}
	}
	for _, first := range []parsers.Tri{parsers.Yes, parsers.No} {
		want, n := eventtext.NewDates(parsers.Options{DayFirst: first}).Time(p)
		d := at.Sub(want.Truncate(time.Second)).Abs()
		if n > 0 && (d == 0 || e.Zone == parsers.ZoneUTC && d < 15*time.Hour) {
			return true
		}
	}
	return false
}
