package main

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"kbdiag/cmd/internal/profile"
	"kbdiag/engine"
	"kbdiag/parsers"
)

// inspected is one input with the summary of its events.
type inspected struct {
	engine.Input
	Members int `json:"members,omitempty"` // of an archive
	*profile.Summary
}

// topKinds is how many kinds of events inspect shows unless asked for all.
const topKinds = 20

func (a *app) inspect() *cobra.Command {
	var f inputFlags
	var format string
	var all bool
	c := &cobra.Command{
		Use:   "inspect PATH...",
		Short: "Say what each input is: form, times, hosts, events by kind, gaps, what was skipped",
		Long: `Reads each input, members of archives too, and says what it is: form, encoding,
hash, time range and zone, hosts, logs, events by source and id, levels, gaps in
the record numbers, cleared logs and starts of the computer, doubts on dates,
and what was skipped and where.`,
		Example: `  kbdiag inspect ticket-4711/
  kbdiag inspect --all application.evtx
  kbdiag inspect --format json dump.txt`,
		RunE: func(c *cobra.Command, paths []string) error {
			if format != "text" && format != "json" {
				return usage("--format %s: expected text or json", format)
			}
			zone, err := f.zone()
			if err != nil {
				return err
			}
			src, err := a.open(&f, paths)
			if err != nil {
				return err
			}
			top := topKinds
			if all {
				top = 0
			}
			var accounts []*parsers.Account
			var inputs []inspected
			stop := a.watch(src, paths, false, nil)
			defer stop()
			for _, file := range src.rd.Files(paths) {
				if c.Context().Err() != nil {
					return failed(c.Context().Err())
				}
				profiles := map[string]*profile.Profile{} // by path: an archive has many
				read := src.rd.Read(file, parsers.Visitor{Event: func(e *parsers.Event) {
					engine.PlaceInZone(e, zone)
					p := profiles[e.Pos.Path]
					if p == nil {
						p = profile.New()
						profiles[e.Pos.Path] = p
					}
					p.Event(e)
				}})
				for i, acct := range read {
					in := inspected{Input: engine.InputOf(acct), Summary: &profile.Summary{}}
					if p := profiles[acct.Path]; p != nil {
						in.Summary = p.Summary(top)
					}
					if i == 0 {
						in.Members = len(read) - 1
					}
					inputs = append(inputs, in)
				}
				accounts = append(accounts, read...)
			}
			stop()
			if err := a.printInspected(inputs, format); err != nil {
				return failed(err)
			}
			return a.readStatus(accounts)
		},
	}
	f.add(c)
	c.Flags().BoolVar(&f.carve, "carve", false, "also count old events in the free space of .evtx and .evt files")
	c.Flags().StringVar(&format, "format", "text", "text or json")
	c.Flags().BoolVar(&all, "all", false, "all kinds of events, not only the most frequent")
	return c
}

func (a *app) printInspected(inputs []inspected, format string) error {
	if format == "json" {
		return a.printJSON(map[string]any{"schema": engine.ReportSchema, "inputs": inputs})
	}
	w := bufio.NewWriter(a.stdout)
	for i := range inputs {
		printInput(w, &inputs[i])
	}
	return w.Flush()
}

func printInput(w *bufio.Writer, in *inspected) {
	fmt.Fprintln(w, in.Path)
	row := func(label, value string) {
		if value != "" {
			fmt.Fprintf(w, "  %-9s %s\n", label, value)
		}
	}
	row("error", in.Error)
	row("form", strings.TrimSpace(in.Format+"  "+in.Encoding))
	row("size", fmt.Sprintf("%d bytes", in.Bytes))
	row("sha256", in.SHA256)
	if in.Members > 0 {
		row("members", fmt.Sprint(in.Members))
	}
	row("records", fmt.Sprintf("%d (events %d, sessions %d, lines %d)", in.Records, in.Events, in.Sessions, in.Lines))
	if in.Carved > 0 {
		row("carved", fmt.Sprintf("%d old events, which are no records of the log", in.Carved))
	}
	if in.First != "" {
		row("time", in.First+" to "+in.Last)
	}
	row("hosts", strings.Join(in.Hosts, ", "))
	row("logs", strings.Join(in.Logs, ", "))
	in.Rows(row)
	for _, s := range in.Skipped {
		row("skipped", fmt.Sprintf("%d, first at %s: %s", s.Count, s.Pos, s.Reason))
	}
	for _, n := range in.Notes {
		row("note", n)
	}
}
