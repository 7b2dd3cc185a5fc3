package eventtable

import (
	"strings"

	"kbdiag/parsers/eventtext"
)

// splitter takes rows apart [RFC 4180], with the liberties that tools take: a
// quote that is not doubled and stands before anything but a separator is
// text.
type splitter struct {
	sep   byte
	cells []string // of the row; the last is not whole while open
	open  bool     // the last cell's closing quote is yet to come
}

// split appends the cells of a row from byte i of line on. It reports whether
// the last one goes on in the next line.
func (s *splitter) split(line string, i int) bool {
	for {
		if i < len(line) && line[i] == '"' {
			end := eventtext.ClosingQuote(line, i+1, s.sep)
			if end < 0 {
				s.cells = append(s.cells, line[i+1:])
				s.open = true
				return true
			}
			s.cells = append(s.cells, undouble(line[i+1:end]))
			if end+1 >= len(line) {
				return false
			}
			i = end + 2
			continue
		}
		j := strings.IndexByte(line[i:], s.sep)
		if j < 0 {
			s.cells = append(s.cells, line[i:])
			return false
		}
		s.cells = append(s.cells, line[i:i+j])
		i += j + 1
	}
}

// splitPipes appends the cells of a row of Markdown. A bar with a backslash
// before it is text.
func (s *splitter) splitPipes(line string) {
	from := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '|':
			s.cells = append(s.cells, line[from:i])
			from = i + 1
		}
	}
	s.cells = append(s.cells, line[from:])
}

// undouble undoes the doubling of quotes.
func undouble(s string) string {
	i := strings.Index(s, `""`)
	if i < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i >= 0 {
		b = append(b, s[:i+1]...)
		if s = s[i+1:]; s != "" && s[0] == '"' {
			s = s[1:]
		}
		i = strings.IndexByte(s, '"')
	}
	b = append(b, s...)
	return string(b)
}

// splitSpans takes apart a row whose cells stand in places, counted in
// characters.
func splitSpans(line string, spans []int, cells []string) []string {
	ascii := true
	for i := 0; i < len(line); i++ {
		ascii = ascii && line[i] < 0x80
	}
	from := 0
	for i := range spans {
		to := len(line)
		if i+1 < len(spans) {
			if to = min(spans[i+1], len(line)); !ascii {
				to = from + runes(line[from:], spans[i+1]-spans[i])
			}
		}
		cells = append(cells, strings.TrimSpace(line[min(from, to):to]))
		from = to
	}
	return cells
}

// runes is the length in bytes of the first n characters of s.
func runes(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

// dashSpans reads a line of dashes under a header: where each run begins. It
// gives nil if the line is none.
func dashSpans(line string) []int {
	var spans []int
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '-':
			if i == 0 || line[i-1] == ' ' {
				spans = append(spans, i)
			}
		case line[i] != ' ':
			return nil
		}
	}
	return spans
}
