package transcript

import (
	"encoding/json"
	"strings"
	"time"

	"kbdiag/parsers"
)

// castRows is an asciinema recording: a head of JSON and, a line each, rows of
// time, kind and what the terminal showed [docs.asciinema.org, "asciicast"].
// In version 3 times count from the row before; version 1 is one document.
func castRows() rowForm {
	return rowForm{name: "asciinema", starts: startsCast, open: func(opts parsers.Options, out *parsers.Out) rowReader {
		return &castReader{out: out, opts: opts}
	}}
}

func startsCast(s string) bool {
	return s[0] == '{' && strings.Contains(s, `"version"`) && (strings.Contains(s, `"width"`) || strings.Contains(s, `"term"`) || strings.Contains(s, `"stdout"`))
}

type castReader struct {
	out     *parsers.Out
	opts    parsers.Options
	version int
	start   time.Time // zero if not stated
	clock   float64   // seconds since the start
	text    []byte    // of the line that is not ended
	textAt  time.Time
	where   parsers.Pos
	lines   []parsers.TextLine
	times   []time.Time
}

// maxCastLines bounds what is held before it is read.
const maxCastLines = 20_000

func (r *castReader) line(l *parsers.TextLine, text string) bool {
	s := strings.TrimSpace(text)
	switch {
	case s == "" || s[0] == '#':
		return true
	case s[0] == '{' && startsCast(s):
		r.finish()
		return r.head(s, l)
	case s[0] != '[' || r.version == 0:
		return false
	}
	return r.row([]byte(s), l)
}

func (r *castReader) head(s string, l *parsers.TextLine) bool {
	var h struct {
		Version   int
		Timestamp float64
		Stdout    []json.RawMessage
	}
	if json.Unmarshal([]byte(s), &h) != nil {
		return false
	}
	r.version, r.clock, r.start = h.Version, 0, time.Time{}
	if h.Timestamp > 0 {
		r.start = time.Unix(int64(h.Timestamp), 0).UTC()
	}
	for _, row := range h.Stdout {
		r.row(row, l)
	}
	return true
}

// row takes [time, "o", data], of version 1 [delay, data].
func (r *castReader) row(b []byte, l *parsers.TextLine) bool {
	var f []any
	if json.Unmarshal(b, &f) != nil || len(f) < 2 {
		return false
	}
	t, ok := f[0].(float64)
	data, isText := f[len(f)-1].(string)
	if !ok || !isText || t < 0 || t > 1e9 {
		return false
	}
	if r.version == 2 {
		r.clock = t
	} else {
		r.clock = min(r.clock+t, 1e9)
	}
	if len(f) == 3 && f[1] != "o" {
		return true // what was typed is shown by its echo
	}
	r.say(data, linePos(l))
	return true
}

// say cuts what the terminal showed into lines.
func (r *castReader) say(data string, p parsers.Pos) {
	base := r.start
	if base.IsZero() {
		base = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	now := base.Add(time.Duration(r.clock * float64(time.Second)))
	for data != "" {
		piece, rest, ended := strings.Cut(data, "\n")
		if len(r.text) == 0 {
			r.textAt, r.where = now, p
		}
		if len(r.text) < maxTalkLine {
			r.text = append(r.text, piece...)
		}
		r.where.Length = p.Offset + p.Length - r.where.Offset
		data = rest
		if ended {
			r.endLine()
		}
	}
}

func (r *castReader) endLine() {
	r.lines = append(r.lines, parsers.TextLine{Text: strings.TrimRight(string(r.text), "\r"), No: r.where.Line, Offset: r.where.Offset, Length: int(r.where.Length)})
	r.times = append(r.times, r.textAt)
	r.text = r.text[:0]
	if len(r.lines) >= maxCastLines {
		r.read()
	}
}

func (r *castReader) finish() {
	if len(r.text) > 0 {
		r.endLine()
	}
	r.read()
	r.version = 0
}

// read reads the sessions that the terminal showed.
func (r *castReader) read() {
	if len(r.lines) == 0 {
		return
	}
	w := parsers.NewWindow(r.lines)
	w.Opts = r.opts
	f := finder{w: w, out: r.out, page: newPage(w), form: "asciinema"}
	f.page.times = r.times
	if !r.start.IsZero() {
		f.page.zone = parsers.ZoneUTC
	}
	f.all()
	for i := range w.Lines {
		if l := &w.Lines[i]; !w.Taken(i) {
			if text := strings.TrimSpace(clean(l.Text)); text != "" {
				r.out.Line(&parsers.Line{Pos: linePos(l), Text: text})
			}
		}
	}
	r.lines, r.times = nil, nil
}
