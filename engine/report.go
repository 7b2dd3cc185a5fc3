// Package engine evaluates rules on records and ranks diagnoses.
//
// A Set is a compiled rule base. A Run takes the records of one ticket, one
// Worker an input, and gives a Report. The engine prints nothing.
package engine

import (
	"strconv"
	"time"
)

// ReportSchema is the version of the report's JSON form.
const ReportSchema = 1

// Report is the answer for one ticket. Its JSON form is a contract.
type Report struct {
	Schema      int           `json:"schema"`
	Ticket      string        `json:"ticket,omitempty"`
	Tool        Tool          `json:"tool"`
	Inputs      []Input       `json:"inputs"`
	Incident    *Incident     `json:"incident,omitempty"`
	Diagnoses   []Diagnosis   `json:"diagnoses"`
	Next        []Question    `json:"next"`
	Unexplained []Unexplained `json:"unexplained"`
	Timeline    *Timeline     `json:"timeline,omitempty"`
	Sessions    []Dialogue    `json:"sessions,omitempty"` // the first sessionsShown of them, those that failed first
	Notes       []string      `json:"notes,omitempty"`    // doubts that bear on the whole answer
	Partial     bool          `json:"partial,omitempty"`  // reading was interrupted

	first *learned // of the first diagnosis, for calibration
}

// Tool says what made the report.
type Tool struct {
	Version     string `json:"version"`
	Rules       int    `json:"rules"`
	RulesSHA256 string `json:"rules_sha256"`
	Calibrated  string `json:"calibrated,omitempty"` // what the confidence was calibrated on
}

// Input is the account of one input.
type Input struct {
	Path     string    `json:"path"`
	Format   string    `json:"format"`
	Encoding string    `json:"encoding,omitempty"`
	Bytes    int64     `json:"bytes"`
	Records  int       `json:"records"`
	Events   int       `json:"events"`
	Carved   int       `json:"carved,omitempty"` // old events out of free space, which are no records
	Sessions int       `json:"sessions"`
	Lines    int       `json:"lines"`
	Skipped  []Skipped `json:"skipped"`
	SHA256   string    `json:"sha256,omitempty"`
	First    string    `json:"first,omitempty"` // times as FormatTime gives them
	Last     string    `json:"last,omitempty"`
	Hosts    []string  `json:"hosts"`
	Logs     []string  `json:"logs,omitempty"`
	Notes    []string  `json:"notes,omitempty"`
	Error    string    `json:"error,omitempty"`
	Complete bool      `json:"complete"` // nothing of the input was lost
}

// Skipped is input that gave no record.
type Skipped struct {
	Reason string `json:"reason"`
	Count  int    `json:"count"`
	Pos    Pos    `json:"pos"`
}

// Pos is a place in an input.
type Pos struct {
	Line   int   `json:"line,omitempty"` // 1-based
	Offset int64 `json:"offset"`
	Length int64 `json:"length,omitempty"`
}

// String names the place by its line, or in a form without lines by its offset.
func (p Pos) String() string {
	if p.Line > 0 {
		return "line " + strconv.Itoa(p.Line)
	}
	return "offset " + strconv.FormatInt(p.Offset, 10)
}

// Incident is the window of time in which the trouble happened.
type Incident struct {
	From string `json:"from"`
	To   string `json:"to"`
	Why  string `json:"why"`

	from, to time.Time
}

// Level says how sure a diagnosis is, in words.
type Level string

const (
	Likely   Level = "likely"
	Possible Level = "possible"
	Unlikely Level = "unlikely"
)

// Levels lists the levels, surest first.
var Levels = []Level{Likely, Possible, Unlikely}

// Diagnosis is one rule that the evidence speaks for.
type Diagnosis struct {
	Rank       int        `json:"rank"` // 1-based
	Rule       string     `json:"rule"`
	Title      string     `json:"title"`
	Severity   string     `json:"severity,omitempty"`
	Confidence float64    `json:"confidence"` // 0 to 1: share of the total, none of our rules included
	Level      Level      `json:"level"`
	LevelWhy   string     `json:"level_why,omitempty"` // what keeps it from a surer level
	ScoreDB    float64    `json:"score_db"`            // decibans, the sum of Terms
	Terms      []Term     `json:"terms"`
	Group      []string   `json:"group"`              // rules that the evidence cannot tell from this one
	Separate   []string   `json:"separate,omitempty"` // what would tell the group apart
	Explains   []string   `json:"explains"`           // diagnoses whose symptoms this cause produces
	Evidence   []Evidence `json:"evidence"`
	Against    []Evidence `json:"against"`
	Unknown    []Unseen   `json:"unknown"` // signals that the inputs cannot tell
	Products   []string   `json:"products,omitempty"`
	Cause      string     `json:"cause"`
	Steps      []Step     `json:"steps"`
	References []string   `json:"references"`
}

// Term is one summand of a score.
type Term struct {
	Name string  `json:"name"`
	DB   float64 `json:"db"` // decibans, rounded to tenths as printed; exact terms sum to the score
	Why  string  `json:"why"`
}

// Evidence is one record that a signal matched.
type Evidence struct {
	ID      string        `json:"id"`           // e1, e2, ... in the order of the report
	On      string        `json:"on,omitempty"` // kind of the record: event, exchange, session, line
	Signal  string        `json:"signal"`
	Doc     string        `json:"doc,omitempty"` // what it means that it was seen
	Path    string        `json:"path"`
	Line    int           `json:"line,omitempty"`
	Record  uint64        `json:"record,omitempty"`
	Offset  int64         `json:"offset"`
	Length  int64         `json:"length"`
	SHA256  string        `json:"sha256,omitempty"` // of the Length bytes at Offset
	Time    string        `json:"time,omitempty"`
	Host    string        `json:"host,omitempty"`
	Excerpt string        `json:"excerpt"`
	Marks   []Mark        `json:"marks,omitempty"` // what the rule looks for in the excerpt
	Count   int           `json:"count"`           // records that the signal matched, this one included
	First   string        `json:"first,omitempty"` // time of the first and the last of them
	Last    string        `json:"last,omitempty"`
	Context []ContextLine `json:"context,omitempty"` // the lines around it, where they were asked for
}

// Unseen is a signal that the inputs cannot tell, and why.
type Unseen struct {
	Signal string `json:"signal"`
	Why    string `json:"why"`
}

// Step is one thing to do.
type Step struct {
	Text   string `json:"text"`
	Verify string `json:"verify,omitempty"`
}

// Question is something to ask the customer for.
type Question struct {
	Ask       string   `json:"ask"`
	GainBits  float64  `json:"gain_bits"` // expected information about which diagnosis is right, to a thousandth
	Cost      float64  `json:"cost"`      // minutes
	Separates []string `json:"separates"`
}

// Unexplained is a cluster of error events that no diagnosis accounts for.
type Unexplained struct {
	Provider string `json:"provider"`
	ID       int    `json:"id"`
	Level    string `json:"level"`
	Count    int    `json:"count"`
	First    string `json:"first,omitempty"`
	Last     string `json:"last,omitempty"`
	Example  string `json:"example"`
	Path     string `json:"path"`
	Line     int    `json:"line,omitempty"`
	Record   uint64 `json:"record,omitempty"`
}
