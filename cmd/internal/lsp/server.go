package lsp

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"kbdiag/rules"
)

// Server answers one editor.
type Server struct {
	// Load gives the rules of folders of the workspace, which may be none.
	Load    func(folders []string) *rules.Base
	Version string

	out   *bufio.Writer
	index *rules.Index
	open  map[string]*document // by URI
	ended bool                 // shutdown was asked for
}

// document is a rule file that is open in the editor.
type document struct {
	uri, path string
	text      string
	id        string // of the rule, as it was last read without errors
	findings  []rules.Finding
}

// errExit ends the server.
var errExit = errors.New("exit")

// Serve reads messages until the editor says exit or the input ends. It gives
// an error if it ended in another way than the protocol has it.
func (s *Server) Serve(in io.Reader, out io.Writer) error {
	s.out = bufio.NewWriter(out)
	s.open = map[string]*document{}
	s.index = (&rules.Base{}).Index()
	r := bufio.NewReaderSize(in, 64<<10)
	for {
		body, err := readBody(r)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		err = s.answer(body)
		if flushed := s.out.Flush(); err == nil {
			err = flushed
		}
		if err == errExit && s.ended {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// answer answers one message.
func (s *Server) answer(body []byte) error {
	var m message
	if err := json.Unmarshal(body, &m); err != nil {
		return writeBody(s.out, failure{"2.0", json.RawMessage("null"), rpcError{parseError, "not JSON"}})
	}
	if m.Method == "" {
		return nil // an answer of the editor
	}
	if m.Method == "exit" {
		return errExit
	}
	result, known, err := s.handle(m.Method, m.Params)
	if m.ID == nil {
		return nil // nobody waits for an answer
	}
	switch {
	case !known:
		return writeBody(s.out, failure{"2.0", m.ID, rpcError{methodNotFound, "no method " + m.Method}})
	case err != nil:
		return writeBody(s.out, failure{"2.0", m.ID, rpcError{invalidParams, err.Error()}})
	}
	return writeBody(s.out, response{"2.0", m.ID, result})
}

// handle does what a method asks for.
func (s *Server) handle(method string, params json.RawMessage) (result any, known bool, err error) {
	switch method {
	case "initialize":
		result, err = s.initialize(params)
	case "shutdown":
		s.ended = true
	case "textDocument/didOpen":
		err = s.didOpen(params)
	case "textDocument/didChange":
		err = s.didChange(params)
	case "textDocument/didClose":
		err = s.didClose(params)
	case "textDocument/completion":
		result, err = at(s, params, s.complete)
	case "textDocument/hover":
		result, err = at(s, params, s.hover)
	case "textDocument/definition":
		result, err = at(s, params, s.definition)
	case "textDocument/codeAction":
		result, err = s.actions(params)
	default:
		return nil, strings.HasPrefix(method, "$/"), nil
	}
	return result, true, err
}

// initialize loads the rules of the workspace and says what the server can do.
func (s *Server) initialize(params json.RawMessage) (any, error) {
	var p initParams
	if err := json.Unmarshal(params, &p); err != nil {
		return nil, err
	}
	var folders []string
	for _, f := range p.Folders {
		folders = append(folders, pathOf(f.URI))
	}
	if len(folders) == 0 && p.RootURI != "" {
		folders = append(folders, pathOf(p.RootURI))
	}
	s.index = s.Load(folders).Index()
	return map[string]any{
		"capabilities": map[string]any{
			"textDocumentSync":   map[string]any{"openClose": true, "change": 1},
			"completionProvider": map[string]any{"triggerCharacters": []string{"[", "\"", "'", " ", "("}},
			"hoverProvider":      true,
			"definitionProvider": true,
			"codeActionProvider": map[string]any{"codeActionKinds": []string{"quickfix"}},
			"positionEncoding":   "utf-16",
		},
		"serverInfo": map[string]any{"name": "kbdiag", "version": s.Version},
	}, nil
}

func (s *Server) didOpen(params json.RawMessage) error {
	var p openParams
	if err := json.Unmarshal(params, &p); err != nil {
		return err
	}
	d := &document{uri: p.Document.URI, path: pathOf(p.Document.URI), text: p.Document.Text}
	s.open[d.uri] = d
	return s.check(d)
}

func (s *Server) didChange(params json.RawMessage) error {
	var p changeParams
	if err := json.Unmarshal(params, &p); err != nil {
		return err
	}
	d := s.open[p.Document.URI]
	if d == nil || len(p.Changes) == 0 {
		return nil
	}
	d.text = p.Changes[len(p.Changes)-1].Text
	return s.check(d)
}

// didClose forgets a document, and takes its findings from the editor.
func (s *Server) didClose(params json.RawMessage) error {
	var p changeParams
	if err := json.Unmarshal(params, &p); err != nil {
		return err
	}
	delete(s.open, p.Document.URI)
	return s.publish(diagnostics{p.Document.URI, []diagnostic{}})
}

// check reads a document as it is now and tells the editor what is wrong.
func (s *Server) check(d *document) error {
	rule, findings := s.index.CheckOne(d.path, []byte(d.text))
	d.findings = findings
	if rule != nil {
		s.keep(d, rule)
	}
	list := make([]diagnostic, 0, len(findings))
	lines := strings.Split(d.text, "\n")
	for _, f := range findings {
		list = append(list, diagnosticOf(f, lines))
	}
	return s.publish(diagnostics{d.uri, list})
}

// keep puts the state of a document into the index, so that other documents
// are checked against it. An id that another file has stays that file's.
func (s *Server) keep(d *document, rule *rules.Rule) {
	if old := s.index.Rule(rule.ID); old != nil && pathOf(uriOf(old.File)) != d.path {
		return
	}
	if d.id != "" && d.id != rule.ID {
		s.index.Drop(d.id)
	}
	d.id = rule.ID
	s.index.Put(rule)
}

// publish tells the editor the findings of a document.
func (s *Server) publish(d diagnostics) error {
	return writeBody(s.out, notification{"2.0", "textDocument/publishDiagnostics", d})
}

// severityOf gives the protocol's number.
func severityOf(s rules.Severity) int {
	switch s {
	case rules.SeverityError:
		return 1
	case rules.SeverityWarning:
		return 2
	}
	return 3
}

// diagnosticOf gives a finding as the protocol has it.
func diagnosticOf(f rules.Finding, lines []string) diagnostic {
	start := positionOf(rules.Pos{Line: f.Line, Column: f.Column}, lines)
	end := positionOf(f.Until, lines)
	if end.Line < start.Line || end.Line == start.Line && end.Character <= start.Character {
		end = position{start.Line, start.Character + 1}
	}
	msg := f.Msg
	if f.Fix != "" {
		msg += " (" + f.Fix + ")"
	}
	return diagnostic{textRange{start, end}, severityOf(f.Severity), string(f.Code), "kbdiag", msg}
}

// positionOf turns a place in characters into one in units of UTF-16.
func positionOf(p rules.Pos, lines []string) position {
	line := min(max(p.Line-1, 0), len(lines)-1)
	n := 0
	for i, r := range []rune(strings.TrimPrefix(lines[line], "\uFEFF")) {
		if i >= p.Column-1 {
			break
		}
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return position{line, n}
}

// pathOf gives the path of a file URI; other URIs stay as they are.
func pathOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" {
		return uri
	}
	path := u.Path
	if len(path) > 2 && path[0] == '/' && path[2] == ':' {
		path = path[1:] // /C:/rules
	}
	return filepath.FromSlash(path)
}

// uriOf gives the URI of a file, "" if it has no absolute path.
func uriOf(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	slashed := filepath.ToSlash(abs)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed
	}
	return (&url.URL{Scheme: "file", Path: slashed}).String()
}

// at reads a document and a place in it and calls f; nil where the document is
// not open.
func at(s *Server, params json.RawMessage, f func(*cursor) any) (any, error) {
	var p placeParams
	if err := json.Unmarshal(params, &p); err != nil {
		return nil, err
	}
	d := s.open[p.Document.URI]
	if d == nil {
		return nil, nil
	}
	return f(newCursor(d, p.Position)), nil
}

// actions gives the edits that mend what is wrong at a place.
func (s *Server) actions(params json.RawMessage) (any, error) {
	var p actionParams
	if err := json.Unmarshal(params, &p); err != nil {
		return nil, err
	}
	list := []action{}
	d := s.open[p.Document.URI]
	if d == nil {
		return list, nil
	}
	lines := strings.Split(d.text, "\n")
	for _, f := range d.findings {
		diag := diagnosticOf(f, lines)
		if f.Edit == nil || diag.Range.Start.Line > p.Range.End.Line || diag.Range.End.Line < p.Range.Start.Line {
			continue
		}
		title := f.Fix
		if title == "" {
			title = "Mend it"
		}
		edit := change{textRange{offsetPosition(d.text, f.Edit.Start), offsetPosition(d.text, f.Edit.End)}, f.Edit.Text}
		list = append(list, action{title, "quickfix", []diagnostic{diag}, workspaceEdit{map[string][]change{d.uri: {edit}}}})
	}
	return list, nil
}

// offsetPosition turns a byte offset into a place.
func offsetPosition(text string, offset int) position {
	before := text[:min(max(offset, 0), len(text))]
	line := strings.Count(before, "\n")
	start := strings.LastIndexByte(before, '\n') + 1
	return position{line, units(strings.TrimPrefix(before[start:], "\uFEFF"))}
}

// units counts units of UTF-16.
func units(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}
