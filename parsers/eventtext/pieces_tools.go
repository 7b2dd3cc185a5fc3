package eventtext

import "strings"

// What the room of other tools needs beside that.

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
