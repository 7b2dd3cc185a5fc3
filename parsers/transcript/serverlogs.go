package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// warns keeps the first warning or error that a server's log states for itself
// while a command waits, or behind the answer to QUIT.
func (r *reader) warns(it *item) {
	if r.warning != "" || r.m == nil {
		return
	}
	s := strings.TrimLeft(it.text, "> ")
	if !strings.HasPrefix(s, "WARNING ") && !strings.HasPrefix(s, "ERROR ") {
		return
	}
	switch t := r.head(); {
	case t != nil:
		r.warnedAt = t.cmd.stage
	case r.quit:
		r.warnedAt = parsers.StageQuit
	default:
		return
	}
	r.warning = clip(s, 100)
}

// serverLogMeta knows what server protocol logs say of a connection: Exchange
// 5.5 (Internet Mail Service, IMAP4, Internet News Service), SMTPGATE of MS
// Mail, hMailServer, and Java and OpenSMTPD mail servers.
func serverLogMeta(s string) (event, kind) {
	s = strings.TrimLeft(s, "> ")
	if len(s) > 4 && s[0] == '0' && isDigit(s[1]) && s[2] == ':' { // MDaemon: "05: [514116] ..."
		s = strings.TrimLeft(s[3:], " ")
	}
	if s != "" && s[0] == '[' { // "[125:4] ..."
		id, rest, ok := strings.Cut(s[1:], "] ")
		if !ok || strings.Trim(id, "0123456789:") != "" {
			return line()
		}
		s = rest
	}
	if len(s) < 12 {
		return line()
	}
	switch s[0] {
	case 'A':
		if rest, ok := strings.CutPrefix(s, "Accepting "); ok && strings.Contains(rest, " connection from ") { // MDaemon
			ev := event{what: whatConnected, form: "mdaemon"}
			ev.server, ev.port = hostPort(strings.Trim(after(rest, " to "), "[]"))
			return happens(ev)
		}
		if strings.HasPrefix(s, "A connection was accepted from ") {
			return happens(event{what: whatConnected, form: "exchange 5.5"})
		}
		if rest, ok := strings.CutPrefix(s, "A connection to "); ok && strings.Contains(rest, "was established") {
			host, _, _ := strings.Cut(rest, " ")
			return happens(event{what: whatConnected, server: hostName(host), form: "exchange 5.5"})
		}
	case 'C':
		if rest, ok := strings.CutPrefix(s, "Connection to ["); ok && strings.HasSuffix(rest, "established") {
			host, _, _ := strings.Cut(rest, "]")
			return happens(event{what: whatConnected, server: host, form: "exchange 5.5"})
		}
		if strings.HasPrefix(s, "Call coming in at socket") || strings.HasPrefix(s, "Closing socket") {
			return noise()
		}
	case 'I':
		if strings.HasPrefix(s, "Incoming SMTP connection") {
			return happens(event{what: whatConnected, form: "smtpgate"})
		}
		if strings.HasPrefix(s, "IMAP connection accepted from") {
			return happens(event{what: whatConnected, form: "exchange 5.5"})
		}
	case 'S':
		if strings.HasPrefix(s, "SMTP connection closed") {
			return happens(event{what: whatClosed, form: "smtpgate"})
		}
	case 'T':
		if rest, ok := strings.CutPrefix(s, "TCP - "); ok && strings.Contains(rest, " connected to ") { // hMailServer
			host, port := hostPort(strings.TrimRight(after(rest, " connected to "), ".\""))
			return happens(event{what: whatConnected, server: host, port: port, form: "hmailserver"})
		}
	case 's':
		if strings.HasPrefix(s, "smtp-out: Connected on session") {
			return happens(event{what: whatConnected, form: "opensmtpd"})
		}
		if strings.HasPrefix(s, "smtp-out: Error on session") && strings.HasSuffix(s, "Connection closed unexpectedly") {
			return happens(event{what: whatClosed, by: "server", form: "opensmtpd"})
		}
	}
	return line()
}
