package transcript

import (
	"strings"
	"time"

	"kbdiag/parsers"
)

// session makes the record of what was read.
func (r *reader) session() *parsers.Session {
	s := &r.s
	s.Form = r.form
	if s.Form == "" {
		s.Form = "text"
	}
	r.times()
	r.leftOut()
	r.exchanges()
	r.greetingFacts()
	r.connectFacts()
	s.Echo = r.echo()
	s.Authenticated = r.authenticated()
	r.outcome()
	r.scrub()
	s.Summary = summary(s)
	if r.warning != "" && serverLogs[s.Form] {
		s.Summary += ", the log says: " + r.warning
	}
	if r.why != "" && s.Outcome == parsers.OutcomeTLSFailed && r.saidFailed == parsers.StageTLS {
		s.Summary = strings.Replace(s.Summary, "TLS failed", "TLS failed: "+r.why, 1)
	}
	return s
}

// times sets start and end where the capture gives dates, and what it tells of
// durations in any case.
func (r *reader) times() {
	if !r.stamped {
		return
	}
	if r.zone != parsers.ZoneUnknown {
		r.s.Start, r.s.End, r.s.Zone = r.from, r.to, r.zone
	}
	r.s.Elapsed = elapsed(r.from, r.to)
	if !r.greetAt.IsZero() {
		r.s.GreetingDelay = elapsed(r.from, r.greetAt)
	}
}

// elapsed is the time between two clocks; a clock without a date may have
// passed midnight.
func elapsed(from, to time.Time) time.Duration {
	d := to.Sub(from)
	if d < 0 && from.Year() == 1 {
		d += 24 * time.Hour
	}
	return max(0, d)
}

// exchanges splits the turns into exchanges, commands without a reply and
// replies without a command.
func (r *reader) exchanges() {
	s := &r.s
	whole := 0
	for _, t := range r.turns {
		if t.cmd != nil && t.rep != nil {
			whole++
		}
	}
	if whole > 0 {
		s.Exchanges = make([]parsers.Exchange, 0, whole)
	}
	for _, t := range r.turns {
		switch {
		case t.cmd == nil:
			s.Unsolicited = append(s.Unsolicited, t.rep.Reply)
		case t.rep == nil:
			s.Unanswered = append(s.Unanswered, t.cmd.record())
		default:
			s.Exchanges = append(s.Exchanges, t.exchange(r.zone))
		}
	}
}

// leftOut gives the commands whose answer an article leaves out a reply
// without words: one that succeeded behind them shows that they went through.
// Only the tags of IMAP tell that the reply is not another's.
func (r *reader) leftOut() {
	if _, ok := r.m.(*imapMachine); !ok || r.strict || !r.bare || r.connected {
		return
	}
	later := false
	for i := len(r.turns) - 1; i >= 0; i-- {
		t := r.turns[i]
		switch {
		case t.cmd == nil:
		case t.rep != nil:
			later = later || t.rep.OK && t.rep.Status != "BYE"
		case later:
			t.rep = &reply{Reply: parsers.Reply{OK: true}}
		}
	}
}

func (p *pending) record() parsers.Command {
	return parsers.Command{Line: p.line, Verb: p.verb, Args: p.args}
}

func (t *turn) exchange(zone parsers.Zone) parsers.Exchange {
	where := t.cmd.span
	where.add(t.rep.span)
	x := parsers.Exchange{Command: t.cmd.record(), Reply: t.rep.Reply, Pos: where.pos(), Stage: t.cmd.stage, Inferred: t.cmd.inferred}
	if zone != parsers.ZoneUnknown {
		x.Time = t.cmd.at
	}
	return x
}

func (r *reader) greetingFacts() {
	s := &r.s
	if r.greet == nil {
		if r.onlyLost() {
			return
		}
		if r.saidFailed == parsers.StageTLS && r.commands+r.replies == 0 {
			return // there was no channel to greet through
		}
		if s.Connect == parsers.Connected || r.connected && r.commands+r.replies == 0 {
			s.GreetingSeen = parsers.No
		}
		return
	}
	s.Greeting = r.greet.Text
	s.GreetingSeen = parsers.Yes
	s.Banner, s.Product, s.Version = r.mem.software(s.Greeting)
}

// connectFacts settles the result of connecting. A reply proves that the
// connection stood.
func (r *reader) connectFacts() {
	s := &r.s
	switch {
	case r.failed:
		s.Connect = r.failing
	case r.connected, r.greet != nil, r.replies > 0, r.closed && s.ClosedBy == "server":
		s.Connect = parsers.Connected
	case r.failing != "":
		s.Connect = r.failing
	}
	if s.Connect != parsers.Connected || r.onlyLost() {
		return
	}
	if r.greet == nil && r.speaksFirst() && r.replies == 0 && (r.connected || r.closed) && r.saidFailed != parsers.StageTLS {
		s.GreetingSeen = parsers.No
	}
}

// speaksFirst reports whether the server of the protocol greets.
func (r *reader) speaksFirst() bool { return r.s.Protocol != "http" }

// echo tells whether the client's lines are in the capture.
func (r *reader) echo() string {
	inferred, seen := 0, 0
	for _, t := range r.turns {
		switch {
		case t.cmd == nil:
		case t.cmd.inferred && t.cmd.verb != "(body)":
			inferred++
		case !t.cmd.inferred:
			seen++
		}
	}
	switch {
	case inferred > 0 && seen > 0:
		return "partial"
	case inferred > 0:
		return "off"
	case seen > 0:
		return "on"
	}
	return ""
}

// scrub takes the session's own secrets out of texts that might quote them,
// such as a reply that repeats the line typed.
func (r *reader) scrub() {
	var known parsers.Secrets
	s := &r.s
	r.shaped()
	for _, v := range r.secrets {
		known.Add(v)
	}
	if known.Len() == 0 {
		return
	}
	clean := known.Scrubber()
	s.Greeting, s.Banner = clean(s.Greeting), clean(s.Banner)
	for i := range s.Exchanges {
		x := &s.Exchanges[i]
		x.Reply.Text = clean(x.Reply.Text)
		if !x.Inferred {
			x.Args = clean(x.Args)
			x.Verb = clean(x.Verb)
		}
	}
	for i := range s.Unanswered {
		s.Unanswered[i].Args = clean(s.Unanswered[i].Args)
		s.Unanswered[i].Verb = clean(s.Unanswered[i].Verb)
	}
	for i := range s.Unsolicited {
		s.Unsolicited[i].Text = clean(s.Unsolicited[i].Text)
	}
}

// saidBefore keeps what a server says of commands ("PASS required") from being
// taken for one at the beginning of a line.
const saidBefore = "reply: == "

// shaped takes out of the replies what gives itself away by its shape: a line
// of the client whose mark nobody knows may have got into one.
func (r *reader) shaped() {
	if _, whole := r.src.(sliceFeed); whole {
		return // the log tells who says what
	}
	s := &r.s
	var found *parsers.Secrets
	clean := func(text string) string {
		if !parsers.MayHoldSecret(text) {
			return text
		}
		if found == nil {
			found = &parsers.Secrets{}
		}
		lines := strings.Split(text, "\n")
		for i := range lines {
			lines[i] = parsers.RedactLine(saidBefore+lines[i], found)[len(saidBefore):]
		}
		return strings.Join(lines, "\n")
	}
	s.Greeting, s.Banner = clean(s.Greeting), clean(s.Banner)
	for i := range s.Exchanges {
		s.Exchanges[i].Reply.Text = clean(s.Exchanges[i].Reply.Text)
	}
	for i := range s.Unsolicited {
		s.Unsolicited[i].Text = clean(s.Unsolicited[i].Text)
	}
	if found != nil {
		r.secrets = append(r.secrets, found.Words()...)
	}
}

// worthy reports whether what was read is a session at all, and not a line of
// an article that happens to look like one of a dialogue.
func (r *reader) worthy() bool {
	if r.lastUsed < 0 {
		return false
	}
	if r.m == nil && !r.closed && serverLogs[r.form] {
		return false // a server's log says that a client came, and nothing else
	}
	if r.failed || r.connected || r.trying || r.failing != "" && r.form != "" {
		return true
	}
	if r.closed && r.m == nil {
		return r.form == "windows telnet" || r.s.ClosedBy == "server"
	}
	if r.m == nil {
		return false
	}
	answered, inferred := 0, 0
	for _, t := range r.turns {
		if t.cmd != nil && t.rep != nil {
			answered++
			if t.cmd.inferred {
				inferred++
			}
		}
	}
	switch {
	case answered > inferred:
		return (r.replies > 1 || r.convincing()) && (!r.bare || r.form != "" || r.greet != nil || r.knowsOne())
	case r.greet != nil:
		return bannerLike(r.greet, r.s.Protocol) || r.closed
	case inferred > 0:
		return r.s.Protocol == "http" || r.s.Protocol == "imap" && !r.reads()
	}
	return r.prompted && r.commands+r.replies > 0 && r.form == "windows telnet"
}

// knowsOne reports whether one of the commands that were answered is known:
// numbers in a table of prose may look like replies.
func (r *reader) knowsOne() bool {
	for _, t := range r.turns {
		if t.cmd == nil || t.rep == nil || t.cmd.inferred {
			continue
		}
		if w, _ := wordOf(t.cmd.verb); w != nil || t.cmd.stage != parsers.StageCommand || r.s.Protocol == "http" || r.s.Protocol == "" || r.s.Protocol == "telnet" {
			return true
		}
		if first, _, two := strings.Cut(t.cmd.verb, " "); two && (nntp.pairs[first] || ftp.pairs[first]) {
			return true
		}
	}
	return false
}

// reads reports whether all that was taken for replies begins or goes on as a
// sentence does: "Clicking OK may ..." and "Click OK (ALT+O)" are no tagged
// replies.
func (r *reader) reads() bool {
	for _, t := range r.turns {
		if t.rep == nil || len(t.rep.tag) > 2 && strings.ContainsAny(t.rep.tag[:1], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") && isLower(t.rep.tag[1:]) {
			continue
		}
		if t.rep.Text == "" || t.rep.Text[0] < 'a' || t.rep.Text[0] > 'z' {
			return false
		}
	}
	return true
}

// serverLogs are the forms that are written by servers.
var serverLogs = map[string]bool{"exchange 5.5": true, "smtpgate": true, "hmailserver": true}

// convincing reports whether the only exchange cannot be chance: the command
// is of a shape that prose has not.
func (r *reader) convincing() bool {
	if r.greet != nil || r.prompted || !r.bare || r.s.Protocol == "imap" || r.s.Protocol == "pop3" {
		return true
	}
	for _, t := range r.turns {
		if t.cmd == nil || t.rep == nil {
			continue
		}
		switch t.cmd.verb {
		case "HELO", "EHLO", "LHLO", "MAIL", "RCPT", "AUTH", "AUTHINFO USER", "AUTHINFO PASS", "STARTTLS", "GET", "HEAD", "POST", "ETRN", "VRFY", "EXPN",
			"USER", "PASS", "LOGIN", "MODE READER", "CAPABILITIES", "FEAT", "SYST", "PASV":
			return true
		case "DATA":
			if t.rep.Code == 354 || t.rep.Code >= 500 {
				return true
			}
		}
	}
	return false
}

// bannerLike reports whether a greeting that stands alone is one: it names
// the protocol, known software, or says that the server is ready.
func bannerLike(p *reply, protocol string) bool {
	if _, product, _ := software(p.Text); product != "" {
		return true
	}
	if protocol == "" {
		return true
	}
	if p.Code >= 400 {
		return p.has("permission to talk", "smtp", "ftp", "nntp", "service not available", "too many connections", "leafnode", "client host", "blocked", "rejected")
	}
	return p.has("smtp", "pop3", "pop server", "imap", "nntp", "nnrp", "ftp", "ready", "mail service", "news service") && !strings.Contains(p.Text, "<domain>")
}
