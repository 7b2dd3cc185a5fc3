package evtx_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/evtx"
	"kbdiag/parsers/evtx/evtxtest"
)

// big is a log of the given number of chunks, full of events of several kinds.
func big(t testing.TB, chunks int) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "big.evtx")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := evtxtest.WriteBig(f, chunks); err != nil {
		t.Fatal(err)
	}
	f.Close()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// logs gives the logs that are damaged in tests: the project's own, and those
// of the corpus where there is one. Large ones are cut to a few chunks.
func logs(t testing.TB) map[string][]byte {
	t.Helper()
	all := map[string][]byte{"big": big(t, 4), "services": services(3, 20)}
	for name, l := range samples() {
		all[name] = l.Bytes()
	}
	paths, _ := filepath.Glob(filepath.Join(os.Getenv("KBDIAG_CORPUS"), "evtx", "*.evtx"))
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(p)] = data[:min(len(data), fileHead+4*chunkSize)]
	}
	return all
}

// damages are ways in which files break.
var damages = map[string]func(r *rand.Rand, b []byte) []byte{
	"flip bytes": func(r *rand.Rand, b []byte) []byte {
		for range 1 + r.IntN(200) {
			b[r.IntN(len(b))] = byte(r.Uint32())
		}
		return b
	},
	"flip bits of one chunk": func(r *rand.Rand, b []byte) []byte {
		from := min(fileHead+r.IntN(len(b)/chunkSize+1)*chunkSize, len(b)-1)
		part := b[from:min(from+chunkSize, len(b))]
		for range 1 + r.IntN(400) {
			part[r.IntN(len(part))] ^= 1 << r.IntN(8)
		}
		return b
	},
	"cut": func(r *rand.Rand, b []byte) []byte { return b[:r.IntN(len(b))] },
	"splice": func(r *rand.Rand, b []byte) []byte {
		from := r.IntN(len(b))
		to := min(from+r.IntN(2*chunkSize), len(b))
		if r.IntN(2) == 0 {
			return slices.Delete(b, from, to) // a piece is missing
		}
		return slices.Insert(b, r.IntN(len(b)), slices.Clone(b[from:to])...) // a piece is there twice
	},
	"zeros": func(r *rand.Rand, b []byte) []byte {
		for range 1 + r.IntN(4) {
			page := r.IntN(len(b)) &^ 511
			clear(b[page:min(page+512*(1+r.IntN(16)), len(b))])
		}
		return b
	},
}

// TestBroken reads logs that are damaged in every way that files are. None may
// make it fail or take long, and what is given must lie where it says.
func TestBroken(t *testing.T) {
	seeds := 12
	if testing.Short() {
		seeds = 2
	}
	read, most := 0, time.Duration(0)
	for name, data := range logs(t) {
		for kind, damage := range damages {
			for seed := range seeds {
				broken := damage(rand.New(rand.NewPCG(uint64(seed), 2)), bytes.Clone(data))
				began := time.Now()
				check(t, broken, evtx.Options{Carve: seed%2 == 1})
				took := time.Since(began) / time.Duration(len(broken)/chunkSize+1)
				most = max(most, took)
				if took > slowdown*time.Second {
					t.Errorf("%s, %s, seed %d: %v a chunk", name, kind, seed, took)
				}
				read++
			}
		}
	}
	t.Logf("%d damaged logs read, with their XML; at most %v a chunk", read, most)
}

// TestAccounted breaks heads of records and wants every record to be read or
// accounted for.
func TestAccounted(t *testing.T) {
	data := services(3, 20)
	_, list := places(t, data)
	for seed := range 300 {
		r := rand.New(rand.NewPCG(uint64(seed), 3))
		broken := bytes.Clone(data)
		for range 1 + r.IntN(6) {
			p := list[r.IntN(len(list))]
			if r.IntN(2) == 0 {
				breakHead(r, broken[p.offset:])
				continue
			}
			clear(broken[p.offset : p.offset+p.length]) // nothing is left of it
		}
		acct := readBytes(t, broken, evtx.Options{}, nil)
		n := acct.Events
		for _, s := range acct.Skipped {
			n += s.Count
		}
		if n != len(list) {
			t.Errorf("seed %d: %d of %d records are read or accounted for: %v", seed, n, len(list), acct.Skipped)
		}
	}
}

// TestOwnDamagedHeads is TestDamagedHeads on logs of the project.
func TestOwnDamagedHeads(t *testing.T) {
	seeds := 150
	if testing.Short() {
		seeds = 5
	}
	kept, undamaged := 0, 0
	for name, data := range map[string][]byte{"big": big(t, 2), "services": services(3, 40)} {
		want, list := places(t, data)
		for seed := range seeds {
			r := rand.New(rand.NewPCG(uint64(seed), 1))
			broken, hit := bytes.Clone(data), map[place]bool{}
			for range 3 {
				p := list[r.IntN(len(list))]
				hit[p] = true
				breakHead(r, broken[p.offset:])
			}
			got, _ := places(t, broken)
			undamaged += len(want) - len(hit)
			for p, e := range want {
				if g, ok := got[p]; ok && !hit[p] && g.ID == e.ID && g.Pos.Record == e.Pos.Record {
					kept++
				}
			}
			for p := range got {
				if _, ok := want[p]; !ok {
					t.Fatalf("%s, seed %d: an event at %d that is not in the whole log", name, seed, p.offset)
				}
			}
		}
	}
	if share := float64(kept) / float64(undamaged); share < 0.999 {
		t.Errorf("kept %.4f%% of the undamaged records, want 99.9%%", 100*share)
	}
}

// TestWorkers wants the same bytes of any number of workers, from whole and
// from damaged logs: events, XML, account, and the order of all.
func TestWorkers(t *testing.T) {
	for name, data := range logs(t) {
		for seed := range 2 {
			if seed > 0 {
				data = damages["flip bytes"](rand.New(rand.NewPCG(uint64(seed), 4)), bytes.Clone(data))
			}
			one := inBytes(t, data, 1)
			for _, n := range []int{2, 5} {
				if !bytes.Equal(one, inBytes(t, data, n)) {
					t.Errorf("%s, seed %d: %d workers read something else", name, seed, n)
				}
			}
		}
	}
}

// inBytes writes down a reading by the given number of workers.
func inBytes(t *testing.T, data []byte, workers int) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	acct := readBytes(t, data, evtx.Options{Workers: workers, Carve: true, Record: func(r *evtx.Record) {
		text, err := r.AppendXML(nil)
		fmt.Fprintf(&b, "%s %v %v %v\n", text, err, r.Mended, r.Carved)
	}}, func(e *parsers.Event) {
		if err := enc.Encode(e); err != nil {
			t.Error(err)
		}
	})
	if err := enc.Encode(acct); err != nil {
		t.Error(err)
	}
	return b.Bytes()
}

// TestMemory reads a log of 16 MiB and looks at how much memory is in use
// meanwhile: that of some chunks, not that of the log.
func TestMemory(t *testing.T) {
	data := bytes.Repeat(big(t, 16)[fileHead:], 16)
	n := 0
	allocs := testing.AllocsPerRun(1, func() {
		n = readBytes(t, data, evtx.Options{Want: func(*parsers.Event) bool { return false }}, nil).Events
	})
	if n < 10000 || allocs > float64(n)/10 {
		t.Errorf("%.0f allocations for %d events that nobody wants", allocs, n)
	}
}
