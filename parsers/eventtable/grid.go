package eventtable

import (
	"html"
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// gridRow is one row of a table of a web page or of Markdown.
type gridRow struct {
	cells    []string
	from, to int // lines in the window, half open
}

// columnOf finds the meaning of a name that people may have written: of a tool,
// or the label that Event Viewer has in any language.
func columnOf(text string) (Name, bool) {
	if n, ok := Lookup(text); ok && n.Column != Ignored {
		return n, true
	}
	label := eventtext.EnglishLabel(text)
	if label == "" && isDateAndTime(text) {
		label = "Date and Time"
	}
	if label != "" {
		return Lookup(label)
	}
	return Lookup(text)
}

// isDateAndTime tells the name that Event Viewer has for its column of times:
// the word for a date, "and", the word for a time of day.
func isDateAndTime(text string) bool {
	for _, and := range [...]string{" ", "和", "と", "及"} {
		if date, time, ok := strings.Cut(text, and); ok && time != "" && eventtext.EnglishLabel(date) == "Date" {
			return true
		}
	}
	return false
}

// pairRows are the events of a table that has a name and a value in each row.
type pairRows struct {
	w     *parsers.Window
	out   *parsers.Out // nil to look only
	rec   *Record
	set   map[Column]string
	extra int
	sure  bool   // one of the names is an event's alone
	last  string // the name of a value that is yet to come

	first, to int // lines of the event in work
	events    int
}

// maxPairs is how many values of one event are kept.
const maxPairs = 128

// give reads the events of the rows. Rows of no event leave the lines alone.
func (p *pairRows) give(rows []gridRow) {
	p.begin(rows[0].from)
	for i := range rows {
		p.row(&rows[i])
	}
	p.flush()
}

func (p *pairRows) begin(line int) {
	p.rec.Reset()
	p.set, p.extra, p.sure, p.last = map[Column]string{}, 0, false, ""
	p.first, p.to = line, line
}

// row takes the pairs of one row. Some tables have several side by side.
func (p *pairRows) row(r *gridRow) {
	switch n := len(r.cells); {
	case n == 1:
		p.single(r.cells[0], r)
	case n == 2:
		p.pair(r.cells[0], r.cells[1], r)
	case n%2 == 0:
		for i := 0; i+1 < n; i += 2 {
			p.pair(r.cells[i], r.cells[i+1], r)
		}
	}
	p.to = r.to
}

// single takes a cell that fills a row: a label with its value, or the value of
// the label in the row before.
func (p *pairRows) single(cell string, r *gridRow) {
	name, value, ok := strings.Cut(cell, ":")
	if _, known := columnOf(name); ok && known {
		p.pair(name, eventtext.Trim(value), r)
	} else if p.last != "" {
		p.pair(p.last, cell, r)
	}
}

// pair takes one name and its value. A name that the event has already begins
// another one.
func (p *pairRows) pair(name, value string, r *gridRow) {
	name = eventtext.Trim(strings.TrimRight(name, ": "))
	p.last = ""
	if value == "" {
		p.last = name
		return
	}
	n, known := columnOf(name)
	if known && n.Column != Ignored {
		if old, seen := p.set[n.Column]; seen && old != value && (n.Column == ID || n.Column == Time || n.Column == Message) {
			p.flush()
			p.begin(r.from)
		}
		if len(p.set) == 0 {
			p.first = r.from
		}
		p.set[n.Column] = value
		p.sure = p.sure || n.points > 1
		p.rec.Set(n, value)
		return
	}
	if len(p.set) > 0 && p.extra < maxPairs && name != "" && !known {
		p.extra++
		p.rec.Extra(name, value)
	}
}

// isEvent decides whether the values are of an event: they have its id, what
// it is of, and more.
func (p *pairRows) isEvent() bool {
	id := p.set[ID]
	if id == "" {
		id = p.set[Instance]
	}
	if _, ok := identifier(id); !ok {
		return false
	}
	for _, c := range [...]Column{Level, LevelWord, Type} {
		if v := p.set[c]; v != "" && levelOf(v, 0) == parsers.LevelUnknown {
			if _, ok := identifier(v); !ok {
				return false
			}
		}
	}
	return p.sure && len(p.set) >= 3 && p.set[Provider]+p.set[Log] != ""
}

// flush gives the event in work to out.
func (p *pairRows) flush() {
	if !p.isEvent() {
		return
	}
	if p.set[Date] != "" && p.set[Time] != "" && len(p.set[Time]) < len("12:00:00 a.m.")+1 { // the time of day beside the date
		p.rec.Put(Clock, p.set[Time])
		p.rec.val[Time] = ""
	}
	p.events++
	if p.out == nil {
		if v := p.set[Time] + p.set[Date]; v != "" {
			p.rec.dates.Sample(v)
		}
		return
	}
	var e parsers.Event
	if !p.rec.Event(&e) {
		return
	}
	record := e.Pos.Record
	e.Pos = p.w.Span(p.first, p.to)
	e.Pos.Record = record
	e.Quoted = !e.Has(parsers.FieldTime)
	p.w.Take(p.first, p.to)
	p.out.Event(&e)
}

// pairEvents reads the events of rows of names and values, and gives how many
// there are.
func pairEvents(w *parsers.Window, rows []gridRow, out *parsers.Out) int {
	if len(rows) < 2 {
		return 0
	}
	dates := eventtext.NewDates(w.Opts)
	look := pairRows{w: w, rec: NewRecord(dates)}
	look.give(rows)
	if look.events == 0 {
		return 0
	}
	p := pairRows{w: w, out: out, rec: look.rec}
	p.give(rows)
	p.rec.Report(out)
	return p.events
}

// columnEvents reads the events of rows under a row of names, and gives how
// many there are.
func columnEvents(w *parsers.Window, rows []gridRow, out *parsers.Out) int {
	if len(rows) < 2 {
		return 0
	}
	l, ok := pastedLayout(rows[0].cells)
	if !ok {
		return 0
	}
	dates := eventtext.NewDates(w.Opts)
	r := newReader(l, dates, nil)
	events := 0
	for i := range rows[1:] {
		if cells := rows[1+i].cells; r.fits(cells) {
			events++
			dates.Sample(cells[l.time])
		}
	}
	if events == 0 {
		return 0
	}
	out.Skip(parsers.SkipHeader, 1, w.Span(rows[0].from, rows[0].to))
	w.Take(rows[0].from, rows[0].to)
	for i := range rows[1:] {
		row := &rows[1+i]
		r.fill(row.cells)
		r.ev.Pos = w.Span(row.from, row.to)
		if r.fits(row.cells) && r.rec.Event(&r.ev) {
			w.Take(row.from, row.to)
			out.Event(&r.ev)
		}
	}
	r.rec.Report(out)
	return events
}

// cleanCell takes the markup of Markdown and of web pages off a cell.
func cleanCell(s string) string {
	if strings.IndexByte(s, '<') >= 0 {
		s = withoutTags(s)
	}
	if strings.IndexByte(s, '&') >= 0 {
		s = html.UnescapeString(s)
	}
	if strings.IndexByte(s, '\\') >= 0 {
		s = escapedMarkdown.Replace(s)
	}
	s = eventtext.Trim(s)
	for _, mark := range [...]string{"***", "**", "__", "``", "`", "*"} {
		if n := len(mark); len(s) > 2*n && strings.HasPrefix(s, mark) && strings.HasSuffix(s, mark) && !strings.Contains(s[n:len(s)-n], mark) {
			s = eventtext.Trim(s[n : len(s)-n])
		}
	}
	return s
}

var escapedMarkdown = strings.NewReplacer(`\|`, "|", `\_`, "_", `\*`, "*", "\\`", "`", `\<`, "<", `\>`, ">", `\#`, "#")

// withoutTags takes elements of text off a cell; those that break lines become
// line breaks.
func withoutTags(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			break
		}
		name, end := tagAt(s[i:])
		if name == "" {
			b.WriteString(s[:i+1])
			s = s[i+1:]
			continue
		}
		b.WriteString(s[:i])
		if breaksLine(name) {
			b.WriteByte('\n')
		}
		s = s[i+end:]
	}
	b.WriteString(s)
	return b.String()
}
