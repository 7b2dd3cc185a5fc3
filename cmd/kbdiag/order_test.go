package main

import (
	"math/rand"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// TestAnyOrder gives the inputs in any order, with one processor and with
// several: the output is the same bytes.
func TestAnyOrder(t *testing.T) {
	tickets := filepath.Join(repository, "testdata", "tickets")
	entries, err := os.ReadDir(tickets)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, e := range entries {
		if e.IsDir() {
			paths = append(paths, filepath.Join(tickets, e.Name()))
		}
	}
	paths = append(paths, filepath.Join(repository, "testdata", "event-xml"), filepath.Join(repository, "testdata", "evtx"))
	rng := rand.New(rand.NewSource(7))
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	for _, command := range [][]string{
		{"events", "--format", "jsonl"}, {"sessions", "--format", "jsonl"}, {"inspect"}, {"inspect", "--format", "json", "--all"},
		{"diagnose", "--format", "json"},
	} {
		want := ""
		for i := range 4 {
			runtime.GOMAXPROCS(1 + 3*(i%2))
			stdout, _, _ := runCommand(t, append(append([]string{}, command...), paths...)...)
			if i == 0 {
				want = stdout
			}
			if stdout != want || stdout == "" {
				t.Errorf("%v: run %d differs: %d bytes, first run %d", command, i, len(stdout), len(want))
			}
			rng.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
		}
	}
}
