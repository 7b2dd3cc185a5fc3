package transcript

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"kbdiag/parsers"
)

// followYAML is what "tshark -z follow,tcp,yaml" prints, and Wireshark where a
// stream is saved as YAML: the two peers, then each packet's bytes in base64.
//
//	peers:
//	  - peer: 0
//	    host: 192.0.2.7
//	    port: 50000
//	packets:
//	  - packet: 4
//	    peer: 1
//	    index: 0
//	    timestamp: 1795000000.100000000
//	    data: !!binary |
//	      K09LIA0K
//
// Older versions write the bytes alone: "peer1_0: !!binary |".
func followYAML() rowForm {
	return rowForm{name: "tshark follow yaml", starts: func(s string) bool {
		return s == "peers:" || yamlPiece(s) >= 0
	}, sure: holdsPackets, open: func(_ parsers.Options, out *parsers.Out) rowReader { return &yamlReader{out: out, peer: -1} }}
}

// holdsPackets reports whether binary pieces follow: many files have peers.
func holdsPackets(line func(int) (string, bool)) bool {
	for i := 0; ; i++ {
		l, ok := line(i)
		if !ok {
			return false
		}
		if strings.HasSuffix(l, ": !!binary |") {
			return true
		}
	}
}

// yamlPiece gives the peer of "peer1_0: !!binary |", -1 for any other line.
func yamlPiece(s string) int {
	rest, ok := strings.CutPrefix(s, "peer")
	if !ok || !strings.HasSuffix(s, ": !!binary |") || len(rest) < 2 || rest[1] != '_' || rest[0] != '0' && rest[0] != '1' {
		return -1
	}
	return int(rest[0] - '0')
}

type yamlReader struct {
	out   *parsers.Out
	c     *Conversation
	hosts [2]string
	ports [2]int
	peer  int // that the lines speak of, -1 before the first
	at    time.Time
	data  bool // base64 follows
	carry string
	pos   parsers.Pos
}

func (r *yamlReader) finish() {
	r.flush()
	if r.c != nil {
		r.c.Emit(r.out)
	}
	r.c = nil
}

func (r *yamlReader) line(l *parsers.TextLine, text string) bool {
	s := strings.TrimPrefix(strings.TrimSpace(text), "- ")
	if s == "" || s[0] == '#' {
		return true
	}
	if p := yamlPiece(s); p >= 0 {
		r.flush()
		r.begin()
		r.peer, r.data, r.pos = p, true, linePos(l)
		return true
	}
	name, value, ok := strings.Cut(s, ":")
	value = strings.TrimSpace(value)
	if !ok {
		if !r.data || !base64Line(s) {
			return false
		}
		r.carry += s
		r.pos.Length = l.Offset + int64(l.Length) - r.pos.Offset
		return len(r.carry) < maxTalkAll
	}
	switch name {
	case "peers":
		r.finish()
		r.hosts, r.ports, r.peer = [2]string{}, [2]int{}, -1
	case "packets":
		r.begin()
	case "packet":
		r.flush()
		r.pos = linePos(l)
	case "peer":
		r.peer = min(1, atoi(value))
	case "host":
		if r.peer >= 0 {
			r.hosts[r.peer] = strings.Trim(value, `"'`)
		}
	case "port":
		if r.peer >= 0 {
			r.ports[r.peer] = portOf(value)
		}
	case "timestamp":
		if f, err := strconv.ParseFloat(value, 64); err == nil && f > 0 && f < 1<<33 {
			r.at = time.Unix(int64(f), int64((f-float64(int64(f)))*1e6)*1000).UTC()
		}
	case "data":
		r.data = strings.HasPrefix(value, "!!binary")
		if r.pos.Line == 0 { // the number of the packet was lost
			r.pos = linePos(l)
		}
	case "index":
	default:
		return false
	}
	return true
}

func base64Line(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; !isWord(c) && c != '+' && c != '/' && c != '=' || c == '_' {
			return false
		}
	}
	return true
}

// begin makes the conversation.
func (r *yamlReader) begin() {
	if r.c != nil {
		return
	}
	r.c = NewConversation("tshark", r.hosts[1], r.ports[1], parsers.ZoneUTC)
	r.c.unsure = true
	r.c.peer, r.c.peerAt = r.hosts[0], r.ports[0]
}

// flush gives the piece that was read to the conversation.
func (r *yamlReader) flush() {
	if r.data && r.c != nil && r.peer >= 0 {
		if b, err := base64.StdEncoding.DecodeString(r.carry); err == nil {
			r.c.Say(r.peer == 1, b, r.at, r.pos)
		}
	}
	r.carry, r.data, r.pos = "", false, parsers.Pos{}
}
