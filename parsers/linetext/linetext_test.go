package linetext_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/linetext"
)

// lines reads a text of which no finder claims anything.
func lines(t testing.TB, text string, opts parsers.Options) ([]parsers.Line, *parsers.Account) {
	t.Helper()
	var list []parsers.Line
	r := &parsers.Reader{Forms: parsers.Forms{Rest: linetext.Reader}, Opts: opts, Stdin: strings.NewReader(text)}
	accts := r.Read(parsers.StdinName, parsers.Visitor{Line: func(l *parsers.Line) {
		c := *l
		c.Text = strings.Clone(l.Text)
		list = append(list, c)
	}})
	if len(accts) != 1 || accts[0].Err != nil {
		t.Fatalf("%.60q: accounts %v", text, accts)
	}
	return list, accts[0]
}

func format(l *parsers.Line) string {
	if l.Zone == parsers.ZoneUnknown {
		return ""
	}
	return l.Time.Format("2006-01-02 15:04:05.999999999 ") + strings.TrimPrefix(l.Time.Format("Z0700 "), "Z ") + l.Zone.String()
}

// TestTimes reads one line of every layout. The line stands three times, with
// a line of its continuation behind the first.
func TestTimes(t *testing.T) {
	tests := []struct{ line, want string }{
		{"2024-05-12 10:11:12,345 INFO  [worker-12] ready", "2024-05-12 10:11:12.345 local"},
		{"2024-05-12T10:11:12.5Z started", "2024-05-12 10:11:12.5 utc"},
		{"2024-05-12T10:11:12+02:00 started", "2024-05-12 10:11:12 +0200 offset"},
		{"[2024-05-12 10:11:12] started", "2024-05-12 10:11:12 local"},
		{"INFO 2024-05-12 10:11:12 started", "2024-05-12 10:11:12 local"},
		{"[ERROR] 2024-05-12 10:11:12 failed", "2024-05-12 10:11:12 local"},
		{"2016-05-12 10:11:12, Info                  CBS    Loaded Servicing Stack", "2016-05-12 10:11:12 local"},
		{"2012-03-04\t10:11:12:345\t 988\tc3c\tAgent\tWARNING: failed", "2012-03-04 10:11:12.345 local"},
		{"2016/05/12 10:11:12.1234567 1234 5678 Agent  * START *", "2016-05-12 10:11:12.1234567 local"},
		{"1999-03-06 10:22:33.12 spid1    Starting up database 'master'.", "1999-03-06 10:22:33.12 local"},
		{"[2005/06/01 12:00:01 1234.5 Driver Install]", "2005-06-01 12:00:01 local"},
		{">>>  Section start 2016/05/12 10:11:12.123", "2016-05-12 10:11:12.123 local"},
		{"00000abc.00000def::1999/03/06-10:22:33.123 [NM] Starting", "1999-03-06 10:22:33.123 utc"},
		{"[03/06/2010 10:22:33.0123] [0] Starting Microsoft Exchange Server 2010 Setup", "2010-03-06 10:22:33.0123 local"},
		{"[12:01:33] Entering ScSetup", ""},
		{"12:01:33 Entering", ""},
		{"[Wed Oct 11 14:32:52 2000] [error] [client 192.0.2.1] denied", "2000-10-11 14:32:52 local"},
		{"[Wed Oct 11 14:32:52.123456 2000] [core:error] [pid 3] denied", "2000-10-11 14:32:52.123456 local"},
		{"192.0.2.9 - kim [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 2326", "2000-10-10 13:55:36 -0700 offset"},
		{"web.example.test - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 2326", "2000-10-10 13:55:36 -0700 offset"},
		{"Mar  6 10:22:33 lin01 sshd[1]: ready", ""},
		{"<34>1 2003-10-11T22:14:15.003Z host su - ID47 - failed", "2003-10-11 22:14:15.003 utc"},
		{"<34>Oct 11 22:14:15 host su: failed", ""},
		{"Wed Mar  6 10:22:33 1999 mailer: ready", "1999-03-06 10:22:33 local"},
		{"06-Mar-1999 10:22:33.120 queries: info", "1999-03-06 10:22:33.12 local"},
		{"19990306 10:22:33 588 PACKET UDP Rcv", "1999-03-06 10:22:33 local"},
		{"03/06 10:22:33 [LOGON] SamLogon: Network logon", ""},
		{"10,03/06/99,10:22:33,Assign,192.0.2.7,desk7,0001", "1999-03-06 10:22:33 local"},
		{"03/06/2009 10:22:33.12 \tOWSTIMER.EXE (0x07A4)\t0x0F1C\tSharePoint", "2009-03-06 10:22:33.12 local"},
		{"c=US;a= ;p=Example;l=MAIL01-990306102233Z-12\t0\t1999.3.6 10:22:33\t/o=Example", "1999-03-06 10:22:33 utc"},
		{"3/6/2009 10:22:33 AM 0AB4 PACKET  UDP Rcv", "2009-03-06 10:22:33 local"},
		{"03/06/2009 10:22:33 0AB4 PACKET  UDP Rcv", ""},
		{"13/6/2009 10:22:33 0AB4 PACKET  UDP Rcv", "2009-06-13 10:22:33 local"},
		{"3/26/2009 10:22:33 AM 0AB4 PACKET  UDP Rcv", "2009-03-26 10:22:33 local"},
		{"192.0.2.9, -, 3/26/99, 10:22:33, W3SVC1, WEB1, 192.0.2.1, 30, 0, 0, 200, 0, GET, /, -,", "1999-03-26 10:22:33 local"},
		{"2024-13-45 10:11:12 no such day", "none"},
		{"1.2.3.4 10:11:12 an address", "none"},
		{"10 people were there at 10:11:12", "none"},
		{"http://www.example.test/2024/05/12/ is it", "none"},
		{"March is the month 10:11:12 2000", "none"},
	}
	for _, tt := range tests {
		list, _ := lines(t, tt.line+"\n\tgoes on here\n"+tt.line+"\n"+tt.line+"\n", parsers.Options{})
		entry := tt.want != "none"
		single := strings.Contains(tt.line, "\"GET") || strings.Contains(tt.line, "W3SVC") || strings.HasPrefix(tt.line, "10,") || strings.HasPrefix(tt.line, "c=US")
		if want := entry && !single; (len(list) == 3) != want || !want && len(list) != 4 {
			t.Errorf("%q: %d records", tt.line, len(list))
			continue
		}
		got := format(&list[0])
		if want := strings.TrimPrefix(tt.want, "none"); got != want {
			t.Errorf("%q: time %q, want %q", tt.line, got, want)
		}
		if entry && !single && (list[0].Text != tt.line+"\n\tgoes on here" || list[0].Lines != 2) {
			t.Errorf("%q: text %q of %d lines", tt.line, list[0].Text, list[0].Lines)
		}
	}
}

// TestStatedOrder gives dates in doubt their time once the user stated it.
func TestStatedOrder(t *testing.T) {
	const text = "3/6/2009 10:22:33 ready\n4/6/2009 10:22:33 ready\n"
	for first, want := range map[parsers.Tri]string{
		parsers.Unknown: "",
		parsers.Yes:     "2009-06-03 10:22:33 local",
		parsers.No:      "2009-03-06 10:22:33 local",
	} {
		list, _ := lines(t, text, parsers.Options{DayFirst: first})
		if got := format(&list[0]); got != want {
			t.Errorf("stated %v: %q, want %q", first, got, want)
		}
	}
}

// TestFields reads logs with directives.
func TestFields(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string // of the records with a time
	}{
		{"iis", "#Software: Microsoft Internet Information Services 6.0\n#Version: 1.0\n#Date: 2004-03-06 10:22:33\n#Fields: date time c-ip cs-method sc-status\n2004-03-06 10:22:33 192.0.2.1 GET 200\n2004-03-06 10:22:34 192.0.2.1 GET 500\n",
			[]string{"2004-03-06 10:22:33 utc", "2004-03-06 10:22:34 utc"}},
		{"time only", "#Date: 2004-03-06 10:22:33\n#Fields: time c-ip\n10:22:33 192.0.2.1\n", nil},
		{"firewall", "#Version: 1.5\n#Software: Microsoft Windows Firewall\n#Time Format: Local\n#Fields: date time action protocol\n\n2009-03-06 10:22:33 DROP UDP\n",
			[]string{"2009-03-06 10:22:33 local"}},
		{"exchange 2007", "#Software: Microsoft Exchange Server\n#Log-type: Message Tracking Log\n#Fields: date-time,client-ip,event-id\n2010-03-06T10:22:33.123Z,192.0.2.1,RECEIVE\n",
			[]string{"2010-03-06 10:22:33.123 utc"}},
		{"exchange 2003", "# Message Tracking Log File\n# Exchange System Attendant Version 6.5.7638.1\n# Date\tTime\tclient-ip\tEvent-ID\n2003-3-6\t10:22:33 GMT\t192.0.2.1\t1019\n2003-12-16\t0:2:3 GMT\t-\t1025\n",
			[]string{"2003-03-06 10:22:33 utc"}},
	}
	for _, tt := range tests {
		list, acct := lines(t, tt.text, parsers.Options{})
		var got []string
		for i := range list {
			if s := format(&list[i]); s != "" {
				got = append(got, s)
			}
		}
		want := tt.want
		if tt.name == "time only" {
			want = []string{"2004-03-06 10:22:33 utc"}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %q, want %q", tt.name, got, want)
		}
		if n := strings.Count(strings.ReplaceAll(tt.text, "\n\n", "\n"), "\n"); acct.Lines != n || len(list) != n {
			t.Errorf("%s: %d lines in %d records, want %d", tt.name, acct.Lines, len(list), n)
		}
	}
}

// TestWrapped joins wrapped sentences and leaves lists, tables and short lines
// as they are. Records are separated by "|".
func TestWrapped(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"paragraph", "When the server is started again, the event log shows that the spool keeper\nservice did not start due to a logon failure. Nothing else was changed that\nday.\n",
			"When the server is started again, the event log shows that the spool keeper service did not start due to a logon failure. Nothing else was changed that day."},
		{"reply", "> When the server is started again, the event log shows that the spool\n> keeper service did not start due to a logon failure.\nWhat does it mean?\n",
			"> When the server is started again, the event log shows that the spool keeper service did not start due to a logon failure.|What does it mean?"},
		{"indented", "   STOP 0x0000000A was shown twice on the console of that server before the\n   IRQL was known to be not less or equal.\n",
			"   STOP 0x0000000A was shown twice on the console of that server before the IRQL was known to be not less or equal."},
		{"item", "1. Stop the Microsoft Exchange Information Store service on that server, and\n   delete the files in the folder.\n2. Start the service.\n",
			"1. Stop the Microsoft Exchange Information Store service on that server, and delete the files in the folder.|2. Start the service."},
		{"short lines", "Dear all,\nthe server is down.\nRegards\n", "Dear all,|the server is down.|Regards"},
		{"labels", "Product: Exchange Server 5.5 with all of the service packs that are out today\nSubject: The server is down since this morning and nobody can read any mail\n",
			"Product: Exchange Server 5.5 with all of the service packs that are out today|Subject: The server is down since this morning and nobody can read any mail"},
		{"table", "The name     of the service     and its state    are listed in the table below\nSpooler      Print Spooler      running          since the last start of it all\n",
			"The name     of the service     and its state    are listed in the table below|Spooler      Print Spooler      running          since the last start of it all"},
		{"ticket note", "2024-05-12 10:11:12 The customer says that since the password was changed the\nservice did not start due to a logon failure.\n2024-05-13 10:11:12 Closed.\n",
			"2024-05-12 10:11:12 The customer says that since the password was changed the service did not start due to a logon failure.|2024-05-13 10:11:12 Closed."},
	}
	for _, tt := range tests {
		list, acct := lines(t, tt.text, parsers.Options{})
		var got []string
		for i := range list {
			got = append(got, list[i].Text)
		}
		if s := strings.Join(got, "|"); s != tt.want {
			t.Errorf("%s:\n got %q\nwant %q", tt.name, s, tt.want)
		}
		if n := strings.Count(tt.text, "\n"); acct.Lines != n {
			t.Errorf("%s: %d lines, want %d", tt.name, acct.Lines, n)
		}
	}
}

// TestDrWatson takes the time of the entry's own line.
func TestDrWatson(t *testing.T) {
	list, _ := lines(t, "Application exception occurred:\n        App: store.exe (pid=178)\n        When: 3/16/1999 @ 10:22:33.123\n        Exception number: c0000005 (access violation)\n\n*----> System Information <----*\n", parsers.Options{})
	if len(list) != 2 || list[0].Lines != 4 || format(&list[0]) != "1999-03-16 10:22:33.123 local" || !strings.Contains(list[0].Text, "c0000005") {
		t.Errorf("%+v", list)
	}
}

// TestBounds holds records to their size: a log without an end of its entry is
// many records, and all lines are accounted for.
func TestBounds(t *testing.T) {
	n := 100_000
	text := "2024-05-12 10:11:12 start\n2024-05-12 10:11:12 start\n" + strings.Repeat("\tat com.example.Foo.bar(Foo.java:12)\n", n)
	list, acct := lines(t, text, parsers.Options{})
	if acct.Lines != n+2 || len(list) < n/64 {
		t.Errorf("%d records of %d lines, want %d lines", len(list), acct.Lines, n+2)
	}
	last := int64(0)
	for i := range list {
		l := &list[i]
		if l.Lines > 64 || l.Pos.Offset != last {
			t.Fatalf("record %d at %d of %d lines, want offset %d", i, l.Pos.Offset, l.Lines, last)
		}
		last += l.Pos.Length
	}
	if last != int64(len(text)) {
		t.Errorf("records end at %d of %d", last, len(text))
	}
}

// TestSecretsOfJoinedLines takes secrets out of lines that are joined.
func TestSecretsOfJoinedLines(t *testing.T) {
	text := "2024-05-12 10:11:12 session\n\tPASS hunter2secret\n\t+OK\n2024-05-12 10:11:13 end\n\n" +
		"Kim says that it works again since she wrote down that the new password is\nswordfish99 and told it to everybody in the office, as she always does here.\n"
	list, _ := lines(t, text, parsers.Options{})
	for i := range list {
		if strings.Contains(list[i].Text, "hunter2secret") || strings.Contains(list[i].Text, "swordfish99") {
			t.Errorf("%q shows a secret", list[i].Text)
		}
	}
}

// TestDays compares the arithmetic of dates with the library's.
func TestDays(t *testing.T) {
	for d := time.Date(1980, 1, 1, 3, 4, 5, 0, time.UTC); d.Year() < 2100; d = d.AddDate(0, 0, 13) {
		list, _ := lines(t, d.Format("2006-01-02 15:04:05")+" x\n", parsers.Options{})
		if !list[0].Time.Equal(d) {
			t.Fatalf("%v read as %v", d, list[0].Time)
		}
	}
}

// FuzzReader reads any text: every line that is not empty is in one record, in
// order, and records hold their bounds.
func FuzzReader(f *testing.F) {
	for _, s := range []string{
		"2024-05-12 10:11:12,345 a\n\tb\n2024-05-12 10:11:12 c", "#Fields: date time x\n2024-05-12 10:11:12 a\n", "[12:01:33] a\n[", "192.0.2.9, -, 3/26/99, 10:22:33, W",
		"Mar  6 10:22:33 a b\n", "# Date\tTime\tx\n2003-3-6\t10:22:33 GMT\t1\n", "c=US;a= ;p=E\t0\t1999.3.6 10:22:33\t", "Application exception occurred:\n When: 3/6/1999 @ 10:22:33.123\n",
		"> When the server is started again, the event log shows that the spool\n> keeper service did not start due to a logon failure.\n", "10,03/06/99,10:22:33,A", "00000abc.00000def::1999/03/06-10:22:33.123 [NM]",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var at int64
		sum := 0
		r := &parsers.Reader{Forms: parsers.Forms{Rest: linetext.Reader}, Stdin: strings.NewReader(text)}
		acct := r.Read(parsers.StdinName, parsers.Visitor{Line: func(l *parsers.Line) {
			if l.Pos.Offset < at || l.Lines < 1 || l.Lines > 64 {
				t.Fatalf("record at %d of %d lines behind %d", l.Pos.Offset, l.Lines, at)
			}
			at = l.Pos.Offset + l.Pos.Length
			sum += l.Lines
			if l.Zone != parsers.ZoneUnknown && (l.Time.Year() < 1900 || l.Time.Year() > 2200) {
				t.Fatalf("time %v", l.Time)
			}
		}})[0]
		if acct.Lines != sum || at > int64(len(text)) {
			t.Fatalf("%d lines counted, %d in records", acct.Lines, sum)
		}
		if acct.Err != nil && strings.Contains(acct.Err.Error(), "defect") {
			t.Fatal(acct.Err)
		}
	})
}

// BenchmarkReader reads text through a Reader without finders: line reader,
// hash, stamps, joining, redaction.
func BenchmarkReader(b *testing.B) {
	for name, text := range map[string]string{
		"prose":   "The service may stop when the folder of the queue is full. To work around this\nproblem, delete the files in it, and start the service again. The event log will\nthen show that the queue is empty.\n\n",
		"stamped": "2024-05-12 10:11:12,345 INFO  [worker-12] Handled request 4711 of client 192.0.2.3 in 12 ms\n2024-05-12 10:11:13,345 ERROR [worker-12] Broken\n\tat com.example.Foo.bar(Foo.java:12)\n\tat com.example.Foo.run(Foo.java:19)\n",
		"iis":     "#Fields: date time s-ip cs-method cs-uri-stem c-ip cs(User-Agent) sc-status\n" + strings.Repeat("2024-05-12 10:11:12 192.0.2.1 GET /owa/ev.owa 192.0.2.9 Mozilla/4.0+(compatible;+MSIE+8.0) 200\n", 1000),
		"syslog":  "May 12 10:11:12 lin01 sshd[4711]: Accepted publickey for kim from 192.0.2.3 port 50022 ssh2\n",
	} {
		data := bytes.Repeat([]byte(text), 4<<20/len(text))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				r := parsers.Reader{Forms: parsers.Forms{Rest: linetext.Reader}, Stdin: bytes.NewReader(data)}
				n += r.Read(parsers.StdinName, parsers.Visitor{})[0].Lines
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}
