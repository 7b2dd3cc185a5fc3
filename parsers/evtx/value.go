package evtx

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Types of values [MS-EVEN6 2.2.12.3, BinXml value types].
const (
	typeNull       = 0x00
	typeString     = 0x01
	typeANSI       = 0x02
	typeInt8       = 0x03
	typeUint8      = 0x04
	typeInt16      = 0x05
	typeUint16     = 0x06
	typeInt32      = 0x07
	typeUint32     = 0x08
	typeInt64      = 0x09
	typeUint64     = 0x0A
	typeReal32     = 0x0B
	typeReal64     = 0x0C
	typeBool       = 0x0D
	typeBinary     = 0x0E
	typeGUID       = 0x0F
	typeSizeT      = 0x10
	typeFileTime   = 0x11
	typeSystemTime = 0x12
	typeSID        = 0x13
	typeHex32      = 0x14
	typeHex64      = 0x15
	typeBinXML     = 0x21
	typeEvtXML     = 0x23
	typeArray      = 0x80 // with the type of the items

	typeLost = 0xFF // ours: the value lies outside its record or in a part that was never written
)

// slot is one value of a template instance.
type slot struct {
	off  uint32 // in the chunk
	size uint16
	typ  uint8
}

// epochDelta is the number of seconds from 1601 to 1970.
const epochDelta = 11644473600

// fileTime turns 100 ns units since 1601 into a time in UTC.
func fileTime(ft uint64) time.Time {
	return time.Unix(int64(ft/1e7)-epochDelta, int64(ft%1e7)*100).UTC()
}

// number reads the value as an integer, from text where a record without
// template carries text.
func number(typ uint8, b []byte) (uint64, bool) {
	switch typ {
	case typeInt8, typeUint8, typeInt16, typeUint16, typeInt32, typeUint32, typeInt64, typeUint64, typeHex32, typeHex64, typeSizeT:
		return littleEndian(b)
	case typeString:
		n, err := strconv.ParseUint(string(appendUTF16(nil, trimNULs(b))), 0, 64)
		return n, err == nil
	}
	return 0, false
}

// littleEndian reads an integer of 1, 2, 4 or 8 bytes.
func littleEndian(b []byte) (uint64, bool) {
	switch len(b) {
	case 1:
		return uint64(b[0]), true
	case 2:
		return uint64(binary.LittleEndian.Uint16(b)), true
	case 4:
		return uint64(binary.LittleEndian.Uint32(b)), true
	case 8:
		return binary.LittleEndian.Uint64(b), true
	}
	return 0, false
}

// itemSize gives the size of one item of an array, 0 where it is not fixed.
func itemSize(typ uint8) int {
	switch typ {
	case typeInt8, typeUint8:
		return 1
	case typeInt16, typeUint16:
		return 2
	case typeInt32, typeUint32, typeReal32, typeBool, typeHex32:
		return 4
	case typeInt64, typeUint64, typeReal64, typeFileTime, typeHex64:
		return 8
	case typeGUID, typeSystemTime:
		return 16
	}
	return 0
}

// nextItem splits the first item off an array. Strings end at a NUL.
func nextItem(typ uint8, b []byte) (item, rest []byte) {
	switch typ {
	case typeString:
		for i := 0; i+1 < len(b); i += 2 {
			if b[i] == 0 && b[i+1] == 0 {
				return b[:i], b[i+2:]
			}
		}
		return b, nil
	case typeANSI:
		for i, c := range b {
			if c == 0 {
				return b[:i], b[i+1:]
			}
		}
		return b, nil
	case typeSID:
		if n := sidSize(b); n > 0 {
			return b[:n], b[n:]
		}
		return b, nil
	}
	n := itemSize(typ)
	if n == 0 || n > len(b) {
		return b, nil
	}
	return b[:n], b[n:]
}

// appendValue appends one value, which is no array and no BinXML, as Windows
// writes it into an event's XML [MS-EVEN6 2.2.12.3]. A value whose size does
// not fit its type is given in hexadecimal digits.
func appendValue(dst []byte, typ uint8, b []byte) []byte {
	switch typ {
	case typeNull, typeLost:
		return dst
	case typeString, typeEvtXML:
		return appendUTF16(dst, trimNULs(b))
	case typeANSI:
		return appendANSI(dst, b)
	case typeBool:
		return appendBool(dst, b)
	case typeBinary:
		return appendHex(dst, b)
	case typeGUID:
		return appendGUID(dst, b)
	case typeSystemTime:
		return appendSystemTime(dst, b)
	case typeSID:
		return appendSID(dst, b)
	}
	n, ok := littleEndian(b)
	if !ok {
		return appendHex(dst, b)
	}
	switch typ {
	case typeUint8, typeUint16, typeUint32, typeUint64:
		return strconv.AppendUint(dst, n, 10)
	case typeInt8, typeInt16, typeInt32, typeInt64:
		return strconv.AppendInt(dst, signed(n, len(b)), 10)
	case typeHex32, typeHex64, typeSizeT:
		return strconv.AppendUint(append(dst, '0', 'x'), n, 16)
	case typeReal32, typeReal64:
		return appendReal(dst, n, len(b))
	case typeFileTime:
		return appendFileTime(dst, n, len(b))
	}
	return appendHex(dst, b)
}

// signed extends the sign of an integer of the given size in bytes.
func signed(n uint64, size int) int64 {
	shift := 64 - 8*uint(size)
	return int64(n<<shift) >> shift
}

func appendReal(dst []byte, n uint64, size int) []byte {
	switch size {
	case 4:
		return strconv.AppendFloat(dst, float64(math.Float32frombits(uint32(n))), 'g', -1, 32)
	case 8:
		return strconv.AppendFloat(dst, math.Float64frombits(n), 'g', -1, 64)
	}
	return strconv.AppendUint(dst, n, 10)
}

// appendANSI appends text of the machine's code page. The record does not say
// which; what is not UTF-8 is taken for Windows-1252.
func appendANSI(dst, b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	if utf8.Valid(b) {
		return append(dst, b...)
	}
	for _, c := range b {
		dst = utf8.AppendRune(dst, charmap.Windows1252.DecodeByte(c))
	}
	return dst
}

// appendBool reads booleans of any size: besides the 4 bytes of MS-EVEN6,
// 1, 2 and 8 are seen in real logs.
func appendBool(dst, b []byte) []byte {
	for _, c := range b {
		if c != 0 {
			return append(dst, "true"...)
		}
	}
	return append(dst, "false"...)
}

const upperHex = "0123456789ABCDEF"

func appendHex(dst, b []byte) []byte {
	for _, c := range b {
		dst = append(dst, upperHex[c>>4], upperHex[c&15])
	}
	return dst
}

// appendGUID writes {54849625-5478-4994-A5BA-3E3B0328C30D}.
func appendGUID(dst, b []byte) []byte {
	if len(b) != 16 {
		return appendHex(dst, b)
	}
	var text [38]byte
	order := [16]byte{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15}
	text[0], text[37] = '{', '}'
	at := 1
	for i, o := range order {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			text[at] = '-'
			at++
		}
		text[at], text[at+1] = upperHex[b[o]>>4], upperHex[b[o]&15]
		at += 2
	}
	return append(dst, text[:]...)
}

// appendFileTime writes a FILETIME with all of its seven digits.
func appendFileTime(dst []byte, n uint64, size int) []byte {
	if size != 8 {
		return strconv.AppendUint(dst, n, 10)
	}
	return fileTime(n).AppendFormat(dst, "2006-01-02T15:04:05.0000000Z")
}

// appendSystemTime writes a SYSTEMTIME. One that is no date is given in
// hexadecimal digits.
func appendSystemTime(dst, b []byte) []byte {
	if len(b) != 16 {
		return appendHex(dst, b)
	}
	var f [8]int
	for i := range f {
		f[i] = int(binary.LittleEndian.Uint16(b[2*i:]))
	}
	year, month, day, hour, minute, second, milli := f[0], f[1], f[3], f[4], f[5], f[6], f[7]
	if month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59 || milli > 999 {
		return appendHex(dst, b)
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, milli*1e6, time.UTC)
	return t.AppendFormat(dst, "2006-01-02T15:04:05.000Z")
}

// sidSize gives the size in bytes of the SID at the start of b, 0 if it is
// not whole [MS-DTYP 2.4.2.2].
func sidSize(b []byte) int {
	if len(b) < 8 {
		return 0
	}
	n := 8 + 4*int(b[1])
	if n > len(b) {
		return 0
	}
	return n
}

// appendSID writes S-1-5-18. A SID that is not whole is given in hexadecimal
// digits: a shortened one would name somebody else.
func appendSID(dst, b []byte) []byte {
	n := sidSize(b)
	if n == 0 {
		return appendHex(dst, b)
	}
	dst = append(dst, 'S', '-')
	dst = strconv.AppendUint(dst, uint64(b[0]), 10)
	authority := uint64(binary.BigEndian.Uint16(b[2:]))<<32 | uint64(binary.BigEndian.Uint32(b[4:]))
	dst = append(dst, '-')
	if authority>>32 != 0 {
		dst = append(dst, '0', 'x')
		dst = append(dst, hex.EncodeToString(b[2:8])...)
	} else {
		dst = strconv.AppendUint(dst, authority, 10)
	}
	for i := 8; i < n; i += 4 {
		dst = append(dst, '-')
		dst = strconv.AppendUint(dst, uint64(binary.LittleEndian.Uint32(b[i:])), 10)
	}
	return dst
}
