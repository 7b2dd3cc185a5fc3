package engine

import (
	"fmt"
	"math/rand"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// The oracle evaluates every condition on every record and tries every choice
// of records for a correlation. It shares nothing with the engine but the
// record model, the aliases of providers and the codes found in texts.

// world is one random case.
type world struct {
	rnd     *rand.Rand
	rules   []*rules.Rule
	events  []parsers.Event
	session []parsers.Session
	lines   []parsers.Line
	skew    map[string]Skew
}

var (
	providersOf = []string{"Store", "store", "DCOM", "Microsoft-Windows-DistributedCOM", "Disk", ""}
	logsOf      = []string{"Application", "System", "application"}
	hostsOf     = []string{"A", "b", "C", ""}
	usersOf     = []string{"jo", "JO", "al", ""}
	textsOf     = []string{"disk full", "The Disk is FULL 0x80070005", "session closed", "\u017fe\u017f\u017fion clo\u017fed", "Größe ÜBER 5", "mail 250 ok", "", "\u212aelvin \u03a3\u03c2\u03c3"}
	literalsIn  = []string{"disk", "full", "session", "closed", "größe", "mail", "kelvin", "\u03c3\u03c2", "ok", "5"}
	patternsOf  = []string{`disk.*full`, `session|mail`, `(clo)sed`, `größe`, `\d+`, `kelvin`, `σσ`, `s+ion`, `(?:full|closed) ?`}
)

func pick[T any](r *rand.Rand, list []T) T { return list[r.Intn(len(list))] }

func (w *world) event() parsers.Event {
	r := w.rnd
	var e parsers.Event
	if r.Intn(6) > 0 {
		e.Set(parsers.FieldProvider, pick(r, providersOf))
	}
	if r.Intn(8) > 0 {
		e.SetID(uint32(1 + r.Intn(3)))
	}
	if r.Intn(4) > 0 {
		e.SetLevel(parsers.Level(1 + r.Intn(4)))
	}
	if r.Intn(3) > 0 {
		e.Set(parsers.FieldLog, pick(r, logsOf))
	}
	if r.Intn(4) > 0 {
		e.Set(parsers.FieldHost, pick(r, hostsOf))
	}
	if r.Intn(4) > 0 {
		e.Set(parsers.FieldUser, pick(r, usersOf))
	}
	if r.Intn(4) > 0 {
		e.Set(parsers.FieldMessage, pick(r, textsOf))
		e.Truncated = r.Intn(8) == 0
	}
	if r.Intn(3) == 0 {
		e.Known |= parsers.FieldStrings
		for range r.Intn(3) {
			e.Strings = append(e.Strings, pick(r, textsOf))
		}
	}
	if r.Intn(3) == 0 {
		e.Known |= parsers.FieldData
		for range r.Intn(3) {
			e.Data = append(e.Data, parsers.Named{Name: pick(r, []string{"Key", "other"}), Value: pick(r, textsOf)})
		}
	}
	if r.Intn(10) > 0 {
		e.SetTime(time.Unix(int64(100+r.Intn(8)), 0).UTC(), parsers.ZoneLocal)
	}
	return e
}

func (w *world) sessionRecord() parsers.Session {
	r := w.rnd
	s := parsers.Session{Protocol: pick(r, []string{"pop3", "smtp", ""}), Server: pick(r, hostsOf), Outcome: parsers.OutcomeSuccess}
	if r.Intn(3) > 0 {
		s.Start, s.Zone = time.Unix(int64(100+r.Intn(8)), 0).UTC(), parsers.ZoneLocal
	}
	for range r.Intn(3) {
		x := parsers.Exchange{Command: parsers.Command{Verb: pick(r, []string{"USER", "PASS", "RCPT"}), Args: "jo"}}
		x.Reply.Code = pick(r, []int{0, 250, 550})
		x.Reply.OK = r.Intn(2) == 0
		x.Reply.Text = pick(r, textsOf)
		s.Exchanges = append(s.Exchanges, x)
	}
	return s
}

// leaf makes one test of a field.
func (w *world) leaf(kind rules.Kind) rules.Cond {
	r := w.rnd
	textOp := func(name string) rules.Operand { return rules.Operand{Field: name, Type: rules.Text} }
	textV := func(s string) rules.Value { return rules.Value{Type: rules.Text, Text: s} }
	numV := func(n int64) rules.Value { return rules.Value{Type: rules.Number, Number: n} }
	onText := func(o rules.Operand) rules.Cond {
		switch r.Intn(5) {
		case 0:
			return &rules.Compare{Operand: o, Op: pick(r, []rules.CmpOp{rules.Equal, rules.NotEqual}), Value: textV(pick(r, textsOf[:3]))}
		case 1:
			return &rules.InList{Operand: o, Values: []rules.Value{textV(pick(r, textsOf[:3])), textV(pick(r, textsOf[:3]))}}
		case 2:
			p := pick(r, patternsOf)
			return &rules.Matches{Operand: o, Pattern: p, Regexp: regexp.MustCompile("(?is:" + p + ")")}
		}
		return &rules.TextTest{Operand: o, Op: pick(r, []rules.TextOp{rules.Contains, rules.Contains, rules.StartsWith, rules.EndsWith}), Value: pick(r, literalsIn)}
	}
	if kind == rules.OnLine {
		return onText(textOp("text"))
	}
	if kind == rules.OnSession {
		if r.Intn(2) == 0 {
			return &rules.Compare{Operand: textOp("protocol"), Op: rules.Equal, Value: textV(pick(r, []string{"pop3", "smtp"}))}
		}
		return &rules.Compare{Operand: textOp("server"), Op: rules.Equal, Value: textV(pick(r, hostsOf[:3]))}
	}
	if kind == rules.OnExchange {
		switch r.Intn(5) {
		case 0:
			return &rules.Compare{Operand: textOp("protocol"), Op: rules.Equal, Value: textV(pick(r, []string{"pop3", "smtp"}))}
		case 1:
			return &rules.Compare{Operand: textOp("command"), Op: rules.Equal, Value: textV(pick(r, []string{"USER", "pass", "RCPT"}))}
		case 2:
			return &rules.Compare{Operand: rules.Operand{Field: "code", Type: rules.Number}, Op: rules.Equal, Value: numV(pick(r, []int64{250, 550}))}
		case 3:
			return &rules.TrueField{Operand: rules.Operand{Field: "ok", Type: rules.Bool}}
		}
		return onText(textOp("text"))
	}
	id := rules.Operand{Field: "id", Type: rules.Number}
	switch r.Intn(14) {
	case 0, 1:
		return &rules.Compare{Operand: textOp("provider"), Op: pick(r, []rules.CmpOp{rules.Equal, rules.Equal, rules.NotEqual}), Value: textV(pick(r, providersOf[:5]))}
	case 2:
		return &rules.InList{Operand: textOp("provider"), Values: []rules.Value{textV(pick(r, providersOf[:5])), textV("Disk")}}
	case 3, 4:
		return &rules.Compare{Operand: id, Op: pick(r, []rules.CmpOp{rules.Equal, rules.Equal, rules.Less}), Value: numV(int64(1 + r.Intn(3)))}
	case 5:
		return &rules.InRange{Operand: id, From: 1, To: int64(1 + r.Intn(3))}
	case 6:
		return &rules.Compare{Operand: textOp("level"), Op: rules.Equal, Value: textV(pick(r, []string{"error", "Warning", "critical"}))}
	case 7:
		return &rules.InList{Operand: textOp("log"), Values: []rules.Value{textV(pick(r, logsOf))}}
	case 8:
		return &rules.CompareFields{Left: textOp("user"), Op: rules.Equal, Right: textOp("host")}
	case 9:
		return onText(rules.Operand{Form: rules.IndexOperand, Field: "strings", Type: rules.Text, Index: r.Intn(2)})
	case 10:
		return onText(rules.Operand{Form: rules.KeyOperand, Field: "data", Type: rules.Text, Key: "key"})
	case 11:
		return &rules.Each{Quant: pick(r, []rules.Quant{rules.AnyOf, rules.AllOf, rules.NoneOf, rules.OneOf}),
			List: rules.Operand{Field: "strings", Type: rules.TextList}, Pred: onText(rules.Operand{Form: rules.ElemOperand, Type: rules.Text})}
	case 12:
		return &rules.Has{Value: "0x80070005", List: rules.Operand{Field: "codes", Type: rules.TextList}}
	}
	return onText(textOp("message"))
}

func (w *world) cond(kind rules.Kind, depth int) rules.Cond {
	r := w.rnd
	if depth == 0 || r.Intn(3) == 0 {
		return w.leaf(kind)
	}
	args := []rules.Cond{w.cond(kind, depth-1), w.cond(kind, depth-1)}
	switch r.Intn(5) {
	case 0:
		return &rules.Not{Arg: args[0]}
	case 1:
		return &rules.Or{Args: args}
	}
	return &rules.And{Args: args}
}

func (w *world) rule(id string) *rules.Rule {
	r := w.rnd
	out := &rules.Rule{ID: id, Title: id}
	n := 1 + r.Intn(3)
	for i := range n {
		kind := pick(r, []rules.Kind{rules.OnEvent, rules.OnEvent, rules.OnEvent, rules.OnEvent, rules.OnLine, rules.OnExchange, rules.OnSession})
		s := rules.Signal{Name: fmt.Sprint("s", i), On: kind, Strength: rules.Strong}
		s.Cond = w.cond(kind, 2)
		out.Signals = append(out.Signals, s)
	}
	signals := r.Perm(n)
	window := time.Duration(r.Intn(5)) * time.Second
	by := pick(r, []rules.Group{rules.Ungrouped, rules.SameHost, rules.SameUser, rules.SameSession, rules.SameServer, `data["key"]`, "strings[0]"})
	form := r.Intn(5)
	if n == 1 {
		form = 3 // a correlation has two signals or more
	}
	switch form {
	case 0:
		out.Diagnosis.Cond = &rules.Within{Signals: signals, Window: window + 1, Same: by}
	case 1:
		out.Diagnosis.Cond = &rules.Sequence{Signals: signals, Window: window + 1, Same: by}
	case 2:
		out.Diagnosis.Cond = &rules.Sequence{Signals: signals, Window: window + 1, Gap: time.Duration(1+r.Intn(3)) * time.Second, Same: by}
	case 3:
		c := &rules.Count{Signal: 0, Op: pick(r, []rules.CmpOp{rules.GreaterEqual, rules.Less, rules.Equal, rules.NotEqual}), N: int64(1 + r.Intn(3)), Same: by}
		if r.Intn(2) == 0 {
			c.Op, c.Window = pick(r, []rules.CmpOp{rules.GreaterEqual, rules.Greater}), window+1
		}
		out.Diagnosis.Cond = c
	}
	return out
}

func newWorld(seed int64) *world {
	w := &world{rnd: rand.New(rand.NewSource(seed))}
	r := w.rnd
	for i := range 1 + r.Intn(4) {
		w.rules = append(w.rules, w.rule(fmt.Sprintf("Q%d", i)))
	}
	if r.Intn(16) == 0 { // a crowd on one provider
		for i := range crowd + 2 {
			rule := w.rule(fmt.Sprintf("R%d", i))
			provider := &rules.Compare{Operand: textField("provider"), Op: rules.Equal, Value: rules.Value{Type: rules.Text, Text: "Store"}}
			rule.Signals = rule.Signals[:1]
			rule.Signals[0].On, rule.Signals[0].Cond = rules.OnEvent, &rules.And{Args: []rules.Cond{provider, w.leaf(rules.OnEvent)}}
			rule.Diagnosis.Cond = nil
			w.rules = append(w.rules, rule)
		}
	}
	for range r.Intn(10) {
		w.events = append(w.events, w.event())
	}
	for range r.Intn(3) {
		w.session = append(w.session, w.sessionRecord())
		w.lines = append(w.lines, parsers.Line{Text: pick(r, textsOf), Time: time.Unix(int64(100+r.Intn(8)), 0).UTC(), Zone: parsers.ZoneLocal})
	}
	if r.Intn(3) == 0 {
		w.skew = map[string]Skew{"a": {Ahead: time.Duration(r.Intn(5)-2) * time.Second}, "b": {Ahead: time.Second}}
		if r.Intn(2) == 0 {
			w.skew["a"] = Skew{Ahead: w.skew["a"].Ahead, Within: time.Second}
		}
		if r.Intn(3) == 0 {
			w.skew["b"] = Skew{Ahead: w.skew["b"].Ahead, Within: time.Second}
		}
	}
	for i := range w.events {
		w.events[i].Pos = parsers.Pos{Path: "e", Offset: int64(i)}
	}
	for i := range w.session {
		w.session[i].Pos = parsers.Pos{Path: "s", Offset: int64(i)}
	}
	return w
}

// run feeds the records in a random order to random workers.
func (w *world) run() *Run {
	run := Compile(w.rules, "").NewRun(Options{Skew: w.skew})
	if w.rnd.Intn(20) == 0 {
		run.sightings.limit = 1 + w.rnd.Intn(4) // on disk
	}
	workers := []*Worker{run.Worker(), run.Worker(), run.Worker()}
	var feeds []func()
	for i := range w.events {
		e := w.events[i]
		feeds = append(feeds, func() { pick(w.rnd, workers).event(&e) })
	}
	for i := range w.session {
		s := w.session[i]
		feeds = append(feeds, func() { pick(w.rnd, workers).session(&s) })
	}
	for i := range w.lines {
		feeds = append(feeds, func() { pick(w.rnd, workers).line(&w.lines[i]) })
	}
	w.rnd.Shuffle(len(feeds), func(a, b int) { feeds[a], feeds[b] = feeds[b], feeds[a] })
	for _, f := range feeds {
		f()
	}
	w.rnd.Shuffle(len(workers), func(a, b int) { workers[a], workers[b] = workers[b], workers[a] })
	for _, one := range workers {
		run.Done(one)
	}
	run.finish()
	return run
}

// TestOracle compares the engine with the oracle on random rules and records:
// several inputs, records out of order, equal times, fields that are unknown,
// texts of which a part is known, hosts whose clocks differ. The number of
// cases is $KBDIAG_ORACLE_CASES where that is set.
func TestOracle(t *testing.T) {
	cases := 20_000
	if n, err := strconv.Atoi(os.Getenv("KBDIAG_ORACLE_CASES")); err == nil {
		cases = n
	}
	if testing.Short() || raceDetector {
		cases = min(cases, 5_000)
	}
	seen := map[string]int{}
	for seed := range cases {
		w := newWorld(int64(seed))
		run := w.run()
		o := newOracle(w)
		for i, rule := range run.set.rules {
			st := run.fullState(rule)
			for k := range rule.signals {
				sig := &rule.signals[k]
				got := signalCounts{}
				if s := run.merged.signals[sig.index]; s != nil {
					got = signalCounts{s.hits.count - s.hits.open, s.hits.open, s.unknown}
				}
				if want := o.counts(rule.rule, k); got != want {
					t.Fatalf("case %d rule %d signal %d: %+v, want %+v\n%s", seed, i, k, got, want, describe(rule.rule.Signals[k].Cond))
				}
			}
			if rule.when == nil {
				continue
			}
			want, exact := o.diagnosis(rule.rule, func(k int) parsers.Tri { return st.signals[k].value })
			if !exact && st.applies == parsers.Unknown && want != parsers.Unknown {
				seen["left open"]++
				continue
			}
			if st.applies != want {
				t.Fatalf("case %d rule %d: %v, want %v: %#v", seed, i, st.applies, want, rule.when)
			}
			seen[fmt.Sprintf("%T %s", rule.when, triWord(want))]++
		}
	}
	for _, kind := range []string{"*rules.Within", "*rules.Sequence", "*rules.Count"} {
		for _, v := range []string{"yes", "no", "cannot tell"} {
			if seen[kind+" "+v] < 20 {
				t.Errorf("the random cases gave %s %s %d times: %v", kind, v, seen[kind+" "+v], seen)
			}
		}
	}
}

func describe(c rules.Cond) string {
	return strings.ReplaceAll(fmt.Sprintf("%+v", newCondition(c)), "0x", "")
}
