package eventtools

import (
	"html"
	"strings"

	"kbdiag/parsers"
)

// nirSoft is the text of NirSoft's FullEventLogView and MyEventViewer: each
// item between two rows of equal signs,
//
//	==================================================
//	Event Time        : 9/25/2020 8:36:47 AM.250
//	Record ID         : 513
//	Event ID          : 7000
//	Level             : Error
//	Channel           : System
//	Provider          : Service Control Manager
//	Description       : The text of the message
//	==================================================
//
// The order of the values is that of the viewer's columns; a description may
// have several lines. Times are local unless the viewer was told otherwise.
var nirSoft = tool{name: "nirsoft-text", first: "=", read: readNirSoft, heading: isNirSoftHeading}

// nirSoftXML is the XML of the same viewers: elements of an item, named like
// the columns in lower case. Log Parser's XML is alike: <ROW> around elements
// named like its columns, each value on a line of its own (or, of a compact
// structure, beside its name).
var nirSoftXML = tool{name: "nirsoft-xml", first: "<", read: readNirSoftXML, heading: isItemsHeading}

func isNirSoftHeading(string) bool { return false }

// isItemRule reports whether a row is the rule around an item.
func isItemRule(t string) bool {
	return len(t) >= 30 && len(t) <= 80 && t[0] == '=' && strings.Trim(t, "=") == ""
}

// valueAt reads "Record ID         : 513": the name is padded with blanks, and
// the colon has a blank on both sides.
func valueAt(t string) (name, v string, ok bool) {
	k := strings.IndexByte(t, ':')
	if k < 2 || k > 40 || k+1 < len(t) && t[k+1] != ' ' {
		return "", "", false
	}
	name = strings.TrimRight(t[:k], " ")
	if name == "" || t[k-1] != ' ' || strings.ContainsAny(name, "=\"<>\\") {
		return "", "", false
	}
	return name, strings.TrimLeft(t[k+1:], " "), true
}

func readNirSoft(s *scan, i int, r row, rec *record) int {
	if !isItemRule(r.text) {
		return i
	}
	p := &s.page
	first := p.at(i + 1)
	_, _, ok := valueAt(first.text)
	if !ok || first.depth != r.depth {
		return i
	}
	colon := strings.IndexByte(first.text, ':')
	j := i + 1
	for ; j < len(p.lines) && j-i < maxBody; j++ {
		f := p.at(j)
		if f.depth != r.depth && f.text != "" || isItemRule(f.text) {
			break
		}
		name, v, ok := valueAt(f.text)
		if !ok || strings.IndexByte(f.text, ':') != colon {
			if f.text == "" && p.loose && s.itemCut(j, r) {
				break
			}
			continue
		}
		c := columnOf(name)
		if c == colMessage {
			from := j
			for j+1 < len(p.lines) && j-from < maxBody && !s.endsValue(j+1, colon, r) {
				j++
			}
			v = s.behind(v, from+1, j+1, r.indent)
		}
		if c != colOther && !s.setColumn(rec, c, v) {
			break
		}
	}
	if !rec.event.Has(parsers.FieldID) || !rec.dated && !rec.event.Has(parsers.FieldProvider) {
		*rec = record{}
		return i
	}
	if j < len(p.lines) && isItemRule(p.at(j).text) && !s.opensItem(j) {
		j++ // the rule that closes the item
	}
	return j
}

// opensItem reports whether the rule on line j opens the next item: it does if
// values follow it at once.
func (s *scan) opensItem(j int) bool {
	_, _, ok := valueAt(s.page.at(j + 1).text)
	return ok
}

// endsValue reports whether a description does not go on with line j.
func (s *scan) endsValue(j, colon int, f row) bool {
	r := s.page.at(j)
	if r.text == "" {
		return s.page.loose && s.itemCut(j, f)
	}
	if r.depth != f.depth || isItemRule(r.text) {
		return true
	}
	name, _, ok := valueAt(r.text)
	return ok && strings.IndexByte(r.text, ':') == colon && columnOf(name) != colOther
}

// itemCut reports whether the rule that closes an item is missing: none
// follows in free text.
func (s *scan) itemCut(j int, f row) bool {
	for k := j; k < len(s.page.lines) && k < j+maxLook; k++ {
		r := s.page.at(k)
		if isItemRule(r.text) {
			return false
		}
		if r.text != "" && r.depth != f.depth {
			return true
		}
	}
	return true
}

func isItemsHeading(t string) bool {
	return t[0] == '<' && itemEnd(t) == "" && !strings.HasPrefix(t, "<Event") || strings.HasPrefix(t, "<EventLog>") || t == "]>"
}

// itemEnd gives the row that ends an item which begins with row t, "" if none
// does.
func itemEnd(t string) string {
	switch t {
	case "<item>":
		return "</item>"
	case "<ROW>":
		return "</ROW>"
	}
	return ""
}

// isItemEdge reports whether a row begins or ends an item.
func isItemEdge(t string) bool {
	return itemEnd(t) != "" || t == "</item>" || t == "</ROW>"
}

// readNirSoftXML reads one item, an element a row.
func readNirSoftXML(s *scan, i int, r row, rec *record) int {
	end := itemEnd(r.text)
	if end == "" {
		return i
	}
	p := &s.page
	j := i + 1
	for ; j < len(p.lines) && j-i < maxBody; j++ {
		t := p.at(j).text
		if t == end {
			j++
			break
		}
		if t == r.text {
			break
		}
		name, v, to := s.element(j)
		if name == "" {
			continue
		}
		j = to
		if c := columnOf(name); c != colOther && !s.setColumn(rec, c, v) {
			break
		}
	}
	if !rec.event.Has(parsers.FieldID) || !rec.dated && !rec.event.Has(parsers.FieldProvider) {
		*rec = record{}
		return i
	}
	return j
}

// element reads the element that begins on line j: its name, its value, and
// the line it ends on. Values may have several lines, and may be CDATA.
func (s *scan) element(j int) (name, value string, to int) {
	t := s.page.at(j).text
	k := strings.IndexByte(t, '>')
	if len(t) < 3 || t[0] != '<' || k < 2 || t[1] == '/' || t[1] == '?' || t[1] == '!' {
		return "", "", j
	}
	name = t[1:k]
	if n, ok := strings.CutSuffix(name, "/"); ok {
		return strings.TrimSpace(n), "", j
	}
	if b := strings.IndexByte(name, ' '); b > 0 {
		name = name[:b]
	}
	end := "</" + name + ">"
	for to = j; ; to++ {
		line := s.page.at(to).text
		if to == j {
			line = t[k+1:]
		} else if to-j > maxElement || isItemEdge(line) {
			return "", "", j
		}
		n := strings.Index(line, end)
		if n < 0 && to+1 < len(s.page.lines) {
			continue
		}
		if n < 0 {
			return "", "", j
		}
		value = s.joinElement(t[k+1:], j, to, n)
		break
	}
	if v, ok := strings.CutPrefix(value, "<![CDATA["); ok {
		return name, strings.TrimSuffix(v, "]]>"), to
	}
	return name, html.UnescapeString(strings.Trim(value, "\n")), to
}

// maxElement bounds the value of one element, in lines.
const maxElement = 300

// joinElement gives the value that begins on line j with first and ends n bytes
// into line to.
func (s *scan) joinElement(first string, j, to, n int) string {
	if to == j {
		return first[:n]
	}
	var b strings.Builder
	b.WriteString(first)
	for i := j + 1; i < to; i++ {
		b.WriteByte('\n')
		b.WriteString(s.page.at(i).text)
	}
	b.WriteByte('\n')
	b.WriteString(s.page.at(to).text[:n])
	return b.String()
}
