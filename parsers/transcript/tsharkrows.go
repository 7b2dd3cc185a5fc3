package transcript

import (
	"strings"
	"time"

	"kbdiag/parsers"
)

// tsharkRows is the packet list of tshark or Wireshark as text, a line a
// packet: number, time, source, destination, protocol, length, information.
// The lines of the dialogue have no ports, so they go to the connection of the
// two hosts whose server's port is that of the protocol.
func tsharkRows() rowForm {
	return rowForm{name: "packet list", starts: func(s string) bool {
		_, ok := readPacketRow(s)
		return ok
	}, open: func(_ parsers.Options, out *parsers.Out) rowReader {
		return &packetRows{t: newRowTable(out), open: map[string]string{}}
	}}
}

type packetRow struct {
	at       time.Time
	zone     parsers.Zone
	src, dst string
	proto    string
	info     string
}

// readPacketRow reads a row: `4 2026-11-22 22:05:01.761 127.0.0.1 → 127.0.0.1
// POP 95 S: +OK ready`.
// maxPacketHead is how far into a row its arrow stands, in bytes.
const maxPacketHead = 125

func readPacketRow(s string) (packetRow, bool) {
	var w packetRow
	if s == "" || !isDigit(s[0]) {
		return w, false
	}
	near := s[:min(len(s), maxPacketHead)]
	arrow := strings.Index(near, " → ")
	size := len(" → ")
	if arrow < 0 {
		arrow, size = strings.Index(near, " -> "), 4
	}
	if arrow < 0 {
		return w, false
	}
	head := strings.Fields(s[:arrow])
	if len(head) < 3 || len(head) > 5 || !isNumber(head[0]) {
		return w, false
	}
	w.src = head[len(head)-1]
	stamp := strings.Join(head[1:len(head)-1], " ")
	if at, err := time.Parse("2006-01-02 15:04:05.999999999", stamp); err == nil {
		w.at, w.zone = at, parsers.ZoneLocal
	} else if d, err := time.ParseDuration(stamp + "s"); err == nil {
		w.at = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).Add(d)
	} else {
		return w, false
	}
	rest := strings.Fields(s[arrow+size:])
	if len(rest) < 4 || !isNumber(rest[2]) || !strings.ContainsAny(w.src, ".:") {
		return w, false
	}
	w.dst, w.proto = rest[0], rest[1]
	_, info, _ := strings.Cut(s[arrow+size:], " "+rest[2]+" ")
	w.info = strings.TrimSpace(info)
	return w, true
}

type packetRows struct {
	t    *rowTable
	open map[string]string // "hosts port" -> key of the connection begun last
}

func (r *packetRows) finish() { r.t.finish() }

func (r *packetRows) line(l *parsers.TextLine, text string) bool {
	w, ok := readPacketRow(strings.TrimSpace(text))
	if !ok {
		return strings.TrimSpace(text) == ""
	}
	switch {
	case w.proto == "TCP":
		r.tcp(&w, linePos(l))
	default:
		r.talk(&w, linePos(l))
	}
	return true
}

// tcp takes "59952 → 110 [SYN] Seq=0".
func (r *packetRows) tcp(w *packetRow, p parsers.Pos) {
	info := w.info
	for strings.HasPrefix(info, "[") && !strings.HasPrefix(info, "[SYN") { // "[TCP Retransmission] "
		_, rest, ok := strings.Cut(info, "] ")
		if !ok {
			return
		}
		info = rest
	}
	f := strings.Fields(info)
	if len(f) < 4 {
		return
	}
	from, to := portOf(f[0]), portOf(f[2])
	flags := between(info, "[", "]")
	client := flags == "SYN"
	key := w.src + " " + f[0] + " " + w.dst + " " + f[2]
	back := w.dst + " " + f[2] + " " + w.src + " " + f[0]
	switch {
	case client && from > 0 && to > 0:
		if r.t.get(key) == nil {
			v := r.t.add(key, NewConversation("tshark", w.dst, to, w.zone))
			v.note = "tried"
			r.open[w.src+" "+w.dst+" "+f[2]] = key
		}
	case flags == "SYN, ACK":
		if v := r.t.get(back); v != nil && v.note == "tried" {
			v.note = "stands"
			v.c.Connected(w.at, p)
		}
	case strings.Contains(flags, "RST"):
		r.closed(key, back, "RST", w, p)
	case strings.Contains(flags, "FIN"):
		r.closed(key, back, "FIN", w, p)
	}
}

// closed takes the end of a connection; key is that of one begun by the
// sender, back that of one begun by the other side.
func (r *packetRows) closed(key, back, how string, w *packetRow, p parsers.Pos) {
	by := "client"
	v := r.t.get(key)
	if v == nil {
		v, by = r.t.get(back), "server"
	}
	if v == nil {
		return
	}
	if how == "RST" && v.note == "tried" && by == "server" {
		v.c.Failed(parsers.ConnectRefused, w.at, p)
		return
	}
	v.c.Closed(by, w.at, p)
}

// dissected are the names of protocols in the list, with their ports.
var dissected = map[string][]string{
	"POP": {"110"}, "SMTP": {"25", "587", "2525"}, "SMTP/IMF": {"25", "587"}, "IMF": {"25"}, "IMAP": {"143"}, "FTP": {"21"}, "NNTP": {"119"},
	"HTTP": {"80", "8080"}, "TELNET": {"23"}, "SSH": {"22"}, "SSHv2": {"22"},
}

// talk takes a line of a dialogue.
func (r *packetRows) talk(w *packetRow, p parsers.Pos) {
	ports := dissected[w.proto]
	if ports == nil {
		return
	}
	text, server, sure := dialogueOf(w.info)
	v := r.connection(w, ports, server && sure)
	for _, part := range packetLines(text) {
		for _, one := range splitReplies(part) {
			v.c.Text(server, one, w.at, p)
		}
	}
}

// packetLines splits the lines of one packet. Of a reply of several lines only
// the first has its code.
func packetLines(s string) []string {
	parts := strings.Split(s, " | ")
	first, ok := codeReply(parts[0])
	if !ok || !first.goes || len(parts) == 1 {
		return parts
	}
	for i := 1; i < len(parts); i++ {
		if _, ok := codeReply(parts[i]); ok {
			return parts
		}
		parts[i] = first.Status + "-" + parts[i]
	}
	last := len(parts) - 1
	parts[last] = first.Status + " " + parts[last][4:]
	return parts
}

func splitReplies(s string) []string {
	if parts := splitJoined(s); parts != nil {
		return parts
	}
	return []string{s}
}

// dialogueOf takes the mark of the side off the information.
func dialogueOf(info string) (text string, server, sure bool) {
	for _, m := range [...]struct {
		mark   string
		server bool
	}{{"S: ", true}, {"C: ", false}, {"Response: ", true}, {"Request: ", false}, {"Server: ", true}, {"Client: ", false}} {
		if rest, ok := strings.CutPrefix(info, m.mark); ok {
			return rest, m.server, true
		}
	}
	return info, serverish(info), serverish(info) || clientish(info)
}

// connection finds the connection that a line of a dialogue belongs to.
func (r *packetRows) connection(w *packetRow, ports []string, server bool) *rowConn {
	client, host := w.src, w.dst
	if server {
		client, host = w.dst, w.src
	}
	for _, port := range ports {
		if key, ok := r.open[client+" "+host+" "+port]; ok {
			if v := r.t.get(key); v != nil {
				return v
			}
		}
	}
	key := client + " " + host + " " + ports[0]
	if v := r.t.get(key); v != nil {
		return v
	}
	return r.t.add(key, NewConversation("tshark", host, portOf(ports[0]), w.zone))
}
