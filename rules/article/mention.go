package article

import (
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
	provider string
	message  string
	line     int    // of the article, 1-based; 2 for the title
	before   string // the words of its paragraph before it
}

var (
	// spokenID is an event id in prose with those that follow in a list:
	// "Event ID 12053 or 12054", "events 4304, 4355, and 4395".
	spokenID = regexp.MustCompile(`(?i)\b(?:events?|error events?)(?:\s+log)?(?:\s+errors?)?(?:\s+ids?|\s+numbers?|\s+#)?\s*[:#=-]?\s*(\d{1,5})((?:\s*(?:,|/|\bor\b|\band\b|&)\s*(?:and\s+|or\s+)?(?:event\s+)?(?:ids?\s+)?:?\s*\d{1,5}\b)*)`)
	moreIDs  = regexp.MustCompile(`\d{1,5}`)
	// gluedID is a provider that lost the blank before "Event ID".
	gluedID = regexp.MustCompile(`\b([A-Z][A-Za-z]+[a-z]?(?:IS|DS|SA|MTA|IMC)?)Event ID:?\s*(\d{1,5})\b`)
	// rowID begins a row of its own in an indented block.
	rowID = regexp.MustCompile(`^\s{2,}(\d{3,5})(?:\s+(?:-+\s+|Type\b|(?i:error|warning|information)\b)|:\s+[A-Z])`)
	// sayingSource names the provider beside the id.
	sayingSource = regexp.MustCompile(`^[^.]{0,40}?\b(?i:source)\s*(?:of|is|:|=)?\s+"?([A-Z][\w-]*(?:\.\w+)*(?: [A-Z][\w-]*(?:\.\w+)*){0,3})`)
	blockSource  = regexp.MustCompile(`(?im)^\s*(?:event\s+)?source\s*[:=]\s*(\S.*?)\s*$`)
	proseSource  = regexp.MustCompile(`(?i:\bfrom the source|\bevent source|\bsource)\s*(?:is|:|=)\s*"?([A-Z][\w-]*)`)
	rowSource    = regexp.MustCompile(`\bSource\s+(\S+)\s*$`)
	quotedBehind = regexp.MustCompile(`^[^."]{0,60}"([^"]{12,400})"`)
	ownQuote     = regexp.MustCompile(`^\s*(?:[:,.-]+\s*)?(?:The\s|[A-Z(\["'])|^\s*[:-]`)
	announces    = regexp.MustCompile(`(?i)(?:descri|follow|states?\b|stating|explain|messages?\b|details?\b|reads?\b|text|log\b|reports?\b).{0,80}$|:$`)
	labelRow     = regexp.MustCompile(`(?i)^\s*(?:event(?: id| source| type)?|source|type|category|description|user|computer|date|time)\s*[:=]`)
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
		m.section(s)
	}
	return m.list
}

type mentionFinder struct {
	article *Article
	known   map[uint16]bool
	found   map[uint16]int // place in list
	list    []mention
}

// section looks at each paragraph with the indented block that follows it.
func (m *mentionFinder) section(s *Section) {
	for i := 0; i < len(s.Lines); {
		if s.Lines[i] == "" {
			i++
			continue
		}
		from := i
		for i < len(s.Lines) && s.Lines[i] != "" {
			i++
		}
		paragraph := strings.Join(strings.Fields(strings.Join(withoutReferences(s.Lines[from:i]), " ")), " ")
		m.text(paragraph, s.Line+from, blockAfter(s.Lines, i))
		m.rows(s, from, i)
	}
}

// withoutReferences leaves out the lines that name other articles: the events
// of their titles are not this article's.
func withoutReferences(lines []string) []string {
	var out []string
	for _, l := range lines {
		if !reference.MatchString(strings.TrimSpace(l)) {
			out = append(out, l)
		}
	}
	return out
}

// blockAfter gives the indented lines that follow line i, where they are more
// deeply indented than prose.
func blockAfter(lines []string, i int) string {
	for i < len(lines) && lines[i] == "" {
		i++
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
	return strings.Join(block, "\n")
}

// text finds the ids of a paragraph.
func (m *mentionFinder) text(paragraph string, line int, block string) {
	for _, at := range spokenID.FindAllStringSubmatchIndex(paragraph, -1) {
		before, behind := paragraph[:at[0]], paragraph[at[1]:]
		ids := []string{paragraph[at[2]:at[3]]}
		ids = append(ids, moreIDs.FindAllString(paragraph[at[4]:at[5]], -1)...)
		provider, message := m.around(before, behind, block, line != m.article.titleLine)
		for _, id := range ids {
			m.add(id, provider, message, before, line)
		}
	}
	for _, g := range gluedID.FindAllStringSubmatch(paragraph, -1) {
		m.add(g[2], g[1], blockText(block), "", line)
	}
}

// around takes provider and text from what stands beside the id.
func (m *mentionFinder) around(before, behind, block string, inBody bool) (provider, message string) {
	if g := sayingSource.FindStringSubmatch(behind); g != nil {
		provider = g[1]
	}
	switch g := quotedBehind.FindStringSubmatch(behind); {
	case g != nil:
		message = g[1]
	case block != "" && announces.MatchString(before[max(0, len(before)-60):]+behind):
		if g := blockSource.FindStringSubmatch(block); g != nil && provider == "" {
			provider = g[1]
		}
		message = blockText(block)
	case len(behind) > 30 && before == "" && inBody && ownQuote.MatchString(behind):
		message = strings.TrimLeft(behind, " :-,.") // the id begins its own quote
	}
	return provider, message
}

// blockText gives the text of an indented block without its labels.
func blockText(block string) string {
	var text []string
	for _, l := range strings.Split(block, "\n") {
		if label, value, ok := strings.Cut(l, ":"); ok && labelRow.MatchString(l) {
			if !strings.EqualFold(strings.TrimSpace(label), "description") {
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
		if g == nil {
			continue
		}
		end := i + 1
		for end < to && rowID.FindString(s.Lines[end]) == "" {
			end++
		}
		row := strings.Join(strings.Fields(strings.Join(s.Lines[i:end], " ")), " ")
		provider := ""
		if p := proseSource.FindStringSubmatch(strings.Join(s.Lines[max(0, from-8):from], " ")); p != nil {
			provider = p[1]
		}
		if p := rowSource.FindStringSubmatch(row); p != nil {
			provider = p[1]
		}
		m.add(g[1], provider, strings.TrimLeft(strings.TrimPrefix(row, g[1]), " -:"), "", s.Line+i)
	}
}

// add keeps the fullest mention of an id.
func (m *mentionFinder) add(id, provider, message, before string, line int) {
	n, err := strconv.ParseUint(id, 10, 16)
	if err != nil || m.known[uint16(n)] || n == 0 {
		return
	}
	at, ok := m.found[uint16(n)]
	if !ok {
		m.found[uint16(n)] = len(m.list)
		m.list = append(m.list, mention{uint16(n), provider, message, line, before[max(0, len(before)-60):]})
		return
	}
	if have := &m.list[at]; have.message == "" {
		have.message = message
		have.line = line
	}
	if have := &m.list[at]; have.provider == "" {
		have.provider = provider
	}
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
	return e
}
