package engine

import (
	"math"
	"sort"

	"kbdiag/parsers"
)

// tieDB is how close two scores must be to count as equal, in decibans.
const tieDB = 1.0

// ties gives, for each ranked rule, the other rules that the evidence cannot
// tell from it: the same records speak for both, and their scores are equal.
func ties(ranked []*scored) map[*scored][]*scored {
	out := map[*scored][]*scored{}
	keys := make([]string, len(ranked))
	for i, s := range ranked {
		for _, k := range s.state.evidenceKeys() {
			keys[i] += k + "\x00"
		}
	}
	for i, a := range ranked {
		for j := i + 1; j < len(ranked) && ranked[i].score-ranked[j].score <= tieDB; j++ {
			if b := ranked[j]; keys[i] == keys[j] && math.Abs(a.score-b.score) <= tieDB {
				out[a] = append(out[a], b)
				out[b] = append(out[b], a)
			}
		}
	}
	return out
}

// separators names the signals, of any rule of a group, that the inputs leave
// open and that not all of them share: what would tell the group apart.
func separators(group []*scored) []string {
	seen := map[string]bool{}
	var out []string
	for _, s := range group {
		for i := range s.rule.signals {
			sig, st := &s.rule.signals[i], &s.state.signals[i]
			if st.value != parsers.Unknown {
				continue
			}
			text := sig.rule.Doc
			if text == "" {
				text = sig.rule.Name
			}
			text = s.rule.rule.ID + ": " + text
			if !seen[text] {
				seen[text] = true
				out = append(out, text)
			}
		}
	}
	sort.Strings(out)
	return out
}

// explained puts a cause above the diagnoses whose symptoms it produces, where
// both are there, and gives for each cause the ids of those.
func explained(ranked []*scored) ([]*scored, map[*scored][]string) {
	byID := map[string]*scored{}
	for _, s := range ranked {
		byID[s.rule.rule.ID] = s
	}
	under := map[*scored][]string{}
	child := map[*scored]bool{}
	for _, s := range ranked {
		if l, _ := s.level(); l == Unlikely {
			continue
		}
		for _, id := range s.rule.rule.Diagnosis.Explains {
			if o := byID[id]; o != nil && o != s && !child[s] {
				under[s] = append(under[s], id)
				child[o] = true
			}
		}
	}
	if len(child) == 0 {
		return ranked, under
	}
	var out []*scored
	done := map[*scored]bool{}
	place := func(s *scored) {
		if done[s] {
			return
		}
		done[s] = true
		out = append(out, s)
	}
	for _, s := range ranked {
		if child[s] {
			place(causeOf(s, ranked, under))
		}
		place(s)
	}
	return out, under
}

// causeOf gives the best ranked diagnosis that explains s.
func causeOf(s *scored, ranked []*scored, under map[*scored][]string) *scored {
	for _, c := range ranked {
		for _, id := range under[c] {
			if id == s.rule.rule.ID {
				return c
			}
		}
	}
	return s
}
