package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"kbdiag/parsers"
)

// Diagnose reads all inputs as one ticket and gives the ranked diagnoses. What
// could not be read is in the report's inputs. When ctx ends before all is read
// the report is partial: it speaks of what was read until then.
func Diagnose(ctx context.Context, set *Set, rd *parsers.Reader, paths []string, opts Options) *Report {
	run := set.NewRun(opts)
	defer run.Close()
	accounts, err := run.Read(ctx, rd, paths)
	rep := run.Report(rd, accounts)
	if err != nil {
		rep.Partial = true
		rep.Notes = append(rep.Notes, "interrupted: the report speaks of the part of the inputs that was read until then")
	}
	return rep
}

// Failed is the report of a ticket that could not be analysed, with the reason.
func Failed(set *Set, opts Options, why string) *Report {
	return &Report{
		Schema: ReportSchema, Ticket: opts.Ticket, Tool: set.tool(&opts),
		Inputs:    []Input{{Path: opts.Ticket, Skipped: []Skipped{}, Hosts: []string{}, Error: why}},
		Diagnoses: []Diagnosis{}, Next: []Question{}, Unexplained: []Unexplained{},
	}
}

func (s *Set) tool(opts *Options) Tool {
	return Tool{Version: opts.Version, Rules: s.Rules(), RulesSHA256: s.sha256, Calibrated: s.calibration.String()}
}

// Read reads all inputs under paths, several at a time, and gives their
// accounts in the order of their paths. The error is that ctx ended before all
// was read; the accounts tell what was not.
func (r *Run) Read(ctx context.Context, rd *parsers.Reader, paths []string) ([]*parsers.Account, error) {
	return r.read(ctx, rd, paths, func(w *Worker) (parsers.Visitor, func()) { return w.Visitor(), func() {} })
}

// read is Read with a say in what is told of each input's records: watch gives
// the visitor of a worker and what to do when its input is read.
func (r *Run) read(ctx context.Context, rd *parsers.Reader, paths []string, watch func(*Worker) (parsers.Visitor, func())) ([]*parsers.Account, error) {
	if rd.Secrets == nil {
		rd.Secrets = &parsers.Secrets{}
	}
	files := rd.Files(paths)
	read := make([][]*parsers.Account, len(files))
	workers := r.opts.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	jobs := make(chan int)
	var wg sync.WaitGroup
	for range min(workers, max(1, len(files))) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range jobs {
				w := r.Worker()
				visit, done := watch(w)
				read[i] = rd.ReadContext(ctx, files[i], visit)
				done()
				r.Done(w)
			}
		}()
	}
	err := feed(ctx, jobs, len(files))
	wg.Wait()
	var accounts []*parsers.Account
	for i, a := range read {
		if a == nil {
			a = []*parsers.Account{{Path: files[i], Err: fmt.Errorf("%s: %w", files[i], parsers.ErrStopped)}}
		}
		for _, one := range a {
			if err == nil && errors.Is(one.Err, parsers.ErrStopped) {
				err = ctx.Err()
			}
		}
		accounts = append(accounts, a...)
	}
	return accounts, err
}

func feed(ctx context.Context, jobs chan<- int, n int) error {
	defer close(jobs)
	for i := range n {
		select {
		case jobs <- i:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return ctx.Err()
}

// Report ranks the rules and writes down the answer. It is called once, after
// all workers are done.
func (r *Run) Report(rd *parsers.Reader, accounts []*parsers.Account) *Report {
	r.finish()
	if rd.Secrets != nil {
		r.scrub = rd.Secrets.Scrubber()
	}
	rep := &Report{
		Schema:   ReportSchema,
		Ticket:   r.opts.Ticket,
		Tool:     r.set.tool(&r.opts),
		Incident: r.window,
		Inputs:   make([]Input, 0, len(accounts)),
	}
	for _, a := range accounts {
		rep.Inputs = append(rep.Inputs, InputOf(a))
	}
	ranked := r.rank()
	if len(ranked) > 0 {
		rep.first = ranked[0].learned
	}
	rep.Next = questions(ranked)
	rep.Diagnoses = r.diagnoses(ranked, evidenceHasher{rd})
	rep.number()
	r.surround(rep, rd)
	rep.Timeline, rep.Sessions = r.merged.scene.times.report(), r.merged.scene.report(r.scrub)
	rep.Unexplained = r.merged.problems.unexplained(r.explainedKinds(ranked), r.window)
	for i := range rep.Unexplained {
		rep.Unexplained[i].Example = r.scrub(rep.Unexplained[i].Example)
	}
	r.notes(rep)
	return rep
}

func (r *Run) notes(rep *Report) {
	if n := r.merged.left; n > 0 {
		rep.Notes = append(rep.Notes, plural(n, "record")+" outside --since and --until left out")
	}
	for i := range r.skews {
		rep.Notes = append(rep.Notes, r.skews[i].note())
	}
	if r.merged.burst.overflow {
		rep.Notes = append(rep.Notes, "too many different errors over time to find an incident window: state the time with --at")
	}
	if r.merged.problems.more {
		rep.Notes = append(rep.Notes, fmt.Sprintf("more than %d kinds of errors: those that no diagnosis explains are chosen from %d of them", problemCap, problemCap))
	}
	if r.lost != nil {
		rep.Notes = append(rep.Notes, "records could not be kept for correlation, conditions on their times cannot be told: "+r.lost.Error())
	}
	r.costNotes(rep)
}

// costNotes names the signals that were left for their cost.
func (r *Run) costNotes(rep *Report) {
	for i, sig := range r.set.signals {
		if s := r.merged.signals[i]; s != nil && s.costly > 0 {
			rep.Notes = append(rep.Notes, fmt.Sprintf("rule too costly: %s, signal %s was not evaluated on %s", sig.of.ID, sig.rule.Name, plural(s.costly, "record")))
		}
	}
}

// InputOf writes an account as reports do.
func InputOf(a *parsers.Account) Input {
	in := Input{
		Path: a.Path, Format: a.Format, Encoding: a.Encoding, Bytes: a.Bytes,
		Records: a.Records(), Events: a.Events, Carved: a.Carved, Sessions: a.Sessions, Lines: a.Lines,
		Skipped: []Skipped{}, SHA256: a.SHA256,
		First: FormatTime(a.First, a.Zone), Last: FormatTime(a.Last, a.Zone),
		Hosts: append([]string{}, a.Hosts...), Logs: a.Logs, Notes: a.Notes, Complete: a.Complete(),
	}
	for _, s := range a.Skipped {
		in.Skipped = append(in.Skipped, Skipped{s.Reason, s.Count, Pos{s.Pos.Line, s.Pos.Offset, s.Pos.Length}})
	}
	if a.Err != nil {
		in.Error = a.Err.Error()
	}
	return in
}

// explainedKinds lists the kinds of errors that some diagnosis accounts for.
func (r *Run) explainedKinds(ranked []*scored) map[eventKind]bool {
	kinds := map[eventKind]bool{}
	for _, s := range ranked {
		if l, _ := s.level(); l == Unlikely {
			continue
		}
		for i := range s.rule.signals {
			sig, st := &s.rule.signals[i], &s.state.signals[i]
			if st.hits.count == 0 || len(sig.needs.ids) == 0 {
				continue
			}
			for kind := range r.merged.problems.kinds {
				if sig.accounts(kind, st) {
					kinds[kind] = true
				}
			}
		}
	}
	return kinds
}

// accounts reports whether what was seen of a signal are events of a kind:
// those of its source, and of no source where it was seen on such.
func (sig *signal) accounts(kind eventKind, st *signalState) bool {
	if !sig.needs.ids[int64(kind.id)] {
		return false
	}
	if kind.provider == "" {
		return onlyIDs(&st.hits) || sig.needs.providers == nil
	}
	return sig.needs.providers == nil || sig.needs.providers[kind.provider]
}

// diagnoses writes down the ranked rules.
func (r *Run) diagnoses(ranked []*scored, hash evidenceHasher) []Diagnosis {
	tied := ties(ranked)
	ordered, under := explained(ranked)
	if n := r.opts.Top; n > 0 && len(ordered) > n {
		ordered = ordered[:n]
	}
	out := make([]Diagnosis, 0, len(ordered))
	for i, s := range ordered {
		d := r.diagnosis(s, hash)
		d.Rank = i + 1
		d.Explains = append(d.Explains, under[s]...)
		if group := tied[s]; len(group) > 0 {
			for _, o := range group {
				d.Group = append(d.Group, o.rule.rule.ID)
			}
			d.Separate = separators(append([]*scored{s}, group...))
		}
		out = append(out, d)
	}
	return out
}

func (r *Run) diagnosis(s *scored, hash evidenceHasher) Diagnosis {
	rule := s.rule.rule
	level, why := s.level()
	d := Diagnosis{
		Rule: rule.ID, Title: rule.Title, Severity: rule.Severity,
		Confidence: round(s.conf, 1000), Level: level, LevelWhy: why,
		Group: []string{}, Explains: []string{}, Evidence: []Evidence{}, Against: []Evidence{}, Unknown: []Unseen{}, Steps: []Step{},
		Cause: rule.Cause, References: append([]string{}, rule.References...),
	}
	d.Terms, d.ScoreDB = roundTerms(s.terms)
	for _, p := range rule.Products {
		d.Products = append(d.Products, productText(p.Name, p.Versions))
	}
	for _, st := range rule.Steps {
		d.Steps = append(d.Steps, Step{st.Text, st.Verify})
	}
	for i := range s.rule.signals {
		r.addSignal(&d, &s.rule.signals[i], &s.state.signals[i], hash)
	}
	return d
}

func productText(name string, versions []string) string {
	for i, v := range versions {
		if i == 0 {
			name += " " + v
		} else {
			name += ", " + v
		}
	}
	return name
}

func (r *Run) addSignal(d *Diagnosis, sig *signal, st *signalState, hash evidenceHasher) {
	if st.hits.count > 0 {
		e := r.evidence(sig, st, hash)
		if strengthLR[sig.rule.Strength] < 1 {
			d.Against = append(d.Against, e)
		} else {
			d.Evidence = append(d.Evidence, e)
		}
		return
	}
	if st.value == parsers.Unknown {
		d.Unknown = append(d.Unknown, Unseen{sig.rule.Name, st.why})
	}
}

func (r *Run) evidence(sig *signal, st *signalState, hash evidenceHasher) Evidence {
	h := st.best(r.window)
	e := Evidence{
		Signal: sig.rule.Name, On: string(sig.rule.On), Doc: sig.rule.Doc,
		Path: h.pos.Path, Line: h.pos.Line, Record: h.pos.Record, Offset: h.pos.Offset, Length: h.pos.Length,
		SHA256: hash.of(h.pos), Time: FormatTime(h.time, h.zone), Host: h.host,
		Excerpt: r.scrub(h.excerpt), Count: st.hits.count,
	}
	e.Marks = marksOf(sig, e.Excerpt)
	if st.hits.count > 1 {
		e.First, e.Last = st.hits.timeSpan()
	}
	return e
}
