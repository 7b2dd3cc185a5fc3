package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"kbdiag/engine"
)

func (a *app) triage() *cobra.Command {
	var f diagnoseFlags
	var format, output string
	c := &cobra.Command{
		Use:   "triage DIR...",
		Short: "Diagnose many tickets: every entry of a folder is one",
		Example: `  kbdiag triage tickets/
  kbdiag triage --format jsonl tickets/ > results.jsonl`,
		RunE: func(c *cobra.Command, dirs []string) error {
			if format != "text" && format != "jsonl" {
				return usage("--format %s: expected text or jsonl", format)
			}
			if len(dirs) == 0 {
				return usage("no folder of tickets given")
			}
			opts, err := f.options()
			if err != nil {
				return err
			}
			set, err := f.compile()
			if err != nil {
				return err
			}
			tickets, err := ticketsIn(dirs)
			if err != nil {
				return failed(err)
			}
			out, done, err := a.output(output)
			if err != nil {
				return err
			}
			defer done()
			t := &triage{app: a, set: set, opts: opts, flags: &f, format: format, w: bufio.NewWriter(out)}
			return t.run(c.Context(), tickets)
		},
	}
	f.add(c)
	c.Flags().StringVar(&format, "format", "text", "text or jsonl")
	c.Flags().StringVarP(&output, "output", "o", "", "write to this file")
	return c
}

// ticketsIn lists the entries of folders, sorted.
func ticketsIn(dirs []string) ([]string, error) {
	var out []string
	for _, d := range dirs {
		entries, err := os.ReadDir(d)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !strings.HasPrefix(e.Name(), ".") {
				out = append(out, filepath.ToSlash(filepath.Join(d, e.Name())))
			}
		}
	}
	sort.Strings(out)
	return out, nil
}

// triage diagnoses tickets one after another and prints each as it comes.
type triage struct {
	app    *app
	set    *engine.Set
	opts   engine.Options
	flags  *diagnoseFlags
	format string
	w      *bufio.Writer
	read   int
	lost   int
}

// triageWorkers is how many tickets are read at once. Most tickets are small,
// so several at once use the processors better than several inputs of one.
const triageWorkers = 4

func (t *triage) run(ctx context.Context, tickets []string) error {
	results := make([]chan *engine.Report, len(tickets))
	for i := range results {
		results[i] = make(chan *engine.Report, 1)
	}
	jobs := make(chan int)
	var wg sync.WaitGroup
	for range min(triageWorkers, len(tickets)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range jobs {
				results[i] <- t.one(ctx, tickets[i])
			}
		}()
	}
	go func() {
		defer close(jobs)
		for i := range tickets {
			jobs <- i
		}
	}()
	defer wg.Wait()
	for i := range tickets {
		if err := t.print(<-results[i]); err != nil {
			return failed(err)
		}
	}
	return t.status(len(tickets))
}

// one diagnoses one ticket. A ticket that cannot be read is a report with the
// errors of its inputs.
func (t *triage) one(ctx context.Context, ticket string) *engine.Report {
	src, err := t.app.open(&t.flags.inputs, []string{ticket})
	if err != nil {
		return nil
	}
	opts := t.opts
	opts.Ticket, opts.Workers = ticket, 1
	rep, err := engine.Diagnose(ctx, t.set, src.rd, []string{ticket}, opts)
	if err != nil {
		return nil
	}
	return rep
}

func (t *triage) print(rep *engine.Report) error {
	if rep == nil {
		return context.Canceled
	}
	for _, in := range rep.Inputs {
		t.read += in.Records
		if in.Error != "" {
			fmt.Fprintln(t.app.stderr, "kbdiag:", in.Error)
		}
		if !in.Complete {
			t.lost++
		}
	}
	if t.format == "jsonl" {
		enc := json.NewEncoder(t.w)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(rep); err != nil {
			return err
		}
		return t.w.Flush()
	}
	printRow(t.w, rep)
	return t.w.Flush()
}

func printRow(w io.Writer, rep *engine.Report) {
	if len(rep.Diagnoses) == 0 {
		fmt.Fprintf(w, "%-30s  -\n", rep.Ticket)
		return
	}
	d := &rep.Diagnoses[0]
	fmt.Fprintf(w, "%-30s  %-8s %4.0f%%  %-8s  %s\n", rep.Ticket, d.Rule, 100*d.Confidence, d.Level, d.Title)
}

func (t *triage) status(n int) error {
	switch {
	case n == 0:
		return failed(fmt.Errorf("no tickets in the folders given"))
	case t.read == 0:
		return failed(fmt.Errorf("nothing could be analysed"))
	case t.lost > 0:
		return &exitError{status: exitPartial}
	}
	return nil
}
