package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"kbdiag/parsers"
)

// wrapping is what happens to an export on its way into a ticket.
type wrapping struct {
	name   string
	wrap   func(text string) string
	binary bool // it may happen to binary logs too
}

func wrappings() []wrapping {
	lines := func(text string) string { return strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n") }
	mark := func(text, mark string) string {
		return mark + strings.ReplaceAll(strings.TrimSuffix(lines(text), "\n"), "\n", "\n"+mark) + "\n"
	}
	const before = "Hello,\n\nsince Friday nobody can read mail any more. This is what the log of the server says:\n\n"
	const behind = "\n\nWe have restarted it twice, which did not help.\n\nBest regards\nKim\n"
	return []wrapping{
		{name: "LF", wrap: lines},
		{name: "CRLF", wrap: func(t string) string { return strings.ReplaceAll(lines(t), "\n", "\r\n") }},
		{name: "UTF-8 with a mark", wrap: func(t string) string { return "\ufeff" + lines(t) }},
		{name: "UTF-16", wrap: func(t string) string { return utf16Text(t, false) }},
		{name: "UTF-16 big-endian", wrap: func(t string) string { return utf16Text(t, true) }},
		{name: "prose around it", wrap: func(t string) string { return before + lines(t) + behind }},
		{name: "a block of code", wrap: func(t string) string {
			return "# Mail\n\n" + before + "```\n" + strings.TrimSuffix(lines(t), "\n") + "\n```\n" + behind
		}},
		{name: "quoted", wrap: func(t string) string { return "On Friday Kim wrote:\n\n" + mark(t, "> ") + behind }},
		{name: "saved mail", wrap: func(t string) string {
			return "From: kim@example.test\r\nTo: help@example.test\r\nSubject: no mail\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" +
				strings.ReplaceAll(before+lines(t)+behind, "\n", "\r\n")
		}},
		{name: "gzip", binary: true, wrap: func(t string) string {
			var b bytes.Buffer
			w := gzip.NewWriter(&b)
			w.Write([]byte(t)) //nolint:errcheck // to memory
			w.Close()
			return b.String()
		}},
		{name: "zip", binary: true, wrap: func(t string) string {
			var b bytes.Buffer
			w := zip.NewWriter(&b)
			f, err := w.Create("logs/export")
			if err != nil {
				panic(err)
			}
			f.Write([]byte(t)) //nolint:errcheck // to memory
			w.Close()
			return b.String()
		}},
	}
}

// utf16Text writes UTF-16 with a byte order mark.
func utf16Text(t string, big bool) string {
	b := []byte{0xFF, 0xFE}
	if big {
		b = []byte{0xFE, 0xFF}
	}
	for _, u := range utf16.Encode([]rune(strings.TrimPrefix(t, "\ufeff"))) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return string(b)
}

// TestSameEventWrapped reads every form as it comes with tickets: in other
// encodings, packed, and pasted into a mail. The records are the same.
func TestSameEventWrapped(t *testing.T) {
	list := sameEvents()
	for _, f := range sameForms() {
		for _, w := range wrappings() {
			if !f.Text() && !w.binary {
				continue
			}
			t.Run(f.Name+"/"+w.name, func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "export.txt")
				if err := os.WriteFile(file, []byte(w.wrap(f.Write(list))), 0o644); err != nil {
					t.Fatal(err)
				}
				compareEvents(t, f, readEvents(t, file), list)
			})
		}
	}
}

// TestSameEventBeside reads every form in one file with another: each gives its
// own events.
func TestSameEventBeside(t *testing.T) {
	list := sameEvents()
	forms := sameForms()
	for i, f := range forms {
		if !f.Text() {
			continue
		}
		g := forms[(i+1)%len(forms)]
		if !g.Text() {
			g = forms[0]
		}
		if f.Name == "FRST" {
			continue // a report of its own, read as one to its end
		}
		t.Run(f.Name+" and "+g.Name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "both.txt")
			text := "First log:\n\n" + strings.TrimPrefix(f.Write(list), "\ufeff") + "\n\nI have looked at the second server too:\n\n" + strings.TrimPrefix(g.Write(list), "\ufeff") + "\n\nThank you\n"
			if err := os.WriteFile(file, []byte(strings.ReplaceAll(text, "\r\n", "\n")), 0o644); err != nil {
				t.Fatal(err)
			}
			got := readEvents(t, file)
			if len(got) != 2*len(list) {
				t.Fatalf("%d events, want %d", len(got), 2*len(list))
			}
			compareEvents(t, f, got[:len(list)], list)
			compareEvents(t, g, got[len(list):], list)
		})
	}
}

// TestSameEventCut reads every form cut at both ends, as a screenful is: what
// is whole is read, and nothing else is made up.
func TestSameEventCut(t *testing.T) {
	list := sameEvents()
	for _, f := range sameForms() {
		if !f.Cuttable() {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			text := f.Write(list)
			first, last := f.Write(list[:1]), f.Write(list[3:])
			if f.NewestFirst {
				first, last = last, first
			}
			cut := text[:len(text)-len(strings.TrimPrefix(last, f.Head()))/2]
			cut = f.Head() + cut[len(first)/2:]
			file := filepath.Join(t.TempDir(), "cut.txt")
			if err := os.WriteFile(file, []byte(cut), 0o644); err != nil {
				t.Fatal(err)
			}
			want := map[int]bool{411: true, 412: true, 413: true, 414: true}
			got, _ := allEvents(file)
			for _, e := range got {
				if e.Has(parsers.FieldRecord) && !want[int(e.Pos.Record)] {
					t.Errorf("record %d was made up", e.Pos.Record)
				}
				if e.Has(parsers.FieldID) && e.ID != 13003 && e.ID != 1000 && !e.Truncated {
					t.Errorf("id %d was made up", e.ID)
				}
			}
			whole := 0
			for _, e := range got {
				if e.ID == 13003 || e.ID == 1000 {
					whole++
				}
			}
			if whole < 2 {
				t.Errorf("%d events of the two in the middle", whole)
			}
		})
	}
}
