package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"kbdiag/engine"
)

func (a *app) triage() *cobra.Command {
	var f diagnoseFlags
	var t triage
	var output, shard string
	var resume bool
	c := &cobra.Command{
		Use:   "triage DIR...",
		Short: "Diagnose many tickets: every entry of a folder is one",
		Long: `Diagnoses every entry of the folders as a ticket of its own, several at a time,
and writes each result as it comes, in the order of the tickets. A ticket that
cannot be read is a result with its errors.

With --resume a run that was ended goes on: results that are whole in the file
of -o are kept, the other tickets are diagnosed. --shard 2/5 takes the second of
five parts of the tickets; kbdiag merge joins the results.`,
		Example: `  kbdiag triage tickets/
  kbdiag triage --format jsonl -o results.jsonl --resume tickets/
  kbdiag triage --format jsonl --shard 1/4 tickets/ > part1.jsonl`,
		RunE: func(c *cobra.Command, dirs []string) error {
			if t.format != "text" && t.format != "jsonl" {
				return usage("--format %s: expected text or jsonl", t.format)
			}
			if len(dirs) == 0 {
				return usage("no folder of tickets given")
			}
			if resume && (t.format != "jsonl" || output == "") {
				return usage("--resume: needs --format jsonl and -o FILE, where the results of the first run are")
			}
			if t.workers < 0 {
				return usage("--workers %d: expected 0 or more", t.workers)
			}
			part, err := parseShard(shard)
			if err != nil {
				return err
			}
			t.app, t.flags = a, &f
			if t.opts, err = f.options(); err != nil {
				return err
			}
			if t.set, err = f.compile(); err != nil {
				return err
			}
			tickets, err := ticketsIn(dirs)
			if err != nil {
				return failed(err)
			}
			tickets = part.of(tickets)
			if resume {
				return t.resume(c.Context(), output, tickets)
			}
			out, done, err := a.output(output)
			if err != nil {
				return err
			}
			defer done()
			t.w = out
			return t.run(c.Context(), tickets)
		},
	}
	f.add(c)
	c.Flags().StringVar(&t.format, "format", "text", "text or jsonl")
	c.Flags().StringVarP(&output, "output", "o", "", "write to this file")
	c.Flags().BoolVar(&resume, "resume", false, "go on where a run that was ended left its file")
	c.Flags().StringVar(&shard, "shard", "", "take one part of the tickets, such as 2/5")
	c.Flags().IntVar(&t.workers, "workers", 0, "tickets at a time, 0 for one a processor")
	return c
}

// ticketsIn lists the entries of folders, sorted, each once.
func ticketsIn(dirs []string) ([]string, error) {
	seen := map[string]bool{}
	var out []string
	for _, d := range dirs {
		entries, err := os.ReadDir(d)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			path := filepath.ToSlash(filepath.Join(d, e.Name()))
			if !strings.HasPrefix(e.Name(), ".") && !seen[path] {
				seen[path] = true
				out = append(out, path)
			}
		}
	}
	sort.Strings(out)
	return out, nil
}

// part is one of several parts of the tickets. The zero part is all.
type part struct{ i, n uint32 }

func parseShard(text string) (part, error) {
	if text == "" {
		return part{}, nil
	}
	left, right, _ := strings.Cut(text, "/")
	i, err1 := strconv.ParseUint(left, 10, 31)
	n, err2 := strconv.ParseUint(right, 10, 31)
	if err1 != nil || err2 != nil || i < 1 || i > n {
		return part{}, usage("--shard %s: expected a part and the number of parts, such as 2/5", text)
	}
	return part{uint32(i), uint32(n)}, nil
}

// of gives the tickets of the part. Which they are depends on their own names
// alone, so that tickets that come later do not move the others.
func (p part) of(tickets []string) []string {
	if p.n == 0 {
		return tickets
	}
	var out []string
	for _, t := range tickets {
		h := fnv.New32a()
		io.WriteString(h, filepath.Base(t))
		if h.Sum32()%p.n == p.i-1 {
			out = append(out, t)
		}
	}
	return out
}

// triage diagnoses tickets and writes their results.
type triage struct {
	app     *app
	set     *engine.Set
	opts    engine.Options
	flags   *diagnoseFlags
	format  string
	workers int
	w       io.Writer
	done    int // results that an earlier run wrote
	read    int
	lost    int
}

// waiting is how many results a worker may be ahead of the one that is written
// next.
const waiting = 4

// run diagnoses the tickets, several at a time, and writes the results in their
// order. No more than a few wait for their turn.
func (t *triage) run(ctx context.Context, tickets []string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers := t.workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	workers = max(1, min(workers, len(tickets)))
	type job struct {
		ticket string
		result chan *engine.Report
	}
	jobs, order := make(chan job), make(chan job, waiting*workers)
	for range workers {
		go func() {
			for j := range jobs {
				j.result <- t.one(ctx, j.ticket)
			}
		}()
	}
	go func() {
		defer close(jobs)
		defer close(order)
		for _, ticket := range tickets {
			j := job{ticket, make(chan *engine.Report, 1)}
			select {
			case order <- j:
			case <-ctx.Done():
				return
			}
			select {
			case jobs <- j:
			case <-ctx.Done():
				j.result <- nil
				return
			}
		}
	}()
	for j := range order {
		rep := <-j.result
		if rep == nil || rep.Partial {
			break
		}
		if err := t.print(rep); err != nil {
			return failed(err)
		}
	}
	if ctx.Err() != nil {
		return failed(fmt.Errorf("interrupted: the tickets written are whole, the others are not there"))
	}
	return t.status(len(tickets))
}

// one diagnoses one ticket. A ticket that cannot be read is a report with the
// errors of its inputs.
func (t *triage) one(ctx context.Context, ticket string) (rep *engine.Report) {
	opts := t.opts
	opts.Ticket, opts.Workers = ticket, 1
	defer func() {
		if recover() != nil { // the value may hold a secret
			rep = engine.Failed(t.set, opts, "analysis failed: defect in kbdiag, please report it")
		}
	}()
	src, err := t.app.open(&t.flags.inputs, []string{ticket})
	if err != nil {
		return engine.Failed(t.set, opts, err.Error())
	}
	return engine.Diagnose(ctx, t.set, src.rd, []string{ticket}, opts)
}

// print writes one result with one call, so that a file has whole lines but for
// the last.
func (t *triage) print(rep *engine.Report) error {
	for _, in := range rep.Inputs {
		t.read += in.Records
		if in.Error != "" {
			fmt.Fprintln(t.app.stderr, "kbdiag:", in.Error)
		}
		if !in.Complete {
			t.lost++
		}
	}
	var line bytes.Buffer
	if t.format == "jsonl" {
		enc := json.NewEncoder(&line)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(rep); err != nil {
			return err
		}
	} else {
		printRow(&line, rep)
	}
	_, err := t.w.Write(line.Bytes())
	return err
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
	case n+t.done == 0:
		return failed(fmt.Errorf("no tickets in the folders given"))
	case t.read == 0 && n > 0 && t.done == 0:
		return failed(fmt.Errorf("nothing could be analysed"))
	case t.lost > 0:
		return &exitError{status: exitPartial}
	}
	return nil
}
