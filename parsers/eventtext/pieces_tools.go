package eventtext

import (
	"strings"

	"kbdiag/parsers"
)

// What the room of other tools needs beside that.

// EventTypeLevel gives the level of an event type 1, 2, 4, 8 or 16
// [MS-EVEN 2.2.2].
func EventTypeLevel(n uint32) parsers.Level {
	l, _ := dumpelLevel(n)
	return l
}

// XMLLevel gives the level of a Level 0 to 5 of an event's XML.
func XMLLevel(n int) parsers.Level { return xmlLevel(n, 0) }

// TrimBlanks takes blanks, no-break spaces and direction marks off both ends.
func TrimBlanks(s string) string { return trimBlanks(s) }

// ParseID reads an event id: decimal up to 32 bits, or hexadecimal after 0x.
func ParseID(s string) (uint32, bool) { return idNumber(s) }

// IsHexRow reports whether a trimmed row is one of a dump of binary data.
func IsHexRow(t string) bool { return isHexRow(t) }

// Dump gathers the rows of a dump into words of 32 bits.
type Dump struct{ bytes dumpBytes }

// Row adds the words of one row to b, each with a blank before it.
func (d *Dump) Row(b []byte, t string) []byte {
	return d.bytes.row(b, t[strings.IndexByte(t, ':')+1:])
}

// Flush adds the bytes that are left to b.
func (d *Dump) Flush(b []byte) []byte { return d.bytes.flush(b) }

// IsOtherText reports whether a paragraph that begins with the trimmed row t
// is clearly no part of a message: mail, markup, a session.
func IsOtherText(t string) bool { return t != "" && isOtherText(t) }
