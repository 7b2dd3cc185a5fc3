package rules

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// SchemaFile is the name under which drafts look for the JSON Schema of the
// rule format, for editors that use it (taplo: a first line `#:schema FILE`).
const SchemaFile = "rule.schema.json"

// JSONSchema writes the rule format as JSON Schema (draft 7, which editors of
// TOML read). It says what can be said without reading conditions.
func JSONSchema() ([]byte, error) {
	top := objectSchema(Keys)
	top["$schema"] = "http://json-schema.org/draft-07/schema#"
	top["title"] = "kbdiag rule"
	top["description"] = "A knowledge-base article as a rule: what it looks for, when it applies, the cause, the steps."
	top["definitions"] = conditionSchemas()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(top)
	return out.Bytes(), err
}

// objectSchema describes a table.
func objectSchema(keys []KeyDoc) map[string]any {
	properties := map[string]any{}
	required := []string{}
	for _, k := range keys {
		properties[k.Name] = keySchema(k)
		if k.Required {
			required = append(required, k.Name)
		}
	}
	return map[string]any{
		"type": "object", "properties": properties, "required": required, "additionalProperties": false,
	}
}

// keySchema describes the value of a key.
func keySchema(k KeyDoc) map[string]any {
	s := valueSchema(k)
	s["description"] = k.Doc
	if len(k.Values) > 0 {
		s["enum"] = k.Values
	}
	switch k.Name {
	case "id":
		s["pattern"] = idForm.String()
	case "schema":
		s["const"] = SchemaVersion
	}
	return s
}

// valueSchema describes the type of a value.
func valueSchema(k KeyDoc) map[string]any {
	switch k.Kind {
	case WholeKey:
		return map[string]any{"type": "integer"}
	case NumberKey:
		return map[string]any{"type": "number", "minimum": 0, "maximum": maxCost}
	case TextsKey:
		return map[string]any{"type": "array", "maxItems": maxArray, "items": map[string]any{"type": "string"}}
	case TableKey:
		s := objectSchema(k.Table)
		if k.Name == "diagnosis" {
			refer(s, "when", "diagnosis")
		}
		return s
	case TablesKey:
		return map[string]any{"type": "array", "minItems": 1, "maxItems": maxArray, "items": objectSchema(k.Table)}
	case NamedTables:
		return map[string]any{
			"type": "object", "minProperties": 1,
			"propertyNames":        map[string]any{"pattern": signalName.String()},
			"additionalProperties": signalSchema(k.Table),
		}
	}
	return map[string]any{"type": "string", "minLength": 1}
}

// signalSchema describes a signal, whose condition depends on its kind.
func signalSchema(keys []KeyDoc) map[string]any {
	s := objectSchema(keys)
	s["anyOf"] = []any{
		map[string]any{"required": []string{"when"}},
		map[string]any{"required": []string{"message"}},
	}
	var kinds []any
	for _, k := range Kinds() {
		then := map[string]any{"properties": map[string]any{"when": map[string]any{"$ref": "#/definitions/" + string(k)}}}
		kinds = append(kinds, map[string]any{
			"if":   map[string]any{"properties": map[string]any{"on": map[string]any{"const": string(k)}}},
			"then": then,
		})
	}
	s["allOf"] = kinds
	return s
}

// refer gives a property the description of a definition.
func refer(object map[string]any, property, definition string) {
	properties, ok := object["properties"].(map[string]any)
	if ok {
		properties[property] = map[string]any{"$ref": "#/definitions/" + definition}
	}
}

// conditionSchemas describes the conditions of each kind of record and of the
// diagnosis.
func conditionSchemas() map[string]any {
	all := map[string]any{}
	for _, k := range Kinds() {
		all[string(k)] = conditionSchema("condition over the fields of "+withArticle(k), fieldLines(k), Functions())
	}
	all["diagnosis"] = conditionSchema("condition over signals", nil, DiagnosisFunctions())
	return all
}

// conditionSchema describes a condition, with its fields and functions.
func conditionSchema(what string, fields []string, functions []FunctionDoc) map[string]any {
	lines := []string{what + " (expr)"}
	if len(fields) > 0 {
		lines = append(lines, "", "Fields:")
		lines = append(lines, fields...)
	}
	lines = append(lines, "", "Operators and functions:")
	var examples []string
	for _, f := range functions {
		lines = append(lines, fmt.Sprintf("%s: %s", f.Form, f.Doc))
		examples = append(examples, f.Example)
	}
	return map[string]any{
		"type": "string", "minLength": 1, "maxLength": maxExprBytes,
		"description": strings.Join(lines, "\n"), "examples": examples,
	}
}

// fieldLines describes the fields of a kind of record, one a line.
func fieldLines(k Kind) []string {
	var lines []string
	for _, f := range Fields[k] {
		lines = append(lines, fmt.Sprintf("%s (%s): %s", f.Name, f.Type, f.Describe()))
	}
	return lines
}

// Describe gives the meaning of a field with its possible values.
func (f FieldDoc) Describe() string {
	if f.Values == nil {
		return f.Doc
	}
	quoted := make([]string, len(f.Values))
	for i, v := range f.Values {
		quoted[i] = `"` + v + `"`
	}
	return f.Doc + ": " + strings.Join(quoted, ", ")
}
