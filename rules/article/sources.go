package article

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Sources is what the articles of an archive say of the sources of events.
// Many articles name an event by its number alone; where others on the same
// product name a source for it, and but one, that one is meant.
type Sources struct {
	named map[uint16]map[string]map[string]int // articles by id, source in lower case, product
	typed map[string]string                    // source as most often written
	count map[string]int

	articles map[string]int // that name a source, by its name in lower case
}

// NewSources gives an empty collection.
func NewSources() *Sources {
	return &Sources{named: map[uint16]map[string]map[string]int{}, typed: map[string]string{}, count: map[string]int{}, articles: map[string]int{}}
}

// Add collects what a draft says. The order of drafts does not matter.
func (s *Sources) Add(d *Draft) {
	mine := families(d.Article)
	said, counted := map[string]bool{}, map[string]bool{}
	for _, sig := range d.Signals {
		key := fmt.Sprint(sig.ID, " ", strings.ToLower(sig.Source))
		if sig.Source == "" || said[key] {
			continue
		}
		said[key] = true
		s.count[sig.Source]++
		folded := strings.ToLower(sig.Source)
		if !counted[folded] {
			counted[folded] = true
			s.articles[folded]++
		}
		if have := s.typed[folded]; have == "" || s.count[sig.Source] > s.count[have] || s.count[sig.Source] == s.count[have] && sig.Source < have {
			s.typed[folded] = sig.Source
		}
		bySource := s.named[sig.ID]
		if bySource == nil {
			bySource = map[string]map[string]int{}
			s.named[sig.ID] = bySource
		}
		if bySource[folded] == nil {
			bySource[folded] = map[string]int{}
		}
		for _, f := range mine {
			bySource[folded][f]++
		}
	}
}

// families gives the products of an article without versions and editions, for
// comparison. The operating system counts where no other product is named.
func families(a *Article) []string {
	var products, systems []string
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
		list := &products
		if strings.Contains(name, "windows") {
			list = &systems
		}
		if !slices.Contains(*list, name) {
			*list = append(*list, name)
		}
	}
	if len(products) == 0 {
		return systems
	}
	return products
}

// Complete gives the signals without a source the one that the archive tells,
// and notes it for review.
func (s *Sources) Complete(d *Draft) {
	mine := families(d.Article)
	for i := range d.Signals {
		sig := &d.Signals[i]
		if sig.On != "event" || sig.Source != "" || sig.ID == 0 {
			continue
		}
		sources, from := s.known(sig.ID, mine), "other articles on the product"
		if spoken := s.spokenSource(sig.before); spoken != "" {
			sources, from = []string{spoken}, "the words before it"
		}
		if len(sources) == 0 {
			d.Review = append(d.Review, fmt.Sprintf("line %d: the source of event %d is not named", sig.Line, sig.ID))
			continue
		}
		sig.When = fmt.Sprintf("provider in %s && id == %d", quoteList(sources), sig.ID)
		d.Review = append(d.Review, fmt.Sprintf("line %d: the source of event %d is taken from %s", sig.Line, sig.ID, from))
	}
}

// maxSources is how many sources an event may have on one product for them to
// stand in place of the one that an article leaves out.
const maxSources = 4

// known gives the sources that the articles on the products name for an event,
// the most often named first.
func (s *Sources) known(id uint16, products []string) []string {
	count := map[string]int{}
	for source, families := range s.named[id] {
		for _, f := range products {
			count[source] = max(count[source], families[f])
		}
		if count[source] == 0 {
			delete(count, source)
		}
	}
	named := 0
	for _, n := range count {
		named += n
	}
	if len(count) > maxSources || named < 2 {
		return nil // of the sources that one article alone names, a quarter are not the ones of another
	}
	names := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(count[b]-count[a], strings.Compare(a, b))
	})
	for i, n := range names {
		names[i] = s.typed[n]
	}
	return names
}
