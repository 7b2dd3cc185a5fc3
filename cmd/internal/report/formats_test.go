package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"kbdiag/engine"
)

// nasty is what a stranger may write into a log.
const nasty = "</pre></script><script>alert(1)</script> \"quoted\" 'single' `tick` [link](http://example.test) *bold* | <img src=x onerror=alert(1)> \x01 ]]> {{.}}"

// hostile is a report all texts of which are nasty.
func hostile() *engine.Report {
	r := sample()
	r.Ticket = nasty
	r.Notes = []string{nasty}
	d := &r.Diagnoses[0]
	d.Title, d.Cause, d.Steps = nasty, nasty, []engine.Step{{Text: nasty, Verify: nasty}}
	d.Products, d.References, d.LevelWhy = []string{nasty}, []string{nasty}, nasty
	d.Evidence[0].Excerpt, d.Evidence[0].Path, d.Evidence[0].Host, d.Evidence[0].Doc = "=cmd()"+nasty, nasty, nasty, nasty
	d.Evidence[0].Context = []engine.ContextLine{{Line: 1, Text: nasty, Own: true}}
	r.Sessions[0].Summary, r.Sessions[0].Turns[0].Text = nasty, nasty
	r.Unexplained[0].Example, r.Next[0].Ask = nasty, nasty
	r.Inputs[0].Path, r.Inputs[1].Error = nasty, nasty
	return r
}

func printed(t *testing.T, name string, r *engine.Report) string {
	t.Helper()
	f, ok := Find(name)
	if !ok {
		t.Fatalf("no format %s", name)
	}
	var b bytes.Buffer
	if err := f.Print(&b, r, Style{Width: 80}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestEveryFormatOfEveryReport prints reports with everything, with nothing and
// with hostile texts in all formats.
func TestEveryFormatOfEveryReport(t *testing.T) {
	empty := &engine.Report{Schema: 1, Diagnoses: []engine.Diagnosis{}, Next: []engine.Question{}, Unexplained: []engine.Unexplained{}}
	for _, f := range All() {
		for name, r := range map[string]*engine.Report{"full": sample(), "empty": empty, "hostile": hostile()} {
			if out := printed(t, f.Name, r); out == "" {
				t.Errorf("%s of a report that is %s: nothing", f.Name, name)
			}
		}
	}
}

var (
	hrefs = regexp.MustCompile(`href="#([^"]*)"`)
	ids   = regexp.MustCompile(`\sid="([^"]*)"`)
)

// TestPageStandsAlone holds the page to loading nothing, to its own policy, and
// to links that lead somewhere.
func TestPageStandsAlone(t *testing.T) {
	out := printed(t, "html", sample())
	markup := strings.ReplaceAll(strings.ReplaceAll(out, pageStyle, ""), pageScript, "")
	for _, bad := range []string{"http:", "https:", " src=", "<link", "@import", "url(", " style=", " onclick=", "javascript:"} {
		if strings.Contains(markup, bad) || strings.Contains(pageStyle, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	for _, source := range []string{pageStyle, pageScript} {
		if !strings.Contains(out, ">"+source+"</s") {
			t.Error("a source is not in the page as it was hashed")
		}
		if !strings.Contains(strings.ReplaceAll(out, "&#43;", "+"), SourceHash(source)) {
			t.Error("the policy does not allow a source of the page")
		}
	}
	seen := map[string]bool{}
	for _, m := range ids.FindAllStringSubmatch(markup, -1) {
		if seen[m[1]] {
			t.Errorf("id %q is there twice", m[1])
		}
		seen[m[1]] = true
	}
	for _, m := range hrefs.FindAllStringSubmatch(markup, -1) {
		if !seen[m[1]] {
			t.Errorf("a link to #%s leads nowhere", m[1])
		}
	}
	for _, id := range []string{"e1", "e2", "d1", "s1", "timeline", "next", "inputs", "reply"} {
		if !seen[id] {
			t.Errorf("the page has no #%s", id)
		}
	}
}

func TestPageShowsHostileTextAsText(t *testing.T) {
	out := printed(t, "html", hostile())
	if n := strings.Count(out, "<script>"); n != 1 {
		t.Errorf("%d scripts in the page, want 1", n)
	}
	if strings.Contains(out, "<img") {
		t.Error("a picture that a log asked for is in the page")
	}
}

// TestPageOfALargeTicket holds the page to a size and a time that a browser
// takes: 100,000 pieces of evidence, a full timeline, 20,000 inputs.
func TestPageOfALargeTicket(t *testing.T) {
	r := sample()
	for i := range 1000 {
		d := engine.Diagnosis{Rank: i + 3, Rule: fmt.Sprintf("Q%d", 200000+i), Title: "One of many", Confidence: 0.001, Level: engine.Possible}
		for j := range 100 {
			d.Evidence = append(d.Evidence, engine.Evidence{ID: fmt.Sprintf("e%d", 3+100*i+j), On: "event", Signal: "s", Path: "app.csv", Line: j + 1, Time: "1999-03-12T09:26:14",
				Excerpt: strings.Repeat("some words of a message ", 16), Count: 1, Context: []engine.ContextLine{{Line: 1, Text: strings.Repeat("x", 300)}, {Line: 2, Text: strings.Repeat("y", 300), Own: true}}})
		}
		r.Diagnoses = append(r.Diagnoses, d)
	}
	for i := range 20000 {
		r.Inputs = append(r.Inputs, engine.Input{Path: fmt.Sprintf("logs/%d.csv", i), Format: "csv", Events: 50, Complete: true})
	}
	r.Timeline.Steps, r.Timeline.Counts = 480, nil
	for i := range 480 {
		r.Timeline.Counts = append(r.Timeline.Counts, engine.TimelineBin{Step: i, Events: 2000 + i, Problems: i})
	}
	start := time.Now()
	out := printed(t, "html", r)
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
	if len(out) > 5<<20 {
		t.Errorf("%d bytes", len(out))
	}
	for _, want := range []string{"60 more pieces are in the JSON", "more inputs are in the JSON", "more are in the JSON"} {
		if !strings.Contains(out, want) {
			t.Errorf("the page does not say: %q", want)
		}
	}
}

func TestMarkdownShowsHostileTextAsText(t *testing.T) {
	out := printed(t, "md", hostile())
	code := regexp.MustCompile("(`+)[^`].*?[^`]?(`+)")
	for _, line := range strings.Split(out, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "`") || strings.HasPrefix(line, "- `") {
			continue // code
		}
		plain := code.ReplaceAllString(line, "")
		for _, bad := range []string{"<script", "<img", "[link]("} {
			if strings.Contains(plain, bad) {
				t.Errorf("%q in %q", bad, line)
			}
		}
	}
}

func TestCSVRows(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(printed(t, "csv", hostile()))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 {
		t.Fatalf("%d rows, want a head and two pieces of evidence", len(rows))
	}
	for _, row := range rows[1:] {
		if len(row) != len(csvColumns) {
			t.Errorf("%d cells", len(row))
		}
	}
	if excerpt := rows[1][len(csvColumns)-1]; !strings.HasPrefix(excerpt, "'=cmd()") {
		t.Errorf("a formula: %q", excerpt)
	}
	if rows[2][6] != "against" {
		t.Errorf("what speaks against it is marked %q", rows[2][6])
	}
}

func TestJUnitCounts(t *testing.T) {
	var got junitSuites
	dec := xml.NewDecoder(strings.NewReader(printed(t, "junit", hostile())))
	if err := dec.Decode(&got); err != nil {
		t.Fatal(err)
	}
	s := got.Suites[0]
	if s.Tests != 4 || s.Failures != 1 || s.Errors != 1 || len(s.Cases) != 4 {
		t.Errorf("%d tests, %d failures, %d errors, %d cases", s.Tests, s.Failures, s.Errors, len(s.Cases))
	}
	if s.Cases[0].Failure == nil || s.Cases[1].Failure != nil {
		t.Error("the likely diagnosis is to fail, the other not")
	}
}

// TestReplyIsPlain holds the mail to words that a customer knows.
func TestReplyIsPlain(t *testing.T) {
	out := printed(t, "reply", sample())
	for _, jargon := range []string{"deciban", "signal", "rule", "evidence", "confidence", "%", "Q100001", "score", "prior", "seen_it", "diagnosis"} {
		if strings.Contains(out, jargon) {
			t.Errorf("the mail says %q:\n%s", jargon, out)
		}
	}
	for _, want := range []string{"The cause.", "1. Do it.", "What else?", "a.png (a picture (PNG))"} {
		if !strings.Contains(out, want) {
			t.Errorf("the mail does not say %q:\n%s", want, out)
		}
	}
	for _, line := range strings.Split(out, "\n") {
		if len([]rune(line)) > replyWidth {
			t.Errorf("longer than %d: %q", replyWidth, line)
		}
	}
}

// TestSARIFParts holds the log to what SARIF 2.1.0 requires of each part
// [sections 3.13, 3.14, 3.19, 3.27, 3.28, 3.29, 3.30].
func TestSARIFParts(t *testing.T) {
	var got struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct {
					Name  string
					Rules []struct{ ID string }
				}
			}
			Invocations []struct {
				OK            *bool                                     `json:"executionSuccessful"`
				Notifications []struct{ Message struct{ Text string } } `json:"toolExecutionNotifications"`
			}
			Artifacts []struct{ Location struct{ URI string } }
			Results   []struct {
				RuleID    string
				RuleIndex int
				Level     string
				Rank      float64
				Message   struct{ Text string }
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct {
							URI   string
							Index *int
						}
						Region struct{ StartLine, ByteOffset, ByteLength *int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(printed(t, "sarif", sample())), &got); err != nil {
		t.Fatal(err)
	}
	if got.Version != "2.1.0" || len(got.Runs) != 1 {
		t.Fatalf("version %q, %d runs", got.Version, len(got.Runs))
	}
	run := got.Runs[0]
	if run.Tool.Driver.Name == "" || run.Invocations[0].OK == nil || len(run.Invocations[0].Notifications) != 1 {
		t.Error("the tool or its run is not described")
	}
	for _, a := range run.Artifacts {
		if a.Location.URI == "" {
			t.Error("an input without a name")
		}
	}
	for _, res := range run.Results {
		if res.Message.Text == "" || run.Tool.Driver.Rules[res.RuleIndex].ID != res.RuleID || res.Rank < 0 || res.Rank > 100 {
			t.Errorf("result %+v", res)
		}
		for _, l := range res.Locations {
			p := l.PhysicalLocation
			if p.ArtifactLocation.Index == nil || run.Artifacts[*p.ArtifactLocation.Index].Location.URI != p.ArtifactLocation.URI || p.Region.ByteOffset == nil {
				t.Errorf("place %+v", p)
			}
		}
	}
}

func TestSARIFPaths(t *testing.T) {
	for path, want := range map[string]string{
		"a b/c#1.csv": "a%20b/c%231.csv", "/var/log/x": "file:///var/log/x", "C:/logs/a.evt": "file:///C:/logs/a.evt", "t.zip!in/app.csv": "t.zip%21in/app.csv", "50%.txt": "50%25.txt",
	} {
		if got := strings.ReplaceAll(sarifPath(path), "!", "%21"); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestQuietIsALineADiagnosis(t *testing.T) {
	var b bytes.Buffer
	if err := Text(&b, sample(), Style{Width: 80, Detail: Quiet}); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(strings.TrimSpace(b.String()), "\n"); len(lines) != 2 || !strings.HasPrefix(lines[0], "Q100001") {
		t.Errorf("%q", lines)
	}
}

func TestPercentIsNeverCertain(t *testing.T) {
	for c, want := range map[float64]string{0: "0%", 0.004: "<1%", 0.5: "50%", 0.986: "99%", 0.997: ">99%", 1: "100%"} {
		if got := percent(c); got != want {
			t.Errorf("%v: %s, want %s", c, got, want)
		}
	}
}

// TestSoundInputsAreSaidToBe holds reports without a diagnosis to what they
// may say of the inputs.
func TestSoundInputsAreSaidToBe(t *testing.T) {
	sound := func() *engine.Report {
		r := sample()
		r.Diagnoses, r.Next, r.Unexplained, r.Incident = nil, nil, nil, nil
		r.Inputs = r.Inputs[:1]
		r.Timeline.Counts[1].Problems = 0
		r.Sessions[0].FailedStage = ""
		return r
	}
	const says, helps = "No error, warning or failed step was found in 1 event.", "The exact words of the error"
	for _, format := range []string{"text", "html", "md", "reply"} {
		out := oneLine(printed(t, format, sound()))
		if !strings.Contains(out, says) || !strings.Contains(out, helps) {
			t.Errorf("%s: %s", format, out)
		}
	}
	for what, spoil := range map[string]func(*engine.Report){
		"a problem":            func(r *engine.Report) { r.Timeline.Counts[0].Problems = 1 },
		"a failed session":     func(r *engine.Report) { r.Sessions[0].FailedStage = "auth" },
		"an unread input":      func(r *engine.Report) { r.Inputs[0].Complete = false },
		"an unexplained error": func(r *engine.Report) { r.Unexplained = sample().Unexplained },
		"no times":             func(r *engine.Report) { r.Timeline = nil },
		"a session not shown":  func(r *engine.Report) { r.Inputs[0].Sessions = 2 },
		"nothing read":         func(r *engine.Report) { r.Inputs[0].Events = 0 },
	} {
		r := sound()
		spoil(r)
		if out := soundness(r); out != "" {
			t.Errorf("with %s: %s", what, out)
		}
	}
}
