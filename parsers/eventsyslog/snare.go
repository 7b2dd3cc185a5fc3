package eventsyslog

import (
	"strconv"
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// Snare prints an event as one line (Guide to Snare for Windows, "Event output
// format"): MSWinEventLog, criticality, log, counter, time, id, source, user,
// type of the SID, type, computer, category, data, text, and in most versions
// the log's counter. The separator is a tab; relays turn it into #011, a
// literal \t, a comma or a blank.

// snareMark opens a line of Snare.
const snareMark = "MSWinEventLog"

// The fields behind the mark, 0-based.
const (
	snareLog      = 1
	snareTime     = 3
	snareID       = 4
	snareSource   = 5
	snareUser     = 6
	snareType     = 8
	snareComputer = 9
	snareCategory = 10
	snareText     = 12
	snareFields   = 13
)

// snareSeparators are what may stand between the fields.
var snareSeparators = []string{"\t", "#011", `\t`, ",", "|", ";", "#"}

func readSnare(line string, e *parsers.Event) bool {
	at := strings.LastIndex(line[:min(len(line), 400)], snareMark)
	if at < 0 {
		return false
	}
	h, _ := cutHeader(line[:at])
	rest := line[at+len(snareMark):]
	var list [snareFields]string
	n := splitSnare(rest, &list)
	if n == 0 {
		n = splitSpaced(rest, &list)
	}
	if n <= snareID {
		return false
	}
	id, err := strconv.ParseUint(strings.TrimSpace(list[snareID]), 10, 32)
	if err != nil {
		return false
	}
	e.SetID(uint32(id))
	if m := scanC(list[snareTime]); m.known() {
		e.SetTime(m.at, m.zone)
	} else if h.time.known() {
		e.SetTime(h.time.at, h.time.zone)
	}
	for _, x := range [...]struct {
		at    int
		field parsers.Field
	}{{snareLog, parsers.FieldLog}, {snareSource, parsers.FieldProvider}, {snareUser, parsers.FieldUser}, {snareComputer, parsers.FieldHost}, {snareCategory, parsers.FieldCategory}} {
		if x.at < n {
			setText(e, x.field, strings.TrimPrefix(list[x.at], "Unknown User"))
		}
	}
	if e.Host == "" && h.host != "" {
		e.Set(parsers.FieldHost, h.host)
	}
	if n > snareType {
		e.SetLevel(eventtext.LevelOf(list[snareType]))
	}
	if n <= snareText-1 {
		e.Truncated = true
		return true
	}
	text := list[snareText]
	if text == "" || onlyNumber(text) {
		if d := list[snareText-1]; d != "" { // one version leaves the data out
			text = d
		}
	}
	setMessage(e, text)
	return true
}

// splitSnare takes the fields apart and gives how many there are. The last
// holds the text without the counters behind it.
func splitSnare(rest string, list *[snareFields]string) int {
	sep := ""
	for _, s := range snareSeparators {
		if strings.HasPrefix(rest, s) {
			sep = s
			break
		}
	}
	if sep == "" && strings.HasPrefix(rest, ": ") { // a relay's tag
		return splitSnare(strings.TrimLeft(rest[1:], " "), list)
	}
	if sep == "" {
		for _, s := range snareSeparators[:3] { // " 1#011Security"
			if i := strings.Index(rest, s); i >= 0 && i < 8 && onlyNumber(rest[:i]) {
				sep, rest = s, s+strings.TrimSpace(rest)
				break
			}
		}
	}
	if sep == "" {
		return 0
	}
	rest = rest[len(sep):]
	n := 0
	for ; n < snareFields-1; n++ {
		field, after, more := strings.Cut(rest, sep)
		list[n] = strings.TrimSpace(field)
		if !more {
			return n + 1
		}
		rest = after
	}
	list[n] = snareTail(rest, sep)
	return n + 1
}

// snareTail takes the counters, which are numbers behind the last separators,
// off the text.
func snareTail(s, sep string) string {
	for range 3 {
		i := strings.LastIndex(s, sep)
		if i < 0 || !onlyNumber(s[i+len(sep):]) {
			break
		}
		s = s[:i]
	}
	if sep != "\t" {
		s = strings.ReplaceAll(s, "#011", "\t")
	}
	return strings.TrimSpace(s)
}

// onlyNumber tells a counter: digits, with a minus in one version, or nothing.
func onlyNumber(s string) bool {
	return strings.Trim(strings.TrimPrefix(strings.TrimSpace(s), "-"), "0123456789") == ""
}

// splitSpaced takes apart a line whose tabs became blanks: the time and the
// word for the type are the fixed points.
func splitSpaced(rest string, list *[snareFields]string) int {
	rest = strings.TrimSpace(rest)
	crit, rest, _ := strings.Cut(rest, " ")
	if !onlyNumber(crit) || crit == "" {
		return 0
	}
	log, rest, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	counter, rest, ok := strings.Cut(strings.TrimLeft(rest, " "), " ")
	if !ok || !onlyNumber(counter) {
		return 0
	}
	rest = strings.TrimLeft(rest, " ")
	day, after, _ := strings.Cut(rest, " ")
	_, n := scanMonthFirst(after)
	if n == 0 {
		return 0
	}
	list[0], list[snareLog], list[2] = crit, log, counter
	list[snareTime] = day + " " + after[:n]
	rest = strings.TrimLeft(after[n:], " ")
	list[snareID], rest, ok = strings.Cut(rest, " ")
	if !ok {
		return snareID + 1
	}
	before, word, after := cutType(rest)
	if word == "" {
		list[snareSource], _, _ = strings.Cut(strings.TrimSpace(rest), " ")
		return snareSource + 1
	}
	list[snareSource], list[snareUser] = sourceAndUser(before)
	list[snareType] = word
	list[snareComputer], after, _ = strings.Cut(strings.TrimLeft(after, " "), " ")
	// Where the category ends cannot be told, but for "None".
	after = strings.TrimPrefix(strings.TrimLeft(after, " "), "None ")
	if i := strings.LastIndexByte(after, ' '); i > 0 && onlyNumber(after[i:]) {
		after = after[:i]
	}
	list[snareText] = strings.TrimSpace(after)
	return snareFields
}

// snareTypes are the words for the type in lines of Snare, longest first.
var snareTypes = []string{"Success Audit", "Failure Audit", "Audit Success", "Audit Failure", "Information", "Warning", "Error"}

// cutType finds the first word for a type, with blanks around it.
func cutType(s string) (before, word, after string) {
	best := -1
	for _, t := range snareTypes {
		if i := strings.Index(s, " "+t+" "); i >= 0 && (best < 0 || i < best) {
			best, word = i, t
		}
	}
	if best < 0 {
		return "", "", ""
	}
	return s[:best], word, s[best+len(word)+2:]
}

// sidTypes are the types of a SID [SID_NAME_USE] as Snare prints them.
var sidTypes = []string{" User", " Well Known Group", " Group", " Alias", " Domain", " Computer", " Deleted Account", " Invalid", " Unknown"}

// sourceAndUser splits "Source User SIDType" where all have blanks.
func sourceAndUser(s string) (source, user string) {
	s = strings.TrimSpace(s)
	for _, sid := range sidTypes { // only these have a user without a domain before them
		if rest, ok := strings.CutSuffix(s, sid); ok && strings.HasPrefix(rest, "Microsoft-Windows-") {
			if name, who, ok := strings.Cut(rest, " "); ok {
				return name, strings.TrimSpace(who)
			}
		}
	}
	for _, mark := range []string{" N/A", " Unknown User", " NT AUTHORITY", `\`} {
		i := strings.Index(s, mark)
		if i <= 0 {
			continue
		}
		if mark == `\` {
			if i = strings.LastIndexByte(s[:i], ' '); i <= 0 {
				continue
			}
		}
		user = strings.TrimSpace(s[i:])
		for _, sid := range []string{" N/A", " User", " Well Known Group", " Unknown User"} {
			user = strings.TrimSuffix(user, sid)
		}
		return strings.TrimSpace(s[:i]), user
	}
	return s, ""
}
