package rules_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"kbdiag/rules"
)

// ruleText is a rule without faults of a given id, with lines in its diagnosis.
func ruleText(id, provider, diagnosis string) string {
	text := fmt.Sprintf(goodRule, fmt.Sprintf("'provider == %q && id == 1203'", provider))
	text = strings.Replace(text, "ACME0001", id, 1)
	return strings.Replace(text, `when = "stopped"`, `when = "stopped"`+"\n"+diagnosis, 1)
}

// texts writes findings one a line.
func texts(list []rules.Finding) string {
	var b strings.Builder
	for _, f := range list {
		fmt.Fprintf(&b, "%s %s\n", f.Severity, f)
	}
	return b.String()
}

// TestLoadFolder loads what is right and reports what is wrong.
func TestLoadFolder(t *testing.T) {
	fsys := fstest.MapFS{
		"kb/a/ACME0002.toml":            {Data: []byte(ruleText("ACME0002", "AcmeTwo", ""))},
		"kb/a/ACME0002/fires-1.txt":     {Data: []byte("x")},
		"kb/a/ACME0002/fires-2/a.txt":   {Data: []byte("x")},
		"kb/a/ACME0002/quiet-1.txt":     {Data: []byte("x")},
		"kb/a/ACME0002/quiet-2.txt":     {Data: []byte("x")},
		"kb/a/ACME0002/notes.md":        {Data: []byte("x")},
		"kb/a/ACME0002/fires-2/no.toml": {Data: []byte("no rule")},
		"kb/b/ACME0001.toml":            {Data: []byte(ruleText("ACME0001", "AcmeOne", ""))},
		"kb/b/deep/er/ACME0003.toml":    {Data: []byte("shema = 1\n")},
		"kb/b/deep/README.md":           {Data: []byte("no rule")},
		"kb/c/ACME0002.toml":            {Data: []byte(ruleText("ACME0002", "AcmeTwo", ""))},
		"other/ACME0009.toml":           {Data: []byte("outside")},
	}
	base, err := rules.Load(fsys, "kb")
	var ids []string
	for _, r := range base.Rules {
		ids = append(ids, r.ID)
	}
	if want := []string{"ACME0001", "ACME0002"}; !slices.Equal(ids, want) {
		t.Errorf("rules %v, want %v", ids, want)
	}
	var list rules.Errors
	if !errors.As(err, &list) || len(list) < 3 {
		t.Fatalf("errors %v", err)
	}
	for _, code := range []rules.Code{rules.CodeUnknownKey, rules.CodeMissingKey, rules.CodeDuplicateID} {
		if !errors.Is(err, code) {
			t.Errorf("no %s in %v", code, err)
		}
	}
	if errors.Is(err, rules.CodeBadID) {
		t.Errorf("%s in %v", rules.CodeBadID, err)
	}
	var one *rules.Error
	if !errors.As(err, &one) || one.File != "kb/b/deep/er/ACME0003.toml" || one.Line != 1 {
		t.Errorf("first error %v", one)
	}
	const twice = "kb/c/ACME0002.toml:2:12: ACME0002 is the id of kb/a/ACME0002.toml too (give one of them another id)"
	if !strings.Contains(err.Error(), twice) {
		t.Errorf("%v\nlacks %s", err, twice)
	}
	want := []rules.Sample{
		{Name: "fires-1.txt", Path: "kb/a/ACME0002/fires-1.txt", Fires: true},
		{Name: "fires-2", Path: "kb/a/ACME0002/fires-2", Fires: true, Dir: true},
		{Name: "quiet-1.txt", Path: "kb/a/ACME0002/quiet-1.txt"},
		{Name: "quiet-2.txt", Path: "kb/a/ACME0002/quiet-2.txt"},
	}
	if got := base.Rule("ACME0002").Samples; !slices.Equal(got, want) {
		t.Errorf("samples %v", got)
	}
	if base.Rule("ACME0003") != nil {
		t.Error("a rule with errors was loaded")
	}
}

// TestLoadPaths reads files and folders of the system.
func TestLoadPaths(t *testing.T) {
	dir := t.TempDir()
	one := filepath.Join(dir, "ACME0001.toml")
	sub := filepath.Join(dir, "more")
	for name, text := range map[string]string{
		one: ruleText("ACME0001", "AcmeOne", ""),
		filepath.Join(dir, "ACME0001", "fires-a.txt"): "x",
		filepath.Join(sub, "ACME0002.toml"):           ruleText("ACME0002", "AcmeTwo", ""),
		filepath.Join(sub, "ACME0004.toml"):           "\x00",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	base, err := rules.LoadPaths(one, sub, filepath.Join(dir, "missing"))
	if len(base.Rules) != 2 {
		t.Errorf("%d rules", len(base.Rules))
	}
	if !errors.Is(err, rules.CodeSyntax) || !errors.Is(err, rules.CodeUnreadable) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if got := base.Rule("ACME0001").Samples; len(got) != 1 || got[0].Path != filepath.Join(dir, "ACME0001", "fires-a.txt") {
		t.Errorf("samples %v", got)
	}
	if want := filepath.Join(sub, "ACME0004.toml") + ":1:1: "; !strings.Contains(err.Error(), want) {
		t.Errorf("%v\nlacks %s", err, want)
	}
	if got, err := rules.LoadPaths(); err != nil || len(got.Rules) != 0 {
		t.Errorf("no paths: %d rules, %v", len(got.Rules), err)
	}
}

// TestMerge joins bases and refuses the same id twice.
func TestMerge(t *testing.T) {
	load := func(files ...string) *rules.Base {
		fsys := fstest.MapFS{}
		for _, id := range files {
			fsys[id+".toml"] = &fstest.MapFile{Data: []byte(ruleText(id, id, ""))}
		}
		b, err := rules.Load(fsys, ".")
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	both, err := rules.Merge(load("ACME0002"), load("ACME0001", "ACME0003"))
	if err != nil || len(both.Rules) != 3 || both.Rules[0].ID != "ACME0001" {
		t.Errorf("%d rules, %v", len(both.Rules), err)
	}
	again, err := rules.Merge(both, load("ACME0003"))
	if !errors.Is(err, rules.CodeDuplicateID) || len(again.Rules) != 3 {
		t.Errorf("%d rules, %v", len(again.Rules), err)
	}
	if both.SHA256() != again.SHA256() || both.SHA256() == load("ACME0001").SHA256() {
		t.Error("the checksum is not that of the rules")
	}
}

// TestLintAcrossRules finds what one rule alone does not show.
func TestLintAcrossRules(t *testing.T) {
	fsys := fstest.MapFS{
		"ACME0001.toml":             {Data: []byte(ruleText("ACME0001", "AcmeOne", `explains = ["ACME0002", "ACME0007"]`))},
		"ACME0002.toml":             {Data: []byte(ruleText("ACME0002", "AcmeTwo", `explains = ["ACME0003"]`))},
		"ACME0003.toml":             {Data: []byte(ruleText("ACME0003", "AcmeThree", `explains = ["ACME0001"]`))},
		"ACME0004.toml":             {Data: []byte(strings.Replace(ruleText("ACME0004", "acmetwo", ""), "&&", "and", 1))},
		"ACME0001/fires-a.txt":      {Data: []byte("x")},
		"ACME0001/fires-b.txt":      {Data: []byte("x")},
		"ACME0001/quiet-a.txt":      {Data: []byte("x")},
		"ACME0001/quiet-b.txt":      {Data: []byte("x")},
		"ACME0002/fires-a/mail.txt": {Data: []byte("x")},
	}
	base, err := rules.Load(fsys, ".")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "../testdata/rules/lint-across.golden", texts(rules.Lint(base)))
}

// TestBuiltin holds the shipped rules to what authors are told.
func TestBuiltin(t *testing.T) {
	base, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if len(base.Rules) < 10 {
		t.Errorf("%d rules", len(base.Rules))
	}
	for _, f := range rules.Lint(base) {
		if f.Severity == rules.SeverityWarning {
			t.Errorf("%s", f)
		}
	}
	disk, err := rules.LoadPaths("kb")
	if err != nil {
		t.Fatal(err)
	}
	if disk.SHA256() != base.SHA256() {
		t.Error("the embedded rules are not those of the folder")
	}
	for _, f := range rules.Lint(disk) {
		if f.Code == rules.CodeNoSamples {
			t.Errorf("%s", f)
		}
	}
}

// TestSource reads the files of rules again, from the program and from disk.
func TestSource(t *testing.T) {
	base, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range base.Rules {
		text, err := r.Source()
		if err != nil || sha256.Sum256(text) != r.SHA256 {
			t.Errorf("%s: %d bytes, %v", r.ID, len(text), err)
		}
	}
	file := filepath.Join(t.TempDir(), "Q999001.toml")
	text := ruleText("Q999001", "Test", "")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	ours, err := rules.LoadPaths(file)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ours.Rule("Q999001").Source(); err != nil || string(got) != text {
		t.Errorf("%q, %v", got, err)
	}
	if err := os.WriteFile(file, []byte(text+"# changed"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ours.Rule("Q999001").Source(); err == nil {
		t.Error("a file that has changed is given as the rule's")
	}
}
