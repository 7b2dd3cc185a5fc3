package engine

import (
	"math"
	"sort"
	"strings"
	"unicode"

	"kbdiag/rules"
)

// bm25 is a plain full-text search over the articles, the baseline that the
// ranking has to beat: Okapi BM25 with the usual k1 = 1.2 and b = 0.75. It is
// written out here because a search library would bring twenty modules for
// these lines.
type bm25 struct {
	ids    []string
	length []float64
	mean   float64
	terms  map[string]map[int]float64 // how often, by document
}

func newBM25(base []*rules.Rule) *bm25 {
	s := &bm25{terms: map[string]map[int]float64{}}
	for i, r := range base {
		words := searchWords(articleText(r))
		s.ids = append(s.ids, r.ID)
		s.length = append(s.length, float64(len(words)))
		s.mean += float64(len(words)) / float64(len(base))
		for _, w := range words {
			if s.terms[w] == nil {
				s.terms[w] = map[int]float64{}
			}
			s.terms[w][i]++
		}
	}
	return s
}

// articleText is all that a search would have of an article.
func articleText(r *rules.Rule) string {
	text := []string{r.Title, r.Cause, r.Symptoms}
	for _, s := range r.Signals {
		text = append(text, s.When, s.Message, s.Doc)
	}
	for _, s := range r.Steps {
		text = append(text, s.Text)
	}
	return strings.Join(text, "\n")
}

func searchWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// search gives the ids of the documents that have a word of the query, best
// first. A word that the query repeats counts once: logs repeat everything.
func (s *bm25) search(query string) []string {
	const k1, b = 1.2, 0.75
	scores := map[int]float64{}
	asked := map[string]bool{}
	for _, w := range searchWords(query) {
		if asked[w] {
			continue
		}
		asked[w] = true
		docs := s.terms[w]
		n, total := float64(len(docs)), float64(len(s.ids))
		idf := math.Log(1 + (total-n+0.5)/(n+0.5))
		for d, f := range docs {
			scores[d] += idf * f * (k1 + 1) / (f + k1*(1-b+b*s.length[d]/s.mean))
		}
	}
	found := make([]int, 0, len(scores))
	for d := range scores {
		found = append(found, d)
	}
	sort.Slice(found, func(i, j int) bool {
		if scores[found[i]] != scores[found[j]] {
			return scores[found[i]] > scores[found[j]]
		}
		return s.ids[found[i]] < s.ids[found[j]]
	})
	var ids []string
	for _, d := range found {
		ids = append(ids, s.ids[d])
	}
	return ids
}
