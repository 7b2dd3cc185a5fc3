package eventtools

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// frst are the events that FRST (Addition.txt) and MiniToolBox of the same
// author list in their section of event log errors:
//
//	Error: (03/06/2025 03:05:39 PM) (Source: Service Control Manager) (EventID: 7000) (User: )
//	Description: The text of the message.
//
// MiniToolBox and old versions leave the id out. Month and day stand in this
// order everywhere. FRST also lists events of Windows Defender and of code
// integrity, with a time and a description only; those count below their own
// headings alone.
var frst = tool{name: "frst", letters: hasColon, first: "=", read: readFRST, fixed: parsers.No, title: isFRSTTitle}

// maxWord is how long the level word before the brackets may be, in bytes.
const maxWord = 32

// sections are the headings of the events and the logs they are of.
var sections = map[string]string{
	"application errors": "Application", "applikationsfehler": "Application", "anwendungsfehler": "Application",
	"erreurs application": "Application", "errores de aplicación": "Application", "dziennik aplikacji": "Application",
	"erreurs d'application": "Application", "errori applicazione": "Application", "ошибки приложений": "Application",
	"applicatie fouten": "Application", "erros em aplicações": "Application",
	"system errors": "System", "systemfehler": "System", "erreurs système": "System", "errores del sistema": "System",
	"dziennik systemu": "System", "errori sistema": "System", "системные ошибки": "System",
	"systeemfouten": "System", "erros de sistema": "System",
}

// Sections whose events have no source.
const (
	defenderSection  = "windows defender"
	integritySection = "codeintegrity"
	officeSection    = "microsoft office sessions" // events again, as bare strings
)

func readFRST(s *scan, i int, r row, rec *record) int {
	t := r.text
	if t[0] == '=' {
		if strings.HasPrefix(t, "==========") && strings.Trim(t, "=") != "" {
			s.ctx.section = "" // another part of the report
		}
		return i
	}
	k := strings.IndexByte(t[:min(len(t), maxWord)], ':')
	if k < 3 {
		return i
	}
	if k == len(t)-1 {
		s.frstHeading(i, t[:k])
		return i
	}
	if s.ctx.section == defenderSection || s.ctx.section == integritySection {
		if n := s.datedBlock(i, k, r, rec); n > i {
			return n
		}
	}
	if k+2 >= len(t) || t[k+1] != ' ' || t[k+2] != '(' {
		return i
	}
	level := eventtext.LevelOf(t[:k])
	if level == parsers.LevelUnknown {
		return i
	}
	end := s.frstBrackets(i, t[k+2:], r, rec)
	if end == i {
		*rec = record{}
		return i
	}
	rec.event.SetLevel(level)
	if log := sections[s.ctx.section]; log != "" {
		rec.event.Set(parsers.FieldLog, log)
	}
	return s.frstText(end, r, rec)
}

// frstHeading notes a section: a name with a colon, underlined.
func (s *scan) frstHeading(i int, name string) {
	u := s.page.at(i + 1).text
	if len(u) <= 5 || strings.Trim(u, "=") != "" {
		return
	}
	name = strings.ToLower(name)
	for _, known := range []string{defenderSection, integritySection, officeSection} {
		if strings.HasPrefix(name, known) {
			name = known
		}
	}
	if sections[name] == "" {
		name = sectionByStem(name)
	}
	s.ctx.section = name
}

// sectionByStem tells the sections of languages that are not listed by the
// stems of "application" and "system", which most languages share.
func sectionByStem(name string) string {
	for _, stem := range []string{"applica", "aplica", "aplika", "applika", "прилож", "програм", "toepassing", "uygulama", "alkalmaz", "sovellu", "εφαρμογ"} {
		if strings.Contains(name, stem) {
			return "application errors"
		}
	}
	for _, stem := range []string{"system", "systèm", "systeem", "sistem", "systém", "систем", "rendszer", "järjestelm", "συστ"} {
		if strings.Contains(name, stem) {
			return "system errors"
		}
	}
	return name
}

// frstBrackets reads the brackets behind the level, which a mail may have
// wrapped, and gives the line behind them; i if they are not of an event.
func (s *scan) frstBrackets(i int, t string, f row, rec *record) int {
	end := i + 1
	for n := 0; n < 2; n++ {
		r := s.page.at(end)
		if r.text == "" || r.depth != f.depth || isDescription(r.text) || strings.HasSuffix(t, ")") && r.text[0] != '(' {
			break
		}
		t += " " + r.text
		end++
	}
	when, rest, ok := strings.Cut(strings.TrimPrefix(t, "("), ")")
	if !ok || !rec.setDate(when) {
		return i
	}
	source := false
	for rest = strings.TrimLeft(rest, " "); strings.HasPrefix(rest, "("); rest = strings.TrimLeft(rest, " ") {
		var item string
		if item, rest, ok = cutBracket(rest); !ok {
			break
		}
		_, v, _ := strings.Cut(item, ":")
		v = strings.TrimSpace(v)
		switch {
		case !source:
			source = true
			rec.setText(parsers.FieldProvider, v)
		case isNumber(v) && !rec.event.Has(parsers.FieldID):
			rec.setID(v)
		default:
			rec.setText(parsers.FieldUser, v)
		}
	}
	if !source || rec.event.Provider == "" && !rec.event.Has(parsers.FieldID) {
		return i
	}
	return end
}

// cutBracket cuts "(Source: name (x86)) rest" behind its bracket.
func cutBracket(t string) (item, rest string, ok bool) {
	depth := 0
	for i := range len(t) {
		switch t[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return t[1:i], t[i+1:], true
			}
		}
	}
	return "", "", false
}

func isNumber(v string) bool {
	_, ok := number64(v)
	return ok
}

// descriptions are the labels of the message, in the languages of FRST.
var descriptions = []string{"Description:", "Description :", "Beschreibung:", "Descripción:", "Opis:", "Descrizione:", "Descrição:", "Описание:", "Omschrijving:", "Beskrivelse:"}

func isDescription(t string) bool { return descriptionLength(t) > 0 }

func descriptionLength(t string) int {
	for _, d := range descriptions {
		if strings.HasPrefix(t, d) {
			return len(d)
		}
	}
	return 0
}

// frstText reads the description that begins on line j.
func (s *scan) frstText(j int, f row, rec *record) int {
	first := s.page.at(j)
	k := descriptionLength(first.text)
	if k == 0 || first.depth != f.depth {
		return j
	}
	to := s.body(j+1, f, s.endsFRST)
	text := s.behind(strings.TrimLeft(first.text[k:], " "), j+1, to, f.indent)
	switch {
	case text == "":
	case s.ctx.section == officeSection:
		rec.event.Strings, rec.event.Known = []string{text}, rec.event.Known|parsers.FieldStrings
	default:
		rec.event.Set(parsers.FieldMessage, text)
	}
	return max(to, j+1)
}

// endsFRST reports whether a row ends a description: the next event, a
// heading, or what FRST left over of the tool it called.
func (s *scan) endsFRST(i int, r row) bool {
	t := r.text
	if strings.HasPrefix(t, "=====") || strings.HasPrefix(t, "Event[") || strings.HasPrefix(t, "**** End of") {
		return true
	}
	k := strings.IndexByte(t[:min(len(t), maxWord)], ':')
	if k < 3 {
		return false
	}
	if k == len(t)-1 {
		u := s.page.at(i + 1).text
		return len(u) > 5 && strings.Trim(u, "=") == ""
	}
	if k+3 < len(t) && t[k+2] == '(' && isDigit(t[k+3]) {
		return eventtext.LevelOf(t[:k]) != parsers.LevelUnknown
	}
	return s.opensDated(i, k, r)
}

// opensDated reports whether a block of time and description begins on line i.
func (s *scan) opensDated(i, k int, r row) bool {
	if s.ctx.section != defenderSection && s.ctx.section != integritySection {
		return false
	}
	v := strings.TrimLeft(r.text[k+1:], " ")
	if v == "" || !isDigit(v[0]) {
		return false
	}
	return eventtext.StampLen(v) == len(v) && isDescription(s.page.at(i+1).text)
}

// datedBlock reads "Date: 2025-03-06 14:09:04" and the description below it.
func (s *scan) datedBlock(i, k int, r row, rec *record) int {
	if !s.opensDated(i, k, r) {
		return i
	}
	rec.setDate(strings.TrimLeft(r.text[k+1:], " "))
	e := &rec.event
	if s.ctx.section == defenderSection {
		e.Set(parsers.FieldLog, "Microsoft-Windows-Windows Defender/Operational")
		e.Set(parsers.FieldProvider, "Microsoft-Windows-Windows Defender")
	} else {
		e.Set(parsers.FieldLog, "Microsoft-Windows-CodeIntegrity/Operational")
		e.Set(parsers.FieldProvider, "Microsoft-Windows-CodeIntegrity")
	}
	return s.frstText(i+1, r, rec)
}

func isFRSTTitle(rows []string) bool {
	return strings.Contains(rows[0], "Farbar Recovery Scan Tool") || strings.HasPrefix(rows[0], "MiniToolBox by Farbar")
}
