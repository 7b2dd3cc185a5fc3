package rules

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Src is the place of a node of a condition.
type Src struct {
	Text string // source in expr, as written; a leaf's text compiles on its own
	Pos  Pos    // where Text starts in the rule file; line 1 for a bare condition
	// start is the offset of Text in the condition, in bytes.
	start int
}

// Source gives the place of the node.
func (s Src) Source() Src { return s }

// Cond is a node of the condition of a signal: one of And, Or, Not, TrueField,
// Compare, CompareFields, InList, InRange, TextTest, Matches, Has and Each,
// always as a pointer. The tree is checked: fields exist, types fit, patterns
// are compiled, and no part of it is constant.
//
// A leaf whose field is unknown is neither true nor false (Kleene's strong
// three-valued logic): And is false when one is false, else unknown when one
// is unknown; Or is true when one is true, else unknown when one is unknown;
// Not of unknown is unknown. Each follows And (all) and Or (any).
//
// Text compares without regard to case everywhere, also in Matches.
type Cond interface {
	Source() Src
	cond()
}

// And holds when all of Args hold. There are at least two, none of them an And.
type And struct {
	Src
	Args []Cond
}

// Or holds when one of Args holds. There are at least two, none of them an Or.
type Or struct {
	Src
	Args []Cond
}

// Not holds when Arg does not.
type Not struct {
	Src
	Arg Cond
}

// TrueField holds when a true/false field is true; `ok == false` becomes Not.
type TrueField struct {
	Src
	Operand Operand
}

// Compare is an operand against a literal: `id == 13003`, `len(strings) > 2`.
// A literal on the left (`13003 == id`) is turned around. Text only knows
// Equal and NotEqual.
type Compare struct {
	Src
	Operand Operand
	Op      CmpOp
	Value   Value
}

// CompareFields is two operands of one type: `user == host`.
type CompareFields struct {
	Src
	Left  Operand
	Op    CmpOp
	Right Operand
}

// InList holds when the operand is one of Values: `id in [1, 2]`.
type InList struct {
	Src
	Operand Operand
	Values  []Value // at least one, all of the operand's type
	spans   []span  // of Values in the condition
}

// InRange holds when From <= operand <= To: `id in 1000..1099`.
type InRange struct {
	Src
	Operand  Operand
	From, To int64
}

// TextTest is `contains`, `startsWith` or `endsWith` with a literal.
type TextTest struct {
	Src
	Operand Operand
	Op      TextOp
	Value   string // not empty
}

// Matches is `matches` with a literal pattern.
type Matches struct {
	Src
	Operand Operand
	Pattern string         // as written
	Regexp  *regexp.Regexp // Pattern under (?is:...), safe for concurrent use
	literal span           // of the pattern in the condition, with its quotes
}

// Has holds when the list has an element equal to Value, or when the named
// text has a value of that name: `"win32:5" in codes`, `"param1" in data`.
type Has struct {
	Src
	Value string
	List  Operand
}

// Each is `any`, `all`, `none` or `one` over a list. Pred has operands of
// form ElemOperand, and none of form Each. On an empty list any and one are
// false, all and none are true.
type Each struct {
	Src
	Quant Quant
	List  Operand // a list of text
	Pred  Cond
}

func (*And) cond()           {}
func (*Or) cond()            {}
func (*Not) cond()           {}
func (*TrueField) cond()     {}
func (*Compare) cond()       {}
func (*CompareFields) cond() {}
func (*InList) cond()        {}
func (*InRange) cond()       {}
func (*TextTest) cond()      {}
func (*Matches) cond()       {}
func (*Has) cond()           {}
func (*Each) cond()          {}

// Operand is what a leaf looks at.
type Operand struct {
	Form  OperandForm
	Field string // name as in Fields; "" for ElemOperand
	Type  Type   // type of the operand: Text, Number, Bool; of a whole list TextList or TextMap
	Key   string // name in data["Key"], for KeyOperand
	Index int    // 0-based, for IndexOperand
}

// OperandForm is the shape of an operand.
type OperandForm uint8

const (
	FieldOperand OperandForm = iota // a field: provider
	KeyOperand                      // a named value: data["Key"]; unknown where there is none
	IndexOperand                    // an element of a list: strings[0]; unknown where the list is shorter
	LenOperand                      // number of elements: len(strings)
	ElemOperand                     // # inside any, all, none, one
)

// Value is a literal. Type says which of the others holds.
type Value struct {
	Type   Type // Text or Number
	Text   string
	Number int64
}

// CmpOp is a comparison.
type CmpOp string

const (
	Equal        CmpOp = "=="
	NotEqual     CmpOp = "!="
	Less         CmpOp = "<"
	LessEqual    CmpOp = "<="
	Greater      CmpOp = ">"
	GreaterEqual CmpOp = ">="
)

// TextOp is a test on a text.
type TextOp string

const (
	Contains   TextOp = "contains"
	StartsWith TextOp = "startsWith"
	EndsWith   TextOp = "endsWith"
)

// Quant is a quantifier over a list.
type Quant string

const (
	AnyOf  Quant = "any"
	AllOf  Quant = "all"
	NoneOf Quant = "none"
	OneOf  Quant = "one"
)

// DiagCond is a node of the condition of a diagnosis: one of DiagAnd, DiagOr,
// DiagNot, SignalRef, Count, Within, Sequence and Absent, always as a pointer.
type DiagCond interface {
	Source() Src
	diagCond()
}

// DiagAnd holds when all of Args hold. There are at least two.
type DiagAnd struct {
	Src
	Args []DiagCond
}

// DiagOr holds when one of Args holds. There are at least two.
type DiagOr struct {
	Src
	Args []DiagCond
}

// DiagNot holds when Arg does not.
type DiagNot struct {
	Src
	Arg DiagCond
}

// SignalRef holds when the signal was seen at least once.
type SignalRef struct {
	Src
	Signal int // index into Rule.Signals
}

// Count compares how often a signal was seen: `count(sig) >= 3`. With Same,
// one group of records alone must satisfy it: `count(sig, same(host)) >= 3`.
// With Window, so many must stand inside one window, whose ends belong to it:
// `count(sig, within("10m")) >= 3`, `count(sig, within("10m", same(host))) > 5`.
type Count struct {
	Src
	Signal int
	Op     CmpOp // with Window only > or >=
	N      int64
	Same   Group
	Window time.Duration // 0 for the whole time
}

// Within holds when each of Signals (two or more) was seen, all inside one
// window, in any order: `within(a, b, "10m")`.
type Within struct {
	Src
	Signals []int
	Window  time.Duration // more than 0; the ends belong to it
	Same    Group
}

// Sequence is Within in the order of Signals; equal times are in order. Other
// records may stand between. With Gap, neighbours are no further apart:
// `sequence(a, b, c, "1h", gap("5m"))`.
type Sequence struct {
	Src
	Signals []int
	Window  time.Duration
	Gap     time.Duration // 0 for any
	Same    Group
}

// Absent holds when the signal was not seen although a log was supplied that
// would show it.
type Absent struct {
	Src
	Signal int
}

func (*DiagAnd) diagCond()   {}
func (*DiagOr) diagCond()    {}
func (*DiagNot) diagCond()   {}
func (*SignalRef) diagCond() {}
func (*Count) diagCond()     {}
func (*Within) diagCond()    {}
func (*Sequence) diagCond()  {}
func (*Absent) diagCond()    {}

// Group is what records must share to be correlated.
type Group string

const (
	Ungrouped   Group = ""
	SameHost    Group = "host"    // of events
	SameUser    Group = "user"    // of events and exchanges
	SameSession Group = "session" // of exchanges and sessions
	SameServer  Group = "server"  // of exchanges and sessions
)

// maxIndexDigits bounds the number in strings[i].
const maxIndexDigits = 3

// SameValue is the group of records that share a captured value: strings[0] or
// data["name"], written as Operand.String does.
func SameValue(o Operand) Group { return Group(o.String()) }

// Value gives the captured value that the records of the group share, false if
// they share something else.
func (g Group) Value() (Operand, bool) {
	inside, ok := strings.CutSuffix(string(g), "]")
	if !ok {
		return Operand{}, false
	}
	if key, ok := strings.CutPrefix(inside, "data["); ok {
		name, err := strconv.Unquote(key)
		return Operand{Form: KeyOperand, Field: "data", Type: Text, Key: name}, err == nil
	}
	digits, ok := strings.CutPrefix(inside, "strings[")
	if !ok || len(digits) > maxIndexDigits {
		return Operand{}, false
	}
	i, err := strconv.Atoi(digits)
	return Operand{Form: IndexOperand, Field: "strings", Type: Text, Index: i}, err == nil
}
