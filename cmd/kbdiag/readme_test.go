package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	readmeStart = "<!-- output of: kbdiag diagnose testdata/tickets/pop3-logon -->\n```\n"
	readmeEnd   = "```\n<!-- end of output -->"
)

// TestReadme holds the README's example to what the program prints.
func TestReadme(t *testing.T) {
	file := filepath.Join(repository, "README.md")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(repository)
	out, _, status := runCommand(t, "diagnose", "testdata/tickets/pop3-logon")
	if status != exitOK {
		t.Errorf("exit status %d", status)
	}
	before, rest, ok := strings.Cut(string(raw), readmeStart)
	if !ok {
		t.Fatal("README.md has no place for the example's output")
	}
	shown, after, ok := strings.Cut(rest, readmeEnd)
	if !ok {
		t.Fatal("README.md: the example's output has no end")
	}
	if shown == out {
		return
	}
	if !*update {
		t.Fatalf("README.md shows another output than the program gives; run go test ./cmd/kbdiag -update\n%s", out)
	}
	if err := os.WriteFile("README.md", []byte(before+readmeStart+out+readmeEnd+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
