package engine

import (
	"strings"

	"kbdiag/parsers"
)

// providerRef is a provider's folded name and its number in the index.
type providerRef struct {
	known  bool // the form carries the field
	folded string
	number uint32 // 0 if no rule names it
	home   string // log that it writes in
}

// candidates is the lists of the index that fit one record.
type candidates struct {
	lists [6]*list
	n     int
}

func (c *candidates) add(l *list) {
	if l != nil && !l.empty() {
		c.lists[c.n] = l
		c.n++
	}
}

// fitting gives the lists of signals that may match e. A field that e does not
// carry leaves conditions on it open, so that all signals with such a condition
// may.
func (x *eventIndex) fitting(e *parsers.Event, ref providerRef, log string) candidates {
	var c candidates
	hasID := e.Has(parsers.FieldID)
	switch {
	case ref.known && ref.number == 0: // no rule names it
	case ref.known && hasID:
		c.add(x.byPair[pair(ref.number, e.ID)])
		c.add(x.byProvider[ref.number])
	case ref.known:
		c.add(x.pairsByProvider[ref.number])
		c.add(x.byProvider[ref.number])
	case hasID:
		c.add(x.pairsByID[e.ID])
		c.add(&x.withProvider)
	default:
		c.add(&x.withPair)
		c.add(&x.withProvider)
	}
	if hasID {
		c.add(x.byID[e.ID])
	} else {
		c.add(&x.withID)
	}
	if e.Has(parsers.FieldLog) {
		if len(x.byLog) > 0 {
			c.add(x.byLog[log])
		}
	} else {
		c.add(&x.withLog)
	}
	if e.Has(parsers.FieldLevel) {
		c.add(&x.byLevel[min(int(e.Level), maxLevel)])
	} else {
		c.add(&x.withLevel)
	}
	c.add(&x.rest)
	return c
}

// fitting gives the lists of signals that may match an exchange: command is its
// verb in lower case.
func (x *exchangeIndex) fitting(protocol, command string, code int64) candidates {
	var c candidates
	if protocol == "" { // unknown: what it would have to be stays open
		c.add(&x.withCommand)
		c.add(&x.withProtocol)
	} else {
		c.add(x.byCommand[protocolCommand{protocol, command}])
		c.add(x.byCommand[protocolCommand{"", command}])
		c.add(x.byProtocol[protocol])
	}
	c.add(x.byCode[code])
	c.add(&x.rest)
	return c
}

func (x *sessionIndex) fitting(protocol string) candidates {
	var c candidates
	if protocol == "" {
		c.add(&x.withProtocol)
	} else {
		c.add(x.byProtocol[protocol])
	}
	c.add(&x.rest)
	return c
}

// literalIndex finds signals by the literals that their conditions require.
type literalIndex struct {
	numbers   map[string]int32
	texts     []string
	signals   [][]int32 // by literal
	automaton *automaton
}

func newLiteralIndex() literalIndex { return literalIndex{numbers: map[string]int32{}} }

func (x *literalIndex) add(i int32, literals []string) {
	for _, l := range literals {
		n, ok := x.numbers[l]
		if !ok {
			n = int32(len(x.texts))
			x.numbers[l] = n
			x.texts = append(x.texts, l)
			x.signals = append(x.signals, nil)
		}
		if list := x.signals[n]; len(list) == 0 || list[len(list)-1] != i {
			x.signals[n] = append(x.signals[n], i)
		}
	}
}

func (x *literalIndex) seal() { x.automaton = newAutomaton(x.texts) }

// search is a worker's memory of the passes over the texts of one kind.
type search struct {
	pass     uint32
	literals []uint32 // by literal: the pass in which it was found last
	signals  []uint32 // the same by signal
	found    []int32  // signals found in this pass, each once
}

// next begins a pass.
func (s *search) next(x *literalIndex, signals int) {
	if s.literals == nil {
		s.literals, s.signals = make([]uint32, len(x.texts)), make([]uint32, signals)
	}
	s.pass++
	if s.pass == 0 { // the numbers are used up
		clear(s.literals)
		clear(s.signals)
		s.pass = 1
	}
	s.found = s.found[:0]
}

// look makes one pass over the text of the record in view and gives the signals
// of which it has a literal. k is whole if the others do not match, part if
// that is only sure of those to which a text matters that is known in part, and
// nothing if the text does not tell: all signals that wait for a literal may
// match then.
func (x *literalIndex) look(v *view, f fieldID, s *search, signals int) (found []int32, k knowledge) {
	raw, k := v.raw(f)
	if k == nothing {
		raw, k = "", part
	}
	if bits := s.scan(x, raw, signals); bits < 0x80 {
		return s.found, k
	}
	folded, _ := v.text(f)
	if strings.Contains(folded, longS) {
		return nil, nothing
	}
	s.scan(x, folded, signals)
	return s.found, k
}

func (s *search) scan(x *literalIndex, text string, signals int) byte {
	s.next(x, signals)
	return x.automaton.scan(text, func(l int32) {
		if s.literals[l] == s.pass {
			return
		}
		s.literals[l] = s.pass
		for _, i := range x.signals[l] {
			if s.signals[i] != s.pass {
				s.signals[i] = s.pass
				s.found = append(s.found, i)
			}
		}
	})
}
