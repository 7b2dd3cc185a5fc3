package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"kbdiag/engine"
)

func sample() *engine.Report {
	return &engine.Report{
		Schema: 1, Ticket: "4711", Tool: engine.Tool{Version: "1", Rules: 2},
		Inputs: []engine.Input{
			{Path: "app.csv", Format: "eventviewer-nt-csv", Records: 1, Events: 1, First: "1999-03-12T09:26:14", Last: "1999-03-12T09:26:14", Complete: true},
			{Path: "a.png", Error: "a.png: a picture (PNG)"},
		},
		Incident: &engine.Incident{From: "1999-03-12T09:00:00", To: "1999-03-12T10:00:00", Why: "stated with --at"},
		Diagnoses: []engine.Diagnosis{{
			Rank: 1, Rule: "Q100001", Title: "A title that is long enough to be wrapped at the edge of a narrow terminal, I hope",
			Confidence: 0.87, Level: engine.Likely, ScoreDB: 8.2,
			Terms:    []engine.Term{{Name: "prior", DB: -10, Why: "before any evidence"}, {Name: "seen_it", DB: 18.2, Why: "seen"}},
			Evidence: []engine.Evidence{{ID: "e1", On: "event", Time: "1999-03-12T09:26:14", Marks: []engine.Mark{{Offset: 0, Length: 7}}, Signal: "seen_it", Path: "app.csv", Line: 3, Excerpt: "Größe über allem " + strings.Repeat("word ", 40), Count: 2, Doc: "It was seen."}},
			Against:  []engine.Evidence{{ID: "e2", On: "event", Signal: "other", Path: "app.csv", Line: 9, Excerpt: "contradiction", Count: 1}},
			Unknown:  []engine.Unseen{{Signal: "not_told", Why: "no transcript was supplied"}},
			Group:    []string{"Q100002"}, Separate: []string{"Q100002: a test by hand"},
			Cause: "The cause.", Steps: []engine.Step{{Text: "Do it.", Verify: "It is done."}}, References: []string{"Q1"},
		}, {Rank: 2, Rule: "Q100003", Title: "Another", Confidence: 0.01, Level: engine.Unlikely}},
		Next:     []engine.Question{{Ask: "What else?", GainBits: 0.5, Cost: 2, Separates: []string{"Q100001"}}},
		Timeline: &engine.Timeline{From: "1999-03-10T00:00:00", StepSeconds: 3600, Steps: 60, Counts: []engine.TimelineBin{{Step: 0, Events: 4}, {Step: 57, Events: 9, Problems: 3}, {Step: 59, Events: 1}}},
		Sessions: []engine.Dialogue{{ID: "s1", Path: "pop3.txt", Line: 1, Protocol: "pop3", Server: "mail1", Port: 110, Outcome: "auth failed", FailedStage: "auth",
			Turns: []engine.Turn{{From: "server", Text: "+OK ready"}, {From: "client", Line: 2, Text: "PASS [redacted]"}, {From: "server", Line: 3, Text: "-ERR no", Failed: true}}}},
		Unexplained: []engine.Unexplained{{Provider: "X", ID: 1, Count: 3, Example: "X 1 error: unexplained", Path: "app.csv", Line: 4}},
	}
}

func TestTextFitsTheWidth(t *testing.T) {
	for _, width := range []int{60, 80, 120, 161} {
		var b bytes.Buffer
		if err := Text(&b, sample(), Style{Width: width, Detail: Detail(2 * (width % 2))}); err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(b.Bytes()) || strings.Contains(b.String(), "\x1b") {
			t.Error("colour codes or broken characters without being asked for")
		}
		for _, line := range strings.Split(b.String(), "\n") {
			if n := utf8.RuneCountInString(line); n > width {
				t.Errorf("width %d: %d columns: %q", width, n, line)
			}
			if strings.TrimRight(line, " ") != line {
				t.Errorf("blanks at the end of %q", line)
			}
		}
	}
}

func TestTextSaysEverything(t *testing.T) {
	var b bytes.Buffer
	if err := Text(&b, sample(), Style{Width: 80}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Join(strings.Fields(b.String()), " ")
	for _, want := range []string{
		"Q100001", "87%", "likely", "app.csv:3", "2 times", "Größe", "It was seen.", "Against it", "contradiction",
		"not told: no transcript", "Q100002", "a test by hand", "The cause.", "1. Do it.", "Check: It is done.", "Q1",
		"-10.0 prior", "+18.2 seen it", "What else?", "about 2 min", "unexplained", "NOT READ", "a picture", "stated with --at",
		"Less likely", "Q100003", "Events over time", "problems", "^",
	} {
		if !strings.Contains(lines, want) {
			t.Errorf("%q is not in the report:\n%s", want, b.String())
		}
	}
}

func TestColourOnlyAdds(t *testing.T) {
	var plain, coloured bytes.Buffer
	if err := Text(&plain, sample(), Style{Width: 80}); err != nil {
		t.Fatal(err)
	}
	if err := Text(&coloured, sample(), Style{Width: 80, Colour: true}); err != nil {
		t.Fatal(err)
	}
	stripped := coloured.String()
	for _, code := range []string{bold, dim, red, green, amber, cyan, "0"} {
		stripped = strings.ReplaceAll(stripped, "\x1b["+code+"m", "")
	}
	if stripped != plain.String() {
		t.Errorf("with colours the text differs:\n%s\n%s", stripped, plain.String())
	}
}

// TestJSONNames holds the names that other programs rely on.
func TestJSONNames(t *testing.T) {
	var b bytes.Buffer
	if err := JSONL(&b, sample(), Style{}); err != nil {
		t.Fatal(err)
	}
	if bytes.Count(b.Bytes(), []byte("\n")) != 1 {
		t.Error("JSONL is not one line")
	}
	var got map[string]any
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"schema", "ticket", "tool", "inputs", "incident", "diagnoses", "next", "unexplained"} {
		if _, ok := got[name]; !ok {
			t.Errorf("the report has no %q", name)
		}
	}
	d := got["diagnoses"].([]any)[0].(map[string]any)
	for _, name := range []string{"rank", "rule", "title", "confidence", "level", "score_db", "terms", "group", "evidence", "against", "unknown", "cause", "steps", "references"} {
		if _, ok := d[name]; !ok {
			t.Errorf("a diagnosis has no %q", name)
		}
	}
	e := d["evidence"].([]any)[0].(map[string]any)
	for _, name := range []string{"signal", "path", "line", "offset", "length", "excerpt", "count", "id"} {
		if _, ok := e[name]; !ok {
			t.Errorf("evidence has no %q", name)
		}
	}
}
