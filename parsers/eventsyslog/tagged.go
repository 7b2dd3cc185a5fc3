package eventsyslog

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// readTagged reads syslog lines that name source and id before the text:
//
//	<13>Jan  1 00:00:00 HOST Security-Auditing: 4624: AUDIT_SUCCESS text   (evtsys)
//	<13>Jan  1 00:00:00 HOST security[success] 528 DOMAIN\user text        (NTsyslog)
//	<13>Jan  1 00:00:00 HOST Microsoft-Windows-Kernel-General[4]: text     (nxlog, BSD)
//
// evtsys prints underscores for the blanks of a source and leaves
// "Microsoft-Windows-" out.
func readTagged(line string, e *parsers.Event) bool {
	h, rest := cutHeader(line)
	if !h.stamped && !h.priority || h.host == "" && h.app == "" {
		return false
	}
	if h.app != "" {
		return readShipped5424(h, rest, e) && tells(e)
	}
	// Some relays put their own address behind the host.
	ok := readEvtsys(rest, e) || readNTsyslog(rest, e) || readNxlogBSD(rest, e)
	if !ok {
		_, after, more := strings.Cut(rest, " ")
		if !more || !readEvtsys(after, e) {
			return false
		}
	}
	e.Set(parsers.FieldHost, h.host)
	if h.time.known() {
		e.SetTime(h.time.at, h.time.zone)
	}
	return tells(e)
}

// tells reports whether an event says anything beside where it came from.
func tells(e *parsers.Event) bool {
	return e.Has(parsers.FieldID) || e.Message != "" || len(e.Strings) > 0
}

// readEvtsys reads "Source: 4624: text".
func readEvtsys(s string, e *parsers.Event) bool {
	source, rest, ok := strings.Cut(s, ": ")
	if !ok || len(source) < 2 || len(source) > 80 || !plausibleSource(source) {
		return false
	}
	id, n := number(rest, 5)
	if n == 0 || id > 65535 || !strings.HasPrefix(rest[n:], ": ") || n > 1 && rest[0] == '0' {
		return false
	}
	text := rest[n+2:]
	word, after, _ := strings.Cut(text, " ")
	level := ossecLevel(word)
	if level == parsers.LevelAuditSuccess || level == parsers.LevelAuditFailure {
		text = after
		e.SetLevel(level)
	} else if !startsSentence(text) {
		return false
	}
	e.SetID(uint32(id))
	e.Set(parsers.FieldProvider, strings.ReplaceAll(source, "_", " "))
	setMessage(e, text)
	return true
}

// plausibleSource tells a source from a program's tag: it begins with a
// capital and has neither brackets nor a path.
func plausibleSource(s string) bool {
	return s[0] >= 'A' && s[0] <= 'Z' && !strings.ContainsAny(s, " []()/=%\"'") && s != "CRON"
}

// startsSentence tells text from numbers and addresses.
func startsSentence(s string) bool {
	return s != "" && (s[0] >= 'A' && s[0] <= 'Z' || s[0] >= 0x80)
}

// readNTsyslog reads "source[type] 528 user text".
func readNTsyslog(s string, e *parsers.Event) bool {
	open := strings.IndexByte(s[:min(len(s), 80)], '[')
	if open <= 0 {
		return false
	}
	word, rest, ok := strings.Cut(s[open+1:], "] ")
	level := ntsyslogLevel(word)
	if !ok || level == parsers.LevelUnknown {
		return false
	}
	id, n := number(rest, 5)
	if n == 0 || id > 65535 || n < len(rest) && rest[n] != ' ' {
		return false
	}
	e.SetID(uint32(id))
	e.SetLevel(level)
	e.Set(parsers.FieldProvider, s[:open])
	setMessage(e, rest[n:])
	return true
}

func ntsyslogLevel(word string) parsers.Level {
	switch word {
	case "success":
		return parsers.LevelAuditSuccess
	case "failure":
		return parsers.LevelAuditFailure
	case "info", "information", "warning", "error":
		return eventtext.LevelOf(word)
	}
	return parsers.LevelUnknown
}

// readNxlogBSD reads "Microsoft-Windows-Source[pid]: text", which has no id.
func readNxlogBSD(s string, e *parsers.Event) bool {
	const vendor = "Microsoft-Windows-"
	if !strings.HasPrefix(s, vendor) {
		return false
	}
	source, rest, ok := strings.Cut(s, "]: ")
	name, pid, bracket := strings.Cut(source, "[")
	if !ok || !bracket || len(name) > 100 || strings.IndexByte(name, ' ') >= 0 || !onlyNumber(pid) {
		return false
	}
	e.Set(parsers.FieldProvider, name)
	setMessage(e, rest)
	return true
}

// readShipped5424 reads an RFC 5424 line whose application is a Windows source
// and whose message id or text begins with the event's id.
func readShipped5424(h header, msg string, e *parsers.Event) bool {
	if !strings.HasPrefix(h.app, "Microsoft-Windows-") && !strings.HasPrefix(h.app, "MSExchange") {
		return false
	}
	id, n := number(msg, 5)
	if n > 0 && id <= 65535 && strings.HasPrefix(msg[n:], ": ") {
		e.SetID(uint32(id))
		msg = msg[n+2:]
	}
	e.Set(parsers.FieldProvider, h.app)
	fillHeader(h, e)
	setMessage(e, msg)
	return true
}

func fillHeader(h header, e *parsers.Event) {
	if h.host != "" {
		e.Set(parsers.FieldHost, h.host)
	}
	if h.time.known() && !e.Has(parsers.FieldTime) {
		e.SetTime(h.time.at, h.time.zone)
	}
}

// readStructured reads RFC 5424 lines whose structured data names an event:
// nxlog's [NXLOG@14506 EventID="4624" Channel="Security" ...] and its like.
func readStructured(line string, e *parsers.Event) bool {
	h, msg := cutHeader(line)
	if h.structured == "" {
		return false
	}
	var p pairs
	scanParams(h.structured, p.set)
	if !p.has("eventid") {
		return false
	}
	if msg != "" && !p.has("message") {
		p.set("Message", plainText(msg))
	}
	if !p.has("sourcename", "source", "eventsource") && h.app != "" {
		p.set("SourceName", h.app)
	}
	if !p.fill(e) {
		return false
	}
	if e.Host == "" {
		e.Set(parsers.FieldHost, h.host)
	}
	if !e.Has(parsers.FieldTime) && h.time.known() {
		e.SetTime(h.time.at, h.time.zone)
	}
	return true
}

// scanParams reads NAME="value" out of structured data.
func scanParams(s string, give func(name, value string)) {
	for n := 0; n < maxPairs; n++ {
		eq := strings.Index(s, `="`)
		if eq < 0 {
			return
		}
		name := s[wordStart(s, 0, eq):eq]
		s = s[eq+2:]
		i := 0
		for i < len(s) && s[i] != '"' {
			if s[i] == '\\' {
				i++
			}
			i++
		}
		i = min(i, len(s))
		value := s[:i]
		if strings.IndexByte(value, '\\') >= 0 {
			value = paramEscapes.Replace(value)
		}
		give(name, value)
		s = s[min(i+1, len(s)):]
	}
}

// paramEscapes are the escapes of RFC 5424, section 6.3.3.
var paramEscapes = strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\]`, `]`)

// qradarNames are the names of QRadar's agents.
var qradarNames = nameSet("AgentDevice AgentLogFile AgentLogFormat AgentLogProtocol PluginVersion Source Computer OriginatingComputer User Domain EventID EventIDCode " +
	"EventType EventCategory RecordNumber TimeGenerated TimeWritten Level Keywords Task Opcode Message")

// qradarAt reads a line of QRadar where EventIDCode was seen first.
func (f *find) qradarAt(i int) bool {
	line, _ := unquoteLine(f.text(i))
	e := f.begin(i, i+1)
	if !readQRadar(line, e) {
		return false
	}
	f.give(e, i, i+1)
	return true
}

// readQRadar reads "AgentDevice=WindowsLog AgentLogFile=... Message=...".
func readQRadar(line string, e *parsers.Event) bool {
	at := strings.Index(line, "AgentDevice=")
	if at < 0 {
		return false
	}
	p := pairs{numbers: true}
	scanPairs(line[at:], qradarNames, "Message", p.set)
	p.message = plainText(p.message)
	if !p.fill(e) {
		return false
	}
	if h, _ := cutHeader(line[:at]); e.Host == "" && h.host != "" {
		e.Set(parsers.FieldHost, h.host)
	}
	return true
}
