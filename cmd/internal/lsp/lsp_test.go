package lsp

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"kbdiag/rules"
)

// made is a rule without faults.
const made = `schema = 1
id = "ACME%05d"
title = "The feeder %d stops"
cause = "Its folder is full."

[signal.stopped]
on = "event"
when = 'provider == "AcmeFeed" && id == %d'
strength = "strong"
message = "The feeder %d stopped."

[diagnosis]
when = 'stopped'
explains = ["ACME%05d"]

[[step]]
text = "Empty the folder."
verify = "It is empty."

[[collect]]
ask = "Is it full?"
signal = "stopped"
`

// ruleOf gives the text of a rule of a number.
func ruleOf(n int) string { return fmt.Sprintf(made, n, n, n%5000, n, n+1) }

// editor drives a server as an editor does.
type editor struct {
	t    *testing.T
	to   io.WriteCloser
	from *bufio.Reader
	last int
	done chan error
}

// start starts a server over a base.
func start(t *testing.T, load func([]string) *rules.Base) *editor {
	t.Helper()
	in, to := io.Pipe()
	from, out := io.Pipe()
	e := &editor{t: t, to: to, from: bufio.NewReaderSize(from, 1<<20), done: make(chan error, 1)}
	s := &Server{Version: "1", Load: load}
	go func() {
		err := s.Serve(in, out)
		out.Close()
		e.done <- err
	}()
	t.Cleanup(func() { to.Close() })
	return e
}

// send sends a message.
func (e *editor) send(m map[string]any) {
	e.t.Helper()
	m["jsonrpc"] = "2.0"
	if err := writeBody(e.to, m); err != nil {
		e.t.Fatal(err)
	}
}

// notify sends a notification.
func (e *editor) notify(method string, params any) {
	e.t.Helper()
	e.send(map[string]any{"method": method, "params": params})
}

// read reads the next message.
func (e *editor) read() map[string]json.RawMessage {
	e.t.Helper()
	body, err := readBody(e.from)
	if err != nil {
		e.t.Fatal(err)
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(body, &m); err != nil {
		e.t.Fatal(err)
	}
	return m
}

// ask sends a request and reads its answer into result.
func (e *editor) ask(method string, params, result any) {
	e.t.Helper()
	e.last++
	e.send(map[string]any{"id": e.last, "method": method, "params": params})
	m := e.read()
	if string(m["id"]) != fmt.Sprint(e.last) || m["error"] != nil {
		e.t.Fatalf("%s: %s %s", method, m["id"], m["error"])
	}
	if result == nil {
		return
	}
	if err := json.Unmarshal(m["result"], result); err != nil {
		e.t.Fatalf("%s: %v in %s", method, err, m["result"])
	}
}

// findings reads the diagnostics that follow an opening or a change.
func (e *editor) findings() []diagnostic {
	e.t.Helper()
	m := e.read()
	if string(m["method"]) != `"textDocument/publishDiagnostics"` {
		e.t.Fatalf("got %s", m["method"])
	}
	var d diagnostics
	if err := json.Unmarshal(m["params"], &d); err != nil {
		e.t.Fatal(err)
	}
	return d.Diagnostics
}

// open opens a document and gives its findings.
func (e *editor) open(uri, text string) []diagnostic {
	e.t.Helper()
	e.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": uri, "languageId": "toml", "version": 1, "text": text}})
	return e.findings()
}

// change gives a document another text.
func (e *editor) change(uri, text string) []diagnostic {
	e.t.Helper()
	e.notify("textDocument/didChange", map[string]any{"textDocument": map[string]any{"uri": uri, "version": 2},
		"contentChanges": []any{map[string]any{"text": text}}})
	return e.findings()
}

// spot gives the place of a mark in a text, and the text without it.
func spot(marked string) (text string, p position) {
	before, after, _ := strings.Cut(marked, "¦")
	text = before + after
	return text, offsetPosition(text, len(before))
}

// codes gives the codes of findings.
func codes(list []diagnostic) []string {
	var names []string
	for _, d := range list {
		names = append(names, d.Code)
	}
	return names
}

// folder writes two rules into a folder and gives a loader for it.
func folder(t *testing.T) (dir string, load func([]string) *rules.Base) {
	t.Helper()
	dir = t.TempDir()
	for _, n := range []int{1, 2} {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("ACME%05d.toml", n)), []byte(ruleOf(n)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, func(folders []string) *rules.Base {
		if len(folders) != 1 || folders[0] != dir {
			t.Errorf("folders %v", folders)
		}
		b, _ := rules.LoadPaths(folders...)
		return b
	}
}

// TestServer types a rule, asks about it, and ends.
func TestServer(t *testing.T) {
	dir, load := folder(t)
	e := start(t, load)
	var init struct {
		Capabilities map[string]any `json:"capabilities"`
	}
	e.ask("initialize", map[string]any{"rootUri": uriOf(dir)}, &init)
	if init.Capabilities["hoverProvider"] != true {
		t.Errorf("capabilities %v", init.Capabilities)
	}
	e.notify("initialized", map[string]any{})
	uri := uriOf(filepath.Join(dir, "ACME00001.toml"))
	if got := codes(e.open(uri, ruleOf(1))); len(got) > 0 {
		t.Errorf("a rule without faults: %v", got)
	}
	bad := strings.Replace(ruleOf(1), "provider ==", "providr ==", 1)
	got := e.change(uri, bad)
	if len(got) != 1 || got[0].Code != "unknown-field" || got[0].Range.Start != (position{7, 8}) || got[0].Range.End != (position{7, 15}) || got[0].Severity != 1 {
		t.Errorf("findings %+v", got)
	}
	var acts []action
	e.ask("textDocument/codeAction", map[string]any{"textDocument": documentID{uri}, "range": textRange{position{7, 8}, position{7, 8}}}, &acts)
	if len(acts) != 1 || acts[0].Edit.Changes[uri][0].NewText != "provider" || acts[0].Edit.Changes[uri][0].Range != got[0].Range {
		t.Errorf("actions %+v", acts)
	}
	if got := codes(e.change(uri, "schema = ")); !slices.Contains(got, "toml-syntax") {
		t.Errorf("half a line: %v", got)
	}
	twice := strings.NewReplacer("ACME00001", "ACME00002", "ACME00002", "ACME00003").Replace(ruleOf(1))
	if got := codes(e.change(uri, twice)); !slices.Contains(got, "duplicate-id") {
		t.Errorf("the id of another file: %v", got)
	}
	circle := strings.Replace(ruleOf(2), "ACME00003", "ACME00001", 1)
	e.change(uri, ruleOf(1))
	if got := codes(e.open(uriOf(filepath.Join(dir, "ACME00002.toml")), circle)); !slices.Contains(got, "explains-cycle") {
		t.Errorf("a circle: %v", got)
	}
	e.notify("textDocument/didClose", map[string]any{"textDocument": documentID{uri}})
	if got := e.findings(); len(got) != 0 {
		t.Errorf("closed: %v", got)
	}
	e.ask("shutdown", nil, nil)
	e.notify("exit", nil)
	if err := <-e.done; err != nil {
		t.Error(err)
	}
}

// TestCompletion asks what can stand at places.
func TestCompletion(t *testing.T) {
	dir, load := folder(t)
	e := start(t, load)
	e.ask("initialize", map[string]any{"rootUri": uriOf(dir)}, nil)
	uri := uriOf(filepath.Join(dir, "ACME00009.toml"))
	base := ruleOf(9)
	for name, c := range map[string]struct {
		marked    string
		want, not []string
	}{
		"keys":            {strings.Replace(base, "cause =", "¦\ncause =", 1), []string{"products", "severity"}, []string{"title", "on", "step"}},
		"keys of signal":  {strings.Replace(base, "strength =", "st¦\nstrength =", 1), []string{"codes", "doc", "level"}, []string{"on", "title"}},
		"fields":          {strings.Replace(base, "provider ==", "¦provider ==", 1), []string{"provider", "qualifiers", "contains", "any"}, []string{"greeting", "count"}},
		"fields of lines": {strings.Replace(strings.Replace(base, `"event"`, `"line"`, 1), "provider ==", "¦", 1), []string{"text", "path"}, []string{"provider"}},
		"long condition":  {strings.Replace(base, `'provider ==`, "'''\n  ¦provider ==", 1), []string{"provider"}, []string{"title"}},
		"signals":         {strings.Replace(base, "'stopped'", "'¦'", 1), []string{"stopped", "within", "absent"}, []string{"provider"}},
		"signal of ask":   {strings.Replace(base, `signal = "stopped"`, `signal = "¦"`, 1), []string{"stopped"}, []string{"within"}},
		"values":          {strings.Replace(base, `"strong"`, `"¦"`, 1), []string{"pathognomonic", "rules_out"}, []string{"critical"}},
		"rules":           {strings.Replace(base, `"ACME00010"`, `"AC¦"`, 1), []string{"ACME00001", "ACME00002"}, nil},
		"headers":         {base + "\n[¦", []string{"[[step]]", "[signal.NAME]", "[diagnosis]"}, []string{"[[products]]"}},
		"comment":         {"# ¦", nil, []string{"title"}},
	} {
		text, p := spot(c.marked)
		e.open(uri, text)
		var list completionList
		e.ask("textDocument/completion", placeParams{documentID{uri}, p}, &list)
		var labels []string
		for _, i := range list.Items {
			labels = append(labels, i.Label)
		}
		for _, w := range c.want {
			if !slices.Contains(labels, w) {
				t.Errorf("%s: no %s in %v", name, w, labels)
			}
		}
		for _, n := range c.not {
			if slices.Contains(labels, n) {
				t.Errorf("%s: %s in %v", name, n, labels)
			}
		}
	}
}

// TestHoverAndDefinition asks about words.
func TestHoverAndDefinition(t *testing.T) {
	dir, load := folder(t)
	e := start(t, load)
	e.ask("initialize", map[string]any{"rootUri": uriOf(dir)}, nil)
	uri := uriOf(filepath.Join(dir, "ACME00001.toml"))
	text := ruleOf(1)
	e.open(uri, text)
	for before, want := range map[string]string{
		"stren":            "how much it speaks for",
		"when = 'provi":    "source of the event",
		"when = 'stop":     "signal **stopped**",
		`explains = ["ACM`: "The feeder 2 stops",
		"sche":             "version of the format",
	} {
		i := strings.Index(text, before) + len(before)
		var h hover
		e.ask("textDocument/hover", placeParams{documentID{uri}, offsetPosition(text, i)}, &h)
		if !strings.Contains(h.Contents.Value, want) {
			t.Errorf("%s: %q", before, h.Contents.Value)
		}
	}
	for before, want := range map[string]location{
		`explains = ["ACM`: {URI: uriOf(filepath.Join(dir, "ACME00002.toml")), Range: textRange{Start: position{1, 5}}},
		"when = 'stop":     {URI: uri, Range: textRange{Start: position{5, 0}}},
	} {
		i := strings.Index(text, before) + len(before)
		var l location
		e.ask("textDocument/definition", placeParams{documentID{uri}, offsetPosition(text, i)}, &l)
		if l.URI != want.URI || l.Range.Start != want.Range.Start {
			t.Errorf("%s: %+v", before, l)
		}
	}
	// Places that are none, and methods that are unknown, are no harm.
	for _, p := range []position{{-1, -5}, {9999, 9999}, {0, 9999}} {
		e.ask("textDocument/hover", placeParams{documentID{uri}, p}, nil)
		e.ask("textDocument/completion", placeParams{documentID{uri}, p}, nil)
	}
	e.send(map[string]any{"id": 99, "method": "textDocument/rename", "params": map[string]any{}})
	if m := e.read(); m["error"] == nil {
		t.Errorf("%v", m)
	}
	e.send(map[string]any{"id": 100, "method": "textDocument/hover", "params": "text"})
	if m := e.read(); m["error"] == nil {
		t.Errorf("%v", m)
	}
}

// TestKeystroke types beside 10,000 rules. The quickest of the keystrokes must
// be answered in 50 ms, so that a busy machine does not fail the test.
func TestKeystroke(t *testing.T) {
	fsys := fstest.MapFS{}
	for n := range 10_000 {
		fsys[fmt.Sprintf("ACME%05d.toml", n)] = &fstest.MapFile{Data: []byte(ruleOf(n))}
	}
	base, err := rules.Load(fsys, ".")
	if err != nil {
		t.Fatal(err)
	}
	e := start(t, func([]string) *rules.Base { return base })
	e.ask("initialize", map[string]any{}, nil)
	const uri = "file:///rules/ACME10000.toml"
	text := ruleOf(10_000)
	e.open(uri, text)
	var all []time.Duration
	for i := range 40 {
		cut := strings.Index(text, "provider") + i%20
		began := time.Now()
		e.change(uri, text[:cut]+"x"+text[cut:])
		e.ask("textDocument/completion", placeParams{documentID{uri}, offsetPosition(text, cut)}, nil)
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	t.Logf("keystrokes: quickest %v, median %v, slowest %v", all[0], all[len(all)/2], all[len(all)-1])
	if all[0] > 50*time.Millisecond {
		t.Errorf("the quickest keystroke took %v", all[0])
	}
}

// FuzzServer feeds a server anything as the text of a document and asks about
// all places of a line.
func FuzzServer(f *testing.F) {
	f.Add(ruleOf(1), 7, 9)
	f.Add("[signal.a]\nwhen = '''\n\n", 2, 0)
	f.Add("\uFEFF[\n=\r\n", 0, 0)
	f.Fuzz(func(t *testing.T, text string, line, character int) {
		if len(text) > 4<<10 {
			return
		}
		s := &Server{out: bufio.NewWriter(io.Discard), open: map[string]*document{}, index: (&rules.Base{}).Index()}
		d := &document{uri: "file:///a.toml", path: "/a.toml", text: text}
		if err := s.check(d); err != nil {
			t.Fatal(err)
		}
		c := newCursor(d, position{line, character})
		s.complete(c)
		s.hover(c)
		s.definition(c)
	})
}

// TestBrokenInput ends on what is no message.
func TestBrokenInput(t *testing.T) {
	for name, text := range map[string]string{
		"no length":  "X: 1\r\n\r\n{}",
		"bad length": "Content-Length: -4\r\n\r\n{}",
		"too long":   "Content-Length: 99999999999\r\n\r\n{}",
		"cut":        "Content-Length: 50\r\n\r\n{}",
		"long head":  strings.Repeat("x", 1<<20),
	} {
		s := &Server{Load: func([]string) *rules.Base { return &rules.Base{} }}
		if err := s.Serve(strings.NewReader(text), io.Discard); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	var out strings.Builder
	s := &Server{Load: func([]string) *rules.Base { return &rules.Base{} }}
	if err := s.Serve(strings.NewReader("Content-Length: 3\r\n\r\n{x}"), &out); err != nil || !strings.Contains(out.String(), "-32700") {
		t.Errorf("%v %s", err, out.String())
	}
}
