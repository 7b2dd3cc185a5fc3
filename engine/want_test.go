package engine

import (
	"encoding/json"
	"sync"
	"testing"

	"kbdiag/parsers"
)

// TestWantIsEnough leaves out the message, strings and data of all events that
// nobody is said to want, and wants the same report.
func TestWantIsEnough(t *testing.T) {
	set := Compile(manyRules(1000), "")
	report := func(lazy bool) (text string, left int) {
		run := set.NewRun(Options{})
		w := run.Worker()
		visit := w.Visitor()
		events := streamOf(20_000, 5)
		for i := range events {
			e := &events[i]
			e.Strings, e.Known = []string{"0x80070005"}, e.Known|parsers.FieldStrings
			if lazy && !visit.Want(e) {
				e.Message, e.Strings = "", nil
				e.Known &^= parsers.FieldMessage | parsers.FieldStrings
				left++
			}
			visit.Event(e)
		}
		run.Done(w)
		b, err := json.Marshal(run.Report(&parsers.Reader{}, nil))
		if err != nil {
			t.Fatal(err)
		}
		return string(b), left
	}
	whole, _ := report(false)
	lazy, left := report(true)
	if whole != lazy {
		t.Errorf("the reports differ:\n%s\n%s", whole, lazy)
	}
	if left < 10_000 {
		t.Errorf("only %d of 20000 events are not wanted", left)
	}
}

// TestWantByMany asks from several goroutines.
func TestWantByMany(t *testing.T) {
	w := newWanter(Compile(manyRules(1000), ""))
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			events := streamOf(5000, 5)
			for i := range events {
				e := &events[i]
				if got := w.want(e); got != (e.Level == parsers.LevelError || i%100 < 5) {
					t.Errorf("event %d: wanted %v", i, got)
					return
				}
			}
		}()
	}
	wg.Wait()
	events := streamOf(1000, 5)
	if n := testing.AllocsPerRun(5, func() {
		for i := range events {
			w.want(&events[i])
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
