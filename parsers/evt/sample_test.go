package evt_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kbdiag/parsers"
	"kbdiag/parsers/evt"
	"kbdiag/parsers/evt/evttest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func at(minutes int) time.Time { return time.Date(2003, 5, 12, 9, minutes, 30, 0, time.UTC) }

func pop3(n int) evttest.Event {
	return evttest.Event{
		Source: "MSExchangePOP3", Computer: "MAIL01", ID: 0xC00432CB, Type: 1, Category: 3, Time: at(n),
		User: evttest.SID(18), Strings: []string{fmt.Sprintf("anna%d@example.com", n), "", "Größe \U0001F600"}, Data: []byte{0x5A, 0xFB, 0xFF, 0xFF},
	}
}

// samples are whole logs, each with a golden reading.
func samples() map[string]evttest.Log {
	levels := evttest.Log{First: 10}
	for i, typ := range []uint16{0, 1, 2, 4, 8, 16, 3} {
		levels.Events = append(levels.Events, evttest.Event{Source: "Security", Computer: "DC1", ID: uint32(528 + i), Type: typ, Time: at(i)})
	}
	return map[string]evttest.Log{
		"SysEvent": {Events: []evttest.Event{pop3(0), pop3(1)}},
		"levels":   levels,
		"dirty":    {Events: []evttest.Event{pop3(0), pop3(1), pop3(2)}, Dirty: true},
		"empty":    {},
	}
}

type reading struct {
	Events  []any             `json:"events"`
	Skipped []parsers.Skipped `json:"skipped,omitempty"`
	Notes   []string          `json:"notes,omitempty"`
}

func TestSamples(t *testing.T) {
	for name, l := range samples() {
		var r reading
		acct := readBytes(t, name+".Evt", l.Bytes(), evt.Options{}, func(e *parsers.Event) {
			b, err := json.Marshal(struct {
				*parsers.Event
				Level, Zone string
			}{e, e.Level.String(), e.Zone.String()})
			if err != nil {
				t.Fatal(err)
			}
			r.Events = append(r.Events, json.RawMessage(b))
		})
		r.Skipped, r.Notes = acct.Skipped, acct.Notes
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(r); err != nil {
			t.Fatal(err)
		}
		compare(t, name+".golden", b.Bytes())
	}
}

// TestSampleFile holds the sample that other tests of the project read to what
// the writer gives.
func TestSampleFile(t *testing.T) {
	compare(t, "SysEvent.Evt", samples()["SysEvent"].Bytes())
}

// compare holds got to a file of testdata.
func compare(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("..", "..", "testdata", "evt", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s differs (-want +got):\n%s", name, d)
	}
}

// full is a log of the given size that was filled with n events.
func full(n, size int) []byte {
	var l evttest.Log
	for i := range n {
		l.Events = append(l.Events, pop3(i))
	}
	l.Size, l.Dirty = size, true
	return l.Bytes()
}

type got struct {
	Records []uint64
	Skipped []string
}

func short(t *testing.T, data []byte, opts evt.Options) got {
	t.Helper()
	var g got
	acct := readBytes(t, "log.evt", data, opts, func(e *parsers.Event) {
		g.Records = append(g.Records, e.Pos.Record)
		if e.Pos.Offset < 0 || e.Pos.Length <= 0 || e.Pos.Offset+e.Pos.Length > int64(len(data)) {
			t.Errorf("record %d at %d+%d is outside of %d bytes", e.Pos.Record, e.Pos.Offset, e.Pos.Length, len(data))
		}
		if e.Has(parsers.FieldStrings) && e.Strings[0] != fmt.Sprintf("anna%d@example.com", e.Pos.Record-1) {
			t.Errorf("record %d has the data of %s", e.Pos.Record, e.Strings[0])
		}
	})
	for _, s := range acct.Skipped {
		g.Skipped = append(g.Skipped, fmt.Sprintf("%d %s", s.Count, s.Reason))
	}
	return g
}

func numbers(from, to uint64, without ...uint64) []uint64 {
	var list []uint64
	for n := from; n <= to; n++ {
		if !slices.Contains(without, n) {
			list = append(list, n)
		}
	}
	return list
}

// TestRing writes logs of many sizes, so that records and the end record are
// split at the end of the file in every way.
func TestRing(t *testing.T) {
	for size := 2048; size < 2048+240; size += 4 {
		data := full(40, size)
		g := short(t, data, evt.Options{})
		n := len(g.Records)
		if n < 7 || len(g.Skipped) > 0 || !slices.Equal(g.Records, numbers(uint64(41-n), 40)) {
			t.Errorf("size %d: %v", size, g)
		}
		// As a stream it reads the same.
		in, err := parsers.NewInput("-", bytes.NewReader(data), nil, -1, parsers.Options{})
		if err != nil {
			t.Fatal(err)
		}
		acct := &parsers.Account{}
		if err := evt.Read(in, parsers.NewOut(acct, parsers.Visitor{}, nil), evt.Options{}); err != nil || acct.Events != n {
			t.Errorf("size %d: %d events of a stream, want %d (%v)", size, acct.Events, n, err)
		}
	}
}

// records gives the places of the records in a log that is not wrapped.
func records(data []byte) []int {
	var list []int
	for i := 48; ; {
		j := bytes.Index(data[i:], []byte("LfLe"))
		if j < 0 {
			return list
		}
		list = append(list, i+j-4)
		i += j + 4
	}
}

func TestTraps(t *testing.T) {
	const lost = "record lost in a damaged part of the log"
	for _, c := range []struct {
		name   string
		damage func(b []byte, at []int) []byte
		want   got
	}{
		{"signature of a record", func(b []byte, at []int) []byte { clear(b[at[4]+4 : at[4]+8]); return b }, got{Records: numbers(1, 20)}},
		{"head of a record", func(b []byte, at []int) []byte { clear(b[at[4] : at[4]+8]); return b }, got{Records: numbers(1, 20)}},
		{"size far too large", func(b []byte, at []int) []byte {
			copy(b[at[4]:], "\xFF\xFF\xFF\x7F")
			return b
		}, got{Records: numbers(1, 20)}},
		{"a record without anything", func(b []byte, at []int) []byte { clear(b[at[4]:at[5]]); return b },
			got{Records: numbers(1, 20, 5), Skipped: []string{"1 " + lost}}},
		{"a page of zeros", func(b []byte, at []int) []byte { clear(b[at[4]+20 : at[9]+20]); return b },
			got{Records: numbers(1, 20, 5, 6, 7, 8, 9), Skipped: []string{"5 " + lost}}}, // of 10 the names are left
		{"first record", func(b []byte, at []int) []byte { clear(b[at[0]:at[1]]); return b },
			got{Records: numbers(2, 20), Skipped: []string{"1 " + lost}}},
		{"last record", func(b []byte, at []int) []byte { clear(b[at[19] : len(b)-40]); return b },
			got{Records: numbers(1, 19), Skipped: []string{"1 " + lost}}},
		{"end record", func(b []byte, _ []int) []byte { clear(b[len(b)-40:]); return b }, got{Records: numbers(1, 20)}},
		{"cut in a record", func(b []byte, at []int) []byte { return b[:at[12]+30] },
			got{Records: numbers(1, 12), Skipped: []string{"8 " + lost}}},
		{"cut behind a record", func(b []byte, at []int) []byte { return b[:at[12]] },
			got{Records: numbers(1, 12), Skipped: []string{"8 " + lost}}},
		{"head of the file", func(b []byte, _ []int) []byte { clear(b[:48]); return b }, got{Records: numbers(1, 20)}},
		{"head of the file missing", func(b []byte, _ []int) []byte { return b[48:] }, got{Records: numbers(1, 20)}},
		{"bytes behind the end", func(b []byte, _ []int) []byte { return append(b, make([]byte, 3000)...) }, got{Records: numbers(1, 20)}},
		{"offset of a SID that is not there", func(b []byte, at []int) []byte {
			copy(b[at[4]+40:], "\x00\x00\x00\x00\xFF\xFF\xFF\xFF")
			return b
		}, got{Records: numbers(1, 20)}},
		{"offset of the strings outside", func(b []byte, at []int) []byte {
			copy(b[at[4]+36:], "\xFF\xFF\xFF\xFF")
			return b
		}, got{Records: numbers(1, 20)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var l evttest.Log
			for i := range 20 {
				l.Events = append(l.Events, pop3(i))
			}
			b := l.Bytes()
			if d := cmp.Diff(c.want, short(t, c.damage(b, records(b)), evt.Options{})); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestStrings reads records that say more strings than they have, or whose
// strings run into what comes behind them.
func TestStrings(t *testing.T) {
	whole := []string{"anna0@example.com", "", "Größe \U0001F600"}
	for _, c := range []struct {
		name   string
		damage func(record []byte)
		want   []string
		cut    bool
	}{
		{"as it should be", func([]byte) {}, whole, false},
		{"fewer are asked for", func(r []byte) { r[26] = 1 }, whole[:1], false},
		{"more are asked for", func(r []byte) { r[26] = 9 }, whole, true},
		{"no NUL behind the last", func(r []byte) {
			data := binary.LittleEndian.Uint32(r[52:])
			r[data-2] = 'x'
		}, []string{whole[0], "", whole[2] + "x"}, false},
		{"offset outside", func(r []byte) { r[39] = 0x7F }, nil, false},
		{"all of them asked for", func(r []byte) { r[26], r[27] = 0xFF, 0xFF }, whole, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := evttest.Log{Events: []evttest.Event{pop3(0)}}.Bytes()
			c.damage(b[records(b)[0]:])
			readBytes(t, "log.evt", b, evt.Options{}, func(e *parsers.Event) {
				if d := cmp.Diff(c.want, e.Strings); d != "" || e.Truncated != c.cut || e.Has(parsers.FieldStrings) != (c.want != nil) {
					t.Errorf("cut %v, known %v (-want +got):\n%s", e.Truncated, e.Has(parsers.FieldStrings), d)
				}
				if len(e.Data) != 1 || e.Data[0].Value != "5AFBFFFF" {
					t.Errorf("data %v", e.Data)
				}
			})
		})
	}
}

// TestCarve finds what the ring no longer counts, without repeats.
func TestCarve(t *testing.T) {
	l := evttest.Log{}
	for i := range 10 {
		l.Events = append(l.Events, pop3(i))
	}
	b := l.Bytes()
	end := slices.Clone(b[len(b)-40:])
	at := records(b)
	// The log was cleared up to record 5, and the remains repeat record 8.
	for i, n := range []int{at[5], len(b) - 40, 11, 6} {
		end[20+4*i], end[21+4*i] = byte(n), byte(n>>8)
	}
	again := slices.Clone(b[at[7]:at[8]])
	b = append(append(b[:len(b)-40], end...), again...)
	var carved []uint64
	readBytes(t, "log.evt", b, evt.Options{Carve: true, Record: func(r *evt.Record) {
		if r.Carved {
			carved = append(carved, r.Pos.Record)
		}
	}}, nil)
	slices.Sort(carved)
	if d := cmp.Diff(numbers(1, 5), carved); d != "" {
		t.Errorf("carved (-want +got):\n%s", d)
	}
}

func TestDetect(t *testing.T) {
	whole := samples()["SysEvent"].Bytes()
	for _, c := range []struct {
		name string
		data []byte
		want int
	}{
		{"whole", whole, 100},
		{"without head", whole[48:], 80},
		{"text", []byte(strings.Repeat("LfLe is a mark\n", 10)), 0},
		{"empty", nil, 0},
	} {
		if got := evt.Format().Detect(&parsers.Head{Raw: c.data}); got != c.want {
			t.Errorf("%s: score %d, want %d", c.name, got, c.want)
		}
	}
}

// FuzzRead reads anything.
func FuzzRead(f *testing.F) {
	for _, l := range samples() {
		f.Add(l.Bytes())
	}
	f.Add(full(30, 2048))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<20 {
			t.Skip()
		}
		began := time.Now()
		readBytes(t, "log.evt", data, evt.Options{Carve: true, Record: func(r *evt.Record) {
			if r.Pos.Offset < 0 || r.Pos.Length <= 0 || r.Pos.Offset+r.Pos.Length > int64(len(data)) {
				t.Errorf("event at %d+%d is outside of %d bytes", r.Pos.Offset, r.Pos.Length, len(data))
			}
		}}, nil)
		if d := time.Since(began); d > 2*time.Second {
			t.Errorf("%d bytes took %v", len(data), d)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	data := full(20000, 4<<20)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n += readBytes(b, "log.evt", data, evt.Options{}, nil).Events
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "records/s")
}
