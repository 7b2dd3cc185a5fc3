package rules

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Bounds of a rule file. The decoder takes seconds and gigabytes for some
// files of a few KB (long dotted keys, deep inline tables), so nothing reaches
// it that is beyond these.
const (
	maxFileBytes = 256 << 10
	maxKeyParts  = 6
	maxDepth     = 6
	maxKeys      = 2000
	maxArray     = 1000
)

// nodeKind is the type of a TOML value.
type nodeKind uint8

const (
	tomlString nodeKind = iota + 1
	tomlInteger
	tomlFloat
	tomlBool
	tomlDate
	tomlArray
	tomlTable
)

// String names the kind in messages.
func (k nodeKind) String() string {
	switch k {
	case tomlString:
		return "text"
	case tomlInteger:
		return "a whole number"
	case tomlFloat:
		return "a number"
	case tomlBool:
		return "true or false"
	case tomlDate:
		return "a date"
	case tomlArray:
		return "a list"
	}
	return "a table"
}

// tomlNode is a value of a rule file with its place.
type tomlNode struct {
	kind    nodeKind
	at      span        // bytes of the value; of the header's key for [table]
	entries []tomlEntry // of a table, in the order of the file
	items   []*tomlNode // of an array
	headed  bool        // a table with a header of its own
}

// tomlEntry is a key of a table.
type tomlEntry struct {
	name  string
	at    span // bytes of the key
	value *tomlNode
}

// get finds the value of a key, nil if there is none.
func (n *tomlNode) get(name string) *tomlNode {
	if e := n.entry(name); e != nil {
		return e.value
	}
	return nil
}

// entry finds a key, nil if there is none.
func (n *tomlNode) entry(name string) *tomlEntry {
	if n == nil {
		return nil
	}
	for i := range n.entries {
		if n.entries[i].name == name {
			return &n.entries[i]
		}
	}
	return nil
}

// tomlFault is what is wrong with a rule file, at a span of bytes.
type tomlFault struct {
	at   span
	code Code
	msg  string
	fix  string
	edit *Edit // of the file without its mark, nil where it takes a person
}

// treeBuilder builds the tree of a file.
type treeBuilder struct {
	data   []byte
	parser unstable.Parser
	root   *tomlNode
	keys   int
	faults []tomlFault
}

// errBound ends the reading of a file that is beyond a bound.
var errBound = errors.New("beyond a bound")

// readTree parses data and checks the bounds. Duplicate keys are faults but do
// not end the reading; ok is false where the rest could not be read.
func readTree(data []byte) (root *tomlNode, faults []tomlFault, ok bool) {
	if len(data) > maxFileBytes {
		return nil, []tomlFault{{code: CodeTooLarge,
			msg: fmt.Sprintf("file of %d bytes, at most %d are allowed", len(data), maxFileBytes)}}, false
	}
	if i := invalidUTF8(data); i >= 0 {
		return nil, []tomlFault{{at: span{i, i + 1}, code: CodeSyntax, msg: "not UTF-8", fix: "save the file as UTF-8"}}, false
	}
	b := &treeBuilder{data: data, root: &tomlNode{kind: tomlTable}}
	b.parser.Reset(data)
	table := b.root
	for b.parser.NextExpression() {
		next, err := b.expression(table, b.parser.Expression())
		if err != nil {
			return b.root, b.faults, false
		}
		table = next
	}
	if err := b.parser.Error(); err != nil {
		b.syntax(err)
		return b.root, b.faults, false
	}
	return b.root, b.faults, true
}

// invalidUTF8 gives the offset of the first byte that is not UTF-8, -1 if
// there is none.
func invalidUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// syntax notes an error of the parser, which shows a slice of the data.
func (b *treeBuilder) syntax(err error) {
	f := tomlFault{at: span{}, code: CodeSyntax, msg: "not TOML: " + err.Error(), fix: syntaxHint(err.Error())}
	var e *unstable.ParserError
	if errors.As(err, &e) {
		if from := cap(b.data) - cap(e.Highlight); from >= 0 && from+len(e.Highlight) <= len(b.data) {
			f.at = span{from, from + len(e.Highlight)}
			f.edit = quoteValue(b.data, from)
		}
	}
	b.faults = append(b.faults, f)
}

// bareValue is a value without quotes: words up to the end of the line, or to
// a comment.
var bareValue = regexp.MustCompile(`^[A-Za-z][^"'#\\\[\]{}=\r\n]*`)

// quoteValue gives the edit that puts the words at an offset in quotes, where
// they are the value of a key; nil where they are something else.
func quoteValue(data []byte, at int) *Edit {
	line := data[bytes.LastIndexByte(data[:at], '\n')+1 : at]
	key, rest, ok := bytes.Cut(line, []byte{'='})
	if !ok || len(bytes.TrimSpace(rest)) > 0 || bytes.ContainsAny(key, "\"'#[{") {
		return nil
	}
	words := bytes.TrimRight(bareValue.Find(data[at:]), " \t")
	after := data[at+len(words):]
	if i := bytes.IndexByte(after, '\n'); i >= 0 {
		after = after[:i]
	}
	after = bytes.TrimSpace(after)
	if len(words) == 0 || len(after) > 0 && after[0] != '#' {
		return nil
	}
	return &Edit{at, at + len(words), `"` + string(words) + `"`}
}

// syntaxHint says what to write for the mistakes that people make most.
func syntaxHint(msg string) string {
	switch {
	case strings.Contains(msg, "at start of value"), strings.Contains(msg, "expected keyword"):
		return `put text in quotes: "..."`
	case strings.Contains(msg, "cannot have new lines"):
		return "close the quote, or write three quotes for several lines"
	case strings.Contains(msg, "expected '=' after key"):
		return "write key = value"
	}
	return ""
}

// bound notes that a bound is exceeded and ends the reading.
func (b *treeBuilder) bound(at span, format string, args ...any) error {
	b.faults = append(b.faults, tomlFault{at: at, code: CodeTooLarge, msg: fmt.Sprintf(format, args...)})
	return errBound
}

// expression adds a line to the tree and gives the table that the following
// keys belong to.
func (b *treeBuilder) expression(table *tomlNode, e *unstable.Node) (*tomlNode, error) {
	switch e.Kind {
	case unstable.Table, unstable.ArrayTable:
		return b.header(e)
	case unstable.KeyValue:
		return table, b.keyValue(table, e, 1)
	}
	return table, nil
}

// part is one name of a dotted key.
type part struct {
	name string
	at   span
}

// path reads a dotted key.
func (b *treeBuilder) path(it unstable.Iterator) ([]part, error) {
	var parts []part
	for it.Next() {
		n := it.Node()
		at := rangeSpan(n.Raw)
		if len(parts) == maxKeyParts {
			return nil, b.bound(at, "key of more than %d parts", maxKeyParts)
		}
		b.keys++
		if b.keys > maxKeys {
			return nil, b.bound(at, "more than %d keys", maxKeys)
		}
		parts = append(parts, part{string(n.Data), at})
	}
	return parts, nil
}

// rangeSpan turns the parser's range into a span.
func rangeSpan(r unstable.Range) span {
	return span{int(r.Offset), int(r.Offset + r.Length)}
}

// header reads [a.b] and [[a.b]].
func (b *treeBuilder) header(e *unstable.Node) (*tomlNode, error) {
	parts, err := b.path(e.Key())
	if err != nil {
		return nil, err
	}
	table := b.root
	for _, p := range parts[:len(parts)-1] {
		table = b.descend(table, p)
	}
	last := parts[len(parts)-1]
	whole := span{parts[0].at.from, last.at.to}
	entry := table.entry(last.name)
	if e.Kind == unstable.ArrayTable {
		return b.arrayItem(table, entry, last, whole)
	}
	if entry == nil {
		n := &tomlNode{kind: tomlTable, at: whole, headed: true}
		table.entries = append(table.entries, tomlEntry{last.name, last.at, n})
		return n, nil
	}
	if entry.value.kind != tomlTable || entry.value.headed {
		b.duplicate(last, entry.at)
		return &tomlNode{kind: tomlTable, at: whole}, nil
	}
	entry.value.headed = true
	return entry.value, nil
}

// arrayItem adds a table to the array of a [[header]].
func (b *treeBuilder) arrayItem(table *tomlNode, entry *tomlEntry, last part, whole span) (*tomlNode, error) {
	item := &tomlNode{kind: tomlTable, at: whole, headed: true}
	if entry == nil {
		array := &tomlNode{kind: tomlArray, at: last.at, items: []*tomlNode{item}, headed: true}
		table.entries = append(table.entries, tomlEntry{last.name, last.at, array})
		return item, nil
	}
	if entry.value.kind != tomlArray || !entry.value.headed {
		b.duplicate(last, entry.at)
		return item, nil
	}
	if len(entry.value.items) == maxArray {
		return nil, b.bound(last.at, "more than %d times [[%s]]", maxArray, shorten(last.name))
	}
	entry.value.items = append(entry.value.items, item)
	return item, nil
}

// descend goes one name down from a table, making the table if need be. A
// name that is something else gives a table outside of the tree.
func (b *treeBuilder) descend(table *tomlNode, p part) *tomlNode {
	entry := table.entry(p.name)
	if entry == nil {
		n := &tomlNode{kind: tomlTable, at: p.at}
		table.entries = append(table.entries, tomlEntry{p.name, p.at, n})
		return n
	}
	if entry.value.kind == tomlTable {
		return entry.value
	}
	if entry.value.kind == tomlArray && entry.value.headed {
		return entry.value.items[len(entry.value.items)-1]
	}
	b.duplicate(p, entry.at)
	return &tomlNode{kind: tomlTable, at: p.at}
}

// duplicate notes a key that is there already.
func (b *treeBuilder) duplicate(p part, first span) {
	line := 1 + bytes.Count(b.data[:first.from], []byte{'\n'})
	b.faults = append(b.faults, tomlFault{at: p.at, code: CodeDuplicateKey,
		msg: fmt.Sprintf("%s is set twice, first in line %d", shorten(p.name), line), fix: "remove one"})
}

// keyValue adds `key = value` to a table.
func (b *treeBuilder) keyValue(table *tomlNode, e *unstable.Node, depth int) error {
	parts, err := b.path(e.Key())
	if err != nil {
		return err
	}
	last := parts[len(parts)-1]
	for _, p := range parts[:len(parts)-1] {
		table = b.descend(table, p)
	}
	at := span{b.valueStart(last.at.to), int(e.Raw.Offset + e.Raw.Length)}
	value, err := b.value(e.Value(), at, depth+len(parts)-1)
	if err != nil {
		return err
	}
	if entry := table.entry(last.name); entry != nil {
		b.duplicate(last, entry.at)
		return nil
	}
	table.entries = append(table.entries, tomlEntry{last.name, last.at, value})
	return nil
}

// valueStart gives the offset of the value after the key that ends at i: the
// parser gives no place for arrays.
func (b *treeBuilder) valueStart(i int) int {
	for i < len(b.data) && (b.data[i] == ' ' || b.data[i] == '\t' || b.data[i] == '=') {
		i++
	}
	return i
}

// value reads a value, whose bytes are at where the parser does not tell.
func (b *treeBuilder) value(v *unstable.Node, at span, depth int) (*tomlNode, error) {
	n := &tomlNode{kind: kindOf(v.Kind), at: at}
	switch v.Kind {
	case unstable.Array:
		return n, b.array(n, v, depth)
	case unstable.InlineTable:
		return n, b.inlineTable(n, v, depth)
	}
	n.at = rangeSpan(v.Raw)
	return n, nil
}

// kindOf names the kind of a value.
func kindOf(k unstable.Kind) nodeKind {
	switch k {
	case unstable.String:
		return tomlString
	case unstable.Integer:
		return tomlInteger
	case unstable.Float:
		return tomlFloat
	case unstable.Bool:
		return tomlBool
	case unstable.Array:
		return tomlArray
	case unstable.InlineTable:
		return tomlTable
	}
	return tomlDate
}

// array reads the elements of an array.
func (b *treeBuilder) array(n *tomlNode, v *unstable.Node, depth int) error {
	if depth >= maxDepth {
		return b.bound(n.at, "nested deeper than %d", maxDepth)
	}
	it := v.Children()
	for it.Next() {
		c := it.Node()
		if len(n.items) == maxArray {
			return b.bound(n.at, "list of more than %d values", maxArray)
		}
		at := n.at
		if c.Kind == unstable.InlineTable {
			at = span{int(c.Raw.Offset), int(c.Raw.Offset) + 1}
		}
		item, err := b.value(c, at, depth+1)
		if err != nil {
			return err
		}
		n.items = append(n.items, item)
	}
	return nil
}

// inlineTable reads the keys of {a = 1, b = 2}.
func (b *treeBuilder) inlineTable(n *tomlNode, v *unstable.Node, depth int) error {
	if depth >= maxDepth {
		return b.bound(n.at, "nested deeper than %d", maxDepth)
	}
	it := v.Children()
	for it.Next() {
		c := it.Node()
		if c.Kind != unstable.KeyValue {
			continue
		}
		if err := b.keyValue(n, c, depth+1); err != nil {
			return err
		}
	}
	n.headed = true // an inline table is complete
	return nil
}
