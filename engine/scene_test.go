package engine

import (
	"math/rand"
	"reflect"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
)

// TestTimelineDoesNotDependOnOrder counts the same events in other orders and by
// several workers.
func TestTimelineDoesNotDependOnOrder(t *testing.T) {
	rnd := rand.New(rand.NewSource(3))
	var events []*parsers.Event
	for range 2000 {
		e := &parsers.Event{}
		e.SetTime(time.Date(1999, 3, 10, 0, 0, rnd.Intn(400_000), 0, time.UTC), parsers.ZoneLocal)
		e.SetLevel(parsers.Level(1 + rnd.Intn(4)))
		events = append(events, e)
	}
	count := func(workers int) *Timeline {
		parts := make([]timeline, workers)
		for i := range parts {
			parts[i] = newTimeline()
		}
		for i, e := range events {
			parts[i%workers].event(e)
		}
		all := newTimeline()
		for i := range parts {
			all.merge(&parts[i])
		}
		return all.report()
	}
	want := count(1)
	sum, problems := 0, 0
	for _, b := range want.Counts {
		sum += b.Events
		problems += b.Problems
	}
	if sum != len(events) || problems == 0 || problems >= sum {
		t.Errorf("%d events, %d problems of %d", sum, problems, len(events))
	}
	if want.Steps > timelineBins || want.Steps < timelineBins/4 {
		t.Errorf("%d steps", want.Steps)
	}
	for _, workers := range []int{2, 7, 2000} {
		rnd.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		if got := count(workers); !reflect.DeepEqual(got, want) {
			t.Errorf("%d workers: %+v, want %+v", workers, got, want)
		}
	}
}

func TestSceneKeepsTheFailedSessions(t *testing.T) {
	a, b := newScene(), newScene()
	for i := range 60 {
		s := &parsers.Session{Pos: parsers.Pos{Path: "log", Line: i + 1, Offset: int64(i)}, Protocol: "pop3", Outcome: parsers.OutcomeSuccess}
		if i%10 == 9 {
			s.Outcome, s.FailedStage = parsers.OutcomeAuthFailed, parsers.StageAuth
			s.Exchanges = []parsers.Exchange{{Command: parsers.Command{Line: i, Verb: "PASS", Args: "[redacted]"}, Reply: parsers.Reply{Status: "-ERR", Text: "no"}, Stage: parsers.StageAuth}}
		}
		if i%2 == 0 {
			a.session(s)
		} else {
			b.session(s)
		}
	}
	a.merge(&b)
	got := a.report(func(s string) string { return s })
	failed := 0
	for i, d := range got {
		if d.failed() {
			failed++
			if last := d.Turns[len(d.Turns)-1]; !last.Failed || last.Text != "-ERR no" {
				t.Errorf("the step that failed is not marked: %+v", d.Turns)
			}
		}
		if i > 0 && d.Line <= got[i-1].Line {
			t.Error("the sessions are not in order")
		}
	}
	if len(got) != sessionsShown || failed != 6 || a.count != 60 {
		t.Errorf("%d sessions, %d of them failed, of %d", len(got), failed, a.count)
	}
}

func TestDialogueIsCutAroundItsFailure(t *testing.T) {
	s := &parsers.Session{Outcome: parsers.OutcomeRefused, FailedStage: parsers.StageCommand}
	for i := range 400 {
		x := parsers.Exchange{Command: parsers.Command{Line: 2*i + 1, Verb: "NOOP"}, Reply: parsers.Reply{Line: 2*i + 2, Status: "+OK", OK: true}, Stage: parsers.StageCommand}
		if i == 300 {
			x.Reply = parsers.Reply{Line: 2*i + 2, Status: "-ERR", Text: "full"}
		}
		s.Exchanges = append(s.Exchanges, x)
	}
	d := dialogueOf(s)
	found := false
	for _, turn := range d.Turns {
		found = found || turn.Failed
	}
	if !found || len(d.Turns) != turnsShown || d.Left != 800-turnsShown {
		t.Errorf("failure shown: %v, %d turns, %d left out", found, len(d.Turns), d.Left)
	}
}

func TestMarksCoverTheQuote(t *testing.T) {
	excerpt := "MSExchangePOP3 13003 error: Logon attempt from 192.0.2.77 to Größe has failed: the call failed with error 5"
	got := joinMarks(markQuote("The call failed with error %1", asciiLower(excerpt)), excerpt)
	if len(got) != 1 {
		t.Fatalf("%+v", got)
	}
	if text := excerpt[got[0].Offset : got[0].Offset+got[0].Length]; text != "the call failed with error" {
		t.Errorf("%q", text)
	}
	for _, m := range joinMarks([]Mark{{0, 1000}, {57, 2}, {3, 2}, {0, 4}}, strings.Repeat("ö", 30)) {
		if m.Offset+m.Length > 60 {
			t.Errorf("a mark beyond the text: %+v", m)
		}
	}
}
