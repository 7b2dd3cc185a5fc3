package eventtext

import (
	"bytes"
	"fmt"
	"testing"

	"kbdiag/parsers"
)

// benchRows makes about size bytes of a log by printing row over and over with
// the number of the record.
func benchRows(head, row string, size int) []byte {
	var b bytes.Buffer
	b.WriteString(head)
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, row, i%12+1, i%28+1, i%60)
	}
	return b.Bytes()
}

// savedSamples are a log of each form.
var savedSamples = []struct {
	name      string
	form      parsers.Format
	head, row string
}{
	{"nt-csv", EventViewerNTCSV(), "",
		"%d/%d/99,8:15:%02d AM,MSExchangeIS Private,Warning,Transport General ,1026,N/A,MAIL01,An error was detected in the store, after 12 attempts, of the folder with the name Sales. The store goes on.\r\n"},
	{"nt-csv-lines", EventViewerNTCSV(), "",
		"%d/%d/99,8:15:%02d AM,Security,Success Audit,Logon/Logoff ,528,NT AUTHORITY\\SYSTEM,MAIL01,Successful Logon:\r\n \tUser Name:\tkim\r\n \tDomain:\t\tCORP\r\n \tLogon ID:\t\t(0x0,0x1234)\r\n \tLogon Type:\t2\r\n"},
	{"nt-txt", EventViewerNTTXT(), "",
		"%d/%d/99\t8:15:%02d AM\tMSExchangeIS Private\tWarning\tTransport General \t1026\tN/A\tMAIL01\tAn error was detected in the store, after 12 attempts, of the folder with the name Sales. The store goes on.\r\n"},
	{"vista-csv", EventViewerVistaCSV(), "\xEF\xBB\xBFKeywords,Date and Time,Source,Event ID,Task Category\r\n",
		"Audit Success,%d/%d/2024 8:15:%02d PM,Microsoft-Windows-Security-Auditing,4624,Logon,\"An account was logged on.\r\n\r\nSubject:\r\n\tSecurity ID:\t\tSYSTEM\r\n\tAccount Name:\t\tMAIL01$\r\n\tLogon ID:\t\t0x3E7\r\n\r\nLogon Type:\t\t\t5\r\n\r\nNew Logon:\r\n\tSecurity ID:\t\tSYSTEM\r\n\tAccount Name:\t\tSYSTEM\r\n\tLogon GUID:\t\t{00000000-0000-0000-0000-000000000000}\r\n\"\r\n"},
	{"vista-csv-short", EventViewerVistaCSV(), "Level,Date and Time,Source,Event ID,Task Category\r\n",
		"Information,%d/%d/2024 8:15:%02d PM,Service Control Manager,7036,None,The WinHTTP Web Proxy Auto-Discovery Service entered the stopped state.\r\n"},
	{"vista-txt", EventViewerVistaTXT(), "Level\tDate and Time\tSource\tEvent ID\tTask Category\r\n",
		"Information\t%d/%d/2024 8:15:%02d PM\tService Control Manager\t7036\tNone\tThe WinHTTP Web Proxy Auto-Discovery Service entered the stopped state.\r\n"},
	{"dumpel", Dumpel(), "",
		"%d/%d/99 8:15:%02d AM 4 0 7036 Service Control Manager N/A MAIL01 Spooler stopped C:\\WINNT\\System32\\spool\\PRINTERS\r\n"},
}

// BenchmarkSavedRows reads each form through a Reader's parts: line reader,
// parser, account.
func BenchmarkSavedRows(b *testing.B) {
	for _, s := range savedSamples {
		data := benchRows(s.head, s.row, 8<<20)
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

// BenchmarkSavedRowFinder looks for rows in prose and in a log of another form.
func BenchmarkSavedRowFinder(b *testing.B) {
	prose := bytes.Repeat([]byte("The service may stop when the folder of the queue is full. To work around\nthis problem, delete the files in it, and start the service again.\n\n   3/9/98 4:32:01 PM Spool Keeper Error None 4097 N/A PRINT-NT4\n   The job could not be written.\n\n"), 4000)
	other := bytes.Repeat([]byte("2024-05-12 10:11:12,345 INFO  [worker-12] Handled request 4711 of client 10.1.2.3 in 12 ms\nWarning: nothing to see here\n"), 8000)
	for name, data := range map[string][]byte{"prose": prose, "log": other} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			events := 0
			for b.Loop() {
				w := windowOf(string(data))
				findSavedRows(w, parsers.NewOut(&parsers.Account{}, parsers.Visitor{Event: func(*parsers.Event) { events++ }}, nil))
			}
			b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// windowOf makes a window of a text.
func windowOf(text string) *parsers.Window {
	in, err := parsers.NewInput("window", bytes.NewReader([]byte(text)), nil, -1, parsers.Options{})
	if err != nil {
		panic(err)
	}
	var list []parsers.TextLine
	for lines := in.Lines(); ; {
		l, ok := lines.Next()
		if !ok {
			return parsers.NewWindow(list)
		}
		list = append(list, l)
	}
}
