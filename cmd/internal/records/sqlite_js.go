package records

import (
	"errors"

	"kbdiag/parsers"
)

// SQLite stands for the database where there is none: the driver does not run
// in a browser.
type SQLite struct{}

// NewSQLite says that there is no database.
func NewSQLite(string) (*SQLite, error) {
	return nil, errors.New("no SQLite in a browser: choose another format")
}

// Event is never called.
func (*SQLite) Event(*parsers.Event, func(string) string) error { return nil }

// Close is never called.
func (*SQLite) Close() error { return nil }
