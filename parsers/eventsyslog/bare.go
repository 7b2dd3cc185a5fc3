package eventsyslog

import (
	"strings"

	"kbdiag/parsers"
)

// bareMessages reads lines that hold nothing but the message of an event with
// its line breaks escaped, as relays forward it without a header. Where most
// lines are such, the others are messages without a line break. n is how many
// lines have the escapes.
func (f *find) bareMessages(n int) {
	all := 0
	for i := range f.w.Lines {
		if !f.w.Taken(i) && strings.TrimSpace(f.text(i)) != "" {
			all++
		}
	}
	most := n > 1 && 2*n >= all
	for i := range f.w.Lines {
		t := strings.TrimSpace(f.text(i))
		if f.w.Taken(i) || t == "" || !most && !isBareMessage(t) {
			continue
		}
		e := f.begin(i, i+1)
		setMessage(e, t)
		if e.Has(parsers.FieldMessage) {
			f.give(e, i, i+1)
		}
	}
}

// isBareMessage tells a message of an event from any text with an escaped line
// break: it has the blocks of names and values that audits have.
func isBareMessage(t string) bool {
	return strings.Count(t, "#015#012")+strings.Count(t, "#012#011") > 2 && strings.Contains(t, ":#011") || strings.Contains(t, " :#011")
}
