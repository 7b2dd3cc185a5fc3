package eventjson

import (
	"strings"

	"kbdiag/parsers"
)

// Finder finds events in JSON inside free text: in a mail or a ticket, in a
// block of code, behind the header that a logger puts before each record.
func Finder() parsers.Finder {
	return parsers.Finder{Name: "events in JSON", Find: func(w *parsers.Window, out *parsers.Out) {
		var f *finder
		for i := 0; i < len(w.Lines); i++ {
			if strings.IndexByte(w.Lines[i].Text, '{') < 0 || w.Taken(i) {
				continue
			}
			at := objectStart(w.Lines[i].Text)
			if at < 0 {
				continue
			}
			if f == nil {
				f = &finder{w: w, out: out, rd: reader{opts: w.Opts}}
			}
			if to := f.line(i, at); to > i {
				w.Take(i, to)
				i = to - 1
			}
		}
	}, May: func(line string) bool { return objectStart(line) >= 0 }}
}

// maxBefore is how long a logger's header or the beginning of a sentence
// before an object may be, in bytes.
const maxBefore = 512

// maxFindLines bounds an object inside a text, in lines.
const maxFindLines = 4096

// finder reads the objects of one window.
type finder struct {
	w   *parsers.Window
	out *parsers.Out
	rd  reader
	d   doc
	row doc
	e   parsers.Event
}

// objectStart gives where an object begins on a line, -1 if none does.
func objectStart(t string) int {
	for i := 0; i < len(t) && i < maxBefore; i++ {
		j := strings.IndexByte(t[i:], '{')
		if j < 0 {
			return -1
		}
		i += j
		next := strings.TrimLeft(t[i+1:], " \t")
		if next == "" || next == "\\" || next[0] == '"' {
			return i
		}
	}
	return -1
}

// line reads the objects that begin on line i at byte at. It gives the line
// behind the last one that holds an event, 0 if there is none.
func (f *finder) line(i, at int) int {
	done := 0
	for {
		text, o, n := f.read(i, at)
		if o == tooDeep || o == tooMany || len(f.d.nodes) == 0 {
			return done
		}
		to := i + strings.Count(text[:min(n, len(text))], "\n") + 1
		if o == broken { // the line where it broke is no part of it
			to = max(i+1, to-1)
		}
		if !f.emit(0, f.w.Span(i, to), o != whole, 0) {
			return done
		}
		done = to
		if o != whole || to > i+1 {
			return done
		}
		next := objectStart(text[n:]) // another one on the same line
		if next < 0 {
			return done
		}
		at += n + next
	}
}

// read scans the object at byte at of line i, over as many lines as it takes.
// An object that is not whole ends at an empty line at the latest: what comes
// behind is prose. It gives the text that was scanned and where the object
// ended in it.
func (f *finder) read(i, at int) (string, outcome, int) {
	text, o, n := f.readLines(i, at, false)
	if o != whole && strings.IndexByte(text[:min(n, len(text))], '\n') >= 0 {
		text, o, n = f.readLines(i, at, true)
	}
	return text, o, n
}

// readLines scans more and more lines until they tell how the object ends: what
// is broken in some lines stays so with more behind them.
func (f *finder) readLines(i, at int, paragraph bool) (string, outcome, int) {
	text := f.w.Lines[i].Text[at:]
	n, o := f.d.scan(text, 0)
	last := 0
	for lines := 2; o == cutOff && lines <= maxFindLines && len(text) < maxObject; lines *= 2 {
		if text = f.join(i, at, lines, paragraph); len(text) == last {
			break
		}
		last = len(text)
		n, o = f.d.scan(text, 0)
	}
	return text, o, n
}

// join gives the text from byte at of line i on, of at most n lines, without
// the marks of quoting. It ends where the quote ends.
func (f *finder) join(i, at, n int, paragraph bool) string {
	before := f.w.Lines[i].Text[:at]
	depth := strings.Count(before, ">")
	if strings.Trim(before, "> \t|") != "" {
		depth = 0
	}
	var b strings.Builder
	b.WriteString(f.w.Lines[i].Text[at:])
	for k := i + 1; k < len(f.w.Lines) && k < i+n && !f.w.Taken(k) && b.Len() < maxObject; k++ {
		t, ok := unquote(f.w.Lines[k].Text, depth)
		if !ok || paragraph && strings.TrimSpace(t) == "" {
			break
		}
		b.WriteByte('\n')
		b.WriteString(t)
	}
	return b.String()
}

// unquote takes as many marks of quoting off a line, and reports whether there
// were as many.
func unquote(t string, depth int) (string, bool) {
	for ; depth > 0; depth-- {
		rest := strings.TrimLeft(t, " \t")
		if rest == "" || rest[0] != '>' {
			return t, false
		}
		t = strings.TrimPrefix(rest[1:], " ")
	}
	return t, true
}

// emit gives the event at node at, or those inside it, to out.
func (f *finder) emit(at int32, pos parsers.Pos, cut bool, depth int) bool {
	n := &f.d.nodes[at]
	if n.kind == isObject {
		if isDetection(&f.d, at) {
			f.out.Note(noteDetections)
			f.out.Skip(skipDetection, 1, pos)
			return true
		}
		f.e = parsers.Event{}
		if f.rd.event(&f.d, at, &f.e) {
			pos.Record = f.e.Pos.Record
			f.e.Pos = pos
			f.e.Truncated = f.e.Truncated || cut
			if f.rd.res.shape&shapeHayabusa != 0 {
				f.out.Note(noteHayabusa)
			}
			f.out.Event(&f.e)
			return true
		}
		if f.table(at, pos) {
			return true
		}
	}
	some := false
	for i := at + 1; depth < maxWalk && i < n.next; i = f.d.nodes[i].next {
		if f.d.nodes[i].kind >= isObject && f.emit(i, pos, cut, depth+1) {
			some = true
		}
	}
	return some
}

// table gives the events of a table at node at, and reports whether there were
// any. Their position is that of the whole.
func (f *finder) table(at int32, pos parsers.Pos) bool {
	columns, rows := tableOf(&f.d, at)
	some := false
	for i := rows + 1; len(columns) > 0 && i < f.d.nodes[rows].next; i = f.d.nodes[i].next {
		switch {
		case f.d.nodes[i].kind != isArray:
		case f.rd.row(&f.d, i, columns, &f.row, &f.e):
			pos.Record = f.e.Pos.Record
			f.e.Pos = pos
			f.out.Event(&f.e)
			some = true
		case some:
			f.out.Skip(skipOther, 1, pos)
		}
	}
	return some
}
