package eventtools_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtools"
	"kbdiag/parsers/formats"
)

// read reads one input from memory.
func read(forms parsers.Forms, data []byte, visit parsers.Visitor) []*parsers.Account {
	r := &parsers.Reader{Forms: forms, Stdin: bytes.NewReader(data)}
	return r.Read(parsers.StdinName, visit)
}

// check reads data and fails if a record stands outside the input or out of
// order, or if reading takes out of all proportion to the size.
func check(t *testing.T, forms parsers.Forms, data []byte) {
	t.Helper()
	start := time.Now()
	last := int64(-1)
	place := func(p parsers.Pos) {
		if p.Offset < 0 || p.Length <= 0 || p.Offset+p.Length > int64(len(data)) || p.Offset < last {
			t.Errorf("record at %d, %d bytes, behind %d, in %d bytes", p.Offset, p.Length, last, len(data))
		}
		last = p.Offset
	}
	for _, a := range read(forms, data, parsers.Visitor{
		Event: func(e *parsers.Event) {
			place(e.Pos)
			if !e.Has(parsers.FieldID) && !e.Has(parsers.FieldProvider) && !e.Has(parsers.FieldRecord) {
				t.Error("event of nothing")
			}
		},
		Line: func(l *parsers.Line) { place(l.Pos) },
	}) {
		if a.Err != nil && strings.Contains(a.Err.Error(), "defect") {
			t.Error(a.Err)
		}
	}
	if d := time.Since(start); d > 3*time.Second+time.Duration(len(data))*20*time.Microsecond {
		t.Errorf("%d bytes took %v", len(data), d)
	}
}

// all are the forms of this room alone.
func all() parsers.Forms {
	return parsers.Forms{
		Formats: []parsers.Format{
			eventtools.PsLogList(), eventtools.PsLogListRows(), eventtools.EventTable(), eventtools.EventQueryList(),
			eventtools.NirSoftText(), eventtools.NirSoftXML(), eventtools.MSInfo(), eventtools.MSInfoXML(), eventtools.DCDiag(),
			eventtools.FRST(), eventtools.OTL(), eventtools.DDS(), eventtools.RSIT(), eventtools.EvtExport(), eventtools.TraceReport(),
		},
		Finders: []parsers.Finder{eventtools.Finder()},
	}
}

// addSamples adds the samples whose names begin so to the seeds.
func addSamples(f *testing.F, prefixes ...string) {
	n := 0
	for _, p := range prefixes {
		paths, err := filepath.Glob(filepath.Join(samples, p+"*"))
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range paths {
			if strings.HasSuffix(path, ".golden") {
				continue
			}
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
			n++
		}
	}
	if n == 0 {
		f.Fatal("no samples of ", prefixes)
	}
}

func fuzz(f *testing.F, form parsers.Format, prefixes ...string) {
	addSamples(f, prefixes...)
	forms := parsers.Forms{Formats: []parsers.Format{form}, Finders: []parsers.Finder{eventtools.Finder()}}
	f.Fuzz(func(t *testing.T, data []byte) {
		check(t, forms, data)
		check(t, parsers.Forms{Finders: forms.Finders}, data)
	})
}

func FuzzPsLogList(f *testing.F)     { fuzz(f, eventtools.PsLogList(), "psloglist") }
func FuzzPsLogListRows(f *testing.F) { fuzz(f, eventtools.PsLogListRows(), "psloglist-s") }
func FuzzEventTable(f *testing.F)    { fuzz(f, eventtools.EventTable(), "eventquery", "logparser") }
func FuzzEventQuery(f *testing.F)    { fuzz(f, eventtools.EventQueryList(), "eventquery") }
func FuzzNirSoft(f *testing.F)       { fuzz(f, eventtools.NirSoftText(), "nirsoft", "myevent") }
func FuzzNirSoftXML(f *testing.F)    { fuzz(f, eventtools.NirSoftXML(), "nirsoft.xml") }
func FuzzMSInfo(f *testing.F)        { fuzz(f, eventtools.MSInfo(), "msinfo32") }
func FuzzMSInfoXML(f *testing.F)     { fuzz(f, eventtools.MSInfoXML(), "msinfo32.nfo") }
func FuzzDCDiag(f *testing.F)        { fuzz(f, eventtools.DCDiag(), "dcdiag") }
func FuzzFRST(f *testing.F)          { fuzz(f, eventtools.FRST(), "frst", "minitoolbox") }
func FuzzOTL(f *testing.F)           { fuzz(f, eventtools.OTL(), "otl") }
func FuzzDDS(f *testing.F)           { fuzz(f, eventtools.DDS(), "dds") }
func FuzzRSIT(f *testing.F)          { fuzz(f, eventtools.RSIT(), "rsit") }
func FuzzEvtExport(f *testing.F)     { fuzz(f, eventtools.EvtExport(), "evtexport", "evtxexport") }
func FuzzTraceReport(f *testing.F)   { fuzz(f, eventtools.TraceReport(), "tracerpt") }

// TestHostile reads inputs that take minutes if reading is quadratic, and a
// second otherwise. The limit leaves room for the race detector.
func TestHostile(t *testing.T) {
	many := func(s string, n int) []byte {
		if testing.Short() {
			n = max(n/10, 1)
		}
		return []byte(strings.Repeat(s, n))
	}
	inputs := map[string][]byte{
		"ps openings":      many("[1] A\n   Type: ERROR\n", 40_000),
		"ps gaps":          many("[1] A\n   Type: ERROR\n   Computer: B\n   Time: 1/2/2020 1:02:03 AM   ID: 5\ntext\n\nmore\n\n", 20_000),
		"ps message":       append([]byte("[1] A\n   Type: ERROR\n   Computer: B\n"), many("a line of text\n\n", 60_000)...),
		"ps rows":          many("1,System,A,ERROR,B,1/2/2020 1:02:03 AM,5,N/A,t\n", 40_000),
		"ps separators":    many("1,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n", 40_000),
		"rules":            many("---- ---- ---- ----\n", 60_000),
		"tables":           many("EventID Source Time\n------- ------ ----\n", 40_000),
		"one long rule":    many("-- ", 300_000),
		"nirsoft rules":    many("==================================================\n", 60_000),
		"nirsoft values":   append(many("==================================================\n", 1), many("Event ID          : 5\n", 60_000)...),
		"nirsoft openings": many("==================================================\nEvent ID          : 5\nDescription       : \n\n\n", 20_000),
		"xml items":        many("<item>\n<event_id>5\n", 40_000),
		"xml open":         append([]byte("<item>\n"), many("<a>\n", 60_000)...),
		"nfo data":         many("<Data>\n<Time>\n", 40_000),
		"breaks":           many("&#x000d;&#x000a;", 60_000),
		"info rows":        many("1/2/2020 1:02 AM\tApplication Error\tx&#x000d;\n", 40_000),
		"dcdiag":           many("An error event occurred.  EventID: 0xC0002719\n   Time Generated: 11/28/2013   18:05:14\n   Event String:\n", 20_000),
		"dcdiag ids":       many("EventID: 0xC0002719\n", 60_000),
		"dcdiag text":      append([]byte("An error event occurred.  EventID: 0xC0002719\n   Time Generated: 11/28/2013   18:05:14\n"), many("   text\n\n", 60_000)...),
		"frst":             many("Error: (03/06/2025 03:05:39 PM) (Source: X) (EventID: 7000) (User: )\nDescription: a\n\nb\n\n", 20_000),
		"frst brackets":    append([]byte("Error: (03/06/2025 03:05:39 PM) "), many("(", 500_000)...),
		"frst openings":    many("Error: (03/06/2025 03:05:39 PM) (Source: X\n", 40_000),
		"frst dated":       append([]byte("Windows Defender:\n==========\n"), many("Date: 2025-03-06 14:09:04\nDescription: a\n\n", 30_000)...),
		"otl":              many("Error - 3/6/2025 3:05:39 PM | Computer Name = X | Source = Y | ID = 7000\nDescription = a\n\nb\n\n", 20_000),
		"otl bars":         append([]byte("Error - 3/6/2025 3:05:39 PM "), many("| ", 300_000)...),
		"dds":              many("3/6/2011 9:05:39 AM, error: X [7000]  - a\n", 40_000),
		"rsit":             many("Computer Name: A\nEvent Code: 5\nMessage: a\n\n", 30_000),
		"export":           many("Event number\t: 1\nWritten time\t: x\n", 40_000),
		"export strings":   append([]byte("Event number\t: 1\nSource name\t: X\nNumber of strings\t: 60000\n"), many("String: 1\t: a\n", 60_000)...),
		"export gaps":      append([]byte("Event number\t: 1\nSource name\t: X\nNumber of strings\t: 2\nString: 1\t: a\n"), many("\n\nx\n", 60_000)...),
		"trace":            append([]byte("Event Name, Clock-Time, User Data\n"), many("a, 132459562851234567, ,,,,,,,,,,,\n", 40_000)...),
		"markup":           many("<p><p><p><p><p><p><p><p><p><p><p><p>x</p></p></p></p></p></p>\n", 20_000),
		"quotes":           many("> > > > > > > > > > > > [1] A\n", 40_000),
	}
	for name, data := range inputs {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			check(t, all(), data)
			check(t, parsers.Forms{Finders: []parsers.Finder{eventtools.Finder()}}, data)
			if d := time.Since(start); d > 60*time.Second {
				t.Errorf("%d bytes took %v", len(data), d)
			}
		})
	}
}

// TestPages reads files larger than what is held in hand, with the ends of
// pages at other places of the records, and misses none.
func TestPages(t *testing.T) {
	n := 15_000
	if testing.Short() {
		n = 13_000 // still more than a page
	}
	for _, b := range bulk {
		for _, lead := range []int{0, 5} {
			data := append(bytes.Repeat([]byte("\n"), lead), b.text(n)...)
			events, other := 0, 0
			accts := read(formats.All(), data, parsers.Visitor{
				Event: func(*parsers.Event) { events++ },
				Line:  func(*parsers.Line) { other++ },
			})
			if a := accts[0]; a.Format != b.form || events != n || other > 5 {
				t.Errorf("%s: read as %s, %d events, %d lines", b.form, a.Format, events, other)
			}
		}
	}
}

// bulkForm makes records of one form.
type bulkForm struct {
	form, head string
	row        func(b *bytes.Buffer, i int)
}

// bulk are forms that can be large.
var bulk = []bulkForm{
	{"psloglist", "System log on \\\\OAK:\r\n", func(b *bytes.Buffer, i int) {
		fmt.Fprintf(b, "[%d] Service Control Manager\r\n   Type:     ERROR \r\n   Computer: OAK.example.test\r\n   Time:     %d/%d/2020 8:36:%02d AM   ID:       7000 \r\n   User:     NT AUTHORITY\\SYSTEM\r\nThe Gate Keeper %d service failed to start due to the following error: \r\n%%%%1053\r\n\r\n", i, i%12+1, i%28+1, i%60, i)
	}},
	{"psloglist-rows", "", func(b *bytes.Buffer, i int) {
		fmt.Fprintf(b, "%d,System,Service Control Manager,ERROR,OAK,%d/%d/2020 8:36:%02d AM,7000,N/A,The Gate Keeper %d service failed to start due to the following error: %%%%1053\r\n", i, i%12+1, i%28+1, i%60, i)
	}},
	{"evtexport", "evtexport 20200926\n\n", func(b *bytes.Buffer, i int) {
		fmt.Fprintf(b, "Event number\t\t\t: %d\nCreation time\t\t\t: Jul 27, 2011 06:41:%02d UTC\nWritten time\t\t\t: Jul 27, 2011 06:41:47 UTC\nEvent type\t\t\t: Warning event (2)\nComputer name\t\t\t: OAK\nSource name\t\t\t: Gate Keeper\nEvent category\t\t\t: 3\nEvent identifier\t\t: 0x8000a001 (2147524609)\nNumber of strings\t\t: 2\nString: 1\t\t\t: gate/OAK\nString: 2\t\t\t: \"The gate of yard %d stood open for longer than it may.\r\n (0xc0000388)\"\n\n", i+1, i%60, i)
	}},
	{"nirsoft-text", "", func(b *bytes.Buffer, i int) {
		fmt.Fprintf(b, "==================================================\r\nEvent Time        : %d/%d/2020 8:36:%02d AM\r\nRecord ID         : %d\r\nEvent ID          : 7000\r\nLevel             : Error\r\nChannel           : System\r\nProvider          : Service Control Manager\r\nDescription       : The Gate Keeper service failed to start.\r\nComputer          : OAK\r\n==================================================\r\n\r\n", i%12+1, i%28+1, i%60, i)
	}},
}

// text makes n records.
func (f *bulkForm) text(n int) []byte {
	var b bytes.Buffer
	b.WriteString(f.head)
	for i := range n {
		f.row(&b, i)
	}
	return b.Bytes()
}

// BenchmarkBulk reads large files as the whole program does.
func BenchmarkBulk(b *testing.B) {
	for i := range bulk {
		f := &bulk[i]
		const n = 30_000
		data := f.text(n)
		b.Run(f.form, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				got := 0
				read(formats.All(), data, parsers.Visitor{Event: func(*parsers.Event) { got++ }})
				if got != n {
					b.Fatalf("%d events, want %d", got, n)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkFind measures the finder on text without events, and on quotes.
func BenchmarkFind(b *testing.B) {
	texts := map[string]string{
		"prose":  "The quick brown fox jumps over the lazy dog; every evening of the week, so it is said.\n",
		"log":    "2024-05-12 10:11:12,345 INFO  [worker-12] Handled request 4711 of client 192.0.2.3 in 12 ms\n",
		"quotes": "> [3] Gate Keeper\n>    Type:     ERROR \n>    Computer: OAK\n>    Time:     9/25/2020 8:36:47 AM   ID:       12 \n> The latch is stuck.\n>\n",
	}
	for name, text := range texts {
		var lines []parsers.TextLine
		size := int64(0)
		for i, l := range strings.SplitAfter(strings.Repeat(text, 20_000), "\n") {
			lines = append(lines, parsers.TextLine{Text: strings.TrimSuffix(l, "\n"), No: i + 1, Offset: size, Length: len(l)})
			size += int64(len(l))
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			find := eventtools.Finder().Find
			for b.Loop() {
				find(parsers.NewWindow(lines), parsers.NewOut(&parsers.Account{}, parsers.Visitor{}, nil))
			}
		})
	}
}
