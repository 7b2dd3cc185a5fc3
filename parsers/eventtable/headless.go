package eventtable

import (
	"strings"

	"kbdiag/parsers"
)

// headlessNames are the names of Get-EventLog's table in its order, which is
// that of EventLogEntry's properties. A part of such a table is told without
// them: an array of bytes is printed as its type, in the third column.
const (
	headlessNames = "EventID,MachineName,Data,Index,Category,CategoryNumber,EntryType,Message,Source,ReplacementStrings,InstanceId,TimeGenerated,TimeWritten,UserName,Site,Container"
	headlessMark  = "System.Byte[]"
)

// maxHeadless is how many lines of a message that was cut may stand before the
// first row.
const maxHeadless = 400

// headless finds the first row of a table of Get-EventLog whose names were cut
// off, and gives how many lines stand before it.
func headless(h *parsers.Head) (l *layout, before int) {
	if !strings.Contains(h.Text, headlessMark) || strings.Contains(h.Text, "ReplacementStrings") {
		return nil, 0 // no such table, or one whose names stand further down
	}
	t := headText{h.Text}
	for ; before < maxHeadless; before++ {
		line, ok := t.next()
		if !ok {
			return nil, 0
		}
		sep, ok := headlessRow(line)
		if !ok {
			continue
		}
		if l, ok := headerWith(strings.ReplaceAll(headlessNames, ",", string(sep)), sep); ok {
			l.line = ""
			return l, before
		}
	}
	return nil, 0
}

// headlessRow tells a row by its first and third column, and gives its
// separator.
func headlessRow(line string) (sep byte, ok bool) {
	at := strings.Index(line[:min(len(line), 300)], headlessMark)
	if at < 4 || at+len(headlessMark) >= len(line) {
		return 0, false
	}
	after := strings.TrimPrefix(line[at+len(headlessMark):], `"`)
	if after == "" || strings.IndexByte(separators, after[0]) < 0 {
		return 0, false
	}
	s := splitter{sep: after[0]}
	s.split(line, 0)
	if len(s.cells) < 4 || s.cells[2] != headlessMark {
		return 0, false
	}
	_, ok = identifier(s.cells[0])
	return after[0], ok
}
