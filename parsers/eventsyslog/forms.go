package eventsyslog

import (
	"strings"

	"kbdiag/parsers"
)

// Splunk is the form of files of Splunk's Windows events, also with the XML of
// other events among them. The finders read it.
func Splunk() parsers.Format {
	return parsers.Format{Name: "splunk-wineventlog", Detect: detectSplunk}
}

// Syslog is the form of files of one-line events that a shipper wrote: Snare,
// OSSEC, Adiscon, evtsys, CEF and their like. The finders read it.
func Syslog() parsers.Format {
	return parsers.Format{Name: "shipped-events", Detect: detectSyslog}
}

// detectSplunk looks for a line of a time before a line of a name. Such a file
// may begin with the XML of another event, but not with prose.
func detectSplunk(h *parsers.Head) int {
	if !strings.Contains(h.Text, "EventCode=") {
		return 0
	}
	w := headWindow(h)
	f := find{w: w, dates: datesOf(parsers.Options{})}
	prose := 0
	for i := range w.Lines {
		t := strings.TrimSpace(f.text(i))
		switch {
		case f.startsSplunk(i):
			return 97
		case i == 0 && f.keysWithID():
			return 97
		case t != "" && t[0] != '<' && t[0] != '{':
			if prose++; prose > 2 {
				return 0
			}
		}
	}
	return 0
}

// keysWithID tells whether the window begins with names of which one is the id.
func (f *find) keysWithID() bool {
	for i := 0; i < len(f.w.Lines) && i < maxSplunkKeys && isKeyLine(f.text(i)); i++ {
		t, _ := unquoteLine(f.text(i))
		if id, ok := strings.CutPrefix(t, "EventCode="); ok {
			return isID(id)
		}
	}
	return false
}

// detectSyslog counts lines that are events.
func detectSyslog(h *parsers.Head) int {
	w := headWindow(h)
	events, lines, bare := 0, 0, 0
	for i := range w.Lines {
		t := w.Lines[i].Text
		if strings.TrimSpace(t) == "" || i == len(w.Lines)-1 && i > 0 && !h.Whole {
			continue
		}
		lines++
		switch k := kindOf(t); k {
		case none, splunk:
		case bareMessage:
			bare++
		default:
			if readLine(t, k, &parsers.Event{}) {
				events++
			}
		}
		if lines > 200 {
			break
		}
	}
	switch {
	case lines > 0 && 2*events >= lines, events > 0 && strings.HasPrefix(h.Text, "** Alert "), bare > 1 && 2*bare >= lines:
		return 96
	}
	return 0
}

// headWindow makes a window of the beginning of an input.
func headWindow(h *parsers.Head) *parsers.Window {
	texts := strings.Split(h.Text, "\n")
	lines := make([]parsers.TextLine, len(texts))
	for i, t := range texts {
		lines[i].Text = t
	}
	return parsers.NewWindow(lines)
}
