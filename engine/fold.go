package engine

import (
	"strings"
	"unsafe"
)

// folder puts texts into lower case in memory that is used again for the next
// record.
type folder struct{ buf []byte }

// lower gives strings.ToLower(s). The result is only valid until the next call,
// and shares the memory of s where that is in lower case already.
func (f *folder) lower(s string) string {
	i := 0
	for i < len(s) && s[i] < 0x80 && (s[i] < 'A' || s[i] > 'Z') {
		i++
	}
	if i == len(s) {
		return s
	}
	f.buf = append(f.buf[:0], s[:i]...)
	for ; i < len(s); i++ {
		b := s[i]
		if b >= 0x80 {
			return strings.ToLower(s)
		}
		if b >= 'A' && b <= 'Z' {
			b += 'a' - 'A'
		}
		f.buf = append(f.buf, b)
	}
	return f.text()
}

// join gives strings.Join(list, " "), valid until the next call.
func (f *folder) join(n int, element func(i int) string) string {
	f.buf = f.buf[:0]
	for i := range n {
		if i > 0 {
			f.buf = append(f.buf, ' ')
		}
		f.buf = append(f.buf, element(i)...)
	}
	return f.text()
}

// text shows the buffer as a text without copying it, which would cost an
// allocation for each record. Nothing keeps a folded text beyond its record.
func (f *folder) text() string {
	if len(f.buf) == 0 {
		return ""
	}
	return unsafe.String(&f.buf[0], len(f.buf))
}
