package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"kbdiag/cmd/internal/report"
	"kbdiag/engine"
	"kbdiag/rules"
)

// diagnoseFlags are what diagnose, triage and explain share.
type diagnoseFlags struct {
	inputs  inputFlags
	rules   ruleFlags
	at      string
	since   string
	until   string
	product string
	top     int
	skew    []string
	context int // lines around the evidence
	look    lookFlags
	table   string
}

func (f *diagnoseFlags) add(c *cobra.Command) {
	f.inputs.add(c)
	f.rules.add(c)
	c.Flags().StringVar(&f.at, "at", "", "time of the trouble, such as 2001-05-10T17:49")
	c.Flags().StringVar(&f.since, "since", "", "leave out what is before this time")
	c.Flags().StringVar(&f.until, "until", "", "leave out what is after this time")
	c.Flags().StringVar(&f.product, "product", "", `product and version, such as "Exchange Server 5.5"`)
	c.Flags().StringVar(&f.table, "calibration", "", "table of kbdiag rules calibrate; a folder of rules may bring its own")
	c.Flags().IntVar(&f.top, "top", 10, "number of diagnoses to give, 0 for all")
	c.Flags().StringArrayVar(&f.skew, "skew", nil, "clock of a host: how far it is ahead, such as MAIL3=+90s, MAIL3=-2m~5s where that may be off by 5s (may be given again)")
	c.Flags().BoolVar(&f.look.noColor, "no-color", false, "no colours, whatever the terminal")
}

// compile makes the rules ready, with the table of confidence to use.
func (f *diagnoseFlags) compile() (*engine.Set, error) {
	set, err := f.rules.compile()
	if err != nil {
		return nil, err
	}
	table, err := f.calibration()
	if err == nil && table != nil {
		set.Calibrate(table)
	}
	return set, err
}

// calibration reads the table of confidence to use, nil for none.
func (f *diagnoseFlags) calibration() (*engine.Calibration, error) {
	table := f.table
	for _, p := range f.rules.paths {
		if own := filepath.Join(p, tableName); table == "" && isFile(own) {
			table = own
		}
	}
	if table == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(table)
	if err != nil {
		return nil, failed(err)
	}
	c, err := engine.ParseCalibration(raw)
	if err != nil {
		return nil, failed(fmt.Errorf("%s: %w", table, err))
	}
	return c, nil
}

// tableName is the table of confidence that stands beside the rules of a
// folder it was made for.
const tableName = "calibration.json"

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func (f *diagnoseFlags) options() (engine.Options, error) {
	opts := engine.Options{Top: f.top, Context: f.context, Product: f.product, Version: version}
	if f.top < 0 {
		return opts, usage("--top %d: expected 0 or more", f.top)
	}
	var err error
	if opts.Zone, err = f.inputs.zone(); err != nil {
		return opts, err
	}
	if opts.At, err = timeFlag("at", f.at); err != nil {
		return opts, err
	}
	if opts.Since, err = timeFlag("since", f.since); err != nil {
		return opts, err
	}
	if opts.Until, err = timeFlag("until", f.until); err != nil {
		return opts, err
	}
	opts.Skew, err = skewFlags(f.skew)
	return opts, err
}

// skewFlags reads HOST=AHEAD and HOST=AHEAD~WITHIN.
func skewFlags(values []string) (map[string]engine.Skew, error) {
	out := map[string]engine.Skew{}
	for _, v := range values {
		wrong := usage("--skew %s: expected a host and how far its clock is ahead, such as MAIL3=+90s or MAIL3=-2m~5s", v)
		host, ahead, ok := strings.Cut(v, "=")
		ahead, within, unsure := strings.Cut(ahead, "~")
		digits := strings.TrimLeft(ahead, "+-")
		d, err := rules.ParseDuration(digits)
		if !ok || host == "" || err != nil || len(ahead)-len(digits) > 1 {
			return nil, wrong
		}
		s := engine.Skew{Ahead: d}
		if strings.HasPrefix(ahead, "-") {
			s.Ahead = -d
		}
		if unsure {
			if s.Within, err = rules.ParseDuration(within); err != nil {
				return nil, wrong
			}
		}
		out[strings.ToLower(host)] = s
	}
	return out, nil
}

func (a *app) diagnose() *cobra.Command {
	var f diagnoseFlags
	var format, output, failOn string
	var also []string
	c := &cobra.Command{
		Use:   "diagnose PATH...",
		Short: "Say which article a ticket's logs and transcripts speak for",
		Long: `Reads all paths as one ticket (files, folders, archives, mails, - for standard
input) and gives the ranked diagnoses, each with its confidence, the evidence by
file and line, the cause, the steps, and what to ask for next.

Exit status: 0 ran, 1 nothing could be analysed, 2 usage, 3 part of the input
could not be read, 4 a diagnosis reaches the level of --fail-on.`,
		Example: `  kbdiag diagnose ticket-4711/
  kbdiag diagnose --product "Exchange Server 5.5" application.csv telnet.txt
  kbdiag diagnose --format html -o report.html ticket.zip
  kbdiag diagnose --also html=report.html --also json=report.json ticket.zip
  kbdiag diagnose --format reply ticket-4711/ > mail.txt`,
		RunE: func(c *cobra.Command, paths []string) error {
			r, ok := report.Find(format)
			if !ok {
				return usage("--format %s: expected one of %s", format, formatNames())
			}
			copies, err := copiesOf(also)
			if err != nil {
				return err
			}
			f.context = contextFor(append(copies, reportCopy{r, output}), f.look.verbose)
			if f.look.verbose && f.look.quiet {
				return usage("--verbose and --quiet: one of them")
			}
			threshold, err := failLevel(failOn)
			if err != nil {
				return err
			}
			rep, err := a.analyse(c, &f, paths)
			if err != nil {
				return err
			}
			out, done, err := a.output(output)
			if err != nil {
				return err
			}
			defer done()
			if err := a.show(out, r, fit(rep, r, &f.look), &f.look); err != nil {
				return failed(err)
			}
			if err := a.writeCopies(copies, rep, &f.look); err != nil {
				return err
			}
			if err := a.reportStatus(rep); err != nil {
				return err
			}
			if reaches(rep, threshold) {
				return &exitError{status: exitFailOn}
			}
			return nil
		},
	}
	f.add(c)
	f.look.add(c)
	c.Flags().StringVar(&format, "format", "text", formatNames())
	c.Flags().StringVarP(&output, "output", "o", "", "write to this file")
	c.Flags().StringArrayVar(&also, "also", nil, "write the answer in another format too: FORMAT=FILE, such as json=report.json (may be given again)")
	c.Flags().StringVar(&failOn, "fail-on", "", "exit with status 4 when a diagnosis is at least this: likely, possible or unlikely")
	return c
}

// analyse reads the paths as one ticket.
func (a *app) analyse(c *cobra.Command, f *diagnoseFlags, paths []string) (*engine.Report, error) {
	opts, err := f.options()
	if err != nil {
		return nil, err
	}
	src, err := a.open(&f.inputs, paths)
	if err != nil {
		return nil, err
	}
	set, err := f.compile()
	if err != nil {
		return nil, err
	}
	stop := a.watch(src, paths, false, nil)
	defer stop()
	return engine.Diagnose(c.Context(), set, src.rd, paths, opts), nil
}

// reportStatus tells from a report how reading went.
func (a *app) reportStatus(rep *engine.Report) error {
	records, lost := 0, 0
	for _, in := range rep.Inputs {
		records += in.Records
		if in.Error != "" {
			fmt.Fprintln(a.stderr, "kbdiag:", in.Error)
		}
		if !in.Complete {
			lost++
		}
	}
	switch {
	case len(rep.Inputs) == 0:
		return failed(fmt.Errorf("no files in the folders given"))
	case records == 0:
		return failed(fmt.Errorf("nothing could be analysed"))
	case lost > 0:
		return &exitError{status: exitPartial}
	}
	return nil
}

func formatNames() string {
	var names []string
	for _, r := range report.All() {
		names = append(names, r.Name)
	}
	return strings.Join(names, ", ")
}

// failLevel gives the place of a level in engine.Levels, -1 for none.
func failLevel(name string) (int, error) {
	if name == "" {
		return -1, nil
	}
	for i, l := range engine.Levels {
		if name == string(l) {
			return i, nil
		}
	}
	return 0, usage("--fail-on %s: expected likely, possible or unlikely", name)
}

func reaches(rep *engine.Report, threshold int) bool {
	for _, d := range rep.Diagnoses {
		for i, l := range engine.Levels {
			if d.Level == l && i <= threshold {
				return true
			}
		}
	}
	return false
}
