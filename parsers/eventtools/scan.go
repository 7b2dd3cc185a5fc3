// Package eventtools reads the events that tools other than Event Viewer
// print: PsLogList, eventquery, Log Parser, NirSoft's viewers, msinfo32,
// dcdiag, FRST, MiniToolBox, OTL, DDS, evtexport, evtxexport and tracerpt. A
// file of one form is read as such, and all forms are found in mails, tickets
// and articles.
package eventtools

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// tool is one form.
type tool struct {
	name string
	// first are the first bytes of the rows that read wants to see: a cheap
	// test that nearly all rows of other text fail. letters adds all rows that
	// begin with a letter and have one of these marks.
	first   string
	letters marks
	// read reads the record, or notes the heading, on line i, whose row is r.
	// It fills rec and gives the line behind the record; i if there is none.
	read func(s *scan, i int, r row, rec *record) int
	// heading reports whether a row may stand before the first record of a
	// file of this form.
	heading func(t string) bool
	// title tells the first rows of a report in which the events are a small
	// part, whatever else is in it; nil if the form is of events alone.
	title func(rows []string) bool
	// fixed says that the form prints dates in one order everywhere.
	fixed parsers.Tri
}

// record is one piece that was found: an event, or rows that are none.
type record struct {
	tool     *tool
	from, to int // lines of the page
	skip     string
	event    parsers.Event
	when     string // begins with the date and time, if dated
	dated    bool
}

// scan is the state of looking through pages.
type scan struct {
	page    page
	byFirst *[256][]*tool
	recs    []record
	work    record // being read
	ctx     context
	table   table
	block   textBlock
	strs    []string
	buf     []byte
	orders  map[string]*eventtext.Dates // by the names of tools
	opts    parsers.Options
	notes   []string
}

// context is what headings said that records do not repeat.
type context struct {
	log, host string
	section   string // of FRST
	test      string // of dcdiag
	dcHost    string
	logOTL    string
	logRSIT   string
	hostInfo  string   // of msinfo32
	number    uint64   // of evtexport's last record
	trace     []string // names of tracerpt's columns
}

// lookahead is how many lines behind a record must be in hand.
const lookahead = 8

// dispatch makes the table of which tools want to see which rows.
func dispatch(tools []*tool) *[256][]*tool {
	var t [256][]*tool
	for _, x := range tools {
		for c := range 256 {
			if x.letters != 0 && (c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= 0x80) {
				t[c] = append(t[c], x)
			}
		}
		for i := range len(x.first) {
			t[x.first[i]] = append(t[x.first[i]], x)
		}
	}
	return &t
}

// run looks through the page. It gives the line from which on it must be
// looked through again with more lines behind it; the number of lines if none.
func (s *scan) run() int {
	p := &s.page
	n := len(p.lines)
	for i := 0; i < n; {
		if p.more && i+lookahead >= n && i > 0 {
			return i
		}
		next := s.pieceAt(i)
		if next > i && p.more && next+lookahead >= n && i > 0 {
			s.recs = s.recs[:len(s.recs)-1]
			return i
		}
		i = max(next, i+1)
	}
	return n
}

// pieceAt looks for a record on line i.
func (s *scan) pieceAt(i int) int {
	p := &s.page
	if s.table.on && s.table.next == i {
		if next := s.add(&tableTool, i, p.at(i), (*scan).tableRow); next > i {
			return next
		}
		s.table.on = false
	}
	t := p.lines[i].Text
	if t == "" {
		return i
	}
	c := t[0]
	if c == ' ' || c == '\t' || c == '>' || c == '<' || c == '`' || c == 0xC2 {
		return s.tryAll(i, p.at(i))
	}
	if len(s.byFirst[c]) == 0 || p.win != nil && p.win.Taken(i) {
		return i
	}
	r := row{text: trimRight(t)}
	if n := len(r.text); n > 3 && r.text[n-1] == '>' {
		r = p.at(i)
	}
	return s.tryAll(i, r)
}

// tryAll tries all forms that may have row r, which is on line i.
func (s *scan) tryAll(i int, r row) int {
	if r.text == "" {
		return i
	}
	c := r.text[0]
	letter, has := isLetter(c), marks(0)
	if letter {
		if has = s.marksOf(r.text); has == 0 {
			return i
		}
	}
	for _, x := range s.byFirst[c] {
		if letter && x.letters != 0 && x.letters&has == 0 {
			continue
		}
		if next := s.add(x, i, r, x.read); next > i {
			return next
		}
	}
	return i
}

// marks are what a row that begins with a letter may have, of which nearly all
// rows of prose have none.
type marks uint8

const (
	endsInColon  marks = 1 << iota
	endsInNumber       // a number of 32 bits in hexadecimal
	hasColon           // near its beginning
	hasDash            // near its beginning
	inTrace            // it may be of the tables of tracerpt
)

// marksOf gives the marks of a row.
func (s *scan) marksOf(t string) marks {
	n := len(t)
	if n < 4 {
		return 0
	}
	var has marks
	if t[n-1] == ':' {
		has |= endsInColon
	}
	if n > idDigits && t[n-idDigits] == '0' && t[n-idDigits+1]|0x20 == 'x' {
		has |= endsInNumber
	}
	head := t[:min(n, maxWord)]
	if strings.IndexByte(head, ':') >= 0 {
		has |= hasColon
	}
	if strings.IndexByte(head, '-') >= 0 {
		has |= hasDash
	}
	if s.ctx.trace != nil || strings.HasPrefix(t, "Event Name,") {
		has |= inTrace
	}
	return has
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80 }

// add tries one form on line i. Nearly all tries fail, so they fill one record
// that stays where it is.
func (s *scan) add(x *tool, i int, r row, read func(*scan, int, row, *record) int) int {
	rec := &s.work
	next := read(s, i, r, rec)
	if next <= i {
		if rec.event.Known != 0 || rec.dated {
			*rec = record{}
		}
		return i
	}
	rec.tool = x
	if rec.to == 0 {
		rec.from, rec.to = i, next
	}
	s.recs = append(s.recs, *rec)
	*rec = record{}
	return next
}

// settle shows the dates of the page's records to the orders of their tools.
func (s *scan) settle() {
	for k := range s.recs {
		if r := &s.recs[k]; r.dated {
			s.order(r.tool).Sample(r.when)
		}
	}
}

func (s *scan) order(x *tool) *eventtext.Dates {
	if o := s.orders[x.name]; o != nil {
		return o
	}
	first := s.opts.DayFirst
	if x.fixed != parsers.Unknown {
		first = x.fixed
	}
	return s.setOrder(x.name, first)
}

// setOrder begins the order of dates of a tool.
func (s *scan) setOrder(name string, first parsers.Tri) *eventtext.Dates {
	if s.orders == nil {
		s.orders = map[string]*eventtext.Dates{}
	}
	o := eventtext.NewDates(parsers.Options{DayFirst: first})
	s.orders[name] = o
	return o
}

// finish completes an event and hands it to out.
func (s *scan) finish(r *record, out *parsers.Out) {
	e := &r.event
	n := e.Pos.Record
	a, b := &s.page.lines[r.from], &s.page.lines[r.to-1]
	pos := parsers.Pos{Line: a.No, Offset: a.Offset, Length: b.Offset + int64(b.Length) - a.Offset}
	if r.skip != "" {
		out.Skip(r.skip, r.to-r.from, pos)
		return
	}
	e.Pos = pos
	e.Pos.Record = n
	if r.dated {
		if t, n := s.order(r.tool).Time(r.when); n > 0 && !t.IsZero() {
			e.SetTime(t, parsers.ZoneLocal)
		}
	}
	if e.Has(parsers.FieldProvider) && e.Provider == "" {
		e.Known &^= parsers.FieldProvider // a name that is not there says nothing
	}
	eventtext.Unwrap(e)
	out.Event(e)
}

// report tells the account of doubts.
func (s *scan) report(out *parsers.Out) {
	for _, x := range tools() {
		if o := s.orders[x.name]; o != nil {
			o.Report(out)
		}
	}
	for _, n := range s.notes {
		out.Note(n)
	}
	s.notes = s.notes[:0]
}

// note keeps a doubt about the input.
func (s *scan) note(text string) {
	for _, n := range s.notes {
		if n == text {
			return
		}
	}
	s.notes = append(s.notes, text)
}

// reset forgets what was found; the context stays.
func (s *scan) reset() {
	clear(s.recs)
	s.recs = s.recs[:0]
	clear(s.strs) // it would keep the text of the page
	s.strs = s.strs[:0]
}

// setDate keeps the date and time at the beginning of v. It reports false if
// they are not there.
func (r *record) setDate(v string) bool {
	if eventtext.StampLen(v) == 0 {
		return false
	}
	r.when, r.dated = v, true
	return true
}

// setText sets a field, without what stands for nothing.
func (r *record) setText(f parsers.Field, v string) { r.event.Set(f, eventtext.Present(v)) }
