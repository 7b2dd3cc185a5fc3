package rules

import (
	"crypto/sha256"
	"path"
	"regexp"
	"slices"
	"strings"
)

// maxCost bounds what asking for something may cost, in minutes.
const maxCost = 10_000

// Parse reads one rule file. file is its path, for findings and for comparing
// its name with the id. The rule is nil if a finding is an error. data is not
// kept.
func Parse(file string, data []byte) (*Rule, []Finding) {
	d := newDocument(file, data)
	values := d.read()
	var rule *Rule
	if values != nil {
		r := &ruleReader{table: table{d, d.root, values}}
		rule = r.read()
	}
	sortFindings(d.findings)
	if d.failed() {
		return nil, d.findings
	}
	rule.SHA256 = sha256.Sum256(data)
	return rule, d.findings
}

// ruleReader reads the values of one rule and checks them.
type ruleReader struct {
	table
	rule    Rule
	signals []table // in the order of Rule.Signals
	bad     bool    // a signal could not be read: do not call signals unused
}

// read reads the rule. Values of a wrong type are reported already and read as
// if they were missing.
func (r *ruleReader) read() *Rule {
	r.rule.File = r.doc.file
	r.readHead()
	r.readProducts()
	r.readSignals()
	r.readDiagnosis()
	r.readSteps()
	r.readCollect()
	r.checkUse()
	r.lint()
	r.rule.signature = signatureOf(r.rule.Signals)
	return &r.rule
}

// filled notes a text that is set but blank.
func (t table) filled(key string) {
	if t.isText(key) && strings.TrimSpace(t.text(key)) == "" {
		t.doc.error(t.at(key), CodeEmpty, "", "%s is empty", key)
	}
}

// readHead reads the keys at the top of the file.
func (r *ruleReader) readHead() {
	r.rule.Schema = int(r.integer("schema"))
	if n := r.node.get("schema"); n != nil && n.kind == tomlInteger {
		r.checkSchema(n.at)
	}
	r.rule.ID = r.text("id")
	r.checkID()
	r.rule.Title = r.text("title")
	r.filled("title")
	r.rule.Cause = r.text("cause")
	r.filled("cause")
	r.rule.Symptoms = r.text("symptoms")
	r.rule.Notes = r.text("notes")
	r.rule.Severity = r.oneOf("severity", Severities)
	if r.rule.Severity == "" {
		r.rule.Severity = "error"
	}
	r.rule.References = r.ids("references")
	sources := r.texts("sources")
	r.rule.Sources = plain(sources)
	for _, s := range sources {
		if strings.TrimSpace(s.text) == "" {
			r.doc.error(s.at, CodeEmpty, "", "empty text in sources")
		}
	}
}

// checkSchema checks the version of the format.
func (r *ruleReader) checkSchema(at span) {
	switch n := r.integer("schema"); {
	case n > SchemaVersion:
		r.doc.error(at, CodeBadSchema, "use a newer kbdiag", "schema %d is newer than this program, which reads %d", n, SchemaVersion)
	case n != SchemaVersion:
		r.doc.errorEdit(at, CodeBadSchema, "write schema = 1", "1", "there is no schema %d", n)
	}
}

// idForm is the form of ids: Microsoft's articles, or capital letters of the
// author's own with a number.
var idForm = regexp.MustCompile(`^(Q[0-9]{5,7}|[A-PR-Z][0-9]{3,9}|[A-Z]{2,10}[0-9]{3,9})$`)

// checkID checks the form of the id, and the file's name against it.
func (r *ruleReader) checkID() {
	if !r.isText("id") {
		return
	}
	if !r.goodID(r.at("id"), r.rule.ID) {
		return
	}
	base := path.Base(strings.ReplaceAll(r.doc.file, `\`, "/"))
	if name, ok := strings.CutSuffix(base, ".toml"); ok && name != r.rule.ID && r.rule.ID != DraftID {
		r.doc.warn(r.at("id"), CodeFileName, "name the file "+r.rule.ID+".toml", "the rule is %s, its file %s", r.rule.ID, base)
	}
}

// goodID notes an id that has not the form of one.
func (r *ruleReader) goodID(at span, id string) bool {
	if idForm.MatchString(id) {
		return true
	}
	fix, edit := `write it such as "Q247764", or with capitals of your own, "ACME0012"`, ""
	try := strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "_", "", ":", "").Replace(id))
	if isNumber(try) {
		try = "Q" + try
	}
	if idForm.MatchString(try) {
		fix, edit = "write "+`"`+try+`"`, `"`+try+`"`
	}
	r.doc.errorEdit(at, CodeBadID, fix, edit, "%q is not the id of an article", shorten(id))
	return false
}

// ids reads a list of ids.
func (r *ruleReader) ids(key string) []string {
	return r.idsOf(r.table, key)
}

// idsOf reads a list of ids of a table.
func (r *ruleReader) idsOf(t table, key string) []string {
	items := t.texts(key)
	for i, id := range items {
		if !r.goodID(id.at, id.text) {
			continue
		}
		var f *Finding
		if id.text == r.rule.ID {
			f = r.doc.add(SeverityError, id.at, CodeSelfReference, "leave it out", "the rule names itself in %s", key)
		}
		if slices.Contains(plain(items[:i]), id.text) {
			f = r.doc.add(SeverityWarning, id.at, CodeRepeatedValue, "leave it out", "%s stands twice in %s", id.text, key)
		}
		switch {
		case f == nil:
		case i > 0:
			r.doc.dropItem(f, items[i-1].at, id.at)
		case len(items) > 1:
			r.doc.dropFirst(f, id.at, items[1].at)
		default:
			r.doc.mend(f, id.at, "")
		}
	}
	return plain(items)
}

// oneOf reads a text of a closed set, "" if it is missing or not in it.
func (t table) oneOf(key string, values []string) string {
	s := t.text(key)
	if !t.isText(key) || slices.Contains(values, s) {
		return s
	}
	fix, edit := suggestion(s, values)
	if edit != "" {
		edit = `"` + edit + `"`
		fix = "did you mean " + edit + "?"
	}
	t.doc.errorEdit(t.at(key), CodeBadValue, fix, edit, "%s cannot be %q", key, shorten(s))
	return ""
}

// readProducts reads the products.
func (r *ruleReader) readProducts() {
	for _, t := range r.tables("products") {
		t.filled("name")
		r.rule.Products = append(r.rule.Products, Product{t.text("name"), plain(t.texts("versions"))})
	}
}

// readSteps reads the steps.
func (r *ruleReader) readSteps() {
	for _, t := range r.tables("step") {
		t.filled("text")
		t.filled("verify")
		r.rule.Steps = append(r.rule.Steps, Step{t.text("text"), t.text("verify")})
	}
}

// readCollect reads what to ask for.
func (r *ruleReader) readCollect() {
	for _, t := range r.tables("collect") {
		t.filled("ask")
		c := Collect{t.text("ask"), t.text("signal"), t.number("cost")}
		if c.Cost < 0 || c.Cost > maxCost || c.Cost != c.Cost {
			r.doc.error(t.at("cost"), CodeBadValue, "", "cost is from 0 to %d", maxCost)
		}
		if t.isText("signal") && !slices.Contains(r.rule.names(), c.Signal) {
			fix, edit := suggestion(c.Signal, r.rule.names())
			if edit != "" {
				edit = `"` + edit + `"`
			}
			r.doc.errorEdit(t.at("signal"), CodeUnknownSignal, fix, edit, "there is no signal %s", shorten(c.Signal))
		}
		r.rule.Collect = append(r.rule.Collect, c)
	}
}

// names gives the names of the signals.
func (r *Rule) names() []string {
	names := make([]string, len(r.Signals))
	for i, s := range r.Signals {
		names[i] = s.Name
	}
	return names
}

// signatureOf writes the signals so that rules that match the same have the
// same signature.
func signatureOf(signals []Signal) string {
	texts := make([]string, len(signals))
	for i, s := range signals {
		when := ""
		if s.Cond != nil {
			when = canonical(s.Cond)
		}
		message := strings.ToLower(strings.Join(strings.Fields(s.Message), " "))
		codes := slices.Clone(s.Codes)
		slices.Sort(codes)
		texts[i] = strings.Join([]string{string(s.On), when, message, strings.Join(codes, " ")}, "\x00")
	}
	slices.Sort(texts)
	sum := sha256.Sum256([]byte(strings.Join(texts, "\x01")))
	return string(sum[:])
}
