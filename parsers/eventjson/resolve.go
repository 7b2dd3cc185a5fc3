package eventjson

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// mark says what became of a value.
type mark uint8

const (
	unclaimed mark = iota
	claimed        // it is one of the event's fields, or of the shipper
)

// candidate is the best value found for a field so far.
type candidate struct {
	node int32 // 0 for none: the document itself is no field
	rank uint8
	weak bool
}

// named is a value of the event's own whose name is not the whole key.
type named struct {
	name string
	node int32
}

// shape is what the names in a document tell of the program that wrote it.
type shape uint16

const (
	shapeNXLog shape = 1 << iota
	shapeWinlog
	shapeWazuh
	shapeGELF
	shapeThread   // ThreadID is there: then ProcessID is of the execution
	shapeHayabusa // a detection of Hayabusa, which names one event
	shapeSystem   // the elements of the event schema, in their order
	shapeOSQuery
	shapeAzure
	shapeLogstash
)

// maxWalk bounds how deep fields are looked for.
const maxWalk = 8

// resolution is what the values of one object mean.
type resolution struct {
	doc   *doc
	root  int32 // the object's node
	best  [fieldCount]candidate
	empty [fieldCount]bool // the field is there, without a value
	own   []named
	shape shape
}

// resolve finds out what the members of the object at node at mean.
func (r *resolution) resolve(d *doc, at int32) {
	r.doc, r.root = d, at
	r.best, r.empty = [fieldCount]candidate{}, [fieldCount]bool{}
	r.own, r.shape = r.own[:0], 0
	r.walk(0, at, 0)
	r.settle()
}

func (r *resolution) walk(p place, at int32, depth int) {
	d := r.doc
	for i := at + 1; i < d.nodes[at].next; i = d.nodes[i].next {
		n := &d.nodes[i]
		n.mark = unclaimed
		name := d.rawKey(n)
		e, ok := names.look(p, name)
		if !ok {
			if e, ok = r.unusual(p, i, name, depth); !ok {
				continue
			}
		}
		if p == 0 {
			r.tell(name)
		}
		r.member(e, i, depth)
	}
}

// member takes one value whose name is known.
func (r *resolution) member(e entry, i int32, depth int) {
	n := &r.doc.nodes[i]
	switch n.kind {
	case isObject:
		switch {
		case e.field == fData && !e.container, e.field == fUserData, e.field == fDetails, e.field == fExtra:
			r.offer(e, i)
		case e.container && depth < maxWalk:
			r.enter(e.place)
			r.azure(r.doc.rawKey(n))
			n.mark = claimed
			r.walk(e.place, i, depth+1)
		}
	case isArray:
		switch e.field {
		case fStrings, fData, fUserData, fKeywords, fDetails:
			r.offer(e, i)
		default: // a list of one, as Elasticsearch gives fields
			if n.next == i+2 && e.field != fNothing && r.doc.nodes[i+1].kind < isObject {
				r.offer(e, i+1)
			}
		}
	default:
		if e.field != fNothing {
			r.offer(e, i)
		}
	}
}

// enter notes what an object that is gone into says of the program.
func (r *resolution) enter(p place) {
	switch p {
	case names.winlog:
		r.shape |= shapeWinlog
	case names.system:
		r.shape |= shapeSystem
	case names.security:
		r.empty[fSID] = true // <Security/> says that there is no user
	case names.data, names.wazuh:
		r.shape |= shapeWazuh
	}
}

// azure notes the object in which Azure's diagnostics have an event whose own
// values stand in its XML alone.
func (r *resolution) azure(name string) {
	if name == "properties" {
		r.shape |= shapeAzure
	}
}

// unusual looks up names that are not in the table as they stand: with dots in
// them, with the prefixes of Graylog, and attributes of an element.
func (r *resolution) unusual(p place, i int32, name string, depth int) (entry, bool) {
	n := &r.doc.nodes[i]
	if p != 0 {
		if n.kind == isObject && depth < maxWalk && (name == "#attributes" || name == "$" || name == "attributes") {
			r.walk(p, i, depth+1)
		}
		if strings.IndexByte(name, '.') < 0 {
			return entry{}, false
		}
	}
	if strings.IndexByte(name, '.') > 0 {
		e, rest, ok := names.lookDotted(p, name)
		if ok && strings.HasPrefix(name, "winlog.") {
			r.shape |= shapeWinlog
		}
		if ok && rest != "" {
			r.addOwn(rest, i)
			return entry{}, false
		}
		return e, ok
	}
	return r.underscored(i, name)
}

// graylogPrefixes stand before the names of Beats' fields in Graylog, which
// makes underscores of the dots.
var graylogPrefixes = []string{"winlogbeat_", "filebeat_", "beats_"}

func (r *resolution) underscored(i int32, name string) (entry, bool) {
	bare := strings.TrimPrefix(name, "_")
	for _, prefix := range graylogPrefixes {
		bare = strings.TrimPrefix(bare, prefix)
	}
	p := place(0)
	if rest, ok := strings.CutPrefix(bare, "winlog_"); ok {
		p, bare = names.winlog, rest
		r.shape |= shapeWinlog
	} else if len(bare) == len(name) {
		return entry{}, false
	}
	for _, prefix := range []string{"event_data_", "user_data_"} {
		if rest, ok := strings.CutPrefix(bare, prefix); ok {
			r.addOwn(rest, i)
			return entry{}, false
		}
	}
	if rest, ok := strings.CutPrefix(bare, "user_"); ok && p == names.winlog {
		return names.look(names.places["winlog.user"], rest)
	}
	if rest, ok := strings.CutPrefix(bare, "event_"); ok && p == 0 {
		if e, ok := names.look(names.places["event"], rest); ok {
			return e, true
		}
	}
	return names.look(p, bare)
}

// addOwn takes a value of the event's own under a name.
func (r *resolution) addOwn(name string, i int32) {
	n := &r.doc.nodes[i]
	n.mark = claimed
	if n.kind == isArray && n.next == i+2 { // a list of one
		i++
	}
	if r.doc.nodes[i].kind < isObject && len(r.own) < maxValues {
		r.own = append(r.own, named{name, i})
	}
}

// tell notes what a name of the root says of the program.
func (r *resolution) tell(name string) {
	switch len(name) {
	case 8:
		if name == "@version" {
			r.shape |= shapeLogstash
		}
		if strings.EqualFold(name, "ThreadID") {
			r.shape |= shapeThread
		}
	case 9:
		if name == "RuleTitle" {
			r.shape |= shapeHayabusa
		}
	case 13:
		if name == "short_message" {
			r.shape |= shapeGELF
		}
		if name == "provider_guid" {
			r.shape |= shapeOSQuery
		}
		if name == "SeverityValue" {
			r.shape |= shapeNXLog
		}
	case 14:
		if name == "gl2_message_id" {
			r.shape |= shapeGELF
		}
	case 16:
		if name == "SourceModuleType" {
			r.shape |= shapeNXLog
		}
	case 17:
		if name == "EventReceivedTime" {
			r.shape |= shapeNXLog
		}
	}
}

// offer proposes a value for a field.
func (r *resolution) offer(e entry, i int32) {
	n := &r.doc.nodes[i]
	if e.field == fMeta {
		n.mark = claimed
		return
	}
	if n.kind == isNull || n.kind == isString && n.at == n.end {
		if !e.weak || e.field < fStrings {
			r.empty[e.field] = true
		}
		if !e.weak {
			n.mark = claimed
		}
		return
	}
	if !r.plausible(e, n) {
		if !e.weak || e.field == fRecord || isTableName(r.doc.raw(n)) {
			n.mark = claimed
		}
		return
	}
	b := &r.best[e.field]
	if b.node != 0 && b.rank <= e.rank {
		// Of two values under one name the second is the event's own, as NXLog
		// writes them.
		if !e.weak && b.rank != e.rank || e.field == fType || e.field == fWord || e.field == fLevel {
			n.mark = claimed
		}
		return
	}
	if b.node != 0 && b.weak {
		r.doc.nodes[b.node].mark = unclaimed
	}
	*b = candidate{i, e.rank, e.weak}
	n.mark = claimed
}

// plausible reports whether a value can be of a field.
func (r *resolution) plausible(e entry, n *node) bool {
	raw := r.doc.raw(n)
	switch e.field {
	case fID, fID32, fQualifiers, fRecord:
		return isDigits(raw)
	case fTime:
		return n.kind != isWord && mayBeTime(raw)
	case fLevel:
		return isDigits(raw) || n.kind == isString && eventtext.LevelOf(raw) != parsers.LevelUnknown
	case fType:
		return levelOfType(raw) != parsers.LevelUnknown
	case fWord:
		return wordLevel(r.doc, n) != parsers.LevelUnknown
	case fSeverity:
		return isDigits(raw)
	case fCategory:
		return n.kind == isString && !isDigits(raw) && !strings.HasPrefix(raw, "WindowsEventLog") // Azure's name of the table
	case fData:
		return n.kind >= isObject || n.kind == isString && mayBeData(raw)
	case fStrings:
		return n.kind == isArray || n.kind == isString && !e.weak
	case fDetails, fExtra:
		return r.shape&shapeHayabusa != 0
	case fXML:
		return n.kind == isString && isMarkup(raw)
	case fInner:
		return n.kind == isString
	case fSID:
		return strings.HasPrefix(raw, "S-1-")
	case fProvider, fLog, fHost, fUser, fMessage, fDescription, fSource, fDomain:
		return n.kind == isString || n.kind == isNumber
	}
	return true
}

// isTableName tells the type of record that Azure and Beats name.
func isTableName(s string) bool {
	switch s {
	case "SecurityEvent", "Event", "WindowsEvent", "wineventlog", "winlogbeat":
		return true
	}
	return false
}

func isDigits(s string) bool {
	if len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' {
		_, ok := eventtext.IDNumber(s)
		return ok
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != "" && len(s) <= 20
}

// mayBeData tells a string that holds values in XML or JSON.
func mayBeData(raw string) bool {
	raw = strings.TrimLeft(raw, " \t\r\n")
	return raw != "" && (raw[0] == '{' || raw[0] == '[') || isMarkup(raw)
}

func isMarkup(raw string) bool {
	raw = strings.TrimLeft(raw, " \t\r\n")
	return strings.HasPrefix(raw, "<") || strings.HasPrefix(raw, `\u003c`) || strings.HasPrefix(raw, `\u003C`)
}

// settle takes back what other names of the document contradict.
func (r *resolution) settle() {
	if r.shape&shapeNXLog != 0 { // these names are values of Sysmon's events
		r.drop(fUser)
		r.drop(fDescription)
	}
	if b := r.best[fProvider]; b.node != 0 && r.doc.raw(&r.doc.nodes[b.node]) == "Microsoft-Windows-Sysmon" && !r.apart() {
		r.drop(fUser)
	}
	if r.best[fUser].node == 0 || r.best[fUser].weak {
		r.drop(fDomain)
	}
	if r.shape&shapeOSQuery != 0 && r.best[fLog].node == 0 && r.best[fProvider].node != 0 {
		r.sourceIsLog()
	}
	if r.best[fDescription].node != 0 && !r.apart() && (r.best[fWord].node == 0 || r.best[fWord].rank != 0) {
		r.drop(fDescription)
	}
	if r.best[fTime].rank >= 5 && r.best[fTime].node != 0 {
		r.best[fTime].weak = false
	}
}

// drop gives a weak candidate back to the event's own values.
func (r *resolution) drop(f field) {
	if b := &r.best[f]; b.node != 0 && b.weak {
		r.doc.nodes[b.node].mark = unclaimed
		*b = candidate{}
	}
}

// sourceIsLog takes osquery's column "source", which is the log.
func (r *resolution) sourceIsLog() {
	for i := range r.doc.nodes {
		n := &r.doc.nodes[i]
		if n.kind == isString && n.mark == unclaimed && r.doc.rawKey(n) == "source" {
			r.best[fLog] = candidate{int32(i), 5, true}
			n.mark = claimed
			return
		}
	}
}

// apart reports whether the event's values stand in a place of their own, so
// that the names of the root are not theirs.
func (r *resolution) apart() bool {
	return r.shape&(shapeWinlog|shapeAzure) != 0 || len(r.own) > 0 ||
		r.has(fData) || r.has(fUserData) || r.has(fDetails) || r.has(fStrings) || r.has(fXML)
}

// has reports whether the field is there, be it empty.
func (r *resolution) has(f field) bool { return r.best[f].node != 0 || r.empty[f] }

func (r *resolution) found(f field) bool { return r.best[f].node != 0 }

// isEvent reports whether the object is a Windows event: it has an event's id,
// and enough beside it that other logs do not have.
func (r *resolution) isEvent() bool {
	id := r.best[fID]
	if id.node == 0 {
		if !r.found(fID32) || !r.found(fProvider) {
			return false
		}
		id = candidate{rank: 1}
	}
	signs := 0
	for _, ok := range []bool{
		r.found(fProvider) && r.best[fProvider].rank <= 2,
		r.found(fLog),
		r.found(fRecord) && r.best[fRecord].rank <= 1,
		r.found(fType) || r.found(fKeywords) || r.found(fSeverity),
		r.found(fTime) && r.best[fTime].rank <= 3,
		r.found(fHost) && r.best[fHost].rank <= 2,
		r.found(fData) || r.found(fStrings) || r.found(fUserData),
		r.found(fWord) && r.best[fWord].rank == 0,
	} {
		if ok {
			signs++
		}
	}
	if id.rank == 5 { // "Id", which all kinds of things have
		windows := r.found(fProvider) && r.best[fProvider].rank == 0 || r.found(fTime) && r.best[fTime].rank == 2
		return windows && (signs >= 2 || r.found(fMessage))
	}
	return signs >= 2
}
