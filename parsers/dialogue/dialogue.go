// Package dialogue finds captured sessions in text: telnet, PuTTY and script
// captures of POP3, SMTP and IMAP4, and failed connections.
package dialogue

import (
	"regexp"
	"strconv"
	"strings"

	"kbdiag/parsers"
)

// Finder finds sessions.
func Finder() parsers.Finder { return parsers.Finder{Name: "sessions", Find: find} }

type side uint8

const (
	none side = iota
	client
	server
)

// row is one line of a window, cleaned.
type row struct {
	i    int // index in the window
	text string
	side side // as a mark tells, read by its content

	mark, marked string
}

var (
	ansi      = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\x1b[=>]`)
	marked    = regexp.MustCompile(`^\s*(?:\[?[\d][\d/:., -]*(?:AM|PM)?\]?\s*(?::\s+)?)?(>>>|<<<|<--|-->|<\*\*|<-|->|~>|<~|\[tx\]|\[rx\]|(?:POP3|SMTP|IMAP)[<>]|(?:Sent|Got|SENT|RECEIVED|Sending|Received|Server|Client|S|C):|[SC]>)\s*(?:\(TID:\d+\):\s*)?(.*)$`)
	greeting  = regexp.MustCompile(`^(?:\+OK\b|-ERR\b|(?:220|421|554)(?:[ -]|$)|\* (?:OK|PREAUTH|BYE)\b)`)
	telnetCmd = regexp.MustCompile(`(?i)(?:^|[#$>%]\s*|\bopen\s+)telnet(?:\.exe)?\s+([\w.<>-]+)(?:\s+(\d+|pop3|smtp|imap))?\s*$`)
	openCmd   = regexp.MustCompile(`(?i)^(?:Microsoft Telnet|telnet)>\s*o(?:pen)?\s+([\w.-]+)\s+(\d+)`)
	connected = regexp.MustCompile(`^Connected to ([^\s]+?)\.?$`)
	cantOpen  = regexp.MustCompile(`(?i)Could not open (?:a )?connection to (?:the )?host,? on port (\d+)\s?: Connect failed`)
	connTo    = regexp.MustCompile(`(?i)^Connecting To ([\w.-]+?)\.\.\.`)
)

func clean(s string) string {
	if strings.IndexByte(s, 0x1b) >= 0 {
		s = ansi.ReplaceAllString(s, "")
	}
	if strings.IndexByte(s, '\b') >= 0 {
		var out []rune
		for _, r := range s {
			if r == '\b' {
				if len(out) > 0 {
					out = out[:len(out)-1]
				}
				continue
			}
			out = append(out, r)
		}
		s = string(out)
	}
	s = strings.TrimRight(s, "\r \t")
	if i := strings.LastIndexByte(s, '\r'); i >= 0 {
		s = s[i+1:]
	}
	t := strings.TrimPrefix(strings.TrimLeft(s, " \t"), "data: ")
	for strings.HasPrefix(t, "> ") {
		t = strings.TrimLeft(t[2:], " ")
	}
	return t
}

// markOf takes the mark of direction and the text behind it from a line, with
// the time that may stand before it.
func markOf(t string) []string {
	if !strings.ContainsAny(t[:min(len(t), 40)], ":><]") {
		return nil
	}
	return marked.FindStringSubmatch(t)
}

// opens reads a command that opens a connection: a telnet command line, or the
// open command of telnet's own prompt.
func opens(t string) []string {
	if len(t) > 200 || !containsTelnet(t) {
		return nil
	}
	if m := telnetCmd.FindStringSubmatch(t); m != nil {
		return m
	}
	return openCmd.FindStringSubmatch(t)
}

func containsTelnet(t string) bool {
	return strings.Contains(t, "elnet") || strings.Contains(t, "ELNET")
}

func rowsOf(w *parsers.Window) []row {
	var out []row
	votes := map[string]int{} // by mark: replies behind it less commands
	for i := range w.Lines {
		if w.Taken(i) {
			continue
		}
		t := clean(w.Lines[i].Text)
		r := row{i: i, text: t}
		if m := markOf(t); m != nil {
			r.mark, r.marked = m[1], m[2]
			votes[r.mark] += vote(r.marked)
		}
		out = append(out, r)
	}
	for k := range out {
		out[k].direct(votes)
	}
	return out
}

// vote tells by its content whether a line is of the server (3) or of the
// client (-1): words of commands also stand in lists of capabilities, replies
// stand nowhere else. Marks are relative to the program that logs, so the content has
// to tell which side a mark stands for.
func vote(t string) int {
	if t == "" {
		return 0
	}
	if popReply.MatchString(t) || smtpReply.MatchString(t) || strings.HasPrefix(t, "* ") || imapTag.MatchString(t) {
		return 3
	}
	verb, rest, _ := strings.Cut(t, " ")
	second, _, _ := strings.Cut(rest, " ")
	verb = strings.ToUpper(strings.Trim(verb, "\"'"))
	if smtpVerbs[verb] || popVerbs[verb] || imapVerbs[strings.ToUpper(second)] {
		return -1
	}
	return 0
}

// direct takes the mark off a row, where the votes say which side it is. The
// raw copy that a log gives of a line before the line itself is left out.
func (r *row) direct(votes map[string]int) {
	if r.mark == "" {
		return
	}
	if strings.HasPrefix(r.marked, "IO: |") {
		r.text = ""
		return
	}
	v := votes[r.mark]
	if v == 0 {
		v = -votes[opposite[r.mark]]
	}
	switch {
	case v > 0:
		r.side, r.text = server, r.marked
	case v < 0:
		r.side, r.text = client, r.marked
	}
}

// opposite pairs the marks of the two directions.
var opposite = map[string]string{
	">>>": "<<<", "<<<": ">>>", "-->": "<--", "<--": "-->", "->": "<-", "<-": "->", "~>": "<~", "<~": "~>",
	"[tx]": "[rx]", "[rx]": "[tx]", "POP3>": "POP3<", "POP3<": "POP3>", "SMTP>": "SMTP<", "SMTP<": "SMTP>",
	"IMAP>": "IMAP<", "IMAP<": "IMAP>", "S:": "C:", "C:": "S:", "S>": "C>", "C>": "S>",
	"Server:": "Client:", "Client:": "Server:", "Sent:": "Got:", "Got:": "Sent:", "SENT:": "RECEIVED:", "RECEIVED:": "SENT:",
	"Sending:": "Received:", "Received:": "Sending:",
}

func find(w *parsers.Window, out *parsers.Out) {
	if !promising(w) {
		return
	}
	rows := rowsOf(w)
	for k := 0; k < len(rows); {
		s := &capture{w: w, rows: rows, out: out}
		n := s.read(k)
		if n == 0 {
			k++
			continue
		}
		k += n
	}
}

// promising is a cheap look for anything that sessions have.
func promising(w *parsers.Window) bool {
	for i := range w.Lines {
		t := w.Lines[i].Text
		for _, mark := range [...]string{"+OK", "-ERR", "-Err", "220", "* OK", "Trying", "telnet", "onnect", "554", "421", "HELO", "EHLO", "helo", "ehlo", "MAIL F", "mail f", "Mail F"} {
			if strings.Contains(t, mark) {
				return true
			}
		}
	}
	return false
}

var ports = map[string]int{"pop3": 110, "smtp": 25, "imap": 143}

func portNumber(s string) int {
	if n, ok := ports[strings.ToLower(s)]; ok {
		return n
	}
	n, _ := strconv.Atoi(s)
	return n
}
