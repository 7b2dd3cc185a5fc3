package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"kbdiag/engine"
)

// The elements of a JUnit report, as build servers read them.
type (
	junitSuites struct {
		XMLName xml.Name     `xml:"testsuites"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitProblem `xml:"failure"`
		Error   *junitProblem `xml:"error"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitProblem struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit prints a report as test results: a diagnosis that is likely is a
// failure, one that is not is a test that passed, and an input that could not be
// read is an error.
func JUnit(w io.Writer, r *engine.Report, _ Style) error {
	name := r.Ticket
	if name == "" {
		name = "kbdiag"
	}
	s := junitSuite{Name: name}
	for i := range r.Diagnoses {
		s.Cases = append(s.Cases, junitDiagnosis(&r.Diagnoses[i]))
	}
	if len(r.Diagnoses) == 0 {
		s.Cases = append(s.Cases, junitCase{Class: "kbdiag.rules", Name: "no rule applies"})
	}
	for i := range r.Inputs {
		in := &r.Inputs[i]
		c := junitCase{Class: "kbdiag.inputs", Name: in.Path, File: in.Path}
		if in.Error != "" {
			c.Error = &junitProblem{Message: in.Error, Type: "not read"}
		}
		s.Cases = append(s.Cases, c)
	}
	for _, c := range s.Cases {
		s.Tests++
		if c.Failure != nil {
			s.Failures++
		}
		if c.Error != nil {
			s.Errors++
		}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(junitSuites{Suites: []junitSuite{s}}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func junitDiagnosis(d *engine.Diagnosis) junitCase {
	c := junitCase{Class: "kbdiag.rules", Name: d.Rule + " " + d.Title}
	var text strings.Builder
	fmt.Fprintf(&text, "%s, %s\n", d.Level, percent(d.Confidence))
	for i := range d.Evidence {
		e := &d.Evidence[i]
		fmt.Fprintf(&text, "%s: %s\n", Place(e.Path, e.Line, e.Record), e.Excerpt)
		if i == 0 {
			c.File, c.Line = e.Path, e.Line
		}
	}
	fmt.Fprintf(&text, "%s\n", oneLine(d.Cause))
	if d.Level == engine.Likely {
		c.Failure = &junitProblem{Message: d.Title, Type: string(d.Level), Text: text.String()}
	} else {
		c.Out = text.String()
	}
	return c
}
