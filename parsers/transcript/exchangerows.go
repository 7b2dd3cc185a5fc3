package transcript

import (
	"strings"
	"time"

	"kbdiag/parsers"
)

// exchangeRows is the protocol log of Exchange 2007 and later: SMTP send and
// receive [learn.microsoft.com, "Protocol logging"], POP3 and IMAP4. SMTP logs
// write a row a line of the dialogue: ">" what the server that logs sends, "<"
// what it receives, "+" and "-" that the connection begins and ends, "*" what
// it says itself. POP3 and IMAP4 logs write a row a command with its result.
func exchangeRows() rowForm {
	return rowForm{name: "exchange protocol log", starts: startsExchange, open: func(_ parsers.Options, out *parsers.Out) rowReader {
		return &exchangeReader{t: newRowTable(out)}
	}}
}

func startsExchange(s string) bool {
	if s[0] == '#' {
		return strings.HasPrefix(s, "#Software: Microsoft Exchange") || strings.HasPrefix(s, "#Log-type: ") && containsFold(s, "protocol log") || strings.HasPrefix(s, "#Fields: ") && exchangeHeader(s) != noRows
	}
	if len(s) < 30 || s[0] != '2' || s[4] != '-' || s[10] != 'T' {
		return false
	}
	return rowKind(csvFields(s, nil)) != noRows
}

// rowsKind is one of the two layouts.
type rowsKind uint8

const (
	noRows   rowsKind = iota
	lineRows          // SMTP: a row a line
	cmdRows           // POP3, IMAP4: a row a command
)

func exchangeHeader(s string) rowsKind {
	switch {
	case containsFold(s, "connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data"):
		return lineRows
	case containsFold(s, "dateTime,sessionId,seqNumber,sIp,cIp,user"):
		return cmdRows
	}
	return noRows
}

// rowKind tells the layout of a row without its header.
func rowKind(f []string) rowsKind {
	switch {
	case len(f) >= 8 && len(f[6]) == 1 && strings.Contains("+-*<>", f[6]) && isNumber(f[3]):
		return lineRows
	case len(f) >= 12 && isNumber(f[2]) && isHex(f[1]) && (f[3] == "" || strings.Contains(f[3], ":")) && strings.Contains(f[4], ":"):
		return cmdRows
	}
	return noRows
}

type exchangeReader struct {
	t    *rowTable
	buf  []string
	imap bool
	text joiner
	end  string // the local end of the row before
	port int    // of end
}

func (r *exchangeReader) finish() { r.t.finish() }

func (r *exchangeReader) line(l *parsers.TextLine, text string) bool {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\uFEFF"))
	if text == "" {
		return true
	}
	if text[0] == '#' {
		switch {
		case strings.HasPrefix(text, "#Log-type:"):
			r.imap = containsFold(text, "imap")
		case strings.HasPrefix(text, "#Fields:"):
			return exchangeHeader(text) != noRows
		}
		return strings.HasPrefix(text, "#Software:") || strings.HasPrefix(text, "#Version:") || strings.HasPrefix(text, "#Log-type:") || strings.HasPrefix(text, "#Date:")
	}
	r.buf = csvFields(text, r.buf)
	f := r.buf
	if len(f) < 8 {
		return false
	}
	at, err := time.Parse(time.RFC3339, f[0])
	if err != nil {
		if hasPrefixFold(text, "date-time,") || hasPrefixFold(text, "dateTime,") {
			return exchangeHeader(text) != noRows
		}
		return false
	}
	switch rowKind(f) {
	case lineRows:
		r.lineRow(f, at, linePos(l))
	case cmdRows:
		r.cmdRow(f, at, linePos(l))
	default:
		return false
	}
	return true
}

// lineRow takes a row of an SMTP log.
func (r *exchangeReader) lineRow(f []string, at time.Time, p parsers.Pos) {
	key, kind, data, context := f[2], f[6], f[7], ""
	if len(f) > 8 {
		context = f[8]
	}
	if kind == "+" {
		r.t.end(key)
	}
	v := r.t.get(key)
	if v == nil {
		host, port := hostPort(f[4])
		c := NewConversation("exchange", host, port, parsers.ZoneUTC)
		c.unsure = true
		c.peer, c.peerAt = hostPort(f[5])
		v = r.t.add(key, c)
	}
	switch kind {
	case "+":
		v.c.Connected(at, p)
	case "-":
		v.c.Closed(map[string]string{"Local": "server", "Remote": "client"}[context], at, p)
		r.t.end(key)
	case ">", "<":
		v.c.Text(kind == ">", folded(data), at, p)
	default:
		if failureWords.in(data) != none || failureWords.in(context) != none {
			r.remark(v.c, data+" "+context, at, p)
		}
	}
}

// folded mends a reply of several lines that the log writes as one: two blanks
// stand behind its code.
func folded(s string) string {
	if len(s) > 5 && s[3] == ' ' && s[4] == ' ' && isNumber(s[:3]) {
		return s[:4] + strings.TrimSpace(s[5:])
	}
	return s
}

// failureWords are words of which every remark on a failure has one.
var failureWords = newFoldWords("fail", "winsock error code: 100", "unable to connect", "logondenied")

// remark takes what the server says of a connection that failed.
func (r *exchangeReader) remark(c *Conversation, s string, at time.Time, p parsers.Pos) {
	switch {
	case containsFold(s, "failed to connect"), containsFold(s, "winsock error code: 100"), containsFold(s, "unable to connect"):
		c.Failed(failure(s), at, p)
	case containsFold(s, "tls") && containsFold(s, "fail"):
		c.Failing(parsers.StageTLS, at, p)
	case containsFold(s, "auth") && containsFold(s, "failed because"), containsFold(s, "logondenied"):
		c.Failing(parsers.StageAuth, at, p)
	}
}

// cmdRow takes a row of a POP3 or IMAP4 log: dateTime, sessionId, seqNumber,
// sIp, cIp, user, duration, rqsize, rpsize, command, parameters, context.
func (r *exchangeReader) cmdRow(f []string, at time.Time, p parsers.Pos) {
	key, verb, args, context := f[1], upper(f[9]), strings.TrimSpace(f[10]), f[11]
	if verb == "OPENSESSION" {
		r.t.end(key)
	}
	v := r.t.get(key)
	if v == nil {
		host, port := hostPort(f[3])
		v = r.t.add(key, NewConversation("exchange", host, port, parsers.ZoneUTC))
	}
	switch verb {
	case "":
		return
	case "OPENSESSION":
		v.c.Connected(at, p)
		return
	case "CLOSESESSION":
		v.c.Closed("", at, p)
		r.t.end(key)
		return
	}
	if f[3] != r.end {
		r.end = strings.Clone(f[3])
		_, r.port = hostPort(r.end)
	}
	imap := r.imap || r.port == 143 || r.port == 993 || imapOnly[verb]
	result := resultOf(context)
	if !imap {
		v.c.Text(false, r.text.join(verb, " ", args), at, p)
		status, text := popResult(result)
		v.c.Text(true, r.text.join(status, text), at, p)
		return
	}
	v.c.Text(false, r.text.join("x", f[2], " ", verb, " ", args), at, p)
	status, text := imapResult(result)
	v.c.Text(true, r.text.join("x", f[2], " ", status, text), at, p)
}

// imapOnly are commands that POP3 does not know.
var imapOnly = map[string]bool{"LOGIN": true, "SELECT": true, "EXAMINE": true, "FETCH": true, "UID": true, "LOGOUT": true, "CAPABILITY": true, "AUTHENTICATE": true, "STATUS": true, "LSUB": true, "IDLE": true, "NAMESPACE": true, "ID": true}

// resultOf gives the result of a row's context: `R=ok;RpcC=5` or
// `R="-ERR Logon failure: ...";Msg=...`.
func resultOf(context string) string {
	rest, ok := strings.CutPrefix(context, "R=")
	if !ok {
		return after(context, ";R=")
	}
	if strings.HasPrefix(rest, `"`) {
		v, _, _ := strings.Cut(rest[1:], `"`)
		return v
	}
	v, _, _ := strings.Cut(rest, ";")
	return v
}

// popResult gives status and text of a result.
func popResult(s string) (status, text string) {
	switch {
	case strings.HasPrefix(s, "-ERR"), strings.HasPrefix(s, "+"):
		return "", s
	case hasPrefixFold(s, "ok"):
		return "+OK", s[2:]
	case s == "":
		return "+OK", ""
	}
	return "-ERR ", s
}

// imapResult gives status and text of a result; a tag that stands before it is
// left out.
func imapResult(s string) (status, text string) {
	if s == "" {
		return "OK", ""
	}
	for _, status := range [...]string{"OK", "NO", "BAD"} {
		if hasPrefixFold(s, status) {
			return status, s[len(status):]
		}
		if _, rest, ok := strings.Cut(s, " "); ok && strings.HasPrefix(rest, status+" ") {
			return "", rest
		}
	}
	return "NO ", s
}
