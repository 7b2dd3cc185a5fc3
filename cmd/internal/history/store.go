// Package history keeps the reports of past runs in an SQLite database, finds
// them again and compares them. It keeps reports only, no inputs; reports hold
// no secrets.
package history

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"

	"kbdiag/engine"
)

// Version is the version of the database's tables, kept in user_version.
const Version = 1

const schema = `
CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,          -- when it was kept, RFC 3339 in UTC
  ticket TEXT NOT NULL,
  rule TEXT NOT NULL,        -- the first diagnosis, "" for none
  title TEXT NOT NULL,
  level TEXT NOT NULL,
  confidence REAL NOT NULL,
  diagnoses INTEGER NOT NULL,
  inputs INTEGER NOT NULL,
  words TEXT NOT NULL,       -- what it is found by, in lower case
  report BLOB NOT NULL       -- JSON, gzip
);
CREATE INDEX run_ticket ON run (ticket, id);
`

// Run is a past run without its report.
type Run struct {
	ID         int64        `json:"id"`
	At         string       `json:"at"` // RFC 3339 in UTC
	Ticket     string       `json:"ticket"`
	Rule       string       `json:"rule"` // the first diagnosis, "" for none
	Title      string       `json:"title"`
	Level      engine.Level `json:"level"`
	Confidence float64      `json:"confidence"`
	Diagnoses  int          `json:"diagnoses"`
	Inputs     int          `json:"inputs"`
}

// Store is a history. It is safe for concurrent use.
type Store struct{ db *sql.DB }

// file opens one database file with the driver as it is.
type file string

func (f file) Connect(context.Context) (driver.Conn, error) {
	return (&sqlite.Driver{}).Open(string(f))
}

func (f file) Driver() driver.Driver { return &sqlite.Driver{} }

// inMemory is SQLite's name for a database that is on no disk.
const inMemory = ":memory:"

// DefaultPath is where the history is kept unless it is told otherwise.
func DefaultPath() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "kbdiag", "history.db"), nil
}

// InMemory makes a history that is gone when it is closed.
func InMemory() (*Store, error) { return open(inMemory) }

// Open opens the history of a file, which is made where it is missing, for its
// owner alone.
func Open(path string) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	s, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

func open(path string) (*Store, error) {
	s := &Store{sql.OpenDB(file(path))}
	s.db.SetMaxOpenConns(1) // one writer; and a database in memory is that of its connection
	if err := s.prepare(); err != nil {
		s.db.Close()
		return nil, err
	}
	return s, nil
}

// prepare makes the tables where there are none, and refuses those that it does
// not know.
func (s *Store) prepare() error {
	if _, err := s.db.Exec("PRAGMA busy_timeout = 5000; PRAGMA secure_delete = ON"); err != nil {
		return err
	}
	tx, err := s.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // it fails where the change was committed
	var version, tables int
	if err := tx.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if err := tx.QueryRow("SELECT count(*) FROM sqlite_master").Scan(&tables); err != nil {
		return err
	}
	switch {
	case version == Version:
		return nil
	case version > Version:
		return fmt.Errorf("a history of version %d, this program reads %d: use a newer kbdiag", version, Version)
	case tables > 0:
		return errors.New("a database, but no history of kbdiag")
	}
	if _, err := tx.Exec(schema + fmt.Sprintf("PRAGMA user_version = %d", Version)); err != nil {
		return err
	}
	return tx.Commit()
}

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

// Add keeps a report and gives its number.
func (s *Store) Add(rep *engine.Report, at time.Time) (int64, error) {
	packed, err := pack(rep)
	if err != nil {
		return 0, err
	}
	var first engine.Diagnosis
	if len(rep.Diagnoses) > 0 {
		first = rep.Diagnoses[0]
	}
	res, err := s.db.Exec("INSERT INTO run (at, ticket, rule, title, level, confidence, diagnoses, inputs, words, report) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		at.UTC().Format(time.RFC3339), rep.Ticket, first.Rule, first.Title, string(first.Level), first.Confidence,
		len(rep.Diagnoses), len(rep.Inputs), wordsOf(rep), packed)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

func pack(rep *engine.Report) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := json.NewEncoder(z).Encode(rep); err != nil {
		return nil, err
	}
	err := z.Close()
	return b.Bytes(), err
}

// maxReport bounds a report that is read, in bytes: a file that somebody else
// made may unpack to anything.
const maxReport = 1 << 30

// ErrNone says that there is no run of a number.
var ErrNone = errors.New("there is no such run")

// Get gives the report of a run.
func (s *Store) Get(id int64) (*engine.Report, error) {
	var packed []byte
	err := s.db.QueryRow("SELECT report FROM run WHERE id = ?", id).Scan(&packed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	rep := &engine.Report{}
	return rep, json.NewDecoder(io.LimitReader(z, maxReport)).Decode(rep)
}

// Delete removes a run. One that is not there is no error.
func (s *Store) Delete(id int64) error {
	_, err := s.db.Exec("DELETE FROM run WHERE id = ?", id)
	return err
}

const columns = "id, at, ticket, rule, title, level, confidence, diagnoses, inputs"

func scan(row interface{ Scan(...any) error }) (Run, error) {
	var r Run
	err := row.Scan(&r.ID, &r.At, &r.Ticket, &r.Rule, &r.Title, &r.Level, &r.Confidence, &r.Diagnoses, &r.Inputs)
	return r, err
}

// Find gives a run without its report.
func (s *Store) Find(id int64) (Run, error) {
	r, err := scan(s.db.QueryRow("SELECT "+columns+" FROM run WHERE id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		return r, ErrNone
	}
	return r, err
}

// Found is the answer to a search.
type Found struct {
	Runs []Run // the newest first
	All  int   // that were found, more than are given
}

// maxWords bounds the words of a search.
const maxWords = 12

// List finds the runs that have all words of a text: in the ticket's name, the
// diagnoses, the evidence or the names of the inputs, in any case. No words
// find all. At most n runs are given.
func (s *Store) List(text string, n int) (Found, error) {
	where, args := "1", []any{}
	words := strings.Fields(strings.ToLower(text))
	for _, w := range words[:min(len(words), maxWords)] {
		where += " AND instr(words, ?) > 0"
		args = append(args, w)
	}
	out := Found{Runs: []Run{}}
	if err := s.db.QueryRow("SELECT count(*) FROM run WHERE "+where, args...).Scan(&out.All); err != nil {
		return out, err
	}
	rows, err := s.db.Query("SELECT "+columns+" FROM run WHERE "+where+" ORDER BY id DESC LIMIT ?", append(args, n)...)
	if err != nil {
		return out, err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scan(rows)
		if err != nil {
			return out, err
		}
		out.Runs = append(out.Runs, r)
	}
	return out, rows.Err()
}

// wordsKept bounds what one run is found by, in bytes.
const wordsKept = 64 << 10

// wordsOf gives what a run is found by, the most telling first.
func wordsOf(rep *engine.Report) string {
	var b strings.Builder
	add := func(texts ...string) {
		for _, t := range texts {
			if t != "" && b.Len() < wordsKept {
				b.WriteString(t)
				b.WriteByte('\n')
			}
		}
	}
	add(rep.Ticket)
	for i := range rep.Diagnoses {
		add(rep.Diagnoses[i].Rule, rep.Diagnoses[i].Title)
	}
	for i := range rep.Inputs {
		add(rep.Inputs[i].Path)
		add(rep.Inputs[i].Hosts...)
	}
	for i := range rep.Diagnoses {
		for _, e := range rep.Diagnoses[i].Evidence {
			add(e.Excerpt)
		}
	}
	for i := range rep.Sessions {
		add(rep.Sessions[i].Protocol, rep.Sessions[i].Server, rep.Sessions[i].Outcome, rep.Sessions[i].Summary)
	}
	for _, u := range rep.Unexplained {
		add(u.Example)
	}
	text := strings.ToLower(b.String())
	return strings.ToValidUTF8(text[:min(len(text), wordsKept)], "")
}
