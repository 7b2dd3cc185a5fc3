package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// reply is one reply of a server while it is read.
type reply struct {
	parsers.Reply
	goes bool // on in further lines: "ddd-"
	span span
	tag  string // IMAP: its tag, "*" or "+"
}

// add appends a further line of text.
func (r *reply) add(text string) {
	if len(r.Text)+len(text) > maxReplyText {
		return
	}
	if r.Text == "" {
		r.Text = text
	} else {
		r.Text += "\n" + text
	}
}

// maxReplyText bounds the text kept of one reply, in bytes: a message that is
// fetched is no evidence.
const maxReplyText = 8 << 10

// codeReply reads "ddd text", "ddd-text" and "ddd" [RFC 5321 section 4.2,
// RFC 959, RFC 3977]. The code begins with 1 to 5.
func codeReply(s string) (reply, bool) {
	if len(s) < 3 || s[0] < '1' || s[0] > '5' || !isDigit(s[1]) || !isDigit(s[2]) {
		return reply{}, false
	}
	if len(s) > 3 && s[3] != ' ' && s[3] != '-' {
		return reply{}, false
	}
	code := int(s[0]-'0')*100 + int(s[1]-'0')*10 + int(s[2]-'0')
	r := reply{Reply: parsers.Reply{Status: s[:3], Code: code, OK: code < 400}}
	if len(s) > 3 {
		r.goes = s[3] == '-'
		r.Text = strings.TrimSpace(s[4:])
	}
	r.Enhanced = enhancedCode(r.Text, s[0])
	return r, true
}

// enhancedCode gives the enhanced status code that begins a text, "" if there
// is none. It must agree with the reply code's first digit [RFC 2034].
func enhancedCode(text string, first byte) string {
	if len(text) < 5 || text[0] != first || text[1] != '.' {
		return ""
	}
	word, _, _ := strings.Cut(text, " ")
	if len(word) < 5 {
		return ""
	}
	subject, detail, ok := strings.Cut(word[2:], ".")
	if !ok || !isNumber(subject) || !isNumber(detail) || len(subject) > 3 || len(detail) > 3 {
		return ""
	}
	return word
}

// popReply reads "+OK", "-ERR" in any case, and "+ " of a SASL dialogue
// [RFC 1939, RFC 5034]. The response code in brackets is that of RFC 2449.
func popReply(s string) (reply, bool) {
	word, rest, _ := strings.Cut(s, " ")
	r := reply{Reply: parsers.Reply{Text: strings.TrimSpace(rest)}}
	switch {
	case strings.EqualFold(word, "+OK"):
		r.Status, r.OK = "+OK", true
	case strings.EqualFold(word, "-ERR"):
		r.Status = "-ERR"
	case word == "+":
		r.Status, r.OK = "+", true
		return r, true
	default:
		return reply{}, false
	}
	r.ResponseCode = bracketCode(r.Text)
	return r, true
}

// bracketCode gives what stands in brackets at the beginning of a text, in
// upper case: "SYS/TEMP" of "[SYS/TEMP] try later".
func bracketCode(text string) string {
	if text == "" || text[0] != '[' {
		return ""
	}
	end := strings.IndexByte(text, ']')
	if end < 0 {
		return ""
	}
	word, _, _ := strings.Cut(text[1:end], " ")
	return strings.ToUpper(word)
}

// imapReply reads "* ...", "+ ..." and "tag OK|NO|BAD ..." [RFC 3501 section
// 7].
func imapReply(s string) (reply, bool) {
	tag, rest, _ := strings.Cut(s, " ")
	if !imapTag(tag) && tag != "*" && tag != "+" {
		return reply{}, false
	}
	rest = strings.TrimSpace(rest)
	r := reply{tag: tag, Reply: parsers.Reply{Status: tag, Text: rest, OK: true}}
	if tag == "+" {
		return r, true
	}
	if tag == "*" && strings.HasPrefix(rest, "? ") { // "* ? OK", misprinted in an article
		tag, rest = "?", rest[2:]
		r.tag = "?"
	}
	word, text, _ := strings.Cut(rest, " ")
	status := upper(word)
	switch status {
	case "OK", "PREAUTH", "NO", "BAD", "BYE":
		if tag != "*" && (status == "PREAUTH" || status == "BYE") {
			return reply{}, false
		}
		r.Status, r.Text = status, strings.TrimSpace(text)
		r.OK = status == "OK" || status == "PREAUTH"
		r.ResponseCode = bracketCode(r.Text)
		return r, true
	}
	if tag == "*" && untaggedWord(strings.ToUpper(rest)) {
		return r, true
	}
	return reply{}, false
}

// imapTag reports whether s may be a tag: a short word without the characters
// that RFC 3501 keeps for other uses.
func imapTag(s string) bool {
	if s == "" || len(s) > 24 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if !tagByte[s[i]] {
			return false
		}
	}
	return true
}

// tagByte tells the bytes that a tag may have.
var tagByte = tagBytes()

func tagBytes() (set [256]bool) {
	for c := byte('!'); c < 0x7F; c++ {
		set[c] = strings.IndexByte(`(){%*"\+:,;<>`, c) < 0
	}
	return set
}

// httpReply reads a status line [RFC 9112 section 4].
func httpReply(s string) (reply, bool) {
	if !strings.HasPrefix(s, "HTTP/") {
		return reply{}, false
	}
	version, rest, ok := strings.Cut(s, " ")
	if !ok || len(version) > len("HTTP/1.1") || len(rest) < 3 || !isNumber(rest[:3]) || len(rest) > 3 && rest[3] != ' ' {
		return reply{}, false
	}
	code := int(rest[0]-'0')*100 + int(rest[1]-'0')*10 + int(rest[2]-'0')
	text := strings.TrimSpace(rest[3:])
	if text == "" {
		text = httpReasons[code]
	}
	return reply{Reply: parsers.Reply{Status: rest[:3], Code: code, OK: code < 400, Text: text}}, true
}

// httpReasons are the words of RFC 9110 section 15, which HTTP/2 leaves out.
var httpReasons = map[int]string{
	200: "OK", 201: "Created", 204: "No Content", 301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
	307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
	405: "Method Not Allowed", 407: "Proxy Authentication Required", 408: "Request Timeout", 413: "Content Too Large",
	429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
}

// serverish reports whether a line reads as a reply of any protocol.
func serverish(s string) bool {
	if s == "" {
		return false
	}
	switch c := s[0]; {
	case c >= '1' && c <= '5':
		if _, ok := codeReply(s); ok {
			return true
		}
		return imapTagged(s)
	case c == '+' || c == '-':
		_, ok := popReply(s)
		return ok && s != "+"
	case c == '*':
		_, ok := imapReply(s)
		return ok
	case c == 'H' && strings.HasPrefix(s, "HTTP/"):
		_, ok := httpReply(s)
		return ok
	}
	return imapTagged(s)
}

// imapTagged reports whether s is a tagged status reply. The status word is
// taken in capitals only: "we ok this" is prose.
func imapTagged(s string) bool {
	tag, rest, ok := strings.Cut(s, " ")
	if !ok || !imapTag(tag) {
		return false
	}
	word, _, _ := strings.Cut(rest, " ")
	return word == "OK" || word == "NO" || word == "BAD"
}
