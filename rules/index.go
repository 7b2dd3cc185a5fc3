package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// maxNamed is how many rules a finding names.
const maxNamed = 8

// maxSuggested is for how many unknown ids of a rule a near one is looked for.
const maxSuggested = 20

// Index finds what the rules of a base have in common, so that one rule can be
// checked against all others in a time that does not grow with their number.
type Index struct {
	base       *Base
	signatures map[string][]string // ids of the rules of a signature
	events     map[eventKey][]string
}

// eventKey is an event that a condition asks for by source and id.
type eventKey struct {
	provider string // in lower case
	id       int64
}

// order compares events, so that findings do not depend on the order of a map.
func (k eventKey) order(o eventKey) int {
	return cmp.Or(cmp.Compare(k.provider, o.provider), cmp.Compare(k.id, o.id))
}

// asked is an event that a signal asks for.
type asked struct {
	eventKey
	signal int
	name   string // as the condition has it
}

// Index makes the index of a base. Put and Drop leave the base as it is.
func (b *Base) Index() *Index {
	byID := maps.Clone(b.byID)
	if byID == nil {
		byID = map[string]*Rule{}
	}
	x := &Index{base: &Base{byID: byID}, signatures: make(map[string][]string, len(b.Rules)), events: make(map[eventKey][]string, len(b.Rules))}
	for _, r := range b.Rules {
		x.signatures[r.signature] = append(x.signatures[r.signature], r.ID)
		for k := range eventsOf(r) {
			x.events[k] = append(x.events[k], r.ID)
		}
	}
	return x
}

// Put adds a rule to the index, in place of the one of its id.
func (x *Index) Put(r *Rule) {
	x.Drop(r.ID)
	x.base.byID[r.ID] = r
	x.signatures[r.signature] = withID(x.signatures[r.signature], r.ID)
	for k := range eventsOf(r) {
		x.events[k] = withID(x.events[k], r.ID)
	}
}

// Drop takes a rule out of the index.
func (x *Index) Drop(id string) {
	old := x.base.byID[id]
	if old == nil {
		return
	}
	delete(x.base.byID, id)
	x.signatures[old.signature] = withoutID(x.signatures[old.signature], id)
	for k := range eventsOf(old) {
		x.events[k] = withoutID(x.events[k], id)
	}
}

// Rule finds a rule, nil if there is none.
func (x *Index) Rule(id string) *Rule { return x.base.byID[id] }

// IDs gives up to n ids that begin with a prefix, sorted, and whether these are
// all.
func (x *Index) IDs(prefix string, n int) (ids []string, all bool) {
	for id := range x.base.byID {
		if strings.HasPrefix(id, prefix) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids[:min(n, len(ids))], len(ids) <= n
}

// withID adds an id to sorted ids.
func withID(ids []string, id string) []string {
	at, found := slices.BinarySearch(ids, id)
	if found {
		return ids
	}
	return slices.Insert(ids, at, id)
}

// withoutID takes an id out of sorted ids.
func withoutID(ids []string, id string) []string {
	if at, found := slices.BinarySearch(ids, id); found {
		return slices.Delete(ids, at, at+1)
	}
	return ids
}

// eventsOf gives the events that a rule asks for, each with the first signal
// that does.
func eventsOf(r *Rule) map[eventKey]asked {
	all := map[eventKey]asked{}
	for i, s := range r.Signals {
		if s.On != OnEvent || s.Cond == nil {
			continue
		}
		for _, k := range eventKeys(s.Cond) {
			if _, known := all[k.eventKey]; !known {
				k.signal = i
				all[k.eventKey] = k
			}
		}
	}
	return all
}

// maxEventKeys bounds the events of one condition that are compared.
const maxEventKeys = 64

// eventKeys gives the events that a condition ties to a source and an id. A
// choice gives those of all its sides.
func eventKeys(c Cond) []asked {
	switch c := c.(type) {
	case *Or:
		var all []asked
		for _, a := range c.Args {
			all = append(all, eventKeys(a)...)
		}
		return all[:min(len(all), maxEventKeys)]
	case *And:
		return eventsOfAnd(c)
	}
	return nil
}

// eventsOfAnd gives the events of clauses that hold together.
func eventsOfAnd(c *And) []asked {
	var providers, ids []Value
	var all []asked
	for _, a := range c.Args {
		if o, values := fixedValues(a); o.Form == FieldOperand {
			switch o.Field {
			case "provider":
				providers = values
			case "id":
				ids = values
			}
		}
		all = append(all, eventKeys(a)...)
	}
	for _, p := range providers {
		for _, n := range ids {
			if len(all) < maxEventKeys {
				name := p.Text + " " + strconv.FormatInt(n.Number, 10)
				all = append(all, asked{eventKey: eventKey{strings.ToLower(p.Text), n.Number}, name: name})
			}
		}
	}
	return all
}

// fixedValues gives the values that a clause allows an operand, none where it
// is no equality and no list.
func fixedValues(c Cond) (Operand, []Value) {
	switch c := c.(type) {
	case *Compare:
		if c.Op == Equal {
			return c.Operand, []Value{c.Value}
		}
	case *InList:
		return c.Operand, c.Values
	}
	return Operand{}, nil
}

// Check gives what is doubtful in a rule beside the others of the base. The
// rule may be one of the base, or a newer state of one.
func (x *Index) Check(r *Rule) []Finding {
	list := checkSamples(r)
	if same, _ := others(x.signatures[r.signature], r.ID); len(same) > 0 && (same[0] < r.ID || x.base.byID[r.ID] == nil) {
		list = append(list, warning(r, r.idPos, CodeAlike, "add a signal that only one of them has", "its signals are those of %s: nothing tells the two apart", same[0]))
	}
	unknown := 0
	for i, id := range r.Diagnosis.Explains {
		if x.base.byID[id] != nil || id == r.ID {
			continue
		}
		fix := ""
		if unknown++; unknown <= maxSuggested {
			fix = x.nearID(id)
		}
		list = append(list, warning(r, r.explainsPos[i], CodeUnknownExplains, fix, "there is no rule %s", id))
	}
	return append(list, x.shared(r)...)
}

// others gives the first of sorted ids without one of them, and their number.
func others(ids []string, without string) (first []string, n int) {
	n = len(ids)
	if _, found := slices.BinarySearch(ids, without); found {
		n--
	}
	for _, id := range ids[:min(len(ids), maxNamed+1)] {
		if id != without {
			first = append(first, id)
		}
	}
	return first[:min(len(first), maxNamed)], n
}

// shared notes, for each signal, the event of it that most other rules look
// for too: source and id alone then say little.
func (x *Index) shared(r *Rule) []Finding {
	most := make(map[int]asked)
	for k, a := range eventsOf(r) {
		old, known := most[a.signal]
		if n, m := len(x.events[k]), len(x.events[old.eventKey]); !known || n > m || n == m && k.order(old.eventKey) < 0 {
			most[a.signal] = a
		}
	}
	var list []Finding
	for i, s := range r.Signals {
		first, n := others(x.events[most[i].eventKey], r.ID)
		if _, known := most[i]; !known || n == 0 {
			continue
		}
		f := warning(r, s.WhenPos, CodeSharedEvent, sharedFix(s), "%s looks for event %s too", named(first, n), most[i].name)
		f.Severity = SeverityNote
		list = append(list, f)
	}
	return list
}

// sharedFix says how a signal on an event that others share can tell more.
func sharedFix(s Signal) string {
	if s.Message == "" {
		return "quote the message text of this rule's own case: message = ..."
	}
	return ""
}

// named names the first of n rules.
func named(first []string, n int) string {
	switch {
	case n == 1:
		return first[0]
	case n <= len(first):
		return fmt.Sprintf("each of %d other rules (%s)", n, strings.Join(first, ", "))
	}
	return fmt.Sprintf("each of %d other rules (%s, ...)", n, strings.Join(first, ", "))
}

// nearID suggests the rule that is meant: one that differs in one sign, or has
// two neighbours exchanged. All such ids are looked up, so that the time does
// not depend on the base.
func (x *Index) nearID(id string) string {
	try := []byte(id)
	best := ""
	look := func() {
		if r := x.base.byID[string(try)]; r != nil && (best == "" || r.ID < best) {
			best = r.ID
		}
	}
	for i := range try {
		was := try[i]
		for _, c := range []byte("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
			try[i] = c
			look()
		}
		try[i] = was
		if i+1 < len(try) {
			try[i], try[i+1] = try[i+1], try[i]
			look()
			try[i], try[i+1] = try[i+1], try[i]
		}
	}
	if best == "" {
		return ""
	}
	return "did you mean " + best + "?"
}

// Circle gives the circle of Explains that goes through a rule, beginning and
// ending with it, nil if there is none. At most maxCircle rules are visited.
func (x *Index) Circle(r *Rule) []string {
	const maxCircle = 10_000
	from := map[string]string{}
	queue := []string{r.ID}
	for n := 0; len(queue) > 0 && n < maxCircle; n++ {
		at := queue[0]
		queue = queue[1:]
		for _, to := range x.explains(at, r) {
			if to == r.ID && at != r.ID {
				return circle(from, at, r.ID)
			}
			if _, seen := from[to]; !seen && to != r.ID {
				from[to] = at
				queue = append(queue, to)
			}
		}
	}
	return nil
}

// explains gives what a rule explains; r is newer than the base.
func (x *Index) explains(id string, r *Rule) []string {
	if id == r.ID {
		return r.Diagnosis.Explains
	}
	if other := x.base.byID[id]; other != nil {
		return other.Diagnosis.Explains
	}
	return nil
}

// circle reads a circle backwards from its last rule.
func circle(from map[string]string, last, first string) []string {
	ids := []string{first}
	for at := last; at != first; at = from[at] {
		ids = append(ids, at)
	}
	ids = append(ids, first)
	slices.Reverse(ids)
	return ids
}

// CheckOne is what Lint says of one file as it is being written, against the
// rules of the base.
func (x *Index) CheckOne(file string, data []byte) (*Rule, []Finding) {
	r, list := Parse(file, data)
	if r == nil {
		return nil, list
	}
	list = append(list, x.Check(r)...)
	if c := x.Circle(r); len(c) > 0 {
		list = append(list, cycleFinding(r, slices.Index(r.Diagnosis.Explains, c[1]), c))
	}
	if old := x.base.byID[r.ID]; old != nil && !sameFile(old.File, file) {
		list = append(list, Finding{
			File: file, Line: r.idPos.Line, Column: r.idPos.Column, Until: r.idPos, Severity: SeverityError,
			Code: CodeDuplicateID, Msg: fmt.Sprintf("%s is the id of %s too", r.ID, old.File), Fix: "give one of them another id",
		})
	}
	sortFindings(list)
	return r, list
}

// sameFile compares paths by their signs alone.
func sameFile(a, b string) bool {
	return strings.ReplaceAll(a, `\`, "/") == strings.ReplaceAll(b, `\`, "/")
}
