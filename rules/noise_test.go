package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"kbdiag/rules"
)

// TestKnownNoise holds the list of ordinary events to its form.
func TestKnownNoise(t *testing.T) {
	list, err := rules.KnownNoise()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, n := range list {
		if n.Provider == "" || len(n.IDs) == 0 || n.Why == "" || n.Source == "" {
			t.Errorf("%s: incomplete", n.Provider)
		}
		for _, id := range n.IDs {
			key := fmt.Sprint(strings.ToLower(n.Provider), " ", id)
			if seen[key] {
				t.Errorf("%s stands twice", key)
			}
			seen[key] = true
		}
	}
	if len(seen) < 100 {
		t.Errorf("%d kinds of events", len(seen))
	}
}
