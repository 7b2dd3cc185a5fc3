package evtx_test

import (
	"os"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/evtx"
)

func BenchmarkFile(b *testing.B) {
	path := os.Getenv("KBDIAG_BENCH_EVTX")
	if path == "" {
		b.Skip("KBDIAG_BENCH_EVTX is not set: expected a large .evtx file")
	}
	for _, mode := range []struct {
		name string
		opts evtx.Options
	}{
		{"all", evtx.Options{}},
		{"heads", evtx.Options{Want: func(*parsers.Event) bool { return false }}},
	} {
		b.Run(mode.name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				f, err := os.Open(path)
				if err != nil {
					b.Fatal(err)
				}
				info, _ := f.Stat()
				b.SetBytes(info.Size())
				in, err := parsers.NewInput(path, f, f, info.Size(), parsers.Options{})
				if err != nil {
					b.Fatal(err)
				}
				acct := &parsers.Account{}
				if err := evtx.Read(in, parsers.NewOut(acct, parsers.Visitor{}, nil), mode.opts); err != nil {
					b.Fatal(err)
				}
				f.Close()
				n += acct.Events
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
