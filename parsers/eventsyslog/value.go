package eventsyslog

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// Text reads a shipped event that is whole in one value of another form: a
// member of JSON, a cell of a table. The zero value cannot be used; see NewText.
type Text struct{ dates *eventtext.Dates }

// NewText makes a reader of values.
func NewText(opts parsers.Options) *Text { return &Text{datesOf(opts)} }

// Read reads the event of a value into e, and reports whether there is one: the
// text of Splunk (a line of the time, then Name=value, the message last), or a
// line of OSSEC. The position stays the caller's.
func (t *Text) Read(value string, e *parsers.Event) bool {
	switch {
	case strings.Contains(value, "EventCode="):
		return t.splunk(value, e)
	case strings.Contains(value, ossecMark):
		line, _, _ := strings.Cut(value, "\n")
		if !readOSSEC(line, e) {
			return false
		}
		if rest := value[len(line):]; rest != "" && e.Has(parsers.FieldMessage) {
			e.Message += strings.TrimRight(strings.ReplaceAll(rest, "\r", ""), " \t\n")
		}
		return true
	}
	return false
}

func (t *Text) splunk(value string, e *parsers.Event) bool {
	f := find{dates: t.dates}
	var p pairs
	var at moment
	line, rest, more := strings.Cut(value, "\n")
	if m, _, ok := f.splunkTime(line); ok && more {
		at, value = m, rest
	}
	if strings.Contains(value, "\n") {
		splitFields(value, &p)
	} else {
		first := firstName(value)
		if first < 0 {
			return false
		}
		at, _ = f.timeBefore(value, first)
		scanPairs(value[first:], splunkNames, "Message", p.set)
		p.message = plainText(p.message)
	}
	if at.known() {
		p.time = at
	}
	return p.has("logname", "logfile", "sourcename") && p.fill(e)
}
