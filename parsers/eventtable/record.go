package eventtable

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventjson"
	"kbdiag/parsers/eventsyslog"
	"kbdiag/parsers/eventtext"
)

// Record gathers the named values of one event, from the cells of a row or
// the lines of a property list, and makes the event of them.
type Record struct {
	val   [columns]string
	rank  [columns]uint8
	utc   bool // the time is in UTC
	extra []parsers.Named

	// What is kept from one record to the next.
	dates   *eventtext.Dates
	xml     eventtext.XMLReader
	json    eventjson.Leaves
	shipped *eventsyslog.Text // its dates are of the United States, whatever the table's
	strings []string
	data    []parsers.Named
	noYear  int // times that had no year
	lossy   int // messages with letters lost
}

// NewRecord makes a Record whose times dates reads.
func NewRecord(dates *eventtext.Dates) *Record {
	return &Record{dates: dates, shipped: eventsyslog.NewText(parsers.Options{})}
}

// Reset begins another event.
func (r *Record) Reset() {
	r.val = [columns]string{}
	r.utc = false
	r.extra = r.extra[:0]
}

// Set takes a value. Of several that mean the same the one with the best name
// stays, if it has a value.
func (r *Record) Set(n Name, value string) {
	c := n.Column
	if value == "" || c <= Ignored || isTypeName(value) {
		return
	}
	if r.val[c] != "" && r.rank[c] <= n.rank {
		return
	}
	r.val[c], r.rank[c] = value, n.rank
	if c == Time {
		r.utc = n.utc
	}
}

// Put is Set for a column without a name.
func (r *Record) Put(c Column, value string) { r.Set(Name{Column: c}, value) }

// Extra takes a value whose name is not known.
func (r *Record) Extra(name, value string) {
	if value != "" && !isTypeName(value) {
		r.extra = append(r.extra, parsers.Named{Name: name, Value: value})
	}
}

// Value gives what was set.
func (r *Record) Value(c Column) string { return r.val[c] }

// isTypeName reports whether a value is the name of a .NET type, which
// PowerShell prints in place of lists and bytes: nothing is known then.
func isTypeName(v string) bool {
	if len(v) < 8 || v[0] != 'S' && v[0] != '{' || strings.IndexByte(v[:min(len(v), 160)], ' ') >= 0 && v[0] != '{' {
		return false
	}
	v = strings.TrimPrefix(v, "{")
	return strings.HasPrefix(v, "System.Byte[]") || strings.HasPrefix(v, "System.String[]") || strings.HasPrefix(v, "System.Object[]") ||
		strings.HasPrefix(v, "System.UInt32[]") || strings.HasPrefix(v, "System.Collections.") || strings.HasPrefix(v, "System.Diagnostics.Eventing.Reader.Event")
}

// identifier gives the 32-bit identifier or code in a value: "4624", "4,624" as
// Kibana and Azure print it, "1073748860.0" as pandas does, "0xC0002719",
// and negative numbers, which are 32 bits taken as signed.
func identifier(v string) (uint32, bool) {
	v = eventtext.Trim(v)
	if n, ok := eventtext.IDNumber(v); ok {
		return n, true
	}
	if len(v) < 2 || len(v) > 16 {
		return 0, false
	}
	neg := v[0] == '-'
	v = strings.TrimSuffix(strings.TrimPrefix(v, "-"), ".0")
	if i := strings.IndexByte(v, ','); i > 0 && i <= 3 && len(v)-strings.LastIndexByte(v, ',') == 4 {
		v = strings.ReplaceAll(v, ",", "")
	}
	n, ok := eventtext.IDNumber(v)
	if neg {
		return -n, ok && n <= 1<<31
	}
	return n, ok
}

// recordNumber gives the number of a record, 64 bits.
func recordNumber(v string) (uint64, bool) {
	v = strings.TrimSuffix(eventtext.Trim(v), ".0")
	if v == "" || len(v) > 24 {
		return 0, false
	}
	var n uint64
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == ',' && i > 0:
		case c >= '0' && c <= '9':
			n = n*10 + uint64(c-'0')
		default:
			return 0, false
		}
	}
	return n, true
}

// Event makes the event. Its position is the caller's. It reports false if
// there is no event's id among the values; the slices of the event are valid
// until the next one.
func (r *Record) Event(e *parsers.Event) bool {
	pos := e.Pos
	*e = parsers.Event{Pos: pos}
	r.strings, r.data = r.strings[:0], r.data[:0]
	r.setPacked(e)
	r.setTime(e)
	r.setID(e)
	r.setNames(e)
	if e.Known&parsers.FieldLevel == 0 || r.val[LevelWord]+r.val[Keywords]+r.val[Type] != "" {
		r.setLevel(e)
	}
	r.setText(e)
	r.setData(e)
	return e.Has(parsers.FieldID)
}

// setPacked reads the columns that hold the whole event or much of it.
func (r *Record) setPacked(e *parsers.Event) {
	for _, c := range [...]Column{XML, Raw} {
		v := r.val[c]
		if v == "" {
			continue
		}
		if i := strings.Index(v, "<Event"); i >= 0 && i < 200 {
			record := e.Pos.Record
			r.xml.Read(v[i:], e)
			e.Pos.Record = max(record, e.Pos.Record)
			r.strings, r.data = append(r.strings, e.Strings...), append(r.data, e.Data...)
		} else if c == Raw && r.shipped.Read(v, e) {
			r.data = append(r.data, e.Data...)
		}
	}
	if r.val[System] != "" {
		r.setSystem(r.val[System])
	}
	if r.val[Desc] != "" {
		r.setDesc(r.val[Desc])
	}
}

func (r *Record) setID(e *parsers.Event) {
	if id, ok := identifier(r.val[ID]); ok {
		e.SetID(id)
	}
	if id, ok := identifier(r.val[Instance]); ok && (!e.Has(parsers.FieldID) || e.ID == uint16(id)) {
		e.SetID(id)
	}
	if q, ok := identifier(r.val[Qualifiers]); ok && q < 1<<16 && e.Has(parsers.FieldID) {
		e.Qualifiers = uint16(q)
		e.Known |= parsers.FieldQualifiers
	}
	if n, ok := recordNumber(r.val[RecordNo]); ok {
		e.Pos.Record = n
		e.Known |= parsers.FieldRecord
	}
}

// setNames sets the fields of text. What the whole event in a cell says of
// itself stays: the columns beside it are of who collected it.
func (r *Record) setNames(e *parsers.Event) {
	for _, f := range [...]struct {
		from Column
		to   parsers.Field
	}{{Provider, parsers.FieldProvider}, {Log, parsers.FieldLog}, {Host, parsers.FieldHost}, {User, parsers.FieldUser}, {Category, parsers.FieldCategory}} {
		v := r.val[f.from]
		if e.Has(f.to) && r.val[Raw] != "" {
			continue
		}
		if v == "0" && f.from == Category {
			e.Set(f.to, "")
		} else if v != "" {
			e.Set(f.to, eventtext.Present(v))
		}
	}
	if e.Provider == "" {
		e.Known &^= parsers.FieldProvider
	}
}

// setLevel goes by the verdict of an audit, the word, then the number.
func (r *Record) setLevel(e *parsers.Event) {
	keywords := keywordBits(r.val[Keywords])
	level := eventtext.AuditOf(strings.Trim(r.val[Keywords], "{}"))
	if level == parsers.LevelUnknown && keywords != 0 {
		if l := eventtext.LevelOfNumber(-1, keywords); l != parsers.LevelUnknown {
			level = l
		}
	}
	if level == parsers.LevelUnknown {
		level = levelOf(r.val[LevelWord], keywords)
	}
	if level == parsers.LevelUnknown {
		level = levelOf(r.val[Level], keywords)
	}
	if v := r.val[Type]; level == parsers.LevelUnknown && v != "" {
		if n, ok := identifier(v); ok {
			level = eventtext.LevelOfType(n)
		} else {
			level = levelOf(v, keywords)
		}
	}
	e.SetLevel(level)
}

// levelOf reads the word or the number of a level.
func levelOf(v string, keywords uint64) parsers.Level {
	v = eventtext.Trim(v)
	if v == "" {
		return parsers.LevelUnknown
	}
	if c := v[0]; c >= '0' && c <= '9' {
		n, ok := identifier(v)
		switch {
		case !ok:
			return parsers.LevelUnknown
		case n == 8, n == 16:
			l := eventtext.LevelOfType(n)
			return l
		case n > 5:
			return parsers.LevelUnknown
		}
		return eventtext.LevelOfNumber(int(n), keywords)
	}
	if l := eventtext.LevelOf(v); l != parsers.LevelUnknown {
		return l
	}
	switch {
	case strings.EqualFold(v, "LogAlways"), strings.EqualFold(v, "Undefined"):
		return parsers.LevelInformation
	case strings.EqualFold(v, "Warn"):
		return parsers.LevelWarning
	case len(v) > 6 && strings.EqualFold(v[len(v)-6:], " event"): // Log Parser
		return eventtext.LevelOf(v[:len(v)-6])
	}
	return eventtext.AuditOf(v)
}

// keywordBits reads keywords that are a number: signed as PowerShell prints
// it, or hexadecimal. It gives 0 if they are none.
func keywordBits(v string) uint64 {
	v = eventtext.Trim(v)
	if len(v) < 3 {
		return 0
	}
	var n uint64
	if v[0] == '0' && v[1]|0x20 == 'x' {
		for i := 2; i < len(v) && i < 18; i++ {
			switch c := v[i] | 0x20; {
			case c >= '0' && c <= '9':
				n = n<<4 | uint64(c-'0')
			case c >= 'a' && c <= 'f':
				n = n<<4 | uint64(c-'a'+10)
			default:
				return 0
			}
		}
		return n
	}
	neg := v[0] == '-'
	if neg {
		v = v[1:]
	}
	n, ok := recordNumber(v)
	if !ok {
		return 0
	}
	if neg {
		n = -n
	}
	return n
}

// setText sets message and insertion strings.
func (r *Record) setText(e *parsers.Event) {
	if v := r.val[Message]; v != "" {
		v = strings.Trim(v, " \t\r\n")
		if strings.Contains(v, "????") {
			e.Truncated = true // letters outside ASCII were lost in the export
			r.lossy++
		}
		if len(v) > 1 && v[0] == '"' && v[len(v)-1] == '"' && strings.IndexByte(v[1:len(v)-1], '"') < 0 {
			v = v[1 : len(v)-1]
		}
		e.Set(parsers.FieldMessage, v)
	}
	if v := r.val[Strings]; v != "" {
		r.strings = r.strings[:0]
		whole := true
		r.strings, whole = appendStrings(r.strings, v)
		e.Truncated = e.Truncated || !whole
	}
	if len(r.strings) > 0 {
		e.Strings = r.strings
		e.Known |= parsers.FieldStrings
	}
	eventtext.Unwrap(e)
}

// setData sets the named values.
func (r *Record) setData(e *parsers.Event) {
	if v := r.val[Payload]; v != "" {
		r.setPayload(e, v)
	}
	for _, x := range r.extra {
		r.data = append(r.data, parsers.Named{Name: dataName(x.Name), Value: x.Value})
	}
	if len(r.data) > 0 {
		e.Data = r.data
		e.Known |= parsers.FieldData
	}
	if len(r.strings) > 0 && !e.Has(parsers.FieldStrings) {
		e.Strings = r.strings
		e.Known |= parsers.FieldStrings
	}
}

// Report tells the account what was not known of the times.
func (r *Record) Report(out *parsers.Out) {
	r.dates.Report(out)
	if r.lossy > 0 {
		out.Note("letters outside ASCII were lost when this was exported (\"?\" stands for them): " + count(r.lossy, "message", "messages"))
	}
	if r.noYear > 0 {
		out.Note("times are without a year, so they stay unknown: " + count(r.noYear, "event", "events"))
	}
}
