package eventsyslog

import "strings"

// Relays print the control characters of a message as #015 (rsyslog), \r
// (JSON, Splunk) or ^M, because a syslog message is one line.

// unescape undoes \r, \n, \t, \" and \\. Any other backslash stays.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b = append(b, s[i])
			continue
		}
		i++
		switch s[i] {
		case 'r':
		case 'n':
			b = append(b, '\n')
		case 't':
			b = append(b, '\t')
		case '"', '\\', '/':
			b = append(b, s[i])
		default:
			b = append(b, '\\', s[i])
		}
	}
	return string(b)
}

// hasOctal tells whether s has line breaks as rsyslog escapes them.
func hasOctal(s string) bool {
	return strings.Contains(s, "#015#012") || strings.Contains(s, "#012#011") || strings.Contains(s, "#012#012")
}

// unoctal undoes rsyslog's escapes: # and three octal digits of a control
// character. What else follows a # stays.
func unoctal(s string) string {
	if !strings.Contains(s, "#0") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c, ok := octal(s[i:])
		if !ok {
			b = append(b, s[i])
			continue
		}
		i += 3
		if c != '\r' {
			b = append(b, c)
		}
	}
	return string(b)
}

// octal reads the escape of a tab, line feed or carriage return.
func octal(s string) (byte, bool) {
	if len(s) < 4 || s[0] != '#' || s[1] != '0' || s[2] != '1' {
		return 0, false
	}
	switch s[3] {
	case '1':
		return '\t', true
	case '2':
		return '\n', true
	case '5':
		return '\r', true
	}
	return 0, false
}

// plainText undoes the escapes of a message that came through a relay.
func plainText(s string) string {
	s = unoctal(s)
	if strings.Contains(s, `\r\n`) || strings.Contains(s, `\n\t`) || strings.Contains(s, `\n\n`) {
		s = unescapeBreaks(s)
	}
	return strings.TrimSpace(s)
}

// breaks undoes line breaks and tabs where a path with a backslash may stand
// too: a single \n or \t stays unless a break is beside it.
var breaks = strings.NewReplacer(`\r\n\t`, "\n\t", `\r\n`, "\n", `\n\n`, "\n\n", `\n\t`, "\n\t", `\t\t`, "\t\t", `:\t`, ":\t")

func unescapeBreaks(s string) string { return breaks.Replace(s) }
