package eventjson

import (
	"html"
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventsyslog"
	"kbdiag/parsers/eventtext"
)

// maxValues bounds the values taken from one event.
const maxValues = 4096

// reader turns documents into events. It keeps the slices that it hands out,
// so an event is valid until the next one is read.
type reader struct {
	opts    parsers.Options
	arena   arena
	res     resolution
	strings []string
	data    []parsers.Named
	ordered bool // the values of the present event stand in their order
	xml     eventtext.XMLReader
	shipped *eventsyslog.Text
	inner   *reader // for a document inside a string
	innerOf doc
	depth   int // of documents inside strings
}

// maxInner bounds documents inside strings inside documents.
const maxInner = 3

// text gives the text of a value: strings without escapes, numbers and words
// as they stand, "" for null and containers.
func (r *reader) text(d *doc, n *node) string {
	switch n.kind {
	case isString:
		if n.esc {
			return r.arena.unescape(d.raw(n))
		}
		return d.raw(n)
	case isNumber, isWord:
		return d.raw(n)
	}
	return ""
}

func (r *reader) name(d *doc, n *node) string {
	if n.keyEsc {
		return r.arena.unescape(d.rawKey(n))
	}
	return d.rawKey(n)
}

// event reads the event of the object at node at. It reports false if the
// object is none. The position is the caller's.
func (r *reader) event(d *doc, at int32, e *parsers.Event) bool {
	r.strings, r.data, r.ordered = r.strings[:0], r.data[:0], false
	r.res.resolve(d, at)
	pos := e.Pos
	*e = parsers.Event{Pos: pos}
	switch {
	case r.res.isEvent():
		r.fill(e)
	case r.inside(d, at, e):
	default:
		return false
	}
	eventtext.Unwrap(e)
	return true
}

// fill sets the event's fields from what was resolved.
func (r *reader) fill(e *parsers.Event) {
	res := &r.res
	res.drop(fInner)
	if res.found(fXML) {
		r.fromXML(e)
	}
	r.setID(e)
	r.setTime(e)
	r.setText(e, parsers.FieldProvider, fProvider)
	r.setText(e, parsers.FieldLog, fLog)
	r.setText(e, parsers.FieldHost, fHost)
	r.setText(e, parsers.FieldCategory, fCategory)
	r.setUser(e)
	r.setMessage(e)
	r.setRecord(e)
	if !e.Has(parsers.FieldLevel) && res.shape&shapeHayabusa == 0 {
		if res.shape&shapeGELF != 0 {
			r.gelfLevel(e)
		} else {
			res.setLevel(e)
		}
	}
	if !e.Has(parsers.FieldData) {
		r.setData(e)
	}
	if res.shape&shapeHayabusa != 0 {
		e.Log = fullLog(e.Log)
	}
}

func (r *reader) setID(e *parsers.Event) {
	res := &r.res
	if id, ok := eventtext.IDNumber(r.value(fID)); ok {
		e.SetID(id)
	}
	if id, ok := eventtext.IDNumber(r.value(fID32)); ok && (!e.Has(parsers.FieldID) || uint16(id) == e.ID) {
		e.SetID(id)
	}
	if q, ok := eventtext.IDNumber(r.value(fQualifiers)); ok && q < 1<<16 && res.found(fQualifiers) {
		e.Qualifiers = uint16(q)
		e.Known |= parsers.FieldQualifiers
	}
}

func (r *reader) setTime(e *parsers.Event) {
	if e.Has(parsers.FieldTime) {
		return
	}
	if t, z := parseTime(r.value(fTime), r.opts); z != parsers.ZoneUnknown {
		// The event schema's times are UTC, also where a tool left out the Z.
		if z == parsers.ZoneLocal && r.res.shape&(shapeSystem|shapeWinlog) != 0 && r.res.best[fTime].rank == 0 {
			z = parsers.ZoneUTC
		}
		e.SetTime(t, z)
	}
}

// value gives the text of the best value for a field, "" if there is none.
func (r *reader) value(f field) string {
	b := r.res.best[f]
	if b.node == 0 {
		return ""
	}
	return r.text(r.res.doc, &r.res.doc.nodes[b.node])
}

func (r *reader) setText(e *parsers.Event, f parsers.Field, from field) {
	if e.Has(f) || !r.res.has(from) {
		return
	}
	v := eventtext.Present(r.value(from))
	if from == fLog {
		v = strings.TrimPrefix(strings.TrimPrefix(v, "Xml"), "WinEventLog:")
	}
	e.Set(f, v)
}

func (r *reader) setUser(e *parsers.Event) {
	if e.Has(parsers.FieldUser) && e.User != "" {
		return
	}
	user := eventtext.Present(r.value(fUser))
	if strings.EqualFold(user, "NOT_TRANSLATED") {
		user = ""
	}
	if user != "" {
		if domain := eventtext.Present(r.value(fDomain)); domain != "" && strings.IndexByte(user, '\\') < 0 {
			user = r.join(domain, user)
		}
		e.Set(parsers.FieldUser, user)
		return
	}
	if sid := r.value(fSID); sid != "" || r.res.has(fSID) || r.res.has(fUser) {
		e.Set(parsers.FieldUser, sid)
	}
}

// join gives domain\user without a block of memory of its own.
func (r *reader) join(domain, user string) string {
	a := &r.arena
	a.room(len(domain) + len(user) + 1)
	from := a.b.Len()
	a.b.WriteString(domain)
	a.b.WriteByte('\\')
	a.b.WriteString(user)
	return a.b.String()[from:]
}

func (r *reader) setMessage(e *parsers.Event) {
	if e.Has(parsers.FieldMessage) {
		return
	}
	from := fMessage
	if !r.res.found(from) && r.res.found(fDescription) {
		from = fDescription
	}
	if !r.res.has(from) {
		return
	}
	m := strings.Trim(r.value(from), "\r\n")
	if r.res.shape&shapeWazuh != 0 {
		m = unquoted(m)
	}
	if r.res.shape&shapeNXLog != 0 {
		m = unescapeEntities(m)
	}
	if isPlasoText(m) {
		if m = plasoMessage(m); m == "" {
			return
		}
	}
	if strings.HasPrefix(m, `{"`) && strings.Contains(m, `"EventID"`) && r.depth < maxInner {
		// Some pipelines put the whole record into its own message.
		var x parsers.Event
		if r.insideJSON(m, &x) && x.ID == e.ID && x.Has(parsers.FieldMessage) {
			m = x.Message
		}
	}
	e.Set(parsers.FieldMessage, m)
}

// isPlasoText tells the text that plaso makes of an event, which has all fields
// in it: "[7036 / 0x1b7c] Source Name: X Message string: The text. Strings: [".
func isPlasoText(m string) bool {
	id, _, ok := strings.Cut(m[:min(len(m), 16)], " / 0x")
	return ok && len(id) > 1 && id[0] == '[' && strings.Trim(id[1:], "0123456789") == ""
}

// plasoMessage gives the message out of it, "" if there is none.
func plasoMessage(m string) string {
	_, m, _ = strings.Cut(m, "Message string: ")
	m, _, _ = strings.Cut(m, " Strings: [")
	return strings.TrimSpace(m)
}

// unquoted takes the pair of quotes off that Wazuh puts around a message.
func unquoted(m string) string {
	if len(m) >= 2 && m[0] == '"' && m[len(m)-1] == '"' {
		return strings.Trim(m[1:len(m)-1], "\r\n")
	}
	return strings.TrimPrefix(m, `"`)
}

// unescapeEntities resolves the references that NXLog leaves in values.
func unescapeEntities(s string) string {
	if strings.IndexByte(s, '&') < 0 || !strings.Contains(s, "&amp;") && !strings.Contains(s, "&lt;") && !strings.Contains(s, "&gt;") && !strings.Contains(s, "&quot;") {
		return s
	}
	return html.UnescapeString(s)
}

func (r *reader) setRecord(e *parsers.Event) {
	if e.Has(parsers.FieldRecord) || !r.res.found(fRecord) {
		return
	}
	var n uint64
	for _, c := range []byte(r.value(fRecord)) {
		if c < '0' || c > '9' || n > 1<<60 {
			return
		}
		n = n*10 + uint64(c-'0')
	}
	e.Pos.Record = n
	e.Known |= parsers.FieldRecord
}

// gelfLevel reads the level of GELF, which is syslog's number, where nothing
// of the event's own tells its level.
func (r *reader) gelfLevel(e *parsers.Event) {
	level := r.value(fLevel)
	r.res.best[fLevel] = candidate{}
	r.res.setLevel(e)
	if e.Has(parsers.FieldLevel) {
		return
	}
	switch level {
	case "0", "1", "2":
		e.SetLevel(parsers.LevelCritical)
	case "3":
		e.SetLevel(parsers.LevelError)
	case "4":
		e.SetLevel(parsers.LevelWarning)
	case "5", "6":
		e.SetLevel(parsers.LevelInformation)
	case "7":
		e.SetLevel(parsers.LevelVerbose)
	}
}

// fromXML fills the event from the XML that stands in one of the values.
func (r *reader) fromXML(e *parsers.Event) {
	r.readXML(r.value(fXML), e)
}

// readXML reads the first event of a text and reports whether there is one.
func (r *reader) readXML(text string, e *parsers.Event) bool {
	at := strings.Index(text, "<Event")
	if at < 0 {
		return false
	}
	var x parsers.Event
	r.xml.Read(text[at:], &x)
	if !x.Has(parsers.FieldID) {
		return false
	}
	x.Pos = parsers.Pos{Path: e.Pos.Path, Line: e.Pos.Line, Offset: e.Pos.Offset, Length: e.Pos.Length, Record: x.Pos.Record}
	*e = x
	return true
}
