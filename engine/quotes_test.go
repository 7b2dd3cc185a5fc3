package engine

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// quoteWords are the words of random quotes and messages: short and long ones,
// in capitals, beyond ASCII, in letters whose lower case is another length.
var quoteWords = []string{
	"the", "of", "a", "is", "to", "it", "mailbox", "Store", "DATABASE", "quota", "replication", "can't", "Größe", "ÜBERLAUF", "\u212aelvin",
	"fe\u017ft", "İstanbul", "ıssız", "straße", "\u1e9e", "σς", "ΣΟΦΟΣ", "データベース", "журнал", "restored", "restore",
	"%1", "<name>", "[path]", "0x80070005", "25", `C:\mdbdata\edb.log`, "xxx", "a.", "(failed)", "failed.", "\xff\xfe",
}

func randomText(rnd *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(pick(rnd, []string{" ", " ", " ", "  ", "\n", ", ", ": "}))
		}
		w := pick(rnd, quoteWords)
		switch rnd.Intn(6) {
		case 0:
			w = strings.ToUpper(w)
		case 1:
			w = strings.ToLower(w)
		}
		b.WriteString(w)
	}
	return b.String()
}

// messageLike makes a message of a quote: cut, with words changed, left out or
// added.
func messageLike(rnd *rand.Rand, quote string) string {
	words := strings.Fields(quote)
	if n := rnd.Intn(len(words) + 1); rnd.Intn(2) == 0 {
		words = words[:n]
	}
	out := slices.Clone(words)
	for range rnd.Intn(4) {
		switch i := rnd.Intn(len(out) + 1); rnd.Intn(3) {
		case 0:
			out = slices.Insert(out, i, randomText(rnd, 1))
		case 1:
			if i < len(out) {
				out = slices.Delete(out, i, i+1)
			}
		default:
			if i < len(out) {
				out[i] = strings.ToUpper(out[i])
			}
		}
	}
	return strings.Join(out, " ")
}

// quoteRules are rules that have a quoted text alone.
func quoteRules(kind rules.Kind, quotes []string) []*rules.Rule {
	var out []*rules.Rule
	for i, q := range quotes {
		out = append(out, &rules.Rule{ID: fmt.Sprintf("Q%06d", i), Title: "t", Signals: []rules.Signal{{Name: "seen", On: kind, Strength: rules.Strong, Message: q}}})
	}
	return out
}

// TestNoQuoteIsLost compares what the index finds with what each quote says of
// each text: lines, events with their text, and events whose text is cut or
// lost.
func TestNoQuoteIsLost(t *testing.T) {
	cases := 3000
	if testing.Short() || raceDetector {
		cases = 400
	}
	matched, gated := 0, 0
	for seed := range cases {
		rnd := rand.New(rand.NewSource(int64(seed)))
		var quotes []string
		for range 1 + rnd.Intn(8) {
			quotes = append(quotes, randomText(rnd, 1+rnd.Intn(14)))
		}
		lines, events := Compile(quoteRules(rules.OnLine, quotes), "").NewRun(Options{}), Compile(quoteRules(rules.OnEvent, quotes), "").NewRun(Options{})
		lw, ew := lines.Worker(), events.Worker()
		want := map[*Run][]signalCounts{lines: make([]signalCounts, len(quotes)), events: make([]signalCounts, len(quotes))}
		for range 20 {
			text := messageLike(rnd, pick(rnd, quotes))
			if rnd.Intn(4) == 0 {
				text = randomText(rnd, rnd.Intn(12))
			}
			line := &parsers.Line{Text: text}
			lw.line(line)
			countQuotes(lines, want[lines], func(v *view) { v.reset(rules.OnLine); v.line = line })
			e := quoteEvent(rnd, text)
			ew.event(e)
			countQuotes(events, want[events], func(v *view) { v.reset(rules.OnEvent); v.event = e })
		}
		lines.Done(lw)
		events.Done(ew)
		for run, counts := range want {
			run.finish()
			for i, sig := range run.set.signals {
				got := signalCounts{}
				if s := run.merged.signals[i]; s != nil {
					got = signalCounts{sure: s.hits.count, unknown: s.unknown}
				}
				if got != counts[i] {
					t.Fatalf("case %d: quote %q on %s: %+v, want %+v", seed, sig.rule.Message, sig.rule.On, got, counts[i])
				}
				matched += got.sure
				gated += oneIf(sig.gated)
			}
		}
	}
	if matched < cases || gated < cases {
		t.Errorf("%d matches, %d signals wait for a word: too few to tell", matched, gated)
	}
}

// countQuotes evaluates all quotes on a record, one by one.
func countQuotes(r *Run, counts []signalCounts, show func(*view)) {
	for i, sig := range r.set.signals {
		var v view
		show(&v)
		switch sig.eval(&v).value {
		case parsers.Yes:
			counts[i].sure++
		case parsers.Unknown:
			counts[i].unknown++
		}
	}
}

func quoteEvent(rnd *rand.Rand, text string) *parsers.Event {
	e := &parsers.Event{}
	switch rnd.Intn(4) {
	case 0:
		e.Known |= parsers.FieldStrings
		e.Strings = strings.SplitN(text, " ", 3)
	case 1:
		e.Set(parsers.FieldMessage, text)
		e.Truncated = true
	case 2:
		if rnd.Intn(4) > 0 {
			e.Set(parsers.FieldMessage, text)
		}
	default:
		e.Set(parsers.FieldMessage, text)
	}
	return e
}

// manyQuotes makes quotes out of the words of error messages, each with two
// words of its own.
func manyQuotes(n int) []string {
	rnd := rand.New(rand.NewSource(3))
	words := strings.Fields("the a of to an error occurred while service could not be started file server client database message mailbox store connection failed user access denied unable open read write process system directory")
	out := make([]string, n)
	for i := range out {
		var b strings.Builder
		for range 4 + rnd.Intn(10) {
			b.WriteString(pick(rnd, words) + " ")
		}
		out[i] = fmt.Sprintf("The %s component%c%c %s module%c%c.", b.String(), 'a'+i%26, 'a'+i/26%26, pick(rnd, words), 'a'+i/26%26, 'a'+i%26)
	}
	return out
}

// BenchmarkQuotes looks for many quoted messages in lines of text.
func BenchmarkQuotes(b *testing.B) {
	rnd := rand.New(rand.NewSource(4))
	quotes := manyQuotes(1000)
	words := strings.Fields(strings.Join(quotes[:40], " ") + " yesterday we saw that after the restart nothing helped and users call every day request handled in ms worker session opened")
	lines := make([]parsers.Line, 100_000)
	size := 0
	for i := range lines {
		text := "2024-03-01 12:00:00 worker"
		for range 8 + rnd.Intn(10) {
			text += " " + pick(rnd, words)
		}
		lines[i].Text = text
		size += len(text)
	}
	for _, n := range []int{10, 1000} {
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			set := Compile(quoteRules(rules.OnLine, quotes[:n]), "")
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				w := set.NewRun(Options{}).Worker()
				for i := range lines {
					w.line(&lines[i])
				}
			}
			b.ReportMetric(float64(len(lines)*b.N)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}
