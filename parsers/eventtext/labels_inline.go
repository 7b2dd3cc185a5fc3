package eventtext

import "strings"

// inlineColons is how many colons a line has at least that holds a whole
// event's labels.
const inlineColons = 5

// inlineAt finds where an event's labels begin inside a line that has lost its
// line breaks: "It says: Log Name: System Source: disk Event ID: 7 ...". It
// gives -1 if they begin with the line or there are none.
func inlineAt(text string) int {
	if strings.Count(text, ":")+strings.Count(text, "：") < inlineColons {
		return -1
	}
	for i := 1; i+2 < len(text); i++ {
		switch text[i-1] {
		case ' ', '\t', '"', '(', '\'':
		default:
			continue
		}
		if !labelPairs[int(text[i])<<8|int(text[i+1])] {
			continue
		}
		if l, value, ok := labelAt(text[i:]); ok && l.leads() && holdsEvent(l.field, text[i+value:]) {
			return i
		}
	}
	return -1
}

// leads reports whether a clipboard begins with the label.
func (l label) leads() bool {
	return l.field == logField && l.gen&genVista != 0 || l.field == levelField && l.gen&gen2000 != 0
}

// holdsEvent reports whether the labels of an event follow the one of field f,
// whose value v begins with.
func holdsEvent(f field, v string) bool {
	known := fieldSet(1 << f)
	for {
		at, l, value := nextLabel(v, f)
		if at < 0 {
			return false
		}
		f, v = l.field, v[value:]
		if known |= 1 << f; known.has(idField) && known.has(sourceField) && known.count() >= 4 {
			return true
		}
		if f == textField {
			return false
		}
	}
}
