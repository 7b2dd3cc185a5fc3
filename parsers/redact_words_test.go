package parsers

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestSecretWordsAreFound puts each word at every place of a line, in either
// case: the look at every other byte misses none that a look at all bytes finds.
func TestSecretWordsAreFound(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, w := range secretWords {
		for from := range 9 {
			for _, word := range []string{w.text, strings.ToUpper(w.text), strings.ToUpper(w.text[:1]) + w.text[1:]} {
				for _, behind := range []string{" x", "\tx", "\n", "=", "", "joe:pw@mail3", "VXNlcm5hbWU6", `": "x`, "is x", ">x</"} {
					line := strings.Repeat("é.xyz.xyz", 1)[:from] + word + behind
					if got, want := shapesIn(line), shapesEverywhere(line); got != want {
						t.Errorf("%q: %b, want %b", line, got, want)
					}
					if want := shapesEverywhere(line+"\n") != shapesEverywhere(line); want && !MayEndBeforeSecret(line) {
						t.Errorf("%q at the end of a line is missed", line)
					}
				}
			}
		}
	}
	for range 20_000 { // pieces of words beside one another
		var b strings.Builder
		for range rnd.IntN(6) {
			w := secretWords[rnd.IntN(len(secretWords))].text
			from := rnd.IntN(len(w))
			b.WriteString(w[from : from+rnd.IntN(len(w)-from)+1])
			b.WriteString([]string{"", "", " ", "\t", "-"}[rnd.IntN(5)])
		}
		if got, want := shapesIn(b.String()), shapesEverywhere(b.String()); got != want {
			t.Fatalf("%q: %b, want %b", b.String(), got, want)
		}
	}
}

// shapesEverywhere looks for all words at all places.
func shapesEverywhere(line string) uint32 {
	shapes := uint32(0)
	for i := range line {
		for _, w := range secretWords {
			n := i + len(w.text)
			if n > len(line) || !strings.EqualFold(line[i:n], w.text) {
				continue
			}
			if w.text == "://" && !followsPassword(line[n:]) || w.text == "334 " && !followsChallenge(line[n:]) {
				continue
			}
			if !w.blank || n < len(line) && strings.IndexByte(" \t\r\n\f", line[n]) >= 0 {
				shapes |= w.shapes & (namedBefore(line[n:]) | ^uint32(namedShapes))
			}
		}
	}
	return shapes
}

func BenchmarkMayHoldSecret(b *testing.B) {
	line := "An error was found in the store, after 12 attempts, of the folder with the name Sales 4102. Error 0x8004010f was returned to the account of the security service."
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		if MayHoldSecret(line) {
			b.Fatal("there is none")
		}
	}
}
