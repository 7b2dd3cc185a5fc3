package main

import (
	"archive/zip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"kbdiag/engine"
)

// ticketCopy copies a ticket into a folder, packs one of its files into an
// archive too, and gives the folder and the files.
func ticketCopy(t *testing.T) (dir string, files []string) {
	t.Helper()
	dir = t.TempDir()
	from := filepath.Join(repository, "testdata", "tickets", "pop3-logon")
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		raw, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, e.Name())
		if e.Name() == "telnet-110.txt" {
			to = filepath.Join(dir, "sessions.zip")
			writeZip(t, to, e.Name(), raw)
		} else if err := os.WriteFile(to, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, to)
	}
	return dir, files
}

func writeZip(t *testing.T, path, name string, content []byte) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	w, err := z.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestVerifyNoticesOneByte changes one byte of each input in turn.
func TestVerifyNoticesOneByte(t *testing.T) {
	dir, files := ticketCopy(t)
	rep := filepath.Join(t.TempDir(), "report.json")
	if _, errs, status := runCommand(t, "diagnose", "--format", "json", "-o", rep, dir); status != exitOK {
		t.Fatal(errs)
	}
	out, _, status := runCommand(t, "verify", rep)
	if status != exitOK || !strings.Contains(out, "0 changed, 0 could not be checked") {
		t.Fatalf("status %d before any change: %s", status, out)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []int{0, len(raw) / 2, len(raw) - 1} {
			raw[at] ^= 1
			if err := os.WriteFile(file, raw, 0o600); err != nil {
				t.Fatal(err)
			}
			out, _, status := runCommand(t, "verify", rep)
			if status != exitFailed || !strings.Contains(out, filepath.Base(file)) {
				t.Errorf("%s, byte %d: status %d: %s", file, at, status, out)
			}
			raw[at] ^= 1
		}
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, _, status := runCommand(t, "verify", rep); status != exitOK {
		t.Errorf("status %d when all is as it was: %s", status, out)
	}
}

// TestVerifyNamesTheEvidence changes a byte of a piece of evidence, and another
// one beside it.
func TestVerifyNamesTheEvidence(t *testing.T) {
	dir, _ := ticketCopy(t)
	name := filepath.Join(t.TempDir(), "report.json")
	if _, errs, status := runCommand(t, "diagnose", "--format", "json", "-o", name, dir); status != exitOK {
		t.Fatal(errs)
	}
	var rep engine.Report
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &rep); err != nil {
		t.Fatal(err)
	}
	e := rep.Diagnoses[0].Evidence[0]
	log, err := os.ReadFile(e.Path)
	if err != nil {
		t.Fatal(err)
	}
	log[e.Offset+e.Length-3]++
	if err := os.WriteFile(e.Path, log, 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, status := runCommand(t, "verify", name)
	if status != exitFailed || !strings.Contains(out, "CHANGED      "+e.ID+" of "+rep.Diagnoses[0].Rule) {
		t.Errorf("status %d: %s", status, out)
	}
	if err := os.Remove(e.Path); err != nil {
		t.Fatal(err)
	}
	if out, _, status := runCommand(t, "verify", name); status != exitFailed || !strings.Contains(out, "no such file") {
		t.Errorf("status %d without the file: %s", status, out)
	}
}

func TestVerifyFromStandardInput(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(repository, "testdata", "tickets", "pop3-logon", "telnet-110.txt"))
	if err != nil {
		t.Fatal(err)
	}
	rep := filepath.Join(t.TempDir(), "report.json")
	var out, errs strings.Builder
	a := &app{stdin: strings.NewReader(string(raw)), stdout: &out, stderr: &errs}
	c := a.root()
	c.SetArgs([]string{"diagnose", "--format", "json", "-o", rep, "-"})
	if status := a.status(c.Execute()); status != exitOK {
		t.Fatal(errs.String())
	}
	said, _, status := runCommand(t, "verify", rep)
	if status != exitPartial || !strings.Contains(said, "came from standard input") {
		t.Errorf("status %d: %s", status, said)
	}
}

// TestReportsFitTheirSchema validates the reports of all tickets.
func TestReportsFitTheirSchema(t *testing.T) {
	t.Chdir(repository)
	text, _, status := runCommand(t, "schema", "report")
	if status != exitOK {
		t.Fatalf("exit status %d", status)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	allowOnlyKnown(doc)
	c := jsonschema.NewCompiler()
	if err := c.AddResource("report.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	tickets, err := filepath.Glob("testdata/tickets/*-*") // the folders, not the table
	if err != nil || len(tickets) < 5 {
		t.Fatalf("%d tickets: %v", len(tickets), err)
	}
	for _, ticket := range tickets {
		out, errs, status := runCommand(t, "diagnose", "--verbose", "--format", "json", filepath.ToSlash(ticket))
		if status != exitOK {
			t.Fatalf("%s: %s", ticket, errs)
		}
		rep, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(rep); err != nil {
			t.Errorf("%s: %v", ticket, err)
		}
		rep.(map[string]any)["diagnoses"] = "none"
		if schema.Validate(rep) == nil {
			t.Error("the schema takes anything")
		}
	}
}

// allowOnlyKnown makes every object of a schema refuse fields that it does not
// name, so that the schema is held to be complete.
func allowOnlyKnown(doc any) {
	switch d := doc.(type) {
	case map[string]any:
		if d["type"] == "object" {
			d["additionalProperties"] = false
		}
		for _, v := range d {
			allowOnlyKnown(v)
		}
	case []any:
		for _, v := range d {
			allowOnlyKnown(v)
		}
	}
}

func TestColourIsWanted(t *testing.T) {
	for _, c := range []struct {
		terminal, noColor bool
		env               string
		want              bool
	}{
		{true, false, "", true},
		{false, false, "", false},
		{true, true, "CLICOLOR_FORCE=1", false},
		{true, false, "NO_COLOR=1", false},
		{true, false, "NO_COLOR=1 CLICOLOR_FORCE=1", false},
		{false, false, "CLICOLOR_FORCE=1", true},
		{false, false, "CLICOLOR_FORCE=0", false},
		{true, false, "CLICOLOR=0", false},
		{true, false, "TERM=dumb", false},
	} {
		env := map[string]string{}
		for _, kv := range strings.Fields(c.env) {
			k, v, _ := strings.Cut(kv, "=")
			env[k] = v
		}
		if got := wantColour(c.terminal, c.noColor, func(k string) string { return env[k] }); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestPagerCommand(t *testing.T) {
	for _, c := range []struct{ system, pager, term, want string }{
		{"linux", "", "xterm", "less -FRX"},
		{"linux", "most -s", "xterm", "most -s"},
		{"linux", "cat", "xterm", ""},
		{"linux", "", "dumb", ""},
		{"windows", "", "", ""},
		{"windows", "less", "", "less"},
	} {
		got := pagerCommand(c.system, func(k string) string { return map[string]string{"PAGER": c.pager, "TERM": c.term}[k] })
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
