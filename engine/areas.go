package engine

import (
	"cmp"
	"slices"

	"kbdiag/rules"
)

// Covered says what a rule base knows of, and of which areas it knows nothing.
type Covered struct {
	Areas     []CoveredArea     `json:"areas"`
	Providers []CoveredProvider `json:"providers"` // by name
	Protocols []CoveredProtocol `json:"protocols"` // by name
}

// CoveredArea is an area with the ids of its rules, which may be none.
type CoveredArea struct {
	Name  string   `json:"name"`
	Rules []string `json:"rules"`
}

// CoveredProvider is a source of events with the event ids that rules ask for.
type CoveredProvider struct {
	Provider string   `json:"provider"` // as a rule writes it: a name, or a pattern of names
	IDs      []int64  `json:"ids"`
	Rules    []string `json:"rules"`
}

// CoveredProtocol is a protocol of sessions with the reply codes that rules ask
// for.
type CoveredProtocol struct {
	Protocol string   `json:"protocol"`
	Codes    []int64  `json:"codes"`
	Rules    []string `json:"rules"`
}

// known collects what rules ask for of one provider or protocol.
type known struct {
	name    string
	numbers map[int64]bool
	rules   map[string]bool
}

// knownOf gives the entry of a key, which is made.
func knownOf(m map[string]*known, key string) *known {
	k := m[key]
	if k == nil {
		k = &known{name: key, numbers: map[int64]bool{}, rules: map[string]bool{}}
		m[key] = k
	}
	return k
}

func (k *known) add(rule string, numbers map[int64]bool) {
	k.rules[rule] = true
	for n := range numbers {
		k.numbers[n] = true
	}
}

// Covers holds the rules against the areas of support.
func (s *Set) Covers(areas []rules.Area) Covered {
	providers, protocols, patterns := map[string]*known{}, map[string]*known{}, map[string]*rules.Matches{}
	for _, c := range s.rules {
		for i := range c.signals {
			sig := &c.signals[i]
			for p := range sig.needs.providers {
				k := knownOf(providers, p)
				k.name = spelling(sig.rule.Cond, p)
				k.add(c.rule.ID, sig.needs.ids)
			}
			for _, m := range providerPatterns(sig.rule.Cond) {
				patterns[m.Pattern] = m
				knownOf(providers, m.Pattern).add(c.rule.ID, sig.needs.ids)
			}
			for p := range sig.needs.protocols {
				knownOf(protocols, p).add(c.rule.ID, sig.needs.codes)
			}
		}
	}
	var out Covered
	for _, a := range areas {
		mine := map[string]bool{}
		for _, p := range a.Providers {
			addRules(mine, providers[foldProvider(p)])
			for pattern, m := range patterns {
				if m.Regexp.MatchString(p) {
					addRules(mine, providers[pattern])
				}
			}
		}
		for _, p := range a.Protocols {
			addRules(mine, protocols[p])
		}
		out.Areas = append(out.Areas, CoveredArea{a.Name, sortedKeys(mine)})
	}
	for _, k := range providers {
		out.Providers = append(out.Providers, CoveredProvider{k.name, sortedKeys(k.numbers), sortedKeys(k.rules)})
	}
	for _, k := range protocols {
		out.Protocols = append(out.Protocols, CoveredProtocol{k.name, sortedKeys(k.numbers), sortedKeys(k.rules)})
	}
	slices.SortFunc(out.Providers, func(a, b CoveredProvider) int {
		return cmp.Or(cmp.Compare(foldProvider(a.Provider), foldProvider(b.Provider)), cmp.Compare(a.Provider, b.Provider))
	})
	slices.SortFunc(out.Protocols, func(a, b CoveredProtocol) int { return cmp.Compare(a.Protocol, b.Protocol) })
	return out
}

func addRules(to map[string]bool, k *known) {
	if k == nil {
		return
	}
	for id := range k.rules {
		to[id] = true
	}
}

// spelling gives a provider as a condition writes it, from its folded name.
func spelling(c rules.Cond, folded string) string {
	for _, v := range comparedTo(c) {
		if foldProvider(v.Text) == folded {
			return v.Text
		}
	}
	for _, p := range partsOf(c) {
		if s := spelling(p, folded); s != folded {
			return s
		}
	}
	return folded
}

// providerPatterns gives the patterns that a condition asks the provider to
// match.
func providerPatterns(c rules.Cond) []*rules.Matches {
	if m, ok := c.(*rules.Matches); ok && m.Operand.Form == rules.FieldOperand && m.Operand.Field == "provider" {
		return []*rules.Matches{m}
	}
	if _, ok := c.(*rules.Not); ok {
		return nil
	}
	var out []*rules.Matches
	for _, p := range partsOf(c) {
		out = append(out, providerPatterns(p)...)
	}
	return out
}

// comparedTo gives the values that a condition compares its field with.
func comparedTo(c rules.Cond) []rules.Value {
	switch c := c.(type) {
	case *rules.Compare:
		return []rules.Value{c.Value}
	case *rules.InList:
		return c.Values
	}
	return nil
}
