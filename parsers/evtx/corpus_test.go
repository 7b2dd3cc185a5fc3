package evtx_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/evtx"
)

func corpus(t testing.TB) string {
	dir := os.Getenv("KBDIAG_CORPUS")
	if dir == "" {
		t.Skip("KBDIAG_CORPUS is not set: expected the folder that holds evtx/EXPECTED.tsv")
	}
	return filepath.Join(dir, "evtx")
}

// better are the logs whose expected count was taken from a reader that gives
// up a chunk at the first damage. Here the numbers of the records prove more.
var better = map[string]struct {
	events int
	why    string
}{
	"sample-with-zero-data-size-event.evtx": {450, "record 3 of chunk 0 has both sizes 0; 4 to 117 follow it whole, as the chunk's head says"},
	"sample_with_a_bad_chunk_magic.evtx": {384, "31 whole records follow an unwritten stretch of chunk 7, within the numbers of its head; " +
		"chunks 6 and 10 lost their first pages, but 15 and 68 records in them are whole and continue their neighbours'"},
}

// losses are what is skipped of the logs. The column errors of the expected
// readings counts the records on which other readers stop instead; where the
// two differ, this is why. Files that are not listed lose nothing.
var losses = map[string]struct {
	skipped string
	why     string
}{
	"2-vss_0-Microsoft-Windows-RemoteDesktopServices-RdpCoreTS%4Operational.evtx": {"2 torn, 66 missing", "expected 4: the pages behind two records " +
		"were never written; by the numbers in the chunks' heads 66 records stood there, of which the other readers see four"},
	"2-vss_0-Microsoft-Windows-TerminalServices-RemoteConnectionManager%4Operational.evtx": {"1 torn", "expected 2: of the other one, whose end was never written, the head is read"},
	"Microsoft-Windows-HelloForBusiness%4Operational.evtx":                                 {"14 missing", "expected 0: behind record 6 is nothing but zeros, the chunk's head counts 20"},
	"Microsoft-Windows-LanguagePackSetup%4Operational.evtx":                                {"3 missing", "expected 0: likewise, 3 records"},
	"sample_with_a_bad_chunk_magic.evtx":                                                   {"169 missing", "expected 2: the chunks' heads count more records than their pages have"},
	"sysmon.evtx":                                                                          {"8 junk", "expected 8"},
}

// skippedShort gives what was skipped in short.
func skippedShort(acct *parsers.Account) string {
	words := map[string]string{torn: "torn", lost: "missing", noChunk: "junk"}
	var list []string
	for _, s := range acct.Skipped {
		reason, ok := words[s.Reason]
		if !ok {
			reason = s.Reason
		}
		list = append(list, fmt.Sprintf("%d %s", s.Count, reason))
	}
	return strings.Join(list, ", ")
}

func TestCorpus(t *testing.T) {
	dir := corpus(t)
	f, err := os.Open(filepath.Join(dir, "EXPECTED.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.FieldsPerRecord = '\t', -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		want, err := strconv.Atoi(row[1])
		if err != nil {
			t.Fatal(err)
		}
		if b, ok := better[row[0]]; ok {
			t.Logf("%s: expected %d, but %d: %s", row[0], want, b.events, b.why)
			want = b.events
		}
		reader := parsers.Reader{Forms: parsers.Forms{Formats: []parsers.Format{evtx.Format()}}}
		heads := 0
		acct := reader.Read(filepath.Join(dir, row[0]), parsers.Visitor{Event: func(e *parsers.Event) {
			if e.Has(parsers.FieldProvider | parsers.FieldID | parsers.FieldTime | parsers.FieldHost | parsers.FieldLog | parsers.FieldData) {
				heads++
			}
		}})[0]
		if acct.Err != nil || acct.Events != want {
			t.Errorf("%s: %d events, want %d (%v)", row[0], acct.Events, want, acct.Err)
		}
		if l, short := losses[row[0]], skippedShort(acct); short != l.skipped {
			t.Errorf("%s: skipped %q, want %q: %s", row[0], short, l.skipped, l.why)
		}
		if acct.Events-heads > 4 {
			t.Errorf("%s: %d events with something unknown", row[0], acct.Events-heads)
		}
	}
}
