package rules

import (
	"slices"
	"strconv"
	"strings"
)

// Severity says whether a rule can be used in spite of a finding.
type Severity string

const (
	SeverityError   Severity = "error"   // the rule is not loaded
	SeverityWarning Severity = "warning" // the rule is loaded, but probably not what was meant
	SeverityNote    Severity = "note"    // nothing is wrong, worth knowing
)

// Code names a kind of finding. It is an error, so that
// errors.Is(err, rules.CodeUnknownKey) finds one kind in what Load returns.
type Code string

// Error gives the name.
func (c Code) Error() string { return string(c) }

// Kinds of errors.
const (
	CodeUnreadable     Code = "unreadable"       // the file cannot be read
	CodeTooLarge       Code = "too-large"        // beyond a bound that guards against hostile files
	CodeSyntax         Code = "toml-syntax"      // not TOML
	CodeDuplicateKey   Code = "duplicate-key"    // a key is set twice
	CodeUnknownKey     Code = "unknown-key"      // a key that rules do not have
	CodeWrongType      Code = "wrong-type"       // a value of another type than the key wants
	CodeMissingKey     Code = "missing-key"      // a key that a rule must have
	CodeEmpty          Code = "empty-value"      // a value that must not be empty
	CodeBadValue       Code = "bad-value"        // a value outside the possible ones
	CodeBadSchema      Code = "bad-schema"       // written for another version of the format
	CodeBadID          Code = "bad-id"           // not the form of an article's id
	CodeDuplicateID    Code = "duplicate-id"     // two rules have the same id
	CodeSelfReference  Code = "self-reference"   // a rule names itself
	CodeExpr           Code = "expr-syntax"      // not an expression
	CodeExprForm       Code = "expr-form"        // an expression of a form that conditions do not allow
	CodeUnknownField   Code = "unknown-field"    // a field that the kind of record does not have
	CodeExprType       Code = "expr-type"        // types that do not fit
	CodeImpossible     Code = "impossible-value" // compared with a value that the field never has
	CodeAlwaysTrue     Code = "always-true"      // a condition that cannot be false
	CodeAlwaysFalse    Code = "always-false"     // a condition that cannot be true
	CodeBadPattern     Code = "bad-pattern"      // a regular expression that does not compile or is too large
	CodeUnknownSignal  Code = "unknown-signal"   // a signal that the rule does not define
	CodeUnreachable    Code = "unreachable"      // a signal that nothing uses
	CodeMatchesAll     Code = "matches-all"      // a signal that every record shows
	CodeBadDuration    Code = "bad-duration"     // not a duration
	CodeRepeatedSignal Code = "repeated-signal"  // a signal twice in one correlation
	CodeBadPack        Code = "bad-pack"         // not a pack of rules, or a damaged one
	CodeTampered       Code = "tampered"         // a pack that was changed after it was made
	CodeUntrusted      Code = "untrusted-pack"   // a pack that no trusted key has signed
)

// Kinds of warnings.
const (
	CodeFileName        Code = "file-name"                  // file and rule are named differently
	CodeRepeatedValue   Code = "repeated-value"             // a value twice in one list
	CodeNoCollect       Code = "no-collect"                 // nothing to ask for when it is not certain
	CodeNoVerify        Code = "no-verify"                  // no step says how to check that it worked
	CodeUnusedSignal    Code = "unused-signal"              // a signal that the diagnosis does not mention
	CodeNoProvider      Code = "no-provider"                // an event id without a provider
	CodeCommonLiteral   Code = "common-literal"             // a literal that most logs contain
	CodeSlowPattern     Code = "slow-pattern"               // a regular expression without a literal to look for first
	CodeCodeForm        Code = "code-form"                  // an error code that is not in normal form
	CodeGroupUnknown    Code = "group-unknown"              // same(...) over records that do not have it
	CodeNoEvidence      Code = "diagnosis-without-evidence" // a diagnosis that holds when nothing was seen
	CodeUnknownExplains Code = "unknown-rule"               // explains a rule that is not loaded
	CodeExplainsCycle   Code = "explains-cycle"             // rules that explain each other
	CodeAlike           Code = "indistinguishable"          // two rules with the same signals
	CodeNoSamples       Code = "no-samples"                 // too few samples
	CodeBareWord        Code = "bare-word"                  // a single plain word is all that tells records apart
	CodeFillIn          Code = "fill-in"                    // what a draft says to fill in is still there
)

// Kinds of notes.
const (
	CodeSharedEvent   Code = "shared-event"   // an event that other rules look for too
	CodePlainPattern  Code = "plain-pattern"  // a regular expression that is plain text
	CodeNeedlessEdges Code = "needless-edges" // a regular expression that begins or ends with .*
)

// Edit replaces a range of bytes of a file.
type Edit struct {
	Start, End int // byte offsets, half open
	Text       string
}

// Finding is one thing that is wrong or doubtful in a rule file.
type Finding struct {
	File     string
	Line     int // 1-based; 0 if it concerns the file as a whole
	Column   int // 1-based, in characters
	Until    Pos // end of what is meant, exclusive; the place itself where that is not known
	Severity Severity
	Code     Code
	Msg      string // what is wrong
	Fix      string // what to do, "" if there is no single answer
	Edit     *Edit  // the fix as an edit of File, nil where it takes a person
	err      error  // cause, may be nil
}

// String gives `file:line:column: message (fix)`.
func (f Finding) String() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		b.WriteString(":" + strconv.Itoa(f.Line) + ":" + strconv.Itoa(f.Column))
	}
	b.WriteString(": " + f.Msg)
	if f.Fix != "" {
		b.WriteString(" (" + f.Fix + ")")
	}
	return b.String()
}

// Error is a finding of severity error, as an error.
type Error struct {
	File   string
	Line   int // 1-based; 0 if it concerns the file as a whole
	Column int // 1-based, in characters
	Code   Code
	Msg    string
	Fix    string
	err    error
}

// Error gives `file:line:column: message (fix)`.
func (e *Error) Error() string {
	return Finding{File: e.File, Line: e.Line, Column: e.Column, Msg: e.Msg, Fix: e.Fix}.String()
}

// Is says whether target is the code of the error.
func (e *Error) Is(target error) bool {
	c, ok := target.(Code)
	return ok && c == e.Code
}

// Unwrap gives the cause, such as fs.ErrPermission.
func (e *Error) Unwrap() error { return e.err }

// Errors is everything that kept rules from being loaded, in the order of
// files, lines and columns.
type Errors []*Error

// Error gives one line an error.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes errors.Is and errors.As look at each error.
func (e Errors) Unwrap() []error {
	list := make([]error, len(e))
	for i, one := range e {
		list[i] = one
	}
	return list
}

// errorsOf gives the findings of severity error.
func errorsOf(findings []Finding) Errors {
	var list Errors
	for _, f := range findings {
		if f.Severity != SeverityError {
			continue
		}
		list = append(list, &Error{f.File, f.Line, f.Column, f.Code, f.Msg, f.Fix, f.err})
	}
	return list
}

// asError gives nil where there are no errors, so that `err != nil` works.
func (e Errors) asError() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// sortFindings orders by file, line, column, code and message.
func sortFindings(list []Finding) {
	slices.SortStableFunc(list, func(a, b Finding) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		if c := a.Line - b.Line; c != 0 {
			return c
		}
		if c := a.Column - b.Column; c != 0 {
			return c
		}
		if c := strings.Compare(string(a.Code), string(b.Code)); c != 0 {
			return c
		}
		return strings.Compare(a.Msg, b.Msg)
	})
}
