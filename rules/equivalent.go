package rules

// Equivalent says that two conditions on one kind of record are proved to hold
// on the same records. false is no proof of the contrary.
func Equivalent(kind Kind, a, b Cond) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	if canonical(a) == canonical(b) {
		return true
	}
	l := &logic[Cond]{split: splitCond}
	l.fit = func(leaves []claim[Cond], left *int) bool { return fitCond(kind, leaves, left) }
	return l.never(a, b) && l.never(b, a)
}

// EquivalentDiagnoses is Equivalent for conditions over the same signals.
func EquivalentDiagnoses(a, b DiagCond) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	l := &logic[DiagCond]{split: splitDiag, fit: fitDiag}
	return l.never(a, b) && l.never(b, a)
}

// never says that it is proved that a cannot hold without b.
func (l *logic[T]) never(a, b T) bool {
	l.left = maxLogicSteps
	return !l.possible(nil, []claim[T]{{a, false}, {b, true}})
}
