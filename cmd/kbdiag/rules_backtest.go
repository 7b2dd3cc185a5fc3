package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sort"

	"kbdiag/cmd/internal/report"
	"kbdiag/engine"
	"kbdiag/parsers"
	"kbdiag/parsers/formats"
	"kbdiag/rules"
)

// alarmReport counts what the rules say of logs that are known to be healthy.
type alarmReport struct {
	Inputs int          `json:"inputs"` // files and folders given, or entries of a folder
	Events int          `json:"events"`
	Rules  []alarmCount `json:"rules"`
}

// alarmCount is the false alarms of one rule, by level.
type alarmCount struct {
	Rule     string `json:"rule"`
	Likely   int    `json:"likely"`
	Possible int    `json:"possible"`
	Unlikely int    `json:"unlikely"`
	First    string `json:"first"` // evidence of the surest one
	best     float64
}

// raised counts the alarms that a reader would act on.
func (r *alarmReport) raised() int {
	n := 0
	for _, c := range r.Rules {
		n += c.Likely + c.Possible
	}
	return n
}

// falseAlarms diagnoses each entry of the folders by itself.
func (a *app) falseAlarms(ctx context.Context, all, tested *rules.Base, paths []string) (*alarmReport, error) {
	entries, err := entriesOf(paths)
	if err != nil {
		return nil, err
	}
	set := engine.Compile(all.Rules, all.SHA256())
	out := &alarmReport{Inputs: len(entries), Rules: []alarmCount{}}
	counts := map[string]*alarmCount{}
	for _, e := range entries {
		rep := engine.Diagnose(ctx, set, newReader(), []string{e}, engine.Options{})
		if rep.Partial {
			return nil, failed(ctx.Err())
		}
		for _, in := range rep.Inputs {
			out.Events += in.Events
		}
		for i := range rep.Diagnoses {
			d := &rep.Diagnoses[i]
			if tested.Rule(d.Rule) == nil {
				continue
			}
			if counts[d.Rule] == nil {
				counts[d.Rule] = &alarmCount{Rule: d.Rule}
			}
			counts[d.Rule].add(d)
		}
	}
	for _, c := range counts {
		out.Rules = append(out.Rules, *c)
	}
	sort.Slice(out.Rules, func(i, j int) bool {
		x, y := &out.Rules[i], &out.Rules[j]
		switch {
		case x.Likely != y.Likely:
			return x.Likely > y.Likely
		case x.Possible != y.Possible:
			return x.Possible > y.Possible
		}
		return x.Rule < y.Rule
	})
	return out, nil
}

func newReader() *parsers.Reader {
	return &parsers.Reader{Forms: formats.All(), Secrets: &parsers.Secrets{}}
}

// entriesOf lists the entries of folders, and files as they are.
func entriesOf(paths []string) ([]string, error) {
	var out []string
	for _, p := range paths {
		if isFile(p) {
			out = append(out, filepath.ToSlash(p))
			continue
		}
		inside, err := ticketsIn([]string{p})
		if err != nil {
			return nil, failed(err)
		}
		out = append(out, inside...)
	}
	if len(out) == 0 {
		return nil, failed(errors.New("nothing in the folders given"))
	}
	return out, nil
}

func (c *alarmCount) add(d *engine.Diagnosis) {
	switch d.Level {
	case engine.Likely:
		c.Likely++
	case engine.Possible:
		c.Possible++
	default:
		c.Unlikely++
	}
	if d.Confidence > c.best && len(d.Evidence) > 0 {
		e := d.Evidence[0]
		c.best, c.First = d.Confidence, report.Place(e.Path, e.Line, e.Record)+"  "+e.Excerpt
	}
}

func (r *alarmReport) print(w io.Writer) {
	fmt.Fprintf(w, "\nAgainst %s of healthy machines (%s): %s\n", counted(r.Inputs, "input"), counted(r.Events, "event"), counted(r.raised(), "false alarm"))
	for _, c := range r.Rules {
		fmt.Fprintf(w, "  %-10s %d likely, %d possible, %d unlikely   %s\n", c.Rule, c.Likely, c.Possible, c.Unlikely, c.First)
	}
}

// backtestResult is how well one rule base does on solved tickets.
type backtestResult struct {
	Rules   string         `json:"rules"`   // "before" or "after"
	Tickets int            `json:"tickets"` // with an answer among the rules of either base
	MRR     float64        `json:"mrr"`
	Recall1 float64        `json:"recall_at_1"`
	Changed []ticketChange `json:"changed,omitempty"` // of after
	ranks   map[string]int
}

// ticketChange is a solved ticket whose answer moved. Rank 0 is not found.
type ticketChange struct {
	Ticket string `json:"ticket"`
	Rule   string `json:"rule"`
	Before int    `json:"before"`
	After  int    `json:"after"`
}

// backtest runs the rules over solved tickets, those of --old first.
func (a *app) backtest(ctx context.Context, f *testFlags, all *rules.Base) ([]backtestResult, error) {
	answers, err := readTruth(f.truth)
	if err != nil {
		return nil, failed(err)
	}
	tickets, err := ticketsIn(f.backtest)
	if err != nil {
		return nil, failed(err)
	}
	solved := map[string]string{}
	for _, t := range tickets {
		if rule, ok := answerOf(answers, t); ok && rule != "" {
			solved[t] = rule
		}
	}
	if len(solved) == 0 {
		return nil, failed(errors.New("no ticket of --backtest has an answer in the truth file"))
	}
	var out []backtestResult
	if len(f.old) > 0 {
		old, err := rules.LoadPaths(f.old...)
		if err != nil {
			return nil, failed(err)
		}
		merged, err := rules.Merge(old, all.Without(old))
		if err != nil {
			return nil, failed(err)
		}
		before, err := score(ctx, "before", merged, solved)
		if err != nil {
			return nil, err
		}
		out = append(out, before)
	}
	after, err := score(ctx, "after", all, solved)
	if err != nil {
		return nil, err
	}
	if len(out) > 0 {
		after.Changed = movedTickets(solved, out[0].ranks, after.ranks)
	}
	return append(out, after), nil
}

// score gives the mean reciprocal rank of the right rules and how often they
// come first.
func score(ctx context.Context, name string, base *rules.Base, solved map[string]string) (backtestResult, error) {
	set := engine.Compile(base.Rules, base.SHA256())
	out := backtestResult{Rules: name, Tickets: len(solved), ranks: map[string]int{}}
	for ticket, rule := range solved {
		rep := engine.Diagnose(ctx, set, newReader(), []string{ticket}, engine.Options{})
		if rep.Partial {
			return out, failed(ctx.Err())
		}
		i := slices.IndexFunc(rep.Diagnoses, func(d engine.Diagnosis) bool { return d.Rule == rule })
		out.ranks[ticket] = i + 1
		if i >= 0 {
			out.MRR += 1 / float64(i+1)
		}
		if i == 0 {
			out.Recall1++
		}
	}
	out.MRR /= float64(len(solved))
	out.Recall1 /= float64(len(solved))
	return out, nil
}

func movedTickets(solved map[string]string, before, after map[string]int) []ticketChange {
	var out []ticketChange
	for ticket, rule := range solved {
		if before[ticket] != after[ticket] {
			out = append(out, ticketChange{ticket, rule, before[ticket], after[ticket]})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Ticket < out[j].Ticket })
	return out
}

func printBacktest(w io.Writer, results []backtestResult) {
	for i, b := range results {
		if i == 0 {
			fmt.Fprintf(w, "\nOn %s\n", counted(b.Tickets, "solved ticket"))
		}
		fmt.Fprintf(w, "  %-7s MRR %.3f, first in %.1f%%\n", b.Rules, b.MRR, 100*b.Recall1)
		for _, c := range b.Changed {
			fmt.Fprintf(w, "    %s  %s: %s, was %s\n", c.Ticket, c.Rule, rankText(c.After), rankText(c.Before))
		}
	}
}

func rankText(n int) string {
	if n == 0 {
		return "not found"
	}
	return fmt.Sprintf("rank %d", n)
}
