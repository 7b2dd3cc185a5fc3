package rules

import (
	"fmt"
	"slices"
	"strings"
)

// maxCycles bounds the circles that are told of: a base of rules that all
// explain each other has more of them than rules.
const maxCycles = 200

// minSamples is how many samples of each kind a rule should have.
const minSamples = 2

// Lint gives everything that is wrong or doubtful in the files of a base, as
// far as it can be known without logs, sorted by file, line and column. Files
// that could not be loaded are among them.
func Lint(b *Base) []Finding {
	list := slices.Clone(b.findings)
	index := b.Index()
	for _, r := range b.Rules {
		list = append(list, index.Check(r)...)
	}
	for _, cycle := range explainsCycles(b) {
		r := b.byID[cycle[0]]
		list = append(list, cycleFinding(r, slices.Index(r.Diagnosis.Explains, cycle[1]), cycle))
	}
	sortFindings(list)
	return list
}

// cycleFinding is the finding for a circle that begins with an element of a
// rule's Explains.
func cycleFinding(r *Rule, i int, cycle []string) Finding {
	shown := cycle
	if len(shown) > maxNamed {
		shown = append(slices.Clone(shown[:maxNamed]), "...", cycle[len(cycle)-1])
	}
	return warning(r, r.explainsPos[i], CodeExplainsCycle, "let the cause alone explain the symptoms", "rules explain each other: %s", strings.Join(shown, " > "))
}

// warning is a finding of one rule among others.
func warning(r *Rule, p Pos, code Code, fix, format string, args ...any) Finding {
	return Finding{
		File: r.File, Line: p.Line, Column: p.Column, Until: p, Severity: SeverityWarning,
		Code: code, Msg: fmt.Sprintf(format, args...), Fix: fix,
	}
}

// checkSamples warns of a rule with too few samples.
func checkSamples(r *Rule) []Finding {
	if !r.sampled {
		return nil
	}
	fires := 0
	for _, s := range r.Samples {
		if s.Fires {
			fires++
		}
	}
	quiet := len(r.Samples) - fires
	if fires >= minSamples && quiet >= minSamples {
		return nil
	}
	stem := strings.TrimSuffix(r.File, ".toml")
	return []Finding{warning(r, r.idPos, CodeNoSamples, "put fires-* and quiet-* into "+stem+"/",
		"%d samples on which it must fire and %d near misses, at least %d of each are wanted", fires, quiet, minSamples)}
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
			if len(w.cycles) < maxCycles {
				w.found(path, to)
			}
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
