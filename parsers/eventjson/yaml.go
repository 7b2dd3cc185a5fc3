package eventjson

import (
	"strings"

	"kbdiag/parsers"
)

// YAML is the form of what Chainsaw's search prints without --json: YAML
// documents of the same shape as the JSON of evtx_dump. Only what it writes is
// read: mappings and lists by indentation, plain, quoted and block scalars.
func YAML() parsers.Format {
	return parsers.Format{Name: "event-yaml", Detect: detectYAML, Parse: parseYAML}
}

func detectYAML(h *parsers.Head) int {
	t := strings.TrimLeft(h.Text, " \t\r\n\ufeff")
	t = strings.TrimLeft(strings.TrimPrefix(t, "---"), " \t\r\n")
	if !strings.HasPrefix(t, "Event:") && !strings.HasPrefix(t, "Event_attributes:") {
		return 0
	}
	if !strings.Contains(t, "\n  System:") || !strings.Contains(t, "    EventID:") {
		return 0
	}
	return 90
}

// The limits of one document.
const (
	maxYAMLLines = 20_000
	maxYAMLBytes = 2 << 20
)

func parseYAML(in *parsers.Input, out *parsers.Out) error {
	lines := in.Lines()
	y := yamlReader{out: out, rd: reader{opts: in.Opts}}
	for {
		l, ok := lines.Next()
		if !ok {
			y.document()
			return lines.Err()
		}
		if strings.HasPrefix(l.Text, "---") || l.Text == "..." {
			y.document()
			continue
		}
		if len(y.lines) == 0 && strings.TrimSpace(l.Text) == "" {
			continue
		}
		if y.size += len(l.Text); len(y.lines) >= maxYAMLLines || y.size > maxYAMLBytes {
			y.document()
		}
		y.lines = append(y.lines, l)
	}
}

// yamlReader reads one document after the other.
type yamlReader struct {
	out   *parsers.Out
	rd    reader
	lines []parsers.TextLine
	size  int
	next  int // line to read
	d     doc
	b     strings.Builder
}

// document gives the event of the lines so far to out.
func (y *yamlReader) document() {
	if len(y.lines) == 0 {
		return
	}
	for len(y.lines) > 1 && strings.TrimSpace(y.lines[len(y.lines)-1].Text) == "" {
		y.lines = y.lines[:len(y.lines)-1]
	}
	last := y.lines[len(y.lines)-1]
	pos := parsers.Pos{Line: y.lines[0].No, Offset: y.lines[0].Offset, Length: last.Offset + int64(last.Length) - y.lines[0].Offset}
	y.b.Reset()
	y.next = 0
	y.mapping(0, 0)
	var e parsers.Event
	_, o := y.d.scan(y.b.String(), 0)
	if (o == whole || o == cutOff) && y.next >= len(y.lines) && y.rd.event(&y.d, 0, &e) {
		pos.Record = e.Pos.Record
		e.Pos = pos
		y.out.Event(&e)
	} else {
		for _, l := range y.lines {
			if strings.TrimSpace(l.Text) != "" {
				y.out.Line(&parsers.Line{Pos: parsers.Pos{Line: l.No, Offset: l.Offset, Length: int64(l.Length)}, Text: l.Text})
			}
		}
	}
	y.lines, y.size = y.lines[:0], 0
}

// mapping writes the mapping of the lines from here on that are indented by
// at least indent.
func (y *yamlReader) mapping(indent, depth int) {
	y.b.WriteByte('{')
	for y.next < len(y.lines) && depth < maxDepth {
		t := y.lines[y.next].Text
		if strings.TrimSpace(t) == "" {
			y.next++
			continue
		}
		at := indentOf(t)
		if at < indent {
			break
		}
		name, value, ok := cutYAML(t[at:])
		if !ok {
			y.next++ // no form of YAML that these tools write
			continue
		}
		y.next++
		y.b.WriteByte('"')
		y.b.WriteString(name)
		y.b.WriteString(`":`)
		y.value(value, at, depth)
		y.b.WriteByte(',')
	}
	y.b.WriteByte('}')
}

func indentOf(t string) int { return len(t) - len(strings.TrimLeft(t, " ")) }

// cutYAML takes a line "name: value" apart.
func cutYAML(t string) (name, value string, ok bool) {
	if t != "" && (t[0] == '\'' || t[0] == '"') {
		end := strings.IndexByte(t[1:], t[0])
		if end < 0 || !strings.HasPrefix(t[end+2:], ":") {
			return "", "", false
		}
		return t[1 : end+1], strings.TrimSpace(t[end+3:]), true
	}
	i := strings.Index(t, ": ")
	if i < 0 {
		if !strings.HasSuffix(t, ":") {
			return "", "", false
		}
		i = len(t) - 1
	}
	if strings.ContainsAny(t[:i], `"\`) {
		return "", "", false
	}
	return t[:i], strings.TrimSpace(t[i+1:]), true
}

// value writes a value that begins behind a name at the given indentation.
func (y *yamlReader) value(v string, at, depth int) {
	switch {
	case v == "":
		y.block(at, depth)
	case v[0] == '|' || v[0] == '>':
		y.literal(at, v[0] == '>')
	case v[0] == '"' || v[0] == '\'':
		y.quoted(v)
	case v == "[]" || v == "{}" || v == "~" || v == "null":
		y.b.WriteString("null")
	default:
		y.scalar(v)
	}
}

// block writes what is indented below a name: a list, a mapping, or nothing.
func (y *yamlReader) block(at, depth int) {
	if y.next >= len(y.lines) {
		y.b.WriteString("null")
		return
	}
	t := y.lines[y.next].Text
	in := indentOf(t)
	switch {
	case in >= at && strings.HasPrefix(t[in:], "- "):
		y.list(in, depth)
	case in > at:
		y.mapping(in, depth+1)
	default:
		y.b.WriteString("null")
	}
}

func (y *yamlReader) list(at, depth int) {
	y.b.WriteByte('[')
	for y.next < len(y.lines) {
		t := y.lines[y.next].Text
		if indentOf(t) != at || !strings.HasPrefix(t[at:], "- ") {
			break
		}
		item := t[at+2:]
		if _, _, ok := cutYAML(item); ok && item[0] != '"' && item[0] != '\'' {
			y.lines[y.next].Text = strings.Repeat(" ", at+2) + item
			y.mapping(at+2, depth+1)
		} else {
			y.next++
			y.value(strings.TrimSpace(item), at, depth)
		}
		y.b.WriteByte(',')
	}
	y.b.WriteByte(']')
}

// literal writes a block scalar: the lines that are indented further than at.
func (y *yamlReader) literal(at int, folded bool) {
	in := -1
	var text strings.Builder
	for y.next < len(y.lines) {
		t := y.lines[y.next].Text
		if strings.TrimSpace(t) != "" {
			if indentOf(t) <= at {
				break
			}
			if in < 0 {
				in = indentOf(t)
			}
		}
		if text.Len() > 0 {
			if folded {
				text.WriteByte(' ')
			} else {
				text.WriteByte('\n')
			}
		}
		text.WriteString(t[min(max(in, 0), len(t)):])
		y.next++
	}
	y.scalarText(strings.TrimRight(text.String(), "\n"))
}

// quoted writes a quoted scalar, which may go on over several lines.
func (y *yamlReader) quoted(v string) {
	q := v[0]
	for !closed(v) && y.next < len(y.lines) {
		v += " " + strings.TrimSpace(y.lines[y.next].Text)
		y.next++
	}
	v = strings.TrimSuffix(v[1:], string(q))
	if q == '"' { // its escapes are those of JSON
		y.b.WriteByte('"')
		y.b.WriteString(v)
		y.b.WriteByte('"')
		return
	}
	y.scalarText(strings.ReplaceAll(v, "''", "'"))
}

// closed reports whether a quoted scalar ends at the end of v.
func closed(v string) bool {
	q := v[0]
	if len(v) < 2 || v[len(v)-1] != q {
		return false
	}
	n := 0
	back := byte('\\')
	if q == '\'' {
		back = '\''
	}
	for i := len(v) - 2; i > 0 && v[i] == back; i-- {
		n++
	}
	return n%2 == 0
}

func (y *yamlReader) scalar(v string) {
	if wordKind(v) == isNumber && scanWord(v, 0) == len(v) && strings.Trim(v, "0123456789") == "" {
		y.b.WriteString(v)
		return
	}
	y.scalarText(v)
}

func (y *yamlReader) scalarText(v string) {
	y.b.WriteByte('"')
	writeEscaped(&y.b, v)
	y.b.WriteByte('"')
}

// writeEscaped writes the text of a JSON string.
func writeEscaped(b *strings.Builder, s string) {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '\n':
			b.WriteString(`\n`)
		default:
			b.WriteByte(c)
		}
	}
}
