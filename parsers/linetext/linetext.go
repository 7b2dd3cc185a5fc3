// Package linetext reads what no form and no finder claims of a text: lines of
// other logs, with their times, and prose.
package linetext

import (
	"strings"
	"unicode/utf8"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// The bounds of one record.
const (
	maxLines = 64
	maxBytes = 16 << 10
)

// reader reads the windows of one text in order.
type reader struct {
	dates   *eventtext.Dates
	sampled int // dates shown to dates
	fields  fields
	stamps  int // lines with a stamp so far
	line    parsers.Line
	wrapped bool // the lines of the record in work are one wrapped sentence
	buf     []byte
}

// Reader makes the reader of one text.
func Reader(opts parsers.Options) func(w *parsers.Window, out *parsers.Out) {
	r := &reader{dates: eventtext.NewDates(opts)}
	return r.read
}

func (r *reader) read(w *parsers.Window, out *parsers.Out) {
	r.sample(w)
	for i := 0; i < len(w.Lines); {
		if skipped(w, i) {
			i++
			continue
		}
		end := i + 1
		for end < len(w.Lines) && !skipped(w, end) {
			end++
		}
		r.block(w, i, end, out)
		i = end
	}
}

func skipped(w *parsers.Window, i int) bool { return w.Taken(i) || isBlank(w.Lines[i].Text) }

func isBlank(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] != ' ' && s[i] != '\t' {
			return strings.TrimSpace(s[i:]) == ""
		}
	}
	return true
}

// maxSamples bounds the dates that settle the order of day and month.
const maxSamples = 2000

// sample shows dates in doubt to the order of dates before the first is read.
func (r *reader) sample(w *parsers.Window) {
	for i := 0; i < len(w.Lines) && r.sampled < maxSamples; i++ {
		t := w.Lines[i].Text
		if len(t) < minStamp || w.Taken(i) {
			continue
		}
		if at := doubtful(t); at >= 0 {
			r.dates.Sample(t[at:])
			r.sampled++
		}
	}
}

// block reads lines that follow one another, none of them empty.
func (r *reader) block(w *parsers.Window, from, to int, out *parsers.Out) {
	for i := from; i < to; {
		t := w.Lines[i].Text
		if t[0] == '#' && r.fields.directive(t) {
			r.give(w, i, i+1, stamp{}, out)
			i++
			continue
		}
		s := r.stampOf(t)
		if !s.found {
			i = r.prose(w, i, to, out)
			continue
		}
		for s.found {
			r.stamps++
			end, next := r.entryEnd(w, i, to, &s)
			r.give(w, i, end, s, out)
			i, s = end, next
		}
	}
}

// entryEnd finds the end of the entry whose stamp is on line i: lines without a
// stamp are its continuation where the log is clearly stamped or where they are
// indented. next is the stamp of the line behind the entry, if that has one.
func (r *reader) entryEnd(w *parsers.Window, i, to int, s *stamp) (end int, next stamp) {
	end, size := i+1, w.Lines[i].Length
	clear := r.stamps > 1 && !s.row
	for ; end < to; end++ {
		t := w.Lines[end].Text
		if t[0] == '#' && r.fields.known() {
			return end, stamp{}
		}
		if next = r.stampOf(t); next.found {
			return end, next
		}
		if s.row {
			return end, stamp{}
		}
		if !clear && !continues(t) {
			if clear = r.stampAhead(w, end+1, to); !clear {
				return end, stamp{}
			}
		}
		if end-i >= maxLines || size >= maxBytes { // another record of the same entry
			return end, stamped(s.moment)
		}
		if s.head { // the time stands on a line of the entry's own
			if m, ok := r.whenLine(t); ok {
				s.moment = m
			}
		}
		size += w.Lines[end].Length
	}
	return end, stamp{}
}

// maxAhead is how far the next stamp may be for a log to be stamped.
const maxAhead = 8

func (r *reader) stampAhead(w *parsers.Window, i, to int) bool {
	for j := i; j < to && j < i+maxAhead; j++ {
		if r.stampOf(w.Lines[j].Text).found {
			return true
		}
	}
	return false
}

// continues tells a line that goes on with the entry before it by its own
// shape: it is indented, or of the trace of an exception.
func continues(t string) bool {
	return t[0] == ' ' || t[0] == '\t' || strings.HasPrefix(t, "at ") || strings.HasPrefix(t, "Caused by: ") || strings.HasPrefix(t, "--- End of ")
}

// prose gives lines without a stamp: what is wrapped as one record. It gives
// the line it ends before.
func (r *reader) prose(w *parsers.Window, i, to int, out *parsers.Out) int {
	from, size := i, w.Lines[i].Length
	last := shapeOf(w.Lines[i].Text)
	for i++; i < to && i-from < maxLines && size < maxBytes && last.mayWrap(); i++ {
		t := w.Lines[i].Text
		next := shapeOf(t)
		if !last.wraps(&next) || r.stampOf(t).found {
			break
		}
		size += w.Lines[i].Length
		last = next
	}
	r.wrapped = true
	r.give(w, from, i, stamp{}, out)
	r.wrapped = false
	return i
}

// give gives the lines from <= i < to as one record.
func (r *reader) give(w *parsers.Window, from, to int, s stamp, out *parsers.Out) {
	l := &r.line
	*l = parsers.Line{Pos: w.Span(from, to), Time: s.at, Zone: s.zone, Text: w.Lines[from].Text, Lines: to - from}
	if to-from == 1 {
		out.Line(l)
		return
	}
	r.append(w, from, to, func(s string) string { return s })
	l.Text = string(r.buf)
	if !parsers.MayHoldSecret(l.Text) {
		out.PlainLine(l)
		return
	}
	// Secrets are taken out of the single lines first, because their shapes are
	// of these.
	r.append(w, from, to, out.Redact)
	l.Text = string(r.buf)
	out.Line(l)
}

// append joins lines in buf: wrapped sentences with a blank, others as they are.
func (r *reader) append(w *parsers.Window, from, to int, text func(string) string) {
	r.buf = append(r.buf[:0], text(w.Lines[from].Text)...)
	last := shape{cols: maxCols + 1}
	if !r.wrapped {
		last = shapeOf(w.Lines[from].Text)
	}
	for i := from + 1; i < to; i++ {
		t := w.Lines[i].Text
		if r.wrapped {
			r.unwrap(text(t[markLen(t):]))
			continue
		}
		if t[0] == '\t' || !last.mayWrap() {
			r.buf = append(append(r.buf, '\n'), text(t)...)
			last = shape{}
			if t[0] != '\t' {
				last = shapeOf(t)
			}
			continue
		}
		next := shapeOf(t)
		if last.wraps(&next) {
			r.unwrap(text(t[next.indent:]))
		} else {
			r.buf = append(append(r.buf, '\n'), text(t)...)
		}
		last = next
	}
}

// unwrap appends a line that goes on with the sentence before it.
func (r *reader) unwrap(t string) {
	for len(r.buf) > 0 && (r.buf[len(r.buf)-1] == ' ' || r.buf[len(r.buf)-1] == '\t') {
		r.buf = r.buf[:len(r.buf)-1]
	}
	if c, _ := utf8.DecodeLastRune(r.buf); c < 0x3000 || c == utf8.RuneError {
		r.buf = append(r.buf, ' ')
	}
	r.buf = append(r.buf, t...)
}
