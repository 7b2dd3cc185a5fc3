package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// watchEvery is how often the files are looked at.
const watchEvery = 300 * time.Millisecond

// watchRules runs the tests, and again whenever a file of the paths changes,
// until the context ends. Neither a failing sample nor a rule that does not
// load ends it: both are what an author is at work on.
func (a *app) watchRules(ctx context.Context, f *testFlags, paths []string) error {
	last := ""
	for {
		if now := stampOf(paths); now != last {
			last = now
			err := a.testRules(ctx, f, paths)
			var e *exitError
			if errors.As(err, &e) && e.err != nil {
				fmt.Fprintln(a.stderr, "kbdiag:", e.err)
			}
			if f.seen {
				last = stampOf(paths) // what was just written is no change
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(watchEvery):
		}
	}
}

// stampOf sums up names, sizes and times of all files under the paths. The
// samples of a rule file given by itself belong to it.
func stampOf(paths []string) string {
	var b strings.Builder
	for _, p := range paths {
		roots := []string{p}
		if stem, ok := strings.CutSuffix(p, ".toml"); ok {
			roots = append(roots, stem)
		}
		for _, root := range roots {
			//nolint:errcheck // what cannot be read is no part of the stamp
			filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return nil
				}
				if info, err := os.Stat(path); err == nil {
					fmt.Fprintf(&b, "%s %d %d\n", path, info.Size(), info.ModTime().UnixNano())
				}
				return nil
			})
		}
	}
	return b.String()
}
