package findings

import (
	"bytes"
	"encoding/json"
	"net/url"
	"testing"

	"kbdiag/rules"
)

// crooked has findings of several kinds, with edits.
const crooked = `schema = 1
id = "ACME0001"
titel = "It stops"
cause = "Q"
[signal.stopped]
on = "event"
when = 'provider = "AcmeFeed"'
strength = "strong"
[[step]]
text = "Start it."
`

// object is a JSON object.
type object = map[string]any

// TestSARIF holds the log to what the schema of SARIF 2.1.0 requires.
func TestSARIF(t *testing.T) {
	_, list := rules.Parse("rules of mine/ACME0001.toml", []byte(crooked))
	list = append(list, rules.Finding{File: "/abs/x.toml", Severity: rules.SeverityError, Code: rules.CodeUnreadable, Msg: "gone"})
	var out bytes.Buffer
	if err := sarif(&out, list, "1.2.3"); err != nil {
		t.Fatal(err)
	}
	var log object
	if err := json.Unmarshal(out.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	if log["version"] != "2.1.0" || log["$schema"] == nil {
		t.Errorf("version %v, schema %v", log["version"], log["$schema"])
	}
	runs := log["runs"].([]any)
	run := runs[0].(object)
	driver := run["tool"].(object)["driver"].(object)
	if driver["name"] == "" || run["columnKind"] != "unicodeCodePoints" {
		t.Errorf("driver %v, columns %v", driver["name"], run["columnKind"])
	}
	known := driver["rules"].([]any)
	ids := map[string]bool{}
	for _, r := range known {
		r := r.(object)
		id := r["id"].(string)
		if ids[id] || r["shortDescription"].(object)["text"] == "" {
			t.Errorf("rule %v", r)
		}
		ids[id] = true
		level(t, r["defaultConfiguration"].(object)["level"])
	}
	results := run["results"].([]any)
	if len(results) != len(list) {
		t.Fatalf("%d results of %d findings", len(results), len(list))
	}
	fixes := 0
	for _, r := range results {
		fixes += result(t, r.(object), known)
	}
	if fixes < 2 {
		t.Errorf("%d fixes", fixes)
	}
}

// level checks 3.27.10.
func level(t *testing.T, v any) {
	t.Helper()
	switch v {
	case "none", "note", "warning", "error":
	default:
		t.Errorf("level %v", v)
	}
}

// result checks a result (3.27) and counts its fixes.
func result(t *testing.T, r object, known []any) (fixes int) {
	t.Helper()
	level(t, r["level"])
	index := int(r["ruleIndex"].(float64))
	if known[index].(object)["id"] != r["ruleId"] {
		t.Errorf("rule %v has index %d", r["ruleId"], index)
	}
	if r["message"].(object)["text"] == "" {
		t.Error("no message")
	}
	for _, l := range r["locations"].([]any) {
		place := l.(object)["physicalLocation"].(object)
		uri := place["artifactLocation"].(object)["uri"].(string)
		if _, err := url.Parse(uri); err != nil || uri == "" || bytes.ContainsAny([]byte(uri), " ") {
			t.Errorf("uri %q", uri)
		}
		region, ok := place["region"].(object)
		if !ok {
			continue
		}
		for _, key := range []string{"startLine", "startColumn", "endLine", "endColumn"} {
			if n, ok := region[key].(float64); !ok || n < 1 {
				t.Errorf("%s %v", key, region[key])
			}
		}
	}
	list, _ := r["fixes"].([]any)
	for _, f := range list {
		fixes++
		changes := f.(object)["artifactChanges"].([]any)
		for _, c := range changes {
			for _, rep := range c.(object)["replacements"].([]any) {
				deleted := rep.(object)["deletedRegion"].(object)
				if deleted["byteOffset"].(float64) < 0 || deleted["byteLength"].(float64) < 0 {
					t.Errorf("region %v", deleted)
				}
			}
		}
		if len(changes) == 0 {
			t.Error("a fix without changes")
		}
	}
	return fixes
}

// TestEmpty writes nothing wrong in each format.
func TestEmpty(t *testing.T) {
	for name, write := range Formats() {
		var out bytes.Buffer
		if err := write(&out, nil, "1"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if (name == "json" || name == "sarif") && !json.Valid(out.Bytes()) {
			t.Errorf("%s: %s", name, out.Bytes())
		}
	}
}
