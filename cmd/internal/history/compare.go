package history

import (
	"fmt"
	"math"
	"slices"

	"kbdiag/engine"
)

// Difference is what changed between two reports of a ticket.
type Difference struct {
	Came   []Change `json:"came"`  // diagnoses that only the later report has
	Went   []Change `json:"went"`  // that only the earlier one has
	Moved  []Change `json:"moved"` // with another place, confidence or evidence
	Same   []Change `json:"same"`
	Errors struct {
		Came []engine.Unexplained `json:"came"` // kinds of errors that nothing explains
		Went []engine.Unexplained `json:"went"`
	} `json:"errors"`
	Inputs []InputChange `json:"inputs"`
}

// Change is what became of one diagnosis.
type Change struct {
	Rule     string           `json:"rule"`
	Title    string           `json:"title"`
	Before   *Place           `json:"before,omitempty"`
	After    *Place           `json:"after,omitempty"`
	Evidence []EvidenceChange `json:"evidence"`
}

// Place is where a diagnosis stands in a report.
type Place struct {
	Rank       int          `json:"rank"` // 1-based
	Level      engine.Level `json:"level"`
	Confidence float64      `json:"confidence"`
	ScoreDB    float64      `json:"score_db"`
}

// EvidenceChange is what became of one signal of a diagnosis.
type EvidenceChange struct {
	Signal  string           `json:"signal"`
	What    string           `json:"what"` // "new", "gone", "other"
	Against bool             `json:"against,omitempty"`
	Before  *engine.Evidence `json:"before,omitempty"`
	After   *engine.Evidence `json:"after,omitempty"`
}

// InputChange is an input that only one of the reports has, or whose content is
// another.
type InputChange struct {
	Path string `json:"path"`
	What string `json:"what"` // "new", "gone", "other"
}

// What became of a thing.
const (
	isNew  = "new"
	isGone = "gone"
	other  = "other"
)

// PlaceOf gives the place of a rule in a report, nil where it is no diagnosis.
func PlaceOf(rep *engine.Report, rule string) *Place {
	if d := diagnosisOf(rep, rule); d != nil {
		return &Place{d.Rank, d.Level, d.Confidence, d.ScoreDB}
	}
	return nil
}

func diagnosisOf(rep *engine.Report, rule string) *engine.Diagnosis {
	for i := range rep.Diagnoses {
		if rep.Diagnoses[i].Rule == rule {
			return &rep.Diagnoses[i]
		}
	}
	return nil
}

// Compare says what changed from one report of a ticket to a later one.
func Compare(before, after *engine.Report) Difference {
	d := Difference{Came: []Change{}, Went: []Change{}, Moved: []Change{}, Same: []Change{}}
	for i := range after.Diagnoses {
		now := &after.Diagnoses[i]
		was := diagnosisOf(before, now.Rule)
		c := changeOf(was, now)
		switch {
		case was == nil:
			d.Came = append(d.Came, c)
		case c.moved():
			d.Moved = append(d.Moved, c)
		default:
			d.Same = append(d.Same, c)
		}
	}
	for i := range before.Diagnoses {
		if was := &before.Diagnoses[i]; diagnosisOf(after, was.Rule) == nil {
			d.Went = append(d.Went, changeOf(was, nil))
		}
	}
	d.Errors.Came, d.Errors.Went = without(after.Unexplained, before.Unexplained), without(before.Unexplained, after.Unexplained)
	d.Inputs = inputChanges(before.Inputs, after.Inputs)
	return d
}

// moved tells whether a reader would see a difference.
func (c *Change) moved() bool {
	return len(c.Evidence) > 0 || c.Before.Rank != c.After.Rank || c.Before.Level != c.After.Level ||
		math.Abs(c.Before.Confidence-c.After.Confidence) >= 0.005
}

// changeOf compares the states of a diagnosis. One of them may be nil.
func changeOf(was, now *engine.Diagnosis) Change {
	var c Change
	none := &engine.Diagnosis{}
	for _, side := range []struct {
		d     *engine.Diagnosis
		place **Place
	}{{was, &c.Before}, {now, &c.After}} {
		if side.d != nil {
			c.Rule, c.Title = side.d.Rule, side.d.Title
			*side.place = &Place{side.d.Rank, side.d.Level, side.d.Confidence, side.d.ScoreDB}
		}
	}
	if was == nil {
		was = none
	}
	if now == nil {
		now = none
	}
	c.Evidence = append(evidenceChanges(was.Evidence, now.Evidence, false), evidenceChanges(was.Against, now.Against, true)...)
	return c
}

// evidenceChanges compares evidence signal by signal: a report has one piece
// for each.
func evidenceChanges(was, now []engine.Evidence, against bool) []EvidenceChange {
	out := []EvidenceChange{}
	for i := range now {
		a := &now[i]
		b := ofSignal(was, a.Signal)
		switch {
		case b == nil:
			out = append(out, EvidenceChange{Signal: a.Signal, What: isNew, Against: against, After: a})
		case a.SHA256 != b.SHA256 || a.Count != b.Count || a.Excerpt != b.Excerpt:
			out = append(out, EvidenceChange{a.Signal, other, against, b, a})
		}
	}
	for i := range was {
		if b := &was[i]; ofSignal(now, b.Signal) == nil {
			out = append(out, EvidenceChange{Signal: b.Signal, What: isGone, Against: against, Before: b})
		}
	}
	return out
}

func ofSignal(list []engine.Evidence, signal string) *engine.Evidence {
	if i := slices.IndexFunc(list, func(e engine.Evidence) bool { return e.Signal == signal }); i >= 0 {
		return &list[i]
	}
	return nil
}

// without gives the kinds of errors of one list that the other has not.
func without(list, others []engine.Unexplained) []engine.Unexplained {
	kind := func(u engine.Unexplained) string { return fmt.Sprintf("%s %d %s", u.Provider, u.ID, u.Level) }
	known := map[string]bool{}
	for _, u := range others {
		known[kind(u)] = true
	}
	out := []engine.Unexplained{}
	for _, u := range list {
		if !known[kind(u)] {
			out = append(out, u)
		}
	}
	return out
}

// inputChanges compares inputs by their names and contents.
func inputChanges(was, now []engine.Input) []InputChange {
	out := []InputChange{}
	old := map[string]string{}
	for i := range was {
		old[was[i].Path] = was[i].SHA256
	}
	for i := range now {
		sum, known := old[now[i].Path]
		delete(old, now[i].Path)
		switch {
		case !known:
			out = append(out, InputChange{now[i].Path, isNew})
		case sum != now[i].SHA256:
			out = append(out, InputChange{now[i].Path, other})
		}
	}
	for i := range was {
		if _, left := old[was[i].Path]; left {
			out = append(out, InputChange{was[i].Path, isGone})
		}
	}
	return out
}
