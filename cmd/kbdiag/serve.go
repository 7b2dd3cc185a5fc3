//go:build !js

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"kbdiag/cmd/internal/history"
	"kbdiag/cmd/internal/report"
	"kbdiag/cmd/internal/serve"
	"kbdiag/engine"
	"kbdiag/parsers"
	"kbdiag/rules"
)

// serveFlags say how the page is served.
type serveFlags struct {
	diagnose  diagnoseFlags
	address   string
	port      int
	history   string
	noHistory bool
	maxUpload int
}

// servedTop is how many diagnoses the page's reports hold: enough to see where
// a changed rule moves.
const servedTop = 50

func (a *app) serve() *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve a page on this machine: drop files, read the report, try changed rules, compare runs",
		Long: `Serves a page to a browser on this machine and prints its address. Files, folders
and archives that are dropped there are diagnosed; the page shows the report,
says why a rule does not apply, tries a changed rule on the ticket, and compares
two runs of a ticket.

Nothing leaves the machine. The page listens on loopback only, the address holds
a secret without which every request is refused, and it ends with Ctrl-C. Files
lie in a private folder until then. The reports, not the files, are kept in a
history, unless --no-history is given.

The flags of kbdiag diagnose hold for every ticket.`,
		Example: `  kbdiag serve
  kbdiag serve --rules myrules/ --port 8099
  kbdiag serve --no-history --max-upload 8192`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.runServe(c, &f) },
	}
	f.diagnose.add(c)
	f.diagnose.top = servedTop
	c.Flags().Lookup("top").DefValue = fmt.Sprint(servedTop)
	c.Flags().StringVar(&f.address, "address", "127.0.0.1", "loopback address to listen on: 127.0.0.1 or ::1")
	c.Flags().IntVar(&f.port, "port", 0, "port to listen on, 0 for any that is free")
	c.Flags().StringVar(&f.history, "history", "", "file that keeps the reports (default history.db in your configuration folder)")
	c.Flags().BoolVar(&f.noHistory, "no-history", false, "forget the reports when the page ends")
	c.Flags().IntVar(&f.maxUpload, "max-upload", int(serve.DefaultLimits().Bytes>>20), "most that one ticket may hold, in MB")
	return c
}

func (a *app) runServe(c *cobra.Command, f *serveFlags) (err error) {
	switch {
	case f.port < 0 || f.port > 65535:
		return usage("--port %d: expected 0 to 65535", f.port)
	case f.maxUpload < 1 || f.maxUpload > 1<<20:
		return usage("--max-upload %d: expected 1 to %d", f.maxUpload, 1<<20)
	case f.noHistory && f.history != "":
		return usage("--history and --no-history: one of them")
	}
	opts, err := a.serveOptions(f)
	if err != nil {
		return err
	}
	if opts.Past, opts.Keeps, err = f.past(); err != nil {
		return failed(err)
	}
	defer opts.Past.Close()
	s, err := serve.New(opts, f.address, f.port)
	if err != nil {
		return failed(err)
	}
	fmt.Fprintf(a.stdout, "%s\n", s.URL())
	fmt.Fprintf(a.stderr, "Open this address in a browser on this machine. It is for you alone. Ctrl-C ends it.\n")
	if err := s.Serve(c.Context()); err != nil {
		return failed(err)
	}
	return nil
}

// past opens the history. Keeps is where it is, "" for nowhere.
func (f *serveFlags) past() (past *history.Store, keeps string, err error) {
	if f.noHistory {
		past, err = history.InMemory()
		return past, "", err
	}
	if keeps = f.history; keeps == "" {
		if keeps, err = history.DefaultPath(); err != nil {
			return nil, "", fmt.Errorf("no place for the history: %w: name one with --history, or give --no-history", err)
		}
	}
	past, err = history.Open(keeps)
	return past, keeps, err
}

// serveOptions gives the server what diagnose would use.
func (a *app) serveOptions(f *serveFlags) (serve.Options, error) {
	out := serve.Options{Version: version, Limits: serve.DefaultLimits()}
	out.Limits.Bytes = int64(f.maxUpload) << 20
	if _, err := f.diagnose.options(); err != nil {
		return out, err
	}
	if _, err := a.open(&f.diagnose.inputs, []string{"."}); err != nil {
		return out, err
	}
	base, err := f.diagnose.rules.load()
	if err != nil {
		return out, err
	}
	table, err := f.diagnose.calibration()
	if err != nil {
		return out, err
	}
	out.Base = base
	out.Compile = func(list []*rules.Rule) *engine.Set {
		set := engine.Compile(list, (&rules.Base{Rules: list}).SHA256())
		if table != nil {
			set.Calibrate(table)
		}
		return set
	}
	out.Set = out.Compile(base.Rules)
	out.Reader = func() *parsers.Reader {
		src, _ := a.open(&f.diagnose.inputs, []string{"."}) // was tried above
		return src.rd
	}
	out.Engine = func(said serve.Stated) (engine.Options, error) {
		one := f.diagnose
		if r, ok := report.Find("html"); ok {
			one.context = r.Context
		}
		if said.Product != "" {
			one.product = said.Product
		}
		if said.At != "" {
			if _, err := timeFlag("at", said.At); err != nil {
				return engine.Options{}, fmt.Errorf("%q is not a time such as 2001-05-10 17:49", said.At)
			}
			one.at = said.At
		}
		opts, err := one.options()
		opts.Ticket = said.Ticket
		return opts, err
	}
	return out, nil
}
