package dialogue

import (
	"regexp"
	"strconv"
	"strings"

	"kbdiag/parsers"
)

// client reads a command.
func (c *capture) client(r *row) bool {
	t := strings.TrimSpace(r.text)
	verb, args, _ := strings.Cut(t, " ")
	up := strings.ToUpper(verb)
	line := c.w.Lines[r.i].No
	if len(c.pending) == 0 && c.continues() && (t != "" || r.side == client) {
		c.typed = true
		c.secret(t)
		c.pending = append(c.pending, parsers.Command{Line: line, Verb: "(response)", Args: parsers.RedactedLength(t)})
		return true
	}
	switch {
	case c.proto == "imap":
		inner, rest, _ := strings.Cut(args, " ")
		known := imapVerbs[strings.ToUpper(inner)]
		if !known && r.side != client && !c.answered(r) {
			return false
		}
		if known || inner != "" && !imapVerbs[up] {
			up, args = strings.ToUpper(inner), rest
		}
	case c.proto == "pop3" && (popVerbs[up] || r.side == client):
	case c.proto == "smtp" && (smtpVerbs[up] || r.side == client):
	case c.proto == "" && c.s.Connect == parsers.Connected && (smtpVerbs[up] || popVerbs[up]):
	case c.proto == "smtp" && c.refusedData() && t != "":
	case c.proto != "" && t != "" && c.answered(r):
	default:
		return false
	}
	c.typed = true
	c.pending = append(c.pending, parsers.Command{Line: line, Verb: up, Args: c.redact(up, strings.TrimSpace(args))})
	return true
}

// answered reports whether the next line is a reply and nothing else waits for
// one: then the line is a command, however wrong.
func (c *capture) answered(r *row) bool {
	if len(c.pending) > 0 || c.s.Greeting == "" || c.at+1 >= len(c.rows) || !c.typed && c.s.Form == "" {
		return false
	}
	next := c.rows[c.at+1].text
	switch c.proto {
	case "pop3":
		return matchIf(next != "", popReply, next) != nil
	case "smtp":
		return matchIf(next != "", smtpReply, next) != nil
	}
	return strings.HasPrefix(next, "* ") || imapTag.MatchString(next)
}

// refusedData reports whether DATA was refused: then the lines of the message
// are taken for commands.
func (c *capture) refusedData() bool {
	for i := range c.s.Exchanges {
		if x := &c.s.Exchanges[i]; x.Verb == "DATA" {
			return !x.Reply.OK && !c.quit
		}
	}
	return false
}

// continues reports whether the server waits for an SASL response.
func (c *capture) continues() bool {
	n := len(c.s.Exchanges)
	return n > 0 && (c.s.Exchanges[n-1].Reply.Code == 334 || c.s.Exchanges[n-1].Reply.Status == "+")
}

func (c *capture) secret(s string) {
	if !parsers.IsHidden(s) {
		c.out.Secret(s)
	}
}

func (c *capture) redact(verb, args string) string {
	switch verb {
	case "PASS":
		c.secret(args)
		if parsers.IsHidden(args) {
			return "[hidden]"
		}
		return parsers.RedactedLength(args)
	case "AUTH", "AUTHENTICATE":
		mech, blob, ok := strings.Cut(args, " ")
		if ok {
			c.secret(strings.TrimSpace(blob))
			return mech + " " + parsers.RedactedLength(blob)
		}
	case "LOGIN", "APOP":
		user, password, ok := strings.Cut(args, " ")
		if ok {
			c.secret(strings.Trim(strings.TrimSpace(password), `"`))
			return user + " " + parsers.RedactedLength(password)
		}
	}
	return args
}

// body reads a line of a message. All is text until the dot, but for what the
// capturing program says of the connection.
func (c *capture) body(r *row) bool {
	if r.text == "." {
		c.data = false
		c.pending = append(c.pending, parsers.Command{Line: c.w.Lines[r.i].No, Verb: "(body)"})
		return true
	}
	c.meta(r)
	return true
}

// server reads a line of a reply.
func (c *capture) server(r *row) bool {
	t := r.text
	if c.open && c.multi {
		return c.more(t)
	}
	if t == "" {
		return false
	}
	if c.proto == "pop3" && (t == "+" || strings.HasPrefix(t, "+ ")) {
		c.start(r, parsers.Reply{Status: "+", Text: t, OK: true})
		c.end()
		return true
	}
	if m := matchIf(t[0] == '+' || t[0] == '-', popReply, t); m != nil && (c.proto == "" || c.proto == "pop3") {
		c.proto = "pop3"
		ok := strings.EqualFold(m[1], "+OK")
		c.start(r, parsers.Reply{Status: strings.ToUpper(m[1]), ResponseCode: strings.ToUpper(m[2]), Text: t, OK: ok})
		c.multi = ok && c.multiline()
		if !c.multi {
			c.end()
		}
		return true
	}
	if m := matchIf(t[0] >= '2' && t[0] <= '5', smtpReply, t); m != nil && (c.proto == "" || c.proto == "smtp") {
		c.proto = "smtp"
		code, _ := strconv.Atoi(m[1])
		if !c.open {
			c.start(r, parsers.Reply{Status: m[1], Code: code, Enhanced: m[3], Text: t, OK: code < 400})
		} else {
			c.reply.Text += "\n" + t
		}
		if m[2] != "-" {
			c.end()
		}
		return true
	}
	return c.imap(r)
}

// matchIf matches only where a cheap look allows it.
func matchIf(may bool, re *regexp.Regexp, t string) []string {
	if !may {
		return nil
	}
	return re.FindStringSubmatch(t)
}

func (c *capture) imap(r *row) bool {
	t := r.text
	if c.proto != "" && c.proto != "imap" {
		return false
	}
	if strings.HasPrefix(t, "* ") {
		if c.proto == "" && !greeting.MatchString(t) {
			return false
		}
		c.proto = "imap"
		if c.s.Greeting == "" && len(c.s.Exchanges) == 0 {
			c.start(r, parsers.Reply{Status: "OK", Text: t, OK: !strings.HasPrefix(t, "* BYE")})
			c.end()
			return true
		}
		if strings.HasPrefix(t, "* BYE") && len(c.pending) == 0 {
			c.s.Unsolicited = append(c.s.Unsolicited, parsers.Reply{Line: c.w.Lines[r.i].No, Status: "BYE", Text: t})
			return true
		}
		if !c.open {
			c.start(r, parsers.Reply{Text: t})
		} else {
			c.reply.Text += "\n" + t
		}
		return true
	}
	if strings.HasPrefix(t, "+ ") && c.proto == "imap" {
		c.start(r, parsers.Reply{Status: "+", Text: t, OK: true})
		c.end()
		return true
	}
	m := matchIf(c.proto == "imap", imapTag, t)
	if m == nil {
		return false
	}
	rep := parsers.Reply{Status: m[2], ResponseCode: m[3], Text: t, OK: m[2] == "OK"}
	if c.open {
		rep.Text, rep.Line = c.reply.Text+"\n"+t, c.reply.Line
		c.reply = rep
	} else {
		c.start(r, rep)
	}
	c.end()
	return true
}

func (c *capture) multiline() bool {
	if len(c.pending) == 0 || c.s.Greeting == "" {
		return false
	}
	p := c.pending[0]
	switch p.Verb {
	case "RETR", "TOP", "CAPA":
		return true
	case "LIST", "UIDL", "AUTH":
		return p.Args == ""
	}
	return false
}

func (c *capture) more(t string) bool {
	if t == "." {
		c.end()
		return true
	}
	if len(c.reply.Text) < 4096 {
		c.reply.Text += "\n" + t
	}
	return true
}

func (c *capture) start(r *row, rep parsers.Reply) {
	rep.Line = c.w.Lines[r.i].No
	c.reply, c.open, c.multi = rep, true, false
}

// end puts a whole reply where it belongs.
func (c *capture) end() {
	rep := c.reply
	c.open, c.multi = false, false
	if c.s.Greeting == "" && len(c.s.Exchanges) == 0 && !c.headless {
		c.s.Greeting, c.s.GreetingSeen, c.s.Connect = rep.Text, parsers.Yes, parsers.Connected
		if !rep.OK {
			c.s.Outcome, c.s.FailedStage = parsers.OutcomeGreetingRefused, parsers.StageGreeting
		}
		return
	}
	x := parsers.Exchange{Reply: rep}
	switch {
	case len(c.pending) > 0:
		x.Command = c.pending[0]
		c.pending = c.pending[1:]
	case c.typed:
		c.s.Unsolicited = append(c.s.Unsolicited, rep)
		return
	default:
		x.Command, x.Inferred = c.infer(&rep), true
	}
	x.Stage = stageOf(c.proto, &x)
	if x.Reply.Code == 354 {
		c.data = true
	}
	if x.Verb == "QUIT" || x.Verb == "LOGOUT" {
		c.quit = true
	}
	c.s.Exchanges = append(c.s.Exchanges, x)
}

// infer tells a command that was not echoed from its reply.
func (c *capture) infer(r *parsers.Reply) parsers.Command {
	n := len(c.s.Exchanges)
	verb := ""
	switch {
	case c.proto == "pop3":
		verb = [...]string{"USER", "PASS"}[min(n, 1)]
		if n > 1 {
			verb = ""
		}
	case r.Enhanced == "2.1.0":
		verb = "MAIL"
	case r.Enhanced == "2.1.5" || strings.Contains(strings.ToLower(r.Text), "relay"):
		verb = "RCPT"
	case r.Code == 354:
		verb = "DATA"
	case r.Code == 221:
		verb = "QUIT"
	case r.Code == 334 || r.Code == 235 || r.Code == 535:
		verb = "AUTH"
	case n == 0 && r.Code == 250:
		verb = "EHLO"
	}
	return parsers.Command{Verb: verb}
}
