package transcript

import (
	"strconv"
	"strings"
	"time"

	"kbdiag/parsers"
)

// tsharkDetail is what "tshark -V" prints: each packet as a tree. Its lines of
// a dialogue stand one level below the name of their protocol and end in "\r\n"
// written out.
//
//	Frame 4: 95 bytes on wire (760 bits), 95 bytes captured (760 bits)
//	    Arrival Time: Nov 22, 2026 22:05:01.761631000 UTC
//	Internet Protocol Version 4, Src: 192.0.2.1, Dst: 192.0.2.7
//	Transmission Control Protocol, Src Port: 110, Dst Port: 59952, Seq: 1, Ack: 1, Len: 29
//	    Flags: 0x018 (PSH, ACK)
//	Post Office Protocol
//	    +OK POP3 ready\r\n
func tsharkDetail() rowForm {
	return rowForm{name: "tshark detail", starts: func(s string) bool {
		rest, ok := strings.CutPrefix(s, "Frame ")
		return ok && strings.Contains(rest, " bytes on wire")
	}, open: func(_ parsers.Options, out *parsers.Out) rowReader {
		return &detailReader{d: dumpReader{t: newRowTable(out)}}
	}}
}

// talkTrees are the names of the trees that hold lines of a dialogue.
var talkTrees = map[string]bool{
	"Post Office Protocol": true, "Simple Mail Transfer Protocol": true, "Internet Message Access Protocol": true,
	"File Transfer Protocol (FTP)": true, "Network News Transfer Protocol": true, "Hypertext Transfer Protocol": true, "Telnet": true,
}

type detailReader struct {
	d        dumpReader
	src, dst string
	talk     bool // inside a tree with lines of a dialogue
	inside   bool // inside a packet
}

func (r *detailReader) finish() { r.d.finish() }

func (r *detailReader) line(l *parsers.TextLine, text string) bool {
	depth := len(text) - len(strings.TrimLeft(text, " "))
	s := text[depth:]
	if s == "" {
		return true
	}
	if depth == 0 {
		return r.tree(l, s)
	}
	if !r.inside {
		return false
	}
	r.d.pos.Length = l.Offset + int64(l.Length) - r.d.pos.Offset
	h := &r.d.head
	switch {
	case r.talk && depth == 4:
		if said, ok := saidIn(s); ok && len(r.d.hex) < maxTalkAll {
			r.d.hex = append(append(r.d.hex, said...), "\r\n"...)
		}
	case strings.HasPrefix(s, "Arrival Time: "):
		h.at, h.zone = arrival(strings.TrimPrefix(s, "Arrival Time: "))
	case strings.HasPrefix(s, "Flags: 0x") && strings.Contains(s, "("):
		h.flags = flagLetters(between(s, "(", ")"))
	}
	return true
}

// tree takes the first line of a tree.
func (r *detailReader) tree(l *parsers.TextLine, s string) bool {
	r.talk = talkTrees[s]
	switch {
	case strings.HasPrefix(s, "Frame ") && strings.Contains(s, " bytes on wire"):
		r.d.piece()
		r.d.head, r.d.pos, r.inside, r.d.has = dumpHead{tool: "tshark", length: -1}, linePos(l), true, false
		r.d.hex = r.d.hex[:0]
	case strings.HasPrefix(s, "Internet Protocol Version "):
		r.src, r.dst = lastAddress(between(s+",", "Src: ", ", Dst: ")), lastAddress(after(s, ", Dst: "))
	case strings.HasPrefix(s, "Transmission Control Protocol, "):
		from, to := portIn(between(s, "Src Port: ", ",")), portIn(between(s+",", "Dst Port: ", ","))
		r.d.head.from, r.d.head.to = endPoint(r.src, from), endPoint(r.dst, to)
		r.d.has = r.inside && from > 0 && to > 0
	default:
		return r.inside || r.talk
	}
	return true
}

// saidIn gives a line of a dialogue without the name that the tree gives it.
func saidIn(s string) (string, bool) {
	s, ok := strings.CutSuffix(s, `\r\n`)
	if !ok {
		return "", false
	}
	for _, name := range [...]string{"Response: ", "Command Line: ", "Command: ", "Line: ", "Request: ", "Data: "} {
		if rest, ok := strings.CutPrefix(s, name); ok {
			return rest, true
		}
	}
	return s, true
}

// arrival reads "Nov 22, 2026 22:05:01.761631000 UTC".
func arrival(s string) (time.Time, parsers.Zone) {
	f := strings.Fields(s)
	if len(f) < 4 {
		return time.Time{}, parsers.ZoneUnknown
	}
	at, err := time.Parse("Jan 2, 2006 15:04:05.999999999", strings.Join(f[:4], " "))
	if err != nil {
		return time.Time{}, parsers.ZoneUnknown
	}
	if len(f) > 4 && f[4] == "UTC" {
		return at, parsers.ZoneUTC
	}
	return at, parsers.ZoneLocal
}

// flagLetters turns "SYN, ACK" into tcpdump's letters.
func flagLetters(s string) string {
	switch {
	case s == "SYN":
		return "S"
	case strings.HasPrefix(s, "SYN"):
		return "S."
	case strings.Contains(s, "RST"):
		return "R"
	case strings.Contains(s, "FIN"):
		return "F."
	}
	return "P."
}

// lastAddress gives the address of "192.0.2.1" and "host (192.0.2.1)".
func lastAddress(s string) string {
	if in := between(s, "(", ")"); in != "" {
		return in
	}
	return strings.TrimSpace(s)
}

// portIn gives the port of "110" and "pop3 (110)".
func portIn(s string) int {
	if in := between(s, "(", ")"); in != "" {
		s = in
	}
	return portOf(strings.TrimSpace(s))
}

func endPoint(host string, port int) string {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + strconv.Itoa(port)
}
