package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
	"kbdiag/rules"
)

func TestSkewEstimate(t *testing.T) {
	repeat := func(n int, list ...int64) []int64 { return slices.Repeat(list, n) }
	tests := []struct {
		name          string
		differences   []int64
		ahead, within int64
		ok            bool
	}{
		{"seven that agree", []int64{92, 91, 93, 92, 94, 90, 92}, 92, 3, true},
		{"behind", []int64{-92, -91, -93, -92, -94, -90, -92}, -92, 3, true},
		{"one of them is another session", []int64{92, 91, 93, 92, 94, 92, 4000}, 92, 3, true},
		{"clocks that agree", []int64{0, 1, 0, -1, 0, 1}, 0, 1, true},
		{"what the correlation allows", []int64{9, 10, 10, 9, 8, 9, 9}, 0, 1, true},
		{"too few", []int64{92, 92, 92, 92}, 0, 0, false},
		{"none", nil, 0, 0, false},
		{"a wide spread", []int64{10, 60, 92, 130, 170, 220, 300}, 0, 0, false},
		{"two clusters", append(repeat(6, 92), repeat(4, 300)...), 0, 0, false},
	}
	for _, tt := range tests {
		s := skewSample{counts: map[int64]int{}}
		for _, d := range tt.differences {
			s.add(d)
		}
		got, ok := s.estimate(10 * time.Second)
		want := Skew{Ahead: time.Duration(tt.ahead) * time.Second, Within: time.Duration(tt.within) * time.Second}
		if ok != tt.ok || got != want {
			t.Errorf("%s: %+v %v, want %+v %v", tt.name, got, ok, want, tt.ok)
		}
	}
	s := skewSample{counts: map[int64]int{}}
	for d := range int64(2 * skewKinds) {
		s.add(d)
	}
	if _, ok := s.estimate(10 * time.Second); ok || len(s.counts) > skewKinds {
		t.Errorf("%d differences give an estimate, or are all kept", len(s.counts))
	}
}

// sessionRule asks for a logon that two hosts log within ten seconds.
func sessionRule(id string, when func(signals []int) rules.DiagCond) *rules.Rule {
	r := eventRule(id, "Logon", 1, "")
	r.Signals = append(r.Signals, eventRule(id, "Logon", 2, "").Signals[0])
	r.Signals[0].Name, r.Signals[1].Name = "asked", "answered"
	r.Diagnosis.Cond = when([]int{0, 1})
	return r
}

func bothLog(signals []int) rules.DiagCond {
	return &rules.Within{Signals: signals, Window: 10 * time.Second, Same: `data["session"]`}
}

func logon(host string, id uint32, session int, at time.Duration) *parsers.Event {
	e := &parsers.Event{}
	e.Set(parsers.FieldProvider, "Logon")
	e.Set(parsers.FieldHost, host)
	e.SetID(id)
	e.Known |= parsers.FieldData
	e.Data = []parsers.Named{{Name: "session", Value: fmt.Sprint("s", session)}}
	e.SetTime(time.Date(2003, 5, 10, 8, 0, 0, 0, time.UTC).Add(at), parsers.ZoneLocal)
	return e
}

// logons are sessions that PDC01 logs, and MAIL3 later by its own clock.
func logons(n int, ahead func(i int) time.Duration) []*parsers.Event {
	var out []*parsers.Event
	for i := range n {
		at := time.Duration(i) * 7 * time.Minute
		out = append(out, logon("PDC01", 1, i, at), logon("MAIL3", 2, i, at+ahead(i)))
	}
	return out
}

func steady(i int) time.Duration { return 92*time.Second + time.Duration(i%3-1)*time.Second }

func runOn(base []*rules.Rule, events []*parsers.Event, opts Options) *Run {
	run := Compile(base, "").NewRun(opts)
	w := run.Worker()
	for _, e := range events {
		w.event(e)
	}
	run.Done(w)
	return run
}

func TestEstimatedSkew(t *testing.T) {
	ordered := func(s []int) rules.DiagCond {
		return &rules.Sequence{Signals: s, Window: 10 * time.Second, Same: `data["session"]`}
	}
	byUser := func(s []int) rules.DiagCond {
		return &rules.Within{Signals: s, Window: 10 * time.Second, Same: rules.SameUser}
	}
	withUsers := logons(7, steady)
	for _, e := range withUsers {
		e.Set(parsers.FieldUser, e.Data[0].Value)
	}
	repeated := append(logons(7, steady), logons(7, steady)...)
	const note = "clock of PDC01 runs 92 s behind MAIL3, +-3 s, from 7 pairs"
	tests := []struct {
		name   string
		when   func([]int) rules.DiagCond
		events []*parsers.Event
		skew   map[string]Skew
		want   parsers.Tri
		note   string
	}{
		{"seven sessions", bothLog, logons(7, steady), nil, parsers.Yes, note},
		{"four sessions", bothLog, logons(4, steady), nil, parsers.No, ""},
		{"no steady difference", bothLog, logons(7, func(i int) time.Duration { return time.Duration(20+40*i) * time.Second }), nil, parsers.No, ""},
		{"one clock", bothLog, logons(7, func(int) time.Duration { return 2 * time.Second }), nil, parsers.Yes, ""},
		{"stated", bothLog, logons(7, steady), map[string]Skew{"mail3": {Ahead: 90 * time.Second}}, parsers.Yes, ""},
		{"stated that it goes right", bothLog, logons(7, steady), map[string]Skew{"mail3": {}}, parsers.No, ""},
		{"each session twice", bothLog, repeated, nil, parsers.No, ""},
		{"what takes its time", ordered, logons(7, steady), nil, parsers.No, ""},
		{"a user is no session", byUser, withUsers, nil, parsers.No, ""},
	}
	for _, tt := range tests {
		run := runOn([]*rules.Rule{sessionRule("Q1", tt.when), sessionRule("Q2", tt.when)}, tt.events, Options{Skew: tt.skew})
		rep := run.Report(reader(), nil)
		if got := run.fullState(run.set.rules[0]).applies; got != tt.want {
			t.Errorf("%s: the condition is %v, want %v", tt.name, triWord(got), triWord(tt.want))
		}
		notes := strings.Join(rep.Notes, "\n")
		if tt.note == "" && strings.Contains(notes, "clock") || !strings.Contains(notes, tt.note) {
			t.Errorf("%s: notes %q, want %q", tt.name, notes, tt.note)
		}
	}
}

// TestEstimatedSkewOnDisk is the same with sightings that went to disk.
func TestEstimatedSkewOnDisk(t *testing.T) {
	run := Compile([]*rules.Rule{sessionRule("Q1", bothLog)}, "").NewRun(Options{})
	defer run.Close()
	run.sightings.limit = 3
	w := run.Worker()
	for _, e := range logons(9, steady) {
		w.event(e)
		w.flush()
	}
	run.Done(w)
	run.finish()
	if st := run.fullState(run.set.rules[0]); st.applies != parsers.Yes || len(run.skews) != 1 || run.lost != nil {
		t.Errorf("%v, skews %+v, %v", st.applies, run.skews, run.lost)
	}
	if run.sightings.file != nil {
		t.Error("the temporary file is left")
	}
}

// TestSameHostKeepsItsDistance has records of one host, or of hosts that go
// right, just outside a window: a clock that is not sure moves none of them.
func TestSameHostKeepsItsDistance(t *testing.T) {
	unsure := map[string]Skew{"mail3": {Within: 5 * time.Second}, "pdc01": {Within: 5 * time.Second}}
	when := func(s []int) rules.DiagCond { return &rules.Within{Signals: s, Window: 10 * time.Second} }
	for _, tt := range []struct {
		a, b  string
		apart time.Duration
		want  parsers.Tri
	}{
		{"MAIL3", "MAIL3", 11 * time.Second, parsers.No},
		{"MAIL3", "mail3", 10 * time.Second, parsers.Yes},
		{"WEB1", "WEB2", 11 * time.Second, parsers.No},
		{"MAIL3", "PDC01", 20 * time.Second, parsers.Unknown},
		{"MAIL3", "PDC01", 21 * time.Second, parsers.No},
		{"MAIL3", "PDC01", time.Second, parsers.Unknown},
		{"MAIL3", "WEB1", 5 * time.Second, parsers.Yes},
	} {
		run := runOn([]*rules.Rule{sessionRule("Q1", when)}, []*parsers.Event{logon(tt.a, 1, 0, 0), logon(tt.b, 2, 1, tt.apart)}, Options{Skew: unsure})
		run.finish()
		if got := run.fullState(run.set.rules[0]).applies; got != tt.want {
			t.Errorf("%s and %s, %v apart: %v, want %v", tt.a, tt.b, tt.apart, triWord(got), triWord(tt.want))
		}
	}
}

// TestUnsureClocksOnDenseLogs holds the search for a choice to its bounds.
func TestUnsureClocksOnDenseLogs(t *testing.T) {
	when := func(s []int) rules.DiagCond { return &rules.Sequence{Signals: s, Window: 10 * time.Second} }
	var events []*parsers.Event
	for i := range 20_000 {
		events = append(events, logon([]string{"MAIL3", "PDC01"}[i%2], 2, i, time.Duration(i)*time.Millisecond))
	}
	events = append(events, logon("MAIL3", 1, 0, 21*time.Second))
	run := runOn([]*rules.Rule{sessionRule("Q1", when)}, events, Options{Skew: map[string]Skew{"mail3": {Within: 5 * time.Second}}})
	run.finish()
	if got := run.fullState(run.set.rules[0]).applies; got != parsers.Unknown {
		t.Errorf("%v, want that it cannot be told", triWord(got))
	}
}
