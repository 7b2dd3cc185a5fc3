package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// farthest is how far reading looks ahead of a line before it takes anything
// as part of a session.
const farthest = max(maxLook, maxGuess) + 1

// quiet reports whether nothing that a session is made of stands at line i or
// within sight of it, so that no session can begin there. In a large log most
// lines are so, and each is looked at once.
func (f *finder) quiet(i int) bool {
	f.quietTo = max(f.quietTo, i)
	for f.quietTo < len(f.page.items) && f.quietTo < i+farthest {
		if !f.page.silent(f.quietTo) {
			return false
		}
		f.quietTo++
	}
	return true
}

// What a look at a line found.
const (
	lookDone   uint8 = 1 << iota
	lookServer       // it reads as a reply
	lookClient       // it reads as a command
	lookMarks        // it has marks
	lookVotes        // a line of a dialogue stands behind one of them
	lookSpeaks       // it says something to those who look for sessions
)

// look gives what line i is to those who look for sessions. Each line is looked
// at once, however many lines before it ask.
func (p *page) look(i int) uint8 {
	if p.looks[i] == 0 {
		p.looks[i] = p.lookAt(i) | lookDone
	}
	return p.looks[i]
}

func (p *page) lookAt(i int) uint8 {
	it := p.at(i)
	if it.kind == kindBlank || it.kind == kindTaken {
		return 0
	}
	known := p.memo.at(it.text)
	if !known.looked(it) {
		return p.lookCloser(i, it, known)
	}
	it.mute = known.mute
	p.hits[i] = known.hits
	if it.raw {
		return known.look | lookSpeaks
	}
	return known.look
}

// lookCloser looks at a line that is not known, and remembers what is of the
// line alone.
func (p *page) lookCloser(i int, it *item, known *memoLine) uint8 {
	l := uint8(0)
	switch it.kind {
	case kindEvent:
		l = lookSpeaks
	case kindLine:
		l = p.lookAtText(it)
	}
	raw := uint8(0)
	if it.raw {
		raw = lookSpeaks
	}
	hits := markHits(p.rowText(it), 0, p.found)
	p.found = hits
	if len(hits) == 0 {
		known.keepLook(it, l, nil)
		return l | raw
	}
	alone := true // nothing was asked of the line below
	l |= lookMarks | lookSpeaks
	r, _ := tabRow(it.text)
	for k := range hits {
		h := &hits[k]
		if h.rest == "" && !h.deep {
			h.rest = p.under(i) // the mark stands above what it marks
			alone = false
		}
		if h.says = meaning(h.rest); h.says != saysNothing {
			l |= lookVotes
		}
		if r.sends == sideClient {
			h.says = swapped[h.says]
		}
	}
	p.hits[i] = p.keep(hits)
	if alone {
		known.keepLook(it, l, p.hits[i])
	}
	return l | raw
}

// swapped gives what rows say for the poll whose marks stand for the other
// sides than those of most: a mail server's rows where it is a client.
var swapped = [...]says{saysNothing: saysNothing, saysServer: saysClient, saysClient: saysServer, saysWord: saysServer}

// keep stores marks, many in one piece of memory.
func (p *page) keep(hits []hit) []hit {
	if cap(p.store)-len(p.store) < len(hits) {
		p.store = make([]hit, 0, max(512, len(hits)))
	}
	from := len(p.store)
	p.store = append(p.store, hits...)
	return p.store[from:len(p.store):len(p.store)]
}

// lookAtText looks at a line that client or server may have written.
func (p *page) lookAtText(it *item) uint8 {
	switch {
	case serverish(it.text):
		return lookServer | lookSpeaks
	case clientish(it.text):
		return lookClient | lookSpeaks
	}
	if it.side != sideUnknown || plainBanner(it.text) || votesOtherwise(it.text) {
		return lookSpeaks
	}
	it.mute = true
	return 0
}

// votesOtherwise reports whether votes count a line that is neither serverish
// nor clientish.
func votesOtherwise(s string) bool {
	if _, ok := loginPrompt(s); ok || loginResult(s) == parsers.No {
		return true
	}
	if _, ok := typedFTP(s); ok && s != "Password:" {
		return true
	}
	if c := s[0]; c == '+' || c == '-' || c == '*' {
		var v votes
		return v.server(s)
	}
	return false
}

// silent reports whether a line says nothing to any of those who look for
// sessions: empty or taken, or no event, no mark, no reply, no command.
func (p *page) silent(i int) bool { return p.look(i)&lookSpeaks == 0 }

// maybeCommand is a cheap look whether a line can be a command of a line
// protocol or of IMAP: its first word is a verb, or it is a tag and the second
// is one.
func maybeCommand(s string) bool {
	first, rest := firstWord(s)
	if w, odd := wordOf(first); odd || w != nil && w.first {
		return true
	}
	if !likelyTag(first) {
		return false
	}
	second, _ := firstWord(rest)
	w, odd := wordOf(second)
	return odd || w != nil && w.imapFirst
}

// firstWord cuts a text as splitVerb does, the word as it is written.
func firstWord(s string) (word, rest string) {
	s = strings.TrimSpace(s)
	if i := strings.IndexByte(s, ' '); i >= 0 {
		return s[:i], s[i+1:]
	}
	return s, ""
}
