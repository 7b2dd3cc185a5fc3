package eventtext

import (
	"strconv"
	"strings"

	"kbdiag/parsers"
)

// EventViewerVistaCSV is "Save All Events As", CSV, of the Event Viewer of
// Vista and later: a header of five names in the language of the user, rows of
// six fields, quoting as in RFC 4180 with line breaks inside quotes. The
// header may be missing and columns may have been added behind.
func EventViewerVistaCSV() parsers.Format { return vistaFormat("eventviewer-vista-csv", ",;|") }

// EventViewerVistaTXT is the same with tabs.
func EventViewerVistaTXT() parsers.Format { return vistaFormat("eventviewer-vista-txt", "\t") }

func vistaFormat(name, seps string) parsers.Format {
	return parsers.Format{
		Name:       name,
		EventsOnly: true,
		Detect: func(h *parsers.Head) int {
			_, score := vistaSeparator(h, seps)
			return score
		},
		Parse: func(in *parsers.Input, out *parsers.Out) error {
			sep, _ := vistaSeparator(in.Head, seps)
			return parseVista(in, out, sep)
		},
	}
}

// vistaSeparator finds which of seps separates the fields, and scores it.
func vistaSeparator(h *parsers.Head, seps string) (sep byte, score int) {
	sep = seps[0]
	for i := 0; i < len(seps); i++ {
		c := seps[i]
		s := countRows(h, vistaRows(c), vistaHeader(c))
		n := s.score()
		if s.rows == 0 && strings.Contains(h.Text, "\n") && h.Text[0] > ' ' && headerLanguage(firstLine(h.Text), c) != "" {
			n = 50 // an empty log: the header alone
		}
		if n > score {
			sep, score = c, n
		}
	}
	return sep, score
}

func firstLine(text string) string {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	return trimBlanks(text)
}

func vistaRows(sep byte) func(string) (savedRow, bool) {
	return func(line string) (savedRow, bool) {
		var r savedRow
		ok := splitVista(line, sep, &r)
		return r, ok
	}
}

func vistaHeader(sep byte) func(string) bool {
	return func(t string) bool { return isHeaderRow(t, sep, 4) }
}

func parseVista(in *parsers.Input, out *parsers.Out, sep byte) error {
	lines := in.Lines()
	s := savedReader{out: out, dates: fileOrder(in, vistaRows(sep)), sep: sep}
	s.header = func(t string) bool {
		if !isHeaderRow(t, sep, 4) {
			return false
		}
		s.head, s.names = t, headerNames(t, sep)
		s.dates.language(headerLanguage(t, sep))
		return true
	}
	var r savedRow
	for {
		l, ok := lines.Next()
		if !ok {
			break
		}
		switch {
		case splitVista(l.Text, sep, &r):
			s.endQuote()
			s.begin(&r, &l)
		case s.head != "" && l.Text == s.head: // several exports behind one another
			s.endQuote()
			s.flush()
			out.Skip(parsers.SkipHeader, 1, linePos(&l))
		case s.quote && len(l.Text) > maxMark:
			s.quotedLine(&l)
		case !s.stray(&l):
			s.vistaLine(&l)
		}
	}
	s.endQuote()
	s.flush()
	if s.lost > 0 {
		out.Note("closing quotes of descriptions are missing: " + strconv.Itoa(s.lost) + "; such a description ends where the next row begins")
	}
	s.dates.report(out)
	return lines.Err()
}

// endQuote counts a quote that was still open where the next row begins or the
// file ends.
func (s *savedReader) endQuote() {
	if s.open && s.quote {
		s.lost++
	}
	s.quote = false
}

// vistaLine adds a line to the description, quoted or not.
func (s *savedReader) vistaLine(l *parsers.TextLine) {
	if s.quote {
		s.quotedLine(l)
		return
	}
	s.more(l, trimRight(l.Text))
}

// quotedLine adds a line inside the quotes of a description.
func (s *savedReader) quotedLine(l *parsers.TextLine) {
	t := l.Text
	end := -1
	if strings.IndexByte(t, '"') >= 0 {
		end = ClosingQuote(t, 0, s.sep)
	}
	if end < 0 {
		s.more(l, t)
		return
	}
	s.quote = false
	if end+1 < len(t) {
		s.row.extra = t[end+2:]
	}
	s.more(l, t[:end])
	s.grow(l)
}

// vistaColumns are the columns that a row of Vista and later has.
const vistaColumns = parsers.FieldCategory

// splitVista takes a row of Vista and later apart: level or keywords, date and
// time, source, id, category, description. It reports false if the line does
// not begin so.
func splitVista(line string, sep byte, r *savedRow) bool {
	if !maybeVista(line, sep) {
		return false
	}
	first, rest, _ := cutField(line, sep)
	quoted := len(rest) > 0 && rest[0] == '"'
	if quoted {
		rest = rest[1:]
	}
	st, n := scanStamp(rest)
	if n == 0 || !st.clock.set {
		return false
	}
	rest, ok := cutAfter(rest[n:], sep, quoted)
	if !ok {
		return false
	}
	source, rest, more := cutField(rest, sep)
	if !more {
		return false
	}
	idText, rest, more := cutField(rest, sep)
	w := lookLevel(first)
	if w.level == parsers.LevelUnknown {
		w.level = auditOf(first)
	}
	*r = savedRow{stamp: st, known: vistaColumns, source: source, level: w.level, lang: w.lang}
	r.id, ok = number(idText)
	if !ok {
		r.cat = idText
		return more && r.listColumns(rest, sep)
	}
	if !more {
		r.known = 0 // the row was cut
		return true
	}
	r.cat, rest, _ = cutField(rest, sep)
	r.describe(rest, sep)
	return true
}

// listColumns reads the columns behind the category of a row that "Export
// List" of 2000 to 2003 wrote: Type, Date, Time, Source, Category, Event, User,
// Computer. It has no description.
func (r *savedRow) listColumns(rest string, sep byte) bool {
	idText, rest, more := cutField(rest, sep)
	id, ok := number(idText)
	if !ok || !more || r.level == parsers.LevelUnknown {
		return false
	}
	r.id = id
	r.user, rest, more = cutField(rest, sep)
	if !more {
		return false
	}
	r.host, _, _ = cutField(rest, sep)
	r.known = ntColumns
	return true
}

// describe takes the description off the rest of a row. One that is not quoted
// runs to the end of the line.
func (r *savedRow) describe(rest string, sep byte) {
	if len(rest) == 0 || rest[0] != '"' {
		r.text = rest
		return
	}
	r.quoted = true
	end := ClosingQuote(rest, 1, sep)
	if end < 0 {
		r.text = rest[1:]
		return
	}
	r.closed = true
	r.text = rest[1:end]
	if end+1 < len(rest) {
		r.extra = rest[end+2:]
	}
}

// maybeVista spares most lines of descriptions the closer look: a row's first
// separator stands behind a short word and before a digit, a quote or a mark
// outside ASCII.
func maybeVista(line string, sep byte) bool {
	if len(line) < 16 || line[0] <= ' ' {
		return false
	}
	head := line[:min(len(line), maxLevelWord+8)]
	i := strings.IndexByte(head, sep)
	if i < 1 || i+2 >= len(line) {
		return false
	}
	if head[0] == '"' {
		// Keywords may have a comma between the quotes.
		end := ClosingQuote(head, 1, sep)
		if end < 0 || end+2 >= len(line) {
			return false
		}
		i = end + 1
	}
	c := line[i+1]
	return isDigit(c) || c == '"' || c >= 0x80
}

// headerFirst are the first names of header rows, with their languages: of the
// columns Level and, for the Security log, Keywords.
var headerFirst = map[string]string{
	"level": "en", "keywords": "en",
	"ebene": "de", "schlüsselwörter": "de",
	"niveau": "fr", "mots clés": "fr", "mots-clés": "fr", // Niveau is Dutch and Danish too: all d/M
	"nivel": "es", "palabras clave": "es",
	"livello": "it", "parole chiave": "it",
	"уровень": "ru", "ключевые слова": "ru",
	"级别": "zh-CN", "关键字": "zh-CN", "層級": "zh-TW", "等級": "zh-TW", "關鍵字": "zh-TW",
	"レベル": "ja", "キーワード": "ja",
	"nível": "pt", "palavras-chave": "pt", "palavras chave": "pt",
	"trefwoorden": "nl", "sleutelwoorden": "nl",
	"poziom": "pl", "słowa kluczowe": "pl",
	"nivå": "sv", "nyckelord": "sv",
	"úroveň": "cs", "klíčová slova": "cs",
	"수준": "ko", "키워드": "ko",
	"szint": "hu", "kulcsszavak": "hu",
	"düzey": "tr", "anahtar sözcükler": "tr",
	"рівень": "uk", "ключові слова": "uk",
	"taso": "fi", "avainsanat": "fi",
	"nøkkelord": "nb", "nøgleord": "da",
	"επίπεδο": "el", "λέξεις-κλειδιά": "el",
	"cuvinte cheie": "ro",
	"kľúčové slová": "sk",
	"ниво":          "bg", "ключови думи": "bg",
	"razina": "hr", "ključne riječi": "hr", "raven": "sl", "ključne besede": "sl",
	"المستوى": "ar", "الكلمات الأساسية": "ar",
	"רמה": "he", "מילות מפתח": "he",
	"ระดับ": "th", "คำสำคัญ": "th",
}

// headerLanguage gives the language of a header row, "" if it is none.
func headerLanguage(t string, sep byte) string {
	if !isHeaderRow(t, sep, 4) {
		return ""
	}
	first, _, _ := cutField(t, sep)
	return headerFirst[strings.ToLower(trimBlanks(first))]
}

// maxColumns bounds the columns behind the description.
const maxColumns = 64

// headerNames gives the names of the columns behind the fifth.
func headerNames(t string, sep byte) []string {
	var names []string
	for more, i := true, 0; more && i < maxColumns; i++ {
		var name string
		name, t, more = cutField(t, sep)
		if i >= 5 {
			names = append(names, trimBlanks(name))
		}
	}
	return names
}

// columnFields are columns that the user of Event Viewer can add, by their
// English names in lower case.
var columnFields = map[string]parsers.Field{
	"computer": parsers.FieldHost, "user": parsers.FieldUser, "log": parsers.FieldLog, "log name": parsers.FieldLog,
}

// extras puts the columns behind the description into the event: the ones of
// Event Viewer into their fields, those that others added into the named
// values. The description has no name in the header, so the names count from
// the fifth column or, where somebody named it, from the sixth.
func (s *savedReader) extras(e *parsers.Event) {
	rest, more := s.row.extra, true
	var values [maxColumns]string
	n := 0
	for ; more && n < maxColumns; n++ {
		values[n], rest, more = cutField(rest, s.sep)
	}
	names := s.names
	if len(names) == n+1 {
		names = names[1:]
	}
	for i, v := range values[:n] {
		v = present(v)
		if v == "" {
			continue
		}
		name := "column " + strconv.Itoa(i+7)
		if i < len(names) && names[i] != "" {
			name = names[i]
		}
		if f, ok := columnFields[strings.ToLower(name)]; ok {
			e.Set(f, v)
			continue
		}
		e.Data = append(e.Data, parsers.Named{Name: name, Value: v})
		e.Known |= parsers.FieldData
	}
}
