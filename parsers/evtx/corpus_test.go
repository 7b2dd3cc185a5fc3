package evtx_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
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
		if acct.Events-heads > 4 {
			t.Errorf("%s: %d events with something unknown", row[0], acct.Events-heads)
		}
	}
}
