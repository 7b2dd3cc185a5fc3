package evtx_test

import (
	"testing"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/evtx"
	"kbdiag/parsers/evtx/evtxtest"
)

// used cuts the free space off a log of one chunk, so that the fuzzer's
// changes meet records.
func used(l evtxtest.Log) []byte {
	b := l.Bytes()
	free := int(b[fileHead+48]) | int(b[fileHead+49])<<8
	return b[fileHead : fileHead+free]
}

// FuzzChunk reads a chunk with whatever in it. The seal of its head is mended
// as the first byte says, so that both ways of reading are tried.
func FuzzChunk(f *testing.F) {
	for name, l := range samples() {
		if len(l.Chunks) == 1 {
			f.Add(byte(len(name)), used(l))
			f.Add(byte(len(name)+1), used(l))
		}
	}
	f.Fuzz(func(t *testing.T, mode byte, chunk []byte) {
		if len(chunk) > 2*chunkSize {
			t.Skip()
		}
		data := append([]byte(nil), chunk...)
		copy(data, "ElfChnk\x00")
		if mode&1 == 0 && len(data) >= chunkHead {
			evtxtest.Seal(data)
		}
		if mode&2 != 0 {
			data = append(data, data...) // with another chunk's templates at hand
		}
		check(t, data, evtx.Options{Carve: mode&4 != 0})
	})
}

// FuzzFile reads any file.
func FuzzFile(f *testing.F) {
	f.Add(services(1, 2)[:fileHead+8000])
	f.Add([]byte("ElfFile\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4*chunkSize {
			t.Skip()
		}
		check(t, data, evtx.Options{})
	})
}

// check reads data and holds what comes out to what must always be true.
func check(t *testing.T, data []byte, opts evtx.Options) {
	began := time.Now()
	seen := map[int64]bool{}
	opts.Workers = 2
	opts.Record = func(r *evtx.Record) {
		text, _ := r.AppendXML(nil) // what could be read is well-formed, too
		wellFormed(t, string(text))
		p := r.Pos
		if p.Offset < 0 || p.Length <= 0 || p.Offset+p.Length > int64(len(data)) {
			t.Errorf("event at %d+%d is outside of %d bytes", p.Offset, p.Length, len(data))
		}
		if seen[p.Offset] {
			t.Errorf("two events at %d, the second carved: %v", p.Offset, r.Carved)
		}
		seen[p.Offset] = true
	}
	acct := readBytes(t, data, opts, func(*parsers.Event) {})
	for _, s := range acct.Skipped {
		if s.Count <= 0 {
			t.Errorf("%d pieces skipped: %s", s.Count, s.Reason)
		}
		if s.Reason == "chunk that could not be read: defect in kbdiag, please report" {
			t.Error("panic in a worker")
		}
	}
	if d := time.Since(began); d > slowdown*2*time.Second {
		t.Errorf("%d bytes took %v", len(data), d)
	}
}
