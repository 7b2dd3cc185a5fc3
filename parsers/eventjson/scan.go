package eventjson

import "strings"

// kind is what a JSON value is.
type kind uint8

const (
	noValue kind = iota
	isString
	isNumber
	isWord // true, false, and words that JSON does not have: NaN, Infinity
	isNull
	isObject
	isArray
)

// node is one value of a document. The nodes of a document stand in the order
// of the text: the descendants of a node follow it, up to next.
type node struct {
	key, keyEnd int32 // of the name within the quotes; 0, 0 in arrays
	at, end     int32 // of the value; within the quotes for strings
	next        int32 // the node after this one's descendants
	kind        kind
	keyEsc, esc bool // there are backslashes in it
	mark        mark
}

// doc is a scanned document. Node 0 is the whole value.
type doc struct {
	text  string
	nodes []node
	open  []int32 // nodes of the containers open at the end of the scan
}

// outcome says how a scan ended.
type outcome uint8

const (
	whole  outcome = iota
	cutOff         // the text ends inside the value
	broken         // what stands there is no JSON
	tooDeep
	tooMany
)

// The limits of one document.
const (
	maxDepth = 64
	maxNodes = 200_000
)

// scan reads the value that begins at text[i] and gives where it ends, or
// where reading failed. Nodes read up to there are kept, so that a value that
// is cut off can still be used. It is more tolerant than RFC 8259: commas may
// be missing a value behind them, strings may have raw line ends and control
// characters, "=>" may stand for a colon, and words such as NaN are values.
func (d *doc) scan(text string, i int) (int, outcome) {
	d.text, d.nodes, d.open = text, d.nodes[:0], d.open[:0]
	for {
		i = skipBlanks(text, i)
		if i >= len(text) {
			return i, d.stop(i, cutOff)
		}
		n := node{}
		if len(d.open) > 0 {
			inArray := d.nodes[d.open[len(d.open)-1]].kind == isArray
			switch c := text[i]; {
			case c == '}' && !inArray, c == ']' && inArray:
				i++
				if d.shut(i) {
					return i, whole
				}
				continue
			case c == ',':
				i++
				continue
			case !inArray:
				at, o := scanName(text, i, &n)
				if o != whole {
					return at, d.stop(at, o)
				}
				i = at
			}
		}
		at, o := d.value(i, n)
		if o != whole {
			return at, d.stop(at, o)
		}
		i = at
		if len(d.open) == 0 {
			return i, whole
		}
	}
}

// scanName reads the name of a member and gives where its value begins.
func scanName(text string, i int, n *node) (int, outcome) {
	if text[i] != '"' {
		return i, broken
	}
	end, esc, o := scanString(text, i+1)
	if o != whole {
		return end, o
	}
	n.key, n.keyEnd, n.keyEsc = int32(i+1), int32(end), esc
	i = skipBlanks(text, end+1)
	switch {
	case i >= len(text) || text[i] == ':':
	case text[i] == '=' && strings.HasPrefix(text[i:], "=>"): // as Ruby and Fluent Bit print
		i++
	default:
		return i, broken
	}
	if i = skipBlanks(text, i+1); i >= len(text) {
		return len(text), cutOff
	}
	return i, whole
}

// value reads a plain value, or the beginning of a container, into n and adds
// it.
func (d *doc) value(i int, n node) (int, outcome) {
	if len(d.nodes) >= maxNodes {
		return i, tooMany
	}
	n.at, n.end = int32(i), int32(i)
	switch c := d.text[i]; c {
	case '"':
		end, esc, o := scanString(d.text, i+1)
		n.kind, n.at, n.end, n.esc = isString, int32(i+1), int32(end), esc
		d.add(n)
		if o != whole {
			return end, o
		}
		return end + 1, whole
	case '{', '[':
		if len(d.open) >= maxDepth {
			return i, tooDeep
		}
		n.kind = isObject
		if c == '[' {
			n.kind = isArray
		}
		d.open = append(d.open, int32(len(d.nodes)))
		d.add(n)
		return i + 1, whole
	}
	end := scanWord(d.text, i)
	if end == i {
		return i, broken
	}
	n.kind, n.end = wordKind(d.text[i:end]), int32(end)
	d.add(n)
	return end, whole
}

func (d *doc) add(n node) {
	n.next = int32(len(d.nodes) + 1)
	d.nodes = append(d.nodes, n)
}

// shut ends the innermost container at text[i] and reports whether it was the
// outermost.
func (d *doc) shut(i int) bool {
	last := len(d.open) - 1
	n := &d.nodes[d.open[last]]
	n.end, n.next = int32(i), int32(len(d.nodes))
	d.open = d.open[:last]
	return last == 0
}

// stop ends all containers where reading stopped.
func (d *doc) stop(i int, o outcome) outcome {
	for _, at := range d.open {
		n := &d.nodes[at]
		n.end, n.next = int32(min(i, len(d.text))), int32(len(d.nodes))
	}
	return o
}

func skipBlanks(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\n' || s[i] == '\r' || s[i] == '\t') {
		i++
	}
	return i
}

// The bytes that a string's scan stops at.
var stringStops = [256]bool{'"': true, '\\': true, '\n': true}

// scanString finds the quote that ends the string whose text begins at s[i].
// A line end inside a string is let pass unless the next line looks like a new
// object: then the line of this one was cut.
func scanString(s string, i int) (end int, esc bool, o outcome) {
	for {
		for i < len(s) && !stringStops[s[i]] {
			i++
		}
		if i >= len(s) {
			return len(s), esc, cutOff
		}
		switch s[i] {
		case '"':
			return i, esc, whole
		case '\\':
			esc = true
			if i+1 >= len(s) {
				return len(s), esc, cutOff
			}
			i += 2
		default:
			next := skipBlanks(s, i+1)
			if next+1 < len(s) && s[next] == '{' && (s[next+1] == '"' || s[next+1] == '\n' || s[next+1] == '\r') {
				return i, esc, broken
			}
			i++
		}
	}
}

// scanWord finds the end of a number or word.
func scanWord(s string, i int) int {
	for i < len(s) {
		c := s[i]
		if c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '-' || c == '+' || c == '.' {
			i++
			continue
		}
		break
	}
	return i
}

func wordKind(w string) kind {
	switch c := w[0]; {
	case c >= '0' && c <= '9', c == '-' && len(w) > 1 && w[1] >= '0' && w[1] <= '9':
		return isNumber
	case strings.EqualFold(w, "null"), strings.EqualFold(w, "undefined"), strings.EqualFold(w, "nan"), w == "nil":
		return isNull
	}
	return isWord
}

// rawKey gives the name of a value as it stands, escapes and all.
func (d *doc) rawKey(n *node) string { return d.text[n.key:n.keyEnd] }

// raw gives the text of a value as it stands.
func (d *doc) raw(n *node) string { return d.text[n.at:n.end] }
