package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kbdiag/parsers"
	"kbdiag/parsers/formats"
)

// inputFlags say how inputs are to be understood.
type inputFlags struct {
	tz        string
	dateOrder string
	carve     bool // a flag of events and inspect
}

func (f *inputFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.tz, "tz", "", "zone of times that do not state one, such as Europe/Berlin or +02:00")
	c.Flags().StringVar(&f.dateOrder, "date-order", "", "order of dates that do not tell: dmy or mdy")
}

func (f *inputFlags) zone() (*time.Location, error) {
	if f.tz == "" {
		return nil, nil
	}
	if t, err := time.Parse("-07:00", f.tz); err == nil {
		_, offset := t.Zone()
		return time.FixedZone(f.tz, offset), nil
	}
	loc, err := time.LoadLocation(f.tz)
	if err != nil {
		return nil, usage("--tz %s: no such zone: give a name such as Europe/Berlin, UTC, or an offset such as +02:00", f.tz)
	}
	return loc, nil
}

// maxHeldStdin is how much of standard input is held in memory, so that it can
// be read twice.
const maxHeldStdin = 32 << 20

// source opens the inputs of one command.
type source struct {
	rd    *parsers.Reader
	stdin [][]byte // what of standard input is held, in pieces
}

// open makes a reader of the given paths.
func (a *app) open(f *inputFlags, paths []string) (*source, error) {
	if len(paths) == 0 {
		return nil, usage("no input: give a file, a folder, or - for standard input")
	}
	opts := parsers.Options{Carve: f.carve}
	switch f.dateOrder {
	case "":
	case "dmy":
		opts.DayFirst = parsers.Yes
	case "mdy":
		opts.DayFirst = parsers.No
	default:
		return nil, usage("--date-order %s: expected dmy or mdy", f.dateOrder)
	}
	return &source{rd: &parsers.Reader{Forms: formats.All(), Opts: opts, Secrets: &parsers.Secrets{}, Stdin: a.stdin}}, nil
}

// hold reads standard input into memory, and reports whether all of it is
// there. The reader goes on with it from its first byte either way.
func (s *source) hold() (whole bool, err error) {
	rest := s.rd.Stdin
	for range maxHeldStdin >> 20 {
		piece := make([]byte, 1<<20)
		n, err := io.ReadFull(rest, piece)
		s.stdin = append(s.stdin, piece[:n])
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			s.rewind(nil)
			return true, nil
		}
		if err != nil {
			return false, failed(fmt.Errorf("standard input: %w", err))
		}
	}
	s.rewind(rest)
	s.stdin = nil // freed as it is read
	return false, nil
}

// rewind makes the reader read what is held, and then the rest.
func (s *source) rewind(rest io.Reader) {
	var pieces []io.Reader
	for _, p := range s.stdin {
		pieces = append(pieces, bytes.NewReader(p))
	}
	if rest != nil {
		pieces = append(pieces, rest)
	}
	s.rd.Stdin = io.MultiReader(pieces...)
}

// firstPass bounds the inputs that are read for their secrets alone before
// anything is printed.
const firstPass = 64 << 20

// learnSecrets reads the inputs once without printing, so that a secret that
// only a later input shows is taken out of the earlier ones too. Inputs beyond
// firstPass are left out: they are logs, not transcripts.
func (s *source) learnSecrets(ctx context.Context, files []string) error {
	for _, f := range files {
		if ctx.Err() != nil {
			return nil
		}
		if f == parsers.StdinName {
			whole, err := s.hold()
			if err != nil {
				return err
			}
			if whole {
				s.rd.Learn(f)
				s.rewind(nil)
			}
			continue
		}
		if info, err := os.Stat(f); err == nil && info.Size() <= firstPass {
			s.rd.Learn(f)
		}
	}
	return nil
}

// readStatus tells how reading went: nil if all was read.
func (a *app) readStatus(accounts []*parsers.Account) error {
	records, lost := 0, 0
	for _, acct := range accounts {
		records += acct.Records() + acct.Carved
		if acct.Err != nil {
			fmt.Fprintln(a.stderr, "kbdiag:", acct.Err)
		}
		for _, s := range acct.Lost() {
			fmt.Fprintf(a.stderr, "kbdiag: %s: %d skipped: %s\n", placeOf(s.Pos), s.Count, s.Reason)
		}
		if !acct.Complete() {
			lost++
		}
	}
	switch {
	case len(accounts) == 0:
		return failed(fmt.Errorf("no files in the folders given"))
	case records == 0 && lost > 0:
		return failed(fmt.Errorf("nothing could be read"))
	case lost > 0:
		return &exitError{status: exitPartial}
	}
	return nil
}

func placeOf(p parsers.Pos) string {
	if p.Line > 0 {
		return fmt.Sprintf("%s:%d", p.Path, p.Line)
	}
	return fmt.Sprintf("%s: offset %d", p.Path, p.Offset)
}

// timeFlag reads a time that the user states: with or without a zone, to the
// day or to the second.
func timeFlag(name, value string) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.Parse(layout, strings.TrimSpace(value)); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usage("--%s %s: expected a time such as 2001-05-10T17:49 or 2001-05-10", name, value)
}
