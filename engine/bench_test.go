package engine

import (
	"fmt"
	"testing"
	"time"

	"kbdiag/parsers"
	"kbdiag/rules"
)

func textField(name string) rules.Operand {
	return rules.Operand{Field: name, Type: rules.Text}
}

// eventRule makes a rule on one event, as most articles have it.
func eventRule(id, provider string, eventID int64, message string) *rules.Rule {
	return &rules.Rule{
		ID: id, Title: id, Severity: "error", Cause: "c",
		Signals: []rules.Signal{{
			Name: "seen", On: rules.OnEvent, Strength: rules.Strong, Message: message,
			Cond: &rules.And{Args: []rules.Cond{
				&rules.Compare{Operand: textField("provider"), Op: rules.Equal, Value: rules.Value{Type: rules.Text, Text: provider}},
				&rules.Compare{Operand: rules.Operand{Field: "id", Type: rules.Number}, Op: rules.Equal, Value: rules.Value{Type: rules.Number, Number: eventID}},
			}},
		}},
	}
}

func manyRules(n int) []*rules.Rule {
	out := make([]*rules.Rule, n)
	for i := range out {
		out[i] = eventRule(fmt.Sprintf("Q%06d", i), fmt.Sprintf("Provider%d", i%400), int64(i%5000), "the service could not be started because of a failure")
	}
	return out
}

// streamOf gives events of 50 providers, of which the given share is wanted by
// some rule of manyRules.
func streamOf(n int, wantedPercent int) []parsers.Event {
	out := make([]parsers.Event, n)
	start := time.Date(2001, 5, 10, 8, 0, 0, 0, time.UTC)
	for i := range out {
		e := &out[i]
		e.Set(parsers.FieldProvider, fmt.Sprintf("Benign%d", i%50))
		e.SetID(uint32(i % 300))
		if i%100 < wantedPercent {
			k := i % 100
			e.Set(parsers.FieldProvider, fmt.Sprintf("Provider%d", k))
			e.SetID(uint32(k))
		}
		e.Set(parsers.FieldMessage, "The service could not be started because of a failure of the disk.")
		e.SetTime(start.Add(time.Duration(i)*time.Second), parsers.ZoneLocal)
		e.SetLevel(parsers.LevelInformation)
		if i%10 == 0 {
			e.SetLevel(parsers.LevelError)
		}
	}
	return out
}

func BenchmarkMatch(b *testing.B) {
	for _, bm := range []struct{ rules, wanted int }{{100, 0}, {10_000, 0}, {100, 5}, {10_000, 5}} {
		b.Run(fmt.Sprintf("rules=%d/wanted=%d%%", bm.rules, bm.wanted), func(b *testing.B) {
			set := Compile(manyRules(bm.rules), "")
			events := streamOf(100_000, bm.wanted)
			b.ReportAllocs()
			for b.Loop() {
				w := set.NewRun(Options{}).Worker()
				for i := range events {
					w.event(&events[i])
				}
			}
			b.ReportMetric(float64(len(events)*b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// TestNoAllocationForUnwantedEvents holds the matching of an event that no rule
// wants to zero allocations.
func TestNoAllocationForUnwantedEvents(t *testing.T) {
	set := Compile(manyRules(1000), "")
	events := streamOf(1000, 0)
	w := set.NewRun(Options{}).Worker()
	for i := range events {
		w.event(&events[i]) // fills the caches and tables of hours
	}
	if n := testing.AllocsPerRun(10, func() {
		for i := range events {
			w.event(&events[i])
		}
	}); n != 0 {
		t.Errorf("%v allocations for %d events that no rule wants", n, len(events))
	}
}
