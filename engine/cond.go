package engine

import (
	"fmt"
	"strings"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// condition is a node of a signal's condition, made ready for evaluation:
// fields as numbers, literals folded. It is safe for concurrent use.
type condition struct {
	op      condOp
	args    []*condition
	src     string
	operand operand
	right   operand // of opCompareFields
	cmp     rules.CmpOp
	text    string
	number  int64
	to      int64 // of opRange
	texts   map[string]bool
	numbers map[int64]bool
	textOp  rules.TextOp
	matches func(string) bool
	size    int64      // steps of matches for a byte of text
	groups  [][]string // a text that matches has a text of each
	quant   rules.Quant
}

type condOp uint8

const (
	opTrue condOp = iota // the empty condition
	opAnd
	opOr
	opNot
	opField // a true/false field
	opCompareText
	opCompareNumber
	opCompareFields
	opInTexts
	opInNumbers
	opRange
	opTextTest
	opMatches
	opHas
	opEach
)

type operand struct {
	form  rules.OperandForm
	field fieldID
	name  string // of the field, for reports
	typ   rules.Type
	key   string
	index int
}

func newOperand(o rules.Operand) operand {
	return operand{form: o.Form, field: fieldIDs[o.Field], name: o.Field, typ: o.Type, key: o.Key, index: o.Index}
}

// fold makes a literal comparable with the operand's text.
func (o operand) fold(text string) string {
	if o.form == rules.FieldOperand && o.field == fProvider {
		return foldProvider(text)
	}
	return strings.ToLower(text)
}

// newCondition makes a checked condition ready. nil is the empty condition.
func newCondition(c rules.Cond) *condition {
	if c == nil {
		return &condition{op: opTrue}
	}
	n := &condition{src: c.Source().Text}
	switch c := c.(type) {
	case *rules.And:
		n.op, n.args = opAnd, newConditions(c.Args)
	case *rules.Or:
		n.op, n.args = opOr, newConditions(c.Args)
	case *rules.Not:
		n.op, n.args = opNot, newConditions([]rules.Cond{c.Arg})
	case *rules.TrueField:
		n.op, n.operand = opField, newOperand(c.Operand)
	case *rules.Compare:
		n.operand, n.cmp = newOperand(c.Operand), c.Op
		if c.Value.Type == rules.Number {
			n.op, n.number = opCompareNumber, c.Value.Number
		} else {
			n.op, n.text = opCompareText, n.operand.fold(c.Value.Text)
		}
	case *rules.CompareFields:
		n.op, n.operand, n.right, n.cmp = opCompareFields, newOperand(c.Left), newOperand(c.Right), c.Op
	case *rules.InList:
		n.list(c)
	case *rules.InRange:
		n.op, n.operand, n.number, n.to = opRange, newOperand(c.Operand), c.From, c.To
	case *rules.TextTest:
		n.op, n.operand, n.textOp, n.text = opTextTest, newOperand(c.Operand), c.Op, strings.ToLower(c.Value)
	case *rules.Matches:
		n.op, n.operand, n.matches = opMatches, newOperand(c.Operand), c.Regexp.MatchString
		n.size, n.groups = patternSteps(c.Regexp), literalGroups(c)
	case *rules.Has:
		n.op, n.operand, n.text = opHas, newOperand(c.List), strings.ToLower(c.Value)
	case *rules.Each:
		n.op, n.operand, n.quant = opEach, newOperand(c.List), c.Quant
		n.args = newConditions([]rules.Cond{c.Pred})
	default:
		panic(fmt.Sprintf("engine: no evaluation for %T", c))
	}
	return n
}

func newConditions(cs []rules.Cond) []*condition {
	out := make([]*condition, len(cs))
	for i, c := range cs {
		out[i] = newCondition(c)
	}
	return out
}

func (n *condition) list(c *rules.InList) {
	n.operand = newOperand(c.Operand)
	if c.Values[0].Type == rules.Number {
		n.op, n.numbers = opInNumbers, map[int64]bool{}
		for _, v := range c.Values {
			n.numbers[v.Number] = true
		}
		return
	}
	n.op, n.texts = opInTexts, map[string]bool{}
	for _, v := range c.Values {
		n.texts[n.operand.fold(v.Text)] = true
	}
}

// eval gives yes, no or unknown for the record in view. elem is the element
// that # stands for.
func (n *condition) eval(v *view, elem string) parsers.Tri {
	switch n.op {
	case opTrue:
		return parsers.Yes
	case opAnd:
		return n.and(v, elem)
	case opOr:
		return n.or(v, elem)
	case opNot:
		return not(n.args[0].eval(v, elem))
	case opField:
		return v.truth(n.operand.field)
	case opCompareNumber, opInNumbers, opRange:
		return n.numeric(v)
	case opCompareFields:
		return n.compareFields(v, elem)
	case opHas:
		return n.has(v)
	case opEach:
		return n.each(v)
	}
	return n.textual(v, elem)
}

func not(t parsers.Tri) parsers.Tri {
	switch t {
	case parsers.Yes:
		return parsers.No
	case parsers.No:
		return parsers.Yes
	}
	return parsers.Unknown
}

func (n *condition) and(v *view, elem string) parsers.Tri {
	out := parsers.Yes
	for _, a := range n.args {
		switch a.eval(v, elem) {
		case parsers.No:
			return parsers.No
		case parsers.Unknown:
			out = parsers.Unknown
		}
	}
	return out
}

func (n *condition) or(v *view, elem string) parsers.Tri {
	out := parsers.No
	for _, a := range n.args {
		switch a.eval(v, elem) {
		case parsers.Yes:
			return parsers.Yes
		case parsers.Unknown:
			out = parsers.Unknown
		}
	}
	return out
}

func (n *condition) numeric(v *view) parsers.Tri {
	x, k := n.operand.numberOf(v)
	if k == nothing {
		return parsers.Unknown
	}
	switch n.op {
	case opInNumbers:
		return parsers.TriOf(n.numbers[x])
	case opRange:
		return parsers.TriOf(x >= n.number && x <= n.to)
	}
	return parsers.TriOf(compareInts(x, n.cmp, n.number))
}

func compareInts(a int64, op rules.CmpOp, b int64) bool {
	switch op {
	case rules.Equal:
		return a == b
	case rules.NotEqual:
		return a != b
	case rules.Less:
		return a < b
	case rules.LessEqual:
		return a <= b
	case rules.Greater:
		return a > b
	}
	return a >= b
}

// textual evaluates the tests on a text. Where only a part of the text is
// known, what is found proves, and what is not found is unknown.
func (n *condition) textual(v *view, elem string) parsers.Tri {
	s, k := n.operand.textOf(v, elem)
	if k == nothing {
		return parsers.Unknown
	}
	if n.op == opMatches && !n.mayMatch(s) {
		return notIn(k) // a hundredth of the cost of trying the pattern
	}
	if !v.spend(n.steps(s)) {
		return parsers.Unknown
	}
	var found bool
	switch n.op {
	case opCompareText:
		found = s == n.text
	case opInTexts:
		found = n.texts[s]
	case opMatches:
		found = n.matches(s)
	case opTextTest:
		switch n.textOp {
		case rules.Contains:
			found = strings.Contains(s, n.text)
		case rules.StartsWith:
			found = strings.HasPrefix(s, n.text)
		default:
			found = strings.HasSuffix(s, n.text)
		}
	}
	if !found && k == part {
		return parsers.Unknown
	}
	if n.op == opCompareText && n.cmp == rules.NotEqual {
		return parsers.TriOf(!found)
	}
	return parsers.TriOf(found)
}

// notIn is the value of a test for what a text does not have.
func notIn(k knowledge) parsers.Tri {
	if k == part {
		return parsers.Unknown
	}
	return parsers.No
}

func (n *condition) compareFields(v *view, elem string) parsers.Tri {
	if n.operand.typ == rules.Number {
		a, ka := n.operand.numberOf(v)
		b, kb := n.right.numberOf(v)
		if ka == nothing || kb == nothing {
			return parsers.Unknown
		}
		return parsers.TriOf(compareInts(a, n.cmp, b))
	}
	a, ka := n.operand.textOf(v, elem)
	b, kb := n.right.textOf(v, elem)
	if ka != whole || kb != whole {
		return parsers.Unknown
	}
	return parsers.TriOf((a == b) == (n.cmp == rules.Equal))
}

func (n *condition) has(v *view) parsers.Tri {
	if n.operand.typ == rules.TextMap {
		if v.event == nil || !v.event.Has(parsers.FieldData) {
			return parsers.Unknown
		}
		_, ok := v.event.DataValue(n.text)
		return parsers.TriOf(ok)
	}
	list, k := v.list(n.operand.field)
	if !v.spend(int64(len(list))) {
		return parsers.Unknown
	}
	for _, s := range list {
		if strings.EqualFold(s, n.text) {
			return parsers.Yes
		}
	}
	if k != whole {
		return parsers.Unknown
	}
	return parsers.No
}

func (n *condition) each(v *view) parsers.Tri {
	list, k := v.list(n.operand.field)
	if k == nothing {
		return parsers.Unknown
	}
	yes, unknown := 0, 0
	for _, s := range list {
		switch n.args[0].eval(v, v.elem.lower(s)) {
		case parsers.Yes:
			yes++
		case parsers.Unknown:
			unknown++
		}
	}
	if k == part {
		unknown++ // elements that are not known
	}
	return quantify(n.quant, yes, len(list)-yes, unknown)
}

// quantify decides a quantifier from how many elements satisfy the predicate,
// how many do not (or cannot be told), and how many cannot be told.
func quantify(q rules.Quant, yes, rest, unknown int) parsers.Tri {
	no := rest - unknown
	switch q {
	case rules.AnyOf:
		if yes > 0 {
			return parsers.Yes
		}
	case rules.NoneOf:
		if yes > 0 {
			return parsers.No
		}
		return not(quantify(rules.AnyOf, yes, rest, unknown))
	case rules.AllOf:
		if no > 0 {
			return parsers.No
		}
		if unknown == 0 {
			return parsers.Yes
		}
		return parsers.Unknown
	case rules.OneOf:
		if yes > 1 {
			return parsers.No
		}
		if unknown == 0 {
			return parsers.TriOf(yes == 1)
		}
		return parsers.Unknown
	}
	if unknown > 0 {
		return parsers.Unknown
	}
	return parsers.No
}

// textOf gives the operand's text in lower case.
func (o operand) textOf(v *view, elem string) (string, knowledge) {
	switch o.form {
	case rules.ElemOperand:
		return elem, whole
	case rules.KeyOperand:
		return v.named(o.key)
	case rules.IndexOperand:
		list, k := v.list(o.field)
		if k == nothing || o.index >= len(list) {
			return "", nothing
		}
		return v.lower(list[o.index]), whole
	}
	return v.text(o.field)
}

func (o operand) numberOf(v *view) (int64, knowledge) {
	if o.form == rules.LenOperand {
		list, k := v.list(o.field)
		if k != whole {
			return 0, nothing
		}
		return int64(len(list)), whole
	}
	return v.number(o.field)
}

// lacking names a field that the record does not carry and that leaves the
// condition open, "" if there is none.
func (n *condition) lacking(v *view) string {
	if n.op == opEach || len(n.args) == 0 {
		if n.operand.form == rules.KeyOperand {
			return n.operand.key
		}
		return n.operand.name
	}
	for _, a := range n.args {
		if a.eval(v, "") == parsers.Unknown {
			return a.lacking(v)
		}
	}
	return ""
}
