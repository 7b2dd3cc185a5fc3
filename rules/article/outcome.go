package article

import (
	"regexp"
	"strings"

	"kbdiag/parsers"
)

// Not every event that an article shows is a sign of its trouble. Some are what
// is seen when a step has worked, some come of the fix, some stand in the title
// of another article.

// outcome tells prose that leads to what is seen when all is well.
var outcome = regexp.MustCompile(`(?i)\b(?:verify that|confirm that|to (?:verify|confirm)|wait (?:for|until)|can be (?:safely )?ignored|` +
	`(?:hot)?fix (?:is|has been|was) (?:applied|installed)|(?:appl|install)(?:y|ied|ying|ing|ed) (?:the|this) (?:hot)?fix|with (?:the|this) (?:hot)?fix|` +
	`new (?:security |audit )?events?|(?:change|correction) has been made|once (?:delivered|complete)|(?:above|this|everything) is correct|` +
	`is successful|you should (?:then |now )?(?:see|receive|find)|(?:will|it) now|now (?:detects?|logs?|checks?|reports?))\b`)

// recorded tells, in a section on what to do, what a step makes a program log.
var recorded = regexp.MustCompile(`(?i)\b(?:will (?:record|log|produce)|this produces)\b`)

// otherwise begins what is seen when a step has not worked: a sign again.
var otherwise = regexp.MustCompile(`(?i)\b(?:if not|otherwise|if (?:this|that|it|the \w+) (?:is|are|does|do|has|have|fails?)\b)`)

// isOutcome reports whether an event whose prose this is, in a section of this
// title, is no sign of the trouble.
func isOutcome(section, prose string) bool {
	switch section {
	case "SYMPTOMS", "SUMMARY", "CAUSE", "":
		return false
	case "RESOLUTION", "WORKAROUND", "STATUS":
		if recorded.MatchString(prose) || sampleOf.MatchString(prose) {
			return true
		}
	}
	return outcome.MatchString(prose) && !otherwise.MatchString(prose)
}

// sideNote tells prose that names an event for another reason than that it is a
// sign: to point to other articles, or as a place to look something up.
var sideNote = regexp.MustCompile(`(?i)^(?:for (?:additional|more|further) information|[+|]|(?:concerning|see) knowledge base)|` +
	`\byou can verify\b|\binformational event\b|\bcan be configured\b|\btells you\b|\bspecial version\b|\baccomplished by\b|\bis followed by its definition\b`)

// sampleOf begins, in a section on what to do, what is seen then.
var sampleOf = regexp.MustCompile(`(?i)\b(?:sample|example) of (?:the|an) (?:event|entry|message)\b|\bgives the detail\b`)

var (
	// routine are the words of events that tell of everyday work.
	routine = regexp.MustCompile(`(?i)\b(?:complete[ds]?|success(?:ful(?:ly)?)?|start(?:ed|ing)|entered|connect(?:ed|s)|logged on|begin|end|stopped|initiated|finished|retention)\b`)
	// trouble are words of events that tell of something else.
	trouble = regexp.MustCompile(`(?i)\b(?:\w*err(?:or)?s?\w*|fail\w*|unable|cannot|can't|could not|couldn't|not|no|never|warning|exce(?:ed|pt)\w*|den(?:y|ied)|invalid|refused|reject\w*|lost|halt\w*|timed?[- ]?out|exhausted|corrupt\w*|full|unexpected\w*|abnormal\w*|too|bad|denied|violat\w*|duplicate|missing|conflict\w*|dropp\w*|disconnect\w*|returned|problem|dump)\b`)
)

// isRoutine reports whether the text of an event tells of everyday work. In an
// article without symptoms such events are examples.
func (a *Article) isRoutine(s DraftSignal) bool {
	if s.Message == "" || a.Section("SYMPTOMS") != nil || trouble.MatchString(s.Message) {
		return false
	}
	return s.Level == parsers.LevelInformation.String() || routine.MatchString(s.Message)
}

// sectionAt gives the section that a line stands in, nil outside of all, and
// the line's place in it.
func (a *Article) sectionAt(line int) (*Section, int) {
	for i := range a.Sections {
		s := &a.Sections[i]
		if at := line - s.Line; at >= 0 && at < len(s.Lines) {
			return s, at
		}
	}
	return nil, 0
}

// maxLead is how many lines before an event its prose may begin.
const maxLead = 40

// lead gives the prose that leads to what a section quotes at a line: the last
// paragraph before it that is indented less, or ends in a colon.
func (s *Section) lead(at int) string {
	depth := indentOf(s.Lines[at])
	for end := at; end > 0 && at-end < maxLead; {
		for end > 0 && s.Lines[end-1] == "" {
			end--
		}
		from := end
		for from > 0 && s.Lines[from-1] != "" {
			from--
		}
		if from == end {
			break
		}
		text := oneRow(s.Lines[from:end])
		if len(text) > 12 && (indentOf(s.Lines[from]) < depth || strings.HasSuffix(text, ":")) {
			return text
		}
		end = from
	}
	return ""
}

func indentOf(l string) int { return len(l) - len(strings.TrimLeft(l, " ")) }

// oneRow joins wrapped lines.
func oneRow(lines []string) string {
	return strings.Join(strings.Fields(strings.Join(lines, " ")), " ")
}

// otherArticle begins a line that names another article, by its id or as the
// archive prints its title.
var otherArticle = regexp.MustCompile(`^\s*(?:Q\d{5,6}\b|(?i:ARTICLE-ID|TITLE)\s*:)`)

// withoutReferences leaves out the lines that name other articles: the events
// of their titles are not this article's.
func withoutReferences(lines []string) []string {
	var out []string
	for _, l := range lines {
		if !otherArticle.MatchString(l) {
			out = append(out, l)
		}
	}
	return out
}
