//go:build !js

package records

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"os"
	"strings"

	"modernc.org/sqlite"

	"kbdiag/engine"
	"kbdiag/parsers"
)

// SQLite writes events into a database file: the table event, and the table
// data with the insertion strings (without a name) and the named values of
// each. Fields that a form does not carry are NULL. The same events give the
// same bytes.
type SQLite struct {
	db    *sql.DB
	tx    *sql.Tx
	event *sql.Stmt
	data  *sql.Stmt
	id    int64
}

const sqliteSchema = `
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE event (
  id INTEGER PRIMARY KEY, time TEXT, zone TEXT, log TEXT, provider TEXT, event_id INTEGER, qualifiers INTEGER,
  level TEXT, category TEXT, user TEXT, host TEXT, message TEXT, codes TEXT, record INTEGER,
  truncated INTEGER NOT NULL, quoted INTEGER NOT NULL, path TEXT NOT NULL, line INTEGER, offset INTEGER NOT NULL, length INTEGER NOT NULL
);
CREATE TABLE data (event INTEGER NOT NULL REFERENCES event (id), position INTEGER NOT NULL, name TEXT, value TEXT NOT NULL);
`

// The indexes are made when all rows are there, which is faster.
const sqliteIndexes = `
CREATE INDEX event_kind ON event (provider, event_id);
CREATE INDEX event_time ON event (time);
CREATE INDEX data_event ON data (event);
`

// sqliteFile opens one database file with the driver as it is.
type sqliteFile string

func (f sqliteFile) Connect(context.Context) (driver.Conn, error) {
	return (&sqlite.Driver{}).Open(string(f))
}

func (f sqliteFile) Driver() driver.Driver { return &sqlite.Driver{} }

// NewSQLite makes a new database. A file of that name is replaced.
func NewSQLite(path string) (*SQLite, error) {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	s := &SQLite{db: sql.OpenDB(sqliteFile(path))}
	s.db.SetMaxOpenConns(1)
	if err := s.prepare(); err != nil {
		s.db.Close()
		return nil, err
	}
	return s, nil
}

func (s *SQLite) prepare() (err error) {
	if _, err = s.db.Exec(sqliteSchema); err != nil {
		return err
	}
	if s.tx, err = s.db.Begin(); err != nil {
		return err
	}
	if s.event, err = s.tx.Prepare("INSERT INTO event VALUES (" + strings.Repeat("?, ", 19) + "?)"); err != nil {
		return err
	}
	s.data, err = s.tx.Prepare("INSERT INTO data VALUES (?, ?, ?, ?)")
	return err
}

// Event writes one event.
func (s *SQLite) Event(e *parsers.Event, scrub func(string) string) error {
	s.id++
	known := func(f parsers.Field, v any) any {
		if !e.Has(f) {
			return nil
		}
		if text, ok := v.(string); ok {
			return scrub(text)
		}
		return v
	}
	var codes, line any
	if list := engine.CodesOf(e); len(list) > 0 {
		codes = strings.Join(list, " ")
	}
	if e.Pos.Line > 0 {
		line = e.Pos.Line
	}
	_, err := s.event.Exec(s.id, known(parsers.FieldTime, engine.FormatTime(e.Time, e.Zone)), known(parsers.FieldTime, e.Zone.String()),
		known(parsers.FieldLog, e.Log), known(parsers.FieldProvider, e.Provider), known(parsers.FieldID, int64(e.ID)),
		known(parsers.FieldQualifiers, int64(e.Qualifiers)), known(parsers.FieldLevel, e.Level.String()), known(parsers.FieldCategory, e.Category),
		known(parsers.FieldUser, e.User), known(parsers.FieldHost, e.Host), known(parsers.FieldMessage, e.Message), codes,
		known(parsers.FieldRecord, int64(e.Pos.Record)), e.Truncated, e.Quoted, scrub(e.Pos.Path), line, e.Pos.Offset, e.Pos.Length)
	if err != nil {
		return err
	}
	for i, v := range e.Strings {
		if _, err := s.data.Exec(s.id, i+1, nil, scrub(v)); err != nil {
			return err
		}
	}
	for i, d := range e.Data {
		if _, err := s.data.Exec(s.id, len(e.Strings)+i+1, d.Name, scrub(d.Value)); err != nil {
			return err
		}
	}
	return nil
}

// Close finishes the database.
func (s *SQLite) Close() error {
	defer s.db.Close()
	if err := s.tx.Commit(); err != nil {
		return err
	}
	_, err := s.db.Exec(sqliteIndexes)
	return err
}
