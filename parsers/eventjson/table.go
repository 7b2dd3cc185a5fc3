package eventjson

import (
	"strings"

	"kbdiag/parsers"
)

// Results of queries (Azure Monitor, Elasticsearch) have the names once, in
// "columns", and the records as arrays in "rows".

// tableEvents gives the events of an object with columns and rows, and reports
// whether there were any.
func (w *walker) tableEvents(d *doc, at int32) bool {
	columns, rows := tableOf(d, at)
	w.columns = columns
	some := false
	for i := rows + 1; len(columns) > 0 && i < d.nodes[rows].next; i = d.nodes[i].next {
		if d.nodes[i].kind != isArray {
			continue
		}
		switch {
		case w.rowEvent(d, i):
			some = true
		case some:
			w.out.Skip(skipOther, 1, w.place(&d.nodes[i]))
		}
	}
	w.columns = nil
	return some
}

// tableOf gives the columns of an object and the node of its rows; no columns
// if it is no table.
func tableOf(d *doc, at int32) (names []string, rows int32) {
	var columns int32
	for i := at + 1; i < d.nodes[at].next; i = d.nodes[i].next {
		if d.nodes[i].kind != isArray {
			continue
		}
		switch d.rawKey(&d.nodes[i]) {
		case "columns", "Columns":
			columns = i
		case "rows", "Rows", "values":
			rows = i
		}
	}
	if columns == 0 || rows == 0 {
		return nil, 0
	}
	return columnNames(d, columns), rows
}

// columnNames reads the names of columns: strings, or objects with a name.
func columnNames(d *doc, at int32) []string {
	var list []string
	for i := at + 1; i < d.nodes[at].next && len(list) < maxValues; i = d.nodes[i].next {
		n := &d.nodes[i]
		if n.kind == isString {
			list = append(list, d.raw(n))
			continue
		}
		for j := i + 1; j < n.next; j = d.nodes[j].next {
			switch d.rawKey(&d.nodes[j]) {
			case "name", "ColumnName":
				list = append(list, d.raw(&d.nodes[j]))
			}
		}
	}
	return list
}

// rowEvent gives the event of a row to out.
func (w *walker) rowEvent(d *doc, at int32) bool {
	if !w.rd.row(d, at, w.columns, &w.row, &w.e) {
		return false
	}
	w.give(w.place(&d.nodes[at]))
	return true
}

// row reads a row of a table as the object that it stands for, into made.
func (r *reader) row(d *doc, at int32, columns []string, made *doc, e *parsers.Event) bool {
	var b strings.Builder
	n := &d.nodes[at]
	b.Grow(int(n.end-n.at) + 16*len(columns))
	b.WriteByte('{')
	c := 0
	for i := at + 1; i < n.next && c < len(columns); i = d.nodes[i].next {
		v := &d.nodes[i]
		b.WriteByte('"')
		b.WriteString(columns[c])
		b.WriteString(`":`)
		if v.kind == isString {
			b.WriteByte('"')
		}
		b.WriteString(d.raw(v))
		if v.kind == isString {
			b.WriteByte('"')
		}
		b.WriteByte(',')
		c++
	}
	b.WriteByte('}')
	_, o := made.scan(b.String(), 0)
	return o == whole && r.event(made, 0, e)
}
