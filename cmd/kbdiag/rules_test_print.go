package main

import (
	"bufio"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"kbdiag/engine"
)

func printTestJSON(w io.Writer, rep *testReport) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(rep)
}

// maxListed is how many gaps and survivors of one rule the text shows.
const maxListed = 20

func printTestText(out io.Writer, rep *testReport) error {
	w := bufio.NewWriter(out)
	seconds := 0.0
	for i := range rep.Rules {
		printRuleTest(w, &rep.Rules[i])
		seconds += rep.Rules[i].Seconds
	}
	if rep.Alarms != nil {
		rep.Alarms.print(w)
	}
	printBacktest(w, rep.Backtest)
	for _, b := range rep.Broken {
		fmt.Fprintf(w, "%s\n", b)
	}
	fmt.Fprintf(w, "%s, %s, %d failed", counted(len(rep.Rules), "rule"), counted(rep.Samples, "sample"), rep.Failed)
	if rep.Score != nil {
		fmt.Fprintf(w, "; %.1f%% of the faults in conditions are noticed", 100**rep.Score)
	}
	fmt.Fprintln(w)
	return w.Flush()
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func printRuleTest(w io.Writer, t *engine.RuleTest) {
	word := "ok  "
	switch {
	case !t.OK():
		word = "FAIL"
	case len(t.Samples) == 0:
		word = "none"
	}
	fmt.Fprintf(w, "%s  %-10s %d samples, %.0f ms", word, t.Rule, len(t.Samples), 1000*t.Seconds)
	if c := t.Coverage; c != nil {
		fmt.Fprintf(w, ", %d of %d sides shown", c.Shown, c.Sides)
	}
	if m := t.Mutations; m != nil {
		fmt.Fprintf(w, ", %d of %d faults noticed (%.0f%%)", m.Noticed, m.All, 100*m.Share())
	}
	fmt.Fprintln(w)
	if t.Problem != "" {
		fmt.Fprintf(w, "      %s\n", t.Problem)
	}
	for _, s := range t.Samples {
		if len(s.Wrong) > 0 {
			fmt.Fprintf(w, "      %s\n", s.Path)
		}
		for _, x := range s.Wrong {
			fmt.Fprintf(w, "        %s\n", x)
		}
	}
	printGaps(w, t)
}

func printGaps(w io.Writer, t *engine.RuleTest) {
	if t.Mutations == nil && t.Coverage != nil {
		for i, g := range t.Coverage.Gaps {
			if i == maxListed {
				fmt.Fprintf(w, "      and %d more: see --format json\n", len(t.Coverage.Gaps)-maxListed)
				break
			}
			fmt.Fprintf(w, "      %s:%d:%d: %s: %s\n", t.File, g.Line, g.Column, g.Part, g.Why)
		}
	}
	if t.Mutations == nil {
		return
	}
	for i, m := range t.Mutations.Survivors {
		if i == maxListed {
			fmt.Fprintf(w, "      and %d more: see --format json\n", len(t.Mutations.Survivors)-maxListed)
			return
		}
		fmt.Fprintf(w, "      %s:%d:%d: no sample notices if %s\n", t.File, m.Line, m.Column, m.What)
	}
}

// printTAP writes version 13 of the Test Anything Protocol: one test a sample,
// and one a bound that is not kept. What went wrong stands in a YAML block.
func printTAP(out io.Writer, rep *testReport) error {
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, "TAP version 13\n1..%d\n", len(tapTests(rep)))
	for i, t := range tapTests(rep) {
		word := "ok"
		if len(t.wrong) > 0 {
			word = "not ok"
		}
		fmt.Fprintf(w, "%s %d - %s\n", word, i+1, strings.NewReplacer("#", "\\#", "\n", " ").Replace(t.name))
		if len(t.wrong) == 0 {
			continue
		}
		fmt.Fprintf(w, "  ---\n  severity: fail\n  differences:\n")
		for _, x := range t.wrong {
			text, err := json.Marshal(x) // a JSON string is a YAML string
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "    - %s\n", text)
		}
		fmt.Fprintf(w, "  ...\n")
	}
	return w.Flush()
}

// flatTest is one test of a report.
type flatTest struct {
	rule, name string
	seconds    float64
	wrong      []string
}

func tapTests(rep *testReport) []flatTest {
	var out []flatTest
	for i := range rep.Rules {
		out = append(out, ruleTests(&rep.Rules[i])...)
	}
	for _, b := range rep.Broken {
		out = append(out, flatTest{name: "bounds", wrong: []string{b}})
	}
	return out
}

func ruleTests(t *engine.RuleTest) []flatTest {
	var out []flatTest
	if t.Problem != "" {
		out = append(out, flatTest{t.Rule, t.Rule + " samples", t.Seconds, []string{t.Problem}})
	}
	for _, s := range t.Samples {
		out = append(out, flatTest{t.Rule, t.Rule + " " + s.Sample, s.Seconds, s.Wrong})
	}
	return out
}

// The elements of a JUnit report, as the schema that build servers share has
// them: testsuites, in it testsuite, in it testcase with a failure.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

func printJUnit(w io.Writer, rep *testReport) error {
	all := junitSuites{Name: "kbdiag rules test"}
	total := 0.0
	add := func(name string, tests []flatTest) {
		suite := junitSuite{Name: name, Tests: len(tests)}
		seconds := 0.0
		for _, t := range tests {
			c := junitCase{Class: "kbdiag." + name, Name: t.name, Time: fmt.Sprintf("%.3f", t.seconds)}
			if len(t.wrong) > 0 {
				c.Failure = &junitFailure{t.wrong[0], "difference", strings.Join(t.wrong, "\n")}
				suite.Failures++
			}
			seconds += t.seconds
			suite.Cases = append(suite.Cases, c)
		}
		suite.Time = fmt.Sprintf("%.3f", seconds)
		total += seconds
		all.Tests += suite.Tests
		all.Failures += suite.Failures
		all.Suites = append(all.Suites, suite)
	}
	for i := range rep.Rules {
		add(rep.Rules[i].Rule, ruleTests(&rep.Rules[i]))
	}
	var bounds []flatTest
	for _, b := range rep.Broken {
		bounds = append(bounds, flatTest{name: b, wrong: []string{b}})
	}
	if len(bounds) > 0 {
		add("bounds", bounds)
	}
	all.Time = fmt.Sprintf("%.3f", total)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
