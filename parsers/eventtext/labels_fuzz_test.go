package eventtext

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
)

// readBytes reads one input from memory.
func readBytes(forms parsers.Forms, data []byte, visit parsers.Visitor) []*parsers.Account {
	r := &parsers.Reader{Forms: forms, Stdin: bytes.NewReader(data)}
	return r.Read(parsers.StdinName, visit)
}

// checkInput reads data and fails if an event stands outside the input, or if
// the reading takes out of all proportion to the size.
func checkInput(t *testing.T, forms parsers.Forms, data []byte) {
	start := time.Now()
	last := int64(-1)
	for _, acct := range readBytes(forms, data, parsers.Visitor{Event: func(e *parsers.Event) {
		if e.Pos.Offset < 0 || e.Pos.Length <= 0 || e.Pos.Offset+e.Pos.Length > int64(len(data)) {
			t.Errorf("event %d at %d, %d bytes, in %d bytes", e.ID, e.Pos.Offset, e.Pos.Length, len(data))
		}
		if e.Pos.Offset < last {
			t.Errorf("event %d at %d, behind one at %d", e.ID, e.Pos.Offset, last)
		}
		last = e.Pos.Offset
		if !e.Has(parsers.FieldID) {
			t.Error("event without an id")
		}
	}}) {
		if acct.Err != nil && strings.Contains(acct.Err.Error(), "defect") {
			t.Error(acct.Err)
		}
	}
	if d := time.Since(start); d > 2*time.Second+time.Duration(len(data))*20*time.Microsecond {
		t.Errorf("%d bytes took %v", len(data), d)
	}
}

// addSamples adds the samples of the families to the seeds.
func addSamples(f *testing.F, families ...string) {
	for _, family := range families {
		paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", family, "*"))
		if err != nil || len(paths) == 0 {
			f.Fatal("no samples of ", family)
		}
		for _, p := range paths {
			if strings.HasSuffix(p, ".golden") {
				continue
			}
			data, err := os.ReadFile(p)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
}

func FuzzLabels(f *testing.F) {
	addSamples(f, "clipboard-2000", "clipboard-vista", "event-quotes")
	f.Add([]byte("Ereignistyp: Fehler\r\n\r\nEreignisquelle: TorDienst\r\n\r\nEr\xcc\xb1ewurde vigniskategorie: T\u00fcren\r\n\r\nEreignis-ID: 15004\r\n\xb7")) // a row of nothing but a bullet
	f.Add([]byte("Event ID: 15004\n\n:\nSource: A\n"))
	forms := parsers.Forms{Finders: []parsers.Finder{LabelFinder()}}
	f.Fuzz(func(t *testing.T, data []byte) { checkInput(t, forms, data) })
}

func FuzzEventXML(f *testing.F) {
	addSamples(f, "event-xml")
	f.Add([]byte("<Event><System><Provider Name='0'0></Event>0"))
	forms := parsers.Forms{Formats: []parsers.Format{EventXML()}, Finders: []parsers.Finder{LabelFinder()}}
	f.Fuzz(func(t *testing.T, data []byte) { checkInput(t, forms, data) })
}

func FuzzXMLReader(f *testing.F) {
	f.Add("<Event><System><Provider Name='a'/><EventID Qualifiers='1'>5</EventID></System><EventData><Data Name='x'>1 &lt; 2</Data></EventData></Event>")
	f.Add("<Event><UserData><a b='c'><![CDATA[x]]></a></UserData><Event>")
	var x xmlReader
	f.Fuzz(func(t *testing.T, text string) {
		var e parsers.Event
		n, complete := x.read(text, &e)
		if n < 0 || n > len(text) {
			t.Errorf("read %d of %d", n, len(text))
		}
		if complete && n == 0 {
			t.Error("complete, but nothing read")
		}
	})
}

func FuzzUnwrap(f *testing.F) {
	f.Add("The description for Event ID ( 5 ) in Source ( Foo ) could not be found. It contains the following insertion string(s): a, b.")
	f.Add("ソース 'X' のイベント ID '98' の説明が見つかりません。次の情報はイベントの一部です:'a', 'b'")
	f.Fuzz(func(t *testing.T, text string) {
		e := parsers.Event{Known: parsers.FieldMessage, Message: text}
		lost := unwrapDescription(&e)
		if lost == e.Has(parsers.FieldMessage) {
			t.Errorf("lost %v, known %v", lost, e.Has(parsers.FieldMessage))
		}
	})
}

// TestHostileLabels reads inputs that take minutes if the reading is quadratic,
// and a second otherwise. The limit leaves room for the race detector.
func TestHostileLabels(t *testing.T) {
	many := func(s string, n int) []byte {
		if testing.Short() {
			n = max(n/10, 1)
		}
		return []byte(strings.Repeat(s, n))
	}
	inputs := map[string][]byte{
		"labels":           many("Event Type:\tError\n", 60_000),
		"ids":              many("   Event ID: 5\n", 60_000),
		"ids and gaps":     many("Event ID: 5\n\n", 60_000),
		"sources":          many("Source: X\n", 60_000),
		"one line":         append(many("Event ID: 5 Source: X ", 40_000), '\n'),
		"quote marks":      many("> > > > > > > > > > > > > > Event ID: 5\n", 30_000),
		"markup":           append(many("<br />Event ID: 5", 50_000), '\n'),
		"open tags":        many("<Event><System><Data a=\"\n", 30_000),
		"open tags 1":      append(many("<Event ", 100_000), '\n'),
		"open xml":         append([]byte("<?xml version='1.0'?><Event ><System><Provider "), many("<Event x='", 100_000)...),
		"wrappers":         many("The description for Event ID ( 5 ) in Source\n", 50_000),
		"wrappers, no end": many("The description for Event ID ", 50_000),
		"friendly":         many("- Provider\n", 60_000),
		"list":             many(" - Event ID 5\n", 60_000),
		"list of gaps":     many(" - Event ID 5\n\n", 60_000),
		"hex":              many("0000: 00 00 00 00\n", 60_000),
		"data":             append([]byte("Event ID: 5\nSource: X\nDescription:\n"), many("Data:\n", 60_000)...),
		"xml labels":       append([]byte("Log Name: A\nSource: B\nDate: 1/1/2001\nEvent ID: 5\nLevel: Error\nDescription:\n"), many("Event Xml:\n\n", 60_000)...),
		"events in words":  append(many("Event ", 100_000), '\n'),
	}
	forms := labelForms()
	for name, data := range inputs {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			checkInput(t, forms, data)
			if d := time.Since(start); d > 30*time.Second {
				t.Errorf("%d bytes took %v", len(data), d)
			}
		})
	}
}

// clipboardText makes n records of the clipboard of 2000.
func clipboardText(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "Event Type:\tError\r\nEvent Source:\tGate Keeper %d\r\nEvent Category:\tNone\r\nEvent ID:\t%d\r\nDate:\t\t%d/%d/2003\r\nTime:\t\t9:%02d:02 PM\r\nUser:\t\tN/A\r\nComputer:\tOAK%d\r\nDescription:\r\nThe gate of yard %d could not be opened.\r\n \r\n  Keeper:\tyes\r\nFor more information, see Help and Support Center at http://go.microsoft.com/fwlink/events.asp.\r\nData:\r\n0000: c000005e   \r\n\r\n",
			i%7, i%3000, i%12+1, i%28+1, i%60, i%5, i)
	}
	return b.Bytes()
}

// vistaText makes n records of the clipboard of Vista with their XML.
func vistaText(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "Log Name:      Application\r\nSource:        Gate Keeper %d\r\nDate:          %d/%d/2016 9:%02d:02 PM\r\nEvent ID:      %d\r\nTask Category: None\r\nLevel:         Error\r\nKeywords:      Classic\r\nUser:          N/A\r\nComputer:      OAK%d\r\nDescription:\r\nThe gate of yard %d could not be opened.\r\nEvent Xml:\r\n%s\r\n",
			i%7, i%12+1, i%28+1, i%60, i%3000, i%5, i, eventXMLText(i, "\r\n  "))
	}
	return b.Bytes()
}

func eventXMLText(i int, gap string) string {
	return strings.ReplaceAll(fmt.Sprintf("<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">|<System>|<Provider Name=\"Gate Keeper %d\" Guid=\"{555908d1-a6d7-4695-8e1e-26931d2012f4}\" />|<EventID Qualifiers=\"49152\">%d</EventID>|<Version>0</Version>|<Level>2</Level>|<Task>0</Task>|<Opcode>0</Opcode>|<Keywords>0x80000000000000</Keywords>|<TimeCreated SystemTime=\"2016-%02d-%02dT20:%02d:02.250000000Z\" />|<EventRecordID>%d</EventRecordID>|<Correlation />|<Execution ProcessID=\"548\" ThreadID=\"1340\" />|<Channel>Application</Channel>|<Computer>OAK%d</Computer>|<Security />|</System>|<EventData>|<Data Name=\"yard\">%d</Data>|<Data Name=\"keeper\">jo &amp; co</Data>|<Data Name=\"path\">C:\\gates\\%d\\keeper.exe</Data>|</EventData>|</Event>\r\n",
		i%7, i%3000, i%12+1, i%28+1, i%60, i, i%5, i, i), "|", gap)
}

func benchText(b *testing.B, forms parsers.Forms, data []byte, want int) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n = 0
		readBytes(forms, data, parsers.Visitor{Event: func(*parsers.Event) { n++ }})
		if n != want {
			b.Fatalf("%d events, want %d", n, want)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkClipboard2000(b *testing.B) {
	benchText(b, parsers.Forms{Finders: []parsers.Finder{LabelFinder()}}, clipboardText(30_000), 30_000)
}

func BenchmarkClipboardVista(b *testing.B) {
	benchText(b, parsers.Forms{Finders: []parsers.Finder{LabelFinder()}}, vistaText(8_000), 8_000)
}

func BenchmarkEventXML(b *testing.B) {
	var t bytes.Buffer
	t.WriteString("<Events>")
	for i := range 10_000 {
		t.WriteString(eventXMLText(i, ""))
	}
	benchText(b, parsers.Forms{Formats: []parsers.Format{EventXML()}}, t.Bytes(), 10_000)
}

// BenchmarkFindLabels measures the finder alone, without reading and hashing.
func BenchmarkFindLabels(b *testing.B) {
	data := clipboardText(10_000)
	var lines []parsers.TextLine
	offset := int64(0)
	for i, l := range strings.SplitAfter(string(data), "\n") {
		lines = append(lines, parsers.TextLine{Text: strings.TrimRight(l, "\r\n"), No: i + 1, Offset: offset, Length: len(l)})
		offset += int64(len(l))
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	find := LabelFinder().Find
	for b.Loop() {
		find(parsers.NewWindow(lines), parsers.NewOut(&parsers.Account{}, parsers.Visitor{}, nil))
	}
}

// BenchmarkFindInProse measures the finder on text without events.
func BenchmarkFindInProse(b *testing.B) {
	var lines []parsers.TextLine
	for i := range 20_000 {
		text := "The quick brown fox jumps over the lazy dog; every evening of the week, so it is said."
		lines = append(lines, parsers.TextLine{Text: text, No: i + 1, Offset: int64(i * 90), Length: 90})
	}
	b.SetBytes(20_000 * 90)
	find := LabelFinder().Find
	for b.Loop() {
		find(parsers.NewWindow(lines), parsers.NewOut(&parsers.Account{}, parsers.Visitor{}, nil))
	}
}
