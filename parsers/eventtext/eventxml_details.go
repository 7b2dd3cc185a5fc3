package eventtext

import (
	"strings"

	"kbdiag/parsers"
)

// emitXML gives the events whose XML stands in the rows of r. One line may
// hold several.
func (m *recordMaker) emitXML(r *record) {
	from, to := m.span(r)
	text := m.joinXML(r)
	some := false
	for text != "" {
		at := eventStart(text)
		if at < 0 {
			break
		}
		text = text[at:]
		e := parsers.Event{Pos: m.w.Span(from, to)}
		n, complete := m.xml.read(text, &e)
		e.Truncated = !complete
		n = max(n, 1)
		part := text[:n]
		text = text[n:]
		if !e.Has(parsers.FieldID) || !complete && !strings.Contains(part, "</System>") {
			continue
		}
		some = true
		unwrapDescription(&e)
		m.out.Event(&e)
	}
	if some {
		m.w.Take(from, to)
	}
}

// The Friendly View prints the XML as an outline:
//
//	- System
//	  - Provider
//	   [ Name]  Service Control Manager
//	   EventID 7045
//	- EventData
//	   param1 value
//
// Copies often begin at the Provider.

// friendlyEnd gives the row after a Friendly View that begins on row j, 0 if
// none begins there.
func (s *scan) friendlyEnd(j int) int {
	node := friendlyNode(s.rows[j].text)
	if node != "System" && node != "Provider" {
		return 0
	}
	named, end := false, j+1
	for k := j + 1; k < len(s.rows) && k < j+maxFriendly; k++ {
		t := s.rows[k].text
		if t == "" {
			continue
		}
		if !named && k > j+4 {
			return 0
		}
		name, _ := friendlyAttr(t)
		named = named || name == "Name"
		if s.rows[k].indent <= s.rows[j].indent && friendlyNode(t) == "" && name == "" {
			break
		}
		end = k + 1
	}
	if !named {
		return 0
	}
	return end
}

// maxFriendly bounds a Friendly View, in rows.
const maxFriendly = 400

// friendlyNode gives the name of an open or closed node, "" if the row is
// none.
func friendlyNode(t string) string {
	if len(t) < 3 || t[0] != '-' && t[0] != '+' || t[1] != ' ' {
		return ""
	}
	name, _, _ := strings.Cut(strings.TrimLeft(t[2:], " "), " ")
	return name
}

// friendlyAttr reads "[ Name]  value".
func friendlyAttr(t string) (name, value string) {
	if t[0] != '[' {
		return "", ""
	}
	end := strings.IndexByte(t, ']')
	if end < 0 {
		return "", ""
	}
	return strings.TrimSpace(t[1:end]), trimBlanks(t[end+1:])
}

// emitFriendly gives the event of a Friendly View.
func (m *recordMaker) emitFriendly(r *record) {
	from, to := m.span(r)
	e := parsers.Event{Pos: m.w.Span(from, to)}
	f := friendly{e: &e}
	for j := r.first; j < r.rowsTo; j++ {
		if t := m.s.rows[j].text; t != "" {
			f.row(t)
		}
	}
	if !e.Has(parsers.FieldID) {
		return
	}
	if f.hasLevel {
		e.SetLevel(xmlLevel(f.level, f.keywords))
	}
	m.w.Take(from, to)
	m.out.Event(&e)
}

// friendly reads the rows of a Friendly View.
type friendly struct {
	e        *parsers.Event
	node     string
	level    int
	hasLevel bool
	keywords uint64
}

func (f *friendly) row(t string) {
	if name, value := friendlyAttr(t); name != "" {
		f.attr(name, value)
		return
	}
	if t[0] == '-' || t[0] == '+' {
		f.node = friendlyNode(t)
		t = strings.TrimLeft(t[1:], " ")
	}
	name, value, _ := strings.Cut(t, " ")
	value = trimBlanks(value)
	e := f.e
	switch name {
	case "EventID":
		f.node = name
		if id, ok := idNumber(value); ok {
			e.SetID(id)
		}
	case "Level":
		if v, ok := idNumber(value); ok && v < 1<<8 {
			f.level, f.hasLevel = int(v), true
		}
	case "Keywords":
		f.keywords = hexNumber(value)
	case "EventRecordID":
		if n, ok := recordNumber(value); ok {
			e.Pos.Record = n
			e.Known |= parsers.FieldRecord
		}
	case "Channel":
		e.Set(parsers.FieldLog, value)
	case "Computer":
		e.Set(parsers.FieldHost, value)
	default:
		f.value(name, value)
	}
}

func (f *friendly) attr(name, value string) {
	e := f.e
	switch name {
	case "Name":
		if f.node == "Provider" {
			e.Set(parsers.FieldProvider, value)
		}
	case "SystemTime":
		if t, ok := xmlTime(value); ok {
			e.SetTime(t, parsers.ZoneUTC)
		}
	case "UserID":
		e.Set(parsers.FieldUser, value)
	case "Qualifiers":
		if q, ok := idNumber(value); ok && q < 1<<16 {
			e.Qualifiers = uint16(q)
			e.Known |= parsers.FieldQualifiers
		}
	}
}

// value takes one value of EventData.
func (f *friendly) value(name, value string) {
	if f.node != "EventData" && f.node != "UserData" || name == f.node {
		return
	}
	f.notBinary()
	switch {
	case value == "" && isHexBytes(name): // the binary data stands last, without a name
		f.e.Data = append(f.e.Data, parsers.Named{Name: "Binary", Value: name})
		f.e.Known |= parsers.FieldData
		return
	case !isIdentifier(name): // a value without a name
		f.e.Strings = append(f.e.Strings, trimBlanks(name+" "+value))
		f.e.Known |= parsers.FieldStrings
		return
	}
	f.e.Strings = append(f.e.Strings, value)
	f.e.Data = append(f.e.Data, parsers.Named{Name: name, Value: value})
	f.e.Known |= parsers.FieldStrings | parsers.FieldData
}

// notBinary takes back what was held for the binary data: a value follows it.
func (f *friendly) notBinary() {
	e := f.e
	n := len(e.Data) - 1
	if n < 0 || e.Data[n].Name != "Binary" {
		return
	}
	e.Strings = append(e.Strings, e.Data[n].Value)
	e.Known |= parsers.FieldStrings
	if e.Data = e.Data[:n]; n == 0 {
		e.Data = nil
		e.Known &^= parsers.FieldData
	}
}

// isIdentifier reports whether a word can be the name of a value: names in the
// templates of events are identifiers.
func isIdentifier(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; !isLetter(c) && c != '_' && c != '.' && c != '-' && (i == 0 || !isDigit(c)) {
			return false
		}
	}
	return s != ""
}

// isHexBytes tells bytes printed as hexadecimal digits.
func isHexBytes(s string) bool {
	if len(s) < 4 || len(s)%2 != 0 {
		return false
	}
	digits := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case isDigit(c):
			digits++
		case c < 'A' || c > 'F':
			return false
		}
	}
	return digits > 0
}
