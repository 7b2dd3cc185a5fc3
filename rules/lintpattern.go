package rules

import (
	"regexp"
	"strings"
)

// plainPattern is a pattern of signs that stand for themselves.
var plainPattern = regexp.MustCompile(`^[\pL\pN _,:;/=<>@%&~'"!#-]+$`)

// plainer notes a pattern that can be written in a simpler form that means the
// same and is found faster.
func (w *signalLint) plainer(c *Matches) {
	if plainPattern.MatchString(c.Pattern) {
		f := w.foundAt(SeverityNote, extentOf(c), CodePlainPattern, "write contains in place of matches", "the pattern is plain text")
		w.mendOperator(f, c)
		return
	}
	short := strings.TrimPrefix(c.Pattern, ".*")
	if body, ok := strings.CutSuffix(short, ".*"); ok && !strings.HasSuffix(body, `\`) {
		short = body
	}
	if short == c.Pattern || short == "" || strings.ContainsAny(short, "|") {
		return
	}
	f := w.foundAt(SeverityNote, c.literal, CodeNeedlessEdges, "leave .* out at the ends", "a pattern is looked for anywhere in the text, .* at its ends only costs time")
	text := c.Text[c.literal.from-c.start : c.literal.to-c.start]
	if len(text) == len(c.Pattern)+2 && text[1:len(text)-1] == c.Pattern {
		w.mend(f, c.literal, text[:1]+short+text[len(text)-1:])
	}
}

// mendOperator puts contains in the place of matches.
func (w *signalLint) mendOperator(f *Finding, c *Matches) {
	before := c.Text[:c.literal.from-c.start]
	i := strings.LastIndex(before, "matches")
	if i < 0 {
		return
	}
	from := c.start + i
	w.mend(f, span{from, from + len("matches")}, "contains")
}
