package parsers

import (
	"slices"
	"strings"
)

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
		lines := in.Lines()
		size := 0           // lines of the window before: the next one has about as many
		var kept []TextLine // of the window before, whose record goes on
		for {
			w := nextWindow(lines, size, kept)
			if w == nil {
				break
			}
			size, kept = len(w.Lines), nil
			w.Opts = in.Opts
			out.hold()
			for _, f := range forms.Finders {
				f.Find(w, out)
			}
			if len(out.held) == 0 {
				out.holding = false // nothing was found: the lines need not wait
			}
			rest(w, out)
			out.release()
			if w.kept > 0 {
				kept = slices.Clone(w.Lines[w.kept:])
			}
		}
		return lines.Err()
	}}
}

// nextWindow reads lines up to the window's size, and then on to the next
// empty line, so that a record is rarely cut in two. size is the expected
// number of lines, kept are lines that the window before left.
func nextWindow(lines *Lines, size int, kept []TextLine) *Window {
	ls := append(make([]TextLine, 0, size+size/8), kept...)
	bytes := 0
	for i := range kept {
		bytes += len(kept[i].Text)
	}
	for {
		l, ok := lines.Next()
		if !ok {
			break
		}
		ls = append(ls, l)
		bytes += len(l.Text)
		full := bytes >= windowBytes || len(ls) >= windowLines
		hard := bytes >= 2*windowBytes || len(ls) >= 2*windowLines
		if hard || full && strings.TrimSpace(l.Text) == "" {
			break
		}
	}
	if len(ls) == 0 {
		return nil
	}
	w := NewWindow(ls)
	_, w.more = lines.Peek(0)
	return w
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
