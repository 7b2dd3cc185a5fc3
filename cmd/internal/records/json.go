// Package records prints events and sessions: one file a format.
package records

import (
	"math/bits"
	"strconv"
	"unicode/utf8"

	"kbdiag/engine"
	"kbdiag/parsers"
)

// object writes one JSON object into a buffer. Text passes through scrub; nil
// leaves it as it is.
type object struct {
	buf   []byte
	scrub func(string) string
	comma bool
}

func (o *object) key(name string) {
	b := o.buf
	if o.comma {
		b = append(b, ',', '"')
	} else {
		b = append(b, '"')
	}
	b = append(b, name...)
	o.buf = append(b, '"', ':')
	o.comma = true
}

func (o *object) open(c byte) {
	o.buf = append(o.buf, c)
	o.comma = false
}

func (o *object) close(c byte) {
	o.buf = append(o.buf, c)
	o.comma = true
}

func (o *object) text(name, value string) {
	o.key(name)
	o.value(value)
}

func (o *object) value(s string) {
	if o.scrub != nil {
		s = o.scrub(s)
	}
	o.buf = appendQuoted(o.buf, s)
}

// word writes one of the program's own words, which is no secret even where a
// secret is the same word.
func (o *object) word(name, value string) {
	o.key(name)
	o.buf = appendQuoted(o.buf, value)
}

// textIf leaves an empty value out.
func (o *object) textIf(name, value string) {
	if value != "" {
		o.text(name, value)
	}
}

func (o *object) number(name string, n int64) {
	o.key(name)
	o.buf = strconv.AppendInt(o.buf, n, 10)
}

func (o *object) truth(name string, b bool) {
	o.key(name)
	o.buf = strconv.AppendBool(o.buf, b)
}

// tri writes true, false, or null for what the capture does not tell.
func (o *object) tri(name string, t parsers.Tri) {
	if t == parsers.Unknown {
		o.key(name)
		o.buf = append(o.buf, "null"...)
		return
	}
	o.truth(name, t == parsers.Yes)
}

func (o *object) texts(name string, list []string) {
	o.key(name)
	o.buf = append(o.buf, '[')
	for i, s := range list {
		if i > 0 {
			o.buf = append(o.buf, ',')
		}
		o.value(s)
	}
	o.buf = append(o.buf, ']')
}

const hex = "0123456789abcdef"

// plainJSON are the bytes that stand in a JSON string as they are, whatever
// stands beside them.
var plainJSON = func() (plain [256]bool) {
	for c := byte(' '); c < utf8.RuneSelf; c++ {
		plain[c] = c != '"' && c != '\\'
	}
	return plain
}()

// appendQuoted writes a JSON string. Bytes that are not UTF-8 become U+FFFD.
func appendQuoted(buf []byte, s string) []byte {
	buf = append(buf, '"')
	start, i := 0, plainEnd(s, 0)
	if i == len(s) {
		return append(append(buf, s...), '"')
	}
	for ; i < len(s); i = plainEnd(s, i) {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || n > 1 {
				i += n
				continue
			}
		}
		buf = append(buf, s[start:i]...)
		buf = appendEscape(buf, c)
		i++
		start = i
	}
	buf = append(buf, s[start:]...)
	return append(buf, '"')
}

// appendEscape writes a byte that cannot stand in a JSON string as it is.
func appendEscape(buf []byte, c byte) []byte {
	switch {
	case c >= utf8.RuneSelf:
		return append(buf, "\uFFFD"...)
	case c == '"' || c == '\\':
		return append(buf, '\\', c)
	case c == '\n':
		return append(buf, '\\', 'n')
	case c == '\r':
		return append(buf, '\\', 'r')
	case c == '\t':
		return append(buf, '\\', 't')
	}
	return append(buf, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}

// plainEnd gives the place of the first byte of s from i on that is a control
// character, a quote, a backslash or outside ASCII. It looks at eight bytes at
// once: a byte x is below y where x-y borrows from its highest bit. Above such
// a byte the borrow may go on, so only the lowest one counts.
func plainEnd(s string, i int) int {
	const low, high = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(s); i += 8 {
		b := s[i : i+8]
		w := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		quote, slash := w^low*'"', w^low*'\\'
		if special := (w | (w - low*' ') | (quote - low) | (slash - low)) & high; special != 0 {
			return i + bits.TrailingZeros64(special)/8
		}
	}
	for i < len(s) && plainJSON[s[i]] {
		i++
	}
	return i
}

// EventJSON appends an event as one line of JSON. Fields that its form does
// not carry are left out. scrub may be nil.
func EventJSON(buf []byte, e *parsers.Event, scrub func(string) string) []byte {
	o := object{buf: buf, scrub: scrub}
	o.open('{')
	if e.Has(parsers.FieldTime) {
		o.key("time")
		o.buf = append(engine.AppendTime(append(o.buf, '"'), e.Time, e.Zone), '"')
		o.textIf("zone", e.Zone.String())
	}
	o.field(e, parsers.FieldLog, "log", e.Log)
	o.field(e, parsers.FieldProvider, "provider", e.Provider)
	if e.Has(parsers.FieldID) {
		o.number("id", int64(e.ID))
	}
	if e.Has(parsers.FieldQualifiers) {
		o.number("qualifiers", int64(e.Qualifiers))
	}
	o.field(e, parsers.FieldLevel, "level", e.Level.String())
	o.field(e, parsers.FieldCategory, "category", e.Category)
	o.field(e, parsers.FieldUser, "user", e.User)
	o.field(e, parsers.FieldHost, "host", e.Host)
	o.field(e, parsers.FieldMessage, "message", e.Message)
	var quoted [maxQuoted]span
	strs := e.Strings
	if e.Has(parsers.FieldStrings) {
		o.strings("strings", strs, &quoted)
		strs = strs[:min(len(strs), maxQuoted)]
	} else {
		strs = nil
	}
	if e.Has(parsers.FieldData) {
		o.data("data", e.Data, strs, &quoted)
	}
	if len(e.System) > 0 {
		o.data("system", e.System, nil, nil)
	}
	if codes := engine.CodesOf(e); len(codes) > 0 {
		o.texts("codes", codes)
	}
	if e.Has(parsers.FieldRecord) {
		o.key("record")
		o.buf = strconv.AppendUint(o.buf, e.Pos.Record, 10)
	}
	if e.Carved {
		o.truth("carved", true)
	}
	if e.Truncated {
		o.truth("truncated", true)
	}
	if e.Quoted {
		o.truth("quoted", true)
	}
	o.pos(e.Pos)
	o.close('}')
	return append(o.buf, '\n')
}

func (o *object) field(e *parsers.Event, f parsers.Field, name, value string) {
	if e.Has(f) {
		o.text(name, value)
	}
}

// span is where in the buffer a text stands, with its quotes.
type span struct{ from, to int }

// maxQuoted is how many of an event's strings are remembered as they were
// written: most come again as named values.
const maxQuoted = 32

// strings writes a list of texts and remembers where its first ones stand.
func (o *object) strings(name string, list []string, quoted *[maxQuoted]span) {
	o.key(name)
	o.buf = append(o.buf, '[')
	for i, s := range list {
		if i > 0 {
			o.buf = append(o.buf, ',')
		}
		from := len(o.buf)
		o.value(s)
		if i < maxQuoted {
			quoted[i] = span{from, len(o.buf)}
		}
	}
	o.buf = append(o.buf, ']')
}

// data writes named values. A name that comes again gets its number behind it:
// "Data", "Data#2". Values that are those of strs in their order stand in the
// buffer already.
func (o *object) data(key string, named []parsers.Named, strs []string, quoted *[maxQuoted]span) {
	o.key(key)
	o.open('{')
	next := 0
	met := uint64(0) // a bit for each name that may have come before
	for i, d := range named {
		name := d.Name
		bit := nameBit(name)
		if met&bit != 0 {
			if n := countName(named[:i], name); n > 0 {
				name += "#" + strconv.Itoa(n+1)
			}
		}
		met |= bit
		if o.comma {
			o.buf = append(o.buf, ',')
		}
		o.comma = true
		o.buf = appendQuoted(o.buf, name)
		o.buf = append(o.buf, ':')
		if next < len(strs) && strs[next] == d.Value {
			o.buf = append(o.buf, o.buf[quoted[next].from:quoted[next].to]...)
			next++
			continue
		}
		o.value(d.Value)
	}
	o.close('}')
}

// nameBit spreads names over the bits of a word, so that most that differ need
// not be compared.
func nameBit(name string) uint64 {
	if name == "" {
		return 1
	}
	return 1 << ((uint(name[0])*5 + uint(name[len(name)-1])*3 + uint(len(name))*7) % 64)
}

func countName(named []parsers.Named, name string) int {
	n := 0
	for _, d := range named {
		if d.Name == name {
			n++
		}
	}
	return n
}

func (o *object) pos(p parsers.Pos) {
	o.text("path", p.Path)
	if p.Line > 0 {
		o.number("line", int64(p.Line))
	}
	o.number("offset", p.Offset)
	o.number("length", p.Length)
}

// SessionJSON appends a session as one line of JSON. scrub may be nil.
func SessionJSON(buf []byte, s *parsers.Session, scrub func(string) string) []byte {
	o := object{buf: buf, scrub: scrub}
	o.open('{')
	o.word("protocol", s.Protocol)
	o.text("server", s.Server)
	o.number("port", int64(s.Port))
	o.word("connect", string(s.Connect))
	o.text("greeting", s.Greeting)
	o.text("banner", s.Banner)
	o.text("software", joined(s.Product, s.Version))
	o.textIf("product", s.Product)
	o.textIf("version", s.Version)
	o.tri("authenticated", s.Authenticated)
	o.word("failed_stage", string(s.FailedStage))
	o.word("outcome", string(s.Outcome))
	o.word("closed_by", s.ClosedBy)
	o.word("echo", s.Echo)
	o.key("exchanges")
	o.open('[')
	for i := range s.Exchanges {
		o.exchange(&s.Exchanges[i])
	}
	o.close(']')
	o.key("unanswered")
	o.open('[')
	for _, c := range s.Unanswered {
		o.element()
		o.text("command", c.Verb)
		o.textIf("args", c.Args)
		o.number("line", int64(c.Line))
		o.close('}')
	}
	o.close(']')
	o.key("unsolicited")
	o.open('[')
	for i := range s.Unsolicited {
		o.element()
		o.reply(&s.Unsolicited[i])
		o.number("line", int64(s.Unsolicited[i].Line))
		o.close('}')
	}
	o.close(']')
	o.textIf("start", engine.FormatTime(s.Start, s.Zone))
	o.textIf("end", engine.FormatTime(s.End, s.Zone))
	o.text("summary", s.Summary)
	o.word("form", s.Form)
	o.pos(s.Pos)
	o.close('}')
	return append(o.buf, '\n')
}

func joined(product, version string) string {
	if product != "" && version != "" {
		return product + " " + version
	}
	return product + version
}

// element begins an object inside a list.
func (o *object) element() {
	if o.comma {
		o.buf = append(o.buf, ',')
	}
	o.open('{')
}

func (o *object) exchange(x *parsers.Exchange) {
	o.element()
	o.text("command", x.Verb)
	o.text("args", x.Args)
	o.reply(&x.Reply)
	o.truth("inferred", x.Inferred)
	if x.Stage != parsers.StageNone {
		o.word("stage", string(x.Stage))
	}
	line := x.Line
	if line == 0 {
		line = x.Reply.Line
	}
	o.number("line", int64(line))
	o.close('}')
}

func (o *object) reply(r *parsers.Reply) {
	o.text("status", r.Status)
	if r.Code > 0 {
		o.number("code", int64(r.Code))
	}
	o.textIf("response_code", r.ResponseCode)
	o.textIf("enhanced", r.Enhanced)
	o.text("text", r.Text)
	o.truth("ok", r.OK)
}
