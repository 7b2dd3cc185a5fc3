package eventsyslog

import (
	"strconv"
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// EventReporter and MonitorWare of Adiscon print
// `EvntSLog: [ERR] Thu Feb 15 14:00:58 2001: HOST/Source (4102) - "text"`,
// with user and log before the host in later versions.

const adisconMark = "EvntSLog"

func readAdiscon(line string, e *parsers.Event) bool {
	_, rest, ok := strings.Cut(line, adisconMark)
	if !ok {
		return false
	}
	_, rest, ok = strings.Cut(rest, "[")
	if !ok {
		return false
	}
	word, rest, ok := strings.Cut(rest, "] ")
	level := adisconLevel(word)
	if !ok || level == parsers.LevelUnknown {
		return false
	}
	e.SetLevel(level)
	stamp, rest, ok := strings.Cut(rest, ": ")
	m := scanC(stamp)
	if !m.known() {
		m = scanEpoch(stamp) // MonitorWare's %timereported:::uxTimeStamp%
	}
	if !ok || !m.known() && len(stamp) > 40 {
		return false
	}
	if m.known() {
		e.SetTime(m.at, m.zone)
	}
	open := strings.Index(rest, " (")
	if open < 0 {
		return false
	}
	idText, text, ok := strings.Cut(rest[open+2:], ")")
	id, err := strconv.ParseUint(idText, 10, 32)
	if !ok || err != nil {
		return false
	}
	e.SetID(uint32(id))
	names := strings.Split(rest[:open], "/")
	source := len(names) - 1
	setText(e, parsers.FieldProvider, names[source])
	if source > 0 {
		setText(e, parsers.FieldHost, names[source-1])
	}
	for _, n := range names[:max(0, source-1)] {
		if isLogName(n) {
			setText(e, parsers.FieldLog, n)
		} else if n == `N\A` {
			e.Set(parsers.FieldUser, "")
		} else {
			setText(e, parsers.FieldUser, n)
		}
	}
	text = strings.TrimSpace(strings.TrimPrefix(text, " - "))
	if len(text) > 1 && text[0] == '"' && text[len(text)-1] == '"' {
		text = text[1 : len(text)-1]
	}
	setMessage(e, text)
	return true
}

// adisconLevel reads the three letters in brackets, or a word.
func adisconLevel(s string) parsers.Level {
	switch strings.ToUpper(s) {
	case "ERR":
		return parsers.LevelError
	case "WRN", "WAR":
		return parsers.LevelWarning
	case "INF", "SUC":
		return parsers.LevelInformation
	case "AUS":
		return parsers.LevelAuditSuccess
	case "AUF":
		return parsers.LevelAuditFailure
	}
	return eventtext.LevelOf(s)
}

// isLogName tells the names of the classic logs.
func isLogName(s string) bool {
	switch strings.ToLower(s) {
	case "application", "system", "security", "setup", "directory service", "dns server", "file replication service":
		return true
	}
	return false
}
