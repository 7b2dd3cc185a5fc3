package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// clientMeta knows what mail and file transfer clients say in their debug
// logs: fetchmail, msmtp, Python, FileZilla, PHPMailer, ldap-utils, and some
// more by the words that they share.
func clientMeta(s string) (event, kind) {
	switch s[0] {
	case 'T':
		if rest, ok := strings.CutPrefix(s, "Trying to connect to "); ok { // fetchmail
			return fetchmailTrying(rest)
		}
	case 'f':
		if rest, ok := strings.CutPrefix(s, "fetchmail: "); ok {
			return fetchmail(rest)
		}
	case 'm':
		if rest, ok := strings.CutPrefix(s, "msmtp: "); ok {
			return msmtp(rest)
		}
	case 'h', 'p':
		return msmtpSetting(s)
	case 'c':
		return pythonConnect(s)
	case 'S':
		if rest, ok := strings.CutPrefix(s, "Status:"); ok {
			return fileZilla(strings.TrimSpace(rest))
		}
	case 'E':
		if rest, ok := strings.CutPrefix(s, "Error:"); ok {
			return fileZillaError(strings.TrimSpace(rest))
		}
		if strings.HasPrefix(s, "EXC (") {
			return noise()
		}
	case 'C':
		return connecting(s)
	case '{':
		if strings.Contains(s, "Logging in is disabled") {
			return happens(event{what: whatFailed, stage: parsers.StageAuth})
		}
	case 'L':
		if s == "Login failed." || s == "Login successful." {
			return noise()
		}
	}
	return line()
}

func fetchmailTrying(rest string) (event, kind) {
	target, result, ok := strings.Cut(rest, "...")
	host, port := hostPort(target)
	ev := event{what: whatTrying, server: host, port: port, form: "fetchmail"}
	switch {
	case ok && strings.HasPrefix(result, "connected"):
		ev.what = whatConnected
	case ok && strings.HasPrefix(result, "connection failed"):
		ev.what, ev.result = whatFailDetail, parsers.ConnectFailed
	}
	return happens(ev)
}

func fetchmail(rest string) (event, kind) {
	for _, p := range [...]string{"POP3", "POP2", "IMAP", "SMTP", "ESMTP", "LMTP"} {
		if strings.HasPrefix(rest, p+"> ") || strings.HasPrefix(rest, p+"< ") {
			return line()
		}
	}
	switch {
	case strings.Contains(rest, "onnection to ") && strings.Contains(rest, " failed: "):
		host, port := hostPort(between(rest, "[", "]"))
		name, _ := hostPort(between(rest, "onnection to ", " "))
		if port == 0 {
			_, port = hostPort(between(rest, "onnection to ", " "))
		}
		if name == "" {
			name = host
		}
		return happens(event{what: whatFail, result: failure(rest), server: name, port: port, form: "fetchmail"})
	case strings.HasPrefix(rest, "getaddrinfo(") || strings.HasPrefix(rest, "couldn't find canonical DNS name"):
		return happens(event{what: whatFail, result: parsers.ConnectNoName, server: between(rest, "\"", "\""), form: "fetchmail"})
	case strings.HasPrefix(rest, "Authorization failure"), strings.HasPrefix(rest, "Query status=3"):
		return happens(event{what: whatFailed, stage: parsers.StageAuth, form: "fetchmail"})
	case strings.HasSuffix(rest, "upgrade to TLS failed."):
		return happens(event{what: whatFailed, stage: parsers.StageTLS, form: "fetchmail"})
	}
	return noise()
}

func msmtp(rest string) (event, kind) {
	switch {
	case strings.HasPrefix(rest, "cannot connect to "):
		words := strings.Fields(rest)
		return happens(event{what: whatFail, result: failure(rest), server: strings.TrimRight(words[3], ","),
			port: portOf(strings.TrimRight(wordAfter(words, "port"), ":")), form: "msmtp"})
	case strings.HasPrefix(rest, "cannot locate host "):
		host, _, _ := strings.Cut(strings.TrimPrefix(rest, "cannot locate host "), ":")
		return happens(event{what: whatFail, result: parsers.ConnectNoName, server: host, form: "msmtp"})
	case strings.HasPrefix(rest, "authentication failed"):
		return happens(event{what: whatFailed, stage: parsers.StageAuth, form: "msmtp"})
	case strings.HasPrefix(rest, "TLS ") || strings.HasPrefix(rest, "cannot use TLS"):
		return happens(event{what: whatFailed, stage: parsers.StageTLS, form: "msmtp"})
	}
	return noise()
}

// msmtpSetting reads "host = h" and "port = 25" of its list of settings.
func msmtpSetting(s string) (event, kind) {
	name, value, ok := strings.Cut(s, " = ")
	if !ok || strings.ContainsAny(name, " ") || name != "host" && name != "port" {
		return line()
	}
	ev := event{what: whatInfo, form: "msmtp"}
	if name == "host" {
		ev.server = value
	} else {
		ev.port = portOf(value)
	}
	return happens(ev)
}

// pythonConnect reads "connect: to ('localhost', 25) None" of smtplib.
func pythonConnect(s string) (event, kind) {
	rest, ok := strings.CutPrefix(s, "connect: ")
	if !ok {
		return line()
	}
	host, more, ok := strings.Cut(after(rest, "('"), "', ")
	if !ok {
		return noise()
	}
	digits := strings.TrimLeft(more, "'")
	n := 0
	for n < len(digits) && isDigit(digits[n]) {
		n++
	}
	return happens(event{what: whatTrying, server: host, port: portOf(digits[:n]), form: "smtplib"})
}

func fileZilla(rest string) (event, kind) {
	switch {
	case strings.HasPrefix(rest, "Connecting to "):
		host, port := hostPort(strings.TrimRight(strings.TrimPrefix(rest, "Connecting to "), "."))
		return happens(event{what: whatTrying, server: host, port: port, form: "filezilla"})
	case strings.HasPrefix(rest, "Connection established"):
		return happens(event{what: whatConnected, form: "filezilla"})
	case strings.HasPrefix(rest, "Resolving address of "):
		return happens(event{what: whatInfo, server: strings.TrimPrefix(rest, "Resolving address of "), form: "filezilla"})
	case strings.HasPrefix(rest, "TLS connection established"), strings.HasPrefix(rest, "TLS/SSL connection established"):
		return happens(event{what: whatTLS, form: "filezilla"})
	case strings.HasPrefix(rest, "Connection attempt failed"):
		return happens(event{what: whatFailDetail, result: failure(rest), form: "filezilla"})
	case strings.HasPrefix(rest, "Disconnected from server"), strings.HasPrefix(rest, "Connection closed by server"):
		return happens(event{what: whatClosed, by: "server", form: "filezilla"})
	}
	return noise()
}

func fileZillaError(rest string) (event, kind) {
	switch {
	case strings.HasPrefix(rest, "Could not connect to server"):
		return happens(event{what: whatFail, form: "filezilla"})
	case strings.HasPrefix(rest, "Connection closed by server"):
		return happens(event{what: whatClosed, by: "server", form: "filezilla"})
	}
	if r := failure(rest); r != parsers.ConnectFailed {
		return happens(event{what: whatFailDetail, result: r, form: "filezilla"})
	}
	return noise()
}

// connecting reads "Connecting to h at 587", and "Connection: opening to h:587"
// and its results of PHPMailer.
func connecting(s string) (event, kind) {
	if rest, ok := strings.CutPrefix(s, "Connecting to "); ok {
		words := strings.Fields(rest)
		if len(words) == 3 && words[1] == "at" && portOf(words[2]) > 0 {
			return happens(event{what: whatTrying, server: words[0], port: portOf(words[2])})
		}
		return line()
	}
	rest, ok := strings.CutPrefix(s, "Connection: ")
	if !ok {
		return line()
	}
	switch {
	case strings.HasPrefix(rest, "opening to "):
		target, _, _ := strings.Cut(strings.TrimPrefix(rest, "opening to "), ",")
		host, port := hostPort(target)
		host = host[strings.LastIndex(host, "/")+1:]
		return happens(event{what: whatTrying, server: host, port: port, form: "phpmailer"})
	case rest == "opened":
		return happens(event{what: whatConnected, form: "phpmailer"})
	case rest == "closed":
		return happens(event{what: whatClosed, form: "phpmailer"})
	case strings.HasPrefix(rest, "Failed to connect"):
		return happens(event{what: whatFail, result: failure(rest), form: "phpmailer"})
	}
	return line()
}
