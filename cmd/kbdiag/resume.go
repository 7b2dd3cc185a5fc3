package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"kbdiag/engine"
)

// resume goes on with the results in a file. What an earlier run wrote whole is
// kept, a line that it did not end is taken away.
func (t *triage) resume(ctx context.Context, output string, tickets []string) error {
	f, err := os.OpenFile(output, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return failed(err)
	}
	defer f.Close()
	done, whole, err := t.written(f)
	if err != nil {
		return failed(fmt.Errorf("%s: %w", output, err))
	}
	if err := f.Truncate(whole); err != nil {
		return failed(err)
	}
	if _, err := f.Seek(whole, io.SeekStart); err != nil {
		return failed(err)
	}
	var left []string
	for _, ticket := range tickets {
		if !done[ticket] {
			left = append(left, ticket)
		}
	}
	t.w, t.done = f, len(done)
	if err := t.run(ctx, left); err != nil {
		return err
	}
	return f.Close()
}

// written reads the results of an earlier run: the tickets that are done, and
// the bytes of the lines that are whole. Results of other rules are refused,
// for the file would hold two kinds.
func (t *triage) written(f io.Reader) (done map[string]bool, whole int64, err error) {
	done = map[string]bool{}
	r := bufio.NewReaderSize(f, 1<<20)
	mine := engine.Failed(t.set, t.opts, "").Tool
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return done, whole, nil
		}
		if err != nil {
			return nil, 0, err
		}
		var rep struct {
			Ticket string      `json:"ticket"`
			Tool   engine.Tool `json:"tool"`
			Inputs []struct {
				Complete bool `json:"complete"`
			} `json:"inputs"`
		}
		if err := json.Unmarshal(line, &rep); err != nil || rep.Ticket == "" {
			return nil, 0, fmt.Errorf("line %d is no result of triage: start anew without --resume", n)
		}
		if rep.Tool != mine {
			return nil, 0, fmt.Errorf("line %d was made with other rules or another version: start anew without --resume", n)
		}
		done[rep.Ticket] = true
		for _, in := range rep.Inputs {
			if !in.Complete {
				t.lost++
			}
		}
		whole += int64(len(line))
	}
}
