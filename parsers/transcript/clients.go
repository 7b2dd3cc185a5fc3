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
		if strings.HasPrefix(s, "SMTP ") {
			return phpMailer(s)
		}
		return mailSo(s)
	case 'o':
		if rest, ok := strings.CutPrefix(s, "opening connection to "); ok && strings.HasSuffix(rest, "...") && strings.Count(rest, " ") == 0 { // Ruby
			ev := event{what: whatTrying}
			ev.server, ev.port = hostPort(strings.TrimRight(rest, "."))
			return happens(ev)
		}
	case 'I':
		if strings.HasPrefix(s, "INITIATING CONNECTION ") {
			return appleMail(s)
		}
		return mailSo(s)
	case 'R', 'W':
		return appleMail(s)
	case '[': // "[2f963b14] IMAP[INFO]: ..."
		if id, rest, ok := strings.Cut(s, "] "); ok && len(id) < 24 && rest != "" {
			return mailSo(rest)
		}
	case 'E':
		if rest, ok := strings.CutPrefix(s, "Error:"); ok {
			return fileZillaError(strings.TrimSpace(rest))
		}
		if strings.HasPrefix(s, "EXC (") {
			return noise()
		}
	case 'C':
		if strings.HasPrefix(s, "CONNECTED ") {
			return appleMail(s)
		}
		return connecting(s)
	case '{':
		if strings.Contains(s, "Logging in is disabled") {
			return happens(event{what: whatFailed, stage: parsers.StageAuth})
		}
	case 'L':
		if s == "Login failed." || s == "Login successful." {
			return noise()
		}
	case 'D':
		if strings.HasPrefix(s, "DEBUG ") {
			return javaMail(s)
		}
	case 'j':
		if strings.HasPrefix(s, "javax.mail.AuthenticationFailedException") {
			return happens(event{what: whatFailed, stage: parsers.StageAuth, form: "javamail"})
		}
	}
	return fileZillaAbroad(s)
}

// mailSo reads `IMAP[INFO]: Start connection to "ssl://host:993"` and what
// follows of RainLoop and SnappyMail.
func mailSo(s string) (event, kind) {
	i := strings.Index(s, "]: ")
	if i < 0 || i > 24 || !strings.HasPrefix(s, "IMAP[") && !strings.HasPrefix(s, "SMTP[") && !strings.HasPrefix(s, "SIEVE[") {
		return line()
	}
	ev := event{what: whatTrying, form: "mailso"}
	switch rest := s[i+len("]: "):]; {
	case strings.HasPrefix(rest, "Start connection to "):
		ev.server, ev.port = hostPort(after(strings.Trim(after(rest, " to "), `"`), "://"))
	case rest == "Connect (success)", rest == "Connected (success)":
		ev.what = whatConnected
	default:
		return line()
	}
	return happens(ev)
}

// javaMail reads what JavaMail says of logons, whose lines it does not show.
func javaMail(s string) (event, kind) {
	name, rest, ok := strings.Cut(s[len("DEBUG "):], ": ")
	switch name {
	case "SMTP", "SMTPS", "IMAP", "IMAPS", "POP3", "POP3S":
	default:
		return line()
	}
	ev := event{what: whatFailed, stage: parsers.StageAuth, form: "javamail"}
	switch {
	case !ok:
		return line()
	case strings.HasPrefix(rest, "trying to connect to host "), strings.HasPrefix(rest, "connecting to host "):
		ev = event{what: whatTrying, form: "javamail", server: between(rest, `"`, `"`), port: portOf(strings.TrimRight(wordAfter(strings.Fields(rest), "port"), ","))}
	case strings.HasPrefix(rest, "AUTH ") && strings.HasSuffix(rest, " failed"), rest == "authentication command failed",
		strings.Contains(rest, " command result: ") && (strings.Contains(rest, " NO ") || strings.Contains(rest, " BAD ")):
	case strings.HasPrefix(rest, "AUTH ") && strings.HasSuffix(rest, " succeeded"), rest == "authentication command succeeded",
		strings.Contains(rest, " command result: ") && strings.Contains(rest, " OK"):
		ev.what = whatLoggedOn
	default:
		return noise()
	}
	return happens(ev)
}

// replyInError gives the reply that PHPMailer 5 quotes in an error and nowhere
// else: "SMTP -> ERROR: Password not accepted from server: 535 ...".
func replyInError(s string) string {
	if !strings.HasPrefix(s, "SMTP -> ERROR: ") {
		return ""
	}
	reply := strings.TrimSpace(after(s, " from server: "))
	if p, ok := codeReply(reply); !ok || p.Code < 400 {
		return ""
	}
	return reply
}

// phpMailer reads the errors of PHPMailer, old and new.
func phpMailer(s string) (event, kind) {
	ev := event{what: whatFail, form: "phpmailer"}
	switch {
	case strings.HasPrefix(s, "SMTP -> ERROR: Failed to connect to server"), strings.HasPrefix(s, "SMTP ERROR: Failed to connect to server"):
		if ev.result = failure(s); ev.result == parsers.ConnectFailed {
			ev.what = whatFailDetail
		}
	case strings.HasPrefix(s, "SMTP Error: Could not connect to SMTP host"), strings.HasPrefix(s, "SMTP connect() failed"):
		ev.what, ev.result = whatFailDetail, failure(s)
	case strings.HasPrefix(s, "SMTP Error: Could not authenticate"), strings.HasPrefix(s, "SMTP -> ERROR: Password not accepted"),
		strings.HasPrefix(s, "SMTP -> ERROR: Username not accepted"), strings.HasPrefix(s, "SMTP -> ERROR: AUTH not accepted"):
		ev.what, ev.stage = whatFailed, parsers.StageAuth
	case strings.HasPrefix(s, "SMTP -> ERROR: STARTTLS not accepted"):
		ev.what, ev.stage = whatFailed, parsers.StageTLS
	case strings.HasPrefix(s, "SMTP -> ERROR: "), strings.HasPrefix(s, "SMTP ERROR: "), strings.HasPrefix(s, "SMTP Error: "), strings.HasPrefix(s, "SMTP NOTICE: "),
		strings.HasPrefix(s, "SMTP INBOUND: "):
		return noise() // the reply itself stands beside it
	default:
		return line()
	}
	return happens(ev)
}

// fileZillaAbroad reads FileZilla's lines for Status and Error in other
// languages: of a status, the address that is tried.
func fileZillaAbroad(s string) (event, kind) {
	label, rest, ok := strings.Cut(s[:min(len(s), 200)], ":")
	if !ok || len(label) > 16 {
		return line()
	}
	switch strings.TrimSpace(label) {
	case "Statut", "Estado", "Stato", "Статус", "Stav", "Állapot", "状态", "狀態", "状態", "Durum", "Stan":
	case "Fehler", "Erreur", "Errore", "Erro", "Fout", "Błąd", "Ошибка", "Fel", "Fejl", "Chyba", "Hiba", "错误", "錯誤", "エラー", "Hata":
		if r := failure(rest); r != parsers.ConnectFailed {
			return happens(event{what: whatFailDetail, result: r, form: "filezilla"})
		}
		return noise()
	default:
		return line()
	}
	return fileZilla(strings.TrimSpace(rest))
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
	case strings.HasPrefix(rest, "Initializing TLS"):
		return happens(event{what: whatTLSBegins, form: "filezilla"})
	case strings.HasPrefix(rest, "Verifying certificate"), strings.HasPrefix(rest, "TLS connection established"), strings.HasPrefix(rest, "TLS/SSL connection established"):
		return happens(event{what: whatTLS, form: "filezilla"})
	case strings.HasPrefix(rest, "Connection attempt failed"):
		return happens(event{what: whatFailDetail, result: failure(rest), form: "filezilla"})
	case strings.HasPrefix(rest, "Disconnected from server"), strings.HasPrefix(rest, "Connection closed by server"):
		return happens(event{what: whatClosed, by: "server", form: "filezilla"})
	}
	if target, ok := strings.CutSuffix(rest, "..."); ok { // "Verbinde mit 192.0.2.1:21..."
		host, port := hostPort(target[strings.LastIndexByte(target, ' ')+1:])
		if port > 0 && strings.Contains(target, " ") {
			return happens(event{what: whatTrying, server: host, port: port, form: "filezilla"})
		}
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

// connectingTo reads what follows "Connecting to": "h at 587",
// "h (192.0.2.1:143)..." of mbsync, `host address "192.0.2.1" port 25...` of
// PHP's smtp_class, "h ..." of WinSCP.
func connectingTo(rest string) (event, kind) {
	words := strings.Fields(rest)
	switch {
	case len(words) == 3 && words[1] == "at" && portOf(words[2]) > 0:
		return happens(event{what: whatTrying, server: words[0], port: portOf(words[2])})
	case len(words) == 2 && words[1][0] == '(' && strings.HasSuffix(words[1], ")..."):
		_, port := hostPort(strings.Trim(words[1], "()."))
		if port > 0 {
			return happens(event{what: whatTrying, server: words[0], port: port})
		}
	case strings.HasPrefix(rest, "host address \"") && strings.HasSuffix(rest, "..."):
		return happens(event{what: whatTrying, server: between(rest, `"`, `"`), port: portOf(strings.TrimRight(wordAfter(words, "port"), "."))})
	case len(words) == 2 && words[1] == "..." && strings.Contains(words[0], "."):
		return happens(event{what: whatTrying, server: words[0]})
	}
	return line()
}

// connecting reads "Connecting to h at 587", and "Connection: opening to h:587"
// and its results of PHPMailer.
func connecting(s string) (event, kind) {
	if rest, ok := strings.CutPrefix(s, "Connection established to "); ok && strings.Count(rest, " ") == 0 { // nodemailer
		ev := event{what: whatConnected}
		ev.server, ev.port = hostPort(rest)
		return happens(ev)
	}
	if rest, ok := strings.CutPrefix(s, "Connecting to "); ok {
		return connectingTo(rest)
	}
	if rest, ok := strings.CutPrefix(s, "Connection opened: "); ok && strings.Count(rest, " ") == 0 { // Ruby
		ev := event{what: whatConnected}
		ev.server, ev.port = hostPort(rest)
		return happens(ev)
	}
	if strings.HasPrefix(s, "Connection failed. Error #") && (strings.Contains(s, "enable_crypto") || strings.Contains(s, "SSL operation")) {
		return happens(event{what: whatFailed, stage: parsers.StageTLS, form: "phpmailer"})
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
