package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":   checkStatus,
			"longline": longLine,
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
