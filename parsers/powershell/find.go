package powershell

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtable"
	"kbdiag/parsers/eventtext"
)

// dateSampler is shown the times of a file.
type dateSampler interface {
	Sample(text string)
	Language(lang string)
}

func levelLanguage(word string) string { return eventtext.LevelLanguage(word) }

// Finder finds lists and tables of events, and CLIXML, in text.
func Finder() parsers.Finder {
	return parsers.Finder{Name: "powershell", Find: func(w *parsers.Window, out *parsers.Out) {
		findCLIXML(w, out)
		s := newScan(w)
		s.find()
		if len(s.found) == 0 {
			return
		}
		dates := eventtext.NewDates(w.Opts)
		s.sample(dates)
		rec := eventtable.NewRecord(dates)
		s.emit(rec, out, nil)
		rec.Report(out)
	}, May: mayOpen}
}

// mayOpen tells the lines with which a list or an object may begin, those
// beneath the names of a table, and lists without their line breaks.
func mayOpen(line string) bool {
	if strings.IndexByte(line, '<') >= 0 && strings.Contains(line, "<Obj") {
		return true
	}
	t := plain(line)
	l, ok := propertyLine(t)
	return ok && l.known || isRule(t[len(commentMark(t)):]) || strings.Count(t, " :") >= flatPairs
}

// emit gives what was found to out and claims its lines. between, if there is
// one, is called with the lines before each event.
func (s *scan) emit(rec *eventtable.Record, out *parsers.Out, between func(from, to int)) {
	s.account(out)
	at := 0
	var e parsers.Event
	for i := range s.found {
		f := &s.found[i]
		f.fill(rec)
		e.Pos = s.w.Span(f.from, f.to)
		if !rec.Event(&e) {
			continue
		}
		e.Truncated = e.Truncated || f.cut
		if f.partial {
			e.Known &^= parsers.FieldProvider
		}
		if between != nil {
			between(at, f.from)
		}
		at = f.to
		s.w.Take(f.from, f.to)
		out.Event(&e)
	}
	if between != nil {
		between(at, len(s.text))
	}
}

// account says what of the lines is neither event nor text.
func (s *scan) account(out *parsers.Out) {
	for _, k := range [...]struct {
		reason string
		lines  []int
	}{{parsers.SkipHeader, s.heads}, {parsers.SkipMark, s.marks}} {
		for _, j := range k.lines {
			s.w.Take(j, j+1)
			out.Skip(k.reason, 1, s.w.Span(j, j+1))
		}
	}
}
