package engine

import (
	"math"
	"regexp"
	"strings"
	"unicode/utf8"
)

// details are the words of a quoted text that tell it from the quotes of other
// rules on the same event: names of files and services, codes, qualifiers. Of
// ten rules on Dr Watson's event 4097 all say "generated an application
// error"; the name of the program tells them apart.
type details struct {
	words []string
	digit []bool    // has a digit: a sample value, which may differ without proving anything
	pair  []float64 // information of finding it, in nats, among the rules that share provider and id
	id    []float64 // the same among the rules that share the id
	// A text cannot tell more than which of the rules it is: the logarithm of
	// their number.
	pairCap, idCap float64
}

const (
	// detailPower turns information into evidence: words of one text are not
	// independent.
	detailPower = 0.8
	// detailCap bounds the information of one text, in nats.
	detailCap = 3.0
	// detailWords bounds the words of one quote that are compared.
	detailWords = 120
)

// detailStats counts, for each event, in how many rules' quotes a word stands.
type detailStats struct {
	rules map[uint64]int            // rules by event
	in    map[uint64]map[string]int // rules whose quotes have the word
}

func newDetailStats() *detailStats {
	return &detailStats{rules: map[uint64]int{}, in: map[uint64]map[string]int{}}
}

// add counts one rule's quotes on one event.
func (d *detailStats) add(key uint64, words map[string]bool) {
	d.rules[key]++
	m := d.in[key]
	if m == nil {
		m = map[string]int{}
		d.in[key] = m
	}
	for w := range words {
		m[w]++
	}
}

// information of finding a word in a message: how much rarer it is among the
// quotes of the rules that compete for the event than in this one.
func (d *detailStats) information(key uint64, word string) float64 {
	n := d.rules[key]
	if n < 2 {
		return 0
	}
	return math.Log(float64(n) / float64(max(1, d.in[key][word])))
}

// detailTokens splits a text into words as they are, with digits and the parts
// of paths, in lower case.
func detailTokens(text string) []string {
	var out []string
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !isWordRune(r) {
			i += size
			continue
		}
		start := i
		for i < len(text) {
			r, size = utf8.DecodeRuneInString(text[i:])
			if !isWordRune(r) && !(r == '.' && i+1 < len(text) && isLetterByte(text[i+1])) {
				break
			}
			i += size
		}
		out = append(out, strings.ToLower(text[start:i]))
	}
	return out
}

// quoteTokens splits a quoted text into words, without the names of its
// placeholders: "<tpname>" stands for any name.
func quoteTokens(text string) []string {
	return detailTokens(placeholder.ReplaceAllString(text, " "))
}

var placeholder = regexp.MustCompile(`<[^<>]{0,60}>`)

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// newDetails makes the details of a quote ready. keys are the signal's
// provider and id pairs, ids its ids.
func newDetails(text string, keys, ids []uint64, stats *detailStats) *details {
	d := &details{pairCap: stats.most(keys), idCap: stats.most(ids)}
	seen := map[string]bool{}
	for _, w := range quoteTokens(text) {
		if seen[w] || len(w) < 2 || fillerWord(w) || len(d.words) >= detailWords {
			continue
		}
		seen[w] = true
		pair, id := meanInformation(keys, w, stats), meanInformation(ids, w, stats)
		if pair <= 0 && id <= 0 {
			continue
		}
		d.words = append(d.words, w)
		d.digit = append(d.digit, hasDigit(w))
		d.pair = append(d.pair, pair)
		d.id = append(d.id, id)
	}
	if len(d.words) == 0 {
		return nil
	}
	return d
}

// meanInformation is that over the events that the signal may be: on some of
// them no other rule competes, and a word tells nothing.
func meanInformation(keys []uint64, word string, stats *detailStats) float64 {
	if len(keys) == 0 {
		return 0
	}
	sum := 0.0
	for _, k := range keys {
		sum += stats.information(k, word)
	}
	return sum / float64(len(keys))
}

// match gives the information that a message carries for this quote (found)
// and against it (missed), in nats up to detailCap. Where only the id of the
// event is known, the rules of all providers compete. A message that ends
// before the quote does is cut: what would come later proves nothing.
func (d *details) match(message string, idOnly bool) (found, missed float64) {
	weights, limit := d.pair, d.pairCap
	if idOnly {
		weights, limit = d.id, d.idCap
	}
	have := map[string]bool{}
	for _, w := range detailTokens(message) {
		have[w] = true
	}
	last := -1
	for i, w := range d.words {
		if have[w] {
			last = i
		}
	}
	for i, w := range d.words {
		switch {
		case have[w]:
			found += weights[i]
		case i < last && !d.digit[i]:
			missed += weights[i]
		}
	}
	return min(found, limit), min(missed, limit)
}

// most is the most that can be told among the rules of the events, in nats.
func (d *detailStats) most(keys []uint64) float64 {
	most := 0.0
	for _, k := range keys {
		most = max(most, math.Log(float64(max(1, d.rules[k]))))
	}
	return min(most, detailCap)
}
