package engine

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Fleet sums up the reports of many tickets. Reports may be added in any order
// and fleets merged: the summary is the same. It keeps a few hundred bytes for
// each ticket.
type Fleet struct {
	tickets map[string]outcome
	twice   int
}

// outcome is what a summary needs of one ticket.
type outcome struct {
	rule, title string // of the first diagnosis that is at least possible, "" for none
	level       Level
	products    []string
	week        string
	fingerprint string
	partial     bool // something of the ticket could not be read
}

// NewFleet gives an empty fleet.
func NewFleet() *Fleet { return &Fleet{tickets: map[string]outcome{}} }

// Add adds the report of one ticket. A ticket that was added before counts
// once: the report that is whole, else the one that sorts first.
func (f *Fleet) Add(rep *Report) { f.add(rep.Ticket, outcomeOf(rep)) }

// Merge adds the tickets of another fleet.
func (f *Fleet) Merge(o *Fleet) {
	for ticket, out := range o.tickets {
		f.add(ticket, out)
	}
	f.twice += o.twice
}

func (f *Fleet) add(ticket string, o outcome) {
	if have, ok := f.tickets[ticket]; ok {
		f.twice++
		if have.compare(&o) <= 0 {
			return
		}
	}
	f.tickets[ticket] = o
}

// compare is a total order, whole reports first.
func (o *outcome) compare(p *outcome) int {
	if o.partial != p.partial {
		if p.partial {
			return -1
		}
		return 1
	}
	return cmp.Or(strings.Compare(o.fingerprint, p.fingerprint), strings.Compare(o.rule, p.rule),
		strings.Compare(string(o.level), string(p.level)), strings.Compare(o.week, p.week),
		strings.Compare(o.title, p.title), slices.Compare(o.products, p.products))
}

func outcomeOf(rep *Report) outcome {
	o := outcome{week: weekOf(rep), partial: rep.Partial}
	for _, in := range rep.Inputs {
		o.partial = o.partial || !in.Complete
	}
	if len(rep.Diagnoses) > 0 && rep.Diagnoses[0].Level != Unlikely {
		d := &rep.Diagnoses[0]
		o.rule, o.title, o.level, o.products = d.Rule, d.Title, d.Level, d.Products
	}
	o.fingerprint = fingerprint(rep)
	return o
}

// fingerprint names what a ticket shows: the rules of its likely diagnoses.
// Where none is, the first diagnosis and the kinds of errors that nothing
// explains. Tickets with nothing at all have none.
func fingerprint(rep *Report) string {
	var parts []string
	for _, d := range rep.Diagnoses {
		if d.Level == Likely {
			parts = append(parts, "likely "+d.Rule)
		}
	}
	if len(parts) == 0 {
		if len(rep.Diagnoses) > 0 && rep.Diagnoses[0].Level == Possible {
			parts = append(parts, "possible "+rep.Diagnoses[0].Rule)
		}
		for _, u := range rep.Unexplained {
			parts = append(parts, fmt.Sprintf("error %s %d", foldProvider(u.Provider), u.ID))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	slices.Sort(parts)
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(parts), "\n")))
	return hex.EncodeToString(sum[:8])
}

// weekOf gives the week (ISO 8601) of the trouble, or of the latest record.
func weekOf(rep *Report) string {
	when := ""
	if rep.Incident != nil {
		when = rep.Incident.From
	} else {
		for _, in := range rep.Inputs {
			when = max(when, in.Last)
		}
	}
	if len(when) < len(time.DateOnly) {
		return ""
	}
	t, err := time.Parse(time.DateOnly, when[:len(time.DateOnly)])
	if err != nil {
		return ""
	}
	year, week := t.ISOWeek()
	return fmt.Sprintf("%04d-W%02d", year, week)
}

// Summary says what many tickets have in common.
type Summary struct {
	Schema    int       `json:"schema"`
	Tickets   int       `json:"tickets"`
	Partial   int       `json:"partial"`         // of them not read whole
	Twice     int       `json:"twice,omitempty"` // results of a ticket that was there already
	Diagnoses []Tally   `json:"diagnoses"`       // first of their ticket, at least possible; most frequent first
	Products  []Tally   `json:"products"`        // that those diagnoses are written for
	Weeks     []Tally   `json:"weeks"`           // of the trouble, in order
	Groups    []Cluster `json:"groups"`          // tickets that show the same, largest first
}

// Tally counts the tickets under a name; "" is for those that tell none.
type Tally struct {
	Name    string `json:"name"`
	Title   string `json:"title,omitempty"`
	Tickets int    `json:"tickets"`
	Likely  int    `json:"likely"` // of them with a likely diagnosis
}

// Cluster is two or more tickets with the same fingerprint.
type Cluster struct {
	Fingerprint string   `json:"fingerprint"`
	Rule        string   `json:"rule,omitempty"` // their first diagnosis
	Tickets     []string `json:"tickets"`
}

// Summary sums up.
func (f *Fleet) Summary() Summary {
	s := Summary{Schema: ReportSchema, Tickets: len(f.tickets), Twice: f.twice, Groups: []Cluster{}}
	diagnoses, products, weeks := map[string]*Tally{}, map[string]*Tally{}, map[string]*Tally{}
	groups := map[string]*Cluster{}
	for _, name := range sortedKeys(f.tickets) {
		o := f.tickets[name]
		if o.partial {
			s.Partial++
		}
		count(diagnoses, o.rule, o.title, o.level)
		count(weeks, o.week, "", o.level)
		if len(o.products) == 0 {
			count(products, "", "", o.level)
		}
		for _, p := range o.products {
			count(products, p, "", o.level)
		}
		if o.fingerprint == "" {
			continue
		}
		g := groups[o.fingerprint]
		if g == nil {
			g = &Cluster{Fingerprint: o.fingerprint, Rule: o.rule}
			groups[o.fingerprint] = g
		}
		g.Tickets = append(g.Tickets, name)
	}
	s.Diagnoses, s.Products, s.Weeks = tallies(diagnoses), tallies(products), tallies(weeks)
	slices.SortFunc(s.Weeks, func(a, b Tally) int { return strings.Compare(a.Name, b.Name) })
	for _, k := range sortedKeys(groups) {
		if len(groups[k].Tickets) > 1 {
			s.Groups = append(s.Groups, *groups[k])
		}
	}
	slices.SortStableFunc(s.Groups, func(a, b Cluster) int { return len(b.Tickets) - len(a.Tickets) })
	return s
}

func count(m map[string]*Tally, name, title string, level Level) {
	t := m[name]
	if t == nil {
		t = &Tally{Name: name, Title: title}
		m[name] = t
	}
	t.Title = max(t.Title, title)
	t.Tickets++
	if level == Likely {
		t.Likely++
	}
}

// tallies lists the most frequent first.
func tallies(m map[string]*Tally) []Tally {
	out := make([]Tally, 0, len(m))
	for _, k := range sortedKeys(m) {
		out = append(out, *m[k])
	}
	slices.SortStableFunc(out, func(a, b Tally) int { return b.Tickets - a.Tickets })
	return out
}
