package transcript

import (
	"strconv"
	"strings"

	"kbdiag/parsers"
)

// httpMachine reads HTTP/1 [RFC 9112]: an exchange is a request with its
// header and the response with header and body.
type httpMachine struct {
	r       *reader
	sending *turn  // the request whose header is being read
	header  *reply // the response whose header is being read
	left    int    // bytes of the response's body still to come, -1 until the close
	body    bool
	chunked bool
}

func (m *httpMachine) inData() bool {
	return m.body && (m.left > 0 || m.chunked || m.r.strict) || m.header != nil && m.r.bare || m.sending != nil && m.r.bare
}

func (m *httpMachine) step(it *item) verdict {
	if it.side != sideClient && it.kind == kindLine {
		if rep, ok := httpReply(it.text); ok {
			return m.response(rep, it)
		}
	}
	if m.header != nil && it.side != sideClient {
		m.headerLine(it)
		return used
	}
	if m.sending != nil && it.side != sideServer {
		m.requestLine(it)
		return used
	}
	if m.body && it.side != sideClient {
		if v, done := m.bodyLine(it); done {
			return v
		}
	}
	if it.kind == kindBlank || it.side == sideServer {
		return used
	}
	return m.request(it)
}

// response takes a status line. 1xx responses come before the final one.
func (m *httpMachine) response(rep reply, it *item) verdict {
	p := m.r.mem.reply(&rep)
	p.Line, p.span = it.span.line, it.span
	m.body, m.sending = false, nil
	m.r.last = p
	switch {
	case len(m.r.queue) == 0 && m.copies(p):
		m.header = p // curl prints the header again
		return used
	case len(m.r.queue) == 0 && m.r.bare && m.r.commands > 0 && !m.r.strict:
		return boundary
	case p.Code < 200:
		m.header = p
		return used
	case len(m.r.queue) == 0:
		m.r.orphan(p)
	default:
		m.r.answer(p)
	}
	m.header = p
	m.left, m.chunked = -1, false
	return used
}

// copies reports whether a response is the one before again.
func (m *httpMachine) copies(p *reply) bool {
	if len(m.r.turns) == 0 {
		return false
	}
	prev := m.r.turns[len(m.r.turns)-1].rep
	return prev != nil && prev.Code == p.Code && firstLine(prev.Text) == p.Text && m.r.form == "curl"
}

// headerLine takes a line of a response's header.
func (m *httpMachine) headerLine(it *item) {
	p := m.header
	p.span.add(it.span)
	if it.kind == kindBlank || it.text == "" {
		m.header = nil
		m.body = m.hasBody(p)
		return
	}
	name, value, _ := strings.Cut(it.text, ":")
	value = strings.TrimSpace(value)
	switch strings.ToLower(name) {
	case "content-length":
		if n, err := strconv.Atoi(value); err == nil {
			m.left = n
		}
	case "transfer-encoding":
		m.chunked = containsFold(value, "chunked")
	}
	p.add(m.redactHeader(it.text))
}

// hasBody reports whether a body follows the header.
func (m *httpMachine) hasBody(p *reply) bool {
	if p.Code < 200 || p.Code == 204 || p.Code == 304 || m.left == 0 {
		return false
	}
	for _, t := range m.r.turns {
		if t.rep == p && t.cmd != nil && t.cmd.verb == "HEAD" {
			return false
		}
	}
	return true
}

// bodyLine takes a line of a body. Line ends count one byte: pages mostly have
// no more, and what is left over is blank.
func (m *httpMachine) bodyLine(it *item) (verdict, bool) {
	if m.left > 0 {
		m.left -= it.indent + len(it.text) + 1
		if m.left <= 2 {
			m.body = false
		}
		return used, true
	}
	if isRequest(it.text) {
		m.body = false
		return used, false
	}
	if m.chunked && it.text == "0" {
		m.body, m.chunked = false, false
		return used, true
	}
	if !m.r.strict && !m.chunked && it.kind == kindLine && prose(it.text) && !strings.HasPrefix(it.text, "<") {
		return foreign, true
	}
	return used, true
}

// request takes the first line of a request, or whatever else was typed.
func (m *httpMachine) request(it *item) verdict {
	c, ok := httpRequest(it.text)
	if !ok {
		if it.side == sideUnknown && !m.r.strict {
			return foreign
		}
		if len(m.r.queue) > 0 || m.r.replies > 0 && it.side == sideUnknown {
			return used
		}
		c = unknownCommand(it.text)
	}
	m.body = false
	t := m.r.push(c, it)
	if ok && strings.Contains(c.args, "HTTP/") {
		m.sending = t
	}
	return used
}

// requestLine takes a line of a request's header.
func (m *httpMachine) requestLine(it *item) {
	m.sending.cmd.span.add(it.span)
	if it.kind == kindBlank || it.text == "" {
		m.sending = nil
		return
	}
	m.redactHeader(it.text)
}

// redactHeader takes credentials and cookies out of a header line, and keeps
// them as secrets.
func (m *httpMachine) redactHeader(s string) string {
	name, value, ok := strings.Cut(s, ":")
	if !ok {
		return s
	}
	value = strings.TrimSpace(value)
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "authorization", "proxy-authorization":
		scheme, rest, _ := strings.Cut(value, " ")
		shown, secrets := hide(rest)
		m.r.secrets = append(m.r.secrets, secrets...)
		if strings.EqualFold(scheme, "basic") {
			_, inner := saslResponse("LOGIN", rest, false)
			for _, v := range inner {
				if _, password, ok := strings.Cut(v, ":"); ok {
					m.r.secrets = append(m.r.secrets, password)
				}
			}
		}
		return name + ": " + scheme + " " + shown
	case "cookie", "set-cookie", "x-api-key", "x-auth-token":
		shown, secrets := hide(value)
		m.r.secrets = append(m.r.secrets, secrets...)
		return name + ": " + shown
	}
	return s
}

func (m *httpMachine) finish() {}

// infer names requests that are not in the capture.
func (m *httpMachine) infer() {
	if m.r.commands > 0 {
		return
	}
	for _, t := range m.r.turns {
		t.cmd = &pending{command: command{verb: "(request)", stage: parsers.StageCommand}, inferred: true}
	}
}

// httpMethods are the methods of RFC 9110, and those of WebDAV that servers
// are asked by hand.
var httpMethods = map[string]bool{
	"GET": true, "HEAD": true, "POST": true, "PUT": true, "DELETE": true, "CONNECT": true, "OPTIONS": true, "TRACE": true, "PATCH": true,
	"PROPFIND": true,
}

// startsMethod tells the bytes with which a method begins.
var startsMethod = firstOfMethods()

func firstOfMethods() (set [256]bool) {
	for m := range httpMethods {
		set[m[0]] = true
	}
	return set
}

// httpRequest reads "GET /path HTTP/1.1", and "GET /path" of HTTP/0.9.
func httpRequest(s string) (command, bool) {
	method, rest, ok := cutRequest(s)
	if !ok {
		return command{}, false
	}
	return command{verb: method, args: parsers.RedactLine(rest, nil), stage: parsers.StageCommand}, true
}

// isRequest reports whether a line is a request.
func isRequest(s string) bool {
	_, _, ok := cutRequest(s)
	return ok
}

// cutRequest cuts the method off a request.
func cutRequest(s string) (method, rest string, ok bool) {
	if s == "" || !startsMethod[s[0]] {
		return "", "", false
	}
	if method, rest, ok = strings.Cut(s, " "); !ok || !httpMethods[method] {
		return "", "", false
	}
	target, version, _ := strings.Cut(rest, " ")
	if target == "" || target[0] != '/' && target != "*" && !strings.Contains(target, "://") && method != "CONNECT" {
		return "", "", false
	}
	return method, rest, version == "" || strings.HasPrefix(version, "HTTP/")
}
