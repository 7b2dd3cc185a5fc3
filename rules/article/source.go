package article

import (
	"regexp"
	"strings"
)

var (
	// besideSource begins what stands on the line of a source and is no part of
	// it: another column, the next sentence, another label.
	besideSource = regexp.MustCompile(`\s{2,}|\s+-\s+|\s*(?:Type|Category|Event ID|Description|Computer|User)\s*:|\s+(?:Error|Warning|Description|Field Engineering|Internal Processing)$`)
	nextSentence = regexp.MustCompile(`^(.*?\w{3,})\.\s+[A-Z].*$`) // not behind "Dr."
	// otherSource joins two names of one source.
	otherSource = regexp.MustCompile(`\s+\(?or\b\)?\s*|\s+/\s+`)
	sourceLabel = regexp.MustCompile(`^(?i:(?:event\s+)?source\s*[:=]?)\s+`)
	noSource    = regexp.MustCompile(`(?i)[<>\[\]%]|^(?:date|time|user|type|computer|n/a|none)\b|\bin the\b|^[(\s]*$`)
	// fileSource is a file that some article takes for a source.
	fileSource = regexp.MustCompile(`(?i)\.(?:log|txt|exe|dmp)$`)
)

// cleanSources gives the names in what an article has beside the label
// "Source": mostly one, none where there is but a placeholder.
func cleanSources(text string) []string {
	text = sourceLabel.ReplaceAllString(strings.TrimSpace(text), "")
	if at := besideSource.FindStringIndex(text); at != nil && at[0] > 0 {
		text = text[:at[0]]
	}
	if m := nextSentence.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	var out []string
	for _, name := range otherSource.Split(text, -1) {
		name = strings.Trim(name, " \t\"'(),;:")
		if !strings.Contains(name, " ") {
			name = strings.TrimRight(name, ".")
		}
		if len(name) > 1 && !noSource.MatchString(name) {
			out = append(out, name)
		}
	}
	return out
}

// spokenSource gives the longest source of the archive that the words before
// an event end in: "SNA Server" of "the SNA Server application logs event 23"
// is none, of "SNA Server event 23" it is one.
func (s *Sources) spokenSource(before string) string {
	words := strings.Fields(strings.TrimRight(before, " \"'(:,"))
	for len(words) > 0 && betweenWords[strings.ToLower(words[len(words)-1])] {
		words = words[:len(words)-1]
	}
	for n := min(4, len(words)); n > 0; n-- {
		name := strings.ToLower(strings.Trim(strings.Join(words[len(words)-n:], " "), "\"'(),"))
		if s.articles[name] >= knownSource && !s.shortened(name) {
			return s.typed[name]
		}
	}
	return ""
}

// shortened reports whether a name is the end of another source that is named
// more often: the MTA's events come from MSExchangeMTA, whatever some article
// calls it.
func (s *Sources) shortened(name string) bool {
	for other, n := range s.articles {
		if n > s.articles[name] && strings.HasSuffix(other, name) {
			return true
		}
	}
	return false
}

// knownSource is in how many articles a name must stand beside the label
// "Source" to be known for one in prose.
const knownSource = 2

// betweenWords stand between a source and the event in prose.
var betweenWords = map[string]bool{"error": true, "errors": true, "warning": true, "warnings": true, "application": true, "system": true, "log": true, "service": true,
	"logs": true, "may": true, "will": true, "reports": true, "records": true, "generates": true, "writes": true, "an": true, "a": true, "the": true, "following": true, "also": true}
