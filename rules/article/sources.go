package article

import (
	"fmt"
	"sort"
	"strings"
)

// Sources is what the articles of an archive say of the sources of events.
// Many articles name an event by its number alone; where others on the same
// product name a source for it, and but one, that one is meant.
type Sources struct {
	named map[uint16]map[string]map[string]bool // id, source in lower case, products
	typed map[string]string                     // source as most often written
	count map[string]int
}

// NewSources gives an empty collection.
func NewSources() *Sources {
	return &Sources{named: map[uint16]map[string]map[string]bool{}, typed: map[string]string{}, count: map[string]int{}}
}

// Add collects what a draft says. The order of drafts does not matter.
func (s *Sources) Add(d *Draft) {
	for _, sig := range d.Signals {
		if sig.Source == "" {
			continue
		}
		s.count[sig.Source]++
		folded := strings.ToLower(sig.Source)
		if have := s.typed[folded]; have == "" || s.count[sig.Source] > s.count[have] || s.count[sig.Source] == s.count[have] && sig.Source < have {
			s.typed[folded] = sig.Source
		}
		bySource := s.named[sig.ID]
		if bySource == nil {
			bySource = map[string]map[string]bool{}
			s.named[sig.ID] = bySource
		}
		if bySource[folded] == nil {
			bySource[folded] = map[string]bool{}
		}
		for _, f := range families(d.Article) {
			bySource[folded][f] = true
		}
	}
}

// families gives the products of an article without versions and editions, for
// comparison.
func families(a *Article) []string {
	var out []string
	for _, p := range a.Products {
		name := strings.ToLower(p.Name)
		for _, f := range []string{"exchange", "sna", "host integration", "systems management", "windows nt", "windows 2000", "information server", "proxy", "sql"} {
			if strings.Contains(name, f) {
				name = f
				break
			}
		}
		if name == "host integration" {
			name = "sna" // its successor logs the same events
		}
		out = append(out, name)
	}
	return out
}

// Complete gives the signals without a source the one that the archive tells,
// and notes it for review.
func (s *Sources) Complete(d *Draft) {
	mine := map[string]bool{}
	for _, f := range families(d.Article) {
		mine[f] = true
	}
	for i := range d.Signals {
		sig := &d.Signals[i]
		if sig.Source != "" {
			continue
		}
		source := s.only(sig.ID, mine)
		if source == "" {
			d.Review = append(d.Review, fmt.Sprintf("line %d: the source of event %d is not named", sig.Line, sig.ID))
			continue
		}
		sig.Source = source
		sig.When = fmt.Sprintf("provider == %s && id == %d", quoteExpr(source), sig.ID)
		d.Review = append(d.Review, fmt.Sprintf("line %d: the source of event %d is taken from other articles on the product", sig.Line, sig.ID))
	}
}

// only gives the source of an event where the articles on the products name
// but one.
func (s *Sources) only(id uint16, products map[string]bool) string {
	var fit []string
	for source, families := range s.named[id] {
		for f := range families {
			if products[f] {
				fit = append(fit, source)
				break
			}
		}
	}
	if len(fit) != 1 {
		return ""
	}
	sort.Strings(fit)
	return s.typed[fit[0]]
}
