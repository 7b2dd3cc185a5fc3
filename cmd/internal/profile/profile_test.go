package profile

import (
	"math/rand"
	"reflect"
	"slices"
	"testing"
	"time"

	"kbdiag/parsers"
)

// TestRuns compares with a plain set, for numbers in order, backwards, shuffled
// and with repeats.
func TestRuns(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	for n := range 300 {
		var numbers []uint64
		for i := range uint64(1 + rng.Intn(60)) {
			if rng.Intn(4) > 0 {
				numbers = append(numbers, 1000+i)
			}
			if rng.Intn(20) == 0 {
				numbers = append(numbers, 1000+i)
			}
		}
		switch n % 3 {
		case 1:
			slices.Reverse(numbers)
		case 2:
			rng.Shuffle(len(numbers), func(i, j int) { numbers[i], numbers[j] = numbers[j], numbers[i] })
		}
		var r runs
		set := map[uint64]bool{}
		repeats := 0
		for _, x := range numbers {
			if set[x] {
				repeats++
			}
			set[x] = true
			r.add(x)
		}
		var want []run
		for x := uint64(1000); x < 1100; x++ {
			if !set[x] {
				continue
			}
			if k := len(want); k > 0 && want[k-1].high+1 == x {
				want[k-1].high = x
			} else {
				want = append(want, run{x, x})
			}
		}
		if !slices.Equal(r.list, want) || r.repeats != repeats {
			t.Fatalf("%v: runs %v with %d repeats, want %v with %d", numbers, r.list, r.repeats, want, repeats)
		}
	}
}

// TestManyRuns gives up where every second number is missing.
func TestManyRuns(t *testing.T) {
	var r runs
	for i := uint64(0); i < 3*maxRuns; i++ {
		r.add(2 * i)
	}
	if !r.full || len(r.list) > maxRuns {
		t.Errorf("%d runs, full %v", len(r.list), r.full)
	}
}

func TestSummary(t *testing.T) {
	p := New()
	at := time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)
	for i, e := range []struct {
		provider string
		id       uint32
		level    parsers.Level
		record   uint64
	}{
		{"DCOM", 10016, parsers.LevelError, 50}, {"DCOM", 10016, parsers.LevelWarning, 49}, {"EventLog", 6008, parsers.LevelError, 45},
		{"Microsoft-Windows-Eventlog", 1102, parsers.LevelInformation, 44}, {"Spooler", 1102, parsers.LevelInformation, 43},
	} {
		ev := parsers.Event{Provider: e.provider}
		ev.SetID(e.id)
		ev.SetLevel(e.level)
		ev.SetTime(at.Add(time.Duration(-i)*time.Minute), parsers.ZoneUTC)
		ev.Set(parsers.FieldLog, "System")
		ev.Pos.Record = e.record
		ev.Known |= parsers.FieldRecord
		p.Event(&ev)
	}
	s := p.Summary(2)
	want := &Summary{
		Kinds:     []Kind{{"DCOM", 10016, "error", 2}, {"EventLog", 6008, "error", 1}},
		KindCount: 4,
		Levels:    []Count{{"error", 2}, {"warning", 1}, {"information", 2}},
		Zone:      "utc", Order: "newest first",
		Gaps: []Gaps{{Log: "System", First: 43, Last: 50, Missing: 3, Gaps: 1, Largest: [][2]uint64{{46, 48}}}},
		Marks: []Mark{
			{Time: "2024-03-01T11:58:00Z", What: "the computer went down unexpectedly (6008)", Record: 45},
			{Time: "2024-03-01T11:57:00Z", What: "the Security log was cleared (1102)", Record: 44},
		},
	}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got  %+v\nwant %+v", s, want)
	}
}
