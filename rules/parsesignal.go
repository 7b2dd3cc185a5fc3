package rules

import (
	"regexp"
	"slices"
	"strconv"
)

// maxMessageBytes bounds a quoted text; the longest in the articles have 2 KB.
const maxMessageBytes = 8 << 10

// signalName is the form of a signal's name, so that it can stand in a
// condition.
var signalName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// reservedNames have a meaning of their own in conditions over signals.
func reservedNames() []string {
	return []string{
		"and", "or", "not", "in", "true", "false", "nil", "let", "if", "else",
		"contains", "matches", "startsWith", "endsWith",
		"count", "within", "sequence", "absent", "same",
	}
}

// readSignals reads the signals in the order of the file.
func (r *ruleReader) readSignals() {
	n := r.node.get("signal")
	all, ok := r.table.table("signal")
	if !ok {
		r.bad = true
		return
	}
	for _, e := range n.entries {
		t, ok := all.table(e.name)
		if !ok {
			r.bad = true
			continue
		}
		r.checkName(e)
		r.rule.Signals = append(r.rule.Signals, r.signal(e.name, t))
		r.signals = append(r.signals, t)
	}
}

// checkName checks a signal's name.
func (r *ruleReader) checkName(e tomlEntry) {
	if slices.Contains(reservedNames(), e.name) {
		r.doc.error(e.at, CodeBadValue, "choose another name", "%s has a meaning of its own in conditions", e.name)
		return
	}
	if !signalName.MatchString(e.name) {
		r.doc.error(e.at, CodeBadValue, "use small letters, digits and _, beginning with a letter", "%q cannot be the name of a signal", shorten(e.name))
	}
}

// signal reads one signal.
func (r *ruleReader) signal(name string, t table) Signal {
	s := Signal{
		Name:     name,
		On:       Kind(t.oneOf("on", kindNames())),
		When:     t.text("when"),
		Strength: Strength(t.oneOf("strength", strengthNames())),
		Message:  t.text("message"),
		Codes:    plain(t.texts("codes")),
		Level:    t.oneOf("level", levelNames()),
		Doc:      t.text("doc"),
		Pos:      r.doc.pos(t.node.at.from),
	}
	if t.has("level") && s.On != OnEvent && s.On != "" {
		r.doc.error(t.at("level"), CodeBadValue, "leave it out", "only events have a level, this signal is on %s", withArticle(s.On))
	}
	t.filled("message")
	if len(s.Message) > maxMessageBytes {
		r.doc.error(t.at("message"), CodeTooLarge, "quote what tells the message apart", "message of %d bytes, at most %d are allowed", len(s.Message), maxMessageBytes)
	}
	if t.isText("when") {
		s.WhenPos = t.place("when")(0)
		t.readWhen(&s)
	}
	if !t.has("when") && !t.has("message") {
		r.doc.error(t.node.at, CodeMatchesAll, "add when = ... or message = ...", "signal %s is shown by every record", name)
	}
	for _, c := range t.texts("codes") {
		r.checkCode(c.at, c.text)
	}
	return s
}

// readWhen parses the condition of a signal, if its kind is known.
func (t table) readWhen(s *Signal) {
	if s.On == "" {
		return
	}
	cond, faults := parseCond(s.On, s.When, t.place("when"))
	t.condition("when", faults)
	s.Cond = cond
}

// codeForm is the normal form of error codes: HRESULT, NTSTATUS and stop codes
// of eight hexadecimal digits, JET codes, and codes with the name of what they
// belong to.
var codeForm = regexp.MustCompile(`^(?i:(?:nt:|stop:)?0x[0-9a-f]{8}|-[0-9]{1,5}|[a-z][a-z0-9]*:-?[0-9]{1,10})$`)

// checkCode warns of an error code that is not in normal form: it would never
// be found.
func (r *ruleReader) checkCode(at span, code string) {
	if codeForm.MatchString(code) {
		return
	}
	fix := `write it such as "0x80070005", "nt:0xc000006d", "-1018", "win32:5"`
	if n, err := strconv.ParseUint(code, 0, 16); err == nil && n > 0 {
		fix = `write "win32:` + strconv.FormatUint(n, 10) + `" for a Win32 code`
	}
	r.doc.warn(at, CodeCodeForm, fix, "%q is not an error code in normal form", shorten(code))
}

// readDiagnosis reads the condition over signals.
func (r *ruleReader) readDiagnosis() {
	t, ok := r.table.table("diagnosis")
	if !ok {
		return
	}
	r.rule.Diagnosis.Explains = r.idsOf(t, "explains")
	if !t.isText("when") {
		return
	}
	dg := &r.rule.Diagnosis
	dg.When = t.text("when")
	dg.WhenPos = t.place("when")(0)
	cond, faults := parseDiagnosis(r.rule.names(), dg.When, t.place("when"))
	t.condition("when", faults)
	dg.Cond = cond
	if cond == nil {
		r.bad = true
	}
}

// checkUse finds signals that nothing uses. A strong one that neither the
// diagnosis nor a question mentions is an oversight; others still add to the
// score.
func (r *ruleReader) checkUse() {
	if r.bad || r.rule.Diagnosis.Cond == nil {
		return
	}
	used := make([]bool, len(r.rule.Signals))
	Signals(r.rule.Diagnosis.Cond, func(i int) { used[i] = true })
	for i, s := range r.rule.Signals {
		if used[i] {
			continue
		}
		r.unused(s, r.signals[i].node.at)
	}
}

// unused reports a signal that the diagnosis does not mention.
func (r *ruleReader) unused(s Signal, at span) {
	const fix = "mention it in the diagnosis if it can decide"
	asked := slices.ContainsFunc(r.rule.Collect, func(c Collect) bool { return c.Signal == s.Name })
	switch {
	case s.Strength != Strong && s.Strength != Pathognomonic:
		if s.Strength == Supports || s.Strength == Weak {
			r.doc.note(at, CodeUnusedSignal, fix, "the diagnosis does not mention signal %s, which only adds to the score", s.Name)
		}
	case asked:
		r.doc.warn(at, CodeUnusedSignal, fix, "signal %s is %s, but the diagnosis does not mention it", s.Name, s.Strength)
	default:
		r.doc.error(at, CodeUnreachable, "mention it in the diagnosis, or make it supports",
			"signal %s is %s, but the diagnosis does not mention it", s.Name, s.Strength)
	}
}
