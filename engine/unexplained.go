package engine

import (
	"container/heap"
	"hash/fnv"
	"io"
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

// problems counts the error events of a ticket by kind. Beyond problemCap kinds
// it keeps those of the smallest hash: their counts are exact, and which they
// are depends neither on the order of the inputs nor on the workers.
type problems struct {
	kinds map[eventKind]*problem
	last  []kindHash // of all kinds, a heap with the largest on top
	more  bool       // there are kinds beyond problemCap
}

// kindHash orders kinds by chance, the same in every run.
type kindHash struct {
	hash uint64
	kind eventKind
}

func (a kindHash) less(b kindHash) bool {
	switch {
	case a.hash != b.hash:
		return a.hash < b.hash
	case a.kind.provider != b.kind.provider:
		return a.kind.provider < b.kind.provider
	}
	return a.kind.id < b.kind.id
}

func hashKind(k eventKind) kindHash {
	h := fnv.New64a()
	io.WriteString(h, k.provider)
	h.Write([]byte{byte(k.id), byte(k.id >> 8)})
	return kindHash{h.Sum64(), k}
}

// admit makes room for a new kind. It is false where the kind is not among
// those that are kept.
func (p *problems) admit(kind eventKind) bool {
	k := hashKind(kind)
	if len(p.kinds) >= problemCap {
		p.more = true
		if !k.less(p.last[0]) {
			return false
		}
		delete(p.kinds, heap.Pop((*kindHeap)(&p.last)).(kindHash).kind)
	}
	heap.Push((*kindHeap)(&p.last), k)
	return true
}

// kindHeap is a heap of kinds, the largest hash on top.
type kindHeap []kindHash

func (h kindHeap) Len() int           { return len(h) }
func (h kindHeap) Less(i, j int) bool { return h[j].less(h[i]) }
func (h kindHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *kindHeap) Push(x any)        { *h = append(*h, x.(kindHash)) }
func (h *kindHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

func newProblems() *problems { return &problems{kinds: map[eventKind]*problem{}} }

func (p *problems) add(kind eventKind, e *parsers.Event) {
	if e.Level != parsers.LevelError && e.Level != parsers.LevelCritical {
		return
	}
	k := p.kinds[kind]
	if k == nil {
		if !p.admit(kind) {
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
	k.zone = max(k.zone, z)
}

func (p *problems) merge(o *problems) {
	for kind, ok := range o.kinds {
		k := p.kinds[kind]
		if k == nil {
			if p.admit(kind) {
				p.kinds[kind] = ok
			}
			continue
		}
		if posLess(ok.pos, k.pos) {
			k.pos, k.example, k.name = ok.pos, ok.example, ok.name
		}
		k.count += ok.count
		k.level = min(k.level, ok.level)
		k.span(ok.first, ok.last, ok.zone)
	}
	p.more = p.more || o.more
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
			Example: k.example, Path: k.pos.Path, Line: k.pos.Line, Record: k.pos.Record,
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

// posLess is a total order of places.
func posLess(a, b parsers.Pos) bool {
	switch {
	case a.Path != b.Path:
		return a.Path < b.Path
	case a.Offset != b.Offset:
		return a.Offset < b.Offset
	case a.Line != b.Line:
		return a.Line < b.Line
	case a.Record != b.Record:
		return a.Record < b.Record
	}
	return a.Length < b.Length
}
