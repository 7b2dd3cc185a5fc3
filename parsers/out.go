package parsers

import (
	"cmp"
	"slices"
)

// Visitor is told of each record as it is read. A nil function ignores its
// kind. The records are only valid during the call.
type Visitor struct {
	Event   func(*Event)
	Session func(*Session)
	Line    func(*Line)
	// Want says of an event, of which all is known but its message, strings and
	// data, whether these are needed; a form may leave those of the others
	// unknown. It may be called by several goroutines at once, before Event and
	// in any order. nil wants all.
	Want func(*Event) bool
}

// Out is where a parser puts what it reads from one input. It keeps the
// input's account.
type Out struct {
	account *Account
	visit   Visitor
	secrets *Secrets
	host    string // last host seen, to keep the account cheap
	log     string
	learns  bool // only for the secrets
	holding bool // records are held until release
	held    []held
}

// held is one record that waits for its turn.
type held struct {
	offset  int64
	event   *Event
	session *Session
	line    *Line
}

// hold makes the following records wait for release. Several finders look at
// one window, each at all of it; what they find comes out in the order of its
// places.
func (o *Out) hold() { o.holding = true }

// release hands over the records that wait, in the order of their places.
func (o *Out) release() {
	o.holding = false
	slices.SortStableFunc(o.held, func(a, b held) int { return cmp.Compare(a.offset, b.offset) })
	for _, h := range o.held {
		switch {
		case h.event != nil:
			o.Event(h.event)
		case h.session != nil:
			o.Session(h.session)
		default:
			o.Line(h.line)
		}
	}
	clear(o.held)
	o.held = o.held[:0]
}

// NewOut makes an Out that keeps acct and tells visit. secrets may be nil.
func NewOut(acct *Account, visit Visitor, secrets *Secrets) *Out {
	return &Out{account: acct, visit: visit, secrets: secrets}
}

// Want is what the visitor says of an event whose message, strings and data are
// still to be read; nil if all are needed.
func (o *Out) Want() func(*Event) bool { return o.visit.Want }

// Learns reports whether the input is read for its secrets alone: what else a
// record tells need not be found out. Events in whose texts MayHoldSecret finds
// nothing need not be given then.
func (o *Out) Learns() bool { return o.learns }

// Event takes one event.
func (o *Out) Event(e *Event) {
	if o.holding {
		kept := *e
		kept.XML = nil // valid during this call only
		kept.Strings, kept.Data, kept.System = slices.Clone(e.Strings), slices.Clone(e.Data), slices.Clone(e.System)
		o.held = append(o.held, held{offset: e.Pos.Offset, event: &kept})
		return
	}
	e.Pos.Path = o.account.Path
	o.redactEvent(e)
	if e.Carved {
		o.account.Carved++
	} else {
		o.live(e)
	}
	if o.visit.Event != nil {
		o.visit.Event(e)
	}
}

// live accounts for an event that the log counts as its own.
func (o *Out) live(e *Event) {
	o.account.Events++
	if e.Has(FieldTime) {
		o.account.span(e.Time, e.Zone)
	}
	if e.Host != o.host {
		o.account.Hosts = addName(o.account.Hosts, e.Host)
		o.host = string([]byte(e.Host))
	}
	if e.Log != o.log {
		o.account.Logs = addName(o.account.Logs, e.Log)
		o.log = string([]byte(e.Log))
	}
}

// Session takes one session.
func (o *Out) Session(s *Session) {
	if o.holding {
		kept := *s
		kept.Exchanges = slices.Clone(s.Exchanges)
		kept.Unanswered, kept.Unsolicited = slices.Clone(s.Unanswered), slices.Clone(s.Unsolicited)
		o.held = append(o.held, held{offset: s.Pos.Offset, session: &kept})
		return
	}
	o.account.Sessions++
	s.Pos.Path = o.account.Path
	for i := range s.Exchanges {
		s.Exchanges[i].Pos.Path = o.account.Path
	}
	o.account.span(s.Start, s.Zone)
	o.account.span(s.End, s.Zone)
	o.account.Hosts = addName(o.account.Hosts, s.Server)
	if o.visit.Session != nil {
		o.visit.Session(s)
	}
}

// Line takes one line of other text. Secrets that its shape gives away are
// redacted here.
func (o *Out) Line(l *Line) {
	if !o.holding {
		l.Text = RedactLine(l.Text, o.secrets)
	}
	o.PlainLine(l)
}

// PlainLine takes a line whose text MayHoldSecret says is free of secrets, to
// spare looking twice.
func (o *Out) PlainLine(l *Line) {
	if o.holding {
		kept := *l
		o.held = append(o.held, held{offset: l.Pos.Offset, line: &kept})
		return
	}
	o.account.Lines += max(l.Lines, 1)
	l.Pos.Path = o.account.Path
	o.account.span(l.Time, l.Zone)
	if o.visit.Line != nil {
		o.visit.Line(l)
	}
}

// Redact takes the secrets that its shape gives away out of one line of the
// input, before it is joined with others: the shapes are of single lines.
func (o *Out) Redact(line string) string { return RedactLine(line, o.secrets) }

// Skip accounts for n pieces of input that gave no record, and why.
func (o *Out) Skip(reason string, n int, pos Pos) {
	pos.Path = o.account.Path
	o.account.skip(reason, n, pos)
}

// Note records a doubt about the whole input, once.
func (o *Out) Note(text string) { o.account.note(text) }

// Secret records a secret that was seen in clear, so that it can be taken out
// of everything else that the ticket prints.
func (o *Out) Secret(s string) {
	if o.secrets != nil {
		o.secrets.Add(s)
	}
}

// Format renames the form, where a parser learns more than detection told.
func (o *Out) Format(name string) { o.account.Format = name }
