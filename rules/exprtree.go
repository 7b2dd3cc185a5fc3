package rules

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/parser/lexer"
)

// Bounds of one expression. Conditions written by hand stay below a tenth.
const (
	maxExprBytes = 4096
	maxExprNodes = 600
	maxExprDepth = 60
)

// span is a range of bytes of an expression, half open.
type span struct{ from, to int }

// exprTree is an expression with its tokens. expr's nodes carry only the place
// of one token each; the tokens give the whole extent of a node.
type exprTree struct {
	text   string
	root   ast.Node
	tokens []lexer.Token
	at     map[int]int // first character of a token -> index in tokens
	match  []int       // index of the matching bracket, -1 for other tokens
	bytes  []int       // character -> byte offset; nil where they are the same
	// brackets is how deep brackets are nested.
	brackets int
}

// exprFault is what is wrong with an expression, at a span of it.
type exprFault struct {
	span span
	code Code
	msg  string
	fix  string
	edit string // text that replaces span, "" if it takes a person
}

// parseExpr parses text, which is bounded in length, number of nodes and
// depth. A fault is returned in place of a tree.
func parseExpr(text string) (*exprTree, *exprFault) {
	whole := span{0, len(text)}
	if len(text) > maxExprBytes {
		return nil, &exprFault{whole, CodeTooLarge,
			fmt.Sprintf("condition of %d bytes, at most %d are allowed", len(text), maxExprBytes), "split it into several signals", ""}
	}
	if strings.TrimSpace(text) == "" {
		return nil, &exprFault{whole, CodeEmpty, "empty condition", "leave the key out or write a condition", ""}
	}
	t := &exprTree{text: text, bytes: runeOffsets(text)}
	root, err := parseTree(text)
	if err != nil {
		return nil, t.syntaxFault(err)
	}
	t.root = root
	left := maxExprNodes
	if !withinBounds(t.root, maxExprDepth, &left) {
		return nil, t.tooComplex()
	}
	if err := t.readTokens(); err != nil {
		return nil, t.syntaxFault(err)
	}
	if t.brackets > maxExprDepth {
		return nil, t.tooComplex()
	}
	return t, nil
}

// parseTree runs expr's parser. It is somebody else's code on hostile input,
// so a panic of it becomes an error.
func parseTree(text string) (root ast.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, &file.Error{Message: "not an expression"}
		}
	}()
	tree, err := parser.Parse(text)
	if err != nil {
		return nil, err
	}
	return tree.Node, nil
}

// tooComplex is the fault of an expression beyond the bounds.
func (t *exprTree) tooComplex() *exprFault {
	return &exprFault{span{0, len(t.text)}, CodeTooLarge,
		fmt.Sprintf("condition is too complex: more than %d parts, or nested deeper than %d", maxExprNodes, maxExprDepth),
		"split it into several signals", ""}
}

// withinBounds says whether a tree has at most *left nodes. Chained comparisons
// (1 < id < 5) share nodes, so that a walk may take exponential time: visits
// are counted. A chain of && or || counts one level of depth a clause less:
// `a && b && c` is as deep as `a`.
func withinBounds(n ast.Node, depth int, left *int) bool {
	*left--
	if *left < 0 || depth < 0 {
		return false
	}
	for i, c := range children(n) {
		d := depth - 1
		if i == 0 && chains(n, c) {
			d = depth
		}
		if !withinBounds(c, d, left) {
			return false
		}
	}
	return true
}

// chains says whether the first child continues a chain of one operator.
func chains(n, first ast.Node) bool {
	a, ok := n.(*ast.BinaryNode)
	if !ok {
		return false
	}
	b, ok := first.(*ast.BinaryNode)
	return ok && a.Operator == b.Operator
}

// children gives the direct parts of a node, those that are there.
func children(n ast.Node) []ast.Node {
	switch n := n.(type) {
	case *ast.UnaryNode:
		return present(n.Node)
	case *ast.BinaryNode:
		return present(n.Left, n.Right)
	case *ast.ChainNode:
		return present(n.Node)
	case *ast.MemberNode:
		return present(n.Node, n.Property)
	case *ast.SliceNode:
		return present(n.Node, n.From, n.To)
	case *ast.CallNode:
		return append([]ast.Node{n.Callee}, present(n.Arguments...)...)
	case *ast.BuiltinNode:
		return present(n.Arguments...)
	case *ast.PredicateNode:
		return present(n.Node)
	case *ast.ConditionalNode:
		return present(n.Cond, n.Exp1, n.Exp2)
	case *ast.VariableDeclaratorNode:
		return present(n.Value, n.Expr)
	case *ast.SequenceNode:
		return present(n.Nodes...)
	case *ast.ArrayNode:
		return present(n.Nodes...)
	case *ast.MapNode:
		return present(n.Pairs...)
	case *ast.PairNode:
		return present(n.Key, n.Value)
	}
	return nil
}

// present leaves out what is missing.
func present(nodes ...ast.Node) []ast.Node {
	if !slices.Contains(nodes, nil) {
		return nodes
	}
	return slices.DeleteFunc(slices.Clone(nodes), func(n ast.Node) bool { return n == nil })
}

// readTokens lexes the text again, for the extents of nodes.
func (t *exprTree) readTokens() error {
	tokens, err := lexer.Lex(file.NewSource(t.text))
	if err != nil {
		return err
	}
	t.tokens = tokens
	t.at = make(map[int]int, len(tokens))
	t.match = make([]int, len(tokens))
	var open []int
	for i, tok := range tokens {
		t.match[i] = -1
		if tok.Kind == lexer.EOF {
			continue
		}
		t.at[tok.From] = i
		if tok.Kind != lexer.Bracket {
			continue
		}
		if strings.Contains("([{", tok.Value) {
			open = append(open, i)
			t.brackets = max(t.brackets, len(open))
			continue
		}
		if len(open) == 0 {
			continue
		}
		o := open[len(open)-1]
		open = open[:len(open)-1]
		t.match[o], t.match[i] = i, o
	}
	return nil
}

// extent gives the span of a node without brackets around it.
func (t *exprTree) extent(n ast.Node) span {
	first, last := t.ends(n)
	if first < 0 || last < first || last >= len(t.tokens) {
		return span{0, len(t.text)}
	}
	return span{t.byteAt(t.tokens[first].From), t.byteAt(t.tokens[last].To)}
}

// ends gives the first and the last token of a node, -1 if it cannot be told.
func (t *exprTree) ends(n ast.Node) (first, last int) {
	own, ok := t.at[n.Location().From]
	if !ok {
		own = -1
	}
	switch n := n.(type) {
	case *ast.UnaryNode:
		first, last = t.outer(n.Node)
		if own >= 0 && own < first { // `x not in y` stands between its operands
			first = own
		}
		return first, last
	case *ast.BinaryNode:
		first, _ = t.outer(n.Left)
		_, last = t.outer(n.Right)
		return first, last
	case *ast.ChainNode:
		return t.ends(n.Node)
	case *ast.MemberNode:
		first, _ = t.outer(n.Node)
		if own >= 0 && t.tokens[own].Is(lexer.Bracket, "[") {
			return first, t.match[own]
		}
		return first, own
	case *ast.SliceNode:
		first, _ = t.outer(n.Node)
		return first, t.closing(own)
	case *ast.CallNode:
		if m, ok := n.Callee.(*ast.MemberNode); ok {
			first, _ = t.ends(m)
			return first, t.closing(own + 1)
		}
		return own, t.closing(own + 1)
	case *ast.BuiltinNode:
		if own >= 0 && own+1 < len(t.tokens) && t.tokens[own+1].Is(lexer.Bracket, "(") {
			return own, t.closing(own + 1)
		}
		return own, own
	case *ast.PredicateNode:
		return t.outer(n.Node)
	case *ast.ConditionalNode:
		first, _ = t.outer(n.Cond)
		_, last = t.outer(n.Exp2)
		return first, last
	case *ast.VariableDeclaratorNode:
		_, last = t.outer(n.Expr)
		return own - 1, last
	case *ast.SequenceNode:
		first, _ = t.outer(n.Nodes[0])
		_, last = t.outer(n.Nodes[len(n.Nodes)-1])
		return first, last
	case *ast.ArrayNode, *ast.MapNode:
		return own, t.closing(own)
	case *ast.PointerNode:
		if n.Name != "" {
			return own, own + 1
		}
	}
	return own, own
}

// outer gives the ends of a node with the brackets around it.
func (t *exprTree) outer(n ast.Node) (first, last int) {
	first, last = t.ends(n)
	for first > 0 && last >= 0 && last+1 < len(t.tokens) &&
		t.tokens[first-1].Is(lexer.Bracket, "(") && t.match[first-1] == last+1 &&
		(first < 2 || t.tokens[first-2].Kind != lexer.Identifier) {
		first, last = first-1, last+1
	}
	return first, last
}

// closing gives the bracket that closes the one at i.
func (t *exprTree) closing(i int) int {
	if i < 0 || i >= len(t.match) {
		return -1
	}
	return t.match[i]
}

// tokenAt gives the text of the token that a node is placed at.
func (t *exprTree) tokenAt(n ast.Node) string {
	i, ok := t.at[n.Location().From]
	if !ok {
		return ""
	}
	return t.tokens[i].Value
}

// syntaxFault places an error of expr's parser and lexer.
func (t *exprTree) syntaxFault(err error) *exprFault {
	fault := &exprFault{span{0, len(t.text)}, CodeExpr, "not an expression: " + err.Error(), "", ""}
	var e *file.Error
	if !errors.As(err, &e) {
		return fault
	}
	fault.span = span{t.byteAt(e.From), t.byteAt(max(e.To, e.From))}
	fault.msg = "not an expression: " + parserWords(e.Message)
	token := t.text[fault.span.from:fault.span.to]
	fault.fix = operatorHint(token)
	fault.edit = operatorMeant(token)
	return fault
}

// tokenKind is how expr's parser shows a token: Operator("=").
var tokenKind = regexp.MustCompile(`token [A-Z][a-z]+\(("(?:[^"\\]|\\.)*")\)`)

// parserWords rewords a message of expr's parser.
func parserWords(msg string) string {
	msg = strings.Replace(lowerFirst(msg), "token EOF", "end", 1)
	return tokenKind.ReplaceAllString(msg, "$1")
}

// operatorHint says what is meant by operators of other languages.
func operatorHint(token string) string {
	switch strings.ToLower(token) {
	case "=":
		return "write == to compare"
	case "and", "&":
		return "write &&"
	case "or", "|":
		return "write ||"
	case "not":
		return "write !(...)"
	case "<>", ">":
		return "write != for not equal"
	case "like":
		return "write contains"
	case "~", "=~":
		return "write matches"
	}
	return ""
}

// operatorMeant gives the operator that stands for one of another language,
// "" where it takes more than putting it in the place.
func operatorMeant(token string) string {
	switch strings.ToLower(token) {
	case "=":
		return "=="
	case "and", "&":
		return "&&"
	case "or", "|":
		return "||"
	case "like":
		return "contains"
	}
	return ""
}

// byteAt turns a character index into a byte offset.
func (t *exprTree) byteAt(char int) int {
	if t.bytes == nil {
		return min(max(char, 0), len(t.text))
	}
	return t.bytes[min(max(char, 0), len(t.bytes)-1)]
}

// runeOffsets gives the byte offset of each character and of the end, nil for
// a text of single bytes.
func runeOffsets(text string) []int {
	if utf8.RuneCountInString(text) == len(text) {
		return nil
	}
	offsets := make([]int, 0, len(text)+1)
	for i := range text {
		offsets = append(offsets, i)
	}
	return append(offsets, len(text))
}

// lowerFirst writes the first letter small.
func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || r < 'A' || r > 'Z' {
		return s
	}
	return string(r+'a'-'A') + s[n:]
}
