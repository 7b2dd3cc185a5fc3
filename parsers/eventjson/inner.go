package eventjson

import (
	"strings"

	"kbdiag/parsers"
)

// inside looks for an event in the strings of an object that is none itself:
// shippers and collectors wrap the record of another program whole into
// "message", "_raw", "event.original" and the like, as JSON, XML, or the text
// of Splunk and OSSEC. Fields that the record lacks come from around it.
func (r *reader) inside(d *doc, at int32, e *parsers.Event) bool {
	if r.depth >= maxInner {
		return false
	}
	for _, f := range [...]field{fXML, fInner, fMessage} {
		if !r.res.found(f) {
			continue
		}
		text := strings.TrimSpace(r.value(f))
		if len(text) < 20 {
			continue
		}
		if r.insideText(text, e) {
			r.around(e, f)
			return true
		}
	}
	return false
}

func (r *reader) insideText(text string, e *parsers.Event) bool {
	switch {
	case text[0] == '<':
		return strings.HasPrefix(text, "<Event") && r.readXML(text, e)
	case text[0] == '{':
		return r.insideJSON(text, e)
	case strings.Contains(text, "EventCode=") && strings.Contains(text, "LogName="):
		return r.splunkText(text, e)
	case strings.Contains(text, "WinEvtLog: "):
		return r.ossecText(text, e)
	}
	return false
}

func (r *reader) insideJSON(text string, e *parsers.Event) bool {
	if len(text) > maxObject {
		return false
	}
	if r.inner == nil {
		r.inner = &reader{opts: r.opts, depth: r.depth + 1}
	}
	if _, o := r.innerOf.scan(text, 0); o != whole && o != cutOff {
		return false
	}
	return r.inner.event(&r.innerOf, 0, e)
}

// around fills what the record inside a string lacks from what stands around
// it. It was found in field f.
func (r *reader) around(e *parsers.Event, f field) {
	if !e.Has(parsers.FieldHost) || e.Host == "" {
		r.setText(e, parsers.FieldHost, fHost)
	}
	if !e.Has(parsers.FieldTime) {
		r.setTime(e)
	}
	if f != fXML {
		return
	}
	r.setMessage(e)
	if b := r.res.best[fStrings]; b.node != 0 && !e.Has(parsers.FieldStrings) {
		r.stringList(r.res.doc, b.node)
		e.Strings = r.strings
		e.Known |= parsers.FieldStrings
	}
}

// valuesInText takes the values out of a string that holds EventData: XML,
// JSON, or the parameters of Azure's tables.
func (r *reader) valuesInText(text string, depth int) {
	text = strings.TrimSpace(text)
	switch {
	case text == "" || depth > maxInner:
	case strings.Contains(text, " ¦ "):
		r.hayabusaDetails(text)
	case strings.HasPrefix(text, "<Param"):
		text = strings.ReplaceAll(strings.ReplaceAll(text, "<Param", "<Data"), "</Param", "</Data")
		r.valuesInXML("<EventData>" + text + "</EventData>")
	case strings.HasPrefix(text, "<Data>") || strings.HasPrefix(text, "<Data "):
		r.valuesInXML("<EventData>" + text + "</EventData>")
	case text[0] == '<':
		r.valuesInXML(text)
	case text[0] == '{' || text[0] == '[':
		if len(text) > maxObject {
			return
		}
		var d doc
		if _, o := d.scan(text, 0); o != whole && len(d.nodes) < 2 {
			return
		}
		r.ordered = true
		r.values(&d, 0, depth+1)
	}
}

// hayabusaDetails takes "Proto: tcp ¦ SrcIP: 192.0.2.1".
func (r *reader) hayabusaDetails(text string) {
	for _, part := range strings.Split(text, " ¦ ") {
		if name, value, ok := strings.Cut(part, ": "); ok {
			r.addNamed(name, value, false)
		}
	}
}

func (r *reader) valuesInXML(text string) {
	var x parsers.Event
	r.xml.Read(text, &x)
	for _, s := range x.Strings {
		r.addString(s)
	}
	for _, v := range x.Data {
		r.addNamed(v.Name, v.Value, false)
	}
}

// splunkText reads the text of Splunk's WinEventLog: Name=value lines up to
// Message=, which runs to the end.
func (r *reader) splunkText(text string, e *parsers.Event) bool {
	var b strings.Builder
	b.Grow(len(text) + 64)
	b.WriteByte('{')
	for text != "" {
		line, rest, _ := strings.Cut(text, "\n")
		name, value, ok := strings.Cut(strings.TrimRight(line, "\r"), "=")
		if name == "Message" && ok {
			_, value, _ = strings.Cut(text, "=")
			rest = ""
		}
		if ok && name != "" && !strings.ContainsAny(name, " \t\"\\") {
			writeMember(&b, name, value)
		}
		text = rest
	}
	b.WriteByte('}')
	return r.insideJSON(b.String(), e)
}

// ossecText reads "2015 Jan 26 10:32:29 WinEvtLog: Security:
// AUDIT_SUCCESS(4624): source: user: domain: computer: text".
func (r *reader) ossecText(text string, e *parsers.Event) bool {
	_, rest, _ := strings.Cut(text, "WinEvtLog: ")
	parts := strings.SplitN(rest, ": ", 7)
	if len(parts) < 6 {
		return false
	}
	word, id, ok := strings.Cut(strings.TrimSuffix(parts[1], ")"), "(")
	if !ok {
		return false
	}
	var b strings.Builder
	b.WriteByte('{')
	for i, name := range []string{"Channel", "EventType", "SourceName", "AccountName", "Domain", "Computer", "Message"} {
		if i >= len(parts) {
			break
		}
		v := parts[i]
		if i == 1 {
			v = word
		}
		if v == "(no user)" || v == "no domain" || v == "no_user" {
			continue
		}
		writeMember(&b, name, v)
	}
	writeMember(&b, "EventID", id)
	b.WriteByte('}')
	return r.insideJSON(b.String(), e)
}

// writeMember writes a member of an object, with a comma behind it.
func writeMember(b *strings.Builder, name, value string) {
	b.WriteByte('"')
	b.WriteString(name)
	b.WriteString(`":"`)
	writeEscaped(b, value)
	b.WriteString(`",`)
}

// writeEscaped writes the text of a JSON string.
func writeEscaped(b *strings.Builder, s string) {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '\n':
			b.WriteString(`\n`)
		default:
			b.WriteByte(c)
		}
	}
}
