package eventtext

import (
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"kbdiag/parsers"
)

// EventXML is the form of files that hold the XML of events: what Event Viewer
// and wevtutil save, with a root or without one, what evtx_dump, python-evtx
// and libevtx print, and copies of the XML View.
func EventXML() parsers.Format {
	return parsers.Format{Name: "event-xml", Detect: detectEventXML, Parse: parseEventXML, EventsOnly: true}
}

// detectEventXML looks for markup at the beginning and an event in it. A small
// text that goes on with prose is left to the finders.
func detectEventXML(h *parsers.Head) int {
	t := strings.TrimLeft(h.Text, " \t\r\n\ufeff")
	if strings.HasPrefix(t, "evtxexport ") || strings.HasPrefix(t, "Record ") {
		_, t, _ = strings.Cut(t, "\n")
		t = strings.TrimLeft(t, " \t\r\n")
	}
	if strings.HasPrefix(t, "- <") {
		t = t[2:]
	}
	tag := tagOf(t)
	if !strings.HasPrefix(t, "<?xml") && !strings.HasPrefix(t, tag.open) && !strings.HasPrefix(t, "<!--") && !strings.HasPrefix(t, "<ForwardedEvents") {
		return 0
	}
	at := tag.start(t)
	if at < 0 {
		return 0
	}
	body := t[at:]
	if !strings.Contains(body, "<System") && !strings.Contains(body, "System>") || !strings.Contains(body, "Provider") {
		return 0
	}
	if h.Whole && tag.prose(t) {
		return 0
	}
	return 95
}

// prose reports whether text outside the events has more than a few lines.
func (x eventTag) prose(t string) bool {
	n := 0
	for {
		at := x.start(t)
		gap := t
		if at >= 0 {
			gap = t[:at]
		}
		for _, l := range strings.Split(gap, "\n") {
			if !betweenEvents(l) {
				n++
			}
		}
		if at < 0 {
			return n > 2
		}
		t = t[at:]
		end := strings.Index(t, x.end)
		if end < 0 {
			return n > 2
		}
		t = t[end+len(x.end):]
	}
}

// eventTag is how the element <Event> begins and ends in one text.
type eventTag struct{ open, end string }

var plainEvent = eventTag{"<Event", "</Event>"}

// tagOf gives the tag of the events of a text: with a prefix where the text has
// no event without one, as programs write it that serialise the tree again.
func tagOf(t string) eventTag {
	if plainEvent.start(t) >= 0 {
		return plainEvent
	}
	for i := 0; ; {
		at := strings.Index(t[i:], ":Event")
		if at < 0 {
			return plainEvent
		}
		at += i
		i = at + 1
		from := at
		for from > 0 && at-from < maxPrefix && (isLetter(t[from-1]) || isDigit(t[from-1]) || t[from-1] == '_' || t[from-1] == '-') {
			from--
		}
		if from == at || from == 0 || t[from-1] != '<' {
			continue
		}
		x := eventTag{t[from-1:at] + ":Event", "</" + t[from:at] + ":Event>"}
		if x.start(t) >= 0 {
			return x
		}
	}
}

// maxPrefix is the longest prefix of a name space, in bytes.
const maxPrefix = 32

// eventStart finds the start of an <Event> element without a prefix, -1 if
// there is none.
func eventStart(t string) int { return plainEvent.start(t) }

// start finds the start of an event, -1 if there is none.
func (x eventTag) start(t string) int {
	for i := 0; ; {
		at := strings.Index(t[i:], x.open)
		if at < 0 {
			return -1
		}
		at += i
		if i = at + len(x.open); i >= len(t) {
			return -1
		}
		if c := t[i]; c == ' ' || c == '>' || c == '\r' || c == '\n' || c == '\t' {
			return at
		}
	}
}

// betweenEvents reports whether a line may stand between two events: empty,
// markup, a node's mark, the "Record 1" of evtx_dump, the banner of evtxexport.
func betweenEvents(l string) bool {
	l = strings.TrimLeft(l, " \t\r\ufeff-")
	l = strings.TrimRight(l, " \t\r")
	if l == "" || l[0] == '<' || strings.HasPrefix(l, "evtxexport ") || l == "#" || strings.HasSuffix(l, ">") && !strings.Contains(l, " ") {
		return true
	}
	rest, ok := strings.CutPrefix(l, "Record ")
	return ok && strings.Trim(rest, "0123456789") == ""
}

// The limits of one event and of one reading, in bytes.
const (
	maxEventXML  = 16 << 20
	xmlBlockSize = 1 << 20
)

// xmlFile reads a file of events piece by piece.
type xmlFile struct {
	r      io.Reader
	tag    eventTag
	wide   bool // UTF-16
	big    bool // big-endian
	text   string
	offset int64 // of text in the input
	line   int   // of text, 1-based
	block  int   // bytes to read at a time
	raw    []byte
	left   int // bytes of raw that wait for their other half
	eof    bool
	err    error
	out    *parsers.Out
	xml    xmlReader
}

func parseEventXML(in *parsers.Input, out *parsers.Out) error {
	f := &xmlFile{r: in.Bytes(), tag: tagOf(in.Head.Text), line: 1, out: out, block: xmlBlockSize}
	if in.Size >= 0 && in.Size < xmlBlockSize {
		f.block = int(in.Size) + 1
	}
	f.setEncoding(in.Head)
	for f.event() {
	}
	return f.err
}

func (f *xmlFile) setEncoding(h *parsers.Head) {
	if strings.HasPrefix(h.Encoding, "utf-16") {
		f.wide = true
		f.big = h.Encoding == "utf-16be"
	}
}

// event reads on to the end of the next event and gives it to out. It reports
// false at the end of the input.
func (f *xmlFile) event() bool {
	start := f.find(f.tag.start)
	if start < 0 {
		f.between(f.text)
		f.skip(len(f.text))
		return false
	}
	f.between(f.text[:start])
	f.skip(start)
	end := f.find(func(t string) int { return strings.Index(t, f.tag.end) })
	if end < 0 {
		if len(f.text) > maxEventXML {
			f.out.Skip("event longer than 16 MiB", 1, f.pos(len(f.text)))
			f.skip(len(f.text))
			return true
		}
		return f.give(len(f.text), false)
	}
	end += len(f.tag.end)
	if next := f.tag.start(f.text[1:end]); next >= 0 && !strings.Contains(f.text[:next], "<UserData") {
		return f.give(next+1, false)
	}
	return f.give(end, true)
}

// give gives the event of n bytes to out.
func (f *xmlFile) give(n int, complete bool) bool {
	pos := f.pos(n)
	text := f.text[:n]
	if !utf8.ValidString(text) {
		if d, err := charmap.Windows1252.NewDecoder().String(text); err == nil {
			text = d
		}
	}
	e := parsers.Event{Pos: pos, Truncated: !complete}
	f.xml.read(text, &e)
	switch {
	case !complete && !strings.Contains(text, "</System>"):
		f.out.Skip("event cut off", 1, pos)
	case !e.Has(parsers.FieldID):
		f.out.Skip("element <Event> without an event's id", 1, pos)
	default:
		unwrapDescription(&e)
		f.out.Event(&e)
	}
	f.skip(n)
	return true
}

// between takes the text between two events: what is no markup is given on as
// lines.
func (f *xmlFile) between(gap string) {
	if strings.Trim(gap, " \t\r\n") == "" {
		return
	}
	line, offset := f.line, f.offset
	for gap != "" {
		l, rest, _ := strings.Cut(gap, "\n")
		size := f.size(gap[:len(gap)-len(rest)])
		if !betweenEvents(l) {
			f.out.Line(&parsers.Line{
				Pos:  parsers.Pos{Line: line, Offset: offset, Length: size},
				Text: trimBlanks(l),
			})
		}
		gap = rest
		line++
		offset += size
	}
}

// pos is the position of the next n bytes of text.
func (f *xmlFile) pos(n int) parsers.Pos {
	return parsers.Pos{Line: f.line, Offset: f.offset, Length: f.size(f.text[:n])}
}

// size is how many bytes of the input a piece of text takes.
func (f *xmlFile) size(t string) int64 {
	if !f.wide {
		return int64(len(t))
	}
	units := 0
	for i := 0; i < len(t); i++ {
		if t[i]&0xC0 != 0x80 {
			units++
		}
		if t[i] >= 0xF0 { // a pair of surrogates
			units++
		}
	}
	return int64(2 * units)
}

// skip passes over n bytes of text.
func (f *xmlFile) skip(n int) {
	f.offset += f.size(f.text[:n])
	f.line += strings.Count(f.text[:n], "\n")
	f.text = f.text[n:]
}

// find looks for a mark, reading on as far as one event may be long.
func (f *xmlFile) find(mark func(string) int) int {
	from := 0
	for {
		if i := mark(f.text[from:]); i >= 0 {
			return from + i
		}
		if f.eof || len(f.text) > maxEventXML {
			return -1
		}
		from = max(0, len(f.text)-2*len(f.tag.end)) // a mark may be cut in two
		f.fill()
	}
}

// fill reads on. It reads the more the longer the event is, so that the cost
// stays in proportion.
func (f *xmlFile) fill() {
	size := (max(f.block, len(f.text)) + 1) &^ 1
	if cap(f.raw) < size+4 {
		old := f.raw[:f.left]
		f.raw = make([]byte, size+4)
		copy(f.raw, old)
	}
	n, err := io.ReadFull(f.r, f.raw[f.left:f.left+size])
	if err != nil {
		f.eof = true
		if err != io.EOF && err != io.ErrUnexpectedEOF {
			f.err = err
		}
	}
	b := f.raw[:f.left+n]
	f.left = 0
	if !f.wide {
		f.text += string(b)
		return
	}
	text, read := parsers.DecodeUTF16(b, f.big, f.eof)
	f.text += text
	f.left = copy(f.raw, b[read:])
}
