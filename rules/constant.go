package rules

import "fmt"

// maxLogicSteps bounds the search for constant conditions; beyond it a
// condition counts as not constant.
const maxLogicSteps = 50_000

// connective is what a node is to logic.
type connective uint8

const (
	isLeaf connective = iota
	isAnd
	isOr
	isNot
)

// claim is a node that is to hold, or with neg not to hold.
type claim[T any] struct {
	node T
	neg  bool
}

// logic decides whether conditions can hold. It errs on one side only: what
// it calls impossible is impossible. T is Cond or DiagCond.
type logic[T interface{ Source() Src }] struct {
	split func(T) (connective, []T)
	// fit says whether the last of the leaves can hold with the others. It
	// takes its steps from *left.
	fit  func(leaves []claim[T], left *int) bool
	left int // steps
}

// possible says whether all goals can hold together with the leaves.
func (l *logic[T]) possible(leaves, goals []claim[T]) bool {
	var choices []claim[T]
	for len(goals) > 0 {
		if l.left--; l.left < 0 {
			return true
		}
		g := goals[len(goals)-1]
		goals = goals[: len(goals)-1 : len(goals)-1]
		how, args := l.split(g.node)
		switch {
		case how == isNot:
			goals = append(goals, claim[T]{args[0], !g.neg})
		case how == isLeaf:
			leaves = append(leaves[:len(leaves):len(leaves)], g)
			if !l.fit(leaves, &l.left) {
				return false
			}
		case (how == isAnd) != g.neg:
			for _, a := range args {
				goals = append(goals, claim[T]{a, g.neg})
			}
		default:
			choices = append(choices, g)
		}
	}
	if len(choices) == 0 {
		return true
	}
	_, args := l.split(choices[0].node)
	for _, a := range args {
		rest := append([]claim[T]{{a, choices[0].neg}}, choices[1:]...)
		if l.possible(leaves, rest) {
			return true
		}
	}
	return false
}

// constant finds the innermost part that cannot be true or cannot be false.
func (l *logic[T]) constant(n T) *exprFault {
	how, args := l.split(n)
	for _, a := range args {
		if fault := l.constant(a); fault != nil {
			return fault
		}
	}
	if how == isNot {
		return nil
	}
	if !l.possible(nil, []claim[T]{{n, false}}) {
		return l.fault(n, args, false)
	}
	if !l.possible(nil, []claim[T]{{n, true}}) {
		return l.fault(n, args, true)
	}
	return nil
}

// fault describes a constant node: where two of its parts are enough, both.
func (l *logic[T]) fault(n T, args []T, always bool) *exprFault {
	for i, b := range args {
		for _, a := range args[:i] {
			if l.left < 0 || l.possible(nil, []claim[T]{{a, always}, {b, always}}) {
				continue
			}
			msg := "can never hold together with %s"
			if always {
				msg = "or %s always holds"
			}
			return &exprFault{extentOf(b), constantCode(always),
				shorten(b.Source().Text) + " " + fmt.Sprintf(msg, shorten(a.Source().Text)), "", ""}
		}
	}
	msg := "%s can never be true"
	if always {
		msg = "%s is always true"
	}
	return &exprFault{extentOf(n), constantCode(always), fmt.Sprintf(msg, shorten(n.Source().Text)), "", ""}
}

// extentOf gives the span of a node in its condition.
func extentOf(n interface{ Source() Src }) span {
	s := n.Source()
	return span{s.start, s.start + len(s.Text)}
}
