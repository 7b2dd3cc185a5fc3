package formats

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
	"kbdiag/parsers/eventtext/eventtexttest"
)

// ways are two readings of a text: as it is, and without a finder that reads
// windows by itself.
type ways struct {
	as, without parsers.Forms
	alone       int // windows that a finder read by itself
}

func newWays() *ways {
	ws := &ways{as: All(), without: All()}
	for i := range ws.as.Finders {
		ws.without.Finders[i].Alone = nil
		alone := ws.as.Finders[i].Alone
		if alone == nil {
			continue
		}
		ws.as.Finders[i].Alone = func(may func(string) bool) func(*parsers.Window, *parsers.Out) bool {
			read := alone(may)
			return func(w *parsers.Window, out *parsers.Out) bool {
				ok := read(w, out)
				if ok {
					ws.alone++
				}
				return ok
			}
		}
	}
	return ws
}

// readAll gives all records of a text, its account and the secrets in it, in
// print.
func readAll(forms parsers.Forms, data []byte) string {
	var b strings.Builder
	secrets := &parsers.Secrets{}
	r := &parsers.Reader{Forms: forms, Stdin: bytes.NewReader(data), Secrets: secrets}
	accts := r.Read(parsers.StdinName, parsers.Visitor{
		Event:   func(e *parsers.Event) { fmt.Fprintf(&b, "%+v\n", *e) },
		Session: func(s *parsers.Session) { fmt.Fprintf(&b, "%+v\n", *s) },
		Line:    func(l *parsers.Line) { fmt.Fprintf(&b, "%+v\n", *l) },
	})
	for _, a := range accts {
		fmt.Fprintf(&b, "%+v\n", *a)
	}
	learned := &parsers.Secrets{}
	(&parsers.Reader{Forms: forms, Stdin: bytes.NewReader(data), Secrets: learned}).Learn(parsers.StdinName)
	fmt.Fprintf(&b, "%q %q\n", secrets.Words(), learned.Words())
	return b.String()
}

// same fails if a text reads otherwise where a finder may read windows by
// itself, and gives how many windows were read so.
func (ws *ways) same(t *testing.T, data []byte) int {
	t.Helper()
	ws.alone = 0
	got, want := readAll(ws.as, data), readAll(ws.without, data)
	if got != want {
		g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
		for i := 0; i < len(g) && i < len(w); i++ {
			if g[i] != w[i] {
				t.Fatalf("%q\ngot  %s\nwant %s", cut(data), g[i], w[i])
			}
		}
		t.Fatalf("%q\n%d lines, want %d", cut(data), len(g), len(w))
	}
	return ws.alone
}

func cut(data []byte) []byte { return data[:min(len(data), 4000)] }

const (
	copied2000 = "Event Type:\tError\r\nEvent Source:\tYard Keeper\r\nEvent Category:\tGates (2)\r\nEvent ID:\t4711\r\nDate:\t\t%d/3/2003\r\nTime:\t\t9:07:02 PM\r\nUser:\t\tN/A\r\nComputer:\tOAK\r\nDescription:\r\n%s\r\n\r\n"
	copied7    = "Log Name:      System\r\nSource:        Yard Keeper\r\nDate:          %d/3/2016 9:07:02 PM\r\nEvent ID:      4711\r\nTask Category: Gates\r\nLevel:         Error\r\nKeywords:      Classic,Audit Failure\r\nUser:          OAK\\kim\r\nComputer:      oak.example.test\r\nDescription:\r\n%s\r\n\r\n"
)

// messages are messages that a finder may read by itself (true), or must not.
var messages = map[string]bool{
	"The gate is open.":                    true,
	"":                                     true,
	"\r\nThe gate is open.":                true,
	"\r\n\r\n\r\nThe gate is too far off.": false,
	"The gate:\r\n\tKeeper:\t\tkim\r\n  Gate ID:\t0x3E7\r\n\r\nNetwork:\r\n\t-\r\n": true,
	"One (two) [three], \"four\" & five = six; seven | eight # nine - ten / 2003":   true,
	"[eleven]\r\n(twelve)\r\n1. thirteen\r\n* fourteen\r\n- fifteen\r\n\"sixteen\"": true,
	"Das Tor ist zu weit geöffnet für den Wächter.\r\nÜber das Tor.":                false,
	"The gate at <unknown> is open, <b>wide</b>.":                                   false,
	"The gate at <unknown> is open.":                                                true,
	"The password: 5ecretGate is old.":                                              true,
	"Sign in with pass\r\nword open5esame to go on, -w\r\nhidden5esame":             true,
	"The gate is open.\r\nFor more information, see Help and Support Center at http://go.microsoft.com/fwlink/events.asp.\r\nData:\r\n0000: c000005e   \r\n":                                                                                                                       true,
	"The gate is open.\r\n\r\nFor more information, see Help and Support Center at http://go.microsoft.com/fwlink/events.asp.":                                                                                                                                                     true,
	"The gate is open.\r\nData:\r\n0000: 28 00 00 c0 0a 00 00 00   (.......\r\n0008: 01 02                     ..\r\n":                                                                                                                                                             true,
	"The gate is open.\r\nData: \r\n0000: 28 00 00 c0\r\n\r\n0004: 01 02 ab cd\r\n":                                                                                                                                                                                                false,
	"The description for Event ID ( 4711 ) in Source ( Yard Keeper ) cannot be found. The local computer may not have the necessary registry information or message DLL files to display messages from a remote computer. The following information is part of the event: oak, 5.": true,
	"The gate is open.\r\n\r\nThanks for any help.":                              false,
	"The gate is open.\r\n----------\r\nSee below.":                              false,
	"The gate is open.\r\nor\r\nit is not.":                                      false,
	"The gate is open.\r\n> It was said so.":                                     false,
	"Error 3/4/2003 9:00:00 PM in the yard.":                                     false,
	"9/25/2003,8:36:47 AM,Yard Keeper,Error,None,7000,N/A,OAK,The gate is open.": false,
	"Event ID: 5":                     true,
	"Source: X\r\nEvent ID: 6":        true,
	"Event Type:\tWarning\r\nnothing": false,
	"Type: x\r\nEvent: 5":             false,
	"Source : x":                      false,
	"Level,Date and Time,Source,Event ID,Task Category\r\nError,3/4/2003 9:00:00 PM,X,5,None": false,
	"{\"EventID\":5}": false,
	"Event Xml:\r\n<Event><System><EventID>5</EventID></System></Event>": false,
	"+OK ready\r\nUSER kim\r\n+OK\r\nPASS open5esame\r\n-ERR no":         true,
}

// TestAlone reads messages of all kinds in what Event Viewer copied, in a window
// by themselves and as before.
func TestAlone(t *testing.T) {
	ws := newWays()
	for _, form := range []string{copied2000, copied7} {
		for message, alone := range messages {
			text := fmt.Sprintf(form, 4, "First.") + fmt.Sprintf(form, 5, message) + fmt.Sprintf(form, 26, "Last.")
			n := ws.same(t, []byte(text))
			if (n > 0) != alone {
				t.Errorf("%q: read by itself: %v, want %v", message, n > 0, alone)
			}
			ws.same(t, []byte("> "+strings.ReplaceAll(text, "\n", "\n> ")))
			ws.same(t, []byte(text[150:]))
			ws.same(t, []byte(text[:len(text)-120]))
		}
	}
}

// TestAloneLarge reads logs of several windows.
func TestAloneLarge(t *testing.T) {
	ws := newWays()
	for _, form := range []string{"clipboard-2000", "clipboard-vista"} {
		var b bytes.Buffer
		if err := eventtexttest.Write(&b, form, 6<<20); err != nil {
			t.Fatal(err)
		}
		if n := ws.same(t, b.Bytes()); n < 2 {
			t.Errorf("%s: %d windows were read alone", form, n)
		}
	}
}

// FuzzAlone puts text into a message, a header and between two records.
func FuzzAlone(f *testing.F) {
	for message := range messages {
		f.Add([]byte(message), uint16(500))
	}
	addSamples(f, func(b []byte) { f.Add(b, uint16(900)) }, "clipboard-2000", "clipboard-vista", "event-quotes")
	whole := fmt.Sprintf(copied2000, 4, "First.") + fmt.Sprintf(copied7, 5, "Second of two.\r\n\tKeeper:\tkim") + fmt.Sprintf(copied2000, 26, "The last one, maybe.")
	ws := newWays()
	f.Fuzz(func(t *testing.T, data []byte, at uint16) {
		if len(data) > 1<<16 {
			return
		}
		from := int(at) % len(whole)
		ws.same(t, []byte(whole[:from]+string(data)+whole[from:]))
	})
}

// FuzzMay holds the finders to what they say of lines: those of which they may
// take nothing they leave alone, and plain lines are such.
func FuzzMay(f *testing.F) {
	for message := range messages {
		f.Add([]byte(message))
	}
	addSamples(f, func(b []byte) { f.Add(b) }, "clipboard-2000", "clipboard-vista", "event-quotes", "event-table", "event-tools", "event-syslog", "event-json", "powershell", "eventviewer-nt", "eventviewer-vista")
	finders := All().Finders
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		texts := strings.Split(string(data), "\n")
		for _, text := range texts {
			if !eventtext.PlainLine(text) {
				continue
			}
			for i := range finders {
				if finders[i].Alone != nil {
					break
				}
				if finders[i].May(text) {
					t.Errorf("%s may take of the plain line %q", finders[i].Name, text)
				}
			}
		}
		for i := range finders {
			if finders[i].May != nil {
				checkMay(t, &finders[i], texts)
			}
		}
	})
}

// checkMay gives a finder the lines of which it may take nothing.
func checkMay(t *testing.T, finder *parsers.Finder, texts []string) {
	var lines []parsers.TextLine
	offset := 0
	for i, text := range texts {
		if !finder.May(text) {
			lines = append(lines, parsers.TextLine{Text: text, No: i + 1, Offset: int64(offset), Length: len(text) + 1})
		}
		offset += len(text) + 1
	}
	w := parsers.NewWindow(lines)
	acct := &parsers.Account{}
	finder.Find(w, parsers.NewOut(acct, parsers.Visitor{}, nil))
	if w.Left() != len(lines) || acct.Records() > 0 || len(acct.Skipped) > 0 || len(acct.Notes) > 0 {
		t.Errorf("%s took of lines of which it may take nothing: %d records, %d lines, %v", finder.Name, acct.Records(), len(lines)-w.Left(), acct.Notes)
	}
}

func addSamples(f *testing.F, add func([]byte), families ...string) {
	for _, family := range families {
		paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", family, "*"))
		if err != nil || len(paths) == 0 {
			f.Fatal("no samples of ", family)
		}
		for _, p := range paths {
			data, err := os.ReadFile(p)
			if err != nil || strings.HasSuffix(p, ".golden") {
				continue
			}
			add(data)
		}
	}
}
