package eventtools

import (
	"strings"
	"sync"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// tools lists the forms. Where two want the same row, the first has it.
func tools() []*tool {
	return []*tool{
		&psLogList, &psLogListRows, &eventQueryList, &ruledTable, &nirSoft, &nirSoftXML,
		&msInfo, &msInfoXML, &dcDiag, &frst, &otl, &dds, &rsit, &evtExport, &traceReport,
	}
}

// Finder finds the records of all tools in free text.
func Finder() parsers.Finder {
	byFirst := dispatch(tools())
	pool := sync.Pool{New: func() any { return &scan{byFirst: byFirst} }}
	return parsers.Finder{Name: "event tools", Find: func(w *parsers.Window, out *parsers.Out) {
		s := pool.Get().(*scan)
		s.find(w, out)
		pool.Put(s)
	}, May: mayOpen}
}

// mayOpen tells the rows with which a record or a table of one of the tools may
// begin, and those that the headings of their sections are underlined with. The
// rows of tracerpt stand below their names.
func mayOpen(line string) bool {
	r := makeRow(line)
	if r.text == "" {
		return false
	}
	t := r.text
	switch c := t[0]; {
	case c >= 0x80:
		return true
	case isLetter(c):
		return mayOpenWord(t)
	case isDigit(c):
		return eventtext.StampLen(t) > 0 || new(record).psRow(t) != ""
	case c == '[':
		_, _, ok := psOpening(t)
		return ok
	case c == '-':
		return len(rule(t)) >= minColumns
	}
	return t[0] == '=' || t[0] == '<'
}

// mayOpenWord is mayOpen for a row that begins with a letter.
func mayOpenWord(t string) bool {
	for _, p := range [...]string{"Type:", "Computer Name: ", "Event number", "Event Name,"} {
		if strings.HasPrefix(t, p) {
			return true
		}
	}
	if _, ok := trailingID(t); ok {
		return true
	}
	head := t[:min(len(t), maxWord)]
	k := strings.IndexByte(head, ':')
	return k > 0 && strings.HasPrefix(t[k+1:], " (") || strings.Contains(head, " - ")
}

// find finds the records of one window.
func (s *scan) find(w *parsers.Window, out *parsers.Out) {
	s.page = page{lines: w.Lines, win: w, loose: true}
	s.opts = w.Opts
	s.ctx, s.table = context{}, table{}
	s.run()
	if len(s.recs) > 0 {
		s.settle()
		for k := range s.recs {
			r := &s.recs[k]
			w.Take(r.from, r.to)
			s.finish(r, out)
		}
		s.report(out)
		s.reset()
	}
	s.page, s.orders, s.ctx, s.block = page{}, nil, context{}, textBlock{}
}
