package eventtable

import (
	"bytes"
	"fmt"
	"testing"

	"kbdiag/parsers"
)

// benchTables are a table of each kind: its names and a row with places for a
// number, a day and a second.
var benchTables = []struct{ name, head, row string }{
	{"get-eventlog", `"EventID","MachineName","Data","Index","Category","CategoryNumber","EntryType","Message","Source","ReplacementStrings","InstanceId","TimeGenerated","TimeWritten","UserName","Site","Container"` + "\r\n",
		`"4625","dc1.example.test","System.Byte[]","%d","(12544)","12544","FailureAudit","An account failed to log on.` + "\r\n\r\nSubject:\r\n\tSecurity ID:\t\tS-1-0-0\r\n\tAccount Name:\t\t-\r\n\tAccount Domain:\t\t-\r\n\tLogon ID:\t\t0x0\r\n\r\nLogon Type:\t\t\t3\r\n\r\nAccount For Which Logon Failed:\r\n\tSecurity ID:\t\tS-1-0-0\r\n\tAccount Name:\t\tkim\r\n\r\nFailure Information:\r\n\tFailure Reason:\t\t%%%%2313\r\n\tStatus:\t\t\t0xc000006d\r\n\r\nThis event is generated when a logon request fails. It is generated on the computer where access was attempted.\r\n" + `","Microsoft-Windows-Security-Auditing","System.String[]","4625","5/%d/2025 8:42:%02d AM","5/21/2025 8:42:18 AM",,,` + "\r\n"},
	{"get-winevent-short", `"TimeCreated","ProviderName","Id","LevelDisplayName","Message"` + "\r\n",
		`"2024-01-31 17:06:07","Service Control Manager","%d","Information","The WinHTTP Web Proxy Auto-Discovery Service entered the stopped state (%d, %d)."` + "\r\n"},
	{"evtxecmd", "RecordNumber,EventRecordId,TimeCreated,EventId,Level,Provider,Channel,ProcessId,ThreadId,Computer,ChunkNumber,UserId,MapDescription,UserName,RemoteHost,PayloadData1,PayloadData2,PayloadData3,PayloadData4,PayloadData5,PayloadData6,ExecutableInfo,HiddenRecord,SourceFile,Keywords,ExtraDataOffset,Payload\r\n",
		`%d,9001,2024-01-%02d 17:06:%02d.1234567,4624,LogAlways,Microsoft-Windows-Security-Auditing,Security,608,612,dc1.example.test,3,,Successful logon,EXAMPLE\kim,192.0.2.7,Target: EXAMPLE\kim,LogonType 3,LogonId: 0x12345,,,,,False,D:\case\Security.evtx,Audit success,0,"{""EventData"":{""Data"":[{""@Name"":""SubjectUserSid"",""#text"":""S-1-0-0""},{""@Name"":""SubjectUserName"",""#text"":""-""},{""@Name"":""TargetUserName"",""#text"":""kim""},{""@Name"":""TargetDomainName"",""#text"":""EXAMPLE""},{""@Name"":""LogonType"",""#text"":""3""},{""@Name"":""LogonProcessName"",""#text"":""NtLmSsp""},{""@Name"":""IpAddress"",""#text"":""192.0.2.7""}]}}"` + "\r\n"},
	{"logparser", "EventLog,RecordNumber,TimeGenerated,TimeWritten,EventID,EventType,EventTypeName,EventCategory,EventCategoryName,SourceName,Strings,ComputerName,SID,Message,Data\r\n",
		"System,%d,2005-11-%02d 08:09:%02d,2005-11-02 08:09:10,7034,1,Error event,0,None,Service Control Manager,Widget|1,OLD1,,The Widget service terminated unexpectedly.  It has done this 1 time(s).,\r\n"},
	{"plaso", "datetime,timestamp_desc,source,source_long,message,parser,display_name,tag\n",
		"2024-01-31T17:06:07.123456+00:00,Creation Time,EVT,WinEVTX,[1074 / 0x0432] Provider identifier: {b0aa8734-56f7-41cc-b2f4-de228e98b946} Source Name: User32 Strings: ['C:\\\\Windows\\\\a.exe (PC7)'  'PC7'  'No title'  None  'EXAMPLE\\\\kim'] Computer Name: PC7 Record Number: %d Event Level: 3,winevtx,NTFS:\\Windows\\System32\\winevt\\Logs\\System%d.%d.evtx,-\n"},
}

// BenchmarkTable reads each kind of table through line reader, parser and
// account.
func BenchmarkTable(b *testing.B) {
	for _, s := range benchTables {
		var buf bytes.Buffer
		buf.WriteString(s.head)
		for i := 0; buf.Len() < 8<<20; i++ {
			fmt.Fprintf(&buf, s.row, i%60000, i%28+1, i%60)
		}
		data := buf.Bytes()
		form := Format()
		b.Run(s.name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			events := 0
			for b.Loop() {
				in, err := parsers.NewInput("bench", bytes.NewReader(data), bytes.NewReader(data), int64(len(data)), parsers.Options{})
				if err != nil {
					b.Fatal(err)
				}
				if form.Detect(in.Head) < 60 {
					b.Fatal("not detected")
				}
				out := parsers.NewOut(&parsers.Account{}, parsers.Visitor{Event: func(*parsers.Event) { events++ }}, nil)
				if err := form.Parse(in, out); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkFinder looks for tables in prose and in a log of another form.
func BenchmarkFinder(b *testing.B) {
	text := bytes.Repeat([]byte("The service may stop when the folder of the queue is full, or the disk is; to work\naround this, delete the files in it, and start the service again.\n\n2024-05-12 10:11:12,345 INFO  [worker-12] Handled request 4711 of client 192.0.2.3 in 12 ms\n\n"), 4000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	in, err := parsers.NewInput("text", bytes.NewReader(text), nil, -1, parsers.Options{})
	if err != nil {
		b.Fatal(err)
	}
	var list []parsers.TextLine
	for lines := in.Lines(); ; {
		l, ok := lines.Next()
		if !ok {
			break
		}
		list = append(list, l)
	}
	for b.Loop() {
		findTables(parsers.NewWindow(list), parsers.NewOut(&parsers.Account{}, parsers.Visitor{}, nil))
	}
}
