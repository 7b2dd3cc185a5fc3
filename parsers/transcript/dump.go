package transcript

import (
	"slices"
	"strings"
	"time"

	"kbdiag/parsers"
)

// dumpRows is what socat -v and -x, tcpdump -A and -X, and ngrep print: a head
// that says who sends to whom, and below it the data, as text or hexadecimal.
func dumpRows() rowForm {
	return rowForm{name: "traffic dump", starts: func(s string) bool {
		_, ok := readDumpHead(s)
		return ok
	}, open: func(opts parsers.Options, out *parsers.Out) rowReader {
		return &dumpReader{t: newRowTable(out)}
	}}
}

// dumpHead is the head of one piece.
type dumpHead struct {
	tool     string // "socat", "tcpdump", "ngrep"
	from, to string // end points, ">" and "<" of socat
	at       time.Time
	zone     parsers.Zone
	length   int // of the data, -1 if it is not said
	flags    string
}

// readDumpHead reads:
//
//	> 2026/11/22 22:01:03.000123456  length=6 from=0 to=5
//	22:05:01.555043 IP 192.0.2.7.59952 > 192.0.2.1.110: Flags [P.], seq 1:10, ack 1, length 9
//	T 192.0.2.7:59952 -> 192.0.2.1:110 [AP] #5
func readDumpHead(s string) (dumpHead, bool) {
	if len(s) < 20 {
		return dumpHead{}, false
	}
	switch {
	case (s[0] == '>' || s[0] == '<') && s[1] == ' ' && strings.Contains(s, "length="):
		return socatHead(s)
	case s[0] == 'T' && s[1] == ' ':
		return ngrepHead(s)
	case isDigit(s[0]) && strings.Contains(s[:min(len(s), maxDumpHead)], " IP"):
		return tcpdumpHead(s)
	}
	return dumpHead{}, false
}

// maxDumpHead is how far into a line of tcpdump the name of the protocol stands,
// in bytes.
const maxDumpHead = 100

func socatHead(s string) (dumpHead, bool) {
	f := strings.Fields(s)
	if len(f) < 4 || !strings.HasPrefix(f[3], "length=") {
		return dumpHead{}, false
	}
	at, err := time.Parse("2006/01/02 15:04:05.999999999", f[1]+" "+f[2])
	if err != nil {
		return dumpHead{}, false
	}
	return dumpHead{tool: "socat", from: f[0], at: at, zone: parsers.ZoneLocal, length: atoi(f[3][len("length="):])}, true
}

func ngrepHead(s string) (dumpHead, bool) {
	f := strings.Fields(s)
	h := dumpHead{tool: "ngrep", length: -1}
	i := 1
	if len(f) > 5 && strings.Count(f[1], "/") == 2 {
		if at, err := time.Parse("2006/01/02 15:04:05.999999999", f[1]+" "+f[2]); err == nil {
			h.at, h.zone = at, parsers.ZoneLocal
		}
		i = 3
	}
	if len(f) < i+3 || f[i+1] != "->" || !strings.Contains(f[i], ":") || !strings.Contains(f[i+2], ":") {
		return dumpHead{}, false
	}
	h.from, h.to = f[i], f[i+2]
	if len(f) > i+3 {
		h.flags = f[i+3]
	}
	return h, true
}

func tcpdumpHead(s string) (dumpHead, bool) {
	head, rest, ok := strings.Cut(s, " > ")
	to, rest, ok2 := strings.Cut(rest, ": Flags [")
	if !ok || !ok2 {
		return dumpHead{}, false
	}
	f := strings.Fields(head)
	h := dumpHead{tool: "tcpdump", from: dotPort(f[len(f)-1]), to: dotPort(to), length: -1}
	if h.from == "" || h.to == "" {
		return dumpHead{}, false
	}
	h.flags, _, _ = strings.Cut(rest, "]")
	if i := strings.LastIndex(rest, "length "); i >= 0 {
		h.length = atoi(rest[i+len("length "):])
	}
	stamp := f[0]
	if len(f) > 3 && strings.Count(f[0], "-") == 2 {
		stamp += " " + f[1]
	}
	if at, err := time.Parse("2006-01-02 15:04:05.999999999", stamp); err == nil {
		h.at, h.zone = at, parsers.ZoneLocal
	} else if at, err := time.Parse("15:04:05.999999999", stamp); err == nil {
		h.at = at.AddDate(1, 0, 0)
	}
	return h, true
}

// dotPort turns "192.0.2.7.59952" into "192.0.2.7:59952"; the port may be a
// name.
func dotPort(s string) string {
	i := strings.LastIndexByte(s, '.')
	if i <= 0 || portOf(s[i+1:]) == 0 {
		return ""
	}
	host := s[:i]
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + s[i+1:]
}

// packets reports whether the piece is a packet of TCP, with its flags.
func (h *dumpHead) packets() bool { return h.tool == "tcpdump" || h.tool == "tshark" }

type dumpReader struct {
	t    *rowTable
	head dumpHead
	pos  parsers.Pos
	text []string // lines of the piece
	hex  []byte
	has  bool // a piece is being read
	n    int  // bytes in text
}

func (r *dumpReader) finish() {
	r.piece()
	r.t.finish()
}

func (r *dumpReader) line(l *parsers.TextLine, text string) bool {
	if h, ok := readDumpHead(strings.TrimSpace(text)); ok {
		r.piece()
		r.head, r.pos, r.has = h, linePos(l), true
		return true
	}
	if !r.has {
		return text == "" || text[0] == '#'
	}
	if r.full(text) {
		return r.head.tool == "socat" && slices.Contains(r.text, text) // its output, which shows the data a second time
	}
	r.pos.Length = l.Offset + int64(l.Length) - r.pos.Offset
	s := strings.TrimSpace(text)
	if r.head.tool == "socat" && s == "--" {
		return true
	}
	if strings.Trim(s, "#") == "" && s != "" && r.head.tool == "ngrep" {
		return true // marks of packets that did not match
	}
	if b := r.hexOf(s); b != nil {
		r.hex = append(r.hex, b...)
		return true
	}
	r.n += len(text) + 1 - strings.Count(text, `\`) // "\r" and the like stand for one byte
	if r.n < maxTalkAll {
		r.text = append(r.text, text)
	}
	return true
}

// full reports whether the piece has all its data, so that a line belongs to
// something else.
func (r *dumpReader) full(text string) bool {
	if r.head.length < 0 {
		return strings.TrimSpace(text) != "" && len(r.text)+len(r.hex) > 0 && text[0] != ' ' && text[0] != '\t'
	}
	return r.head.tool == "socat" && r.n >= r.head.length && r.head.length > 0 && strings.TrimSpace(text) != ""
}

// hexOf reads a line of hexadecimal, nil if it is text.
func (r *dumpReader) hexOf(s string) []byte {
	switch r.head.tool {
	case "tcpdump":
		if strings.HasPrefix(s, "0x") {
			return hexLine(s, false)
		}
	case "socat":
		if b := hexBytes(s, 1<<16); len(r.text) == 0 && len(b)*3 >= len(s) && (len(b) > 1 || r.head.length == 1) {
			return b
		}
	}
	return nil
}

// piece gives the piece that was read to its connection.
func (r *dumpReader) piece() {
	if !r.has {
		return
	}
	r.has = false
	data := r.data()
	h := &r.head
	v, server := r.connection(h)
	switch {
	case h.packets() && strings.HasPrefix(h.flags, "S."):
		v.c.Connected(h.at, r.pos)
	case strings.Contains(h.flags, "R") && v.note == "tried" && server:
		v.c.Failed(parsers.ConnectRefused, h.at, r.pos)
		v.note = "failed"
	}
	if h.packets() && h.flags == "S" {
		v.note = "tried"
	} else if len(data) > 0 || strings.HasPrefix(h.flags, "S.") {
		v.note = "stands"
	}
	v.c.Say(server, data, h.at, r.pos)
	if h.packets() && strings.Contains(h.flags, "F") && v.note != "failed" {
		v.c.Closed(sideNames[sideIndex(server)], h.at, r.pos)
	}
	r.text, r.hex, r.n = r.text[:0], r.hex[:0], 0
}

var sideNames = [2]string{"client", "server"}

// connection finds the connection of a piece, and whether the server sends it.
func (r *dumpReader) connection(h *dumpHead) (*rowConn, bool) {
	if h.tool == "socat" {
		v := r.t.get("socat")
		if v == nil {
			v = r.t.add("socat", NewConversation("socat", "", 0, h.zone))
			v.c.unsure = true
		}
		return v, h.from == "<"
	}
	if v := r.t.get(h.from + " " + h.to); v != nil {
		return v, false
	}
	if v := r.t.get(h.to + " " + h.from); v != nil {
		return v, true
	}
	_, a := hostPort(h.from)
	_, b := hostPort(h.to)
	client, server := h.from, h.to
	fromServer := a < b && h.flags != "S"
	if fromServer {
		client, server = h.to, h.from
	}
	host, port := hostPort(server)
	v := r.t.add(client+" "+server, NewConversation(h.tool, host, port, h.zone))
	v.c.unsure = h.flags != "S"
	v.c.peer, v.c.peerAt = hostPort(client)
	return v, fromServer
}

// data gives the bytes of the piece.
func (r *dumpReader) data() []byte {
	h := &r.head
	if len(r.hex) > 0 {
		return tail(r.hex, h)
	}
	if len(r.text) == 0 {
		return nil
	}
	switch h.tool {
	case "socat":
		var b []byte
		for _, t := range r.text {
			b = append(b, strings.TrimSuffix(t, `\r`)...)
			b = append(b, "\r\n"...)
		}
		return b
	case "ngrep":
		var b []byte
		for _, t := range r.text {
			b = append(b, strings.TrimPrefix(t, "  ")...)
		}
		s := strings.TrimRight(string(b), " ")
		if !strings.HasSuffix(s, "..") {
			return []byte(s)
		}
		return []byte(ngrepLines(s[:len(s)-2]) + "\r\n")
	}
	lines := r.text
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1] // tcpdump's own, behind the data
	}
	all := []byte(strings.Join(lines, "\r\n") + "\r\n")
	return tail(all, h)
}

// ngrepLines puts the line ends back that ngrep shows as two dots, before what
// looks like another line of the reply, and at the end.
func ngrepLines(s string) string {
	var b strings.Builder
	for {
		i := strings.Index(s, "..")
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		s = s[i+2:]
		if s == "" || serverish(s) || clientish(s) {
			b.WriteString("\r\n")
		} else {
			b.WriteString("..")
		}
	}
}

// tail takes the headers of the packet off: the data is the last bytes.
func tail(b []byte, h *dumpHead) []byte {
	if h.tool == "tcpdump" && h.length >= 0 && h.length <= len(b) {
		return b[len(b)-h.length:]
	}
	return b
}
