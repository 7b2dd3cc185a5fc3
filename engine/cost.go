package engine

import (
	"regexp"
	"regexp/syntax"
)

// Bounds of what rules may cost, in steps: about a nanosecond of a processor
// each. They count what a condition looks at, not the time that it took, so
// that the answer is the same on every machine.
const (
	// costOfRecord bounds the evaluation of one signal on one record.
	costOfRecord = 1 << 28
	// A signal may cost costOfInput on an input, and costShare more for each
	// of its records. Beyond it the signal is left out for the rest of the input.
	costOfInput = 1 << 32
	costShare   = 1 << 18
	// cheap is what is not worth counting.
	cheap = 1 << 12
)

// spend counts steps of the evaluation at work. It is false once the
// evaluation has cost too much.
func (v *view) spend(steps int64) bool {
	v.cost += steps
	if v.cost > costOfRecord {
		v.costly = true
	}
	return !v.costly
}

// steps estimates what a test of a text costs.
func (n *condition) steps(text string) int64 {
	if n.op == opMatches {
		return 16 + n.size*int64(len(text))
	}
	return 1 + int64(len(text))/8
}

// patternSteps estimates the steps of a pattern for each byte of text: in the
// worst case each of its instructions is tried.
func patternSteps(re *regexp.Regexp) int64 {
	tree, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return 1
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return 1
	}
	return 1 + int64(len(prog.Inst))*2
}
