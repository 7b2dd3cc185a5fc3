package article

import (
	"fmt"
	"slices"
	"strings"

	"kbdiag/parsers"
)

// maxStops is how many bug checks an article on one trouble tells of.
const maxStops = 4

// addStops adds the bug checks that the title and what users see tell of. A
// screen is copied with other parameters and addresses each time, so the code
// is looked for and not the text.
func (d *Draft) addStops() {
	var found []DraftSignal
	see := func(text string, line int) {
		for _, code := range parsers.Codes(text) {
			if strings.HasPrefix(code, "stop:") && !slices.ContainsFunc(found, func(s DraftSignal) bool { return s.Codes[0] == code }) {
				found = append(found, DraftSignal{
					Name: fmt.Sprintf("stop_%d", len(found)+1), On: "line", Strength: "strong", Line: line,
					When: fmt.Sprintf("%s in codes", quoteExpr(code)), Codes: []string{code},
				})
			}
		}
	}
	for i := range d.Article.Sections {
		s := &d.Article.Sections[i]
		if !isShown(s.Title) {
			continue
		}
		for _, p := range spans(s) {
			at := p.line - s.Line
			if len(withoutReferences(s.Lines[at:at+1])) > 0 {
				see(p.text, p.line)
			}
		}
	}
	see(d.Article.Title, d.Article.titleLine)
	if len(found) <= maxStops {
		d.Signals = append(d.Signals, found...)
	}
}
