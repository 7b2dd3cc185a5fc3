package rules

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// maxIndex bounds strings[i]; an event has at most 256 insertion strings
// (MS-EVEN: NumStrings), %1 to %99 in message texts.
const maxIndex = 255

// Operands calls f for each operand of a condition, in the order of the text.
func Operands(c Cond, f func(Operand)) {
	switch c := c.(type) {
	case *And:
		for _, a := range c.Args {
			Operands(a, f)
		}
	case *Or:
		for _, a := range c.Args {
			Operands(a, f)
		}
	case *Not:
		Operands(c.Arg, f)
	case *TrueField:
		f(c.Operand)
	case *Compare:
		f(c.Operand)
	case *CompareFields:
		f(c.Left)
		f(c.Right)
	case *InList:
		f(c.Operand)
	case *InRange:
		f(c.Operand)
	case *TextTest:
		f(c.Operand)
	case *Matches:
		f(c.Operand)
	case *Has:
		f(c.List)
	case *Each:
		f(c.List)
		Operands(c.Pred, f)
	}
}

// field finds a field of a kind of record, nil if there is none.
func field(kind Kind, name string) *FieldDoc {
	list := Fields[kind]
	for i := range list {
		if list[i].Name == name {
			return &list[i]
		}
	}
	return nil
}

// fieldNames gives the names of the fields of a kind of record.
func fieldNames(kind Kind) []string {
	var names []string
	for _, f := range Fields[kind] {
		names = append(names, f.Name)
	}
	return names
}

// isLiteral says whether a node is a literal value.
func isLiteral(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.IntegerNode, *ast.StringNode, *ast.BoolNode, *ast.NilNode, *ast.FloatNode, *ast.BytesNode:
		return true
	case *ast.UnaryNode:
		if n.Operator != "-" && n.Operator != "+" {
			return false
		}
		switch n.Node.(type) {
		case *ast.IntegerNode, *ast.FloatNode:
			return true
		}
	}
	return false
}

// literal reads a text or a whole number. Other literals are faults.
func (p *condParser) literal(n ast.Node) (Value, bool) {
	switch l := n.(type) {
	case *ast.IntegerNode:
		return Value{Type: Number, Number: int64(l.Value)}, true
	case *ast.StringNode:
		return Value{Type: Text, Text: l.Value}, true
	case *ast.UnaryNode:
		if i, ok := l.Node.(*ast.IntegerNode); ok && l.Operator == "-" {
			return Value{Type: Number, Number: -int64(i.Value)}, true
		}
	}
	p.refuse(n)
	return Value{}, false
}

// operand reads what a leaf looks at. Everything else is a fault.
func (p *condParser) operand(n ast.Node) (Operand, bool) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return p.fieldOperand(n)
	case *ast.MemberNode:
		return p.member(n)
	case *ast.PointerNode:
		return p.elem(n)
	case *ast.BuiltinNode:
		if n.Name == "len" {
			return p.length(n)
		}
		switch Quant(n.Name) {
		case AnyOf, AllOf, NoneOf, OneOf:
			p.fault(n, CodeExprType, "put brackets around what belongs together", "a condition where a field is wanted")
		default:
			p.refuse(n)
		}
		return Operand{}, false
	case *ast.CallNode:
		p.call(n)
		return Operand{}, false
	case *ast.BinaryNode:
		switch n.Operator {
		case "&&", "||", "and", "or", "==", "!=", "<", "<=", ">", ">=", "in", "contains", "startsWith", "endsWith", "matches":
			p.fault(n, CodeExprType, "put brackets around what belongs together", "a condition where a field is wanted")
			return Operand{}, false
		}
	case *ast.UnaryNode:
		if n.Operator == "!" || n.Operator == "not" {
			p.fault(n, CodeExprType, "write "+n.Operator+"(...) around the comparison", "%s takes only the next word", n.Operator)
			return Operand{}, false
		}
	}
	p.refuse(n)
	return Operand{}, false
}

// fieldOperand reads a field.
func (p *condParser) fieldOperand(n *ast.IdentifierNode) (Operand, bool) {
	if f := field(p.kind, n.Value); f != nil {
		return Operand{Field: f.Name, Type: f.Type}, true
	}
	fix, edit := suggestion(n.Value, fieldNames(p.kind))
	if other := kindsWith(n.Value); len(other) > 0 {
		fix, edit = "it is a field of "+strings.Join(other, " and "), ""
	}
	p.faultEdit(n, CodeUnknownField, fix, edit, "%s has no field %s", withArticle(p.kind), shorten(n.Value))
	return Operand{}, false
}

// kindsWith gives the kinds of record that have a field.
func kindsWith(name string) []string {
	var list []string
	for _, k := range kinds() {
		if field(k, name) != nil {
			list = append(list, withArticle(k))
		}
	}
	return list
}

// kinds gives the kinds of record.
func kinds() []Kind { return []Kind{OnEvent, OnExchange, OnSession, OnLine} }

// withArticle gives "an event".
func withArticle(k Kind) string {
	if k == OnEvent || k == OnExchange {
		return "an " + string(k)
	}
	return "a " + string(k)
}

// member reads data["name"] and strings[0].
func (p *condParser) member(n *ast.MemberNode) (Operand, bool) {
	id, ok := n.Node.(*ast.IdentifierNode)
	if !ok || n.Optional || n.Method {
		if list, ok := n.Node.(*ast.PointerNode); ok && !n.Optional {
			p.fault(n, CodeExprType, "use # itself", "%s is text and has no parts", p.textOf(list))
			return Operand{}, false
		}
		p.refuse(&ast.ChainNode{Node: n})
		return Operand{}, false
	}
	if string(p.kind) == id.Value || id.Value == "record" || id.Value == "$env" {
		return p.qualified(n, id.Value)
	}
	list, ok := p.fieldOperand(id)
	if !ok {
		return Operand{}, false
	}
	switch list.Type {
	case TextMap:
		if key, ok := n.Property.(*ast.StringNode); ok && key.Value != "" {
			return Operand{Form: KeyOperand, Field: list.Field, Type: Text, Key: key.Value}, true
		}
		p.fault(n.Property, CodeExprForm, fmt.Sprintf(`write %s["name"]`, list.Field), "a name in quotes must stand in the brackets")
	case TextList:
		if i, ok := n.Property.(*ast.IntegerNode); ok && i.Value <= maxIndex {
			return Operand{Form: IndexOperand, Field: list.Field, Type: Text, Index: i.Value}, true
		}
		p.fault(n.Property, CodeExprForm, fmt.Sprintf("write %s[0] for the first", list.Field), "a number from 0 to %d must stand in the brackets", maxIndex)
	default:
		p.fault(n, CodeExprType, "", "%s is %s and has no parts", list.Field, list.Type)
	}
	return Operand{}, false
}

// qualified refuses event.provider.
func (p *condParser) qualified(n *ast.MemberNode, prefix string) (Operand, bool) {
	fix, edit := "write the field's name alone", ""
	if name, ok := n.Property.(*ast.StringNode); ok && field(p.kind, name.Value) != nil {
		fix, edit = "write "+name.Value, name.Value
	}
	p.faultEdit(n, CodeExprForm, fix, edit, "fields stand without %s before them", prefix)
	return Operand{}, false
}

// elem reads #.
func (p *condParser) elem(n *ast.PointerNode) (Operand, bool) {
	if n.Name != "" || p.tokenAt(n) != "#" {
		p.fault(n, CodeExprForm, "use # itself", "%s is not allowed", p.textOf(n))
		return Operand{}, false
	}
	return Operand{Form: ElemOperand, Type: Text}, true
}

// length reads len(list).
func (p *condParser) length(n *ast.BuiltinNode) (Operand, bool) {
	if len(n.Arguments) != 1 {
		p.fault(n, CodeExprForm, "write len(strings)", "len wants one list")
		return Operand{}, false
	}
	list, ok := p.operand(n.Arguments[0])
	if !ok {
		return Operand{}, false
	}
	if list.Type != TextList {
		p.fault(n.Arguments[0], CodeExprType, "", "len wants a list, %s is %s", p.textOf(n.Arguments[0]), list.Type)
		return Operand{}, false
	}
	return Operand{Form: LenOperand, Field: list.Field, Type: Number}, true
}
