package rules

import (
	"strings"
)

// constantFault finds a part of a condition that is always true or never.
func constantFault(kind Kind, c Cond) *exprFault {
	l := &logic[Cond]{split: splitCond, left: maxLogicSteps}
	l.fit = func(leaves []claim[Cond], left *int) bool { return fitCond(kind, leaves, left) }
	if fault := l.constant(c); fault != nil {
		return fault
	}
	return predicateFault(kind, c)
}

// predicateFault looks into the predicates of any, all, none and one.
func predicateFault(kind Kind, c Cond) *exprFault {
	if e, ok := c.(*Each); ok {
		return constantFault(kind, e.Pred)
	}
	_, args := splitCond(c)
	for _, a := range args {
		if fault := predicateFault(kind, a); fault != nil {
			return fault
		}
	}
	return nil
}

// splitCond gives the parts of a condition.
func splitCond(c Cond) (connective, []Cond) {
	switch c := c.(type) {
	case *And:
		return isAnd, c.Args
	case *Or:
		return isOr, c.Args
	case *Not:
		return isNot, []Cond{c.Arg}
	}
	return isLeaf, nil
}

// fitCond says whether the last leaf can hold with the others. Leaves over the
// same operand are tried with every value that could tell them apart; other
// leaves only clash with their own opposite.
func fitCond(kind Kind, leaves []claim[Cond], left *int) bool {
	last := leaves[len(leaves)-1]
	o, ok := testedOperand(last.node)
	if !ok {
		return !hasOpposite(leaves, left)
	}
	var same []claim[Cond]
	for _, l := range leaves {
		*left--
		if lo, ok := testedOperand(l.node); ok && sameOperand(lo, o) {
			same = append(same, l)
		}
	}
	values, complete := candidates(kind, o, same)
	if !complete {
		return !hasOpposite(same, left)
	}
	for _, v := range values {
		if fitsAll(same, v, left) || *left < 0 {
			return true
		}
	}
	return false
}

// sameOperand compares operands; names in data["name"] without case.
func sameOperand(a, b Operand) bool {
	if a.Form == KeyOperand && strings.EqualFold(a.Key, b.Key) {
		a.Key = b.Key
	}
	return a == b
}

// testedOperand gives the operand of a leaf that looks at one value.
func testedOperand(c Cond) (Operand, bool) {
	switch c := c.(type) {
	case *TrueField:
		return c.Operand, true
	case *Compare:
		return c.Operand, true
	case *InList:
		return c.Operand, true
	case *InRange:
		return c.Operand, true
	case *TextTest:
		return c.Operand, true
	case *Matches:
		return c.Operand, true
	}
	return Operand{}, false
}

// hasOpposite says whether the last claim says the opposite of another.
func hasOpposite(leaves []claim[Cond], left *int) bool {
	last := leaves[len(leaves)-1]
	key := canonical(last.node)
	for _, l := range leaves[:len(leaves)-1] {
		*left -= 1 + len(key)/16
		if l.neg != last.neg && canonical(l.node) == key {
			return true
		}
	}
	return false
}

// candidates gives values of an operand such that the leaves can hold together
// if and only if they hold for one of the values. complete is false if there
// is no such finite choice.
func candidates(kind Kind, o Operand, leaves []claim[Cond]) (values []Value, complete bool) {
	switch o.Type {
	case Bool:
		return []Value{{Type: Bool}, {Type: Bool, Number: 1}}, true
	case Number:
		return numberCandidates(kind, o, leaves), true
	}
	if f := field(kind, o.Field); o.Form == FieldOperand && f != nil && f.Values != nil {
		for _, s := range f.Values {
			values = append(values, Value{Type: Text, Text: s})
		}
		return values, true
	}
	for _, l := range leaves {
		if l.neg != negates(l.node) {
			continue
		}
		switch c := l.node.(type) {
		case *Compare:
			return []Value{c.Value}, true
		case *InList:
			return c.Values, true
		}
	}
	return nil, false
}

// negates says whether a leaf is a != in itself.
func negates(c Cond) bool {
	cmp, ok := c.(*Compare)
	return ok && cmp.Op == NotEqual
}

// numberCandidates gives all numbers that are named, their neighbours, and the
// ends of what is possible.
func numberCandidates(kind Kind, o Operand, leaves []claim[Cond]) []Value {
	lo, hi, bounded := numberRange(kind, o)
	var values []Value
	add := func(n int64) {
		for d := int64(-1); d <= 1; d++ {
			if !bounded || lo <= n+d && n+d <= hi {
				values = append(values, Value{Type: Number, Number: n + d})
			}
		}
	}
	if bounded {
		add(lo)
		add(hi)
	}
	for _, l := range leaves {
		switch c := l.node.(type) {
		case *Compare:
			add(c.Value.Number)
		case *InRange:
			add(c.From)
			add(c.To)
		case *InList:
			for _, v := range c.Values {
				add(v.Number)
			}
		}
	}
	return values
}

// fitsAll says whether a value satisfies all claims.
func fitsAll(leaves []claim[Cond], v Value, left *int) bool {
	for _, l := range leaves {
		*left -= testCost(l.node, v)
		if *left < 0 {
			return true
		}
		if test(l.node, v) == l.neg {
			return false
		}
	}
	return true
}

// testCost estimates the steps of a test.
func testCost(c Cond, v Value) int {
	switch c := c.(type) {
	case *InList:
		return len(c.Values)
	case *Matches:
		return 10 + 50*len(v.Text)
	}
	return 1 + len(v.Text)/16
}

// test applies a leaf to a value of its operand.
func test(c Cond, v Value) bool {
	switch c := c.(type) {
	case *TrueField:
		return v.Number == 1
	case *Compare:
		if v.Type == Text {
			return strings.EqualFold(v.Text, c.Value.Text) == (c.Op == Equal)
		}
		return compareNumbers(v.Number, c.Op, c.Value.Number)
	case *InRange:
		return c.From <= v.Number && v.Number <= c.To
	case *InList:
		for _, one := range c.Values {
			if v.Number == one.Number && strings.EqualFold(v.Text, one.Text) {
				return true
			}
		}
		return false
	case *TextTest:
		return c.holds(v.Text)
	case *Matches:
		return c.Regexp.MatchString(v.Text)
	}
	return true
}

// compareNumbers applies a comparison.
func compareNumbers(a int64, op CmpOp, b int64) bool {
	switch op {
	case Equal:
		return a == b
	case NotEqual:
		return a != b
	case Less:
		return a < b
	case LessEqual:
		return a <= b
	case Greater:
		return a > b
	}
	return a >= b
}
