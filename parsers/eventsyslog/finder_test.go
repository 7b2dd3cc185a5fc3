package eventsyslog_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/eventsyslog"
	"kbdiag/parsers/formats"
)

func readText(t testing.TB, text string, visit parsers.Visitor) *parsers.Account {
	t.Helper()
	r := &parsers.Reader{Forms: formats.All(), Stdin: strings.NewReader(text)}
	accts := r.Read(parsers.StdinName, visit)
	if len(accts) != 1 || accts[0].Err != nil {
		t.Fatalf("accounts %v", accts)
	}
	return accts[0]
}

// TestEventAcrossWindows reads a file that is much longer than a window, with
// empty lines inside the messages: none is cut where a window ends.
func TestEventAcrossWindows(t *testing.T) {
	var b strings.Builder
	const body = "Creating Scriptblock text (1 of 1):\n\nfirst\n\n%d last"
	n := 0
	for b.Len() < 10<<20 {
		n++
		fmt.Fprintf(&b, "03/%02d/2021 09:31:33 PM\nLogName=Example\nEventCode=4104\nType=Verbose\nComputerName=ps01\nRecordNumber=%d\nMessage="+body+"\n", n%28+1, n, n)
	}
	got := 0
	acct := readText(t, b.String(), parsers.Visitor{Event: func(e *parsers.Event) {
		got++
		if want := fmt.Sprintf(body, got); e.Message != want || e.Truncated || !e.Has(parsers.FieldTime) {
			t.Fatalf("event %d: message %q, truncated %v", got, e.Message, e.Truncated)
		}
	}})
	if got != n || acct.Lines != 0 {
		t.Errorf("%d events and %d lines, want %d and 0", got, acct.Lines, n)
	}
}

// TestHostileTime reads texts that would take long if work were repeated.
func TestHostileTime(t *testing.T) {
	many := func(s string, n int) string {
		if testing.Short() {
			n /= 10
		}
		return strings.Repeat(s, n)
	}
	for name, text := range map[string]string{
		"ids without an event":  many("EventCode=1\n", 400_000),
		"messages without end":  many("EventCode=x\nMessage=\n", 300_000),
		"one message":           "LogName=a\nEventCode=1\nMessage=" + many("a\n\n", 3_000_000),
		"marks":                 many("WinEvtLog", 500_000),
		"marks, lines":          many("WinEvtLog: a: B(1\n", 500_000),
		"bars":                  "CEF:0" + many("|", 1_000_000),
		"values":                "CEF:0|Microsoft|Windows|1|1|a|1|" + many("a=", 500_000),
		"escaped events":        many(`EventCode=1\nLogName=a\n"`, 40_000),
		"numbers before a name": many("1/1/21 ", 100_000) + "EventCode=1 LogName=x",
		"elements":              "<1>1 - - - - - " + many("[a ", 300_000) + "EventID=",
		"escapes":               many("#015#012#011 :#011", 60_000),
	} {
		start := time.Now()
		readText(t, text, parsers.Visitor{})
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("%s: %d bytes took %v", name, len(text), d)
		}
	}
}

var shippedLines = map[string]string{
	"snare":   "<14>Sep 17 16:37:25 WEB01 MSWinEventLog\t1\tSystem\t6862\tFri Sep 17 16:37:25 2021\t7000\tService Control Manager\tN/A\tN/A\tError\tWEB01\tNone\t\tThe Spool Keeper service failed to start due to the following error:    The service did not start due to a logon failure.\t15\n",
	"ossec":   "2015 Jan 26 10:33:02 (web01) 192.0.2.7->WinEvtLog 2015 Jan 26 10:33:00 WinEvtLog: System: ERROR(7000): Service Control Manager: (no user): no domain: web01.example.test: The Spool Keeper service failed to start due to the following error\n",
	"splunk":  "03/09/2021 09:31:33 PM\nLogName=Security\nEventCode=4625\nEventType=0\nComputerName=mail01.example.test\nSourceName=Microsoft Windows security auditing.\nType=Information\nRecordNumber=4713\nKeywords=Audit Failure\nTaskCategory=Logon\nOpCode=Info\nMessage=An account failed to log on.\n\nSubject:\n\tSecurity ID:\t\tNULL SID\n\tAccount Name:\t\t-\n\nFailure Information:\n\tFailure Reason:\t\tUnknown user name or bad password.\n",
	"cef":     "CEF:0|Microsoft|Microsoft Windows||Microsoft-Windows-Security-Auditing:4776|The domain controller attempted to validate the credentials for an account.|Low| externalId=4776 cat=Security rt=1426218619000 shost=DESK1 dhost=dc01.example.test duser=kim cs3=Microsoft-Windows-Security-Auditing cs3Label=EventSource\n",
	"prose":   "The service may stop when the folder of the queue is full. To work around this problem,\ndelete the files in it, and start the service again.\n\n",
	"stamped": "2024-05-12 10:11:12,345 INFO  [worker-12] Handled request 4711 of client 192.0.2.3 in 12 ms\n",
	"syslog":  "May 12 10:11:12 lin01 sshd[4711]: Accepted publickey for kim from 192.0.2.3 port 50022 ssh2\n",
}

// BenchmarkFinder reads files of the forms, and text that has none of them.
func BenchmarkFinder(b *testing.B) {
	for name, line := range shippedLines {
		data := bytes.Repeat([]byte(line), 4<<20/len(line))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			events := 0
			in, err := parsers.NewInput("bench", bytes.NewReader(data), nil, -1, parsers.Options{})
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
			finder := eventsyslog.Finder()
			for b.Loop() {
				out := parsers.NewOut(&parsers.Account{}, parsers.Visitor{Event: func(*parsers.Event) { events++ }}, nil)
				finder.Find(parsers.NewWindow(list), out)
			}
			b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
