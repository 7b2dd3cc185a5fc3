package engine

import (
	"slices"
	"strings"
	"unicode"

	"kbdiag/rules"
)

const (
	// literalSize bounds the bytes of a literal that are looked for: enough to
	// be rare, and the table stays small.
	literalSize = 24
	// shortLiteral is the length under which a literal stands in nearly every
	// text, so that looking for it tells nothing.
	shortLiteral = 3
)

// mainField is the text of a record in which literals are looked for.
func mainField(kind rules.Kind) string {
	if kind == rules.OnEvent {
		return "message"
	}
	return "text"
}

// literalsOf gives texts of which a record's main text must have at least one
// for the condition to hold, where that text is known whole. nil if that cannot
// be told.
func literalsOf(c rules.Cond, field string) []string {
	switch c := c.(type) {
	case *rules.And:
		var best []string
		for _, a := range c.Args {
			if set := literalsOf(a, field); shortest(set) > shortest(best) {
				best = set
			}
		}
		return best
	case *rules.Or:
		var all []string
		for _, a := range c.Args {
			set := literalsOf(a, field)
			if set == nil {
				return nil
			}
			all = append(all, set...)
		}
		return all
	case *rules.Compare:
		if c.Op == rules.Equal && c.Value.Type == rules.Text && isMain(c.Operand, field) {
			return usable([]string{strings.ToLower(c.Value.Text)})
		}
	case *rules.InList:
		if isMain(c.Operand, field) {
			var all []string
			for _, v := range c.Values {
				all = append(all, strings.ToLower(v.Text))
			}
			return usable(all)
		}
	case *rules.TextTest:
		if isMain(c.Operand, field) {
			return usable([]string{strings.ToLower(c.Value)})
		}
	case *rules.Matches:
		if isMain(c.Operand, field) {
			var all []string
			for _, l := range c.Literals() {
				all = append(all, sureUnderFolding(l))
			}
			return usable(all)
		}
	}
	return nil
}

const (
	literalGroupsUsed = 4 // groups of a pattern that are looked for before it is tried
	literalGroupSize  = 8 // texts in such a group
)

// literalGroups gives the texts that are looked for before a pattern is tried,
// which costs a hundredth of trying it.
func literalGroups(c *rules.Matches) [][]string {
	var out [][]string
	for _, g := range c.LiteralGroups() {
		set := make([]string, len(g))
		for i, l := range g {
			set[i] = sureUnderFolding(l)
		}
		if len(set) <= literalGroupSize && shortest(set) >= shortLiteral {
			out = append(out, set)
		}
	}
	slices.SortStableFunc(out, func(a, b []string) int { return shortest(b) - shortest(a) })
	return out[:min(len(out), literalGroupsUsed)]
}

// mayMatch reports whether a text has what each match of the pattern has.
func (n *condition) mayMatch(text string) bool {
	for _, g := range n.groups {
		if !slices.ContainsFunc(g, func(l string) bool { return strings.Contains(text, l) }) {
			return strings.Contains(text, longS)
		}
	}
	return true
}

func isMain(o rules.Operand, field string) bool {
	return o.Form == rules.FieldOperand && o.Field == field
}

// usable gives nil for a set with a literal that is too short to look for.
func usable(set []string) []string {
	if len(set) == 0 || shortest(set) < shortLiteral {
		return nil
	}
	for i, l := range set {
		set[i] = l[:min(len(l), literalSize)]
	}
	return set
}

// shortest gives the length in bytes of the shortest text, 0 for none.
func shortest(set []string) int {
	n := 0
	for i, s := range set {
		if i == 0 || len(s) < n {
			n = len(s)
		}
	}
	return n
}

// longS is the one letter beyond ASCII that a pattern takes for an ASCII
// letter and that lower case leaves as it is. (The Kelvin sign becomes k.) A
// text that has it is not searched for literals.
const longS = "\u017f"

// sureUnderFolding gives the longest part of a pattern's literal that stands as
// it is in the lower-case form of every text that matches. Patterns take some
// letters for each other that lower case keeps apart, such as the two forms of
// the Greek sigma.
func sureUnderFolding(literal string) string {
	best, from := "", 0
	end := func(i int) {
		if i-from > len(best) {
			best = literal[from:i]
		}
	}
	for i, r := range literal {
		if r < 0x80 || oneLowerCase(r) {
			continue
		}
		end(i)
		from = i + len(string(r))
	}
	end(len(literal))
	return best
}

// oneLowerCase reports whether all letters that a pattern takes for r have the
// same lower case.
func oneLowerCase(r rune) bool {
	lower := unicode.ToLower(r)
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		if unicode.ToLower(f) != lower {
			return false
		}
	}
	return lower == r
}

// findsOnly reports whether a condition is made of tests that look for
// something in the main text, and of nothing else.
func findsOnly(c rules.Cond, field string) bool {
	all := func(args []rules.Cond) bool {
		return !slices.ContainsFunc(args, func(a rules.Cond) bool { return !findsOnly(a, field) })
	}
	switch c := c.(type) {
	case *rules.And:
		return all(c.Args)
	case *rules.Or:
		return all(c.Args)
	case *rules.Compare:
		return c.Op == rules.Equal && c.Value.Type == rules.Text && isMain(c.Operand, field)
	case *rules.InList:
		return isMain(c.Operand, field)
	case *rules.TextTest:
		return isMain(c.Operand, field)
	case *rules.Matches:
		return isMain(c.Operand, field)
	}
	return false
}
