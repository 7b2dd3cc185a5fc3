package findings

import (
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"kbdiag/rules"
)

// The parts of SARIF 2.1.0 (OASIS standard, March 2020) that are written. The
// numbers in brackets are its sections.
type (
	sarifLog struct { // 3.13
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct { // 3.14
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"` // 3.14.17
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct { // 3.18
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct { // 3.19
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct { // 3.49
		ID            string          `json:"id"`
		Short         sarifText       `json:"shortDescription"`
		Help          sarifText       `json:"help"`
		Configuration sarifDefaultFor `json:"defaultConfiguration"`
	}
	sarifDefaultFor struct { // 3.50
		Level string `json:"level"`
	}
	sarifText struct { // 3.11, 3.12
		Text string `json:"text"`
	}
	sarifResult struct { // 3.27
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
		Fixes     []sarifFix      `json:"fixes,omitempty"`
	}
	sarifLocation struct { // 3.28
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct { // 3.29
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct { // 3.4
		URI string `json:"uri"`
	}
	sarifRegion struct { // 3.30
		StartLine   int  `json:"startLine,omitempty"`
		StartColumn int  `json:"startColumn,omitempty"`
		EndLine     int  `json:"endLine,omitempty"`
		EndColumn   int  `json:"endColumn,omitempty"`
		ByteOffset  *int `json:"byteOffset,omitempty"`
		ByteLength  *int `json:"byteLength,omitempty"`
	}
	sarifFix struct { // 3.55
		Description sarifText     `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct { // 3.56
		Artifact     sarifArtifact      `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct { // 3.57
		Deleted  sarifRegion   `json:"deletedRegion"`
		Inserted *sarifContent `json:"insertedContent,omitempty"`
	}
	sarifContent struct { // 3.3
		Text string `json:"text"`
	}
)

// sarif writes a log of one run.
func sarif(w io.Writer, list []rules.Finding, version string) error {
	driver := sarifDriver{Name: "kbdiag rules lint", Version: version}
	index := map[rules.Code]int{}
	for i, d := range rules.CodeDocs() {
		index[d.Code] = i
		driver.Rules = append(driver.Rules, sarifRule{
			ID: string(d.Code), Short: sarifText{d.Means}, Help: sarifText{d.Do}, Configuration: sarifDefaultFor{string(d.Severity)},
		})
	}
	run := sarifRun{Tool: sarifTool{driver}, ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	for _, f := range list {
		run.Results = append(run.Results, sarifOf(f, index[f.Code]))
	}
	return encode(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

// sarifOf gives a finding as a result. Severities are named as SARIF's levels.
func sarifOf(f rules.Finding, index int) sarifResult {
	at := sarifArtifact{sarifURI(f.File)}
	r := sarifResult{RuleID: string(f.Code), RuleIndex: index, Level: string(f.Severity), Message: sarifText{f.Msg}}
	if f.Fix != "" {
		r.Message.Text += " (" + f.Fix + ")"
	}
	place := sarifPhysical{Artifact: at}
	if f.Line > 0 {
		place.Region = &sarifRegion{StartLine: f.Line, StartColumn: f.Column}
		if f.Until != (rules.Pos{}) {
			place.Region.EndLine, place.Region.EndColumn = f.Until.Line, f.Until.Column
		}
	}
	r.Locations = []sarifLocation{{place}}
	if f.Edit == nil {
		return r
	}
	from, length := f.Edit.Start, f.Edit.End-f.Edit.Start
	change := sarifReplacement{Deleted: sarifRegion{ByteOffset: &from, ByteLength: &length}}
	if f.Edit.Text != "" {
		change.Inserted = &sarifContent{f.Edit.Text}
	}
	fix := f.Fix
	if fix == "" {
		fix = "mend it"
	}
	r.Fixes = []sarifFix{{sarifText{fix}, []sarifChange{{at, []sarifReplacement{change}}}}}
	return r
}

// sarifURI writes a path as a relative reference, or as a file URI where it is
// absolute (3.4.3).
func sarifURI(path string) string {
	slashed := filepath.ToSlash(path)
	u := url.URL{Path: slashed}
	if filepath.IsAbs(path) {
		if !strings.HasPrefix(slashed, "/") {
			u.Path = "/" + slashed
		}
		u.Scheme = "file"
	}
	return u.String()
}
