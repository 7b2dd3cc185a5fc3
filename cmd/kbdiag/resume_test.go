package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// manyTickets writes small tickets: logs with and without a diagnosis, and some
// that cannot be read.
func manyTickets(t *testing.T, n int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "tickets")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		text := fmt.Sprintf("3/12/99,9:26:%02d AM,EventLog,Information,None ,6005,N/A,MAIL3,The Event log service was started.\r\n", i%60)
		switch i % 7 {
		case 0:
			text += "3/12/99,9:26:14 AM,MSExchangePOP3,Error,Authentication ,13003,N/A,MAIL3,HrLookupCredentials() call failed with error Logon failure: unknown user name or bad password.\r\n"
		case 1:
			text = ""
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("t%05d.csv", i)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// kbdiag runs this test's program as kbdiag, see TestMain.
func kbdiag(args ...string) *exec.Cmd {
	return &exec.Cmd{Path: os.Args[0], Args: append([]string{"kbdiag"}, args...)}
}

// TestResumeAfterKill kills a triage at random moments and goes on: in the end
// every ticket is there once, and the file is what one run would have written.
func TestResumeAfterKill(t *testing.T) {
	tickets, kills := 2000, 20
	if testing.Short() {
		tickets, kills = 200, 5
	}
	dir := manyTickets(t, tickets)
	want := filepath.Join(t.TempDir(), "want.jsonl")
	start := time.Now()
	if out, err := kbdiag("triage", "--format", "jsonl", "-o", want, dir).CombinedOutput(); exitStatus(err) != exitPartial {
		t.Fatalf("%v\n%s", err, out)
	}
	whole := time.Since(start)
	got := filepath.Join(t.TempDir(), "got.jsonl")
	args := []string{"triage", "--format", "jsonl", "-o", got, "--resume", dir}
	rnd := rand.New(rand.NewSource(5))
	killed := 0
	for range kills {
		c := kbdiag(args...)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rnd.Int63n(int64(whole)/int64(kills)*2 + 1)))
		if c.Process.Kill() == nil {
			killed++
		}
		c.Wait() // the error is that it was killed
	}
	t.Logf("killed %d times of %d, a whole run takes %v", killed, kills, whole)
	if out, err := kbdiag(args...).CombinedOutput(); exitStatus(err) != exitPartial {
		t.Fatalf("%v\n%s", err, out)
	}
	a, b := readFile(t, want), readFile(t, got)
	if !bytes.Equal(a, b) {
		t.Errorf("the resumed file has %d bytes, one run writes %d", len(b), len(a))
	}
	seen := map[string]int{}
	for line := range strings.Lines(string(b)) {
		var rep struct{ Ticket string }
		if err := json.Unmarshal([]byte(line), &rep); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		seen[rep.Ticket]++
	}
	for i := range tickets {
		if n := seen[fmt.Sprintf("%s/t%05d.csv", dir, i)]; n != 1 {
			t.Fatalf("ticket %d is there %d times", i, n)
		}
	}
}

func exitStatus(err error) int {
	if err == nil {
		return 0
	}
	if e, ok := err.(*exec.ExitError); ok {
		return e.ExitCode()
	}
	return -1
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestShardsMerge holds that shards have each ticket once and that their merged
// summary is the one of a single run, whatever the order and the workers.
func TestShardsMerge(t *testing.T) {
	dir := manyTickets(t, 120)
	all := filepath.Join(t.TempDir(), "all.jsonl")
	if err := kbdiag("triage", "--format", "jsonl", "-o", all, "--workers", "3", dir).Run(); exitStatus(err) != exitPartial {
		t.Fatal(err)
	}
	var parts []string
	lines := 0
	for i := 1; i <= 4; i++ {
		part := filepath.Join(t.TempDir(), "part.jsonl")
		if err := kbdiag("triage", "--format", "jsonl", "-o", part, "--workers", "1", "--shard", fmt.Sprintf("%d/4", i), dir).Run(); exitStatus(err) != exitPartial {
			t.Fatal(err)
		}
		lines += bytes.Count(readFile(t, part), []byte("\n"))
		parts = append([]string{part}, parts...)
	}
	if lines != 120 {
		t.Errorf("the shards have %d tickets, want 120", lines)
	}
	one, err := kbdiag("merge", "--format", "json", all).Output()
	if err != nil {
		t.Fatal(err)
	}
	four, err := kbdiag(append([]string{"merge", "--format", "json"}, parts...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, four) {
		t.Errorf("summary of the shards\n%s\nof one run\n%s", four, one)
	}
}
