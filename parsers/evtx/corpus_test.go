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
		want, _ := strconv.Atoi(row[1])
		reader := parsers.Reader{Forms: parsers.Forms{Formats: []parsers.Format{evtx.Format()}}}
		var first, last parsers.Event
		accounts := reader.Read(filepath.Join(dir, row[0]), parsers.Visitor{Event: func(e *parsers.Event) {
			if first.Known == 0 {
				first = *e
			}
			last = *e
		}})
		a := accounts[0]
		mark := ""
		if a.Events != want {
			mark = "  <<<<"
		}
		t.Logf("%-40.40s want %d got %d err %v%s %s", row[0], want, a.Events, a.Err, mark, row[3])
		t.Logf("      first %d %s %d last %d %s %d", first.Pos.Record, first.Provider, first.ID, last.Pos.Record, last.Provider, last.ID)
		for _, s := range a.Skipped {
			t.Logf("      skip %d %s at %d", s.Count, s.Reason, s.Pos.Offset)
		}
		for _, s := range a.Notes {
			t.Logf("      note %s", s)
		}
	}
}
