package serve

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kbdiag/cmd/internal/history"
	"kbdiag/cmd/internal/report"
	"kbdiag/engine"
	"kbdiag/parsers"
	"kbdiag/parsers/formats"
	"kbdiag/rules"
)

const samples = "../../../testdata/tickets"

// compiled is the shipped knowledge base, made ready once.
var compiled = sync.OnceValues(func() (*rules.Base, *engine.Set) {
	base, err := rules.Builtin()
	if err != nil {
		panic(err)
	}
	return base, compile(base.Rules)
})

func compile(list []*rules.Rule) *engine.Set {
	return engine.Compile(list, (&rules.Base{Rules: list}).SHA256())
}

// running is a server that answers.
type running struct {
	*Server
	t    *testing.T
	temp string
	past *history.Store
	end  func() // ends it and waits
}

func start(t *testing.T, change func(*Options)) *running {
	t.Helper()
	base, set := compiled()
	past, err := history.InMemory()
	if err != nil {
		t.Fatal(err)
	}
	temp := t.TempDir()
	opts := Options{
		Version: "test", Base: base, Set: set, Compile: compile, Past: past, Limits: DefaultLimits(), TempDir: temp,
		Reader: func() *parsers.Reader { return &parsers.Reader{Forms: formats.All(), Secrets: &parsers.Secrets{}} },
		Engine: func(s Stated) (engine.Options, error) {
			if s.At == "never" {
				return engine.Options{}, fmt.Errorf("%q is no time", s.At)
			}
			return engine.Options{Ticket: s.Ticket, Product: s.Product, Top: 50, Context: 4}, nil
		},
	}
	if change != nil {
		change(&opts)
	}
	s, err := New(opts, "127.0.0.1", 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx) }()
	r := &running{Server: s, t: t, temp: temp, past: past}
	r.end = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("the server ended with %v", err)
			}
		case <-time.After(time.Minute):
			t.Error("the server does not end")
		}
		past.Close()
		if left, _ := os.ReadDir(temp); len(left) > 0 {
			t.Errorf("%s is left behind", left[0].Name())
		}
	})
	t.Cleanup(r.end)
	return r
}

// request makes a request as the page does.
func (r *running) request(method, path string, body io.Reader) *http.Request {
	req, err := http.NewRequest(method, "http://"+r.host+path, body)
	if err != nil {
		r.t.Fatal(err)
	}
	req.AddCookie(&http.Cookie{Name: r.cookieName(), Value: r.token})
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if method != http.MethodGet {
		req.Header.Set("Origin", "http://"+r.host)
	}
	return req
}

// do sends a request and gives the status and the body.
func (r *running) do(req *http.Request) (int, string, http.Header) {
	r.t.Helper()
	client := &http.Client{Timeout: 5 * time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	resp, err := client.Do(req)
	if err != nil {
		r.t.Fatalf("%s %s: %v", req.Method, req.URL, err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatalf("%s %s: %v", req.Method, req.URL, err)
	}
	return resp.StatusCode, string(raw), resp.Header
}

func (r *running) get(path string) (int, string) {
	status, body, _ := r.do(r.request(http.MethodGet, path, nil))
	return status, body
}

// post sends a value, and gives the last line of the answer.
func (r *running) post(path string, v any) (int, string) {
	raw, err := json.Marshal(v)
	if err != nil {
		r.t.Fatal(err)
	}
	status, body, _ := r.do(r.request(http.MethodPost, path, bytes.NewReader(raw)))
	return status, lastLine(body)
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

// given is a file as a browser gives it.
type given struct{ name, content string }

// form writes files and fields as a browser does.
func form(fields map[string]string, files ...given) (body *bytes.Buffer, kind string) {
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	for name, value := range fields {
		w.WriteField(name, value)
	}
	for _, f := range files {
		part, _ := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="` + f.name + `"`}})
		io.WriteString(part, f.content)
	}
	w.Close()
	return body, w.FormDataContentType()
}

// give sends files, and gives the status and the last line of the answer.
func (r *running) give(fields map[string]string, files ...given) (int, string) {
	r.t.Helper()
	body, kind := form(fields, files...)
	req := r.request(http.MethodPost, "/api/tickets", body)
	req.Header.Set("Content-Type", kind)
	status, answer, _ := r.do(req)
	return status, lastLine(answer)
}

// filesOf reads a ticket of testdata.
func filesOf(t *testing.T, ticket string) []given {
	t.Helper()
	var list []given
	entries, err := os.ReadDir(filepath.Join(samples, ticket))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		raw, err := os.ReadFile(filepath.Join(samples, ticket, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, given{ticket + "/" + e.Name(), string(raw)})
	}
	return list
}

// diagnosed gives a ticket and its run.
func (r *running) diagnosed(ticket string) int64 {
	r.t.Helper()
	status, line := r.give(nil, filesOf(r.t, ticket)...)
	var a struct {
		Done struct{ Run int64 }
	}
	if err := json.Unmarshal([]byte(line), &a); err != nil || status != http.StatusOK || a.Done.Run == 0 {
		r.t.Fatalf("%s: %d %s", ticket, status, line)
	}
	return a.Done.Run
}

func TestReportIsThatOfDiagnose(t *testing.T) {
	r := start(t, nil)
	run := r.diagnosed("pop3-logon")
	got, err := r.past.Get(run)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(samples)
	_, set := compiled()
	rd := &parsers.Reader{Forms: formats.All(), Secrets: &parsers.Secrets{}}
	want := engine.Diagnose(context.Background(), set, rd, []string{"pop3-logon"}, engine.Options{Ticket: "pop3-logon", Top: 50, Context: 4})
	var a, b bytes.Buffer
	report.JSON(&a, got, report.Style{})
	report.JSON(&b, want, report.Style{})
	if a.String() != b.String() {
		t.Errorf("the page's report differs from that of diagnose:\n%s\n%s", a.String(), b.String())
	}

	for path, part := range map[string]string{
		fmt.Sprintf("/runs/%d/report", run):     `id="e1"`,
		fmt.Sprintf("/runs/%d/save/json", run):  `"rule": "Q247764"`,
		fmt.Sprintf("/runs/%d/save/md", run):    "Q247764",
		fmt.Sprintf("/runs/%d/save/reply", run): "POP3",
		"/api/runs?q=q247764+pop3":              `"ticket":"pop3-logon"`,
	} {
		if status, body := r.get(path); status != http.StatusOK || !strings.Contains(body, part) || strings.Contains(body, r.dir) {
			t.Errorf("%s: %d, %d bytes without %s", path, status, len(body), part)
		}
	}
	for _, path := range []string{"/runs/99/report", "/runs/x/report", "/runs/1/save/exe", "/api/runs/0", "/runs/1/tried"} {
		if status, _ := r.get(path); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func TestProgressIsTold(t *testing.T) {
	r := start(t, nil)
	body, kind := form(map[string]string{"ticket": "4711", "product": "Exchange Server 5.5"}, filesOf(t, "pop3-logon")...)
	req := r.request(http.MethodPost, "/api/tickets", body)
	req.Header.Set("Content-Type", kind)
	_, answer, _ := r.do(req)
	var last progress
	lines := bufio.NewScanner(strings.NewReader(answer))
	n := 0
	for lines.Scan() {
		var p progress
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatalf("%q: %v", lines.Text(), err)
		}
		if p.Step == "reading" {
			last, n = p, n+1
		}
	}
	if n < 2 || last.Files != 3 || last.Of != 3 || last.Bytes != last.OfBytes || last.Records < 60 {
		t.Errorf("%d lines, the last %+v", n, last)
	}
	if one, err := r.past.Find(1); err != nil || one.Ticket != "4711" {
		t.Errorf("%+v, %v", one, err)
	}
}

func TestNothingToAnalyse(t *testing.T) {
	r := start(t, nil)
	for name, c := range map[string]struct {
		fields map[string]string
		files  []given
		status int
		part   string
	}{
		"no files":      {map[string]string{"ticket": "x"}, nil, http.StatusBadRequest, "no files"},
		"a picture":     {nil, []given{{"a.png", "\x89PNG\r\n\x1a\n"}}, http.StatusOK, "a.png: a picture"},
		"an empty file": {nil, []given{{"logs/a.csv", ""}}, http.StatusOK, "logs/a.csv: empty file"},
		"a wrong time":  {map[string]string{"at": "never"}, []given{{"a.txt", "x"}}, http.StatusBadRequest, "no time"},
		"a long field":  {map[string]string{"ticket": strings.Repeat("x", 300)}, []given{{"a.txt", "x"}}, http.StatusBadRequest, "longer"},
		"another field": {map[string]string{"color": "red"}, []given{{"a.txt", "x"}}, http.StatusBadRequest, "not known"},
	} {
		status, line := r.give(c.fields, c.files...)
		if status != c.status || !strings.Contains(line, c.part) || strings.Contains(line, r.dir) {
			t.Errorf("%s: %d %s", name, status, line)
		}
	}
	if left, _ := os.ReadDir(r.dir); len(left) > 0 {
		t.Errorf("%d folders of tickets that gave nothing are left", len(left))
	}
}

func TestWhyNot(t *testing.T) {
	r := start(t, nil)
	run := r.diagnosed("pop3-logon")
	status, line := r.post(fmt.Sprintf("/api/runs/%d/why", run), asked{Rule: "Q193922"})
	var a struct{ Done engine.Explanation }
	if err := json.Unmarshal([]byte(line), &a); err != nil || status != http.StatusOK {
		t.Fatalf("%d %s", status, line)
	}
	if x := a.Done; x.Rule != "Q193922" || x.Applies == "yes" || x.Condition.Text == "" || len(x.Signals) == 0 || strings.Contains(line, r.dir) {
		t.Errorf("%s", line)
	}
	if _, line := r.post(fmt.Sprintf("/api/runs/%d/why", run), asked{Rule: "Q999999"}); !strings.Contains(line, "no rule Q999999") {
		t.Error(line)
	}
	if status, _ := r.post("/api/runs/77/why", asked{Rule: "Q193922"}); status != http.StatusGone {
		t.Errorf("a run without files: %d", status)
	}
}

func TestRulesAreFound(t *testing.T) {
	r := start(t, nil)
	for q, want := range map[string]string{"q247764": "Q247764", "pop3+REFUSED+rights": "Q247764", "relay": "Q193922"} {
		if status, body := r.get("/api/rules?q=" + q); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", q, status, body)
		}
	}
	if _, body := r.get("/api/rules?q=zebra"); !strings.Contains(body, `"found":0`) {
		t.Error(body)
	}
	status, body := r.get("/api/rules/Q247764")
	if status != http.StatusOK || !strings.Contains(body, "signal.lookup_failed") {
		t.Errorf("%d %s", status, body)
	}
	if status, _ := r.get("/api/rules/..%2f..%2fgo"); status != http.StatusNotFound {
		t.Errorf("%d", status)
	}
}

// ruleText gives the file of a shipped rule.
func (r *running) ruleText(id string) string {
	_, body := r.get("/api/rules/" + id)
	var a struct{ Text string }
	if err := json.Unmarshal([]byte(body), &a); err != nil || a.Text == "" {
		r.t.Fatalf("%s: %s", id, body)
	}
	return a.Text
}

func TestLintAsTyped(t *testing.T) {
	r := start(t, nil)
	text := r.ruleText("Q247764")
	if _, line := r.post("/api/lint", asked{"Q247764", text}); strings.Contains(line, `"error"`) {
		t.Errorf("a shipped rule: %s", line)
	}
	_, line := r.post("/api/lint", asked{"Q247764", strings.Replace(text, "provider in", "providr in", 1)})
	if !strings.Contains(line, `"unknown-field"`) || !strings.Contains(line, `"severity":"error"`) {
		t.Error(line)
	}
	if status, _ := r.post("/api/lint", asked{"Q247764", strings.Repeat("x", 2<<20)}); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a text of 2 MB: %d", status)
	}
}

func TestTryChangedRule(t *testing.T) {
	r := start(t, nil)
	run := r.diagnosed("pop3-logon")
	path := fmt.Sprintf("/api/runs/%d/try", run)
	text := r.ruleText("Q247764")
	try := func(text string) (a struct{ Done tryAnswer }) {
		t.Helper()
		status, line := r.post(path, asked{"Q247764", text})
		if err := json.Unmarshal([]byte(line), &a); err != nil || status != http.StatusOK || a.Done.Rule == "" {
			t.Fatalf("%d %s", status, line)
		}
		return a
	}
	if a := try(text); a.Done.Before.Rank != 1 || *a.Done.Before != *a.Done.After || len(a.Done.Changes.Moved) > 0 {
		t.Errorf("the same rule changes the answer: %+v", a.Done)
	}
	a := try(strings.NewReplacer("id == 13003", "id == 13999", `"PASS"`, `"RETR"`, `provider == "Service Control Manager"`, `provider == "None Such"`).Replace(text))
	if a.Done.Before.Rank != 1 || a.Done.After != nil && a.Done.After.Rank == 1 {
		t.Errorf("a rule that asks for other events stays first: %+v", a.Done)
	}
	if c := a.Done.Changes; len(c.Went)+len(c.Moved) == 0 {
		t.Errorf("no change: %+v", c)
	}
	if status, body := r.get(fmt.Sprintf("/runs/%d/tried", run)); status != http.StatusOK || !strings.Contains(body, "Q324025") {
		t.Errorf("the report with the changed rule: %d", status)
	}
	if status, line := r.post(path, asked{"Q247764", "id = 5"}); status != http.StatusUnprocessableEntity {
		t.Errorf("a rule with errors: %d %s", status, line)
	}
	if a := try(text); a.Done.After == nil || a.Done.After.Rank != 1 {
		t.Errorf("what was tried stays: %+v", a.Done)
	}
	if one, _ := r.past.List("", 10); one.All != 1 {
		t.Errorf("%d runs are kept", one.All)
	}
}

func TestComparison(t *testing.T) {
	r := start(t, nil)
	a, b := r.diagnosed("pop3-logon"), r.diagnosed("healthy")
	status, body := r.get(fmt.Sprintf("/api/compare?before=%d&after=%d", a, b))
	var d struct{ Changes history.Difference }
	if err := json.Unmarshal([]byte(body), &d); err != nil || status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	if len(d.Changes.Went) == 0 || d.Changes.Went[0].Rule != "Q247764" || len(d.Changes.Came) > 0 {
		t.Errorf("%+v", d.Changes)
	}
	if status, _ := r.get("/api/compare?before=1&after=99"); status != http.StatusNotFound {
		t.Errorf("a run that is not there: %d", status)
	}
	if status, body, _ := r.do(r.request(http.MethodDelete, fmt.Sprintf("/api/runs/%d", a), nil)); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
	if status, _ := r.get(fmt.Sprintf("/api/runs/%d", a)); status != http.StatusNotFound || r.tickets.has(a) {
		t.Errorf("a removed run is there: %d", status)
	}
	if left, _ := os.ReadDir(r.dir); len(left) != 1 {
		t.Errorf("files of %d tickets are there, want 1", len(left))
	}
}

// TestOldFilesGo keeps no more files than it should.
func TestOldFilesGo(t *testing.T) {
	r := start(t, nil)
	first := r.diagnosed("healthy")
	for range kept {
		r.diagnosed("healthy")
	}
	if left, _ := os.ReadDir(r.dir); len(left) != kept || r.tickets.has(first) {
		t.Errorf("files of %d tickets are there, want %d without the first", len(left), kept)
	}
}
