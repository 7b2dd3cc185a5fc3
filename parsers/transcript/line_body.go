package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// startBody begins the message that the client sends after 354, 340 or 335.
// t is the command that was accepted, nil if it is not in the capture.
func (m *lineMachine) startBody(t *turn) {
	b := &openBody{end: -1}
	m.body = b
	if t != nil && len(t.cmd.data) > 0 {
		m.settle(t, false)
		if m.body == nil {
			return
		}
	}
	if m.r.bare {
		b.end = m.findDot()
	}
	if m.r.commands == 0 {
		if next := m.r.peek(); next != nil && next.kind == kindLine {
			if _, ok := m.g.status(next.text); ok {
				m.body = nil // echo is off: the message is not in the capture
			}
		}
	}
}

// settle decides on the lines typed ahead behind DATA: text if it was
// accepted, commands if not. Without a reply they are taken for text.
func (m *lineMachine) settle(t *turn, unanswered bool) {
	lines := t.cmd.data
	t.cmd.data = nil
	refused := m.body == nil && !unanswered
	text := !refused
	b := &openBody{end: -1}
	for _, l := range lines {
		it := &item{text: l.text, span: l.span, at: l.at, first: -1}
		if !text {
			m.send(m.g.unknown(l.text), it)
			continue
		}
		m.bodySpan(b, it)
		if l.text == "." {
			b.dot = true
			text = false
			m.body = b
			m.pushBody()
		}
	}
	if text && unanswered {
		m.body = b
		if b.lines > 0 {
			m.pushBody()
		}
		return
	}
	if text && m.body != nil {
		b.end = m.body.end
		m.body = b
	}
}

func (m *lineMachine) bodySpan(b *openBody, it *item) {
	if b.line == 0 {
		b.line = it.span.line
	}
	b.span.add(it.span)
	b.lines++
}

// bodyLine takes a line while the client sends a message. done is false where
// the message has ended and the line is something else.
func (m *lineMachine) bodyLine(it *item) (v verdict, done bool) {
	b := m.body
	if it.side == sideServer || it.side == sideUnknown && m.repliesInBody(it) {
		return m.endBody(it)
	}
	if it.side == sideUnknown && b.end < 0 && !m.r.strict && m.proseInBody(it) {
		m.body = nil
		return foreign, true
	}
	if it.text == "." && it.kind == kindLine {
		m.bodySpan(b, it)
		b.dot = true
		m.pushBody()
		return used, true
	}
	if it.kind != kindBlank && strings.HasPrefix(it.text, "...") {
		m.r.placeholder = true
	}
	m.bodySpan(b, it)
	return used, true
}

// repliesInBody reports whether a line that might be text is the server's: a
// message that looks like a reply is text as long as its dot is to come.
func (m *lineMachine) repliesInBody(it *item) bool {
	if it.kind != kindLine {
		return false
	}
	p, ok := m.g.status(it.text)
	if !ok {
		return false
	}
	next := m.r.peek()
	closing := next == nil || next.kind == kindEvent && next.event.what == whatClosed
	if p.Code == 421 && closing {
		return true
	}
	if m.body.end >= 0 {
		return false
	}
	return !m.r.strict || closing && p.Code >= 400 || m.r.commands == 0
}

// proseInBody reports whether an article goes on where an excerpt broke off.
func (m *lineMachine) proseInBody(it *item) bool {
	b := m.body
	return b.lines >= 15 || it.kind == kindBlank && b.lines > 1 || b.lines > 0 && prose(it.text) && m.r.lastItem != nil && it.first > m.r.lastItem.last+1
}

// endBody ends a message at a reply.
func (m *lineMachine) endBody(it *item) (verdict, bool) {
	if it.kind != kindLine {
		return used, true
	}
	p, ok := m.g.status(it.text)
	if !ok {
		return used, true
	}
	if p.Code == 421 && !m.body.dot {
		m.pushBody()
		m.r.drop(m.r.tail())
		return used, false
	}
	m.pushBody()
	return used, false
}

// pushBody makes the message wait for its reply.
func (m *lineMachine) pushBody() {
	b := m.body
	m.body = nil
	it := &item{span: b.span, first: -1}
	it.span.line = b.line
	t := m.r.push(command{verb: "(body)", stage: parsers.StageBody}, it)
	t.cmd.noDot = !b.dot && b.lines > 0
	if b.lines == 0 {
		t.cmd.inferred = true
		m.r.commands--
	}
}

// infer names the commands that replies without one answer, where echo was
// off or a client hides what it sends.
func (m *lineMachine) infer() {
	if !m.r.anyReplyAlone() {
		return
	}
	in := &inference{done: map[string]bool{}}
	off := m.r.commands == 0
	for _, t := range m.r.turns {
		if t.rep == nil {
			continue
		}
		if t.cmd == nil {
			m.inferOne(in, t, off)
		}
		in.n++
		in.prev = t.rep
		if t.cmd != nil {
			in.last = t.cmd.verb
			in.done[in.last] = true
		}
		in.auth = t.rep.Code == 334 || t.rep.Code == 383 || t.rep.Status == "+"
	}
}

// inferOne names the command of one reply. With echo on, only what belongs to
// a SASL dialogue or a message is told from the reply; other replies are
// unsolicited.
func (m *lineMachine) inferOne(in *inference, t *turn, off bool) {
	rep := t.rep
	hidden := in.auth || in.prev != nil && in.prev.Code == 354
	early := m.r.greet != nil && rep.OK && m.r.bare && !m.hasCommandBefore(t)
	if !off && !hidden && !early || m.unsolicited(rep) || rep.Code == 421 {
		return
	}
	if off && m.r.greet == nil && m.r.replies < 2 {
		return
	}
	if m.g.name == "ftp" && !off && !hidden {
		return
	}
	c := m.g.guess(m.g.infer(in, rep))
	if off && m.lastPop(t) {
		return
	}
	t.cmd = &pending{command: c, inferred: true}
}

// hasCommandBefore reports whether a command stands before the turn.
func (m *lineMachine) hasCommandBefore(t *turn) bool {
	for _, u := range m.r.turns {
		if u == t {
			return false
		}
		if u.cmd != nil && !u.cmd.inferred {
			return true
		}
	}
	return false
}

// lastPop reports whether a reply of a POP3 server is its farewell before it
// closes, and no command was behind it.
func (m *lineMachine) lastPop(t *turn) bool {
	return m.g.name == "pop3" && !t.rep.OK && t == m.r.turns[len(m.r.turns)-1] && t.rep.has("timeout", "autologout", "inactiv")
}
