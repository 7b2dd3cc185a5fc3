// Package powershell reads events as PowerShell prints them and saves its
// objects: the lists of Format-List, the tables of Format-Table, and CLIXML.
package powershell

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtable"
)

// scan looks through lines for lists and tables of events.
type scan struct {
	w     *parsers.Window
	text  []string // the lines without colours and quote marks
	in    []int    // how far each is indented, -1 where it is blank
	found []found
	props []property // of the list in work
	tbl   *table     // the last table, whose rows may go on in the next window
	heads []int      // lines with the names of tables, their dashes and headings
	marks []int      // lines with a mark of rows left out
}

// found is one event before its date is read.
type found struct {
	from, to int // lines in the window
	props    []property
	table    bool
	cut      bool // the message is cut
	partial  bool // the provider is cut
}

// property is one named value.
type property struct {
	name  eventtable.Name
	known bool
	text  string // the name as printed
	value string
}

// newScan prepares the lines of a window.
func newScan(w *parsers.Window) *scan {
	s := &scan{w: w, text: make([]string, len(w.Lines)), in: make([]int, len(w.Lines))}
	for i := range w.Lines {
		s.text[i] = plain(w.Lines[i].Text)
		if s.in[i] = indentOf(s.text[i]); blank(s.text[i]) {
			s.in[i] = -1
		}
	}
	s.uncomment()
	return s
}

// uncomment takes the marks of a comment off a table that somebody keeps in a
// script: off its names, its dashes and the rows behind them.
func (s *scan) uncomment() {
	for i := 1; i < len(s.text); i++ {
		t := s.text[i]
		mark := commentMark(t)
		if mark == "" || !isRule(t[len(mark):]) || commentMark(s.text[i-1]) != mark {
			continue
		}
		for j := i - 1; j < len(s.text) && commentMark(s.text[j]) == mark; j++ {
			s.text[j] = s.text[j][len(mark):]
			if s.in[j] = indentOf(s.text[j]); blank(s.text[j]) {
				s.in[j] = -1
			}
			i = max(i, j)
		}
	}
}

// commentMark gives the mark of a comment that a line begins with, "" if it
// does not.
func commentMark(t string) string {
	for _, m := range [...]string{"# ", "// ", ":: ", "REM "} {
		if strings.HasPrefix(t, m) {
			return m
		}
	}
	return ""
}

// plain takes colours off a line, and the marks with which a mail quotes it.
// PowerShell 7.2 and later colours names and headings; a paste may have lost
// the escape characters and kept the rest.
func plain(t string) string {
	if strings.IndexByte(t, 0x1B) >= 0 || strings.IndexByte(t, '[') >= 0 && strings.Contains(t, "[0m") {
		t = uncoloured(t)
	}
	for len(t) > 1 && t[0] == '>' && (t[1] == ' ' || t[1] == '>') {
		t = strings.TrimPrefix(t[1:], " ")
	}
	if t == ">" {
		return ""
	}
	return t
}

// uncoloured takes out ESC [ 32;1 m and the like, with or without the ESC.
func uncoloured(t string) string {
	b := make([]byte, 0, len(t))
	for i := 0; i < len(t); {
		if t[i] == 0x1B || t[i] == '[' {
			if n := colourLen(t[i:]); n > 0 {
				i += n
				continue
			}
			if t[i] == 0x1B {
				i++
				continue
			}
		}
		b = append(b, t[i])
		i++
	}
	return string(b)
}

func colourLen(t string) int {
	i := 0
	if t[0] == 0x1B {
		i = 1
	}
	if i >= len(t) || t[i] != '[' {
		return 0
	}
	for i++; i < len(t) && i < 20 && (t[i] >= '0' && t[i] <= '9' || t[i] == ';' || t[i] == '?'); i++ {
	}
	if i < len(t) && (t[i] == 'm' || t[0] == 0x1B && (t[i] == 'K' || t[i] == 'h' || t[i] == 'l')) {
		return i + 1
	}
	return 0
}

// isPrompt reports whether a line is a command behind a prompt.
func isPrompt(t string) bool {
	t = strings.TrimLeft(t, " \t")
	if strings.HasPrefix(t, "[") { // of a remote session
		if i := strings.Index(t, "]: "); i > 0 {
			t = t[i+3:]
		}
	}
	return strings.HasPrefix(t, "PS>") || strings.HasPrefix(t, "PS ") && strings.IndexByte(t, '>') > 0
}

// maxIndent is the deepest indent that is told from deeper ones.
const maxIndent = 400

// indentOf is the number of blanks that a line begins with, up to maxIndent.
func indentOf(t string) int {
	i := 0
	for i < len(t) && i < maxIndent && (t[i] == ' ' || t[i] == '\t') {
		i++
	}
	return i
}

func blank(t string) bool { return indentOf(t) == len(t) || strings.TrimSpace(t) == "" }

// find looks at all lines that nobody has claimed.
func (s *scan) find() {
	i := 0
	if s.tbl != nil {
		i = s.rows(0)
	}
	for i < len(s.text) {
		if s.w.Taken(i) {
			i++
			continue
		}
		if to := s.list(i); to > i {
			i = to
			continue
		}
		if to := s.tableAt(i); to > i {
			i = to
			continue
		}
		if to := s.flat(i); to > i {
			i = to
			continue
		}
		i++
	}
}

// fill puts the values of an event into rec.
func (f *found) fill(rec *eventtable.Record) {
	rec.Reset()
	for i := range f.props {
		p := &f.props[i]
		switch {
		case p.known && f.table && p.name.Column != eventtable.Message && cutAway(p.value):
			switch p.name.Column {
			case eventtable.Provider:
				f.partial = true
				rec.Set(p.name, p.value)
			case eventtable.LevelWord:
				rec.Set(p.name, wholeLevel(p.value))
			}
		case p.known:
			rec.Set(p.name, p.value)
		default:
			rec.Extra(p.text, p.value)
		}
	}
}

// wholeLevel gives the type of Get-EventLog that a table has cut.
func wholeLevel(v string) string {
	v = strings.TrimRight(v, ".…")
	for _, w := range [...]string{"Error", "Warning", "Information", "SuccessAudit", "FailureAudit", "Critical", "Verbose"} {
		if len(v) > 2 && strings.HasPrefix(w, v) {
			return w
		}
	}
	return ""
}

// sample shows the times of what was found to dates.
func (s *scan) sample(d dateSampler) {
	for i := range s.found {
		for _, p := range s.found[i].props {
			switch {
			case p.known && p.name.Column == eventtable.Time:
				d.Sample(p.value)
			case p.known && p.name.Column == eventtable.LevelWord:
				d.Language(levelLanguage(p.value))
			}
		}
	}
}
