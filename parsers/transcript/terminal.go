package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// terminalMeta knows the marks of terminal recorders: PuTTY's log header,
// script(1), expect; and the errors of PuTTY and plink.
func terminalMeta(s string) (event, kind) {
	switch s[0] {
	case '=':
		if strings.HasPrefix(s, "=~=~=~=") && strings.Contains(s, "PuTTY log") {
			return happens(event{what: whatStart, form: "putty"})
		}
	case 'S':
		if strings.HasPrefix(s, "Script started") {
			return happens(event{what: whatStart, form: "script"})
		}
		if strings.HasPrefix(s, "Script done") {
			return happens(event{what: whatEnd, form: "script"})
		}
	case 's':
		if rest, ok := strings.CutPrefix(s, "spawn "); ok {
			if ev, ok := clientCommand(rest); ok {
				return happens(ev)
			}
		}
	case 'F', 'N', 'P', 'p', 'L', 'R', 'C', 'U':
		return puttyMeta(s)
	}
	return line()
}

func puttyMeta(s string) (event, kind) {
	switch {
	case strings.HasPrefix(s, "FATAL ERROR: "), strings.HasPrefix(s, "Network error: "), strings.HasPrefix(s, "PuTTY Fatal Error: "), strings.HasPrefix(s, "plink: "):
		if strings.Contains(s, "closed") || strings.Contains(s, "Software caused connection abort") || strings.Contains(s, "Connection reset by peer") {
			return happens(event{what: whatClosed, by: "server", form: "putty"})
		}
		r := failure(s)
		if strings.Contains(s, "Unable to open connection:") {
			if r == parsers.ConnectFailed {
				r = "" // the next line says why
			}
			return happens(event{what: whatFailDetail, result: r, form: "putty"})
		}
		if r == parsers.ConnectFailed {
			return noise()
		}
		return happens(event{what: whatFail, result: r, form: "putty"})
	case s == "Unable to open connection:": // the next line says why
		return happens(event{what: whatFailDetail, form: "putty"})
	case strings.HasPrefix(s, "Remote side unexpectedly closed network connection"):
		return happens(event{what: whatClosed, by: "server", form: "putty"})
	case strings.HasPrefix(s, "Connecting to ") && strings.Contains(s, " port "):
		words := strings.Fields(s)
		if len(words) == 5 && words[3] == "port" {
			return happens(event{what: whatTrying, server: words[2], port: portOf(words[4])})
		}
	case strings.HasPrefix(s, "Looking up host \""):
		return happens(event{what: whatInfo, server: between(s, "\"", "\"")})
	}
	return line()
}
