package eventjson

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// The numbers of a severity differ by name: Level is 1 (critical) to 5, the
// EventType of the old API is 1 (error), 2, 4, 8, 16, NXLog's SeverityValue
// rises from 1 (debug) to 5 (critical), syslog's falls from 0 (emergency) to 7.

// setLevel puts together what the level's fields say. The audits' verdict,
// which stands in the keywords, is above all.
func (r *resolution) setLevel(e *parsers.Event) {
	bits, audit := r.keywords()
	number, hasNumber := r.levelNumber()
	if audit != parsers.LevelUnknown {
		e.SetLevel(audit)
		return
	}
	if l := eventtext.LevelOfNumber(-1, bits); l != parsers.LevelUnknown {
		e.SetLevel(l)
		return
	}
	for _, l := range [...]parsers.Level{
		r.exactWord(),
		r.typeLevel(fType),
		levelIf(hasNumber && number > 0, number),
		r.word(fLevel),
		r.word(fWord),
		levelIf(hasNumber, number),
		r.severity(),
	} {
		if l != parsers.LevelUnknown {
			e.SetLevel(l)
			return
		}
	}
}

// levelNumber gives a Level in digits. 8 and 16 there are types, as Azure has
// them.
func (r *resolution) levelNumber() (int, bool) {
	b := r.best[fLevel]
	if b.node == 0 {
		return 0, false
	}
	v, ok := eventtext.IDNumber(r.doc.raw(&r.doc.nodes[b.node]))
	return int(v), ok && v <= 16
}

func levelIf(ok bool, number int) parsers.Level {
	switch {
	case !ok:
		return parsers.LevelUnknown
	case number == 8:
		return parsers.LevelAuditSuccess
	case number == 16:
		return parsers.LevelAuditFailure
	}
	return eventtext.LevelOfNumber(number, 0)
}

func (r *resolution) typeLevel(f field) parsers.Level {
	if b := r.best[f]; b.node != 0 {
		return levelOfType(r.doc.raw(&r.doc.nodes[b.node]))
	}
	return parsers.LevelUnknown
}

// levelOfType reads an EventType: its number or a word.
func levelOfType(s string) parsers.Level {
	switch s {
	case "1":
		return parsers.LevelError
	case "2":
		return parsers.LevelWarning
	case "0", "4":
		return parsers.LevelInformation
	case "8":
		return parsers.LevelAuditSuccess
	case "16":
		return parsers.LevelAuditFailure
	}
	return levelOfWord(s)
}

// levelOfWord knows NXLog's and Fluent Bit's words beside Windows' own.
func levelOfWord(s string) parsers.Level {
	if l := eventtext.LevelOf(s); l != parsers.LevelUnknown {
		return l
	}
	if len(s) > 13 {
		return parsers.LevelUnknown
	}
	switch strings.ToLower(s) {
	case "warn":
		return parsers.LevelWarning
	case "err":
		return parsers.LevelError
	case "debug":
		return parsers.LevelVerbose
	case "successaudit", "audit_success":
		return parsers.LevelAuditSuccess
	case "failureaudit", "audit_failure":
		return parsers.LevelAuditFailure
	}
	return parsers.LevelUnknown
}

// exactWord gives the level that a word says under a name that nothing but the
// event's own level has.
func (r *resolution) exactWord() parsers.Level {
	if r.best[fWord].rank != 0 {
		return parsers.LevelUnknown
	}
	return r.word(fWord)
}

func (r *resolution) word(f field) parsers.Level {
	if b := r.best[f]; b.node != 0 {
		return wordLevel(r.doc, &r.doc.nodes[b.node])
	}
	return parsers.LevelUnknown
}

// wordLevel reads a word that may have escapes in it.
func wordLevel(d *doc, n *node) parsers.Level {
	if n.kind != isString || n.end-n.at > 120 {
		return parsers.LevelUnknown
	}
	s := d.raw(n)
	if n.esc {
		var a arena
		s = a.small(s)
	}
	return levelOfWord(s)
}

func (r *resolution) severity() parsers.Level {
	if b := r.best[fSeverity]; b.node != 0 {
		switch r.doc.raw(&r.doc.nodes[b.node]) {
		case "1":
			return parsers.LevelVerbose
		case "2":
			return parsers.LevelInformation
		case "3":
			return parsers.LevelWarning
		case "4":
			return parsers.LevelError
		case "5":
			return parsers.LevelCritical
		}
	}
	return parsers.LevelUnknown
}

// keywords reads the keywords: a number in any of its spellings, or words.
func (r *resolution) keywords() (bits uint64, audit parsers.Level) {
	b := r.best[fKeywords]
	if b.node == 0 {
		return 0, parsers.LevelUnknown
	}
	d := r.doc
	n := &d.nodes[b.node]
	if n.kind != isArray {
		return keyword(d, n)
	}
	for i := b.node + 1; i < n.next; i = d.nodes[i].next {
		if v, l := keyword(d, &d.nodes[i]); l != parsers.LevelUnknown {
			return 0, l
		} else if v != 0 {
			bits |= v
		}
	}
	return bits, parsers.LevelUnknown
}

func keyword(d *doc, n *node) (uint64, parsers.Level) {
	if n.kind != isString && n.kind != isNumber {
		return 0, parsers.LevelUnknown
	}
	s := d.raw(n)
	if s != "" && (s[0] >= '0' && s[0] <= '9' || s[0] == '-') {
		return bitsNumber(s), parsers.LevelUnknown
	}
	if n.esc && len(s) < 200 {
		var a arena
		s = a.small(s)
	}
	return 0, eventtext.AuditOf(s)
}

// bitsNumber is BitsNumber for numbers that went through a float, too, such as
// 9.232379236109517e+18: the upper bits are exact enough.
func bitsNumber(s string) uint64 {
	if strings.IndexByte(s, '.') < 0 && strings.IndexByte(s, 'e') < 0 || strings.HasPrefix(s, "0x") {
		return eventtext.BitsNumber(s)
	}
	return floatBits(s)
}
