package engine

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// Coverage says which parts of a rule its samples exercise.
type Coverage struct {
	Sides int   `json:"sides"` // of all && and ||
	Shown int   `json:"shown"` // of them, those on which alone some sample turns
	Gaps  []Gap `json:"gaps"`
}

// Gap is a part of a rule that no sample exercises.
type Gap struct {
	Signal string `json:"signal,omitempty"` // "" for the diagnosis
	Line   int    `json:"line"`             // in the rule file
	Column int    `json:"column"`
	Part   string `json:"part"`
	Why    string `json:"why"`
}

// coverage watches the conditions of one rule over its samples.
type coverage struct {
	rule    *compiledRule
	signals []*sides
	seen    []bool
	when    *diagSides
}

// sides counts for a node of a condition how its sides turned out.
type sides struct {
	src     rules.Src
	cond    *condition
	inside  []*sides
	decided []bool // by side: the node turned on it alone
}

func newCoverage(c *compiledRule) *coverage {
	out := &coverage{rule: c, seen: make([]bool, len(c.signals))}
	for i := range c.signals {
		out.signals = append(out.signals, newSides(c.signals[i].rule.Cond, c.signals[i].cond))
	}
	if c.when != nil {
		out.when = newDiagSides(c.when)
	}
	return out
}

func newSides(c rules.Cond, n *condition) *sides {
	if c == nil {
		return &sides{cond: n}
	}
	s := &sides{src: c.Source(), cond: n, decided: make([]bool, len(n.args))}
	for i, part := range partsOf(c) {
		s.inside = append(s.inside, newSides(part, n.args[i]))
	}
	return s
}

// partsOf gives the parts of a condition that a condition made ready has too.
func partsOf(c rules.Cond) []rules.Cond {
	switch c := c.(type) {
	case *rules.And:
		return c.Args
	case *rules.Or:
		return c.Args
	case *rules.Not:
		return []rules.Cond{c.Arg}
	}
	return nil
}

// watch evaluates the conditions on the records of a sample.
func (c *coverage) watch(rec *Recording) {
	v := &view{}
	rec.each(v, func(kind rules.Kind) {
		for i, s := range c.signals {
			v.cost, v.costly = 0, false
			if c.rule.signals[i].rule.On == kind && s.look(v) == parsers.Yes {
				c.seen[i] = true
			}
		}
	})
}

// look evaluates a node and notes which of its sides decided.
func (s *sides) look(v *view) parsers.Tri {
	if s.cond.op != opAnd && s.cond.op != opOr {
		for _, in := range s.inside {
			in.look(v)
		}
		return s.cond.eval(v, "")
	}
	values := make([]parsers.Tri, len(s.inside))
	for i, in := range s.inside {
		values[i] = in.look(v)
	}
	s.note(values, s.cond.op == opAnd)
	return s.cond.eval(v, "")
}

func (s *sides) note(values []parsers.Tri, and bool) {
	if i := decider(values, and); i >= 0 {
		s.decided[i] = true
	}
}

// decider gives the side on which a node turns alone: the only one of an &&
// that does not hold, the only one of an || that does; -1 if there is none.
func decider(values []parsers.Tri, and bool) int {
	side, n := -1, 0
	for i, x := range values {
		if (x == parsers.Yes) != and {
			side = i
			n++
		}
	}
	if n != 1 {
		return -1
	}
	return side
}

// report names what no sample exercises.
func (c *coverage) report() *Coverage {
	out := &Coverage{Gaps: []Gap{}}
	for i, s := range c.signals {
		r := c.rule.signals[i].rule
		if !c.seen[i] {
			out.Gaps = append(out.Gaps, Gap{r.Name, r.Pos.Line, r.Pos.Column, "signal " + r.Name, "no sample shows it"})
		}
		s.report(r.Name, out)
	}
	if c.when != nil {
		c.when.report(c.rule, out)
	}
	return out
}

func (s *sides) report(signal string, out *Coverage) {
	and := s.cond.op == opAnd
	if and || s.cond.op == opOr {
		for i, in := range s.inside {
			out.side(s.decided[i], signal, in.src, and)
		}
	}
	for _, in := range s.inside {
		in.report(signal, out)
	}
}

func (c *Coverage) side(decided bool, signal string, src rules.Src, and bool) {
	c.Sides++
	if decided {
		c.Shown++
		return
	}
	why := "no near miss fails on this side of && alone"
	if !and {
		why = "no sample holds by this side of || alone"
	}
	c.Gaps = append(c.Gaps, Gap{signal, src.Pos.Line, src.Pos.Column, strings.Join(strings.Fields(src.Text), " "), why})
}

// diagSides is sides for the condition of a diagnosis.
type diagSides struct {
	node    rules.DiagCond
	inside  []*diagSides
	decided []bool
}

func newDiagSides(c rules.DiagCond) *diagSides {
	s := &diagSides{node: c}
	var parts []rules.DiagCond
	switch c := c.(type) {
	case *rules.DiagAnd:
		parts = c.Args
	case *rules.DiagOr:
		parts = c.Args
	case *rules.DiagNot:
		parts = []rules.DiagCond{c.Arg}
	}
	for _, p := range parts {
		s.inside = append(s.inside, newDiagSides(p))
	}
	s.decided = make([]bool, len(parts))
	return s
}

// look notes what one sample says of the diagnosis.
func (s *diagSides) look(st *ruleState) {
	values := make([]parsers.Tri, len(s.inside))
	for i, in := range s.inside {
		in.look(st)
		values[i] = st.eval(in.node)
	}
	_, and := s.node.(*rules.DiagAnd)
	_, not := s.node.(*rules.DiagNot)
	if not {
		return
	}
	if i := decider(values, and); i >= 0 {
		s.decided[i] = true
	}
}

func (s *diagSides) report(rule *compiledRule, out *Coverage) {
	_, and := s.node.(*rules.DiagAnd)
	_, or := s.node.(*rules.DiagOr)
	for i, in := range s.inside {
		if and || or {
			out.side(s.decided[i], "", in.node.Source(), and)
		}
		in.report(rule, out)
	}
}
