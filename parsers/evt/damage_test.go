package evt_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/evt"
	"kbdiag/parsers/evt/evttest"
)

// logs gives the logs that are damaged in tests: whole ones and one that has
// gone round, and the corpus' where there is one.
func logs(t testing.TB) map[string][]byte {
	t.Helper()
	var l evttest.Log
	for i := range 300 {
		l.Events = append(l.Events, pop3(i))
	}
	all := map[string][]byte{"whole": l.Bytes(), "wrapped": full(900, 64<<10)}
	if dir := os.Getenv("KBDIAG_CORPUS"); dir != "" {
		data, err := os.ReadFile(filepath.Join(dir, "evt", "SysEvent.Evt"))
		if err != nil {
			t.Fatal(err)
		}
		all["SysEvent.Evt"] = data
	}
	return all
}

// breakHead damages the head of a record.
func breakHead(r *rand.Rand, head []byte) {
	switch r.IntN(4) {
	case 0:
		clear(head[:4])
	case 1:
		binary.LittleEndian.PutUint32(head, r.Uint32())
	case 2:
		clear(head[4:8])
	default:
		for i := range head[:16] {
			head[i] = byte(r.Uint32())
		}
	}
}

// TestDamagedHeads breaks three heads of each log and wants the other records
// all the same, and each of those that are lost accounted for.
func TestDamagedHeads(t *testing.T) {
	seeds := 150
	if testing.Short() {
		seeds = 15
	}
	for name, data := range logs(t) {
		want, list := map[int64]uint64{}, []int64(nil)
		readBytes(t, name, data, evt.Options{}, func(e *parsers.Event) {
			want[e.Pos.Offset] = e.Pos.Record
			list = append(list, e.Pos.Offset)
		})
		kept, undamaged := 0, 0
		for seed := range seeds {
			r := rand.New(rand.NewPCG(uint64(seed), 1))
			broken, hit := bytes.Clone(data), map[int64]bool{}
			for range 3 {
				at := list[r.IntN(len(list))]
				if at+recordHead > int64(len(data)) {
					continue // goes on at the beginning of the file
				}
				hit[at] = true
				breakHead(r, broken[at:])
			}
			n := 0
			acct := readBytes(t, name, broken, evt.Options{}, func(e *parsers.Event) {
				if n++; !hit[e.Pos.Offset] && want[e.Pos.Offset] == e.Pos.Record {
					kept++
				}
			})
			undamaged += len(list) - len(hit)
			for _, s := range acct.Skipped {
				n += s.Count
			}
			if n < len(list) {
				t.Errorf("%s, seed %d: %d of %d records are read or accounted for", name, seed, n, len(list))
			}
		}
		share := float64(kept) / float64(undamaged)
		t.Logf("%s: %.4f%% of %d undamaged records kept", name, 100*share, undamaged)
		if share < 0.999 {
			t.Errorf("%s: kept %.4f%%, want 99.9%%", name, 100*share)
		}
	}
}

const recordHead = 56

// TestBroken flips bytes, cuts and splices. What is given must lie where it
// says and come once, and it must not take long.
func TestBroken(t *testing.T) {
	seeds := 60
	if testing.Short() {
		seeds = 10
	}
	for name, data := range logs(t) {
		for seed := range seeds {
			r := rand.New(rand.NewPCG(uint64(seed), 2))
			b := bytes.Clone(data)
			switch seed % 4 {
			case 0:
				for range 1 + r.IntN(300) {
					b[r.IntN(len(b))] = byte(r.Uint32())
				}
			case 1:
				b = b[:r.IntN(len(b))]
			case 2:
				from := r.IntN(len(b))
				b = append(b[:from:from], b[min(from+r.IntN(5000), len(b)):]...)
			default:
				for range 1 + r.IntN(5) {
					at := r.IntN(len(b)) &^ 511
					clear(b[at:min(at+512*(1+r.IntN(8)), len(b))])
				}
			}
			began, seen := time.Now(), map[int64]bool{}
			readBytes(t, name, b, evt.Options{Carve: true}, func(e *parsers.Event) {
				p := e.Pos
				if p.Offset < 0 || p.Length <= 0 || p.Offset+p.Length > int64(len(b)) {
					t.Errorf("%s, seed %d: event at %d+%d of %d bytes", name, seed, p.Offset, p.Length, len(b))
				}
				if seen[p.Offset] {
					t.Errorf("%s, seed %d: two events at %d, carved: %v", name, seed, p.Offset, e.Carved)
				}
				seen[p.Offset] = true
			})
			if d := time.Since(began); d > 10*time.Second {
				t.Errorf("%s, seed %d: took %v", name, seed, d)
			}
		}
	}
}
