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
	side side // as a prefix tells
}

var (
	ansi      = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\x1b[=>]`)
	prefixed  = regexp.MustCompile(`^\s*(?:(S|C)[:>]\s?|(Server|Client):\s)`)
	greeting  = regexp.MustCompile(`^(?:\+OK\b|-ERR\b|(?:220|421|554|200|201|502)[ -]|\* (?:OK|PREAUTH|BYE)\b)`)
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
	t := strings.TrimLeft(s, " \t")
	for strings.HasPrefix(t, "> ") {
		t = strings.TrimLeft(t[2:], " ")
	}
	return t
}

// prefixOf takes a mark of direction apart, where the beginning of the line can
// be one.
func prefixOf(t string) []string {
	if head := t[:min(len(t), 12)]; !strings.ContainsAny(head, ":>") || !strings.ContainsAny(head, "SC") {
		return nil
	}
	return prefixed.FindStringSubmatch(t)
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
	for i := range w.Lines {
		if w.Taken(i) {
			continue
		}
		t := clean(w.Lines[i].Text)
		r := row{i: i, text: t}
		if m := prefixOf(t); m != nil {
			r.side = server
			if m[1] == "C" || m[2] == "Client" {
				r.side = client
			}
			r.text = t[len(m[0]):]
		}
		out = append(out, r)
	}
	return out
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
		for _, mark := range [...]string{"+OK", "-ERR", "-Err", "220", "* OK", "Trying", "telnet", "onnect", "554", "421"} {
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
