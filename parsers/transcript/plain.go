package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// plainMachine reads a connection whose protocol has no text to understand: a
// check whether the port answers, a banner, or a telnet login.
type plainMachine struct {
	r      *reader
	inside bool  // logged on: what follows is work on the host
	login  *turn // the user name was given, the result is awaited
	asked  bool  // the server's last line asks for a secret
}

func (m *plainMachine) inData() bool { return false }
func (m *plainMachine) finish()      {}
func (m *plainMachine) infer()       {}

func (m *plainMachine) step(it *item) verdict {
	s := it.text
	if m.inside && m.r.strict {
		return used
	}
	asked := m.asked
	if it.side != sideClient {
		m.asked = strings.HasSuffix(s, ":") && asksSecret.in(s) != none
	}
	switch {
	case plainBanner(s) && m.r.greet == nil && it.side != sideClient:
		m.r.s.Protocol = plainProtocol(s)
		m.r.greeting(&reply{span: it.span, Reply: parsers.Reply{Line: it.span.line, OK: true, Text: s}}, it)
		return used
	case loginResult(s) != parsers.Unknown && m.login != nil:
		m.result(it)
		return used
	}
	if name, ok := loginPrompt(s); ok {
		m.prompt(name, it)
		return used
	}
	if strings.HasPrefix(s, "SSH-") && m.r.greet != nil && it.side != sideServer {
		return used // both sides name their software
	}
	if it.side == sideServer && m.r.greet == nil && m.r.commands == 0 {
		m.r.greeting(&reply{span: it.span, Reply: parsers.Reply{Line: it.span.line, OK: true, Text: s}}, it)
		return used
	}
	if hidden, ok := typedFTP(s); ok && hidden == "PASS ********" && m.login != nil {
		return used
	}
	if it.side == sideServer || m.r.greet != nil && m.login == nil && m.r.commands == 0 && !m.r.strict {
		return foreign
	}
	if it.side == sideUnknown && (!m.r.strict || prose(s)) {
		return foreign
	}
	if m.login != nil {
		return used
	}
	if m.announcesLogin() {
		m.r.greeting(&reply{span: it.span, Reply: parsers.Reply{Line: it.span.line, OK: true, Text: s}}, it)
		return used
	}
	if it.typed || asked && it.side == sideClient {
		m.r.push(hiddenCommand(s), it)
		return used
	}
	if randomWord(s) {
		c := hiddenCommand(s)
		c.secrets = []string{s}
		m.r.push(c, it)
		return used
	}
	m.r.push(unknownCommand(s), it)
	return used
}

// randomWord reports whether a line is one word of letters in both cases and
// digits, as tokens are: nobody knows what it is for.
func randomWord(s string) bool {
	if len(s) < 16 {
		return false
	}
	lower, capital, digit := 0, 0, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case isDigit(c):
			digit++
		case c >= 'a' && c <= 'z':
			lower++
		case c >= 'A' && c <= 'Z':
			capital++
		case c <= ' ' || c >= 0x7F:
			return false
		}
	}
	return digit > 1 && lower > 2 && capital > 2
}

// hiddenCommand makes a command of what was typed where nobody knows what it
// is: it may be a password.
func hiddenCommand(s string) command {
	return command{verb: "(typed)", args: parsers.RedactedLength(s), stage: parsers.StageCommand}
}

// announcesLogin reports whether a login prompt follows, so that the line is a
// host's words of welcome.
func (m *plainMachine) announcesLogin() bool {
	if m.r.greet != nil || m.r.commands > 0 {
		return false
	}
	for i := 1; i < 8; i++ {
		it := m.r.src.at(m.r.k + i)
		if it == nil {
			return false
		}
		if _, ok := loginPrompt(it.text); ok {
			return true
		}
	}
	return false
}

// prompt takes "host login: name".
func (m *plainMachine) prompt(name string, it *item) {
	m.r.s.Protocol = "telnet"
	if m.r.greet == nil {
		m.r.greeting(&reply{span: it.span, Reply: parsers.Reply{Line: it.span.line, OK: true, Text: it.text}}, it)
	}
	if name == "" {
		return
	}
	m.login = m.r.push(command{verb: "LOGIN", args: name, stage: parsers.StageAuth}, it)
}

func (m *plainMachine) result(it *item) {
	ok := loginResult(it.text) == parsers.Yes
	m.r.drop(m.login)
	m.login.rep = &reply{span: it.span, Reply: parsers.Reply{Line: it.span.line, Text: it.text, OK: ok}}
	m.r.replies++
	m.login = nil
	m.inside = ok
}

// loggedOn takes the prompt of the host that was logged on to, which is all that
// some print of a success.
func (m *plainMachine) loggedOn(it *item) bool {
	if m.login == nil || !strings.Contains(it.text, m.login.cmd.args+"@") {
		return false
	}
	m.r.drop(m.login)
	m.login.rep = &reply{span: it.span, Reply: parsers.Reply{Line: it.span.line, Text: it.text, OK: true}}
	m.r.replies++
	m.login, m.inside = nil, true
	return true
}

// loginPrompt reads "login: name", "host login: name", "Username: name".
func loginPrompt(s string) (string, bool) {
	if !namesPrompt(s[:min(len(s), 64+len("Username:"))]) {
		return "", false
	}
	for _, p := range [...]string{"login:", "Login:", "Username:", "username:"} {
		i := strings.Index(s, p)
		if i < 0 || i > 64 || strings.Count(s[:i], " ") > 1 || i > 0 && s[i-1] != ' ' {
			continue
		}
		name := strings.TrimSpace(s[i+len(p):])
		if strings.ContainsAny(name, " \t") {
			return "", false // "Last login: Mon ..."
		}
		return name, true
	}
	return "", false
}

// namesPrompt reports whether a colon stands behind one of the words.
func namesPrompt(s string) bool {
	for i := 4; i < len(s); i++ {
		if s[i] == ':' && (strings.HasSuffix(s[:i], "ogin") || strings.HasSuffix(s[:i], "sername")) {
			return true
		}
	}
	return false
}

// loginResult tells what became of a login, Unknown of any other line.
func loginResult(s string) parsers.Tri {
	if !hasTwoWords(s) {
		return parsers.Unknown
	}
	switch {
	case containsFold(s, "login incorrect"), containsFold(s, "login failed"), containsFold(s, "authentication failed"), containsFold(s, "access denied"),
		containsFold(s, "logon failure"):
		return parsers.No
	case strings.HasPrefix(s, "Last login:"), containsFold(s, "login successful"):
		return parsers.Yes
	}
	return parsers.Unknown
}

// hasTwoWords is a cheap look for the words of a login's result: a blank between
// the end of "login", "logon", "authentication" or "access" and the beginning of
// what became of it; or the colon of "Last login:".
func hasTwoWords(s string) bool {
	for i := 1; i+1 < len(s); i++ {
		if s[i] != ' ' {
			continue
		}
		switch s[i-1] | 0x20 {
		case 'n', 's':
			switch s[i+1] | 0x20 {
			case 'i', 'f', 'd', 's':
				return true
			}
		}
	}
	return strings.HasPrefix(s, "Last login:")
}

// plainProtocol names the protocol of such a banner, "" if it has no name here.
func plainProtocol(s string) string {
	switch {
	case strings.HasPrefix(s, "SSH-"):
		return "ssh"
	case strings.HasPrefix(s, "RFB 00"):
		return "vnc"
	}
	return "mysql"
}

// plainBanner knows the first words of servers that speak first and not in
// lines of commands.
func plainBanner(s string) bool {
	return strings.HasPrefix(s, "SSH-1.") || strings.HasPrefix(s, "SSH-2.0-") || strings.HasPrefix(s, "RFB 00") || ofMySQL.in(s) != none
}

// ofMySQL are words of MySQL's handshake.
var ofMySQL = newFoldWords("mysql_native_password", "-mariadb")
