package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// curlMeta knows what curl -v says of itself: lines that begin with "* ", and
// its last words "curl: (7) ...".
func curlMeta(s string) (event, kind) {
	if strings.HasPrefix(s, "curl: (") {
		return curlError(s)
	}
	if strings.HasPrefix(s, "% Total    % Received") || strings.HasPrefix(s, "Dload  Upload") {
		return noise() // the head of its meter
	}
	rest, ok := strings.CutPrefix(s, "* ")
	if !ok {
		return line()
	}
	rest = strings.TrimSpace(rest)
	switch {
	case rest == "":
		return line()
	case strings.HasPrefix(rest, "Trying "):
		host, port := hostPort(strings.TrimPrefix(rest, "Trying "))
		return happens(event{what: whatTrying, server: host, port: port, form: "curl"})
	case strings.HasPrefix(rest, "Connected to "), strings.HasPrefix(rest, "Established connection to "):
		return curlConnected(rest)
	case strings.HasPrefix(rest, "connect to "):
		words := strings.Fields(rest)
		return happens(event{what: whatFailDetail, result: failure(rest), server: words[2], port: portOf(wordAfter(words, "port")), form: "curl"})
	case strings.HasPrefix(rest, "Failed to connect to "), strings.HasPrefix(rest, "Could not resolve host"),
		strings.HasPrefix(rest, "Connection timed out after"), strings.HasPrefix(rest, "Connection timeout after"):
		return curlError(rest)
	case strings.Contains(rest, "connect timeout after"):
		return happens(event{what: whatFailDetail, result: parsers.ConnectTimeout, form: "curl"})
	case strings.HasPrefix(rest, "Closing connection"), strings.HasPrefix(rest, "closing connection"),
		strings.HasPrefix(rest, "Connection #") && strings.HasSuffix(rest, "left intact"):
		return happens(event{what: whatClosed, form: "curl"})
	case strings.HasPrefix(rest, "No known authentication mechanisms supported"), strings.HasPrefix(rest, "Login denied"):
		return happens(event{what: whatFailed, stage: parsers.StageAuth, form: "curl"})
	case strings.HasPrefix(rest, "SSL connection using"):
		return happens(event{what: whatTLS, form: "curl"})
	case strings.Contains(rest, "SSL") && strings.Contains(rest, "error"), strings.HasPrefix(rest, "SSL certificate problem"):
		return happens(event{what: whatFailed, stage: parsers.StageTLS, form: "curl", why: tlsReason(rest)})
	case untaggedWord(rest):
		return line() // an untagged reply of IMAP
	}
	return noise()
}

func curlConnected(rest string) (event, kind) {
	words := strings.Fields(strings.NewReplacer("Connected to ", "", "Established connection to ", "").Replace(rest))
	if len(words) == 0 {
		return noise()
	}
	return happens(event{what: whatConnected, server: hostName(words[0]), port: portOf(wordAfter(words, "port")), form: "curl"})
}

// curlError reads "Failed to connect to h port 25 after 0 ms: reason" with or
// without "curl: (7) " before it. "Couldn't connect" leaves the reason to the
// lines before.
func curlError(s string) (event, kind) {
	ev := event{what: whatFail, result: failure(s), form: "curl"}
	if ev.result == parsers.ConnectFailed {
		ev.result = parsers.ConnectUnknown
	}
	switch {
	case strings.Contains(s, "onnect to "):
		words := strings.Fields(after(s, "onnect to "))
		if len(words) > 0 {
			ev.server = hostName(words[0])
		}
		ev.port = portOf(strings.TrimRight(wordAfter(words, "port"), ":"))
	case strings.Contains(s, "resolve host: "):
		words := strings.Fields(after(s, "resolve host: "))
		if len(words) > 0 {
			ev.server = strings.TrimRight(words[0], ";")
		}
	case strings.HasPrefix(s, "curl: (67)"):
		return happens(event{what: whatFailed, stage: parsers.StageAuth, form: "curl"})
	case strings.HasPrefix(s, "curl: (35)"), strings.HasPrefix(s, "curl: (60)"), strings.HasPrefix(s, "curl: (58)"),
		strings.HasPrefix(s, "curl: (64)"):
		return happens(event{what: whatFailed, stage: parsers.StageTLS, form: "curl", why: tlsReason(s)})
	case strings.Contains(s, "onnection tim"), strings.Contains(s, "resolve"):
	default:
		return noise()
	}
	return happens(ev)
}

// untaggedWord reports whether s is what follows "* " in a reply of IMAP: a
// word in capitals, or a number and one.
func untaggedWord(s string) bool {
	word, rest, _ := strings.Cut(s, " ")
	if isNumber(word) || word == "<#>" {
		word, _, _ = strings.Cut(rest, " ")
	}
	if len(word) < 2 {
		return false
	}
	for i := 0; i < len(word); i++ {
		c := word[i]
		if (c < 'A' || c > 'Z') && !isDigit(c) && c != '-' {
			return false
		}
	}
	return imapUntagged[word]
}

// imapUntagged are the words of untagged replies [RFC 3501, 9051, and the
// extensions that servers of the corpus and of common use send].
var imapUntagged = map[string]bool{
	"OK": true, "NO": true, "BAD": true, "BYE": true, "PREAUTH": true, "CAPABILITY": true, "LIST": true, "LSUB": true, "XLIST": true,
	"STATUS": true, "SEARCH": true, "ESEARCH": true, "SORT": true, "THREAD": true, "FLAGS": true, "EXISTS": true, "RECENT": true,
	"EXPUNGE": true, "FETCH": true, "NAMESPACE": true, "QUOTA": true, "QUOTAROOT": true, "ACL": true, "LISTRIGHTS": true,
	"MYRIGHTS": true, "ID": true, "ENABLED": true, "METADATA": true, "VANISHED": true, "ANNOTATION": true, "LANGUAGE": true,
}

func isNumber(s string) bool {
	if s == "" {
		return false
	}
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}
