package evtx

import (
	"slices"
	"strings"
)

// context is where in an event a fragment stands.
type context uint8

const (
	inDocument  context = iota
	inEvent             // below Event
	inSystem            // below System
	inEventData         // below EventData
	inUserData          // below UserData, or anything that is not known better
	inRendering         // below RenderingInfo
	contexts
)

// field is what an operation of a program extracts.
type field uint8

const (
	fieldNone field = iota
	fieldNested
	fieldProvider
	fieldSource // EventSourceName
	fieldEventID
	fieldQualifiers
	fieldLevel
	fieldTask
	fieldKeywords
	fieldTime
	fieldRecordID
	fieldChannel
	fieldComputer
	fieldUser
	fieldMessage
	fieldCategory
	fieldData      // an insertion string, with a name or without
	fieldNamedOnly // a named value that is no insertion string
	fieldSystem    // a value of System that has no field of its own
)

// op extracts one value.
type op struct {
	field    field
	context  context // of fieldNested
	optional bool    // a NULL value takes the element away
	slot     int     // index into the values, -1 if the value is literal or made of parts
	name     string  // of data
	literal  string
	parts    []node // text and slots, where the value is made of several
}

// program is what to extract from one fragment: what says which event it is,
// the rest of System, and the event's data.
type program struct {
	head, system, body []op
}

// compile makes the program of nodes that stand in ctx.
func compile(nodes []node, ctx context) *program {
	c := compiler{nodes: nodes, program: &program{}}
	c.children(0, len(nodes), ctx, "")
	return c.program
}

type compiler struct {
	nodes   []node
	program *program
}

func (c *compiler) add(ctx context, o op) {
	if o.field == fieldNone {
		return
	}
	if o.field == fieldSystem {
		c.program.system = append(c.program.system, o)
		return
	}
	if ctx == inDocument || ctx == inSystem {
		c.program.head = append(c.program.head, o)
		return
	}
	c.program.body = append(c.program.body, o)
}

// children compiles the content nodes[from:to] of an element of the given
// name.
func (c *compiler) children(from, to int, ctx context, name string) {
	for i := from; i < to; i++ {
		n := &c.nodes[i]
		switch n.kind {
		case nodeStart:
			end := min(int(n.end), to)
			c.element(i, end, ctx)
			i = end
		case nodeSlot:
			c.add(ctx, op{field: fieldNested, context: ctx, slot: int(n.slot), optional: true, name: name})
		case nodeText, nodeCDATA:
			if name != "" && ctx >= inEventData && strings.TrimSpace(n.text) != "" {
				c.add(ctx, op{field: fieldNamedOnly, slot: -1, literal: n.text, name: name})
			}
		}
	}
}

// element compiles the element that starts at node i and ends at node end.
func (c *compiler) element(i, end int, ctx context) {
	name := c.nodes[i].name
	content := c.content(i, end)
	switch ctx {
	case inDocument:
		if name == "Event" {
			c.children(content, end, inEvent, "")
			return
		}
		c.other(i, content, end, inUserData)
	case inEvent:
		c.section(i, content, end, name)
	case inSystem:
		c.system(i, content, end, name)
	case inEventData:
		c.data(i, content, end, name)
	case inRendering:
		c.rendering(content, end, name)
	default:
		c.other(i, content, end, ctx)
	}
}

// content gives the index of the first node of the element's content.
func (c *compiler) content(i, end int) int {
	for j := i + 1; j < end; j++ {
		if c.nodes[j].kind == nodeContent {
			return j + 1
		}
	}
	return end
}

func (c *compiler) section(i, content, end int, name string) {
	switch name {
	case "System":
		c.children(content, end, inSystem, "")
	case "EventData":
		c.children(content, end, inEventData, "")
	case "UserData":
		c.children(content, end, inUserData, "")
	case "RenderingInfo":
		c.children(content, end, inRendering, "")
	}
}

// system compiles one element of System [event schema, SystemPropertiesType].
func (c *compiler) system(i, content, end int, name string) {
	switch name {
	case "Provider":
		c.attribute(i, content, "Name", fieldProvider)
		c.attribute(i, content, "EventSourceName", fieldSource)
		c.more(i, content, "Name", "EventSourceName")
	case "EventID":
		c.attribute(i, content, "Qualifiers", fieldQualifiers)
		c.leaf(content, end, fieldEventID)
		c.more(i, content, "Qualifiers")
	case "Level":
		c.leaf(content, end, fieldLevel)
		c.rest(i, content, end)
	case "Task":
		c.leaf(content, end, fieldTask)
		c.rest(i, content, end)
	case "Keywords":
		c.leaf(content, end, fieldKeywords)
		c.rest(i, content, end)
	case "TimeCreated":
		c.attribute(i, content, "SystemTime", fieldTime)
		c.more(i, content, "SystemTime")
	case "EventRecordID":
		c.leaf(content, end, fieldRecordID)
	case "Channel":
		c.leaf(content, end, fieldChannel)
	case "Computer":
		c.leaf(content, end, fieldComputer)
	case "Security":
		if !c.attribute(i, content, "UserID", fieldUser) {
			c.add(inSystem, op{field: fieldUser, slot: -1}) // nobody
		}
		c.more(i, content, "UserID")
	default:
		c.rest(i, content, end)
	}
}

// more compiles the attributes of an element of System, but for the given
// ones, which have fields of their own.
func (c *compiler) more(i, content int, but ...string) {
	name := localName(c.nodes[i].name)
	for j := i + 1; j < content; j++ {
		n := &c.nodes[j]
		if n.kind != nodeAttribute || slices.Contains(but, n.name) {
			continue
		}
		o := c.value(j+1, int(n.end), fieldSystem)
		o.name = name + "." + localName(n.name)
		c.add(inSystem, o)
	}
}

// rest compiles an element of System that has no field of its own: its
// attributes and its text.
func (c *compiler) rest(i, content, end int) {
	c.more(i, content)
	if content < end && !c.hasElements(content, end) {
		o := c.value(content, end, fieldSystem)
		o.name = localName(c.nodes[i].name)
		c.add(inSystem, o)
	}
}

func (c *compiler) leaf(content, end int, f field) {
	c.add(inSystem, c.value(content, end, f))
}

// attribute compiles the attribute of the given name and reports whether there
// is one.
func (c *compiler) attribute(i, content int, name string, f field) bool {
	for j := i + 1; j < content; j++ {
		if n := &c.nodes[j]; n.kind == nodeAttribute && n.name == name {
			c.add(inSystem, c.value(j+1, int(n.end), f))
			return true
		}
	}
	return false
}

// value compiles the value nodes[from:to].
func (c *compiler) value(from, to int, f field) op {
	o := op{field: f, slot: -1}
	if to-from == 1 && c.nodes[from].kind == nodeSlot {
		o.slot, o.optional = int(c.nodes[from].slot), c.nodes[from].optional
		return o
	}
	var text strings.Builder
	for _, n := range c.nodes[from:to] {
		if n.kind == nodeSlot {
			o.parts = c.nodes[from:to]
			return o
		}
		if isText(n.kind) {
			text.WriteString(n.text)
		}
	}
	o.literal = text.String()
	return o
}

func isText(k kind) bool {
	return k == nodeText || k == nodeCDATA || k == nodeCharRef || k == nodeEntityRef
}

// data compiles one element of EventData. Only Data are insertion strings; the
// Binary of a classic event is none.
func (c *compiler) data(i, content, end int, name string) {
	if c.hasElements(content, end) {
		c.other(i, content, end, inUserData)
		return
	}
	o := c.value(content, end, fieldData)
	if name == "Data" {
		o.name = c.literalAttribute(i, content, "Name")
	} else {
		o.field, o.name = fieldNamedOnly, localName(name)
	}
	c.add(inEventData, o)
}

func (c *compiler) literalAttribute(i, content int, name string) string {
	for j := i + 1; j < content; j++ {
		if n := &c.nodes[j]; n.kind == nodeAttribute && n.name == name {
			return c.value(j+1, int(n.end), fieldNone).literal
		}
	}
	return ""
}

func (c *compiler) rendering(content, end int, name string) {
	f := fieldNone
	switch name {
	case "Message":
		f = fieldMessage
	case "Task":
		f = fieldCategory
	}
	c.add(inRendering, c.value(content, end, f))
}

// other compiles an element that the schema does not know: its attributes as
// Element.attribute, its text as Element, and the elements below it. None of
// them are insertion strings.
func (c *compiler) other(i, content, end int, ctx context) {
	name := localName(c.nodes[i].name)
	c.attributes(i, content, ctx)
	if c.hasElements(content, end) {
		c.children(content, end, ctx, name)
		return
	}
	o := c.value(content, end, fieldNamedOnly)
	o.name = name
	c.add(ctx, o)
}

// attributes compiles the attributes of the element at node i as named values.
func (c *compiler) attributes(i, content int, ctx context) {
	name := localName(c.nodes[i].name)
	for j := i + 1; j < content; j++ {
		n := &c.nodes[j]
		if n.kind != nodeAttribute || strings.HasPrefix(n.name, "xmlns") {
			continue
		}
		o := c.value(j+1, int(n.end), fieldNamedOnly)
		o.name = name + "." + localName(n.name)
		c.add(ctx, o)
	}
}

// localName gives a name without its prefix.
func localName(name string) string { return name[strings.IndexByte(name, ':')+1:] }

func (c *compiler) hasElements(from, to int) bool {
	for _, n := range c.nodes[from:to] {
		if n.kind == nodeStart {
			return true
		}
	}
	return false
}
