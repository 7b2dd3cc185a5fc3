package article

import (
	"fmt"
	"io"
	"strings"
	"text/template"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// Skeleton is a draft that explains itself: a rule file with a comment at each
// key. What is empty is marked as still to be filled in.
type Skeleton struct {
	From     string // what the draft was made from, "" for nothing
	Schema   string // path of the JSON Schema for editors, "" for none
	ID       string // "" for rules.DraftID
	Title    string
	Products []rules.Product
	Severity string // "" for error
	Cause    string
	Symptoms string
	Sources  []string
	Refs     []string // articles that help further
	Signals  []SkeletonSignal
	Steps    []rules.Step
	Collect  []rules.Collect
	Review   []string // what could not be taken with certainty
}

// SkeletonSignal is a signal of a draft.
type SkeletonSignal struct {
	Name     string
	On       rules.Kind
	When     string // "" where the author has to write it
	Strength rules.Strength
	Message  string
	Codes    []string
	Level    string
	Doc      string
	Comment  string // where it was taken from, one line
}

// Name gives the name of the rule file.
func (s *Skeleton) Name() string { return s.RuleID() + ".toml" }

// RuleID gives the id, or that of a draft.
func (s *Skeleton) RuleID() string {
	if s.ID == "" {
		return rules.DraftID
	}
	return s.ID
}

// When is the condition of the diagnosis: any of the signals that speak for
// the rule.
func (s *Skeleton) When() string {
	var names []string
	for _, sig := range s.Signals {
		if sig.Strength != rules.Against && sig.Strength != rules.RulesOut {
			names = append(names, sig.Name)
		}
	}
	return strings.Join(names, " || ")
}

// fillIn gives a text, or the mark that it is to be written.
func fillIn(what, s string) string {
	if strings.TrimSpace(s) == "" {
		return tomlString(rules.FillIn + ": " + what)
	}
	return tomlProse(s)
}

// tomlProse writes a text of several lines so that they can be edited.
func tomlProse(s string) string {
	if !strings.Contains(s, "\n") || strings.ContainsAny(s, "\\\r\x00") || strings.Contains(s, `"""`) || strings.HasSuffix(s, `"`) {
		return tomlString(s)
	}
	for _, r := range s {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7F {
			return tomlString(s)
		}
	}
	return "\"\"\"\n" + strings.ToValidUTF8(s, "") + `"""`
}

// tomlCondition writes a condition in single quotes where that is possible.
func tomlCondition(s string) string {
	if strings.ContainsAny(s, "'\n\r\t") {
		return tomlString(s)
	}
	return "'" + s + "'"
}

// comment makes lines of comment of a text.
func comment(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r", ""), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight("# "+strings.Map(printable, l), " ")
	}
	return strings.Join(lines, "\n")
}

// printable leaves out control characters, which TOML does not take in a
// comment.
func printable(r rune) rune {
	if r < ' ' && r != '\t' || r == 0x7F {
		return -1
	}
	return r
}

var skeletonText = template.Must(template.New("skeleton").Funcs(template.FuncMap{
	"toml": tomlString, "list": tomlList, "products": tomlProducts, "fill": fillIn, "cond": tomlCondition, "comment": comment, "prose": tomlProse,
}).Parse(`{{with .Schema}}#:schema {{.}}
{{end}}# A draft{{with .From}}, made from {{.}}{{end}}. Replace each FILL IN, take the
# comments out as you go, and run: kbdiag rules lint
{{range .Review}}{{comment (print "review: " .)}}
{{end}}
schema = 1

# The article's own id, or capital letters of yours with a number. The file is
# named like it, and so is the folder of its samples.
id = {{toml .RuleID}}

# One line that names the problem as a customer sees it.
title = {{fill "one line that names the problem" .Title}}
{{if .Products}}
# Products and versions that the article applies to.
products = {{products .Products}}
{{else}}
# Products and versions that the article applies to:
# products = [{ name = "Exchange Server", versions = ["5.5"] }]
{{end}}
# How bad it is: critical, error, warning or information.
severity = {{toml .Severity}}
{{if .Sources}}
# Where the facts can be checked.
sources = {{list .Sources}}
{{end}}
{{- if .Refs}}
# Articles that help further.
references = {{list .Refs}}
{{end}}
# Why it happens, in plain words. The report prints it.
cause = {{fill "why it happens, in plain words" .Cause}}
{{- if .Symptoms}}

# What users see, in prose: searched, not printed.
symptoms = {{prose .Symptoms}}{{end}}

# A signal is one observation on one record: an event, an exchange (a command
# with its reply), a session or a line. Strength says what it is worth:
# pathognomonic (proves it), strong, supports, weak, against, rules_out.
{{range .Signals}}
{{with .Comment}}{{comment .}}
{{end}}[signal.{{.Name}}]
on       = {{toml (print .On)}}
{{- if .When}}
when     = {{cond .When}}{{end}}
strength = {{toml (print .Strength)}}
{{- if .Message}}
# The text of the event, matched tolerantly: names and numbers may differ. Cut it
# to what the event always says in this case.
message  = {{toml .Message}}{{end}}
{{- if .Codes}}
codes    = {{list .Codes}}{{end}}
{{- if .Level}}
level    = {{toml .Level}}{{end}}
doc      = {{fill "what it means that this was seen" .Doc}}
{{end}}
# When the rule applies: signals joined with &&, || and !, and
# count(a) >= 3, within(a, b, "10m"), sequence(a, b, "10m"), absent(a).
[diagnosis]
when = {{cond .When}}

# What to do, in order, and how to see that it worked.
{{- range .Steps}}
[[step]]
text   = {{fill "what to do" .Text}}
{{- with .Verify}}
verify = {{fill "" .}}{{end}}
{{end}}
# What to ask for when the inputs do not decide it.
{{- range .Collect}}
[[collect]]
ask    = {{fill "a question that a customer can answer" .Ask}}
{{- with .Signal}}
signal = {{toml .}}{{end}}
{{end}}`))

// Write writes the draft as a rule file. Missing parts are marked.
func (s *Skeleton) Write(w io.Writer) error {
	d := *s
	if d.Severity == "" {
		d.Severity = "error"
	}
	if len(d.Signals) == 0 {
		d.Signals = []SkeletonSignal{{
			Name: "seen", On: rules.OnEvent, Strength: rules.Strong,
			When: fmt.Sprintf("provider == %s && id == 1", quoteExpr(rules.FillIn)),
		}}
	}
	if len(d.Steps) == 0 {
		d.Steps = []rules.Step{{}}
	}
	if !hasVerify(d.Steps) {
		d.Steps = append([]rules.Step(nil), d.Steps...)
		d.Steps[len(d.Steps)-1].Verify = rules.FillIn + ": how to see that it worked"
	}
	if len(d.Collect) == 0 {
		d.Collect = []rules.Collect{{Signal: d.Signals[0].Name}}
	}
	return skeletonText.Execute(w, &d)
}

// hasVerify says whether a step has a check.
func hasVerify(steps []rules.Step) bool {
	for _, s := range steps {
		if s.Verify != "" {
			return true
		}
	}
	return false
}

// Skeleton turns a draft of an article into one that explains itself.
func (d *Draft) Skeleton() *Skeleton {
	a := d.Article
	s := &Skeleton{
		From: "article " + a.ID, ID: a.ID, Title: a.Title, Products: a.Products, Cause: d.Cause,
		Symptoms: d.Symptoms(), Review: d.Review, Refs: d.References(), Severity: d.Severity(),
	}
	if a.ID != "" {
		s.Sources = []string{a.ID}
	}
	for _, text := range d.Steps[:min(len(d.Steps), maxSteps)] {
		s.Steps = append(s.Steps, rules.Step{Text: text})
	}
	for _, sig := range d.Signals[:min(len(d.Signals), maxSignals)] {
		s.Signals = append(s.Signals, SkeletonSignal{
			Name: sig.Name, On: rules.Kind(sig.On), When: sig.When, Strength: rules.Strength(sig.Strength), Message: clipQuote(sig.Message),
			Codes: sig.Codes, Level: sig.Level, Comment: fmt.Sprintf("From line %d of the article.", sig.Line),
		})
	}
	if len(d.Signals) > maxSignals || len(d.Steps) > maxSteps {
		s.Review = append(s.Review, fmt.Sprintf("the article quotes %d events and has %d paragraphs on what to do: only the first are here", len(d.Signals), len(d.Steps)))
	}
	return s
}

// Bounds of a draft.
const (
	maxQuote   = 600 // bytes of the text of an event
	maxSignals = 40
	maxSteps   = 100
)

// clipQuote cuts a quoted text between words.
func clipQuote(s string) string {
	s = strings.TrimSpace(strings.ToValidUTF8(s, ""))
	if len(s) <= maxQuote {
		return s
	}
	s = strings.ToValidUTF8(s[:maxQuote], "")
	if i := strings.LastIndexByte(s, ' '); i > 0 {
		s = s[:i]
	}
	return s
}

// EventSignal makes a signal of an event. ok is false for an event without an
// id.
func EventSignal(e *parsers.Event) (s SkeletonSignal, ok bool) {
	d, ok := draftSignal(e)
	if !ok {
		return SkeletonSignal{}, false
	}
	d.Message = clipQuote(d.Message)
	return SkeletonSignal{
		Name: d.Name, On: rules.OnEvent, When: d.When, Strength: rules.Strong, Message: d.Message, Codes: d.Codes, Level: d.Level,
	}, true
}
