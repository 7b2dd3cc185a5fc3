package transcript

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSpeakers asks all families of all lines of the samples, and compares what
// they know with what those do that a line's beginning and words choose.
func TestSpeakers(t *testing.T) {
	lines, events := 0, 0
	for _, pattern := range []string{"../../testdata/*/*", "../../rules/kb/*/samples/*", "../../rules/kb/*/*", os.Getenv("KBDIAG_CORPUS") + "/telnet/*/*"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			raw, err := os.ReadFile(f)
			if err != nil {
				continue // a folder
			}
			for _, l := range strings.Split(string(raw), "\n") {
				for _, s := range []string{strings.TrimSpace(l), strings.TrimLeft(strings.TrimSpace(l), "> "), strings.TrimSpace(after(l, ": "))} {
					if s == "" {
						continue
					}
					wantEvent, want := everyFamily(s)
					gotEvent, got := meta(s)
					if got != want || gotEvent != wantEvent {
						t.Errorf("%q: %v %+v, want %v %+v", s, got, gotEvent, want, wantEvent)
					}
					it := &item{text: s}
					v := votes{login: 1}
					if quiet := !serverish(s) && !clientish(s); quiet && votesOtherwise(s) != v.line(it) {
						t.Errorf("%q: votes count it, a look does not, or the other way round", s)
					}
					lines++
					if want == kindEvent {
						events++
					}
				}
			}
		}
	}
	if events < 50 {
		t.Errorf("%d events in %d lines: too few to tell", events, lines)
	}
}

func everyFamily(s string) (event, kind) {
	for _, f := range families {
		if ev, k := f.read(s); k != kindLine {
			return ev, k
		}
	}
	return shellMeta(s)
}
