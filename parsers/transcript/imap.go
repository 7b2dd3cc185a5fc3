package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// imapMachine reads IMAP4 [RFC 3501, RFC 9051]. An exchange is a tagged
// command with all untagged replies up to the tagged one; the lines of a SASL
// dialogue belong to their command.
type imapMachine struct {
	r        *reader
	skip     int   // bytes of the server's literal still to come
	input    *turn // the command whose continuation the client sends now
	reading  int   // bytes of the client's literal still to come
	rest     bool  // the rest of a reply follows a literal
	lastSASL int   // SASL lines of the command so far
	bye      *reply
	asked    bool // the server asked for more of a command that is not in the capture
}

func (m *imapMachine) inData() bool { return m.skip > 0 || m.reading > 0 }

func (m *imapMachine) step(it *item) verdict {
	if m.skip > 0 && it.side != sideClient {
		m.skipLine(it)
		return used
	}
	if m.reading > 0 && it.side != sideServer {
		m.readLiteral(it)
		return used
	}
	if it.kind == kindBlank {
		return used
	}
	if it.side != sideClient {
		if rep, ok := m.status(it.text); ok {
			m.rest = false
			return m.reply(rep, it)
		}
		if m.rest {
			m.rest = false
			m.r.last.span.add(it.span)
			m.literal(it.text)
			return used
		}
	}
	if it.side == sideServer {
		if m.r.last != nil {
			m.r.goOn(it)
			m.literal(it.text)
		}
		return used
	}
	return m.client(it)
}

// status reads a line of the server. The greeting and the completion of LOGIN
// were misprinted as "+OK" in an article.
func (m *imapMachine) status(s string) (reply, bool) {
	if rest, ok := strings.CutPrefix(s, "+OK "); ok {
		r := reply{tag: "*", Reply: parsers.Reply{Status: "OK", OK: true, Text: rest}}
		if m.r.greet != nil {
			r.tag = ""
		}
		return r, true
	}
	r, ok := imapReply(s)
	if !ok || r.tag == "*" || r.tag == "+" {
		return r, ok
	}
	// A status word in lower case is believed of tags that were used.
	word, _, _ := strings.Cut(strings.TrimSpace(s[len(r.tag):]), " ")
	return r, word == upper(word) || m.byTag(r.tag) != nil
}

// reply takes a line of the server.
func (m *imapMachine) reply(rep reply, it *item) verdict {
	p := m.r.mem.reply(&rep)
	p.Line, p.span = it.span.line, it.span
	if m.r.quit || m.greetsAgain(p) {
		return boundary
	}
	m.r.last, m.r.said = p, m.r.k
	m.literal(it.text)
	switch {
	case p.tag == "*":
		m.untagged(p, it)
	case p.tag == "+":
		m.continues(p)
	default:
		m.tagged(p)
	}
	return used
}

func (m *imapMachine) greetsAgain(p *reply) bool {
	if m.r.greet == nil && m.r.commands == 0 || p.tag != "*" || p.Status != "OK" || len(m.r.queue) > 0 {
		return false
	}
	return p.has("ready", "imap4") && !strings.HasPrefix(p.Text, "[PERMANENT") || p.ResponseCode == "CAPABILITY" && m.r.greet != nil && m.bye != nil
}

// literal notes that bytes follow that are data.
func (m *imapMachine) literal(s string) {
	if n := literal(s); n > 0 {
		m.skip, m.rest = n, true
	}
}

// skipLine passes over a line of a literal. Its line end counts two bytes.
func (m *imapMachine) skipLine(it *item) {
	m.skip -= it.indent + len(it.text) + 2
	if m.r.last != nil {
		m.r.last.span.add(it.span)
	}
	if m.skip > 0 {
		// A size that does not fit what was captured must not swallow the rest.
		if rep, ok := imapReply(it.text); ok && rep.tag != "*" && rep.tag != "+" && m.byTag(rep.tag) != nil {
			m.skip = 0
			m.step(it)
		}
		return
	}
	m.skip = 0
}

// untagged takes "* ...".
func (m *imapMachine) untagged(p *reply, it *item) {
	head := m.r.head()
	switch {
	case m.r.greet == nil && m.r.replies == 0 && (head == nil || head.cmd.partial == nil) && m.greets(p, head):
		m.r.greeting(p, it)
	case p.Status == "BYE":
		m.bye = p
		if head == nil {
			m.r.orphan(p)
			return
		}
		if m.leaving() {
			head = m.r.tail()
		}
		m.keep(head, p)
	case head == nil:
		m.late(p)
	case p.Status == "BAD" && head.cmd.tag == "":
		m.r.answer(p)
	default:
		m.keep(m.owner(p), p)
	}
}

// greets reports whether the first untagged reply is the greeting.
func (m *imapMachine) greets(p *reply, head *turn) bool {
	switch p.Status {
	case "OK", "PREAUTH":
		return head == nil || p.has("ready", "imap", "service")
	case "BYE":
		return head == nil
	}
	return false
}

// late takes an untagged reply while no command waits: it goes with what the
// server said last, or stands alone in a fragment.
func (m *imapMachine) late(p *reply) {
	if m.r.commands > 0 && p.Status == "*" {
		return // EXISTS and the like come at any time
	}
	m.r.orphan(p)
}

// owner gives the waiting command whose verb an untagged reply names, or the
// one that waits longest.
func (m *imapMachine) owner(p *reply) *turn {
	if p.Status == "*" {
		for _, t := range m.r.queue {
			if hasPrefixFold(p.Text, t.cmd.verb) {
				return t
			}
		}
	}
	if verb := verbOf(p); verb != "" {
		for _, t := range m.r.queue {
			if strings.HasPrefix(t.cmd.verb, verb) || verb == "SELECT" && t.cmd.verb == "EXAMINE" {
				return t
			}
		}
	}
	return m.r.head()
}

// verbOf tells which command an untagged reply belongs to by its words, "" if
// any may send it.
func verbOf(p *reply) string {
	switch p.ResponseCode {
	case "PERMANENTFLAGS", "UIDVALIDITY", "UIDNEXT", "UNSEEN", "HIGHESTMODSEQ":
		return "SELECT"
	}
	if p.Status != "*" {
		return ""
	}
	_, word, _ := strings.Cut(p.Text, " ")
	switch {
	case hasPrefixFold(word, "exists"), hasPrefixFold(word, "recent"), hasPrefixFold(p.Text, "flags "):
		return "SELECT"
	case hasPrefixFold(word, "fetch "):
		return "FETCH"
	}
	return ""
}

// keep stores an untagged reply until the tagged one comes.
func (m *imapMachine) keep(t *turn, p *reply) {
	if t.cmd.partial == nil {
		t.cmd.partial = m.r.mem.reply(p)
		t.cmd.partial.Text = shownUntagged(p)
		m.r.last = t.cmd.partial
		return
	}
	q := t.cmd.partial
	q.add(shownUntagged(p))
	q.span.add(p.span)
	if p.Status == "BYE" || p.Status == "BAD" || p.Status == "NO" {
		q.Status, q.OK = p.Status, p.OK
	}
	m.r.last = q
}

// shownUntagged gives an untagged reply's text with its status word.
func shownUntagged(p *reply) string {
	if p.Status == "*" {
		return p.Text
	}
	return p.Status + " " + p.Text
}

// continues takes "+ ...": the client goes on.
func (m *imapMachine) continues(p *reply) {
	t := m.r.head()
	if t == nil {
		m.r.orphan(p)
		m.asked = true
		return
	}
	m.input = t
	m.r.last = nil
	if asksPassword(p.Text) {
		m.lastSASL = max(1, m.lastSASL)
	}
	t.cmd.span.add(p.span)
	if n := t.cmd.literal; n > 0 {
		t.cmd.literal = 0
		m.reading = n
	}
}

// tagged takes the completion of a command.
func (m *imapMachine) tagged(p *reply) {
	t := m.byTag(p.tag)
	if t == nil {
		t = m.byVerb(p)
	}
	if t == nil {
		m.r.orphan(p)
		return
	}
	m.r.drop(t)
	m.input = nil
	m.r.replies++
	t.rep = p
	if p.Status == "BAD" && strings.EqualFold(t.cmd.tag, t.cmd.verb) {
		t.cmd.stage = parsers.StageCommand // without a tag it was no logon
	}
	if q := t.cmd.partial; q != nil {
		p.span.add(q.span)
		p.Line = q.Line
		p.Text = strings.TrimSpace(p.Text)
		if t.cmd.verb != "FETCH" && t.cmd.verb != "LOGOUT" {
			p.add(q.Text)
		}
	}
	if t.cmd.verb == "LOGOUT" {
		m.r.quit = true
	}
}

// byTag gives the command that waits longest with the tag.
func (m *imapMachine) byTag(tag string) *turn {
	if tag == "" {
		return nil
	}
	var found *turn
	for _, t := range m.r.queue {
		if t.cmd.tag == tag && found == nil {
			found = t
		}
	}
	if found == nil || tag != "?" {
		return found
	}
	return nil // one tag for all: the completion's words tell
}

// byVerb gives the waiting command that a completion names ("SELECT
// completed."), or else the one that waits longest without a tag of its own.
func (m *imapMachine) byVerb(p *reply) *turn {
	for _, t := range m.r.queue {
		if p.has(strings.ToLower(t.cmd.verb)+" completed", strings.ToLower(t.cmd.verb)+" complete") || hasPrefixFold(p.Text, t.cmd.verb+" ") {
			return t
		}
	}
	for _, t := range m.r.queue {
		if t.cmd.tag == p.tag || t.cmd.tag == "" || p.tag == "" {
			return t
		}
	}
	return nil
}

// client takes a line of the client, or one that may be.
func (m *imapMachine) client(it *item) verdict {
	if it.side == sideUnknown && !imapKnows(it.text) && m.r.wrapped(it) {
		m.r.goOn(it)
		return used
	}
	if m.input != nil {
		m.goesOn(it)
		return used
	}
	if m.asked { // it may be a password
		m.asked = false
		c := hiddenCommand(it.text)
		c.secrets = append(c.secrets, it.text)
		m.r.push(c, it)
		return used
	}
	if suppressed(it.text) {
		m.r.push(command{verb: "LOGIN", args: "********", stage: parsers.StageAuth}, it)
		return used
	}
	text := it.text
	if m.r.bare && !m.r.strict {
		text = numbered(text)
	}
	sure := it.side == sideClient || m.r.strict
	c, ok := imapCommand(text, sure && !prose(text))
	switch {
	case ok:
	case it.side == sideClient, m.typedAnyway(it):
		c = m.unknown(text)
	default:
		return foreign
	}
	if m.leaving() {
		if c.verb == "LOGOUT" && m.r.tail().cmd.verb == "LOGOUT" {
			m.r.tail().cmd.span.add(it.span) // an article shows it twice
			return used
		}
		if it.side == sideUnknown {
			return used
		}
	}
	m.lastSASL = 0
	if c.initial {
		m.lastSASL = 1
	}
	t := m.r.push(c, it)
	t.cmd.literal = max(0, literal(text))
	if t.cmd.literal > 0 && strings.HasSuffix(text, "+}") {
		m.input, m.reading, t.cmd.literal = t, t.cmd.literal, 0 // non-synchronising [RFC 7888]
	}
	return used
}

// leaving reports whether LOGOUT waits for its reply.
func (m *imapMachine) leaving() bool {
	t := m.r.tail()
	return t != nil && t.cmd.verb == "LOGOUT"
}

// unknown makes a command of a line that no verb explains: "a3 foo", or a word
// without a tag.
func (m *imapMachine) unknown(s string) command {
	tag, rest, ok := strings.Cut(s, " ")
	if c, is := imapUntaggedCommand(s); is {
		return c
	}
	c := unknownCommand(s)
	if ok && imapTag(tag) && len(c.secrets) == 0 {
		c = unknownCommand(rest)
		c.tag = tag
	}
	return c
}

// typedAnyway reports whether a line that is no command was typed at the
// server.
func (m *imapMachine) typedAnyway(it *item) bool {
	if m.r.strict {
		return !prose(it.text)
	}
	next := m.r.peek()
	if next == nil || next.kind != kindLine || prose(it.text) {
		return false
	}
	rep, ok := imapReply(next.text)
	tag, _, _ := strings.Cut(it.text, " ")
	return ok && (rep.tag == tag || rep.Status == "BAD" && next == m.r.src.at(m.r.k+1)) && m.r.greet != nil
}

// goesOn takes a line that the server asked for with "+".
func (m *imapMachine) goesOn(it *item) {
	t := m.input
	m.input = nil
	c := t.cmd
	c.span.add(it.span)
	switch c.verb {
	case "AUTHENTICATE":
		shown, secrets := saslResponse(c.mech, it.text, m.lastSASL == 0)
		m.lastSASL++
		c.args += " " + shown
		m.r.secrets = append(m.r.secrets, secrets...)
	case "IDLE":
		if !strings.EqualFold(it.text, "DONE") {
			m.client(it)
		}
	case "LOGIN":
		m.loginLiteral(t, it.text)
	}
}

// readLiteral takes a line of a literal that the client sends.
func (m *imapMachine) readLiteral(it *item) {
	m.reading -= len(it.text) + 2
	t := m.input
	if t == nil {
		m.reading = 0
		return
	}
	t.cmd.span.add(it.span)
	if t.cmd.verb == "LOGIN" && it.kind != kindBlank {
		m.reading = 0
		m.loginLiteral(t, it.text)
		if !strings.HasSuffix(it.text, "}") {
			m.input = nil
		}
		return
	}
	if m.reading <= 0 {
		m.reading, m.input = 0, nil
	}
}

// loginLiteral takes user or password of LOGIN sent as a literal: "alice {9}"
// and then the password alone.
func (m *imapMachine) loginLiteral(t *turn, s string) {
	if n := literal(s); n >= 0 {
		name := strings.TrimSpace(s[:strings.LastIndexByte(s, '{')])
		t.cmd.args = name
		t.cmd.literal = n
		if strings.HasSuffix(s, "+}") {
			m.input, m.reading, t.cmd.literal = t, max(1, n), 0
		}
		return
	}
	user, rest := imapString(s)
	if strings.HasSuffix(t.cmd.args, "}") && rest != "" { // user as a literal, password behind it
		shown, secrets := hide(strings.TrimSpace(rest))
		t.cmd.args = user + " " + shown
		m.r.secrets = append(m.r.secrets, secrets...)
		return
	}
	shown, secrets := hide(s)
	name, _, _ := strings.Cut(t.cmd.args, " {")
	t.cmd.args = name + " " + shown
	m.r.secrets = append(m.r.secrets, secrets...)
}

// finish completes commands whose tagged reply is not there: BYE ended the
// session, or an excerpt shows the data only.
func (m *imapMachine) finish() {
	for len(m.r.queue) > 0 {
		t := m.r.queue[0]
		q := t.cmd.partial
		if q == nil {
			m.r.queue = m.r.queue[1:]
			continue
		}
		if q.Status == "BYE" && t.cmd.verb == "LOGOUT" {
			q.OK = true
			m.r.quit = true
		}
		m.r.queue = m.r.queue[1:]
		t.rep = q
		m.r.replies++
	}
}

// infer names the commands of a fragment that shows the server's side only.
func (m *imapMachine) infer() {
	if m.r.commands > 0 {
		return
	}
	var kept []*turn
	var held *turn // an untagged reply whose tagged one follows
	for _, t := range m.r.turns {
		if t.cmd != nil || t.rep.tag == "*" || t.rep.tag == "+" {
			if t.rep != nil && t.rep.tag == "*" && t.rep.Status != "BYE" {
				held = t
			}
			kept = append(kept, t)
			continue
		}
		if held != nil {
			t.rep.add(shownUntagged(held.rep))
			t.rep.span.add(held.rep.span)
			if t.rep.ResponseCode == "" {
				t.rep.ResponseCode = held.rep.ResponseCode
			}
			kept = kept[:len(kept)-1]
			held = nil
		}
		t.cmd = &pending{command: m.guess(t.rep), inferred: true}
		kept = append(kept, t)
	}
	m.r.turns = kept
}

// guess names the command of a tagged reply by the words of the completion.
func (m *imapMachine) guess(p *reply) command {
	name := "(unknown)"
	for _, g := range imapWords {
		if p.has(g.word) {
			name = g.verb
			break
		}
	}
	if name == "(unknown)" && !p.OK && p.ResponseCode == "AUTHENTICATIONFAILED" {
		name = "LOGIN"
	}
	return command{verb: name, tag: p.tag, stage: imapVerbs[name].stage}
}

var imapWords = []struct{ word, verb string }{
	{"logout", "LOGOUT"}, {"logged in", "LOGIN"}, {"login", "LOGIN"}, {"authenticat", "LOGIN"}, {"begin tls", "STARTTLS"}, {"select", "SELECT"},
	{"examine", "EXAMINE"}, {"capabilit", "CAPABILITY"}, {"lsub", "LSUB"}, {"list", "LIST"}, {"fetch", "FETCH"}, {"search", "SEARCH"},
	{"store", "STORE"}, {"noop", "NOOP"}, {"status", "STATUS"}, {"expunge", "EXPUNGE"}, {"close", "CLOSE"}, {"namespace", "NAMESPACE"},
	{"append", "APPEND"}, {"copy", "COPY"}, {"idle", "IDLE"}, {"mailbox", "SELECT"},
}
