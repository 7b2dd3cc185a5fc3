package rules

import (
	"fmt"
	"slices"
	"strings"
)

// canonical writes a condition so that conditions of the same meaning but
// another spelling, case or order of clauses are mostly the same text.
func canonical(c Cond) string {
	switch c := c.(type) {
	case *And:
		return "(" + canonicalArgs(c.Args, " && ") + ")"
	case *Or:
		return "(" + canonicalArgs(c.Args, " || ") + ")"
	case *Not:
		return "!" + canonical(c.Arg)
	case *TrueField:
		return c.Operand.String()
	case *Compare:
		return fmt.Sprintf("%s %s %s", c.Operand, c.Op, c.Value)
	case *CompareFields:
		return fmt.Sprintf("%s %s %s", c.Left, c.Op, c.Right)
	case *InList:
		texts := make([]string, len(c.Values))
		for i, v := range c.Values {
			texts[i] = v.String()
		}
		slices.Sort(texts)
		if len(texts) == 1 {
			return fmt.Sprintf("%s == %s", c.Operand, texts[0])
		}
		return fmt.Sprintf("%s in [%s]", c.Operand, strings.Join(texts, ", "))
	case *InRange:
		return fmt.Sprintf("%s in %d..%d", c.Operand, c.From, c.To)
	case *TextTest:
		return fmt.Sprintf("%s %s %q", c.Operand, c.Op, strings.ToLower(c.Value))
	case *Matches:
		return fmt.Sprintf("%s matches %q", c.Operand, c.Pattern)
	case *Has:
		return fmt.Sprintf("%q in %s", strings.ToLower(c.Value), c.List)
	case *Each:
		return fmt.Sprintf("%s(%s, %s)", c.Quant, c.List, canonical(c.Pred))
	}
	return ""
}

// canonicalArgs joins parts in a fixed order.
func canonicalArgs(args []Cond, sep string) string {
	texts := make([]string, len(args))
	for i, a := range args {
		texts[i] = canonical(a)
	}
	slices.Sort(texts)
	return strings.Join(slices.Compact(texts), sep)
}

// String writes the operand as in a condition, names of values in lower case.
func (o Operand) String() string {
	switch o.Form {
	case KeyOperand:
		return fmt.Sprintf("%s[%q]", o.Field, strings.ToLower(o.Key))
	case IndexOperand:
		return fmt.Sprintf("%s[%d]", o.Field, o.Index)
	case LenOperand:
		return "len(" + o.Field + ")"
	case ElemOperand:
		return "#"
	}
	return o.Field
}

// String writes the literal, text in lower case.
func (v Value) String() string {
	if v.Type == Number {
		return fmt.Sprint(v.Number)
	}
	return fmt.Sprintf("%q", strings.ToLower(v.Text))
}
