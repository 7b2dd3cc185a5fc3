package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// telnetMeta knows the texts of Linux (inetutils, netkit), BSD and macOS
// telnet. With output in a file the error stands before "Trying".
func telnetMeta(s string) (event, kind) {
	switch s[0] {
	case 'T':
		return telnetTrying(s)
	case 'C':
		return telnetConnection(s)
	case 'E':
		if strings.HasPrefix(s, "Escape character is ") {
			return happens(event{what: whatConnected, form: "telnet"})
		}
	case 't':
		return telnetProgram(s)
	case '%', '[':
		return ciscoMeta(s)
	case '^':
		switch s {
		case "^]", "^]^]":
			return happens(event{what: whatEscape})
		case "^C", "^D":
			return happens(event{what: whatClosed, by: "client"})
		}
	case 'S':
		if rest, ok := strings.CutPrefix(s, "Server lookup failure:"); ok {
			host, port := lookedUp(rest)
			return happens(event{what: whatFail, result: parsers.ConnectNoName, server: host, port: port, form: "telnet"})
		}
	}
	return line()
}

func telnetTrying(s string) (event, kind) {
	if rest, ok := strings.CutPrefix(s, "Trying "); ok {
		if ev, ok := ciscoTrying(rest); ok {
			return happens(ev)
		}
	}
	rest, ok := strings.CutPrefix(s, "Trying")
	if !ok || !strings.HasSuffix(rest, "...") && !strings.HasSuffix(rest, "…") {
		return line()
	}
	host := strings.TrimSpace(strings.TrimRight(rest, ".…"))
	if strings.ContainsAny(host, " \t") {
		return line()
	}
	return happens(event{what: whatTrying, server: host, form: "telnet"})
}

func telnetConnection(s string) (event, kind) {
	switch s {
	case "Connection closed by foreign host.", "Connection closed by foreign host", "Connection closed by remote host.", "Connection closed by remote host",
		"Connection reset by peer", "Connection reset by peer.", "Connection lost.":
		return happens(event{what: whatClosed, by: "server"})
	case "Connection closed.", "Connection closed":
		return happens(event{what: whatClosed, by: "client"})
	case "Connection refused", "Connection refused.", "Connection timed out", "Connection timed out.":
		return happens(event{what: whatFailDetail, result: failure(s)})
	}
	if rest, ok := strings.CutPrefix(s, "Connected to "); ok {
		return telnetConnected(rest)
	}
	return line()
}

// telnetConnected reads what follows "Connected to": a host, or as other
// clients write it, a URL or an address with port.
func telnetConnected(rest string) (event, kind) {
	if name, ok := strings.CutPrefix(rest, `SMTP server "`); ok { // PHP's smtp_class
		name, _, _ = strings.Cut(name, `"`)
		return happens(event{what: whatConnected, server: name})
	}
	name, more, _ := strings.Cut(rest, " ")
	if more != "" && more[0] != '(' && !strings.HasPrefix(more, "port ") {
		return line()
	}
	ev := event{what: whatConnected}
	if scheme, url, ok := strings.Cut(name, "://"); ok {
		url, _, _ = strings.Cut(url, "/")
		ev.server, ev.port = hostPort(url)
		if ev.port == 0 {
			ev.port = services[strings.ToLower(scheme)]
		}
		return happens(ev)
	}
	ev.server, ev.port = hostPort(name)
	if p := portOf(strings.TrimRight(after(more, "port "), ".)")); p > 0 {
		ev.port = p
	}
	return happens(ev)
}

// telnetProgram reads lines that begin with the program's name or prompt.
func telnetProgram(s string) (event, kind) {
	if rest, ok := strings.CutPrefix(s, "telnet> "); ok {
		return telnetPrompt(rest)
	}
	rest, ok := strings.CutPrefix(s, "telnet: ")
	if !ok {
		return line()
	}
	fail := event{what: whatFail, result: failure(rest), form: "telnet"}
	switch {
	case strings.HasPrefix(rest, "connect to address "):
		fail.what = whatFailDetail
		fail.server, _, _ = strings.Cut(strings.TrimPrefix(rest, "connect to address "), ": ")
	case strings.HasPrefix(rest, "could not resolve "):
		fail.server, fail.port = lookedUp(strings.TrimPrefix(rest, "could not resolve "))
		fail.result = parsers.ConnectNoName
	case strings.HasPrefix(rest, "can't connect to remote host ("): // busybox
		fail.server = between(rest, "(", ")")
	case strings.HasPrefix(rest, "bad address '"):
		fail.server = between(rest, "'", "'")
	case strings.HasPrefix(rest, "Unable to connect"):
		if !strings.Contains(rest, ": ") {
			fail.result = parsers.ConnectUnknown // the lines before say it
		}
	case fail.result == parsers.ConnectNoName:
		fail.server, _, _ = strings.Cut(rest, ": ")
	case fail.result == parsers.ConnectFailed:
		return noise()
	}
	return happens(fail)
}

// telnetPrompt reads what the user typed at "telnet> ".
func telnetPrompt(rest string) (event, kind) {
	words := strings.Fields(rest)
	if len(words) == 0 {
		return noise()
	}
	switch w := strings.ToLower(words[0]); {
	case strings.HasPrefix("close", w) || strings.HasPrefix("quit", w):
		return happens(event{what: whatClosed, by: "client"})
	case strings.HasPrefix("open", w) && len(words) > 1:
		ev := event{what: whatCommand, server: words[1], form: "telnet"}
		if len(words) > 2 {
			ev.port = portOf(words[2])
		}
		return happens(ev)
	}
	return noise()
}

// lookedUp reads "host:port, reason" and "host/port: reason".
func lookedUp(s string) (string, int) {
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, ", "); i >= 0 {
		s = s[:i]
	}
	return hostPort(strings.TrimRight(s, ":,"))
}
