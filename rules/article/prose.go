package article

import (
	"regexp"
	"strings"
)

// proseHeading gives the section that a line names, alone or marked as a
// heading; "" for other lines.
func proseHeading(line string) string {
	name, says := sectionOf(strings.Trim(line, "#*_: \t"))
	if says != "" || name == appliesTo {
		return ""
	}
	return name
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
		if name := proseHeading(l); name != "" {
			flush()
			current = Section{Title: name}
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
