package rules

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"
)

// document is a rule file being read.
type document struct {
	file     string
	data     []byte // without a byte order mark
	skipped  int    // bytes of the byte order mark
	lines    *lines // made when a place is wanted
	root     *tomlNode
	findings []Finding
}

// utf8Mark is the byte order mark that some editors write.
var utf8Mark = []byte("\xef\xbb\xbf")

// newDocument starts to read a file.
func newDocument(file string, data []byte) *document {
	d := &document{file: file, data: data}
	if bytes.HasPrefix(data, utf8Mark) {
		d.data, d.skipped = data[len(utf8Mark):], len(utf8Mark)
	}
	return d
}

// pos gives the place of an offset in data.
func (d *document) pos(offset int) Pos {
	if d.lines == nil {
		d.lines = newLines(d.data)
	}
	return d.lines.pos(offset)
}

// add notes a finding.
func (d *document) add(sev Severity, at span, code Code, fix, format string, args ...any) *Finding {
	p := d.pos(at.from)
	d.findings = append(d.findings, Finding{
		File: d.file, Line: p.Line, Column: p.Column, Until: d.pos(max(at.from, at.to)),
		Severity: sev, Code: code, Msg: fmt.Sprintf(format, args...), Fix: fix,
	})
	return &d.findings[len(d.findings)-1]
}

// error notes an error.
func (d *document) error(at span, code Code, fix, format string, args ...any) {
	d.add(SeverityError, at, code, fix, format, args...)
}

// warn notes a warning.
func (d *document) warn(at span, code Code, fix, format string, args ...any) {
	d.add(SeverityWarning, at, code, fix, format, args...)
}

// note notes something worth knowing.
func (d *document) note(at span, code Code, fix, format string, args ...any) {
	d.add(SeverityNote, at, code, fix, format, args...)
}

// errorEdit notes an error with a text that replaces the span, "" for none.
func (d *document) errorEdit(at span, code Code, fix, edit, format string, args ...any) {
	f := d.add(SeverityError, at, code, fix, format, args...)
	if edit != "" && at.from < at.to {
		d.mend(f, at, edit)
	}
}

// mend gives a finding the edit that puts a text in the place of a span, which
// may be empty.
func (d *document) mend(f *Finding, at span, text string) {
	f.Edit = &Edit{at.from + d.skipped, at.to + d.skipped, text}
}

// dropItem gives a finding the edit that takes an element, not the first, out
// of a list, with the comma before it. A comment between the two is not lost:
// then there is no edit.
func (d *document) dropItem(f *Finding, before, item span) {
	if before.to <= item.from && bytes.IndexByte(d.data[before.to:item.from], '#') < 0 {
		d.mend(f, span{before.to, item.to}, "")
	}
}

// dropFirst is dropItem for the first of several elements.
func (d *document) dropFirst(f *Finding, item, next span) {
	if item.to <= next.from && bytes.IndexByte(d.data[item.to:next.from], '#') < 0 {
		d.mend(f, span{item.from, next.from}, "")
	}
}

// failed says whether there is an error.
func (d *document) failed() bool {
	for _, f := range d.findings {
		if f.Severity == SeverityError {
			return true
		}
	}
	return false
}

// read parses the file, checks its shape and decodes it. It gives nil where
// nothing further can be checked.
func (d *document) read() map[string]any {
	root, faults, ok := readTree(d.data)
	for _, f := range faults {
		found := d.add(SeverityError, f.at, f.code, f.fix, "%s", f.msg)
		if f.edit != nil {
			d.mend(found, span{f.edit.Start, f.edit.End}, f.edit.Text)
		}
	}
	if root == nil {
		return nil
	}
	d.root = root
	d.checkTable(root, Keys, "the rule", ok)
	if !ok || len(faults) > 0 {
		return nil
	}
	var values map[string]any
	if _, err := toml.Decode(string(d.data), &values); err != nil {
		d.decodeError(err)
		return nil
	}
	return values
}

// decodeError places an error of the decoder.
func (d *document) decodeError(err error) {
	var e toml.ParseError
	if !errors.As(err, &e) {
		d.error(span{}, CodeSyntax, "", "not TOML: %v", err)
		return
	}
	msg := strings.TrimPrefix(e.Message, "toml: ")
	d.error(span{e.Position.Start, e.Position.Start + e.Position.Len}, CodeSyntax, "", "not TOML: %s", lowerFirst(msg))
}

// table is a table of the file: its values with their places.
type table struct {
	doc    *document
	node   *tomlNode
	values map[string]any
}

// text gives a text, "" where it is missing or of another type.
func (t table) text(key string) string {
	s, _ := t.values[key].(string)
	return s
}

// integer gives a whole number, 0 where it is missing or of another type.
func (t table) integer(key string) int64 {
	n, _ := t.values[key].(int64)
	return n
}

// number gives a number, 0 where it is missing or of another type.
func (t table) number(key string) float64 {
	switch n := t.values[key].(type) {
	case float64:
		return n
	case int64:
		return float64(n)
	}
	return 0
}

// has says whether a key is set.
func (t table) has(key string) bool { return t.node.entry(key) != nil }

// isText says whether a key is set to a text.
func (t table) isText(key string) bool {
	n := t.node.get(key)
	return n != nil && n.kind == tomlString
}

// at gives the place of the value of a key, or of the table without it.
func (t table) at(key string) span {
	if n := t.node.get(key); n != nil {
		return n.at
	}
	return t.node.at
}

// textItem is an element of a list of text.
type textItem struct {
	text string
	at   span
}

// texts gives the elements of a list that are text.
func (t table) texts(key string) []textItem {
	list, _ := t.values[key].([]any)
	n := t.node.get(key)
	if n == nil || len(n.items) != len(list) {
		return nil
	}
	var items []textItem
	for i, v := range list {
		if s, ok := v.(string); ok {
			items = append(items, textItem{s, n.items[i].at})
		}
	}
	return items
}

// plain gives the texts alone.
func plain(items []textItem) []string {
	var list []string
	for _, i := range items {
		list = append(list, i.text)
	}
	return list
}

// table gives the table of a key.
func (t table) table(key string) (table, bool) {
	n := t.node.get(key)
	values, ok := t.values[key].(map[string]any)
	if n == nil || !ok || n.kind != tomlTable {
		return table{}, false
	}
	return table{t.doc, n, values}, true
}

// tables gives the tables of a list. The decoder gives []map[string]any for
// [[key]] and for a list of inline tables, []any for a mixed list.
func (t table) tables(key string) []table {
	n := t.node.get(key)
	if n == nil {
		return nil
	}
	var list []table
	add := func(i int, v any) {
		values, ok := v.(map[string]any)
		if ok && i < len(n.items) && n.items[i].kind == tomlTable {
			list = append(list, table{t.doc, n.items[i], values})
		}
	}
	switch vs := t.values[key].(type) {
	case []map[string]any:
		for i, v := range vs {
			add(i, v)
		}
	case []any:
		for i, v := range vs {
			add(i, v)
		}
	}
	return list
}

// condition turns the faults of an expression in a text of the file into
// findings.
func (t table) condition(key string, faults []exprFault) {
	d, q := t.doc, t.quoted(key)
	for _, f := range faults {
		at := span{q.offset(f.span.from), q.offset(f.span.to)}
		edit := f.edit
		if edit != "" && !q.replaceable(at, f.span, edit) {
			edit = ""
		}
		d.errorEdit(at, f.code, f.fix, edit, "%s", f.msg)
	}
}

// quoted gives a text of the file as written.
func (t table) quoted(key string) quoted {
	at := t.at(key)
	return quoted{t.doc.data[at.from:at.to], at.from}
}

// place gives the function that places a byte of a text of the file.
func (t table) place(key string) func(int) Pos {
	q := t.quoted(key)
	return func(n int) Pos { return t.doc.pos(q.offset(n)) }
}

// replaceable says whether a part of the string may be replaced in the file by
// a text as it is: nothing in either of them is escaped.
func (q quoted) replaceable(at, decoded span, text string) bool {
	if at.to-at.from != decoded.to-decoded.from || strings.ContainsAny(text, "\\\n\r") {
		return false
	}
	from, to := at.from-q.start, at.to-q.start
	if from < 0 || to > len(q.raw) || bytes.IndexByte(q.raw[from:to], '\\') >= 0 {
		return false
	}
	_, _, _, multi := q.frame()
	return multi || strings.IndexByte(text, q.raw[0]) < 0
}
