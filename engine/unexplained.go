package engine

import (
	"sort"
	"strings"
	"time"

	"kbdiag/parsers"
)

const (
	// problemCap bounds the kinds of errors that are remembered one by one.
	problemCap = 4096
	// unexplainedShown is how many kinds a report lists.
	unexplainedShown = 10
)

// problem is a kind of error event: how often, when, and the first by place.
type problem struct {
	name        string // provider as written
	level       parsers.Level
	count       int
	first, last time.Time
	zone        parsers.Zone
	pos         parsers.Pos
	example     string
}

// problems counts the error events of a ticket by kind.
type problems struct {
	kinds map[eventKind]*problem
	more  int // errors of kinds beyond problemCap
}

func newProblems() *problems { return &problems{kinds: map[eventKind]*problem{}} }

func (p *problems) add(kind eventKind, e *parsers.Event) {
	if e.Level != parsers.LevelError && e.Level != parsers.LevelCritical {
		return
	}
	k := p.kinds[kind]
	if k == nil {
		if len(p.kinds) >= problemCap {
			p.more++
			return
		}
		k = &problem{name: strings.Clone(e.Provider), level: e.Level, pos: e.Pos, example: excerptOf(e)}
		p.kinds[kind] = k
	}
	k.count++
	if e.Level < k.level {
		k.level = e.Level
	}
	if e.Has(parsers.FieldTime) {
		k.span(e.Time, e.Time, e.Zone)
	}
}

func (k *problem) span(first, last time.Time, z parsers.Zone) {
	if first.IsZero() {
		return
	}
	if k.first.IsZero() || first.Before(k.first) {
		k.first = first
	}
	if last.After(k.last) {
		k.last = last
	}
	k.zone = z
}

func (p *problems) merge(o *problems) {
	for kind, ok := range o.kinds {
		k := p.kinds[kind]
		if k == nil {
			p.kinds[kind] = ok
			continue
		}
		if posLess(ok.pos, k.pos) {
			k.pos, k.example, k.name = ok.pos, ok.example, ok.name
		}
		k.count += ok.count
		k.level = min(k.level, ok.level)
		k.span(ok.first, ok.last, ok.zone)
	}
	p.more += o.more
}

// unexplained lists the kinds that no diagnosis accounts for, the most
// frequent first.
func (p *problems) unexplained(explained map[eventKind]bool, window *Incident) []Unexplained {
	out := []Unexplained{}
	for kind, k := range p.kinds {
		if explained[kind] {
			continue
		}
		out = append(out, Unexplained{
			Provider: k.name, ID: int(kind.id), Level: k.level.String(), Count: k.count,
			First: FormatTime(k.first, k.zone), Last: FormatTime(k.last, k.zone),
			Example: k.example, Path: k.pos.Path, Line: k.pos.Line,
		})
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i], out[j]
		switch {
		case a.Count != b.Count:
			return a.Count > b.Count
		case a.Provider != b.Provider:
			return a.Provider < b.Provider
		}
		return a.ID < b.ID
	})
	return out[:min(len(out), unexplainedShown)]
}

func posLess(a, b parsers.Pos) bool {
	if a.Path != b.Path {
		return a.Path < b.Path
	}
	return a.Offset < b.Offset
}
