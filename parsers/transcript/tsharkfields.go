package transcript

import (
	"encoding/hex"
	"html"
	"strconv"
	"strings"
	"time"

	"kbdiag/parsers"
)

// tsharkFields is what "tshark -T json", "-T ek" and "-T pdml" print: each
// packet as fields by name, one a line, or with ek one packet a line. The bytes
// are those of tcp.payload.
//
//	"tcp.srcport": "110",
//	<field name="tcp.srcport" showname="Source Port: 110" size="2" pos="34" show="110" value="006e"/>
//	{"timestamp":"1795000000250","layers":{... "tcp_tcp_srcport":"110", ...
func tsharkFields() rowForm {
	return rowForm{name: "tshark fields", starts: func(s string) bool {
		return strings.HasPrefix(s, `"_index": "packets-`) || strings.HasPrefix(s, `{"index":{"_index":"packets-`) || s == "<packet>" || strings.HasPrefix(s, "<pdml ")
	}, open: func(_ parsers.Options, out *parsers.Out) rowReader {
		return &fieldReader{d: dumpReader{t: newRowTable(out)}}
	}}
}

type fieldReader struct {
	d            dumpReader
	src, dst     string
	sport, dport int
}

func (r *fieldReader) finish() {
	r.piece()
	r.d.finish()
}

func (r *fieldReader) line(l *parsers.TextLine, text string) bool {
	s := strings.TrimSuffix(strings.TrimSpace(text), ",")
	switch {
	case s == "" || strings.Trim(s, "[]{}") == "":
		return true
	case strings.HasPrefix(s, `{"index":{"_index":"packets-`):
		return true
	case strings.HasPrefix(s, `{"timestamp":"`):
		r.begin(l)
		r.flat(s)
		return true
	case s[0] == '<':
		return r.element(l, s)
	}
	name, value, ok := strings.Cut(s, `": `)
	if !ok || s[0] != '"' {
		return s[0] == '"' // an element of a list
	}
	if name == `"_index` {
		r.begin(l)
	}
	r.reaches(l)
	r.field(name[1:], strings.Trim(value, `"`))
	return true
}

// element takes a line of PDML.
func (r *fieldReader) element(l *parsers.TextLine, s string) bool {
	switch {
	case s == "<packet>":
		r.begin(l)
	case strings.HasPrefix(s, "<field "):
		name, attribute := between(s, ` name="`, `"`), ` show="`
		if name == "tcp.payload" {
			attribute = ` value="`
		}
		r.field(name, html.UnescapeString(between(s, attribute, `"`)))
	case strings.HasPrefix(s, "<proto "), strings.HasPrefix(s, "</"), strings.HasPrefix(s, "<pdml "), strings.HasPrefix(s, "<?xml"), strings.HasPrefix(s, "<!-- "):
	default:
		return false
	}
	r.reaches(l)
	return true
}

// flat takes a packet that stands in one line.
func (r *fieldReader) flat(s string) {
	for _, name := range [...]string{"frame.time_epoch", "ip.src", "ipv6.src", "ip.dst", "ipv6.dst", "tcp.srcport", "tcp.dstport", "tcp.flags", "tcp.payload"} {
		layer, _, _ := strings.Cut(name, ".")
		if v := between(s, `"`+layer+"_"+strings.ReplaceAll(name, ".", "_")+`":"`, `"`); v != "" {
			r.field(name, v)
		}
	}
}

func (r *fieldReader) reaches(l *parsers.TextLine) {
	r.d.pos.Length = l.Offset + int64(l.Length) - r.d.pos.Offset
}

// begin starts a packet.
func (r *fieldReader) begin(l *parsers.TextLine) {
	r.piece()
	r.d.head, r.d.pos, r.d.has = dumpHead{tool: "tshark", length: -1}, linePos(l), true
	r.src, r.dst, r.sport, r.dport, r.d.hex = "", "", 0, 0, nil
}

func (r *fieldReader) field(name, value string) {
	h := &r.d.head
	switch name {
	case "frame.time_epoch":
		if f, err := strconv.ParseFloat(value, 64); err == nil && f > 0 && f < 1<<33 {
			h.at, h.zone = time.Unix(int64(f), int64((f-float64(int64(f)))*1e6)*1000).UTC(), parsers.ZoneUTC
		}
	case "ip.src", "ipv6.src":
		r.src = value
	case "ip.dst", "ipv6.dst":
		r.dst = value
	case "tcp.srcport":
		r.sport = portOf(value)
	case "tcp.dstport":
		r.dport = portOf(value)
	case "tcp.flags":
		h.flags = flagsOf(value)
	case "tcp.payload":
		if b, err := hex.DecodeString(strings.ReplaceAll(value, ":", "")); err == nil {
			r.d.hex = b
		}
	}
}

// piece gives the packet that was read to its connection.
func (r *fieldReader) piece() {
	r.d.has = r.d.has && r.sport > 0 && r.dport > 0
	r.d.head.from, r.d.head.to = endPoint(r.src, r.sport), endPoint(r.dst, r.dport)
	r.d.piece()
}

// flagsOf turns "0x00000018" into tcpdump's letters [RFC 9293 section 3.1].
func flagsOf(s string) string {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "0x"), 16, 32)
	switch {
	case err != nil:
		return ""
	case n&4 != 0:
		return "R"
	case n&1 != 0:
		return "F."
	case n&2 != 0 && n&16 == 0:
		return "S"
	case n&2 != 0:
		return "S."
	}
	return "P."
}
