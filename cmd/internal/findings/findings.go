// Package findings writes what is wrong in rule files: one file a format.
package findings

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"kbdiag/rules"
)

// Writer writes findings, sorted, in one format. version is that of the
// program.
type Writer func(w io.Writer, list []rules.Finding, version string) error

// Formats lists the formats by name.
func Formats() map[string]Writer {
	return map[string]Writer{"text": text, "json": jsonList, "sarif": sarif, "github": github}
}

// text writes a finding a line, for people and for editors.
func text(out io.Writer, list []rules.Finding, _ string) error {
	w := bufio.NewWriter(out)
	for _, f := range list {
		fmt.Fprintf(w, "%s [%s %s]\n", f, f.Severity, f.Code)
	}
	return w.Flush()
}

// finding is a finding as JSON has it.
type finding struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"end_line,omitempty"`
	EndColumn int    `json:"end_column,omitempty"`
	Severity  string `json:"severity"`
	Code      string `json:"code"`
	Message   string `json:"message"`
	Fix       string `json:"fix,omitempty"`
	Edit      *edit  `json:"edit,omitempty"`
}

// edit is what --fix does, by byte offsets, half open.
type edit struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"`
}

// jsonList writes a list of objects.
func jsonList(w io.Writer, findings []rules.Finding, _ string) error {
	list := make([]finding, 0, len(findings))
	for _, f := range findings {
		one := finding{f.File, f.Line, f.Column, f.Until.Line, f.Until.Column, string(f.Severity), string(f.Code), f.Msg, f.Fix, nil}
		if f.Edit != nil {
			one.Edit = &edit{f.Edit.Start, f.Edit.End, f.Edit.Text}
		}
		list = append(list, one)
	}
	return encode(w, list)
}

// encode writes a value as indented JSON.
func encode(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
