package eventsyslog

import "strings"

// header is what a syslog line carries before the message [RFC 3164, RFC 5424].
// Its time is that of the shipper or relay, not the event's own.
type header struct {
	host       string
	time       moment // unknown where no year is printed
	app        string // RFC 5424 only
	structured string // RFC 5424: the elements with their brackets, "" if there are none
	priority   bool   // "<13>" stands at the beginning
	stamped    bool   // a time stands before the message, be it without a year
}

// cutHeader takes a syslog header off a line. A line without one comes back
// whole.
func cutHeader(line string) (h header, rest string) {
	rest = line
	if n := priority(rest); n > 0 {
		h.priority = true
		rest = rest[n:]
		if len(rest) > 2 && rest[0] == '1' && rest[1] == ' ' {
			if msg, ok := h.cut5424(rest[2:]); ok {
				return h, msg
			}
		}
		rest = strings.TrimLeft(rest, " ")
	}
	n := 0
	if c, w := scanMonthFirst(rest); w > 0 {
		h.time, n = c.local(), w
	} else if c, w := scanYearFirst(rest); w > 0 {
		h.time, n = c.local(), w
	} else if m, w := scanISO(rest); w > 0 {
		h.time, n = m, w
	}
	if n == 0 || n < len(rest) && rest[n] != ' ' && rest[n] != '\t' {
		return h, rest
	}
	h.stamped = true
	rest = strings.TrimLeft(rest[n:], " \t")
	if facility, after, ok := strings.Cut(rest, "\t"); ok && isFacility(facility) { // Kiwi: time, facility.level, host, message
		rest = after
	}
	end := strings.IndexAny(rest, " \t")
	if end <= 0 || strings.HasSuffix(rest[:end], ":") || strings.ContainsAny(rest[:end], "[]()=|") {
		return h, rest
	}
	h.host = rest[:end]
	return h, strings.TrimLeft(rest[end:], " ")
}

// isFacility tells Kiwi's "Local7.Debug".
func isFacility(s string) bool {
	a, b, ok := strings.Cut(s, ".")
	return ok && len(s) < 24 && a != "" && b != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.") == ""
}

// priority is the length of "<13>" at the beginning of s.
func priority(s string) int {
	if len(s) < 3 || s[0] != '<' {
		return 0
	}
	v, n := number(s[1:], 3)
	if n == 0 || v > 191 || 1+n >= len(s) || s[1+n] != '>' {
		return 0
	}
	return n + 2
}

// cut5424 reads what follows the version: time, host, application, process,
// message id, structured data, message.
func (h *header) cut5424(s string) (msg string, ok bool) {
	var f [5]string
	for i := range f {
		f[i], s, ok = strings.Cut(s, " ")
		if !ok && i < 4 {
			return "", false
		}
	}
	m, n := scanISO(f[0])
	if n == 0 && f[0] != "-" {
		return "", false
	}
	h.time, h.stamped = m, true
	h.host, h.app = dash(f[1]), dash(f[2])
	if strings.HasPrefix(s, "-") {
		return strings.TrimLeft(s[1:], " "), true
	}
	end := elementsEnd(s)
	h.structured = s[:end]
	return strings.TrimPrefix(strings.TrimLeft(s[end:], " "), "\ufeff"), true
}

// dash is RFC 5424's NILVALUE.
func dash(s string) string {
	if s == "-" {
		return ""
	}
	return s
}

// elementsEnd is the length of the structured data that s begins with.
func elementsEnd(s string) int {
	n := 0
	for n < len(s) && s[n] == '[' {
		size := elementEnd(s[n:])
		if size == 0 {
			return n
		}
		n += size
	}
	return n
}

// elementEnd is the length of one element, with its brackets, 0 if it is not
// closed. Brackets inside a quoted value do not close it.
func elementEnd(s string) int {
	quoted := false
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ']' && !quoted:
			return i + 1
		}
	}
	return 0
}

// unquoteLine takes the marks of a reply ("> ", "| ") and the indent off a
// line, and gives how many bytes they take.
func unquoteLine(s string) (string, int) {
	n := 0
	for n < len(s) && (s[n] == '>' || s[n] == '|' || s[n] == ' ' || s[n] == '\t') {
		n++
	}
	return s[n:], n
}
