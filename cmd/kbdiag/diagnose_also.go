package main

import (
	"bytes"
	"os"
	"strings"

	"kbdiag/cmd/internal/report"
	"kbdiag/engine"
)

// verboseContext is how many lines --verbose shows around each piece of evidence.
const verboseContext = 2

// reportCopy is a file that gets the answer in one more format.
type reportCopy struct {
	form report.Renderer
	path string
}

// copiesOf reads FORMAT=FILE.
func copiesOf(also []string) ([]reportCopy, error) {
	var out []reportCopy
	for _, a := range also {
		name, path, _ := strings.Cut(a, "=")
		form, ok := report.Find(name)
		if !ok || path == "" {
			return nil, usage("--also %s: expected FORMAT=FILE, the format one of %s", a, formatNames())
		}
		out = append(out, reportCopy{form, path})
	}
	return out, nil
}

// contextFor is how many lines around the evidence are read for all copies.
func contextFor(copies []reportCopy, verbose bool) int {
	n := 0
	if verbose {
		n = verboseContext
	}
	for _, c := range copies {
		n = max(n, c.form.Context)
	}
	return n
}

// fit leaves the lines around the evidence out where a format does not show
// them, so that a report does not depend on which others were asked for.
func fit(rep *engine.Report, form report.Renderer, look *lookFlags) *engine.Report {
	if form.Context > 0 || look.verbose {
		return rep
	}
	return rep.WithoutContext()
}

// writeCopies writes the answer in the other formats.
func (a *app) writeCopies(copies []reportCopy, rep *engine.Report, look *lookFlags) error {
	for _, c := range copies {
		var b bytes.Buffer
		if err := c.form.Print(&b, fit(rep, c.form, look), a.style(&b, look)); err != nil {
			return failed(err)
		}
		if err := os.WriteFile(c.path, b.Bytes(), 0o666); err != nil {
			return failed(err)
		}
	}
	return nil
}
