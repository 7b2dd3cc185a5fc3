package parsers

import (
	"strings"
	"unicode/utf8"
)

// AppendXMLText appends text for the content of an element or, quoted, for an
// attribute. Characters that XML 1.0 cannot hold are written as _xHHHH_, as
// PowerShell does.
func AppendXMLText(dst []byte, text string, quoted bool) []byte {
	for _, r := range text {
		switch {
		case r == '&':
			dst = append(dst, "&amp;"...)
		case r == '<':
			dst = append(dst, "&lt;"...)
		case r == '>':
			dst = append(dst, "&gt;"...)
		case r == '"' && quoted:
			dst = append(dst, "&quot;"...)
		case r == '\r':
			dst = append(dst, "&#13;"...) // a reader would drop it
		case r == '\n' && quoted:
			dst = append(dst, "&#10;"...)
		case r == '\t' && quoted:
			dst = append(dst, "&#9;"...)
		default:
			dst = appendXMLChar(dst, r)
		}
	}
	return dst
}

// AppendXMLChars appends text for a CDATA section, comment or instruction, where
// nothing is escaped.
func AppendXMLChars(dst []byte, text string) []byte {
	for _, r := range text {
		dst = appendXMLChar(dst, r)
	}
	return dst
}

const upperHex = "0123456789ABCDEF"

func appendXMLChar(dst []byte, r rune) []byte {
	if IsXMLChar(r) {
		return utf8.AppendRune(dst, r)
	}
	return append(dst, '_', 'x', upperHex[r>>12&15], upperHex[r>>8&15], upperHex[r>>4&15], upperHex[r&15], '_')
}

// IsXMLChar reports whether XML 1.0 can hold r [XML 1.0, 2.2].
func IsXMLChar(r rune) bool {
	return r >= ' ' && r != 0xFFFE && r != 0xFFFF || r == '\t' || r == '\n' || r == '\r'
}

// AppendXMLName appends the name of an element or attribute. What cannot stand
// in a name becomes "_".
func AppendXMLName(dst []byte, name string) []byte {
	prefix, local, ok := strings.Cut(name, ":")
	if ok && prefix != "" && local != "" && isXMLNameChar([]rune(local)[0], true) {
		dst = append(appendXMLPart(dst, prefix), ':')
		return appendXMLPart(dst, local)
	}
	return appendXMLPart(dst, name)
}

func appendXMLPart(dst []byte, name string) []byte {
	for i, r := range name {
		if !isXMLNameChar(r, i == 0) {
			r = '_'
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// IsXMLName reports whether name can stand as it is.
func IsXMLName(name string) bool { return string(AppendXMLName(nil, name)) == name }

// isXMLNameChar goes by the fourth edition of XML 1.0, which every reader
// accepts, and leaves out its rarer scripts.
func isXMLNameChar(r rune, first bool) bool {
	switch {
	case r|0x20 >= 'a' && r|0x20 <= 'z', r == '_':
		return true
	case r >= '0' && r <= '9', r == '-', r == '.':
		return !first
	}
	return r >= 0xC0 && r <= 0xFF && r != 0xD7 && r != 0xF7 || // Latin
		r >= 0x3A3 && r <= 0x3CE || r >= 0x410 && r <= 0x44F || // Greek, Cyrillic
		r >= 0x3041 && r <= 0x3094 || r >= 0x30A1 && r <= 0x30FA || // kana
		r >= 0x4E00 && r <= 0x9FA5 || r >= 0xAC00 && r <= 0xD7A3 // Han, Hangul
}
