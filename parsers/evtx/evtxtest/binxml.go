package evtxtest

import (
	"crypto/md5"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// writer writes the records of one chunk.
type writer struct {
	b         []byte
	names     map[string]int // where each name stands
	templates map[string]int // where each template definition stands, by shape
}

func (w *writer) put(b ...byte)  { w.b = append(w.b, b...) }
func (w *writer) put16(n uint16) { w.b = binary.LittleEndian.AppendUint16(w.b, n) }
func (w *writer) put32(n uint32) { w.b = binary.LittleEndian.AppendUint32(w.b, n) }

// sized reserves a 4-byte size and gives the function that fills it in: what
// was written since.
func (w *writer) sized() func() {
	at := len(w.b)
	w.put32(0)
	return func() { binary.LittleEndian.PutUint32(w.b[at:], uint32(len(w.b)-at-4)) }
}

func (w *writer) record(e Event, id uint64) {
	at := len(w.b)
	w.b = append(w.b, "**\x00\x00"...)
	w.put32(0)
	w.b = binary.LittleEndian.AppendUint64(w.b, id)
	w.b = binary.LittleEndian.AppendUint64(w.b, fileTime(e.Time))
	w.put(0x0F, 1, 1, 0)
	if e.Record == 0 {
		e.Record = id
	}
	root := e.root()
	if e.Plain {
		w.element(root, true, nil)
	} else {
		w.instance([]Node{root})
	}
	w.put(0)
	for (len(w.b)+4-at)%8 != 0 {
		w.put(0)
	}
	size := uint32(len(w.b) + 4 - at)
	w.put32(size)
	binary.LittleEndian.PutUint32(w.b[at+4:], size)
}

// root makes the Event element.
func (e Event) root() Element {
	slot := func(s Slot) Node {
		if e.Plain {
			return Text(s.text())
		}
		return s
	}
	leaf := func(name string, s Slot, attrs ...Attr) Element {
		return Element{Name: name, Attrs: attrs, Content: []Node{slot(s)}}
	}
	provider := Element{Name: "Provider", Attrs: []Attr{{Name: "Name", Value: Text(e.Provider)}}}
	if e.Source != "" {
		provider.Attrs = append(provider.Attrs, Attr{Name: "EventSourceName", Value: Text(e.Source)})
	}
	qualifiers := Slot{Optional: true}
	if e.Qualifiers >= 0 {
		qualifiers = Uint16(uint16(e.Qualifiers))
		qualifiers.Optional = true
	}
	user := Slot{Optional: true}
	if e.User != nil {
		user = Slot{Type: 0x13, Data: e.User, Optional: true}
	}
	id := leaf("EventID", Uint16(e.ID))
	if !e.Plain || e.Qualifiers >= 0 {
		id.Attrs = []Attr{{Name: "Qualifiers", Value: slot(qualifiers)}}
	}
	security := Element{Name: "Security"}
	if !e.Plain || e.User != nil {
		security.Attrs = []Attr{{Name: "UserID", Value: slot(user)}}
	}
	system := Element{Name: "System", Content: []Node{provider, id}}
	add := func(nodes ...Node) { system.Content = append(system.Content, nodes...) }
	if e.Process != 0 {
		add(leaf("Version", Uint8(0)))
	}
	add(leaf("Level", Uint8(e.Level)), leaf("Task", Uint16(e.Task)))
	if e.Process != 0 {
		add(leaf("Opcode", Uint8(0)))
	}
	add(leaf("Keywords", Hex64(e.Keywords)),
		Element{Name: "TimeCreated", Attrs: []Attr{{Name: "SystemTime", Value: slot(FileTime(e.Time))}}},
		leaf("EventRecordID", Uint64(e.Record)))
	if e.Process != 0 {
		add(Element{Name: "Correlation", Attrs: []Attr{{Name: "ActivityID", Value: Slot{Optional: true}}}},
			Element{Name: "Execution", Attrs: []Attr{{Name: "ProcessID", Value: slot(Uint32(e.Process))}, {Name: "ThreadID", Value: slot(Uint32(e.Process + 4))}}})
	}
	add(Element{Name: "Channel", Content: []Node{Text(e.Channel)}},
		Element{Name: "Computer", Content: []Node{Text(e.Computer)}},
		security)
	return Element{
		Name:    "Event",
		Attrs:   []Attr{{Name: "xmlns", Value: Text("http://schemas.microsoft.com/win/2004/08/events/event")}},
		Content: append([]Node{system}, e.Body...),
	}
}

// text gives what Windows writes for the few types that System has.
func (s Slot) text() string {
	switch s.Type {
	case 0x01:
		r := []rune{}
		for i := 0; i+1 < len(s.Data); i += 2 {
			r = append(r, rune(binary.LittleEndian.Uint16(s.Data[i:])))
		}
		return string(r)
	case 0x04, 0x06, 0x08, 0x0A:
		var b [8]byte
		copy(b[:], s.Data)
		return strconv.FormatUint(binary.LittleEndian.Uint64(b[:]), 10)
	case 0x15:
		return fmt.Sprintf("0x%x", binary.LittleEndian.Uint64(s.Data))
	case 0x11:
		return fileTimeText(binary.LittleEndian.Uint64(s.Data))
	case 0x13:
		return sidText(s.Data)
	}
	return ""
}

// instance writes a template instance: the definition where the chunk has none
// of this shape, and the values.
func (w *writer) instance(nodes []Node) {
	key := shape(nodes)
	guid := md5.Sum([]byte(key))
	w.put(0x0C, 1)
	w.put(guid[:4]...)
	at, ok := w.templates[key]
	if !ok {
		at = len(w.b) + 4
		w.templates[key] = at
	}
	w.put32(uint32(at))
	var slots []Slot
	collect(nodes, &slots)
	if !ok {
		w.put32(0)
		w.put(guid[:]...)
		end := w.sized()
		w.put(0x0F, 1, 1, 0)
		n := 0
		w.content(nodes, true, &n)
		w.put(0)
		end()
	}
	w.values(slots)
}

func (w *writer) values(slots []Slot) {
	w.put32(uint32(len(slots)))
	descriptors := len(w.b)
	for _, s := range slots {
		w.put16(0)
		w.put(s.Type, 0)
	}
	for i, s := range slots {
		from := len(w.b)
		switch {
		case s.Nested != nil:
			w.put(0x0F, 1, 1, 0)
			w.instance(s.Nested)
			w.put(0)
		case s.Bare != nil:
			n := 0
			w.content(s.Bare, false, &n)
			w.put(0)
		default:
			w.put(s.Data...)
		}
		binary.LittleEndian.PutUint16(w.b[descriptors+4*i:], uint16(len(w.b)-from))
	}
}

// collect gives the slots of a template in the order of its tokens.
func collect(nodes []Node, slots *[]Slot) {
	for _, n := range nodes {
		switch n := n.(type) {
		case Slot:
			*slots = append(*slots, n)
		case Element:
			for _, a := range n.Attrs {
				collect([]Node{a.Value}, slots)
			}
			collect(n.Content, slots)
		}
	}
}

// shape tells templates apart: everything but the values.
func shape(nodes []Node) string {
	var b strings.Builder
	for _, n := range nodes {
		switch n := n.(type) {
		case Slot:
			fmt.Fprintf(&b, "{%v}", n.Optional)
		case Element:
			b.WriteString("<" + n.Name)
			for _, a := range n.Attrs {
				b.WriteString(" " + a.Name + "=" + shape([]Node{a.Value}))
			}
			b.WriteString(">" + shape(n.Content) + "</>")
		default:
			fmt.Fprintf(&b, "%T:%v;", n, n)
		}
	}
	return b.String()
}

// content writes nodes; depend says whether elements carry a dependency id,
// and slot counts the slots.
func (w *writer) content(nodes []Node, depend bool, slot *int) {
	for _, n := range nodes {
		switch n := n.(type) {
		case Element:
			w.element(n, depend, slot)
		case Text:
			w.put(0x05, 0x01)
			w.counted(string(n))
		case CDATA:
			w.put(0x07)
			w.counted(string(n))
		case CharRef:
			w.put(0x08)
			w.put16(uint16(n))
		case EntityRef:
			w.put(0x09)
			w.name(string(n))
		case PI:
			w.put(0x0A)
			w.name(n.Target)
			w.put(0x0B)
			w.counted(n.Data)
		case Slot:
			w.slot(n, slot)
		case Again:
			w.put(0x0D)
			w.put16(uint16(n))
			w.put(0x01)
		}
	}
}

func (w *writer) slot(s Slot, slot *int) {
	token := byte(0x0D)
	if s.Optional {
		token = 0x0E
	}
	w.put(token)
	w.put16(uint16(*slot))
	w.put(s.Type)
	*slot++
}

func (w *writer) element(e Element, depend bool, slot *int) {
	token := byte(0x01)
	if len(e.Attrs) > 0 {
		token |= 0x40
	}
	w.put(token)
	if depend {
		w.put16(0xFFFF)
	}
	end := w.sized()
	w.name(e.Name)
	if len(e.Attrs) > 0 {
		attrs := w.sized()
		for i, a := range e.Attrs {
			more := byte(0x40)
			if i == len(e.Attrs)-1 {
				more = 0
			}
			w.put(0x06 | more)
			w.name(a.Name)
			w.content([]Node{a.Value}, depend, slot)
		}
		attrs()
	}
	if len(e.Content) == 0 {
		w.put(0x03)
	} else {
		w.put(0x02)
		w.content(e.Content, depend, slot)
		w.put(0x04)
	}
	end()
}

func (w *writer) counted(s string) {
	b := UTF16(s)
	w.put16(uint16(len(b) / 2))
	w.put(b...)
}

// name writes a reference to a name, and the name where the chunk has it for
// the first time.
func (w *writer) name(s string) {
	if at, ok := w.names[s]; ok {
		w.put32(uint32(at))
		return
	}
	at := len(w.b) + 4
	w.names[s] = at
	w.put32(uint32(at))
	w.put32(0)
	w.put16(nameHash(s))
	w.counted(s)
	w.put16(0)
}

// nameHash is the hash of MS-EVEN6 2.2.12.2, lower half.
func nameHash(s string) uint16 {
	h := uint32(0)
	for _, r := range s {
		h = h*65599 + uint32(r)
	}
	return uint16(h)
}
