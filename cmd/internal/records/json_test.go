package records

import (
	"encoding/json"
	"testing"
	"unicode/utf8"
)

// TestQuoted puts every byte at every place of a word and reads it back.
func TestQuoted(t *testing.T) {
	for c := range 256 {
		for at := range 19 {
			text := []byte("abcdefghijklmnopqrs")
			text[at] = byte(c)
			var got string
			quoted := appendQuoted(nil, string(text))
			if err := json.Unmarshal(quoted, &got); err != nil {
				t.Fatalf("%q: %v", quoted, err)
			}
			want := string(text)
			if !utf8.ValidString(want) {
				want = string([]rune(want)) // U+FFFD for each byte
			}
			if got != want {
				t.Errorf("%q reads back as %q", text, got)
			}
		}
	}
	if got := string(appendQuoted(nil, "caf\u00e9 \u65e5\u672c\u8a9e \U0001F600")); got != "\"caf\u00e9 \u65e5\u672c\u8a9e \U0001F600\"" {
		t.Error(got)
	}
}
