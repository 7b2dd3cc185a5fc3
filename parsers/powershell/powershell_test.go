package powershell

import (
	"bytes"
	"flag"
	"fmt"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtable/tabletest"
	"kbdiag/parsers/eventtext"
	"kbdiag/parsers/goldentest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// forms are those of this room, before the labels as in the list of all.
func forms() parsers.Forms {
	return parsers.Forms{
		Formats: []parsers.Format{eventtext.EventXML(), CLIXML(), Format()},
		Finders: []parsers.Finder{eventtext.SavedRowFinder(), Finder(), eventtext.LabelFinder()},
	}
}

func TestGolden(t *testing.T) {
	goldentest.Files(t, "powershell", 10, *update, goldentest.Reading(forms()))
}

func TestCorpus(t *testing.T) {
	tabletest.Corpus(t, forms(), "get-eventlog-fl", "get-eventlog-ft", "get-winevent-fl", "get-winevent-ft", "clixml")
}

func FuzzPowerShell(f *testing.F) {
	tabletest.Seeds(f, "powershell")
	f.Fuzz(func(t *testing.T, data []byte) { tabletest.Check(t, forms(), data) })
}

// TestHostile reads inputs that take minutes if the reading is quadratic, and
// a second otherwise.
func TestHostile(t *testing.T) {
	var stairs strings.Builder
	for i := range 1500 {
		stairs.WriteString(strings.Repeat(" ", i) + "Source : x\n")
	}
	for name, text := range map[string]string{
		"messages":    strings.Repeat("Message : x\n  y\n", 50000),
		"stairs":      stairs.String(),
		"no id":       "Message      : x\n" + strings.Repeat("               y\n", 100000),
		"gaps":        "Message      : x\n" + strings.Repeat("\nSource       : y\n", 50000),
		"rules":       strings.Repeat("Id TimeCreated\n-- -----------\n", 30000),
		"columns":     strings.Repeat("Id ", 200000) + "\n" + strings.Repeat("-- ", 200000) + "\n",
		"wide row":    "TimeCreated ProviderName Id LevelDisplayName Message\n----------- ------------ -- ---------------- -------\n" + strings.Repeat("2024-01-31 17:06:07 a a a a a a a", 30000),
		"many rows":   "TimeCreated         Id Message\n-----------         -- -------\n" + strings.Repeat("2024-01-31 17:06:07  5 x\n", 60000),
		"objects":     "<Objs Version=\"1.1\" xmlns=\"x\">TimeCreated EventLogRecord" + strings.Repeat("<Obj RefId=\"1\"><Props>\n", 60000),
		"value":       "<Objs Version=\"1.1\" xmlns=\"x\"><Obj RefId=\"1\"><Props><S N=\"TimeCreated\">" + strings.Repeat("x\n", 500000),
		"tags":        "<Objs Version=\"1.1\" xmlns=\"x\"><S N=\"TimeCreated\">" + strings.Repeat("<", 900000),
		"pasted tags": "Hello\n" + strings.Repeat("<Obj RefId=\"0\">\n", 60000),
	} {
		t.Run(name, func(t *testing.T) { tabletest.Check(t, forms(), []byte(text)) })
	}
}

// TestChunks reads files of several chunks: no event is cut in two, and a
// table goes on.
func TestChunks(t *testing.T) {
	const n = 30000
	list := "Message      : It is full,\r\n               and more.\r\n\r\n               Really.\r\nId           : %d\r\nProviderName : Widget\r\nTimeCreated  : 31/01/2024 17:06:07\r\n\r\n"
	row := "31/01/2024 17:06:07 %5d Widget       It is full.\r\n"
	for name, text := range map[string]string{
		"list":  times(list, n),
		"table": "TimeCreated            Id ProviderName Message\r\n-----------            -- ------------ -------\r\n" + times(row, n),
	} {
		got := 0
		r := &parsers.Reader{Forms: forms(), Stdin: strings.NewReader(text)}
		accts := r.Read(parsers.StdinName, parsers.Visitor{Event: func(e *parsers.Event) {
			if int(e.ID) != got || e.Provider != "Widget" || !e.Has(parsers.FieldTime) || !strings.HasPrefix(e.Message, "It is full") {
				t.Fatalf("%s: event %d is %+v", name, got, e)
			}
			got++
		}})
		if got != n || accts[0].Lines != 0 || accts[0].Format != "powershell" {
			t.Errorf("%s: %d events, %d lines as %s", name, got, accts[0].Lines, accts[0].Format)
		}
	}
}

func times(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// BenchmarkPowerShell reads files of lists, tables and objects.
func BenchmarkPowerShell(b *testing.B) {
	object := "  <Obj RefId=\"%d\">\n    <TN RefId=\"0\">\n      <T>System.Diagnostics.Eventing.Reader.EventLogRecord</T>\n    </TN>\n    <Props>\n      <I32 N=\"Id\">7036</I32>\n      <By N=\"Level\">4</By>\n      <I64 N=\"RecordId\">12</I64>\n      <S N=\"ProviderName\">Service Control Manager</S>\n      <S N=\"LogName\">System</S>\n      <S N=\"MachineName\">pc7.example.test</S>\n      <DT N=\"TimeCreated\">2024-01-31T17:06:07.1234567Z</DT>\n    </Props>\n    <MS>\n      <S N=\"Message\">The Print Spooler service entered the stopped state._x000D__x000A_It may be started.</S>\n    </MS>\n  </Obj>\n"
	for _, s := range []struct {
		name, head, row string
		form            parsers.Format
	}{
		{"list", "", "TimeCreated  : 1/31/2024 5:06:07 PM\r\nProviderName : Service Control Manager\r\nId           : %d\r\nMessage      : The Print Spooler service entered the stopped state.\r\n               It may be started again by hand.\r\n\r\n", Format()},
		{"table", "TimeCreated                     Id LevelDisplayName Message\r\n-----------                     -- ---------------- -------\r\n", "1/31/2024 5:06:07 PM         %5d Information      The Print Spooler service entered the stopped state.\r\n", Format()},
		{"clixml", "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\n", object, CLIXML()},
	} {
		data := []byte(s.head + times(s.row, 20000))
		b.Run(s.name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			events := 0
			for b.Loop() {
				in, err := parsers.NewInput("bench", bytes.NewReader(data), bytes.NewReader(data), int64(len(data)), parsers.Options{})
				if err != nil {
					b.Fatal(err)
				}
				if s.form.Detect(in.Head) < 60 {
					b.Fatal("not detected")
				}
				out := parsers.NewOut(&parsers.Account{}, parsers.Visitor{Event: func(*parsers.Event) { events++ }}, nil)
				if err := s.form.Parse(in, out); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
