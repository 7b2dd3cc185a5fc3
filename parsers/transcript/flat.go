package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// flattened reads a session whose line breaks were all lost, as happens where
// a page is copied: one line holds the words of telnet, replies and commands.
// It gives the line behind it.
func (f *finder) flattened(i int) (int, bool) {
	if f.flat {
		return i, false
	}
	l := &f.w.Lines[i]
	if len(l.Text) < 60 || f.w.Taken(i) {
		return i, false
	}
	parts := unflatten(l.Text)
	if parts == nil {
		return i, false
	}
	lines := make([]parsers.TextLine, len(parts))
	for k, p := range parts {
		lines[k] = parsers.TextLine{Text: p, No: l.No, Offset: l.Offset, Length: l.Length}
	}
	w := parsers.NewWindow(lines)
	w.Opts = f.w.Opts
	inner := finder{w: w, out: f.out, flat: true}
	inner.all()
	if w.Left() == len(lines) {
		return i, false
	}
	f.w.Take(i, i+1)
	return i + 1, true
}

// unflatten puts line breaks where they must have been; nil for a line that
// has not lost any.
func unflatten(s string) []string {
	pop, codes := replies(s)
	escape := strings.Contains(s, "Escape character is '") && !strings.HasSuffix(strings.TrimSpace(s), "'^]'.")
	if !escape && pop < 3 && codes < 3 {
		return nil
	}
	s = strings.Trim(strings.TrimSpace(s), "`")
	var parts []string
	start := 0
	isPOP := pop > 0
	for k := 1; k < len(s); k++ {
		if s[k-1] != ' ' || !breaksBefore(s[k:], isPOP) {
			continue
		}
		parts = append(parts, strings.TrimSpace(s[start:k]))
		start = k
	}
	return append(parts, strings.TrimSpace(s[start:]))
}

// replies counts the replies behind blanks inside a line: those of POP3, and
// the codes of SMTP that most sessions have.
func replies(s string) (pop, codes int) {
	for i := 0; i+3 < len(s); i++ {
		if s[i] != ' ' {
			continue
		}
		switch c := s[i+1]; {
		case c == '+' || c == '-':
			if strings.HasPrefix(s[i:], " +OK") || strings.HasPrefix(s[i:], " -ERR") {
				pop++
			}
		case c >= '2' && c <= '5' && i+4 < len(s):
			switch s[i+1 : i+4] {
			case "250":
				if s[i+4] == ' ' || s[i+4] == '-' {
					codes++
				}
			case "220", "354", "221", "550", "235", "334":
				if s[i+4] == ' ' {
					codes++
				}
			}
		}
	}
	return pop, codes
}

// flatMarks begin a line wherever they stand.
var flatMarks = []string{"Trying ", "Connected to ", "Escape character is ", "Connection closed by foreign host", "telnet> ", "+OK", "-ERR"}

// flatVerbs begin a command wherever they stand in capitals.
var flatVerbs = []string{"EHLO ", "HELO ", "MAIL FROM", "RCPT TO", "AUTH LOGIN", "AUTH PLAIN", "STARTTLS", "mail from:", "rcpt to:", "ehlo ", "helo "}

// popVerbs are those of POP3.
var popVerbs = []string{"USER ", "PASS ", "STAT ", "LIST ", "RETR ", "DELE ", "UIDL ", "TOP ", "QUIT", "AUTH ", "CAPA", "NOOP", "RSET",
	"user ", "pass ", "stat ", "list ", "retr ", "dele ", "quit"}

func breaksBefore(s string, pop bool) bool {
	for _, m := range flatMarks {
		if strings.HasPrefix(s, m) {
			return true
		}
	}
	if pop {
		for _, v := range popVerbs {
			if strings.HasPrefix(s, v) {
				return true
			}
		}
		return strings.HasPrefix(s, ". ")
	}
	for _, v := range flatVerbs {
		if strings.HasPrefix(s, v) {
			return true
		}
	}
	if strings.HasPrefix(s, "QUIT") || strings.HasPrefix(s, "DATA ") || strings.HasPrefix(s, ". ") {
		return true
	}
	if len(s) > 4 && (s[3] == ' ' || s[3] == '-') {
		switch s[:3] {
		case "220", "221", "235", "250", "251", "334", "354", "421", "450", "451", "452", "454", "500", "501", "502", "503", "504", "530", "535", "550", "551", "552", "553", "554":
			return true
		}
	}
	return false
}
