package rules

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mutantRule makes a rule of one signal and one diagnosis.
func mutantRule(t *testing.T, when, diagnosis string) *Rule {
	t.Helper()
	text := fmt.Sprintf(`schema = 1
id = "Q100001"
title = "T"
severity = "error"
cause = "C"
[signal.a]
on = "event"
when = '%s'
strength = "strong"
[signal.b]
on = "event"
when = 'provider == "B" && id == 2'
strength = "supports"
[diagnosis]
when = '%s'
[[step]]
text = "S"
`, when, diagnosis)
	r, findings := Parse("Q100001.toml", []byte(text))
	for _, f := range findings {
		if f.Severity == SeverityError {
			t.Fatal(f)
		}
	}
	return r
}

func TestMutants(t *testing.T) {
	for _, tc := range []struct {
		when, diagnosis string
		want            []string // among the mutants
		equivalent      []string
	}{
		{`provider == "A" && id == 7`, `a`, []string{"id == 7 is dropped", "id == 7 is negated", `&& becomes || in provider == "A" && id == 7`, "a is negated"}, nil},
		{`id in 5..7 && provider == "A"`, `a`, []string{"id in 5..7 becomes id in 4..7", "id in 5..7 becomes id in 5..6"}, nil},
		{`id in [5, 6] && provider == "A"`, `a`, []string{"5 is dropped from the list of id"}, nil},
		{`id > 5 && id < 7 && provider == "A"`, `a`, []string{"id > 5 becomes id >= 5", "id < 7 is dropped"}, nil},
		{`id == 5 && provider != "B" && provider == "A"`, `a`, []string{`provider == "A" is dropped`}, []string{`provider != "B" is dropped`}},
		{`qualifiers > 0 && id == 5`, `a`, []string{"qualifiers > 0 becomes qualifiers >= 0"}, nil},
		{`id == 5 && message contains "call failed"`, `a`, []string{`message contains "call failed" becomes message contains "call"`, `message contains "call failed" becomes message startsWith "call failed"`}, nil},
		{`id == 5 && message contains "10061"`, `a`, []string{`message contains "10061" becomes message contains "1006"`}, nil},
		{"id == 5 && user matches `^k.m$`", `a`, []string{"user matches `^k.m$` becomes user matches `k.m$`", "user matches `^k.m$` becomes user matches `^k.m`"}, nil},
		{`id == 5 && !(provider == "A")`, `a`, []string{`! before provider == "A" is dropped`}, nil},
		{`id == 5 && any(strings, # contains "xyz ab")`, `a`, []string{`any(strings, # contains "xyz ab") becomes all(...)`, `# contains "xyz ab" becomes # contains "xyz"`}, []string(nil)},
		{`id == 5`, `count(a) >= 3 || b`, []string{"count(a) >= 3 becomes the same with 2", "count(a) >= 3 becomes the same with >", "b is dropped"}, nil},
		{`id == 5`, `within(a, b, "10m")`, []string{`within(a, b, "10m") becomes the same within 1m0s`, `b is dropped from within(a, b, "10m")`}, nil},
		{`id == 5`, `sequence(a, b, "10m")`, []string{`sequence(a, b, "10m") becomes the same in the opposite order`, `sequence(a, b, "10m") becomes the same in any order`}, nil},
		{`id == 5`, `count(a) >= 1 && a && b`, nil, []string{"a is dropped", "count(a) >= 1 is dropped"}},
	} {
		r := mutantRule(t, tc.when, tc.diagnosis)
		var all, equivalent []string
		for _, m := range Mutants(r) {
			all = append(all, m.What)
			if m.Equivalent {
				equivalent = append(equivalent, m.What)
			}
			if m.Pos.Line == 0 {
				t.Errorf("%s: %s has no place", tc.when, m.What)
			}
		}
		for _, w := range tc.want {
			if !slices.Contains(all, w) || slices.Contains(equivalent, w) {
				t.Errorf("%s / %s: no mutant that changes something %q in\n%s", tc.when, tc.diagnosis, w, strings.Join(all, "\n"))
			}
		}
		for _, w := range tc.equivalent {
			if !slices.Contains(equivalent, w) {
				t.Errorf("%s / %s: %q is not proved equivalent", tc.when, tc.diagnosis, w)
			}
		}
	}
}

// TestMutantsLeaveTheRuleAlone makes all mutants of the shipped rules and
// compares the rules before and after.
func TestMutantsLeaveTheRuleAlone(t *testing.T) {
	base, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range base.Rules {
		var before []string
		for _, s := range r.Signals {
			before = append(before, canonical(s.Cond))
		}
		n := len(Mutants(r))
		for i, s := range r.Signals {
			if got := canonical(s.Cond); got != before[i] {
				t.Errorf("%s %s is %s after its mutants were made", r.ID, s.Name, got)
			}
		}
		if n < 3*len(r.Signals) {
			t.Errorf("%s has only %d mutants of %d signals", r.ID, n, len(r.Signals))
		}
	}
}

// TestEquivalent proves what is equal, and nothing else.
func TestEquivalent(t *testing.T) {
	cond := func(text string) Cond { return mutantRule(t, text, "a || b").Signals[0].Cond }
	for _, tc := range []struct {
		a, b string
		want bool
	}{
		{`id == 5 && provider == "A"`, `provider == "a" && id == 5`, true},
		{`id in [5, 6] && provider == "A"`, `id in 5..6 && provider == "A"`, true},
		{`id >= 5 && provider == "A"`, `id > 4 && provider == "A"`, true},
		{`!(id == 5 || provider == "A")`, `id != 5 && provider != "A"`, true},
		{`id == 5 && provider == "A"`, `id == 5 || provider == "A"`, false},
		{`id >= 5 && provider == "A"`, `id > 5 && provider == "A"`, false},
		{`id == 5 && message contains "ab"`, `id == 5 && message contains "abc"`, false},
	} {
		if got := Equivalent(OnEvent, cond(tc.a), cond(tc.b)); got != tc.want {
			t.Errorf("%s and %s: equivalent is %v, want %v", tc.a, tc.b, got, tc.want)
		}
	}
}

func TestReadSeen(t *testing.T) {
	dir := t.TempDir()
	r := mutantRule(t, `id == 5`, `a || b`)
	r.Samples = []Sample{{Name: "fires-1.txt", Path: filepath.Join(dir, "fires-1.txt"), Fires: true}}
	if seen, err := r.ReadSeen(); seen != nil || err != nil {
		t.Errorf("without a file: %v, %v", seen, err)
	}
	want := map[string]map[string]int{"fires-1.txt": {"a": 2}}
	if err := r.WriteSeen(want); err != nil {
		t.Fatal(err)
	}
	if seen, err := r.ReadSeen(); err != nil || seen["fires-1.txt"]["a"] != 2 || len(seen) != 1 {
		t.Errorf("read again: %v, %v", seen, err)
	}
	for text, part := range map[string]string{
		"[\"fires-9.txt\"]\na = 1\n":   "there is no sample",
		"[\"fires-1.txt\"]\nc = 1\n":   "no signal c",
		"[\"fires-1.txt\"]\na = \"x\"": SeenFile,
	} {
		if err := os.WriteFile(filepath.Join(dir, SeenFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := r.ReadSeen(); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q: error %v, want %q in it", text, err, part)
		}
	}
}
