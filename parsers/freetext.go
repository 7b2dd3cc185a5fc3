package parsers

import "strings"

const (
	windowBytes = 4 << 20 // of text in one window
	windowLines = 50_000
)

// freeText is the form of all text that is of no form of its own: mails,
// tickets, transcripts, pasted events, logs that nobody knows. Finders take
// what they understand, the rest are lines.
func freeText(forms *Forms) Format {
	return Format{Name: "text", Parse: func(in *Input, out *Out) error {
		rest := restAsLines
		if forms.Rest != nil {
			rest = forms.Rest(in.Opts)
		}
		plain := func(*Window) bool { return false }
		if forms.Plain != nil {
			plain = forms.Plain()
		}
		lines := in.Lines()
		alone := forms.alone()
		w := &Window{Opts: in.Opts}
		for w.next(lines) {
			if alone(w, out) {
				continue
			}
			if plain(w) {
				rest(w, out)
				continue
			}
			out.hold()
			for _, f := range forms.Finders {
				f.Find(w, out)
			}
			if len(out.held) == 0 {
				out.holding = false // nothing was found: the lines need not wait
			}
			rest(w, out)
			out.release()
		}
		return lines.Err()
	}}
}

// alone makes the reader of windows of one text that are plainly of one form.
// It reports false where a window is not.
func (f *Forms) alone() func(w *Window, out *Out) bool {
	for i := range f.Finders {
		if f.Finders[i].Alone != nil {
			return f.Finders[i].Alone(mayOfAny(f.Finders[:i]))
		}
	}
	return func(*Window, *Out) bool { return false }
}

// mayOfAny joins what finders say of a line.
func mayOfAny(finders []Finder) func(line string) bool {
	return func(line string) bool {
		for i := range finders {
			if finders[i].May == nil || finders[i].May(line) {
				return true
			}
		}
		return false
	}
}

// next makes a window of the lines that the one before left and of the
// following ones, in the memory of the one before. Once it is full it ends at an
// empty line before a line that begins as its first one does, so that no record
// is cut in two where records are alike; or soon at any empty line. It reports
// false at the end of the input.
func (w *Window) next(lines *Lines) bool {
	left := 0
	if w.kept > 0 {
		left = copy(w.Lines, w.Lines[w.kept:])
	}
	w.Lines, w.kept = w.Lines[:left], 0
	bytes := 0
	for i := range w.Lines {
		bytes += len(w.Lines[i].Text)
	}
	for {
		w.Lines = append(w.Lines, TextLine{})
		l := &w.Lines[len(w.Lines)-1]
		if !lines.NextInto(l) {
			w.Lines = w.Lines[:len(w.Lines)-1]
			break
		}
		bytes += len(l.Text)
		if bytes < windowBytes && len(w.Lines) < windowLines {
			continue
		}
		full := max(float64(bytes)/windowBytes, float64(len(w.Lines))/windowLines)
		if full >= 2 || strings.TrimSpace(l.Text) == "" && (full >= 1.5 || w.beginsAgain(lines)) {
			break
		}
	}
	w.taken = append(w.taken[:0], make([]bool, len(w.Lines))...)
	w.left = len(w.Lines)
	_, w.more = lines.Peek(0)
	return len(w.Lines) > 0
}

// beginsAgain reports whether the next line begins with the label that the
// window's first line begins with.
func (w *Window) beginsAgain(lines *Lines) bool {
	label, _, ok := strings.Cut(w.Lines[0].Text, ":")
	next, more := lines.Peek(0)
	return ok && more && strings.HasPrefix(next.Text, label+":")
}

func restAsLines(w *Window, out *Out) {
	for i, l := range w.Lines {
		if w.Taken(i) || strings.TrimSpace(l.Text) == "" {
			continue
		}
		out.Line(&Line{
			Pos:  Pos{Line: l.No, Offset: l.Offset, Length: int64(l.Length)},
			Text: l.Text,
		})
	}
}
