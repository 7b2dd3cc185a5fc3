package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// refusalMeta knows how programs that are no mail clients say that a connection
// could not be made: wget, Python, Java, node, ftp, lftp, socat, sendmail,
// PortQry, PowerShell's warning, resolvers.
func refusalMeta(s string) (event, kind) {
	for _, f := range [...]func(string) (event, bool){runtimeFailure, ftpFailure, wgetFailure, lookupFailure, portQuery} {
		if ev, ok := f(s); ok {
			return happens(ev)
		}
	}
	return line()
}

// runtimeFailure reads the exceptions of Python, Java and node, and the lines
// of socat and sendmail.
func runtimeFailure(s string) (event, bool) {
	ev := event{what: whatFail}
	switch {
	case strings.HasPrefix(s, "ConnectionRefusedError: "), strings.HasPrefix(s, "TimeoutError: "), strings.HasPrefix(s, "OSError: [Errno"),
		strings.HasPrefix(s, "socket.gaierror: "), strings.HasPrefix(s, "socket.error: "), strings.HasPrefix(s, "socket.timeout: "):
		ev.form = "python"
	case strings.HasPrefix(s, "Error: connect E"), strings.HasPrefix(s, "Error: getaddrinfo "):
		ev.form = "node"
		words := strings.Fields(s)
		if len(words) > 3 {
			ev.server, ev.port = hostPort(words[3])
		}
	case s[0] != 'j' && s[0] != 'n' && !strings.Contains(s, "onnect") && !strings.Contains(s, " E getaddrinfo("): // none of the following
		return event{}, false
	case strings.Contains(s, "Could not connect to SMTP host: "):
		words := strings.Fields(after(s, "Could not connect to SMTP host: "))
		ev = event{what: whatFailDetail, result: parsers.ConnectFailed, form: "javamail", server: strings.TrimRight(words[0], ",;"), port: portOf(strings.TrimRight(wordAfter(words, "port:"), ";"))}
		return ev, true
	case strings.Contains(s, "MailConnectException: Couldn't connect to host, port: "):
		words := strings.Fields(after(s, "host, port: "))
		ev = event{what: whatFailDetail, result: parsers.ConnectFailed, form: "javamail", server: strings.TrimRight(words[0], ",")}
		if len(words) > 1 {
			ev.port = portOf(strings.TrimRight(words[1], ";"))
		}
		return ev, true
	case s == "nested exception is:":
		return event{what: whatFailDetail, form: "javamail"}, true
	case strings.HasPrefix(s, "java.net.ConnectException: "), strings.HasPrefix(s, "java.net.SocketTimeoutException: connect"),
		strings.HasPrefix(s, "java.net.NoRouteToHostException: "), strings.HasPrefix(s, "java.net.UnknownHostException: "):
		ev.form = "javamail"
		if strings.Contains(s, "UnknownHost") {
			ev.result, ev.server = parsers.ConnectNoName, after(s, ": ")
			return ev, true
		}
	case strings.Contains(s, " E connect(") && strings.Contains(s, "AF="):
		ev.form = "socat"
		words := strings.Fields(after(s, "AF="))
		if len(words) > 1 {
			ev.server, ev.port = hostPort(strings.TrimRight(words[1], ","))
		}
	case strings.Contains(s, " E getaddrinfo(\""):
		return event{what: whatFail, result: parsers.ConnectNoName, form: "socat", server: between(s, `("`, `"`)}, true
	case strings.Contains(s, "... Deferred: Connection "):
		ev.form = "sendmail"
		ev.server = strings.TrimRight(wordAfter(strings.Fields(s), "by"), ".")
	case strings.Contains(s, "... Connecting to ") && strings.Contains(s, " via "):
		words := strings.Fields(after(s, "... Connecting to "))
		return event{what: whatTrying, form: "sendmail", server: hostName(words[0])}, true
	default:
		return event{}, false
	}
	ev.result = failure(s)
	return ev, true
}

// ftpFailure reads what ftp clients say.
func ftpFailure(s string) (event, bool) {
	rest := strings.TrimPrefix(s, "> ")
	ev := event{what: whatFail, form: "ftp"}
	switch {
	case strings.HasPrefix(rest, "ftp: connect :"), strings.HasPrefix(rest, "ftp: connect: "):
	case strings.HasPrefix(rest, "ftp: Can't connect to "), strings.HasPrefix(rest, "tnftp: Can't connect to "):
		if !strings.Contains(rest, "': ") { // the reason stands in the line before
			ev.what = whatFailDetail
		}
		ev.server, ev.port = hostPort(between(rest, "connect to `", "'"))
	case strings.HasPrefix(s, "**** Socket error ("):
		ev.form = "lftp"
	case strings.HasPrefix(s, "---- Connecting to "):
		words := strings.Fields(after(s, "Connecting to "))
		return event{what: whatTrying, form: "lftp", server: words[0], port: portOf(wordAfter(words, "port"))}, true
	case strings.HasPrefix(s, "---- Closing control socket"):
		return event{what: whatClosed, form: "lftp"}, true
	case strings.HasPrefix(s, "STATUS:>"):
		t := strings.TrimSpace(s[len("STATUS:>"):])
		if host := between(t, "onnecting to FTP server ", " "); host != "" {
			ev.what, ev.form = whatTrying, "cuteftp"
			ev.server, ev.port = hostPort(host)
			return ev, true
		}
		return event{}, false
	default:
		return event{}, false
	}
	ev.result = failure(s)
	return ev, true
}

// wgetFailure reads "Connecting to host (host)|192.0.2.1|:80... failed: reason."
func wgetFailure(s string) (event, bool) {
	rest, ok := strings.CutPrefix(s, "Connecting to ")
	if !ok || !strings.Contains(rest, "... ") && !strings.HasSuffix(rest, "...") || !strings.Contains(rest, ":") {
		return event{}, false
	}
	target, result, _ := strings.Cut(rest, "...")
	i := strings.LastIndexByte(target, ':')
	if i < 0 || portOf(target[i+1:]) == 0 || !strings.Contains(target, "|") && !isAddress(target[:i]) {
		return event{}, false
	}
	host := strings.FieldsFunc(target[:i], func(r rune) bool { return r == ' ' || r == '|' })
	if len(host) == 0 {
		return event{}, false
	}
	ev := event{what: whatTrying, form: "wget", server: host[0], port: portOf(target[i+1:])}
	switch result = strings.TrimSpace(result); {
	case strings.HasPrefix(result, "connected"):
		ev.what = whatConnected
	case strings.HasPrefix(result, "failed"):
		ev.what, ev.result = whatFail, failure(result)
	}
	return ev, true
}

// lookupFailure reads what is said of names that do not resolve.
func lookupFailure(s string) (event, bool) {
	name := ""
	switch {
	case strings.HasSuffix(s, ": nodename nor servname provided, or not known"), strings.HasSuffix(s, ": Unknown host"),
		strings.HasSuffix(s, ": forward host lookup failed: Unknown host"), strings.HasSuffix(s, ": Name or service not known"):
		name, _, _ = strings.Cut(s, ": ")
	case strings.HasPrefix(s, "Unknown host ") && strings.Count(s, " ") == 2:
		name = strings.TrimRight(s[len("Unknown host "):], ".")
	case s == "gethostbyname failure":
		return event{what: whatFailDetail, result: parsers.ConnectNoName, form: "s_client"}, true
	case s == "Name or service not known", s == "Temporary failure in name resolution": // below plink's "Unable to open connection:"
		return event{what: whatFailDetail, result: parsers.ConnectNoName, form: "putty"}, true
	case s == "Host does not exist", s == "FATAL ERROR: Host does not exist":
		return event{what: whatFail, result: parsers.ConnectNoName, form: "putty"}, true
	}
	if name == "" || name == "nc" || name == "telnet" || name == "msmtp" || name == "fetchmail" || strings.ContainsAny(name, " \t\"'(") {
		return event{}, false
	}
	return event{what: whatFail, result: parsers.ConnectNoName, server: name}, true
}

// portQuery reads PortQry's result and the warning of Test-NetConnection.
func portQuery(s string) (event, bool) {
	switch {
	case strings.HasPrefix(s, "TCP port ") && strings.Contains(s, ": "):
		ev := event{what: whatFail, form: "portqry", port: portOf(wordAfter(strings.Fields(s), "port"))}
		switch _, word, _ := strings.Cut(s, "): "); word {
		case "NOT LISTENING":
			ev.result = parsers.ConnectRefused
		case "FILTERED":
			ev.result = parsers.ConnectTimeout
		case "LISTENING":
			ev.what = whatConnected
		default:
			return event{}, false
		}
		return ev, ev.port > 0
	case strings.HasPrefix(s, "WARNING: TCP connect to "):
		target := strings.NewReplacer("(", "", ")", "", " : ", ":").Replace(strings.TrimSuffix(after(s, "connect to "), " failed"))
		ev := event{what: whatFail, result: parsers.ConnectFailed, form: "powershell"}
		ev.server, ev.port = hostPort(target)
		return ev, true
	}
	return event{}, false
}

// netTest reads the list that PowerShell's Test-NetConnection prints, which
// ends at line i with its result. It gives the line behind it.
func (f *finder) netTest(i int) (int, bool) {
	value := func(s string) (string, string) {
		name, v, _ := strings.Cut(s, ":")
		return strings.TrimSpace(name), strings.TrimSpace(v)
	}
	warning := -1
	if strings.HasPrefix(strings.TrimSpace(f.w.Lines[i].Text), "WARNING: TCP connect to ") { // it says so before the list
		for k := i + 1; k < len(f.w.Lines) && k < i+20 && warning < 0; k++ {
			if name, _ := value(f.w.Lines[k].Text); name == "TcpTestSucceeded" {
				warning, i = i, k
			}
		}
	}
	name, result := value(f.w.Lines[i].Text)
	if name != "TcpTestSucceeded" {
		return i, false
	}
	s := &parsers.Session{Form: "powershell", Connect: parsers.ConnectFailed, Outcome: parsers.OutcomeConnectFailed, FailedStage: parsers.StageConnect}
	from := i
	for k := i - 1; k >= 0 && k >= i-14 && !f.w.Taken(k); k-- {
		name, v := value(f.w.Lines[k].Text)
		switch name {
		case "ComputerName":
			s.Server = v
		case "RemoteAddress":
			if s.Server == "" {
				s.Server = v
			}
		case "RemotePort":
			s.Port = portOf(v)
		default:
			if v == "" && name != "" {
				k = -1
			}
			continue
		}
		from = k
	}
	if strings.EqualFold(result, "true") {
		s.Connect, s.Outcome, s.FailedStage = parsers.Connected, parsers.OutcomeIncomplete, parsers.StageNone
	}
	if warning >= 0 {
		from = warning
	}
	s.Pos = f.w.Span(from, i+1)
	s.Summary = summary(s)
	f.w.Take(from, i+1)
	f.out.Session(s)
	return i + 1, true
}
