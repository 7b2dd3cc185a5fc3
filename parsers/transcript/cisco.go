package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// ciscoTrying reads "192.0.2.1, 25 ... Open", what IOS prints behind "Trying".
// Without "Open" the result stands in the next line.
func ciscoTrying(rest string) (event, bool) {
	target, result, ok := strings.Cut(rest, " ...")
	host, digits, more := strings.Cut(target, ", ")
	if result = strings.TrimSpace(result); !more { // the port of telnet itself is not named
		if result != "Open" {
			return event{}, false
		}
		host, digits = target, "23"
	}
	if !ok || host == "" || strings.ContainsAny(host, " \t") || portOf(digits) == 0 || result != "" && result != "Open" {
		return event{}, false
	}
	ev := event{what: whatTrying, server: strings.Trim(host, "()"), port: portOf(digits), form: "cisco"}
	if result == "Open" {
		ev.what = whatConnected
	}
	return ev, true
}

// ciscoMeta reads the messages of IOS: "% Connection refused by remote host",
// "[Connection to 192.0.2.1 closed by foreign host]".
func ciscoMeta(s string) (event, kind) {
	if s[0] == '[' {
		if strings.HasPrefix(s, "[Connection to ") && strings.HasSuffix(s, " closed by foreign host]") {
			return happens(event{what: whatClosed, by: "server", form: "cisco"})
		}
		return line()
	}
	rest, ok := strings.CutPrefix(s, "% ")
	if !ok {
		return line()
	}
	ev := event{what: whatFail, form: "cisco"}
	switch {
	case strings.HasPrefix(rest, "Connection refused"), strings.HasPrefix(rest, "Connection timed out"), strings.HasPrefix(rest, "Destination unreachable"):
		ev.result = failure(rest)
	case strings.HasPrefix(rest, "Unknown command or computer name"):
		ev.result = parsers.ConnectNoName
	case strings.HasPrefix(rest, "Connections to that host not permitted"):
		ev.result = parsers.ConnectDenied
	default:
		return line()
	}
	return happens(ev)
}

// ciscoPrompt reads "R1#telnet 192.0.2.1 25" and "R1>telnet ...": a prompt
// without a blank behind it.
func ciscoPrompt(s string) (string, bool) {
	i := strings.IndexAny(s, "#>")
	if i < 1 || i > 40 || strings.ContainsAny(s[:i], " \t<:") || !hasPrefixFold(s[i+1:], "telnet ") {
		return s, false
	}
	return s[i+1:], true
}
