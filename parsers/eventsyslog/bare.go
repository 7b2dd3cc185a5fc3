package eventsyslog

import (
	"strings"

	"kbdiag/parsers"
)

// bareMessages reads lines that hold nothing but the message of an event with
// its line breaks escaped, as relays forward it without a header. Where most
// lines of a paragraph are such, the others are messages without a line break.
func (f *find) bareMessages() {
	for from := 0; from < len(f.w.Lines); {
		to, all, escaped := from, 0, 0
		for ; to < len(f.w.Lines) && strings.TrimSpace(f.text(to)) != ""; to++ {
			if t := f.text(to); !f.w.Taken(to) && !isFence(t) {
				all++
				if kindOf(t) == bareMessage {
					escaped++
				}
			}
		}
		if escaped > 0 {
			f.bareParagraph(from, to, escaped > 1 && 2*escaped >= all)
		}
		from = to + 1
	}
}

// isFence tells the marks that stand around a block of code.
func isFence(t string) bool {
	t = strings.TrimSpace(t)
	return strings.HasPrefix(t, "```") || strings.HasPrefix(t, "~~~")
}

// bareParagraph reads the messages of lines from <= i < to: all of them, or
// those that are messages beyond doubt.
func (f *find) bareParagraph(from, to int, all bool) {
	for i := from; i < to; i++ {
		t := strings.TrimSpace(f.text(i))
		if f.w.Taken(i) || isFence(t) || !all && !isBareMessage(t) {
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
