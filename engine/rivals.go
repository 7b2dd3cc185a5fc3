package engine

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Rival is another diagnosis beside the one that is explained.
type Rival struct {
	Rule         string       `json:"rule"`
	Title        string       `json:"title"`
	Rank         int          `json:"rank"`
	Confidence   float64      `json:"confidence"`
	ScoreDB      float64      `json:"score_db"`
	Ahead        float64      `json:"ahead"`         // decibans; negative if it is behind
	SameEvidence bool         `json:"same_evidence"` // it competes for the same records
	By           []Difference `json:"by"`            // what makes the difference, the most first
}

// Difference is what one kind of term adds to a rival's lead.
type Difference struct {
	Kind string  `json:"kind"`
	DB   float64 `json:"db"` // of the rival over the explained rule
	Why  string  `json:"why"`
}

// maxRivals is how many other diagnoses an explanation compares.
const maxRivals = 3

// rivals compares the best other diagnoses with one.
func rivals(ranked []*scored, mine *scored) []Rival {
	keys := map[string]bool{}
	for _, k := range mine.state.evidenceKeys() {
		keys[k] = true
	}
	out := []Rival{}
	for i, s := range ranked {
		if s.rule == mine.rule || len(out) == maxRivals {
			continue
		}
		v := Rival{
			Rule: s.rule.rule.ID, Title: s.rule.rule.Title, Rank: i + 1, Confidence: round(s.conf, 1000),
			ScoreDB: math.Round(10*s.score) / 10, Ahead: math.Round(10*(s.score-mine.score)) / 10, By: differences(s, mine),
		}
		v.SameEvidence = slices.ContainsFunc(s.state.evidenceKeys(), func(k string) bool { return keys[k] })
		out = append(out, v)
	}
	return out
}

// differences sums the terms of both by kind.
func differences(rival, mine *scored) []Difference {
	sums := map[string]float64{}
	why := map[string][]string{}
	for _, side := range []struct {
		s    *scored
		sign float64
		who  string
	}{{rival, 1, "the rival"}, {mine, -1, "this rule"}} {
		for _, t := range side.s.terms {
			k := kindOfTerm(t.Name)
			sums[k] += side.sign * t.DB
			why[k] = append(why[k], side.who+": "+t.Name+" "+signed(t.DB))
		}
	}
	var out []Difference
	for _, k := range sortedKeys(sums) {
		if d := math.Round(10*sums[k]) / 10; d != 0 {
			out = append(out, Difference{k, d, strings.Join(why[k], "; ")})
		}
	}
	slices.SortStableFunc(out, func(a, b Difference) int { return cmp.Compare(math.Abs(b.DB), math.Abs(a.DB)) })
	return out
}

// kindOfTerm groups the terms: those of a signal by what they weigh, which the
// name ends in.
func kindOfTerm(name string) string {
	switch name {
	case "prior", "incident window", "recurs", "product", "prose":
		return name
	}
	for _, k := range []struct{ ending, kind string }{
		{" text", "quoted text"}, {" more", "quoted text"}, {" words", "words of the message"}, {" code", "error code"},
		{" level", "level"}, {" missing", "missing evidence"},
	} {
		if strings.HasSuffix(name, k.ending) {
			return k.kind
		}
	}
	return "signals"
}

func signed(db float64) string { return fmt.Sprintf("%+.1f", db) }

// spanText says when the records of a signal were written.
func spanText(h *hits) string {
	first, last := h.timeSpan()
	switch {
	case first == "":
		return ""
	case first == last:
		return " at " + first
	}
	return ", " + first + " to " + last
}
