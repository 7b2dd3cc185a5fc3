package eventsyslog

import (
	"strconv"
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// The agent of Amazon CloudWatch prints an event as text ("event_format":
// "text" of its windows_events):
//
//	[System] [ERROR] [7000] [Service Control Manager] [host] [The text.]
//
// The text may go on over several lines, up to the bracket at the end of one.

// maxBracketed bounds the lines of one event.
const maxBracketed = 200

// startsBracketed tells the first line by its first brackets.
func startsBracketed(t string) bool {
	return t[0] == '[' && strings.Count(t[:min(len(t), 300)], "] [") >= 5
}

// bracketedAt reads the event that begins on line i.
func (f *find) bracketedAt(i int) (from, to int) {
	text := strings.TrimRight(f.text(i), " \t")
	to = i + 1
	for !strings.HasSuffix(text, "]") {
		if to >= len(f.w.Lines) || to-i >= maxBracketed || f.w.Taken(to) || f.text(to) != "" && startsBracketed(f.text(to)) {
			text, to = strings.TrimRight(f.text(i), " \t"), i+1
			break
		}
		text += "\n" + strings.TrimRight(f.text(to), " \t")
		to++
	}
	e := f.begin(i, to)
	if !readBracketed(text, e) {
		return 0, 0
	}
	f.give(e, i, to)
	return i, to
}

func readBracketed(text string, e *parsers.Event) bool {
	if text == "" || !startsBracketed(text) {
		return false
	}
	f := strings.SplitN(text[1:], "] [", 6)
	if len(f) < 6 {
		return false
	}
	id, err := strconv.ParseUint(f[2], 10, 32)
	level := eventtext.LevelOf(f[1])
	if err != nil || level == parsers.LevelUnknown && f[1] != "" {
		return false
	}
	e.SetID(uint32(id))
	e.SetLevel(level)
	setText(e, parsers.FieldLog, f[0])
	setText(e, parsers.FieldProvider, f[3])
	setText(e, parsers.FieldHost, f[4])
	message, whole := strings.CutSuffix(f[5], "]")
	e.Truncated = !whole
	setMessage(e, message)
	return true
}
