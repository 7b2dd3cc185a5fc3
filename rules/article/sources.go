package article

import (
	"cmp"
	"fmt"
	"regexp"
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
		if said := s.saidSource(d.leadOf(sig.Line)); said != "" {
			sources, from = []string{said}, "the sentence before it"
		}
		if sig.unnamed {
			sources = nil
		}
		if len(sources) == 0 {
			d.Review = append(d.Review, fmt.Sprintf("line %d: the source of event %d is not named", sig.Line, sig.ID))
			continue
		}
		sig.setWhen(sources)
		if n := len(sources[0]); len(sig.Message) > n+1 && sig.Message[n] == ' ' && strings.EqualFold(sig.Message[:n], sources[0]) && (ownQuote.MatchString(sig.Message[n:]) || sig.Message[n+1] == '<') {
			sig.Message = strings.TrimSpace(sig.Message[n:]) // the source stands before the text
		}
		sig.Source = ""
		d.Review = append(d.Review, fmt.Sprintf("line %d: the source of event %d is taken from %s", sig.Line, sig.ID, from))
	}
}

// saidSource gives the source that a sentence names: "events from source Feed
// Server".
func (s *Sources) saidSource(sentence string) string {
	at := saysSource.FindStringIndex(sentence)
	if at == nil {
		return ""
	}
	words := strings.Fields(sentence[at[1]:])
	for n := min(4, len(words)); n > 0; n-- {
		if name := strings.ToLower(strings.Trim(strings.Join(words[:n], " "), `"'(),.:;`)); s.typed[name] != "" {
			return s.typed[name]
		}
	}
	return ""
}

var saysSource = regexp.MustCompile(`(?i)\b(?:event )?source\s*(?:of|is|=|:)?\s+"?`)

// leadOf gives the prose that leads to what stands at a line.
func (d *Draft) leadOf(line int) string {
	s, at := d.Article.sectionAt(line)
	if s == nil {
		return ""
	}
	return s.lead(at)
}

// clearly is by how many times more often an event must come from one source
// than from the next for that one to be meant.
const clearly = 2

// choose leaves of the sources of an event those that fit a signal: the ones
// whose texts are like its own, or whose names the article has, or else the one
// that is clearly named most often.
func (s *Sources) choose(sig *DraftSignal, candidates []named, article string) []string {
	candidates = slices.DeleteFunc(candidates, func(c named) bool {
		return slices.ContainsFunc(candidates, func(o named) bool { return o.source != c.source && strings.HasSuffix(o.source, c.source) })
	})
	if len(candidates) == 0 || s.foreign(sig, candidates) {
		return nil
	}
	fits := func(test func(named) bool) []named {
		var out []named
		for _, c := range candidates {
			if test(c) {
				out = append(out, c)
			}
		}
		return out
	}
	left := fits(func(c named) bool {
		return slices.ContainsFunc(s.texts[sig.ID][c.source], func(t string) bool { return alike(t, sig.Message) > half })
	})
	fit := len(left) > 0
	if !fit {
		left = fits(func(c named) bool { return strings.Contains(article, squeezed(c.source)) })
		fit = len(left) > 0
	}
	if !fit {
		left = candidates
	}
	if len(left) == 1 || left[0].articles >= clearly*left[1].articles {
		return []string{s.typed[left[0].source]}
	}
	if !fit {
		return nil
	}
	var out []string
	for _, c := range left {
		out = append(out, s.typed[c.source])
	}
	return out
}

// squeezed gives a text in small letters without blanks, in which "DHCP Server"
// is found as the source DhcpServer.
func squeezed(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(s), ""))
}

// Shares of the words that two texts have in common.
const (
	half    = 0.5
	quarter = 0.25
)

// tellingWords is how many words a quoted text has at least.
const tellingWords = 8

// foreign reports whether the text of an event is like none of those that the
// archive has of it: the program that is meant is another.
func (s *Sources) foreign(sig *DraftSignal, candidates []named) bool {
	if len(strings.Fields(sig.Message)) < tellingWords {
		return false // told in the article's own words
	}
	for _, c := range candidates {
		texts := s.texts[sig.ID][c.source]
		if len(texts) == 0 || slices.ContainsFunc(texts, func(t string) bool { return alike(t, sig.Message) >= quarter }) {
			return false
		}
	}
	return true
}

// alike gives the share of the words that two texts have in common, of those of
// the longer one.
func alike(a, b string) float64 {
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
	return float64(same) / float64(max(of, len(have), 1))
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
