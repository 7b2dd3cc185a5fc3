package parsers

import (
	"strconv"
)

// AppendEventXML appends an event as XML in the form of the event schema
// [MS-EVEN6 2.2.13], with what is known of it. It is for the forms that hold no
// XML themselves. A time whose zone is not known has none here either. more is
// XML that is put behind the data as it is, in a name space of its own; the
// schema allows that.
func AppendEventXML(dst []byte, e *Event, more string) []byte {
	x := eventXML{dst: append(dst, `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">`...), e: e}
	x.system()
	x.data()
	x.rendering()
	x.raw(more)
	x.raw("</Event>")
	return x.dst
}

// eventXML writes one event.
type eventXML struct {
	dst []byte
	e   *Event
}

func (x *eventXML) raw(s string) { x.dst = append(x.dst, s...) }

// leaf writes an element of System that has text.
func (x *eventXML) leaf(name, text string) {
	x.dst = append(x.dst, '<')
	x.raw(name)
	if text == "" {
		x.raw("/>")
		return
	}
	x.dst = append(x.dst, '>')
	x.dst = AppendXMLText(x.dst, text, false)
	x.raw("</")
	x.raw(name)
	x.dst = append(x.dst, '>')
}

func (x *eventXML) attr(name, value string) {
	x.dst = append(x.dst, ' ')
	x.raw(name)
	x.raw(`="`)
	x.dst = AppendXMLText(x.dst, value, true)
	x.dst = append(x.dst, '"')
}

func (x *eventXML) system() {
	e := x.e
	x.raw("<System>")
	if e.Has(FieldProvider) {
		x.raw("<Provider")
		x.attr("Name", e.Provider)
		if source, ok := e.DataValue("EventSourceName"); ok {
			x.attr("EventSourceName", source)
		}
		x.raw("/>")
	}
	if e.Has(FieldID) {
		x.raw("<EventID")
		if e.Has(FieldQualifiers) {
			x.attr("Qualifiers", strconv.Itoa(int(e.Qualifiers)))
		}
		x.raw(">" + strconv.Itoa(int(e.ID)) + "</EventID>")
	}
	x.level()
	if e.Has(FieldTime) {
		x.raw("<TimeCreated")
		x.attr("SystemTime", x.time())
		x.raw("/>")
	}
	if e.Has(FieldRecord) {
		x.leaf("EventRecordID", strconv.FormatUint(e.Pos.Record, 10))
	}
	if e.Has(FieldLog) {
		x.leaf("Channel", e.Log)
	}
	if e.Has(FieldHost) {
		x.leaf("Computer", e.Host)
	}
	if e.Has(FieldUser) {
		x.raw("<Security")
		if e.User != "" {
			x.attr("UserID", e.User)
		}
		x.raw("/>")
	}
	x.raw("</System>")
}

// level writes Level and, for audits, Keywords.
func (x *eventXML) level() {
	if !x.e.Has(FieldLevel) {
		return
	}
	switch l := x.e.Level; l {
	case LevelAuditSuccess:
		x.raw("<Level>0</Level><Keywords>0x80a0000000000000</Keywords>")
	case LevelAuditFailure:
		x.raw("<Level>0</Level><Keywords>0x8090000000000000</Keywords>")
	default: // the scale has Level's order
		x.leaf("Level", strconv.Itoa(int(l-LevelCritical)+1))
	}
}

func (x *eventXML) time() string {
	if x.e.Zone == ZoneLocal {
		return x.e.Time.Format("2006-01-02T15:04:05.9999999")
	}
	return x.e.Time.UTC().Format("2006-01-02T15:04:05.9999999Z07:00")
}

// data writes the insertion strings, with their names where they have some,
// and the other named values.
func (x *eventXML) data() {
	e := x.e
	if len(e.Strings) == 0 && len(e.Data) == 0 {
		return
	}
	named := e.Data
	x.raw("<EventData>")
	for _, s := range e.Strings {
		name := ""
		if len(named) > 0 && named[0].Value == s && !isOwnElement(named[0].Name) {
			name, named = named[0].Name, named[1:]
		}
		x.value(name, s)
	}
	for _, d := range named {
		switch {
		case d.Name == "EventSourceName": // stands in System
		case d.Name == "Binary", len(e.Strings) > 0 && IsXMLName(d.Name):
			x.leaf(d.Name, d.Value)
		default:
			x.value(d.Name, d.Value)
		}
	}
	x.raw("</EventData>")
}

// isOwnElement tells the named values that are no insertion strings.
func isOwnElement(name string) bool { return name == "Binary" || name == "EventSourceName" }

// value writes a Data element.
func (x *eventXML) value(name, text string) {
	x.raw("<Data")
	if name != "" {
		x.attr("Name", name)
	}
	x.dst = append(x.dst, '>')
	x.dst = AppendXMLText(x.dst, text, false)
	x.raw("</Data>")
}

// rendering writes what a log is exported with so that it can be read without
// the message files.
func (x *eventXML) rendering() {
	e := x.e
	if e.Message == "" && e.Category == "" {
		return
	}
	x.raw("<RenderingInfo>")
	if e.Message != "" {
		x.leaf("Message", e.Message)
	}
	if e.Category != "" {
		x.leaf("Task", e.Category)
	}
	x.raw("</RenderingInfo>")
}
