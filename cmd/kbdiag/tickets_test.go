package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kbdiag/engine"
)

// TestTickets diagnoses the end-to-end tickets. expected.tsv says which rule
// comes first in each, and how sure it is.
func TestTickets(t *testing.T) {
	t.Chdir(repository)
	raw, err := os.ReadFile("testdata/tickets/expected.tsv")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		f := strings.Split(strings.TrimRight(line, "\r"), "\t")
		if len(f) < 3 || strings.HasPrefix(line, "#") || f[0] == "ticket" {
			continue
		}
		checked++
		t.Run(f[0], func(t *testing.T) { checkTicket(t, f[0], f[1], f[2]) })
	}
	if checked < 5 {
		t.Errorf("only %d tickets are listed", checked)
	}
}

func checkTicket(t *testing.T, ticket, rule, level string) {
	out, errs, status := runCommand(t, "diagnose", "--format", "json", filepath.ToSlash(filepath.Join("testdata/tickets", ticket)))
	if status != exitOK {
		t.Fatalf("exit status %d: %s", status, errs)
	}
	var rep engine.Report
	if err := json.Unmarshal([]byte(out), &rep); err != nil {
		t.Fatal(err)
	}
	checkTerms(t, &rep)
	if rule == "-" {
		for _, d := range rep.Diagnoses {
			if d.Level == engine.Likely {
				t.Errorf("%s is likely, in a ticket without that trouble", d.Rule)
			}
		}
		return
	}
	if len(rep.Diagnoses) == 0 {
		t.Fatalf("no diagnosis, want %s", rule)
	}
	if first := rep.Diagnoses[0]; first.Rule != rule || string(first.Level) != level {
		t.Errorf("first is %s, %s (%.2f), want %s, %s", first.Rule, first.Level, first.Confidence, rule, level)
	}
}

// checkTerms holds every diagnosis to terms that sum to its score.
func checkTerms(t *testing.T, rep *engine.Report) {
	for _, d := range rep.Diagnoses {
		sum := 0.0
		for _, term := range d.Terms {
			sum += term.DB
		}
		if diff := sum - d.ScoreDB; diff > 0.05 || diff < -0.05 {
			t.Errorf("%s: the terms sum to %.2f, the score is %.2f", d.Rule, sum, d.ScoreDB)
		}
	}
}
