package eventtext

import (
	"time"

	"kbdiag/parsers"
)

// What other rooms use of this one: they meet the same words, values and
// pieces of XML inside other forms.

// LevelOf gives the level that a word stands for, in any language and any
// case; LevelUnknown if it is none.
func LevelOf(word string) parsers.Level { return levelOf(word) }

// AuditOf gives the audit verdict in a list of keywords, LevelUnknown if there
// is none.
func AuditOf(keywords string) parsers.Level { return auditOf(keywords) }

// LevelOfNumber turns a Level of the event schema (0 to 5) and the keywords
// into a level.
func LevelOfNumber(level int, keywords uint64) parsers.Level { return xmlLevel(level, keywords) }

// Present gives value without blanks at its ends, or "" if it is a placeholder
// for nothing, in any language.
func Present(value string) string { return present(value) }

// UnwrapDescription recognises the wrapper that stands in place of a message
// that could not be found, and takes it apart. It reports whether the message
// was lost.
func UnwrapDescription(e *parsers.Event) bool { return unwrapDescription(e) }

// IDNumber reads an event id: decimal up to 32 bits, or hexadecimal after 0x.
func IDNumber(s string) (uint32, bool) { return idNumber(s) }

// BitsNumber reads a 64-bit set: 0x and hexadecimal digits, or a decimal
// number, which may be signed; 0 if it is none.
func BitsNumber(s string) uint64 { return hexNumber(s) }

// LocalTime reads a date and time as Windows prints them, in the order of day
// and month that opts state or that the date itself tells.
func LocalTime(s string, opts parsers.Options) (time.Time, bool) {
	st, n := scanStamp(s)
	if n == 0 || !st.clock.set {
		return time.Time{}, false
	}
	return newDateOrder(opts).time(st)
}

// XMLReader reads the XML of events. An event's strings and data are valid
// until the next one is read.
type XMLReader struct{ x xmlReader }

// Read reads one <Event>, or parts of one such as an <EventData> alone, from
// the beginning of text. It gives the length read and whether the event was
// complete.
func (r *XMLReader) Read(text string, e *parsers.Event) (n int, complete bool) {
	return r.x.read(text, e)
}
