package rules

// constantDiagnosis finds a part of a diagnosis that is always true or never.
func constantDiagnosis(c DiagCond) *exprFault {
	l := &logic[DiagCond]{split: splitDiag, fit: fitDiag, left: maxLogicSteps}
	return l.constant(c)
}

// splitDiag gives the parts of the condition of a diagnosis.
func splitDiag(c DiagCond) (connective, []DiagCond) {
	switch c := c.(type) {
	case *DiagAnd:
		return isAnd, c.Args
	case *DiagOr:
		return isOr, c.Args
	case *DiagNot:
		return isNot, []DiagCond{c.Arg}
	}
	return isLeaf, nil
}

// Signals calls f for each mention of a signal in the condition of a
// diagnosis, with its index, in the order of the text.
func Signals(c DiagCond, f func(signal int)) {
	_, args := splitDiag(c)
	for _, a := range args {
		Signals(a, f)
	}
	for _, s := range mentioned(c) {
		f(s)
	}
}

// mentioned gives the signals of a leaf.
func mentioned(c DiagCond) []int {
	switch c := c.(type) {
	case *SignalRef:
		return []int{c.Signal}
	case *Count:
		return []int{c.Signal}
	case *Within:
		return c.Signals
	case *Sequence:
		return c.Signals
	case *Absent:
		return []int{c.Signal}
	}
	return nil
}

// fitDiag says whether the last leaf can hold with the others: whether each of
// its signals can be seen a number of times that suits all.
func fitDiag(leaves []claim[DiagCond], left *int) bool {
	last := leaves[len(leaves)-1]
	for _, s := range mentioned(last.node) {
		if !countable(leaves, s, left) {
			return false
		}
	}
	return true
}

// countable says whether some number of sightings of a signal suits all.
func countable(leaves []claim[DiagCond], signal int, left *int) bool {
	tries := []int64{0, 1}
	for _, l := range leaves {
		if c, ok := l.node.(*Count); ok && c.Signal == signal {
			tries = append(tries, c.N-1, c.N, c.N+1)
		}
	}
	for _, n := range tries {
		if n >= 0 && suits(leaves, signal, n, left) {
			return true
		}
	}
	return false
}

// suits says whether n sightings of a signal suit all claims, as far as can be
// told from the number alone.
func suits(leaves []claim[DiagCond], signal int, n int64, left *int) bool {
	for _, l := range leaves {
		if *left--; *left < 0 {
			return true
		}
		if !suitsOne(l, signal, n) {
			return false
		}
	}
	return true
}

// suitsOne is suits for one claim. Correlations and groups that are denied say
// nothing on the number.
func suitsOne(l claim[DiagCond], signal int, n int64) bool {
	switch c := l.node.(type) {
	case *SignalRef:
		return c.Signal != signal || (n > 0) != l.neg
	case *Count:
		if c.Signal != signal || c.Same != Ungrouped || c.Window > 0 {
			return true
		}
		return compareNumbers(n, c.Op, c.N) != l.neg
	case *Absent:
		return c.Signal != signal || l.neg || n == 0
	case *Within, *Sequence:
		if l.neg {
			return true
		}
		for _, s := range mentioned(c) {
			if s == signal && n == 0 {
				return false
			}
		}
	}
	return true
}
