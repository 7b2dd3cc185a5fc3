package engine

import (
	"context"
	"slices"
	"strings"
	"testing"

	"kbdiag/rules"
)

// TestFirstOnOwnSamples holds every shipped rule to come first on the samples
// on which it fires, against all others: alone, in a group of rules that the
// evidence cannot tell apart, or beneath a cause that says it explains it.
// Samples with one piece of evidence alone (named -only- or -alone) show the
// sides of a condition; a general rule may well be as likely on so little.
func TestFirstOnOwnSamples(t *testing.T) {
	base := shippedFiles(t)
	set := Compile(base.Rules, base.SHA256())
	for _, rule := range base.Rules {
		for _, sample := range rule.Samples {
			if !sample.Fires || strings.Contains(sample.Name, "-only-") || strings.Contains(sample.Name, "-alone") {
				continue
			}
			rep := Diagnose(context.Background(), set, reader(), []string{sample.Path}, Options{})
			if !comesFirst(rep, rule) {
				t.Errorf("%s: %s does not come first", sample.Path, rule.ID)
				for _, d := range rep.Diagnoses {
					t.Logf("  %d. %s %.2f %s, group %v, explains %v", d.Rank, d.Rule, d.Confidence, d.Level, d.Group, d.Explains)
				}
			}
		}
	}
}

func comesFirst(rep *Report, rule *rules.Rule) bool {
	if len(rep.Diagnoses) == 0 {
		return false
	}
	first := rep.Diagnoses[0]
	if first.Rule == rule.ID || slices.Contains(first.Group, rule.ID) {
		return true
	}
	return slices.Contains(first.Explains, rule.ID)
}
