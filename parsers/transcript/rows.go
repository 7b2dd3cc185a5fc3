package transcript

import (
	"container/list"
	"strings"
	"time"

	"kbdiag/parsers"
)

// rowForm is a form in which each line stands for itself: a log with a row a
// command, or a dump. It fills a file or is pasted into other text.
type rowForm struct {
	name string
	// starts reports whether the form may begin with this line.
	starts func(text string) bool
	// sure looks at the lines from the first on, where that alone does not tell;
	// nil if it does.
	sure func(lines func(i int) (string, bool)) bool
	open func(opts parsers.Options, out *parsers.Out) rowReader
}

// rowReader reads the lines of one stretch of a form.
type rowReader interface {
	// line takes a line; false if it is none of the form.
	line(l *parsers.TextLine, text string) bool
	// finish emits what is left, and reports whether there were sessions.
	finish()
}

// rowForms lists the forms.
func rowForms() []rowForm {
	return []rowForm{exchangeRows(), iisRows(), tsharkFollow(), followYAML(), tsharkDetail(), tsharkFields(), tsharkRows(), castRows(), dumpRows()}
}

// Formats gives the forms of sessions that fill a file of their own.
func Formats() []parsers.Format {
	var list []parsers.Format
	for _, f := range rowForms() {
		list = append(list, parsers.Format{Name: f.name, Detect: f.detect, Parse: f.parse})
	}
	return list
}

// detect looks at the first lines of a text.
func (f rowForm) detect(h *parsers.Head) int {
	if h.Text == "" {
		return 0
	}
	rest := h.Text
	for n := 0; n < 8 && rest != ""; n++ {
		var l string
		l, rest, _ = strings.Cut(rest, "\n")
		l = strings.TrimSpace(strings.TrimPrefix(l, "\uFEFF"))
		if l == "" || strings.Trim(l, "=") == "" || strings.Trim(l, "[{") == "" || strings.HasPrefix(l, "<?xml") || strings.HasPrefix(l, "<!-- ") {
			continue
		}
		if f.starts(l) {
			if f.sure != nil && !f.sure(linesOf(l+"\n"+rest)) {
				return 0
			}
			return 80
		}
		if l[0] != '#' {
			return 0
		}
	}
	return 0
}

// linesOf gives the lines of a text by index.
func linesOf(text string) func(int) (string, bool) {
	lines := strings.SplitN(text, "\n", maxSure+1)
	return func(i int) (string, bool) {
		if i >= len(lines) || i >= maxSure {
			return "", false
		}
		return strings.TrimSpace(lines[i]), true
	}
}

// windowFrom gives the lines of a window from line i on, without quoting.
func windowFrom(w *parsers.Window, i, quote int) func(int) (string, bool) {
	return func(k int) (string, bool) {
		if i+k >= len(w.Lines) || k >= maxSure {
			return "", false
		}
		return strings.TrimSpace(stripQuote(w.Lines[i+k].Text, quote)), true
	}
}

// maxSure is how many lines sure may look at.
const maxSure = 40

// parse reads a whole file. Lines that are none of the form are lines of text.
func (f rowForm) parse(in *parsers.Input, out *parsers.Out) error {
	lines := in.Lines()
	r := f.open(in.Opts, out)
	var l parsers.TextLine // one for all: rows are given its address
	for {
		var ok bool
		if l, ok = lines.Next(); !ok {
			break
		}
		text := strings.TrimRight(l.Text, "\r")
		if !r.line(&l, text) && strings.TrimSpace(text) != "" {
			out.Line(&parsers.Line{Pos: linePos(&l), Text: l.Text})
		}
	}
	r.finish()
	return lines.Err()
}

func linePos(l *parsers.TextLine) parsers.Pos {
	return parsers.Pos{Line: l.No, Offset: l.Offset, Length: int64(l.Length)}
}

// maxStray is how many lines of something else a pasted stretch goes on
// across.
const maxStray = 2

// startsRow tells the bytes that a row of any of the forms may begin with.
var startsRow = firstOfRows()

func firstOfRows() (set [256]bool) {
	for _, c := range []byte("0123456789#{F<>Tp\"") {
		set[c] = true
	}
	return set
}

// pastedRows reads the stretches of such forms that a window of text holds.
func pastedRows(w *parsers.Window, out *parsers.Out) {
	forms := rowForms()
	for i := 0; i < len(w.Lines); i++ {
		if w.Taken(i) {
			continue
		}
		text := strings.TrimSpace(w.Lines[i].Text)
		if len(text) < minRow || !startsRow[text[0]] {
			continue
		}
		quote := 0
		f := formAt(forms, w, i, text, 0)
		if f == nil && text[0] == '>' {
			quote, text = quoteDepth(text)
			f = formAt(forms, w, i, text, quote)
		}
		if f != nil {
			i = f.paste(w, i, quote, out)
		}
	}
}

// minRow is the shortest line that a form begins with, in bytes: "peers:".
const minRow = 6

// formAt gives the form that begins with line i, whose text is given without
// its levels of quoting, nil if none does.
func formAt(forms []rowForm, w *parsers.Window, i int, text string, quote int) *rowForm {
	if len(text) < minRow {
		return nil
	}
	for k := range forms {
		if f := &forms[k]; f.starts(text) && (f.sure == nil || f.sure(windowFrom(w, i, quote))) {
			return f
		}
	}
	return nil
}

// paste reads the stretch that begins at line i, of lines that are so many times
// quoted, and gives its last line.
func (f rowForm) paste(w *parsers.Window, i, quote int, out *parsers.Out) int {
	r := f.open(w.Opts, out)
	stray, last := 0, i
	for k := i; k < len(w.Lines) && stray <= maxStray; k++ {
		if w.Taken(k) {
			break
		}
		text := stripQuote(trimEnd(w.Lines[k].Text), quote)
		switch {
		case r.line(&w.Lines[k], text):
			w.Take(k, k+1)
			stray, last = 0, k
		case strings.TrimSpace(text) != "":
			stray++
		}
	}
	r.finish()
	return last
}

// rowTable holds the connections of a log until they end.
type rowTable struct {
	out   *parsers.Out
	byKey map[string]*list.Element
	used  *list.List // of *rowConn, the one unused longest first
	held  int
	rows  int // asked for
	mem   scratch
	spare []sliceFeed // of connections that have ended, empty
	quit  []*rowConn  // those that are waited for no more, a ring
	next  int         // in quit
}

type rowConn struct {
	key  string
	c    *Conversation
	last time.Time
	note string // what a form keeps of the connection
	quit bool   // the client has said QUIT
	size int
}

// Bounds of a table: connections, and bytes that they hold.
const (
	maxRowConns = 5_000
	maxRowHeld  = 32 << 20
)

func newRowTable(out *parsers.Out) *rowTable {
	return &rowTable{out: out, byKey: map[string]*list.Element{}, used: list.New()}
}

// maxQuit is how many connections whose client has said QUIT are held, for rows
// that repeat theirs.
const maxQuit = 64

// maxSpares is of how many connections the memory is kept for others.
const maxSpares = 64

// ownAfter is how many rows are read before the connections that are still held
// get memory of their own.
const ownAfter = 8192

// own copies what the connections hold of the input, for a few bytes of a block
// of it keep all of the block: in a log of connections that last for hours this
// would be the whole log.
func (t *rowTable) own() {
	for e := t.used.Front(); e != nil; e = e.Next() {
		e.Value.(*rowConn).c.own()
	}
}

// get gives the connection of a key, nil if there is none.
func (t *rowTable) get(key string) *rowConn {
	t.row()
	return t.use(t.byKey[key])
}

// find is get for a key in bytes.
func (t *rowTable) find(key []byte) *rowConn {
	t.row()
	return t.use(t.byKey[string(key)])
}

// row counts the rows.
func (t *rowTable) row() {
	if t.rows++; t.rows%ownAfter == 0 {
		t.own()
	}
}

// use makes a connection the one used last.
func (t *rowTable) use(e *list.Element) *rowConn {
	if e == nil {
		return nil
	}
	t.used.MoveToBack(e)
	v := e.Value.(*rowConn)
	size := v.c.Size()
	t.held += size - v.size
	v.size = size
	for t.held > maxRowHeld && t.used.Len() > 1 {
		t.end(t.used.Front().Value.(*rowConn).key)
	}
	return v
}

// add makes a connection.
func (t *rowTable) add(key string, c *Conversation) *rowConn {
	t.end(key)
	key = strings.Clone(key)
	if n := len(t.spare); n > 0 {
		c.items = append(t.spare[n-1], c.items...)
		t.spare = t.spare[:n-1]
	}
	v := &rowConn{key: key, c: c}
	t.byKey[key] = t.used.PushBack(v)
	if t.used.Len() > maxRowConns {
		t.end(t.used.Front().Value.(*rowConn).key)
	}
	return v
}

// quits notes that the client of a connection has said QUIT. It is held for a
// while.
func (t *rowTable) quits(v *rowConn) {
	v.quit = true
	if len(t.quit) < maxQuit {
		t.quit = append(t.quit, v)
		return
	}
	old := t.quit[t.next]
	t.quit[t.next] = v
	t.next = (t.next + 1) % maxQuit
	if e := t.byKey[old.key]; e != nil && e.Value.(*rowConn) == old {
		t.end(old.key)
	}
}

// end emits a connection and forgets it.
func (t *rowTable) end(key string) {
	e := t.byKey[key]
	if e == nil {
		return
	}
	v := e.Value.(*rowConn)
	t.held -= v.size
	if !t.out.Learns() || !v.c.tellsNothing() {
		v.c.emit(t.out, &t.mem)
	}
	if items := v.c.empty(); cap(items) > 0 && len(t.spare) < maxSpares {
		t.spare = append(t.spare, items)
	}
	t.used.Remove(e)
	delete(t.byKey, key)
}

// finish emits all, those used longest ago first.
func (t *rowTable) finish() {
	for t.used.Len() > 0 {
		t.end(t.used.Front().Value.(*rowConn).key)
	}
}

// csvFields splits a row of comma-separated fields with quotes [RFC 4180].
func csvFields(s string, into []string) []string {
	f := into[:0]
	for {
		if len(s) == 0 || s[0] != '"' {
			i := strings.IndexByte(s, ',')
			if i < 0 {
				return append(f, s)
			}
			f = append(f, s[:i])
			s = s[i+1:]
			continue
		}
		end := 1
		doubled := false
		for end < len(s) {
			if s[end] == '"' {
				if end+1 >= len(s) || s[end+1] != '"' {
					break
				}
				doubled = true
				end++
			}
			end++
		}
		v := s[1:min(end, len(s))]
		if doubled {
			v = strings.ReplaceAll(v, `""`, `"`)
		}
		f = append(f, v)
		if end+1 >= len(s) {
			return f
		}
		s = strings.TrimPrefix(s[end+1:], ",")
	}
}
