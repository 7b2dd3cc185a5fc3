package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// event takes what the capturing program says into the session; false where
// it belongs to the next one.
func (r *reader) event(it *item) bool {
	e := it.event
	talk := r.talked()
	switch e.what {
	case whatCommand, whatStart:
		if talk || r.begun() {
			return false
		}
		r.prompted = r.prompted || e.what == whatCommand
		r.strict = r.strict || e.what == whatStart || e.form == "windows telnet"
		r.name(e, true)
	case whatPrompt:
		if !talk && !r.begun() {
			return false
		}
		if p, ok := r.m.(*plainMachine); ok && r.strict && !r.closed && (p.inside || p.loggedOn(it)) {
			return true // the prompt of the host that was logged on to
		}
		r.ended = true
		return r.closed || r.failed || it.text == "" // the prompt belongs to the shell
	case whatTrying, whatConnected:
		if talk && r.opensData() {
			return true // for the data, not another session
		}
		if e.what == whatTrying {
			return r.tries(e, talk)
		}
		return r.connects(e, talk)
	case whatFail, whatFailDetail:
		return r.fails(e, talk)
	case whatClosed:
		return r.closes(e, talk)
	case whatEscape:
		if !talk && !r.begun() {
			return false
		}
		r.escaped = true
	case whatEnd:
		if !talk && !r.begun() {
			return false
		}
		r.ended = true
	case whatFailed:
		if !talk && !r.begun() {
			return false
		}
		if r.saidFailed == parsers.StageNone && !r.lost {
			r.saidFailed, r.why = e.stage, e.why
		}
	case whatTLSBegins:
		if !talk && !r.begun() {
			return false
		}
		r.tlsBegun = true
	case whatTLS:
		r.tlsBegun = false
	case whatLoggedOn:
		if r.saidFailed == parsers.StageAuth {
			r.saidFailed = parsers.StageNone
		}
	case whatLost:
		if !talk && !r.begun() {
			return false
		}
		r.lost = true
	case whatInfo:
		if talk && e.server != "" {
			return false
		}
		r.name(e, false)
	}
	return true
}

// opensData reports whether an FTP client was told last to open a connection
// for data.
func (r *reader) opensData() bool {
	if r.s.Protocol != "ftp" {
		return false
	}
	for i := len(r.turns) - 1; i >= 0; i-- {
		if c := r.turns[i].cmd; c != nil {
			return opensData(c.verb)
		}
	}
	return false
}

func opensData(verb string) bool { return verb == "PASV" || verb == "EPSV" }

// talked reports whether anything of the dialogue was read.
func (r *reader) talked() bool { return r.m != nil }

// begun reports whether the capture shows that a connection was tried.
func (r *reader) begun() bool {
	return r.trying || r.connected || r.failed || r.failing != "" || r.closed
}

// name takes server, port and form from an event. What was typed comes first.
func (r *reader) name(e *event, typed bool) {
	if e.form != "" && (r.form == "" || r.form == "script" || typed && e.what == whatCommand) {
		r.form = e.form
	}
	if e.server != "" && !strings.HasPrefix(e.server, "<") && (r.s.Server == "" || !r.named) {
		r.s.Server = e.server
		r.named = r.named || typed
	}
	if e.port > 0 && (r.s.Port == 0 || !typed || e.server != "") {
		r.s.Port = e.port
	}
}

func (r *reader) tries(e *event, talk bool) bool {
	if talk || r.closed && r.connected {
		return false
	}
	if r.failed {
		if r.trying {
			return false
		}
		// With output in a file the error stands before "Trying".
		r.trying = true
		if r.s.Server == "" {
			r.name(e, false)
		}
		r.ended = true
		return true
	}
	if r.connected && r.form == e.form {
		return false
	}
	again := r.trying && r.failing == "" && r.s.Server != "" && e.server != "" && !r.named && e.server != r.s.Server
	r.trying = true
	r.strict = r.strict || e.form == "telnet"
	if !again || !isAddress(e.server) || !isAddress(r.s.Server) {
		if r.s.Server == "" || !isAddress(e.server) {
			r.name(e, false)
		}
	}
	if e.port > 0 {
		r.s.Port = e.port
	}
	if r.form == "" || r.form == "script" {
		r.form = e.form
	}
	return true
}

// isAddress reports whether a host is given by its IP address.
func isAddress(host string) bool {
	if strings.IndexByte(host, ':') >= 0 {
		return true
	}
	return host != "" && isDigit(host[len(host)-1]) && strings.Trim(host, "0123456789.") == ""
}

func (r *reader) connects(e *event, talk bool) bool {
	if talk || r.failed || r.closed && r.connected {
		return false
	}
	if r.connected && e.server != "" && r.s.Server != "" && e.server != r.s.Server && e.form != "" && e.form == r.form {
		return false
	}
	r.connected = true
	r.closed = false // "closed" stood before, out of order
	r.failing = ""
	r.strict = r.strict || e.form == "telnet"
	if !r.named && e.server != "" && e.server[0] != '<' && (r.s.Server == "" || isAddress(r.s.Server)) {
		r.s.Server = e.server
	}
	r.name(e, false)
	return true
}

func (r *reader) fails(e *event, talk bool) bool {
	if r.tlsBegun && r.connected && e.server == "" {
		r.saidFailed = parsers.StageTLS // it was TLS that failed, or took too long
		return true
	}
	if talk {
		return r.saysWhy(e)
	}
	if (e.form == "javamail" || e.form == "python") && e.server == "" && !r.begun() {
		return false // an exception in some log: nobody says of which connection
	}
	other := e.server != "" && r.s.Server != "" && e.server != r.s.Server && r.named && !isAddress(e.server)
	if e.what == whatFailDetail {
		if r.closed || other && r.failed {
			return false
		}
		r.because(e.result)
		r.name(e, false)
		return true
	}
	if r.failed && e.server != "" && e.server == r.s.Server && e.result == r.failing && e.form != "windows telnet" {
		return true // said twice
	}
	if r.failed && (e.form == "" || r.form != e.form || e.form == "telnet" || e.form == "windows telnet" || other) {
		return false
	}
	if r.closed {
		return false
	}
	r.failed = true
	if r.because(e.result); r.failing == "" {
		r.failing = parsers.ConnectFailed
	}
	if e.server != "" && !r.named && isAddress(r.s.Server) {
		r.s.Server = "" // the name says more
	}
	r.name(e, false)
	return true
}

// because keeps the reason for a failure; a general one does not take the
// place of one that says more.
func (r *reader) because(why parsers.Connect) {
	if why == "" || why == parsers.ConnectFailed && r.failing != "" {
		return
	}
	if why == parsers.ConnectUnreachable && (r.failing == parsers.ConnectRefused || r.failing == parsers.ConnectTimeout) {
		return // another address, mostly of IPv6, of a host that could be reached
	}
	r.failing = why
}

// saysWhy takes a client's last words after a dialogue, such as "curl: (56)".
func (r *reader) saysWhy(e *event) bool {
	if e.what == whatFail && (e.server != "" && e.server != r.s.Server || e.form == "telnet") {
		return false
	}
	return true
}

func (r *reader) closes(e *event, talk bool) bool {
	if r.failed {
		return e.by == "" // curl closes what never stood
	}
	if r.closed {
		return e.by == "" || e.by == "client" && r.s.ClosedBy == ""
	}
	if !talk && r.form == "curl" {
		return true // stderr stands before the dialogue
	}
	if !talk && !r.begun() && e.by == "" {
		return false
	}
	r.name(e, false)
	r.closed = true
	r.s.ClosedBy = e.by
	if e.by == "server" && r.escaped {
		r.s.ClosedBy = "client"
	}
	return true
}

// farewell reports whether a line is the QUIT that curl sends when it has said
// that it closes the connection.
func (r *reader) farewell(it *item) bool {
	if r.form != "curl" || it.side != sideClient || !r.closed || r.failed || r.quit {
		return false
	}
	if it.text == "QUIT" {
		return true
	}
	_, verb, _ := strings.Cut(it.text, " ")
	return verb == "LOGOUT"
}

// over reports whether the session is complete after an event. What may still
// follow are other words of the same end.
func (r *reader) over(it *item) bool {
	if !r.closed && !r.failed && !r.ended && !r.lost {
		return false
	}
	if r.ended && r.failed {
		return true
	}
	if it.event.what == whatPrompt {
		return true
	}
	next := r.peek()
	if next == nil {
		return true
	}
	switch next.kind {
	case kindNoise:
		return false
	case kindLine:
		return !r.farewell(next)
	case kindEvent:
		switch next.event.what {
		case whatTrying:
			return !(r.failed && !r.trying) && !(r.closed && !r.connected && !r.talked())
		case whatConnected:
			return !(r.closed && !r.connected && !r.talked())
		case whatCommand, whatStart, whatPrompt:
			return true
		}
		return false
	}
	return true
}
