package article

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kbdiag/parsers"
)

// maxExchanges is how many replies of one article become signals.
const maxExchanges = 6

// replies collects what went wrong in sessions, each once.
type replies struct {
	list []DraftSignal
	seen map[string]bool
}

func (r *replies) add(s DraftSignal) {
	key := s.When + "\x00" + strings.ToLower(strings.Trim(s.Message, " ."))
	if r.seen[key] || len(r.list) >= maxExchanges {
		return
	}
	r.seen[key] = true
	s.Name, s.Strength = fmt.Sprintf("reply_%d", len(r.list)+1), "strong"
	r.list = append(r.list, s)
}

func sameReply(a, b string) bool {
	a, b = strings.ToLower(strings.Trim(a, " .,")), strings.ToLower(strings.Trim(b, " .,"))
	return a == b || a == "" || b == "" || strings.Contains(a, b) || strings.Contains(b, a)
}

// addReplies adds the refusals of the sessions that the article shows and the
// refusals that it quotes alone.
func (d *Draft) addReplies(sessions []parsers.Session) {
	r := &replies{seen: map[string]bool{}}
	r.refusals(sessions)
	d.Article.quotedReplies(r)
	for i := range r.list {
		if len(d.Signals) > 0 && r.list[i].quotedAlone {
			r.list[i].Strength = "supports"
		}
	}
	d.Signals = append(d.Signals, r.list...)
}

// refusals takes what went wrong in sessions.
func (r *replies) refusals(sessions []parsers.Session) {
	for i := range sessions {
		s := &sessions[i]
		if s.Connect != parsers.ConnectUnknown && s.Connect != parsers.Connected && s.Port != 0 {
			r.add(DraftSignal{On: "session", When: fmt.Sprintf("connect == %s && port == %d", quoteExpr(string(s.Connect)), s.Port), Line: s.Pos.Line})
		}
		if s.Outcome == parsers.OutcomeGreetingRefused && s.Protocol != "" {
			r.add(DraftSignal{On: "session", When: fmt.Sprintf("protocol == %s && outcome == \"greeting refused\"", quoteExpr(s.Protocol)), Message: oneLine(s.Greeting), Line: s.Pos.Line})
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
			r.add(DraftSignal{On: "exchange", When: when, Message: oneLine(x.Reply.Text), Line: x.Line})
		}
	}
}

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) < 8 {
		return ""
	}
	return s
}

var (
	// replyLine is a refusal on a line of its own, as clients and protocol logs
	// print it.
	replyLine = regexp.MustCompile(`^\s{2,}"?(?:<<<|>>>|<-|S:|S>|IO: \||\[[rt]x\])?\s*(?:([45]\d\d)[ -](?:(?:#?\d\.\d{1,3}\.\d{1,3})\s)?(["#<]?[A-Za-z].*)|(-ERR)\s+(\S.*))$`)
	// httpLine is a refusal of a web server, imapLine one of IMAP4.
	httpLine = regexp.MustCompile(`^\s{2,}HTTP(?:[/ ]1\.[01])?\s+(?:Error |Server )?([45]\d\d)(?:[.-]\d+)?(?: Error:| -|:)?\s+(\S.*)$`)
	imapLine = regexp.MustCompile(`^\s{2,}(?:\S{1,12} )?(?:NO|BAD) (\[[A-Z]|[A-Z][a-z])(.*)$`)
	// replyInText is a refusal in quotation marks, or behind what a report of
	// non-delivery says of where it was made.
	replyInText = regexp.MustCompile(`["']\s*(?:([45]\d\d)[ -](?:(?:#?\d\.\d{1,3}\.\d{1,3})\s)?([A-Za-z][^"]{3,160}?)|(-ERR)\s+([^"]{8,160}?))\.?["']|\bMSEXCH:IM[CS]:\S+\s+\d?\d{3}(?: \([0-9A-F]{8}\))? ([45]\d\d) (?:(?:\d\.\d{1,3}\.\d{1,3})\s)?([A-Za-z].{6,160})`)
)

// protocolNames are the words of an article for each protocol, the most
// telling first.
var protocolNames = []struct {
	protocol string
	words    *regexp.Regexp
	codes    []int // of refusals
}{
	{"ftp", regexp.MustCompile(`(?i)\bftp\b`), []int{421, 425, 426, 430, 450, 451, 452, 500, 501, 502, 503, 504, 530, 532, 550, 551, 552, 553}},
	{"nntp", regexp.MustCompile(`(?i)\b(?:nntp|newsfeed|news(?:group)?s?\b)`), []int{400, 411, 412, 420, 421, 422, 423, 430, 435, 436, 437, 440, 441, 480, 482, 500, 501, 502, 503}},
	{"smtp", regexp.MustCompile(`(?i)\b(?:e?smtp|internet mail|imc|ims|relay(?:ing)?|ehlo|helo)\b`), []int{421, 450, 451, 452, 454, 455, 458, 459, 499, 500, 501, 502, 503, 504, 505, 521, 530, 534, 535, 538, 550, 551, 552, 553, 554}},
}

// protocolOf tells the protocol of a quoted code: the one that the words nearest
// to it name, or else the article most often.
func (a *Article) protocolOf(code int, near string) string {
	best, most := "", 0
	for _, text := range []string{near, a.Title, strings.Join(a.Lines, " ")} {
		for _, p := range protocolNames {
			if !slices.Contains(p.codes, code) {
				continue
			}
			if n := len(p.words.FindAllStringIndex(text, -1)); n > most {
				best, most = p.protocol, n
			}
		}
		if best != "" {
			return best
		}
	}
	return ""
}

// quotedReplies adds the refusals that an article quotes outside of sessions.
func (a *Article) quotedReplies(r *replies) {
	for i := range a.Sections {
		s := &a.Sections[i]
		if !isShown(s.Title) && s.Title != "CAUSE" && s.Title != "MORE INFORMATION" {
			continue
		}
		for j := 0; j < len(s.Lines); j++ {
			if m := replyLine.FindStringSubmatch(s.Lines[j]); m != nil {
				text := m[2] + m[4]
				for k := j + 1; k < len(s.Lines) && continuesReply(s.Lines[j], s.Lines[k]); k++ {
					text += " " + strings.TrimSpace(s.Lines[k])
				}
				a.quotedReply(r, m[1], m[3], text, s.lead(j), s.Line+j)
			}
			if m := httpLine.FindStringSubmatch(s.Lines[j]); m != nil {
				r.addAlone(fmt.Sprintf(`protocol == "http" && code == %s`, m[1]), m[2], s.Line+j)
			}
			if m := imapLine.FindStringSubmatch(s.Lines[j]); m != nil && imapWord.MatchString(a.Title+s.lead(j)) {
				r.addAlone(`protocol == "imap" && !ok`, m[1]+m[2], s.Line+j)
			}
		}
		for _, p := range spans(s) {
			for _, m := range replyInText.FindAllStringSubmatch(p.text, -1) {
				a.quotedReply(r, m[1]+m[5], m[3], m[2]+m[4]+m[6], p.text, p.line)
			}
		}
	}
	for _, m := range replyInText.FindAllStringSubmatch(a.Title, -1) {
		a.quotedReply(r, m[1]+m[5], m[3], m[2]+m[4]+m[6], a.Title, a.titleLine)
	}
}

// continuesReply reports whether a line goes on with the text of a reply:
// indented alike and no reply or command itself.
func continuesReply(first, l string) bool {
	return l != "" && indentOf(l) == indentOf(first) && len(first) > 55 && !replyLine.MatchString(l) && !isCommand.MatchString(l)
}

var isCommand = regexp.MustCompile(`^\s*(?:[A-Z]{4}\b|\d{3}[ -]|\+OK|-ERR|[<>]|[a-z]{4}(?: |$))`)

// spans gives the paragraphs of a section and their first lines.
func spans(s *Section) []quote {
	var out []quote
	for j := 0; j < len(s.Lines); j++ {
		if s.Lines[j] == "" {
			continue
		}
		from := j
		for j < len(s.Lines) && s.Lines[j] != "" {
			j++
		}
		out = append(out, quote{oneRow(s.Lines[from:j]), s.Line + from})
	}
	return out
}

var imapWord = regexp.MustCompile(`(?i)\bimap`)

// quotedReply adds one quoted refusal of POP3, or of a protocol with codes.
func (a *Article) quotedReply(r *replies, digits, pop, text, near string, line int) {
	if pop != "" {
		r.addAlone(`protocol == "pop3" && !ok`, text, line)
		return
	}
	code, _ := strconv.Atoi(digits)
	if protocol := a.protocolOf(code, near); protocol != "" {
		r.addAlone(fmt.Sprintf("protocol == %s && code == %d", quoteExpr(protocol), code), text, line)
	}
}

// Bounds of a quoted refusal, in bytes.
const (
	minReply = 4
	maxReply = 240
)

// addAlone adds a refusal that stands without its session, unless one of the
// sessions shows it.
func (r *replies) addAlone(when, text string, line int) {
	text = strings.Trim(besideText.ReplaceAllString(text, ""), `"', `)
	if len(text) < minReply || len(text) > maxReply {
		return
	}
	for _, s := range r.list {
		if conditionOf(s.When) == conditionOf(when) && sameReply(s.Message, text) {
			return
		}
	}
	r.add(DraftSignal{On: "exchange", When: when, Message: text, Line: line, quotedAlone: true})
}

// conditionOf gives a condition without the command that the reply answers.
func conditionOf(when string) string { return commandPart.ReplaceAllString(when, "") }

var commandPart = regexp.MustCompile(` && command == "[^"]*"`)
