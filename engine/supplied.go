package engine

import (
	"slices"
	"time"

	"kbdiag/parsers"
)

// supplied says which kinds of input the ticket has, to tell what is missing
// from what was never looked at.
type supplied struct {
	logs      map[string]period // application, system, ... of whole logs, not of quotes
	order     []string          // names of logs, sorted
	events    int
	quoted    int
	unplaced  bool // of some events of whole logs it is not known which log they are of
	protocols map[string]bool
	sessions  int
	lines     int
}

// period is the time that a log covers.
type period struct {
	first, last time.Time // zero if no event of it has a time
}

func newSupplied() supplied {
	return supplied{logs: map[string]period{}, protocols: map[string]bool{}}
}

// logCap bounds the logs that are told apart, those first in the alphabet.
const logCap = 256

func (p *period) add(first, last time.Time) {
	if first.IsZero() {
		return
	}
	if p.first.IsZero() || first.Before(p.first) {
		p.first = first
	}
	if last.After(p.last) {
		p.last = last
	}
}

// covers reports whether t lies in the period, or whether that cannot be told.
func (p period) covers(t time.Time) bool {
	return p.first.IsZero() || !t.Before(p.first) && !t.After(p.last)
}

func (s *supplied) merge(o *supplied) {
	for l, p := range o.logs {
		s.see(l, p)
	}
	for p := range o.protocols {
		s.protocols[p] = true
	}
	s.events += o.events
	s.quoted += o.quoted
	s.unplaced = s.unplaced || o.unplaced
	s.sessions += o.sessions
	s.lines += o.lines
}

func (s *supplied) see(log string, p period) {
	have, known := s.logs[log]
	if !known {
		if len(s.logs) >= logCap {
			last := s.order[len(s.order)-1]
			if log > last {
				return
			}
			delete(s.logs, last)
			s.order = s.order[:len(s.order)-1]
		}
		i, _ := slices.BinarySearch(s.order, log)
		s.order = slices.Insert(s.order, i, log)
	}
	have.add(p.first, p.last)
	s.logs[log] = have
}

// log notes which log the event comes from: its name, or where the form has
// none, the log that its provider writes in.
func (s *supplied) log(e *parsers.Event, ref providerRef, folded string) {
	name := ref.home
	if folded != "" {
		name = folded
	}
	if name == "" {
		s.unplaced = true
		return
	}
	var p period
	if e.Zone != parsers.ZoneUnknown {
		p = period{e.Time, e.Time}
	}
	s.see(name, p)
}
