package engine

import (
	"kbdiag/parsers"
	"kbdiag/rules"
)

// index finds the signals that may match a record, from what their conditions
// require. Signals are named by their place in Set.signals.
//
// A signal stands in the narrowest list that its condition allows. What no
// field narrows waits for one of its literals in the record's text; what has
// none of these is evaluated on every record of its kind.
type index struct {
	events    eventIndex
	exchanges exchangeIndex
	sessions  sessionIndex
	lines     list
	texts     [kinds]literalIndex // of the signals that wait for a literal
}

// kind numbers the kinds of records whose text is searched for literals.
type kind uint8

const (
	kindEvent kind = iota
	kindExchange
	kindLine
	kinds
	kindSession = kinds // few, and without a text of their own
)

func kindOf(on rules.Kind) kind {
	switch on {
	case rules.OnEvent:
		return kindEvent
	case rules.OnExchange:
		return kindExchange
	case rules.OnLine:
		return kindLine
	}
	return kindSession
}

// list is signals that share what narrows them: those that are evaluated when
// a record fits, those that besides wait for a literal of its text, and those
// on events to which nothing but the text matters.
type list struct {
	direct []int32
	gated  []int32
	texts  []int32
}

func (l *list) empty() bool { return len(l.direct) == 0 && len(l.gated) == 0 && len(l.texts) == 0 }

func (l *list) add(i int32, gated bool) {
	if gated {
		l.gated = append(l.gated, i)
	} else {
		l.direct = append(l.direct, i)
	}
}

// crowd is how many signals a list narrowed by a field has before looking for
// their literals first is cheaper than evaluating them.
const crowd = 16

// eventIndex is the index of signals on events.
type eventIndex struct {
	providers       map[string]uint32 // folded name -> number, from 1
	byPair          map[uint64]*list
	byProvider      map[uint32]*list
	byID            map[uint16]*list
	pairsByID       map[uint16]*list // for events whose provider is unknown
	pairsByProvider map[uint32]*list // for events whose id is unknown
	withPair        list             // for events that tell neither
	withProvider    list
	withID          list
	byLog           map[string]*list
	withLog         list
	byLevel         [maxLevel + 1]list
	withLevel       list
	rest            list
}

const maxLevel = int(parsers.LevelAuditFailure)

// exchangeIndex is the index of signals on exchanges. Each signal stands once,
// under the narrowest of what it requires.
type exchangeIndex struct {
	byCommand    map[protocolCommand]*list
	byProtocol   map[string]*list
	byCode       map[int64]*list
	withProtocol list // for sessions whose protocol is unknown
	withCommand  list
	rest         list
}

type protocolCommand struct{ protocol, command string }

// sessionIndex is the index of signals on sessions.
type sessionIndex struct {
	byProtocol   map[string]*list
	withProtocol list
	rest         list
}

func newIndex() *index {
	x := &index{
		events: eventIndex{
			providers: map[string]uint32{}, byPair: map[uint64]*list{}, byProvider: map[uint32]*list{}, byID: map[uint16]*list{},
			pairsByID: map[uint16]*list{}, pairsByProvider: map[uint32]*list{}, byLog: map[string]*list{},
		},
		exchanges: exchangeIndex{byCommand: map[protocolCommand]*list{}, byProtocol: map[string]*list{}, byCode: map[int64]*list{}},
		sessions:  sessionIndex{byProtocol: map[string]*list{}},
	}
	for k := range x.texts {
		x.texts[k] = newLiteralIndex()
	}
	return x
}

func pair(provider uint32, id uint16) uint64 { return uint64(provider)<<16 | uint64(id) }

func (x *eventIndex) number(folded string) uint32 {
	n, ok := x.providers[folded]
	if !ok {
		n = uint32(len(x.providers) + 1)
		x.providers[folded] = n
	}
	return n
}

// at gives the list under a key, made on first use.
func at[K comparable](m map[K]*list, key K) *list {
	l := m[key]
	if l == nil {
		l = &list{}
		m[key] = l
	}
	return l
}

// build places all signals. Where a list narrowed by a field is crowded, its
// signals wait for their literals too.
func (x *index) build(signals []*signal) {
	sizes := map[string]int{}
	for _, sig := range signals {
		sizes[sig.place()]++
	}
	for i, sig := range signals {
		place := sig.place()
		k := kindOf(sig.rule.On)
		sig.gated = k < kinds && sig.literals != nil && (place == "" || sizes[place] > crowd)
		if sig.never() {
			continue
		}
		sig.textAlone = sig.gated && k == kindEvent && place == "" && sig.onTextAlone()
		x.add(int32(i), sig)
		if sig.gated {
			x.texts[k].add(int32(i), sig.literals)
		}
	}
	for k := range x.texts {
		x.texts[k].seal()
	}
}

// place names the narrowest list of a signal, "" where no field narrows it.
// Signals of several values stand in several lists and are counted in one.
func (sig *signal) place() string {
	n := sig.needs
	switch sig.rule.On {
	case rules.OnEvent:
		if n.providers == nil && n.ids == nil {
			return "" // a level or a log leaves too many events
		}
	case rules.OnExchange:
		if n.protocols == nil && n.codes == nil && n.commands == nil {
			return ""
		}
	case rules.OnSession:
		return "session"
	default:
		return ""
	}
	return string(sig.rule.On) + n.text(sig.rule.On)
}

func (x *index) add(i int32, sig *signal) {
	switch sig.rule.On {
	case rules.OnEvent:
		if sig.textAlone {
			x.events.rest.texts = append(x.events.rest.texts, i)
			return
		}
		x.events.add(i, sig.needs, sig.gated)
	case rules.OnExchange:
		x.exchanges.add(i, sig.needs, sig.gated)
	case rules.OnSession:
		x.sessions.add(i, sig.needs)
	case rules.OnLine:
		x.lines.add(i, sig.gated)
	}
}

func (x *eventIndex) add(i int32, n needs, gated bool) {
	switch {
	case n.providers != nil && n.ids != nil:
		x.addPairs(i, n, gated)
	case n.providers != nil:
		for p := range n.providers {
			at(x.byProvider, x.number(p)).add(i, gated)
		}
		x.withProvider.add(i, gated)
	case n.ids != nil:
		for id := range n.ids {
			at(x.byID, uint16(id)).add(i, gated)
		}
		x.withID.add(i, gated)
	case gated:
		x.rest.add(i, gated) // a literal narrows more than a log or a level
	case n.logs != nil:
		for l := range n.logs {
			at(x.byLog, l).add(i, gated)
		}
		x.withLog.add(i, gated)
	case n.levels != nil:
		mask := n.levelMask()
		for l := 1; l <= maxLevel; l++ {
			if mask&(1<<l) != 0 {
				x.byLevel[l].add(i, gated)
			}
		}
		x.withLevel.add(i, gated)
	default:
		x.rest.add(i, gated)
	}
}

func (x *eventIndex) addPairs(i int32, n needs, gated bool) {
	for p := range n.providers {
		number := x.number(p)
		for id := range n.ids {
			at(x.byPair, pair(number, uint16(id))).add(i, gated)
		}
		at(x.pairsByProvider, number).add(i, gated)
	}
	for id := range n.ids {
		at(x.pairsByID, uint16(id)).add(i, gated)
	}
	x.withPair.add(i, gated)
}

func (x *exchangeIndex) add(i int32, n needs, gated bool) {
	switch {
	case n.commands != nil:
		if n.protocols == nil {
			n.protocols = map[string]bool{"": true}
		}
		for p := range n.protocols {
			for c := range n.commands {
				at(x.byCommand, protocolCommand{p, c}).add(i, gated)
			}
		}
		x.withCommand.add(i, gated)
	case n.codes != nil:
		for c := range n.codes {
			at(x.byCode, c).add(i, gated)
		}
	case n.protocols != nil:
		for p := range n.protocols {
			at(x.byProtocol, p).add(i, gated)
		}
		x.withProtocol.add(i, gated)
	default:
		x.rest.add(i, gated)
	}
}

func (x *sessionIndex) add(i int32, n needs) {
	if n.protocols == nil {
		x.rest.add(i, false)
		return
	}
	for p := range n.protocols {
		at(x.byProtocol, p).add(i, false)
	}
	x.withProtocol.add(i, false)
}
