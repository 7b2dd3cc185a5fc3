// Package parsers turns the inputs of a ticket into records.
//
// It holds the record model (Event, Session, Line), the opening and detection
// of inputs, and the account of what was read. The rooms below it each read
// one family of inputs; package formats lists them. Nothing here knows of
// rules.
package parsers

import (
	"strings"
	"time"
)

// Pos says where a record stands in its input, so that its bytes can be found
// again.
type Pos struct {
	Path   string // path of the input as given; slashes; members of archives after "!"
	Line   int    // first line of the record, 1-based; 0 where the form has no lines
	Record uint64 // the log's own record number; 0 where the form carries none
	Offset int64  // of the record's first byte in the input, 0-based
	Length int64  // in bytes of the input
}

// Zone says what is known of the zone of a record's time.
type Zone uint8

const (
	ZoneUnknown Zone = iota // no time at all
	ZoneLocal               // wall clock of the machine that exported, zone not stated
	ZoneUTC                 // stated to be UTC
	ZoneOffset              // stated as an offset, which the time carries
)

// String gives the zone's name in reports: "local", "utc", "offset" or "".
func (z Zone) String() string {
	switch z {
	case ZoneLocal:
		return "local"
	case ZoneUTC:
		return "utc"
	case ZoneOffset:
		return "offset"
	}
	return ""
}

// Level is an event's severity, one scale for EventType (1, 2, 4, 8, 16) and
// Level (1 to 5) and for every language.
type Level uint8

const (
	LevelUnknown Level = iota
	LevelCritical
	LevelError
	LevelWarning
	LevelInformation
	LevelVerbose
	LevelAuditSuccess
	LevelAuditFailure
)

// levelNames are the names of the levels in rules and reports, by Level.
var levelNames = [...]string{"", "critical", "error", "warning", "information", "verbose", "audit success", "audit failure"}

// String gives the level's name in rules and reports, "" if unknown.
func (l Level) String() string {
	if int(l) < len(levelNames) {
		return levelNames[l]
	}
	return ""
}

// LevelNames lists the names a rule may compare level with.
func LevelNames() []string { return append([]string(nil), levelNames[1:]...) }

// Field is a set of event fields.
type Field uint32

// The fields of an Event that a form may or may not carry.
const (
	FieldTime Field = 1 << iota
	FieldLog
	FieldProvider
	FieldID
	FieldQualifiers
	FieldLevel
	FieldCategory
	FieldUser
	FieldHost
	FieldMessage
	FieldStrings
	FieldData
	FieldRecord
)

// Event is one event-log record.
//
// An event handed to a visitor is only valid during the call, and its strings
// may share memory with a large block: clone what is kept.
type Event struct {
	Pos   Pos
	Known Field // the fields that the form carries; the others are unknown, not empty

	Time       time.Time // wall clock in time.UTC where Zone is ZoneLocal
	Zone       Zone
	Log        string // log or channel
	Provider   string // source
	ID         uint16 // the event code; the upper half of a 32-bit id is in Qualifiers
	Qualifiers uint16
	Level      Level
	Category   string
	User       string
	Host       string
	Message    string   // rendered text
	Strings    []string // insertion strings, in order
	Data       []Named  // named values, in order

	// System has what the form says of the event beside the fields above, by the
	// names of the event XML: "Opcode", "Execution.ProcessID". Nothing is matched
	// on it. A form that carries none of it leaves it nil.
	System []Named `json:",omitempty"`

	// XML gives the event as the XML that its log has, with all that the record
	// holds; nil where the form has none. Like the event it is only valid during
	// the call.
	XML XMLAppender `json:"-"`

	Carved    bool `json:",omitempty"` // an old event out of the free space of the log, which no longer counts it as its own
	Truncated bool // the form cut the message: a text that is not found proves nothing
	Quoted    bool // quoted in prose (an article, a mail), so it may be an example
}

// XMLAppender writes an event as XML: one element, without declaration and
// without white space that the record does not hold. On an error it appends
// what could be read, which may be cut anywhere.
type XMLAppender interface {
	AppendXML(dst []byte) ([]byte, error)
}

// Named is one named value of an event.
type Named struct{ Name, Value string }

// Has reports whether the form carries every field of f.
func (e *Event) Has(f Field) bool { return e.Known&f == f }

// SetTime sets the time and what is known of its zone.
func (e *Event) SetTime(t time.Time, z Zone) {
	e.Time, e.Zone = t, z
	e.Known |= FieldTime
}

// SetID splits a 32-bit event identifier into code and qualifiers. An id that
// fits 16 bits says nothing of the qualifiers.
func (e *Event) SetID(id uint32) {
	e.ID = uint16(id)
	e.Known |= FieldID
	if id>>16 != 0 {
		e.Qualifiers = uint16(id >> 16)
		e.Known |= FieldQualifiers
	}
}

// Set stores a text field that the form carries. Placeholders for nothing
// ("N/A", "None", in any language) are the parser's to turn into "".
func (e *Event) Set(f Field, value string) {
	switch f {
	case FieldLog:
		e.Log = value
	case FieldProvider:
		e.Provider = value
	case FieldCategory:
		e.Category = value
	case FieldUser:
		e.User = value
	case FieldHost:
		e.Host = value
	case FieldMessage:
		e.Message = value
	default:
		return
	}
	e.Known |= f
}

// SetLevel stores the level; LevelUnknown leaves the field unknown.
func (e *Event) SetLevel(l Level) {
	if l != LevelUnknown {
		e.Level = l
		e.Known |= FieldLevel
	}
}

// DataValue gives the named value, without regard to case.
func (e *Event) DataValue(name string) (string, bool) {
	for _, d := range e.Data {
		if strings.EqualFold(d.Name, name) {
			return d.Value, true
		}
	}
	return "", false
}

// Line is a line of text that is neither an event nor part of a session: a
// line of another log, or of the prose of a ticket.
//
// An entry of a log that goes on over several lines is one Line with "\n"
// between them; so is a sentence of prose that is wrapped, with blanks.
type Line struct {
	Pos   Pos
	Time  time.Time // where the form has one
	Zone  Zone
	Text  string // secrets redacted
	Lines int    // lines of the input that it spans; 0 is 1
}
