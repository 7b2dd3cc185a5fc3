package eventtable

import "testing"

// TestLongNames holds the names to the bounds by which package eventtext tells
// sentences from the first name of a table.
func TestLongNames(t *testing.T) {
	for name := range nameTable {
		most := 23
		if name[0] == 'e' {
			most = 39
		}
		if len(name) > most {
			t.Errorf("%s: %d letters: let maxColumnName of eventtext know", name, len(name))
		}
	}
}
