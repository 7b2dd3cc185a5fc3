package powershell

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtable"
	"kbdiag/parsers/eventtext"
)

// Format is the form of files that hold nothing but lists or tables of events:
// what was redirected into a file. The order of their dates is settled for the
// whole file.
func Format() parsers.Format {
	return parsers.Format{Name: "powershell", Detect: detect, Parse: parse}
}

// detect scores text whose first lines, but for prompts, are events, and most
// of the others.
func detect(h *parsers.Head) int {
	if !strings.Contains(h.Text, " :") && !strings.Contains(h.Text, "--") {
		return 0
	}
	s := newScan(parsers.NewWindow(headLines(h)))
	s.find()
	if len(s.found) == 0 {
		return 0
	}
	ours := make([]bool, len(s.text))
	for i := range s.found {
		for j := s.found[i].from; j < s.found[i].to; j++ {
			ours[j] = true
		}
	}
	for _, j := range append(s.heads, s.marks...) {
		ours[j] = true
	}
	all, in, leads := 0, 0, false
	for j, t := range s.text {
		if blank(t) || isPrompt(t) {
			continue
		}
		if all == 0 {
			leads = ours[j]
		}
		all++
		if ours[j] {
			in++
		}
	}
	if leads && in*10 >= all*8 || !h.Whole && leads && in*2 >= all {
		return 80
	}
	return 0
}

// headLines gives the lines of a head.
func headLines(h *parsers.Head) []parsers.TextLine {
	var lines []parsers.TextLine
	text := h.Text
	for no := 1; text != ""; no++ {
		l, rest, _ := strings.Cut(text, "\n")
		lines = append(lines, parsers.TextLine{Text: strings.TrimSuffix(l, "\r"), No: no, Length: len(l) + 1})
		text = rest
	}
	return lines
}

func parse(in *parsers.Input, out *parsers.Out) error {
	dates := eventtext.NewDates(in.Opts)
	dates.SampleFile(in, func(text string) {
		s := newScan(parsers.NewWindow(headLines(&parsers.Head{Text: text})))
		s.find()
		s.sample(dates)
	})
	rec := eventtable.NewRecord(dates)
	lines := in.Lines()
	var tbl *table
	for {
		list := chunk(lines, tbl != nil)
		if len(list) == 0 {
			break
		}
		w := parsers.NewWindow(list)
		w.Opts = in.Opts
		s := newScan(w)
		s.tbl = tbl
		s.find()
		tbl = s.tbl
		s.emit(rec, out, func(from, to int) {
			for j := from; j < to; j++ {
				if l := list[j]; !w.Taken(j) && !blank(l.Text) {
					out.Line(&parsers.Line{Pos: parsers.Pos{Line: l.No, Offset: l.Offset, Length: int64(l.Length)}, Text: l.Text})
				}
			}
		})
	}
	rec.Report(out)
	return lines.Err()
}

// The size of a chunk, in bytes and lines.
const (
	chunkBytes = 1 << 20
	chunkLines = 20_000
)

// chunk reads lines up to the size of a chunk, and on to where a list is not
// cut in two: an empty line before a property. A table may be cut anywhere.
func chunk(lines *parsers.Lines, inTable bool) []parsers.TextLine {
	var list []parsers.TextLine
	bytes := 0
	name := ""
	for {
		l, ok := lines.Next()
		if !ok {
			return list
		}
		if name == "" {
			if p, ok := propertyLine(plain(l.Text)); ok && p.known {
				name = p.name
			}
		}
		list = append(list, l)
		bytes += len(l.Text)
		if bytes < chunkBytes && len(list) < chunkLines {
			continue
		}
		if inTable && name == "" || bytes >= 4*chunkBytes || len(list) >= 4*chunkLines {
			return list
		}
		if blank(l.Text) {
			next, ok := lines.Peek(0)
			if !ok {
				return list
			}
			if p, ok := propertyLine(plain(next.Text)); ok && (p.name == name || name == "") {
				return list
			}
			if name == "" {
				return list
			}
		}
	}
}
