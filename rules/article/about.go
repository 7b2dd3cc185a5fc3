package article

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"kbdiag/parsers"
)

// review notes what a person should look at, at a line of the article, 0 for
// none.
func (d *Draft) review(line int, what string) {
	if line > 0 {
		what = fmt.Sprintf("line %d: %s", line, what)
	}
	d.Review = append(d.Review, what)
}

// reason tells prose on a cause.
var reason = regexp.MustCompile(`(?i)\b(?:because|caused by|due to|as a result of|(?:this|the) (?:behavior|problem|error|issue|event|message)s? (?:may |can |will )?(?:occurs?|happens?|appears?|is logged|results?) (?:when|if))\b`)

// cause takes the cause from its section, or else from the first paragraph that
// gives a reason.
func (d *Draft) cause() {
	var parts []string
	for _, s := range d.Article.all("CAUSE") {
		parts = append(parts, s.Text())
	}
	if d.Cause = strings.Join(parts, "\n\n"); d.Cause != "" {
		return
	}
	for _, title := range []string{"MORE INFORMATION", "SUMMARY", "", "STATUS", "RESOLUTION", "WORKAROUND", "SYMPTOMS"} {
		s := d.Article.Section(title)
		if s == nil {
			continue
		}
		for _, p := range spans(s) {
			if formula.MatchString(p.text) || numberMark.MatchString(p.text) {
				continue
			}
			if reason.MatchString(p.text) && len(p.text) < maxReason && !strings.HasSuffix(p.text, ":") && indentOf(d.Article.Lines[min(p.line, len(d.Article.Lines))-1]) < 2 {
				d.Cause = strings.ReplaceAll(p.text, "<BR/>", "")
				d.review(p.line, "the article has no section CAUSE: this paragraph stands for it")
				return
			}
		}
	}
	d.Cause = d.Article.Title
	d.review(d.Article.titleLine, "the article has no section CAUSE: the title stands for it")
}

// maxReason is how long a paragraph may be to stand for the cause, in bytes.
const maxReason = 1200

// References gives the articles that this one names, each once.
func (d *Draft) References() []string {
	var out []string
	for _, l := range d.Article.Lines {
		for _, id := range articleID.FindAllString(l, -1) {
			if id != d.Article.ID && !slices.Contains(out, id) && len(out) < maxReferences {
				out = append(out, id)
			}
		}
	}
	return out
}

var articleID = regexp.MustCompile(`\bQ\d{5,6}\b`)

const maxReferences = 20

// Severity tells from the levels of the quoted events how bad it is: an error,
// where they do not say otherwise.
func (d *Draft) Severity() string {
	worst := ""
	for _, s := range d.Signals {
		switch {
		case strings.HasPrefix(s.Name, "stop_"):
			return "critical"
		case s.On != "event":
		case s.Level == parsers.LevelWarning.String() && worst != "error":
			worst = "warning"
		case s.Level == parsers.LevelInformation.String() && worst == "":
			worst = "information"
		case s.Level != parsers.LevelInformation.String():
			worst = "error"
		}
	}
	if worst == "" {
		return "error"
	}
	return worst
}

// Notes gives what the archive's footer says for searches.
func (d *Draft) Notes() string {
	var parts []string
	if len(d.Article.Keywords) > 0 {
		parts = append(parts, "Keywords: "+strings.Join(d.Article.Keywords, " "))
	}
	if d.Article.Query != "" {
		parts = append(parts, "Query words: "+d.Article.Query)
	}
	return strings.Join(parts, "\n")
}

// cutTitle is how long the archive's titles are at most, in bytes.
const cutTitle = 64

// title notes that the archive may have cut the title.
func (d *Draft) title() {
	if d.Article.madeID {
		d.review(0, "the article states no id: it is made of the file's name")
	}
	if a := d.Article; a.cut && len(a.Title) >= cutTitle-1 {
		d.review(a.titleLine, "the archive cuts titles: this one may go on")
	}
}
