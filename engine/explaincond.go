package engine

import (
	"fmt"
	"strconv"
	"strings"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// points measures how near a record comes to a condition: what names the kind
// of record counts most.
func (n *condition) points(v *view) int {
	switch n.op {
	case opAnd:
		sum := 0
		for _, a := range n.args {
			sum += a.points(v)
		}
		return sum
	case opOr:
		best := 0
		for _, a := range n.args {
			best = max(best, a.points(v))
		}
		return best
	}
	if n.eval(v, "") != parsers.Yes {
		return 0
	}
	switch n.operand.field {
	case fID, fCommand:
		return 4
	case fProvider, fProtocol, fCode:
		return 3
	}
	return 2
}

// explain gives the condition's tree with its values on the record in view.
func (n *condition) explain(v *view) Node {
	out := Node{Text: n.src, Value: triWord(n.eval(v, ""))}
	if n.op == opTrue {
		out.Text = "any record"
	}
	if n.op == opAnd || n.op == opOr || n.op == opNot {
		for _, a := range n.args {
			out.Children = append(out.Children, a.explain(v))
		}
		return out
	}
	out.Actual = n.actual(v)
	return out
}

// actual writes what the record has where the condition looks.
func (n *condition) actual(v *view) string {
	if n.op == opTrue {
		return ""
	}
	o := n.operand
	name := o.name
	switch o.form {
	case rules.KeyOperand:
		name = fmt.Sprintf("%s[%q]", o.name, o.key)
		for _, d := range v.dataOf() {
			if strings.EqualFold(d.Name, o.key) {
				return name + " is " + strconv.Quote(shorten(d.Value))
			}
		}
		return name + " is not known"
	case rules.IndexOperand:
		name = fmt.Sprintf("%s[%d]", o.name, o.index)
	}
	switch o.typ {
	case rules.Number:
		if x, k := o.numberOf(v); k != nothing {
			return name + " is " + strconv.FormatInt(x, 10)
		}
	case rules.Bool:
		if t := v.truth(o.field); t != parsers.Unknown {
			return name + " is " + map[parsers.Tri]string{parsers.Yes: "true", parsers.No: "false"}[t]
		}
	case rules.TextList, rules.TextMap:
		if list, k := v.list(o.field); k != nothing {
			return name + " is [" + shorten(strings.Join(list, ", ")) + "]"
		}
	default:
		raw, k := v.raw(o.field)
		if o.form == rules.IndexOperand {
			raw, k = o.textOf(v, "")
		}
		if k != nothing {
			return name + " is " + strconv.Quote(shorten(raw))
		}
	}
	return name + " is not known"
}

func (v *view) dataOf() []parsers.Named {
	if v.event == nil {
		return nil
	}
	return v.event.Data
}
