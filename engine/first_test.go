package engine

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kbdiag/rules"
)

// undecided are samples whose evidence fits another rule as well or better:
// they show that the rule is among the answers, not that it is the first.
var undecided = map[string]string{
	"Q247764/fires-7-services-alone.csv":    "the services' logons alone are what WIN1069 tells of",
	"Q255269/fires-5-session-and-mail":      "the refused privilege alone is what Q171435 tells of",
	"Q255269/fires-6-session-and-event":     "the refused privilege alone is what Q171435 tells of",
	"Q324025/fires-5-session-alone.txt":     "a refused password alone fits Q247764 as well",
	"transcripts/SMTP0220/fires-1-greeting": "the masked greeting alone is what Q295725 tells of",
}

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
			if !sample.Fires || isUndecided(sample.Path) || strings.Contains(sample.Name, "-only-") || strings.Contains(sample.Name, "-alone") {
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

func isUndecided(path string) bool {
	for name := range undecided {
		if strings.Contains(filepath.ToSlash(path), name) {
			return true
		}
	}
	return false
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
