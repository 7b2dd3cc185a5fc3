package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// netcatMeta knows OpenBSD nc -v, traditional nc -v and ncat -v.
func netcatMeta(s string) (event, kind) {
	switch {
	case s[0] == 'C' && strings.HasPrefix(s, "Connection to ") && (strings.HasSuffix(s, "succeeded!") || strings.HasSuffix(s, "succeeded")):
		words := strings.Fields(s)
		ev := event{what: whatConnected, server: words[2], form: "nc"}
		for i, w := range words {
			if w == "port" && i > 0 {
				ev.port = portOf(words[i-1])
			}
		}
		return happens(ev)
	case s[0] == 'n' && (strings.HasPrefix(s, "nc: ") || strings.HasPrefix(s, "netcat: ")):
		return ncFailed(after(s, ": "))
	case s[0] == 'N' && strings.HasPrefix(s, "Ncat: "):
		return ncat(s[len("Ncat: "):])
	case strings.HasSuffix(s, " open") || strings.Contains(s, ") : "):
		return ncTraditional(s)
	}
	return line()
}

// ncFailed reads "connect to h (a) port 25 (tcp) failed: reason" and
// `getaddrinfo for host "h" port 25: reason`.
func ncFailed(s string) (event, kind) {
	r := failure(s)
	ev := event{what: whatFailDetail, result: r, form: "nc"}
	switch {
	case strings.HasPrefix(s, "connect to "), strings.HasPrefix(s, "connectx to "):
		words := strings.Fields(s)
		ev.server = words[2]
		ev.port = portOf(wordAfter(words, "port"))
	case strings.HasPrefix(s, "getaddrinfo"):
		ev.what, ev.result = whatFail, parsers.ConnectNoName
		ev.server = between(s, "host \"", "\"")
		ev.port = portOf(strings.TrimRight(wordAfter(strings.Fields(s), "port"), ":"))
	case r == parsers.ConnectFailed:
		return noise()
	}
	return happens(ev)
}

func ncat(s string) (event, kind) {
	switch {
	case strings.HasPrefix(s, "Connected to "):
		host, port := hostPort(strings.TrimPrefix(s, "Connected to "))
		return happens(event{what: whatConnected, server: host, port: port, form: "nc"})
	case strings.Contains(s, " bytes sent"):
		return happens(event{what: whatEnd, form: "nc"})
	case strings.HasPrefix(s, "Version "):
		return happens(event{what: whatInfo, form: "nc"})
	case strings.HasPrefix(s, "Idle timeout expired"):
		return happens(event{what: whatClosed, by: "client", form: "nc"})
	case strings.HasPrefix(s, "Connection to ") && strings.Contains(s, " failed: "):
		host, port := hostPort(between(s, "Connection to ", " failed"))
		return happens(event{what: whatFailDetail, result: failure(s), server: host, port: port, form: "nc"})
	}
	r := failure(s)
	if r == parsers.ConnectFailed {
		return noise()
	}
	ev := event{what: whatFail, result: r, form: "nc"}
	if r == parsers.ConnectNoName {
		ev.server = strings.Trim(between(s, "\"", "\""), " ")
	}
	if r == parsers.ConnectReset {
		ev = event{what: whatClosed, by: "server", form: "nc"}
	}
	return happens(ev)
}

// ncTraditional reads "h [1.2.3.4] 25 (smtp) open" and
// "(UNKNOWN) [1.2.3.4] 25 (?) : Connection refused".
func ncTraditional(s string) (event, kind) {
	words := strings.Fields(s)
	if len(words) < 5 || len(words[1]) < 3 || words[1][0] != '[' || words[3][0] != '(' {
		return line()
	}
	ev := event{what: whatConnected, server: words[0], port: portOf(words[2]), form: "nc"}
	if ev.server == "(UNKNOWN)" {
		ev.server = hostName(words[1])
	}
	if words[4] == ":" {
		ev.what, ev.result = whatFail, failure(s)
	}
	return happens(ev)
}

// wordAfter gives the word that follows w, "" if none does.
func wordAfter(words []string, w string) string {
	for i := 0; i+1 < len(words); i++ {
		if words[i] == w {
			return words[i+1]
		}
	}
	return ""
}
