package engine

import (
	"kbdiag/parsers"
	"kbdiag/rules"
)

// index finds the signals that may match a record, from what their conditions
// require. Indexes are into Set.signals.
type index struct {
	providers  map[string]uint32 // folded name -> number, from 1
	byPair     map[uint64][]int32
	byProvider map[uint32][]int32
	byID       map[uint16][]int32
	pairsByID  map[uint16][]int32 // signals of byPair, for events whose provider is unknown
	anyEvent   []int32            // signals that require neither
	byProtocol map[string][]int32 // exchanges
	anyProto   []int32
	sessions   []int32
	lines      []int32
}

func newIndex() *index {
	return &index{
		providers:  map[string]uint32{},
		byPair:     map[uint64][]int32{},
		byProvider: map[uint32][]int32{},
		byID:       map[uint16][]int32{},
		pairsByID:  map[uint16][]int32{},
		byProtocol: map[string][]int32{},
	}
}

func pair(provider uint32, id uint16) uint64 { return uint64(provider)<<16 | uint64(id) }

func (x *index) number(folded string) uint32 {
	n, ok := x.providers[folded]
	if !ok {
		n = uint32(len(x.providers) + 1)
		x.providers[folded] = n
	}
	return n
}

func (x *index) add(i int32, sig *signal) {
	switch sig.rule.On {
	case rules.OnEvent:
		x.addEvent(i, sig.needs)
	case rules.OnExchange:
		if len(sig.needs.protocols) == 0 {
			x.anyProto = append(x.anyProto, i)
		}
		for p := range sig.needs.protocols {
			x.byProtocol[p] = append(x.byProtocol[p], i)
		}
	case rules.OnSession:
		x.sessions = append(x.sessions, i)
	case rules.OnLine:
		x.lines = append(x.lines, i)
	}
}

func (x *index) addEvent(i int32, n needs) {
	switch {
	case n.providers != nil && n.ids != nil:
		for p := range n.providers {
			for id := range n.ids {
				k := pair(x.number(p), uint16(id))
				x.byPair[k] = append(x.byPair[k], i)
			}
		}
		for id := range n.ids {
			x.pairsByID[uint16(id)] = append(x.pairsByID[uint16(id)], i)
		}
	case n.providers != nil:
		for p := range n.providers {
			k := x.number(p)
			x.byProvider[k] = append(x.byProvider[k], i)
		}
	case n.ids != nil:
		for id := range n.ids {
			x.byID[uint16(id)] = append(x.byID[uint16(id)], i)
		}
	default:
		x.anyEvent = append(x.anyEvent, i)
	}
}

// events gives the signals that may match e, in up to four lists.
func (x *index) events(e *parsers.Event, ref providerRef) [4][]int32 {
	lists := [4][]int32{2: x.byID[e.ID], 3: x.anyEvent}
	switch {
	case ref.folded == "":
		lists[0] = x.pairsByID[e.ID]
	case ref.number != 0:
		lists[0] = x.byPair[pair(ref.number, e.ID)]
		lists[1] = x.byProvider[ref.number]
	}
	return lists
}

// exchanges gives the signals that may match an exchange of s.
func (x *index) exchanges(s *parsers.Session) [2][]int32 {
	return [2][]int32{x.byProtocol[s.Protocol], x.anyProto}
}

// needs is what a record must have for a condition to hold or to stay open.
// nil means anything.
type needs struct {
	providers map[string]bool // folded
	ids       map[int64]bool
	protocols map[string]bool
	logs      map[string]bool
}

// rangeLimit is how many ids a range may have to be indexed one by one.
const rangeLimit = 256

// needsOf takes from a condition what must hold: for "and" the smaller of both
// sides, for "or" their union if both require something.
func needsOf(c rules.Cond) needs {
	switch c := c.(type) {
	case *rules.And:
		var out needs
		for _, a := range c.Args {
			n := needsOf(a)
			out.providers = smaller(out.providers, n.providers)
			out.ids = smaller(out.ids, n.ids)
			out.protocols = smaller(out.protocols, n.protocols)
			out.logs = smaller(out.logs, n.logs)
		}
		return out
	case *rules.Or:
		out := needsOf(c.Args[0])
		for _, a := range c.Args[1:] {
			n := needsOf(a)
			out.providers = union(out.providers, n.providers)
			out.ids = union(out.ids, n.ids)
			out.protocols = union(out.protocols, n.protocols)
			out.logs = union(out.logs, n.logs)
		}
		return out
	case *rules.Compare:
		if c.Op == rules.Equal && c.Operand.Form == rules.FieldOperand {
			return needsValues(c.Operand, []rules.Value{c.Value})
		}
	case *rules.InList:
		if c.Operand.Form == rules.FieldOperand {
			return needsValues(c.Operand, c.Values)
		}
	case *rules.InRange:
		if c.Operand.Field == "id" && c.To-c.From < rangeLimit {
			ids := map[int64]bool{}
			for id := c.From; id <= c.To; id++ {
				ids[id] = true
			}
			return needs{ids: ids}
		}
	}
	return needs{}
}

func needsValues(o rules.Operand, values []rules.Value) needs {
	op := newOperand(o)
	texts, numbers := map[string]bool{}, map[int64]bool{}
	for _, v := range values {
		if v.Type == rules.Number {
			numbers[v.Number] = true
		} else {
			texts[op.fold(v.Text)] = true
		}
	}
	switch o.Field {
	case "provider":
		return needs{providers: texts}
	case "id":
		return needs{ids: numbers}
	case "protocol":
		return needs{protocols: texts}
	case "log":
		return needs{logs: texts}
	}
	return needs{}
}

func smaller[K comparable](a, b map[K]bool) map[K]bool {
	if a == nil || b != nil && len(b) < len(a) {
		return b
	}
	return a
}

func union[K comparable](a, b map[K]bool) map[K]bool {
	if a == nil || b == nil {
		return nil
	}
	out := make(map[K]bool, len(a)+len(b))
	for k := range a {
		out[k] = true
	}
	for k := range b {
		out[k] = true
	}
	return out
}
