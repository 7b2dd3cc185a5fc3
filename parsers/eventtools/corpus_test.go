package eventtools_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
	"kbdiag/parsers/formats"
)

// correction is what is right where the corpus' table is not.
type correction struct {
	first, last string
	why         string
}

const (
	whyText   = "the table has the values of the XML of the same records; the text has other times, no qualifiers and its own numbers"
	whyNoTime = whyText + "; the last record has 1601-01-01, which stands for no time"
)

// corrected are the readings of the table that do not hold for the file.
var corrected = map[string]correction{
	"exchange_cmdletlogs_6.txt":  {"6 | MSExchange CmdletLogs | Jun 04, 2021 08:41:48", "6 | MSExchange CmdletLogs", whyNoTime},
	"mssql_18456.txt":            {"18456 | MSSQLSERVER | Nov 04, 2019 13:46:01", "18456 | MSSQLSERVER | Nov 04, 2019 13:46:01", whyText},
	"mssql_xp_cmdshell.txt":      {"18454 | MSSQLSERVER | Nov 04, 2019 09:27:25", "33205 | MSSQLSERVER", whyNoTime},
	"ntdsutil_ESENT_325_327.txt": {"326 | ESENT | Nov 26, 2019 23:55:02", "327 | ESENT | Nov 26, 2019 23:56:08", whyText},
	"namelessweb_Addition_nb.txt": {"7000 | Service Control Manager | 03/06/2025 03:05:39 PM", "Microsoft-Windows-CodeIntegrity | 2025-03-06 14:11:36",
		"the table names the last event of the first list; the blocks of the other lists stand behind it"},
}

// TestCorpus reads the corpus' files of these forms and compares number, first
// and last event.
func TestCorpus(t *testing.T) {
	root := os.Getenv("KBDIAG_CORPUS")
	if root == "" {
		t.Skip("KBDIAG_CORPUS is not set")
	}
	f, err := os.Open(filepath.Join(root, "eventlog", "EXPECTED.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	files := 0
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		col := strings.Split(lines.Text(), "\t")
		if len(col) < 5 || !ours(col[1]) {
			continue
		}
		files++
		t.Run(col[0], func(t *testing.T) { checkCorpus(t, filepath.Join(root, "eventlog", col[0]), col) })
	}
	if files < 10 {
		t.Errorf("only %d files", files)
	}
}

func ours(form string) bool {
	switch form {
	case "wevtutil-text", "psloglist", "msinfo32", "dcdiag", "frst-addition", "libevt-evtexport", "libevtx-evtxexport":
		return true
	}
	return false
}

func checkCorpus(t *testing.T, path string, col []string) {
	var events []parsers.Event
	r := &parsers.Reader{Forms: formats.All()}
	for _, a := range r.Read(path, parsers.Visitor{Event: func(e *parsers.Event) { events = append(events, *e) }}) {
		if a.Err != nil {
			t.Error(a.Err)
		}
	}
	want := 0 // of "513", "28 (last cut)" or "8 + 10"
	for _, n := range strings.Split(col[2], "+") {
		var k int
		if _, err := fmt.Sscan(n, &k); err != nil {
			t.Fatal(err)
		}
		want += k
	}
	if len(events) != want {
		t.Fatalf("%d events, expected %d", len(events), want)
	}
	first, last := col[3], col[4]
	if c, ok := corrected[filepath.Base(path)]; ok {
		t.Logf("corrected: %s", c.why)
		first, last = c.first, c.last
	}
	if last == "same" {
		last = first
	}
	compare(t, "first", &events[0], first)
	compare(t, "last", &events[len(events)-1], last)
}

// compare checks an event against its description in the table, such as
// "[486] 7000 | Application Popup | 9/25/2020 8:35:45 AM | ERROR".
func compare(t *testing.T, which string, e *parsers.Event, want string) {
	t.Helper()
	known := false
	for i, part := range strings.Split(want, " | ") {
		part = strings.TrimSpace(part)
		if i == 0 {
			part = number(t, which, e, part)
		}
		if n, ok := leadingNumber(part); ok && i == 0 {
			if e.ID != uint16(n) {
				t.Errorf("%s event has id %d, expected %s", which, e.ID, part)
			}
			known = true
			continue
		}
		if eventtext.StampLen(part) > 0 || eventtext.StampLen(part+" 0:00:00") > 0 {
			checkTime(t, which, e, part)
			known = true
			continue
		}
		if strings.EqualFold(part, e.Provider) || strings.EqualFold(part, e.Host) || strings.EqualFold(part, e.Log) || strings.EqualFold(part, e.User) ||
			eventtext.LevelOf(part) == e.Level && e.Level != 0 {
			known = true
		}
	}
	if !known {
		t.Errorf("%s event: nothing of %q was compared", which, want)
	}
}

// number takes "[513] " or "#1392 LSASRV " off the front and compares it.
func number(t *testing.T, which string, e *parsers.Event, part string) string {
	t.Helper()
	if part == "" || part[0] != '[' && part[0] != '#' {
		return part
	}
	var n uint64
	fmt.Sscanf(strings.Trim(part, "[#"), "%d", &n)
	if e.Pos.Record != n {
		t.Errorf("%s event is number %d, expected %s", which, e.Pos.Record, part)
	}
	rest := strings.TrimLeft(part, "[#0123456789] ")
	if k := strings.Index(part, "] "); k > 0 {
		rest = part[k+2:]
	}
	if k := strings.Index(rest, "0x"); k >= 0 {
		return rest[k:]
	}
	return rest
}

func leadingNumber(s string) (uint32, bool) {
	word, _, _ := strings.Cut(s, " ")
	return eventtext.IDNumber(word)
}

func checkTime(t *testing.T, which string, e *parsers.Event, part string) {
	t.Helper()
	for _, first := range []parsers.Tri{parsers.Yes, parsers.No} {
		d := eventtext.NewDates(parsers.Options{DayFirst: first})
		if x, n := d.Time(part); n > 0 && x.Truncate(time.Second).Equal(e.Time.Truncate(time.Second)) {
			return
		} else if n > 0 {
			continue
		}
		if x, n := d.Time(part + " 0:00:00"); n > 0 && sameDay(x, e.Time) {
			return
		}
	}
	t.Errorf("%s event is of %v, expected %s", which, e.Time, part)
}

func sameDay(a, b time.Time) bool {
	return a.Truncate(24 * time.Hour).Equal(b.Truncate(24 * time.Hour))
}
