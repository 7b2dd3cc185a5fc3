package transcript

import (
	"encoding/hex"
	"strings"
	"time"

	"kbdiag/parsers"
)

// tsharkFollow is what "tshark -z follow,tcp,..." prints: the two nodes, then
// what each sent. In ASCII a line with the length stands before each piece, in
// the others each line is hexadecimal. What node 1 sent begins with a tab.
func tsharkFollow() rowForm {
	return rowForm{name: "tshark follow", starts: func(s string) bool {
		return strings.HasPrefix(s, "Follow: ") && strings.Contains(s, ",")
	}, open: func(_ parsers.Options, out *parsers.Out) rowReader { return &followReader{out: out} }}
}

type followReader struct {
	out   *parsers.Out
	c     *Conversation
	mode  string
	nodes [2]string
	node  int // whose bytes the ASCII piece is
	left  int // bytes of the ASCII piece still to come
	lines int // lines of it that were taken
}

func (r *followReader) finish() {
	if r.c != nil {
		r.c.Emit(r.out)
	}
	r.c = nil
}

func (r *followReader) line(l *parsers.TextLine, text string) bool {
	s := strings.TrimSpace(text)
	switch {
	case strings.HasPrefix(s, "====") && strings.Trim(s, "=") == "":
		r.finish()
		return true
	case strings.HasPrefix(s, "Follow: "):
		r.finish()
		_, r.mode, _ = strings.Cut(s, ",")
		r.nodes = [2]string{}
		return true
	case strings.HasPrefix(s, "Filter: "):
		return true
	case strings.HasPrefix(s, "Node 0: "):
		r.nodes[0] = s[8:]
		return true
	case strings.HasPrefix(s, "Node 1: "):
		r.nodes[1] = s[8:]
		r.begin()
		return true
	case r.c == nil:
		return s == ""
	}
	if r.mode == "ascii" || r.mode == "utf-8" || r.mode == "ebcdic" {
		return r.text(l, text)
	}
	if s == "" {
		return true
	}
	node := 0
	if text[0] == '\t' {
		node = 1
	}
	data := hexLine(s, r.mode == "raw")
	if data == nil {
		return false
	}
	r.c.Say(node == 1, data, time.Time{}, linePos(l))
	return true
}

// begin makes the conversation. Node 0 is the client where the capture holds
// the beginning.
func (r *followReader) begin() {
	host, port := hostPort(r.nodes[1])
	r.c = NewConversation("tshark", host, port, parsers.ZoneUnknown)
	r.c.unsure = true
	r.c.peer, r.c.peerAt = hostPort(r.nodes[0])
}

// text takes a line of an ASCII piece.
func (r *followReader) text(l *parsers.TextLine, text string) bool {
	n := strings.TrimLeft(text, "\t")
	if isNumber(n) && len(n) < 8 && r.left <= r.lines {
		r.node = min(1, len(text)-len(n))
		r.left, r.lines = atoi(n), 0
		return true
	}
	if r.left <= 0 {
		return strings.TrimSpace(text) == ""
	}
	r.left -= len(text) + 2
	r.lines++
	r.c.Say(r.node == 1, []byte(text+"\r\n"), time.Time{}, linePos(l))
	return true
}

func atoi(s string) int {
	n := 0
	for i := 0; i < len(s) && isDigit(s[i]) && n < 1<<28; i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// hexLine reads "00000010  2b 4f 4b 20 44 6f 76 65  63 6f 74 20  +OK Dove", or
// with raw a line of nothing but hexadecimal digits. It gives nil for any
// other line.
func hexLine(s string, raw bool) []byte {
	if raw {
		b, err := hex.DecodeString(s)
		if err != nil {
			return nil
		}
		return b
	}
	offset, rest, ok := strings.Cut(s, "  ")
	if !ok || len(strings.TrimSuffix(offset, ":")) < 4 || !isHex(strings.TrimSuffix(strings.TrimPrefix(offset, "0x"), ":")) {
		return nil
	}
	return hexBytes(rest, 16)
}

// hexBytes reads up to n bytes in groups of two or four digits; a group of
// something else, or a wider gap behind the last full column, ends them.
func hexBytes(s string, n int) []byte {
	var out []byte
	for len(out) < n {
		gap := 0
		for gap < len(s) && s[gap] == ' ' {
			gap++
		}
		if gap > 2 && len(out) > 0 {
			break
		}
		s = s[gap:]
		end := 0
		for end < len(s) && isHex(s[end:end+1]) {
			end++
		}
		if end == 0 || end%2 != 0 || end > 4 || end < len(s) && s[end] != ' ' {
			break
		}
		b, err := hex.DecodeString(s[:end])
		if err != nil {
			break
		}
		out = append(out, b...)
		s = s[end:]
	}
	return out
}
