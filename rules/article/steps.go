package article

import (
	"fmt"
	"regexp"
	"strings"
)

// What an article says to do becomes the steps of the draft: a numbered item is
// a step with all that stands below it, and so is a paragraph of its own.

var (
	numberMark = regexp.MustCompile(`^\d{1,2}[.)]\s+`)
	subMark    = regexp.MustCompile(`^(?:[a-zA-Z][.)]|[-*])\s+`)
	// goesOn begins what belongs to the step before it.
	goesOn = regexp.MustCompile(`^(?:(?i:note|warning|important|caution|tip|for example|example|for (?:more|additional) information|article-id)\b|Q\d{5,6}\b|https?://|ftp://|HKEY_|\\\\)`)
	// toDo tells prose that says what to do.
	toDo = regexp.MustCompile(`(?i)\bto (?:resolve|work around|correct|fix|avoid|prevent|solve|remedy)\b|\b(?:workaround|resolution) (?:is|for)\b`)
)

// piece is a paragraph or an item of a list.
type piece struct {
	text  string
	depth int    // how far its first line is indented
	mark  string // of an item: "1. ", "a. ", "- "
	line  int    // of the article, 1-based
}

// pieces splits a section into paragraphs and items. What is set in columns
// keeps its lines.
func (s *Section) pieces() []piece {
	var out []piece
	var block []string
	from := 0
	flush := func() {
		if len(block) > 0 {
			out = append(out, newPiece(block, s.Line+from))
		}
		block = nil
	}
	for i, l := range s.Lines {
		l = strings.TrimRight(strings.ReplaceAll(l, "<BR/>", ""), " ")
		t := strings.TrimSpace(l)
		switch {
		case t == "":
			flush()
			continue
		case strings.HasPrefix(t, partMark):
			flush()
			out = append(out, piece{text: t, line: s.Line + i})
			continue
		case len(block) > 0 && (numberMark.MatchString(t) || subMark.MatchString(t)) && !inColumns(block):
			flush()
		}
		if len(block) == 0 {
			from = i
		}
		block = append(block, l)
	}
	flush()
	return out
}

// columnGap separates columns.
var columnGap = regexp.MustCompile(`\S {3,}\S`)

func inColumns(block []string) bool {
	for _, l := range block {
		t := strings.TrimSpace(l)
		if strings.HasPrefix(t, "|") || strings.HasPrefix(t, "+-") || len(block) > 1 && columnGap.MatchString(t) {
			return true
		}
	}
	return false
}

// wrapped is from which length on a line was wrapped and did not end there.
const wrapped = 52

// inShortLines tells lines that were not wrapped, such as settings of a file.
func inShortLines(block []string) bool {
	for _, l := range block[:len(block)-1] {
		if len(l) > wrapped {
			return false
		}
	}
	first := strings.TrimSpace(block[0])
	return len(block) > 1 && !numberMark.MatchString(first) && !subMark.MatchString(first)
}

func newPiece(block []string, line int) piece {
	p := piece{depth: indentOf(block[0]), line: line}
	if inColumns(block) || p.depth >= 2 && inShortLines(block) {
		rows := make([]string, len(block))
		for i, l := range block {
			rows[i] = l[min(indentOf(l), p.depth):]
		}
		p.text = strings.Join(rows, "\n")
		return p
	}
	p.text = oneRow(block)
	if p.mark = numberMark.FindString(p.text); p.mark == "" {
		p.mark = subMark.FindString(p.text)
	}
	p.text = p.text[len(p.mark):]
	return p
}

// isHeading tells a paragraph that is a heading with a line under it.
func (p piece) isHeading() (string, bool) {
	if rest, ok := strings.CutPrefix(p.text, partMark); ok {
		return rest, true
	}
	at := strings.LastIndexByte(p.text, ' ')
	if at < 0 || p.mark != "" || len(p.text)-at < 4 || strings.Trim(p.text[at+1:], "-=~") != "" {
		return "", false
	}
	return p.text[:at], true
}

// formula begins what a publisher prints below every fix: nobody can do it, and
// it says nothing of the trouble.
var formula = regexp.MustCompile(`(?i)^(?:note:? +)?(?:(?:due to|because of) file dependencies\b|in special cases,? charges\b|the date and time information for the above\b|for a complete list of microsoft (?:product|customer) support\b)`)

// todo gives the steps of a section.
func (s *Section) todo() []string {
	var out []string
	list := -1 // how far the items of the list at hand are indented
	head, or, bullets := s.Says, false, false
	begin := func(p piece, text string) {
		if or && len(out) > 0 {
			text = "Or: " + text
		}
		if head != "" {
			text = head + ": " + text
		}
		head, or = "", false
		out = append(out, text)
	}
	for _, p := range s.pieces() {
		if formula.MatchString(p.text) {
			continue
		}
		last := ""
		if len(out) > 0 {
			last = out[len(out)-1]
		}
		title, heading := p.isHeading()
		switch {
		case heading:
			head, list = title, -1
		case strings.Trim(p.text, "-=*~") == "":
		case alternative.MatchString(p.text):
			or = true
		case last == "":
			if numberMark.MatchString(p.mark) {
				list = p.depth
				begin(p, p.text)
				continue
			}
			bullets = strings.HasPrefix(p.mark, "-") || strings.HasPrefix(p.mark, "*")
			begin(p, strings.TrimPrefix(p.mark, "- ")+p.text)
		case bullets && p.depth <= 1 && strings.TrimSpace(p.mark) != "" && strings.Trim(p.mark, "-* ") == "":
			begin(p, p.text)
		case numberMark.MatchString(p.mark) && (list < 0 || p.depth <= list):
			if list < 0 && strings.HasSuffix(last, ":") && !strings.Contains(last, "\n") && head == "" && !or {
				out[len(out)-1] = last + "\n" + p.text // the first item says what its sentence begins
			} else {
				begin(p, p.text)
			}
			list = p.depth
		case head != "", subMark.MatchString(p.mark) && list > p.depth:
			list = -1
			begin(p, p.text)
		case p.mark != "", strings.HasSuffix(last, ":"), list >= 0 && p.depth > list, goesOn.MatchString(p.text), strings.Contains(p.text, "\n"):
			text := p.mark + p.text
			if or {
				text = "or\n" + text
			}
			or = false
			out[len(out)-1] = last + "\n" + text
		default:
			list = -1
			begin(p, p.text)
		}
	}
	return out
}

// steps takes what to do from the sections that say it.
func (d *Draft) steps() {
	for _, title := range []string{"RESOLUTION", "WORKAROUND"} {
		for _, s := range d.Article.all(title) {
			d.Steps = append(d.Steps, s.todo()...)
		}
	}
	if len(d.Steps) > 0 {
		return
	}
	s := d.Article.doing()
	if s == nil {
		d.Steps = []string{"See the article."}
		d.review(0, "the article has no section that says what to do")
		return
	}
	d.Steps = s.todo()
	d.review(s.Line, fmt.Sprintf("the article has no section RESOLUTION or WORKAROUND: the steps are taken from %s", sectionLabel(s.Title)))
}

func sectionLabel(title string) string {
	if title == "" {
		return "its text"
	}
	return title
}

// doing gives the section that most likely says what to do, where none is named
// for it: one with a list of steps or prose on it, or else STATUS, or what there
// is.
func (a *Article) doing() *Section {
	for i := range a.Sections {
		if s := &a.Sections[i]; !isShown(s.Title) && s.Title != "CAUSE" && s.Title != "REFERENCES" && s.tells() {
			return s
		}
	}
	if s := a.Section("STATUS"); s != nil {
		return s
	}
	for _, title := range []string{"CAUSE", "SUMMARY", "", "SYMPTOMS"} {
		if s := a.Section(title); s != nil && toDo.MatchString(oneRow(s.Lines)) {
			return s
		}
	}
	for i := len(a.Sections) - 1; i >= 0; i-- {
		switch s := &a.Sections[i]; s.Title {
		case "MORE INFORMATION", "CAUSE", "REFERENCES", "SUMMARY", "SYMPTOMS", "":
		default:
			return s
		}
	}
	return a.Section("MORE INFORMATION", "SUMMARY", "")
}

// tells reports whether a section has a numbered list, or prose on what to do.
func (s *Section) tells() bool {
	for _, l := range s.Lines {
		if strings.HasPrefix(strings.TrimSpace(l), "1. ") {
			return true
		}
	}
	return toDo.MatchString(oneRow(s.Lines))
}
