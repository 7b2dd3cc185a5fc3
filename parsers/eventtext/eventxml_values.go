package eventtext

import (
	"html"
	"strings"
	"time"
)

// attr gives the value of an attribute, "" if there is none.
func attr(attrs, name string) string {
	for {
		i := strings.Index(attrs, name)
		if i < 0 {
			return ""
		}
		before := i == 0 || attrs[i-1] <= ' '
		attrs = attrs[i+len(name):]
		rest := strings.TrimLeft(attrs, " \t\r\n")
		if !before || !strings.HasPrefix(rest, "=") {
			continue
		}
		rest = strings.TrimLeft(rest[1:], " \t\r\n")
		if rest == "" || rest[0] != '"' && rest[0] != '\'' {
			return ""
		}
		end := strings.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return ""
		}
		return rest[1 : 1+end]
	}
}

// cleanXML gives the text of an element without line ends around it, with LF
// as the line end inside.
func cleanXML(raw string) string {
	s := unescapeXML(raw)
	if strings.IndexByte(s, '\r') >= 0 {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\r\n", "\n"), "\r\n", "\n")
	}
	for len(s) > 0 && (s[len(s)-1] == '\n' || s[len(s)-1] == '\r') {
		s = s[:len(s)-1]
	}
	for len(s) > 0 && (s[0] == '\n' || s[0] == '\r') {
		s = s[1:]
	}
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return s
}

// unescapeXML resolves character references. References to NUL, which XML
// does not allow but tools write, are left out.
func unescapeXML(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	for _, nul := range []string{"&#x0;", "&#0;", "&#x00;"} {
		s = strings.ReplaceAll(s, nul, "")
	}
	return html.UnescapeString(s)
}

// hexNumber reads 0x..., or a decimal number, 0 if it is none. A negative
// number is a signed 64-bit one.
func hexNumber(s string) uint64 {
	base := uint64(10)
	negative := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	if len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' {
		base, s = 16, s[2:]
	}
	var v uint64
	for i := 0; i < len(s) && i < 20; i++ {
		d := uint64(hexDigit(s[i]))
		if d >= base {
			return 0
		}
		v = v*base + d
	}
	if negative {
		return -v
	}
	return v
}

func recordNumber(s string) (uint64, bool) {
	if s == "" || len(s) > 19 {
		return 0, false
	}
	var v uint64
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return 0, false
		}
		v = v*10 + uint64(s[i]-'0')
	}
	return v, true
}

// xmlTime reads a SystemTime: 2011-04-16T15:07:23.156250000Z, with a blank for
// the T and without the Z in some tools' output, or with an offset. It is
// always UTC. The year 1601 is FILETIME 0: no time.
func xmlTime(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if len(s) < 19 || s[4] != '-' || s[7] != '-' || s[10] != 'T' && s[10] != ' ' || s[13] != ':' || s[16] != ':' {
		return time.Time{}, false
	}
	var v [6]int
	for i, at := range [6][2]int{{0, 4}, {5, 7}, {8, 10}, {11, 13}, {14, 16}, {17, 19}} {
		for _, c := range []byte(s[at[0]:at[1]]) {
			if !isDigit(c) {
				return time.Time{}, false
			}
			v[i] = v[i]*10 + int(c-'0')
		}
	}
	if v[0] <= 1601 || v[1] < 1 || v[1] > 12 || v[2] < 1 || v[2] > 31 || v[3] > 23 || v[4] > 59 || v[5] > 60 {
		return time.Time{}, false
	}
	nano, rest := xmlFraction(s[19:])
	t := time.Date(v[0], time.Month(v[1]), v[2], v[3], v[4], v[5], nano, time.UTC)
	return t.Add(-xmlOffset(rest)), true
}

// xmlFraction reads ".2640182", up to nine digits.
func xmlFraction(s string) (nano int, rest string) {
	if len(s) < 2 || s[0] != '.' || !isDigit(s[1]) {
		return 0, s
	}
	i, scale := 1, 100_000_000
	for ; i < len(s) && isDigit(s[i]); i++ {
		nano += int(s[i]-'0') * scale
		scale /= 10
	}
	return nano, s[i:]
}

// xmlOffset reads "+02:00"; 0 for "Z" and nothing.
func xmlOffset(s string) time.Duration {
	if len(s) < 6 || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return 0
	}
	for _, i := range [4]int{1, 2, 4, 5} {
		if !isDigit(s[i]) {
			return 0
		}
	}
	d := time.Duration(s[1]-'0')*10*time.Hour + time.Duration(s[2]-'0')*time.Hour +
		time.Duration(s[4]-'0')*10*time.Minute + time.Duration(s[5]-'0')*time.Minute
	if s[0] == '-' {
		return -d
	}
	return d
}
