package engine

import (
	"context"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kbdiag/rules"
)

// TestMutantsAgainstWholeBase runs mutants of the shipped rules the long way:
// every sample again, in competition with the whole base. The short way, which
// skips samples on which a condition says the same, and rules that see nothing
// in them, must come to the same.
func TestMutantsAgainstWholeBase(t *testing.T) {
	base := shippedFiles(t)
	tester := &sampleTester{base: base.Rules, set: Compile(base.Rules, ""), opts: SampleOptions{Reader: reader}}
	rnd := rand.New(rand.NewSource(5))
	ctx, compared, missed := context.Background(), 0, 0
	some := slices.Clone(base.Rules)
	rnd.Shuffle(len(some), func(a, b int) { some[a], some[b] = some[b], some[a] })
	for _, r := range some[:min(len(some), sampledRules())] {
		seen, err := r.ReadSeen()
		if err != nil {
			t.Fatal(err)
		}
		at, _ := tester.set.find(r.ID)
		cover := newCoverage(tester.set.rules[at])
		var runs []*sampleRun
		for _, s := range r.Samples {
			run := &sampleRun{sample: s}
			run.want, run.listed = seen[s.Name]
			run.passed = len(tester.sample(ctx, tester.set.rules[at], run, cover).Wrong) == 0
			runs = append(runs, run)
		}
		j := tester.newJudge(r, runs)
		mutants := rules.Mutants(r)
		rnd.Shuffle(len(mutants), func(a, b int) { mutants[a], mutants[b] = mutants[b], mutants[a] })
		for _, m := range mutants[:min(len(mutants), 12)] {
			compared++
			switch got, want := j.notices(&m), noticedTheLongWay(tester, runs, &m); {
			case got && !want:
				t.Errorf("%s %s: %s: noticed, the long way it is not", r.ID, m.Signal, m.What)
			case want && !got:
				missed++
				t.Logf("%s %s: %s: not noticed, the long way it is", r.ID, m.Signal, m.What)
			}
		}
	}
	// A mutant that shares an event with other rules than before moves all of
	// them a little, which the short way leaves out: it may miss a few.
	if missed*50 > compared {
		t.Errorf("%d of %d mutants are noticed the long way only", missed, compared)
	}
	if compared < 100 {
		t.Errorf("only %d mutants were compared", compared)
	}
}

// sampledRules is of how many rules the mutants are compared.
func sampledRules() int {
	if testing.Short() || raceDetector {
		return 9
	}
	return 25
}

func noticedTheLongWay(t *sampleTester, runs []*sampleRun, m *rules.Mutant) bool {
	all := slices.Clone(t.base)
	for i, r := range all {
		if r.ID == m.Rule.ID {
			all[i] = m.Rule
		}
	}
	set := compile(all, "", t.set.noise)
	for _, s := range runs {
		a := answerOn(set, m.Rule.ID, s.rec)
		if len(s.wrong(m.Rule, &a)) > 0 {
			return true
		}
	}
	return false
}

// TestReplayIsReading compares the answers on what is read with those on what
// is held in memory.
func TestReplayIsReading(t *testing.T) {
	base := shippedFiles(t)
	set := Compile(base.Rules, "")
	n := 0
	for _, r := range base.Rules {
		for _, s := range r.Samples {
			n++
			rep := Diagnose(context.Background(), set, reader(), []string{s.Path}, Options{})
			held := set.Answer(Record(context.Background(), reader(), s.Path))
			if len(held) != len(rep.Diagnoses) {
				t.Errorf("%s: %d answers from memory, %d as it is read", s.Path, len(held), len(rep.Diagnoses))
				continue
			}
			for i, d := range rep.Diagnoses {
				if held[i].Rule != d.Rule || held[i].Level != d.Level || round(held[i].Confidence, 1000) != d.Confidence {
					t.Errorf("%s: answer %d is %+v from memory, %s %.3f as it is read", s.Path, i+1, held[i], d.Rule, d.Confidence)
				}
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d samples", n)
	}
}

// sampledRule writes a rule with samples, given as name and text in turn, and
// gives the folder.
func sampledRule(t testing.TB, dir, id, when string, samples ...string) {
	t.Helper()
	text := ruleText(id, fmt.Sprintf("[signal.seen]\non = \"event\"\nwhen = '%s'\nstrength = \"strong\"\nmessage = %q\n", when, failText))
	write := func(name, text string) {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(id+".toml", text)
	for i := 0; i < len(samples); i += 2 {
		write(filepath.Join(id, samples[i]), samples[i+1])
	}
}

func runSampled(t testing.TB, dir string, mutate bool) []RuleTest {
	t.Helper()
	base, err := rules.LoadPaths(dir)
	if err != nil {
		t.Fatal(err)
	}
	out, err := RunSamples(context.Background(), base.Rules, base.Rules, "", SampleOptions{Reader: reader, Mutate: mutate})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCoverageNamesTheSides(t *testing.T) {
	dir := t.TempDir()
	sampledRule(t, dir, "Q100001", `provider == "Store" && (id == 77 || id == 78)`,
		"fires-1.csv", csvRows("20 9 Store 77 Error "+failText), "quiet-1.csv", csvRows("20 9 Disk 77 Error "+failText))
	res := runSampled(t, dir, true)[0]
	if !res.OK() || res.Coverage.Sides != 4 || res.Coverage.Shown != 2 {
		t.Errorf("result %+v, coverage %+v", res, res.Coverage)
	}
	var parts []string
	for _, g := range res.Coverage.Gaps {
		parts = append(parts, g.Part)
		if g.Line == 0 || g.Column == 0 {
			t.Errorf("gap without a place: %+v", g)
		}
	}
	if got := strings.Join(parts, "; "); got != "id == 77 || id == 78; id == 78" {
		t.Errorf("gaps %s", got)
	}
	var survivors []string
	for _, m := range res.Mutations.Survivors {
		survivors = append(survivors, m.What)
	}
	for _, want := range []string{"id == 78 is dropped", "id == 77 || id == 78 is dropped"} {
		if !slices.Contains(survivors, want) {
			t.Errorf("survivors %q lack %q", survivors, want)
		}
	}
	if slices.Contains(survivors, `provider == "Store" is dropped`) || slices.Contains(survivors, "id == 77 is dropped") {
		t.Errorf("survivors %q", survivors)
	}
}

func TestSampleThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	sampledRule(t, dir, "Q100001", `provider == "Store" && id == 77`, "fires-1.csv", csvRows("20 9 Store 77 Error "+failText), "quiet-1.bin", "\x89PNG\r\n\x1a\n\x00\x00")
	res := runSampled(t, dir, false)[0]
	if res.Failed != 1 || len(res.Samples[1].Wrong) == 0 || !strings.Contains(res.Samples[1].Wrong[0], "picture") {
		t.Errorf("result %+v", res)
	}
}

// BenchmarkSamples holds a thousand rules to four samples each: loading,
// compiling, reading, ranking.
func BenchmarkSamples(b *testing.B) {
	dir := b.TempDir()
	for i := range 1000 {
		provider, id := fmt.Sprintf("Provider%d", i%300), 1000+i%700
		row := func(provider string, id int, text string) string {
			return csvRows(fmt.Sprintf("20 9 %s %d Error %s", provider, id, text), "20 8 EventLog 6005 Information Started.")
		}
		sampledRule(b, dir, fmt.Sprintf("Q%06d", 500000+i), fmt.Sprintf(`provider == "%s" && id == %d && message contains "quota"`, provider, id),
			"fires-1.csv", row(provider, id, failText), "fires-2.csv", row(provider, id, "Again: "+failText),
			"quiet-1.csv", row(provider, id, "The disk is full."), "quiet-2.csv", row("Other", id, failText))
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, r := range runSampled(b, dir, false) {
			if r.Problem != "" || len(r.Samples) != 4 {
				b.Fatalf("%+v", r)
			}
		}
	}
}
