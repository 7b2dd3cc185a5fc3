package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// swaksMeta knows swaks' "=== " and "*** " lines.
func swaksMeta(s string) (event, kind) {
	switch {
	case strings.HasPrefix(s, "=== Trying "):
		target := strings.TrimRight(strings.TrimPrefix(s, "=== Trying "), ".")
		if strings.ContainsAny(target, " %") {
			return happens(event{what: whatTrying, form: "swaks"}) // a pipe, no host
		}
		host, port := hostPort(target)
		return happens(event{what: whatTrying, server: host, port: port, form: "swaks"})
	case strings.HasPrefix(s, "=== Connected to "):
		host := strings.TrimPrefix(s, "=== Connected to ")
		if strings.ContainsAny(host, " %") {
			host = ""
		}
		return happens(event{what: whatConnected, server: hostName(host), form: "swaks"})
	case strings.HasPrefix(s, "=== Connection closed"):
		return happens(event{what: whatClosed, form: "swaks"})
	case strings.HasPrefix(s, "=== TLS started"):
		return happens(event{what: whatTLS, form: "swaks"})
	case strings.HasPrefix(s, "=== "), strings.HasPrefix(s, "****"):
		return noise()
	}
	rest, ok := strings.CutPrefix(s, "*** ")
	if !ok {
		return perlSocket(s)
	}
	rest = strings.TrimSpace(rest)
	switch {
	case strings.HasPrefix(rest, "Error connecting"):
		host, port := hostPort(strings.TrimRight(strings.TrimPrefix(rest, "Error connecting to "), ":"))
		if strings.ContainsAny(host, " ") {
			host = ""
		}
		return happens(event{what: whatFail, server: host, port: port, form: "swaks"})
	case strings.HasPrefix(rest, "Remote host closed connection"):
		return happens(event{what: whatClosed, by: "server", form: "swaks"})
	case strings.HasPrefix(rest, "No authentication type succeeded"), strings.HasPrefix(rest, "Host did not advertise authentication"):
		return happens(event{what: whatFailed, stage: parsers.StageAuth, form: "swaks"})
	case strings.HasPrefix(rest, "TLS startup failed"), strings.HasPrefix(rest, "STARTTLS attempted but failed"), strings.HasPrefix(rest, "Host did not advertise STARTTLS"):
		return happens(event{what: whatFailed, stage: parsers.StageTLS, form: "swaks", why: tlsReason(rest)})
	}
	if _, k := perlSocket(rest); k == kindEvent {
		return perlSocket(rest)
	}
	return noise()
}

// perlSocket reads "IO::Socket::INET: connect: timeout", which gives the
// reason for a failure said before.
func perlSocket(s string) (event, kind) {
	if !strings.HasPrefix(s, "IO::Socket::") {
		return line()
	}
	return happens(event{what: whatFailDetail, result: failure(s), form: "swaks"})
}
