package eventjson_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/eventjson"
)

// recordLines gives about 8 MB of records, one a line.
func recordLines() string {
	var b strings.Builder
	for i := range 16_000 {
		fmt.Fprintf(&b, sample+"\n", i)
	}
	return b.String()
}

func BenchmarkNXLog(b *testing.B) { benchmark(b, recordLines()) }

func BenchmarkWinlogbeat(b *testing.B) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "testdata", "event-json", "winlogbeat-7.ndjson"))
	if err != nil {
		b.Fatal(err)
	}
	benchmark(b, strings.Repeat(string(raw), 5000))
}

func BenchmarkEvtxDump(b *testing.B) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "testdata", "event-json", "evtx_dump-attributes.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	benchmark(b, strings.Repeat(string(raw), 10_000))
}

func BenchmarkPretty(b *testing.B) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "testdata", "event-json", "evtx_dump-records.txt"))
	if err != nil {
		b.Fatal(err)
	}
	benchmark(b, strings.Repeat(string(raw), 3000))
}

func benchmark(b *testing.B, text string) {
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		in, err := parsers.NewInput("x", strings.NewReader(text), nil, int64(len(text)), parsers.Options{})
		if err != nil {
			b.Fatal(err)
		}
		var acct parsers.Account
		if err := eventjson.Format().Parse(in, parsers.NewOut(&acct, parsers.Visitor{}, nil)); err != nil || acct.Events < 1000 {
			b.Fatal(acct.Events, err)
		}
	}
}

func BenchmarkFinderInProse(b *testing.B) {
	text := strings.Repeat("A line of prose {with a brace} and nothing else in it, as logs have.\n", 60_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	r := &parsers.Reader{Forms: parsers.Forms{Finders: []parsers.Finder{eventjson.Finder()}}}
	for b.Loop() {
		r.Stdin = strings.NewReader(text)
		if acct := r.Read("-", parsers.Visitor{})[0]; acct.Events != 0 {
			b.Fatal("events in prose")
		}
	}
}
