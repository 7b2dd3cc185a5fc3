package eventtools

import (
	"strings"

	"kbdiag/parsers"
)

// The forms that fill a file of their own.

func PsLogList() parsers.Format      { return format(&psLogList) }
func PsLogListRows() parsers.Format  { return format(&psLogListRows) }
func EventTable() parsers.Format     { return format(&ruledTable) }
func EventQueryList() parsers.Format { return format(&eventQueryList) }
func NirSoftText() parsers.Format    { return format(&nirSoft) }
func NirSoftXML() parsers.Format     { return format(&nirSoftXML) }
func MSInfo() parsers.Format         { return format(&msInfo) }
func MSInfoXML() parsers.Format      { return format(&msInfoXML) }
func DCDiag() parsers.Format         { return format(&dcDiag) }
func FRST() parsers.Format           { return format(&frst) }
func OTL() parsers.Format            { return format(&otl) }
func DDS() parsers.Format            { return format(&dds) }
func RSIT() parsers.Format           { return format(&rsit) }
func EvtExport() parsers.Format      { return format(&evtExport) }
func TraceReport() parsers.Format    { return format(&traceReport) }

func format(x *tool) parsers.Format {
	byFirst := dispatch([]*tool{x})
	return parsers.Format{
		Name: x.name,
		Detect: func(h *parsers.Head) int {
			if x.title != nil {
				return detectReport(x, h)
			}
			return detect(x, byFirst, h)
		},
		Parse: func(in *parsers.Input, out *parsers.Out) error {
			s := &scan{byFirst: byFirst, opts: in.Opts}
			s.page.loose = x.title != nil
			if x == &evtExport && strings.HasPrefix(in.Head.Text, "evtxexport") {
				out.Format("evtxexport")
			}
			return s.parse(in, out)
		},
	}
}

// Bounds of what is in hand of a file.
const (
	pageLines = 12_000
	pageBytes = 1 << 20
)

// parse reads a file of one form. Rows between records are lines.
func (s *scan) parse(in *parsers.Input, out *parsers.Out) error {
	lines := in.Lines()
	first := true
	for {
		s.page.more = s.fill(lines)
		if len(s.page.lines) == 0 {
			break
		}
		hold := s.run()
		if first {
			s.settle() // as with saved logs, the beginning tells the order
			first = false
		}
		s.emit(out, hold)
		if !s.page.more && hold == len(s.page.lines) {
			break
		}
		s.carry(hold)
	}
	s.report(out)
	return lines.Err()
}

// fill reads lines up to the size of a page. It reports whether there are more.
func (s *scan) fill(lines *parsers.Lines) bool {
	p := &s.page
	size := 0
	for i := range p.lines {
		size += len(p.lines[i].Text)
	}
	had := len(p.lines)
	for {
		// Lines held back must not keep others from coming in.
		if len(p.lines)-had > lookahead && (len(p.lines) >= pageLines || size >= pageBytes) {
			return true
		}
		l, ok := lines.Next()
		if !ok {
			return false
		}
		p.lines = append(p.lines, l)
		size += len(l.Text)
	}
}

// emit hands over the records, and the lines between them before line hold.
func (s *scan) emit(out *parsers.Out, hold int) {
	done := 0
	for k := range s.recs {
		r := &s.recs[k]
		s.asLines(out, done, r.from)
		s.finish(r, out)
		done = max(done, r.to)
	}
	s.asLines(out, done, hold)
	s.reset()
}

func (s *scan) asLines(out *parsers.Out, from, to int) {
	for i := from; i < to; i++ {
		l := &s.page.lines[i]
		if strings.TrimSpace(l.Text) == "" {
			continue
		}
		out.Line(&parsers.Line{
			Pos:  parsers.Pos{Line: l.No, Offset: l.Offset, Length: int64(l.Length)},
			Text: l.Text,
		})
	}
}

// carry moves the lines from hold on to the front.
func (s *scan) carry(hold int) {
	p := &s.page
	n := copy(p.lines, p.lines[hold:])
	clear(p.lines[n:])
	p.lines = p.lines[:n]
	s.table.next -= hold
	s.block = textBlock{}
}

const (
	maxHeadings = 16  // rows before the first record of a file
	minCovered  = 0.8 // of the rows behind them that must be of records
)

// detect scores a head: headings that the form has, then records and next to
// nothing else.
func detect(x *tool, byFirst *[256][]*tool, h *parsers.Head) int {
	if h.Text == "" {
		return 0
	}
	s := &scan{byFirst: byFirst}
	s.page.lines, s.page.more = headLines(h, maxFirst), true
	if !s.mayBe(x) {
		return 0
	}
	s.page.lines, s.page.more = headLines(h, len(h.Text)), !h.Whole
	hold := s.run()
	events, covered, rest, headings := 0, 0, 0, 0
	k := 0
	for i := 0; i < hold; {
		if k < len(s.recs) && s.recs[k].from <= i {
			r := &s.recs[k]
			if r.skip == "" {
				if events == 0 && s.page.at(r.from).depth > 0 {
					return 0
				}
				events++
			}
			covered += max(r.to-i, 0)
			i = max(r.to, i)
			k++
			continue
		}
		if t := s.page.at(i).text; t != "" {
			switch {
			case x.heading(t):
				headings++
			case events == 0:
				return 0
			default:
				rest++
			}
		}
		i++
	}
	if events == 0 || float64(covered) < minCovered*float64(covered+rest) {
		return 0
	}
	score := 75
	if headings > 0 {
		score += 15
	}
	if events > 1 {
		score += 5
	}
	return score
}

// mayBe is a cheap look at the first rows: all of them must be headings, up to
// one that the form wants to see.
func (s *scan) mayBe(x *tool) bool {
	seen := 0
	for i := range s.page.lines {
		t := s.page.at(i).text
		if t == "" {
			continue
		}
		if seen++; seen > maxHeadings {
			return false
		}
		if !x.heading(t) {
			return len(s.byFirst[t[0]]) > 0
		}
	}
	return seen > 0
}

// maxFirst is how many lines, with empty ones, the first look is at.
const maxFirst = 2 * maxHeadings

// headLines gives the first lines of a head, at most n.
func headLines(h *parsers.Head, n int) []parsers.TextLine {
	var list []parsers.TextLine
	for text := h.Text; text != "" && len(list) < n; {
		line := text
		if i := strings.IndexByte(text, '\n'); i >= 0 {
			line, text = text[:i], text[i+1:]
		} else {
			text = ""
			if !h.Whole && len(list) > 0 {
				break // cut
			}
		}
		line = strings.TrimPrefix(strings.TrimRight(line, "\r"), "\ufeff")
		list = append(list, parsers.TextLine{Text: line, No: len(list) + 1})
	}
	return list
}

// maxTitle is how many rows of a report may stand before its title ends.
const maxTitle = 4

// detectReport knows a report by its first rows; events are a small part of it.
func detectReport(x *tool, h *parsers.Head) int {
	var rows [maxTitle]string
	n := 0
	for text := h.Text; text != "" && n < maxTitle; {
		line := text
		if i := strings.IndexByte(text, '\n'); i >= 0 {
			line, text = text[:i], text[i+1:]
		} else {
			text = ""
		}
		if line = strings.TrimRight(strings.TrimPrefix(line, "\ufeff"), "\r \t"); line != "" {
			rows[n] = line
			n++
		}
	}
	if n == 0 || !x.title(rows[:n]) {
		return 0
	}
	return reportScore
}

// reportScore is that of a file with the title of a report.
const reportScore = 92
