package parsers

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"sort"
	"strings"
	"unicode/utf16"
)

// Replacer takes the secrets known of a ticket out of copies of its inputs.
// The same secret gets the same token everywhere, so that a reader still sees
// which lines gave the same one.
type Replacer struct {
	words []tokenWord // the longest first
	index *wordIndex
}

type tokenWord struct {
	text  string
	token string
	short bool // only replaced where it stands as a word of its own
}

// Replacer makes a replacer of all secrets known so far.
func (s *Secrets) Replacer() *Replacer {
	s.mu.Lock()
	words := make([]string, 0, len(s.words))
	for w := range s.words {
		words = append(words, w)
	}
	s.mu.Unlock()
	sort.Slice(words, func(i, j int) bool {
		if len(words[i]) != len(words[j]) {
			return len(words[i]) < len(words[j])
		}
		return words[i] < words[j]
	})
	number := map[string]int{}
	r := &Replacer{}
	for _, w := range words { // a secret comes before its base64, which is longer
		n, of := number[w], ""
		if n == 0 {
			if raw, err := base64.StdEncoding.DecodeString(w); err == nil && number[string(raw)] > 0 {
				n, of = number[string(raw)], "-base64"
			} else {
				n = len(number) + 1
			}
			number[w] = n
		}
		r.words = append(r.words, tokenWord{text: w, token: fmt.Sprintf("[secret-%d%s]", n, of), short: len(w) < longSecret})
	}
	for i, j := 0, len(r.words)-1; i < j; i, j = i+1, j-1 {
		r.words[i], r.words[j] = r.words[j], r.words[i]
	}
	texts := make([]string, len(r.words))
	for i := range r.words {
		texts[i] = r.words[i].text
	}
	r.index = newWordIndex(texts)
	return r
}

// Text gives a text without the secrets. What was put in is not looked at
// again: a token may hold the word that somebody took for a password.
func (r *Replacer) Text(t string) string {
	found := r.index.find(t)
	sort.SliceStable(found, func(i, j int) bool { return found[i].word < found[j].word }) // longer words claim their places first
	var claimed []bool
	kept := found[:0]
	for _, w := range found {
		if r.words[w.word].short && !w.alone(t) || claimed != nil && (claimed[w.from] || claimed[w.to-1]) {
			continue
		}
		if claimed == nil {
			claimed = make([]bool, len(t))
		}
		for k := w.from; k < w.to; k++ {
			claimed[k] = true
		}
		kept = append(kept, w)
	}
	if len(kept) == 0 {
		return t
	}
	sort.Slice(kept, func(i, j int) bool { return kept[i].from < kept[j].from })
	var b strings.Builder
	at := 0
	for _, w := range kept {
		b.WriteString(t[at:w.from])
		b.WriteString(r.words[w.word].token)
		at = w.to
	}
	b.WriteString(t[at:])
	return b.String()
}

// Holds reports whether a text holds one of the longer secrets, which do not
// stand anywhere by chance.
func (r *Replacer) Holds(t string) bool {
	for _, w := range r.index.find(t) {
		if !r.words[w.word].short {
			return true
		}
	}
	return false
}

// Overwrite puts asterisks over the secrets in binary data, in UTF-8 and in
// UTF-16, and gives how many there were. The length stays.
func (r *Replacer) Overwrite(b []byte) int {
	n := 0
	for i := range r.words {
		w := &r.words[i]
		if w.short {
			continue // too short to be told from chance among binary data
		}
		n += overwrite(b, []byte(w.text), 1)
		n += overwrite(b, asUTF16(w.text), 2)
	}
	return n
}

func overwrite(b, secret []byte, unit int) int {
	n := 0
	for at := 0; ; n++ {
		i := bytes.Index(b[at:], secret)
		if i < 0 {
			return n
		}
		for k := at + i; k < at+i+len(secret); k += unit {
			b[k] = '*'
		}
		at += i + len(secret)
	}
}

func asUTF16(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}
