package eventsyslog

import (
	"strings"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// Splunk's input of Windows event logs prints an event as a line with its time
// and then one line a field, the message last and over as many lines as it has.
// Older generations print SourceName before EventCode and Type=Success Audit,
// newer ones EventCode first; WMI prints the date of WMI, Logfile and
// EventIdentifier. The dates are of the United States whatever the machine's
// language (docs.splunk.com, "Monitor Windows event log data").

// splunkNames are the names that Splunk prints, for events on one line.
var splunkNames = nameSet("LogName SourceName EventCode EventType Type ComputerName User Sid SidType TaskCategory " +
	"OpCode RecordNumber Keywords Message Logfile Category CategoryString EventIdentifier TimeGenerated TimeWritten wmi_type")

func nameSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, n := range strings.Fields(list) {
		set[n] = true
	}
	return set
}

// maxSplunkKeys bounds the lines of names before the one with the id.
const maxSplunkKeys = 24

// splunkAt reads the event whose line EventCode= is line i, and gives the lines
// it fills; to is 0 if there is none.
func (f *find) splunkAt(i int) (from, to int) {
	t, _ := unquoteLine(f.text(i))
	if !strings.HasPrefix(t, "EventCode=") || strings.Contains(t, "Message=") || strings.Contains(t, `\n`) {
		return f.splunkLine(i)
	}
	if !isID(t[len("EventCode="):]) {
		return 0, 0
	}
	from = i
	for from > f.done && i-from < maxSplunkKeys && isKeyLine(f.text(from-1)) && !f.w.Taken(from-1) {
		from--
	}
	first := from
	var at moment
	quoted := false
	if from > f.done && !f.w.Taken(from-1) {
		if m, q, ok := f.splunkTime(f.text(from - 1)); ok {
			at, quoted = m, q
			from--
		}
	}
	if from == i && !isKeyLine(f.text(min(i+1, len(f.w.Lines)-1))) {
		return 0, 0 // one line of another thing
	}
	f.lookBefore(from)
	var p pairs
	p.time = at
	to, whole := f.splunkBody(first, quoted, &p)
	if !whole && f.keep(from) {
		return from, len(f.w.Lines)
	}
	e := f.begin(from, to)
	e.Truncated = !whole
	if at.known() {
		p.time = at // not that of WMI's TimeGenerated, which may be in UTC
	}
	if !p.fill(e) {
		return 0, 0
	}
	f.give(e, from, to)
	return from, to
}

// isID tells the number of an event.
func isID(s string) bool {
	s = strings.TrimSpace(s)
	return s != "" && len(s) <= 10 && onlyNumber(s)
}

// lookBefore notes, once, whether the window begins with text of another kind:
// then the event is a quote, and text may follow it too.
func (f *find) lookBefore(i int) {
	if f.looked {
		return
	}
	f.looked = true
	for _, l := range f.w.Lines[:i] {
		t := strings.TrimSpace(l.Text)
		if t != "" && t[0] != '<' && t[0] != '{' {
			f.prose = true
			return
		}
	}
}

// isKeyLine tells "Name=value".
func isKeyLine(s string) bool {
	t, _ := unquoteLine(s)
	name, _, ok := strings.Cut(t, "=")
	if !ok || len(name) < 3 || len(name) > 24 {
		return false
	}
	for i := 0; i < len(name); i++ {
		if !isLetter(name[i]) && name[i] != '_' {
			return false
		}
	}
	return true
}

// splunkTime reads a line that holds a time and nothing else. quoted reports
// that the line opens a field of CSV.
func (f *find) splunkTime(s string) (m moment, quoted, ok bool) {
	if len(s) > 120 {
		return moment{}, false, false
	}
	t, _ := unquoteLine(strings.TrimRight(s, " \t"))
	if i := strings.LastIndexByte(t, '"'); i >= 0 {
		t, quoted = t[i+1:], true
	}
	if len(t) >= 14 && strings.Trim(t[:14], "0123456789") == "" {
		m = scanWMI(t)
		return m, quoted, m.known()
	}
	at, n := f.dates.Time(t)
	if n == 0 || n < len(t) && strings.ContainsAny(t[n:], ":=<") || len(t)-n > 8 {
		return moment{}, false, false
	}
	return momentOf(at), quoted, true
}

func momentOf(t time.Time) moment {
	if t.IsZero() {
		return moment{}
	}
	return moment{t, parsers.ZoneLocal}
}

// splunkBody reads the lines of an event from its first name on. whole reports
// that its end was seen.
func (f *find) splunkBody(first int, quoted bool, p *pairs) (to int, whole bool) {
	lines := f.w.Lines
	i := first
	for ; i < len(lines) && !f.w.Taken(i); i++ {
		t, indent := unquoteLine(lines[i].Text)
		if !isKeyLine(t) {
			return i, true
		}
		name, value, _ := strings.Cut(t, "=")
		if name == "Message" {
			if p.has("message") {
				return i, true
			}
			return f.splunkMessage(i, indent, value, quoted, p)
		}
		if i > first && (name == "LogName" || name == "EventCode") && p.has(strings.ToLower(name)) {
			return i, true // the next event, without a time
		}
		p.set(name, value)
	}
	return i, i < len(lines) || !f.w.More()
}

// splunkMessage reads the message from line i on.
func (f *find) splunkMessage(i, indent int, value string, quoted bool, p *pairs) (to int, whole bool) {
	lines := f.w.Lines
	f.buf = append(f.buf[:0], value...)
	to = i + 1
	whole = true
	line := 0 // where the last line begins in buf
	for i++; ; i++ {
		if end := fieldEnd(f.buf, line); quoted && end >= 0 {
			p.set("Message", strings.ReplaceAll(string(f.buf[:end]), `""`, `"`))
			return i, true
		}
		if i >= len(lines) {
			whole = !f.w.More()
			break
		}
		if f.w.Taken(i) || f.endsMessage(i) {
			break
		}
		if f.goesOnAsWMIC(i) {
			p.set("Message", strings.TrimRight(string(f.buf), " \t\r\n"))
			return f.splunkBody(i, quoted, p)
		}
		t := stripIndent(lines[i].Text, indent)
		f.buf = append(f.buf, '\n')
		line = len(f.buf)
		f.buf = append(f.buf, t...)
		if strings.TrimSpace(t) != "" {
			to = i + 1
		}
	}
	p.set("Message", strings.TrimRight(string(f.buf), " \t\r\n"))
	return to, whole
}

// goesOnAsWMIC tells whether values follow the message from line i on, as wmic
// prints them: "wmic ntevent list /format:list" has them in the order of the
// alphabet.
func (f *find) goesOnAsWMIC(i int) bool {
	if i+2 >= len(f.w.Lines) {
		return false
	}
	t, _ := unquoteLine(f.text(i))
	number, ok := strings.CutPrefix(t, "RecordNumber=")
	next, _ := unquoteLine(f.text(i + 1))
	return ok && isID(number) && strings.HasPrefix(next, "SourceName=")
}

// fieldEnd finds the quote that closes a field of CSV in b[from:], -1 if there
// is none: one that is not doubled, before a comma or the end of the line.
func fieldEnd(b []byte, from int) int {
	for i := from; i < len(b); i++ {
		switch {
		case b[i] != '"':
		case i+1 == len(b) || b[i+1] == ',':
			return i
		case b[i+1] == '"':
			i++
		}
	}
	return -1
}

// stripIndent takes off what stands before every line of the event: the indent
// of a list or the mark of a reply.
func stripIndent(s string, n int) string {
	i := 0
	for i < n && i < len(s) && (s[i] == '>' || s[i] == '|' || s[i] == ' ' || s[i] == '\t') {
		i++
	}
	return s[i:]
}

// endsMessage tells whether line i is no longer of the message before it.
func (f *find) endsMessage(i int) bool {
	s := f.text(i)
	t, _ := unquoteLine(s)
	if t == "" {
		return f.prose && (s == "" && i > 0 && strings.TrimSpace(f.text(i-1)) == "")
	}
	switch {
	case eventtext.IsFence(t):
		return f.prose
	case t[0] == '<':
		return strings.HasPrefix(t, "<Event ") || strings.HasPrefix(t, "<Event>") || strings.HasPrefix(t, "<?xml") || priority(t) > 0
	case t[0] == '{':
		return strings.HasPrefix(t, `{"`) && strings.HasSuffix(strings.TrimRight(t, " \t"), "}")
	case t[0] == '-':
		return f.prose && (s == "-- " || s == "--")
	case isDigit(t[0]) || t[0] == '"':
		return f.startsSplunk(i)
	case strings.HasPrefix(t, "LogName="):
		return true
	}
	return false
}

// startsSplunk tells whether line i is the time of an event.
func (f *find) startsSplunk(i int) bool {
	if i+1 >= len(f.w.Lines) {
		return false
	}
	next, _ := unquoteLine(f.text(i + 1))
	name, _, ok := strings.Cut(next, "=")
	if !ok || !splunkNames[name] {
		return false
	}
	_, _, ok = f.splunkTime(f.text(i))
	return ok
}

// splunkLine reads events that fill one line: field behind field, or with the
// line breaks escaped as in JSON.
func (f *find) splunkLine(i int) (from, to int) {
	line := f.text(i)
	given := false
	for range maxOnLine {
		at := firstName(line)
		if at < 0 {
			break
		}
		m, start := f.timeBefore(line, at)
		body := line[at:]
		inString := start > 0 && line[start-1] == '"'
		line = ""
		p := pairs{time: m}
		if strings.Contains(body, `\nEventCode=`) || strings.Contains(body, `\nMessage=`) || strings.Contains(body, `\nSourceName=`) {
			if inString {
				body, line = jsonEnd(body)
			}
			splitFields(unescape(body), &p)
		} else {
			scanPairs(body, splunkNames, "Message", p.set)
			p.message = plainText(p.message)
		}
		if m.known() {
			p.time = m
		}
		e := f.begin(i, i+1)
		if !p.has("logname", "logfile", "sourcename") || !p.fill(e) {
			continue
		}
		f.give(e, i, i+1)
		given = true
	}
	if !given {
		return 0, 0
	}
	return i, i + 1
}

// maxOnLine bounds the events on one line.
const maxOnLine = 20_000

// splitFields reads one field a line, the message last.
func splitFields(body string, p *pairs) {
	for body != "" {
		l, rest, _ := strings.Cut(body, "\n")
		name, value, ok := strings.Cut(strings.TrimRight(l, "\r"), "=")
		switch {
		case !ok:
		case name == "Message":
			p.set(name, strings.TrimRight(value+"\n"+strings.ReplaceAll(rest, "\r", ""), " \t\n"))
			return
		case splunkNames[name] || isKeyLine(l):
			p.set(name, value)
		}
		body = rest
	}
}

// firstName finds the first of the names of the first event in line, -1 if
// there is none.
func firstName(line string) int {
	best := strings.Index(line, "EventCode=")
	if best < 0 {
		return -1
	}
	low := max(0, best-maxBeforeID)
	for _, n := range []string{"LogName=", "SourceName=", "Logfile="} {
		if i := strings.Index(line[low:best], n); i >= 0 {
			best = low + i
		}
	}
	return best
}

// maxBeforeID is how far before EventCode= an event on one line may begin, in
// bytes.
const maxBeforeID = 600

// timeBefore finds the time that stands right before line[at:] and where it
// begins; at if there is none.
func (f *find) timeBefore(line string, at int) (moment, int) {
	for i := max(0, at-40); i+10 < at; i++ {
		if !isDigit(line[i]) || i > 0 && (isDigit(line[i-1]) || line[i-1] == '/') {
			continue
		}
		t, n := f.dates.Time(line[i:at])
		if n > 0 && strings.Trim(line[i+n:at], `\rn ",`) == "" {
			return momentOf(t), i
		}
	}
	return moment{}, at
}

// jsonEnd splits a text at the quote that ends the JSON string it is in.
func jsonEnd(s string) (body, rest string) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// datesOf makes the reader of Splunk's dates.
func datesOf(opts parsers.Options) *eventtext.Dates {
	if opts.DayFirst == parsers.Unknown {
		opts.DayFirst = parsers.No
	}
	return eventtext.NewDates(opts)
}
