package engine

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"
)

// TestExplainCorrelation says of two signals that were seen too far apart when
// each was seen, and that they never met.
func TestExplainCorrelation(t *testing.T) {
	set := compileRules(t, ruleText("Q100001", "[signal.a]\non = \"event\"\nwhen = 'provider == \"Store\" && id == 77'\nstrength = \"strong\"\n"+
		"[signal.b]\non = \"event\"\nwhen = 'provider == \"Store\" && id == 78'\nstrength = \"strong\"\n[diagnosis]\nwhen = 'within(a, b, \"2h\")'\n"))
	dir := ticket(t, "a.csv", csvRows("20 9 Store 77 Error x", "12 8 Store 78 Error y"))
	x, err := Explain(context.Background(), set, reader(), []string{dir}, "Q100001", Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a seen 1 time at 1999-03-20T09:00:00", "b seen 1 time at 1999-03-12T08:00:00", "never all within 2h0m0s"}
	for _, w := range want {
		if !strings.Contains(x.Condition.Actual, w) {
			t.Errorf("%q lacks %q", x.Condition.Actual, w)
		}
	}
	if x.Applies != "no" || x.Condition.Value != "no" {
		t.Errorf("applies %s, condition %s", x.Applies, x.Condition.Value)
	}
}

// TestExplainRivals compares the scores of rivals kind by kind: the parts sum
// up to the lead.
func TestExplainRivals(t *testing.T) {
	set := compileRules(t,
		oneEvent("Q100001", "Store", 77, "The disk of the log files is full and the service was stopped."),
		oneEvent("Q100002", "Store", 77, failText), oneEvent("Q100003", "Disk", 11, "The driver detected a controller error."))
	dir := ticket(t, "a.csv", csvRows("20 9 Store 77 Error "+failText, "20 8 Disk 11 Error The driver detected a controller error.", "18 9 EventLog 6005 Information Started."))
	x, err := Explain(context.Background(), set, reader(), []string{dir}, "Q100001", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Rivals) != 2 {
		t.Fatalf("rivals %+v", x.Rivals)
	}
	for _, r := range x.Rivals {
		sum := 0.0
		for _, d := range r.By {
			sum += d.DB
		}
		if math.Abs(sum-r.Ahead) > 0.5 || r.Ahead <= 0 {
			t.Errorf("%s is %.1f ahead, its differences sum to %.1f: %+v", r.Rule, r.Ahead, sum, r.By)
		}
		if want := r.Rule == "Q100002"; r.SameEvidence != want {
			t.Errorf("%s competes for the same evidence: %v, want %v", r.Rule, r.SameEvidence, want)
		}
	}
	text, err := json.Marshal(x)
	if err != nil || !strings.Contains(string(text), `"kind":"quoted text"`) {
		t.Errorf("%v: %s", err, text)
	}
}

// TestExplainOutsideWindow counts the records of a signal in the incident
// window.
func TestExplainOutsideWindow(t *testing.T) {
	set := compileRules(t, oneEvent("Q100001", "Store", 77, failText), oneEvent("Q100002", "Disk", 11, "The driver detected a controller error."))
	dir := ticket(t, "a.csv", csvRows("20 9 Disk 11 Error The driver detected a controller error.", "17 9 EventLog 6005 Information Started.",
		"12 9 Store 77 Error "+failText, "11 9 EventLog 6005 Information Started."))
	x, err := Explain(context.Background(), set, reader(), []string{dir}, "Q100001", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s := x.Signals[0]; s.InWindow == nil || *s.InWindow != 0 || s.First == "" {
		t.Errorf("signal %+v", s)
	}
	if x.Incident == nil {
		t.Error("no incident")
	}
}
