package eventtable

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// pipePairs reads the event of a Markdown table with a name and a value in each
// row, the first of which is line i. It gives the line behind the table, and
// whether it is one of events; i if line i is no such row.
func pipePairs(w *parsers.Window, i int, out *parsers.Out) (to int, ok bool) {
	cells, ok := pairName(w.Lines[i].Text)
	if !ok {
		return i, false
	}
	rows := []gridRow{{cells: cells, from: i, to: i + 1}}
	j := i + 1
	for ; j < len(w.Lines) && j < i+maxRowLines && !w.Taken(j); j++ {
		t := w.Lines[j].Text
		if isPipeRule(t) {
			continue
		}
		cells, ok := pipeCells(t)
		if !ok || len(cells) < 2 {
			break
		}
		if len(cells) > 2 { // a bar inside the value
			cells = []string{cells[0], strings.Join(cells[1:], " | ")}
		}
		rows = append(rows, gridRow{cells: cells, from: j, to: j + 1})
	}
	if pairEvents(w, rows, out) == 0 {
		return j, false
	}
	for k := i - 1; k >= 0 && k >= i-2 && !w.Taken(k); k-- { // "Field | Value" and its rule
		if cells, ok := pipeCells(w.Lines[k].Text); !isPipeRule(w.Lines[k].Text) && (!ok || len(cells) != 2) {
			break
		}
		out.Skip(parsers.SkipHeader, 1, w.Span(k, k+1))
		w.Take(k, k+1)
	}
	return j, true
}

// pairName gives the two cells of a row with the name of a field and its value.
func pairName(t string) (cells []string, ok bool) {
	cells, ok = pipeCells(t)
	if !ok || len(cells) != 2 || cells[1] == "" {
		return nil, false
	}
	n, known := columnOf(strings.TrimRight(cells[0], ": "))
	return cells, known && n.Column != Ignored
}

// pipeCells takes a row of Markdown apart. It reports false if the line has no
// bar.
func pipeCells(t string) ([]string, bool) {
	if strings.IndexByte(t, '|') < 0 {
		return nil, false
	}
	t = eventtext.Trim(unmarked(t))
	t = strings.TrimPrefix(t, "|")
	if strings.HasSuffix(t, "|") && !strings.HasSuffix(t, `\|`) {
		t = t[:len(t)-1]
	}
	s := splitter{sep: '|'}
	s.splitPipes(t)
	for i := range s.cells {
		s.cells[i] = cleanCell(s.cells[i])
	}
	return s.cells, true
}

// isPipeRule reports whether a line is the rule under the names of a table.
func isPipeRule(t string) bool {
	t = unmarked(t)
	return strings.IndexByte(t, '-') >= 0 && strings.IndexByte(t, '|') >= 0 && strings.Trim(t, "|-: \t") == ""
}
