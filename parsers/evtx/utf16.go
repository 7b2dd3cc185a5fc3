package evtx

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// nonASCII marks the bits that four UTF-16 units of ASCII letters never have.
const nonASCII = 0xFF80FF80FF80FF80

// appendUTF16 appends little-endian UTF-16 text as UTF-8. A lone surrogate
// becomes U+FFFD; an odd last byte is ignored.
func appendUTF16(dst, src []byte) []byte {
	src = src[:len(src)&^1]
	for len(src) >= 8 {
		x := binary.LittleEndian.Uint64(src)
		if x&nonASCII != 0 {
			break
		}
		x |= x >> 8
		x = x&0xFFFF | x>>16&0xFFFF0000
		dst = binary.LittleEndian.AppendUint32(dst, uint32(x))
		src = src[8:]
	}
	for i := 0; i < len(src); {
		u := rune(binary.LittleEndian.Uint16(src[i:]))
		i += 2
		if u < utf8.RuneSelf {
			dst = append(dst, byte(u))
			continue
		}
		if utf16.IsSurrogate(u) {
			u, i = pairAt(src, u, i)
		}
		dst = utf8.AppendRune(dst, u)
	}
	return dst
}

// pairAt joins the surrogate u with the one at src[i:] and gives the character
// and the place after it.
func pairAt(src []byte, u rune, i int) (rune, int) {
	if i+2 > len(src) {
		return utf8.RuneError, i
	}
	r := utf16.DecodeRune(u, rune(binary.LittleEndian.Uint16(src[i:])))
	if r == utf8.RuneError {
		return r, i
	}
	return r, i + 2
}

// trimNULs takes the terminators off the end of UTF-16 text.
func trimNULs(b []byte) []byte {
	b = b[:len(b)&^1]
	for len(b) >= 2 && b[len(b)-2] == 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-2]
	}
	return b
}
