package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr/ast"
)

// maxWindow bounds within and sequence.
const maxWindow = 366 * 24 * time.Hour

// parseDiagnosis parses the condition of a diagnosis over signals. place gives
// the place in the file of a byte of text.
func parseDiagnosis(signals []string, text string, place func(int) Pos) (DiagCond, []exprFault) {
	tree, fault := parseExpr(text)
	if fault != nil {
		return nil, []exprFault{*fault}
	}
	p := &diagParser{condParser: condParser{exprTree: tree, place: place}, signals: signals}
	cond := p.boolean(tree.root)
	if cond == nil && len(p.faults) == 0 {
		p.fault(tree.root, CodeExprForm, "", "not a condition over signals")
	}
	if len(p.faults) > 0 {
		return nil, p.faults
	}
	if fault := constantDiagnosis(cond); fault != nil {
		return nil, []exprFault{*fault}
	}
	return cond, nil
}

// diagParser turns expr's tree into ours. It shares places and faults with the
// parser of conditions.
type diagParser struct {
	condParser
	signals []string
}

// boolean turns a node that must be true or false into ours, nil on a fault.
func (p *diagParser) boolean(n ast.Node) DiagCond {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		if i, ok := p.signal(n); ok {
			return &SignalRef{p.src(n), i}
		}
		return nil
	case *ast.UnaryNode:
		return p.not(n)
	case *ast.BinaryNode:
		return p.binary(n)
	case *ast.CallNode:
		return p.call(n)
	case *ast.BoolNode:
		p.fault(n, constantCode(n.Value), "", "%v in a condition makes a part of it constant", n.Value)
		return nil
	case *ast.BuiltinNode:
		if n.Name == "count" {
			p.fault(n, CodeExprType, "write "+p.textOf(n)+" >= 2", "count is a number, a condition must be true or false")
			return nil
		}
	}
	p.refuseDiag(n)
	return nil
}

// signal finds the signal that an identifier names.
func (p *diagParser) signal(n ast.Node) (int, bool) {
	id, ok := n.(*ast.IdentifierNode)
	if !ok {
		p.fault(n, CodeExprForm, "", "the name of a signal must stand here, not %s", p.textOf(n))
		return 0, false
	}
	if i := slices.Index(p.signals, id.Value); i >= 0 {
		return i, true
	}
	fix, edit := suggestion(id.Value, p.signals)
	if len(kindsWith(id.Value)) > 0 && edit == "" {
		fix = "fields are tested in a signal; here stand " + strings.Join(p.signals, ", ")
	}
	p.faultEdit(n, CodeUnknownSignal, fix, edit, "there is no signal %s", shorten(id.Value))
	return 0, false
}

// not turns a negation into ours.
func (p *diagParser) not(n *ast.UnaryNode) DiagCond {
	if n.Operator != "!" && n.Operator != "not" {
		p.refuseDiag(n)
		return nil
	}
	arg := p.boolean(n.Node)
	if arg == nil {
		return nil
	}
	return &DiagNot{p.src(n), arg}
}

// binary turns &&, || and comparisons of counts into ours.
func (p *diagParser) binary(n *ast.BinaryNode) DiagCond {
	switch n.Operator {
	case "&&", "and":
		if op := p.tokenAt(n); op != "&&" && op != "and" {
			p.fault(n, CodeExprForm, "write a < b && b < c", "chained comparison")
			return nil
		}
		if args, ok := p.operands(n, "&&", "and"); ok {
			return &DiagAnd{p.src(n), args}
		}
		return nil
	case "||", "or":
		if args, ok := p.operands(n, "||", "or"); ok {
			return &DiagOr{p.src(n), args}
		}
		return nil
	case "==", "!=", "<", "<=", ">", ">=":
		return p.count(n)
	}
	p.refuseDiag(n)
	return nil
}

// operands flattens a chain of one operator, which has two spellings.
func (p *diagParser) operands(n *ast.BinaryNode, op, alias string) (args []DiagCond, ok bool) {
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

// count turns `count(sig) >= 3` into ours.
func (p *diagParser) count(n *ast.BinaryNode) DiagCond {
	left, right, op := n.Left, n.Right, CmpOp(n.Operator)
	if isLiteral(left) {
		left, right, op = right, left, turned(op)
	}
	call, ok := left.(*ast.BuiltinNode)
	if !ok || call.Name != "count" {
		p.fault(left, CodeExprForm, "write count(signal) >= 2, or the signal alone", "only count(...) can be compared")
		return nil
	}
	c, ok := p.countArgs(call)
	num, isNum := right.(*ast.IntegerNode)
	if !isNum {
		p.fault(right, CodeExprType, "write a whole number", "count is a number, %s is not", p.textOf(right))
		return nil
	}
	if !ok {
		return nil
	}
	c.Src, c.Op, c.N = p.src(n), op, int64(num.Value)
	if c.Window > 0 && !p.dense(n, c) {
		return nil
	}
	return c
}

// maxDense bounds the records that a count inside a window can ask for.
const maxDense = 100_000

// dense checks a count inside a window: each window also has fewer.
func (p *diagParser) dense(n ast.Node, c *Count) bool {
	switch {
	case c.Op != Greater && c.Op != GreaterEqual:
		p.fault(n, CodeExprForm, "write >= or >", "a count inside a window can only be at least a number")
	case c.N > maxDense:
		p.fault(n, CodeTooLarge, "", "a count inside a window is at most %d", maxDense)
	default:
		return true
	}
	return false
}

// countArgs reads count(sig), count(sig, same(host)) and
// count(sig, within("10m", same(host))).
func (p *diagParser) countArgs(n *ast.BuiltinNode) (c *Count, ok bool) {
	if len(n.Arguments) < 1 || len(n.Arguments) > 2 {
		p.fault(n, CodeExprForm, "write count(signal) or count(signal, same(host))", "count wants a signal")
		return nil, false
	}
	c = &Count{}
	c.Signal, ok = p.signal(n.Arguments[0])
	if len(n.Arguments) == 1 {
		return c, ok
	}
	arg := n.Arguments[1]
	if body, isBody := arg.(*ast.PredicateNode); isBody {
		arg = body.Node
	}
	fine := false
	if call, isWithin := callOf(arg, "within"); isWithin {
		c.Window, c.Same, fine = p.window(call)
	} else {
		c.Same, fine = p.group(arg)
	}
	return c, ok && fine
}

// window reads within("10m") and within("10m", same(host)) inside a count.
func (p *diagParser) window(n *ast.CallNode) (d time.Duration, same Group, ok bool) {
	const form = `write within("10m") or within("10m", same(host))`
	if len(n.Arguments) < 1 || len(n.Arguments) > 2 {
		p.fault(n, CodeExprForm, form, "within in a count wants a duration")
		return 0, "", false
	}
	d, ok = p.duration(n.Arguments[0], form)
	if len(n.Arguments) == 2 {
		g, fine := p.group(n.Arguments[1])
		same, ok = g, ok && fine
	}
	return d, same, ok
}

// callOf tells a call of the named function.
func callOf(n ast.Node, name string) (*ast.CallNode, bool) {
	call, ok := n.(*ast.CallNode)
	if !ok {
		return nil, false
	}
	id, ok := call.Callee.(*ast.IdentifierNode)
	return call, ok && id.Value == name
}

// call turns within, sequence and absent into ours.
func (p *diagParser) call(n *ast.CallNode) DiagCond {
	id, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		p.refuseDiag(n)
		return nil
	}
	switch id.Value {
	case "within", "sequence":
		return p.correlation(n, id.Value)
	case "absent":
		if len(n.Arguments) != 1 {
			p.fault(n, CodeExprForm, "write absent(signal)", "absent wants one signal")
			return nil
		}
		if i, ok := p.signal(n.Arguments[0]); ok {
			return &Absent{p.src(n), i}
		}
		return nil
	case "same":
		p.fault(n, CodeExprForm, `write within(a, b, "10m", same(host))`, "same stands as the last argument of count, within or sequence")
		return nil
	}
	fix, edit := suggestion(id.Value, []string{"count", "within", "sequence", "absent"})
	at := p.extent(n)
	p.faults = append(p.faults, exprFault{span{at.from, at.from + len(id.Value)}, CodeExprForm,
		"there is no function " + shorten(id.Value), fix, edit})
	return nil
}

// correlation reads within(a, b, ..., "10m", same(host)) and sequence(...).
func (p *diagParser) correlation(n *ast.CallNode, name string) DiagCond {
	args, same, gap, ok := n.Arguments, Ungrouped, time.Duration(0), true
	for len(args) > 0 && isCall(args[len(args)-1]) {
		last, fine := args[len(args)-1], true
		if call, isGap := callOf(last, "gap"); isGap && name == "sequence" && gap == 0 {
			gap, fine = p.gap(call)
		} else {
			same, fine = p.group(last)
		}
		args, ok = args[:len(args)-1], ok && fine
	}
	form := fmt.Sprintf(`write %s(a, b, "10m")`, name)
	if len(args) == 0 {
		p.fault(n, CodeExprForm, form, "%s wants two or more signals and a duration", name)
		return nil
	}
	window, fine := p.duration(args[len(args)-1], form)
	ok = ok && fine
	if fine {
		args = args[:len(args)-1]
	}
	signals := make([]int, 0, len(args))
	for _, a := range args {
		if lit, isText := a.(*ast.StringNode); isText {
			if fine {
				p.fault(lit, CodeExprForm, form, "the duration stands once, after the signals")
			}
			ok = false
			continue
		}
		if !fine && a == args[len(args)-1] {
			if _, isName := a.(*ast.IdentifierNode); !isName {
				continue
			}
		}
		i, known := p.signal(a)
		if known && slices.Contains(signals, i) {
			p.fault(a, CodeRepeatedSignal, "use count("+p.signals[i]+") >= 2", "%s stands twice in %s", p.signals[i], name)
			known = false
		}
		signals, ok = append(signals, i), ok && known
	}
	if !ok {
		return nil
	}
	if len(signals) < 2 {
		p.fault(n, CodeExprForm, form, "%s wants two or more signals", name)
		return nil
	}
	if name == "within" {
		return &Within{p.src(n), signals, window, same}
	}
	return &Sequence{p.src(n), signals, window, gap, same}
}

// gap reads gap("5m").
func (p *diagParser) gap(n *ast.CallNode) (time.Duration, bool) {
	const form = `write gap("5m")`
	if len(n.Arguments) != 1 {
		p.fault(n, CodeExprForm, form, "gap wants a duration")
		return 0, false
	}
	return p.duration(n.Arguments[0], form)
}

// isCall says whether a node is a call of a function that expr does not know.
func isCall(n ast.Node) bool {
	_, ok := n.(*ast.CallNode)
	return ok
}

// group reads same(host).
func (p *diagParser) group(n ast.Node) (Group, bool) {
	const form = `write same(host), same(user), same(session), same(server), same(data["name"]) or same(strings[0])`
	call, ok := n.(*ast.CallNode)
	if !ok {
		p.fault(n, CodeExprForm, form, "%s cannot stand here", p.textOf(n))
		return "", false
	}
	if id, ok := call.Callee.(*ast.IdentifierNode); !ok || id.Value != "same" || len(call.Arguments) != 1 {
		p.fault(n, CodeExprForm, form, "%s cannot stand here", p.textOf(n))
		return "", false
	}
	if m, ok := call.Arguments[0].(*ast.MemberNode); ok {
		return p.capture(m, form)
	}
	id, ok := call.Arguments[0].(*ast.IdentifierNode)
	if !ok {
		p.fault(call.Arguments[0], CodeExprForm, form, "%s cannot stand here", p.textOf(call.Arguments[0]))
		return "", false
	}
	names := []string{string(SameHost), string(SameUser), string(SameSession), string(SameServer)}
	if slices.Contains(names, id.Value) {
		return Group(id.Value), true
	}
	fix, edit := suggestion(id.Value, names)
	p.faultEdit(id, CodeBadValue, fix, edit, "records cannot share %s", shorten(id.Value))
	return "", false
}

// capture reads a captured value of events: data["name"], strings[0].
func (p *diagParser) capture(n *ast.MemberNode, form string) (Group, bool) {
	list, _ := n.Node.(*ast.IdentifierNode)
	switch key := n.Property.(type) {
	case *ast.StringNode:
		if list != nil && list.Value == "data" && key.Value != "" && !n.Optional {
			return SameValue(Operand{Form: KeyOperand, Field: "data", Type: Text, Key: key.Value}), true
		}
	case *ast.IntegerNode:
		if list != nil && list.Value == "strings" && key.Value >= 0 && key.Value <= maxIndex && !n.Optional {
			return SameValue(Operand{Form: IndexOperand, Field: "strings", Type: Text, Index: key.Value}), true
		}
	}
	p.fault(n, CodeExprForm, form, "records cannot share %s", p.textOf(n))
	return "", false
}

// duration reads the duration of a window.
func (p *diagParser) duration(n ast.Node, form string) (time.Duration, bool) {
	lit, ok := n.(*ast.StringNode)
	if !ok {
		if _, isInt := n.(*ast.IntegerNode); isInt {
			p.fault(n, CodeBadDuration, `write it with a unit in quotes, such as "10m"`, "%s is not a duration", p.textOf(n))
			return 0, false
		}
		p.fault(n, CodeBadDuration, form, "the duration is missing")
		return 0, false
	}
	d, err := ParseDuration(lit.Value)
	if err != nil {
		fix, edit := `write it such as "90s", "10m", "2h" or "7d"`, ""
		if short := shortDuration(lit.Value); short != "" {
			edit = `"` + short + `"`
			fix = "write " + edit
		}
		p.faultEdit(n, CodeBadDuration, fix, edit, "%v", err)
		return 0, false
	}
	if d <= 0 || d > maxWindow {
		p.fault(n, CodeBadDuration, "", "a window is longer than 0 and at most 366d")
		return 0, false
	}
	return d, true
}

// dayPart is the leading number of days of a duration.
var dayPart = regexp.MustCompile(`^([0-9]{1,6}(?:\.[0-9]{1,6})?)d`)

// ParseDuration reads a duration as Go writes it, with days before: "90s",
// "1h30m", "7d", "1d12h". Durations are not negative.
func ParseDuration(s string) (time.Duration, error) {
	rest, days := s, time.Duration(0)
	if m := dayPart.FindStringSubmatch(s); m != nil {
		f, err := strconv.ParseFloat(m[1], 64)
		if err != nil || f > 100_000 {
			return 0, fmt.Errorf("%q is not a duration", shorten(s))
		}
		days, rest = time.Duration(f*24*float64(time.Hour)), s[len(m[0]):]
		if rest == "" {
			return days, nil
		}
	}
	d, err := time.ParseDuration(rest)
	if err != nil || d < 0 || strings.HasPrefix(rest, "+") || days+d < 0 {
		return 0, fmt.Errorf("%q is not a duration", shorten(s))
	}
	return days + d, nil
}

// longDuration is a duration with its unit as a word.
var longDuration = regexp.MustCompile(`^(?i)\s*([0-9]{1,6})\s*(s|m|h|d)(?:ec|ecs|econds?|in|ins|inutes?|rs?|ours?|ays?)?\.?\s*$`)

// shortDuration writes "10 minutes" as "10m", "" for other texts.
func shortDuration(s string) string {
	m := longDuration.FindStringSubmatch(s)
	if m == nil {
		return ""
	}
	short := m[1] + strings.ToLower(m[2])
	if d, err := ParseDuration(short); err != nil || d <= 0 || d > maxWindow {
		return ""
	}
	return short
}

// refuseDiag notes that a form of expression is not allowed over signals.
func (p *diagParser) refuseDiag(n ast.Node) {
	const fix = "use signals, &&, ||, !, count, within, sequence and absent"
	switch n := n.(type) {
	case *ast.BinaryNode:
		p.fault(n, CodeExprForm, fix, "%s is not allowed over signals", n.Operator)
	case *ast.BuiltinNode:
		p.fault(n, CodeExprForm, fix, "%s is not allowed over signals", n.Name)
	default:
		if isLiteral(n) {
			p.fault(n, CodeExprType, fix, "%s is not true or false", p.textOf(n))
			return
		}
		what, _ := refusal(n)
		p.fault(n, CodeExprForm, fix, "%s is not allowed over signals", what)
	}
}
