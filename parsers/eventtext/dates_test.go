package eventtext

import (
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
)

func TestScanStamp(t *testing.T) {
	tests := []struct {
		in   string
		want string // read with M/d where it is in doubt; "" if no date
		rest string
	}{
		{"5/10/01,5:49:58 PM,Ci", "2001-05-10 17:49:58", ",Ci"},
		{"31/12/96 19:56:34 X", "1996-12-31 19:56:34", " X"},
		{"2/6/98 6:33:11", "1998-02-06 06:33:11", ""},
		{"18/11/2010 05:57:17 p.m.", "2010-11-18 17:57:17", ""},
		{"18/11/2010 05:57:17 p. m. x", "2010-11-18 17:57:17", " x"},
		{"25.07.2007 11:52:21", "2007-07-25 11:52:21", ""},
		{"25. 7. 2007 11:52:21", "2007-07-25 11:52:21", ""},
		{"2007. 07. 25. 11:52:21", "2007-07-25 11:52:21", ""},
		{"25.7.2007 г. 11:52:21", "2007-07-25 11:52:21", ""},
		{"13.05.2021\t10.57.55", "2021-05-13 10:57:55", ""},
		{"2020/6/7 22:09:21", "2020-06-07 22:09:21", ""},
		{"2018/04/01 午後 10:04:42", "2018-04-01 22:04:42", ""},
		{"2018/4/1 上午 12:04:42", "2018-04-01 00:04:42", ""},
		{"1/16/2011 11:59", "2011-01-16 11:59:00", ""},
		{"\u200e7\u200e/\u200e17\u200e/\u200e2021 10:31:05\u202fPM,X", "2021-07-17 22:31:05", ",X"},
		{"7/17/2021 12:31:05 am", "2021-07-17 00:31:05", ""},
		{"7/17/2021 12:31 PM", "2021-07-17 12:31:00", ""},
		{"2016-12-22T05:29:02.512", "2016-12-22 05:29:02.512", ""},
		{"96-12-31 10:00:00", "1996-12-31 10:00:00", ""},
		{"25-Jul-2007 1:02:03", "2007-07-25 01:02:03", ""},
		{"Jul 25, 2007 1:02:03 PM", "2007-07-25 13:02:03", ""},
		{"25/7/2550 1:02:03", "2007-07-25 01:02:03", ""},
		{"5/10/01,5:49:58 PM", "2001-05-10 17:49:58", ""},
		{"4/11/95 4:58:39 AM  1", "1995-04-11 04:58:39", "  1"},
		{"4/11/95 4:58:39 Ambient", "1995-04-11 04:58:39", " Ambient"},
		{"5/10/01", "2001-05-10 00:00:00", ""},
		{"5.0.2195.1", "", ""},
		{"10.1.2.3", "", ""},
		{"1.2.3", "", ""},
		{"5.5.2650.22", "", ""},
		{"12/2021", "", ""},
		{"31/31/2001", "", ""},
		{"", "", ""},
		{"//", "", ""},
		{"5/10/01 25:00:00", "2001-05-10 00:00:00", " 25:00:00"},
		{"2018/04/01 22:04:42,123", "2018-04-01 22:04:42.123", ""},
		{"2018/04/01 22:04:42,12345 x", "2018-04-01 22:04:42", ",12345 x"},
	}
	for _, tt := range tests {
		st, n := scanStamp(tt.in)
		got := ""
		if n > 0 {
			tm, ok := newDateOrder(parsers.Options{}).time(st)
			if ok {
				got = tm.Format("2006-01-02 15:04:05.999")
			} else if tt.want != "" {
				t.Errorf("%q: no such date", tt.in)
			}
			if ok && tt.in[n:] != tt.rest {
				t.Errorf("%q: rest %q, want %q", tt.in, tt.in[n:], tt.rest)
			}
		}
		if got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestDateOrder(t *testing.T) {
	tests := []struct {
		name   string
		dates  string // separated by |
		lang   string
		stated parsers.Tri
		want   string // of the first
		doubt  bool
	}{
		{"part above 12 is a day", "02/03/2024 1:00:00 PM|14/03/2024 1:00:00 PM", "", 0, "2024-03-02", false},
		{"part above 12 second", "02/03/2024 10:00:00|02/14/2024 10:00:00", "", 0, "2024-02-03", false},
		{"points", "02.03.2024 10:00:00", "", 0, "2024-03-02", false},
		{"12-hour clock", "2/10/2024 1:00:00 PM", "en", 0, "2024-02-10", true},
		{"12-hour clock, no zeros", "2/3/2024 1:00:00 PM", "en", 0, "2024-02-03", false},
		{"24-hour clock, no zeros", "2/6/98 6:33:11", "", 0, "1998-02-06", true},
		{"zero in the second part", "2/06/2024 1:00:00 PM", "en", 0, "2024-06-02", true},
		{"24-hour clock, padded", "02/03/2024 13:00:00", "en", 0, "2024-03-02", true},
		{"French", "02/03/2024 13:00:00", "fr", 0, "2024-03-02", false},
		{"stated", "2/3/2024 1:00:00 PM", "en", parsers.Yes, "2024-03-02", false},
		{"stated month first", "02/03/2024 13:00:00", "", parsers.No, "2024-02-03", false},
		{"days run on, day first", "01/05/2024 1:00:00 PM|02/05/2024 1:00:00 PM|03/05/2024 1:00:00 PM|04/05/2024 1:00:00 PM|06/05/2024 1:00:00 PM", "en", 0, "2024-05-01", true},
		{"days run on, month first", "05/01/2024 13:00:00|05/02/2024 13:00:00|05/03/2024 13:00:00|05/04/2024 13:00:00|05/06/2024 13:00:00", "en", 0, "2024-05-01", true},
		{"same either way", "5/5/2024 1:00:00 PM", "en", 0, "2024-05-05", false},
		{"year first beyond doubt", "2024/2/3 10:00:00", "", 0, "2024-02-03", false},
		{"Japanese two-digit year", "01/02/03 10:00:00", "ja", 0, "2001-02-03", false},
		{"two-digit year first by another date", "01/02/03 10:00:00|99/12/31 10:00:00", "", 0, "2001-02-03", false},
	}
	for _, tt := range tests {
		d := newDateOrder(parsers.Options{DayFirst: tt.stated})
		d.language(tt.lang)
		var all []stamp
		for _, s := range strings.Split(tt.dates, "|") {
			st, n := scanStamp(s)
			if n != len(s) {
				t.Fatalf("%s: %q read to %d", tt.name, s, n)
			}
			d.sample(st)
			all = append(all, st)
		}
		var first time.Time
		for i, st := range all {
			tm, ok := d.time(st)
			if !ok {
				t.Errorf("%s: no date", tt.name)
			}
			if i == 0 {
				first = tm
			}
		}
		if got := first.Format("2006-01-02"); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
		acct := &parsers.Account{}
		d.report(parsers.NewOut(acct, parsers.Visitor{}, nil))
		if (len(acct.Notes) > 0) != tt.doubt {
			t.Errorf("%s: notes %q, want doubt %v", tt.name, acct.Notes, tt.doubt)
		}
	}
}

// TestDateOrderTurns holds that a later date which contradicts an assumption
// turns the order, and that this is said.
func TestDateOrderTurns(t *testing.T) {
	d := newDateOrder(parsers.Options{})
	a, _ := scanStamp("2/10/2024 1:00:00 PM")
	b, _ := scanStamp("14/10/2024 1:00:00 PM")
	c, _ := scanStamp("3/10/2024 1:00:00 PM")
	d.sample(a)
	for i, want := range []string{"2024-02-10", "2024-10-14", "2024-10-03"} {
		tm, ok := d.time([]stamp{a, b, c}[i])
		if got := tm.Format("2006-01-02"); !ok || got != want {
			t.Errorf("date %d: got %s, want %s", i, got, want)
		}
	}
	acct := &parsers.Account{}
	d.report(parsers.NewOut(acct, parsers.Visitor{}, nil))
	if len(acct.Notes) != 1 || !strings.Contains(acct.Notes[0], "day/month") {
		t.Errorf("notes %q", acct.Notes)
	}
}

// TestUnixDay compares the arithmetic with the standard library's.
func TestUnixDay(t *testing.T) {
	for day := time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2200; day = day.AddDate(0, 0, 13) {
		want := day.Unix() / 86400
		if day.Unix()%86400 < 0 {
			want--
		}
		if got := unixDay(day.Year(), int(day.Month()), day.Day()); got != want {
			t.Fatalf("%v: got %d, want %d", day, got, want)
		}
	}
}

func FuzzScanStamp(f *testing.F) {
	for _, s := range []string{"5/10/01,5:49:58 PM", "2018/04/01 午後 10:04:42", "25-Jul-2007 1:02:03", "1 Jul 0000", "\u200e7\u200e/\u200e17\u200e/\u200e2021 10:31:05\u202fPM"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		st, n := scanStamp(s)
		if n < 0 || n > len(s) {
			t.Fatalf("read %d of %d bytes", n, len(s))
		}
		if n == 0 {
			return
		}
		d := newDateOrder(parsers.Options{})
		d.sample(st)
		if tm, ok := d.time(st); ok && (tm.Year() < 1500 || tm.Year() > 2700) {
			t.Fatalf("%q read as %v", s[:n], tm)
		}
	})
}

func BenchmarkScanStamp(b *testing.B) {
	d := newDateOrder(parsers.Options{})
	const s = "10/26/2022 8:02:57 PM,BatteryStatusMonitor"
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		st, _ := scanStamp(s)
		d.sample(st)
		if _, ok := d.time(st); !ok {
			b.Fatal("no date")
		}
	}
}
