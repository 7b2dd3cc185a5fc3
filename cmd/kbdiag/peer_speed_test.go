//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"kbdiag/parsers/evtx/evtxtest"
)

// Bounds of what a large event log may cost: shares of the processor time that
// evtxexport takes for the same file in the same run, and memory in MiB.
const (
	peerShareEvents   = 1.0 / 20
	peerShareDiagnose = 1.0 / 28
	peerMemory        = 150
	// peerTurns is how often each is run, in turn. The best of each counts: what
	// disturbs a run only ever makes it slower.
	peerTurns = 3
)

// TestPeerSpeed compares the cost of large event logs with what evtxexport
// (Debian: libevtx-utils) needs to print them. It takes minutes, so it is run
// on demand: .ci/peer-bench. Besides the logs that it writes itself it measures
// the files whose paths KBDIAG_PEER_FILES lists.
func TestPeerSpeed(t *testing.T) {
	if os.Getenv("KBDIAG_PEER_BENCH") == "" {
		t.Skip("KBDIAG_PEER_BENCH is not set: see .ci/peer-bench")
	}
	peer, err := exec.LookPath("evtxexport")
	if err != nil {
		t.Skip("evtxexport is not installed (Debian: libevtx-utils)")
	}
	kbdiag := filepath.Join(t.TempDir(), "kbdiag")
	if out, err := exec.Command("go", "build", "-o", kbdiag, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	files := []string{writeBig(t, "30 MiB.evtx", 480), writeBig(t, "256 MiB.evtx", 4096)}
	files = append(files, filepath.SplitList(os.Getenv("KBDIAG_PEER_FILES"))...)
	for _, f := range files {
		theirs, events, diagnose := cost{}, cost{}, cost{}
		for range peerTurns {
			theirs.best(measure(t, peer, "-f", "xml", f))
			events.best(measure(t, kbdiag, "events", "--format", "jsonl", f))
			diagnose.best(measure(t, kbdiag, "diagnose", f))
		}
		name := filepath.Base(f)
		t.Logf("%s: evtxexport -f xml %.2f s of processor time, %d MiB", name, theirs.cpu.Seconds(), theirs.memory)
		held(t, name+": events --format jsonl", events, theirs, peerShareEvents)
		held(t, name+": diagnose", diagnose, theirs, peerShareDiagnose)
	}
}

func writeBig(t *testing.T, name string, chunks int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := evtxtest.WriteBig(f, chunks); err != nil {
		t.Fatal(err)
	}
	return path
}

// cost is what a run took: user and system time, and the memory at its peak in
// MiB.
type cost struct {
	cpu    time.Duration
	memory int64
}

func (c *cost) best(o cost) {
	if c.cpu == 0 || o.cpu < c.cpu {
		c.cpu = o.cpu
	}
	c.memory = max(c.memory, o.memory)
}

// measure runs a program without looking at what it prints.
func measure(t *testing.T, program string, args ...string) cost {
	t.Helper()
	c := exec.Command(program, args...)
	if err := c.Run(); err != nil {
		t.Fatalf("%s %v: %v", program, args, err)
	}
	c0 := cost{cpu: c.ProcessState.UserTime() + c.ProcessState.SystemTime()}
	if use, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c0.memory = use.Maxrss >> 10
	}
	return c0
}

// held reports a figure and whether it is within bounds.
func held(t *testing.T, what string, ours, theirs cost, share float64) {
	t.Helper()
	got := ours.cpu.Seconds() / theirs.cpu.Seconds()
	t.Logf("%s: %.2f s, 1/%.0f of the peer's (at most 1/%.0f), %d MiB", what, ours.cpu.Seconds(), 1/got, 1/share, ours.memory)
	if got > share {
		t.Errorf("%s: takes 1/%.1f of the peer's time, want at most 1/%.0f", what, 1/got, 1/share)
	}
	if ours.memory > peerMemory {
		t.Errorf("%s: %d MiB of memory, want at most %d", what, ours.memory, peerMemory)
	}
}
