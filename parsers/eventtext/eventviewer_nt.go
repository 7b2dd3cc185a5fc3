package eventtext

import (
	"strings"

	"kbdiag/parsers"
)

// EventViewerNTCSV is "Save Log File As", comma-delimited, of the Event Viewer
// of NT 4 to 2003: Date, Time, Source, Type, Category, Event, User, Computer,
// Description, without a header. NT 4 and 2000 do not quote the description,
// which may have commas and line breaks in it; 2003 quotes one with a comma.
func EventViewerNTCSV() parsers.Format { return ntFormat("eventviewer-nt-csv", ",;|") }

// EventViewerNTTXT is the same with tabs.
func EventViewerNTTXT() parsers.Format { return ntFormat("eventviewer-nt-txt", "\t") }

func ntFormat(name, seps string) parsers.Format {
	return parsers.Format{
		Name:       name,
		EventsOnly: true,
		Detect: func(h *parsers.Head) int {
			_, score := ntSeparator(h, seps)
			return score
		},
		Parse: func(in *parsers.Input, out *parsers.Out) error {
			sep, _ := ntSeparator(in.Head, seps)
			return parseNT(in, out, sep)
		},
	}
}

// ntSeparator finds which of seps separates the fields, and scores it.
func ntSeparator(h *parsers.Head, seps string) (sep byte, score int) {
	sep = seps[0]
	for i := 0; i < len(seps); i++ {
		c := seps[i]
		s := countRows(h, ntRows(c), ntHeader(c)).score()
		if s > score {
			sep, score = c, s
		}
	}
	return sep, score
}

func ntRows(sep byte) func(string) (savedRow, bool) {
	return func(line string) (savedRow, bool) {
		var r savedRow
		ok := splitNT(line, sep, &r)
		return r, ok
	}
}

func ntHeader(sep byte) func(string) bool {
	return func(t string) bool { return isHeaderRow(t, sep, 7) }
}

func parseNT(in *parsers.Input, out *parsers.Out, sep byte) error {
	lines := in.Lines()
	s := savedReader{out: out, dates: fileOrder(in, ntRows(sep)), header: ntHeader(sep), sep: sep}
	var r savedRow
	for {
		l, ok := lines.Next()
		if !ok {
			break
		}
		switch {
		case splitNT(l.Text, sep, &r):
			s.begin(&r, &l)
		case !s.stray(&l):
			s.more(&l, trimRight(l.Text))
		}
	}
	s.flush()
	s.dates.report(out)
	return lines.Err()
}

// ntColumns are the columns that a row of NT 4 to 2003 has.
const ntColumns = parsers.FieldCategory | parsers.FieldUser | parsers.FieldHost

// ntSlack is how many separators the names of source and category may have in
// them.
const ntSlack = 3

// splitNT takes a row of NT 4 to 2003 apart. It reports false if the line does
// not begin with date, time, source, type, category and a numeric id. A type
// word of a language that is not known leaves the level unknown.
func splitNT(line string, sep byte, r *savedRow) bool {
	st, rest, ok := splitStamp(line, sep)
	if !ok {
		return false
	}
	if splitPlainNT(rest, sep, r) {
		r.stamp = st
		return true
	}
	var f [8 + 2*ntSlack]string
	var at [8 + 2*ntSlack]string // what follows each field
	n := 0
	for more := true; more && n < len(f); n++ {
		f[n], rest, more = cutField(rest, sep)
		at[n] = rest
	}
	typ, id, ok := ntPlaces(f[:n])
	if !ok || id+2 >= n {
		return false
	}
	*r = savedRow{stamp: st, known: ntColumns}
	r.source = joinFields(f[:typ], sep)
	w := lookLevel(f[typ])
	r.level, r.lang = w.level, w.lang
	r.cat = joinFields(f[typ+1:id], sep)
	r.id, _ = number(f[id])
	r.user, r.host = f[id+1], f[id+2]
	r.text = at[id+2]
	return true
}

// splitPlainNT takes the fields behind the time apart where no name has a
// separator in it, as in nearly all rows.
func splitPlainNT(rest string, sep byte, r *savedRow) bool {
	var f [6]string // source, type, category, id, user, computer
	more := true
	for i := range f {
		if !more {
			return false
		}
		f[i], rest, more = cutField(rest, sep)
	}
	if !isPlainNT(f[:]) || !plausibleNT(f[:]) {
		return false
	}
	w := lookLevel(f[1])
	*r = savedRow{known: ntColumns, source: f[0], level: w.level, lang: w.lang, cat: f[2], user: f[4], host: f[5], rowText: rowText{text: rest}}
	r.id, _ = number(f[3])
	return true
}

// splitStamp reads date and time, which stand in fields of their own, from the
// beginning of a row.
func splitStamp(line string, sep byte) (st stamp, rest string, ok bool) {
	quoted := 0
	if len(line) > 0 && line[0] == '"' {
		quoted = 1
	}
	if len(line) < 10 || !isDigit(line[quoted]) && line[quoted] < 0x80 {
		return st, "", false
	}
	st, n := scanDate(line[quoted:])
	if n == 0 {
		return st, "", false
	}
	rest, ok = cutAfter(line[quoted+n:], sep, quoted == 1)
	if !ok {
		return st, "", false
	}
	quoted = 0
	if len(rest) > 0 && rest[0] == '"' {
		quoted = 1
	}
	c, n := scanClock(rest[quoted:])
	if n == 0 {
		return st, "", false
	}
	st.clock = c
	rest, ok = cutAfter(rest[quoted+n:], sep, quoted == 1)
	return st, rest, ok
}

// cutAfter takes the closing quote, blanks and the separator off what follows
// a value.
func cutAfter(s string, sep byte, quoted bool) (string, bool) {
	i := 0
	if quoted {
		if len(s) == 0 || s[0] != '"' {
			return "", false
		}
		i++
	}
	for i < len(s) && s[i] == ' ' {
		i++
	}
	if i >= len(s) || s[i] != sep {
		return "", false
	}
	return s[i+1:], true
}

// ntPlaces finds the fields of type and id among those that follow the time.
// Without separators in names they are the second and the fourth.
func ntPlaces(f []string) (typ, id int, ok bool) {
	if len(f) < 6 {
		return 0, 0, false
	}
	if isPlainNT(f) {
		return 1, 3, plausibleNT(f)
	}
	for typ = 1; typ <= 1+ntSlack && typ < len(f); typ++ {
		if !isLevel(f[typ]) {
			continue
		}
		for id = typ + 2; id <= typ+2+ntSlack && id < len(f); id++ {
			if _, ok := number(f[id]); ok {
				return typ, id, true
			}
		}
	}
	return 0, 0, false
}

// isPlainNT reports whether the type is the second field and the id the fourth.
func isPlainNT(f []string) bool {
	_, ok := number(f[3])
	return ok && (isLevel(f[1]) || !isLevel(f[2]))
}

// plausibleNT tells a row of Event Viewer from one of dumpel, which has
// numbers for type and category.
func plausibleNT(f []string) bool {
	_, typ := number(f[1])
	_, source := number(f[0])
	return !typ && !source && len(f[1]) < maxLevelWord
}

// joinFields joins the pieces of a name that had a separator in it.
func joinFields(f []string, sep byte) string {
	if len(f) == 1 {
		return f[0]
	}
	return strings.Join(f, string(sep))
}
