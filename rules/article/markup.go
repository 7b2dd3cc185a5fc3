package article

import (
	"html"
	"regexp"
	"strings"
)

// The marks of Markdown are taken out line by line, so that the lines of an
// article keep their numbers.

var (
	link = regexp.MustCompile(`!?\[([^\[\]]*)\]\(\s*<?([^()\s<>]*(?:\([^()]*\)[^()\s<>]*)*)>?(?:\s+"[^"]*")?\s*\)`)
	// escaped is a character that would be a mark. A path of the network begins
	// with two backslashes.
	escaped = regexp.MustCompile("\\\\([<>*_\\[\\]()#|`~&!{}+-])")
	// emphasised is a word or more in single marks.
	emphasised = regexp.MustCompile(`(^|[\s("'])[*_]([^\s*_](?:[^*_]*[^\s*_])?)[*_]($|[\s)"'.,:;!?])`)
	inlineTag  = regexp.MustCompile(`(?i)</?(?:a|b|i|p|br|em|strong|code|kbd|sub|sup|span|div|u|details|summary|img|font|center|section)(?:\s[^<>]*)?/?>`)
	imageLine  = regexp.MustCompile(`^\s*:::.*$`)
	alert      = regexp.MustCompile(`^\s*\[!([A-Za-z]+)\]\s*$`)
	fenceMark  = regexp.MustCompile("^\\s*(?:[-*+]\\s+|\\d+[.)]\\s+)?(```+|~~~+)")
	starItem   = regexp.MustCompile(`^(\s*)[*+](\s+)`)
	comments   = regexp.MustCompile(`(?s)<!--.*?-->`)
)

// unmarked gives a line of prose without the marks of Markdown.
func unmarked(l string) string {
	if imageLine.MatchString(l) {
		return ""
	}
	l = starItem.ReplaceAllString(l, "${1}-${2}")
	l = link.ReplaceAllStringFunc(l, func(s string) string {
		m := link.FindStringSubmatch(s)
		switch {
		case s[0] == '!':
			return ""
		case m[1] != "" && strings.HasPrefix(m[2], "http") && m[1] != m[2]:
			return m[1] + " (" + m[2] + ")"
		case m[1] == "":
			return m[2]
		}
		return m[1]
	})
	l = inlineTag.ReplaceAllString(l, " ")
	l = marks.Replace(l)
	for range 2 { // two that share a blank
		l = emphasised.ReplaceAllString(l, "$1$2$3")
	}
	l = escaped.ReplaceAllString(l, "$1")
	l = strings.ReplaceAll(html.UnescapeString(l), "\u00a0", " ")
	return strings.TrimRight(l, " \t")
}

// blankComments empties the comments of a text and keeps its lines.
func blankComments(text string) string {
	return comments.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat("\n", strings.Count(s, "\n")) })
}

// frontMatter takes the block of keys off the top of an article: its lines
// become empty.
func (a *Article) frontMatter() {
	if len(a.Lines) == 0 || strings.TrimSpace(a.Lines[0]) != "---" {
		return
	}
	end := 1
	for end < len(a.Lines) && strings.TrimSpace(a.Lines[end]) != "---" && strings.TrimSpace(a.Lines[end]) != "..." {
		end++
	}
	if end == len(a.Lines) {
		return
	}
	key := ""
	for i, l := range a.Lines[:end+1] {
		a.Lines[i] = ""
		if i == 0 || i == end {
			continue
		}
		value := strings.TrimSpace(l)
		if k, v, ok := strings.Cut(l, ":"); ok && !strings.HasPrefix(l, " ") && !strings.HasPrefix(l, "-") {
			key, value = strings.ToLower(strings.TrimSpace(k)), strings.TrimSpace(v)
		} else {
			value = strings.TrimSpace(strings.TrimPrefix(value, "-"))
		}
		if value = strings.Trim(unmarked(value), `"' []`); value == "" {
			continue
		}
		switch key {
		case "title":
			a.front = value
		case "appliesto", "applies_to", "applies to", "products", "product":
			a.addProducts(value)
		case "keywords", "tags":
			a.Keywords = append(a.Keywords, strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })...)
		}
	}
}

// quotesIndented writes quotes and fenced blocks as articles of the archive have
// them: indented. What else there is loses its marks.
func quotesIndented(lines []string) []string {
	fence, quote, note, inList := "", false, "", false
	for i, l := range lines {
		t := strings.TrimSpace(l)
		if t != "" && l[0] != ' ' && l[0] != '\t' || listItem.MatchString(l) {
			inList = listItem.MatchString(l)
		}
		begins := fenceMark.FindStringSubmatch(strings.TrimLeft(l, "> "))
		switch {
		case fence != "" && strings.HasPrefix(strings.TrimLeft(t, "> "), fence):
			fence, lines[i] = "", ""
		case fence != "":
			lines[i] = quoteIndent + strings.TrimPrefix(strings.TrimPrefix(l, "> "), ">")
		case begins != nil:
			fence, lines[i], quote = begins[1], "", false
		case strings.HasPrefix(t, ">"):
			inner := strings.TrimPrefix(strings.TrimLeft(t, ">"), " ")
			if m := alert.FindStringSubmatch(inner); m != nil {
				note, lines[i], quote = strings.ToUpper(m[1])+": ", "", false
				continue
			}
			if quote = note == ""; quote {
				lines[i] = strings.TrimRight(quoteIndent+unmarked(inner), " ")
				continue
			}
			lines[i] = strings.TrimPrefix(note, " ") + unmarked(inner)
			note = " " // the rest of the note is prose as well
		case t == "":
			quote, note = false, ""
		case len(t) > 1 && t[0] == '|' && strings.Count(t, "|") > 1:
			lines[i] = tableRow(t)
		case heading.MatchString(l):
			quote = false
		case quote && !listItem.MatchString(l):
			lines[i] = quoteIndent + unmarked(t) // a quote goes on without its mark
		default:
			quote = false
			if !strings.HasPrefix(l, "    ") || inList {
				lines[i] = unmarked(l)
			}
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
		if c = strings.TrimSpace(unmarked(c)); c != "" {
			cells = append(cells, c)
		}
	}
	if len(cells) == 2 && isLabel(cells[0]) {
		cells[0] += ":"
	}
	return quoteIndent + strings.Join(cells, " ")
}

// isLabel reports whether the first of two cells is a label without its colon.
func isLabel(cell string) bool {
	return !strings.HasSuffix(cell, ":") && (labelRow.MatchString(cell+":") || aboutLine.MatchString(cell+": x"))
}
