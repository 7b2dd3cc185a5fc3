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
		r.words = append(r.words, tokenWord{text: w, token: fmt.Sprintf("[secret-%d%s]", n, of), short: len(w) < 6})
	}
	for i, j := 0, len(r.words)-1; i < j; i, j = i+1, j-1 {
		r.words[i], r.words[j] = r.words[j], r.words[i]
	}
	return r
}

// Text gives a text without the secrets. What was put in is not looked at
// again: a token may hold the word that somebody took for a password.
func (r *Replacer) Text(t string) string {
	var found []stretch
	var claimed []bool
	for i := range r.words {
		if strings.Contains(t, r.words[i].text) {
			if claimed == nil {
				claimed = make([]bool, len(t))
			}
			found = r.words[i].find(t, claimed, found)
		}
	}
	if len(found) == 0 {
		return t
	}
	sort.Slice(found, func(i, j int) bool { return found[i].from < found[j].from })
	var b strings.Builder
	at := 0
	for _, f := range found {
		b.WriteString(t[at:f.from])
		b.WriteString(f.token)
		at = f.to
	}
	b.WriteString(t[at:])
	return b.String()
}

// stretch is a piece of a text that a token stands in for.
type stretch struct {
	from, to int
	token    string
}

// find adds where the word stands outside what longer words have claimed.
func (w *tokenWord) find(t string, claimed []bool, found []stretch) []stretch {
	for at := 0; ; {
		i := strings.Index(t[at:], w.text)
		if i < 0 {
			return found
		}
		from, to := at+i, at+i+len(w.text)
		at = to
		alone := (from == 0 || !isWordByte(t[from-1])) && (to == len(t) || !isWordByte(t[to]))
		if w.short && !alone || claimed[from] || claimed[to-1] {
			continue
		}
		for k := from; k < to; k++ {
			claimed[k] = true
		}
		found = append(found, stretch{from, to, w.token})
	}
}

// Holds reports whether a text holds one of the longer secrets, which do not
// stand anywhere by chance.
func (r *Replacer) Holds(t string) bool {
	for i := range r.words {
		if w := &r.words[i]; !w.short && strings.Contains(t, w.text) {
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
