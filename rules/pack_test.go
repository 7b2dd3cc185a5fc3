package rules_test

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/fstest"

	"kbdiag/rules"
)

// packOf packs rules of made text.
func packOf(tb testing.TB, n int) []byte {
	tb.Helper()
	fsys, texts := fstest.MapFS{}, map[string][]byte{}
	for _, id := range []string{"ACME0001", "ACME0002", "ACME0003"}[:n] {
		texts[id] = []byte(ruleText(id, id, ""))
		fsys[id+".toml"] = &fstest.MapFile{Data: texts[id]}
	}
	base, err := rules.Load(fsys, ".")
	if err != nil {
		tb.Fatal(err)
	}
	var out bytes.Buffer
	err = rules.WritePack(&out, "made", base, func(r *rules.Rule) ([]byte, error) { return texts[r.ID], nil }, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// FuzzPack reads packs that were changed anywhere: either all of their rules
// load as they were, or none.
func FuzzPack(f *testing.F) {
	whole := packOf(f, 3)
	f.Add(0, []byte("PK"))
	f.Add(len(whole)-10, []byte{0xFF, 0xFF})
	f.Add(60, []byte{})
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, at int, with []byte) {
		if at < 0 || at+len(with) > len(whole) {
			return
		}
		changed := bytes.Clone(whole)
		copy(changed[at:], with)
		if len(with) == 0 {
			changed = changed[:at]
		}
		file := filepath.Join(dir, "x.kbrules")
		if err := os.WriteFile(file, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		base, err := rules.LoadPaths(file)
		if n := len(base.Rules); n != 0 && n != 3 {
			t.Fatalf("%d rules, %v", n, err)
		}
		for _, r := range base.Rules {
			if want := ruleText(r.ID, r.ID, ""); r.Signals[0].When == "" || r.Title == "" || len(want) == 0 {
				t.Fatalf("rule %+v", r)
			}
		}
	})
}

// TestPackBomb reads a pack whose rule says that it is small and is not.
func TestPackBomb(t *testing.T) {
	fsys := fstest.MapFS{"ACME0001.toml": {Data: []byte(ruleText("ACME0001", "A", ""))}}
	base, err := rules.Load(fsys, ".")
	if err != nil {
		t.Fatal(err)
	}
	base.Rules[0].SHA256 = [32]byte{}
	var out bytes.Buffer
	if err := rules.WritePack(&out, "", base, func(*rules.Rule) ([]byte, error) { return []byte("changed"), nil }, nil); err == nil {
		t.Error("a rule that was changed was packed")
	}
	bomb := packBomb(t)
	file := filepath.Join(t.TempDir(), "bomb.kbrules")
	if err := os.WriteFile(file, bomb, 0o600); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	loaded, err := rules.LoadPaths(file)
	runtime.ReadMemStats(&after)
	if err == nil || len(loaded.Rules) != 0 {
		t.Errorf("%d rules, %v", len(loaded.Rules), err)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 100<<20 {
		t.Errorf("allocated %d MB", got>>20)
	}
}
