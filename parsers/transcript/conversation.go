package transcript

import (
	"bytes"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"kbdiag/parsers"
)

// Conversation is one connection of which both sides' bytes are known: of a
// packet capture, a dump, or a log that tells connections apart. It is fed in
// the order in which things happened and then emitted as sessions.
//
// What it keeps is bounded: of a long message only lines that look like part
// of the dialogue stay.
type Conversation struct {
	form   string
	zone   parsers.Zone
	server string
	port   int
	items  sliceFeed
	bytes  int // of text in items
	owned  int // of the items, those whose text has memory of its own
	half   [2]partial
	screen bool // a telnet session: what the server echoes is what was typed
	tls    tlsWatch
	first  [2][]byte // the first bytes of each side, to name binary protocols
	binary bool
	closed bool
	// unsure is set where "server" only means the side that wrote the log; who
	// the server is, is then told by what both sides say.
	unsure bool
	left   int    // lines of dialogue beyond maxTalkAll
	leftAt span   // the first of them
	peer   string // server and port if the other side is the server
	peerAt int
}

// partial is a line whose end has not come yet.
type partial struct {
	text []byte
	at   time.Time
	span span
	long bool // its rest is left out
	keys int  // how many pieces of one byte it came in
}

// Bounds of what is kept of one connection.
const (
	maxTalk     = 1 << 20 // bytes of text; beyond that only lines of dialogue are kept
	maxTalkAll  = 2 << 20 // bytes of text altogether
	maxTalkLine = 8 << 10 // of one line
)

// itemCost is what an item takes in memory beside its text, in bytes.
const itemCost = 200

// NewConversation begins a connection to a server; port 0 and server "" are
// unknown. form names the capture.
func NewConversation(form, server string, port int, zone parsers.Zone) *Conversation {
	c := &Conversation{form: form, server: server, port: port, zone: zone}
	c.event(event{what: whatStart, form: form, server: server, port: port}, time.Time{}, span{})
	return c
}

// Size is about how much memory the conversation holds, in bytes.
func (c *Conversation) Size() int {
	return c.bytes + len(c.items)*itemCost + cap(c.half[0].text) + cap(c.half[1].text) + itemCost
}

// Connected says that the connection stands.
func (c *Conversation) Connected(at time.Time, p parsers.Pos) {
	c.event(event{what: whatConnected}, at, spanOf(p))
}

// Failed says that the connection could not be made.
func (c *Conversation) Failed(why parsers.Connect, at time.Time, p parsers.Pos) {
	c.event(event{what: whatFail, result: why}, at, spanOf(p))
}

// Closed says that the connection was closed, by "server", "client" or "".
func (c *Conversation) Closed(by string, at time.Time, p parsers.Pos) {
	if c.closed {
		return
	}
	c.flush()
	c.closed = true
	c.event(event{what: whatClosed, by: by}, at, spanOf(p))
}

func (c *Conversation) event(e event, at time.Time, s span) {
	e.form = c.form
	c.items = append(c.items, item{kind: kindEvent, event: &e, first: -1, span: s, at: at, zone: c.zoneAt(at)})
}

func (c *Conversation) zoneAt(at time.Time) parsers.Zone {
	if at.IsZero() {
		return parsers.ZoneUnknown
	}
	return c.zone
}

// spanOf makes a span of a position; where there are no lines, records count.
func spanOf(p parsers.Pos) span {
	n := p.Line
	if n == 0 {
		n = int(p.Record)
	}
	return span{line: n, off: p.Offset, end: p.Offset + p.Length}
}

// Say takes bytes that one side sent.
func (c *Conversation) Say(server bool, data []byte, at time.Time, p parsers.Pos) {
	if len(data) == 0 {
		return
	}
	i := sideIndex(server)
	if len(c.first[i]) < 64 {
		c.first[i] = append(c.first[i], data[:min(len(data), 64-len(c.first[i]))]...)
	}
	if c.tls.takes(i, data) {
		c.flush()
		return
	}
	if !c.screen && (interactive(c.port) || server && telnetOption(data) && !c.spoken() || !server && c.answersPrompt(data)) {
		c.screen = true
		c.half[0] = partial{}
	}
	if c.screen && !server {
		return // the screen shows what was typed, and hides what is hidden
	}
	if c.binary || !c.spoken() && len(c.half[i].text) == 0 && !c.screen && binaryData(data) {
		c.binary = true
		return
	}
	c.split(i, data, at, spanOf(p))
}

// interactive tells the ports at which people type at a terminal, or where the
// client sends a password as it is: telnet, rtelnet, rexec, rlogin, rsh.
func interactive(port int) bool {
	switch port {
	case 23, 107, 512, 513, 514:
		return true
	}
	return false
}

// answersPrompt reports whether the client's data answers a prompt: text of the
// server that no line end follows, and that is no reply. What is then sent may
// be a password, even where it is not asked for by that word.
func (c *Conversation) answersPrompt(data []byte) bool {
	prompt := strings.TrimSpace(string(c.half[1].text))
	if prompt == "" || len(prompt) > maxPrompt || prompt[0] == '<' || serverish(prompt) {
		return false
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	if clientish(strings.TrimSpace(string(line))) {
		return false // the end of what the server sent is not there yet
	}
	return len(data) <= 2 || strings.IndexByte(":>?$#%]", prompt[len(prompt)-1]) >= 0 || asksSecret.in(prompt) != none
}

// asksSecret are words of those who ask for a secret.
var asksSecret = newFoldWords("passw", "passcode", "passphrase", "secret", "pin", "token", "login", "kennwort", "mot de passe", "contrase", "senha", "wachtwoord")

// spoken reports whether any line of text was taken.
func (c *Conversation) spoken() bool {
	for i := range c.items {
		if c.items[i].kind == kindLine {
			return true
		}
	}
	return false
}

func sideIndex(server bool) int {
	if server {
		return 1
	}
	return 0
}

// split cuts data at its line ends.
func (c *Conversation) split(i int, data []byte, at time.Time, s span) {
	h := &c.half[i]
	for len(data) > 0 {
		end := bytes.IndexByte(data, '\n')
		piece := data
		if end >= 0 {
			piece = data[:end]
			data = data[end+1:]
		} else {
			data = nil
		}
		if len(h.text) == 0 {
			h.at = at
		}
		h.span.add(s)
		if room := maxTalkLine - len(h.text); len(piece) > room {
			piece, h.long = piece[:room], true
		}
		h.text = append(h.text, piece...)
		if len(piece) == 1 {
			h.keys++
		}
		if end >= 0 {
			c.line(i)
		}
	}
}

// line makes an item of the line that a side has ended.
func (c *Conversation) line(i int) {
	h := &c.half[i]
	text := strings.TrimRight(decoded(h.text, c.screen), "\r")
	it := item{first: -1, side: sideClient, at: h.at, zone: c.zoneAt(h.at), span: h.span, width: len(text)}
	if i == 1 {
		it.side = sideServer
	}
	it.typed = i == 0 && h.keys > 1
	h.text, h.span, h.long, h.keys = h.text[:0], span{}, false, 0
	if c.screen {
		it.side = sideUnknown
		text = clean(text)
	} else if needsCleaning(text) {
		text = strings.Map(printable, text)
	}
	it.text = strings.TrimRight(text, " \t")
	if c.screen {
		it.text = strings.TrimSpace(strings.Map(printable, text))
	}
	if it.text == "" {
		it.kind = kindBlank
	}
	c.keep(it)
}

// keep stores an item within the bounds.
func (c *Conversation) keep(it item) {
	if c.bytes > maxTalk && it.text != "." && !serverish(it.text) && !clientish(it.text) {
		return
	}
	if c.bytes > maxTalkAll {
		if c.left == 0 {
			c.leftAt = it.span
		}
		c.left++
		return
	}
	c.bytes += len(it.text) + itemCost/2
	c.items = append(c.items, it)
}

// Text takes one whole line of one side, as a log gives it.
func (c *Conversation) Text(server bool, text string, at time.Time, p parsers.Pos) {
	it := item{first: -1, side: sideClient, at: at, zone: c.zoneAt(at), span: spanOf(p), width: len(text), text: strings.TrimSpace(text)}
	if server {
		it.side = sideServer
	}
	if it.text == "" {
		it.kind = kindBlank
	}
	c.keep(it)
}

// Failing says that a stage failed, in the words of the program that logs.
func (c *Conversation) Failing(stage parsers.Stage, at time.Time, p parsers.Pos) {
	c.event(event{what: whatFailed, stage: stage}, at, spanOf(p))
}

// settle decides who the server is where the log does not say.
func (c *Conversation) settle() {
	if !c.unsure {
		return
	}
	c.unsure = false
	votes := 0
	for i := range c.items {
		it := &c.items[i]
		if it.kind != kindLine {
			continue
		}
		sign := 1
		if it.side == sideClient {
			sign = -1
		}
		switch {
		case serverish(it.text):
			votes += sign
		case clientish(it.text):
			votes -= sign
		}
	}
	if votes > 0 || votes == 0 && (c.server != "" || c.peer == "") {
		return // nothing was said: who has no end point of his own yet is the client
	}
	for i := range c.items {
		it := &c.items[i]
		switch {
		case it.kind != kindEvent && it.side != sideUnknown:
			it.side = opposite(it.side)
		case it.kind != kindEvent:
		case it.event.what == whatStart:
			it.event.server, it.event.port = c.peer, c.peerAt
		case it.event.what == whatClosed && it.event.by == "server":
			it.event.by = "client"
		case it.event.what == whatClosed && it.event.by == "client":
			it.event.by = "server"
		}
	}
	c.server, c.port = c.peer, c.peerAt
	c.first[0], c.first[1] = c.first[1], c.first[0]
}

// flush ends the lines that have no end.
func (c *Conversation) flush() {
	for i := range c.half {
		if len(c.half[i].text) > 0 {
			c.line(i)
		}
	}
}

// printable keeps of a line of a dialogue what can be shown.
func printable(r rune) rune {
	if r < ' ' && r != '\t' || r >= 0x7F && r < 0xA0 {
		return -1
	}
	return r
}

// decoded gives bytes as text: UTF-8 where they are that, otherwise each byte
// as Latin-1, which telnet's options need.
func decoded(b []byte, bytewise bool) string {
	if !bytewise && utf8.Valid(b) {
		return string(b)
	}
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

// telnetOption knows IAC WILL, WONT, DO, DONT [RFC 854].
func telnetOption(b []byte) bool {
	for i := 0; i+2 < len(b) && i < 64; i++ {
		if b[i] == 0xFF && b[i+1] >= 0xFB && b[i+1] <= 0xFE {
			return true
		}
	}
	return false
}

// binaryData reports whether the first bytes of a side are no text.
func binaryData(b []byte) bool {
	odd := 0
	n := min(len(b), 64)
	for _, c := range b[:n] {
		if c < 0x20 && c != '\r' && c != '\n' && c != '\t' && c != 0x1B && c != 0x08 {
			odd++
		}
	}
	return odd*8 > n || b[0] < 0x07 || b[0] == 0x30 && n > 1 && (b[1] < 0x20 || b[1] > 0x7E) && b[1] != '\r'
}

// Emit reads what was said and gives the sessions to out.
func (c *Conversation) Emit(out *parsers.Out) { c.emit(out, &scratch{}) }

func (c *Conversation) emit(out *parsers.Out, mem *scratch) {
	c.flush()
	c.settle()
	if c.left > 0 {
		out.Skip("line of a dialogue beyond 2 MiB of one connection", c.left, c.pos(c.leftAt))
	}
	rest := unread{}
	read := c.sessions(out, mem, &rest)
	rest.add(c.items[min(read, len(c.items)):])
	rest.account(c, out)
}

// sessions gives the sessions to out and counts the lines between them. It
// gives the index of the item up to which it looked.
func (c *Conversation) sessions(out *parsers.Out, mem *scratch, rest *unread) int {
	k := 0
	work := 0      // items looked at in vain, to bound the time
	plain := false // a session of no known protocol was given: there is one a connection
	for k < len(c.items) && work < 20*len(c.items)+1000 {
		r, after := mem.read(c.items, k, false)
		next := max(k+1, after)
		if !r.worthy() || plain && r.s.Protocol == "" {
			work += r.k - k
			rest.add(c.items[k:next])
			k = next
			continue
		}
		plain = plain || r.s.Protocol == ""
		k = next
		r.tell(out)
		if out.Learns() {
			continue
		}
		c.name(r)
		s := r.session()
		c.finish(s)
		out.Session(s)
	}
	return k
}

// unread counts the lines of a conversation that are of no session.
type unread struct {
	n  int
	at span // the first of them
}

func (u *unread) add(items sliceFeed) {
	for i := range items {
		if items[i].kind != kindLine {
			continue
		}
		if u.n == 0 {
			u.at = items[i].span
		}
		u.n++
	}
}

func (u *unread) account(c *Conversation, out *parsers.Out) {
	if u.n > 0 {
		out.Skip("line of a connection that is of no session", u.n, c.pos(u.at))
	}
}

// own copies what the conversation holds of the input since it did so last.
func (c *Conversation) own() {
	if c.owned == 0 {
		c.server, c.peer = strings.Clone(c.server), strings.Clone(c.peer)
		if e := c.items[0].event; e != nil {
			e.server = c.server
		}
	}
	for i := c.owned; i < len(c.items); i++ {
		c.items[i].text = strings.Clone(c.items[i].text)
	}
	c.owned = len(c.items)
}

// empty gives the memory of the items of a conversation that was emitted, to be
// used again.
func (c *Conversation) empty() sliceFeed {
	items := c.items
	c.items = nil
	if cap(items) > maxSpare {
		return nil
	}
	clear(items)
	return items[:0]
}

// maxSpare is how many items' memory is used again.
const maxSpare = 1024

// name gives a session that begins behind the connection's first one, with no
// greeting of its own, what is known of the connection.
func (c *Conversation) name(r *reader) {
	if r.s.Server == "" {
		r.s.Server = c.server
	}
	if r.s.Port == 0 {
		r.s.Port = c.port
	}
	if r.form == "" {
		r.form = c.form
	}
}

// finish adds what only the bytes of the connection tell.
func (c *Conversation) finish(s *parsers.Session) {
	if c.form == "pcap" || c.form == "pcapng" {
		byRecord(s)
	}
	if !c.tls.on && s.Protocol != "" {
		return
	}
	c.tls.judge(s)
	if s.Protocol == "" {
		c.nameBinary(s)
	}
	s.Summary = summary(s)
	if note := c.tls.note(); note != "" {
		s.Summary += ", " + note
	}
}

// pos gives the position of a span.
func (c *Conversation) pos(s span) parsers.Pos {
	p := s.pos()
	if c.form == "pcap" || c.form == "pcapng" {
		p.Record, p.Line = uint64(p.Line), 0
	}
	return p
}

// byRecord turns line numbers into the packets' numbers they stand for.
func byRecord(s *parsers.Session) {
	turn := func(p *parsers.Pos) { p.Record, p.Line = uint64(p.Line), 0 }
	turn(&s.Pos)
	for i := range s.Exchanges {
		turn(&s.Exchanges[i].Pos)
	}
}

// nameBinary names a protocol that is no text by its first bytes.
func (c *Conversation) nameBinary(s *parsers.Session) {
	srv, cli := c.first[1], c.first[0]
	switch {
	case len(srv) > 6 && srv[3] == 0 && srv[4] == 0x0A: // MySQL's handshake, protocol version 10
		version, _, _ := strings.Cut(string(srv[5:]), "\x00")
		s.Protocol, s.Greeting, s.Banner, s.Product, s.Version = "mysql", version, version, "MySQL", version
		if containsFold(version, "mariadb") {
			s.Product = "MariaDB"
		}
		c.answered(s)
	case len(cli) > 4 && cli[0] == 3 && cli[1] == 0 && cli[5] == 0xE0: // TPKT and an X.224 connection request
		s.Protocol = "rdp"
		if len(srv) > 5 && srv[0] == 3 {
			c.answered(s)
		}
	case len(cli) > 4 && cli[0] == 0x30 && bytes.Contains(cli[:min(len(cli), 12)], []byte{2, 1}):
		s.Protocol = "ldap"
		c.bind(s)
	}
}

// answered says that the server spoke, though not in lines.
func (c *Conversation) answered(s *parsers.Session) {
	s.Connect, s.GreetingSeen = parsers.Connected, parsers.Yes
	if s.Outcome == parsers.OutcomeNoGreeting || s.Outcome == parsers.OutcomeDropped {
		s.Outcome, s.FailedStage = parsers.OutcomeIncomplete, parsers.StageNone
	}
}

// ldapResults names the results of a bind that are of use [RFC 4511 appendix
// A].
var ldapResults = map[byte]string{
	0: "success", 1: "operations error", 2: "protocol error", 7: "auth method not supported", 8: "stronger auth required",
	13: "confidentiality required", 32: "no such object", 34: "invalid DN syntax", 48: "inappropriate authentication",
	49: "invalid credentials", 50: "insufficient access rights", 51: "busy", 52: "unavailable", 53: "unwilling to perform",
}

// bind reads a bind request and its response [RFC 4511 section 4.2]. The name
// and password in the request are not looked at.
func (c *Conversation) bind(s *parsers.Session) {
	cli, srv := c.first[0], c.first[1]
	if s.Outcome == parsers.OutcomeNoGreeting {
		s.Outcome, s.FailedStage = parsers.OutcomeIncomplete, parsers.StageNone
	}
	i := bytes.Index(cli[:min(len(cli), 16)], []byte{2, 1})
	if i < 0 || i+3 >= len(cli) || cli[i+3] != 0x60 {
		return
	}
	cmd := parsers.Command{Verb: "BIND"}
	j := bytes.Index(srv[:min(len(srv), 24)], []byte{0x0A, 1})
	if j < 0 || j+2 >= len(srv) {
		s.Unanswered = append(s.Unanswered, cmd)
		s.Outcome, s.FailedStage = parsers.OutcomeNoReply, parsers.StageAuth
		return
	}
	code := srv[j+2]
	ok := code == 0
	s.Exchanges = append(s.Exchanges, parsers.Exchange{Command: cmd, Stage: parsers.StageAuth, Pos: s.Pos,
		Reply: parsers.Reply{Status: strconv.Itoa(int(code)), Code: int(code), Text: ldapResults[code], OK: ok}})
	s.Authenticated = parsers.TriOf(ok)
	if !ok {
		s.Outcome, s.FailedStage = parsers.OutcomeAuthFailed, parsers.StageAuth
	} else if s.Outcome != parsers.OutcomeSuccess {
		s.Outcome, s.FailedStage = parsers.OutcomeSuccess, parsers.StageNone
	}
}
