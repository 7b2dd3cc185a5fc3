package article

import (
	"fmt"
	"io"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"text/template"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// Draft is a rule made from an article, for a person to review.
type Draft struct {
	Article *Article
	Signals []DraftSignal
	Cause   string
	Steps   []string
	Review  []string // what could not be taken with certainty, with the line it came from
}

// DraftSignal is a quoted event, message or reply as a signal.
type DraftSignal struct {
	Name     string
	On       string // kind of record
	When     string // "" where the message alone is looked for
	Strength string
	Message  string
	Codes    []string
	Level    string
	ID       uint16
	Source   string // "" if the article names none
	Line     int    // of the article, 1-based

	before string // the words of a paragraph before the event
	last   uint16 // of a range of ids, 0 for one id

	unnamed     bool // the article has a placeholder for the source
	quotedAlone bool // a reply without the session around it
}

// catalogueEvents is from how many different events on an article is a list of
// events, and no article on one trouble.
const catalogueEvents = 14

// Catalogue reports whether the article lists events in place of telling of
// one trouble.
func (d *Draft) Catalogue() bool {
	events := 0
	for _, s := range d.Signals {
		if s.On == "event" {
			events++
		}
	}
	return events >= catalogueEvents
}

// NewDraft makes a draft from an article and the events and sessions that it
// quotes.
func NewDraft(a *Article, events []parsers.Event, sessions []parsers.Session) *Draft {
	d := &Draft{Article: a}
	d.addEvents(events)
	d.addStops()
	d.addReplies(sessions)
	d.addMessages()
	d.title()
	d.cause()
	d.steps()
	return d
}

// addEvents makes signals of the events that the article quotes and tells of.
func (d *Draft) addEvents(events []parsers.Event) {
	known := map[uint16]bool{}
	for i := range events {
		if !d.ofOthers(&events[i]) {
			known[events[i].ID] = true
		}
	}
	for i := range events {
		s, ok := draftSignal(&events[i])
		if !ok || d.ofOthers(&events[i]) {
			continue
		}
		s.Message = d.goesOn(d.withoutAnnouncement(s), s.Line)
		s.quoted()
		if d.isOutcome(s) {
			d.leaveOut(s)
			continue
		}
		d.addEvent(s)
	}
	for _, m := range d.Article.mentions(known) {
		e := m.event()
		s, _ := draftSignal(&e)
		s.before, s.last = m.before, m.last
		s.Message = d.goesOn(s.Message, s.Line)
		if s.quoted(); s.Source == "" {
			s.setWhen(nil)
		}
		if m.outcome {
			d.leaveOut(s)
			continue
		}
		d.addEvent(s)
	}
	d.leaveOutRoutine()
}

// manyEvents is from how many events on an article without symptoms lists them
// for their own sake.
const manyEvents = 8

// leaveOutRoutine leaves out the events of everyday work, unless they stand
// among more of another kind.
func (d *Draft) leaveOutRoutine() {
	var others, routine []DraftSignal
	for _, s := range d.Signals {
		if d.Article.isRoutine(s) {
			routine = append(routine, s)
		} else {
			others = append(others, s)
		}
	}
	if len(others) > len(routine) && len(d.Signals) < manyEvents {
		return
	}
	d.Signals = others
	for _, s := range routine {
		d.leaveOut(s)
	}
}

// addEvent adds the signal of an event, unless it is there already.
func (d *Draft) addEvent(s DraftSignal) {
	n := 1
	for _, have := range d.Signals {
		if have.When == s.When && have.Message == s.Message {
			return
		}
		if have.ID == s.ID && have.On == s.On {
			n++
		}
	}
	if s.Name = fmt.Sprintf("event_%d", s.ID); n > 1 {
		s.Name += "_" + strconv.Itoa(n)
	}
	d.Signals = append(d.Signals, s)
}

// ofOthers reports whether a line that names another article was taken for an
// event.
func (d *Draft) ofOthers(e *parsers.Event) bool {
	at := e.Pos.Line - 1
	return at >= 0 && at < len(d.Article.Lines) && otherArticle.MatchString(d.Article.Lines[at])
}

// withoutAnnouncement cuts a text off before a paragraph that announces
// something else, indented like the text.
func (d *Draft) withoutAnnouncement(s DraftSignal) string {
	section, at := d.Article.sectionAt(s.Line)
	if section == nil || !strings.Contains(s.Message, ":") {
		return s.Message
	}
	for i := at + 1; i < len(section.Lines) && i-at < maxLead; i++ {
		if section.Lines[i] == "" || section.Lines[i-1] != "" {
			continue
		}
		text, _ := section.blockAt(i, 0)
		if !strings.HasSuffix(text, ":") || !following.MatchString(text) {
			continue
		}
		if from := strings.Index(s.Message, " "+text); from > 0 {
			return s.Message[:from]
		}
	}
	return s.Message
}

// goesOn adds to a text that ends in a colon the paragraph of the article that
// goes on with it.
func (d *Draft) goesOn(text string, line int) string {
	section, at := d.Article.sectionAt(line)
	if section == nil || !strings.HasSuffix(text, ":") {
		return text
	}
	for i := at; i < len(section.Lines) && i-at < maxLead; i++ {
		l := section.Lines[i]
		if !strings.HasSuffix(l, ":") || !strings.HasSuffix(text, strings.TrimSpace(l)) || i+1 >= len(section.Lines) || section.Lines[i+1] != "" {
			continue
		}
		next := skipEmpty(section.Lines, i+1)
		if next >= len(section.Lines) || indentOf(section.Lines[next]) < max(2, indentOf(l)) {
			return text
		}
		more, _ := section.blockAt(next, indentOf(l))
		if more == "" || len(more) > maxQuote || notMessage.MatchString(more) || itemStart.MatchString(more) || spokenID.MatchString(more) || ofLog.MatchString(more) {
			return text
		}
		return text + " " + more
	}
	return text
}

var following = regexp.MustCompile(`(?i)\b(?:following|similar)\b`)

// isOutcome reports whether the article shows an event as what is seen when all
// is well.
func (d *Draft) isOutcome(s DraftSignal) bool {
	section, at := d.Article.sectionAt(s.Line)
	return section != nil && isOutcome(section.Title, section.lead(at))
}

func (d *Draft) leaveOut(s DraftSignal) {
	d.Review = append(d.Review, fmt.Sprintf("line %d: event %d is left out: it seems to be what is seen when all is well, or after the fix", s.Line, s.ID))
}

// maxSource is the longest name of an event source, in bytes: it is a key of the
// registry, whose names have at most 255 characters.
const maxSource = 512

func draftSignal(e *parsers.Event) (DraftSignal, bool) {
	if !e.Has(parsers.FieldID) {
		return DraftSignal{}, false
	}
	s := DraftSignal{Name: fmt.Sprintf("event_%d", e.ID), On: "event", Strength: "strong", When: fmt.Sprintf("id == %d", e.ID), Line: e.Pos.Line}
	if e.Has(parsers.FieldProvider) && e.Provider != "" && len(e.Provider) <= maxSource {
		s.Source = e.Provider
		s.When = fmt.Sprintf("provider == %s && id == %d", quoteExpr(e.Provider), e.ID)
	}
	s.Message = strings.Join(strings.Fields(strings.ReplaceAll(e.Message, "<BR/>", " ")), " ")
	if s.Message == "" && len(e.Strings) > 0 {
		s.Message = strings.Join(e.Strings, " ")
	}
	s.ID = e.ID
	if e.Level != parsers.LevelUnknown {
		s.Level = e.Level.String()
	}
	s.Codes = parsers.Codes(s.Message)
	sort.Strings(s.Codes)
	return s, true
}

// setWhen writes the condition of an event of these sources.
func (s *DraftSignal) setWhen(sources []string) {
	s.Source = ""
	ids := fmt.Sprintf("id == %d", s.ID)
	if s.last != 0 {
		ids = fmt.Sprintf("id in %d..%d", s.ID, s.last)
	}
	switch len(sources) {
	case 0:
		s.When = ids
	case 1:
		s.Source = sources[0]
		s.When = fmt.Sprintf("provider == %s && %s", quoteExpr(sources[0]), ids)
	default:
		s.Source = sources[0]
		s.When = fmt.Sprintf("provider in %s && %s", quoteList(sources), ids)
	}
}

// quoteList writes texts as a list of a condition.
func quoteList(texts []string) string {
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = quoteExpr(t)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// maxSymptoms bounds the prose of a draft, in bytes.
const maxSymptoms = 6000

// Symptoms gives the article's prose on what users see.
func (d *Draft) Symptoms() string {
	var parts []string
	for _, s := range d.Article.Sections {
		switch s.Title {
		case "SYMPTOMS", "SUMMARY", "MORE INFORMATION", "":
			parts = append(parts, s.Text())
		}
	}
	text := strings.Join(parts, "\n\n")
	if len(text) > maxSymptoms {
		text = text[:strings.LastIndexByte(text[:maxSymptoms], ' ')]
	}
	return text
}

// quoteExpr writes a text as a literal of a condition.
func quoteExpr(s string) string { return strconv.Quote(s) }

var draftText = template.Must(template.New("draft").Funcs(template.FuncMap{
	"toml": tomlString, "list": tomlList, "products": tomlProducts, "prose": tomlProse,
}).Parse(`# Draft made from article {{.Article.ID}}. Review it before use.
{{range .Review}}# review: {{.}}
{{end}}schema = 1
id = {{toml .Article.ID}}
title = {{toml .Article.Title}}
products = {{products .Article.Products}}
severity = {{toml .Severity}}
{{- with .References}}
references = {{list .}}{{end}}
sources = [{{toml .Article.ID}}]
cause = {{prose .Cause}}
{{- with .Symptoms}}
symptoms = {{prose .}}{{end}}
{{- with .Notes}}
notes = {{prose .}}{{end}}
{{range .Signals}}
[signal.{{.Name}}] # from line {{.Line}}
on = {{toml .On}}
{{- if .When}}
when = {{toml .When}}{{end}}
strength = {{toml .Strength}}
{{- if .Message}}
message = {{toml .Message}}{{end}}
{{- if .Codes}}
codes = {{list .Codes}}{{end}}
{{- if .Level}}
level = {{toml .Level}}{{end}}
{{end}}
[diagnosis]
when = {{toml .When}}
{{range .Steps}}
[[step]]
text = {{prose .}}
{{end}}
{{- range .Collect}}
[[collect]]
ask = {{prose .Ask}}
signal = {{toml .Signal}}
cost = {{.Cost}}
{{end}}`))

// When is the condition of the diagnosis: any of the quoted events.
func (d *Draft) When() string {
	var names []string
	for _, s := range d.Signals {
		names = append(names, s.Name)
	}
	return strings.Join(names, " || ")
}

// Write writes the draft as a rule file.
func (d *Draft) Write(w io.Writer) error { return draftText.Execute(w, d) }

// tomlString writes a basic string, which needs the same escapes as JSON.
func tomlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "") {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7F:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func tomlList(items []string) string {
	quoted := make([]string, len(items))
	for i, s := range items {
		quoted[i] = tomlString(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

func tomlProducts(products []rules.Product) string {
	var out []string
	for _, p := range products {
		item := "{ name = " + tomlString(p.Name)
		if len(p.Versions) > 0 {
			item += ", versions = " + tomlList(p.Versions)
		}
		out = append(out, item+" }")
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// NoRule says why the article does not become a rule, "" if it does.
func (d *Draft) NoRule() string {
	switch {
	case len(d.Signals) == 0:
		return "quotes no event, message or reply"
	case d.Catalogue():
		return "lists many events: no article on one trouble"
	}
	return ""
}
