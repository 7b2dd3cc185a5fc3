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
}

// catalogueEvents is from how many different events on an article is a list of
// events, and no article on one trouble.
const catalogueEvents = 14

// Catalogue reports whether the article lists events in place of telling of
// one trouble.
func (d *Draft) Catalogue() bool { return len(d.Signals) >= catalogueEvents }

// NewDraft makes a draft from an article and the events and sessions that it
// quotes.
func NewDraft(a *Article, events []parsers.Event, sessions []parsers.Session) *Draft {
	d := &Draft{Article: a}
	names := map[string]int{}
	seen := map[string]bool{}
	quoted := map[uint16]bool{}
	for i := range events {
		quoted[events[i].ID] = true
	}
	before := map[uint16]string{}
	for _, m := range a.mentions(quoted) {
		events = append(events, m.event())
		before[m.id] = m.before
	}
	for i := range events {
		s, ok := draftSignal(&events[i])
		s.quoted()
		s.before = before[s.ID]
		if !ok || seen[s.When+"\x00"+s.Message] {
			continue
		}
		seen[s.When+"\x00"+s.Message] = true
		names[s.Name]++
		if n := names[s.Name]; n > 1 {
			s.Name += "_" + strconv.Itoa(n)
		}
		d.Signals = append(d.Signals, s)
	}
	d.addQuotes(events, sessions)
	d.Cause = a.Section("CAUSE").Text()
	if d.Cause == "" {
		d.Cause = a.Title
		d.Review = append(d.Review, "the article has no section CAUSE: the title stands for it")
	}
	d.steps()
	return d
}

// addQuotes adds quoted replies and error messages. Beside events they only
// support the rule: users see many messages, and logs show which it was.
func (d *Draft) addQuotes(events []parsers.Event, sessions []parsers.Session) {
	lines := map[int]bool{}
	for i := range events {
		for n := range 12 {
			lines[events[i].Pos.Line+n] = true
		}
	}
	quotes := append(refusals(sessions), d.Article.errorMessages(lines)...)
	for _, s := range quotes {
		if len(d.Signals) > 0 && s.On == "line" {
			s.Strength = "supports"
		}
		d.Signals = append(d.Signals, s)
	}
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

var (
	// behindDescription begins a text of which other columns were taken for a
	// part.
	behindDescription = regexp.MustCompile(`^.{0,80}?\bDescription\s*:\s*`)
	noDescription     = regexp.MustCompile(`(?i)^The description for Event ID \(?\s*(\d+)\s*\)? in Source \(?[^)]*\)? could not be found\.?(?:\s*It contains the following insertion string\(s\):\s*(.*))?`)
	reference         = regexp.MustCompile(`^Q\d{5,6}\b`)
)

// quoted cleans what an article has of an event: there, other things stand
// beside the source and the text.
func (s *DraftSignal) quoted() {
	if names := cleanSources(s.Source); s.Source != "" {
		switch s.Source = ""; len(names) {
		case 0:
			s.When = fmt.Sprintf("id == %d", s.ID)
		case 1:
			s.Source = names[0]
			s.When = fmt.Sprintf("provider == %s && id == %d", quoteExpr(names[0]), s.ID)
		default:
			s.Source = names[0]
			s.When = fmt.Sprintf("provider in %s && id == %d", quoteList(names), s.ID)
		}
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
	if rest, ok := strings.CutPrefix(s.Message, s.Source+" "); ok && s.Source != "" && len(rest) > 20 && rest[0] >= 'A' && rest[0] <= 'Z' {
		s.Message = rest // the source stands once more before the text
	}
	if reference.MatchString(s.Message) {
		s.Message = "" // another article that the paragraph names
	}
	s.Codes = parsers.Codes(s.Message)
	sort.Strings(s.Codes)
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

// steps takes the numbered items, or else the paragraphs, of the section that
// says what to do.
func (d *Draft) steps() {
	s := d.Article.Section("RESOLUTION", "WORKAROUND", "MORE INFORMATION", "STATUS")
	if s == nil {
		d.Steps = []string{"See the article."}
		d.Review = append(d.Review, "the article has no section RESOLUTION or WORKAROUND")
		return
	}
	for _, p := range paragraphs(s.Lines) {
		if len(d.Steps) > 0 && itemStart.MatchString(p) && strings.HasPrefix(p, "- ") {
			d.Steps[len(d.Steps)-1] += "\n" + p
			continue
		}
		d.Steps = append(d.Steps, p)
	}
}

var draftText = template.Must(template.New("draft").Funcs(template.FuncMap{
	"toml": tomlString, "list": tomlList, "products": tomlProducts,
}).Parse(`# Draft made from article {{.Article.ID}}. Review it before use.
{{range .Review}}# review: {{.}}
{{end}}schema = 1
id = {{toml .Article.ID}}
title = {{toml .Article.Title}}
products = {{products .Article.Products}}
severity = "error"
sources = [{{toml .Article.ID}}]
cause = {{toml .Cause}}
{{- with .Symptoms}}
symptoms = {{toml .}}{{end}}
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
text = {{toml .}}
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
