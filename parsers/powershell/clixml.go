package powershell

import (
	"html"
	"strconv"
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtable"
	"kbdiag/parsers/eventtext"
)

// CLIXML is the form of files that Export-Clixml saves: objects of .NET as XML
// [MS-PSRP 2.2.5], of which those that are events are read, wherever among
// other objects they stand.
func CLIXML() parsers.Format {
	return parsers.Format{Name: "clixml", Detect: detectCLIXML, Parse: parseCLIXML}
}

func detectCLIXML(h *parsers.Head) int {
	t := strings.TrimLeft(h.Text, " \t\r\n\ufeff")
	t = strings.TrimLeft(strings.TrimPrefix(t, "#< CLIXML"), "\r\n")
	if !strings.HasPrefix(t, "<Objs ") && !(strings.HasPrefix(t, "<?xml") && strings.Contains(t[:min(len(t), 300)], "<Objs ")) {
		return 0
	}
	if strings.Contains(t, "EventLogRecord") || strings.Contains(t, "EventLogEntry") || strings.Contains(t, `N="TimeCreated"`) {
		return 96
	}
	return 0
}

func parseCLIXML(in *parsers.Input, out *parsers.Out) error {
	dates := eventtext.NewDates(in.Opts)
	x := newObjects(eventtable.NewRecord(dates), out.Event)
	x.other = func(pos parsers.Pos) { out.Skip("object that is no event", 1, pos) }
	lines := in.Lines()
	for {
		t, ok := lines.Next()
		if !ok {
			break
		}
		x.line(&t)
	}
	x.end()
	x.rec.Report(out)
	return lines.Err()
}

// findCLIXML reads objects that were pasted into text.
func findCLIXML(w *parsers.Window, out *parsers.Out) {
	for i := 0; i < len(w.Lines); i++ {
		t := w.Lines[i].Text
		if strings.IndexByte(t, '<') < 0 || w.Taken(i) || !strings.Contains(t, "<Obj") || !strings.Contains(t, "<Objs ") && !strings.Contains(t, "<Obj RefId=") {
			continue
		}
		var events []parsers.Event
		x := newObjects(eventtable.NewRecord(eventtext.NewDates(w.Opts)), func(e *parsers.Event) {
			kept := *e
			kept.Strings = append([]string(nil), e.Strings...)
			kept.Data = append([]parsers.Named(nil), e.Data...)
			events = append(events, kept)
		})
		j := i
		for ; j < len(w.Lines); j++ {
			l := w.Lines[j]
			l.Text = plain(l.Text)
			x.line(&l)
			if x.closed || len(x.objs) == 0 && !x.root {
				j++
				break
			}
		}
		x.end()
		if len(events) > 0 {
			w.Take(i, j)
			for k := range events {
				out.Event(&events[k])
			}
		}
		i = j - 1
	}
}

// The bounds of what is kept of one object.
const (
	maxList  = 4096
	maxValue = eventtext.MaxMessage
	maxObjs  = 128 // one within another
	maxRefs  = 1 << 14
)

// eventProperty is what an insertion string is called, whose value is its only
// property.
const eventProperty = "System.Diagnostics.Eventing.Reader.EventProperty"

// objects reads CLIXML line by line. An object is given out when it ends.
type objects struct {
	rec   *eventtable.Record
	emit  func(e *parsers.Event)
	other func(pos parsers.Pos) // told of an object at the top that has no event

	objs   []object
	parts  []string // elements open within objects and around them
	leaf   string   // the element of a value that is open
	name   string   // its name
	text   []byte
	refs   map[int]string // values of objects that others refer to
	root   bool           // <Objs> is open
	closed bool           // </Objs> was read
	events int            // within the object at the top
	deep   int            // objects left out because they stand too deep
	cut    bool
	ev     parsers.Event
	last   parsers.Pos
}

// object is one <Obj> that is open.
type object struct {
	name  string // under which it stands in the one around it
	ref   int
	parts int // elements that were open before it
	pos   parsers.Pos
	props []property
	list  []string
	str   string // ToString
	strs  []string
	given bool // it was given out before its end
	inner bool // an event within it was given out
}

func newObjects(rec *eventtable.Record, emit func(e *parsers.Event)) *objects {
	return &objects{rec: rec, emit: emit, refs: map[int]string{}}
}

// line takes the next line.
func (x *objects) line(t *parsers.TextLine) {
	x.last = parsers.Pos{Line: t.No, Offset: t.Offset, Length: int64(t.Length)}
	s := t.Text
	for {
		lt := strings.IndexByte(s, '<')
		if x.leaf != "" {
			x.addText(s[:max(lt, 0)], lt < 0, s)
		}
		if lt < 0 {
			return
		}
		s = s[lt+1:]
		gt := strings.IndexByte(s, '>')
		if gt < 0 {
			x.cut = x.cut || len(x.objs) > 0 // no tag goes over two lines
			return
		}
		x.tag(s[:gt])
		s = s[gt+1:]
	}
}

// addText adds to the value that is open: the text before a tag, or a whole
// rest of a line.
func (x *objects) addText(before string, whole bool, rest string) {
	if whole {
		before = rest
	}
	if len(x.text)+len(before) <= maxValue {
		x.text = append(x.text, before...)
		if whole {
			x.text = append(x.text, '\n')
		}
	} else {
		x.cut = true
	}
}

// tag takes what stands between < and >.
func (x *objects) tag(t string) {
	if t == "" || t[0] == '?' || t[0] == '!' {
		return
	}
	if t[0] == '/' {
		x.endTag(t[1:])
		return
	}
	empty := t[len(t)-1] == '/'
	t = strings.TrimSuffix(t, "/")
	name, attrs, _ := strings.Cut(t, " ")
	switch name {
	case "Objs":
		x.root = true
	case "Obj":
		if !empty {
			x.begin(attrs)
		}
	case "Ref":
		ref, _ := strconv.Atoi(attribute(attrs, "RefId"))
		if v, ok := x.refs[ref]; ok {
			x.value("Ref", attribute(attrs, "N"), v)
		}
	case "TNRef", "Nil":
	case "TN", "Props", "MS", "LST", "IE", "STK", "QUE", "DCT", "En":
		if !empty && len(x.parts) < 8*maxObjs {
			x.parts = append(x.parts, name)
		}
	default:
		x.leaf, x.name, x.text = name, attribute(attrs, "N"), x.text[:0]
		if empty {
			x.endTag(name)
		}
	}
}

// attribute gives the value of an attribute.
func attribute(attrs, name string) string {
	for {
		i := strings.Index(attrs, name+`="`)
		if i < 0 {
			return ""
		}
		v := attrs[i+len(name)+2:]
		end := strings.IndexByte(v, '"')
		if end < 0 {
			return ""
		}
		if i == 0 || attrs[i-1] == ' ' {
			return unescape(v[:end])
		}
		attrs = v[end:]
	}
}

func (x *objects) begin(attrs string) {
	if len(x.objs) >= maxObjs {
		x.deep++
		return
	}
	ref, err := strconv.Atoi(attribute(attrs, "RefId"))
	if err != nil {
		ref = -1
	}
	x.objs = append(x.objs, object{name: attribute(attrs, "N"), ref: ref, parts: len(x.parts), pos: x.last})
}

func (x *objects) endTag(name string) {
	switch name {
	case "Objs":
		x.closed, x.root = true, false
	case "Obj":
		x.endObject()
	case "TN", "Props", "MS", "LST", "IE", "STK", "QUE", "DCT", "En":
		if n := len(x.parts); n > 0 && x.parts[n-1] == name {
			x.parts = x.parts[:n-1]
		}
	default:
		if name == x.leaf {
			x.leaf = ""
			x.value(name, x.name, unescape(string(x.text)))
		}
	}
}

// value takes one value of the object in work.
func (x *objects) value(tag, name, v string) {
	if len(x.objs) == 0 && x.other != nil {
		x.other(x.last)
	}
	if len(x.objs) == 0 || x.deep > 0 || tag == "SS" || tag == "BA" { // a secret, bytes
		return
	}
	o := &x.objs[len(x.objs)-1]
	part := ""
	if n := len(x.parts); n > o.parts {
		part = x.parts[n-1]
	}
	switch {
	case tag == "ToString":
		o.str = v
	case part == "Props" || part == "MS":
		if len(o.props) < maxList {
			n, known := eventtable.Lookup(name)
			o.props = append(o.props, property{name: n, known: known, text: name, value: v})
		}
	case part == "LST" || part == "IE" || part == "STK" || part == "QUE":
		if len(o.list) < maxList {
			o.list = append(o.list, v)
		}
	}
}

// endObject ends the object in work: an event, or a value of the one around
// it.
func (x *objects) endObject() {
	if x.deep > 0 {
		x.deep--
		return
	}
	if len(x.objs) == 0 {
		return
	}
	o := x.objs[len(x.objs)-1]
	x.objs = x.objs[:len(x.objs)-1]
	x.parts = x.parts[:min(len(x.parts), o.parts)]
	if x.inOrder(&o) {
		x.events++
	} else if len(x.objs) > 0 {
		x.give(&o)
	}
	if len(x.objs) == 0 {
		if x.events == 0 && x.other != nil {
			x.other(x.span(&o))
		}
		x.events = 0
	}
}

// inOrder gives the object to out if it is an event. Where the end of one event
// was lost, the next stands within it: the outer one goes first.
func (x *objects) inOrder(o *object) bool {
	if o.given {
		return true
	}
	if o.inner || !isEventObject(o) {
		return false
	}
	for i := range x.objs {
		outer := &x.objs[i]
		if !outer.given && !outer.inner && isEventObject(outer) {
			outer.given = x.event(outer, true)
		}
		outer.inner = true
	}
	return x.event(o, false)
}

// isEventObject reports whether the properties are those of an event.
func isEventObject(o *object) bool { return len(o.props) >= 3 && isEvent(o.props) }

// span is the position of an object that ends in the last line.
func (x *objects) span(o *object) parsers.Pos {
	p := o.pos
	p.Length = x.last.Offset + x.last.Length - p.Offset
	return p
}

// give gives an object that is no event to the one around it, as a value.
func (x *objects) give(o *object) {
	v := o.str
	for i := range o.props {
		if o.props[i].text == "Value" && len(o.props[i].value) > 0 {
			v = o.props[i].value
			break
		}
	}
	parent := &x.objs[len(x.objs)-1]
	switch o.name {
	case "Properties", "ReplacementStrings":
		if len(o.list) > 0 {
			parent.strs = o.list
		}
		return
	case "KeywordsDisplayNames":
		v = strings.Join(o.list, ", ")
	}
	if o.ref >= 0 && len(x.refs) < maxRefs && len(v) < 512 {
		x.refs[o.ref] = v
	}
	if len(o.list) > 0 && o.name != "KeywordsDisplayNames" {
		return
	}
	if o.str == eventProperty {
		if v = ""; len(o.props) == 1 {
			v = o.props[0].value
		}
	}
	x.value("Obj", o.name, v)
}

// event gives the object to out if it is an event.
func (x *objects) event(o *object, cut bool) bool {
	x.rec.Reset()
	for i := range o.props {
		if p := &o.props[i]; p.known {
			x.rec.Set(p.name, p.value)
		} else {
			x.rec.Extra(p.text, p.value)
		}
	}
	x.ev.Pos = x.span(o)
	if !x.rec.Event(&x.ev) {
		return false
	}
	if len(o.strs) > 0 && !x.ev.Has(parsers.FieldStrings) {
		x.ev.Strings = o.strs
		x.ev.Known |= parsers.FieldStrings
	}
	x.ev.Truncated = x.ev.Truncated || cut || x.cut
	x.cut = false
	x.emit(&x.ev)
	return true
}

// end gives out what was cut off at the end.
func (x *objects) end() {
	if x.leaf != "" && len(x.objs) > 0 {
		x.value(x.leaf, x.name, unescape(string(x.text)))
	}
	for len(x.objs) > 0 {
		o := x.objs[len(x.objs)-1]
		x.objs = x.objs[:len(x.objs)-1]
		if !o.given && !o.inner && isEventObject(&o) && x.event(&o, true) {
			break
		}
	}
	x.objs = nil
}

// unescape undoes the escaping of XML, and that of CLIXML, which writes
// _x000D_ for a carriage return [MS-PSRP 2.2.5.3.2].
func unescape(s string) string {
	if strings.IndexByte(s, '&') >= 0 {
		s = html.UnescapeString(s)
	}
	if !strings.Contains(s, "_x") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		if s[i] == '_' && i+7 <= len(s) && s[i+1] == 'x' && s[i+6] == '_' {
			if n, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil {
				if n != '\r' {
					b = append(b, string(rune(n))...)
				}
				i += 7
				continue
			}
		}
		b = append(b, s[i])
		i++
	}
	return string(b)
}
