package evtx

import (
	"strings"

	"kbdiag/parsers"
)

// xmlWriter writes fragments of BinXML as text, with all that is in them
// [MS-EVEN6 3.1.4.7]. Characters that XML 1.0 cannot hold are written as
// _xHHHH_, as PowerShell does.
type xmlWriter struct {
	chunk   []byte
	tmpls   *templates
	slots   []slot
	dst     []byte
	most    int // that dst may grow to
	work    int // nodes left for the record
	nesting int
	failed  error
}

// Bounds of one event's XML: its bytes, and the nodes that are visited. A
// template can use one value many times.
const (
	maxXML      = 4 << 20
	maxXMLNodes = 1 << 17
)

// enough reports whether the event has grown beyond all bounds.
func (x *xmlWriter) enough() bool {
	x.work--
	if len(x.dst) > x.most || x.work < 0 || !x.tmpls.effort.spend(1) {
		x.failed = errLong
	}
	return x.failed == errLong
}

// record writes the event of a record.
func (x *xmlWriter) record(r *rawRecord) error {
	x.slots, x.nesting, x.failed = x.slots[:0], 0, nil
	x.most, x.work = len(x.dst)+maxXML, maxXMLNodes
	from := len(x.dst)
	x.tmpls.effort.begin()
	x.fragments(r.body(), r.end-4, r.lost, true)
	x.tmpls.effort.spend((len(x.dst) - from) / bytesMade)
	x.tmpls.effort.end()
	return x.failed
}

func (x *xmlWriter) fragments(pos, end, lost int, depend bool) {
	fs := fragments{chunk: x.chunk, tmpls: x.tmpls, pos: pos, end: end, depend: depend, slots: &x.slots, lost: lost}
	for !x.enough() {
		f, ok, err := fs.next()
		if err != nil {
			x.failed = err
		}
		if !ok {
			return
		}
		x.content(&f, 0, len(f.nodes))
	}
}

// content writes nodes[from:to] of a fragment.
func (x *xmlWriter) content(f *fragment, from, to int) {
	for i := from; i < to && !x.enough(); i++ {
		n := &f.nodes[i]
		switch n.kind {
		case nodeStart:
			x.element(f, i)
			i = int(n.end)
		case nodeText:
			x.dst = parsers.AppendXMLText(x.dst, n.text, false)
		case nodeCDATA:
			x.cdata(n.text)
		case nodeCharRef, nodeEntityRef:
			x.reference(n, false)
		case nodePI:
			x.instruction(n)
		case nodeSlot:
			x.slot(f, n, false)
		}
	}
}

// element writes the element that starts at node i. If its content is one
// value, then NULL takes an optional element away and an array repeats it. A
// value that is lost takes its element or attribute away: an empty one would
// say something else.
func (x *xmlWriter) element(f *fragment, i int) {
	end := int(f.nodes[i].end)
	content := i + 1
	for content < end && f.nodes[content].kind != nodeContent {
		content++
	}
	if end-content != 2 || f.nodes[content+1].kind != nodeSlot {
		from := x.open(f, i, content)
		x.content(f, content+1, end)
		x.close(f.nodes[i].name, from)
		return
	}
	n := &f.nodes[content+1]
	s := slotOf(f, n)
	switch {
	case s.typ == typeNull && n.optional, s.typ == typeLost:
	case s.typ&typeArray != 0 && s.size > 0:
		x.array(f, i, content, s)
	default:
		from := x.open(f, i, content)
		x.value(s, false)
		x.close(f.nodes[i].name, from)
	}
}

// array writes the element once for each item.
func (x *xmlWriter) array(f *fragment, i, content int, s slot) {
	rest := x.chunk[s.off : s.off+uint32(s.size)]
	for len(rest) > 0 && !x.enough() {
		var item []byte
		item, rest = nextItem(s.typ&^typeArray, rest)
		from := x.open(f, i, content)
		x.text(s.typ&^typeArray, item, false)
		x.close(f.nodes[i].name, from)
	}
}

// open writes the start tag of the element at node i, whose content begins at
// node content, and gives the place behind it.
func (x *xmlWriter) open(f *fragment, i, content int) int {
	x.dst = append(x.dst, '<')
	x.dst = parsers.AppendXMLName(x.dst, f.nodes[i].name)
	for j := i + 1; j < content; {
		n := &f.nodes[j]
		if n.kind != nodeAttribute {
			j++
			continue
		}
		x.attribute(f, j, int(n.end))
		j = int(n.end)
	}
	x.dst = append(x.dst, '>')
	return len(x.dst)
}

// close ends the element whose content began at from.
func (x *xmlWriter) close(name string, from int) {
	if len(x.dst) == from {
		x.dst = append(x.dst[:from-1], '/', '>')
		return
	}
	x.dst = append(x.dst, '<', '/')
	x.dst = parsers.AppendXMLName(x.dst, name)
	x.dst = append(x.dst, '>')
}

// attribute writes one attribute. An optional value that is NULL takes it
// away.
func (x *xmlWriter) attribute(f *fragment, i, end int) {
	if n := &f.nodes[i+1]; end == i+2 && n.kind == nodeSlot {
		if typ := slotOf(f, n).typ; typ == typeLost || typ == typeNull && n.optional {
			return
		}
	}
	x.dst = append(x.dst, ' ')
	x.dst = parsers.AppendXMLName(x.dst, f.nodes[i].name)
	x.dst = append(x.dst, '=', '"')
	for j := i + 1; j < end && !x.enough(); j++ {
		n := &f.nodes[j]
		switch n.kind {
		case nodeText, nodeCDATA:
			x.dst = parsers.AppendXMLText(x.dst, n.text, true)
		case nodeCharRef, nodeEntityRef:
			x.reference(n, true)
		case nodeSlot:
			x.slot(f, n, true)
		}
	}
	x.dst = append(x.dst, '"')
}

func slotOf(f *fragment, n *node) slot {
	if int(n.slot) >= len(f.slots) {
		return slot{typ: typeLost}
	}
	return f.slots[n.slot]
}

func (x *xmlWriter) slot(f *fragment, n *node, quoted bool) { x.value(slotOf(f, n), quoted) }

// value writes a value into content or, quoted, into an attribute.
func (x *xmlWriter) value(s slot, quoted bool) {
	if s.typ == typeLost || s.typ == typeNull {
		return
	}
	b := x.chunk[s.off : s.off+uint32(s.size)]
	switch {
	case s.typ == typeBinXML && !quoted:
		x.nested(s)
	case s.typ&typeArray != 0:
		for i := 0; len(b) > 0 && !x.enough(); i++ {
			var item []byte
			item, b = nextItem(s.typ&^typeArray, b)
			if i > 0 {
				x.dst = append(x.dst, ' ')
			}
			x.text(s.typ&^typeArray, item, quoted)
		}
	default:
		x.text(s.typ, b, quoted)
	}
}

func (x *xmlWriter) nested(s slot) {
	if x.nesting >= maxNesting {
		x.failed = errNesting
		return
	}
	x.nesting++
	end := int(s.off) + int(s.size)
	x.fragments(int(s.off), end, end, false)
	x.nesting--
}

// text writes one value. Only texts can hold what must be escaped.
func (x *xmlWriter) text(typ uint8, b []byte, quoted bool) {
	if typ != typeString && typ != typeANSI && typ != typeEvtXML {
		x.dst = appendValue(x.dst, typ, b)
		return
	}
	from := len(x.dst)
	x.dst = appendValue(x.dst, typ, b)
	if isPlain(x.dst[from:]) {
		return
	}
	text := string(x.dst[from:])
	x.dst = parsers.AppendXMLText(x.dst[:from], text, quoted)
}

// isPlain reports whether text needs no escaping anywhere.
func isPlain(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c == '&' || c == '<' || c == '>' || c == '"' || c >= 0xED {
			return false
		}
	}
	return true
}

func (x *xmlWriter) reference(n *node, quoted bool) {
	if n.kind == nodeEntityRef || !parsers.IsXMLChar([]rune(n.text)[0]) {
		x.dst = parsers.AppendXMLText(x.dst, n.text, quoted)
		return
	}
	x.dst = append(x.dst, '&', '#')
	x.dst = append(x.dst, n.name...)
	x.dst = append(x.dst, ';')
}

func (x *xmlWriter) cdata(text string) {
	x.dst = append(x.dst, "<![CDATA["...)
	x.dst = parsers.AppendXMLChars(x.dst, strings.ReplaceAll(text, "]]>", "]]]]><![CDATA[>"))
	x.dst = append(x.dst, "]]>"...)
}

func (x *xmlWriter) instruction(n *node) {
	x.dst = append(x.dst, '<', '?')
	x.dst = parsers.AppendXMLName(x.dst, n.name)
	if n.text != "" {
		x.dst = append(x.dst, ' ')
		x.dst = parsers.AppendXMLChars(x.dst, strings.ReplaceAll(n.text, "?>", "? >"))
	}
	x.dst = append(x.dst, '?', '>')
}
