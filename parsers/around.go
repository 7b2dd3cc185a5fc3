package parsers

import (
	"bytes"
	"io"
)

const (
	// aroundSize is how much of an input is read on either side of a record to
	// find the lines around it, in bytes.
	aroundSize = 8 << 10
	// aroundOwn bounds the lines of the record itself.
	aroundOwn = 12
)

// Around reads the lines of a record again, and up to n lines before and after
// it. The record must stand on lines. Of a long record the first lines are
// given, without what follows it.
func (r *Reader) Around(pos Pos, n int) ([]TextLine, error) {
	if pos.Line <= 0 {
		return nil, nil
	}
	raw, err := r.bytesOf(pos.Path, 0, HeadSize)
	if err != nil {
		return nil, err
	}
	head := NewHead(raw, len(raw) < HeadSize)
	if head.Encoding == encBinary {
		return nil, nil
	}
	from := max(0, pos.Offset-aroundSize) &^ 1 // an even place, for UTF-16
	raw, err = r.bytesOf(pos.Path, from, pos.Offset-from+min(pos.Length, aroundSize)+aroundSize)
	if err != nil {
		return nil, err
	}
	all := linesOf(raw, from, head)
	return window(all, pos, n), nil
}

func (r *Reader) bytesOf(path string, offset, length int64) ([]byte, error) {
	src, err := r.Section(path, offset, length)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	return io.ReadAll(io.LimitReader(src, length))
}

// linesOf gives the lines of a piece of an input that begins at from. The first
// is left out where it may have begun before the piece.
func linesOf(raw []byte, from int64, head *Head) []TextLine {
	src := newLines(bytes.NewReader(raw), head)
	var out []TextLine
	for l, ok := src.Next(); ok; l, ok = src.Next() {
		l.Offset += from
		out = append(out, l)
	}
	if from > 0 && len(out) > 0 {
		out = out[1:]
	}
	return out
}

// window takes the record's lines and n on either side, and numbers them by the
// record's first.
func window(all []TextLine, pos Pos, n int) []TextLine {
	first := -1
	last := -1
	for i, l := range all {
		end := l.Offset + int64(l.Length)
		if first < 0 && (end > pos.Offset || l.Offset >= pos.Offset) {
			first = i
		}
		if l.Offset < pos.Offset+pos.Length {
			last = i
		}
	}
	if first < 0 || last < first {
		return nil
	}
	after := n
	if last-first >= aroundOwn {
		last, after = first+aroundOwn-1, 0
	}
	out := append([]TextLine(nil), all[max(0, first-n):min(len(all), last+after+1)]...)
	shift := pos.Line - all[first].No
	for i := range out {
		out[i].No += shift
	}
	return out
}
