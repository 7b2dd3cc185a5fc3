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

func shippedRules(t testing.TB) *Set {
	t.Helper()
	base, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return Compile(base.Rules, base.SHA256())
}

func reader() *parsers.Reader { return &parsers.Reader{Forms: formats.All()} }

// samplesOf lists the samples of a rule: the entries of the folder beside it.
func samplesOf(t *testing.T, r *rules.Rule) (fires, quiet []string) {
	t.Helper()
	folder := filepath.Join("..", "rules", strings.TrimSuffix(filepath.FromSlash(r.File), ".toml"))
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Errorf("%s has no samples: %v", r.ID, err)
	}
	for _, e := range entries {
		path := filepath.ToSlash(filepath.Join(folder, e.Name()))
		switch {
		case strings.HasPrefix(e.Name(), "fires-"):
			fires = append(fires, path)
		case strings.HasPrefix(e.Name(), "quiet-"):
			quiet = append(quiet, path)
		default:
			t.Errorf("%s: name it fires-... or quiet-...", path)
		}
	}
	return fires, quiet
}

// TestSamples holds every shipped rule to its samples: it fires on some, in
// competition with all others, and not on the near misses; each of its signals
// is hit by one of them.
func TestSamples(t *testing.T) {
	set := shippedRules(t)
	for _, rule := range set.rules {
		t.Run(rule.rule.ID, func(t *testing.T) {
			fires, quiet := samplesOf(t, rule.rule)
			if len(fires) < 2 || len(quiet) < 2 {
				t.Errorf("%d samples that fire and %d that do not: at least two of each are wanted", len(fires), len(quiet))
			}
			hit := map[string]bool{}
			for _, s := range fires {
				checkSample(t, set, rule.rule.ID, s, true, hit)
			}
			for _, s := range quiet {
				checkSample(t, set, rule.rule.ID, s, false, hit)
			}
			for _, sig := range rule.rule.Signals {
				if !hit[sig.Name] {
					t.Errorf("signal %s is hit by no sample", sig.Name)
				}
			}
		})
	}
}

func checkSample(t *testing.T, set *Set, id, sample string, want bool, hit map[string]bool) {
	t.Helper()
	x, err := Explain(context.Background(), set, reader(), []string{sample}, id, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range x.Signals {
		if s.Count > 0 {
			hit[s.Name] = true
		}
	}
	fired := x.Applies == "yes" && x.Rank > 0 && x.Level != Unlikely
	if fired == want {
		return
	}
	t.Errorf("%s: fires is %v, want %v (rank %d, %.2f, %s): %s", sample, fired, want, x.Rank, x.Confidence, x.Level, x.FirstFalse)
	for _, s := range x.Signals {
		t.Logf("  %s: %s, %d records, first false %q %s", s.Name, s.Value, s.Count, s.FirstFalse, s.Missing)
	}
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
		for i := range 100 {
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
