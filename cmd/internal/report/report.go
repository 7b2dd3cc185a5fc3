// Package report prints reports: one file a format. Renderers decide nothing.
package report

import (
	"io"

	"kbdiag/engine"
)

// Style is how a text is to look.
type Style struct {
	Width  int  // columns
	Colour bool // ANSI colours
	Detail Detail
}

// Detail is how much a text tells.
type Detail uint8

const (
	Normal  Detail = iota
	Quiet          // a line a diagnosis
	Verbose        // everything
)

// Renderer prints a report in one format.
type Renderer struct {
	Name    string
	Context int // lines around each piece of evidence that it shows
	Print   func(io.Writer, *engine.Report, Style) error
}

// All lists the formats. A new one is a file here and a line in this list.
func All() []Renderer {
	return []Renderer{
		{Name: "text", Print: Text},
		{Name: "json", Print: JSON},
		{Name: "jsonl", Print: JSONL},
		{Name: "html", Context: 4, Print: HTML},
		{Name: "md", Print: Markdown},
		{Name: "reply", Print: Reply},
		{Name: "csv", Print: CSV},
		{Name: "sarif", Print: SARIF},
		{Name: "junit", Print: JUnit},
	}
}

// Find gives the renderer of a name.
func Find(name string) (Renderer, bool) {
	for _, r := range All() {
		if r.Name == name {
			return r, true
		}
	}
	return Renderer{}, false
}
