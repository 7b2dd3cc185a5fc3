package transcript

import (
	"slices"
	"strings"

	"kbdiag/parsers"
)

// reply takes a status line.
func (m *lineMachine) reply(rep reply, it *item) verdict {
	p := m.r.mem.reply(&rep)
	p.Line = it.span.line
	p.span = it.span
	if m.r.quit || m.r.greet != nil && m.greetsAgain(p, it) {
		return boundary
	}
	m.r.last, m.r.said = p, m.r.k
	if p.goes {
		m.open = &openReply{rep: p, end: m.lastOf(p), hold: true}
		return used
	}
	m.complete(p, it)
	return used
}

// greetsAgain reports whether a reply is the greeting of another session.
func (m *lineMachine) greetsAgain(p *reply, it *item) bool {
	if len(m.r.queue) > 0 || !m.g.greets(p) {
		return false
	}
	spoke := m.r.commands > 0 || m.r.bare && m.r.foreign > 0 // an article lists banners
	switch m.g.name {
	case "pop3":
		return spoke && p.has("ready") && m.want == nextNothing
	case "smtp":
		return p.Code == 220
	case "ftp":
		return p.Code == 220
	}
	return p.Code <= 201 && p.has("ready", "posting", "service") && spoke
}

// complete takes a reply whose lines are all there, but for a block that ends
// with a dot.
func (m *lineMachine) complete(p *reply, it *item) {
	m.want = nextNothing
	if m.gather != nil && m.takesMore(p) {
		return
	}
	head := m.r.head()
	switch {
	case m.isGreeting(p, head):
		m.r.greeting(p, it)
	case head == nil:
		m.unasked(p)
	case m.unsolicited(p):
		m.r.orphan(p)
	case m.g.name == "ftp" && hiddenPort(head, p) != "":
		m.hiddenBefore(head, hiddenPort(head, p), p)
	case m.preliminary(head, p):
		m.keep(head, p)
	default:
		m.answered(m.r.answer(p))
	}
}

// isGreeting reports whether a reply is the server's greeting. A client may
// have typed ahead of it, or a log may print it late.
func (m *lineMachine) isGreeting(p *reply, head *turn) bool {
	if m.r.greet != nil || m.r.replies > 0 || m.upgraded {
		return false
	}
	if head == nil {
		return m.g.greets(p) || m.g.name == "pop3" && p.Status != "+" || p.Code >= 400 && m.g.name != "pop3" && m.r.commands == 0 || m.g.name == "smtp" && p.Code == 220
	}
	return m.g.greets(p) && p.OK && head.cmd.stage != parsers.StageTLS && m.g.name != "nntp" || m.r.strict && p.Code == 220
}

// unsolicited reports whether a reply comes on the server's own account
// although commands wait: the notice that time is up.
func (m *lineMachine) unsolicited(p *reply) bool {
	return p.Code == 421 && p.has("timeout", "time out", "timed out", "idle", "inactiv")
}

// unasked takes a reply that no command waits for.
func (m *lineMachine) unasked(p *reply) {
	if m.g.name == "pop3" && m.g.dotted(&command{verb: "RETR"}, p) && m.dottedAhead() {
		m.open = &openReply{rep: p, dots: true, end: m.findDot()}
	}
	if m.r.form == "s_client" && m.r.greet == nil && m.r.commands == 0 && m.r.replies == 0 && !m.upgraded && p.Code == 250 && p.Enhanced == "" && !strings.Contains(p.Text, "\n") {
		m.upgraded = true
		return // the end of the EHLO reply that -starttls hides
	}
	m.r.orphan(p)
	if p.Code == 334 || p.Status == "+" {
		m.want = nextResponse
		m.first = m.mech == "" || m.first
		if p.Code == 334 && m.mech == "" {
			m.mech = "LOGIN"
		}
	}
	if p.Code == 354 {
		m.startBody(nil)
	}
}

// dottedAhead reports whether lines that are no replies follow, up to a dot.
func (m *lineMachine) dottedAhead() bool {
	if m.r.commands > 0 {
		return false // echo is on: such a reply belongs to a command
	}
	next := m.r.peek()
	if next == nil || next.kind != kindLine {
		return false
	}
	if _, ok := m.g.status(next.text); ok {
		return false
	}
	return m.findDot() >= 0
}

// preliminary reports whether another reply to the same command will follow:
// 1yz of FTP [RFC 959 section 4.2].
func (m *lineMachine) preliminary(head *turn, p *reply) bool {
	return m.g.name == "ftp" && p.Code < 200
}

// hiddenPort names the command that an FTP client sends unseen before one that
// moves data, by its reply; "" if the reply is another.
func hiddenPort(head *turn, p *reply) string {
	switch head.cmd.verb {
	case "LIST", "NLST", "RETR", "STOR", "STOU", "APPE", "MLSD":
	default:
		return ""
	}
	switch {
	case p.Code == 227:
		return "PASV"
	case p.Code == 229:
		return "EPSV"
	case p.Code == 200 && p.has("eprt command"):
		return "EPRT"
	case p.Code == 200 && p.has("port command"), p.Code == 500 && p.has("illegal port"):
		return "PORT"
	}
	return ""
}

// hiddenBefore puts a command that is not in the capture before one that is.
func (m *lineMachine) hiddenBefore(t *turn, verb string, p *reply) {
	hidden := &turn{cmd: &pending{command: m.g.guess(verb), inferred: true}, rep: p}
	m.r.replies++
	for i, u := range m.r.turns {
		if u == t {
			m.r.turns = slices.Insert(m.r.turns, i, hidden)
			return
		}
	}
}

// keep stores the first of several replies to a command that goes on waiting.
func (m *lineMachine) keep(t *turn, p *reply) {
	if t.cmd.partial == nil {
		t.cmd.partial = p
		return
	}
	t.cmd.partial.add(p.Text)
}

// answered draws the consequences of an answer.
func (m *lineMachine) answered(t *turn) {
	c, p := t.cmd, t.rep
	if c.partial != nil {
		first := *c.partial
		if p.OK {
			first.add(p.Text)
			p.Text = first.Text
		} else {
			p.add(first.Text) // what refuses says more
		}
		p.span.add(first.span)
		p.Line = first.Line
	}
	if m.g.dotted(&c.command, p) {
		m.open = &openReply{rep: p, dots: true, end: m.findDot(), turn: t}
	}
	if status, ok := oauthError(p.Text); ok && (p.Status == "+" || p.Code == 334) {
		p.OK = false
		p.Text += " (status " + status + ")"
	}
	if c.verb == "(body)" || c.verb == "BDAT" {
		m.manyReplies(t)
	}
	switch m.g.next(&c.command, p) {
	case nextResponse:
		m.want = nextResponse
	case nextBody:
		m.startBody(t)
	case nextQuit:
		m.r.quit = true
	}
	if c.verb == "DATA" || c.verb == "POST" || c.verb == "IHAVE" {
		if m.body == nil && len(c.data) > 0 {
			m.settle(t, false)
		}
	}
}

// manyReplies prepares for the further replies that follow a message: one a
// recipient in LMTP [RFC 2033], any number after 353 of PRDR.
func (m *lineMachine) manyReplies(t *turn) {
	if t.rep.Code == 353 {
		m.gather, m.extra = t, -1
		return
	}
	lmtp, accepted := false, 0
	for _, u := range m.r.turns {
		if u.cmd == nil {
			continue
		}
		lmtp = lmtp || u.cmd.verb == "LHLO"
		if u.cmd.verb == "RCPT" && u.rep != nil && u.rep.OK {
			accepted++
		}
		if u.cmd.verb == "MAIL" {
			accepted = 0
		}
	}
	if lmtp && accepted > 1 {
		m.gather, m.extra = t, accepted-1
	}
}

// takesMore adds a reply to the turn that gathers several.
func (m *lineMachine) takesMore(p *reply) bool {
	if m.extra == 0 {
		m.gather = nil
		return false
	}
	if m.extra > 0 {
		m.extra--
	}
	rep := m.gather.rep
	rep.add(p.Status + " " + p.Text)
	rep.span.add(p.span)
	if !p.OK {
		rep.OK = false
	}
	return true
}

// more takes a further line of a reply that goes on; false where the reply has
// ended without saying so and the line is something else.
func (m *lineMachine) more(it *item) bool {
	if m.open.dots {
		return m.moreData(it)
	}
	if it.kind == kindBlank {
		return m.open.end > m.r.k
	}
	if it.side == sideClient {
		m.closeIfDone(it)
		return false
	}
	rep := m.open.rep
	m.r.said = m.r.k
	if p, ok := m.g.status(it.text); ok && p.Code == rep.Code {
		rep.add(p.Text)
		rep.span.add(it.span)
		if !p.goes {
			m.open = nil
			m.complete(rep, it)
		}
		return true
	}
	if m.g.loose && m.open.end > m.r.k {
		rep.add(it.text)
		rep.span.add(it.span)
		return true
	}
	sent := m.g.knows(it.text)
	if !sent && m.wrapsBack(it) {
		return true
	}
	if !sent && it.side == sideUnknown && m.open.end > m.r.k && m.open.end-m.r.k <= maxBetween {
		rep.add(it.text) // its last line is near: nothing else stands between
		rep.span.add(it.span)
		return true
	}
	if it.side == sideServer {
		if _, ok := m.g.status(it.text); !ok {
			rep.add(it.text)
			rep.span.add(it.span)
			return true
		}
	}
	m.close()
	return false
}

// maxBetween is how near the last line of a reply must be for a line that is
// no status line to belong to it.
const maxBetween = 3

// moreData takes a line of a block that ends with a dot.
func (m *lineMachine) moreData(it *item) bool {
	o := m.open
	if it.side == sideClient {
		if o.end < 0 {
			m.open = nil // the client's log leaves the message out
		}
		return false
	}
	if it.side == sideUnknown && o.end < 0 {
		_, status := m.g.status(it.text)
		sent := m.g.knows(it.text)
		if status || sent && it.kind != kindBlank || it.kind == kindBlank && !m.r.strict {
			m.open = nil
			return false
		}
	}
	if it.side == sideServer && o.end < 0 && len(m.r.queue) > 0 {
		if _, status := m.g.status(it.text); status { // logs of commands leave such blocks out
			m.open = nil
			return false
		}
	}
	o.rep.span.add(it.span)
	if it.text == "." {
		m.open = nil
		return true
	}
	if it.kind != kindBlank {
		o.rep.add(it.text)
	}
	return true
}

// wrapsBack appends a line that is the rest of the one before.
func (m *lineMachine) wrapsBack(it *item) bool {
	if it.kind != kindLine || !m.r.wrapped(it) {
		return false
	}
	m.r.goOn(it)
	return true
}

// closeIfDone ends a reply whose last line is missing, at a command.
func (m *lineMachine) closeIfDone(it *item) {
	if m.open.end > m.r.k {
		return // the command was typed ahead of the rest of the reply
	}
	m.close()
}

// close ends an open reply as it stands.
func (m *lineMachine) close() {
	o := m.open
	m.open = nil
	if o.hold {
		m.complete(o.rep, &item{span: o.rep.span})
	}
}

// lastOf finds the line that ends a reply of several lines, -1 if it is not
// near.
func (m *lineMachine) lastOf(p *reply) int {
	for i := 1; i <= 300; i++ {
		it := m.r.src.at(m.r.k + i)
		if it == nil || it.kind == kindEvent && it.event.what != whatFailed {
			return -1
		}
		if it.kind != kindLine || it.side == sideClient {
			continue
		}
		q, ok := m.g.status(it.text)
		switch {
		case ok && q.Code == p.Code && !q.goes:
			return m.r.k + i
		case ok && q.Code != p.Code && !m.g.loose:
			return -1
		}
	}
	return -1
}

// findDot finds the line with a dot alone that ends a block, -1 if the capture
// ends before.
func (m *lineMachine) findDot() int {
	if m.r.k < m.noDots {
		return -1
	}
	for i := m.r.k + 1; ; i++ {
		it := m.r.src.at(i)
		if it == nil || it.kind == kindEvent && m.r.breaks(it) {
			m.noDots = i
			return -1
		}
		if it.text == "." && it.kind == kindLine {
			return i
		}
	}
}
