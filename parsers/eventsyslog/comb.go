package eventsyslog

import (
	"strconv"
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// EventCombMT, Microsoft's tool to search the logs of many servers, writes a
// text file for each server and log with one event a line:
//
//	675,AUDIT FAILURE,Security,Tue Apr 04 09:12:15 2006,NT AUTHORITY\SYSTEM,Pre-authentication failed: ...
//
// The message is not quoted, and its line breaks are blanks.

// combTypes are the words it has for the types.
var combTypes = [...]string{"AUDIT FAILURE", "AUDIT SUCCESS", "ERROR", "WARNING", "INFORMATIONAL", "INFORMATION", "SUCCESS"}

// startsComb tells a line by the id and the type it begins with.
func startsComb(t string) bool {
	i := 0
	for i < len(t) && i < 11 && isDigit(t[i]) {
		i++
	}
	if i == 0 || i+2 >= len(t) || t[i] != ',' {
		return false
	}
	word, _, ok := strings.Cut(t[i+1:min(len(t), i+16)], ",")
	if !ok {
		return false
	}
	for _, w := range combTypes {
		if word == w {
			return true
		}
	}
	return false
}

func readComb(line string, e *parsers.Event) bool {
	f := strings.SplitN(line, ",", 6)
	if len(f) < 6 {
		return false
	}
	id, err := strconv.ParseUint(f[0], 10, 32)
	at := scanC(f[3])
	if err != nil || !at.known() {
		return false
	}
	e.SetID(uint32(id))
	e.SetLevel(combLevel(f[1]))
	setText(e, parsers.FieldProvider, f[2])
	e.SetTime(at.at, at.zone)
	setText(e, parsers.FieldUser, f[4])
	if strings.EqualFold(f[4], "No User") {
		e.User = ""
	}
	setMessage(e, strings.TrimSpace(f[5]))
	return true
}

func combLevel(word string) parsers.Level {
	switch word {
	case "INFORMATIONAL", "SUCCESS":
		return parsers.LevelInformation
	}
	return eventtext.LevelOf(word)
}
