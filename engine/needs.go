package engine

import (
	"strconv"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// needs is what a record must have for a condition to hold or to stay open.
// nil means anything.
type needs struct {
	providers map[string]bool // folded
	ids       map[int64]bool
	logs      map[string]bool // folded
	levels    map[string]bool
	protocols map[string]bool
	commands  map[string]bool // in lower case
	codes     map[int64]bool  // reply codes
}

// rangeLimit is how many numbers a range may have to be indexed one by one.
const rangeLimit = 256

// needsOf takes from a condition what must hold: for "and" the smaller of both
// sides, for "or" their union if both require something.
func needsOf(c rules.Cond) needs {
	switch c := c.(type) {
	case *rules.And:
		var out needs
		for _, a := range c.Args {
			out = out.both(needsOf(a))
		}
		return out
	case *rules.Or:
		out := needsOf(c.Args[0])
		for _, a := range c.Args[1:] {
			out = out.either(needsOf(a))
		}
		return out
	case *rules.Compare:
		if c.Op == rules.Equal && c.Operand.Form == rules.FieldOperand {
			return needsValues(c.Operand, []rules.Value{c.Value})
		}
	case *rules.InList:
		if c.Operand.Form == rules.FieldOperand {
			return needsValues(c.Operand, c.Values)
		}
	case *rules.InRange:
		if c.Operand.Form == rules.FieldOperand && c.To-c.From < rangeLimit {
			var values []rules.Value
			for n := c.From; n <= c.To; n++ {
				values = append(values, rules.Value{Type: rules.Number, Number: n})
			}
			return needsValues(c.Operand, values)
		}
	}
	return needs{}
}

func (n needs) both(o needs) needs {
	return needs{
		providers: smaller(n.providers, o.providers), ids: smaller(n.ids, o.ids),
		logs: smaller(n.logs, o.logs), levels: smaller(n.levels, o.levels),
		protocols: smaller(n.protocols, o.protocols), commands: smaller(n.commands, o.commands),
		codes: smaller(n.codes, o.codes),
	}
}

func (n needs) either(o needs) needs {
	return needs{
		providers: union(n.providers, o.providers), ids: union(n.ids, o.ids),
		logs: union(n.logs, o.logs), levels: union(n.levels, o.levels),
		protocols: union(n.protocols, o.protocols), commands: union(n.commands, o.commands),
		codes: union(n.codes, o.codes),
	}
}

func needsValues(o rules.Operand, values []rules.Value) needs {
	op := newOperand(o)
	texts, numbers := map[string]bool{}, map[int64]bool{}
	for _, v := range values {
		if v.Type == rules.Number {
			numbers[v.Number] = true
		} else {
			texts[op.fold(v.Text)] = true
		}
	}
	switch o.Field {
	case "provider":
		return needs{providers: texts}
	case "id":
		return needs{ids: numbers}
	case "log":
		return needs{logs: texts}
	case "level":
		return needs{levels: texts}
	case "protocol":
		return needs{protocols: texts}
	case "command":
		return needs{commands: texts}
	case "code":
		return needs{codes: numbers}
	}
	return needs{}
}

// levelMask gives the levels as bits by parsers.Level, all where any will do.
func (n needs) levelMask() uint16 {
	if n.levels == nil {
		return 1<<16 - 1
	}
	mask := uint16(1) << parsers.LevelUnknown
	for l := parsers.LevelCritical; l.String() != ""; l++ {
		if n.levels[l.String()] {
			mask |= 1 << l
		}
	}
	return mask
}

// text writes the first values of what is needed, for statistics.
func (n needs) text(kind rules.Kind) string {
	if kind == rules.OnEvent {
		return joined(names(n.providers), "provider") + joined(numbers(n.ids), "id") + joined(names(n.levels), "level") + joined(names(n.logs), "log")
	}
	return joined(names(n.protocols), "protocol") + joined(names(n.commands), "command") + joined(numbers(n.codes), "code")
}

func joined(list []string, field string) string {
	if len(list) == 0 {
		return ""
	}
	more := ""
	if len(list) > 1 {
		more = " ..."
	}
	return " " + field + "=" + list[0] + more
}

func names(m map[string]bool) []string { return sortedKeys(m) }

func numbers(m map[int64]bool) []string {
	texts := map[string]bool{}
	for n := range m {
		texts[strconv.FormatInt(n, 10)] = true
	}
	return sortedKeys(texts)
}

func smaller[K comparable](a, b map[K]bool) map[K]bool {
	if a == nil || b != nil && len(b) < len(a) {
		return b
	}
	return a
}

func union[K comparable](a, b map[K]bool) map[K]bool {
	if a == nil || b == nil {
		return nil
	}
	out := make(map[K]bool, len(a)+len(b))
	for k := range a {
		out[k] = true
	}
	for k := range b {
		out[k] = true
	}
	return out
}
