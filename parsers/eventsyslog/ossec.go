package eventsyslog

import (
	"strconv"
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// OSSEC's agent prints an event as "WinEvtLog: log: TYPE(id): source: user:
// domain: computer: text"; the archive of the manager puts its own time and the
// agent before it, an alert some lines of its own.

const ossecMark = "WinEvtLog"

// maxAlertHead bounds the lines of an alert before the event.
const maxAlertHead = 10

// ossecAt reads the event on line i and the alert around it.
func (f *find) ossecAt(i int) (from, to int) {
	line, _ := unquoteLine(f.text(i))
	e := f.begin(i, i+1)
	if !readOSSEC(line, e) {
		return 0, 0
	}
	from, to = i, i+1
	if head := f.alertHead(i); head >= 0 {
		from = head
		if !e.Has(parsers.FieldTime) && head+1 < i {
			if c, n := scanYearFirst(f.text(head + 1)); n > 0 {
				if m := c.local(); m.known() {
					e.SetTime(m.at, m.zone)
				}
			}
		}
		to = f.alertTail(i+1, e)
	}
	e.Pos = f.w.Span(from, to)
	f.give(e, from, to)
	return from, to
}

// alertHead finds the line "** Alert" above an event, -1 if there is none.
func (f *find) alertHead(i int) int {
	for j := i - 1; j >= f.done && i-j < maxAlertHead; j-- {
		t := f.text(j)
		switch {
		case strings.HasPrefix(t, "** Alert "):
			return j
		case strings.TrimSpace(t) == "":
			return -1
		}
	}
	return -1
}

// alertTail adds the lines behind the first one to the message: an alert ends
// with an empty line.
func (f *find) alertTail(i int, e *parsers.Event) int {
	f.buf = append(f.buf[:0], e.Message...)
	first := i
	for ; i < len(f.w.Lines) && !f.w.Taken(i) && i < first+maxAlertLines; i++ {
		t := f.text(i)
		if strings.TrimSpace(t) == "" || strings.HasPrefix(t, "** Alert ") || kindOf(t) == ossec {
			break
		}
		f.buf = append(append(f.buf, '\n'), t...)
	}
	if i > first && e.Has(parsers.FieldMessage) {
		e.Message = string(f.buf)
	}
	return i
}

// maxAlertLines bounds the lines of one alert.
const maxAlertLines = 500

func readOSSEC(line string, e *parsers.Event) bool {
	for i := 0; ; {
		at := strings.Index(line[i:], ossecMark)
		if at < 0 {
			return false
		}
		at += i
		i = at + len(ossecMark)
		if readOSSECAt(quotedBy(line, at, i), e) {
			setOSSECTime(line, at, e)
			return true
		}
	}
}

// quotedBy gives what stands behind the mark at line[at:], up to the quote where
// the mark stands in quotes, as ossec-logtest prints what it was given.
func quotedBy(line string, at, from int) string {
	rest := line[from:]
	for _, q := range [...][2]string{{"'", "'"}, {"‘", "’"}, {"‘", "′"}} {
		if strings.HasSuffix(line[:at], q[0]) {
			if t, ok := strings.CutSuffix(strings.TrimRight(rest, " \t"), q[1]); ok {
				return t
			}
		}
	}
	return rest
}

// readOSSECAt reads what stands behind the mark.
func readOSSECAt(rest string, e *parsers.Event) bool {
	rest = strings.TrimLeft(rest, ": ")
	log, rest, ok := strings.Cut(rest, ": ")
	if !ok || log == "" || len(log) > 200 {
		return false
	}
	word, rest, ok := strings.Cut(rest, "(")
	if !ok || word == "" || len(word) > 24 || strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_ ") != "" {
		return false
	}
	idText, rest, ok := strings.Cut(rest, ")")
	id, err := strconv.ParseUint(idText, 10, 32)
	if !ok || err != nil {
		return false
	}
	e.SetID(uint32(id))
	setText(e, parsers.FieldLog, log)
	e.SetLevel(ossecLevel(word))
	rest = strings.TrimLeft(strings.TrimPrefix(rest, ":"), " ")
	var f [4]string // source, user, domain, computer
	for i := range f {
		field, after, more := strings.Cut(rest, ": ")
		if !more {
			e.Truncated = true
			break
		}
		f[i], rest = field, after
	}
	setText(e, parsers.FieldProvider, f[0])
	user, domain := f[1], f[2]
	if user == "(no user)" || user == "no user" {
		user = ""
	}
	if domain == "no domain" || domain == "(no domain)" {
		domain = ""
	}
	if user != "" && domain != "" {
		user = domain + `\` + user
	}
	setText(e, parsers.FieldUser, user)
	setText(e, parsers.FieldHost, f[3])
	if rest = strings.TrimSpace(rest); rest == "(no message)" || rest == "no message" {
		rest = ""
	}
	setMessage(e, rest)
	return true
}

// ossecLevel reads AUDIT_SUCCESS, INFORMATION and their like.
func ossecLevel(word string) parsers.Level {
	switch word {
	case "AUDIT_SUCCESS":
		return parsers.LevelAuditSuccess
	case "AUDIT_FAILURE":
		return parsers.LevelAuditFailure
	}
	return eventtext.LevelOf(word)
}

// setOSSECTime takes the time right before the mark, and failing that the one
// at the beginning of the line: the archive's, of the moment it came in.
func setOSSECTime(line string, at int, e *parsers.Event) {
	before := strings.TrimRight(line[:at], " ")
	for _, n := range [...]int{20, 19} { // "2015 Jan 26 10:32:29", "2015-01-26 10:32:29"
		if len(before) < n {
			continue
		}
		s := before[len(before)-n:]
		if c, w := scanYearFirst(s); w == n {
			if m := c.local(); m.known() {
				e.SetTime(m.at, m.zone)
				return
			}
		}
		if m, w := scanISO(s); w == n && m.known() {
			e.SetTime(m.at, m.zone)
			return
		}
	}
	if h, _ := cutHeader(line[:at]); h.time.known() {
		e.SetTime(h.time.at, h.time.zone)
	}
}
