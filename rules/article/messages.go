package article

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"kbdiag/parsers"
)

// Error messages that an article quotes stand in indented blocks behind a
// sentence that announces them. Blocks behind other sentences are what to type,
// files, keys of the registry, code.

var (
	// ofErrors are the words of one or the other of which an announcement has.
	ofErrors = regexp.MustCompile(`(?i)\b(?:errors?|messages?|warnings?|notifications?|stop|blue screen|ndrs?|non-?\s?delivery reports?|exceptions?|failures?|return codes?|sense code|entry|entries|events?|stack|drwtsn32|` +
		`recipients?|dialog box:|could not be|was not delivered|description|(?:reveals?|displays?|returns?|reports?|receives?) the following)(?:\b|$)`)
	// productWords are names that hold a word of ofErrors.
	productWords = strings.NewReplacer("essage transfer agent", "", "essage Transfer Agent", "", "essage tracking", "", "essage Tracking", "", "-mail message", "", "rror message", "rror message")
	// ofOther tells sentences that announce something else.
	ofOther = regexp.MustCompile(`(?i)\b(?:types?|typing|enter|delete|run|use|using|specify|add|copy|create|write|set|verify|check)\s+(?:in\s+)?(?:the|one of the|each of the)\s+following\b|` +
		`\bfollowing\s+(\S+\s+){0,2}?(?:files?|code|commands?|paths?|keys?|values?|folders?|locations?|diagram|list|programs?|batch|script|page|steps?|options?|numbers?|areas?|functions?|examples?|syntax|output|logging|registry|conversation|sections?|articles?|settings?|parameters?|information regarding|quer(?:y|ies)|statements?|conditions?|items?)\b|` +
		`\b(?:documentation|guide)\b.*\b(?:provides|indicates|describes)\b|\bis defined\b|\bdefinition\b|\boutput:$`)
	errorBefore = regexp.MustCompile(`(?i)\b(?:error|message|warning)s?\b`)
	// manyMessages announces more than one.
	manyMessages = regexp.MustCompile(`(?i)\b(?:messages|errors|warnings|entries|events)\b[^.]*:$`)
	// ofEvents announces the text of an event.
	ofEvents = regexp.MustCompile(`(?i)\b(?:event (?:logs?|viewer)|(?:application|system|security) (?:event )?logs?|following (?:[\w-]+ ){0,2}events?|events? (?:is|are|was|were|may|similar|ids?|\d+))\b`)
	// sentenceEnd ends the sentence before an announcement.
	sentenceEnd = regexp.MustCompile(`[.!?]\)?\s+[A-Z"(]`)
)

// announced says whether the last sentence of a paragraph announces messages.
func announced(paragraph string) (one, many, event bool) {
	if !strings.HasSuffix(paragraph, ":") {
		return false, false, false
	}
	last := paragraph
	if ends := sentenceEnd.FindAllStringIndex(paragraph, -1); len(ends) > 0 {
		last = paragraph[ends[len(ends)-1][1]-1:]
	}
	if !ofErrors.MatchString(productWords.Replace(last)) {
		return false, false, false
	}
	if m := ofOther.FindString(last); m != "" && !errorBefore.MatchString(m) {
		return false, false, false
	}
	return true, manyMessages.MatchString(last), ofEvents.MatchString(last)
}

// notMessage tells blocks that are something else: what to type, paths and
// keys of the registry, events with their labels, other articles, downloads,
// headers of a mail, the greetings of servers.
var notMessage = regexp.MustCompile(`(?i)^(?:HKEY_|HKLM\b|Q\d{5,6}\b|article-id|title\s*:|download|\\|[a-z]:\\|event\s*id|event type|(?:source|log name|level|provider)\s*:|net |copy |cd |regsvr|telnet |ftp |/o=|\+OK\b|\* OK\b|2\d\d[ -])|\b(?:https?|ftp)://|\bsubject:|^(?:from|to|date|sent|note):|\(without the quotation marks\)`)

// isDump tells registers, stacks, tables of addresses and settings.
var isDump = regexp.MustCompile(`\beax=|\b(?:FramePtr|ChildEBP)\b|FAULT ->|Stack Back Trace|(?:\b\d{1,3}(?:\.\d{1,3}){3}\s+\S+\s*){2}|(?:;[^;]{0,30}){5}`)

// idNumber ends a dialog box of Exchange or its Setup.
var idNumber = regexp.MustCompile(`(?i)^Microsoft (?:Exchange|Windows)\b.{0,60}\bID no\b`)

var (
	// whichRecipient stands in a report of non-delivery before the reason.
	whichRecipient = regexp.MustCompile(`^(?:The following recipient\(s\) could not be reached:\s*)?\S.{0,60}? on (?:\d{1,2}/\d{1,2}/\d{2,4} \d{1,2}:\d\d(?::\d\d)? ?(?i:[ap]m)|\w{3}, \d{1,2} \w{3} \d{4} [\d:]+ [+-]\d{4}|<date ?/ ?time>)\s+`)
	// ofDelivery stands behind the reason: where the report was made.
	ofDelivery = regexp.MustCompile(`(?i)\s+(?:The MTS-ID of the original message is|MSEXCH):.*$`)
)

// isCode tells source code.
var isCode = regexp.MustCompile(`(?i)^(?:#include|//|\.model\b|<%|\?\s)|;\s*(?:$|//|[a-z_]+\s*[({=])|\)\s*\{|^[a-z_ ]+\(.*\)\s*$|\b(?:mov|push) [a-z]{2},|\bif not exist\b|\b(?:public|private|void|int) \w+\(`)

// isFile is one word of a list of files.
var isFile = regexp.MustCompile(`(?i)^[^\s<>:"]+\.[a-z]\w{1,3},?$`)

// dialogTitle is the title of a dialog, behind which its text stands.
var dialogTitle = regexp.MustCompile(`^(?:[^.!?:"\\]{0,70}|\S+\.(?:exe|EXE|dll|DLL) - [^.!?:"]{0,50})$`)

// alternative joins messages of which one or the other is seen.
var alternative = regexp.MustCompile(`(?i)^\s*-?\s*(?:or|and)\s*-?$`)

// idFirst is the text of an event with its id in front.
var idFirst = regexp.MustCompile(`^(\d{3,5})\s*[-:]?\s+([A-Z"(].*)$`)

const (
	minMessage  = 20 // letters of a message that tells anything
	maxMessages = 6  // of one article
	// maxAnnounce is how many lines a paragraph that announces may have.
	maxAnnounce = 8
)

// isShown reports whether a section tells what users see.
func isShown(title string) bool {
	switch title {
	case "SYMPTOMS", "SUMMARY", "", "ERROR MESSAGE":
		return true
	}
	return false
}

// errorMessages gives the quoted error messages of an article.
func (a *Article) errorMessages() []DraftSignal {
	var out []DraftSignal
	for i := range a.Sections {
		s := &a.Sections[i]
		if !isShown(s.Title) {
			continue
		}
		for j, l := range s.Lines {
			if l == "" || j+1 < len(s.Lines) && s.Lines[j+1] != "" {
				continue
			}
			paragraph, depth := paragraphTo(s.Lines, j)
			one, many, event := announced(paragraph)
			if !one {
				continue
			}
			for _, q := range s.quotesAfter(j+1, depth, many) {
				sig := DraftSignal{On: "line", Strength: "strong", Message: q.text, Codes: parsers.Codes(q.text), Line: q.line}
				if event {
					sig.On, sig.before = "event", paragraph
				}
				out = append(out, sig)
			}
		}
	}
	return out
}

// paragraphTo gives the paragraph that ends at line j, and how far it is
// indented.
func paragraphTo(lines []string, j int) (text string, depth int) {
	from := j
	for from > 0 && lines[from-1] != "" && j-from < maxAnnounce {
		from--
	}
	return oneRow(lines[from : j+1]), indentOf(lines[from])
}

// quote is a quoted text and its line in the article.
type quote struct {
	text string
	line int
}

// quotesAfter gives the messages that stand from line j on, indented more than
// the sentence that announces them: one, or those that "or" joins, or all in a
// row where many are announced.
func (s *Section) quotesAfter(j, depth int, many bool) []quote {
	var out []quote
	column := -1
	for len(out) < maxMessages {
		j = skipEmpty(s.Lines, j)
		from := j
		for j < len(s.Lines) && s.Lines[j] != "" && !alternative.MatchString(s.Lines[j]) {
			j++
		}
		if j == from {
			if j < len(s.Lines) && len(out) > 0 { // "or"
				j++
				continue
			}
			return out
		}
		block := s.Lines[from:j]
		at := indentOf(block[0])
		if at < 2 || at < depth || column >= 0 && at != column || !allIndented(block) {
			return out
		}
		text := strings.Trim(oneRow(block), `"`)
		title := len(strings.Fields(text)) < 8 && dialogTitle.MatchString(text)
		if next := skipEmpty(s.Lines, j); next < len(s.Lines) && (title || strings.HasSuffix(text, ":")) {
			if more, end := s.blockAt(next, at); more != "" && !notMessage.MatchString(more) && !alternative.MatchString(s.Lines[next]) {
				text += " " + more
				j = end
			}
		}
		if next := skipEmpty(s.Lines, j); next < len(s.Lines) {
			if more, end := s.blockAt(next, at); idNumber.MatchString(more) {
				text += " " + more
				j = end
			}
		}
		if q := messageText(text); q != "" {
			out = append(out, quote{q, s.Line + from})
			column = at
		} else if len(out) == 0 {
			return nil
		}
		if next := skipEmpty(s.Lines, j); !many && (next >= len(s.Lines) || !alternative.MatchString(s.Lines[next])) {
			return out
		}
	}
	return out
}

func skipEmpty(lines []string, j int) int {
	for j < len(lines) && lines[j] == "" {
		j++
	}
	return j
}

func allIndented(block []string) bool {
	for _, l := range block {
		if !strings.HasPrefix(l, "  ") {
			return false
		}
	}
	return true
}

// blockAt gives the paragraph at line j, if it is indented at least so far, and
// the line behind it.
func (s *Section) blockAt(j, depth int) (text string, end int) {
	end = j
	for end < len(s.Lines) && s.Lines[end] != "" {
		if indentOf(s.Lines[end]) < depth {
			return "", end
		}
		end++
	}
	return oneRow(s.Lines[j:end]), end
}

// messageText gives a block as a message, "" if it is none.
func messageText(text string) string {
	text = besideText.ReplaceAllString(ofDelivery.ReplaceAllString(text, ""), "")
	text = strings.Trim(whichRecipient.ReplaceAllString(text, ""), `" `)
	letters := 0
	for _, c := range text {
		if c|0x20 >= 'a' && c|0x20 <= 'z' {
			letters++
		}
	}
	if letters < minMessage || len(text) > 2*maxQuote || notMessage.MatchString(text) || isCode.MatchString(text) || isDump.MatchString(text) || itemStart.MatchString(text) {
		return ""
	}
	words := strings.Fields(text)
	files := 0
	for _, w := range words {
		if isFile.MatchString(w) {
			files++
		}
	}
	if files*2 > len(words) || len(words) == 1 {
		return ""
	}
	return clipQuote(text)
}

// addMessages adds quoted error messages: users see many, so beside other
// signals they only support the rule. The text of an event whose id stands in
// front, or that the article names by its id alone, becomes that event's.
func (d *Draft) addMessages() {
	n := 0
	for _, s := range d.Article.errorMessages() {
		if isStop(s) && len(s.Message) < maxStopText {
			continue // the code tells it all
		}
		if d.giveText(s) {
			continue
		}
		if m := idFirst.FindStringSubmatch(s.Message); m != nil && s.On == "event" && number(m[1]) != 0 {
			s.ID, s.Message = number(m[1]), m[2]
			s.setWhen(nil)
			d.addEvent(s)
			continue
		}
		if n >= maxMessages || d.hasText(s) {
			continue
		}
		n++
		s.Name = fmt.Sprintf("message_%d", n)
		if len(d.Signals) > 0 && s.On == "line" {
			s.Strength = "supports"
		}
		d.Signals = append(d.Signals, s)
	}
}

// maxStopText is how long the text of a bug check is where it says nothing but
// the code with its parameters, in bytes.
const maxStopText = 120

func isStop(s DraftSignal) bool {
	return slices.ContainsFunc(s.Codes, func(c string) bool { return strings.HasPrefix(c, "stop:") })
}

// giveText gives the text of an event, with the id in front or announced by it,
// to the event of that id. Another text of the event becomes a signal too.
func (d *Draft) giveText(s DraftSignal) bool {
	if s.On != "event" {
		return false
	}
	id, text := uint16(0), s.Message
	if m := idFirst.FindStringSubmatch(s.Message); m != nil {
		id, text = number(m[1]), m[2]
	} else if all := spokenID.FindAllStringSubmatch(s.before, -1); len(all) == 1 && all[0][2] == "" {
		id = number(all[0][1])
	}
	last := -1
	for i := range d.Signals {
		e := &d.Signals[i]
		if e.On != "event" || e.ID != id || id == 0 {
			continue
		}
		switch last = i; {
		case ofLog.MatchString(text):
			return true
		case e.Message == "":
			e.Message = text
			e.quoted()
			return true
		case sameReply(e.Message, text):
			return true
		}
	}
	if last < 0 {
		return false
	}
	more := d.Signals[last]
	more.Message, more.Line = text, s.Line
	if more.quoted(); more.Message != "" {
		d.addEvent(more)
	}
	return true
}

// hasText reports whether a signal has the text already, or is an event that
// the text is a part of.
func (d *Draft) hasText(s DraftSignal) bool {
	folded := strings.ToLower(s.Message)
	for _, have := range d.Signals {
		text := strings.ToLower(have.Message)
		if text != "" && have.On == s.On && (strings.Contains(text, folded) || strings.Contains(folded, text)) {
			return true
		}
		if have.ID != 0 && s.Line >= have.Line && s.Line <= d.endOf(have.Line) {
			return true
		}
	}
	return false
}

// endOf gives the last line of what is quoted from a line on: before the next
// prose.
func (d *Draft) endOf(line int) int {
	s, at := d.Article.sectionAt(line)
	if s == nil {
		return line
	}
	depth := indentOf(s.Lines[at])
	for i := at + 1; i < len(s.Lines) && i-at < maxLead; i++ {
		if l := s.Lines[i]; l != "" && (indentOf(l) < depth || depth == 0 && s.Lines[i-1] == "") {
			return s.Line + i - 1
		}
	}
	return s.Line + min(len(s.Lines)-1, at+maxLead)
}
