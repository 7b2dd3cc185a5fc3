package eventjson_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/eventjson"
)

func samples(f testing.TB) [][]byte {
	var list [][]byte
	dir := filepath.Join("..", "..", "testdata", "event-json")
	entries, err := os.ReadDir(dir)
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".golden") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			f.Fatal(err)
		}
		list = append(list, b)
	}
	return list
}

// FuzzEventJSON reads anything: no panic, no position outside, and the same
// reading whatever the pieces in which the input comes.
func FuzzEventJSON(f *testing.F) {
	for _, b := range samples(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			return
		}
		eventjson.Format().Detect(parsers.NewHead(b, true))
		acct, events := read(t, bytes.NewReader(b), int64(len(b)))
		again, _ := read(t, io.MultiReader(bytes.NewReader(b)), -1)
		if acct.Events != again.Events || acct.Lines != again.Lines {
			t.Fatalf("%d and %d events", acct.Events, again.Events)
		}
		for i := range events {
			if e := &events[i]; e.Has(parsers.FieldTime) && e.Time.Year() < 1602 {
				t.Fatalf("time %v", e.Time)
			}
		}
	})
}

// FuzzFinder finds objects in any text.
func FuzzFinder(f *testing.F) {
	for _, b := range samples(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			return
		}
		r := &parsers.Reader{Forms: parsers.Forms{Finders: []parsers.Finder{eventjson.Finder()}}, Stdin: bytes.NewReader(b)}
		acct := r.Read("-", parsers.Visitor{Event: func(e *parsers.Event) {
			if e.Pos.Offset < 0 || e.Pos.Offset+e.Pos.Length > int64(len(b)) {
				t.Fatalf("position %+v", e.Pos)
			}
		}})[0]
		if acct.Err != nil && strings.Contains(acct.Err.Error(), "defect") {
			t.Fatal(acct.Err)
		}
	})
}

// FuzzYAML reads anything as the YAML of events.
func FuzzYAML(f *testing.F) {
	for _, b := range samples(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			return
		}
		in, err := parsers.NewInput("x", bytes.NewReader(b), nil, int64(len(b)), parsers.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var acct parsers.Account
		eventjson.YAML().Detect(in.Head)
		if err := eventjson.YAML().Parse(in, parsers.NewOut(&acct, parsers.Visitor{}, nil)); err != nil {
			t.Fatal(err)
		}
	})
}
