// Package rules holds the rule model: knowledge-base articles as data. It
// loads rule files strictly, checks what can be checked without logs, and
// embeds the shipped knowledge base.
package rules

import (
	"crypto/sha256"
	"fmt"
	"io"
)

// Rule is one knowledge-base article as a rule.
type Rule struct {
	Schema     int
	ID         string // such as "Q247764"
	Title      string
	Products   []Product
	Severity   string // "critical", "error", "warning", "information"
	References []string
	Cause      string
	Symptoms   string   // what users see, in prose: searched, not reported
	Notes      string   // for authors, not reported
	Sources    []string // where the facts can be checked
	Signals    []Signal // in the order of the file
	Diagnosis  Diagnosis
	Steps      []Step
	Collect    []Collect
	File       string   // path of the rule file
	SHA256     [32]byte // of the rule file's bytes
	Samples    []Sample // inputs beside the file, nil for embedded rules

	signature   string // of all signals: equal where rules match the same
	sampled     bool   // Samples were looked for
	idPos       Pos
	explainsPos []Pos // of Diagnosis.Explains
	open        func() (io.ReadCloser, error)
}

// Source reads the rule's file again, from where it was loaded: the program,
// the system or a pack. It fails where the file has changed since.
func (r *Rule) Source() ([]byte, error) {
	if r.open == nil {
		return nil, fmt.Errorf("%s was not loaded from a file", r.ID)
	}
	data, err := source{open: r.open}.read()
	if err != nil {
		return nil, err
	}
	if sha256.Sum256(data) != r.SHA256 {
		return nil, fmt.Errorf("%s has changed since it was loaded", r.File)
	}
	return data, nil
}

// IDPos is the place of the id in the rule file.
func (r *Rule) IDPos() Pos { return r.idPos }

// Product is a product that the article applies to.
type Product struct {
	Name     string
	Versions []string
}

// Signal is one observation on one record.
type Signal struct {
	Name     string
	On       Kind
	When     string // condition in expr, "" means true
	Strength Strength
	Message  string   // quoted text, matched tolerantly; "" for none
	Codes    []string // error codes that the article's own case shows, normalised
	Level    string   // level that the article's own case shows, "" if it does not say
	Doc      string   // what it means that this was seen
	Pos      Pos
	WhenPos  Pos
	Cond     Cond // When, parsed and checked; nil where When is ""
}

// Strength says how much an observation speaks for or against the rule.
type Strength string

const (
	Pathognomonic Strength = "pathognomonic" // this alone proves it
	Strong        Strength = "strong"
	Supports      Strength = "supports"
	Weak          Strength = "weak"
	Against       Strength = "against"
	RulesOut      Strength = "rules_out"
)

// Strengths lists all strengths, strongest first.
var Strengths = []Strength{Pathognomonic, Strong, Supports, Weak, Against, RulesOut}

// Diagnosis says when the rule applies.
type Diagnosis struct {
	When     string   // condition over signals; "" means any signal that speaks for the rule
	Explains []string // rules whose symptoms this cause produces
	WhenPos  Pos
	Cond     DiagCond // When, parsed and checked; nil where When is ""
}

// Step is one thing to do.
type Step struct {
	Text   string
	Verify string // how to check that it is done
}

// Collect is what to ask for when it is not certain.
type Collect struct {
	Ask    string  // a question that a customer can answer
	Signal string  // the signal that the answer would show, "" for none
	Cost   float64 // effort, 1 is a minute; 0 means 1
}

// Pos is a place in a rule file.
type Pos struct {
	Line   int // 1-based
	Column int // 1-based, in characters
}
