package engine

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// Explanation says why a rule does or does not apply to a ticket.
type Explanation struct {
	Rule       string              `json:"rule"`
	Title      string              `json:"title"`
	Applies    string              `json:"applies"`        // "yes", "no" or "cannot tell"
	Rank       int                 `json:"rank,omitempty"` // among the diagnoses, 0 if it is none
	Confidence float64             `json:"confidence"`
	Level      Level               `json:"level,omitempty"`
	LevelWhy   string              `json:"level_why,omitempty"`
	ScoreDB    float64             `json:"score_db"`
	Terms      []Term              `json:"terms"`
	Condition  Node                `json:"condition"` // of the diagnosis, over its signals
	FirstFalse string              `json:"first_false,omitempty"`
	Signals    []SignalExplanation `json:"signals"`
	Rival      string              `json:"rival,omitempty"`  // the best other diagnosis
	Behind     float64             `json:"behind,omitempty"` // decibans by which the rival is ahead; negative if it is behind
	Rivals     []Rival             `json:"rivals"`           // the best other diagnoses
	Incident   *Incident           `json:"incident,omitempty"`
	Inputs     []Input             `json:"inputs"`
}

// SignalExplanation says what became of one signal.
type SignalExplanation struct {
	Name       string    `json:"name"`
	On         string    `json:"on"`
	Strength   string    `json:"strength"`
	Doc        string    `json:"doc,omitempty"`
	Value      string    `json:"value"` // "yes", "no" or "cannot tell"
	Count      int       `json:"count"`
	Nearest    *Evidence `json:"nearest,omitempty"` // the strongest match, or the record that came nearest
	Tree       Node      `json:"tree"`              // the condition on that record
	FirstFalse string    `json:"first_false,omitempty"`
	Missing    string    `json:"missing,omitempty"`   // which input would tell
	InWindow   *int      `json:"in_window,omitempty"` // of its records with a time, those inside the incident window
	First      string    `json:"first,omitempty"`     // times of its records
	Last       string    `json:"last,omitempty"`
}

// Node is a part of a condition with its value.
type Node struct {
	Text     string `json:"text"`
	Value    string `json:"value"`            // "yes", "no" or "cannot tell"
	Actual   string `json:"actual,omitempty"` // what the record has
	Children []Node `json:"children,omitempty"`
}

// triWord writes a value as explanations do.
func triWord(t parsers.Tri) string {
	if t == parsers.Unknown {
		return "cannot tell"
	}
	return t.String()
}

// nearest is the record that came nearest to a signal's condition.
type nearest struct {
	found  bool
	points int
	hit    hit
	tree   Node
}

// better prefers more points, then the earlier place.
func (n *nearest) better(points int, pos parsers.Pos) bool {
	if !n.found || points != n.points {
		return !n.found || points > n.points
	}
	return posLess(pos, n.hit.pos)
}

// explainer watches the records for one rule.
type explainer struct {
	w       *Worker
	rule    *compiledRule
	nearest []nearest
}

// Explain reads the inputs as a ticket and says why the rule does or does not
// apply. It fails if there is no such rule.
func Explain(ctx context.Context, set *Set, rd *parsers.Reader, paths []string, ruleID string, opts Options) (*Explanation, error) {
	at, ok := set.find(ruleID)
	if !ok {
		return nil, fmt.Errorf("no rule %s: see kbdiag rules list", ruleID)
	}
	rule := set.rules[at]
	run := set.NewRun(opts)
	defer run.Close()
	accounts, near, err := run.readNearest(ctx, rd, paths, rule)
	if err != nil {
		return nil, err
	}
	run.finish()
	if rd.Secrets != nil {
		run.scrub = rd.Secrets.Scrubber()
	}
	x := run.explain(rule, at, near, evidenceHasher{rd})
	for _, a := range accounts {
		x.Inputs = append(x.Inputs, InputOf(a))
	}
	return x, nil
}

// find looks a rule up by its id, without regard to case.
func (s *Set) find(id string) (int, bool) {
	for i, r := range s.rules {
		if strings.EqualFold(r.rule.ID, id) {
			return i, true
		}
	}
	return 0, false
}

func (r *Run) readNearest(ctx context.Context, rd *parsers.Reader, paths []string, rule *compiledRule) ([]*parsers.Account, []nearest, error) {
	var mu sync.Mutex
	merged := make([]nearest, len(rule.signals))
	watch := func(w *Worker) (parsers.Visitor, func()) {
		x := &explainer{w: w, rule: rule, nearest: make([]nearest, len(rule.signals))}
		return x.visitor(), func() {
			mu.Lock()
			defer mu.Unlock()
			for i, n := range x.nearest {
				if n.found && merged[i].better(n.points, n.hit.pos) {
					merged[i] = n
				}
			}
		}
	}
	accounts, err := r.read(ctx, rd, paths, watch)
	return accounts, merged, err
}

func (x *explainer) visitor() parsers.Visitor {
	return parsers.Visitor{
		Event: func(e *parsers.Event) {
			x.w.event(e)
			x.w.view.reset(rules.OnEvent)
			x.w.view.event = e
			x.look(rules.OnEvent)
		},
		Session: func(s *parsers.Session) {
			x.w.session(s)
			x.w.view.reset(rules.OnSession)
			x.w.view.session = s
			x.look(rules.OnSession)
			for i := range s.Exchanges {
				x.w.view.reset(rules.OnExchange)
				x.w.view.session, x.w.view.exchange = s, &s.Exchanges[i]
				x.look(rules.OnExchange)
			}
		},
		Line: func(l *parsers.Line) {
			x.w.line(l)
			x.w.view.reset(rules.OnLine)
			x.w.view.line = l
			x.look(rules.OnLine)
		},
	}
}

// look compares the record in view with the signals of its kind.
func (x *explainer) look(kind rules.Kind) {
	for i := range x.rule.signals {
		sig := &x.rule.signals[i]
		if sig.rule.On != kind {
			continue
		}
		points := sig.cond.points(&x.w.view)
		var h hit
		x.w.place(&h)
		if points == 0 || !x.nearest[i].better(points, h.pos) {
			continue
		}
		h.excerpt, h.host = x.w.excerpt(), strings.Clone(h.host)
		x.nearest[i] = nearest{true, points, h, sig.cond.explain(&x.w.view)}
	}
}

// firstFalse names the first part of a tree that is not satisfied, the
// deepest that explains it.
func (n Node) firstFalse() string {
	if n.Value == "yes" {
		return ""
	}
	for _, c := range n.Children {
		if f := c.firstFalse(); f != "" && n.Value == c.Value {
			return f
		}
	}
	if n.Actual != "" {
		return n.Text + " (" + n.Actual + ")"
	}
	return n.Text
}

func (r *Run) explain(rule *compiledRule, at int, near []nearest, hash evidenceHasher) *Explanation {
	st := r.fullState(rule)
	x := &Explanation{
		Rule: rule.rule.ID, Title: rule.rule.Title, Applies: triWord(st.applies),
		Condition: st.explain(rule),
		Signals:   make([]SignalExplanation, len(rule.signals)),
		Incident:  r.window, Rivals: []Rival{},
	}
	for i := range rule.signals {
		x.Signals[i] = r.explainSignal(&rule.signals[i], &st.signals[i], near[i], hash)
	}
	x.FirstFalse = x.firstFalse(rule)
	r.explainRank(x, rule, st)
	return x
}

// firstFalse names the first signal of the diagnosis that is not there, with
// the part of its condition that is false on the nearest record.
func (x *Explanation) firstFalse(rule *compiledRule) string {
	if x.Applies == "yes" {
		return ""
	}
	for i := range x.Signals {
		s := &x.Signals[i]
		if !rule.signals[i].inDiagnosis || s.Value != "no" {
			continue
		}
		if s.FirstFalse == "" || s.Nearest == nil {
			return s.Name + ": no record comes near it"
		}
		return fmt.Sprintf("%s: %s, nearest record %s:%d", s.Name, s.FirstFalse, s.Nearest.Path, s.Nearest.Line)
	}
	return x.Condition.firstFalse()
}

func (r *Run) explainSignal(sig *signal, st *signalState, near nearest, hash evidenceHasher) SignalExplanation {
	x := SignalExplanation{
		Name: sig.rule.Name, On: string(sig.rule.On), Strength: string(sig.rule.Strength), Doc: sig.rule.Doc,
		Value: triWord(st.value), Count: st.hits.count, Missing: st.why,
		Tree: Node{Text: sig.cond.src, Value: triWord(st.value)},
	}
	if near.found {
		x.Tree = near.tree
		r.scrubTree(&x.Tree)
		x.FirstFalse = x.Tree.firstFalse()
		e := r.evidence(sig, &signalState{hits: hits{count: 1, sample: []hit{near.hit}}}, hash)
		x.Nearest = &e
	}
	if st.hits.count > 0 {
		e := r.evidence(sig, st, hash)
		x.Nearest = &e
		x.First, x.Last = st.hits.timeSpan()
		if r.windowTells && st.hits.timed > 0 {
			n := st.hits.hours.within(r.window.from, r.window.to)
			x.InWindow = &n
		}
	}
	return x
}

func (r *Run) scrubTree(n *Node) {
	n.Actual = r.scrub(n.Actual)
	for i := range n.Children {
		r.scrubTree(&n.Children[i])
	}
}

// explainRank tells where the rule stands among the diagnoses, or what its
// score would be.
func (r *Run) explainRank(x *Explanation, rule *compiledRule, st *ruleState) {
	ranked := r.rank()
	var mine, rival *scored
	for i, s := range ranked {
		if s.rule == rule {
			mine, x.Rank = s, i+1
		} else if rival == nil {
			rival = s
		}
	}
	if mine == nil {
		mine = r.score(rule, st)
	} else {
		x.Confidence = round(mine.conf, 1000)
		x.Level, x.LevelWhy = mine.level()
	}
	x.Terms, x.ScoreDB = roundTerms(mine.terms)
	if rival != nil {
		x.Rival = rival.rule.rule.ID
		x.Behind = math.Round(10*(rival.score-mine.score)) / 10
	}
	x.Rivals = rivals(ranked, mine)
}

// explain gives the tree of the diagnosis condition with its values.
func (st *ruleState) explain(rule *compiledRule) Node {
	if rule.when == nil {
		return Node{Text: "any signal that speaks for the rule", Value: triWord(st.applies)}
	}
	return st.node(rule, rule.when)
}

func (st *ruleState) node(rule *compiledRule, when rules.DiagCond) Node {
	out := Node{Text: when.Source().Text, Value: triWord(st.eval(when))}
	add := func(args ...rules.DiagCond) {
		for _, a := range args {
			out.Children = append(out.Children, st.node(rule, a))
		}
	}
	switch d := when.(type) {
	case *rules.DiagAnd:
		add(d.Args...)
	case *rules.DiagOr:
		add(d.Args...)
	case *rules.DiagNot:
		add(d.Arg)
	case *rules.SignalRef:
		out.Actual = st.seenText(rule, d.Signal)
	case *rules.Absent:
		out.Actual = st.seenText(rule, d.Signal)
	case *rules.Count:
		out.Actual = st.seenText(rule, d.Signal)
	case *rules.Within:
		out.Actual = st.seenTexts(rule, d.Signals) + st.apart(when, d.Signals, "never all within "+d.Window.String())
	case *rules.Sequence:
		out.Actual = st.seenTexts(rule, d.Signals) + st.apart(when, d.Signals, "never in this order within "+d.Window.String())
	}
	return out
}

// apart adds why a correlation does not hold although each of its signals was
// seen.
func (st *ruleState) apart(when rules.DiagCond, signals []int, why string) string {
	for _, i := range signals {
		if st.signals[i].value != parsers.Yes {
			return ""
		}
	}
	if st.eval(when) == parsers.Yes {
		return ""
	}
	return "; " + why
}

func (st *ruleState) seenText(rule *compiledRule, i int) string {
	s := &st.signals[i]
	name := rule.signals[i].rule.Name
	switch {
	case s.hits.count > 0 && s.value == parsers.Yes:
		return name + " seen " + plural(s.hits.count, "time") + spanText(&s.hits)
	case s.value == parsers.Unknown:
		return s.why
	}
	return name + " not seen"
}

func (st *ruleState) seenTexts(rule *compiledRule, signals []int) string {
	var out []string
	for _, i := range signals {
		out = append(out, st.seenText(rule, i))
	}
	return strings.Join(out, ", ")
}
