package parsers

import (
	"strconv"
	"strings"
)

// Codes finds the error codes in a text and gives them normalised, each once,
// in the order of their places. One code has one form, however it is written:
//
//	"0x80070005"    HRESULT and other 32-bit codes: 0x80070005, 80070005 after
//	                "error", 2147942405, -2147024891, E_ACCESSDENIED
//	"nt:0xc000006d" NTSTATUS [MS-ERREF 2.3]: 0xC000006D, c000006d, 3221225581,
//	                STATUS_LOGON_FAILURE; also inside an HRESULT, 0xD000006D
//	"-1018"         JET and ESE: -1018, 0xFFFFFC06, 4294966278, 0xC80003FA
//	                (as Exchange wraps it), JET_errReadVerifyFailure
//	"win32:5"       Win32 and Winsock [MS-ERREF 2.2]: "error 5", "Error: 0x5",
//	                "error code 00000005", %%5, ERROR_ACCESS_DENIED
//	"ldap:49"       LDAP result [RFC 4511]: "LDAP error 49", "ldap: 0x31"
//	"stop:0x0000007b" bug check: "STOP 0x7B", "bugcheck was: 0x0000007b"
//
// A number is a code only by its shape or by the words before it: a process
// id, an address, a size, a time or the parameters of a bug check are none. 0
// is no error. An HRESULT that wraps a Win32 code keeps its own form, because
// the two are not printed by the same programs.
func Codes(text string) []string { return AppendCodes(nil, text) }

// AppendCodes adds the codes of text to list, those it has already left out.
func AppendCodes(list []string, text string) []string {
	if len(text) < minCode {
		return list
	}
	s := codeScan{text: text, list: list}
	for i := 0; i < len(text); {
		c := text[i]
		if !joins(c) {
			i++
			continue
		}
		switch {
		case c >= '0' && c <= '9':
			i = s.number(i)
			continue
		case i+8 <= len(text) && hexValue(c) < 16 && hexValue(text[i+7]) < 16:
			if s.bare(i, 8) {
				i += 8
				continue
			}
		}
		end := wordEnd(text, i)
		if c >= 'A' && c <= 'Z' && end-i > 5 && text[i+1] < 'a' { // no name has a small letter there
			s.name(text[i:end])
		}
		i = end
	}
	return s.list
}

// Code normalises one code that a person wrote, such as in a rule: in a form
// that Codes gives, or as programs print it. A bare decimal number is a Win32
// code. It reports false if it is no code.
func Code(literal string) (string, bool) {
	for _, p := range [...]struct {
		prefix string
		kind   codeKind
	}{{"win32:", win32Code}, {"ldap:", ldapCode}, {"stop:", stopCode}, {"nt:", plainCode}} {
		if len(literal) > len(p.prefix) && literal[:len(p.prefix)] == p.prefix {
			v, ok := parseLiteral(literal[len(p.prefix):])
			return format(v, p.kind), ok && v != 0
		}
	}
	if c, ok := codeNames[literal]; ok {
		return c, true
	}
	v, ok := parseLiteral(literal)
	return format(v, plainCode), ok && v != 0
}

// parseLiteral reads a decimal number, with or without a sign, or a
// hexadecimal one, into the 32 bits that both stand for. Eight digits are
// hexadecimal.
func parseLiteral(s string) (uint32, bool) {
	if len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' {
		v, err := strconv.ParseUint(s[2:], 16, 32)
		return uint32(v), err == nil
	}
	if v, err := strconv.ParseUint(s, 16, 32); err == nil && len(s) == 8 {
		return uint32(v), true
	}
	v, err := strconv.ParseInt(s, 10, 64)
	return uint32(v), err == nil && v >= -1<<31 && v < 1<<32
}

// minCode is the length of the shortest text with a code in it: "%%5".
const minCode = 3

// codeScan is the state of looking through one text.
type codeScan struct {
	text string
	list []string
}

// codeKind says which family a number belongs to, where words tell.
type codeKind uint8

const (
	plainCode codeKind = iota // by its value
	win32Code
	ldapCode
	stopCode
)

func (s *codeScan) add(v uint32, k codeKind) {
	if v == 0 {
		return
	}
	var buf [24]byte
	code := appendCode(buf[:0], v, k)
	for _, c := range s.list {
		if c == string(code) {
			return
		}
	}
	s.list = append(s.list, string(code))
}

func format(v uint32, k codeKind) string { return string(appendCode(nil, v, k)) }

// appendCode writes the normal form of a 32-bit value.
func appendCode(b []byte, v uint32, k codeKind) []byte {
	switch {
	case k == stopCode:
		return appendHex(append(b, "stop:"...), v)
	case k == ldapCode:
		return strconv.AppendUint(append(b, "ldap:"...), uint64(v), 10)
	case v>>24 == 0xC0: // severity error, facility of the system
		return appendHex(append(b, "nt:"...), v)
	case v>>24 == 0xD0: // FACILITY_NT_BIT
		return appendHex(append(b, "nt:"...), v&^0x10000000)
	case v>>16 == 0xC800 && v&0xFFFF != 0: // Exchange: a JET error without its sign
		return strconv.AppendInt(b, -int64(v&0xFFFF), 10)
	case v >= 0xFFFF0000:
		return strconv.AppendInt(b, int64(int32(v)), 10)
	case v <= 0xFFFF:
		return strconv.AppendUint(append(b, "win32:"...), uint64(v), 10)
	}
	return appendHex(b, v)
}

func appendHex(b []byte, v uint32) []byte {
	const digits = "0123456789abcdef"
	b = append(b, "0x"...)
	for shift := 28; shift >= 0; shift -= 4 {
		b = append(b, digits[v>>shift&15])
	}
	return b
}

// number reads the token that begins with the digit at i, and gives its end.
func (s *codeScan) number(i int) int {
	t := s.text
	if t[i] == '0' && i+2 < len(t) && t[i+1]|0x20 == 'x' && hexValue(t[i+2]) < 16 {
		return s.hex(i)
	}
	if s.bare(i, 8) {
		return i + 8
	}
	end := i
	var v uint64
	for end < len(t) && t[end] >= '0' && t[end] <= '9' && end-i < 12 {
		v = v*10 + uint64(t[end]-'0')
		end++
	}
	stop := wordEnd(t, end)
	if stop > end || v >= 1<<32 || v == 0 || s.compound(i, end) {
		return stop
	}
	s.decimal(i, end, v)
	return end
}

// hex reads a number with the prefix 0x at i.
func (s *codeScan) hex(i int) int {
	t := s.text
	end := i + 2
	var v uint64
	for end < len(t) && hexValue(t[end]) < 16 && end-i < 18 {
		v = v<<4 | uint64(hexValue(t[end]))
		end++
	}
	digits := end - i - 2
	if end < len(t) && t[end]|0x20 == 'l' { // as in C
		end++
	}
	stop := wordEnd(t, end)
	if stop > end || digits > 8 && (digits != 16 || v>>31 != 1<<33-1) || end+1 < len(t) && t[end] == '.' && joins(t[end+1]) {
		return stop
	}
	w := s.before(i)
	code := uint32(v)
	switch {
	case w.kind == stopCode:
		s.add(code, stopCode)
		return s.parameters(end)
	case w.kind == ldapCode && code <= 0xFF:
		s.add(code, ldapCode)
	case code >= 0x80000000:
		if !w.other && !s.listed(i, end) {
			s.add(code, plainCode)
		}
	case w.strong || w.weak && code <= 0xFFFF:
		s.add(code, plainCode)
	}
	return end
}

// bare reads a code of n hexadecimal digits without a prefix at i. It reports
// false if there is none.
func (s *codeScan) bare(i, n int) bool {
	t := s.text
	if i+n > len(t) || i+n < len(t) && joins(t[i+n]) {
		return false
	}
	var v uint32
	for k := i; k < i+n; k++ {
		d := hexValue(t[k])
		if d > 15 {
			return false
		}
		v = v<<4 | uint32(d)
	}
	if i > 0 && (t[i-1] == '-' || t[i-1] == '.' || t[i-1] == '{' || t[i-1] == '\\' || t[i-1] == '/') {
		return false
	}
	c := t[i] | 0x20
	w := s.before(i)
	w.code = w.code || hasSuffixAt(t, i, "ID no: ") // as Exchange prints it
	if i+n+1 < len(t) && joins(t[i+n+1]) && (t[i+n] == '-' && !s.pairOfCodes(i+n) || t[i+n] == '.' && !w.strong) {
		return false // a GUID, a file name
	}
	switch {
	case w.code && v >= 0x80000000:
	case w.other && !w.strong:
		return false
	case c == 'c' && t[i+1] == '0' && t[i+2] == '0' && t[i+3] == '0':
	case v >= 0x80000000 && (w.strong || w.weak || s.bracketed(i, i+n) || hasPrefixAt(t, i+n, ": LdapErr")):
	case t[i] == '0' && v <= 0xFFFF && w.strong:
	default:
		return false
	}
	s.add(v, plainCode)
	return true
}

// pairOfCodes reports whether at i stands a hyphen and eight more hexadecimal
// digits, as Exchange prints an error with its context.
func (s *codeScan) pairOfCodes(i int) bool {
	t := s.text[i+1:]
	if len(t) < 8 || len(t) > 8 && joins(t[8]) {
		return false
	}
	for k := 0; k < 8; k++ {
		if hexValue(t[k]) > 15 {
			return false
		}
	}
	return true
}

// Bounds of decimal codes.
const (
	maxWin32      = 0xFFFF
	maxJET        = 9999
	maxPercent    = 1499  // most %%n above are parameter strings, not messages of the system
	minRPC        = 1700  // RPC_S_INVALID_STRING_BINDING
	maxRPC        = 1791  // RPC_S_CALL_IN_PROGRESS
	minWinsock    = 10004 // WSAEINTR
	maxWinsock    = 11999
	minLargeMinus = 1 << 20
)

// decimal takes a decimal number from i to end.
func (s *codeScan) decimal(i, end int, v uint64) {
	t := s.text
	if i > 1 && t[i-1] == '%' {
		if t[i-2] == '%' && (v <= maxPercent || v >= minRPC && v <= maxRPC || v >= minWinsock && v <= maxWinsock) {
			s.add(uint32(v), win32Code)
		}
		return
	}
	if i > 0 && (t[i-1] == '-' || hasSuffixAt(t, i, "\u2212")) {
		s.negative(i, end, v)
		return
	}
	if i > 0 && (t[i-1] == '.' || t[i-1] == '/' || t[i-1] == '\\' || t[i-1] == '$' || t[i-1] == '%') {
		return
	}
	if v > maxWin32 && v < 0x80000000 {
		return // no words make a code of it
	}
	w := s.before(i)
	switch {
	case w.kind == ldapCode && v <= 0xFF && (w.strong || w.weak || w.code || s.bracketed(i, end)):
		s.add(uint32(v), ldapCode)
	case w.kind == dataCode:
		if h, err := strconv.ParseUint(t[i:end], 16, 16); err == nil {
			s.add(uint32(h), win32Code)
		}
	case w.other:
	case v >= 0x80000000 && (w.strong || w.weak || w.code):
		s.add(uint32(v), plainCode)
	case v <= maxWin32 && w.strong && w.kind != stopCode:
		s.add(uint32(v), win32Code)
	}
}

// dataCode is the hexadecimal Win32 code that Active Directory prints behind
// "data" in an LdapErr text.
const dataCode codeKind = 100

// negative takes a decimal number with a minus sign before i.
func (s *codeScan) negative(i, end int, v uint64) {
	t := s.text
	sign := i - 1
	if t[sign] != '-' {
		sign = i - len("\u2212")
	}
	if v > 1<<31 || sign > 0 && (joins(t[sign-1]) || t[sign-1] == ')' || t[sign-1] == '}') {
		return
	}
	w := s.before(sign)
	code := uint32(-int64(v))
	switch {
	case w.other:
	case v >= minLargeMinus:
		s.add(code, plainCode)
	case v <= maxJET && (w.strong || w.weak || w.code):
		s.add(code, plainCode)
	case v >= 100 && v <= maxJET && sign > 0 && t[sign-1] == '(' && end < len(t) && t[end] == ')':
		s.add(code, plainCode)
	}
}

// compound reports whether the decimal number from i to end is a part of a
// date, a time, a version, an address, a range or a share.
func (s *codeScan) compound(i, end int) bool {
	t := s.text
	if end < len(t) {
		next := end+1 < len(t) && t[end+1] >= '0' && t[end+1] <= '9'
		switch c := t[end]; {
		case c == '%':
			return true
		case next && (c == '.' || c == ':' || c == '/' || c == '-' || c == ','):
			return true
		case c == '\\':
			return true
		}
	}
	if i > 1 && (t[i-1] == ':' || t[i-1] == ',' || t[i-1] == '-') && t[i-2] >= '0' && t[i-2] <= '9' {
		return true
	}
	return false
}

// listed reports whether the token stands in a list in brackets, such as the
// two halves of a logon id or the parameters of an exception.
func (s *codeScan) listed(i, end int) bool {
	t := s.text
	if i > 0 && t[i-1] == ',' {
		return true
	}
	return i > 0 && t[i-1] == '(' && end < len(t) && t[end] == ','
}

// bracketed reports whether brackets stand around the token.
func (s *codeScan) bracketed(i, end int) bool {
	t := s.text
	return i > 0 && end < len(t) && (t[i-1] == '(' && t[end] == ')' || t[i-1] == '[' && t[end] == ']')
}

// parameters passes over the bracketed parameters of a bug check.
func (s *codeScan) parameters(i int) int {
	t := s.text
	k := i
	for k < len(t) && (t[k] == ' ' || t[k] == '\n' || t[k] == ',') {
		k++
	}
	if k == len(t) || t[k] != '(' {
		return i
	}
	for n := 0; k < len(t) && n < 200; n++ {
		if t[k] == ')' {
			return k + 1
		}
		k++
	}
	return i
}

// name takes a symbolic name.
func (s *codeScan) name(word string) {
	if word[0] != 'W' && strings.IndexByte(word, '_') < 0 {
		return // only those of Winsock have none
	}
	code, ok := codeNames[word]
	if !ok {
		return
	}
	for _, c := range s.list {
		if c == code {
			return
		}
	}
	s.list = append(s.list, code)
}

// wordEnd gives the end of the word that goes on at i.
func wordEnd(t string, i int) int {
	for i < len(t) && joins(t[i]) {
		i++
	}
	return i
}

// joins reports whether a byte goes on with an ASCII word. Scripts that put no
// blanks between words may stand right before and behind a number.
func joins(c byte) bool { return joining[c] }

var joining = func() (set [256]bool) {
	for c := range set {
		b := byte(c)
		set[c] = b >= '0' && b <= '9' || isASCIILetter(b) || b == '_'
	}
	return set
}()

// hexValue gives the value of a hexadecimal digit, 255 if c is none.
func hexValue(c byte) byte { return hexValues[c] }

var hexValues = func() (values [256]byte) {
	for c := range values {
		values[c] = 255
	}
	for v, c := range []byte("0123456789abcdef") {
		values[c] = byte(v)
	}
	for v, c := range []byte("ABCDEF") {
		values[c] = byte(10 + v)
	}
	return values
}()

func hasPrefixAt(t string, i int, p string) bool {
	return i+len(p) <= len(t) && t[i:i+len(p)] == p
}

func hasSuffixAt(t string, i int, p string) bool {
	return i >= len(p) && t[i-len(p):i] == p
}
