package eventtools

import (
	"strings"
	"unicode/utf8"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// ruledTable is a table whose names of columns are underlined over the whole
// width, as eventquery /fo table and Log Parser -o:NAT print them:
//
//	Type          Event  Date Time             Source         ComputerName
//	------------- ------ --------------------- -------------- ------------
//	Error         7000   9/25/2020 8:36:47 AM  Service Contro OAK
//
// Log Parser's names are English everywhere. eventquery's are of its language,
// in one order. The heading of Log Parser comes again every ten rows.
var ruledTable = tool{name: "event-table", first: "-", read: readRule, heading: isTableHeading}

// tableTool stands for the rows of a table in work.
var tableTool = tool{name: "event-table"}

// table is what the rule of a table in work said.
type table struct {
	on   bool
	next int // line of its next row
	row  row // its rule
	cols []span
}

// span is one column: its first byte and the one behind its rule, in
// characters.
type span struct {
	from, to int
	col      column
	cut      bool // values are cut to the width of the column
}

const (
	minColumns = 3
	maxColumns = 40
)

func isTableHeading(t string) bool {
	switch {
	case strings.HasPrefix(t, "Microsoft (R) Windows Script Host"), strings.HasPrefix(t, "Copyright (C) Microsoft"),
		strings.Trim(t, "-") == "", strings.Contains(t, "'") && strings.HasSuffix(t, "'"),
		strings.HasPrefix(t, "Press a key"), strings.HasPrefix(t, "Statistics:"), strings.HasPrefix(t, "Elements "), strings.HasPrefix(t, "Execution time:"):
		return true
	}
	n := 0
	for _, f := range strings.Fields(t) {
		if columnOf(f) != colOther {
			n++
		}
	}
	return n >= minColumns
}

// readRule reads the rule of a table and the names above it.
func readRule(s *scan, i int, r row, rec *record) int {
	if i == 0 || len(r.text) < 2*minColumns || strings.IndexByte(r.text, ' ') < 0 {
		return i
	}
	cols := rule(r.text)
	if len(cols) < minColumns {
		return i
	}
	names := s.page.at(i - 1)
	if names.depth != r.depth || !nameColumns(cols, cutColumns(names.text, r.indent-names.indent, cols)) {
		return i
	}
	s.table = table{on: true, next: i + 1, row: r, cols: cols}
	s.eventQueryHeading(i - 1)
	rec.from, rec.to, rec.skip = i-1, i+1, parsers.SkipHeader
	return i + 1
}

// rule reads a row of dashes with single blanks between them.
func rule(t string) []span {
	var cols []span
	for i := 0; i < len(t); {
		from := i
		for i < len(t) && t[i] == '-' {
			i++
		}
		if i == from || len(cols) == maxColumns {
			return nil
		}
		cols = append(cols, span{from: from, to: i})
		if i < len(t) && t[i] != ' ' {
			return nil
		}
		i++
	}
	return cols
}

// cutColumns cuts a row at the columns; pad is how many characters of the row's
// indentation belong to the first. The last column goes on to the end.
func cutColumns(t string, pad int, cols []span) []string {
	list := make([]string, len(cols))
	place := -min(max(pad, 0), 64) // the row begins later than its rule by pad<0
	if pad < 0 {
		place = -pad
	}
	at := byteAt(t, place)
	for k := range cols {
		from := at(cols[k].from)
		to := len(t)
		if k+1 < len(cols) {
			to = at(cols[k+1].from)
		}
		list[k] = t[from:max(from, to)]
	}
	return list
}

// byteAt gives a function from places in characters to bytes of t, which
// begins at the given place.
func byteAt(t string, first int) func(int) int {
	ascii := true
	for i := range len(t) {
		if t[i] >= 0x80 {
			ascii = false
			break
		}
	}
	return func(n int) int {
		n = max(n-first, 0)
		if ascii {
			return min(n, len(t))
		}
		i := 0
		for ; n > 0 && i < len(t); n-- {
			_, w := utf8.DecodeRuneInString(t[i:])
			i += w
		}
		return i
	}
}

// nameColumns finds out what the columns are. It reports false if the table
// has no events.
func nameColumns(cols []span, names []string) bool {
	var seen [colCount]bool
	for k := range cols {
		cols[k].col = columnOf(names[k])
		cols[k].cut = cols[k].col == colSource && strings.TrimSpace(names[k]) == "Source"
		seen[cols[k].col] = true
	}
	if seen[colID] && (seen[colSource] || seen[colLog] || seen[colTime]) {
		return true
	}
	if seen[colID] || len(cols) != len(queryOrder) && len(cols) != len(queryOrder)-len(queryVerbose) {
		return false
	}
	for k := range cols { // eventquery of another language: by its order
		cols[k].col = queryOrder[k]
		cols[k].cut = cols[k].col == colSource
	}
	return true
}

// queryOrder is the order of eventquery's columns; those of /v stand last.
var (
	queryOrder   = []column{colLevel, colID, colTime, colSource, colHost, colCategory, colUser, colMessage}
	queryVerbose = []column{colCategory, colUser, colMessage}
)

// tableRow reads one row of the table in work.
func (s *scan) tableRow(i int, r row, rec *record) int {
	t := &s.table
	if r.text == "" || r.depth != t.row.depth || eventtext.IsFence(r.text) {
		return i
	}
	values := cutColumns(r.text, t.row.indent-r.indent, t.cols)
	for k, v := range values {
		c := &t.cols[k]
		if c.cut && len(strings.TrimRight(v, " ")) >= c.to-c.from {
			continue // cut to the width of the column: another name may begin so
		}
		if !s.setColumn(rec, c.col, v) {
			*rec = record{}
			return i
		}
		if c.col == colMessage && k+1 < len(t.cols) && len(strings.TrimSpace(v)) >= c.to-c.from {
			rec.event.Truncated = true
		}
	}
	e := &rec.event
	if !e.Has(parsers.FieldID) {
		*rec = record{}
		return i
	}
	s.fromHeading(e)
	t.next = i + 1
	return i + 1
}

// fromHeading fills what the heading of eventquery says for all rows.
func (s *scan) fromHeading(e *parsers.Event) {
	if s.ctx.log != "" && !e.Has(parsers.FieldLog) {
		e.Set(parsers.FieldLog, s.ctx.log)
	}
	if s.ctx.host != "" && !e.Has(parsers.FieldHost) {
		e.Set(parsers.FieldHost, s.ctx.host)
	}
}

// eventQueryHeading looks above line i for "Listing the events in
// 'application' log of host 'OAK'", in any language: two names in quotes.
func (s *scan) eventQueryHeading(i int) {
	for k := i - 1; k >= 0 && k >= i-3; k-- {
		t := s.page.at(k).text
		q := strings.Split(t, "'")
		if len(q) == 5 && q[4] == "" {
			s.ctx.log, s.ctx.host = q[1], q[3]
			return
		}
	}
}

// eventQueryList is the output of eventquery /fo list: a block a record,
//
//	Type:          Error
//	Event:         7000
//	Date Time:     9/25/2020 8:36:47 AM
//	Source:        Service Control Manager
//	ComputerName:  OAK
//
// and with /v Category, User and Description.
var eventQueryList = tool{name: "eventquery-list", first: "T", read: readQueryList, heading: isTableHeading}

// valueColumn is where values begin.
const valueColumn = len("ComputerName:  ")

func readQueryList(s *scan, i int, r row, rec *record) int {
	if !strings.HasPrefix(r.text, "Type:") {
		return i
	}
	p := &s.page
	if f := p.at(i + 1); f.depth != r.depth || !strings.HasPrefix(f.text, "Event:") && !strings.HasPrefix(f.text, "Event ID:") {
		return i
	}
	if f := p.at(i + 2); !strings.HasPrefix(f.text, "Date Time:") && !strings.HasPrefix(f.text, "DateTime:") {
		return i
	}
	j := i
	for ; j < len(p.lines); j++ {
		f := p.at(j)
		name, v, ok := strings.Cut(f.text, ":")
		if f.depth != r.depth || !ok || j > i && strings.HasPrefix(f.text, "Type:") {
			break
		}
		c := columnOf(name)
		if c == colOther || !s.setColumn(rec, c, v) {
			break
		}
		if c == colMessage {
			j++
			break
		}
	}
	e := &rec.event
	if !e.Has(parsers.FieldID) || !rec.dated {
		*rec = record{}
		return i
	}
	if e.Has(parsers.FieldMessage) {
		to := s.body(j, r, func(_ int, b row) bool { return strings.HasPrefix(b.text, "Type:") || isRuleRow(b.text) })
		if to > j {
			e.Set(parsers.FieldMessage, s.behind(e.Message, j, to, r.indent+valueColumn))
			j = to
		}
	}
	s.eventQueryHeading(i)
	s.fromHeading(e)
	return j
}

// isRuleRow reports whether a row is dashes alone.
func isRuleRow(t string) bool {
	return len(t) > 3 && strings.Trim(t, "-=") == ""
}
