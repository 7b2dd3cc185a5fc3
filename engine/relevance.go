package engine

import (
	"math"
	"sort"
	"strings"

	"kbdiag/rules"
)

// prose is the text of a rule as a search engine sees it: what its title,
// cause, steps and symptoms speak of.
type prose struct {
	words map[string]bool
}

const (
	// relevanceDB is what the prose of a rule counts at most, either way, in
	// decibans. It is a weak term: it orders rules that the evidence itself
	// leaves equal.
	relevanceDB = 0.5
	// relevanceMiddle is the share of the words of a message that the prose of
	// some rule on the same product has by chance.
	relevanceMiddle = 0.6
	// queryWords bounds the words of a query.
	queryWords = 400
)

// library counts in how many rules' prose a word stands.
type library struct {
	rules int
	in    map[string]int
}

func newProse(r *rules.Rule) prose {
	p := prose{words: map[string]bool{}}
	add := func(text string) {
		for _, w := range quoteTokens(text) {
			if len(w) > 2 {
				p.words[w] = true
			}
		}
	}
	add(r.Title)
	add(r.Cause)
	add(r.Symptoms)
	for _, s := range r.Steps {
		add(s.Text)
	}
	for _, s := range r.Signals {
		add(s.Message)
		add(s.Doc)
	}
	return p
}

func (l *library) add(p prose) {
	l.rules++
	for w := range p.words {
		l.in[w]++
	}
}

// weight of a word: the rarer among the rules, the heavier; none for words
// that no rule has.
func (l *library) weight(word string) float64 {
	n := l.in[word]
	if n == 0 {
		return 0
	}
	return math.Log(float64(l.rules+1) / float64(n))
}

// relevance gives the weighted share of the query's words that the prose has.
func (l *library) relevance(p prose, query []string) float64 {
	have, all := 0.0, 0.0
	for _, w := range query {
		x := l.weight(w)
		all += x
		if p.words[w] {
			have += x
		}
	}
	if all == 0 {
		return relevanceMiddle
	}
	return have / all
}

// query gives the words of what speaks for a rule, sorted.
func query(texts []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, t := range texts {
		for _, w := range detailTokens(t) {
			if len(w) > 2 && !seen[w] && strings.Trim(w, "0123456789") != "" {
				seen[w] = true
				out = append(out, w)
			}
		}
	}
	sort.Strings(out)
	return out[:min(len(out), queryWords)]
}

// scoreRelevance adds the term of the prose.
func (r *Run) scoreRelevance(s *scored) {
	s.words = query(r.textsOf(s))
	s.relevance = r.set.library.relevance(s.rule.prose, s.words)
	d := relevanceDB * max(-1, min(1, (s.relevance-relevanceMiddle)/(1-relevanceMiddle)))
	s.term("prose", math.Pow(10, d/10), "what the article speaks of, compared with what was seen")
}

// textsOf gives the records that the signals of a rule were seen on, as they
// are shown.
func (r *Run) textsOf(s *scored) []string {
	var texts []string
	for i := range s.rule.signals {
		if st := &s.state.signals[i]; st.hits.count > 0 {
			texts = append(texts, st.best(r.window).excerpt)
		}
	}
	return texts
}
