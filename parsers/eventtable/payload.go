package eventtable

import (
	"html"
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventjson"
	"kbdiag/parsers/eventtext"
)

// maxValues bounds the values taken from one cell.
const maxValues = 4096

// setPayload takes named values and insertion strings from a cell: JSON as
// EvtxECmd, Velociraptor and Kibana write it, <EventData> or <DataItem> as
// Azure does, or text.
func (r *Record) setPayload(e *parsers.Event, v string) {
	v = strings.TrimSpace(v)
	switch {
	case v == "" || v == "{}" || v == "-":
	case v[0] == '{' || v[0] == '[':
		r.json.Each(v, func(_, name, value string) { r.addValue(name, value) })
	case strings.HasPrefix(v, "<DataItem"), strings.HasPrefix(v, "<Param"):
		r.params(v)
	case v[0] == '<':
		var x parsers.Event
		r.xml.Read(v, &x)
		r.strings = append(r.strings, x.Strings...)
		r.data = append(r.data, x.Data...)
	default:
		r.data = append(r.data, parsers.Named{Name: "EventData", Value: v})
	}
}

// addValue takes one value out of JSON. A Data without a name holds insertion
// strings, which EvtxECmd joins with ", ".
func (r *Record) addValue(name, value string) {
	switch {
	case len(r.data) >= maxValues || len(r.strings) >= maxValues:
	case name == "" || name == "Data":
		if value != "" {
			r.strings = append(r.strings, strings.Split(value, ", ")...)
		}
	case name == "Binary" && value == "", strings.HasPrefix(name, "@xmlns"):
	default:
		r.data = append(r.data, parsers.Named{Name: strings.TrimPrefix(name, "@"), Value: value})
	}
}

// params takes the insertion strings of ParameterXml of Azure.
func (r *Record) params(v string) {
	const open, shut = "<Param>", "</Param>"
	for len(r.strings) < maxValues {
		i := strings.Index(v, open)
		if i < 0 {
			return
		}
		v = v[i+len(open):]
		j := strings.Index(v, shut)
		if j < 0 {
			return
		}
		r.strings = append(r.strings, html.UnescapeString(v[:j]))
		v = v[j+len(shut):]
	}
}

// setSystem takes the fields out of the System part as JSON.
func (r *Record) setSystem(v string) {
	r.json.Each(v, func(parent, name, value string) {
		switch {
		case parent == "Provider" && name == "Name":
			r.Put(Provider, value)
		case name == "EventID", parent == "EventID" && (name == "Value" || name == "EventID"):
			r.Put(ID, value)
		case parent == "EventID" && name == "Qualifiers":
			r.Put(Qualifiers, value)
		case name == "SystemTime" || name == "TimeCreated":
			r.Set(Name{Column: Time, utc: true}, value)
		case name == "EventRecordID":
			r.Put(RecordNo, value)
		case name == "Channel":
			r.Put(Log, value)
		case name == "Computer":
			r.Put(Host, value)
		case name == "Level":
			r.Put(Level, value)
		case name == "Keywords":
			r.Put(Keywords, value)
		case parent == "Security" && name == "UserID":
			r.Put(User, value)
		}
	})
}

// appendStrings takes a list of insertion strings apart: {a, b} of PowerShell,
// ['a', 'b'] of plaso, a|b of Log Parser, JSON. whole is false where the form
// cut the list.
func appendStrings(list []string, v string) (_ []string, whole bool) {
	v = strings.TrimSpace(v)
	switch {
	case v == "" || v == "{}" || v == "[]":
		return list, true
	case v[0] == '{' && (v[len(v)-1] == '}' || strings.HasSuffix(v, "...")):
		return appendBraces(list, v)
	case v[0] == '[' && len(v) > 1 && v[1] == '"':
		var items eventjson.Leaves
		items.Each(v, func(_, _, value string) { list = append(list, value) })
		return list, true
	case v[0] == '[':
		list, _ = appendPython(list, v)
		return list, true
	}
	for i := strings.IndexByte(v, '|'); i >= 0 && len(list) < maxValues; i = strings.IndexByte(v, '|') {
		list = append(list, v[:i])
		v = v[i+1:]
	}
	return append(list, v), true
}

// appendBraces reads {a, b, c...}, which PowerShell cuts behind the fourth.
func appendBraces(list []string, v string) ([]string, bool) {
	v = strings.TrimSuffix(v[1:], "}")
	cut := cutMark(v)
	if cut >= 0 {
		v = strings.TrimSuffix(strings.TrimSpace(v[:cut]), ",")
	}
	depth, start := 0, 0
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case '{':
			depth++
		case '}':
			depth--
		case ',':
			if depth <= 0 && i+1 < len(v) && v[i+1] == ' ' && len(list) < maxValues {
				list = append(list, v[start:i])
				start = i + 2
			}
		}
	}
	return append(list, v[start:]), cut < 0
}

// cutMark gives where the mark stands that a table puts in place of the rest
// of a text, -1 if the text is whole.
func cutMark(v string) int {
	switch {
	case strings.HasSuffix(v, "..."):
		return len(v) - 3
	case strings.HasSuffix(v, "…"):
		return len(v) - len("…")
	}
	return -1
}

// appendPython reads ['a', "b", None] and gives how much it read.
func appendPython(list []string, v string) ([]string, int) {
	i := 1
	for i < len(v) && len(list) < maxValues {
		for i < len(v) && (v[i] == ' ' || v[i] == ',') {
			i++
		}
		if i >= len(v) {
			return list, i
		}
		switch q := v[i]; q {
		case ']':
			return list, i + 1
		case '\'', '"':
			s, n := pythonString(v[i+1:], q)
			list = append(list, s)
			i += 1 + n
		default:
			j := strings.IndexAny(v[i:], ",] ") // psort writes a blank for a comma
			if j < 0 {
				return append(list, v[i:]), len(v)
			}
			if w := v[i : i+j]; w == "None" {
				list = append(list, "")
			} else {
				list = append(list, w)
			}
			i += j
		}
	}
	return list, i
}

// pythonString reads a string behind its opening quote, with the closing one.
func pythonString(s string, quote byte) (string, int) {
	i := 0
	for i < len(s) && s[i] != quote && s[i] != '\\' {
		i++
	}
	if i < len(s) && s[i] == quote {
		return s[:i], i + 1
	}
	b := append(make([]byte, 0, i+64), s[:i]...)
	for i < len(s) {
		c := s[i]
		i++
		if c == quote {
			return string(b), i
		}
		if c == '\\' && i < len(s) {
			c = s[i]
			i++
			switch c {
			case 'n':
				c = '\n'
			case 'r':
				continue
			case 't':
				c = '\t'
			}
		}
		b = append(b, c)
	}
	return string(b), i
}

// descLabels are the labels in the text that plaso makes of an event, in their
// order [plaso formatters winevt.yaml and winevtx.yaml].
var descLabels = [...]string{"Source Name:", "Message string:", "Strings:", "Computer Name:", "Severity:", "Record Number:", "Event Type:", "Event Level:", "Event Category:"}

// IsDesc reports whether text is that of plaso: "[4624 / 0x1210] Source Name".
func IsDesc(text string) bool {
	_, _, ok := descID(text)
	return ok
}

func descID(text string) (id uint32, rest string, ok bool) {
	if len(text) < 8 || text[0] != '[' {
		return 0, "", false
	}
	i := strings.IndexByte(text[:min(len(text), 40)], ']')
	if i < 0 {
		return 0, "", false
	}
	dec, hex, two := strings.Cut(text[1:i], " / ")
	if !two {
		return 0, "", false
	}
	n, ok := eventtext.IDNumber(dec)
	if h, isHex := eventtext.IDNumber(hex); isHex && uint16(h) == uint16(n) && h > n {
		n = h
	}
	return n, text[i+1:], ok
}

// setDesc takes the fields out of the text of plaso.
func (r *Record) setDesc(text string) {
	id, rest, ok := descID(text)
	if !ok {
		return
	}
	if r.val[ID] == "" {
		r.val[ID] = text[1:strings.IndexByte(text, ' ')]
		if id > 0xFFFF {
			r.val[ID] = text[strings.IndexByte(text, '/')+2 : strings.IndexByte(text, ']')]
		}
	}
	var at [len(descLabels)]int
	from, found := 0, 0
	for i, l := range descLabels {
		j := strings.Index(rest[from:], l)
		if j < 0 {
			at[i] = -1
			continue
		}
		found++
		at[i] = from + j
		from += j + len(l)
		if l == "Strings:" {
			from += listLen(rest[from:])
		}
	}
	if found == 0 {
		r.descValue("Message string:", strings.TrimSpace(rest))
	}
	end := len(rest)
	for i := len(descLabels) - 1; i >= 0; i-- {
		if at[i] >= 0 {
			r.descValue(descLabels[i], strings.TrimSpace(rest[at[i]+len(descLabels[i]):end]))
			end = at[i]
		}
	}
}

// listLen is the length of a list in brackets that s begins with, in which a
// bracket in quotes does not count; 0 if there is none.
func listLen(s string) int {
	i := strings.IndexByte(s, '[')
	if i < 0 || i > 2 {
		return 0
	}
	var quote byte
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == ']':
			return i + 1
		}
	}
	return 0
}

func (r *Record) descValue(label, v string) {
	var c Column
	switch label {
	case "Source Name:":
		c = Provider
	case "Message string:":
		c = Message
	case "Strings:":
		c = Strings
	case "Computer Name:":
		c = Host
	case "Record Number:":
		c = RecordNo
	case "Event Level:":
		c = Level
	case "Event Type:":
		c = LevelWord
	default:
		return
	}
	if r.val[c] == "" {
		r.Put(c, v)
	}
}
