package rules

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// ParseCondition parses and checks a condition over the fields of a kind of
// record, as in `when` of a signal. The error is Errors; lines and columns
// count from the start of text.
func ParseCondition(kind Kind, text string) (Cond, error) {
	place := newLines([]byte(text))
	cond, faults := parseCond(kind, text, place.pos)
	if len(faults) == 0 {
		return cond, nil
	}
	var findings []Finding
	for _, f := range faults {
		pos := place.pos(f.span.from)
		findings = append(findings, Finding{
			File: "condition", Line: pos.Line, Column: pos.Column,
			Severity: SeverityError, Code: f.code, Msg: f.msg, Fix: f.fix,
		})
	}
	sortFindings(findings)
	return nil, errorsOf(findings)
}

// parseCond parses a condition. place gives the place in the file of a byte
// of text. Cond is nil if there are faults.
func parseCond(kind Kind, text string, place func(int) Pos) (Cond, []exprFault) {
	tree, fault := parseExpr(text)
	if fault != nil {
		return nil, []exprFault{*fault}
	}
	p := &condParser{exprTree: tree, kind: kind, place: place}
	cond := p.boolean(tree.root)
	if cond == nil && len(p.faults) == 0 {
		p.refuse(tree.root)
	}
	if len(p.faults) > 0 {
		return nil, p.faults
	}
	if fault := constantFault(kind, cond); fault != nil {
		return nil, []exprFault{*fault}
	}
	return cond, nil
}

// condParser turns expr's tree into ours and refuses what is not on the list
// of allowed forms.
type condParser struct {
	*exprTree
	kind   Kind
	place  func(int) Pos
	inEach bool // inside the predicate of any, all, none, one
	faults []exprFault
}

// fault notes a fault at a node and gives nil, the tree of a faulty node.
func (p *condParser) fault(n ast.Node, code Code, fix, format string, args ...any) Cond {
	p.faults = append(p.faults, exprFault{p.extent(n), code, fmt.Sprintf(format, args...), fix, ""})
	return nil
}

// faultEdit is fault with a text to put in the node's place.
func (p *condParser) faultEdit(n ast.Node, code Code, fix, edit, format string, args ...any) {
	p.faults = append(p.faults, exprFault{p.extent(n), code, fmt.Sprintf(format, args...), fix, edit})
}

// src gives text and place of a node.
func (p *condParser) src(n ast.Node) Src {
	s := p.extent(n)
	return Src{Text: p.text[s.from:s.to], Pos: p.place(s.from), start: s.from}
}

// boolean turns a node that must be true or false into ours. The result is
// nil if there was a fault in it.
func (p *condParser) boolean(n ast.Node) Cond {
	switch n := n.(type) {
	case *ast.BinaryNode:
		return p.binary(n)
	case *ast.UnaryNode:
		return p.not(n)
	case *ast.BuiltinNode:
		return p.builtin(n)
	case *ast.CallNode:
		return p.call(n)
	case *ast.BoolNode:
		return p.fault(n, constantCode(n.Value), "", "%v in a condition makes a part of it constant", n.Value)
	case *ast.IdentifierNode, *ast.MemberNode, *ast.ChainNode, *ast.PointerNode:
		return p.trueField(n)
	case *ast.IntegerNode, *ast.FloatNode, *ast.StringNode, *ast.BytesNode, *ast.NilNode:
		return p.fault(n, CodeExprType, "compare it with a field", "%s is not true or false", p.textOf(n))
	}
	return p.refuse(n)
}

// constantCode gives the code for a constant.
func constantCode(v bool) Code {
	if v {
		return CodeAlwaysTrue
	}
	return CodeAlwaysFalse
}

// textOf gives the source of a node, shortened for messages.
func (p *condParser) textOf(n ast.Node) string {
	s := p.extent(n)
	return shorten(p.text[s.from:s.to])
}

// shorten cuts a text for a message.
func shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	r := []rune(s)
	if len(r) <= 60 {
		return s
	}
	return string(r[:57]) + "..."
}

// binary turns an operator with two sides into ours.
func (p *condParser) binary(n *ast.BinaryNode) Cond {
	switch n.Operator {
	case "&&", "and":
		if op := p.tokenAt(n); op != "&&" && op != "and" {
			return p.fault(n, CodeExprForm, "write a < b && b < c", "chained comparison")
		}
		args, ok := p.operands(n, "&&", "and")
		if !ok {
			return nil
		}
		return &And{p.src(n), args}
	case "||", "or":
		args, ok := p.operands(n, "||", "or")
		if !ok {
			return nil
		}
		return &Or{p.src(n), args}
	case "==", "!=", "<", "<=", ">", ">=":
		return p.compare(n)
	case "in":
		return p.in(n)
	case "contains", "startsWith", "endsWith":
		return p.textTest(n)
	case "matches":
		return p.matches(n)
	}
	return p.refuse(n)
}

// operands flattens a chain of one operator, which has two spellings. It goes
// on after a fault, so that all of them are reported.
func (p *condParser) operands(n *ast.BinaryNode, op, alias string) (args []Cond, ok bool) {
	ok = true
	for _, side := range []ast.Node{n.Left, n.Right} {
		b, chain := side.(*ast.BinaryNode)
		if chain && (b.Operator == op || b.Operator == alias) && (p.tokenAt(b) == op || p.tokenAt(b) == alias) {
			more, fine := p.operands(b, op, alias)
			args, ok = append(args, more...), ok && fine
			continue
		}
		c := p.boolean(side)
		args, ok = append(args, c), ok && c != nil
	}
	return args, ok
}

// not turns a negation into ours.
func (p *condParser) not(n *ast.UnaryNode) Cond {
	if n.Operator != "!" && n.Operator != "not" {
		return p.refuse(n)
	}
	arg := p.boolean(n.Node)
	if arg == nil {
		return nil
	}
	return &Not{p.src(n), arg}
}

// trueField turns a field on its own into ours.
func (p *condParser) trueField(n ast.Node) Cond {
	o, ok := p.operand(n)
	if !ok {
		return nil
	}
	if o.Type != Bool {
		return p.fault(n, CodeExprType, "compare it, such as "+exampleOf(o, p.textOf(n)),
			"%s is %s, a condition must be true or false", p.textOf(n), o.Type)
	}
	return &TrueField{p.src(n), o}
}

// exampleOf gives a condition over an operand, for a fix.
func exampleOf(o Operand, text string) string {
	switch o.Type {
	case Number:
		return text + " == 1"
	case TextList, TextMap:
		return `"..." in ` + text
	}
	return text + ` == "..."`
}

// builtin turns any, all, none and one into ours and refuses other functions.
func (p *condParser) builtin(n *ast.BuiltinNode) Cond {
	switch q := Quant(n.Name); q {
	case AnyOf, AllOf, NoneOf, OneOf:
		return p.each(n, q)
	}
	if n.Name == "len" {
		return p.fault(n, CodeExprType, "compare it, such as "+p.textOf(n)+" > 2", "%s is a number, a condition must be true or false", p.textOf(n))
	}
	return p.refuse(n)
}

// each turns a quantifier over a list into ours.
func (p *condParser) each(n *ast.BuiltinNode, q Quant) Cond {
	if p.inEach {
		return p.fault(n, CodeExprForm, "split it into several signals", "%s inside any, all, none or one", q)
	}
	if len(n.Arguments) != 2 {
		return p.fault(n, CodeExprForm, fmt.Sprintf(`write %s(codes, # == "...")`, q), "%s wants a list and a condition on #", q)
	}
	list, ok := p.operand(n.Arguments[0])
	if !ok {
		return nil
	}
	if list.Type != TextList {
		return p.fault(n.Arguments[0], CodeExprType, "", "%s wants a list, %s is %s", q, p.textOf(n.Arguments[0]), list.Type)
	}
	body, ok := n.Arguments[1].(*ast.PredicateNode)
	if !ok {
		return p.refuse(n.Arguments[1])
	}
	p.inEach = true
	pred := p.boolean(body.Node)
	p.inEach = false
	if pred == nil {
		return nil
	}
	if !mentionsElem(pred) {
		return p.fault(body, CodeExprForm, `write a condition on #, such as # contains "..."`, "the condition does not look at #")
	}
	return &Each{p.src(n), q, list, pred}
}

// mentionsElem says whether a condition looks at #.
func mentionsElem(c Cond) bool {
	found := false
	Operands(c, func(o Operand) { found = found || o.Form == ElemOperand })
	return found
}

// call refuses functions that expr does not know either.
func (p *condParser) call(n *ast.CallNode) Cond {
	id, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		return p.refuse(n)
	}
	switch id.Value {
	case "count", "within", "sequence", "absent", "same":
		return p.fault(n, CodeExprForm, "write it in [diagnosis]", "%s is over signals, not over fields", id.Value)
	}
	if op := nearest(id.Value, []string{"contains", "startsWith", "endsWith", "matches"}); op != "" {
		p.faultEdit(n, CodeExprForm, fmt.Sprintf(`write field %s "..."`, op), p.infix(op, n.Arguments), "there is no function %s", shorten(id.Value))
		return nil
	}
	fix, edit := suggestion(id.Value, []string{"any", "all", "none", "one", "len"})
	at := p.extent(n)
	p.faults = append(p.faults, exprFault{span{at.from, at.from + len(id.Value)}, CodeExprForm,
		fmt.Sprintf("there is no function %s", id.Value), fix, edit})
	return nil
}

// refuse notes that a form of expression is not allowed, and what to write.
func (p *condParser) refuse(n ast.Node) Cond {
	what, fix := refusal(n)
	p.faultEdit(n, CodeExprForm, fix, p.rewritten(n), "%s is not allowed in a condition", what)
	return nil
}

// rewritten gives what to write in place of a function of expr, where that is
// certain: the field alone for lower(field), an operator for hasPrefix.
func (p *condParser) rewritten(n ast.Node) string {
	b, ok := n.(*ast.BuiltinNode)
	if !ok {
		return ""
	}
	switch b.Name {
	case "lower", "upper":
		if len(b.Arguments) == 1 {
			if _, isField := b.Arguments[0].(*ast.IdentifierNode); isField {
				return p.whole(b.Arguments[0])
			}
		}
	case "hasPrefix":
		return p.infix("startsWith", b.Arguments)
	case "hasSuffix":
		return p.infix("endsWith", b.Arguments)
	}
	return ""
}

// infix writes f(field, "...") as field f "...", "" for other arguments.
func (p *condParser) infix(op string, args []ast.Node) string {
	if len(args) != 2 || !isLiteral(args[1]) {
		return ""
	}
	switch args[0].(type) {
	case *ast.IdentifierNode, *ast.MemberNode, *ast.PointerNode:
		return p.whole(args[0]) + " " + op + " " + p.whole(args[1])
	}
	return ""
}

// whole gives the source of a node.
func (p *condParser) whole(n ast.Node) string {
	s := p.extent(n)
	return p.text[s.from:s.to]
}

// refusal names a form of expression and what to write in its place.
func refusal(n ast.Node) (what, fix string) {
	switch n := n.(type) {
	case *ast.BinaryNode:
		switch n.Operator {
		case "..":
			return "a range", "write field in 1..5"
		case "??":
			return "??", "leave it out: a condition on an unknown field cannot be told"
		}
		return "calculating with " + n.Operator, "compare the field with the result"
	case *ast.UnaryNode:
		return "calculating with " + n.Operator, "compare the field with the result"
	case *ast.BuiltinNode:
		return "the function " + n.Name, builtinHint(n.Name)
	case *ast.CallNode:
		return "calling a method", "use contains, startsWith, endsWith, matches or =="
	case *ast.ConditionalNode:
		return "a choice (? :, if)", "write (a && b) || (!a && c)"
	case *ast.VariableDeclaratorNode:
		return "let", "write the value where it is used"
	case *ast.SequenceNode:
		return "a sequence with ;", "join the conditions with &&"
	case *ast.SliceNode:
		return "a slice", "use startsWith, endsWith or contains"
	case *ast.ChainNode:
		return "?.", `write data["name"]: a missing value is unknown`
	case *ast.MapNode:
		return "a map", ""
	case *ast.ArrayNode:
		return "a list on its own", "write field in [...]"
	case *ast.NilNode:
		return "nil", "leave it out: a condition on an unknown field cannot be told"
	case *ast.FloatNode:
		return "a fraction", "write a whole number"
	case *ast.BytesNode:
		return "a byte string", `write "..."`
	}
	return "this", ""
}

// builtinHint says what to write in place of a function of expr.
func builtinHint(name string) string {
	switch name {
	case "lower", "upper":
		return "leave it out: text compares without regard to case"
	case "trim", "trimPrefix", "trimSuffix":
		return "use contains"
	case "hasPrefix":
		return "use startsWith"
	case "hasSuffix":
		return "use endsWith"
	case "indexOf", "lastIndexOf":
		return "use contains"
	case "count", "filter", "find", "findIndex", "findLast", "findLastIndex":
		return "use any, all, none or one"
	case "int", "float", "string":
		return "compare with a literal of the field's type"
	}
	return "allowed functions are any, all, none, one and len"
}
