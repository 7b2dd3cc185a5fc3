package rules

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// quoted is a TOML string as written, with its quotes. It turns offsets in the
// decoded text into offsets in the file (TOML 1.0 and 1.1, "String").
type quoted struct {
	raw   []byte
	start int // offset of raw in the file
}

// offset gives the offset in the file of byte n of the decoded text.
func (q quoted) offset(n int) int {
	i, end, basic, multi := q.frame()
	for done := 0; i < end; {
		i = skipContinuation(q.raw[:end], i, basic && multi)
		if done >= n || i >= end {
			break
		}
		wide, gives := 1, 1
		if basic && q.raw[i] == '\\' {
			wide, gives = escape(q.raw[i:end])
		}
		i += wide
		done += gives
	}
	return q.start + min(i, end)
}

// frame gives the bounds of what is between the quotes, and the form.
func (q quoted) frame() (from, to int, basic, multi bool) {
	if len(q.raw) < 2 {
		return 0, len(q.raw), false, false
	}
	basic = q.raw[0] == '"'
	if len(q.raw) < 6 || q.raw[1] != q.raw[0] || q.raw[2] != q.raw[0] {
		return 1, len(q.raw) - 1, basic, false
	}
	from = 3
	if bytes.HasPrefix(q.raw[from:], []byte("\r\n")) {
		from = 5
	} else if q.raw[from] == '\n' {
		from = 4
	}
	return from, len(q.raw) - 3, basic, true
}

// skipContinuation goes past a backslash at the end of a line and the blanks
// that follow, which give nothing.
func skipContinuation(raw []byte, i int, allowed bool) int {
	for allowed && i < len(raw) && raw[i] == '\\' {
		j := i + 1
		for j < len(raw) && (raw[j] == ' ' || raw[j] == '\t' || raw[j] == '\r' || raw[j] == '\n') {
			j++
		}
		if j == i+1 || bytes.IndexByte(raw[i:j], '\n') < 0 {
			return i
		}
		i = j
	}
	return i
}

// escape gives the bytes of an escape sequence and of what it stands for.
func escape(raw []byte) (wide, gives int) {
	if len(raw) < 2 {
		return len(raw), 0
	}
	digits := 0
	switch raw[1] {
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	default:
		return 2, 1
	}
	wide = min(2+digits, len(raw))
	r, err := strconv.ParseUint(string(raw[2:wide]), 16, 32)
	if err != nil {
		return wide, 1
	}
	return wide, max(1, utf8.RuneLen(rune(r)))
}
