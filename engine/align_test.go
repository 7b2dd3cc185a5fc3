package engine

import (
	"math"
	"strings"
	"testing"
)

// TestAlign compares messages with quotes word by word.
func TestAlign(t *testing.T) {
	for _, c := range []struct {
		name, quote, message string
		lacking, foreign     float64
	}{
		{"an instance", "The feed %1 has stopped with error 0x54f.", "The feed NIGHTLY has stopped with error 0x54f.", 0, 0},
		{"another value", "The feed %1 has stopped with error 0x54f.", "The feed NIGHTLY has stopped with error 0x17.", 0, 0},
		{"a word less", "The feed has stopped now", "The feed stopped now", 0.2, 0},
		{"a word of its own", "The feed has stopped now", "The feed has never stopped now", 0, 1.0 / 6},
		{"cut", "The feed has stopped because the disk is full.", "The feed has stopped", 0, 0},
		{"other words", "The feed has stopped.", "No space on disk.", 1, 1},
	} {
		a := align(textPieces(c.quote), textPieces(c.message), endsOpen(c.message))
		if math.Abs(a.lacking-c.lacking) > 0.01 || math.Abs(a.foreign-c.foreign) > 0.01 {
			t.Errorf("%s: %+v", c.name, a)
		}
	}
	if n := len(textPieces(strings.Repeat("word ", 10*alignWords))); n != alignWords {
		t.Errorf("%d pieces of a long text, want %d", n, alignWords)
	}
}
