package main

import (
	"archive/zip"
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kbdiag": func() { os.Exit(run()) }})
}

// TestScripts runs what a user types and compares what they see.
func TestScripts(t *testing.T) {
	tickets, err := filepath.Abs(filepath.Join(repository, "testdata", "tickets"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "script"),
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TICKETS", tickets)
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("no such condition: %s", name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":   checkStatus,
			"longline": longLine,
			"zip":      zipFiles,
			"widen":    widen,
		},
	})
}

// checkStatus runs a command and compares its exit status: status 3 kbdiag ...
func checkStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N command args...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("exit status %s, want %s", got, args[0])
	}
}

// longLine writes a file of one line of the given number of MiB.
func longLine(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	block := bytes.Repeat([]byte("x"), 1<<20)
	for range 200 {
		_, err := f.Write(block)
		ts.Check(err)
	}
}

// widen writes a file in UTF-16 without its last byte: widen out in
func widen(ts *testscript.TestScript, _ bool, args []string) {
	out := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(ts.ReadFile(args[1]))) {
		out = append(out, byte(u), byte(u>>8))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), out[:len(out)-1], 0o600))
}

// zipFiles packs files into an archive: zip out.zip file...
func zipFiles(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	z := zip.NewWriter(f)
	for _, name := range args[1:] {
		w, err := z.Create(name)
		ts.Check(err)
		_, err = w.Write([]byte(ts.ReadFile(name)))
		ts.Check(err)
	}
	ts.Check(z.Close())
}

// runCommand runs the program in the tests' own process and gives its output.
func runCommand(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{stdin: strings.NewReader(""), stdout: &out, stderr: &errs}
	c := a.root()
	c.SetArgs(args)
	status = a.status(c.Execute())
	return out.String(), errs.String(), status
}
