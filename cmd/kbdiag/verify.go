package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"kbdiag/engine"
	"kbdiag/parsers"
)

func (a *app) verify() *cobra.Command {
	var f inputFlags
	var dir string
	c := &cobra.Command{
		Use:   "verify REPORT.json",
		Short: "Read the evidence of a report again and check that nothing has changed",
		Long: `Reads every input that the report names again and compares its size and SHA-256,
and every piece of evidence its bytes. Names are taken from where the command is
run, as in the run that made the report. What came from standard input cannot be
read again.

Exit status: 0 all is as it was, 1 something has changed or is not there, 2 wrong
use, 3 nothing has changed, but not all could be checked.`,
		Example: `  kbdiag diagnose --format json -o report.json ticket-4711/
  kbdiag verify report.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("no report given: kbdiag verify REPORT.json")
			}
			src, err := a.open(&f, args)
			if err != nil {
				return err
			}
			v := &verifier{rd: src.rd, dir: dir, w: bufio.NewWriter(a.stdout), accounts: map[string]*parsers.Account{}}
			if err := a.eachReport(args[0], v.report); err != nil {
				return failed(fmt.Errorf("%s: %w", args[0], err))
			}
			return v.end()
		},
	}
	c.Flags().StringVar(&dir, "dir", "", "folder that the report's paths start from")
	return c
}

// eachReport reads the reports of a file: one, or one a line.
func (a *app) eachReport(name string, take func(*engine.Report) error) error {
	src := a.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return errors.Unwrap(err)
		}
		defer f.Close()
		src = f
	}
	dec := json.NewDecoder(src)
	for n := 0; ; n++ {
		var rep engine.Report
		err := dec.Decode(&rep)
		if errors.Is(err, io.EOF) && n > 0 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("not a report of kbdiag diagnose --format json: %w", err)
		}
		if rep.Schema != engine.ReportSchema {
			return fmt.Errorf("a report of schema %d: expected %d", rep.Schema, engine.ReportSchema)
		}
		if err := take(&rep); err != nil {
			return err
		}
	}
}

// verifier compares reports with their inputs.
type verifier struct {
	rd       *parsers.Reader
	dir      string
	w        *bufio.Writer
	accounts map[string]*parsers.Account // of what was read again, by path

	inputs, evidence int // that are as they were
	changed, left    int
}

func (v *verifier) end() error {
	fmt.Fprintf(v.w, "%d inputs and %d pieces of evidence are as they were, %d changed, %d could not be checked\n", v.inputs, v.evidence, v.changed, v.left)
	if err := v.w.Flush(); err != nil {
		return failed(err)
	}
	switch {
	case v.changed > 0:
		return &exitError{status: exitFailed}
	case v.left > 0:
		return &exitError{status: exitPartial}
	}
	return nil
}

func (v *verifier) differs(what, format string, args ...any) {
	v.changed++
	fmt.Fprintf(v.w, "CHANGED      %s: %s\n", what, fmt.Sprintf(format, args...))
}

func (v *verifier) cannot(what, why string) {
	v.left++
	fmt.Fprintf(v.w, "NOT CHECKED  %s: %s\n", what, why)
}

func (v *verifier) report(rep *engine.Report) error {
	for i := range rep.Inputs {
		v.input(&rep.Inputs[i])
	}
	for i := range rep.Diagnoses {
		d := &rep.Diagnoses[i]
		for _, list := range [][]engine.Evidence{d.Evidence, d.Against} {
			for j := range list {
				v.piece(d, &list[j])
			}
		}
	}
	return nil
}

const fromStdin = "came from standard input, which cannot be read again"

func (v *verifier) input(in *engine.Input) {
	switch {
	case isStdin(in.Path):
		v.cannot(in.Path, fromStdin)
		return
	case in.SHA256 == "":
		v.cannot(in.Path, "the report has no SHA-256 of it: "+in.Error)
		return
	}
	size, sum, err := v.sum(in)
	switch {
	case err != nil:
		v.differs(in.Path, "%v", err)
	case size != in.Bytes:
		v.differs(in.Path, "%d bytes, %d in the report", size, in.Bytes)
	case sum != in.SHA256:
		v.differs(in.Path, "SHA-256 is %s, %s in the report", sum, in.SHA256)
	default:
		v.inputs++
	}
}

// isStdin tells standard input and what was unpacked of it.
func isStdin(path string) bool {
	return path == parsers.StdinName || strings.HasPrefix(path, parsers.StdinName+"!")
}

// sum reads an input again. Members of archives come out of reading the archive.
func (v *verifier) sum(in *engine.Input) (size int64, sum string, err error) {
	f, err := os.Open(filepath.FromSlash(v.path(in.Path)))
	if err == nil {
		defer f.Close()
		h := sha256.New()
		n, err := io.Copy(h, f)
		return n, hex.EncodeToString(h.Sum(nil)), err
	}
	outer := v.archiveOf(in.Path)
	if outer == "" {
		return 0, "", notThere(err)
	}
	if v.accounts[outer] == nil {
		for _, acct := range v.rd.Read(outer, parsers.Visitor{Want: func(*parsers.Event) bool { return false }}) {
			v.accounts[acct.Path] = acct
		}
	}
	acct := v.accounts[v.path(in.Path)]
	if acct == nil {
		return 0, "", errors.New("not in the archive any more")
	}
	return acct.Bytes, acct.SHA256, nil
}

// archiveOf gives the file that a path's members are in, "" for none.
func (v *verifier) archiveOf(path string) string {
	for i, c := range path {
		if c != '!' {
			continue
		}
		if outer := v.path(path[:i]); isFile(outer) {
			return outer
		}
	}
	return ""
}

func (v *verifier) path(p string) string {
	if v.dir == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.ToSlash(filepath.Join(v.dir, p))
}

func notThere(err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// piece compares the bytes of a piece of evidence.
func (v *verifier) piece(d *engine.Diagnosis, e *engine.Evidence) {
	what := fmt.Sprintf("%s of %s (%s) in %s, line %d, bytes %d to %d", e.ID, d.Rule, e.Signal, e.Path, e.Line, e.Offset, e.Offset+e.Length)
	switch {
	case isStdin(e.Path):
		v.cannot(what, fromStdin)
		return
	case e.SHA256 == "":
		v.cannot(what, "the report has no SHA-256 of it")
		return
	case e.Offset < 0 || e.Length < 0:
		v.differs(what, "no such place")
		return
	}
	src, err := v.rd.Section(v.path(e.Path), e.Offset, e.Length)
	if err != nil {
		v.differs(what, "%v", notThere(err))
		return
	}
	defer src.Close()
	h := sha256.New()
	n, err := io.Copy(h, src)
	switch {
	case err != nil:
		v.differs(what, "%v", err)
	case n != e.Length:
		v.differs(what, "only %d of %d bytes are there", n, e.Length)
	case hex.EncodeToString(h.Sum(nil)) != e.SHA256:
		v.differs(what, "the bytes are others")
	default:
		v.evidence++
	}
}
