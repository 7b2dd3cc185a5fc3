package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// ticketFolders lists the tickets, as seen from the repository's root.
func ticketFolders(t *testing.T) []string {
	t.Helper()
	tickets, err := filepath.Glob("testdata/tickets/*/*")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var out []string
	for _, file := range tickets {
		if dir := filepath.ToSlash(filepath.Dir(file)); !seen[dir] {
			seen[dir] = true
			out = append(out, dir)
		}
	}
	if len(out) < 8 {
		t.Fatalf("only %d tickets", len(out))
	}
	return out
}

// TestSARIFFitsItsSchema validates the logs of all tickets, and that of crooked
// rules, against the schema of SARIF, which .ci/sarif-check fetches.
func TestSARIFFitsItsSchema(t *testing.T) {
	name := os.Getenv("KBDIAG_SARIF_SCHEMA")
	if name == "" {
		t.Skip("KBDIAG_SARIF_SCHEMA is not set")
	}
	schema, err := jsonschema.NewCompiler().Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	crooked := filepath.Join(t.TempDir(), "Q1.toml")
	if err := os.WriteFile(crooked, []byte("schema = 1\nid = \"Q1\"\ntitel = \"x\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(repository)
	runs := [][]string{{"rules", "lint", "--format", "sarif", crooked}, {"diagnose", "--format", "sarif", "go.mod", "README.md"}}
	for _, ticket := range ticketFolders(t) {
		runs = append(runs, []string{"diagnose", "--format", "sarif", ticket})
	}
	for _, args := range runs {
		out, errs, _ := runCommand(t, args...)
		log, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
		if err != nil {
			t.Fatalf("%v: %v: %s", args, err, errs)
		}
		if err := schema.Validate(log); err != nil {
			t.Errorf("%v: %v", args, err)
		}
		log.(map[string]any)["runs"].([]any)[0].(map[string]any)["columnKind"] = "bytes"
		if schema.Validate(log) == nil {
			t.Error("the schema takes anything")
		}
	}
}

// junitParts are the elements of a JUnit report, with the attributes and the
// elements in them that the build servers of Jenkins, GitLab and GitHub read. A
// ! marks what has to be there.
var junitParts = map[string]struct{ attributes, children string }{
	"testsuites": {"name tests failures errors time", "testsuite"},
	"testsuite":  {"name! tests! failures! errors! skipped time timestamp hostname", "properties testcase system-out system-err"},
	"testcase":   {"name! classname! file line time", "skipped failure error system-out system-err"},
	"failure":    {"message type", ""},
	"error":      {"message type", ""},
	"skipped":    {"message", ""},
	"system-out": {"", ""},
	"system-err": {"", ""},
}

// TestJUnitIsWhatBuildServersRead holds the reports of all tickets to the
// elements of JUnit reports, and their counts to what is there.
func TestJUnitIsWhatBuildServersRead(t *testing.T) {
	t.Chdir(repository)
	for _, ticket := range ticketFolders(t) {
		out, errs, _ := runCommand(t, "diagnose", "--format", "junit", ticket)
		if errs != "" {
			t.Fatal(errs)
		}
		if err := checkJUnit(out); err != nil {
			t.Errorf("%s: %v", ticket, err)
		}
	}
	for _, wrong := range []string{
		"<testsuite/>", "<testsuites><testcase/></testsuites>",
		`<testsuites><testsuite name="a" tests="2" failures="0" errors="0"><testcase name="a" classname="b"/></testsuite></testsuites>`,
		`<testsuites><testsuite name="a" tests="1" failures="0" errors="0"><testcase name="a" classname="b" colour="red"/></testsuite></testsuites>`,
	} {
		if checkJUnit(wrong) == nil {
			t.Errorf("taken: %s", wrong)
		}
	}
}

func checkJUnit(text string) error {
	dec := xml.NewDecoder(strings.NewReader(text))
	open := []string{""}
	said, seen := map[string]string{}, map[string]int{}
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		switch e := tok.(type) {
		case xml.StartElement:
			name, outer := e.Name.Local, open[len(open)-1]
			if outer == "" && name != "testsuites" || outer != "" && !listed(junitParts[outer].children, name) {
				return errors.New(name + " in " + outer)
			}
			given := map[string]string{}
			for _, a := range e.Attr {
				if !listed(junitParts[name].attributes, a.Name.Local) {
					return errors.New("attribute " + a.Name.Local + " of " + name)
				}
				given[a.Name.Local] = a.Value
			}
			for _, a := range strings.Fields(junitParts[name].attributes) {
				if must, ok := strings.CutSuffix(a, "!"); ok && given[must] == "" {
					return errors.New(name + " without " + must)
				}
			}
			if name == "testsuite" {
				said = given
			}
			seen[name]++
			open = append(open, name)
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
	for attribute, element := range map[string]string{"tests": "testcase", "failures": "failure", "errors": "error"} {
		if said[attribute] != strconv.Itoa(seen[element]) {
			return errors.New(attribute + " is " + said[attribute] + ", there are " + strconv.Itoa(seen[element]))
		}
	}
	return nil
}

// listed reports whether a name is in a list, with or without its mark.
func listed(list, name string) bool {
	for _, n := range strings.Fields(list) {
		if strings.TrimSuffix(n, "!") == name {
			return true
		}
	}
	return false
}
