package eventsyslog

import (
	"strconv"
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// LogRhythm's agent puts the fields of an event behind keys of four letters,
// always in this order:
//
//	03/14/2019 07:02:11.000 TYPE=Error USER=EXAMPLE\kim COMP=dc1 SORC=disk CATG=(0) EVID=7 MESG=The device ...
//
// Values are not quoted, so each ends where the next key begins.
var rhythmKeys = [...]string{"TYPE=", "USER=", "COMP=", "SORC=", "CATG=", "EVID=", "MESG="}

// isRhythm tells a line by two of the keys.
func isRhythm(t string) bool {
	if strings.IndexByte(t, '=') < 0 {
		return false
	}
	i := strings.Index(t, "EVID=")
	return i > 0 && strings.Contains(t[:i], "SORC=")
}

func readRhythm(line string, e *parsers.Event) bool {
	var v [len(rhythmKeys)]string
	seen := 0
	head, rest := "", line
	for i, key := range rhythmKeys {
		at := strings.Index(rest, key)
		if at < 0 {
			continue
		}
		if seen++; seen == 1 {
			head = rest[:at]
		}
		rest = rest[at+len(key):]
		v[i] = rest
		for _, next := range rhythmKeys[i+1:] {
			if end := strings.Index(rest, " "+next); end >= 0 {
				v[i] = rest[:end]
				break
			}
			if strings.HasPrefix(rest, next) {
				v[i] = ""
				break
			}
		}
		v[i] = strings.TrimSpace(v[i])
	}
	id, err := strconv.ParseUint(v[5], 10, 32)
	if err != nil {
		return false
	}
	e.SetID(uint32(id))
	e.SetLevel(eventtext.LevelOf(v[0]))
	setText(e, parsers.FieldUser, v[1])
	setText(e, parsers.FieldHost, v[2])
	setText(e, parsers.FieldProvider, v[3])
	setText(e, parsers.FieldCategory, v[4])
	setMessage(e, v[6])
	rhythmTime(head, e)
	return true
}

// rhythmTime reads the time before the keys: month first, or that of a relay.
func rhythmTime(head string, e *parsers.Event) {
	dates := datesOf(parsers.Options{})
	if t, n := dates.Time(strings.TrimSpace(head)); n > 0 && !t.IsZero() {
		e.SetTime(t, parsers.ZoneLocal)
		return
	}
	if h, _ := cutHeader(head); h.time.known() {
		e.SetTime(h.time.at, h.time.zone)
	}
}
