package eventtable

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds how deep JSON in a cell may be nested.
const maxDepth = 24

// jsonWalk goes through the JSON in a cell and tells leaf of each value that is
// no object or list, with its name and the name of the object around it. In a
// list of {"@Name": n, "#text": v}, which is how the XML of events looks as
// JSON, n is the name. What is damaged ends the walk.
type jsonWalk struct {
	s    string
	i    int
	leaf func(parent, name, value string)
}

func walkJSON(s string, leaf func(parent, name, value string)) {
	w := jsonWalk{s: s, leaf: leaf}
	w.value("", "", 0)
}

func (w *jsonWalk) blanks() {
	for w.i < len(w.s) && (w.s[w.i] == ' ' || w.s[w.i] == '\n' || w.s[w.i] == '\r' || w.s[w.i] == '\t') {
		w.i++
	}
}

// value reads one value. It reports false where the walk must end.
func (w *jsonWalk) value(parent, name string, depth int) bool {
	w.blanks()
	if w.i >= len(w.s) || depth > maxDepth {
		return false
	}
	switch w.s[w.i] {
	case '{':
		return w.object(name, depth)
	case '[':
		w.i++
		for {
			w.blanks()
			if w.i < len(w.s) && w.s[w.i] == ']' {
				w.i++
				return true
			}
			if !w.value(parent, name, depth+1) || !w.next(']') {
				return false
			}
			if w.s[w.i-1] == ']' {
				return true
			}
		}
	case '"':
		v, ok := w.text()
		w.leaf(parent, name, v)
		return ok
	}
	start := w.i
	for w.i < len(w.s) && strings.IndexByte(",]} \t\r\n", w.s[w.i]) < 0 {
		w.i++
	}
	if v := w.s[start:w.i]; v != "null" {
		w.leaf(parent, name, v)
	}
	return w.i > start
}

// next passes over a comma or the end mark.
func (w *jsonWalk) next(end byte) bool {
	w.blanks()
	if w.i >= len(w.s) || w.s[w.i] != ',' && w.s[w.i] != end {
		return false
	}
	w.i++
	return true
}

// object reads an object whose own name is name.
func (w *jsonWalk) object(name string, depth int) bool {
	w.i++
	label := ""
	for {
		w.blanks()
		if w.i < len(w.s) && w.s[w.i] == '}' {
			w.i++
			return true
		}
		if w.i >= len(w.s) || w.s[w.i] != '"' {
			return false
		}
		key, ok := w.text()
		w.blanks()
		if !ok || w.i >= len(w.s) || w.s[w.i] != ':' {
			return false
		}
		w.i++
		w.blanks()
		switch {
		case key == "@Name" && w.i < len(w.s) && w.s[w.i] == '"':
			if label, ok = w.text(); !ok {
				return false
			}
		case key == "#text" && label != "":
			if !w.value(name, label, depth+1) {
				return false
			}
		case key == "#text":
			if !w.value(name, name, depth+1) {
				return false
			}
		default:
			if !w.value(name, key, depth+1) {
				return false
			}
		}
		if !w.next('}') {
			return false
		}
		if w.s[w.i-1] == '}' {
			return true
		}
	}
}

// text reads a string. One that is cut off is given as far as it goes.
func (w *jsonWalk) text() (string, bool) {
	w.i++
	start := w.i
	j := strings.IndexAny(w.s[start:], `"\`)
	if j < 0 {
		w.i = len(w.s)
		return w.s[start:], false
	}
	w.i += j
	if w.s[w.i] == '"' {
		w.i++
		return w.s[start : w.i-1], true
	}
	return w.escaped(start)
}

// escaped reads a string from its first backslash on.
func (w *jsonWalk) escaped(start int) (string, bool) {
	b := append(make([]byte, 0, w.i-start+64), w.s[start:w.i]...)
	for w.i < len(w.s) {
		c := w.s[w.i]
		w.i++
		switch {
		case c == '"':
			return string(b), true
		case c != '\\':
			b = append(b, c)
			continue
		case w.i >= len(w.s):
			return string(b), false
		}
		c = w.s[w.i]
		w.i++
		switch c {
		case 'n':
			b = append(b, '\n')
		case 'r':
		case 't':
			b = append(b, '\t')
		case 'b', 'f':
			b = append(b, ' ')
		case 'u':
			b = utf8.AppendRune(b, w.unicode())
		default:
			b = append(b, c)
		}
	}
	return string(b), false
}

// unicode reads the digits behind \u, and the second half of a pair.
func (w *jsonWalk) unicode() rune {
	r, ok := w.hex()
	if !ok || !utf16.IsSurrogate(r) {
		return r
	}
	if !strings.HasPrefix(w.s[w.i:], `\u`) {
		return utf8.RuneError
	}
	w.i += 2
	low, _ := w.hex()
	return utf16.DecodeRune(r, low)
}

func (w *jsonWalk) hex() (rune, bool) {
	if w.i+4 > len(w.s) {
		return utf8.RuneError, false
	}
	n, err := strconv.ParseUint(w.s[w.i:w.i+4], 16, 16)
	if err != nil {
		return utf8.RuneError, false
	}
	w.i += 4
	return rune(n), true
}
