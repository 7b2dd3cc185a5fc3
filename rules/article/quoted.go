package article

import (
	"regexp"
	"sort"
	"strconv"
	"strings"

	"kbdiag/parsers"
)

var (
	// behindDescription begins a text of which other columns were taken for a
	// part.
	behindDescription = regexp.MustCompile(`^(?:.{0,80}?\bDescription\s*:|The event details contains? the description:)\s*`)
	// besideText stands behind a text and is no part of it: the data of the
	// event, and what the article says of its slots.
	besideText = regexp.MustCompile(`(?:\s+Data:\s*(?:\([^()]*\)|[0-9A-Fa-f:. ]*|[0-9A-Fa-f]{4,}\b.*)|["']?,?\s+where\s+["'<%\[].*)$`)
	// typeBefore is the type of an event that was taken for a part of its text.
	typeBefore = regexp.MustCompile(`^Type:?\s+(?i:(error|warning|information))\s*:?\s+`)
	// columnsBefore are the columns of the window of one event.
	columnsBefore = regexp.MustCompile(`^(?:Date\s+\S+\s+)?Time\s+\S+(?:\s+[AP]M)?\s+Source\s+(\S.*?)\s+User\s+\S+\s+Type\s+(?i:(error|warning|information))\s+Computer\s+\S+\s+Category\s+\S+\s*(?:-and-\s*)?`)
	sourceBefore  = regexp.MustCompile(`^Source:?\s+(\S+)(?:\s+|$)`)
	// quotedFirst is a text in quotation marks with prose behind it, ofSource goes
	// on with the name of a source.
	quotedFirst = regexp.MustCompile(`^"([^"]{8,400})"\s+(?:in|is|are|may|appears?|from)\s`)
	ofSource    = regexp.MustCompile(`^(?:Server|Service|Agent|Client|Manager)\b`)
	// idBefore is the id of an event before its text.
	idBefore = regexp.MustCompile(`^(\d{3,5})\s*(?::|\((?:Error|Warning|Success)\))\s+`)
	// describesText begins prose on the text, or the data of the event, in place
	// of the text.
	describesText = regexp.MustCompile(`^0000: [0-9a-f]{2}|^(?i:the (?:description|text|message) (?:will|may|can|is|contains|depends)\b)`)
	noDescription = regexp.MustCompile(`(?i)^The description for Event ID \(?\s*(\d+)\s*\)? in Source \(?[^)]*\)? could not be found\.?(?:\s*It contains the following insertion string\(s\):\s*(.*))?`)
)

// quoted cleans what an article has of an event: there, other things stand
// beside the source and the text.
func (s *DraftSignal) quoted() {
	if names := cleanSources(s.Source); s.Source != "" {
		s.setWhen(names)
		s.unnamed = len(names) == 0
	}
	if m := noDescription.FindStringSubmatch(s.Message); m != nil {
		// Viewed on a computer that lacks the message file: the strings are all
		// that is left of the text.
		s.Message = strings.Trim(m[2], " .")
		if m[1] != strconv.Itoa(int(s.ID)) {
			s.Message = ""
		}
	}
	s.Message = behindDescription.ReplaceAllString(s.Message, "")
	if rest, ok := strings.CutPrefix(s.Message, s.Source+" "); ok && s.Source != "" && len(rest) > 20 && rest[0] >= 'A' && rest[0] <= 'Z' && !ofSource.MatchString(rest) {
		s.Message = rest // the source stands once more before the text
	}
	if m := idBefore.FindStringSubmatch(s.Message); m != nil && number(m[1]) == s.ID {
		s.Message = s.Message[len(m[0]):]
	} else if m != nil {
		s.Message = "" // the text of another event
	}
	s.labelsBefore()
	if m := quotedFirst.FindStringSubmatch(s.Message); m != nil {
		s.Message = m[1]
	}
	s.Message = strings.TrimPrefix(s.Message, "- ")
	if strings.Count(s.Message, `"`) == 1 {
		s.Message = strings.Trim(s.Message, `"`)
	}
	s.Message = strings.TrimSpace(besideText.ReplaceAllString(s.Message, ""))
	if otherArticle.MatchString(s.Message) || describesText.MatchString(s.Message) {
		s.Message = ""
	}
	s.Codes = parsers.Codes(s.Message)
	sort.Strings(s.Codes)
}

// labelsBefore takes from the beginning of a text the other columns of the event
// that stand there.
func (s *DraftSignal) labelsBefore() {
	if m := columnsBefore.FindStringSubmatch(s.Message); m != nil && s.Source == "" {
		s.setWhen(cleanSources(m[1]))
		s.Level, s.Message = strings.ToLower(m[2]), s.Message[len(m[0]):]
	}
	if m := typeBefore.FindStringSubmatch(s.Message); m != nil {
		s.Message = s.Message[len(m[0]):]
		if s.Level == "" {
			s.Level = strings.ToLower(m[1])
		}
	}
	if m := sourceBefore.FindStringSubmatch(s.Message); m != nil && s.Source == "" {
		s.setWhen(cleanSources(m[1]))
		s.Message = s.Message[len(m[0]):]
	}
}
