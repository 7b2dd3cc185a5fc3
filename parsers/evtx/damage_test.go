package evtx_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/evtx"
)

// readBytes reads a log that is in memory.
func readBytes(t testing.TB, data []byte, opts evtx.Options, visit func(*parsers.Event)) *parsers.Account {
	t.Helper()
	in, err := parsers.NewInput("log.evtx", bytes.NewReader(data), bytes.NewReader(data), int64(len(data)), parsers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	acct := &parsers.Account{}
	if err := evtx.Read(in, parsers.NewOut(acct, parsers.Visitor{Event: visit}, nil), opts); err != nil {
		t.Fatal(err)
	}
	return acct
}

// place is where a record stands in the file.
type place struct {
	offset, length int64
}

// places gives the events of a log by place, and the places in their order.
func places(t testing.TB, data []byte) (map[place]parsers.Event, []place) {
	all, order := map[place]parsers.Event{}, []place(nil)
	readBytes(t, data, evtx.Options{Workers: 1}, func(e *parsers.Event) {
		p := place{e.Pos.Offset, e.Pos.Length}
		all[p] = *e
		order = append(order, p)
	})
	return all, order
}

// breakHead damages a record's head in one of the ways seen.
func breakHead(r *rand.Rand, head []byte) {
	switch r.IntN(4) {
	case 0:
		copy(head, "\x00\x00\x00\x00")
	case 1:
		binary.LittleEndian.PutUint32(head[4:], r.Uint32())
	case 2:
		binary.LittleEndian.PutUint32(head[4:], 0)
	default:
		for i := range head[:24] {
			head[i] = byte(r.Uint32())
		}
	}
}

// TestDamagedHeads breaks three record heads of each file and wants the other
// records all the same.
func TestDamagedHeads(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(corpus(t), "*.evtx"))
	if err != nil || len(files) == 0 {
		t.Fatal("no logs in the corpus", err)
	}
	seeds := 150
	if testing.Short() {
		seeds = 2
	}
	kept, undamaged, again, extra := 0, 0, 0, 0
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want, list := places(t, data)
		for seed := range seeds {
			r := rand.New(rand.NewPCG(uint64(seed), 1))
			broken := bytes.Clone(data)
			hit := map[place]bool{}
			for range min(3, len(list)) {
				p := list[r.IntN(len(list))]
				hit[p] = true
				breakHead(r, broken[p.offset:])
			}
			got, _ := places(t, broken)
			undamaged += len(want) - len(hit)
			for p, e := range want {
				g, ok := got[p]
				switch {
				case ok && hit[p]:
					again++
				case ok && g.ID == e.ID && g.Pos.Record == e.Pos.Record:
					kept++
				}
			}
			for p := range got {
				if _, ok := want[p]; !ok {
					extra++ // remains of older records in chunks that were being overwritten
				}
			}
		}
	}
	share := float64(kept) / float64(undamaged)
	t.Logf("%d of %d undamaged records kept (%.4f%%), %d damaged ones found again, %d that are not in the whole logs", kept, undamaged, 100*share, again, extra)
	if extra*10000 > kept {
		t.Errorf("%d events that are not in the whole logs", extra)
	}
	if share < 0.999 {
		t.Errorf("kept %.4f%% of the undamaged records, want 99.9%%", 100*share)
	}
}
