package article

import (
	"regexp"
	"strings"
)

// heading is a line that names a section: alone, or marked as a heading of
// Markdown, or with a colon.
var heading = regexp.MustCompile(`^(?i)(?:#{1,6}\s*|\*{2})?(symptoms?|summary|causes?|resolutions?|solutions?|workarounds?|fix|status|more information)(?:\*{2})?\s*:?(?:\*{2})?\s*$`)

// sectionNames gives the name of the archive form for the words that others
// use.
func sectionName(word string) string {
	switch w := strings.TrimSuffix(strings.ToUpper(word), "S"); w {
	case "SYMPTOM":
		return "SYMPTOMS"
	case "SOLUTION", "FIX":
		return "RESOLUTION"
	case "STATU":
		return "STATUS"
	default:
		return w
	}
}

// ofProse matches an id at the beginning of a title.
var ofProse = regexp.MustCompile(`^(?:[#*\s]*)((?:Q[0-9]{5,7}|[A-Z]{2,10}[0-9]{3,9}))\s*[:-]?\s+(.*)$`)

// ParseProse reads an article of any other form: the first line is its title,
// lines such as "Cause" or "## Resolution" begin its sections. It finds
// something in every text.
func ParseProse(raw []byte) *Article {
	a := &Article{}
	for _, l := range strings.Split(strings.ToValidUTF8(string(raw), "\uFFFD"), "\n") {
		a.Lines = append(a.Lines, strings.TrimRight(l, " \r\t"))
	}
	current := Section{}
	flush := func() {
		if len(current.Lines) > 0 {
			a.Sections = append(a.Sections, current)
		}
	}
	for i, l := range a.Lines {
		if a.Title == "" {
			a.Title = strings.Trim(l, "#* \t")
			if m := ofProse.FindStringSubmatch(l); m != nil {
				a.ID, a.Title = m[1], strings.Trim(m[2], "#* \t")
			}
			continue
		}
		if m := heading.FindStringSubmatch(l); m != nil {
			flush()
			current = Section{Title: sectionName(m[1])}
			continue
		}
		if strings.Trim(l, "=-~") == "" && len(current.Lines) == 0 {
			continue
		}
		if len(current.Lines) == 0 {
			current.Line = i + 1
		}
		current.Lines = append(current.Lines, l)
	}
	flush()
	return a
}
