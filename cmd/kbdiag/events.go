package main

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"kbdiag/cmd/internal/records"
	"kbdiag/engine"
	"kbdiag/parsers"
	"kbdiag/rules"
)

// recordFlags are what events and sessions share.
type recordFlags struct {
	inputs inputFlags
	format string
	forms  []string // that the command prints
	where  string
	output string
}

func (f *recordFlags) add(c *cobra.Command, forms ...string) {
	f.inputs.add(c)
	f.forms = forms
	c.Flags().StringVar(&f.format, "format", forms[0], f.formText())
	c.Flags().StringVar(&f.where, "where", "", "only records that satisfy this condition, written as in rules")
	c.Flags().StringVarP(&f.output, "output", "o", "", "write to this file")
}

// formText lists the forms: "text, jsonl or csv".
func (f *recordFlags) formText() string {
	last := len(f.forms) - 1
	return strings.Join(f.forms[:last], ", ") + " or " + f.forms[last]
}

func (a *app) events() *cobra.Command {
	var f recordFlags
	c := &cobra.Command{
		Use:   "events PATH...",
		Short: "Print the events of any exported log in one form",
		Example: `  kbdiag events application.csv
  kbdiag events --format jsonl --where 'id == 13003 && level == "error"' ticket/
  kbdiag events --format xml --carve -o system.xml System.evtx
  kbdiag events --format sqlite -o events.db ticket/
  cat dump.txt | kbdiag events --format csv -`,
		RunE: func(c *cobra.Command, paths []string) error {
			filter, err := eventFilter(f.where)
			if err != nil {
				return err
			}
			return a.printRecords(c, &f, paths, func(p *printer) parsers.Visitor {
				v := parsers.Visitor{Event: func(e *parsers.Event) {
					if filter == nil || filter.Event(e) {
						p.event(e)
					}
				}}
				if filter == nil && p.form == "xml" {
					v.Want = nothingElse // the XML has it all
				}
				return v
			})
		},
	}
	f.add(c, "text", "jsonl", "csv", "xml", "sqlite")
	c.Flags().BoolVar(&f.inputs.carve, "carve", false, "also old events out of the free space of .evtx and .evt files, marked as carved")
	return c
}

func nothingElse(*parsers.Event) bool { return false }

func (a *app) sessions() *cobra.Command {
	var f recordFlags
	c := &cobra.Command{
		Use:   "sessions PATH...",
		Short: "Print the captured sessions: commands, replies, where it failed",
		Example: `  kbdiag sessions telnet-110.txt
  kbdiag sessions --format jsonl --where 'protocol == "pop3" && failed_stage == "auth"' ticket/`,
		RunE: func(c *cobra.Command, paths []string) error {
			filter, err := sessionFilter(f.where)
			if err != nil {
				return err
			}
			return a.printRecords(c, &f, paths, func(p *printer) parsers.Visitor {
				return parsers.Visitor{Session: func(s *parsers.Session) {
					if filter == nil || filter.Session(s) {
						p.session(s)
					}
				}}
			})
		},
	}
	f.add(c, "text", "jsonl", "csv")
	return c
}

func eventFilter(where string) (*engine.Filter, error) {
	if where == "" {
		return nil, nil
	}
	cond, err := rules.ParseCondition(rules.OnEvent, where)
	if err != nil {
		return nil, usage("--where: %v", err)
	}
	return engine.NewFilter(rules.OnEvent, cond), nil
}

// sessionFilter takes a condition on sessions, or else one on exchanges.
func sessionFilter(where string) (*engine.Filter, error) {
	if where == "" {
		return nil, nil
	}
	cond, err := rules.ParseCondition(rules.OnSession, where)
	if err == nil {
		return engine.NewFilter(rules.OnSession, cond), nil
	}
	if cond, other := rules.ParseCondition(rules.OnExchange, where); other == nil {
		return engine.NewFilter(rules.OnExchange, cond), nil
	}
	return nil, usage("--where: %v", err)
}

// printer prints records one by one in the chosen format.
type printer struct {
	w     *bufio.Writer
	csv   *csv.Writer
	db    *records.SQLite // of the form sqlite
	form  string
	scrub func(string) string
	quiet bool // there is nothing to scrub
	buf   []byte
	err   error
}

func (p *printer) keep(err error) {
	if p.err == nil {
		p.err = err
	}
}

// needed gives scrub where it is not for nothing, nil otherwise.
func (p *printer) needed() func(string) string {
	if p.quiet {
		return nil
	}
	return p.scrub
}

func (p *printer) event(e *parsers.Event) {
	switch p.form {
	case "jsonl":
		p.buf = records.EventJSON(p.buf[:0], e, p.needed())
		_, err := p.w.Write(p.buf)
		p.keep(err)
	case "xml":
		p.buf = records.EventXML(p.buf[:0], e, p.needed())
		_, err := p.w.Write(p.buf)
		p.keep(err)
	case "sqlite":
		p.keep(p.db.Event(e, p.scrub))
	case "csv":
		p.keep(records.EventCSV(p.csv, e, p.scrub))
	default:
		p.keep(records.EventText(p.w, e, p.scrub))
	}
}

func (p *printer) session(s *parsers.Session) {
	switch p.form {
	case "jsonl":
		p.buf = records.SessionJSON(p.buf[:0], s, p.needed())
		_, err := p.w.Write(p.buf)
		p.keep(err)
	case "csv":
		p.keep(records.SessionCSV(p.csv, s, p.scrub))
	default:
		p.keep(records.SessionText(p.w, s, p.scrub))
	}
}

// begin prints what stands before all records.
func (p *printer) begin(sessions bool) {
	switch {
	case p.form == "csv" && sessions:
		p.keep(records.ExchangeCSVHeader(p.csv))
	case p.form == "csv":
		p.keep(records.EventCSVHeader(p.csv))
	case p.form == "xml":
		_, err := p.w.WriteString(records.EventXMLHeader)
		p.keep(err)
	}
}

// end prints what stands behind them.
func (p *printer) end() {
	if p.form == "xml" {
		_, err := p.w.WriteString(records.EventXMLFooter)
		p.keep(err)
	}
	p.csv.Flush()
	p.keep(p.csv.Error())
	p.keep(p.w.Flush())
}

// streamGC is the garbage collector's percentage while records are printed as
// they are read. What lives then is small and stays so, and all of it would be
// looked at again for every few megabytes that are read.
const streamGC = 400

// printRecords reads all inputs in the order of their paths and prints their
// records as they come.
func (a *app) printRecords(c *cobra.Command, f *recordFlags, paths []string, visitor func(*printer) parsers.Visitor) error {
	database := f.format == "sqlite"
	if !slices.Contains(f.forms, f.format) {
		return usage("--format %s: expected %s", f.format, f.formText())
	}
	if database && f.output == "" {
		return usage("--format sqlite: say with -o which file to write")
	}
	src, err := a.open(&f.inputs, paths)
	if err != nil {
		return err
	}
	src.rd.Unhashed = true
	zone, err := f.inputs.zone()
	if err != nil {
		return err
	}
	out, done, err := a.output(f.output)
	if err != nil {
		return err
	}
	defer done()
	defer debug.SetGCPercent(debug.SetGCPercent(streamGC))
	p := &printer{w: bufio.NewWriterSize(out, 256<<10), form: f.format}
	if database {
		if p.db, err = records.NewSQLite(f.output); err != nil {
			return failed(fmt.Errorf("%s: %w", f.output, err))
		}
	}
	files := src.rd.Files(paths)
	if err := src.learnSecrets(c.Context(), files); err != nil {
		return err
	}
	p.scrub, p.quiet = src.rd.Secrets.Scrubber(), src.rd.Secrets.Len() == 0
	p.csv = csv.NewWriter(p.w)
	p.begin(c.Name() == "sessions")
	visit := visitor(p)
	if zone != nil && visit.Event != nil {
		inner := visit.Event
		visit.Event = func(e *parsers.Event) { engine.PlaceInZone(e, zone); inner(e) }
	}
	var accounts []*parsers.Account
	stop := a.watch(src, paths, true, out)
	defer stop()
	for _, file := range files {
		if c.Context().Err() != nil || p.err != nil {
			break
		}
		accounts = append(accounts, src.rd.Read(file, visit)...)
	}
	stop()
	p.end()
	if p.db != nil {
		p.keep(p.db.Close())
	}
	if p.err != nil {
		return failed(fmt.Errorf("writing the output: %w", p.err))
	}
	return a.readStatus(accounts)
}

// output opens the file to write to, or standard output.
func (a *app) output(path string) (io.Writer, func(), error) {
	if path == "" {
		return a.stdout, func() {}, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, nil, failed(err)
	}
	return f, func() { f.Close() }, nil
}
