package eventtools

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// otl are the events of OTL's Extras.txt, below headings such as
// "[ System Events ]":
//
//	Error - 3/6/2011 3:05:39 PM | Computer Name = OAK | Source = Service Control Manager | ID = 7000
//	Description = The text of the message.
//
// Dates are in the format of the user, which the head of the file names.
var otl = tool{name: nameOTL, letters: hasDash, read: readOTL, title: isOTLTitle}

const nameOTL = "otl"

func readOTL(s *scan, i int, r row, rec *record) int {
	t := r.text
	head := t[:min(len(t), maxWord)]
	if strings.IndexByte(head, '-') < 0 {
		return i
	}
	k := strings.Index(head, " - ")
	if k < 3 {
		return i
	}
	level := eventtext.LevelOf(t[:k])
	if level == parsers.LevelUnknown || !rec.setDate(t[k+len(" - "):]) {
		return i
	}
	end := i + 1
	for n := 0; n < 2 && !strings.Contains(t, "| ID ="); n++ { // a mail may have wrapped it
		f := s.page.at(end)
		if f.text == "" || f.depth != r.depth || strings.HasPrefix(f.text, "Description =") {
			break
		}
		t += " " + f.text
		end++
	}
	items := strings.Split(t, "|")
	if len(items) < 3 {
		*rec = record{}
		return i
	}
	for _, item := range items[1:] {
		name, v, _ := strings.Cut(item, "=")
		switch strings.TrimSpace(name) {
		case "Computer Name":
			rec.setText(parsers.FieldHost, v)
		case "Source":
			rec.setText(parsers.FieldProvider, v)
		case "ID":
			rec.setID(v)
		}
	}
	e := &rec.event
	if !e.Has(parsers.FieldID) {
		*rec = record{}
		return i
	}
	e.SetLevel(level)
	s.otlFormat()
	s.otlHeading(i)
	if s.ctx.logOTL != "" {
		e.Set(parsers.FieldLog, s.ctx.logOTL)
	}
	return s.otlText(end, r, rec)
}

// otlFormat takes the order of dates from the head of the file, "Date Format:
// M/d/yyyy", unless the user stated one.
func (s *scan) otlFormat() {
	const mark = "Date Format: "
	if s.orders[nameOTL] != nil || s.opts.DayFirst != parsers.Unknown || s.page.lines[0].No != 1 {
		return
	}
	for k := 0; k < len(s.page.lines) && k < maxHeadings; k++ {
		_, format, ok := strings.Cut(s.page.at(k).text, mark)
		day, month := strings.IndexByte(format, 'd'), strings.IndexByte(format, 'M')
		if !ok || day < 0 || month < 0 {
			continue
		}
		first := parsers.No
		if day < month {
			first = parsers.Yes
		}
		s.setOrder(nameOTL, first)
		return
	}
}

// otlHeading looks above line i for "[ System Events ]".
func (s *scan) otlHeading(i int) {
	for k := i - 1; k >= 0 && k >= i-2; k-- {
		t := s.page.at(k).text
		if log, ok := strings.CutSuffix(t, " Events ]"); ok && strings.HasPrefix(log, "[ ") {
			s.ctx.logOTL = log[2:]
		}
	}
}

func (s *scan) otlText(j int, f row, rec *record) int {
	first := s.page.at(j)
	text, ok := strings.CutPrefix(first.text, "Description =")
	if !ok || first.depth != f.depth {
		return j
	}
	to := s.body(j+1, f, func(_ int, r row) bool { return endsOTL(r.text) })
	text = s.behind(strings.TrimLeft(text, " "), j+1, to, f.indent+1)
	if text != "" {
		rec.event.Set(parsers.FieldMessage, text)
	}
	return max(to, j+1)
}

func endsOTL(t string) bool {
	switch t[0] {
	case '[':
		return strings.HasPrefix(t, "[ ") && strings.HasSuffix(t, " ]")
	case '<':
		return strings.HasPrefix(t, "< End of report")
	case '=':
		return strings.HasPrefix(t, "=====")
	}
	k := strings.Index(t[:min(len(t), maxWord)], " - ")
	return k >= 3 && strings.Contains(t, " | ") && eventtext.LevelOf(t[:k]) != parsers.LevelUnknown
}

// dds are the events of the file attach.txt of DDS, one a row:
//
//	3/6/2011 9:05:39 AM, error: Service Control Manager [7000]  - The text of the message.
var dds = tool{name: "dds", first: "0123456789", read: readDDS, title: isDDSTitle}

func readDDS(s *scan, i int, r row, rec *record) int {
	t := r.text
	open := strings.IndexByte(t, '[')
	if open < 12 || open > 160 || !strings.Contains(t[:open], ", ") {
		return i
	}
	n := eventtext.StampLen(t)
	if n == 0 || n >= open || t[n] != ',' {
		return i
	}
	word, source, ok := strings.Cut(strings.TrimLeft(t[n+1:open], " "), ": ")
	level := eventtext.LevelOf(word)
	if !ok || level == parsers.LevelUnknown {
		return i
	}
	id, text, ok := strings.Cut(t[open+1:], "]")
	if !ok || !rec.setID(id) {
		return i
	}
	rec.when, rec.dated = t, true
	e := &rec.event
	e.SetLevel(level)
	rec.setText(parsers.FieldProvider, source)
	to := i + 1
	for to < len(s.page.lines) { // rows that a mail wrapped
		f := s.page.at(to)
		if f.text == "" || f.depth != r.depth || isDigit(f.text[0]) || strings.HasPrefix(f.text, "==") || f.text == "." || to-i > maxLook {
			break
		}
		to++
	}
	text = strings.TrimLeft(text, " -")
	if more := s.dcJoin(i+1, to); more != "" {
		text = strings.TrimLeft(text+" "+more, " ")
	}
	if text != "" {
		e.Set(parsers.FieldMessage, text)
	}
	return to
}

func isOTLTitle(rows []string) bool {
	return strings.HasPrefix(rows[0], "OTL logfile created on") || strings.HasPrefix(rows[0], "OTL Extras logfile created on")
}

func isDDSTitle(rows []string) bool {
	for _, t := range rows {
		if strings.HasPrefix(t, "DDS (Ver_") {
			return true
		}
	}
	return false
}
