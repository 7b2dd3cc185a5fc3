package parsers

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
)

// MaxLine is the longest line that is kept, in bytes of the input. The rest of
// a longer line is left out and accounted for.
const MaxLine = 1 << 20

// blockSize is how much is read at a time.
const blockSize = 256 << 10

// TextLine is one line of text, decoded to UTF-8.
type TextLine struct {
	Text   string // without its line end; NUL and byte order marks removed
	No     int    // 1-based
	Offset int64  // of its first byte in the input
	Length int    // in bytes of the input, with the line end
	Cut    bool   // longer than MaxLine: Text holds the beginning
}

// Lines reads an input line by line. Line ends are LF, CR LF and CR CR LF; a
// CR elsewhere is part of the text. The strings share memory with blocks of
// the input.
type Lines struct {
	r      io.Reader
	buf    []byte // raw bytes not yet given out
	start  int    // of the next line in buf
	text   string // buf as a string where no decoding is needed
	clean  bool   // text is UTF-8 without NUL, but for a character that its end cuts
	eof    bool
	err    error
	no     int
	offset int64
	wide   wideness
	dec    encoding.Encoding // nil for UTF-8; for UTF-8 inputs, used for lines that are not UTF-8
	strict bool              // every line is in dec
	cutN   int               // lines that were cut
	cut    Pos
	ahead  []TextLine
	work   []byte // a line of UTF-16 in UTF-8
}

type wideness uint8

const (
	narrow  wideness = iota // one byte a unit
	wideLE                  // UTF-16 little-endian
	wideBE                  // UTF-16 big-endian
	bomUTF8 = "\xEF\xBB\xBF"
)

func newLines(r io.Reader, h *Head) *Lines {
	l := &Lines{r: r}
	l.wide, l.dec, l.strict = decoderFor(h)
	return l
}

// Err is the error that ended reading, nil at a proper end of the input.
func (l *Lines) Err() error { return l.err }

// CutLines gives how many lines were longer than MaxLine and where the first
// stands.
func (l *Lines) CutLines() (int, Pos) { return l.cutN, l.cut }

// Next gives the next line, false at the end of the input.
func (l *Lines) Next() (TextLine, bool) {
	var t TextLine
	ok := l.NextInto(&t)
	return t, ok
}

// NextInto is Next for many lines: it fills line, whatever was in it, and
// reports false at the end of the input.
func (l *Lines) NextInto(line *TextLine) bool {
	if len(l.ahead) > 0 {
		*line = l.ahead[0]
		l.ahead = l.ahead[1:]
		return true
	}
	return l.next(line)
}

// Peek gives the line i places ahead (0 is what Next would give).
func (l *Lines) Peek(i int) (TextLine, bool) {
	for len(l.ahead) <= i {
		var t TextLine
		if !l.next(&t) {
			return TextLine{}, false
		}
		l.ahead = append(l.ahead, t)
	}
	return l.ahead[i], true
}

func (l *Lines) next(line *TextLine) bool {
	if l.clean {
		if i := strings.IndexByte(l.text[l.start:], '\n'); i >= 0 && i < MaxLine {
			l.plain(line, i)
			return true
		}
	}
	end, size := l.find()
	if size == 0 {
		return false
	}
	l.no++
	*line = TextLine{No: l.no, Offset: l.offset, Length: size}
	if size > MaxLine {
		l.overlong(line)
	} else {
		line.Text = l.take(end)
		l.start += size
	}
	l.offset += int64(line.Length)
	return true
}

// plain fills in the next line of clean text, which ends at byte i of it, as
// nearly all lines are.
func (l *Lines) plain(line *TextLine, i int) {
	t := l.text[l.start : l.start+i]
	if n := len(t); n > 0 && t[n-1] == '\r' {
		if t = t[:n-1]; n > 1 && t[n-2] == '\r' {
			t = t[:n-2]
		}
	}
	if len(t) > 0 && t[0] == bomUTF8[0] {
		t = strings.TrimPrefix(t, bomUTF8)
	}
	l.no++
	line.Text, line.No, line.Offset, line.Length, line.Cut = t, l.no, l.offset, i+1, false
	l.start += i + 1
	l.offset += int64(i + 1)
}

// find makes sure that buf holds the next line, and gives the length of its
// text without and with the line end. A size beyond MaxLine means that the
// line is longer than that.
func (l *Lines) find() (end, size int) {
	scanned := 0
	for {
		if i := l.newline(scanned); i >= 0 {
			return l.trimCR(i), i + l.unit()
		}
		have := len(l.buf) - l.start
		if have > MaxLine {
			return MaxLine, have
		}
		if l.eof {
			return l.trimCR(have), have
		}
		scanned = have - have%l.unit()
		l.fill()
	}
}

// overlong gives the beginning of a line longer than MaxLine and passes over
// the rest of it.
func (l *Lines) overlong(line *TextLine) {
	line.Cut = true
	line.Text = l.take(l.wholeCharacters(MaxLine))
	line.Length = MaxLine
	l.start += MaxLine
	for {
		if i := l.newline(0); i >= 0 {
			line.Length += i + l.unit()
			l.start += i + l.unit()
			break
		}
		have := len(l.buf) - l.start
		if !l.eof {
			have -= have % l.unit()
		}
		line.Length += have
		l.start += have
		if l.eof {
			break
		}
		l.fill()
	}
	if l.cutN == 0 {
		l.cut = Pos{Line: line.No, Offset: line.Offset, Length: int64(line.Length)}
	}
	l.cutN++
}

// wholeCharacters gives up to three bytes fewer than n, so that UTF-8 is not
// cut inside a character.
func (l *Lines) wholeCharacters(n int) int {
	if l.wide != narrow || l.strict {
		return n
	}
	for k := n; k > n-utf8.UTFMax; k-- {
		if utf8.RuneStart(l.buf[l.start+k]) {
			return k
		}
	}
	return n
}

// take gives the text of the n bytes from start on.
func (l *Lines) take(n int) string {
	if l.wide == narrow && !l.strict {
		return l.narrow(l.text[l.start : l.start+n])
	}
	return l.decode(l.buf[l.start : l.start+n])
}

func (l *Lines) unit() int {
	if l.wide == narrow {
		return 1
	}
	return 2
}

// newline gives the place of the next line feed in buf[start:], from the given
// place on, or -1.
func (l *Lines) newline(from int) int {
	b := l.buf[l.start:]
	if l.wide == narrow {
		if from >= len(b) {
			return -1
		}
		if i := bytes.IndexByte(b[from:], '\n'); i >= 0 {
			return from + i
		}
		return -1
	}
	for i := from; i+1 < len(b); {
		j := bytes.IndexByte(b[i:], '\n')
		if j < 0 {
			return -1
		}
		i += j
		at := i &^ 1
		if at+1 < len(b) && l.isUnit(b[at], b[at+1], '\n') {
			return at
		}
		i = at + 2
		if i <= at {
			return -1
		}
	}
	return -1
}

func (l *Lines) isUnit(a, b, c byte) bool {
	if l.wide == wideLE {
		return a == c && b == 0
	}
	return a == 0 && b == c
}

// trimCR takes up to two carriage returns off the end of buf[start:start+end].
func (l *Lines) trimCR(end int) int {
	b := l.buf[l.start : l.start+end]
	for n := 0; n < 2; n++ {
		switch {
		case l.wide == narrow && end > 0 && b[end-1] == '\r':
			end--
		case l.wide != narrow && end > 1 && end%2 == 0 && l.isUnit(b[end-2], b[end-1], '\r'):
			end -= 2
		default:
			return end
		}
	}
	return end
}

// fill reads another block behind what is left.
func (l *Lines) fill() {
	left := copy(l.buf, l.buf[l.start:])
	if cap(l.buf) < left+blockSize {
		l.buf = append(make([]byte, 0, left+blockSize), l.buf[:left]...)
	}
	n, err := io.ReadFull(l.r, l.buf[left:left+blockSize])
	l.buf, l.start = l.buf[:left+n], 0
	l.atEnd(err)
	if l.wide == narrow && !l.strict {
		l.text = string(l.buf)
		l.clean = bytes.IndexByte(l.buf, 0) < 0 && (utf8.Valid(l.buf) || !l.eof && validUTF8Prefix(l.buf))
	}
}

func (l *Lines) atEnd(err error) {
	if err == nil {
		return
	}
	l.eof = true
	if err != io.EOF && err != io.ErrUnexpectedEOF {
		l.err = err
	}
}

// narrow finishes the text of a line that needs no decoding.
func (l *Lines) narrow(s string) string {
	if l.clean {
		return strings.TrimPrefix(s, bomUTF8)
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	s = strings.TrimPrefix(s, bomUTF8)
	if l.dec != nil && !utf8.ValidString(s) {
		if d, err := l.dec.NewDecoder().String(s); err == nil {
			return d
		}
	}
	return s
}

// decode turns the bytes of one line into UTF-8.
func (l *Lines) decode(b []byte) string {
	if l.wide != narrow {
		l.work = decodeWide(l.work, b, l.wide)
		return string(l.work)
	}
	s := strings.ReplaceAll(string(b), "\x00", "")
	if d, err := l.dec.NewDecoder().String(s); err == nil {
		return d
	}
	return s
}
