package eventtext

import (
	"strconv"
	"strings"

	"kbdiag/parsers"
)

// Dumpel is the output of dumpel.exe of the Windows NT and 2000 resource kits:
// date, time, type number, category number, event id, then source, user and
// computer, and the insertion strings. The kit of NT 3.5 printed the user
// before the source. The separator is a blank or a tab, or another character
// that was asked for.
func Dumpel() parsers.Format {
	return parsers.Format{
		Name:       "dumpel",
		EventsOnly: true,
		Detect: func(h *parsers.Head) int {
			_, score := dumpelForm(h)
			return score
		},
		Parse: func(in *parsers.Input, out *parsers.Out) error {
			form, _ := dumpelForm(in.Head)
			return parseDumpel(in, out, form)
		},
	}
}

// dumpelLayout is what the rows of one file have in common.
type dumpelLayout struct {
	sep       byte
	userFirst bool // the user stands before the source
}

// dumpelForm finds the layout of a head, and scores it.
func dumpelForm(h *parsers.Head) (form dumpelLayout, score int) {
	form.sep = ' '
	for i := 0; i < len(dumpelSeparators); i++ {
		f := dumpelLayout{sep: dumpelSeparators[i]}
		n := countRows(h, f.rows(), noHeader).score()
		if n > score {
			form, score = f, n
		}
	}
	if score > 0 {
		score = min(score+5, 100) // the numbers leave less room for chance than words
		form.userFirst = userStandsFirst(h.Text, form.sep)
	}
	return form, score
}

const dumpelSeparators = "\t ,;|"

func noHeader(string) bool { return false }

func (f dumpelLayout) rows() func(string) (savedRow, bool) {
	return func(line string) (savedRow, bool) {
		var r savedRow
		ok := f.split(line, &r)
		return r, ok
	}
}

func parseDumpel(in *parsers.Input, out *parsers.Out, form dumpelLayout) error {
	lines := in.Lines()
	s := savedReader{out: out, dates: fileOrder(in, form.rows()), header: noHeader, sep: form.sep}
	var r savedRow
	for {
		l, ok := lines.Next()
		if !ok {
			break
		}
		switch {
		case form.split(l.Text, &r):
			s.begin(&r, &l)
		case !s.stray(&l):
			s.more(&l, trimRight(l.Text))
		}
	}
	s.flush()
	s.dates.report(out)
	return lines.Err()
}

// dumpelLevel gives the level of an event type [MS-EVEN 2.2.2].
func dumpelLevel(n uint32) (parsers.Level, bool) {
	switch n {
	case 1:
		return parsers.LevelError, true
	case 2:
		return parsers.LevelWarning, true
	case 0, 4: // 0 is "success", which Event Viewer shows as information
		return parsers.LevelInformation, true
	case 8:
		return parsers.LevelAuditSuccess, true
	case 16:
		return parsers.LevelAuditFailure, true
	}
	return parsers.LevelUnknown, false
}

// split takes a row apart. It reports false if the line does not begin with
// date, time, type, category and id.
func (f dumpelLayout) split(line string, r *savedRow) bool {
	st, rest, ok := f.stamp(line)
	if !ok {
		return false
	}
	var nums [3]uint32
	for i := range nums {
		var word string
		word, rest = f.next(rest)
		if nums[i], ok = number(word); !ok {
			return false
		}
	}
	level, ok := dumpelLevel(nums[0])
	if !ok {
		return false
	}
	*r = savedRow{stamp: st, known: parsers.FieldUser | parsers.FieldHost, level: level, id: nums[2], rowText: rowText{plain: true, tabs: f.sep == '\t'}}
	if nums[1] != 0 {
		r.known |= parsers.FieldCategory
		r.cat = "(" + strconv.Itoa(int(nums[1])) + ")" // as Event Viewer prints one without a name
	}
	if f.sep == ' ' {
		splitDumpelWords(rest, r)
		return true
	}
	r.source, rest = f.next(rest)
	r.user, rest = f.next(rest)
	if f.userFirst {
		r.source, r.user = r.user, r.source
	}
	r.host, r.text = f.next(rest)
	return true
}

// stamp reads date and time, which a blank or the separator keeps apart.
func (f dumpelLayout) stamp(line string) (stamp, string, bool) {
	if len(line) < 10 || !isDigit(line[0]) && line[0] < 0x80 {
		return stamp{}, "", false
	}
	if f.sep != ' ' {
		return splitStamp(line, f.sep)
	}
	st, n := scanStamp(line)
	if n == 0 || !st.clock.set {
		return stamp{}, "", false
	}
	m := skipMarks(line[n:])
	return st, line[n+m:], m > 0
}

// next gives the next field. Several blanks are one separator.
func (f dumpelLayout) next(s string) (word, rest string) {
	if f.sep != ' ' {
		word, rest, _ = cutField(s, f.sep)
		return trimBlanks(word), rest
	}
	return nextWord(s)
}

// nextWord gives the next word and what follows the blanks behind it.
func nextWord(s string) (word, rest string) {
	i := 0
	for i < len(s) && s[i] != ' ' && s[i] != '\t' {
		i++
	}
	return s[:i], s[i+blankRun(s[i:]):]
}

// blankRun is the length of the blanks and tabs that s begins with.
func blankRun(s string) int {
	i := 0
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	return i
}

// splitDumpelWords takes source, user, computer and strings apart where blanks
// separate them, although names may have blanks in them. The user is the
// anchor: "N/A" or DOMAIN\name. What stands before it is the source; if
// nothing does, the source stands behind it, up to the computer.
func splitDumpelWords(s string, r *savedRow) {
	source, user, rest := cutUserWords(s)
	r.user = user
	if source != "" {
		r.source = source
		r.host, r.text = nextWord(rest)
		return
	}
	r.source, r.host, r.text = cutHostWords(rest)
}

// maxNameWords is how many words the name of a source or category may have.
const maxNameWords = 8

// cutUserWords finds the user among the first words of s, and gives what stands
// before and behind it. If there is none, the second word is it.
func cutUserWords(s string) (before, user, rest string) {
	i := 0
	for n := 0; n <= maxNameWords && i < len(s); n++ {
		if k := userLength(s[i:]); k > 0 {
			return strings.TrimRight(s[:i], " \t"), s[i : i+k], s[i+k+blankRun(s[i+k:]):]
		}
		word, _ := nextWord(s[i:])
		i += len(word)
		i += blankRun(s[i:])
	}
	before, rest = nextWord(s)
	user, rest = nextWord(rest)
	return before, user, rest
}

// cutHostWords divides source, computer and strings: the computer is the first
// word behind the first that looks like the name of one, else the second.
func cutHostWords(s string) (source, host, rest string) {
	first, behind := nextWord(s)
	at := len(s) - len(behind)
	for i, n := at, 0; n < maxNameWords && i < len(s); n++ {
		word, after := nextWord(s[i:])
		if looksLikeHost(word) {
			return strings.TrimRight(s[:i], " \t"), word, after
		}
		i = len(s) - len(after)
	}
	host, rest = nextWord(behind)
	return first, host, rest
}

// userLength is the length of the user that s begins with: "N/A" or its like,
// a name with its domain, or a security identifier. It gives 0 if s begins
// with none.
func userLength(s string) int {
	word, rest := nextWord(s)
	if word == "" {
		return 0
	}
	if isNA(word) || strings.HasPrefix(word, "S-1-") && len(word) > 6 {
		return len(word)
	}
	i := strings.IndexByte(word, '\\')
	switch {
	case i > 0 && isDomain(word[:i]) && strings.IndexByte(word[i+1:], '\\') < 0 && i+1 < len(word):
	case i < 0 && isDomain(word) && isAuthority(word, rest):
		gap := len(s) - len(word) - len(rest)
		second, _ := nextWord(rest)
		word = s[:len(word)+gap+len(second)]
	default:
		return 0
	}
	n := len(word)
	if strings.HasSuffix(word, `\LOCAL`) || strings.HasSuffix(word, `\NETWORK`) || strings.HasSuffix(word, `\ANONYMOUS`) {
		if tail, _ := nextWord(s[n+blankRun(s[n:]):]); tail == "SERVICE" || tail == "LOGON" {
			n += blankRun(s[n:]) + len(tail)
		}
	}
	return n
}

// isNA reports whether a word of a row says that there is no user.
func isNA(word string) bool {
	switch word {
	case "N/A", "n/a", "N/D", "n/d", "Н/Д", "н/д", "-", "暂缺", "不适用", "(null)":
		return true
	}
	return false
}

// isDomain reports whether s may be the domain of a user: no drive, no path.
func isDomain(s string) bool {
	if len(s) < 2 || s[0] == '\\' {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !isLetter(c) && !isDigit(c) && c != '-' && c != '_' && c != '.' && c != '$' && c < 0x80 {
			return false
		}
	}
	return true
}

// isAuthority reports whether word is the first of the two words of a domain
// such as "NT AUTHORITY" or "AUTORITE NT", with the user behind the second.
func isAuthority(word, rest string) bool {
	second, _ := nextWord(rest)
	i := strings.IndexByte(second, '\\')
	if i <= 0 || i+1 == len(second) {
		return false
	}
	return word == "NT" || second[:i] == "NT"
}

// looksLikeHost reports whether word looks like the name of a computer as NT
// prints it: capitals, digits and hyphens, at most 15 of them, or such a name
// behind two backslashes.
func looksLikeHost(word string) bool {
	word = strings.TrimPrefix(word, `\\`)
	if len(word) < 2 || len(word) > 15 {
		return false
	}
	letters := false
	for i := 0; i < len(word); i++ {
		c := word[i]
		switch {
		case c >= 'A' && c <= 'Z':
			letters = true
		case !isDigit(c) && c != '-' && c != '_' && c != '$':
			return false
		}
	}
	return letters
}

// userStandsFirst tells the two orders of user and source by what stands in
// their columns. It is asked for separators other than a blank only.
func userStandsFirst(text string, sep byte) bool {
	if sep == ' ' {
		return false
	}
	f := dumpelLayout{sep: sep}
	first, second := 0, 0
	for text != "" {
		line := text
		if i := strings.IndexByte(text, '\n'); i >= 0 {
			line, text = text[:i], text[i+1:]
		} else {
			text = ""
		}
		var r savedRow
		if !f.split(strings.TrimRight(line, "\r"), &r) {
			continue
		}
		a, b := userLength(r.source) > 0, userLength(r.user) > 0
		if a && !b {
			first++
		}
		if b && !a {
			second++
		}
	}
	return first > second
}
