package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/formats"
	"kbdiag/rules"
)

func reader() *parsers.Reader { return &parsers.Reader{Forms: formats.All()} }

// shippedFiles loads the rules from their files, so with their samples.
func shippedFiles(t testing.TB) *rules.Base {
	t.Helper()
	base, err := rules.LoadPaths(filepath.Join("..", "rules", "kb"))
	if err != nil {
		t.Fatal(err)
	}
	return base
}

// minScore is the share of faults in a shipped rule's conditions that its
// samples must notice.
const minScore = 0.9

// TestSamples holds every shipped rule to its samples: it fires on some, in
// competition with all others, and not on the near misses; each of its signals
// is shown by one of them; and they notice most faults in its conditions.
func TestSamples(t *testing.T) {
	base := shippedFiles(t)
	opts := SampleOptions{Reader: reader, Mutate: true}
	results, err := RunSamples(context.Background(), base.Rules, base.Rules, base.SHA256(), opts)
	if err != nil {
		t.Fatal(err)
	}
	for i := range results {
		res := &results[i]
		t.Run(res.Rule, func(t *testing.T) { checkRuleTest(t, res) })
	}
}

func checkRuleTest(t *testing.T, res *RuleTest) {
	if res.Problem != "" {
		t.Fatal(res.Problem)
	}
	fires := 0
	for _, s := range res.Samples {
		if s.Want == "fires" {
			fires++
		}
		for _, w := range s.Wrong {
			t.Errorf("%s: %s", s.Path, w)
		}
	}
	if quiet := len(res.Samples) - fires; fires < 2 || quiet < 2 {
		t.Errorf("%d samples that fire and %d that do not: at least two of each are wanted", fires, quiet)
	}
	for _, g := range res.Coverage.Gaps {
		if strings.HasPrefix(g.Part, "signal ") {
			t.Errorf("%s: %s", g.Part, g.Why)
		}
	}
	if m := res.Mutations; m.Share() < minScore {
		t.Errorf("the samples notice %d of %d faults, at least %.0f%% are wanted", m.Noticed, m.All, 100*minScore)
		for _, s := range m.Survivors {
			t.Logf("%s:%d:%d: %s: %s", res.File, s.Line, s.Column, s.Signal, s.What)
		}
	}
}

// shuffles is how many orders TestSameBytes tries.
func shuffles() int {
	if testing.Short() || raceDetector {
		return 20
	}
	return 100
}

// TestSameBytes diagnoses tickets with different numbers of workers, the inputs
// and the rules in every order of chance: the report is the same to the byte.
func TestSameBytes(t *testing.T) {
	base, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	all := append(slices.Clone(base.Rules), manyRules(50)...)
	for name, paths := range map[string][]string{
		"ticket":          filesIn(t, "../testdata/tickets/pop3-logon"),
		"parts of a log":  partsOfLog(t),
		"nothing in them": filesIn(t, "../testdata/tickets/pop3-logon")[:1],
	} {
		rnd := rand.New(rand.NewSource(3))
		var first []byte
		for i := range shuffles() {
			rnd.Shuffle(len(paths), func(a, b int) { paths[a], paths[b] = paths[b], paths[a] })
			rnd.Shuffle(len(all), func(a, b int) { all[a], all[b] = all[b], all[a] })
			rep := Diagnose(context.Background(), Compile(all, ""), reader(), paths, Options{Workers: 1 + i%4})
			got, err := json.Marshal(rep)
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = got
			}
			if !bytes.Equal(first, got) {
				t.Fatalf("%s: run %d differs:\n%s\n%s", name, i, first, got)
			}
		}
	}
}

func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, e := range entries {
		paths = append(paths, dir+"/"+e.Name())
	}
	return paths
}

// partsOfLog writes a log in parts that repeat and overlap in time, with more
// kinds of errors than are remembered one by one.
func partsOfLog(t *testing.T) []string {
	t.Helper()
	var files []string
	for part := range 6 {
		var rows []string
		for i := range 1500 {
			kind := (i*7 + part*900) % 5000
			level := "Error"
			if i%3 == 0 {
				level = "Information"
			}
			rows = append(rows, fmt.Sprintf("%d %d Provider%d %d %s The service %d could not be started because of a failure", 1+i%28, 1+i%11, kind%400, kind, level, i%5))
		}
		files = append(files, fmt.Sprintf("part%d.csv", part), csvRows(rows...))
	}
	return filesIn(t, ticket(t, files...))
}
