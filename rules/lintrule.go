package rules

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// minLiteral is the least number of letters and digits of a literal that tells
// a record apart.
const minLiteral = 4

// lint notes what is doubtful in one rule.
func (r *ruleReader) lint() {
	r.rule.idPos = r.doc.pos(r.at("id").from)
	if t, ok := r.table.table("diagnosis"); ok {
		for _, e := range t.texts("explains") {
			r.rule.explainsPos = append(r.rule.explainsPos, r.doc.pos(e.at.from))
		}
	}
	r.lintAdvice()
	for i := range r.rule.Signals {
		if i < len(r.signals) {
			r.lintSignal(&r.rule.Signals[i], r.signals[i])
		}
	}
	r.lintDiagnosis()
	r.fillIns()
}

// lintAdvice looks at what the rule tells the reader.
func (r *ruleReader) lintAdvice() {
	if r.doc.failed() {
		return // what is missing may be misspelt
	}
	if !r.has("collect") {
		r.doc.warn(r.at("id"), CodeNoCollect, "add [[collect]] with ask and signal", "there is nothing to ask for when it is not certain")
	}
	verified := slices.ContainsFunc(r.rule.Steps, func(s Step) bool { return s.Verify != "" })
	if steps := r.tables("step"); len(steps) > 0 && !verified {
		r.doc.warn(steps[0].node.at, CodeNoVerify, "add verify to the last step", "no step says how to check that it worked")
	}
}

// lintSignal looks at what a signal matches.
func (r *ruleReader) lintSignal(s *Signal, t table) {
	if s.On == "" || t.has("when") && s.Cond == nil || !t.has("when") && !t.has("message") {
		return
	}
	w := &signalLint{table: t, signal: s}
	if s.Cond != nil {
		w.leaves(s.Cond)
	}
	w.anchors()
}

// signalLint looks at one signal.
type signalLint struct {
	table
	signal *Signal
}

// warnAt notes a warning at a node of the condition.
func (w *signalLint) warnAt(n Cond, code Code, fix, format string, args ...any) {
	w.foundAt(SeverityWarning, extentOf(n), code, fix, format, args...)
}

// foundAt notes a finding at a span of the condition.
func (w *signalLint) foundAt(sev Severity, s span, code Code, fix, format string, args ...any) *Finding {
	return w.doc.add(sev, w.inFile(s), code, fix, format, args...)
}

// inFile gives the span in the file of a span of the condition.
func (w *signalLint) inFile(s span) span {
	q := w.quoted("when")
	return span{q.offset(s.from), q.offset(s.to)}
}

// mend gives a finding an edit of a span of the condition, where the file can
// take the text as it is.
func (w *signalLint) mend(f *Finding, s span, text string) {
	if at := w.inFile(s); w.quoted("when").replaceable(at, s, text) {
		w.doc.mend(f, at, text)
	}
}

// leaves looks at each leaf.
func (w *signalLint) leaves(c Cond) {
	_, args := splitCond(c)
	for _, a := range args {
		w.leaves(a)
	}
	switch c := c.(type) {
	case *InList:
		w.repeats(c)
	case *Matches:
		w.pattern(c)
	case *Has:
		w.code(c, c.List.Field, c.Value)
	case *Compare:
		if c.Operand.Form == IndexOperand {
			w.code(c, c.Operand.Field, c.Value.Text)
		}
	case *Each:
		w.elements(c)
	}
}

// pattern warns of a regular expression that runs over long texts of all
// records, since nothing cheap has to hold first.
func (w *signalLint) pattern(c *Matches) {
	w.plainer(c)
	if !longText(c.Operand) || shortest(patternLiterals(c.Pattern)) >= minLiteral-1 ||
		shortest(fixedLiterals(w.signal.Cond)) >= minLiteral || len(fixedFields(w.signal.Cond)) > 0 {
		return
	}
	w.warnAt(c, CodeSlowPattern, "add text that must be there: contains", "the pattern has no literal text to look for first")
}

// longText says whether an operand is usually longer than a few words.
func longText(o Operand) bool {
	switch o.Field {
	case "message", "text", "greeting", "unsolicited", "strings", "data":
		return true
	}
	return o.Form == ElemOperand
}

// repeats warns of a value that stands twice in a list.
func (w *signalLint) repeats(c *InList) {
	for i, v := range c.Values {
		if slices.ContainsFunc(c.Values[:i], func(o Value) bool { return o.Number == v.Number && strings.EqualFold(o.Text, v.Text) }) {
			f := w.foundAt(SeverityWarning, c.spans[i], CodeRepeatedValue, "leave it out", "%s stands twice in the list", v)
			w.mend(f, span{c.spans[i-1].to, c.spans[i].to}, "")
		}
	}
}

// elements looks at the codes compared with # in a list of codes.
func (w *signalLint) elements(c *Each) {
	w.leaves(c.Pred)
	switch p := c.Pred.(type) {
	case *Compare:
		w.code(p, c.List.Field, p.Value.Text)
	case *InList:
		for _, v := range p.Values {
			w.code(p, c.List.Field, v.Text)
		}
	}
}

// code warns of an error code that is never found as it is written.
func (w *signalLint) code(n Cond, field, code string) {
	if field == "codes" && !codeForm.MatchString(code) {
		w.warnAt(n, CodeCodeForm, `write it such as "0x80070005", "nt:0xc000006d", "-1018", "win32:5"`,
			"%q is not an error code in normal form", shorten(code))
	}
}

// anchors checks that the signal is tied to something rare.
func (w *signalLint) anchors() {
	fixed := map[string]bool{}
	for _, f := range fixedFields(w.signal.Cond) {
		fixed[f] = true
	}
	if w.signal.On == OnEvent && fixed["id"] && !fixed["provider"] {
		w.doc.warn(w.at("when"), CodeNoProvider, `add provider == "..."`, "an id without a provider: many programs use the same ids")
		return
	}
	for f := range fixed {
		if anchors(w.signal.On, f) {
			return
		}
	}
	literals := fixedLiterals(w.signal.Cond)
	if w.signal.Message != "" {
		literals = []string{w.signal.Message}
	}
	strong := w.signal.Strength == Strong || w.signal.Strength == Pathognomonic
	if strong && len(literals) == 1 && w.signal.Message == "" && bareWord.MatchString(literals[0]) && !common(literals[0]) {
		w.doc.warn(w.place1(), CodeBareWord, "quote more of the text, or add what tells it apart",
			"the word %q is all that tells such records apart", literals[0])
		return
	}
	for _, l := range literals {
		if common(l) {
			w.doc.warn(w.place1(), CodeCommonLiteral, "add what tells it apart, or a longer quote", "most logs contain %q", shorten(l))
			return
		}
	}
	if len(literals) == 0 {
		w.doc.warn(w.place1(), CodeCommonLiteral, "add what tells it apart", "nothing in the condition is rare: most logs have such records")
	}
}

// place1 is where to warn of the signal as a whole.
func (w *signalLint) place1() span {
	if w.has("when") {
		return w.at("when")
	}
	return w.at("message")
}

// anchors says whether a field with a given value is rare enough on its own.
func anchors(on Kind, field string) bool {
	switch field {
	case "level", "log", "host", "user", "category", "protocol", "server", "port", "path", "ok", "inferred", "greeted", "echo", "closed_by", "authenticated":
		return on == OnSession && (field == "greeted" || field == "authenticated")
	}
	return true
}

// fixedFields gives the fields that a condition ties to given values whenever
// it holds.
func fixedFields(c Cond) []string {
	switch c := c.(type) {
	case *And:
		var all []string
		for _, a := range c.Args {
			all = append(all, fixedFields(a)...)
		}
		return all
	case *Or:
		both := fixedFields(c.Args[0])
		for _, a := range c.Args[1:] {
			have := fixedFields(a)
			both = slices.DeleteFunc(both, func(f string) bool { return !slices.Contains(have, f) })
		}
		return both
	case *Compare:
		if c.Op == Equal && c.Operand.Form != LenOperand && c.Operand.Form != ElemOperand {
			return []string{c.Operand.Field}
		}
		if c.Operand.Type == Number && c.Operand.Field != "id" {
			return []string{c.Operand.Field}
		}
	case *InList:
		return []string{c.Operand.Field}
	case *InRange:
		return []string{c.Operand.Field}
	case *TrueField:
		return []string{c.Operand.Field}
	case *Not:
		if f, ok := c.Arg.(*TrueField); ok {
			return []string{f.Operand.Field}
		}
	case *Has:
		return []string{c.List.Field}
	case *TextTest:
		if c.Operand.Field == "provider" {
			return []string{c.Operand.Field}
		}
	case *Matches:
		if c.Operand.Field == "provider" {
			return []string{c.Operand.Field}
		}
	}
	return nil
}

// fixedLiterals gives texts of which each record that satisfies the condition
// contains at least one; none if that cannot be told. Of several clauses the
// one whose shortest text is longest counts.
func fixedLiterals(c Cond) []string {
	switch c := c.(type) {
	case *And:
		var best []string
		for _, a := range c.Args {
			if set := fixedLiterals(a); shortest(set) > shortest(best) {
				best = set
			}
		}
		return best
	case *Or:
		var all []string
		for _, a := range c.Args {
			set := fixedLiterals(a)
			if len(set) == 0 {
				return nil
			}
			all = append(all, set...)
		}
		return all
	case *TextTest:
		return []string{c.Value}
	case *Matches:
		return patternLiterals(c.Pattern)
	case *Each:
		if c.Quant == AnyOf || c.Quant == OneOf {
			return fixedLiterals(c.Pred)
		}
	case *Compare:
		if c.Operand.Form == ElemOperand && c.Op == Equal {
			return []string{c.Value.Text}
		}
	}
	return nil
}

// commonWords are words that occur in most logs and transcripts, alone or
// together.
var commonWords = regexp.MustCompile(`^(?i:a|an|and|are|at|be|been|by|can|cannot|could|did|do|does|event|events|error|errors|exception|fail|failed|failing|failure|fatal|for|from|has|have|in|info|information|invalid|is|it|log|mail|message|new|no|not|of|off|ok|on|or|problem|process|reason|request|server|service|services|started|starting|stop|stopped|success|successful|successfully|system|that|the|this|to|unable|unknown|user|warning|warnings|was|were|while|windows|with|will)$`)

// bareWord is a single short word.
var bareWord = regexp.MustCompile(`^[A-Za-z]{4,12}$`)

// common says whether a literal has fewer than four letters and digits, or
// only words that occur in most logs.
func common(literal string) bool {
	notWord := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	signs := 0
	for _, r := range literal {
		if !notWord(r) {
			signs++
		}
	}
	if signs < minLiteral {
		return true
	}
	for _, w := range strings.FieldsFunc(literal, notWord) {
		if !commonWords.MatchString(w) {
			return false
		}
	}
	return true
}

// lintDiagnosis looks at the condition over signals.
func (r *ruleReader) lintDiagnosis() {
	c := r.rule.Diagnosis.Cond
	t, ok := r.table.table("diagnosis")
	if c == nil || !ok || r.bad {
		return
	}
	if heldBy(c, nothingSeen) {
		r.doc.warn(t.at("when"), CodeNoEvidence, "join it with a signal that speaks for the rule", "the diagnosis holds even when nothing was seen")
	}
	r.groups(c, t.quoted("when"))
}

// heldBy evaluates a diagnosis over an assumption on its leaves.
func heldBy(c DiagCond, leaf func(DiagCond) bool) bool {
	how, args := splitDiag(c)
	switch how {
	case isNot:
		return !heldBy(args[0], leaf)
	case isAnd:
		return !slices.ContainsFunc(args, func(a DiagCond) bool { return !heldBy(a, leaf) })
	case isOr:
		return slices.ContainsFunc(args, func(a DiagCond) bool { return heldBy(a, leaf) })
	}
	return leaf(c)
}

// nothingSeen is a leaf where no signal was seen.
func nothingSeen(c DiagCond) bool {
	switch c := c.(type) {
	case *Absent:
		return true
	case *Count:
		return compareNumbers(0, c.Op, c.N)
	}
	return false
}

// groups warns of same(...) over records that do not have it.
func (r *ruleReader) groups(c DiagCond, q quoted) {
	_, args := splitDiag(c)
	for _, a := range args {
		r.groups(a, q)
	}
	same := groupOf(c)
	if same == Ungrouped {
		return
	}
	for _, i := range mentioned(c) {
		s := r.rule.Signals[i]
		if s.On == "" || has(s.On, same) {
			continue
		}
		at := extentOf(c)
		r.doc.warn(span{q.offset(at.from), q.offset(at.to)}, CodeGroupUnknown, "leave out same("+string(same)+")",
			"%s is seen on %s, which has no %s", s.Name, withArticle(s.On), same)
	}
}

// groupOf gives the group of a correlation.
func groupOf(c DiagCond) Group {
	switch c := c.(type) {
	case *Count:
		return c.Same
	case *Within:
		return c.Same
	case *Sequence:
		return c.Same
	}
	return Ungrouped
}

// has says whether records of a kind have what a group is made by.
func has(on Kind, g Group) bool {
	if _, captured := g.Value(); captured {
		return on == OnEvent
	}
	if g == SameSession {
		return on == OnExchange || on == OnSession
	}
	return field(on, string(g)) != nil
}
