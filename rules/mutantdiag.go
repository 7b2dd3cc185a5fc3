package rules

import (
	"fmt"
	"slices"
	"time"
)

// mutateDiag gives every condition of a diagnosis that is c with one fault.
func mutateDiag(r *Rule, c DiagCond, emit func(DiagCond, change)) {
	switch c := c.(type) {
	case *DiagAnd:
		mutateDiagList(r, c.Src, c.Args, "&&", func(args []DiagCond) DiagCond { return &DiagAnd{c.Src, args} }, func(args []DiagCond) DiagCond { return &DiagOr{c.Src, args} }, emit)
	case *DiagOr:
		mutateDiagList(r, c.Src, c.Args, "||", func(args []DiagCond) DiagCond { return &DiagOr{c.Src, args} }, func(args []DiagCond) DiagCond { return &DiagAnd{c.Src, args} }, emit)
	case *DiagNot:
		emit(c.Arg, change{"! before " + inLine(c.Arg.Source().Text) + " is dropped", c.Pos})
		if _, leaf := c.Arg.(*SignalRef); !leaf {
			mutateDiag(r, c.Arg, func(a DiagCond, m change) { emit(&DiagNot{c.Src, a}, m) })
		}
	default:
		emit(&DiagNot{c.Source(), c}, change{inLine(c.Source().Text) + " is negated", c.Source().Pos})
		mutateDiagLeaf(r, c, emit)
	}
}

func mutateDiagList(r *Rule, src Src, args []DiagCond, op string, same, other func([]DiagCond) DiagCond, emit func(DiagCond, change)) {
	swapped := map[string]string{"&&": "||", "||": "&&"}[op]
	emit(other(args), change{fmt.Sprintf("%s becomes %s in %s", op, swapped, inLine(src.Text)), src.Pos})
	for i, a := range args {
		rest := slices.Delete(slices.Clone(args), i, i+1)
		dropped := change{fmt.Sprintf("%s is dropped", inLine(a.Source().Text)), a.Source().Pos}
		if len(rest) == 1 {
			emit(rest[0], dropped)
		} else {
			emit(same(rest), dropped)
		}
		mutateDiag(r, a, func(c DiagCond, m change) {
			changed := slices.Clone(args)
			changed[i] = c
			emit(same(changed), m)
		})
	}
}

// mutateDiagLeaf changes numbers, windows and the order of correlations.
func mutateDiagLeaf(r *Rule, c DiagCond, emit func(DiagCond, change)) {
	switch c := c.(type) {
	case *Count:
		mutateCount(c, emit)
	case *Within:
		for _, w := range otherWindows(c.Window) {
			m := *c
			m.Window = w
			emit(&m, becomes(c.Src, fmt.Sprintf("the same within %s", w)))
		}
		for _, pair := range withoutEach(c.Signals) {
			m := *c
			m.Signals = pair.rest
			emit(lone(&m, m.Signals), change{r.Signals[pair.gone].Name + " is dropped from " + inLine(c.Text), c.Pos})
		}
	case *Sequence:
		for _, w := range otherWindows(c.Window) {
			m := *c
			m.Window = w
			emit(&m, becomes(c.Src, fmt.Sprintf("the same within %s", w)))
		}
		m := *c
		m.Signals = slices.Clone(c.Signals)
		slices.Reverse(m.Signals)
		emit(&m, becomes(c.Src, "the same in the opposite order"))
		emit(&Within{Src: c.Src, Signals: c.Signals, Window: c.Window, Same: c.Same}, becomes(c.Src, "the same in any order"))
	}
}

func mutateCount(c *Count, emit func(DiagCond, change)) {
	ops := besides(c.Op)
	if c.Window > 0 {
		ops = nil // of these only > and >= exist, which is the number one off
	}
	for _, op := range ops {
		m := *c
		m.Op = op
		emit(&m, becomes(c.Src, fmt.Sprintf("the same with %s", op)))
	}
	for _, n := range []int64{c.N - 1, c.N + 1} {
		if n >= 0 {
			m := *c
			m.N = n
			emit(&m, becomes(c.Src, fmt.Sprintf("the same with %d", n)))
		}
	}
}

func otherWindows(w time.Duration) []time.Duration {
	return []time.Duration{max(w/10, 1), min(10*w, maxWindow)}
}

// without is a list of signals that lacks one.
type without struct {
	gone int
	rest []int
}

func withoutEach(signals []int) []without {
	var out []without
	for i, s := range signals {
		out = append(out, without{s, slices.Delete(slices.Clone(signals), i, i+1)})
	}
	return out
}

// lone turns a correlation of one signal into that signal.
func lone(c *Within, signals []int) DiagCond {
	if len(signals) == 1 {
		return &SignalRef{c.Src, signals[0]}
	}
	return c
}
