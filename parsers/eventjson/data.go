package eventjson

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// setData collects the event's own values: insertion strings and values by
// name.
func (r *reader) setData(e *parsers.Event) {
	res := &r.res
	d := res.doc
	r.ordered = res.shape&shapeSystem != 0 && res.shape&shapeWazuh == 0
	if res.best[fData].node < res.best[fID].node { // members sorted by name
		r.ordered = false
	}
	if b := res.best[fStrings]; b.node != 0 {
		r.stringList(d, b.node)
	}
	switch {
	case res.found(fData):
		r.values(d, res.best[fData].node, 0)
	case res.found(fDetails):
		r.values(d, res.best[fDetails].node, 0)
		if res.found(fExtra) && res.best[fDetails].rank > 0 {
			r.values(d, res.best[fExtra].node, 0)
		}
	}
	if res.found(fUserData) {
		r.userData(d, res.best[fUserData].node, "", 0)
	}
	for _, o := range res.own {
		r.addNamed(o.name, r.text(d, &d.nodes[o.node]), false)
	}
	if !res.apart() {
		r.flat(d)
	}
	if len(r.strings) == 0 {
		r.params()
	}
	if s := eventtext.Present(r.value(fSource)); s != "" && !strings.EqualFold(s, e.Provider) {
		if e.Provider == "" {
			e.Set(parsers.FieldProvider, s)
		} else {
			r.addNamed("EventSourceName", s, false)
		}
	}
	r.deliver(e)
}

// deliver hands the collected values to the event.
func (r *reader) deliver(e *parsers.Event) {
	if len(r.data) > 0 || r.res.has(fData) || r.res.has(fUserData) {
		e.Data = r.data
		e.Known |= parsers.FieldData
		if len(r.data) == 0 {
			e.Data = nil
		}
	}
	if len(r.strings) > 0 {
		e.Strings = r.strings
		e.Known |= parsers.FieldStrings
	}
}

func (r *reader) addNamed(name, value string, isInsert bool) {
	if len(r.data) < maxValues {
		r.data = append(r.data, parsers.Named{Name: name, Value: value})
	}
	if isInsert {
		r.addString(value)
	}
}

func (r *reader) addString(s string) {
	if len(r.strings) < maxValues {
		r.strings = append(r.strings, s)
	}
}

// flat takes the values of a record that has no place of its own for them:
// what no field and no shipper claims.
func (r *reader) flat(d *doc) {
	res := &r.res
	at := res.home()
	for i := at + 1; i < d.nodes[at].next; i = d.nodes[i].next {
		n := &d.nodes[i]
		if n.kind >= isObject || n.mark == claimed {
			continue
		}
		name := r.name(d, n)
		if res.ofShipper(name) {
			continue
		}
		name = strings.TrimSuffix(strings.TrimSuffix(name, "_string"), "_dynamic") // Log Analytics' mark of a type
		v := r.text(d, n)
		if res.shape&shapeNXLog != 0 {
			v = unescapeEntities(v)
		}
		r.addNamed(name, v, false)
	}
}

// ofShipper tells names that are a shipper's only where another of its names
// is there, too.
func (r *resolution) ofShipper(name string) bool {
	switch name {
	case "ProcessID": // of the logging process, not the event's value of this name
		return r.shape&shapeThread != 0
	case "port", "type", "host":
		return r.shape&shapeLogstash != 0
	}
	return name == "" || name[0] == '@'
}

// home gives the object that has the event's id: the root, or one that stands
// for it, such as "_source".
func (r *resolution) home() int32 {
	d, at := r.doc, r.root
	id := max(r.best[fID].node, r.best[fID32].node)
	for i := at + 1; i < d.nodes[at].next; {
		n := &d.nodes[i]
		if n.kind != isObject || n.mark != claimed || id <= i || id >= n.next {
			i = n.next
			continue
		}
		e, ok := names.look(0, d.rawKey(n))
		if !ok || !e.container || e.place != 0 {
			break
		}
		at = i
		i++
	}
	return at
}

// values takes the values of EventData in any of its shapes.
func (r *reader) values(d *doc, at int32, depth int) {
	n := &d.nodes[at]
	if depth > maxWalk {
		return
	}
	switch n.kind {
	case isString:
		r.valuesInText(r.text(d, n), depth)
	case isArray:
		for i := at + 1; i < n.next; i = d.nodes[i].next {
			r.element(d, i, depth)
		}
	case isObject:
		for i := at + 1; i < n.next; i = d.nodes[i].next {
			r.member(d, i, depth)
		}
	}
}

// member takes one member of an EventData object.
func (r *reader) member(d *doc, i int32, depth int) {
	n := &d.nodes[i]
	name := d.rawKey(n)
	switch {
	case isAttribute(name):
		return
	case name == "Data" || name == "data":
		r.dataElement(d, i, depth)
		return
	case name == "EventData" || name == "UserData":
		r.values(d, i, depth+1)
		return
	}
	name = r.unnumbered(d, i, r.name(d, n))
	switch n.kind {
	case isObject:
		r.nested(d, i, name, depth)
	case isArray:
		for j := i + 1; j < n.next; j = d.nodes[j].next {
			if d.nodes[j].kind >= isObject {
				r.nested(d, j, name, depth)
				continue
			}
			r.addNamed(name, r.text(d, &d.nodes[j]), r.ordered)
		}
	default:
		v := r.text(d, n)
		if name == "Binary" || name == "binary" {
			if v != "" {
				r.addNamed(name, v, false)
			}
			return
		}
		r.addNamed(name, v, r.ordered)
	}
}

// isAttribute tells the attributes of an element, which are no values.
func isAttribute(name string) bool {
	return name == "" || name[0] == '@' || name == "$" || name == "xmlns" || name == "#attributes" || name == "<xmlattr>" || name == "xml_name" ||
		strings.HasSuffix(name, "_attributes")
}

// nested takes a value that is an object: its text where it has one, else its
// members under their own names.
func (r *reader) nested(d *doc, i int32, name string, depth int) {
	if t, _ := textOf(d, i); t >= 0 {
		r.textNodes(d, t, name)
		return
	}
	if depth < maxWalk {
		r.userData(d, i, name, depth+1)
	}
}

// dataElement takes <Data>: one or several, with names or without.
func (r *reader) dataElement(d *doc, i int32, depth int) {
	n := &d.nodes[i]
	switch n.kind {
	case isArray:
		for j := i + 1; j < n.next; j = d.nodes[j].next {
			r.element(d, j, depth)
		}
	case isObject:
		r.element(d, i, depth)
	case isNull:
		r.addString("")
	default:
		v := r.text(d, n)
		if r.res.shape&shapeWazuh != 0 { // joined by a comma, as in the wrapper of a lost message
			for _, s := range strings.Split(v, ", ") {
				r.addString(s)
			}
			return
		}
		if depth == 0 && mayBeData(v) && strings.Contains(v, "<Data") {
			r.valuesInText(v, depth+1)
			return
		}
		r.addString(v)
	}
}

// element takes one value of a list: an insertion string, or an object with a
// name and a value.
func (r *reader) element(d *doc, i int32, depth int) {
	n := &d.nodes[i]
	if n.kind == isArray || depth > maxWalk {
		return
	}
	if n.kind != isObject {
		if v := r.text(d, n); v != "System.Diagnostics.Eventing.Reader.EventProperty" {
			r.addString(v)
		}
		return
	}
	t, name := textOf(d, i)
	switch {
	case t >= 0 && name > 0:
		r.ordered = true
		r.textNodes(d, t, r.text(d, &d.nodes[name]))
	case t >= 0:
		r.textNodes(d, t, "")
	case name > 0: // an element without a value
		r.addNamed(r.text(d, &d.nodes[name]), "", true)
	default: // {"SubjectUserName":"x"}
		r.values(d, i, depth+1)
	}
}

// textNodes adds a text, or each of a list of them. A text without a name is
// an insertion string only.
func (r *reader) textNodes(d *doc, t int32, name string) {
	n := &d.nodes[t]
	if n.kind == isArray {
		for j := t + 1; j < n.next; j = d.nodes[j].next {
			r.oneText(r.text(d, &d.nodes[j]), name)
		}
		return
	}
	r.oneText(r.text(d, n), name)
}

func (r *reader) oneText(v, name string) {
	if name == "" {
		r.addString(v)
		return
	}
	r.addNamed(name, v, r.ordered)
}

// textOf finds the text and the name of an element that is an object, -1 for
// the text if it has none, 0 for the name.
func textOf(d *doc, at int32) (text, name int32) {
	text = -1
	for i := at + 1; i < d.nodes[at].next; i = d.nodes[i].next {
		n := &d.nodes[i]
		switch d.rawKey(n) {
		case "#text", "_", "", "text", "Value", "value", "content", "$t", "__text", "Text":
			if n.kind != isObject {
				text = i
			}
		case "@Name", "Name", "name", "-Name", "_Name", "Key", "key":
			if n.kind == isString {
				name = i
			}
		case "#attributes", "$", "@attributes", "attributes":
			if _, inner := textOf(d, i); inner > 0 {
				name = inner
			}
		}
	}
	return text, name
}

// stringList takes a list of insertion strings.
func (r *reader) stringList(d *doc, at int32) {
	n := &d.nodes[at]
	if n.kind == isString {
		v := r.text(d, n)
		if strings.Contains(v, "<Param>") {
			r.valuesInText(v, 1)
			return
		}
		sep := "|" // Log Parser's
		if !strings.Contains(v, sep) {
			sep = "\n"
		}
		for _, s := range strings.Split(v, sep) {
			r.addString(s)
		}
		return
	}
	for i := at + 1; i < n.next; i = d.nodes[i].next {
		r.element(d, i, 0)
	}
}

// userData takes the leaves below UserData under their own names, their
// attributes under Element.attribute, as the XML reader does.
func (r *reader) userData(d *doc, at int32, element string, depth int) {
	n := &d.nodes[at]
	if depth > maxWalk {
		return
	}
	if n.kind < isObject {
		if n.kind != isNull && element != "" {
			r.addNamed(element, r.text(d, n), false)
		}
		return
	}
	for i := at + 1; i < n.next; i = d.nodes[i].next {
		c := &d.nodes[i]
		name := r.unnumbered(d, i, r.name(d, c))
		switch {
		case n.kind == isArray:
			name = element
		case name == "#attributes" || name == "$" || strings.HasSuffix(name, "_attributes"):
			if c.kind == isObject {
				r.attributes(d, i, strings.TrimSuffix(name, "_attributes"), element)
			}
			continue
		case name == "xmlns" || strings.HasPrefix(name, "@xmlns") || name == "xml_name":
			continue
		case name[:min(1, len(name))] == "@":
			name = element + "." + name[1:]
		case name == "#text":
			name = element
		}
		if c.kind >= isObject {
			r.userData(d, i, name, depth+1)
			continue
		}
		r.addNamed(name, r.text(d, c), false)
	}
}

// unnumbered gives the name of an element to which evtx_dump has added a
// number because the one before it has the same name: Header, Header_1.
func (r *reader) unnumbered(d *doc, i int32, name string) string {
	cut := strings.LastIndexByte(name, '_')
	if r.res.shape&shapeSystem == 0 || cut <= 0 || cut+1 == len(name) || strings.Trim(name[cut+1:], "0123456789") != "" || i == 0 {
		return name
	}
	// The node before is the last of the sibling before: its name is looked for
	// in the text, which the two share.
	before := d.text[max(0, int(d.nodes[i].key)-4096):d.nodes[i].key]
	for _, mark := range []string{`"` + name[:cut] + `":`, `"` + name[:cut] + `_`} {
		if strings.Contains(before, mark) {
			return name[:cut]
		}
	}
	return name
}

func (r *reader) attributes(d *doc, at int32, of, element string) {
	if of == "#attributes" || of == "$" {
		of = element
	}
	for i := at + 1; i < d.nodes[at].next; i = d.nodes[i].next {
		c := &d.nodes[i]
		if name := r.name(d, c); c.kind < isObject && !strings.HasPrefix(name, "xmlns") {
			r.addNamed(of+"."+name, r.text(d, c), false)
		}
	}
}

// params takes param1, param2 and so on for the insertion strings that they
// are, whatever order they stand in.
func (r *reader) params() {
	for k := 1; k <= len(r.data) && k <= 64; k++ {
		found := false
		for i := range r.data {
			if isParam(r.data[i].Name, k) {
				r.addString(r.data[i].Value)
				found = true
				break
			}
		}
		if !found {
			return
		}
	}
}

// isParam reports whether a name is "param" and the number k.
func isParam(name string, k int) bool {
	if len(name) < 6 || len(name) > 7 || !strings.EqualFold(name[:5], "param") {
		return false
	}
	v := 0
	for _, c := range []byte(name[5:]) {
		if c < '0' || c > '9' {
			return false
		}
		v = v*10 + int(c-'0')
	}
	return v == k
}
