package eventjson

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"kbdiag/parsers"
)

// walker reads a file of JSON documents: objects one after the other, one a
// line or over many lines, in arrays, or in the members of objects around
// them. Objects that are larger than maxObject are gone into member by member,
// so that a file that is one document needs no more memory than others.
type walker struct {
	src  *source
	rd   reader
	d    doc
	row  doc
	e    parsers.Event
	out  *parsers.Out
	open int   // containers gone into
	big  []int // places in the text of containers known to be too large

	member  bool     // what comes is a member of a container gone into
	key     string   // last name read in a container gone into
	columns []string // of the table gone into
	lead    int      // where the line began that the object stands in, -1 if it is the first on it
	cut     int      // where the document breaks off, 0 if it is whole
	coarse  bool     // the document was decoded anew: its places are not those of the input
	whole   parsers.Pos

	events int   // given
	prose  int   // lines outside the documents
	missed int32 // node of the first record beside events that is none
	misses int
}

// What is skipped, for the account.
const (
	skipBroken = "broken JSON object, no event in it"
	skipValue  = "JSON value that is no event"
	skipOther  = "record beside events that is no Windows event"
)

func newWalker(src *source, out *parsers.Out, opts parsers.Options) *walker {
	return &walker{src: src, out: out, rd: reader{opts: opts}, lead: -1}
}

// run reads the source to its end.
func (w *walker) run() error {
	s := w.src
	for {
		if s.i >= len(s.text) {
			if !s.more() {
				return s.err
			}
			continue
		}
		switch c := s.text[s.i]; {
		case c == ' ', c == '\t', c == '\n', c == '\r', c == '\x1e', c == 0:
			s.i++
		case c == ',':
			w.member = false
			s.i++
		case c == '{':
			w.object()
		case c == '[':
			w.array()
		case c == '}', c == ']':
			w.open = max(0, w.open-1)
			s.i++
		case c == 0xEF && strings.HasPrefix(s.text[s.i:], "\ufeff"):
			s.i += 3
		case w.open > 0:
			w.token()
		default:
			w.gap()
		}
	}
}

// object reads the object that begins here.
func (w *walker) object() {
	s := w.src
	if w.isBig() {
		w.enter()
		return
	}
	for {
		end, o := w.d.scan(s.text, s.i)
		switch {
		case o == cutOff && !s.eof && len(s.text)-s.i <= maxObject:
			s.more()
			w.big = w.big[:0]
			w.lead = -1
			continue
		case o == cutOff && !s.eof, o == tooDeep, o == tooMany:
			w.remember(o)
			w.enter()
		case o == whole:
			w.take(end)
		default:
			w.partial(end)
		}
		return
	}
}

// enter goes into the container that begins here.
func (w *walker) enter() {
	w.open++
	w.src.i++
	w.lead, w.member = -1, false
}

// remember notes which containers inside are as good as too large or too deep
// as well, so that each is not read in vain.
func (w *walker) remember(o outcome) {
	w.big = w.big[:0]
	for i, at := range w.d.open {
		at := int(w.d.nodes[at].at)
		if o == tooDeep && i < maxDepth/2 || o != tooDeep && at < w.src.i+maxObject/16 {
			w.big = append(w.big, at)
		}
	}
}

func (w *walker) isBig() bool {
	for len(w.big) > 0 && w.big[0] < w.src.i {
		w.big = w.big[1:]
	}
	return len(w.big) > 0 && w.big[0] == w.src.i
}

// array goes into an array, or reads it where it is a row or the columns of a
// table.
func (w *walker) array() {
	s := w.src
	if w.open == 0 && !w.arrayAhead() {
		w.gap()
		return
	}
	if w.key == "columns" || len(w.columns) > 0 && !w.isBig() {
		end, o := w.d.scan(s.text, s.i)
		if o == cutOff && !s.eof && len(s.text)-s.i <= maxObject {
			s.more()
			w.big = w.big[:0]
			return
		}
		if o == whole && w.tablePart(end) {
			w.key = ""
			s.i = end
			return
		}
	}
	w.enter()
}

// tablePart takes columns or a row, and reports whether it was one.
func (w *walker) tablePart(end int) bool {
	if w.key == "columns" {
		w.columns = columnNames(&w.d, 0)
		return len(w.columns) > 0
	}
	if w.d.nodes[0].next < 2 || w.d.nodes[1].kind >= isObject {
		return false
	}
	if !w.rowEvent(&w.d, 0) {
		w.out.Skip(skipOther, 1, w.src.pos(w.src.i, end))
	}
	return true
}

// arrayAhead tells an array of JSON from a bracket that begins a line of text.
func (w *walker) arrayAhead() bool {
	s := w.src
	for {
		i := skipBlanks(s.text, s.i+1)
		if i >= len(s.text) && s.more() {
			continue
		}
		if i >= len(s.text) {
			return true
		}
		switch s.text[i] {
		case '{', '[', '"':
			return true
		case ']':
			return true
		}
		return false
	}
}

// take reads a whole object.
func (w *walker) take(end int) {
	s := w.src
	from := s.i
	w.coarse = false
	if !utf8.ValidString(s.text[from:end]) {
		w.decode(from, end)
	}
	w.misses = 0
	before := w.events
	start := *s
	w.emit(&w.d, 0, 0)
	switch {
	case w.events == before && w.misses < 0: // detections, accounted for
	case w.events == before && w.member: // a head of the records
	case w.events == before:
		if w.lead >= 0 {
			from = w.lead
		}
		w.lines(from, end)
	case w.misses > 0:
		pos := w.whole
		if n := &w.d.nodes[w.missed]; !w.coarse {
			pos = s.posSince(start, int(n.at), int(n.end))
		}
		w.out.Skip(skipOther, w.misses, pos)
	}
	s.i, w.lead, w.member = end, -1, false
}

// decode reads the object anew as Windows-1252 where it is not UTF-8.
func (w *walker) decode(from, end int) {
	t, err := charmap.Windows1252.NewDecoder().String(w.src.text[from:end])
	if err != nil {
		return
	}
	w.whole = w.src.pos(from, end)
	w.coarse = true
	w.d.scan(t, 0)
}

// emit gives the events of the value at node at to out: the value itself, or
// those inside it. It reports whether there were any.
func (w *walker) emit(d *doc, at int32, depth int) bool {
	n := &d.nodes[at]
	if n.kind == isObject {
		if isDetection(d, at) {
			w.out.Note(noteDetections)
			w.out.Skip(skipDetection, 1, w.place(n))
			w.misses = -1
			return true
		}
		w.e = parsers.Event{}
		if w.rd.event(d, at, &w.e) {
			w.e.Truncated = w.e.Truncated || w.cut > 0 && int(n.end) >= min(w.cut, len(w.src.text))
			w.give(w.place(n))
			return true
		}
		if w.tableEvents(d, at) {
			return true
		}
	}
	if depth > maxWalk {
		return false
	}
	some := false
	misses, missed := 0, int32(0)
	for i := at + 1; i < n.next; i = d.nodes[i].next {
		switch c := &d.nodes[i]; {
		case c.kind < isObject:
		case w.emit(d, i, depth+1):
			some = true
		case n.kind == isArray && c.kind == isObject:
			if misses++; misses == 1 {
				missed = i
			}
		}
	}
	if some && misses > 0 && w.misses >= 0 {
		if w.misses == 0 {
			w.missed = missed
		}
		w.misses += misses
	}
	return some
}

// place is the position of a value of the document.
func (w *walker) place(n *node) parsers.Pos {
	if w.coarse {
		return w.whole
	}
	return w.src.pos(int(n.at), int(n.end))
}

// give hands the event that was read to out.
func (w *walker) give(pos parsers.Pos) {
	pos.Record = w.e.Pos.Record
	w.e.Pos = pos
	w.events++
	if w.rd.res.shape&shapeHayabusa != 0 {
		w.out.Note(noteHayabusa)
	}
	w.out.Event(&w.e)
}
