package transcript

import "strings"

// connectionKey tells the connection that a line of a client's log belongs to
// where the client has several at once: nodemailer writes an id behind the
// level ("DEBUG [5oup1fFbqaE] S: 220 ..."), fetchmail names the protocol
// ("fetchmail: SMTP< 220 ..."). Without either it gives "".
func connectionKey(s string) string {
	if rest, ok := strings.CutPrefix(s, "fetchmail: "); ok {
		if len(rest) > 5 && (rest[4] == '>' || rest[4] == '<') {
			return rest[:4]
		}
		return ""
	}
	level, rest, ok := strings.Cut(s, " ")
	switch level {
	case "DEBUG", "INFO", "ERROR", "WARN", "TRACE":
	default:
		return ""
	}
	rest = strings.TrimLeft(rest, " ")
	if !ok || rest == "" || rest[0] != '[' {
		return ""
	}
	id, _, ok := strings.Cut(rest[1:], "] ")
	if !ok || !randomID(id) {
		return ""
	}
	return id
}

// randomID reports whether a word is of random letters of both cases, as the
// names of threads and modules are not.
func randomID(s string) bool {
	if len(s) < 8 || len(s) > 12 {
		return false
	}
	lower, capital := 0, 0
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z':
			lower++
		case c >= 'A' && c <= 'Z':
			capital++
		case !isDigit(c):
			return false
		}
	}
	return lower > 0 && capital > 1
}
