package transcript

import "strings"

// word is what one word is in the protocols, for those who ask of every line.
type word struct {
	text      string   // in capitals
	line      lineVerb // what it is as a verb of the line protocols
	verbs     [4]verb  // the same, in the order of the bits
	first     bool     // a verb of a line protocol begins with it
	pair      bool     // the first word of verbs of two words
	imap      verb     // what it is as a verb of IMAP4
	isIMAP    bool
	imapFirst bool // a verb of IMAP4 begins with it
	open      bool // a command whose arguments are no credentials
	logon     bool // one of IMAP4 whose are
}

// words are the words of all verbs, in a table with places to spare.
var words = newWordTable(allWords())

// allWords gathers what the tables of the protocols say of words.
func allWords() map[string]*word {
	all := map[string]*word{}
	at := func(text string) *word {
		w := all[text]
		if w == nil {
			w = &word{text: text}
			all[text] = w
		}
		return w
	}
	for i, g := range [...]*grammar{&smtp, &pop3, &nntp, &ftp} {
		for name, v := range g.verbs {
			first, _, pair := strings.Cut(name, " ")
			at(first).first = true
			if pair {
				at(first).pair = true
				continue
			}
			w := at(name)
			w.verbs[i] = v
			w.line.of |= 1 << i
			w.line.shapes[i] = v.shape
		}
	}
	for name, v := range imapVerbs {
		first, _, _ := strings.Cut(name, " ")
		at(first).imapFirst = true
		w := at(name)
		w.imap, w.isIMAP = v, true
	}
	for name := range openVerbs {
		at(name).open = true
	}
	for name := range logonVerbs {
		at(name).logon = true
	}
	for _, name := range exchangeVerbs {
		at(name)
	}
	return all
}

// exchangeVerbs are words that Exchange's logs write beside commands.
var exchangeVerbs = [...]string{"OPENSESSION", "CLOSESESSION"}

// wordKey is a word of up to maxVerb bytes in capitals.
type wordKey struct{ a, b uint64 }

// keyOf gives the key of a word; false for one that is too long, or that has
// letters outside ASCII, whose capitals may be anything.
func keyOf(s string) (k wordKey, ok bool) {
	if len(s) > maxVerb {
		return k, false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		} else if c >= 0x80 {
			return k, false
		}
		if i < 8 {
			k.a = k.a<<8 | uint64(c)
		} else {
			k.b = k.b<<8 | uint64(c)
		}
	}
	return k, true
}

// wordTable finds words by their keys.
type wordTable struct {
	places [1 << wordBits]struct {
		key  wordKey
		word *word
	}
}

const wordBits = 10

func (k wordKey) place() uint64 {
	return (k.a*0x9E3779B97F4A7C15 ^ k.b*0xC2B2AE3D27D4EB4F) >> (64 - wordBits)
}

func newWordTable(all map[string]*word) *wordTable {
	t := &wordTable{}
	if len(all) > len(t.places)/2 {
		panic("the table of words is too small")
	}
	for text, w := range all {
		k, ok := keyOf(text)
		if !ok {
			continue // too long to be asked for
		}
		i := k.place()
		for t.places[i].word != nil {
			i = (i + 1) % uint64(len(t.places))
		}
		t.places[i].key, t.places[i].word = k, w
	}
	return t
}

// wordOf gives what a word in any case is, nil if it is none of the protocols.
// odd is set where that is not sure, because it has letters outside ASCII.
func wordOf(s string) (w *word, odd bool) {
	if s == "" || len(s) > maxVerb {
		return nil, false
	}
	k, ok := keyOf(s)
	if !ok {
		return nil, true
	}
	for i := k.place(); ; i = (i + 1) % uint64(len(words.places)) {
		p := &words.places[i]
		if p.word == nil || p.key == k {
			return p.word, false
		}
	}
}
