package eventtext

import (
	"bytes"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext/eventtexttest"
)

// TestLargeClipboard reads more events in label form than one window holds:
// none is cut in two where one window ends and the next begins.
func TestLargeClipboard(t *testing.T) {
	for _, form := range []string{"clipboard-2000", "clipboard-vista"} {
		var b bytes.Buffer
		if err := eventtexttest.Write(&b, form, 14<<20); err != nil {
			t.Fatal(err)
		}
		want := bytes.Count(b.Bytes(), []byte("\nComputer:"))
		rd := &parsers.Reader{Forms: parsers.Forms{Finders: []parsers.Finder{SavedRowFinder(), LabelFinder()}}, Stdin: &b}
		last := int64(0)
		accts := rd.Read(parsers.StdinName, parsers.Visitor{Event: func(e *parsers.Event) {
			if e.Pos.Offset < last || !e.Has(parsers.FieldMessage) {
				t.Errorf("%s: event on line %d: offset %d behind %d, message %q", form, e.Pos.Line, e.Pos.Offset, last, e.Message)
			}
			last = e.Pos.Offset + e.Pos.Length
		}})
		if a := accts[0]; a.Events != want || a.Lines != 0 {
			t.Errorf("%s: %d events and %d lines, want %d and none", form, a.Events, a.Lines, want)
		}
	}
}
