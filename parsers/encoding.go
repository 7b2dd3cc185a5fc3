package parsers

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Names of encodings in reports.
const (
	encUTF8    = "utf-8"
	encUTF8BOM = "utf-8 bom"
	encUTF16LE = "utf-16le"
	encUTF16BE = "utf-16be"
	encBinary  = "binary"
)

// NewHead looks at the beginning of an input and tells its encoding.
func NewHead(raw []byte, whole bool) *Head {
	h := &Head{Raw: raw, Whole: whole, Encoding: detectEncoding(raw)}
	if h.Encoding == encBinary {
		return h
	}
	l := newLines(bytes.NewReader(raw), h)
	var b strings.Builder
	for {
		t, ok := l.Next()
		if !ok {
			break
		}
		b.WriteString(t.Text)
		b.WriteByte('\n')
	}
	h.Text = b.String()
	return h
}

// detectEncoding goes by the byte order mark, then UTF-8, then the places of
// NUL bytes, and only then by statistics, which take cp1252, cp850 and cp437
// for one another.
func detectEncoding(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte(bomUTF8)):
		return encUTF8BOM
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}) && !bytes.HasPrefix(b, []byte{0xFF, 0xFE, 0, 0}):
		return encUTF16LE
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		return encUTF16BE
	}
	if wide := wideByNULs(b); wide != "" {
		return wide
	}
	if looksBinary(b) {
		return encBinary
	}
	if validUTF8Prefix(b) {
		return encUTF8
	}
	return guessCodePage(b)
}

// wideByNULs recognises UTF-16 without a byte order mark: text of mostly
// Latin letters has a NUL in every second place.
func wideByNULs(b []byte) string {
	if len(b) < 4 {
		return ""
	}
	b = b[:len(b)&^1]
	var even, odd int
	for i := 0; i < len(b); i += 2 {
		if b[i] == 0 {
			even++
		}
		if b[i+1] == 0 {
			odd++
		}
	}
	units := len(b) / 2
	switch {
	case odd*10 >= units*7 && even*20 <= units:
		return encUTF16LE
	case even*10 >= units*7 && odd*20 <= units:
		return encUTF16BE
	}
	return wideByLines(b)
}

// wideByLines recognises UTF-16 without a byte order mark of other letters than
// Latin: it has line ends of two bytes, in the right places, and all else are
// characters of texts.
func wideByLines(b []byte) string {
	if bytes.IndexByte(b, 0) < 0 {
		return ""
	}
	switch {
	case mostlyText(b, wideLE):
		return encUTF16LE
	case mostlyText(b, wideBE):
		return encUTF16BE
	}
	return ""
}

// mostlyText reports whether at least 97 of 100 units of UTF-16 are characters
// that texts have, one in twenty is of ASCII, and some are line ends.
func mostlyText(b []byte, w wideness) bool {
	text, ascii, ends := 0, 0, 0
	for i := 0; i+1 < len(b); i += 2 {
		switch r := wideUnit(b[i:], w); {
		case r == '\n':
			ends++
			text++
		case r == '\r', r == '\t', r >= ' ' && r < 0x7F:
			ascii++
			text++
		case r >= 0xA0 && r < 0x0600, r >= 0x0600 && r < 0x0700, r >= 0x0E00 && r < 0x0E80, r >= 0x2000 && r < 0x2700,
			r >= 0x3000 && r < 0xA000, r >= 0xAC00 && r < 0xD7B0, r >= 0xFF00 && r < 0xFFF0, r == 0xFEFF:
			text++
		}
	}
	units := len(b) / 2
	return ends > 0 && text*100 >= units*97 && (ascii+ends)*20 >= units
}

// zeroRun is from how many NULs in a row on they are taken for a stretch of a
// file that was never written, as a crash leaves behind, and not for content.
const zeroRun = 16

// looksBinary tells bytes that are no text: more than one in ten is a control
// character that texts and terminal captures do not have. Stretches of NULs do
// not count, unless there is nothing else.
func looksBinary(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	bad, written := 0, 0
	for i := 0; i < len(b); i++ {
		c := b[i]
		if c == 0 {
			run := i
			for run < len(b) && b[run] == 0 {
				run++
			}
			if run-i >= zeroRun {
				i = run - 1
				continue
			}
		}
		written++
		switch {
		case c >= 0x20, c == '\t', c == '\n', c == '\r', c == '\f', c == '\b', c == 0x1B, c == 0x07, c == 0x1A:
		default:
			bad++
		}
	}
	return written == 0 || bad*10 > written
}

// validUTF8Prefix allows a character that the end of b cuts.
func validUTF8Prefix(b []byte) bool {
	for i := 0; i < utf8.UTFMax && i <= len(b); i++ {
		if utf8.Valid(b[:len(b)-i]) {
			return i == 0 || !utf8.FullRune(b[len(b)-i:])
		}
	}
	return false
}

func highShare(b []byte) float64 {
	n := 0
	for _, c := range b {
		if c >= 0x80 {
			n++
		}
	}
	return float64(n) / float64(max(1, len(b)))
}

// encodingByName knows the names that detection gives. The IANA index has no
// cp1252 and no cp932.
func encodingByName(name string) encoding.Encoding {
	if enc := singleByte(name); enc != nil {
		return enc
	}
	switch name {
	case "shift_jis", "cp932":
		return japanese.ShiftJIS
	case "gb2312", "gbk", "gb18030":
		return simplifiedchinese.GB18030
	}
	enc, err := ianaindex.IANA.Encoding(name)
	if err != nil {
		return nil
	}
	return enc
}

// decoderFor gives how the lines of an input are decoded. A UTF-8 input may
// still hold lines that are not: those are read as cp1252.
func decoderFor(h *Head) (wideness, encoding.Encoding, bool) {
	switch h.Encoding {
	case encUTF16LE:
		return wideLE, nil, false
	case encUTF16BE:
		return wideBE, nil, false
	case encUTF8, encUTF8BOM, encBinary, "":
		return narrow, charmap.Windows1252, false
	}
	if enc := encodingByName(h.Encoding); enc != nil {
		return narrow, enc, multiByte(h.Encoding)
	}
	return narrow, charmap.Windows1252, false
}

// multiByte tells code pages whose lines may by chance be valid UTF-8, and so
// must be decoded always.
func multiByte(name string) bool {
	switch name {
	case "shift_jis", "cp932", "euc-jp", "gb2312", "gbk", "gb18030", "big5", "euc-kr":
		return true
	}
	return false
}

// decodeWide turns UTF-16 into UTF-8, without NUL and byte order marks. Halves
// of characters become U+FFFD. buf is used for the work.
func decodeWide(buf, b []byte, w wideness) []byte {
	buf = buf[:0]
	for len(b) >= 2 {
		if n := appendASCII(&buf, b, w); n > 0 {
			b = b[n:]
			continue
		}
		r := wideUnit(b, w)
		b = b[2:]
		if utf16.IsSurrogate(r) {
			pair := unicode.ReplacementChar
			if len(b) >= 2 {
				pair = utf16.DecodeRune(r, wideUnit(b, w))
			}
			if r = pair; pair != unicode.ReplacementChar {
				b = b[2:]
			}
		}
		if r != 0 && r != 0xFEFF {
			buf = utf8.AppendRune(buf, r)
		}
	}
	return buf
}

// appendASCII appends the characters that b begins with as long as they are
// ASCII, four at a time, and gives how many bytes of b they took.
func appendASCII(buf *[]byte, b []byte, w wideness) int {
	shift := 0
	if w == wideBE {
		shift = 8
	}
	out, n := *buf, 0
	for ; n+8 <= len(b); n += 8 {
		v := binary.LittleEndian.Uint64(b[n:])
		v = v>>shift | v<<(64-shift)
		// Neither a high byte nor bit 7, and no unit of 0.
		if v&0xFF80FF80FF80FF80 != 0 || (v-0x0001000100010001)&0x8000800080008000 != 0 {
			break
		}
		out = append(out, byte(v), byte(v>>16), byte(v>>32), byte(v>>48))
	}
	*buf = out
	return n
}

func wideUnit(b []byte, w wideness) rune {
	if w == wideBE {
		return rune(b[0])<<8 | rune(b[1])
	}
	return rune(b[1])<<8 | rune(b[0])
}

// DecodeUTF16 turns UTF-16 into UTF-8 and gives how many bytes it read: half a
// character at the end is left for more to come, or left out at the end of the
// input. A half of a pair alone becomes U+FFFD.
func DecodeUTF16(b []byte, bigEndian, end bool) (text string, read int) {
	unit := func(i int) rune {
		if bigEndian {
			return rune(b[i])<<8 | rune(b[i+1])
		}
		return rune(b[i+1])<<8 | rune(b[i])
	}
	out := make([]byte, 0, len(b)/2+16)
	i := 0
	for ; i+1 < len(b); i += 2 {
		r := unit(i)
		if utf16.IsSurrogate(r) {
			if i+3 >= len(b) && !end {
				break
			}
			if i+3 < len(b) {
				if d := utf16.DecodeRune(r, unit(i+2)); d != utf8.RuneError {
					out = utf8.AppendRune(out, d)
					i += 2
					continue
				}
			}
			r = utf8.RuneError
		}
		out = utf8.AppendRune(out, r)
	}
	if end {
		i = len(b)
	}
	return string(out), i
}
