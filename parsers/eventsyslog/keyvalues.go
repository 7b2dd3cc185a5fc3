package eventsyslog

import (
	"strings"

	"kbdiag/parsers"
)

// readKeyValues reads a line of nothing but NAME=value, as NXLog's xm_kvp and
// its like print an event: values with blanks stand in quotes, and between the
// pairs stand blanks, commas, semicolons or tabs.
func readKeyValues(line string, e *parsers.Event) bool {
	start := firstPair(line)
	if start < 0 {
		return false
	}
	var p pairs
	n := 0
	rest := line[start:]
	for ; n < maxPairs && rest != ""; n++ {
		name, value, after, ok := cutPair(rest)
		if !ok {
			return false
		}
		p.set(name, value)
		rest = strings.TrimLeft(after, " ,;\t|")
	}
	if n < minPairs || !p.has("sourcename", "source", "eventsource", "providername", "channel", "logname") {
		return false
	}
	p.message = plainText(p.message)
	if !p.fill(e) {
		return false
	}
	h, _ := cutHeader(line[:start])
	if e.Host == "" && h.host != "" {
		e.Set(parsers.FieldHost, h.host)
	}
	if !e.Has(parsers.FieldTime) && h.time.known() {
		e.SetTime(h.time.at, h.time.zone)
	}
	return true
}

// minPairs is how many pairs a line has at least that is taken for an event.
const minPairs = 4

// firstPair finds where the pairs begin: at the first name with an equals sign
// behind it. -1 if there is none near the beginning.
func firstPair(line string) int {
	eq := strings.IndexByte(line[:min(len(line), 300)], '=')
	if eq <= 0 {
		return -1
	}
	start := eq
	for start > 0 && isKeyByte(line[start-1]) {
		start--
	}
	if start == eq || !isLetter(line[start]) {
		return -1
	}
	return start
}

// cutPair reads NAME=value or NAME="value" from the beginning of s. A quote
// inside a value has a backslash before it, or stands twice.
func cutPair(s string) (name, value, rest string, ok bool) {
	eq := 0
	for eq < len(s) && isKeyByte(s[eq]) {
		eq++
	}
	if eq == 0 || eq >= len(s) || s[eq] != '=' || !isLetter(s[0]) {
		return "", "", "", false
	}
	name, s = s[:eq], s[eq+1:]
	if s == "" || s[0] != '"' {
		end := strings.IndexAny(s, " ,;\t")
		if end < 0 {
			end = len(s)
		}
		return name, s[:end], s[end:], true
	}
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\' && !strings.HasPrefix(s[i+2:], `"`)):
			i++
		case s[i] == '"' && strings.HasPrefix(s[i+1:], `"`) && i+2 < len(s) && strings.IndexByte(" ,;\t", s[i+2]) < 0:
			i++
		case s[i] == '"':
			return name, quotedPair.Replace(s[1:i]), s[i+1:], true
		}
	}
	return name, quotedPair.Replace(s[1:]), "", true // cut
}

var quotedPair = strings.NewReplacer(`\"`, `"`, `""`, `"`, `\\`, `\`)
