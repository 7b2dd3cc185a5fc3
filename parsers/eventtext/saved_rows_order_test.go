package eventtext

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"kbdiag/parsers"
)

// readSaved reads data as the likeliest saved form and gives its events'
// times.
func readSaved(t *testing.T, data []byte, at io.ReaderAt, opts parsers.Options) ([]time.Time, *parsers.Account) {
	t.Helper()
	size := int64(-1)
	if at != nil {
		size = int64(len(data))
	}
	in, err := parsers.NewInput("test", bytes.NewReader(data), at, size, opts)
	if err != nil {
		t.Fatal(err)
	}
	best, score := parsers.Format{}, 0
	for _, f := range savedForms().Formats {
		if n := f.Detect(in.Head); n > score {
			best, score = f, n
		}
	}
	if score == 0 {
		t.Fatal("no form detected")
	}
	acct := &parsers.Account{Format: best.Name}
	var times []time.Time
	out := parsers.NewOut(acct, parsers.Visitor{Event: func(e *parsers.Event) { times = append(times, e.Time) }}, nil)
	if err := best.Parse(in, out); err != nil {
		t.Fatal(err)
	}
	return times, acct
}

// lateProof is a log that shows the order of day and month far behind its
// beginning only: all of 3 May 2024, then 25 May.
func lateProof() []byte {
	var b bytes.Buffer
	row := func(day string, n int) {
		fmt.Fprintf(&b, "Error,%s/05/2024 %d:%02d:00 PM,Contoso Sync,%d,None,The sync failed.\r\n", day, n/60%12+1, n%60, n%1000+1)
	}
	for i := 0; i < 4000; i++ {
		row("03", i)
	}
	for i := 0; i < 4000; i++ {
		row("25", i)
	}
	return b.Bytes()
}

func TestOrderFromTheWholeFile(t *testing.T) {
	data := lateProof()
	times, acct := readSaved(t, data, bytes.NewReader(data), parsers.Options{})
	if len(times) != 8000 || times[0].Format("2006-01-02") != "2024-05-03" || len(acct.Notes) > 0 {
		t.Errorf("%d events, first %v, notes %q", len(times), times[0], acct.Notes)
	}
}

func TestOrderOfAStream(t *testing.T) {
	times, acct := readSaved(t, lateProof(), nil, parsers.Options{})
	last := times[len(times)-1].Format("2006-01-02")
	if last != "2024-05-25" || len(acct.Notes) != 1 {
		t.Errorf("last %s, notes %q", last, acct.Notes)
	}
}

func TestOrderStated(t *testing.T) {
	row := []byte("Error,3/5/2024 1:00:00 PM,Contoso Sync,1,None,The sync failed.\n")
	for stated, want := range map[parsers.Tri]string{parsers.Yes: "2024-05-03", parsers.No: "2024-03-05"} {
		times, acct := readSaved(t, row, nil, parsers.Options{DayFirst: stated})
		if got := times[0].Format("2006-01-02"); got != want || len(acct.Notes) > 0 {
			t.Errorf("stated %v: %s, notes %q", stated, got, acct.Notes)
		}
	}
}

// TestWideFiles holds that UTF-16 makes no difference.
func TestWideFiles(t *testing.T) {
	text := "13.04.2004\t17:05:09\tPostamt\tWarnung\tKeine\t50\tNicht zutreffend\tSRV\tDie Abweichung ist zu groß.\r\n"
	units := utf16.Encode([]rune("\ufeff" + strings.Repeat(text, 3000)))
	for name, shift := range map[string][2]uint{"little-endian": {0, 8}, "big-endian": {8, 0}} {
		var b []byte
		for _, u := range units {
			b = append(b, byte(u>>shift[0]), byte(u>>shift[1]))
		}
		times, acct := readSaved(t, b, bytes.NewReader(b), parsers.Options{})
		if len(times) != 3000 || acct.Lines > 0 || acct.Format != "eventviewer-nt-txt" {
			t.Errorf("%s: %d events, %d lines, form %s", name, len(times), acct.Lines, acct.Format)
		}
	}
}

// TestNotSaved holds that texts of other forms are not taken for saved logs.
func TestNotSaved(t *testing.T) {
	for _, text := range []string{
		"Hello,\nthe log says 5/10/01 5:49:58 PM Error.\n",
		"2024-05-12 10:11:12,345 INFO [worker-12] Handled request 4711\n2024-05-12 10:11:12,345 INFO [worker-12] Handled request 4712\n",
		"07/05/95  06:16p            <DIR>          .\n06/21/95  03:00a                88,198 EXTRACT.EXE\n",
		"#Fields: date time c-ip\n2001-05-10 17:49:58 10.0.0.1 GET / 200\n",
		"a,b,c,d,e\n1,2,3,4,5\n",
		"date,time,source,type,category,event,user,computer,description\n",
		"[513] Disk\n   Type:     ERROR\n   Time:     9/25/2020 8:36:52 AM   ID:       16\n",
		"220 mail.example.com ESMTP\nEHLO x\n250 ok\n",
		"",
	} {
		h := parsers.NewHead([]byte(text), true)
		for _, f := range savedForms().Formats {
			if n := f.Detect(h); n > 0 {
				t.Errorf("%s scores %d for %q", f.Name, n, text)
			}
		}
		findSavedRows(windowOf(text), parsers.NewOut(&parsers.Account{}, parsers.Visitor{Event: func(e *parsers.Event) {
			t.Errorf("event %d found in %q", e.ID, text)
		}}, nil))
	}
}

func TestAfterListMark(t *testing.T) {
	for _, tt := range []struct{ row, want string }{
		{"- Error\t12/03/1999", "Error\t12/03/1999"},
		{"12.  Error\t12/03/1999", "Error\t12/03/1999"},
		{"• Error\t12/03/1999", "Error\t12/03/1999"},
		{"•Error", "Error"},
		{"•", ""},
		{"Error", "Error"},
	} {
		if got := afterListMark(tt.row); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.row, got, tt.want)
		}
	}
}
