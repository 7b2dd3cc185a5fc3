package report

import (
	"encoding/json"
	"io"
	"net/url"
	"strings"

	"kbdiag/engine"
)

// The parts of SARIF 2.1.0 that a report fills [OASIS SARIF 2.1.0, section 3].
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Artifacts   []sarifArtifact   `json:"artifacts"`
		Results     []sarifResult     `json:"results"`
		ColumnKind  string            `json:"columnKind"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID    string        `json:"id"`
		Short sarifText     `json:"shortDescription"`
		Full  *sarifText    `json:"fullDescription,omitempty"`
		Help  *sarifText    `json:"help,omitempty"`
		Level sarifSettings `json:"defaultConfiguration"`
	}
	sarifSettings struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifInvocation struct {
		OK            bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	sarifArtifact struct {
		Location sarifURI          `json:"location"`
		Length   int64             `json:"length"`
		Hashes   map[string]string `json:"hashes,omitempty"`
	}
	sarifURI struct {
		URI   string `json:"uri"`
		Index *int   `json:"index,omitempty"`
	}
	sarifResult struct {
		RuleID      string            `json:"ruleId"`
		RuleIndex   int               `json:"ruleIndex"`
		Level       string            `json:"level"`
		Message     sarifText         `json:"message"`
		Rank        float64           `json:"rank"` // 0 to 100
		Locations   []sarifLocation   `json:"locations,omitempty"`
		Related     []sarifLocation   `json:"relatedLocations,omitempty"`
		Fingerprint map[string]string `json:"partialFingerprints,omitempty"`
	}
	sarifLocation struct {
		ID       int           `json:"id,omitempty"`
		Message  *sarifText    `json:"message,omitempty"`
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifURI     `json:"artifactLocation"`
		Region   *sarifRegion `json:"region,omitempty"`
	}
	sarifRegion struct {
		StartLine  int        `json:"startLine,omitempty"`
		ByteOffset int64      `json:"byteOffset"`
		ByteLength int64      `json:"byteLength"`
		Snippet    *sarifText `json:"snippet,omitempty"`
	}
)

// sarifLevels gives SARIF's levels for ours.
var sarifLevels = map[engine.Level]string{engine.Likely: "error", engine.Possible: "warning", engine.Unlikely: "note"}

// SARIF prints a report in the form that code scanners and editors share: a
// diagnosis is a result, its evidence the places. The first place is that of the
// first piece of evidence, the others are related to it.
func SARIF(w io.Writer, r *engine.Report, _ Style) error {
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Name: "kbdiag", Version: r.Tool.Version, Rules: []sarifRule{}}},
		Invocations: []sarifInvocation{{OK: true}},
		Artifacts:   []sarifArtifact{}, Results: []sarifResult{}, ColumnKind: "unicodeCodePoints",
	}
	index := map[string]int{}
	for i := range r.Inputs {
		run.input(&r.Inputs[i], index)
	}
	for i := range r.Diagnoses {
		run.diagnosis(&r.Diagnoses[i], index)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

func (s *sarifRun) input(in *engine.Input, index map[string]int) {
	index[in.Path] = len(s.Artifacts)
	a := sarifArtifact{Location: sarifURI{URI: sarifPath(in.Path)}, Length: in.Bytes}
	if in.SHA256 != "" {
		a.Hashes = map[string]string{"sha-256": in.SHA256}
	}
	s.Artifacts = append(s.Artifacts, a)
	if in.Error == "" {
		return
	}
	call := &s.Invocations[0]
	call.Notifications = append(call.Notifications, sarifNotification{Level: "error", Message: sarifText{in.Error},
		Locations: []sarifLocation{{Physical: sarifPhysical{Artifact: artifactOf(in.Path, index)}}}})
}

func (s *sarifRun) diagnosis(d *engine.Diagnosis, index map[string]int) {
	rule := sarifRule{ID: d.Rule, Short: sarifText{d.Title}, Level: sarifSettings{sarifLevels[d.Level]}}
	if d.Cause != "" {
		rule.Full = &sarifText{oneLine(d.Cause)}
	}
	var help []string
	for i, st := range d.Steps {
		help = append(help, itoa(i+1)+". "+oneLine(st.Text))
	}
	if len(help) > 0 {
		rule.Help = &sarifText{strings.Join(help, "\n")}
	}
	res := sarifResult{
		RuleID: d.Rule, RuleIndex: len(s.Tool.Driver.Rules), Level: sarifLevels[d.Level], Rank: 100 * d.Confidence,
		Message: sarifText{d.Title + " (" + string(d.Level) + ", " + percent(d.Confidence) + ")"},
	}
	for i := range d.Evidence {
		loc := locationOf(&d.Evidence[i], i+1, index)
		if i == 0 {
			res.Locations = []sarifLocation{loc}
			if d.Evidence[i].SHA256 != "" {
				res.Fingerprint = map[string]string{"evidence/v1": d.Evidence[i].SHA256}
			}
		} else {
			res.Related = append(res.Related, loc)
		}
	}
	for i := range d.Against {
		loc := locationOf(&d.Against[i], len(d.Evidence)+i+1, index)
		loc.Message.Text = "against it: " + loc.Message.Text
		res.Related = append(res.Related, loc)
	}
	s.Tool.Driver.Rules = append(s.Tool.Driver.Rules, rule)
	s.Results = append(s.Results, res)
}

func locationOf(e *engine.Evidence, id int, index map[string]int) sarifLocation {
	text := e.Doc
	if text == "" {
		text = words(e.Signal)
	}
	return sarifLocation{ID: id, Message: &sarifText{text}, Physical: sarifPhysical{
		Artifact: artifactOf(e.Path, index),
		Region:   &sarifRegion{StartLine: e.Line, ByteOffset: e.Offset, ByteLength: e.Length, Snippet: &sarifText{e.Excerpt}},
	}}
}

func artifactOf(path string, index map[string]int) sarifURI {
	u := sarifURI{URI: sarifPath(path)}
	if i, ok := index[path]; ok {
		u.Index = &i
	}
	return u
}

// sarifPath writes a path as a relative reference, or with the scheme of files
// where it begins at a root [RFC 3986].
func sarifPath(path string) string {
	u := url.URL{Path: path}
	switch {
	case strings.HasPrefix(path, "/"):
		u.Scheme = "file"
	case len(path) > 1 && path[1] == ':': // a drive of Windows
		u.Scheme, u.Path = "file", "/"+path
	}
	return u.String()
}
