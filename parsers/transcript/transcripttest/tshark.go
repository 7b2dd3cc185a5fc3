package transcripttest

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"strings"
)

// followYAML writes a followed stream as tshark's YAML.
func followYAML(d []Said, port int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "peers:\n  - peer: 0\n    host: 192.0.2.7\n    port: 51442\n  - peer: 1\n    host: 192.0.2.1\n    port: %d\npackets:\n", port)
	for n, s := range d {
		peer := 1
		if s.Client {
			peer = 0
		}
		fmt.Fprintf(&b, "  - packet: %d\n    peer: %d\n    index: %d\n    timestamp: 1795000000.%09d\n    data: !!binary |\n      %s\n", n+4, peer, n, n*1000,
			base64.StdEncoding.EncodeToString([]byte(s.Text+"\r\n")))
	}
	return b.String()
}

// packet is one packet of a connection.
type packet struct {
	client bool
	flags  int
	text   string // "" for none
}

// packets gives a dialogue as packets, the opening ones before it.
func packets(d []Said) []packet {
	list := []packet{{true, 0x002, ""}, {false, 0x012, ""}, {true, 0x010, ""}}
	for _, s := range d {
		list = append(list, packet{s.Client, 0x018, s.Text})
	}
	return list
}

func (p packet) ends(port int) (src, dst string, from, to int) {
	if p.client {
		return "192.0.2.7", "192.0.2.1", 51442, port
	}
	return "192.0.2.1", "192.0.2.7", port, 51442
}

// payload gives the bytes in hexadecimal, with sep between them.
func (p packet) payload(sep string) string {
	if p.text == "" {
		return ""
	}
	var parts []string
	for _, c := range []byte(p.text + "\r\n") {
		parts = append(parts, hex.EncodeToString([]byte{c}))
	}
	return strings.Join(parts, sep)
}

// tsharkTree writes what "tshark -V" prints.
func tsharkTree(d []Said, port int) string {
	names := map[int]string{25: "Simple Mail Transfer Protocol", 110: "Post Office Protocol", 143: "Internet Message Access Protocol", 21: "File Transfer Protocol (FTP)", 119: "Network News Transfer Protocol"}
	flags := map[int]string{0x002: "SYN", 0x012: "SYN, ACK", 0x010: "ACK", 0x018: "PSH, ACK"}
	var b strings.Builder
	for n, p := range packets(d) {
		src, dst, from, to := p.ends(port)
		fmt.Fprintf(&b, "Frame %d: 95 bytes on wire (760 bits), 95 bytes captured (760 bits)\n    Encapsulation type: Ethernet (1)\n    Arrival Time: Nov 22, 2026 22:01:%02d.000000000 UTC\n", n+1, n%60)
		fmt.Fprintf(&b, "Internet Protocol Version 4, Src: %s, Dst: %s\n    0100 .... = Version: 4\nTransmission Control Protocol, Src Port: %d, Dst Port: %d, Seq: 1, Ack: 1, Len: %d\n    Flags: 0x%03x (%s)\n        .... .... 0... = Push: Not set\n", src, dst, from, to, len(p.text), p.flags, flags[p.flags])
		if p.text != "" {
			line := p.text
			if port == 25 && !p.client {
				line = "Response: " + line
			} else if port == 25 {
				line = "Command Line: " + line
			} else if port == 143 {
				line = "Line: " + line
			}
			word, _, _ := strings.Cut(p.text, " ")
			fmt.Fprintf(&b, "%s\n    %s\\r\\n\n        Request command: %s\n", names[port], line, word)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// tsharkJSON, tsharkEK and tsharkPDML write the fields of packets.
func tsharkJSON(d []Said, port int) string {
	var parts []string
	for n, p := range packets(d) {
		src, dst, from, to := p.ends(port)
		fields := []string{fmt.Sprintf(`"frame.time_epoch": "1795000000.%09d"`, n*1000), fmt.Sprintf(`"ip.src": "%s"`, src), fmt.Sprintf(`"ip.dst": "%s"`, dst),
			fmt.Sprintf(`"tcp.srcport": "%d"`, from), fmt.Sprintf(`"tcp.dstport": "%d"`, to), fmt.Sprintf(`"tcp.flags": "0x%04x"`, p.flags)}
		if p.text != "" {
			fields = append(fields, fmt.Sprintf(`"tcp.payload": "%s"`, p.payload(":")))
		}
		parts = append(parts, "  {\n    \"_index\": \"packets-2026-11-22\",\n    \"_type\": \"doc\",\n    \"_score\": null,\n    \"_source\": {\n      \"layers\": {\n        \"tcp\": {\n          "+
			strings.Join(fields, ",\n          ")+"\n        }\n      }\n    }\n  }")
	}
	return "[\n" + strings.Join(parts, ",\n") + "\n]\n"
}

func tsharkEK(d []Said, port int) string {
	var b strings.Builder
	for n, p := range packets(d) {
		src, dst, from, to := p.ends(port)
		payload := ""
		if p.text != "" {
			payload = fmt.Sprintf(`,"tcp_tcp_payload":"%s"`, p.payload(":"))
		}
		fmt.Fprintf(&b, `{"index":{"_index":"packets-2026-11-22","_type":"doc"}}`+"\n"+`{"timestamp":"1795000000%03d","layers":{"frame":{"frame_frame_time_epoch":"1795000000.%09d"},"ip":{"ip_ip_src":"%s","ip_ip_dst":"%s"},"tcp":{"tcp_tcp_srcport":"%d","tcp_tcp_dstport":"%d","tcp_tcp_flags":"0x%04x"%s}}}`+"\n",
			n, n*1000, src, dst, from, to, p.flags, payload)
	}
	return b.String()
}

func tsharkPDML(d []Said, port int) string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<pdml version=\"0\" creator=\"wireshark/4.0.17\">\n")
	field := func(name, show, value string) {
		fmt.Fprintf(&b, "    <field name=\"%s\" showname=\"%s\" size=\"2\" pos=\"0\" show=\"%s\" value=\"%s\"/>\n", name, name, show, value)
	}
	for n, p := range packets(d) {
		src, dst, from, to := p.ends(port)
		b.WriteString("<packet>\n  <proto name=\"ip\" pos=\"14\" size=\"20\">\n")
		field("frame.time_epoch", fmt.Sprintf("1795000000.%09d", n*1000), "")
		field("ip.src", src, "c0000207")
		field("ip.dst", dst, "c0000201")
		field("tcp.srcport", fmt.Sprint(from), "")
		field("tcp.dstport", fmt.Sprint(to), "")
		field("tcp.flags", fmt.Sprintf("0x%04x", p.flags), "")
		if p.text != "" {
			field("tcp.payload", p.payload(":"), p.payload(""))
			field("", html.EscapeString(p.text)+"\\r\\n", p.payload(""))
		}
		b.WriteString("  </proto>\n</packet>\n")
	}
	return b.String() + "</pdml>\n"
}
