package article

import (
	"cmp"
	"fmt"
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

	texts map[uint16]map[string][]string // quoted texts by id and source in lower case
}

// NewSources gives an empty collection.
func NewSources() *Sources {
	return &Sources{named: map[uint16]map[string]map[string]int{}, typed: map[string]string{}, count: map[string]int{}, articles: map[string]int{}, texts: map[uint16]map[string][]string{}}
}

// Add collects what a draft says. The order of drafts does not matter.
func (s *Sources) Add(d *Draft) {
	mine := families(d.Article)
	said, counted := map[string]bool{}, map[string]bool{}
	for _, sig := range d.Signals {
		key := fmt.Sprint(sig.ID, " ", strings.ToLower(sig.Source))
		if sig.Source == "" || said[key] || fileSource.MatchString(sig.Source) {
			continue
		}
		said[key] = true
		s.count[sig.Source]++
		folded := strings.ToLower(sig.Source)
		s.addText(sig.ID, folded, sig.Message)
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

// maxTexts is how many texts of one event are kept for comparison.
const maxTexts = 8

func (s *Sources) addText(id uint16, source, text string) {
	if text == "" {
		return
	}
	of := s.texts[id]
	if of == nil {
		of = map[string][]string{}
		s.texts[id] = of
	}
	of[source] = append(of[source], text)
	slices.Sort(of[source])
	of[source] = of[source][:min(maxTexts, len(of[source]))]
}

// Complete gives the signals without a source the one that the archive tells,
// and notes it for review.
func (s *Sources) Complete(d *Draft) {
	mine := families(d.Article)
	words := squeezed(strings.Join(d.Article.Lines, " "))
	for i := range d.Signals {
		sig := &d.Signals[i]
		if sig.On != "event" || sig.Source != "" || sig.ID == 0 {
			continue
		}
		sources, from := s.choose(sig, s.known(sig.ID, mine), words), "other articles on the product"
		if spoken := s.spokenSource(sig.before); spoken != "" {
			sources, from = []string{spoken}, "the words before it"
		}
		if sig.unnamed {
			sources = nil
		}
		if len(sources) == 0 {
			d.Review = append(d.Review, fmt.Sprintf("line %d: the source of event %d is not named", sig.Line, sig.ID))
			continue
		}
		sig.setWhen(sources)
		if rest, ok := strings.CutPrefix(sig.Message, sources[0]+" "); ok && ownQuote.MatchString(rest) {
			sig.Message = rest // the source stands before the text
		}
		sig.Source = ""
		d.Review = append(d.Review, fmt.Sprintf("line %d: the source of event %d is taken from %s", sig.Line, sig.ID, from))
	}
}

// rareSource is by how many times an event must come from another source more
// often for one to be left out.
const rareSource = 4

// choose leaves of the sources of an event those that fit a signal: the ones
// whose texts are like its own, or whose names the article has, or else those
// that are not rare.
func (s *Sources) choose(sig *DraftSignal, candidates []named, article string) []string {
	pick := func(fits func(named) bool) []string {
		var out []string
		for _, c := range candidates {
			if fits(c) {
				out = append(out, s.typed[c.source])
			}
		}
		return out
	}
	if len(candidates) < 2 {
		return pick(func(named) bool { return true })
	}
	if sig.Message != "" {
		alike := func(c named) bool {
			return slices.ContainsFunc(s.texts[sig.ID][c.source], func(t string) bool { return alikeTexts(t, sig.Message) })
		}
		if out := pick(alike); len(out) > 0 {
			return out
		}
	}
	if out := pick(func(c named) bool { return strings.Contains(article, squeezed(c.source)) }); len(out) > 0 {
		return out
	}
	return pick(func(c named) bool { return c.articles*rareSource > candidates[0].articles })
}

// squeezed gives a text in small letters without blanks, in which "DHCP Server"
// is found as the source DhcpServer.
func squeezed(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(s), ""))
}

// alikeTexts reports whether half of the words of two texts are the same.
func alikeTexts(a, b string) bool {
	have := map[string]bool{}
	for _, w := range strings.Fields(strings.ToLower(a)) {
		have[w] = true
	}
	same, of := 0, 0
	for _, w := range strings.Fields(strings.ToLower(b)) {
		if of++; have[w] {
			same++
		}
	}
	return same*2 > max(of, len(have))
}

// maxSources is how many sources an event may have on one product for them to
// stand in place of the one that an article leaves out.
const maxSources = 4

// named is a source that articles name for an event, in lower case.
type named struct {
	source   string
	articles int
}

// known gives the sources that the articles on the products name for an event,
// the most often named first.
func (s *Sources) known(id uint16, products []string) []named {
	var list []named
	total := 0
	for source, families := range s.named[id] {
		one := named{source: source}
		for _, f := range products {
			one.articles = max(one.articles, families[f])
		}
		if one.articles > 0 {
			list = append(list, one)
			total += one.articles
		}
	}
	if len(list) > maxSources || total < 2 {
		return nil // of the sources that one article alone names, a quarter are not the ones of another
	}
	slices.SortFunc(list, func(a, b named) int {
		return cmp.Or(b.articles-a.articles, strings.Compare(a.source, b.source))
	})
	return list
}
