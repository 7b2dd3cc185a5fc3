package article

import (
	"path"
	"regexp"
	"strings"
	"unicode"
)

// Articles outside the archive come as Markdown or as a page. Both are read by
// their headings: the first is the title, those below it are sections, and a
// list under "Applies to" names the products.

var (
	heading   = regexp.MustCompile(`^(#{1,4})\s+(.+?)\s*#*$`)
	underline = regexp.MustCompile(`^(?:=+|-+)\s*$`)
	// labelledID is a line of its own with the article's id.
	labelledID = regexp.MustCompile(`(?im)^[\s*_|>-]*(?:article(?:\s+(?:id|number))?|kb(?:\s+(?:id|number|article))?|id|document)\s*[:#|]+\s*[*_]*((?:Q|KB)?\d{5,7})\b`)
	// titleID begins a title.
	titleID = regexp.MustCompile(`^[\[(]?((?i:q|kb)\d{5,7}|[A-Z]{2,10}\d{3,9})[\])]?\s*[:.|-]*\s+`)
	// ownID is the id that an article states: "Article ID: 247764", "KB247764".
	ownID    = regexp.MustCompile(`(?im)\b(?:article(?:\s+id)?|kb|id)\s*[:#]?\s*((?:Q|KB)?\d{5,7})\b`)
	idInName = regexp.MustCompile(`(?i)(?:^|[^a-z0-9])((?:q|kb)\d{5,7}|[a-z]{2,10}\d{3,9})(?:[^a-z0-9]|$)`)
	listItem = regexp.MustCompile(`^\s*(?:[-*+]|\d{1,2}[.)])\s+`)
	emphasis = regexp.MustCompile("[*_`]{1,3}")
)

// marks are those of Markdown that stand in no message.
var marks = strings.NewReplacer("**", "", "__", "", "`", "")

// sectionNames are the archive's names of sections for those that authors use
// today.
var sectionNames = map[string]string{
	"symptom": "SYMPTOMS", "symptoms": "SYMPTOMS", "problem": "SYMPTOMS", "issue": "SYMPTOMS",
	"cause": "CAUSE", "causes": "CAUSE", "root cause": "CAUSE", "reason": "CAUSE",
	"resolution": "RESOLUTION", "solution": "RESOLUTION", "fix": "RESOLUTION", "how to fix": "RESOLUTION",
	"workaround": "WORKAROUND", "workarounds": "WORKAROUND",
	"more information": "MORE INFORMATION", "summary": "SUMMARY", "introduction": "SUMMARY",
	"status": "STATUS", "references": "REFERENCES", "see also": "REFERENCES", "applies to": appliesTo,
}

const appliesTo = "APPLIES TO"

// ParseMarkdown reads an article written in Markdown. name is its file's name,
// for the id where the text states none.
func ParseMarkdown(raw []byte, name string) (*Article, error) {
	a := &Article{Lines: quotesIndented(strings.Split(strings.ReplaceAll(decodeText(raw), "\r\n", "\n"), "\n"))}
	var current Section
	flush := func() {
		for len(current.Lines) > 0 && current.Lines[len(current.Lines)-1] == "" {
			current.Lines = current.Lines[:len(current.Lines)-1]
		}
		switch {
		case current.Title == appliesTo:
			a.markdownProducts(current.Lines)
		case len(current.Lines) > 0:
			a.Sections = append(a.Sections, current)
		}
	}
	for i := 0; i < len(a.Lines); i++ {
		title, depth := headingAt(a.Lines, i)
		if depth == 0 {
			if l := strings.TrimRight(a.Lines[i], " \t"); l != "" || len(current.Lines) > 0 {
				if len(current.Lines) == 0 {
					current.Line = i + 1
				}
				current.Lines = append(current.Lines, marks.Replace(strings.TrimPrefix(l, "\t")))
			}
			continue
		}
		if _, section := sectionNames[strings.ToLower(strings.TrimRight(title, ":"))]; a.Title == "" && !section {
			a.Title, a.titleLine = title, i+1
			current = Section{}
		} else {
			flush()
			current = Section{Title: sectionName(title)}
		}
		if underlined(a.Lines, i) {
			i++
		}
	}
	flush()
	a.ID = a.ownID(name)
	if a.Title == "" || a.ID == "" {
		return nil, ErrForm
	}
	return a, nil
}

// quotesIndented writes quotes and fenced blocks as articles of the archive have
// them: indented. The number of lines stays.
func quotesIndented(lines []string) []string {
	fence := ""
	for i, l := range lines {
		t := strings.TrimSpace(l)
		switch {
		case fence != "" && strings.HasPrefix(t, fence):
			fence, lines[i] = "", ""
		case fence != "":
			lines[i] = quoteIndent + l
		case strings.HasPrefix(t, "```") || strings.HasPrefix(t, "~~~"):
			fence, lines[i] = t[:3], ""
		case strings.HasPrefix(t, ">"):
			lines[i] = strings.TrimRight(quoteIndent+strings.TrimPrefix(t[1:], " "), " ")
		case len(t) > 1 && t[0] == '|' && t[len(t)-1] == '|':
			lines[i] = tableRow(t)
		}
	}
	return lines
}

// tableRow writes a row of a table as a line of its cells, and the rule below
// its head as an empty one.
func tableRow(t string) string {
	if strings.Trim(t, "|-: ") == "" {
		return ""
	}
	var cells []string
	for _, c := range strings.Split(strings.Trim(t, "|"), "|") {
		if c = strings.TrimSpace(c); c != "" {
			cells = append(cells, c)
		}
	}
	if len(cells) == 2 && labelRow.MatchString(cells[0]+":") && !strings.HasSuffix(cells[0], ":") {
		cells[0] += ":"
	}
	return quoteIndent + strings.Join(cells, " ")
}

// headingAt gives the heading at line i and its depth, 0 for none.
func headingAt(lines []string, i int) (title string, depth int) {
	if m := heading.FindStringSubmatch(lines[i]); m != nil {
		return plain(m[2]), len(m[1])
	}
	if underlined(lines, i) {
		if strings.HasPrefix(lines[i+1], "=") {
			return plain(lines[i]), 1
		}
		return plain(lines[i]), 2
	}
	return "", 0
}

func underlined(lines []string, i int) bool {
	return i+1 < len(lines) && len(lines[i+1]) > 2 && underline.MatchString(lines[i+1]) &&
		strings.TrimSpace(lines[i]) != "" && !listItem.MatchString(lines[i]) && (i == 0 || strings.TrimSpace(lines[i-1]) == "")
}

func plain(s string) string { return strings.TrimSpace(emphasis.ReplaceAllString(s, "")) }

func sectionName(title string) string {
	if name, ok := sectionNames[strings.ToLower(strings.TrimRight(title, ":"))]; ok {
		return name
	}
	return strings.ToUpper(title)
}

func (a *Article) markdownProducts(lines []string) {
	for _, l := range lines {
		for _, item := range strings.Split(plain(listItem.ReplaceAllString(l, "")), ";") {
			if item = strings.TrimSpace(item); item != "" {
				a.addProduct(item)
			}
		}
	}
}

// ownID gives the id that the text states on a line of its own or at the
// beginning of the title, that the file's name has, or that the text names
// first. The title loses it.
func (a *Article) ownID(name string) string {
	text := strings.Join(a.Lines, "\n")
	inTitle := ""
	if m := titleID.FindStringSubmatch(a.Title); m != nil && len(a.Title) > len(m[0]) {
		inTitle, a.Title = strings.ToUpper(m[1]), a.Title[len(m[0]):]
	}
	if m := labelledID.FindStringSubmatch(text); m != nil {
		return fullID(m[1])
	}
	if inTitle != "" {
		return inTitle
	}
	base := strings.TrimSuffix(path.Base(strings.ReplaceAll(name, `\`, "/")), path.Ext(name))
	if m := idInName.FindStringSubmatch(base); m != nil {
		return strings.ToUpper(m[1])
	}
	if m := ownID.FindStringSubmatch(text); m != nil {
		return fullID(m[1])
	}
	return ""
}

// fullID puts the archive's letter before a bare number.
func fullID(id string) string {
	if unicode.IsDigit(rune(id[0])) {
		return "Q" + id
	}
	return strings.ToUpper(id)
}
