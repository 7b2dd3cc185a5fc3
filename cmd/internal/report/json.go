package report

import (
	"encoding/json"
	"io"

	"kbdiag/engine"
)

// JSON prints a report as indented JSON.
func JSON(w io.Writer, r *engine.Report, _ Style) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// JSONL prints a report as one line of JSON.
func JSONL(w io.Writer, r *engine.Report, _ Style) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(r)
}
