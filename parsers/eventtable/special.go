package eventtable

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// w3cHeader reads the names in the form of W3C, which Log Parser writes with
// -o:W3C: blanks between the cells, "+" for a blank in one.
func w3cHeader(line string) (*layout, bool) {
	rest, ok := strings.CutPrefix(line, "#Fields:")
	if !ok {
		return nil, false
	}
	l := &layout{sep: ' ', plus: true, form: "logparser"}
	for _, f := range strings.Fields(rest) {
		l.addColumn(f)
	}
	return l, len(l.cols) >= minColumns && l.settle()
}

// natHeader reads the names of a table whose cells stand in places, as Log
// Parser prints them with -o:NAT: dashes as wide as the column beneath the
// names.
func natHeader(head, dashes string) (*layout, bool) {
	spans := dashSpans(dashes)
	if len(spans) < minColumns || len(spans) > maxColumns || head == "" {
		return nil, false
	}
	names := splitSpans(head, spans, nil)
	l := &layout{spans: spans, form: "logparser", line: head}
	for i, n := range names {
		// The names begin where the dashes do.
		if n == "" || strings.IndexByte(n, ' ') >= 0 || spans[i] >= len(head) || head[spans[i]] == ' ' {
			return nil, false
		}
		l.addColumn(n)
	}
	return l, l.settle() && l.has("sourcename")
}

// DetectionsFormat is the form of tables of detections, as hayabusa, chainsaw,
// zircolite, APT-Hunter and DeepBlueCLI write them: which rules hit what.
// They quote events, but in words of their own and in no fixed form, and one
// event as often as rules hit it: nothing in them is an event.
func DetectionsFormat() parsers.Format {
	return parsers.Format{
		Name: "detections",
		Detect: func(h *parsers.Head) int {
			line, _ := (&headText{h.Text}).next()
			if isDetections(eventtext.Trim(line)) {
				return 92
			}
			return 0
		},
		Parse: parseDetections,
	}
}

func parseDetections(in *parsers.Input, out *parsers.Out) error {
	lines := in.Lines()
	var s splitter
	head := true
	open := false
	var first parsers.Pos
	n := 0
	for {
		t, ok := lines.Next()
		if !ok {
			break
		}
		switch {
		case head:
			head = false
			s.sep = detectionSeparator(t.Text)
			out.Skip(parsers.SkipHeader, 1, linePos(&t))
		case open:
			open = eventtext.ClosingQuote(t.Text, 0, s.sep) < 0
		case strings.TrimSpace(t.Text) != "":
			if n++; n == 1 {
				first = linePos(&t)
			}
			s.cells, s.open = s.cells[:0], false
			open = s.split(t.Text, 0)
		}
	}
	if n > 0 {
		out.Skip(parsers.SkipDetection, n, first)
	}
	out.Note("a table of detections (hits of rules), not of events: read the logs that it was made from")
	return lines.Err()
}

func detectionSeparator(line string) byte {
	best, most := byte(','), 0
	for i := 0; i < len(separators); i++ {
		if n := strings.Count(line, separators[i:i+1]); n > most {
			best, most = separators[i], n
		}
	}
	return best
}
