package engine

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"kbdiag/rules"
)

// TestHealthyLogs diagnoses each log of machines with nothing wrong by itself:
// of a thousand events at most one makes a diagnosis likely. An event whose id
// could not be read is evidence of nothing.
func TestHealthyLogs(t *testing.T) {
	corpus := os.Getenv("KBDIAG_CORPUS")
	if corpus == "" {
		t.Skip("KBDIAG_CORPUS is not set: no logs of healthy machines")
	}
	base, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	set := Compile(base.Rules, "")
	events, likely := 0, 0
	for _, path := range reader().Files([]string{filepath.Join(corpus, "evtx")}) {
		rep := Diagnose(context.Background(), set, reader(), []string{path}, Options{})
		for _, in := range rep.Inputs {
			events += in.Events
		}
		for _, d := range rep.Diagnoses {
			if d.Level == Likely {
				likely++
				t.Logf("%s: %s is likely: %s", path, d.Rule, d.Title)
			}
			if len(d.Evidence) > 0 && d.Evidence[0].Excerpt == "" && d.Evidence[0].On == "event" {
				t.Errorf("%s: %s rests on record %d, of which nothing is known", path, d.Rule, d.Evidence[0].Record)
			}
		}
	}
	if events < 10_000 {
		t.Fatalf("only %d events", events)
	}
	if likely > events/1000 {
		t.Errorf("%d likely diagnoses on %d events", likely, events)
	}
	t.Logf("%d likely diagnoses on %d events", likely, events)
}
