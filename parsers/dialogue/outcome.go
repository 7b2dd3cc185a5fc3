package dialogue

import (
	"fmt"
	"regexp"
	"strings"

	"kbdiag/parsers"
)

func stageOf(proto string, x *parsers.Exchange) parsers.Stage {
	switch x.Verb {
	case "HELO", "EHLO":
		return parsers.StageHelo
	case "USER", "PASS", "APOP", "AUTH", "LOGIN", "AUTHENTICATE", "(response)":
		return parsers.StageAuth
	case "MAIL":
		return parsers.StageMail
	case "RCPT":
		return parsers.StageRcpt
	case "DATA":
		return parsers.StageData
	case "(body)":
		return parsers.StageBody
	case "STARTTLS", "STLS":
		return parsers.StageTLS
	case "SELECT", "EXAMINE":
		return parsers.StageSelect
	case "QUIT", "LOGOUT":
		return parsers.StageQuit
	}
	return parsers.StageCommand
}

var exchangeBanner = regexp.MustCompile(`(?i)(Microsoft Exchange|Microsoft ESMTP MAIL Service|Postfix|Dovecot|Sendmail|Exim|Courier|Cyrus)`)
var versionNumber = regexp.MustCompile(`\d+\.\d+(?:\.\d+)+`)

func (c *capture) finish() {
	s := &c.s
	s.Protocol = c.proto
	if s.Form == "" {
		s.Form = "dialogue"
	}
	if s.Protocol == "" {
		s.Protocol = map[int]string{110: "pop3", 25: "smtp", 143: "imap", 587: "smtp"}[s.Port]
	}
	if s.Port == 0 {
		s.Port = map[string]int{"pop3": 110, "smtp": 25, "imap": 143}[s.Protocol]
	}
	s.Unanswered = append(s.Unanswered, c.pending...)
	s.Echo = map[bool]string{true: "on", false: "off"}[c.typed]
	if m := exchangeBanner.FindString(s.Greeting); m != "" {
		s.Product, s.Banner = m, strings.SplitN(s.Greeting, "\n", 2)[0]
		if strings.EqualFold(m, "Microsoft Exchange") {
			s.Product = "Exchange Server"
		}
		s.Version = versionNumber.FindString(s.Greeting)
	}
	if s.GreetingSeen == parsers.Unknown && s.Connect == parsers.Connected && !c.headless {
		s.GreetingSeen = parsers.No
	}
	c.authenticated()
	c.outcome()
	s.Summary = c.summary()
	s.Pos = c.w.Span(c.rows[c.first].i, c.rows[c.last].i+1)
	for i := range s.Exchanges {
		x := &s.Exchanges[i]
		x.Pos = parsers.Pos{Line: max(x.Line, 1), Offset: s.Pos.Offset, Length: s.Pos.Length}
		if x.Line == 0 {
			x.Pos.Line = x.Reply.Line
		}
	}
	for k := c.first; k <= c.last; k++ {
		c.w.Take(c.rows[k].i, c.rows[k].i+1)
	}
	c.out.Session(s)
}

func (c *capture) authenticated() {
	for i := range c.s.Exchanges {
		x := &c.s.Exchanges[i]
		if x.Stage != parsers.StageAuth || x.Verb == "USER" || x.Reply.Code == 334 || x.Reply.Status == "+" {
			continue
		}
		c.s.Authenticated = parsers.TriOf(x.Reply.OK)
		if x.Reply.OK {
			return
		}
	}
}

func (c *capture) outcome() {
	s := &c.s
	switch {
	case s.Connect != parsers.Connected && s.Connect != "":
		s.Outcome, s.FailedStage = parsers.OutcomeConnectFailed, parsers.StageConnect
		return
	case s.Outcome != "":
		return
	case s.Greeting == "" && len(s.Exchanges) == 0:
		s.Outcome, s.FailedStage = parsers.OutcomeNoGreeting, parsers.StageGreeting
		return
	}
	for i := range s.Exchanges {
		x := &s.Exchanges[i]
		if x.Reply.OK {
			continue
		}
		s.FailedStage = x.Stage
		text := strings.ToLower(x.Reply.Text)
		switch {
		case x.Stage == parsers.StageAuth:
			s.Outcome = parsers.OutcomeAuthFailed
		case x.Stage == parsers.StageTLS:
			s.Outcome = parsers.OutcomeTLSFailed
		case strings.Contains(text, "no such"), strings.Contains(text, "unknown"):
			s.Outcome = parsers.OutcomeRefused // the recipient is not there, whatever else the reply says
		case strings.Contains(text, "relay") || strings.Contains(text, "5.7.1") && x.Stage == parsers.StageRcpt:
			s.Outcome = parsers.OutcomeRelayDenied
		default:
			s.Outcome = parsers.OutcomeRefused
		}
		return
	}
	switch {
	case len(s.Unsolicited) > 0 && s.ClosedBy == "server":
		s.Outcome = parsers.OutcomeDropped
	case len(s.Unanswered) > 0:
		s.Outcome, s.FailedStage = parsers.OutcomeNoReply, stageOf(c.proto, &parsers.Exchange{Command: s.Unanswered[0]})
	case c.quit, len(s.Exchanges) > 0:
		s.Outcome = parsers.OutcomeSuccess
	default:
		s.Outcome = parsers.OutcomeIncomplete
	}
}

func (c *capture) summary() string {
	s := &c.s
	where := strings.ToUpper(s.Protocol)
	if s.Server != "" {
		where += fmt.Sprintf(" to %s:%d", s.Server, s.Port)
	}
	text := string(s.Outcome)
	if s.FailedStage != "" {
		text += " at " + string(s.FailedStage)
	}
	return strings.TrimSpace(where + ": " + text)
}
