package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"kbdiag/cmd/internal/findings"
	"kbdiag/rules"
)

// lintFlags say what rules lint does.
type lintFlags struct {
	format, explain, level string
	fix                    bool
}

func (a *app) rulesLint() *cobra.Command {
	var f lintFlags
	c := &cobra.Command{
		Use:   "lint [PATH...]",
		Short: "Check rule files without logs: everything that is wrong, at once",
		Long: `Checks the rules of files and folders, or those that kbdiag brings. Prints each
finding as file:line:column with its code, which --explain explains. --fix mends
what has one right answer, and leaves every other byte of the file as it is.

Exit status 1 if a rule cannot be loaded.`,
		Example: `  kbdiag rules lint myrules/
  kbdiag rules lint --fix myrules/
  kbdiag rules lint --explain slow-pattern
  kbdiag rules lint --format sarif myrules/ > rules.sarif`,
		RunE: func(c *cobra.Command, paths []string) error {
			if c.Flags().Changed("explain") {
				return a.explainCode(f.explain)
			}
			return a.lint(&f, paths)
		},
	}
	c.Flags().StringVar(&f.format, "format", "text", "text, json, sarif or github")
	c.Flags().StringVar(&f.explain, "explain", "", "explain a kind of finding, or all of them: --explain all")
	c.Flags().StringVar(&f.level, "level", "note", "least severity that is printed: error, warning or note")
	c.Flags().BoolVar(&f.fix, "fix", false, "mend what has one right answer")
	return c
}

// lint checks the rules of the paths, or those that the program brings.
func (a *app) lint(f *lintFlags, paths []string) error {
	write := findings.Formats()[f.format]
	if write == nil {
		return usage("--format %s: expected %s", f.format, strings.Join(slices.Sorted(maps.Keys(findings.Formats())), ", "))
	}
	levels := []rules.Severity{rules.SeverityError, rules.SeverityWarning, rules.SeverityNote}
	least := slices.Index(levels, rules.Severity(f.level))
	if least < 0 {
		return usage("--level %s: expected error, warning or note", f.level)
	}
	if f.fix && len(paths) == 0 {
		return usage("--fix: name the files or folders to mend")
	}
	list := lintPaths(paths)
	if f.fix {
		mended, err := a.mend(list)
		if err != nil {
			return failed(err)
		}
		if mended {
			list = lintPaths(paths)
		}
	}
	bad := slices.ContainsFunc(list, func(f rules.Finding) bool { return f.Severity == rules.SeverityError })
	list = slices.DeleteFunc(list, func(f rules.Finding) bool { return slices.Index(levels, f.Severity) > least })
	if err := write(a.stdout, list, version); err != nil {
		return failed(err)
	}
	if bad {
		return &exitError{status: exitFailed}
	}
	return nil
}

// lintPaths checks the rules of the paths, or those that the program brings.
// What keeps a rule from being loaded is among the findings.
func lintPaths(paths []string) []rules.Finding {
	var base *rules.Base
	if len(paths) == 0 {
		base, _ = rules.Builtin()
	} else {
		base, _ = rules.LoadPaths(paths...)
	}
	return rules.Lint(base)
}

// mend mends the files that have findings with an edit, and tells of each.
func (a *app) mend(list []rules.Finding) (mended bool, err error) {
	last := ""
	for _, f := range list {
		if f.Edit == nil || f.File == last {
			continue
		}
		last = f.File
		raw, err := os.ReadFile(f.File)
		if errors.Is(err, fs.ErrNotExist) {
			continue // a rule of a pack
		}
		if err != nil {
			return mended, err
		}
		text, done := rules.Mend(f.File, raw)
		if len(done) == 0 {
			continue
		}
		if err := replaceFile(f.File, text); err != nil {
			return mended, err
		}
		mended = true
		for _, d := range done {
			fmt.Fprintf(a.stderr, "mended %s [%s]\n", d, d.Code)
		}
	}
	return mended, nil
}

// replaceFile puts new content in the place of a file in one step, so that the
// file is never half written. Its permissions stay.
func replaceFile(name string, content []byte) error {
	name, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already where all went well
	_, err = f.Write(content)
	if err == nil {
		err = f.Chmod(info.Mode().Perm())
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	return err
}

// explainCode prints what a kind of finding means.
func (a *app) explainCode(name string) error {
	docs := rules.CodeDocs()
	if name != "all" {
		doc, ok := rules.DocOf(rules.Code(name))
		if !ok {
			near := rules.NearestCode(name)
			if near != "" {
				return usage("--explain %s: there is no such code, did you mean %s?", name, near)
			}
			return usage("--explain %s: there is no such code, see --explain all", name)
		}
		docs = []rules.CodeDoc{doc}
	}
	for i, d := range docs {
		if i > 0 {
			fmt.Fprintln(a.stdout)
		}
		fmt.Fprintf(a.stdout, "%s (%s)\n  %s\n  What to do: %s\n", d.Code, d.Severity, d.Means, d.Do)
	}
	return nil
}
