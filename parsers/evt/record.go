package evt

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"kbdiag/parsers"
)

// Types of events [MS-EVEN 2.2.2].
const (
	typeSuccess      = 0
	typeError        = 1
	typeWarning      = 2
	typeInformation  = 4
	typeAuditSuccess = 8
	typeAuditFailure = 16
)

// textBlock is the size of the blocks that the text of events is kept in, in
// bytes.
const textBlock = 64 << 10

// decoder turns records into events. What an event has of it is valid until
// the next one.
type decoder struct {
	block   strings.Builder
	scratch []byte
	strings []string
	data    [1]parsers.Named
	system  [2]parsers.Named
	source  memo
	host    memo
}

// memo is the last text of a kind and its bytes: sources and computers repeat.
type memo struct{ raw, text string }

// decode reads the record that b holds from its first to its last byte
// [MS-EVEN 2.2.3, EVENTLOGRECORD]. It reports false if there is no source and
// so nothing to tell the event by.
func (d *decoder) decode(b []byte, e *parsers.Event) bool {
	if !d.names(b, e) {
		return false
	}
	e.SetID(le32(b[20:]))
	e.Known |= parsers.FieldQualifiers // all 32 bits are there
	e.SetLevel(levelOf(le16(b[24:])))
	if le16(b[28:]) == 0 {
		e.Set(parsers.FieldCategory, "") // only the message file names the others
	}
	if t := le32(b[12:]); t != 0 {
		e.SetTime(time.Unix(int64(t), 0).UTC(), parsers.ZoneUTC)
	}
	setNumber(e, le32(b[8:]))
	d.user(b, e)
	d.texts(b, e)
	d.binary(b, e)
	d.more(b, e)
	return true
}

// more stores what the record says beside the event's fields, where it says
// something: the number of the category, and the time at which it was written.
func (d *decoder) more(b []byte, e *parsers.Event) {
	more := d.system[:0]
	if n := le16(b[28:]); n != 0 {
		d.scratch = strconv.AppendUint(d.scratch[:0], uint64(n), 10)
		more = append(more, parsers.Named{Name: "Task", Value: d.keep(d.scratch)})
	}
	if t := le32(b[16:]); t != 0 && t != le32(b[12:]) {
		d.scratch = time.Unix(int64(t), 0).UTC().AppendFormat(d.scratch[:0], time.RFC3339)
		more = append(more, parsers.Named{Name: "TimeWritten", Value: d.keep(d.scratch)})
	}
	if len(more) > 0 {
		e.System = more
	}
}

// names starts the event with what stands behind the fixed part of a record:
// source and computer.
func (d *decoder) names(b []byte, e *parsers.Event) bool {
	*e = parsers.Event{}
	source, rest, ok := cutString(b[recordHead : len(b)-4])
	if !ok || len(source) == 0 {
		return false
	}
	e.Set(parsers.FieldProvider, d.repeated(&d.source, source))
	if host, _, ok := cutString(rest); ok {
		e.Set(parsers.FieldHost, d.repeated(&d.host, host))
	}
	return true
}

func setNumber(e *parsers.Event, n uint32) {
	e.Pos.Record = uint64(n)
	e.Known |= parsers.FieldRecord
}

func levelOf(typ uint16) parsers.Level {
	switch typ {
	case typeError:
		return parsers.LevelError
	case typeWarning:
		return parsers.LevelWarning
	case typeSuccess, typeInformation: // success is shown as information
		return parsers.LevelInformation
	case typeAuditSuccess:
		return parsers.LevelAuditSuccess
	case typeAuditFailure:
		return parsers.LevelAuditFailure
	}
	return parsers.LevelUnknown
}

// part gives the size bytes at offset of a record, which must lie behind its
// fixed part and before its last size.
func part(b []byte, offset, size uint32) ([]byte, bool) {
	end := uint64(offset) + uint64(size)
	if offset < recordHead || end > uint64(len(b)-4) {
		return nil, false
	}
	return b[offset:end], true
}

// user stores the account, which the log has as a SID. The offset of one that
// is not there may be anything.
func (d *decoder) user(b []byte, e *parsers.Event) {
	size := le32(b[40:])
	if size == 0 {
		e.Set(parsers.FieldUser, "")
		return
	}
	sid, ok := part(b, le32(b[44:]), size)
	if !ok {
		return
	}
	d.scratch = appendSID(d.scratch[:0], sid)
	if len(d.scratch) > 0 {
		e.Set(parsers.FieldUser, d.keep(d.scratch))
	}
}

// texts stores the insertion strings. Where there are fewer than the record
// says, those that are there are given, as a text that was cut; where there is
// none, they are unknown.
func (d *decoder) texts(b []byte, e *parsers.Event) {
	n := int(le16(b[26:]))
	d.strings = d.strings[:0]
	rest := stringArea(b)
	for len(d.strings) < n {
		s, after, ok := cutString(rest)
		if !ok {
			if s = rest[:len(rest)&^1]; len(s) > 0 { // without its NUL
				d.strings = append(d.strings, d.text(s))
			}
			break
		}
		rest = after
		d.strings = append(d.strings, d.text(s))
	}
	if n > 0 && len(d.strings) == 0 {
		return
	}
	e.Strings = d.strings
	e.Truncated = len(d.strings) < n
	e.Known |= parsers.FieldStrings
}

// stringArea gives the part of a record that its strings can be in: from their
// offset to what comes next, the SID, the data or the end. It is empty if the
// offset is wrong.
func stringArea(b []byte) []byte {
	from, end := le32(b[36:]), uint32(len(b)-4)
	for _, at := range [2]int{40, 48} { // size and offset
		size, offset := le32(b[at:]), le32(b[at+4:])
		if size > 0 && offset >= from && offset < end {
			end = offset
		}
	}
	area, _ := part(b, from, max(end, from)-from)
	return area
}

// binary stores the event's data as newer logs have it: as the value Binary,
// in hexadecimal digits.
func (d *decoder) binary(b []byte, e *parsers.Event) {
	size := le32(b[48:])
	if size == 0 {
		e.Known |= parsers.FieldData
		return
	}
	data, ok := part(b, le32(b[52:]), size)
	if !ok {
		return
	}
	d.scratch = d.scratch[:0]
	d.scratch = hex.AppendEncode(d.scratch, data)
	for i, c := range d.scratch {
		if c >= 'a' {
			d.scratch[i] = c - 'a' + 'A'
		}
	}
	d.data[0] = parsers.Named{Name: "Binary", Value: d.keep(d.scratch)}
	e.Data = d.data[:]
	e.Known |= parsers.FieldData
}

// cutString splits the first string, which ends with a NUL, off b.
func cutString(b []byte) (s, rest []byte, ok bool) {
	for i := 0; i+1 < len(b); i += 2 {
		if b[i] == 0 && b[i+1] == 0 {
			return b[:i], b[i+2:], true
		}
	}
	return nil, nil, false
}

func (d *decoder) repeated(m *memo, raw []byte) string {
	if string(raw) != m.raw {
		m.raw, m.text = string(raw), d.text(raw)
	}
	return m.text
}

// text gives UTF-16 text as UTF-8.
func (d *decoder) text(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	d.scratch = d.scratch[:0]
	for i := 0; i+1 < len(b); {
		r := rune(le16(b[i:]))
		i += 2
		if r < utf8.RuneSelf {
			d.scratch = append(d.scratch, byte(r))
			continue
		}
		if r >= 0xD800 && r < 0xE000 {
			r, i = pair(b, r, i)
		}
		d.scratch = utf8.AppendRune(d.scratch, r)
	}
	return d.keep(clean(d.scratch))
}

// clean makes text, in place, what the same event has that was exported as
// text: LF as line end, no line ends around it, nothing for blanks.
func clean(b []byte) []byte {
	if bytes.IndexByte(b, '\r') >= 0 {
		out := b[:0]
		for i := range b {
			if b[i] == '\r' && (bytes.HasPrefix(b[i+1:], []byte("\n")) || bytes.HasPrefix(b[i+1:], []byte("\r\n"))) {
				continue
			}
			out = append(out, b[i])
		}
		b = out
	}
	if len(b) == 0 || b[0] > ' ' && b[len(b)-1] > ' ' {
		return b
	}
	b = bytes.Trim(b, "\r\n")
	if len(bytes.TrimSpace(b)) == 0 {
		return nil
	}
	return b
}

// pair joins the surrogate r with the one at b[i:] and gives the character and
// the place behind it.
func pair(b []byte, r rune, i int) (rune, int) {
	if r >= 0xDC00 || i+1 >= len(b) {
		return utf8.RuneError, i
	}
	low := rune(le16(b[i:]))
	if low < 0xDC00 || low >= 0xE000 {
		return utf8.RuneError, i
	}
	return (r-0xD800)<<10 + low - 0xDC00 + 0x10000, i + 2
}

// keep copies b into the current block.
func (d *decoder) keep(b []byte) string {
	if d.block.Cap()-d.block.Len() < len(b) {
		d.block.Reset()
		d.block.Grow(max(textBlock, len(b)))
	}
	from := d.block.Len()
	d.block.Write(b)
	return d.block.String()[from:]
}

// appendSID writes S-1-5-18 [MS-DTYP 2.4.2]. Nothing is written for one that
// is not whole: a shortened one would name somebody else.
func appendSID(dst, b []byte) []byte {
	if len(b) < 8 || len(b) < 8+4*int(b[1]) {
		return dst
	}
	authority := uint64(0)
	for _, c := range b[2:8] {
		authority = authority<<8 | uint64(c)
	}
	dst = strconv.AppendUint(append(dst, 'S', '-'), uint64(b[0]), 10)
	dst = strconv.AppendUint(append(dst, '-'), authority, 10)
	for i := range int(b[1]) {
		dst = strconv.AppendUint(append(dst, '-'), uint64(le32(b[8+4*i:])), 10)
	}
	return dst
}

// looksWhole reports whether a record whose head may be damaged can be read:
// its source and computer are text of a sensible length.
func looksWhole(b []byte) bool {
	if len(b) < recordHead+8 {
		return false
	}
	source, rest, ok := cutString(b[recordHead : len(b)-4])
	if !ok || !isName(source) {
		return false
	}
	host, _, ok := cutString(rest)
	return ok && isName(host)
}

// isName reports whether UTF-16 text may be the name of a source or computer:
// not empty, not long, without control characters.
func isName(b []byte) bool {
	if len(b) == 0 || len(b) > 2*256 {
		return false
	}
	for i := 0; i+1 < len(b); i += 2 {
		if le16(b[i:]) < ' ' {
			return false
		}
	}
	return true
}
