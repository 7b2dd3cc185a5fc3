package eventtools

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// dcDiag are the events that dcdiag found in the logs of a domain controller:
//
//	An Error Event occurred.  EventID: 0xC0002719
//	   Time Generated: 11/28/2013   18:05:14
//	   Event String: The text of the message
//
// The words are of the language of Windows; the id is 32 bits in hexadecimal,
// at the end of its row. Month and day stand in this order everywhere. The
// verdicts of the tests around them are no events.
var dcDiag = tool{name: "dcdiag", letters: endsInNumber | hasColon, read: readDCDiag, fixed: parsers.No, title: isDCDiagTitle}

// testLogs are the logs that the tests read.
var testLogs = map[string]string{
	"systemlog": "System",
	"frsevent":  "File Replication Service",
	"frssysvol": "File Replication Service",
	"dfsrevent": "DFS Replication",
	"kccevent":  "Directory Service",
}

const idDigits = len("0xC0002719")

func readDCDiag(s *scan, i int, r row, rec *record) int {
	t := r.text
	id, ok := trailingID(t)
	if !ok {
		s.dcHeading(t)
		return i
	}
	j := s.nextText(i+1, r)
	when, timed := generated(s.page.at(j))
	if !timed && !strings.Contains(t, "vent occur") {
		return i
	}
	e := &rec.event
	e.SetID(id)
	e.SetLevel(dcLevel(t, id))
	if log := s.ctx.test; log != "" {
		e.Set(parsers.FieldLog, log)
	}
	if s.ctx.dcHost != "" {
		e.Set(parsers.FieldHost, s.ctx.dcHost)
	}
	if !timed { // the first row alone, as people quote it
		e.Quoted = true
		return i + 1
	}
	rec.when, rec.dated = when, true
	return s.dcText(j+1, r, rec)
}

// trailingID reads the 32-bit id at the end of a row, behind a colon.
func trailingID(t string) (uint32, bool) {
	n := len(t) - idDigits
	if n < 8 || t[n] != '0' || t[n+1]|0x20 != 'x' {
		return 0, false
	}
	before := strings.TrimRight(t[:n], " \t\u00a0")
	if !strings.HasSuffix(before, ":") && !strings.HasSuffix(before, "：") {
		return 0, false
	}
	return eventtext.IDNumber(t[n:])
}

// nextText gives the next line with text that belongs to the block of f.
func (s *scan) nextText(i int, f row) int {
	for k := i; k < len(s.page.lines) && k <= i+2; k++ {
		if r := s.page.at(k); r.text != "" && r.depth == f.depth {
			return k
		}
	}
	return len(s.page.lines)
}

// generated reads "Time Generated: 11/28/2013   18:05:14".
func generated(r row) (when string, ok bool) {
	k := strings.IndexByte(r.text, ':')
	if k <= 0 {
		return "", false
	}
	when = strings.TrimLeft(r.text[k+1:], " \t")
	return when, eventtext.StampLen(when) > 0
}

// dcLevel finds the level among the words, or in the severity of the id.
func dcLevel(t string, id uint32) parsers.Level {
	for _, w := range strings.Fields(t[:len(t)-idDigits]) {
		w = strings.Trim(w, ".,:;-")
		for _, mark := range [...]string{"'", "’"} { // "d'erreur"
			_, after, elided := strings.Cut(w, mark)
			if elided {
				w = after
			}
		}
		if l := eventtext.LevelOf(w); l != parsers.LevelUnknown {
			return l
		}
	}
	switch id >> 30 {
	case 3:
		return parsers.LevelError
	case 2:
		return parsers.LevelWarning
	case 1:
		return parsers.LevelInformation
	}
	return parsers.LevelUnknown
}

// dcHeading notes which server and which of its logs is read.
func (s *scan) dcHeading(t string) {
	k := strings.IndexByte(t, ':')
	if k <= 0 || k > maxDCHeading {
		return
	}
	words, v := t[:k], strings.TrimSpace(t[k+1:])
	host := v[strings.LastIndexByte(v, '\\')+1:]
	switch {
	case host == "" || strings.IndexByte(host, ' ') >= 0:
	case len(host) == len(v) && namesAny(words, dcTestWords[:]):
		s.ctx.test = testLogs[strings.ToLower(v)]
	case len(host) < len(v) && namesAny(words, dcServerWords[:]):
		s.ctx.dcHost = host
	}
}

// maxDCHeading is longer than the words of a heading, in bytes.
const maxDCHeading = 60

// Words of the headings "Starting test: SystemLog" and "Testing server:
// Site\DC1" in the languages of Windows.
var (
	dcTestWords   = [...]string{"test", "prueba", "проверк", "тест", "テスト", "测试", "測試", "테스트"}
	dcServerWords = [...]string{"server", "serveur", "servidor", "сервер", "サーバー", "服务器", "伺服器", "서버"}
)

// namesAny reports whether text has one of the words, which are in lower case.
func namesAny(text string, words []string) bool {
	text = strings.ToLower(text)
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// dcText reads what stands below the time: the message, or why there is none.
func (s *scan) dcText(j int, f row, rec *record) int {
	end := s.dcEnd(j, f)
	from := j
	for from < end && s.page.at(from).text == "" {
		from++
	}
	if from == end {
		return j
	}
	first := s.page.at(from)
	for strings.HasPrefix(first.text, "EvtFormatMessage failed") && from+1 < end {
		from++
		first = s.page.at(from)
	}
	if first.text[0] == '(' { // "(Event String could not be retrieved)"
		if log := logOfBracket(first.text); log != "" && rec.event.Log == "" {
			rec.event.Set(parsers.FieldLog, log)
		}
		for from < end && !strings.HasSuffix(s.page.at(from).text, ")") {
			from++
		}
		return min(from+1, end)
	}
	k := strings.IndexByte(first.text, ':')
	if k < 0 || k > 40 {
		return end
	}
	text := strings.TrimLeft(first.text[k+1:], " \t")
	if more := s.dcJoin(from+1, end); more != "" {
		text = strings.TrimLeft(text+"\n"+more, "\n")
	}
	if text != "" {
		rec.event.Set(parsers.FieldMessage, text)
	}
	return end
}

// dcJoin joins the rows of a message, which older versions wrap, and which
// some pages print with an empty row after each.
func (s *scan) dcJoin(from, to int) string {
	for from < to && s.page.at(from).text == "" {
		from++
	}
	if from >= to {
		return ""
	}
	return s.wrapped(from, to)
}

// logOfBracket reads "(Event String (event log = System) could not be".
func logOfBracket(t string) string {
	_, rest, ok := strings.Cut(t, "(event log = ")
	if !ok {
		return ""
	}
	log, _, ok := strings.Cut(rest, ")")
	if !ok {
		return ""
	}
	return log
}

// dcEnd finds the line behind the message of a block whose first row is f.
func (s *scan) dcEnd(j int, f row) int {
	to, gap := j, false
	for i := j; i < len(s.page.lines) && i-j < maxLook; i++ {
		r := s.page.at(i)
		if r.text == "" {
			gap = true
			continue
		}
		if r.depth != f.depth || eventtext.IsFence(r.text) || r.indent < f.indent || isVerdict(r.text) {
			return to
		}
		if _, ok := trailingID(r.text); ok && r.indent <= f.indent {
			return to
		}
		if gap && to > j && r.indent <= f.indent && (f.indent > 0 || s.page.loose && eventtext.IsOtherText(r.text)) {
			return to
		}
		gap = false
		to = i + 1
	}
	return to
}

// isVerdict reports whether a row is of dcdiag itself: the verdict of a test,
// or the beginning of one.
func isVerdict(t string) bool {
	return strings.HasPrefix(t, ".....") || strings.HasPrefix(t, "Starting test") || strings.HasPrefix(t, "Testing server") ||
		strings.HasPrefix(t, "Running ") || strings.HasPrefix(t, "* ") || strings.HasPrefix(t, "Test omitted by")
}

func isDCDiagTitle(rows []string) bool {
	switch rows[0] {
	case "Directory Server Diagnosis", "Domain Controller Diagnosis", "DC Diagnosis":
		return true
	}
	return false
}
