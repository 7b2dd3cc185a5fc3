package transcript

import (
	"strings"
	"time"

	"kbdiag/parsers"
)

// lineMachine reads the protocols whose replies begin with a status line:
// POP3, SMTP, NNTP, FTP.
type lineMachine struct {
	r *reader
	g *grammar

	open   *openReply // a reply that goes on
	body   *openBody  // a message that the client sends
	want   next       // what the last reply asked for
	mech   string     // of the SASL dialogue
	first  bool       // the next SASL response is the first
	noDots int        // no line with a dot alone stands before this item
	leave  bool       // QUIT was sent: what follows is the shell's
	gather *turn      // further replies belong to this turn
	// upgraded is set where the dialogue begins behind a hidden STARTTLS.
	upgraded bool
	extra    int // of them there may be so many; -1 any number
}

// openReply is a reply that is not yet complete.
type openReply struct {
	rep  *reply
	dots bool // it ends with a dot, otherwise with "ddd "
	end  int  // index of the item that ends it, -1 if that is not in the capture
	turn *turn
	hold bool // it is not yet given to a command
}

// openBody is a message that the client sends.
type openBody struct {
	span  span
	line  int
	end   int // index of the dot, -1 if there is none
	lines int
	dot   bool
}

func (m *lineMachine) inData() bool {
	return m.body != nil && (m.body.end >= 0 || m.body.lines < 2 || m.r.strict) || m.open != nil && m.open.dots && m.open.end >= 0
}

func (m *lineMachine) step(it *item) verdict {
	if m.body != nil {
		if v, done := m.bodyLine(it); done {
			return v
		}
	}
	if m.open != nil {
		if m.more(it) {
			return used
		}
	}
	if it.kind == kindBlank {
		return used
	}
	if it.side != sideClient {
		if rep, ok := m.g.status(it.text); ok {
			return m.reply(rep, it)
		}
	}
	if it.side == sideServer {
		m.stray(it)
		return used
	}
	return m.client(it)
}

// stray takes a line of the server that is no status line: the rest of a
// wrapped one, or noise.
func (m *lineMachine) stray(it *item) {
	if m.r.last != nil && m.r.lastItem != nil && m.r.lastItem.side == sideServer {
		m.r.goOn(it)
	}
}

// client takes a line of the client, or one that may be.
func (m *lineMachine) client(it *item) verdict {
	if suppressed(it.text) {
		m.hidden(it)
		return used
	}
	if it.side == sideUnknown && !m.g.knows(it.text) && m.wrapsBack(it) {
		return used
	}
	if m.want == nextResponse && len(m.r.queue) == 0 {
		m.response(it)
		return used
	}
	if t := m.r.tail(); t != nil && m.sendsData(t) && it.side == sideUnknown {
		return m.typedAhead(t, it)
	}
	if m.leave {
		return m.afterQuit(it)
	}
	sure := it.side == sideClient || m.r.strict
	if c, ok := m.g.command(it.text, sure); ok {
		if m.startsOver(&c) {
			return boundary
		}
		m.send(c, it)
		return used
	}
	if it.side == sideClient || m.typedAnyway(it) {
		m.send(m.g.unknown(it.text), it)
		return used
	}
	return foreign
}

// startsOver reports whether an article shows another dialogue: behind prose,
// the client says HELO although it had sent a message's envelope, or although
// all that was shown so far is a refusal.
func (m *lineMachine) startsOver(c *command) bool {
	if c.stage != parsers.StageHelo || !m.r.bare || m.r.strict || m.r.foreign == 0 || len(m.r.queue) > 0 {
		return false
	}
	if m.r.greet != nil && !m.r.greet.OK && !m.r.prompted {
		return true // a reply that was quoted before the dialogue
	}
	for _, t := range m.r.turns {
		if t.cmd != nil && t.cmd.stage == parsers.StageMail {
			return true
		}
	}
	return false
}

// hidden takes what a client writes in the place of a line with credentials.
func (m *lineMachine) hidden(it *item) {
	if m.want == nextResponse && len(m.r.queue) == 0 {
		shown := *it
		shown.text = "********"
		m.response(&shown)
		return
	}
	verb := map[string]string{"smtp": "AUTH", "nntp": "AUTHINFO PASS"}[m.g.name]
	if verb == "" {
		verb = "PASS"
	}
	m.send(command{verb: verb, args: "********", stage: parsers.StageAuth}, it)
}

// suppressed knows what Thunderbird logs in the place of credentials.
func suppressed(s string) bool { return strings.HasPrefix(s, "Logging suppressed for this command") }

// afterQuit judges a client line behind QUIT: typed ahead for the shell, or
// prose.
func (m *lineMachine) afterQuit(it *item) verdict {
	if len(m.r.queue) > 0 && m.r.strict && !prose(it.text) || it.side == sideClient {
		return used
	}
	return foreign
}

func (m *lineMachine) sendsData(t *turn) bool {
	return t.cmd.verb == "DATA" || t.cmd.verb == "POST" || t.cmd.verb == "IHAVE"
}

// typedAhead keeps a line typed before DATA was answered: it is text if DATA
// is accepted, and a command if not.
func (m *lineMachine) typedAhead(t *turn, it *item) verdict {
	if !m.r.strict && prose(it.text) {
		return foreign
	}
	t.cmd.data = append(t.cmd.data, typed{text: it.text, line: it.span.line, span: it.span, at: it.at})
	return used
}

// typedAnyway reports whether a line that no verb explains was typed at the
// server: the server answers it, or the capture holds nothing else.
func (m *lineMachine) typedAnyway(it *item) bool {
	answered := m.answeredSoon()
	if m.r.strict {
		return answered || !prose(it.text)
	}
	if !answered || prose(it.text) || strings.HasSuffix(it.text, ":") {
		return false
	}
	return len(strings.Fields(it.text)) <= 6 && m.r.replies+m.r.commands > 0 || m.r.greet != nil && len(strings.Fields(it.text)) <= 3
}

// answeredSoon reports whether a reply follows within a few lines, with
// nothing blank between in captures that hold prose.
func (m *lineMachine) answeredSoon() bool {
	for i := 1; i <= 4; i++ {
		it := m.r.src.at(m.r.k + i)
		if it == nil || it.kind == kindEvent {
			return false
		}
		if it.kind == kindBlank {
			if !m.r.strict {
				return false
			}
			continue
		}
		if _, ok := m.g.status(it.text); ok && it.side != sideClient {
			return true
		}
		if !m.r.strict {
			return false
		}
	}
	return false
}

// send takes a command.
func (m *lineMachine) send(c command, it *item) {
	if c.mech != "" {
		m.mech, m.first = c.mech, !c.initial
	}
	m.want = nextNothing
	m.gather = nil
	m.r.push(c, it)
	if c.verb == "QUIT" {
		m.leave = true
	}
}

// response takes a line of a SASL dialogue.
func (m *lineMachine) response(it *item) {
	if m.r.last != nil && asksPassword(m.r.last.Text) {
		m.first = false
	}
	shown, secrets := saslResponse(m.mech, it.text, m.first)
	m.first = false
	m.want = nextNothing
	m.r.push(command{verb: "(response)", args: shown, mech: m.mech, stage: parsers.StageAuth, secrets: secrets}, it)
}

// finish closes what the capture left open.
func (m *lineMachine) finish() {
	if m.open != nil {
		m.close()
	}
	if m.body != nil && (m.body.lines > 0 || !m.r.bare && m.r.gapAfter > time.Minute) {
		m.pushBody()
	}
	for _, t := range m.r.queue {
		if len(t.cmd.data) > 0 {
			m.settle(t, true)
			break
		}
	}
}
