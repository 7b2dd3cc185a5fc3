package rules

import (
	"fmt"
	"slices"
	"strings"
)

// minSamples is how many samples of each kind a rule should have.
const minSamples = 2

// Lint gives everything that is wrong or doubtful in the files of a base, as
// far as it can be known without logs, sorted by file, line and column. Files
// that could not be loaded are among them.
func Lint(b *Base) []Finding {
	list := slices.Clone(b.findings)
	add := func(r *Rule, p Pos, code Code, fix, format string, args ...any) {
		list = append(list, Finding{
			File: r.File, Line: p.Line, Column: p.Column, Severity: SeverityWarning,
			Code: code, Msg: fmt.Sprintf(format, args...), Fix: fix,
		})
	}
	seen := make(map[string]*Rule, len(b.Rules))
	for _, r := range b.Rules {
		if first := seen[r.signature]; first != nil {
			add(r, r.idPos, CodeAlike, "add a signal that only one of them has", "its signals are those of %s: nothing tells the two apart", first.ID)
		} else {
			seen[r.signature] = r
		}
		lintSamples(r, add)
		for i, id := range r.Diagnosis.Explains {
			if b.byID[id] == nil {
				add(r, r.explainsPos[i], CodeUnknownExplains, unknownRuleFix(id, b), "there is no rule %s", id)
			}
		}
	}
	for _, cycle := range explainsCycles(b) {
		r := b.byID[cycle[0]]
		i := slices.Index(r.Diagnosis.Explains, cycle[1])
		add(r, r.explainsPos[i], CodeExplainsCycle, "let the cause alone explain the symptoms", "rules explain each other: %s", strings.Join(cycle, " > "))
	}
	sortFindings(list)
	return list
}

// maxNear bounds the base in which a near id is looked for.
const maxNear = 20_000

// unknownRuleFix suggests the rule that is meant: one that differs in one sign.
func unknownRuleFix(id string, b *Base) string {
	if len(b.Rules) > maxNear {
		return ""
	}
	for _, r := range b.Rules {
		if len(r.ID) == len(id) && editDistance(r.ID, id) == 1 {
			return "did you mean " + r.ID + "?"
		}
	}
	return ""
}

// lintSamples warns of a rule with too few samples.
func lintSamples(r *Rule, add func(*Rule, Pos, Code, string, string, ...any)) {
	if !r.sampled {
		return
	}
	fires := 0
	for _, s := range r.Samples {
		if s.Fires {
			fires++
		}
	}
	quiet := len(r.Samples) - fires
	if fires >= minSamples && quiet >= minSamples {
		return
	}
	stem := strings.TrimSuffix(r.File, ".toml")
	add(r, r.idPos, CodeNoSamples, "put fires-* and quiet-* into "+stem+"/",
		"%d samples on which it must fire and %d near misses, at least %d of each are wanted", fires, quiet, minSamples)
}

// explainsCycles finds circles in Explains. Each is given once, beginning with
// its smallest id, which stands at the end again.
func explainsCycles(b *Base) [][]string {
	w := &cycleWalk{base: b, state: make(map[string]int, len(b.Rules))}
	for _, r := range b.Rules {
		w.from(r.ID)
	}
	return w.cycles
}

// cycleWalk is a depth-first walk over Explains, with a stack of its own: a
// chain may be as long as the base.
type cycleWalk struct {
	base   *Base
	state  map[string]int // 0 new, 1 on the path, 2 done
	cycles [][]string
}

// step is a rule on the path and the next of its Explains to follow.
type step struct {
	id   string
	next int
}

// from walks from a rule.
func (w *cycleWalk) from(id string) {
	if w.state[id] != 0 {
		return
	}
	path := []step{{id, 0}}
	w.state[id] = 1
	for len(path) > 0 {
		top := &path[len(path)-1]
		explains := w.base.byID[top.id].Diagnosis.Explains
		if top.next == len(explains) {
			w.state[top.id] = 2
			path = path[:len(path)-1]
			continue
		}
		to := explains[top.next]
		top.next++
		if w.base.byID[to] == nil {
			continue
		}
		switch w.state[to] {
		case 0:
			w.state[to] = 1
			path = append(path, step{to, 0})
		case 1:
			w.found(path, to)
		}
	}
}

// found notes the circle that the step to a rule on the path closes.
func (w *cycleWalk) found(path []step, to string) {
	var ids []string
	for i := len(path) - 1; i >= 0; i-- {
		ids = append(ids, path[i].id)
		if path[i].id == to {
			break
		}
	}
	slices.Reverse(ids)
	least := slices.Index(ids, slices.Min(ids))
	ids = append(ids[least:len(ids):len(ids)], ids[:least]...)
	w.cycles = append(w.cycles, append(ids, ids[0]))
}
