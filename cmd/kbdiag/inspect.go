package main

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"kbdiag/engine"
	"kbdiag/parsers"
)

func (a *app) inspect() *cobra.Command {
	var f inputFlags
	var format string
	c := &cobra.Command{
		Use:   "inspect PATH...",
		Short: "Say what each input is: form, encoding, time range, hosts, what was skipped",
		Example: `  kbdiag inspect ticket-4711/
  kbdiag inspect --format json dump.txt`,
		RunE: func(c *cobra.Command, paths []string) error {
			if format != "text" && format != "json" {
				return usage("--format %s: expected text or json", format)
			}
			src, err := a.open(&f, paths)
			if err != nil {
				return err
			}
			var accounts []*parsers.Account
			for _, file := range src.rd.Files(paths) {
				if c.Context().Err() != nil {
					return failed(c.Context().Err())
				}
				accounts = append(accounts, src.rd.Read(file, parsers.Visitor{Want: nothingElse})...)
			}
			if err := a.printAccounts(accounts, format); err != nil {
				return failed(err)
			}
			return a.readStatus(accounts)
		},
	}
	f.add(c)
	c.Flags().BoolVar(&f.carve, "carve", false, "also count old events in the free space of .evtx and .evt files")
	c.Flags().StringVar(&format, "format", "text", "text or json")
	return c
}

func (a *app) printAccounts(accounts []*parsers.Account, format string) error {
	inputs := make([]engine.Input, len(accounts))
	for i, acct := range accounts {
		inputs[i] = engine.InputOf(acct)
	}
	if format == "json" {
		return a.printJSON(map[string]any{"schema": engine.ReportSchema, "inputs": inputs})
	}
	w := bufio.NewWriter(a.stdout)
	for i := range inputs {
		printInput(w, &inputs[i])
	}
	return w.Flush()
}

func printInput(w *bufio.Writer, in *engine.Input) {
	fmt.Fprintln(w, in.Path)
	row := func(label, value string) {
		if value != "" {
			fmt.Fprintf(w, "  %-9s %s\n", label, value)
		}
	}
	row("error", in.Error)
	row("form", strings.TrimSpace(in.Format+"  "+in.Encoding))
	row("size", fmt.Sprintf("%d bytes", in.Bytes))
	row("records", fmt.Sprintf("%d (events %d, sessions %d, lines %d)", in.Records, in.Events, in.Sessions, in.Lines))
	if in.Carved > 0 {
		row("carved", fmt.Sprintf("%d old events, which are no records of the log", in.Carved))
	}
	if in.First != "" {
		row("time", in.First+" to "+in.Last)
	}
	row("hosts", strings.Join(in.Hosts, ", "))
	row("logs", strings.Join(in.Logs, ", "))
	for _, s := range in.Skipped {
		row("skipped", fmt.Sprintf("%d, first at line %d: %s", s.Count, s.Pos.Line, s.Reason))
	}
	for _, n := range in.Notes {
		row("note", n)
	}
}
