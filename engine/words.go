package engine

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenizer splits a text into words. Placeholders, numbers, hex values, paths
// and distinguished names are slots.
type tokenizer struct {
	text string
	at   int
}

// next gives the next word as it is written, "" for a slot that is not a word.
// ok is false at the end.
func (z *tokenizer) next() (word string, slot, ok bool) {
	for z.at < len(z.text) {
		if n := slotLen(z.text[z.at:]); n > 0 {
			z.at += n
			return "", true, true
		}
		r, size := utf8.DecodeRuneInString(z.text[z.at:])
		if isWordRune(r) {
			word, digits := z.word()
			return word, digits || fillerWord(word), true
		}
		z.at += size
	}
	return "", false, false
}

// word takes the word that begins here, and tells whether it has digits. A
// capital behind a small letter begins another word: who types a message anew
// writes HrLookupCredentials as three.
func (z *tokenizer) word() (word string, digits bool) {
	start, text := z.at, z.text
	small := false
	for z.at < len(text) {
		b := text[z.at]
		if isLetterByte(b) {
			capital := b < 'a'
			if capital && small {
				break
			}
			small = !capital
			z.at++
			continue
		}
		small = false
		r, size := utf8.DecodeRuneInString(text[z.at:])
		if !isWordRune(r) && !(r == '\'' && z.at+1 < len(text) && isLetterByte(text[z.at+1])) {
			break
		}
		digits = digits || r >= '0' && r <= '9'
		z.at += size
	}
	return text[start:z.at], digits
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

func isLetterByte(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// fillerWord tells words that authors write for a value: xxx, nnn.
func fillerWord(w string) bool {
	return len(w) >= 2 && (strings.Trim(w, "xX") == "" || strings.Trim(w, "nN") == "")
}

type token struct {
	word string // lower case
	slot bool   // a part that varies
}

// tokens gives all words of a text in lower case.
func tokens(text string) []token {
	var out []token
	z := tokenizer{text: text}
	for {
		word, slot, ok := z.next()
		if !ok {
			return out
		}
		out = append(out, token{strings.ToLower(word), slot})
	}
}

const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// wordHash gives the hash of a word's lower case, by which words are compared
// (FNV-1a of 64 bits: that two words of a text and a rule share one by chance
// is not to be expected). It is not 0, which stands for no word.
func wordHash(word string) uint64 {
	h := uint64(fnvOffset)
	for i := 0; i < len(word); i++ {
		b := word[i]
		if b >= 0x80 {
			return lowerHash(strings.ToLower(word))
		}
		if b >= 'A' && b <= 'Z' {
			b += 'a' - 'A'
		}
		h = (h ^ uint64(b)) * fnvPrime
	}
	return max(h, 1)
}

// lowerHash is wordHash of a word that is in lower case already.
func lowerHash(word string) uint64 {
	h := uint64(fnvOffset)
	for i := 0; i < len(word); i++ {
		h = (h ^ uint64(word[i])) * fnvPrime
	}
	return max(h, 1)
}

// messageWords is what quotes are compared with of one message: split once,
// however many quotes there are. Its memory is used again for the next message.
type messageWords struct {
	head []uint64 // hashes of the first prefixWords tokens, 0 for a slot
	have wordSet
	open bool // the message ends inside a sentence
}

func (m *messageWords) split(message string) {
	m.have.reset()
	m.head = m.head[:0]
	m.open = endsOpen(message)
	z := tokenizer{text: message}
	for {
		word, slot, ok := z.next()
		if !ok {
			return
		}
		h := uint64(0)
		if !slot {
			h = wordHash(word)
			m.have.add(h)
		}
		if len(m.head) < prefixWords {
			m.head = append(m.head, h)
		}
	}
}
