package rules_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"kbdiag/rules"
)

// readme is the documentation of the format. Parts of it are made from the
// descriptions that the program itself uses.
const readme = "README.md"

// TestReadmeTables holds the tables of the documentation to the descriptions.
func TestReadmeTables(t *testing.T) {
	raw, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{
		"keys":      keyTable(),
		"functions": functionTable(rules.Functions()),
		"diagnosis": functionTable(rules.DiagnosisFunctions()),
		"codes":     codeTable(),
	}
	for _, k := range rules.Kinds() {
		parts[string(k)] = fieldTable(k)
	}
	text := string(raw)
	for name, table := range parts {
		start := "<!-- generated: " + name + " -->\n"
		before, rest, ok := strings.Cut(text, start)
		if !ok {
			t.Errorf("%s has no table of %s", readme, name)
			continue
		}
		shown, after, ok := strings.Cut(rest, "<!-- end -->")
		if !ok {
			t.Fatalf("the table of %s has no end", name)
		}
		if shown == table {
			continue
		}
		if !*update {
			t.Errorf("the table of %s is not that of the program; run go test ./rules -update", name)
		}
		text = before + start + table + "<!-- end -->" + after
	}
	if *update {
		if err := os.WriteFile(readme, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// cell writes a text into a cell of a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// code writes a text as code in a cell of a table.
func code(s string) string {
	if strings.Contains(s, "`") {
		return "`` " + cell(s) + " ``"
	}
	return "`" + cell(s) + "`"
}

// keyTable lists the keys with those of their tables.
func keyTable() string {
	var b strings.Builder
	b.WriteString("| key | value | |\n| --- | --- | --- |\n")
	var add func(prefix string, keys []rules.KeyDoc)
	add = func(prefix string, keys []rules.KeyDoc) {
		for _, k := range keys {
			name, must := prefix+k.Name, ""
			if k.Required {
				must = "must be there; "
			}
			doc := must + k.Doc
			if len(k.Values) > 0 {
				doc += ": " + strings.Join(k.Values, ", ")
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", code(name), k.Kind, cell(doc))
			if k.Kind == rules.NamedTables {
				name += ".NAME"
			}
			add(name+".", k.Table)
		}
	}
	add("", rules.Keys)
	return b.String()
}

// fieldTable lists the fields of a kind of record.
func fieldTable(k rules.Kind) string {
	var b strings.Builder
	b.WriteString("| field | type | |\n| --- | --- | --- |\n")
	for _, f := range rules.Fields[k] {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", code(f.Name), f.Type, cell(f.Describe()))
	}
	return b.String()
}

// functionTable lists operators and functions.
func functionTable(list []rules.FunctionDoc) string {
	var b strings.Builder
	b.WriteString("| form | such as | |\n| --- | --- | --- |\n")
	for _, f := range list {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", code(f.Form), code(f.Example), cell(f.Doc))
	}
	return b.String()
}

// codeTable lists the kinds of findings.
func codeTable() string {
	var b strings.Builder
	b.WriteString("| code | severity | what it means, and what to do |\n| --- | --- | --- |\n")
	docs := rules.CodeDocs()
	slices.SortStableFunc(docs, func(a, b rules.CodeDoc) int { return strings.Compare(string(a.Severity), string(b.Severity)) })
	for _, d := range docs {
		fmt.Fprintf(&b, "| %s | %s | %s %s |\n", code(string(d.Code)), d.Severity, cell(d.Means), cell(d.Do))
	}
	return b.String()
}
