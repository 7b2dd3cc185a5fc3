package article

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"

	"kbdiag/parsers"
)

// Many articles tell of an event in running prose ("logs event ID 624"), in
// their title alone, or in a row of their own ("4204 - An error ..."). Such a
// mention has no labels, so the readers of events rightly leave it; here the
// text is known to be an article, which makes the same words evidence.

// mention is one event that an article tells of in prose.
type mention struct {
	id       uint16
	last     uint16 // of a range of ids, 0 for one id
	provider string
	level    string // as printed, "" if not
	message  string
	line     int    // of the article, 1-based; 2 for the title
	before   string // the words of its paragraph before it
	prose    string // its paragraph
	outcome  bool   // only seen when all is well
}

var (
	// spokenID is an event id in prose with those that follow in a list:
	// "Event ID 12053 or 12054", "events 4304, 4355, and 4395".
	spokenID = regexp.MustCompile(`(?i)\b(?:events?|error events?)(?:\s+log)?(?:\s+errors?)?(?:\s+ids?|\s+numbers?|\s+#)?\s*[:#=-]?\s*(\d{1,5})((?:\s*(?:,|/|\bor\b|\band\b|&)\s*(?:and\s+|or\s+)?(?:event\s+)?(?:ids?\s+)?:?\s*\d{1,5}\b)*)`)
	// upToID goes on from the first id of a range.
	upToID = regexp.MustCompile(`^\s*(?:through|to|-)\s*(\d{1,5})\b`)
	// otherNumber ends what is before a number that is no event id.
	otherNumber = regexp.MustCompile(`(?i)\b(?:current|defined)\s*$`)
	// loggedError is an event that is called an error.
	loggedError = regexp.MustCompile(`(?i)\berror id (\d{1,5})\b[^:]{0,60}\bevent (?:log|viewer)`)
	moreIDs     = regexp.MustCompile(`\d{1,5}`)
	// gluedID is a provider that lost the blank before "Event ID".
	gluedID = regexp.MustCompile(`\b([A-Z][A-Za-z]+[a-z]?(?:IS|DS|SA|MTA|IMC)?)Event ID:?\s*(\d{1,5})\b`)
	// rowID begins a row of its own in an indented block.
	rowID = regexp.MustCompile(`^\s{2,}(\d{3,5})(?:\s+(?:-+\s+|Type\b|(?i:error|warning|information)\b)|:\s+[A-Z]|$)`)
	// rowLabels stand in a row beside the id and are no text of the event.
	rowLabels = regexp.MustCompile(`\b(?:Type\s+(?:Error|Warning|Information)|Source\s+\S+)(?:\s|$)`)
	// rowColumns are the columns of Event Viewer behind the id.
	rowColumns = regexp.MustCompile(`^([A-Z]\w*[A-Z]\w*(?: [A-Z]\w+){0,2}) (Error|Warning|Information) (\S.*)$`)
	// idHeading begins a block with the id once more.
	idHeading = regexp.MustCompile(`(?i)^\s+(?:event\s+)?id\s+\d{1,5}(?:\s+\w+){0,3}\s*:?$`)
	// sayingSource names the provider beside the id.
	sayingSource = regexp.MustCompile(`^[^.]{0,40}?\b(?i:source)\s*(?:of|is|:|=)?\s+"?([A-Z][\w-]*(?:\.\w+)*(?: [A-Z][\w-]*(?:\.\w+)*){0,3})`)
	// comingFrom names it behind the id, sourceBeside before it.
	comingFrom   = regexp.MustCompile(`^\s+from\s+(?:the\s+)?([A-Z]\w*[A-Z]\w*)\b`)
	sourceBeside = regexp.MustCompile(`\b[Ss]ource\s+"([A-Z][^",]{1,40}),?"[^.]{0,60}$`)
	blockSource  = regexp.MustCompile(`(?im)^\s*(?:event\s+)?source\s*[:=]\s*(\S.*?)\s*$`)
	proseSource  = regexp.MustCompile(`(?i:\bfrom the source|\bevent source|\bsource)\s*(?:is|:|=)\s*"?([A-Z][\w-]*)`)
	rowSource    = regexp.MustCompile(`\bSource\s+(\S+)\s*$`)
	quotedBehind = regexp.MustCompile(`^(?:[^."]{0,60}|[^."]{0,40}\.\s)"([^"]{12,400})"`)
	ownQuote     = regexp.MustCompile(`^\s*(?:[:,.-]+\s*)?(?:The\s|[A-Z(\["'])|^\s*[:-]`)
	fromBefore   = regexp.MustCompile(`(?i)\b(?:from|source|by)\s+"$`)
	ofLog        = regexp.MustCompile(`(?i)\b(?:is|are|be) logged\b|\bevent (?:log|viewer)\b|\bwould be\b`) // prose on the event
	announces    = regexp.MustCompile(`(?i)(?:descri|follow|states?\b|stating|explain|messages?\b|details?\b|reads?\b|text|log\b|reports?\b).{0,80}$|:$`)
	labelRow     = regexp.MustCompile(`(?i)^\s*(?:event(?: id| source| type| category)?|log name|source|type|level|(?:task )?category|keywords|opcode|description|message|user|computer|date|time)\s*[:=]`)
)

// mentions gives the events that the article tells of outside of what is
// quoted with labels, each id once. known are ids that are quoted.
func (a *Article) mentions(known map[uint16]bool) []mention {
	m := &mentionFinder{article: a, known: known, found: map[uint16]int{}}
	m.text(a.Title, a.titleLine, "")
	for i := range a.Sections {
		s := &a.Sections[i]
		if s.Title == "STATUS" || s.Title == "REFERENCES" {
			continue
		}
		m.read(s)
	}
	return m.list
}

type mentionFinder struct {
	article *Article
	known   map[uint16]bool
	found   map[uint16]int // place in list
	list    []mention
	section string // title of the section at hand
	headed  bool   // the block at hand has the id above it
}

// read looks at each paragraph with the indented block that follows it.
func (m *mentionFinder) read(s *Section) {
	m.section = s.Title
	for i := 0; i < len(s.Lines); {
		if s.Lines[i] == "" {
			i++
			continue
		}
		from := i
		for i < len(s.Lines) && s.Lines[i] != "" && (i == from || !itemStart.MatchString(strings.TrimSpace(s.Lines[i]))) {
			i++
		}
		paragraph := oneRow(withoutReferences(s.Lines[from:i]))
		paragraph = paragraph[len(itemStart.FindString(paragraph)):]
		block, headed := blockAfter(s.Lines, i)
		m.headed = headed
		m.text(paragraph, s.Line+from, block)
		m.rows(s, from, i)
	}
}

// blockAfter gives the indented lines that follow line i, where they are more
// deeply indented than prose.
// headed says that the id stands above them once more.
func blockAfter(lines []string, i int) (text string, headed bool) {
	for i < len(lines) && lines[i] == "" {
		i++
	}
	if i < len(lines) && idHeading.MatchString(lines[i]) {
		headed = true
		for i++; i < len(lines) && lines[i] == ""; i++ {
		}
	}
	var block []string
	for gaps := 0; i < len(lines) && gaps < 2 && len(block) < 12; i++ {
		if lines[i] == "" {
			gaps++
			continue
		}
		if !strings.HasPrefix(lines[i], "  ") || itemStart.MatchString(strings.TrimSpace(lines[i])) || gaps > 0 && !labelRow.MatchString(lines[i]) {
			break
		}
		block = append(block, lines[i])
	}
	return strings.Join(block, "\n"), headed
}

// text finds the ids of a paragraph.
func (m *mentionFinder) text(paragraph string, line int, block string) {
	all := spokenID.FindAllStringSubmatchIndex(paragraph, -1)
	for i, at := range all {
		of := block
		if i+1 < len(all) {
			of = "" // the last of them leads to what is quoted
		}
		before, behind := paragraph[:at[0]], paragraph[at[1]:]
		if otherNumber.MatchString(before) {
			continue
		}
		ids := []string{paragraph[at[2]:at[3]]}
		ids = append(ids, moreIDs.FindAllString(paragraph[at[4]:at[5]], -1)...)
		upTo := uint16(0)
		if g := upToID.FindStringSubmatch(behind); g != nil && len(ids) == 1 {
			upTo = number(g[1])
			if n := number(ids[0]); upTo > n+maxRange {
				continue // a list of all events
			} else if upTo <= n {
				upTo = 0
			}
		}
		one := mention{last: upTo, line: line, before: before[max(0, len(before)-60):], prose: paragraph}
		if of != "" && ofOtherLog(behind) {
			of = ""
		}
		one.provider, one.message = m.around(before, behind, of, line != m.article.titleLine)
		if otherArticle.MatchString(one.message) {
			one.message = ""
		}
		for _, id := range ids {
			m.add(id, one)
		}
	}
	for _, g := range gluedID.FindAllStringSubmatch(paragraph, -1) {
		m.add(g[2], mention{provider: g[1], message: blockText(block), line: line, prose: paragraph})
	}
	for _, g := range loggedError.FindAllStringSubmatch(paragraph, -1) {
		m.add(g[1], mention{message: blockText(block), line: line, prose: paragraph})
	}
}

// otherLog tells a sentence that leads to something else than an event.
var otherLog = regexp.MustCompile(`(?i)drwtsn32|\.log\b|\b(?:as well|also)\b.*\berror message\b|\berror message\b.*\b(?:as well|also)\b|\bstack\b|\btraces?\b`)

// ofOtherLog reports whether what follows a paragraph is no part of an event in
// it: its last sentence is another one, and leads to something else.
func ofOtherLog(behind string) bool {
	ends := sentenceEnd.FindAllStringIndex(behind, -1)
	return len(ends) > 0 && otherLog.MatchString(behind[ends[len(ends)-1][1]-1:])
}

// maxRange is how many events "events 1283 through 1305" may be for an article
// on one trouble.
const maxRange = 100

// number gives an event id, 0 for what is none.
func number(digits string) uint16 {
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		return 0
	}
	return uint16(n)
}

// around takes provider and text from what stands beside the id.
func (m *mentionFinder) around(before, behind, block string, inBody bool) (provider, message string) {
	for _, g := range [][]string{sayingSource.FindStringSubmatch(behind), comingFrom.FindStringSubmatch(behind), sourceBeside.FindStringSubmatch(before)} {
		if g != nil {
			provider = g[1]
			break
		}
	}
	switch g := quotedBehind.FindStringSubmatch(behind); {
	case g != nil && fromBefore.MatchString(behind[:len(g[0])-len(g[1])-1]):
		provider = g[1]
	case g != nil:
		message = g[1]
	case block != "" && (m.headed || announces.MatchString(before[max(0, len(before)-60):]+behind)):
		if g := blockSource.FindStringSubmatch(block); g != nil && provider == "" {
			provider = g[1]
		}
		message = blockText(block)
	case len(behind) > 30 && before == "" && inBody && ownQuote.MatchString(behind) && !ofLog.MatchString(behind):
		message = strings.TrimLeft(behind, " :-,.") // the id begins its own quote
	}
	return provider, message
}

// blockText gives the text of an indented block without its labels.
func blockText(block string) string {
	var text []string
	for _, l := range strings.Split(block, "\n") {
		if label, value, ok := strings.Cut(l, ":"); ok && labelRow.MatchString(l) {
			if label = strings.ToLower(strings.TrimSpace(label)); label != "description" && label != "message" {
				continue
			}
			l = value
		}
		text = append(text, l)
	}
	t := strings.Join(strings.Fields(strings.Join(text, " ")), " ")
	if len(t) < 12 {
		return ""
	}
	return t
}

// rows finds ids that begin rows of their own, where the section speaks of
// events.
func (m *mentionFinder) rows(s *Section, from, to int) {
	if !strings.Contains(strings.ToLower(strings.Join(s.Lines[max(0, from-8):from], " ")+m.article.Title), "event") {
		return
	}
	for i := from; i < to; i++ {
		g := rowID.FindStringSubmatch(s.Lines[i])
		if g == nil || strings.TrimSpace(s.Lines[i]) == g[1] && (i+1 >= to || !ownQuote.MatchString(s.Lines[i+1])) {
			continue
		}
		end := i + 1
		for end < to && rowID.FindString(s.Lines[end]) == "" {
			end++
		}
		row := oneRow(s.Lines[i:end])
		provider := ""
		if p := proseSource.FindStringSubmatch(strings.Join(s.Lines[max(0, from-8):from], " ")); p != nil {
			provider = p[1]
		}
		if p := rowSource.FindStringSubmatch(row); p != nil {
			provider = p[1]
		}
		if p := blockSource.FindAllStringSubmatch(strings.Join(s.Lines[from:i], "\n"), -1); len(p) > 0 {
			provider = p[len(p)-1][1]
		}
		text := strings.TrimLeft(rowLabels.ReplaceAllString(strings.TrimPrefix(row, g[1]), ""), " -:")
		one := mention{provider: provider, message: text, line: s.Line + i, prose: s.lead(i)}
		if c := rowColumns.FindStringSubmatch(text); c != nil && provider == "" {
			one.provider, one.level, one.message = c[1], c[2], c[3]
		}
		m.add(g[1], one)
	}
}

// add keeps the fullest mention of an id.
func (m *mentionFinder) add(digits string, one mention) {
	if one.id = number(digits); one.id == 0 || m.known[one.id] {
		return
	}
	if one.line != m.article.titleLine {
		one.outcome = isOutcome(m.section, one.prose) || one.message == "" && sideNote.MatchString(one.prose)
	}
	at, ok := m.found[one.id]
	if !ok {
		m.found[one.id] = len(m.list)
		m.list = append(m.list, one)
		return
	}
	have := &m.list[at]
	if have.message == "" && one.message != "" || have.line == m.article.titleLine {
		fuller := one
		fuller.provider = cmp.Or(one.provider, have.provider)
		fuller.message = cmp.Or(one.message, have.message)
		fuller.outcome = have.outcome
		*have = fuller
	}
	have.provider = cmp.Or(have.provider, one.provider)
	have.outcome = have.outcome && one.outcome
}

// event gives a mention as an event.
func (m mention) event() parsers.Event {
	e := parsers.Event{Quoted: true, Pos: parsers.Pos{Line: m.line}}
	e.SetID(uint32(m.id))
	if m.provider != "" {
		e.Set(parsers.FieldProvider, m.provider)
	}
	if m.message != "" {
		e.Set(parsers.FieldMessage, m.message)
	}
	switch m.level {
	case "Error":
		e.SetLevel(parsers.LevelError)
	case "Warning":
		e.SetLevel(parsers.LevelWarning)
	case "Information":
		e.SetLevel(parsers.LevelInformation)
	}
	return e
}
