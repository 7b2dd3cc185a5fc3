package records

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"kbdiag/parsers"
)

func sampleEvents() []*parsers.Event {
	full := &parsers.Event{Pos: parsers.Pos{Path: "a.xml", Line: 3, Record: 41, Offset: 10, Length: 20}, Strings: []string{"one", "secret"},
		Data: []parsers.Named{{Name: "User", Value: "kim"}}, Truncated: true}
	full.SetTime(time.Date(2024, 3, 1, 10, 0, 0, 0, time.UTC), parsers.ZoneUTC)
	full.SetID(0x40001b7c)
	full.SetLevel(parsers.LevelError)
	full.Set(parsers.FieldProvider, "DCOM")
	full.Set(parsers.FieldMessage, "failed with error 0x80070005, 'quoted'")
	full.Known |= parsers.FieldRecord | parsers.FieldStrings | parsers.FieldData
	bare := &parsers.Event{Pos: parsers.Pos{Path: "b.evt", Offset: 7}}
	bare.SetID(5)
	return []*parsers.Event{full, bare}
}

func writeSQLite(t *testing.T, path string) {
	t.Helper()
	s, err := NewSQLite(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range sampleEvents() {
		err := s.Event(e, func(v string) string {
			if v == "secret" {
				return parsers.Redacted
			}
			return v
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestSQLite reads back what was written, and compares two files.
func TestSQLite(t *testing.T) {
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one.db"), filepath.Join(dir, "two.db")
	writeSQLite(t, one)
	writeSQLite(t, two)
	writeSQLite(t, two) // replaces the file
	a, err := os.ReadFile(one)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(two); err != nil || !bytes.Equal(a, b) {
		t.Errorf("the same events give different files (%v)", err)
	}
	db := sql.OpenDB(sqliteFile(one))
	defer db.Close()
	for query, want := range map[string]string{
		"SELECT group_concat(event_id || ' ' || ifnull(provider, 'NULL'), ', ' ORDER BY id) FROM event":                            "7036 DCOM, 5 NULL",
		"SELECT time || ' ' || zone || ' ' || level || ' ' || qualifiers || ' ' || codes || ' ' || record FROM event WHERE id = 1": "2024-03-01T10:00:00Z utc error 16384 0x80070005 41",
		"SELECT group_concat(ifnull(name, '-') || '=' || value, ' ' ORDER BY position) FROM data WHERE event = 1":                  "-=one -=[redacted] User=kim",
		"SELECT count(*) || '' FROM event WHERE message IS NULL AND line IS NULL AND record IS NULL":                               "1",
	} {
		var got string
		if err := db.QueryRow(query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", query, got, err, want)
		}
	}
}
