package eventsyslog

import (
	"slices"
	"strconv"
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// pairs collects the named values of one event, as Splunk, QRadar and nxlog
// print them, and turns them into the event's fields. Which name is given
// decides between values that say the same.
type pairs struct {
	log, source, host   string
	user, domain, sid   string
	category, message   string
	typ, keywords       string
	eventType, severity string
	id, wide, record    string
	time                moment
	known               []string // names in lower case that were given
	data                []parsers.Named
	strings             []string
	numbers             bool // EventType is of the old log: 1, 2, 4, 8, 16
}

// maxPairs bounds the named values that are kept of one event.
const maxPairs = 200

func (p *pairs) set(name, value string) {
	lower := strings.ToLower(name)
	if len(p.known) < maxPairs && !slices.Contains(p.known, lower) {
		if p.known == nil {
			p.known = make([]string, 0, 20)
		}
		p.known = append(p.known, lower)
	}
	value = strings.TrimSpace(value)
	switch lower {
	case "logname", "logfile", "agentlogfile", "channel", "eventlog":
		p.log = value
	case "sourcename", "source", "eventsource":
		p.source = value
	case "computername", "computer", "hostname":
		p.host = value
	case "eventcode", "eventid", "eventidcode":
		if p.id == "" {
			p.id = value
		}
	case "eventidentifier":
		p.wide = value
	case "user", "accountname", "username":
		if value != "NOT_TRANSLATED" && value != "NULL" {
			p.user = value
		}
	case "domain":
		p.domain = value
	case "sid", "userid":
		p.sid = value
		p.keep(name, value)
	case "taskcategory", "categorystring":
		p.category = value
	case "category", "eventcategory", "task":
		if _, err := strconv.Atoi(value); err != nil && p.category == "" {
			p.category = value
		}
	case "type":
		p.typ = value
	case "eventtype":
		p.eventType = value
	case "keywords":
		p.keywords = value
	case "severity", "level", "levelname":
		p.severity = value
	case "recordnumber":
		p.record = value
	case "timegenerated", "eventtime", "timecreated", "devtime":
		p.setTime(value)
	case "message":
		p.message = value
	case "insertionstrings":
		p.strings = wmiList(value)
	case "sidtype", "timewritten", "severityvalue", "agentdevice", "pluginversion", "wmi_type":
	default:
		p.keep(name, value)
	}
}

func (p *pairs) keep(name, value string) {
	if nullless(value) != "" && value != "0" && len(p.data) < maxPairs {
		p.data = append(p.data, parsers.Named{Name: name, Value: value})
	}
}

func (p *pairs) setTime(value string) {
	for _, scan := range []func(string) moment{scanEpoch, scanWMI, scanC} {
		if m := scan(value); m.known() {
			p.time = m
			return
		}
	}
}

func (p *pairs) has(names ...string) bool {
	for _, n := range names {
		if slices.Contains(p.known, n) {
			return true
		}
	}
	return false
}

// fill puts the values into the event. It reports false if they name no event.
func (p *pairs) fill(e *parsers.Event) bool {
	id, err := strconv.ParseUint(strings.TrimSpace(p.id), 10, 32)
	if err != nil {
		return false
	}
	e.SetID(uint32(id))
	if wide, err := strconv.ParseUint(p.wide, 10, 32); err == nil && uint16(wide) == uint16(id) {
		e.SetID(uint32(wide))
	}
	p.text(e, parsers.FieldLog, p.log, "logname", "logfile", "agentlogfile", "channel", "eventlog")
	p.text(e, parsers.FieldProvider, p.source, "sourcename", "source", "eventsource")
	p.text(e, parsers.FieldHost, p.host, "computername", "computer", "hostname")
	p.text(e, parsers.FieldCategory, p.category, "taskcategory", "categorystring", "category")
	if p.has("user", "accountname", "username", "sid", "userid") {
		e.Set(parsers.FieldUser, p.account())
	}
	if p.has("message") {
		e.Set(parsers.FieldMessage, p.message)
	}
	e.SetLevel(p.level())
	if n, err := strconv.ParseUint(p.record, 10, 64); err == nil && n > 0 {
		e.Pos.Record = n
		e.Known |= parsers.FieldRecord
	}
	if p.time.known() {
		e.SetTime(p.time.at, p.time.zone)
	}
	if len(p.data) > 0 {
		e.Data = p.data
		e.Known |= parsers.FieldData
	}
	if len(p.strings) > 0 {
		e.Strings = p.strings
		e.Known |= parsers.FieldStrings
	}
	eventtext.Unwrap(e)
	return true
}

// wmiList takes a list of strings apart as wmic prints it: {"one","two"}.
func wmiList(value string) []string {
	value, ok := strings.CutPrefix(value, `{"`)
	value, whole := strings.CutSuffix(value, `"}`)
	if !ok || !whole {
		return nil
	}
	return strings.SplitN(value, `","`, maxPairs)
}

func (p *pairs) text(e *parsers.Event, f parsers.Field, value string, names ...string) {
	if p.has(names...) {
		e.Set(f, nullless(value))
	}
}

// nullless gives a value, "" for what stands for nothing.
func nullless(value string) string {
	if strings.EqualFold(value, "null") {
		return ""
	}
	return eventtext.Present(value)
}

func (p *pairs) account() string {
	user, domain := nullless(p.user), nullless(p.domain)
	switch {
	case user == "":
		return nullless(p.sid)
	case domain == "" || strings.Contains(user, `\`):
		return user
	}
	return domain + `\` + user
}

// level weighs what says the level: the verdict of an audit first, then words,
// then numbers where they have one meaning.
func (p *pairs) level() parsers.Level {
	if l := auditLevel(p.keywords); l != parsers.LevelUnknown {
		return l
	}
	for _, word := range []string{p.typ, p.eventType, p.severity} {
		if l := eventtext.LevelOf(word); l != parsers.LevelUnknown {
			return l
		}
	}
	n, err := strconv.Atoi(p.eventType)
	if err != nil {
		return parsers.LevelUnknown
	}
	switch {
	case n == 8:
		return parsers.LevelAuditSuccess
	case n == 16:
		return parsers.LevelAuditFailure
	case n == 4:
		return parsers.LevelInformation
	case p.numbers && n == 1:
		return parsers.LevelError
	case p.numbers && n == 2, !p.numbers && n == 3:
		return parsers.LevelWarning
	case !p.numbers && n == 5:
		return parsers.LevelVerbose
	}
	return parsers.LevelUnknown
}

// Keywords of audits [MS-EVEN6; winmeta.xml].
const (
	auditFailureBit = 0x0010000000000000
	auditSuccessBit = 0x0020000000000000
)

// auditLevel reads the verdict of an audit from keywords: words, or a number in
// hex or as a signed decimal.
func auditLevel(keywords string) parsers.Level {
	if l := eventtext.AuditOf(keywords); l != parsers.LevelUnknown || keywords == "" {
		return l
	}
	var bits uint64
	if v, err := strconv.ParseInt(keywords, 0, 64); err == nil {
		bits = uint64(v)
	} else if v, err := strconv.ParseUint(keywords, 0, 64); err == nil {
		bits = v
	}
	switch {
	case bits&auditFailureBit != 0:
		return parsers.LevelAuditFailure
	case bits&auditSuccessBit != 0:
		return parsers.LevelAuditSuccess
	}
	return parsers.LevelUnknown
}

// scanPairs reads "NAME=value NAME=value" on one line, where values may have
// blanks: a value ends where the next of the given names follows. The value of
// the name last runs to the end of the line.
func scanPairs(line string, names map[string]bool, last string, give func(name, value string)) {
	name, from := "", 0
	for i := 0; i < len(line); {
		at := strings.IndexByte(line[i:], '=')
		if at < 0 {
			break
		}
		at += i
		start := wordStart(line, i, at)
		word := line[start:at]
		i = at + 1
		if !names[word] {
			continue
		}
		if name != "" {
			give(name, trimPair(line[from:start]))
		}
		name, from = word, at+1
		if word == last {
			break
		}
	}
	if name != "" {
		give(name, trimPair(line[from:]))
	}
}

// wordStart is where the word before line[end] begins, at low or behind it. A
// literal "\t" or "\n" before the word is no part of it.
func wordStart(line string, low, end int) int {
	start := end
	for start > low && (isLetter(line[start-1]) || line[start-1] == '_') {
		start--
	}
	if start > low && line[start-1] == '\\' && start < end && (line[start] == 't' || line[start] == 'n' || line[start] == 'r') {
		start++
	}
	return start
}

// trimPair takes separators off a value.
func trimPair(s string) string {
	for {
		t := strings.Trim(s, " \t,")
		t = strings.TrimSuffix(strings.TrimSuffix(t, `\t`), `\n`)
		t = strings.TrimSuffix(t, `\r`)
		if t == s {
			return s
		}
		s = t
	}
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
