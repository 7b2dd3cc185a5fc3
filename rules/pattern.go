package rules

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// Bounds of a regular expression. The size is that of the program that runs,
// so that nested repeats count as often as they repeat.
const (
	maxPatternBytes = 512
	maxPatternSize  = 2000
)

// compilePattern compiles the pattern of `matches`: without regard to case,
// and with . for line breaks too, since the breaks in an exported text are
// those of the exporting tool.
func compilePattern(pattern string) (*regexp.Regexp, error) {
	if pattern == "" {
		return nil, errors.New("empty pattern")
	}
	if len(pattern) > maxPatternBytes {
		return nil, fmt.Errorf("pattern of %d bytes, at most %d are allowed", len(pattern), maxPatternBytes)
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, patternError(err)
	}
	if patternSize(tree) > maxPatternSize {
		return nil, errors.New("pattern is too large: its repeats multiply")
	}
	re, err := regexp.Compile("(?is:" + pattern + ")")
	if err != nil {
		return nil, patternError(err)
	}
	return re, nil
}

// patternError says what is wrong with a pattern.
func patternError(err error) error {
	var e *syntax.Error
	if errors.As(err, &e) {
		return fmt.Errorf("not a regular expression: %s: %s", e.Code, e.Expr)
	}
	return err
}

// patternSize estimates the number of instructions of a pattern.
func patternSize(re *syntax.Regexp) int {
	size := 1
	switch re.Op {
	case syntax.OpLiteral:
		size = len(re.Rune)
	case syntax.OpCharClass:
		size = 1 + len(re.Rune)/64
	}
	for _, sub := range re.Sub {
		size = min(size+patternSize(sub), maxPatternSize+1)
	}
	if re.Op == syntax.OpRepeat {
		times := max(re.Max, re.Min, 1)
		size *= times
	}
	return min(size, maxPatternSize+1)
}

// Literals gives texts of which each match contains at least one, in lower
// case; none if that cannot be told.
func (m *Matches) Literals() []string { return patternLiterals(m.Pattern) }

// patternLiterals gives texts of which each match of the pattern contains at
// least one, in lower case; none if that cannot be told.
func patternLiterals(pattern string) []string {
	tree, err := syntax.Parse(pattern, syntax.Perl|syntax.FoldCase)
	if err != nil {
		return nil
	}
	return requiredLiterals(tree.Simplify())
}

// LiteralGroups gives groups of texts, in lower case: each match of the pattern
// contains at least one text of every group.
func (m *Matches) LiteralGroups() [][]string {
	tree, err := syntax.Parse(m.Pattern, syntax.Perl|syntax.FoldCase)
	if err != nil {
		return nil
	}
	return literalGroups(tree.Simplify())
}

func literalGroups(re *syntax.Regexp) [][]string {
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return literalGroups(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return literalGroups(re.Sub[0])
		}
	case syntax.OpConcat:
		var all [][]string
		for _, sub := range re.Sub {
			all = append(all, literalGroups(sub)...)
		}
		return all
	case syntax.OpLiteral, syntax.OpAlternate:
		if set := requiredLiterals(re); len(set) > 0 {
			return [][]string{set}
		}
	}
	return nil
}

// requiredLiterals gives the best set of literals of a pattern: the one whose
// shortest member is longest.
func requiredLiterals(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{strings.ToLower(string(re.Rune))}
	case syntax.OpCapture, syntax.OpPlus:
		return requiredLiterals(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return requiredLiterals(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if set := requiredLiterals(sub); shortest(set) > shortest(best) {
				best = set
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			set := requiredLiterals(sub)
			if len(set) == 0 || len(all)+len(set) > maxListValues {
				return nil
			}
			all = append(all, set...)
		}
		return all
	}
	return nil
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
