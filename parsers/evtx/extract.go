package evtx

import (
	"strconv"
	"strings"
	"time"

	"kbdiag/parsers"
)

// Keywords of audits [event schema: win:AuditFailure, win:AuditSuccess].
const (
	keywordAuditFailure = 1 << 52
	keywordAuditSuccess = 1 << 53
)

// extractor turns the records of one chunk into events. One worker owns it.
type extractor struct {
	texts texts
	tmpls templates
	want  func(*parsers.Event) bool // whether to extract the data; nil for always

	event   *parsers.Event
	strings []string        // of all events of the chunk
	named   []parsers.Named // likewise
	slots   []slot
	parts   []fragment // of the record
	found   head
	damaged bool // some value of the record is lost
	noBody  bool // some value of its data is lost
	nesting int
}

// spend takes n off the work that is left for the chunk. It reports false, and
// leaves the rest of the data unknown, if there is not enough.
func (x *extractor) spend(n int) bool {
	if !x.tmpls.effort.spend(n) {
		x.noBody = true
		return false
	}
	return true
}

// head is what System says, before it is put together.
type head struct {
	level, keywords uint64
	hasLevel        bool
	category        bool // the task's name is known
	source          string
	userData        bool // there are named values that are no insertion strings
}

// reset makes ready for the next chunk. What the last one's events share must
// not be overwritten while they are in use: the lists start anew.
func (x *extractor) reset(chunk []byte, strs []string, named []parsers.Named) {
	x.texts.reset(chunk)
	x.tmpls.reset()
	x.strings, x.named = strs[:0], named[:0]
}

// extract reads the event of a record. It fails only if the record's BinXML
// cannot be read at all; values that are lost leave their fields unknown.
func (x *extractor) extract(r *rawRecord, e *parsers.Event) error {
	*e = parsers.Event{}
	if x.tmpls.effort.spent() {
		return errWork
	}
	x.tmpls.effort.begin()
	defer x.tmpls.effort.end()
	x.event, x.found, x.damaged, x.noBody, x.nesting = e, head{}, false, false, 0
	x.slots, x.parts = x.slots[:0], x.parts[:0]
	e.Pos.Offset, e.Pos.Length = r.offset, int64(r.end-r.pos)
	if err := x.readParts(r); err != nil && len(x.parts) == 0 {
		return err
	} else if err != nil {
		x.damaged = true
	}
	for i := 0; i < len(x.parts); i++ { // grows while it runs
		x.run(&x.parts[i], x.program(&x.parts[i], inDocument).head)
	}
	if x.tmpls.effort.spent() { // which event it is cannot be said
		return errWork
	}
	x.finishHead(r)
	if x.want != nil && !x.want(e) {
		return nil
	}
	x.data()
	return nil
}

func (x *extractor) readParts(r *rawRecord) error {
	fs := fragments{chunk: x.texts.chunk, tmpls: &x.tmpls, pos: r.body(), end: r.end - 4, depend: true, slots: &x.slots, lost: r.lost}
	for {
		f, ok, err := fs.next()
		if !ok {
			return err
		}
		x.parts = append(x.parts, f)
	}
}

// data extracts the insertion strings and named values.
func (x *extractor) data() {
	e := x.event
	system := len(x.named)
	for i := 0; i < len(x.parts); i++ {
		x.run(&x.parts[i], x.program(&x.parts[i], inDocument).system)
	}
	strs, named := len(x.strings), len(x.named)
	if named > system {
		e.System = x.named[system:named:named]
	}
	for i := 0; i < len(x.parts); i++ {
		x.run(&x.parts[i], x.program(&x.parts[i], inDocument).body)
	}
	if x.damaged {
		x.noBody = true
	}
	if s := x.found.source; s != "" && !strings.EqualFold(s, e.Provider) {
		x.named = append(x.named, parsers.Named{Name: "EventSourceName", Value: s})
	}
	if n := len(x.strings); n > strs {
		e.Strings = x.strings[strs:n:n]
	}
	if n := len(x.named); n > named {
		e.Data = x.named[named:n:n]
	}
	if x.noBody {
		return
	}
	e.Known |= parsers.FieldData
	// An event with data of a form of its own does not say which of them are
	// its insertion strings.
	if len(e.Strings) > 0 || !x.found.userData {
		e.Known |= parsers.FieldStrings
	}
}

// finishHead puts together what needs more than one element, and takes from
// the record's head what its XML does not say.
func (x *extractor) finishHead(r *rawRecord) {
	e := x.event
	if !e.Has(parsers.FieldTime) {
		setFileTime(e, r.written)
	}
	if !e.Has(parsers.FieldRecord) && r.id != 0 {
		e.Pos.Record = r.id
		e.Known |= parsers.FieldRecord
	}
	if e.Provider == "" && x.found.source != "" {
		e.Set(parsers.FieldProvider, x.found.source)
	}
	if x.found.hasLevel {
		e.SetLevel(levelOf(x.found.level, x.found.keywords))
	}
}

// levelOf maps Level and Keywords. Level 0 is "log always", which Event Viewer
// shows as information; audits have it, with their verdict in Keywords.
func levelOf(level, keywords uint64) parsers.Level {
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

// program gives what to extract from a fragment. Without a template it is
// compiled anew.
func (x *extractor) program(f *fragment, ctx context) *program {
	if f.tmpl == nil && !x.spend(len(f.nodes)) {
		return &program{}
	}
	return f.program(ctx)
}

func (x *extractor) run(f *fragment, ops []op) {
	slots := f.slots // x.parts may move
	for i := range ops {
		if !x.spend(1) {
			return
		}
		x.op(&ops[i], slots)
	}
}

// op runs one operation on the values of a fragment.
func (x *extractor) op(o *op, slots []slot) {
	if o.slot < 0 {
		x.set(o, slot{typ: typeNull}, x.literal(o, slots))
		return
	}
	s := slot{typ: typeLost}
	if o.slot < len(slots) {
		s = slots[o.slot]
	}
	switch {
	case s.typ == typeLost:
		x.damaged = true
	case s.typ == typeBinXML:
		x.nested(o, s)
	case o.field >= fieldData:
		x.dataSlot(o, s)
	case o.field == fieldNested:
		x.looseSlot(o, s)
	case s.typ == typeNull:
		x.setNull(o)
	case s.typ&typeArray != 0: // no field of System is an array
	default:
		x.set(o, s, "")
	}
}

// literal gives the text of a value that is literal or made of parts.
func (x *extractor) literal(o *op, slots []slot) string {
	if o.parts == nil {
		return o.literal
	}
	var b []byte
	for _, n := range o.parts {
		from := len(b)
		switch {
		case n.kind == nodeSlot && int(n.slot) < len(slots):
			b = x.appendSlot(b, slots[n.slot])
		case isText(n.kind):
			b = append(b, n.text...)
		}
		if !x.spend(1 + (len(b)-from)/bytesMade) {
			return x.texts.keep(b)
		}
	}
	return x.texts.keep(b)
}

func (x *extractor) appendSlot(b []byte, s slot) []byte {
	if s.typ == typeLost {
		x.damaged = true
		return b
	}
	if s.typ == typeBinXML || s.typ&typeArray != 0 {
		return b
	}
	return append(b, x.texts.value(s)...)
}

// looseSlot takes a value that stands where elements are expected: text below
// EventData or UserData.
func (x *extractor) looseSlot(o *op, s slot) {
	if o.context < inEventData || s.typ == typeNull {
		return
	}
	field := fieldNamedOnly
	if o.context == inEventData {
		field = fieldData
	}
	x.dataSlot(&op{field: field, name: o.name, slot: o.slot, optional: true}, s)
}

// dataSlot adds a value of the event's data. The items of an array are values
// of their own: their element is repeated for each [MS-EVEN6 2.2.12.4].
func (x *extractor) dataSlot(o *op, s slot) {
	if s.typ&typeArray == 0 {
		if s.typ == typeNull && o.optional || !x.spend(int(s.size)/bytesMade) {
			return
		}
		x.add(o, x.texts.value(s))
		return
	}
	if s.size == 0 {
		x.add(o, "")
		return
	}
	rest := x.texts.chunk[s.off : s.off+uint32(s.size)]
	at := s.off
	for len(rest) > 0 && x.spend(1) {
		item, after := nextItem(s.typ&^typeArray, rest)
		x.add(o, x.texts.value(slot{off: at, size: uint16(len(item)), typ: s.typ &^ typeArray}))
		at += uint32(len(rest) - len(after))
		rest = after
	}
}

func (x *extractor) add(o *op, text string) {
	switch o.field {
	case fieldData:
		x.strings = append(x.strings, text)
	case fieldNamedOnly:
		x.found.userData = true
	}
	if o.name != "" {
		x.named = append(x.named, parsers.Named{Name: o.name, Value: text})
	}
}

// nested reads BinXML that is a value.
func (x *extractor) nested(o *op, s slot) {
	if x.nesting >= maxNesting {
		x.noBody = true
		return
	}
	if !x.spend(1 + int(s.size)/bytesMade) {
		return
	}
	ctx := o.context
	if o.field != fieldNested {
		ctx = inUserData
	}
	x.nesting++
	defer func() { x.nesting-- }()
	end := int(s.off) + int(s.size)
	fs := fragments{chunk: x.texts.chunk, tmpls: &x.tmpls, pos: int(s.off), end: end, slots: &x.slots, lost: end}
	for {
		f, ok, err := fs.next()
		if err != nil {
			x.noBody = true
		}
		if !ok {
			return
		}
		p := x.program(&f, ctx)
		x.run(&f, p.head)
		if ctx == inDocument {
			x.parts = append(x.parts, f) // its data comes later
			continue
		}
		x.run(&f, p.body)
	}
}

// setNull takes a System value that the event has not.
func (x *extractor) setNull(o *op) {
	if o.field == fieldUser && o.optional {
		x.event.Set(parsers.FieldUser, "")
	}
}

// set stores a value: the slot's, or text where the slot is NULL.
func (x *extractor) set(o *op, s slot, text string) {
	e := x.event
	switch o.field {
	case fieldProvider:
		e.Set(parsers.FieldProvider, x.textOf(s, text))
	case fieldChannel:
		e.Set(parsers.FieldLog, x.textOf(s, text))
	case fieldComputer:
		e.Set(parsers.FieldHost, x.textOf(s, text))
	case fieldUser:
		x.setUser(s, text)
	case fieldTime:
		x.setTime(s, text)
	case fieldSource:
		x.found.source = x.textOf(s, text)
	case fieldMessage:
		if m := x.textOf(s, text); m != "" {
			e.Set(parsers.FieldMessage, m)
		}
	case fieldCategory:
		x.found.category = true
		e.Set(parsers.FieldCategory, x.textOf(s, text))
	case fieldData, fieldNamedOnly, fieldSystem:
		x.add(o, text)
	case fieldNested, fieldNone:
	default:
		if n, ok := x.numberOf(s, text); ok {
			x.setNumber(o.field, n)
		}
	}
}

func (x *extractor) textOf(s slot, text string) string {
	if s.typ == typeNull || !x.spend(int(s.size)/bytesMade) {
		return text
	}
	return x.texts.value(s)
}

func (x *extractor) numberOf(s slot, text string) (uint64, bool) {
	if s.typ == typeNull {
		n, err := strconv.ParseUint(strings.TrimSpace(text), 0, 64)
		return n, err == nil
	}
	return number(s.typ, x.texts.chunk[s.off:s.off+uint32(s.size)])
}

func (x *extractor) setNumber(f field, n uint64) {
	e := x.event
	switch f {
	case fieldEventID:
		if n <= 0xFFFFFFFF {
			qualifiers := e.Qualifiers
			e.SetID(uint32(n))
			if n>>16 == 0 {
				e.Qualifiers = qualifiers
			}
		}
	case fieldQualifiers:
		if n <= 0xFFFF {
			e.Qualifiers = uint16(n)
			e.Known |= parsers.FieldQualifiers
		}
	case fieldLevel:
		x.found.level, x.found.hasLevel = n, true
	case fieldKeywords:
		x.found.keywords = n
	case fieldTask:
		// Only the message file names the task. 0 is none.
		if n == 0 && !x.found.category {
			e.Set(parsers.FieldCategory, "")
		}
	case fieldRecordID:
		e.Pos.Record = n
		e.Known |= parsers.FieldRecord
	}
}

// setUser stores the account, which the log has as a SID. One that is not
// whole leaves the user unknown.
func (x *extractor) setUser(s slot, text string) {
	if s.typ == typeSID && sidSize(x.texts.chunk[s.off:s.off+uint32(s.size)]) == 0 {
		return
	}
	x.event.Set(parsers.FieldUser, x.textOf(s, text))
}

// setFileTime stores a time that is one: 0 is none, and what lies beyond the year
// 9999 is damage, which no notation of times could hold.
func setFileTime(e *parsers.Event, n uint64) {
	if n != 0 && n < maxFileTime {
		e.SetTime(fileTime(n), parsers.ZoneUTC)
	}
}

// maxFileTime is the year 10000.
const maxFileTime = 2650467744000000000

func (x *extractor) setTime(s slot, text string) {
	b := x.texts.chunk[s.off : s.off+uint32(s.size)]
	if s.typ == typeFileTime && len(b) == 8 {
		n, _ := littleEndian(b)
		setFileTime(x.event, n)
		return
	}
	t, err := time.Parse(time.RFC3339Nano, x.textOf(s, text))
	if err == nil {
		x.event.SetTime(t.UTC(), parsers.ZoneUTC)
	}
}
