package transcript

import (
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/transcript/transcripttest"
)

// TestTimeIsBounded repeats single lines of sessions and of failures many
// times, and looks for inputs that take far longer than their size allows.
func TestTimeIsBounded(t *testing.T) {
	lines := map[string]bool{"{\"version\": 2, \"width\": 80}": true, "Escape character is '^]'. +OK ready +OK": true, "> > > >": true, "[": true, "220-": true, "250-a": true}
	for _, c := range transcripttest.Captures() {
		for _, l := range strings.Split(c.Write(transcripttest.Dialogues["smtp"], "smtp"), "\n") {
			lines[l] = true
		}
	}
	for _, f := range failures {
		for _, l := range strings.Split(f.text, "\n") {
			lines[l] = true
		}
	}
	slowest, what := time.Duration(0), ""
	n := 0
	for l := range lines {
		if n++; n%8 != 0 && len(l) > 8 { // another eighth in every run
			continue
		}
		for _, shape := range []string{l + "\n", l + "\nUSER joe\n"} {
			raw := []byte(strings.Repeat(shape, 1+20_000/len(shape)))
			began := time.Now()
			readSessions(parsers.StdinName, raw)
			d := time.Since(began)
			if d > slowest {
				slowest, what = d, shape
			}
		}
	}
	t.Logf("%v for 20 kB of %q", slowest, what)
	if slowest > 20*time.Second {
		t.Errorf("%v for 20 kB of %q", slowest, what)
	}
}
