package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// maxListValues bounds `in [...]`.
const maxListValues = 256

// compare turns ==, !=, <, <=, > and >= into ours.
func (p *condParser) compare(n *ast.BinaryNode) Cond {
	left, right, op := n.Left, n.Right, CmpOp(n.Operator)
	if isLiteral(left) && isLiteral(right) {
		return p.fault(n, CodeExprForm, "compare a field with a literal", "both sides of %s are literals", op)
	}
	if isLiteral(left) {
		left, right, op = right, left, turned(op)
	}
	o, ok := p.operand(left)
	if !isLiteral(right) {
		return p.compareFields(n, o, ok, right, op)
	}
	if !ok {
		return nil
	}
	if b, isBool := right.(*ast.BoolNode); isBool {
		return p.compareBool(n, o, op, b)
	}
	v, ok := p.literal(right)
	if !ok || !p.fits(o, v, left, right) || !p.ordered(n, o, op) {
		return nil
	}
	if !p.possible(o, op, v, right) {
		return nil
	}
	return &Compare{p.src(n), o, op, v}
}

// turned gives the operator for exchanged sides.
func turned(op CmpOp) CmpOp {
	switch op {
	case Less:
		return Greater
	case LessEqual:
		return GreaterEqual
	case Greater:
		return Less
	case GreaterEqual:
		return LessEqual
	}
	return op
}

// compareFields compares two operands; the left one is read, if leftOK.
func (p *condParser) compareFields(n *ast.BinaryNode, left Operand, leftOK bool, right ast.Node, op CmpOp) Cond {
	r, ok := p.operand(right)
	if !ok || !leftOK {
		return nil
	}
	if left == r {
		holds := op == Equal || op == LessEqual || op == GreaterEqual
		return p.fault(n, constantCode(holds), "", "both sides of %s are the same", op)
	}
	if left.Type != r.Type {
		return p.fault(n, CodeExprType, "", "%s is %s, %s is %s", p.textOf(n.Left), left.Type, p.textOf(n.Right), r.Type)
	}
	if left.Type == TextList || left.Type == TextMap {
		return p.fault(n, CodeExprType, "compare elements, such as "+p.textOf(n.Left)+"[0]", "lists cannot be compared")
	}
	if left.Type == Bool && op != Equal && op != NotEqual || !p.ordered(n, left, op) {
		if left.Type == Bool {
			p.fault(n, CodeExprType, "", "true and false have no order")
		}
		return nil
	}
	return &CompareFields{p.src(n), left, op, r}
}

// compareBool turns `ok == true` into the field itself.
func (p *condParser) compareBool(n *ast.BinaryNode, o Operand, op CmpOp, b *ast.BoolNode) Cond {
	if o.Type != Bool {
		return p.fault(b, CodeExprType, "", "a field that is %s is compared with %v", o.Type, b.Value)
	}
	switch {
	case op != Equal && op != NotEqual:
		return p.fault(n, CodeExprType, "write == or !=", "true and false have no order")
	case b.Value == (op == Equal):
		return &TrueField{p.src(n), o}
	}
	return &Not{p.src(n), &TrueField{p.src(n), o}}
}

// ordered refuses < and > on text: "10" comes before "9" there.
func (p *condParser) ordered(n ast.Node, o Operand, op CmpOp) bool {
	if o.Type != Text || op == Equal || op == NotEqual {
		return true
	}
	p.fault(n, CodeExprType, `use ==, startsWith or in [...]`, "text has no order: \"10\" would come before \"9\"")
	return false
}

// fits checks that a literal has the type of the operand.
func (p *condParser) fits(o Operand, v Value, field, lit ast.Node) bool {
	if o.Type == v.Type {
		return true
	}
	name := p.textOf(field)
	switch o.Type {
	case Number:
		if i, err := strconv.ParseInt(strings.TrimSpace(v.Text), 0, 64); err == nil {
			s := strconv.FormatInt(i, 10)
			p.faultEdit(lit, CodeExprType, "write "+s, s, "%s is a number, %s is text", name, p.textOf(lit))
			return false
		}
		p.fault(lit, CodeExprType, "compare it with a number", "%s is a number, %s is text", name, p.textOf(lit))
	case Text:
		s := strconv.Quote(strconv.FormatInt(v.Number, 10))
		fix := "write " + s
		if o.Field == "status" && p.kind == OnExchange {
			fix += ", or compare code"
		}
		p.faultEdit(lit, CodeExprType, fix, s, "%s is text, %s is a number", name, p.textOf(lit))
	case Bool:
		p.fault(lit, CodeExprType, "write "+name+" or !"+name, "%s is true or false, %s is neither", name, p.textOf(lit))
	case TextList:
		fix := fmt.Sprintf("write any(%s, # contains %s) or %s in %s", name, p.textOf(lit), p.textOf(lit), name)
		p.fault(lit, CodeExprType, fix, "%s is a list", name)
	default:
		p.fault(lit, CodeExprType, fmt.Sprintf(`write %s["name"]`, name), "%s holds several named values", name)
	}
	return false
}

// possible checks that a comparison can turn out either way with the values
// that the field can have.
func (p *condParser) possible(o Operand, op CmpOp, v Value, lit ast.Node) bool {
	if o.Type == Text {
		return p.oneOf(o, v, lit)
	}
	lo, hi, ok := numberRange(p.kind, o)
	if !ok || lo <= v.Number && v.Number <= hi {
		return true
	}
	p.outOfRange(o, v, lit, lo, hi)
	return false
}

// oneOf checks a text against the closed set of a field's values.
func (p *condParser) oneOf(o Operand, v Value, lit ast.Node) bool {
	f := field(p.kind, o.Field)
	if o.Form != FieldOperand || f == nil || f.Values == nil {
		return true
	}
	if slices.ContainsFunc(f.Values, func(s string) bool { return strings.EqualFold(s, v.Text) }) {
		return true
	}
	fix, edit := suggestion(v.Text, f.Values)
	if edit != "" {
		edit = strconv.Quote(edit)
		fix = "did you mean " + edit + "?"
	}
	p.faultEdit(lit, CodeImpossible, fix, edit, "%s is never %s", o.Field, p.textOf(lit))
	return false
}

// numberRange gives the possible values of a number.
func numberRange(kind Kind, o Operand) (lo, hi int64, ok bool) {
	switch {
	case o.Form == LenOperand:
		return 0, 1 << 20, true
	case o.Form != FieldOperand:
		return 0, 0, false
	}
	switch o.Field {
	case "id", "qualifiers", "port":
		return 0, 65535, true
	case "code":
		return 100, 999, true
	case "exchanges", "unanswered":
		return 0, 1 << 31, true
	}
	return 0, 0, false
}

// outOfRange notes a number that a field never has. Event ids of 32 bits are
// common in articles: their lower half is the code.
func (p *condParser) outOfRange(o Operand, v Value, lit ast.Node, lo, hi int64) {
	if o.Field == "id" && o.Form == FieldOperand && v.Number > hi && v.Number <= 0xffffffff {
		low := strconv.FormatInt(v.Number&0xffff, 10)
		fix := fmt.Sprintf("write %s; the upper 16 bits are qualifiers, %d", low, v.Number>>16)
		p.faultEdit(lit, CodeImpossible, fix, low, "id has 16 bits, %s has more", p.textOf(lit))
		return
	}
	name := o.Field
	if o.Form == LenOperand {
		name = "len(" + name + ")"
	}
	p.fault(lit, CodeImpossible, fmt.Sprintf("%s is from %d to %d", name, lo, hi), "%s is never %s", name, p.textOf(lit))
}

// in turns `in` into ours: a list of literals, a range, or a list field.
func (p *condParser) in(n *ast.BinaryNode) Cond {
	switch right := n.Right.(type) {
	case *ast.ArrayNode:
		return p.inList(n, right)
	case *ast.BinaryNode:
		if right.Operator == ".." {
			return p.inRange(n, right)
		}
	}
	return p.has(n)
}

// inList turns `id in [1, 2]` into ours.
func (p *condParser) inList(n *ast.BinaryNode, list *ast.ArrayNode) Cond {
	if len(list.Nodes) == 0 {
		return p.fault(list, CodeAlwaysFalse, "", "the list is empty")
	}
	if len(list.Nodes) > maxListValues {
		return p.fault(list, CodeTooLarge, "", "list of %d values, at most %d are allowed", len(list.Nodes), maxListValues)
	}
	if isLiteral(n.Left) {
		return p.fault(n, CodeExprForm, "write field in [...]", "both sides of in are literals")
	}
	o, ok := p.operand(n.Left)
	if !ok {
		return nil
	}
	if o.Type != Text && o.Type != Number {
		return p.fault(n.Left, CodeExprType, "", "%s is %s, a list of literals wants text or a number", p.textOf(n.Left), o.Type)
	}
	values := make([]Value, 0, len(list.Nodes))
	spans := make([]span, 0, len(list.Nodes))
	for _, e := range list.Nodes {
		if !isLiteral(e) {
			p.fault(e, CodeExprForm, "write a literal", "%s is not a literal", p.textOf(e))
			ok = false
			continue
		}
		v, fine := p.literal(e)
		fine = fine && p.fits(o, v, n.Left, e) && p.possible(o, Equal, v, e)
		values, ok = append(values, v), ok && fine
		spans = append(spans, p.extent(e))
	}
	if !ok {
		return nil
	}
	return &InList{p.src(n), o, values, spans}
}

// inRange turns `id in 1000..1099` into ours.
func (p *condParser) inRange(n, r *ast.BinaryNode) Cond {
	if isLiteral(n.Left) {
		return p.fault(n, CodeExprForm, "write field in a..b", "both sides of in are literals")
	}
	o, ok := p.operand(n.Left)
	if !ok {
		return nil
	}
	if !isLiteral(r.Left) || !isLiteral(r.Right) {
		return p.fault(r, CodeExprForm, "write numbers on both sides of ..", "the ends of a range must be numbers")
	}
	from, ok1 := p.literal(r.Left)
	to, ok2 := p.literal(r.Right)
	if !ok1 || !ok2 {
		return nil
	}
	if o.Type != Number {
		return p.fault(n.Left, CodeExprType, "", "%s is %s, a range wants a number", p.textOf(n.Left), o.Type)
	}
	if from.Type != Number || to.Type != Number {
		return p.fault(r, CodeExprType, "write numbers on both sides of ..", "the ends of a range must be numbers")
	}
	if from.Number > to.Number {
		return p.fault(r, CodeAlwaysFalse, "exchange the ends", "the range is empty")
	}
	if !p.possible(o, GreaterEqual, from, r.Left) || !p.possible(o, LessEqual, to, r.Right) {
		return nil
	}
	return &InRange{p.src(n), o, from.Number, to.Number}
}

// has turns `"win32:5" in codes` into ours.
func (p *condParser) has(n *ast.BinaryNode) Cond {
	list, ok := p.operand(n.Right)
	if !ok {
		return nil
	}
	if list.Type != TextList && list.Type != TextMap {
		fix := ""
		if list.Type == Text {
			fix = fmt.Sprintf("write %s contains %s", p.textOf(n.Right), p.textOf(n.Left))
		}
		return p.fault(n.Right, CodeExprType, fix, "in wants a list, %s is %s", p.textOf(n.Right), list.Type)
	}
	if !isLiteral(n.Left) {
		return p.fault(n.Left, CodeExprForm, fmt.Sprintf(`write "..." in %s`, list.Field), "%s is not a literal", p.textOf(n.Left))
	}
	v, ok := p.literal(n.Left)
	if !ok {
		return nil
	}
	if v.Type != Text {
		s := strconv.Quote(strconv.FormatInt(v.Number, 10))
		p.faultEdit(n.Left, CodeExprType, "write "+s, s, "%s holds text, %s is a number", list.Field, p.textOf(n.Left))
		return nil
	}
	return &Has{p.src(n), v.Text, list}
}

// textTest turns contains, startsWith and endsWith into ours.
func (p *condParser) textTest(n *ast.BinaryNode) Cond {
	o, v, ok := p.textOperands(n)
	if !ok {
		return nil
	}
	if v.Text == "" {
		return p.fault(n, CodeAlwaysTrue, "", "every text %s \"\"", n.Operator)
	}
	c := &TextTest{p.src(n), o, TextOp(n.Operator), v.Text}
	return p.someValue(n, o, c, c.holds)
}

// matches turns `matches` into ours.
func (p *condParser) matches(n *ast.BinaryNode) Cond {
	o, v, ok := p.textOperands(n)
	if !ok {
		return nil
	}
	re, err := compilePattern(v.Text)
	if err != nil {
		return p.fault(n.Right, CodeBadPattern, "", "%v", err)
	}
	if re.MatchString("") && !strings.ContainsAny(v.Text, "^$") {
		return p.fault(n.Right, CodeAlwaysTrue, "write what must be there", "every text matches this pattern")
	}
	c := &Matches{p.src(n), o, v.Text, re, p.extent(n.Right)}
	return p.someValue(n, o, c, re.MatchString)
}

// textOperands reads the sides of a test on a text.
func (p *condParser) textOperands(n *ast.BinaryNode) (o Operand, v Value, ok bool) {
	if isLiteral(n.Left) {
		p.fault(n, CodeExprForm, fmt.Sprintf(`write field %s "..."`, n.Operator), "%s is a literal where a field is wanted", p.textOf(n.Left))
		return o, v, false
	}
	o, ok = p.operand(n.Left)
	if !isLiteral(n.Right) {
		what := "a literal"
		if n.Operator == "matches" {
			what = "a literal pattern"
		}
		p.fault(n.Right, CodeExprForm, "write "+what+" in quotes", "%s wants %s, %s is none", n.Operator, what, p.textOf(n.Right))
		return o, v, false
	}
	if !ok {
		return o, v, false
	}
	v, ok = p.literal(n.Right)
	if !ok {
		return o, v, false
	}
	if o.Type == TextList {
		p.fault(n.Left, CodeExprType, fmt.Sprintf("write any(%s, # %s %s)", p.textOf(n.Left), n.Operator, p.textOf(n.Right)), "%s is a list", p.textOf(n.Left))
		return o, v, false
	}
	if o.Type != Text {
		p.fault(n.Left, CodeExprType, "compare it with ==", "%s is %s, %s wants text", p.textOf(n.Left), o.Type, n.Operator)
		return o, v, false
	}
	if v.Type != Text {
		s := strconv.Quote(strconv.FormatInt(v.Number, 10))
		p.faultEdit(n.Right, CodeExprType, "write "+s, s, "%s wants text, %s is a number", n.Operator, p.textOf(n.Right))
		return o, v, false
	}
	return o, v, true
}

// someValue checks that a test holds for some of a closed set of values.
func (p *condParser) someValue(n *ast.BinaryNode, o Operand, c Cond, holds func(string) bool) Cond {
	f := field(p.kind, o.Field)
	if o.Form != FieldOperand || f == nil || f.Values == nil || slices.ContainsFunc(f.Values, holds) {
		return c
	}
	fix, _ := suggestion("", f.Values)
	return p.fault(n.Right, CodeImpossible, o.Field+" is "+fix, "no value of %s %s %s", o.Field, n.Operator, p.textOf(n.Right))
}

// holds applies the test to a text.
func (t *TextTest) holds(s string) bool {
	s, v := strings.ToLower(s), strings.ToLower(t.Value)
	switch t.Op {
	case StartsWith:
		return strings.HasPrefix(s, v)
	case EndsWith:
		return strings.HasSuffix(s, v)
	}
	return strings.Contains(s, v)
}
