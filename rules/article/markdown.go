package article

import (
	"fmt"
	"hash/crc32"
	"path"
	"regexp"
	"strings"
	"unicode"
)

// Articles outside the archive come as Markdown or as a page. Both are read by
// their headings: the first is the title, those below it are sections, deeper
// ones parts of them. What an article says of itself stands on lines with
// labels, in the front matter, or under "Applies to".

var (
	heading   = regexp.MustCompile(`^ {0,3}(#{1,6})\s+(.+?)\s*#*$`)
	underline = regexp.MustCompile(`^(?:=+|-+)\s*$`)
	boldLine  = regexp.MustCompile(`^\s*(?:\*\*|__)([^*_]{3,60})(?:\*\*|__)\s*:?\s*$`)
	// labelledID is a line of its own with the article's id.
	labelledID = regexp.MustCompile(`(?im)^[\s*_|>-]*(?:original\s+)?(?:article(?:\s+(?:id|number|no\.?|#))?|kb(?:\s+(?:id|number|article))?|id|document(?:\s+id)?)\s*[:#|]+[\s*_]*((?:Q|KB|[A-Z]{2,10}-?)?\d{5,7})\b`)
	// titleID begins a title.
	titleID = regexp.MustCompile(`^[\[(]?((?i:q|kb)-?\d{5,7}|[A-Z]{2,10}-?\d{3,9})[\])]?\s*[:.|–-]*\s+`)
	// ownID is the id that an article states: "Article ID: 247764", "KB247764".
	ownID    = regexp.MustCompile(`(?im)\b(?:article(?:\s+id)?|kb|id)\s*[:#]?\s*((?:Q|KB)?\d{5,7})\b`)
	idInName = regexp.MustCompile(`(?i)(?:^|[^a-z0-9])((?:q|kb)-?\d{5,7}|[a-z]{2,10}\d{3,9})(?:[^a-z0-9]|$)`)
	listItem = regexp.MustCompile(`^\s*(?:[-*+]|\d{1,2}[.)])\s+`)
	emphasis = regexp.MustCompile("[*_`]{1,3}")
	// aboutLine is what an article says of itself.
	aboutLine = regexp.MustCompile(`(?i)^\s*(?:-\s+)?(applies to|(?:original )?products?(?: versions?| names?)?|affected (?:products?|versions?)|applicable products?|article (?:id|number|no\.?|#)|(?:original )?kb (?:id|number)|(?:last )?(?:updated|modified|reviewed)(?: on)?|published|authors?|severity|views|document id)\s*[:#]\s*(\S.*)$`)
)

// marks are those of Markdown that stand in no message.
var marks = strings.NewReplacer("**", "", "__", "", "`", "")

const appliesTo = "APPLIES TO"

// sectionKinds are the archive's names of sections for those that authors use.
var sectionKinds = []struct {
	name  string
	title *regexp.Regexp
}{
	{"SYMPTOMS", regexp.MustCompile(`^(?:symptoms?|problems?|issues?|error messages?)(?: or errors?| description| statement| details)?$`)},
	{"CAUSE", regexp.MustCompile(`^(?:(?:problem |root |possible |probable |likely )?causes?|reasons?|why (?:does )?this happens?)(?: \d+)?(?: of (?:the|this) (?:problem|issue|error))?$`)},
	{"RESOLUTION", regexp.MustCompile(`^(?:(?:recommended |possible )?(?:resolutions?|solutions?|fix(?:es)?|remed(?:y|iation))|how to (?:fix|resolve)(?: .*)?|corrective actions?|actions?(?: to take)?|to resolve)(?: \d+)?(?: (?:for|to) (?:cause|problem|issue) ?\d*)?(?: steps)?$`)},
	{"WORKAROUND", regexp.MustCompile(`^(?:work-?arounds?|mitigations?)(?: \d+)?$`)},
	{"MORE INFORMATION", regexp.MustCompile(`^(?:more info(?:rmation)?|additional info(?:rmation)?|details|background|notes?)$`)},
	{"SUMMARY", regexp.MustCompile(`^(?:summary|introduction|overview|abstract)$`)},
	{"STATUS", regexp.MustCompile(`^status$`)},
	{"REFERENCES", regexp.MustCompile(`^(?:references?|see also|related (?:articles?|information|content|topics|links)|additional resources|external links)$`)},
	{appliesTo, regexp.MustCompile(`^(?:applies to|applicable products?|products?|affected (?:products?|versions?)(?: and versions?)?|environment)$`)},
}

// sectionOf gives the archive's name for a heading and what the heading says
// beside it: "Cause 2: the disk is full". name is "" for other headings.
func sectionOf(title string) (name, says string) {
	folded := strings.ToLower(strings.Trim(title, "#*_: \t"))
	for _, k := range sectionKinds {
		if k.title.MatchString(folded) {
			return k.name, ""
		}
	}
	first, rest, ok := strings.Cut(title, ":")
	if !ok {
		first, rest, ok = strings.Cut(title, " - ")
	}
	if folded = strings.ToLower(strings.TrimSpace(first)); ok {
		for _, k := range sectionKinds[:4] {
			if k.title.MatchString(folded) {
				return k.name, strings.TrimSpace(rest)
			}
		}
	}
	return "", ""
}

// ParseMarkdown reads an article written in Markdown. name is its file's name,
// for the id where the text states none.
func ParseMarkdown(raw []byte, name string) (*Article, error) {
	text := blankComments(strings.ReplaceAll(decodeText(raw), "\r\n", "\n"))
	a := &Article{Lines: strings.Split(text, "\n")}
	a.frontMatter()
	m := &markdownReader{article: a, headings: headingsOf(a.Lines)}
	a.Lines = quotesIndented(a.Lines)
	m.read()
	if a.Title == "" && a.front != "" {
		a.Title, a.titleLine = a.front, 1
	}
	if a.Title == "" {
		return nil, ErrForm
	}
	a.ID = a.ownID(text, name)
	return a, nil
}

// markdownReader splits an article into its sections.
type markdownReader struct {
	article  *Article
	headings map[int]title
	current  Section
	depth    int // of the heading of the section, 0 for none
}

// title is a heading and how deep it is.
type title struct {
	text  string
	depth int
	lines int // that it takes
}

// boldDepth is how deep a line in bold is as a heading: below all others.
const boldDepth = 7

// headingsOf finds the headings of a text outside of its fenced blocks.
func headingsOf(lines []string) map[int]title {
	found := map[int]title{}
	fence := ""
	for i, l := range lines {
		begins := fenceMark.FindStringSubmatch(l)
		switch {
		case fence != "":
			if strings.HasPrefix(strings.TrimSpace(l), fence) {
				fence = ""
			}
		case begins != nil:
			fence = begins[1]
		case heading.MatchString(l):
			m := heading.FindStringSubmatch(l)
			found[i] = title{plain(m[2]), len(m[1]), 1}
		case underlined(lines, i):
			depth := 2
			if strings.HasPrefix(lines[i+1], "=") {
				depth = 1
			}
			found[i] = title{plain(l), depth, 2}
		case boldLine.MatchString(l):
			text := plain(boldLine.FindStringSubmatch(l)[1])
			if name, _ := sectionOf(text); name != "" {
				found[i] = title{text, boldDepth, 1}
			}
		}
	}
	return found
}

func underlined(lines []string, i int) bool {
	return i+1 < len(lines) && len(lines[i+1]) > 2 && underline.MatchString(lines[i+1]) &&
		strings.TrimSpace(lines[i]) != "" && !listItem.MatchString(lines[i]) && (i == 0 || strings.TrimSpace(lines[i-1]) == "")
}

func plain(s string) string { return strings.TrimSpace(emphasis.ReplaceAllString(unmarked(s), "")) }

func (m *markdownReader) read() {
	a := m.article
	for i := 0; i < len(a.Lines); i++ {
		h, ok := m.headings[i]
		if !ok {
			m.line(i)
			continue
		}
		name, says := sectionOf(h.text)
		switch {
		case a.Title == "" && name == "":
			a.Title, a.titleLine = h.text, i+1
			m.current, m.depth = Section{}, 0
		case name == "" && m.depth > 0 && h.depth > m.depth && m.depth < boldDepth:
			m.add(i, partMark+h.text)
		default:
			m.flush()
			if m.current, m.depth = (Section{Title: name, Says: says}), h.depth; name == "" {
				m.current.Title = strings.ToUpper(h.text)
			}
		}
		i += h.lines - 1
	}
	m.flush()
}

// partMark begins the heading of a part of a section.
const partMark = "### "

// line adds a line to the section at hand, or takes what the article says of
// itself.
func (m *markdownReader) line(i int) {
	a := m.article
	l := strings.TrimRight(a.Lines[i], " \t")
	if g := aboutLine.FindStringSubmatch(l); g != nil && (m.depth == 0 || m.current.Title == appliesTo || len(a.Sections) == 0) {
		switch label := strings.ToLower(g[1]); {
		case strings.Contains(label, "product"), strings.Contains(label, "applies"), strings.Contains(label, "version"):
			a.addProducts(g[2])
		}
		l = ""
	}
	if l != "" || len(m.current.Lines) > 0 {
		m.add(i, strings.TrimPrefix(l, "\t"))
	}
}

func (m *markdownReader) add(i int, l string) {
	if len(m.current.Lines) == 0 {
		m.current.Line = i + 1
	}
	for len(m.current.Lines) < i+1-m.current.Line { // below an underlined heading
		m.current.Lines = append(m.current.Lines, "")
	}
	m.current.Lines = append(m.current.Lines, l)
}

func (m *markdownReader) flush() {
	s := &m.current
	for len(s.Lines) > 0 && s.Lines[len(s.Lines)-1] == "" {
		s.Lines = s.Lines[:len(s.Lines)-1]
	}
	switch {
	case s.Title == appliesTo:
		for _, l := range s.Lines {
			m.article.addProducts(strings.TrimSpace(listItem.ReplaceAllString(strings.TrimSpace(l), "")))
		}
	case len(s.Lines) > 0:
		m.article.Sections = append(m.article.Sections, *s)
	}
}

// addProducts adds the products of a line: joined by semicolons, or by commas
// where these do not come before a version.
func (a *Article) addProducts(line string) {
	line = strings.TrimPrefix(strings.TrimSpace(line), "- ")
	items := strings.Split(line, ";")
	if len(items) == 1 && !versionWord.MatchString(line) {
		items = outerCommas(line)
	}
	for _, item := range items {
		if item = strings.TrimSpace(supported.ReplaceAllString(item, "")); item != "" && len(item) < maxProduct {
			a.addProduct(item)
		}
	}
}

// supported begins an entry that names no versions.
var supported = regexp.MustCompile(`(?i)^\s*(?:all )?(?:(?:currently )?supported |all )?versions of\s+`)

// maxProduct is how long the name of a product may be, in bytes.
const maxProduct = 160

// outerCommas splits at commas outside of parentheses.
func outerCommas(s string) []string {
	var out []string
	open, from := 0, 0
	for i, c := range s {
		switch {
		case c == '(':
			open++
		case c == ')':
			open--
		case c == ',' && open <= 0:
			out, from = append(out, s[from:i]), i+1
		}
	}
	return append(out, s[from:])
}

// ownID gives the id that the text states on a line of its own or at the
// beginning of the title, that the file's name has, or that the text names
// first. The title loses it. Where there is none, one is made of the file's
// name, so that the article keeps it.
func (a *Article) ownID(text, name string) string {
	inTitle := ""
	if m := titleID.FindStringSubmatch(a.Title); m != nil && len(a.Title) > len(m[0]) {
		inTitle, a.Title = fullID(m[1]), a.Title[len(m[0]):]
	}
	for _, text := range []string{text, strings.Join(a.Lines, "\n")} {
		if m := labelledID.FindStringSubmatch(text); m != nil {
			return fullID(m[1])
		}
	}
	if inTitle != "" {
		return inTitle
	}
	base := strings.TrimSuffix(path.Base(strings.ReplaceAll(name, `\`, "/")), path.Ext(name))
	if m := idInName.FindStringSubmatch(base); m != nil {
		return fullID(m[1])
	}
	if m := ownID.FindStringSubmatch(text); m != nil {
		return fullID(m[1])
	}
	a.madeID = true
	return fmt.Sprintf("DOC%09d", crc32.ChecksumIEEE([]byte(strings.ToLower(base)))%1e9)
}

// fullID puts the archive's letter before a bare number.
func fullID(id string) string {
	if id = strings.ToUpper(strings.ReplaceAll(id, "-", "")); unicode.IsDigit(rune(id[0])) {
		return "Q" + id
	}
	return id
}
