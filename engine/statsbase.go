package engine

import (
	"cmp"
	"slices"

	"kbdiag/rules"
)

// tallies counts the rules by product and the signals by strength.
func (s *Set) tallies() (products, strengths []Number) {
	byProduct := map[string]int{}
	for _, c := range s.rules {
		names := map[string]bool{}
		for _, p := range c.rule.Products {
			names[p.Name] = true
		}
		if len(names) == 0 {
			names["(none named)"] = true
		}
		for n := range names {
			byProduct[n]++
		}
	}
	for _, n := range sortedKeys(byProduct) {
		products = append(products, Number{n, byProduct[n]})
	}
	slices.SortStableFunc(products, func(a, b Number) int { return cmp.Compare(b.N, a.N) })
	byStrength := map[rules.Strength]int{}
	for _, sig := range s.signals {
		byStrength[sig.rule.Strength]++
	}
	for _, st := range rules.Strengths {
		if n := byStrength[st]; n > 0 {
			strengths = append(strengths, Number{string(st), n})
		}
	}
	return products, strengths
}

// sharing lists the events that more than one rule knows.
func (s *Set) sharing() ([]Sharing, Shared) {
	type key struct {
		provider string
		id       int64
	}
	known := map[key][]string{}
	for _, c := range s.rules {
		mine := map[key]bool{}
		for i := range c.signals {
			n := &c.signals[i].needs
			for p := range n.providers {
				for id := range n.ids {
					mine[key{p, id}] = true
				}
			}
		}
		for k := range mine {
			known[k] = append(known[k], c.rule.ID)
		}
	}
	list, sum, total := []Sharing{}, Shared{Events: len(known)}, 0
	for k, ids := range known {
		total += len(ids)
		sum.Most = max(sum.Most, len(ids))
		if len(ids) == 1 {
			sum.Alone++
			continue
		}
		slices.Sort(ids)
		list = append(list, Sharing{k.provider, int(k.id), ids})
	}
	if len(known) > 0 {
		sum.Mean = round(float64(total)/float64(len(known)), 100)
	}
	slices.SortFunc(list, func(a, b Sharing) int {
		return cmp.Or(cmp.Compare(len(b.Rules), len(a.Rules)), cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.ID, b.ID))
	})
	return list, sum
}
