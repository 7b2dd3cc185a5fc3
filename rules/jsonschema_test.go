package rules_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"kbdiag/rules"
)

// TestJSONSchema holds the schema file to the keys and fields.
func TestJSONSchema(t *testing.T) {
	got, err := rules.JSONSchema()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, rules.SchemaFile, string(got))
	for _, fields := range rules.Fields {
		for _, f := range fields {
			if !strings.Contains(string(got), f.Name+" ("+string(f.Type)+")") {
				t.Errorf("the schema does not tell of %s", f.Name)
			}
		}
	}
	for _, f := range slices.Concat(rules.Functions(), rules.DiagnosisFunctions()) {
		if form := strings.ReplaceAll(f.Form, `"`, `\"`) + ": "; !strings.Contains(string(got), form) {
			t.Errorf("the schema does not tell of %s", f.Form)
		}
	}
}

// schemaFault checks a value against the parts of JSON Schema that ours uses:
// a small validator for this test alone. It gives what is wrong, "" for
// nothing.
func schemaFault(root, s map[string]any, v any, at string) string {
	if ref, ok := s["$ref"].(string); ok {
		def := root["definitions"].(map[string]any)[strings.TrimPrefix(ref, "#/definitions/")]
		return schemaFault(root, def.(map[string]any), v, at)
	}
	if enum, ok := s["enum"].([]any); ok && !slices.Contains(enum, v) {
		return at + ": not one of the values"
	}
	if c, ok := s["const"]; ok && c != v {
		return at + ": not the constant"
	}
	if parts, ok := s["allOf"].([]any); ok {
		for _, p := range parts {
			part := p.(map[string]any)
			if schemaFault(root, part["if"].(map[string]any), v, at) == "" {
				if fault := schemaFault(root, part["then"].(map[string]any), v, at); fault != "" {
					return fault
				}
			}
		}
	}
	if parts, ok := s["anyOf"].([]any); ok && !slices.ContainsFunc(parts, func(p any) bool {
		return schemaFault(root, p.(map[string]any), v, at) == ""
	}) {
		return at + ": none of anyOf"
	}
	switch v := v.(type) {
	case string:
		if typ, ok := s["type"]; ok && typ != "string" {
			return at + ": text"
		}
		if p, ok := s["pattern"].(string); ok && !regexp.MustCompile(p).MatchString(v) {
			return at + ": pattern"
		}
	case float64:
		if typ, ok := s["type"]; ok && typ != "integer" && typ != "number" {
			return at + ": number"
		}
	case []any:
		if typ, ok := s["type"]; ok && typ != "array" {
			return at + ": list"
		}
		for _, item := range v {
			if fault := schemaFault(root, s["items"].(map[string]any), item, at+"[]"); fault != "" {
				return fault
			}
		}
	case map[string]any:
		return tableFault(root, s, v, at)
	}
	return ""
}

// tableFault is schemaFault for a table.
func tableFault(root, s map[string]any, v map[string]any, at string) string {
	if typ, ok := s["type"]; ok && typ != "object" {
		return at + ": table"
	}
	if required, ok := s["required"].([]any); ok {
		for _, name := range required {
			if _, ok := v[name.(string)]; !ok {
				return at + ": lacks " + name.(string)
			}
		}
	}
	properties, _ := s["properties"].(map[string]any)
	for name, value := range v {
		p, known := properties[name].(map[string]any)
		if !known {
			switch more := s["additionalProperties"].(type) {
			case bool:
				return at + ": unknown " + name
			case map[string]any:
				p = more
			default:
				continue
			}
		}
		if fault := schemaFault(root, p, value, at+"."+name); fault != "" {
			return fault
		}
	}
	return ""
}

// asJSON reads TOML as JSON has it.
func asJSON(t *testing.T, text string) map[string]any {
	t.Helper()
	var v map[string]any
	if _, err := toml.Decode(text, &v); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSchemaFitsRules validates rules that load, and refuses some that do not.
func TestSchemaFitsRules(t *testing.T) {
	raw, err := rules.JSONSchema()
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(raw, &schema); err != nil {
		t.Fatal(err)
	}
	good := bulkRule(12)
	if fault := schemaFault(schema, schema, asJSON(t, good), "rule"); fault != "" {
		t.Errorf("a good rule: %s", fault)
	}
	for _, change := range [][2]string{
		{"severity =", "sevrity ="}, {`"error"`, `"bad"`}, {"schema   = 1", "schema = 2"}, {`on       = "line"`, `on = "lines"`},
		{"title ", "titel "}, {"[[step]]", "[[steps]]"}, {`"ACME00012"`, `"acme 12"`}, {"text   =", "test ="},
		{"[signal.stopped]", "[signal.Stopped-1]"},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Fatalf("%q is not in the rule", change[0])
		}
		names := change[0] == "[signal.stopped]" // propertyNames is for editors, our validator has it not
		if fault := schemaFault(schema, schema, asJSON(t, bad), "rule"); fault == "" && !names {
			t.Errorf("%q was accepted", change[1])
		}
	}
}

// TestFunctionExamples loads the example of each function.
func TestFunctionExamples(t *testing.T) {
	for _, f := range rules.Functions() {
		if _, err := rules.ParseCondition(rules.OnEvent, f.Example); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	const two = `schema = 1
id = "ACME0001"
title = "Two"
cause = "Two."
[signal.a]
on = "event"
when = 'provider == "AcmeFeed" && id == 1'
strength = "supports"
[signal.b]
on = "event"
when = 'provider == "AcmeFeed" && id == 2'
strength = "supports"
[diagnosis]
when = '%'
[[step]]
text = "Count."
`
	for _, f := range rules.DiagnosisFunctions() {
		if r, findings := rules.Parse("ACME0001.toml", []byte(strings.Replace(two, "%", f.Example, 1))); r == nil {
			t.Errorf("%s: %v", f.Name, findings)
		}
	}
	for _, w := range rules.Windows() {
		if _, err := rules.ParseDuration(w); err != nil {
			t.Error(err)
		}
	}
}
