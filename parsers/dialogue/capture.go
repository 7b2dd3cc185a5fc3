package dialogue

import (
	"regexp"
	"strings"

	"kbdiag/parsers"
)

// capture reads one session from a row on.
type capture struct {
	w    *parsers.Window
	rows []row
	out  *parsers.Out
	s    parsers.Session

	first, last int  // rows of the session
	at          int  // row that is being read
	headless    bool // the capture begins after the greeting
	proto       string
	pending     []parsers.Command
	typed       bool // client lines are in the capture
	multi       bool // inside a multi-line reply
	reply       parsers.Reply
	open        bool // a reply is being read
	data        bool // a message body is being typed
	done        bool
	quit        bool
	prose       int
}

var smtpVerbs = words("HELO EHLO MAIL RCPT DATA RSET VRFY EXPN HELP NOOP QUIT STARTTLS AUTH ETRN TURN BDAT SEND LHLO")
var popVerbs = words("USER PASS STAT LIST RETR DELE NOOP RSET QUIT TOP UIDL APOP CAPA STLS AUTH")
var imapVerbs = words("LOGIN SELECT EXAMINE LIST LSUB LOGOUT CAPABILITY NOOP FETCH SEARCH STATUS NAMESPACE AUTHENTICATE STARTTLS UID STORE CREATE DELETE CLOSE EXPUNGE CHECK APPEND COPY IDLE ID ENABLE")

func words(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(s) {
		out[w] = true
	}
	return out
}

var (
	smtpReply = regexp.MustCompile(`^([2-5]\d\d)([ -]|$)(?:([245]\.\d{1,3}\.\d{1,3})\s)?(.*)$`)
	popReply  = regexp.MustCompile(`(?i)^(\+OK|-ERR)(?:\s+\[([A-Z0-9/-]+)\])?\s*(.*)$`)
	imapTag   = regexp.MustCompile(`^(\S{1,16})\s+(OK|NO|BAD)\b(?:\s+\[([A-Z-]+)[^\]]*\])?\s*(.*)$`)
)

// read takes a session that begins at row k, and gives the number of rows it
// has; 0 if none begins there.
func (c *capture) read(k int) int {
	c.first, c.last = k, k
	if !c.begins(&c.rows[k]) {
		return 0
	}
	n := k + 1
	for ; n < len(c.rows) && !c.done; n++ {
		if c.startsAnew(&c.rows[n]) {
			break
		}
		c.at = n
		if c.step(&c.rows[n]) {
			c.last = n
			c.prose = 0
		} else if c.rows[n].text != "" {
			if c.prose++; c.prose > 3 {
				break
			}
		}
	}
	if !c.worth() {
		return 0
	}
	c.finish()
	return c.last - k + 1
}

// begins reports whether a session begins with the row.
func (c *capture) begins(r *row) bool {
	if c.meta(r) {
		return true
	}
	if r.side != client && greeting.MatchString(r.text) {
		return c.server(r)
	}
	return c.beginsInTheMiddle(r)
}

var smtpStart = regexp.MustCompile(`(?i)^(?:HELO|EHLO) \S|^(?:MAIL FROM|RCPT TO):\s*\S+`)

// beginsInTheMiddle reports whether a pasted piece of an SMTP session begins
// with the row: a command with its reply on the next line.
func (c *capture) beginsInTheMiddle(r *row) bool {
	if r.side == server || !smtpStart.MatchString(r.text) || c.first+1 >= len(c.rows) {
		return false
	}
	if next := c.rows[c.first+1]; next.text == "" || !smtpReply.MatchString(next.text) {
		return false
	}
	c.proto, c.headless, c.s.Connect = "smtp", true, parsers.Connected
	return c.client(r)
}

func (c *capture) worth() bool {
	if c.s.Connect != "" && c.s.Connect != parsers.Connected {
		return true
	}
	return len(c.s.Exchanges) > 0 || c.s.Greeting != "" || c.s.Connect == parsers.Connected
}

// startsAnew reports whether a row begins another session.
func (c *capture) startsAnew(r *row) bool {
	if opens(r.text) != nil {
		return c.s.Greeting != "" || c.s.Connect != ""
	}
	if strings.HasPrefix(r.text, "Trying ") {
		return c.s.Connect == parsers.Connected
	}
	return false
}

func (c *capture) meta(r *row) bool {
	t := r.text
	if m := opens(t); m != nil {
		c.s.Server, c.s.Port = m[1], portNumber(m[2])
		return true
	}
	if len(t) < 4 || !strings.ContainsAny(t[:1], "TECctS^*=N4") {
		return false
	}
	if m := toolFails(t); m != nil {
		c.s.Server, c.s.Port = m[1], portNumber(m[2])
		c.s.Form = "client"
		c.failure(t)
		return true
	}
	switch {
	case strings.HasPrefix(t, "Trying "), strings.HasPrefix(t, "Escape character is"):
	case connected.MatchString(t):
		c.s.Connect, c.s.Form = parsers.Connected, "telnet"
		if c.s.Server == "" {
			c.s.Server = connected.FindStringSubmatch(t)[1]
		}
	case cantOpen.MatchString(t):
		c.s.Port = portNumber(cantOpen.FindStringSubmatch(t)[1])
		c.s.Connect = parsers.ConnectFailed
		if m := connTo.FindStringSubmatch(t); m != nil {
			c.s.Server = m[1]
		}
	case connTo.MatchString(t):
		c.s.Server = connTo.FindStringSubmatch(t)[1]
	case strings.HasPrefix(t, "telnet: "):
		c.failure(t)
	case strings.HasPrefix(t, "Connection closed by foreign host"), strings.HasPrefix(t, "Connection to host lost"):
		c.s.ClosedBy, c.done = "server", true
	case t == "Connection closed.":
		c.s.ClosedBy, c.done = "client", true
	case strings.HasPrefix(t, "^]"), strings.HasPrefix(t, "telnet>"):
	case strings.HasPrefix(t, "Script done"):
		c.done = true
	default:
		return false
	}
	return true
}

// toolFailures are the words in which curl, ncat, openssl and swaks say that
// they could not connect; the groups are host and port, where they tell.
var toolFailures = []*regexp.Regexp{
	regexp.MustCompile(`^\* Failed to connect to (\S+) port (\d+)`),
	regexp.MustCompile(`^\* connect to (\S+) port (\d+) (?:from .*)?failed:`),
	regexp.MustCompile(`^\* ipv[46] connect timeout()()`),
	regexp.MustCompile(`^Ncat: ()()(?:Connection|TIMEOUT|Network|No route|Could not)`),
	regexp.MustCompile(`^connect:()()errno=\d+`),
	regexp.MustCompile(`^[0-9A-F]+:error:[0-9A-F]+:()()(?:system library|BIO routines):`),
	regexp.MustCompile(`^\*\*\* Error connecting to (\S+?):(\d+)`),
	regexp.MustCompile(`^\*\*\*\s+IO::Socket::\S+: ()()connect: `),
	regexp.MustCompile(`^(?:===|\*  ) Trying ([^\s:]+):(\d+)\.\.\.`),
}

func toolFails(t string) []string {
	switch {
	case t[0] == '*', t[0] == '=', t[0] == 'N', strings.HasPrefix(t, "connect:"), strings.HasPrefix(t, "40"), strings.Contains(t, ":error:"):
	default:
		return nil
	}
	for _, re := range toolFailures {
		if m := re.FindStringSubmatch(t); m != nil {
			return m
		}
	}
	return nil
}

func (c *capture) failure(t string) {
	for _, f := range []struct {
		text string
		is   parsers.Connect
	}{
		{"refused", parsers.ConnectRefused}, {"errno=111", parsers.ConnectRefused},
		{"timed out", parsers.ConnectTimeout}, {"timeout", parsers.ConnectTimeout}, {"Timeout", parsers.ConnectTimeout},
		{"TIMEOUT", parsers.ConnectTimeout}, {"No route", parsers.ConnectUnreachable},
		{"unreachable", parsers.ConnectUnreachable}, {"Permission denied", parsers.ConnectDenied}, {"lookup failure", parsers.ConnectNoName},
		{"Name or service not known", parsers.ConnectNoName}, {"not resolve", parsers.ConnectNoName},
	} {
		if strings.Contains(t, f.text) {
			c.s.Connect = f.is
			return
		}
	}
	if c.s.Connect == "" && !strings.Contains(t, "Trying") {
		c.s.Connect = parsers.ConnectFailed
	}
}

// step reads one row, false if it is none of the session's.
func (c *capture) step(r *row) bool {
	switch {
	case c.data && r.side != server:
		return c.body(r)
	case c.open && c.multi:
		return c.server(r)
	case r.side != client && c.meta(r):
		return true
	case r.side != client && c.server(r):
		return true
	case r.side != server && c.client(r):
		return true
	}
	return false
}
