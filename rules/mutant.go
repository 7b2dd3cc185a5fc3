package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Mutant is a rule with one small fault in one of its conditions. Samples that
// are worth something tell it from the rule.
type Mutant struct {
	Rule       *Rule  // a copy that shares all but the changed condition
	Signal     string // whose condition is changed, "" for that of the diagnosis
	Index      int    // of the signal, -1 for the diagnosis
	What       string // "id == 7 becomes id != 7"
	Pos        Pos    // of the changed part in the rule file
	Equivalent bool   // proved to hold on the same records as the original
}

// Mutants gives all mutants of a rule, by place.
func Mutants(r *Rule) []Mutant {
	var out []Mutant
	for i := range r.Signals {
		s := &r.Signals[i]
		if s.Cond == nil {
			continue
		}
		mutateCond(s.Cond, func(c Cond, m change) {
			changed := *r
			changed.Signals = slices.Clone(r.Signals)
			changed.Signals[i].Cond = c
			out = append(out, Mutant{&changed, s.Name, i, m.what, m.pos, Equivalent(s.On, s.Cond, c)})
		})
	}
	if r.Diagnosis.Cond == nil {
		return out
	}
	mutateDiag(r, r.Diagnosis.Cond, func(c DiagCond, m change) {
		changed := *r
		changed.Diagnosis.Cond = c
		out = append(out, Mutant{&changed, "", -1, m.what, m.pos, EquivalentDiagnoses(r.Diagnosis.Cond, c)})
	})
	return out
}

// change says what was done to a condition, and where.
type change struct {
	what string
	pos  Pos
}

func becomes(s Src, text string) change {
	return change{fmt.Sprintf("%s becomes %s", inLine(s.Text), text), s.Pos}
}

// inLine writes a piece of a condition on one line.
func inLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// mutateCond gives every condition that is c with one fault.
func mutateCond(c Cond, emit func(Cond, change)) {
	switch c := c.(type) {
	case *And:
		mutateList(c.Src, c.Args, "&&", func(args []Cond) Cond { return &And{c.Src, args} }, func(args []Cond) Cond { return &Or{c.Src, args} }, emit)
	case *Or:
		mutateList(c.Src, c.Args, "||", func(args []Cond) Cond { return &Or{c.Src, args} }, func(args []Cond) Cond { return &And{c.Src, args} }, emit)
	case *Not:
		emit(c.Arg, change{"! before " + inLine(c.Arg.Source().Text) + " is dropped", c.Pos})
		mutateInside(c.Arg, func(a Cond, m change) { emit(&Not{c.Src, a}, m) })
	case *Each:
		for _, q := range []Quant{AnyOf, AllOf, NoneOf} {
			if q != c.Quant {
				emit(&Each{c.Src, q, c.List, c.Pred}, becomes(c.Src, string(q)+"(...)"))
			}
		}
		mutateInside(c.Pred, func(p Cond, m change) { emit(&Each{c.Src, c.Quant, c.List, p}, m) })
	default:
		emit(&Not{c.Source(), c}, change{inLine(c.Source().Text) + " is negated", c.Source().Pos})
		mutateLeaf(c, emit)
	}
}

// mutateInside is mutateCond without the plain negation of a leaf, for places
// where the negation is another mutant already.
func mutateInside(c Cond, emit func(Cond, change)) {
	switch c.(type) {
	case *And, *Or, *Not, *Each:
		mutateCond(c, emit)
	default:
		mutateLeaf(c, emit)
	}
}

// mutateList drops each part, exchanges the connective, and mutates each part.
func mutateList(src Src, args []Cond, op string, same, other func([]Cond) Cond, emit func(Cond, change)) {
	swapped := map[string]string{"&&": "||", "||": "&&"}[op]
	emit(other(args), change{fmt.Sprintf("%s becomes %s in %s", op, swapped, inLine(src.Text)), src.Pos})
	for i, a := range args {
		rest := slices.Delete(slices.Clone(args), i, i+1)
		dropped := change{fmt.Sprintf("%s is dropped", inLine(a.Source().Text)), a.Source().Pos}
		if len(rest) == 1 {
			emit(rest[0], dropped)
		} else {
			emit(same(rest), dropped)
		}
		mutateCond(a, func(c Cond, m change) {
			changed := slices.Clone(args)
			changed[i] = c
			emit(same(changed), m)
		})
	}
}

// mutateLeaf widens and narrows the literals of a leaf and flips comparisons
// that have an order.
func mutateLeaf(c Cond, emit func(Cond, change)) {
	switch c := c.(type) {
	case *Compare:
		for _, op := range besides(c.Op) {
			emit(&Compare{c.Src, c.Operand, op, c.Value}, becomes(c.Src, fmt.Sprintf("%s %s %s", c.Operand, op, c.Value)))
		}
	case *InList:
		if len(c.Values) < 2 {
			return
		}
		for i, v := range c.Values {
			rest := slices.Delete(slices.Clone(c.Values), i, i+1)
			emit(&InList{Src: c.Src, Operand: c.Operand, Values: rest}, change{fmt.Sprintf("%s is dropped from the list of %s", v, c.Operand), c.Pos})
		}
	case *InRange:
		for _, d := range [][2]int64{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
			from, to := c.From+d[0], c.To+d[1]
			if from <= to {
				emit(&InRange{c.Src, c.Operand, from, to}, becomes(c.Src, fmt.Sprintf("%s in %d..%d", c.Operand, from, to)))
			}
		}
	case *TextTest:
		mutateText(c, emit)
	case *Matches:
		mutatePattern(c, emit)
	}
}

// besides gives the comparisons that differ from op at the value alone or on
// one side of it. Equality has its negation already.
func besides(op CmpOp) []CmpOp {
	switch op {
	case Less:
		return []CmpOp{LessEqual, Greater}
	case LessEqual:
		return []CmpOp{Less, GreaterEqual}
	case Greater:
		return []CmpOp{GreaterEqual, Less}
	case GreaterEqual:
		return []CmpOp{Greater, LessEqual}
	}
	return nil
}

// minWidened is how long a widened text must be to say anything.
const minWidened = 3

// mutateText widens a text by its last word, or by its last digit, and makes a
// test that looks anywhere look at the beginning, and the other way round. A
// single word is not cut: what nobody would write by mistake tests nothing.
func mutateText(c *TextTest, emit func(Cond, change)) {
	put := func(op TextOp, value string) {
		emit(&TextTest{c.Src, c.Operand, op, value}, becomes(c.Src, fmt.Sprintf("%s %s %s", c.Operand, op, strconv.Quote(value))))
	}
	if v := widened(c.Value); v != "" {
		put(c.Op, v)
	}
	if c.Op == Contains {
		put(StartsWith, c.Value)
	} else {
		put(Contains, c.Value)
	}
}

// widened gives a text without its last word, or a number without its last
// digit; "" if nothing of weight is left.
func widened(text string) string {
	if i := strings.LastIndexByte(text, ' '); i >= minWidened {
		return text[:i]
	}
	if _, err := strconv.ParseUint(strings.TrimPrefix(strings.ToLower(text), "0x"), 16, 64); err == nil && len(text) > minWidened {
		return text[:len(text)-1]
	}
	return ""
}

// mutatePattern drops and adds the anchors of a pattern.
func mutatePattern(c *Matches, emit func(Cond, change)) {
	for _, p := range []string{
		strings.TrimPrefix(c.Pattern, "^"), strings.TrimSuffix(c.Pattern, "$"), "^(?:" + c.Pattern + ")", "(?:" + c.Pattern + ")$",
	} {
		if p == c.Pattern || strings.HasPrefix(p, "^(?:^") || strings.HasSuffix(p, "$)$") {
			continue
		}
		if re, err := regexp.Compile("(?is:" + p + ")"); err == nil {
			emit(&Matches{Src: c.Src, Operand: c.Operand, Pattern: p, Regexp: re}, becomes(c.Src, fmt.Sprintf("%s matches `%s`", c.Operand, p)))
		}
	}
}
