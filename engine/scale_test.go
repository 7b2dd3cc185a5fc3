package engine

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// textRules makes rules that ask for texts and patterns alone, as articles on
// error messages do.
func textRules(n int) []*rules.Rule {
	rnd := rand.New(rand.NewSource(7))
	words := []string{"replication", "transport", "mailbox", "quota", "journal", "recipient", "directory", "checkpoint", "envelope", "gateway", "attachment", "address book"}
	out := make([]*rules.Rule, n)
	message := textField("message")
	for i := range out {
		a, b := pick(rnd, words)+" "+strconv.Itoa(1000+i), pick(rnd, words)
		pattern := fmt.Sprintf(`%s (?:failed|refused) .*%d`, b, 1000+i)
		var cond rules.Cond = &rules.TextTest{Operand: message, Op: rules.Contains, Value: a}
		switch i % 3 {
		case 1:
			cond = &rules.Matches{Operand: message, Pattern: pattern, Regexp: regexp.MustCompile("(?is:" + pattern + ")")}
		case 2:
			cond = &rules.And{Args: []rules.Cond{cond, &rules.Matches{Operand: message, Pattern: pattern, Regexp: regexp.MustCompile("(?is:" + pattern + ")")}}}
		}
		out[i] = &rules.Rule{ID: fmt.Sprintf("Q%06d", i), Title: "t", Signals: []rules.Signal{{Name: "seen", On: rules.OnEvent, Strength: rules.Strong, Cond: cond}}}
	}
	return out
}

// csvLog gives an endless log as NT 4 saved it, newest first, of the given
// size in bytes, without holding it.
type csvLog struct {
	left int64
	n    int
	buf  bytes.Buffer
}

func (l *csvLog) Read(p []byte) (int, error) {
	if l.buf.Len() == 0 {
		if l.left <= 0 {
			return 0, io.EOF
		}
		for l.buf.Len() < 64<<10 {
			l.row()
		}
		l.left -= int64(l.buf.Len())
	}
	return l.buf.Read(p)
}

func (l *csvLog) row() {
	t := time.Date(2003, 5, 10, 23, 0, 0, 0, time.UTC).Add(-time.Duration(l.n) * 3 * time.Second)
	level, text := "Information", "The journal of the mailbox store has been checked, no quota is used up and the gateway was not asked."
	if l.n%50 == 0 {
		level, text = "Error", "The gateway refused a recipient, transport failed to deliver an attachment of message "+strconv.Itoa(l.n%4000)
	}
	fmt.Fprintf(&l.buf, "%s,Provider%d,%s,None ,%d,N/A,MAIL%d,%s\r\n", t.Format("1/2/06,3:04:05 PM"), l.n%40, level, l.n%300, l.n%3, text)
	l.n++
}

func BenchmarkTextLog(b *testing.B) {
	const size = 64 << 20
	file := filepath.Join(b.TempDir(), "log.csv")
	f, err := os.Create(file)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := io.Copy(f, &csvLog{left: size}); err != nil {
		b.Fatal(err)
	}
	f.Close()
	for _, n := range []int{1, 361} {
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			set := Compile(textRules(n), "")
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				run := set.NewRun(Options{Workers: 1})
				if _, err := run.Read(context.Background(), reader(), []string{file}); err != nil {
					b.Fatal(err)
				}
				if run.Counts().Records == 0 {
					b.Fatal("nothing was read")
				}
			}
		})
	}
}

// TestFewConditionsAreEvaluated holds the share of the rules whose conditions
// an event reaches to 2 %.
func TestFewConditionsAreEvaluated(t *testing.T) {
	for _, c := range []struct {
		name   string
		rules  []*rules.Rule
		events []parsers.Event
	}{
		{"provider and id", manyRules(10_000), streamOf(20_000, 5)},
		{"texts", textRules(361), streamOf(20_000, 5)},
	} {
		run := Compile(c.rules, "").NewRun(Options{})
		w := run.Worker()
		for i := range c.events {
			w.event(&c.events[i])
		}
		run.Done(w)
		n := run.Counts()
		if share := float64(n.Evaluations) / float64(n.Records) / float64(len(c.rules)); share > 0.02 || n.Records == 0 {
			t.Errorf("%s: %d evaluations for %d records and %d rules, %.2f%%", c.name, n.Evaluations, n.Records, len(c.rules), 100*share)
		}
	}
}

// TestManyRulesCostLittleMore compares 10,000 rules with 100 on the same events.
// The bound leaves room for a busy machine; the benchmark gives the figure.
func TestManyRulesCostLittleMore(t *testing.T) {
	if testing.Short() || raceDetector {
		t.Skip("a measurement")
	}
	events := streamOf(200_000, 5)
	best := func(set *Set) time.Duration {
		least := time.Duration(1 << 62)
		for range 5 {
			start := time.Now()
			w := set.NewRun(Options{}).Worker()
			for i := range events {
				w.event(&events[i])
			}
			least = min(least, time.Since(start))
		}
		return least
	}
	few, many := best(Compile(manyRules(100), "")), best(Compile(manyRules(10_000), ""))
	if many > 2*few {
		t.Errorf("10,000 rules take %v, 100 rules %v", many, few)
	}
}

// TestNoAllocationForUnwantedTexts is the same as for fields, for rules that
// ask for texts, on messages with capitals and other letters.
func TestNoAllocationForUnwantedTexts(t *testing.T) {
	set := Compile(textRules(361), "")
	events := streamOf(1000, 0)
	for i := range events {
		switch i % 4 {
		case 1:
			events[i].Message = "The SERVICE was not found."
		case 2:
			events[i].Strings, events[i].Message = []string{"a", "B"}, "" // lost: all 361 are evaluated
			events[i].Known |= parsers.FieldStrings
		}
	}
	w := set.NewRun(Options{}).Worker()
	all := func() {
		for i := range events {
			w.event(&events[i])
		}
	}
	all()
	if n := testing.AllocsPerRun(5, all); n != 0 {
		t.Errorf("%v allocations for %d events that no rule wants", n, len(events))
	}
}

// TestMemoryIsFlat reads a long log from a pipe, all of it looked at by a
// correlation that has to be exact, and compares the memory in its course.
func TestMemoryIsFlat(t *testing.T) {
	if testing.Short() || raceDetector {
		t.Skip("reads a long log")
	}
	base := append(manyRules(1000), textRules(100)...)
	for i, r := range base {
		r.ID = fmt.Sprintf("Q%06d", i)
	}
	base[0].Signals = append(base[0].Signals, base[0].Signals[0])
	base[0].Signals[0].Cond = &rules.Compare{Operand: textField("level"), Op: rules.NotEqual, Value: rules.Value{Type: rules.Text, Text: "error"}}
	base[0].Signals[1].Name = "other"
	base[0].Diagnosis.Cond = &rules.Sequence{Signals: []int{0, 1}, Window: time.Second, Same: rules.SameHost}
	run := Compile(base, "").NewRun(Options{Workers: 1})
	defer run.Close()
	run.sightings.limit = 1 << 16
	var heaps []uint64
	log := &watched{r: &csvLog{left: 64 << 20}, every: 4 << 20, note: func() {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		heaps = append(heaps, m.HeapAlloc)
	}}
	rd := reader()
	rd.Stdin = log
	if _, err := run.Read(context.Background(), rd, []string{"-"}); err != nil {
		t.Fatal(err)
	}
	if run.sightings.file == nil {
		t.Error("nothing was written to disk")
	}
	rep := run.Report(rd, nil)
	if len(rep.Notes) > 0 {
		t.Errorf("notes %q", rep.Notes)
	}
	half := heaps[len(heaps)/2:]
	for _, h := range half {
		if h > 64<<20 || h > 2*half[0] {
			t.Fatalf("memory grows: %d", heaps)
		}
	}
}

// watched calls note each time so many bytes have been read.
type watched struct {
	r     io.Reader
	every int64
	n     int64
	note  func()
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if (w.n+int64(n))/w.every != w.n/w.every {
		w.note()
	}
	w.n += int64(n)
	return n, err
}

// TestInterrupted ends a run in its course: the report comes at once and says
// that it is partial.
func TestInterrupted(t *testing.T) {
	set := compileRules(t, oneEvent("Q100001", "Store", 77, failText))
	ctx, cancel := context.WithCancel(context.Background())
	rd := reader()
	head := csvRows("20 9 Store 77 Error " + failText)
	rd.Stdin = io.MultiReader(strings.NewReader(head), &watched{r: &csvLog{left: 1 << 40}, every: 8 << 20, note: cancel})
	done := make(chan *Report, 1)
	go func() { done <- Diagnose(ctx, set, rd, []string{"-", "/nowhere/later.csv"}, Options{Workers: 1}) }()
	select {
	case rep := <-done:
		if !rep.Partial || len(rep.Diagnoses) != 1 || len(rep.Inputs) != 2 || rep.Inputs[0].Complete {
			t.Errorf("report %+v", rep)
		}
	case <-time.After(time.Minute):
		t.Fatal("does not end")
	}
}

// TestInterruptedWhileWaiting ends a run that waits for input.
func TestInterruptedWhileWaiting(t *testing.T) {
	set := compileRules(t, oneEvent("Q100001", "Store", 77, failText))
	ctx, cancel := context.WithCancel(context.Background())
	rd := reader()
	silent, _ := io.Pipe()
	rd.Stdin = silent
	time.AfterFunc(50*time.Millisecond, cancel)
	done := make(chan *Report, 1)
	go func() { done <- Diagnose(ctx, set, rd, []string{"-"}, Options{}) }()
	select {
	case rep := <-done:
		if !rep.Partial {
			t.Errorf("report %+v", rep)
		}
	case <-time.After(time.Minute):
		t.Fatal("does not end")
	}
}

// TestCostlyRule holds that a rule whose pattern costs too much is left out
// with a note, and that the others are not.
func TestCostlyRule(t *testing.T) {
	pattern := `(?:[a-z ]{1,40}x){20}y`
	slow := textRules(1)[0]
	slow.ID = "Q1"
	slow.Signals[0].Cond = &rules.Matches{Operand: textField("message"), Pattern: pattern, Regexp: regexp.MustCompile("(?is:" + pattern + ")")}
	run := Compile([]*rules.Rule{slow, eventRule("Q2", "Disk", 11, "")}, "").NewRun(Options{})
	w := run.Worker()
	e := parsers.Event{}
	e.Set(parsers.FieldProvider, "Disk")
	e.SetID(11)
	e.Set(parsers.FieldMessage, strings.Repeat("no end of words ", 1<<18))
	w.event(&e)
	run.Done(w)
	rep := run.Report(reader(), nil)
	if len(rep.Diagnoses) != 1 || rep.Diagnoses[0].Rule != "Q2" || len(rep.Notes) != 1 || !strings.Contains(rep.Notes[0], "rule too costly: Q1, signal seen") {
		t.Errorf("diagnoses %+v, notes %q", rep.Diagnoses, rep.Notes)
	}
}
