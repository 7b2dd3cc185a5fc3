package eventtext

import (
	"time"

	"kbdiag/parsers"
)

// What the rooms of records in JSON and tables need beside the pieces: numbers
// as Windows writes them, and the XML of events inside a field.

// LevelOfNumber turns a Level of the event schema (0 to 5) and the keywords
// into a level.
func LevelOfNumber(level int, keywords uint64) parsers.Level { return xmlLevel(level, keywords) }

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
