package main

import (
	"bytes"
	"context"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kbdiag/engine"
	"kbdiag/rules"
)

// madeReport has a rule that passes, one of which a sample fails, and a bound
// that is not kept. Texts have what XML and TAP must escape.
func madeReport() *testReport {
	return &testReport{
		Rules: []engine.RuleTest{
			{Rule: "Q100001", Seconds: 0.25, Samples: []engine.SampleResult{
				{Sample: "fires-1.txt", Want: "fires", Got: "fires", Seconds: 0.1}, {Sample: "quiet-1.txt", Want: "quiet", Got: "quiet", Seconds: 0.1}}},
			{Rule: "Q100002", Seconds: 0.5, Failed: 1, Samples: []engine.SampleResult{
				{Sample: "fires-#1 <a> & \"b\".txt", Want: "fires", Got: "quiet", Seconds: 0.2, Wrong: []string{"expected: fires; \x01 <but> & \"so\"", "second:\nline"}}}},
			{Rule: "Q100003", Problem: "seen.toml: no signal x"},
		},
		Samples: 3, Failed: 2, Broken: []string{"Q100001: too few <faults>"},
	}
}

// junitShape is what the schema that build servers share allows: attributes by
// element, required ones with a "!", and the elements within.
var junitShape = map[string]struct {
	attributes string
	inside     string
}{
	"testsuites": {"name time tests failures disabled errors", "testsuite"},
	"testsuite":  {"name! tests! failures errors time disabled skipped timestamp hostname id package", "testcase properties system-out system-err"},
	"testcase":   {"name! classname! time status assertions", "skipped error failure system-out system-err"},
	"failure":    {"message type", ""},
}

func TestJUnitHasTheCommonShape(t *testing.T) {
	var b bytes.Buffer
	if err := printJUnit(&b, madeReport()); err != nil {
		t.Fatal(err)
	}
	dec := xml.NewDecoder(&b)
	var stack []string
	counts := map[string]int{}
	stated := map[string]int{}
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			checkElement(t, stack, tok)
			stack = append(stack, tok.Name.Local)
			counts[tok.Name.Local]++
			for _, a := range tok.Attr {
				if tok.Name.Local == "testsuites" {
					stated[a.Name.Local], _ = strconv.Atoi(a.Value)
				}
			}
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		}
	}
	if counts["testcase"] != 5 || counts["testcase"] != stated["tests"] || counts["failure"] != 3 || counts["failure"] != stated["failures"] || counts["testsuite"] != 4 {
		t.Errorf("elements %v, stated %v", counts, stated)
	}
}

func checkElement(t *testing.T, stack []string, e xml.StartElement) {
	t.Helper()
	name := e.Name.Local
	shape, ok := junitShape[name]
	if !ok {
		t.Fatalf("element %s is not in the schema", name)
	}
	if len(stack) == 0 && name != "testsuites" {
		t.Errorf("the root is %s", name)
	}
	if len(stack) > 0 && !hasWord(junitShape[stack[len(stack)-1]].inside, name) {
		t.Errorf("%s stands within %s", name, stack[len(stack)-1])
	}
	have := map[string]string{}
	for _, a := range e.Attr {
		have[a.Name.Local] = a.Value
		if !hasWord(strings.ReplaceAll(shape.attributes, "!", ""), a.Name.Local) {
			t.Errorf("%s has an attribute %s", name, a.Name.Local)
		}
	}
	for _, a := range strings.Fields(shape.attributes) {
		if required, ok := strings.CutSuffix(a, "!"); ok && have[required] == "" {
			t.Errorf("%s lacks %s", name, required)
		}
	}
	for _, a := range []string{"tests", "failures", "errors", "skipped"} {
		if v, ok := have[a]; ok {
			if _, err := strconv.Atoi(v); err != nil {
				t.Errorf("%s: %s is %q, want a number", name, a, v)
			}
		}
	}
	if v, ok := have["time"]; ok && !regexp.MustCompile(`^\d+\.\d+$`).MatchString(v) {
		t.Errorf("%s: time is %q, want seconds", name, v)
	}
}

func hasWord(list, word string) bool {
	return strings.Contains(" "+list+" ", " "+word+" ")
}

// TestTAP reads the lines as a harness does: the version, the plan, as many
// numbered results as planned, and blocks that end.
func TestTAP(t *testing.T) {
	var b bytes.Buffer
	if err := printTAP(&b, madeReport()); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if lines[0] != "TAP version 13" || lines[1] != "1..5" {
		t.Fatalf("begins with %q", lines[:2])
	}
	result := regexp.MustCompile(`^(ok|not ok) (\d+) - (?:[^#\\]|\\.)*$`)
	n, inBlock, bad := 0, false, 0
	for _, l := range lines[2:] {
		switch {
		case l == "  ---":
			inBlock = true
		case l == "  ...":
			inBlock = false
		case inBlock:
			if !strings.HasPrefix(l, "  ") {
				t.Errorf("%q stands in a block", l)
			}
		default:
			n++
			m := result.FindStringSubmatch(l)
			if m == nil || m[2] != strconv.Itoa(n) {
				t.Errorf("result %d is %q", n, l)
			} else if m[1] == "not ok" {
				bad++
			}
		}
	}
	if n != 5 || bad != 3 || inBlock {
		t.Errorf("%d results, %d of them bad, in a block %v", n, bad, inBlock)
	}
}

// lockedBuffer is written by the program while the test reads it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.b.String(), text)
}

// TestWatchRunsOnSave saves a rule and sees the tests run again.
func TestWatchRunsOnSave(t *testing.T) {
	dir := t.TempDir()
	rule := filepath.Join(dir, "Q100001.toml")
	text := "schema = 1\nid = \"Q100001\"\ntitle = \"T\"\nseverity = \"error\"\ncause = \"C\"\n[signal.a]\non = \"line\"\nwhen = 'text contains \"zebra\"'\nstrength = \"strong\"\n[[step]]\ntext = \"S\"\n"
	save := func(s string) {
		if err := os.WriteFile(rule, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	save(text)
	out := &lockedBuffer{}
	a := &app{stdin: strings.NewReader(""), stdout: out, stderr: out}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.watchRules(ctx, &testFlags{format: "text", maxAlarms: -1}, []string{rule}) }()
	wait := func(what string, n int) {
		t.Helper()
		for range 600 {
			if out.count(what) >= n {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Errorf("%q was not printed %d times", what, n)
	}
	wait("1 rule, 0 samples, 0 failed", 1)
	save("schema = 1\nwrong\n")
	wait("kbdiag:", 1)
	save(text + "\n# better\n")
	wait("1 rule, 0 samples, 0 failed", 2)
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestWriteSeenLeavesAlone keeps the file of a rule whose samples were not
// read, such as one whose file names a signal that is gone.
func TestWriteSeenLeavesAlone(t *testing.T) {
	dir := t.TempDir()
	sample := filepath.Join(dir, "fires-1.txt")
	file := filepath.Join(dir, rules.SeenFile)
	const old = "[\"fires-1.txt\"]\ngone = 1\n"
	if err := os.WriteFile(file, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	base := &rules.Base{Rules: []*rules.Rule{{ID: "Q100003", Samples: []rules.Sample{{Name: "fires-1.txt", Path: sample, Fires: true}}}}}
	err := writeSeen(base, []engine.RuleTest{{Rule: "Q100003", Problem: "Q100003 has no signal gone"}})
	if err == nil || !strings.Contains(err.Error(), "no signal gone") {
		t.Errorf("error: %v", err)
	}
	if raw, _ := os.ReadFile(file); string(raw) != old {
		t.Errorf("the file is now %q", raw)
	}
}
