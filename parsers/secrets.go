package parsers

import (
	"encoding/base64"
	"regexp"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"
)

// Secrets holds the secrets seen in the inputs of one ticket, so that they can
// be taken out of everything that is printed. It lives in memory only. It may
// be used by several goroutines.
type Secrets struct {
	mu    sync.Mutex
	words map[string]bool
}

// hidden are stand-ins that a client or a person wrote in place of a secret.
var hidden = regexp.MustCompile(`^(?i:\*+|x{3,}|\.{3,}|<[^>]*>|\[[^\]]*\]|\{[^}]*\}|\(hidden\)|redacted|\[redacted.*|password|passwd)$`)

// IsHidden reports whether s is no secret but a mark that one was given and
// hidden.
func IsHidden(s string) bool { return hidden.MatchString(strings.TrimSpace(s)) }

// Add remembers a secret. Marks in its place, and words of fewer than three
// characters, are not remembered: they could not be told from other text.
func (s *Secrets) Add(secret string) {
	secret = strings.TrimSpace(secret)
	if len(secret) < 3 || IsHidden(secret) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.words == nil {
		s.words = map[string]bool{}
	}
	s.words[secret] = true
	s.words[string(AppendXMLText(nil, secret, false))] = true // as XML has it
	s.words[string(AppendXMLText(nil, secret, true))] = true
	s.words[base64.StdEncoding.EncodeToString([]byte(secret))] = true
}

// addInner remembers what a secret found in free text holds: the password of
// base64 of "user:password" and of "\x00user\x00password", and a word without
// the sentence's marks behind it.
func (s *Secrets) addInner(secret string) {
	if bare := strings.TrimRight(secret, ").]>!?:"); len(bare) >= longSecret && bare != secret {
		s.Add(bare)
	}
	raw, err := base64.StdEncoding.DecodeString(secret)
	if err != nil {
		return
	}
	inner := string(raw)
	i := strings.LastIndexByte(inner, 0)
	if i < 0 {
		i = strings.IndexByte(inner, ':')
	}
	if i > 0 && utf8.ValidString(inner) {
		s.Add(inner[i+1:])
	}
}

// addAll remembers all that another set holds.
func (s *Secrets) addAll(of *Secrets) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.words == nil {
		s.words = map[string]bool{}
	}
	for w := range of.words {
		s.words[w] = true
	}
}

// Len is the number of forms of secrets to look for.
func (s *Secrets) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.words)
}

// Words lists what is looked for, sorted.
func (s *Secrets) Words() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	words := make([]string, 0, len(s.words))
	for w := range s.words {
		words = append(words, w)
	}
	sort.Strings(words)
	return words
}

// Scrubber gives a function that takes all secrets known so far out of a text.
func (s *Secrets) Scrubber() func(string) string {
	s.mu.Lock()
	words := make([]string, 0, len(s.words))
	for w := range s.words {
		words = append(words, w)
	}
	s.mu.Unlock()
	if len(words) == 0 {
		return func(t string) string { return t }
	}
	index := newWordIndex(words)
	return func(t string) string {
		if found := index.find(t); found != nil {
			return scrubbed(t, found)
		}
		return t
	}
}

// scrubbed puts a mark over each word that was found, one over words that
// overlap. A secret inside a longer word is only taken out if it is long enough
// not to stand there by chance.
func scrubbed(t string, found []wordAt) string {
	var b strings.Builder
	at, end := 0, 0 // what is written, and up to where words were found
	for _, w := range found {
		if w.to-w.from < longSecret && !w.alone(t) {
			continue
		}
		if w.from >= end {
			b.WriteString(t[at:w.from])
			b.WriteString(Redacted)
		}
		end = max(end, w.to)
		at = end
	}
	b.WriteString(t[at:])
	return b.String()
}

// longSecret is the length, in bytes, from which a secret is not taken for
// part of a longer word by chance.
const longSecret = 6

func isWordByte(c byte) bool {
	return c >= '0' && c <= '9' || isASCIILetter(c) || c == '_' || c >= 0x80
}

// Redacted stands in place of a secret.
const Redacted = "[redacted]"

// RedactedLength stands in place of a secret, with a class of its length.
func RedactedLength(secret string) string {
	switch n := len(secret); {
	case n == 0:
		return "[empty]"
	case n < 8:
		return "[redacted, under 8]"
	case n < 16:
		return "[redacted, 8 to 15]"
	}
	return "[redacted, 16 or more]"
}
