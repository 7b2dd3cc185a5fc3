package eventjson_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
)

// folders are the forms of the corpus that are JSON, or the YAML of one of
// these tools.
var folders = []string{"azure-windows", "chainsaw", "evtx_dump-rs", "evtxecmd-json", "getwinevent-json-flat", "hayabusa-json",
	"nxlog-json", "nxlog-logstash-json", "velociraptor-evtx-json", "wazuh-alerts-json", "winlogbeat-ecs"}

// corrected are values of the corpus' table that are not the event's.
var corrected = map[string]map[string]string{
	"azure-windows/sekoia_azure_diag_WindowsEventLogsTable.ndjson": {
		"_AZNTDC02": "WinAzureTest",        // RoleInstance is Azure's name of the machine; the event's own XML has Computer
		"_AZSQL-02": "AZSQL-02.acme.local", // likewise
	},
	// The table has the title of the rule where the source belongs, which
	// Hayabusa's default profile does not print, and its short names of logs.
	"hayabusa-json/jqdoc_0.json": {"Proc Exec": "", "Sec": "Security"},
	"hayabusa-json/jqdoc_1.json": {"Proc Exec": "", "Sec": "Security"},
	"hayabusa-json/jqdoc_3.json": {"Net Conn (Sysmon Alert)": "", "Sysmon": "Microsoft-Windows-Sysmon/Operational"},
}

// TestCorpus compares number, first and last event of every file.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("KBDIAG_CORPUS")
	if dir == "" {
		t.Skip("KBDIAG_CORPUS is not set: expected the folder that holds eventlog/EXPECTED.tsv")
	}
	dir = filepath.Join(dir, "eventlog")
	f, err := os.Open(filepath.Join(dir, "EXPECTED.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	files := 0
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		row := strings.Split(lines.Text(), "\t")
		folder, _, _ := strings.Cut(row[0], "/")
		if !contains(folders, folder) || strings.HasSuffix(row[0], ".xml") {
			continue
		}
		files++
		t.Run(row[0], func(t *testing.T) { compare(t, dir, row) })
	}
	if files < 20 {
		t.Errorf("only %d files in the table", files)
	}
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

func compare(t *testing.T, dir string, row []string) {
	number, _, _ := strings.Cut(row[2], " ")
	want, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(err)
	}
	var events []parsers.Event
	lines := 0
	r := &parsers.Reader{Forms: forms()}
	acct := r.Read(filepath.Join(dir, row[0]), parsers.Visitor{
		Event: func(e *parsers.Event) { events = append(events, *e) },
		Line:  func(*parsers.Line) { lines++ },
	})[0]
	if acct.Err != nil || !acct.Complete() && !strings.Contains(row[5], "invalid JSON") {
		t.Errorf("error %v, lost %v", acct.Err, acct.Lost())
	}
	if len(events) != want {
		t.Fatalf("%d events, expected %d", len(events), want)
	}
	if strings.Contains(row[2], "of 10 lines") && lines != 7 {
		t.Errorf("%d lines beside the events, expected 7", lines)
	}
	for i, e := range []parsers.Event{events[0], events[len(events)-1]} {
		for _, part := range strings.Split(row[3+i], " | ") {
			if right, ok := corrected[row[0]][part]; ok {
				part = right
			}
			if d := differs(&e, part); d != "" {
				t.Errorf("event %d: expected %q of %q, got %s", i, part, row[3+i], d)
			}
		}
	}
}

// differs looks for one part of the table's description in an event.
func differs(e *parsers.Event, part string) string {
	part = strings.TrimSpace(part)
	if id, err := strconv.Atoi(part); err == nil && id < 1<<16 {
		if int(e.ID) != id {
			return fmt.Sprint(e.ID)
		}
		return ""
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999", "2006-01-02 15:04:05.999 -07:00"} {
		if at, err := time.Parse(layout, part); err == nil {
			if !at.Equal(e.Time) {
				return e.Time.String()
			}
			return ""
		}
	}
	switch part {
	case "", "same", "?", "see file", "1549462715.946133", "YAML documents of 4624":
		return ""
	case e.Provider, e.Log, e.Host, strings.ToUpper(e.Level.String()):
		return ""
	}
	return fmt.Sprintf("%s, %s, %s, %s", e.Provider, e.Log, e.Host, e.Level)
}
