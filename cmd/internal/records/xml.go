package records

import (
	"bytes"

	"kbdiag/parsers"
)

// EventXMLHeader and EventXMLFooter stand around the events of the XML form, as
// Event Viewer writes them.
const (
	EventXMLHeader = "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<Events>\n"
	EventXMLFooter = "</Events>\n"
)

// EventXML appends an event as XML on one line of its own, but for the line
// ends that its values hold: what its log has of it, or else what is known of
// it. scrub is nil where there is nothing to take out.
func EventXML(buf []byte, e *parsers.Event, scrub func(string) string) []byte {
	from := len(buf)
	var damage error
	if e.XML != nil {
		buf, damage = e.XML.AppendXML(buf)
	}
	if len(buf) == from {
		buf = parsers.AppendEventXML(buf, e, "")
	}
	if scrub != nil {
		buf = scrubXML(buf, from, scrub)
	}
	if e.Carved {
		buf = append(buf, "<!-- carved: an old event out of the free space of the log -->"...)
	}
	if damage != nil {
		buf = append(buf, "<!-- damaged: "+damage.Error()+" -->"...)
	}
	return append(buf, '\n')
}

// scrubXML scrubs the texts and the values of attributes in buf[from:]. The
// markup stays, whatever word is secret.
func scrubXML(buf []byte, from int, scrub func(string) string) []byte {
	whole := string(buf[from:])
	if scrub(whole) == whole {
		return buf
	}
	in := bytes.Clone(buf[from:])
	buf = buf[:from]
	for len(in) > 0 {
		lt := bytes.IndexByte(in, '<')
		if lt < 0 {
			lt = len(in)
		}
		buf = append(buf, scrub(string(in[:lt]))...)
		in = in[lt:]
		n := markupLen(in)
		buf = scrubTag(buf, in[:n], scrub)
		in = in[n:]
	}
	return buf
}

// markupLen gives the length of the tag or section that b begins with, without
// the text of a CDATA section.
func markupLen(b []byte) int {
	if bytes.HasPrefix(b, []byte("<![CDATA[")) {
		return len("<![CDATA[")
	}
	if gt := bytes.IndexByte(b, '>'); gt >= 0 {
		return gt + 1
	}
	return len(b)
}

// scrubTag scrubs what stands in quotes.
func scrubTag(buf, tag []byte, scrub func(string) string) []byte {
	for i, piece := range bytes.Split(tag, []byte{'"'}) {
		if i > 0 {
			buf = append(buf, '"')
		}
		if i%2 == 1 {
			piece = []byte(scrub(string(piece)))
		}
		buf = append(buf, piece...)
	}
	return buf
}
