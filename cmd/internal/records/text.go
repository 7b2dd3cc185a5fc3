package records

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"kbdiag/engine"
	"kbdiag/parsers"
)

// EventText writes an event on two lines, for people.
func EventText(w io.Writer, e *parsers.Event, scrub func(string) string) error {
	var head []string
	if t := engine.FormatTime(e.Time, e.Zone); t != "" {
		head = append(head, strings.Replace(t, "T", " ", 1))
	}
	level := e.Level.String()
	if level == "" {
		level = "-"
	}
	id := "-"
	if e.Has(parsers.FieldID) {
		id = strconv.Itoa(int(e.ID))
	}
	head = append(head, level, or(e.Provider, "(no source)"), id)
	for _, s := range []string{e.Host, e.Log} {
		if s != "" {
			head = append(head, s)
		}
	}
	if e.Carved {
		head = append(head, "(carved)")
	}
	text := e.Message
	if text == "" {
		text = strings.Join(e.Strings, ", ")
	}
	_, err := fmt.Fprintf(w, "%s  [%s]\n    %s\n", strings.Join(head, "  "), place(e.Pos), oneLine(scrub(text), 200))
	return err
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func place(p parsers.Pos) string {
	switch {
	case p.Line > 0:
		return p.Path + ":" + strconv.Itoa(p.Line)
	case p.Record > 0:
		return p.Path + " record " + strconv.FormatUint(p.Record, 10)
	}
	return p.Path + " offset " + strconv.FormatInt(p.Offset, 10)
}

// oneLine puts a text on one line of at most n characters.
func oneLine(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		return string(r[:n-3]) + "..."
	}
	return s
}

// SessionText writes a session for people: a summary, then each exchange.
func SessionText(w io.Writer, s *parsers.Session, scrub func(string) string) error {
	var b strings.Builder
	summary := s.Summary
	if summary == "" {
		summary = strings.ToUpper(s.Protocol) + " session: " + string(s.Outcome)
	}
	fmt.Fprintf(&b, "%s  [%s]\n", summary, place(s.Pos))
	if s.Greeting != "" {
		fmt.Fprintf(&b, "    < %s\n", oneLine(s.Greeting, 160))
	}
	for i := range s.Exchanges {
		x := &s.Exchanges[i]
		command := strings.TrimSpace(x.Verb + " " + x.Args)
		if x.Inferred && !strings.HasPrefix(command, "(") {
			command = "(" + command + ")"
		}
		reply := oneLine(x.Reply.Text, 160)
		if x.Reply.Line == 0 && reply == "" && x.Reply.Status == "" {
			reply = "(not shown)"
		}
		fmt.Fprintf(&b, "    > %s\n    < %s\n", oneLine(command, 160), reply)
	}
	for _, c := range s.Unanswered {
		fmt.Fprintf(&b, "    > %s\n    (no reply)\n", oneLine(strings.TrimSpace(c.Verb+" "+c.Args), 160))
	}
	_, err := io.WriteString(w, scrub(b.String()))
	return err
}

// eventColumns is the header of the CSV form of events.
var eventColumns = []string{"time", "zone", "log", "provider", "id", "qualifiers", "level", "category", "user", "host", "message", "strings", "codes", "record", "path", "line", "offset", "length", "carved"}

// EventCSVHeader writes the header row of events.
func EventCSVHeader(w *csv.Writer) error { return w.Write(eventColumns) }

// EventCSV writes an event as a row. Unknown fields are empty.
func EventCSV(w *csv.Writer, e *parsers.Event, scrub func(string) string) error {
	known := func(f parsers.Field, s string) string {
		if e.Has(f) {
			return s
		}
		return ""
	}
	return w.Write([]string{
		engine.FormatTime(e.Time, e.Zone), e.Zone.String(), e.Log, e.Provider,
		known(parsers.FieldID, strconv.Itoa(int(e.ID))), known(parsers.FieldQualifiers, strconv.Itoa(int(e.Qualifiers))),
		e.Level.String(), e.Category, e.User, e.Host, scrub(e.Message), scrub(strings.Join(e.Strings, "|")),
		strings.Join(engine.CodesOf(e), "|"), known(parsers.FieldRecord, strconv.FormatUint(e.Pos.Record, 10)),
		e.Pos.Path, strconv.Itoa(e.Pos.Line), strconv.FormatInt(e.Pos.Offset, 10), strconv.FormatInt(e.Pos.Length, 10),
		strconv.FormatBool(e.Carved),
	})
}

var exchangeColumns = []string{"path", "line", "protocol", "server", "port", "outcome", "failed_stage", "command", "args", "status", "code", "enhanced", "text", "ok", "inferred"}

// ExchangeCSVHeader writes the header row of sessions.
func ExchangeCSVHeader(w *csv.Writer) error { return w.Write(exchangeColumns) }

// SessionCSV writes a session as a row for each exchange, or one row without
// an exchange.
func SessionCSV(w *csv.Writer, s *parsers.Session, scrub func(string) string) error {
	head := func(line int) []string {
		return []string{s.Pos.Path, strconv.Itoa(line), s.Protocol, s.Server, strconv.Itoa(s.Port), string(s.Outcome), string(s.FailedStage)}
	}
	if len(s.Exchanges) == 0 {
		return w.Write(append(head(s.Pos.Line), "", "", "", "", "", "", "", ""))
	}
	for i := range s.Exchanges {
		x := &s.Exchanges[i]
		line := x.Line
		if line == 0 {
			line = x.Reply.Line
		}
		row := append(head(line), x.Verb, scrub(x.Args), x.Reply.Status, strconv.Itoa(x.Reply.Code), x.Reply.Enhanced,
			scrub(x.Reply.Text), strconv.FormatBool(x.Reply.OK), strconv.FormatBool(x.Inferred))
		if err := w.Write(row); err != nil {
			return err
		}
	}
	return nil
}
