package article

import (
	"fmt"
	"regexp"
	"strings"

	"kbdiag/parsers"
)

// announcesError tells a paragraph behind which the text of an error message
// stands.
var announcesError = regexp.MustCompile(`(?i)\b(?:error|message|warning|dialog box|stop screen|blue screen|following)\b[^.]*:$`)

// notMessage tells blocks that are something else: what to type, paths and
// keys of the registry, events with their labels, other articles, downloads,
// headers of a mail and the greetings of servers.
var notMessage = regexp.MustCompile(`(?i)^(?:HKEY_|Q\d{5,6}\b|article-id|download|\\|[a-z]:\\|event id|event type|source\s*:|net |copy |regsvr|telnet |ftp |\+OK\b|\* OK\b|2\d\d[ -])|\b(?:https?|ftp)://|\bsubject:|^(?:from|to|date|sent|note):`)

// dialogTitle is the title of a dialog, behind which its text stands.
var dialogTitle = regexp.MustCompile(`^[^.!?:"\\]{0,70}$`)

const (
	minMessage   = 20 // letters of a message that tells anything
	maxMessages  = 6  // of one article
	maxExchanges = 6
)

// errorMessages gives the quoted error messages of an article: indented blocks
// behind a paragraph that announces one. events are the lines that quoted
// events took.
func (a *Article) errorMessages(events map[int]bool) []DraftSignal {
	var out []DraftSignal
	for i := range a.Sections {
		s := &a.Sections[i]
		if s.Title != "SYMPTOMS" && s.Title != "SUMMARY" && s.Title != "" {
			continue
		}
		for j, l := range s.Lines {
			if l == "" || !announcesError.MatchString(paragraphTo(s.Lines, j)) || j+1 < len(s.Lines) && s.Lines[j+1] != "" {
				continue
			}
			text, line := messageAfter(s, j+1)
			if text == "" || events[line] || len(out) >= maxMessages {
				continue
			}
			out = append(out, DraftSignal{
				Name: fmt.Sprintf("message_%d", len(out)+1), On: "line", Strength: "strong", Message: text,
				Codes: parsers.Codes(text), Line: line,
			})
		}
	}
	return out
}

// paragraphTo gives the last lines of the paragraph that ends at line j.
func paragraphTo(lines []string, j int) string {
	from := j
	for from > 0 && lines[from-1] != "" && j-from < 3 {
		from--
	}
	return strings.Join(strings.Fields(strings.Join(lines[from:j+1], " ")), " ")
}

// messageAfter gives the first indented paragraph behind a line.
func messageAfter(s *Section, j int) (text string, line int) {
	for j < len(s.Lines) && s.Lines[j] == "" {
		j++
	}
	line = s.Line + j
	var words []string
	for ; j < len(s.Lines) && s.Lines[j] != ""; j++ {
		if !strings.HasPrefix(s.Lines[j], "  ") {
			return "", line
		}
		words = append(words, strings.Fields(s.Lines[j])...)
	}
	text = strings.Trim(strings.Join(words, " "), `"`)
	if j+1 < len(s.Lines) && len(words) < 8 && dialogTitle.MatchString(text) && strings.HasPrefix(s.Lines[j+1], "   ") && !notMessage.MatchString(strings.TrimSpace(s.Lines[j+1])) {
		if more, _ := messageAfter(s, j+1); more != "" {
			text += " " + more
		}
	}
	letters := 0
	for _, c := range text {
		if c|0x20 >= 'a' && c|0x20 <= 'z' {
			letters++
		}
	}
	if letters < minMessage || len(text) > 600 || notMessage.MatchString(text) || itemStart.MatchString(text) {
		return "", line
	}
	return text, line
}

// refusals gives what went wrong in the sessions that an article shows.
func refusals(sessions []parsers.Session) []DraftSignal {
	var out []DraftSignal
	seen := map[string]bool{}
	add := func(s DraftSignal) {
		if key := s.When + "\x00" + s.Message; !seen[key] && len(out) < maxExchanges {
			seen[key] = true
			s.Name = fmt.Sprintf("reply_%d", len(out)+1)
			out = append(out, s)
		}
	}
	for i := range sessions {
		s := &sessions[i]
		if s.Connect != parsers.ConnectUnknown && s.Connect != parsers.Connected && s.Port != 0 {
			add(DraftSignal{On: "session", Strength: "strong", When: fmt.Sprintf("connect == %s && port == %d", quoteExpr(string(s.Connect)), s.Port), Line: s.Pos.Line})
		}
		if s.Outcome == parsers.OutcomeGreetingRefused && s.Protocol != "" {
			add(DraftSignal{On: "session", Strength: "strong", When: fmt.Sprintf("protocol == %s && outcome == \"greeting refused\"", quoteExpr(s.Protocol)), Message: oneLine(s.Greeting), Line: s.Pos.Line})
		}
		for j := range s.Exchanges {
			x := &s.Exchanges[j]
			if x.Reply.OK || s.Protocol == "" || x.Verb == "" {
				continue
			}
			when := fmt.Sprintf("protocol == %s && command == %s && !ok", quoteExpr(s.Protocol), quoteExpr(x.Verb))
			if x.Reply.Code != 0 {
				when = fmt.Sprintf("protocol == %s && command == %s && code == %d", quoteExpr(s.Protocol), quoteExpr(x.Verb), x.Reply.Code)
			}
			add(DraftSignal{On: "exchange", Strength: "strong", When: when, Message: oneLine(x.Reply.Text), Line: x.Line})
		}
	}
	return out
}

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) < 8 {
		return ""
	}
	return s
}
