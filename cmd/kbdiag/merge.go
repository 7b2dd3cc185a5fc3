package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"kbdiag/engine"
)

func (a *app) merge() *cobra.Command {
	var format, output string
	c := &cobra.Command{
		Use:   "merge FILE...",
		Short: "Join results of triage into one summary",
		Long: `Reads the results of triage --format jsonl, in any order and from any number of
shards, and sums them up: how many tickets each diagnosis has, by product and by
week, and which tickets show the same. A ticket that is there twice counts once.`,
		Example: `  kbdiag merge part1.jsonl part2.jsonl
  kbdiag merge --format json -o summary.json results/*.jsonl`,
		RunE: func(_ *cobra.Command, files []string) error {
			if format != "text" && format != "json" {
				return usage("--format %s: expected text or json", format)
			}
			if len(files) == 0 {
				return usage("no results given: name files of triage --format jsonl, or - for standard input")
			}
			fleet := engine.NewFleet()
			for _, name := range files {
				if err := a.addResults(fleet, name); err != nil {
					return failed(fmt.Errorf("%s: %w", name, err))
				}
			}
			out, done, err := a.output(output)
			if err != nil {
				return err
			}
			defer done()
			s := fleet.Summary()
			if format == "json" {
				enc := json.NewEncoder(out)
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				err = enc.Encode(s)
			} else {
				err = printSummary(out, &s)
			}
			if err != nil {
				return failed(err)
			}
			return nil
		},
	}
	c.Flags().StringVar(&format, "format", "text", "text or json")
	c.Flags().StringVarP(&output, "output", "o", "", "write to this file")
	return c
}

// addResults adds the results of one file. A last line without its end is what
// a run that was ended left: it is no result.
func (a *app) addResults(fleet *engine.Fleet, name string) error {
	src := a.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		src = f
	}
	r := bufio.NewReaderSize(src, 1<<20)
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			if len(line) > 0 {
				fmt.Fprintf(a.stderr, "kbdiag: %s:%d: line without an end left out\n", name, n)
			}
			return nil
		}
		if err != nil {
			return err
		}
		var rep engine.Report
		if err := json.Unmarshal(line, &rep); err != nil || rep.Ticket == "" {
			return fmt.Errorf("line %d is no result of triage --format jsonl", n)
		}
		fleet.Add(&rep)
	}
}

func printSummary(out io.Writer, s *engine.Summary) error {
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, "%d tickets", s.Tickets)
	if s.Partial > 0 {
		fmt.Fprintf(w, ", %d of them not read whole", s.Partial)
	}
	if s.Twice > 0 {
		fmt.Fprintf(w, "; %d results of a ticket that was there already", s.Twice)
	}
	fmt.Fprintln(w)
	printTallies(w, "Diagnoses", "no diagnosis", s.Diagnoses)
	printTallies(w, "Products", "no product", s.Products)
	printTallies(w, "Weeks", "no time", s.Weeks)
	if len(s.Groups) > 0 {
		fmt.Fprintf(w, "\nTickets that show the same\n")
	}
	for _, g := range s.Groups {
		fmt.Fprintf(w, "  %s  %-8s  %s\n", g.Fingerprint, g.Rule, strings.Join(g.Tickets, ", "))
	}
	return w.Flush()
}

func printTallies(w io.Writer, title, none string, list []engine.Tally) {
	fmt.Fprintf(w, "\n%s\n", title)
	for _, t := range list {
		name := t.Name
		if name == "" {
			name = none
		}
		line := fmt.Sprintf("  %6d  %6d likely  %-12s  %s", t.Tickets, t.Likely, name, t.Title)
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}
