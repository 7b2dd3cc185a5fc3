package eventtext

import (
	"strings"

	"kbdiag/parsers"
)

// xmlReader reads the XML of events: <Event> as Event Viewer, wevtutil and
// the tools that follow them write it [MS-EVEN6 2.2.18]. It is tolerant: text
// between the elements ("- " of the XML View), missing ends, either kind of
// quotes, prefixes and missing name spaces do not disturb it. It keeps the
// slices that it hands out, so an event is valid until the next one is read.
type xmlReader struct {
	strings []string
	data    []parsers.Named
}

// maxXMLValues bounds the values taken from one event.
const maxXMLValues = 4096

// xmlPart is the part of an event's XML that is being read.
type xmlPart uint8

const (
	xmlOutside xmlPart = iota
	xmlSystem
	xmlEventData
	xmlUserData
	xmlRendering
	xmlIgnored
)

// xmlState is what is known while one event is read.
type xmlState struct {
	e        *parsers.Event
	part     xmlPart
	partName string
	depth    int // elements open within the part
	leaf     string
	attrs    string // of leaf
	level    int
	hasLevel bool
	keywords uint64
	source   string // EventSourceName
	inEvent  bool
}

// read reads one event from the beginning of text and fills e. It gives the
// length of what it read, and whether the event was complete. An event that
// is cut off gives what there is. Positions are the caller's.
func (x *xmlReader) read(text string, e *parsers.Event) (n int, complete bool) {
	x.strings, x.data = x.strings[:0], x.data[:0]
	s := xmlState{e: e}
	i := 0
	for {
		lt := strings.IndexByte(text[i:], '<')
		if lt < 0 {
			s.close(x, text[i:]) // cut inside a value
			n = len(text)
			break
		}
		lt += i
		content := text[i:lt]
		end, done := s.tag(x, text, lt, content)
		if done {
			n, complete = end, end > lt
			break
		}
		if end < 0 { // cut inside a tag
			n = len(text)
			break
		}
		i = end
	}
	x.finish(&s)
	return n, complete
}

// tag reads the tag, comment or the like at text[lt:]. content is the text
// before it. It gives where reading goes on, -1 if the tag is cut off, and
// whether the event ends here.
func (s *xmlState) tag(x *xmlReader, text string, lt int, content string) (next int, done bool) {
	rest := text[lt+1:]
	switch {
	case strings.HasPrefix(rest, "/"):
		gt := strings.IndexByte(rest, '>')
		if gt < 0 {
			s.close(x, content)
			return -1, false
		}
		name := localName(strings.TrimSpace(rest[1:gt]))
		nested := s.part == xmlUserData && s.depth > 0
		s.end(x, name, content)
		return lt + 1 + gt + 1, name == "Event" && !nested
	case strings.HasPrefix(rest, "![CDATA["):
		return s.cdata(x, text, lt, content)
	case strings.HasPrefix(rest, "!--"):
		return skipTo(text, lt+4, "-->"), false
	case strings.HasPrefix(rest, "?"):
		return skipTo(text, lt+1, "?>"), false
	case rest == "" || !isLetter(rest[0]) && rest[0] != '_':
		return lt + 1, false // a bracket in the text
	}
	gt := tagEnd(rest)
	if gt < 0 {
		return -1, false
	}
	body := rest[:gt]
	empty := strings.HasSuffix(body, "/")
	body = strings.TrimSuffix(body, "/")
	name, attrs := body, ""
	if b := strings.IndexAny(body, " \t\r\n"); b >= 0 {
		name, attrs = body[:b], body[b:]
	}
	name = localName(name)
	if name == "Event" && s.part != xmlUserData {
		if s.inEvent { // the one before was cut off
			return lt, true
		}
		s.inEvent = true
		return lt + 1 + gt + 1, false
	}
	s.begin(x, name, attrs, empty)
	return lt + 1 + gt + 1, false
}

// cdata joins a CDATA section with the text around it.
func (s *xmlState) cdata(x *xmlReader, text string, lt int, content string) (int, bool) {
	const open = len("<![CDATA[")
	end := strings.Index(text[lt:], "]]>")
	if end < 0 {
		s.close(x, content+text[lt+open:])
		return -1, false
	}
	value := text[lt+open : lt+end]
	if strings.TrimSpace(content) != "" {
		value = unescapeXML(content) + value
	}
	after := lt + end + len("]]>")
	if next := strings.IndexByte(text[after:], '<'); next >= 0 {
		after += next
	}
	if s.leaf != "" {
		s.value(x, value)
		s.leaf = ""
	}
	return after, false
}

func skipTo(text string, from int, mark string) int {
	if from > len(text) {
		return -1
	}
	i := strings.Index(text[from:], mark)
	if i < 0 {
		return -1
	}
	return from + i + len(mark)
}

// tagEnd finds the ">" that ends a tag; one inside a quoted value does not.
func tagEnd(s string) int {
	gt := strings.IndexByte(s, '>')
	if gt < 0 {
		return -1
	}
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '<': // not allowed in a value: the quote never closed
			return gt
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		}
	}
	return gt // quotes that do not close
}

func localName(name string) string {
	if i := strings.IndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}

// begin is told of the start of an element.
func (s *xmlState) begin(x *xmlReader, name, attrs string, empty bool) {
	if s.part == xmlOutside {
		part, ok := xmlParts[name]
		if ok && !empty {
			s.part, s.partName, s.depth = part, name, 0
		}
		if part == xmlEventData || part == xmlUserData {
			s.e.Known |= parsers.FieldData | parsers.FieldStrings
		}
		return
	}
	s.leaf, s.attrs = name, attrs
	if s.part == xmlUserData && attrs != "" {
		x.addAttrs(name, attrs)
	}
	if empty {
		s.value(x, "")
		s.leaf = ""
		return
	}
	s.depth++
}

// xmlParts are the elements that make up an event.
var xmlParts = map[string]xmlPart{
	"System":              xmlSystem,
	"EventData":           xmlEventData,
	"UserData":            xmlUserData,
	"RenderingInfo":       xmlRendering,
	"DebugData":           xmlIgnored,
	"BinaryEventData":     xmlIgnored,
	"ProcessingErrorData": xmlIgnored,
}

// end is told of the end of an element.
func (s *xmlState) end(x *xmlReader, name, content string) {
	if s.leaf != "" {
		s.value(x, content)
		s.leaf = ""
	}
	if s.part == xmlOutside {
		return
	}
	if s.depth > 0 {
		s.depth--
		if s.part == xmlUserData {
			return
		}
	}
	if name == s.partName || name == "Event" {
		s.part = xmlOutside
	}
}

// close takes the value in which the text was cut off.
func (s *xmlState) close(x *xmlReader, content string) {
	if s.leaf != "" && strings.TrimSpace(content) != "" {
		s.value(x, content)
	}
	s.leaf = ""
}

// value is told of the text of an element without children.
func (s *xmlState) value(x *xmlReader, raw string) {
	switch s.part {
	case xmlSystem:
		s.system(raw)
	case xmlEventData:
		s.eventData(x, raw)
	case xmlUserData:
		x.add(s.leaf, cleanXML(raw))
	case xmlRendering:
		s.rendering(raw)
	}
}

func (s *xmlState) system(raw string) {
	e := s.e
	switch s.leaf {
	case "Provider":
		e.Set(parsers.FieldProvider, unescapeXML(attr(s.attrs, "Name")))
		s.source = unescapeXML(attr(s.attrs, "EventSourceName"))
		if e.Provider == "" {
			e.Provider = s.source
		}
	case "EventID":
		if id, ok := idNumber(strings.TrimSpace(raw)); ok {
			e.SetID(id)
		}
		if q, ok := idNumber(attr(s.attrs, "Qualifiers")); ok && q < 1<<16 {
			e.Qualifiers = uint16(q)
			e.Known |= parsers.FieldQualifiers
		}
	case "Level":
		if v, ok := idNumber(strings.TrimSpace(raw)); ok && v < 1<<8 {
			s.level, s.hasLevel = int(v), true
		} else if l := levelOf(cleanXML(raw)); l != parsers.LevelUnknown && !e.Has(parsers.FieldLevel) { // as LogRhythm's agent has it
			e.SetLevel(l)
		}
	case "Keywords":
		if s.keywords = hexNumber(strings.TrimSpace(raw)); s.keywords == 0 {
			e.SetLevel(auditOf(cleanXML(raw)))
		}
	case "TimeCreated":
		if t, ok := xmlTime(attr(s.attrs, "SystemTime")); ok {
			e.SetTime(t, parsers.ZoneUTC)
		}
	case "EventRecordID":
		if n, ok := recordNumber(strings.TrimSpace(raw)); ok {
			e.Pos.Record = n
			e.Known |= parsers.FieldRecord
		}
	case "Channel":
		e.Set(parsers.FieldLog, cleanXML(raw))
	case "Computer":
		e.Set(parsers.FieldHost, cleanXML(raw))
	case "Security":
		e.Set(parsers.FieldUser, unescapeXML(attr(s.attrs, "UserID")))
	}
}

// eventData takes one element of EventData. All Data are insertion strings,
// the named ones are data too.
func (s *xmlState) eventData(x *xmlReader, raw string) {
	name := attr(s.attrs, "Name")
	if s.leaf != "Data" {
		if name == "" {
			name = s.leaf
		}
		if v := cleanXML(raw); v != "" || s.leaf != "Binary" {
			x.add(unescapeXML(name), v)
		}
		return
	}
	if name == "" && strings.Contains(raw, "&lt;string&gt;") {
		x.addPacked(raw)
		return
	}
	v := cleanXML(raw)
	if len(x.strings) < maxXMLValues {
		x.strings = append(x.strings, v)
	}
	if name != "" {
		x.add(unescapeXML(name), v)
	}
}

// addPacked takes the strings that python-evtx packs into one Data.
func (x *xmlReader) addPacked(raw string) {
	const open, shut = "<string>", "</string>"
	s := unescapeXML(raw)
	for len(x.strings) < maxXMLValues {
		i := strings.Index(s, open)
		if i < 0 {
			return
		}
		s = s[i+len(open):]
		j := strings.Index(s, shut)
		if j < 0 {
			x.strings = append(x.strings, s)
			return
		}
		x.strings = append(x.strings, s[:j])
		s = s[j+len(shut):]
	}
}

// addAttrs takes the attributes of an element of UserData, under the names
// Element.attribute. Name spaces are left out.
func (x *xmlReader) addAttrs(element, attrs string) {
	for {
		attrs = strings.TrimLeft(attrs, " \t\r\n")
		name, rest, ok := strings.Cut(attrs, "=")
		rest = strings.TrimLeft(rest, " \t\r\n")
		if !ok || rest == "" || rest[0] != '"' && rest[0] != '\'' {
			return
		}
		end := strings.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return
		}
		if name = strings.TrimSpace(name); !strings.HasPrefix(name, "xmlns") {
			x.add(element+"."+localName(name), unescapeXML(rest[1:1+end]))
		}
		attrs = rest[end+2:]
	}
}

func (x *xmlReader) add(name, value string) {
	if len(x.data) < maxXMLValues {
		x.data = append(x.data, parsers.Named{Name: name, Value: value})
	}
}

func (s *xmlState) rendering(raw string) {
	e := s.e
	switch s.leaf {
	case "Message":
		if m := cleanXML(raw); m != "" {
			e.Set(parsers.FieldMessage, m)
		}
	case "Level":
		if !s.hasLevel {
			e.SetLevel(levelOf(cleanXML(raw)))
		}
	case "Task":
		e.Set(parsers.FieldCategory, present(cleanXML(raw)))
	case "Keyword":
		if l := auditOf(cleanXML(raw)); l != parsers.LevelUnknown {
			e.SetLevel(l)
			s.hasLevel = false
		}
	}
}

// finish settles what several elements decide together.
func (x *xmlReader) finish(s *xmlState) {
	e := s.e
	if s.hasLevel {
		e.SetLevel(xmlLevel(s.level, s.keywords))
	}
	if s.source != "" && !strings.EqualFold(s.source, e.Provider) {
		x.add("EventSourceName", s.source)
		e.Known |= parsers.FieldData
	}
	e.Strings, e.Data = x.strings, x.data
	if len(x.strings) == 0 {
		e.Strings = nil
		e.Known &^= parsers.FieldStrings
	}
	if len(x.data) == 0 {
		e.Data = nil
	}
}

// The keywords of audits [MS-EVEN6; winmeta.xml].
const (
	keywordAuditFailure = 0x0010000000000000
	keywordAuditSuccess = 0x0020000000000000
)

// xmlLevel turns a Level into ours. Level 0 is "log always", which Event
// Viewer shows as Information; audits have it, with the verdict in the
// keywords.
func xmlLevel(level int, keywords uint64) parsers.Level {
	switch {
	case keywords&keywordAuditFailure != 0:
		return parsers.LevelAuditFailure
	case keywords&keywordAuditSuccess != 0:
		return parsers.LevelAuditSuccess
	}
	switch level {
	case 1:
		return parsers.LevelCritical
	case 2:
		return parsers.LevelError
	case 3:
		return parsers.LevelWarning
	case 0, 4:
		return parsers.LevelInformation
	case 5:
		return parsers.LevelVerbose
	}
	return parsers.LevelUnknown
}
