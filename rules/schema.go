package rules

import (
	"bytes"
	"fmt"
	"slices"
)

// SchemaVersion is the version of the rule format that this program reads.
const SchemaVersion = 1

// KeyDoc describes one key of a rule file.
type KeyDoc struct {
	Name     string
	Kind     KeyKind
	Required bool
	Values   []string // all possible values, where they are a closed set
	Table    []KeyDoc // keys of a Table, of each of Tables, of each of NamedTables
	Doc      string
}

// KeyKind is the type of a key's value.
type KeyKind string

const (
	TextKey     KeyKind = "text"
	WholeKey    KeyKind = "a whole number"
	NumberKey   KeyKind = "a number"
	TextsKey    KeyKind = "a list of text"
	TableKey    KeyKind = "a table"
	TablesKey   KeyKind = "a list of tables"
	NamedTables KeyKind = "tables with names"
)

// Severities lists the severities of a rule, worst first.
var Severities = []string{"critical", "error", "warning", "information"}

// Keys describes a rule file, in the order of the documentation.
var Keys = []KeyDoc{
	{Name: "schema", Kind: WholeKey, Required: true, Doc: "version of the format, 1"},
	{Name: "id", Kind: TextKey, Required: true, Doc: `id of the article, such as "Q247764"`},
	{Name: "title", Kind: TextKey, Required: true, Doc: "one line that names the problem"},
	{Name: "products", Kind: TablesKey, Doc: "products that the article applies to", Table: []KeyDoc{
		{Name: "name", Kind: TextKey, Required: true, Doc: "name of the product, such as Exchange Server"},
		{Name: "versions", Kind: TextsKey, Doc: `versions, such as "5.5"`},
	}},
	{Name: "severity", Kind: TextKey, Values: Severities, Doc: "how bad the problem is; error if left out"},
	{Name: "references", Kind: TextsKey, Doc: "ids of articles that help further"},
	{Name: "cause", Kind: TextKey, Required: true, Doc: "why it happens, in plain words"},
	{Name: "symptoms", Kind: TextKey, Doc: "what users see, in prose: a weak hint where the signals leave rules equal"},
	{Name: "notes", Kind: TextKey, Doc: "for authors, not reported"},
	{Name: "sources", Kind: TextsKey, Doc: "where the facts can be checked"},
	{Name: "signal", Kind: NamedTables, Required: true, Doc: "observations, each on one record", Table: []KeyDoc{
		{Name: "on", Kind: TextKey, Required: true, Values: kindNames(), Doc: "kind of record"},
		{Name: "when", Kind: TextKey, Doc: "condition over the fields of the record"},
		{Name: "strength", Kind: TextKey, Required: true, Values: strengthNames(), Doc: "how much it speaks for or against the rule"},
		{Name: "message", Kind: TextKey, Doc: "quoted text, matched tolerantly"},
		{Name: "codes", Kind: TextsKey, Doc: "error codes that the article's own case shows, in normal form"},
		{Name: "level", Kind: TextKey, Values: levelNames(), Doc: "level of the event in the article's own case; another one speaks a little against it"},
		{Name: "doc", Kind: TextKey, Doc: "what it means that this was seen"},
	}},
	{Name: "diagnosis", Kind: TableKey, Doc: "when the rule applies; any signal that speaks for it if left out", Table: []KeyDoc{
		{Name: "when", Kind: TextKey, Doc: "condition over signals"},
		{Name: "explains", Kind: TextsKey, Doc: "ids of rules whose symptoms this cause produces"},
	}},
	{Name: "step", Kind: TablesKey, Required: true, Doc: "what to do, in order", Table: []KeyDoc{
		{Name: "text", Kind: TextKey, Required: true, Doc: "what to do"},
		{Name: "verify", Kind: TextKey, Doc: "how to check that it is done"},
	}},
	{Name: "collect", Kind: TablesKey, Doc: "what to ask for when it is not certain", Table: []KeyDoc{
		{Name: "ask", Kind: TextKey, Required: true, Doc: "a question that a customer can answer"},
		{Name: "signal", Kind: TextKey, Doc: "the signal that the answer would show; left out where no input shows it"},
		{Name: "cost", Kind: NumberKey, Doc: "effort, 1 is a minute; 1 if left out"},
	}},
}

// kindNames gives the kinds of record as text.
func kindNames() []string {
	var names []string
	for _, k := range kinds() {
		names = append(names, string(k))
	}
	return names
}

// levelNames gives the levels of events as text.
func levelNames() []string {
	return []string{"critical", "error", "warning", "information", "verbose", "audit success", "audit failure"}
}

// strengthNames gives the strengths as text.
func strengthNames() []string {
	return []string{
		string(Pathognomonic), string(Strong), string(Supports),
		string(Weak), string(Against), string(RulesOut),
	}
}

// keyNames gives the names of keys.
func keyNames(keys []KeyDoc) []string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.Name
	}
	return names
}

// checkTable checks the keys of a table and the types of their values. where
// names the table in messages.
func (d *document) checkTable(n *tomlNode, keys []KeyDoc, where string, complete bool) {
	var meant []string // keys that are there, misspelt
	for _, e := range n.entries {
		i := slices.IndexFunc(keys, func(k KeyDoc) bool { return k.Name == e.name })
		if i < 0 {
			meant = append(meant, d.unknownKey(e, keys, where))
			continue
		}
		d.checkValue(e.value, keys[i], complete)
	}
	if !complete {
		return
	}
	for _, k := range keys {
		if k.Required && n.entry(k.Name) == nil && !slices.Contains(meant, k.Name) {
			d.missing(n, k, where)
		}
	}
}

// unknownKey notes a key that is not in the format. It gives the key that is
// probably meant, "" for none.
func (d *document) unknownKey(e tomlEntry, keys []KeyDoc, where string) (meant string) {
	fix, edit := suggestion(e.name, keyNames(keys))
	if edit == "" {
		if other := ownerOf(e.name); other != "" {
			fix = "it belongs in " + other
		}
	}
	d.errorEdit(e.at, CodeUnknownKey, fix, edit, "unknown key %s in %s", shorten(e.name), where)
	return edit
}

// ownerOf gives the table that has a key, "" if there is none or several.
func ownerOf(name string) string {
	owner := ""
	for _, k := range Keys {
		if !slices.Contains(keyNames(k.Table), name) {
			continue
		}
		if owner != "" {
			return ""
		}
		owner = tableName(k)
	}
	return owner
}

// tableName writes the header of a table.
func tableName(k KeyDoc) string {
	switch k.Kind {
	case NamedTables:
		return "[" + k.Name + ".NAME]"
	case TablesKey:
		if k.Name == "products" {
			return "products"
		}
		return "[[" + k.Name + "]]"
	}
	return "[" + k.Name + "]"
}

// missing notes a key that must be there.
func (d *document) missing(n *tomlNode, k KeyDoc, where string) {
	fix := fmt.Sprintf("add %s = ...", k.Name)
	switch {
	case len(k.Values) > 0:
		fix = fmt.Sprintf("add %s = %q", k.Name, k.Values[0])
	case k.Name == "schema":
		fix = "add schema = 1"
	case k.Table != nil:
		fix = "add " + tableName(k)
	}
	f := d.add(SeverityError, n.at, CodeMissingKey, fix, "%s has no %s", where, k.Name)
	if k.Name == "schema" && len(n.entries) > 0 {
		at := bytes.LastIndexByte(d.data[:n.entries[0].at.from], '\n') + 1
		d.mend(f, span{at, at}, "schema = 1"+d.lineEnd())
	}
}

// lineEnd gives how the lines of the file end.
func (d *document) lineEnd() string {
	if i := bytes.IndexByte(d.data, '\n'); i > 0 && d.data[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// checkValue checks the type of a value.
func (d *document) checkValue(n *tomlNode, k KeyDoc, complete bool) {
	switch k.Kind {
	case TextsKey:
		if n.kind != tomlArray || n.headed {
			d.wrongType(n, k)
			return
		}
		for _, item := range n.items {
			if item.kind != tomlString {
				d.wrongItem(item, k, "text")
			}
		}
	case TablesKey:
		if n.kind != tomlArray {
			d.wrongType(n, k)
			return
		}
		for _, item := range n.items {
			if item.kind != tomlTable {
				d.wrongItem(item, k, "a table")
				continue
			}
			d.checkTable(item, k.Table, tableName(k), complete)
		}
	case TableKey:
		if n.kind != tomlTable {
			d.wrongType(n, k)
			return
		}
		d.checkTable(n, k.Table, tableName(k), complete)
	case NamedTables:
		d.checkNamed(n, k, complete)
	default:
		if !kindFits(n.kind, k.Kind) {
			d.wrongType(n, k)
		}
	}
}

// checkNamed checks [signal.NAME] tables.
func (d *document) checkNamed(n *tomlNode, k KeyDoc, complete bool) {
	if n.kind != tomlTable {
		d.wrongType(n, k)
		return
	}
	for _, e := range n.entries {
		if e.value.kind == tomlTable {
			d.checkTable(e.value, k.Table, fmt.Sprintf("[%s.%s]", k.Name, shorten(e.name)), complete)
			continue
		}
		if slices.Contains(keyNames(k.Table), e.name) {
			d.error(e.at, CodeWrongType, fmt.Sprintf("give it a name: [%s.NAME]", k.Name), "%s stands in [%s], which has no name", e.name, k.Name)
			continue
		}
		d.error(e.value.at, CodeWrongType, fmt.Sprintf("write [%s.%s]", k.Name, shorten(e.name)), "%s.%s must be a table, not %s", k.Name, shorten(e.name), e.value.kind)
	}
	if len(n.entries) == 0 && complete {
		d.error(n.at, CodeMissingKey, fmt.Sprintf("write [%s.NAME]", k.Name), "there is no %s", k.Name)
	}
}

// kindFits says whether a value of a kind suits a key.
func kindFits(have nodeKind, want KeyKind) bool {
	switch want {
	case TextKey:
		return have == tomlString
	case WholeKey:
		return have == tomlInteger
	case NumberKey:
		return have == tomlInteger || have == tomlFloat
	}
	return false
}

// wrongType notes a value of another type than its key wants.
func (d *document) wrongType(n *tomlNode, k KeyDoc) {
	fix, edit := "", ""
	raw := string(d.data[n.at.from:n.at.to])
	switch {
	case k.Kind == TextKey && n.kind != tomlArray && n.kind != tomlTable:
		edit = `"` + raw + `"`
		fix = "write " + shorten(edit)
	case k.Kind == TextsKey && n.kind == tomlString:
		edit = "[" + raw + "]"
		fix = "write " + shorten(edit)
	case k.Kind == TablesKey && n.kind == tomlTable && n.headed && raw == k.Name:
		fix = "write [[" + k.Name + "]]"
	case k.Kind == TablesKey:
		fix = "write " + tablesForm(k)
	case k.Kind == NamedTables:
		fix = fmt.Sprintf("write [%s.NAME]", k.Name)
	case k.Kind == TableKey:
		fix = fmt.Sprintf("write [%s]", k.Name)
	case n.kind == tomlString && len(raw) > 2 && isNumber(raw[1:len(raw)-1]):
		edit = raw[1 : len(raw)-1]
		fix = "write " + edit
	}
	d.errorEdit(n.at, CodeWrongType, fix, edit, "%s must be %s, not %s", k.Name, k.Kind, n.kind)
}

// tablesForm shows how a list of tables is written.
func tablesForm(k KeyDoc) string {
	if k.Name == "products" {
		return `products = [{ name = "..." }]`
	}
	return "[[" + k.Name + "]]"
}

// isNumber says whether a text is written like a whole number.
func isNumber(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != "" && (len(s) == 1 || s[0] != '0')
}

// wrongItem notes an element of another type than its list wants.
func (d *document) wrongItem(n *tomlNode, k KeyDoc, want string) {
	fix, edit := "", ""
	if want == "text" && n.kind != tomlArray && n.kind != tomlTable {
		edit = `"` + string(d.data[n.at.from:n.at.to]) + `"`
		fix = "write " + shorten(edit)
	}
	if k.Name == "products" && n.kind == tomlString {
		edit = "{ name = " + string(d.data[n.at.from:n.at.to]) + " }"
		fix = "write " + shorten(edit)
	}
	d.errorEdit(n.at, CodeWrongType, fix, edit, "%s must be %s, this is %s", k.Name, k.Kind, n.kind)
}
