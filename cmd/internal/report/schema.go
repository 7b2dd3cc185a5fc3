package report

import (
	"encoding/json"
	"io"
	"reflect"
	"strings"

	"kbdiag/engine"
)

// Schema writes the JSON Schema of reports, made from their types. Fields may
// be added to reports; those that are there keep their meaning.
func Schema(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(schemaOf())
}

// schemaMaker turns types into definitions.
type schemaMaker struct{ defs map[string]any }

func schemaOf() map[string]any {
	m := &schemaMaker{defs: map[string]any{}}
	root := m.object(reflect.TypeFor[engine.Report]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "kbdiag report"
	root["properties"].(map[string]any)["schema"] = map[string]any{"const": engine.ReportSchema}
	root["$defs"] = m.defs
	return root
}

// schemaTexts are the texts that are not free.
var schemaTexts = map[string]map[string]any{
	"Evidence.sha256":   {"pattern": "^[0-9a-f]{64}$"},
	"Input.sha256":      {"pattern": "^[0-9a-f]{64}$"},
	"Tool.rules_sha256": {"pattern": "^([0-9a-f]{64})?$"},
	"Evidence.id":       {"pattern": "^e[1-9][0-9]*$"},
	"Evidence.on":       {"enum": []string{"event", "exchange", "session", "line"}},
	"Dialogue.id":       {"pattern": "^s[1-9][0-9]*$"},
	"Turn.from":         {"enum": []string{"client", "server"}},
}

func (m *schemaMaker) object(t reflect.Type) map[string]any {
	props := map[string]any{}
	required := []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "" || name == "-" {
			continue
		}
		s := m.of(f.Type)
		for k, v := range schemaTexts[t.Name()+"."+name] {
			s[k] = v
		}
		props[name] = s
		if !strings.Contains(opts, "omitempty") {
			required = append(required, name)
		}
	}
	return map[string]any{"type": "object", "properties": props, "required": required}
}

func (m *schemaMaker) of(t reflect.Type) map[string]any {
	switch t.Kind() {
	case reflect.Pointer:
		return m.of(t.Elem())
	case reflect.Slice:
		return map[string]any{"type": "array", "items": m.of(t.Elem())}
	case reflect.Struct:
		if _, known := m.defs[t.Name()]; !known {
			m.defs[t.Name()] = nil // types may hold themselves
			m.defs[t.Name()] = m.object(t)
		}
		return map[string]any{"$ref": "#/$defs/" + t.Name()}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return map[string]any{"type": "integer", "minimum": 0}
	}
	if t == reflect.TypeFor[engine.Level]() {
		return map[string]any{"type": "string", "enum": engine.Levels}
	}
	return map[string]any{"type": "string"}
}
