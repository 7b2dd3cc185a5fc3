package eventjson

import (
	"sort"
	"strings"

	"kbdiag/parsers"
)

// lineSource gives the text of inputs in other code pages, which are decoded
// line by line. Positions cover whole lines.
type lineSource struct {
	lines  *parsers.Lines
	starts []lineStart // of the lines in the text, in order
}

type lineStart struct {
	at   int // in the text
	line parsers.TextLine
}

// ownCodePage reports whether a text is in a code page that source does not
// decode by itself.
func ownCodePage(encoding string) bool {
	switch encoding {
	case "", "utf-8", "utf-8 bom", "utf-16le", "utf-16be", "windows-1252", "binary":
		return false
	}
	return true
}

func newLineSource(in *parsers.Input) *source {
	lines := in.Lines()
	return &source{line: 1, block: blockSize, byLine: &lineSource{lines: lines}}
}

// moreLines is more for a source that is read line by line.
func (s *source) moreLines() bool {
	l := s.byLine
	for len(l.starts) > 1 && l.starts[1].at <= s.i {
		l.starts = l.starts[1:]
	}
	starts := make([]lineStart, 0, len(l.starts)+64)
	for _, st := range l.starts {
		starts = append(starts, lineStart{st.at - s.i, st.line})
	}
	var b strings.Builder
	b.WriteString(s.text[s.i:])
	for size := b.Len() + max(s.block, b.Len()); b.Len() < size; {
		t, ok := l.lines.Next()
		if !ok {
			s.eof, s.err = true, l.lines.Err()
			break
		}
		t2 := t
		t2.Text = ""
		starts = append(starts, lineStart{b.Len(), t2})
		b.WriteString(t.Text)
		b.WriteByte('\n')
	}
	l.starts = starts
	s.text, s.i, s.counted = b.String(), 0, 0
	return true
}

// pos is the position of the lines in which text[from:to] stands.
func (l *lineSource) pos(from, to int) parsers.Pos {
	if len(l.starts) == 0 {
		return parsers.Pos{Line: 1}
	}
	a := max(0, sort.Search(len(l.starts), func(i int) bool { return l.starts[i].at > from })-1)
	b := max(a, sort.Search(len(l.starts), func(i int) bool { return l.starts[i].at >= to })-1)
	first, last := l.starts[a].line, l.starts[b].line
	return parsers.Pos{Line: first.No, Offset: first.Offset, Length: last.Offset + int64(last.Length) - first.Offset}
}
