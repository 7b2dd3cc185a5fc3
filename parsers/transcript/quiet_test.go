package transcript

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
)

// quietLog is n lines of a log without a session, though each has what may be
// a reply's code.
func quietLog(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "2024-03-01 00:%02d:%02d.577 INFO  [worker-%d] handled request %d of client 192.0.2.%d in 464 ms\n", i/60%60, i%60, i%12, 100000+i, i%250)
	}
	return b.String()
}

// TestSessionsInsideALog puts each sample into a log that is passed over: the
// sessions are the same ones.
func TestSessionsInsideALog(t *testing.T) {
	files, err := filepath.Glob(samples + "/*.txt")
	if err != nil || len(files) < 6 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	const before = 300
	log := quietLog(before)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, _, _ := readSessions(parsers.StdinName, text)
		got, lines, _ := readSessions(parsers.StdinName, []byte(log+"\n"+strings.TrimRight(string(text), "\r\n")+"\n\n"+log))
		if len(got) != len(want) {
			t.Errorf("%s: %d sessions inside a log, %d without", file, len(got), len(want))
			continue
		}
		for i := range got {
			if got[i].Pos.Line != want[i].Pos.Line+before+1 || got[i].Protocol != want[i].Protocol || len(got[i].Exchanges) != len(want[i].Exchanges) {
				t.Errorf("%s: session %d is %s on line %d with %d exchanges, want %s on line %d with %d", file, i, got[i].Protocol, got[i].Pos.Line,
					len(got[i].Exchanges), want[i].Protocol, want[i].Pos.Line+before+1, len(want[i].Exchanges))
			}
		}
		if len(lines) < 2*before {
			t.Errorf("%s: %d lines are left of the log around it", file, len(lines))
		}
	}
}

// TestLargeLogTakesItsTime bounds the time for a log that looks promising but
// has no session.
func TestLargeLogTakesItsTime(t *testing.T) {
	text := []byte(quietLog(40_000))
	start := time.Now()
	sessions, lines, _ := readSessions(parsers.StdinName, text)
	if len(sessions) != 0 || len(lines) != 40_000 {
		t.Errorf("%d sessions, %d lines", len(sessions), len(lines))
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("took %v for %d bytes", d, len(text))
	}
}

// BenchmarkQuietLog looks for sessions in a log that has none.
func BenchmarkQuietLog(b *testing.B) {
	text := []byte(quietLog(40_000))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, lines, _ := readSessions(parsers.StdinName, text); len(lines) != 40_000 {
			b.Fatal(len(lines))
		}
	}
}
