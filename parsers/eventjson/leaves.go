package eventjson

// Leaves goes through JSON that is a value of something else, such as a cell of
// a table. It keeps its memory from one text to the next.
type Leaves struct {
	d doc
	a arena
}

// Each tells leaf of each value in text that is no object, no list and not
// null, in order, with its name and the name of the object around it. In a list
// of {"@Name": n, "#text": v}, which is how the XML of events looks as JSON, n
// is the name. What is damaged ends the walk.
func (l *Leaves) Each(text string, leaf func(parent, name, value string)) {
	l.d.scan(text, 0)
	if len(l.d.nodes) > 0 {
		l.value(0, "", "", leaf)
	}
}

func (l *Leaves) value(at int32, parent, name string, leaf func(parent, name, value string)) {
	n := &l.d.nodes[at]
	switch n.kind {
	case isObject:
		l.object(at, name, leaf)
	case isArray:
		for i := at + 1; i < n.next; i = l.d.nodes[i].next {
			l.value(i, parent, name, leaf)
		}
	case isNull, noValue:
	default:
		leaf(parent, name, l.text(l.d.raw(n), n.esc))
	}
}

// object goes through an object whose own name is name.
func (l *Leaves) object(at int32, name string, leaf func(parent, name, value string)) {
	label := ""
	for i := at + 1; i < l.d.nodes[at].next; i = l.d.nodes[i].next {
		n := &l.d.nodes[i]
		switch key := l.text(l.d.rawKey(n), n.keyEsc); {
		case key == "@Name" && n.kind == isString:
			label = l.text(l.d.raw(n), n.esc)
		case key == "#text" && label != "":
			l.value(i, name, label, leaf)
		case key == "#text":
			l.value(i, name, name, leaf)
		default:
			l.value(i, name, key, leaf)
		}
	}
}

func (l *Leaves) text(raw string, escaped bool) string {
	if !escaped {
		return raw
	}
	return l.a.unescape(raw)
}
