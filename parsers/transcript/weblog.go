package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// PlainWebLog makes the check of one text, which is given its windows in order:
// it reports whether a window holds nothing but rows of a web server's log in
// the W3C layout, with their head. No record is in such rows, so no finder need
// look at them.
func PlainWebLog() func(w *parsers.Window) bool {
	p := &webLog{}
	return p.fills
}

// webLog is what the last head of a log says of the rows behind it.
type webLog struct {
	columns int // 0: no head was seen
	date    int // 0-based places of columns; -1 where there is none
	time    int
	method  int
}

// fills reports whether all lines of a window are of the log.
func (p *webLog) fills(w *parsers.Window) bool {
	all := true
	for i := range w.Lines {
		t := w.Lines[i].Text
		switch {
		case t == "":
		case t[0] == '#':
			all = p.head(t) && all
		case all && (w.Lines[i].Cut || !p.row(t)):
			all = false // but heads are looked for to the end
		}
	}
	return all
}

// head takes a line of the log's head.
func (p *webLog) head(t string) bool {
	name, value, ok := strings.Cut(t, ": ")
	if !ok {
		return false
	}
	switch name {
	case "#Software":
		return strings.HasPrefix(value, "Microsoft Internet Information Services ")
	case "#Version", "#Date":
		return true
	case "#Fields":
	default:
		return false
	}
	*p = webLog{date: -1, time: -1, method: -1}
	for name := range strings.SplitSeq(strings.TrimSuffix(value, " "), " ") {
		switch name {
		case "date":
			p.date = p.columns
		case "time":
			p.time = p.columns
		case "cs-method":
			p.method = p.columns
		}
		p.columns++
	}
	if p.method < 1 || p.time < 0 || p.time > 1 || p.date > 0 {
		p.columns = 0
	}
	return p.columns > 0
}

// row reports whether a line is a row as the head says, with a request of a
// browser or the like in it.
func (p *webLog) row(t string) bool {
	if p.columns == 0 {
		return false
	}
	n := 0
	for ; n < p.columns-1; n++ {
		end := strings.IndexByte(t, ' ')
		if end <= 0 {
			return false
		}
		switch n {
		case p.date:
			if end != len("2006-01-02") || t[4] != '-' || t[7] != '-' || !isDigit(t[0]) || !isDigit(t[9]) {
				return false
			}
		case p.time:
			if end != len("15:04:05") || t[2] != ':' || t[5] != ':' || !isDigit(t[0]) || !isDigit(t[7]) {
				return false
			}
		case p.method:
			if !webMethods[t[:end]] {
				return false
			}
		}
		t = t[end+1:]
	}
	return t != "" && strings.IndexByte(t, ' ') < 0
}

// webMethods are the methods of HTTP, WebDAV and Exchange.
var webMethods = map[string]bool{
	"GET": true, "HEAD": true, "POST": true, "PUT": true, "OPTIONS": true, "TRACE": true, "CONNECT": true, "DEBUG": true, "PATCH": true,
	"PROPFIND": true, "PROPPATCH": true, "MKCOL": true, "BPROPPATCH": true, "BMOVE": true, "BDELETE": true, "BCOPY": true, "BPROPFIND": true,
	"RPC_IN_DATA": true, "RPC_OUT_DATA": true, "POLL": true, "X-MS-ENUMATTS": true,
	"SEARCH": true, "SUBSCRIBE": true, "UNSUBSCRIBE": true, "DELETE": true, "MOVE": true, "COPY": true, "LOCK": true, "UNLOCK": true, "NOTIFY": true,
}
