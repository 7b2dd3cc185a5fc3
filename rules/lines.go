package rules

import (
	"bytes"
	"sort"
	"unicode/utf8"
)

// lines turns byte offsets of a text into lines and columns.
type lines struct {
	data   []byte
	starts []int // offset of each line
}

// newLines finds the lines of data, which end in LF or CR LF.
func newLines(data []byte) *lines {
	l := &lines{data: data, starts: make([]int, 1, 1+bytes.Count(data, []byte{'\n'}))}
	for i, c := range data {
		if c == '\n' {
			l.starts = append(l.starts, i+1)
		}
	}
	return l
}

// pos gives the place of a byte offset; beyond the end it is the end.
func (l *lines) pos(offset int) Pos {
	offset = min(max(offset, 0), len(l.data))
	line := sort.SearchInts(l.starts, offset+1)
	return Pos{Line: line, Column: 1 + utf8.RuneCount(l.data[l.starts[line-1]:offset])}
}
