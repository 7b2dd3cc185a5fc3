package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// tutorialPart is a file or a run in the documentation of rules: a comment, and
// a block of code behind it.
var tutorialPart = regexp.MustCompile("(?s)<!-- (file: [^ ]+|run) -->\n```[a-z]*\n(.*?)```\n")

// TestTutorial does what the documentation of rules says, word for word, and
// compares what it shows.
func TestTutorial(t *testing.T) {
	file, err := filepath.Abs(filepath.Join(repository, "rules", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	text := string(raw)
	parts := tutorialPart.FindAllStringSubmatchIndex(text, -1)
	if len(parts) < 8 {
		t.Fatalf("%d parts", len(parts))
	}
	var out strings.Builder
	at := 0
	for _, p := range parts {
		what, shown := text[p[2]:p[3]], text[p[4]:p[5]]
		if name, ok := strings.CutPrefix(what, "file: "); ok {
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(shown), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got := runPart(t, shown)
		if got != shown && !*update {
			t.Errorf("rules/README.md shows\n%sthe program gives\n%s", shown, got)
		}
		out.WriteString(text[at:p[4]] + got)
		at = p[5]
	}
	out.WriteString(text[at:])
	if *update && out.String() != text {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// word is a word of a command line, perhaps in quotes.
var word = regexp.MustCompile(`"[^"]*"|\S+`)

// runPart runs the lines that begin with $ and gives them with their output.
func runPart(t *testing.T, shown string) string {
	t.Helper()
	var b strings.Builder
	for _, line := range strings.Split(shown, "\n") {
		command, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			continue
		}
		b.WriteString(line + "\n")
		args := word.FindAllString(command, -1)
		for i := range args {
			args[i] = strings.Trim(args[i], `"`)
		}
		switch args[0] {
		case "kbdiag":
			out, errs, status := runCommand(t, args[1:]...)
			if status == exitUsage {
				t.Errorf("%s: %s", command, errs)
			}
			b.WriteString(filepath.ToSlash(out + errs))
		case "cp":
			raw, err := os.ReadFile(args[1])
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(args[2], raw, 0o644); err != nil {
				t.Fatal(err)
			}
		default:
			t.Fatalf("cannot run %s", command)
		}
	}
	return b.String()
}
