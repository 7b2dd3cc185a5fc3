package eventtext

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
)

// checkEvents gives a visitor that holds what is true of every event: it lies
// inside the input, behind the one before, and has no field that is not known.
func checkEvents(t *testing.T, size int64) parsers.Visitor {
	end := int64(0)
	return parsers.Visitor{Event: func(e *parsers.Event) {
		p := e.Pos
		if p.Line < 1 || p.Offset < end || p.Length <= 0 || p.Offset+p.Length > size {
			t.Fatalf("event at line %d, offset %d, length %d; %d bytes in all, %d already taken", p.Line, p.Offset, p.Length, size, end)
		}
		end = p.Offset + p.Length
		if !e.Has(parsers.FieldID) {
			t.Fatal("no id")
		}
		if len(e.Message) > MaxMessage || e.Message != "" && !e.Has(parsers.FieldMessage) {
			t.Fatalf("message of %d bytes, known %v", len(e.Message), e.Has(parsers.FieldMessage))
		}
	}}
}

// readAs reads data with one form, whatever detection says.
func readAs(t *testing.T, f parsers.Format, data []byte) *parsers.Account {
	t.Helper()
	in, err := parsers.NewInput("fuzz", bytes.NewReader(data), bytes.NewReader(data), int64(len(data)), parsers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := f.Detect(in.Head); n < 0 || n > 100 {
		t.Fatalf("score %d", n)
	}
	acct := &parsers.Account{}
	if err := f.Parse(in, parsers.NewOut(acct, checkEvents(t, int64(len(data))), nil)); err != nil {
		t.Fatal(err)
	}
	return acct
}

func FuzzSavedRows(f *testing.F) {
	for _, family := range []string{"eventviewer-nt", "eventviewer-vista", "dumpel"} {
		files, err := filepath.Glob(filepath.Join("..", "..", "testdata", family, "*"))
		if err != nil || len(files) == 0 {
			f.Fatalf("no samples of %s: %v", family, err)
		}
		for _, path := range files {
			if strings.HasSuffix(path, ".golden") {
				continue
			}
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	forms := savedForms().Formats
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, form := range forms {
			readAs(t, form, data)
		}
		acct := &parsers.Account{}
		findSavedRows(windowOf(string(data)), parsers.NewOut(acct, checkEvents(t, int64(len(data))), nil))
	})
}

// TestHostileSavedRows reads inputs that are made to take long.
func TestHostileSavedRows(t *testing.T) {
	many := func(s string, n int) string {
		if testing.Short() {
			n = max(n/10, 1)
		}
		return strings.Repeat(s, n)
	}
	row := "5/10/01,5:49:58 PM,Ci,Error,CI Service ,4124,N/A,Server,"
	vista := "Error,10/26/2022 8:02:57 PM,Contoso Sync,5001,None,"
	tests := []struct {
		name string
		data string
	}{
		{"one long line", row + many("x", 3<<20)},
		{"long description", row + many("x\n", 2<<20)},
		{"open quote", vista + `"` + many("y\"y\n", 1<<19)},
		{"open quotes", many(vista+"\"a\n", 20_000)},
		{"quotes", vista + many(`"`, 2<<20)},
		{"empty lines", vista + "\"" + many("\n", 2<<20) + "z\""},
		{"separators", many("5/10/01,5:49:58 PM"+many(",", 4000)+"\n", 500)},
		{"dates", many("5/10/01 5:49:58 PM ", 200_000)},
		{"dates on lines", many("5/10/01 5:49:58 PM\n", 100_000)},
		{"levels", many("5/10/01 5:49:58 PM Error Error Error Error Error Error\n", 40_000)},
		{"dumpel", many("5/10/01 5:49:58 PM 1 1 1\n", 80_000)},
		{"gaps", many("5/10/01 5:49:58 PM Ci Error None 1 N/A SERVER a:\n\n", 40_000)},
		{"long lines", many("5/10/01,5:49:58 PM,"+many("a", 500_000)+"\n", 8)},
		{"marks", vista + "\n" + many("[...]\n", 400_000)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			for _, form := range savedForms().Formats {
				readAs(t, form, []byte(tt.data))
			}
			acct := &parsers.Account{}
			findSavedRows(windowOf(tt.data), parsers.NewOut(acct, checkEvents(t, int64(len(tt.data))), nil))
			if took := time.Since(start); took > time.Minute {
				t.Errorf("%d bytes took %v", len(tt.data), took)
			}
		})
	}
}

// TestLongMessage holds that a message is cut, and that this is said.
func TestLongMessage(t *testing.T) {
	data := "5/10/01,5:49:58 PM,Ci,Error,CI Service ,4124,N/A,Server,First line\n" + strings.Repeat("0123456789\n", 200_000)
	in, err := parsers.NewInput("long", strings.NewReader(data), nil, -1, parsers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	acct := &parsers.Account{}
	events := 0
	out := parsers.NewOut(acct, parsers.Visitor{Event: func(e *parsers.Event) {
		events++
		if !e.Truncated || len(e.Message) > MaxMessage || len(e.Message) < MaxMessage-100 {
			t.Errorf("message of %d bytes, truncated %v", len(e.Message), e.Truncated)
		}
	}}, nil)
	if err := EventViewerNTCSV().Parse(in, out); err != nil {
		t.Fatal(err)
	}
	if events != 1 || acct.Complete() || len(acct.Skipped) != 1 {
		t.Errorf("%d events, complete %v, skipped %v", events, acct.Complete(), acct.Skipped)
	}
}
