package main

import (
	"os"
	"path/filepath"
	"testing"

	"kbdiag/cmd/internal/report"
)

// TestAlsoWritesTheSame holds what --also writes to what --format prints,
// whichever formats are asked for together.
func TestAlsoWritesTheSame(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(repository)
	ticket := "testdata/tickets/pop3-logon"
	args := []string{"diagnose", "--format", "json", "-o", filepath.Join(dir, "main")}
	for _, f := range report.All() {
		args = append(args, "--also", f.Name+"="+filepath.Join(dir, f.Name))
	}
	if out, errs, status := runCommand(t, append(args, ticket)...); status != exitOK || out != "" {
		t.Fatalf("status %d: %s%s", status, out, errs)
	}
	for _, f := range report.All() {
		want, _, _ := runCommand(t, "diagnose", "--format", f.Name, ticket)
		got, err := os.ReadFile(filepath.Join(dir, f.Name))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s differs from what is printed:\n%s", f.Name, got)
		}
		if main, err := os.ReadFile(filepath.Join(dir, "main")); f.Name == "json" && (err != nil || string(main) != want) {
			t.Errorf("the answer itself differs beside the others: %v", err)
		}
	}
	for _, wrong := range []string{"json", "json=", "word=a.doc", "=a"} {
		if _, _, status := runCommand(t, "diagnose", "--also", wrong, ticket); status != exitUsage {
			t.Errorf("--also %s: status %d", wrong, status)
		}
	}
}
