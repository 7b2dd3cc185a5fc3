package engine

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"kbdiag/parsers"
)

// ContextLine is a line of an input around a piece of evidence.
type ContextLine struct {
	Line int    `json:"line"`
	Text string `json:"text"`
	Own  bool   `json:"own,omitempty"` // it belongs to the evidence
}

const (
	// contextAll bounds how many pieces of evidence are read again for their
	// surroundings.
	contextAll = 200
	// contextText bounds a line of context, in bytes.
	contextText = 300
)

// numbered gives the name of a part of the report, to point at it.
func numbered(kind string, n int) string { return kind + strconv.Itoa(n) }

// number names all evidence of the report: e1, e2, ...
func (rep *Report) number() {
	n := 0
	for i := range rep.Diagnoses {
		d := &rep.Diagnoses[i]
		for _, list := range [][]Evidence{d.Evidence, d.Against} {
			for j := range list {
				n++
				list[j].ID = numbered("e", n)
			}
		}
	}
}

// WithoutContext gives the report without the lines around its evidence. The
// rest is shared with the report.
func (rep *Report) WithoutContext() *Report {
	out := *rep
	out.Diagnoses = slices.Clone(rep.Diagnoses)
	for i := range out.Diagnoses {
		d := &out.Diagnoses[i]
		d.Evidence, d.Against = slices.Clone(d.Evidence), slices.Clone(d.Against)
		for j := range d.Evidence {
			d.Evidence[j].Context = nil
		}
		for j := range d.Against {
			d.Against[j].Context = nil
		}
	}
	return &out
}

// surround reads the lines around the evidence again. Sessions are shown as
// dialogues, so what belongs to one is left out.
func (r *Run) surround(rep *Report, rd *parsers.Reader) {
	if r.opts.Context <= 0 {
		return
	}
	clean := func(s string) string { return s }
	if rd.Secrets != nil {
		clean = rd.Secrets.Replacer().Text
	}
	done := map[parsers.Pos][]ContextLine{}
	for i := range rep.Diagnoses {
		d := &rep.Diagnoses[i]
		for _, list := range [][]Evidence{d.Evidence, d.Against} {
			for j := range list {
				e := &list[j]
				pos := parsers.Pos{Path: e.Path, Line: e.Line, Offset: e.Offset, Length: e.Length}
				if _, ok := done[pos]; !ok && len(done) < contextAll && (e.On == "event" || e.On == "line") {
					done[pos] = contextOf(rd, pos, r.opts.Context, clean)
				}
				e.Context = done[pos]
			}
		}
	}
}

func contextOf(rd *parsers.Reader, pos parsers.Pos, n int, clean func(string) string) []ContextLine {
	lines, err := rd.Around(pos, n)
	if err != nil {
		return nil
	}
	out := make([]ContextLine, 0, len(lines))
	for _, l := range lines {
		end := l.Offset + int64(l.Length)
		text := parsers.RedactLine(clean(l.Text), nil)
		out = append(out, ContextLine{Line: l.No, Text: cutText(text), Own: l.Offset < pos.Offset+pos.Length && end > pos.Offset})
	}
	return out
}

// cutText cuts a line of context at its size.
func cutText(s string) string {
	s = strings.ToValidUTF8(s, "")
	if len(s) <= contextText {
		return s
	}
	cut := contextText
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + " ..."
}
