package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"kbdiag/rules"
	"kbdiag/rules/article"
)

// newFlags are the answers to what rules new asks.
type newFlags struct {
	article, events, dir      string
	record                    uint64
	line                      int
	ask, force                bool
	id, title, product, cause string
	severity, provider, text  string
	event                     int
	step, verify, question    string
}

func (a *app) rulesNew() *cobra.Command {
	var f newFlags
	c := &cobra.Command{
		Use:   "new -o DIR",
		Short: "Draft a rule: from questions, from an article, or from an event of a log",
		Long: `Writes a draft rule whose comments say what each part is. What is not known yet is
marked FILL IN, and rules lint finds each of these marks.

On a terminal it asks for what the flags do not say. With --from-article it takes
what an article says. With --from-events it takes one event of a log, by record
number or line, and puts a sample on which the rule fires and near misses on
which it must not beside the rule; passwords and other secrets are taken out.`,
		Example: `  kbdiag rules new -o myrules/
  kbdiag rules new --id ACME0001 --provider AcmeFeed --event 1203 -o myrules/
  kbdiag rules new --from-article Q900101.txt -o myrules/
  kbdiag rules new --from-events application.evtx --record 4711 -o myrules/`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.newRule(c, &f)
		},
	}
	fl := c.Flags()
	fl.StringVarP(&f.dir, "output", "o", "", "folder to write the draft to")
	fl.StringVar(&f.article, "from-article", "", "take what this article says")
	fl.StringVar(&f.events, "from-events", "", "take an event of this log")
	fl.Uint64Var(&f.record, "record", 0, "record number of the event")
	fl.IntVar(&f.line, "line", 0, "line of the log at which the event stands, where it has no record numbers")
	fl.BoolVar(&f.ask, "ask", false, "ask even where standard input is no terminal")
	fl.BoolVar(&f.force, "force", false, "write over a rule that is there")
	fl.StringVar(&f.id, "id", "", "id of the rule")
	fl.StringVar(&f.title, "title", "", "title")
	fl.StringVar(&f.product, "product", "", "product that it applies to")
	fl.StringVar(&f.severity, "severity", "", "critical, error, warning or information")
	fl.StringVar(&f.provider, "provider", "", "source of the event to look for")
	fl.IntVar(&f.event, "event", 0, "id of the event to look for")
	fl.StringVar(&f.text, "message", "", "text of the event to look for")
	fl.StringVar(&f.cause, "cause", "", "why it happens")
	fl.StringVar(&f.step, "step", "", "what to do")
	fl.StringVar(&f.verify, "verify", "", "how to see that it worked")
	fl.StringVar(&f.question, "question", "", "what to ask for when the inputs do not decide it")
	return c
}

// newRule writes a draft.
func (a *app) newRule(c *cobra.Command, f *newFlags) error {
	if f.dir == "" {
		return usage("no folder to write to: give -o DIR")
	}
	if f.article != "" && f.events != "" {
		return usage("--from-article and --from-events: give one of them")
	}
	if f.events == "" && (f.record > 0 || f.line > 0) {
		return usage("--record and --line are of a log: give --from-events too")
	}
	var samples []draftSample
	draft := &article.Skeleton{}
	switch {
	case f.article != "":
		d, err := draftOfArticle(f.article)
		if err != nil {
			return failed(err)
		}
		draft = d
	case f.events != "":
		d, found, err := a.draftOfEvent(c, f)
		if err != nil {
			return err
		}
		draft, samples = d, found
	case f.ask || isTerminal(a.stdin):
		if err := a.askFor(f); err != nil {
			return failed(err)
		}
	}
	if err := f.answer(draft); err != nil {
		return err
	}
	return a.writeSkeleton(f, draft, samples)
}

// answer puts what the flags say into a draft.
func (f *newFlags) answer(d *article.Skeleton) error {
	put := func(to *string, from string) {
		if from != "" {
			*to = from
		}
	}
	put(&d.ID, strings.ToUpper(f.id))
	put(&d.Title, f.title)
	put(&d.Severity, f.severity)
	put(&d.Cause, f.cause)
	if f.product != "" {
		d.Products = []rules.Product{{Name: f.product}}
	}
	if f.step != "" || f.verify != "" {
		d.Steps = []rules.Step{{Text: f.step, Verify: f.verify}}
	}
	if f.event < 0 || f.event > 65535 {
		return usage("--event %d: ids are from 0 to 65535", f.event)
	}
	if s, ok := f.signal(); ok {
		d.Signals = []article.SkeletonSignal{s}
	}
	if f.question != "" && len(d.Signals) > 0 {
		d.Collect = []rules.Collect{{Ask: f.question, Signal: d.Signals[0].Name}}
	} else if f.question != "" {
		d.Collect = []rules.Collect{{Ask: f.question}}
	}
	return nil
}

// signal makes the signal of the flags.
func (f *newFlags) signal() (article.SkeletonSignal, bool) {
	if f.provider == "" && f.event == 0 && f.text == "" {
		return article.SkeletonSignal{}, false
	}
	var parts []string
	name := "seen"
	if f.provider != "" {
		parts = append(parts, fmt.Sprintf("provider == %q", f.provider))
	}
	if f.event != 0 {
		parts = append(parts, fmt.Sprintf("id == %d", f.event))
		name = fmt.Sprintf("event_%d", f.event)
	}
	return article.SkeletonSignal{
		Name: name, On: rules.OnEvent, Strength: rules.Strong, When: strings.Join(parts, " && "), Message: f.text,
	}, true
}

// draftOfArticle makes a draft of an article of the archive's form or of any
// other, with the events that it quotes.
func draftOfArticle(path string) (*article.Skeleton, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	art, err := article.Parse(raw, filepath.ToSlash(path))
	if errors.Is(err, article.ErrForm) {
		art, err = article.ParseProse(raw), nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	events, sessions := quoted(art)
	draft := article.NewDraft(art, events, sessions).Skeleton()
	draft.From = filepath.Base(path)
	if len(draft.Signals) == 0 {
		draft.Review = append(draft.Review, "the article quotes no event: write the signal yourself")
	}
	return draft, nil
}

// writeSkeleton writes a draft with its samples, and says what is left to do.
func (a *app) writeSkeleton(f *newFlags, d *article.Skeleton, samples []draftSample) error {
	if isFile(filepath.Join(f.dir, rules.SchemaFile)) {
		d.Schema = rules.SchemaFile
	}
	file := filepath.Join(f.dir, d.Name())
	if !f.force && isFile(file) {
		return failed(fmt.Errorf("%s is there already: give another --id, or --force to write over it", file))
	}
	var text bytes.Buffer
	if err := d.Write(&text); err != nil {
		return failed(err)
	}
	rule, findings := rules.Parse(file, text.Bytes())
	if rule == nil {
		return usage("the answers make no rule: %s", firstError(findings))
	}
	if err := os.MkdirAll(f.dir, 0o755); err != nil {
		return failed(err)
	}
	if err := os.WriteFile(file, text.Bytes(), 0o644); err != nil {
		return failed(err)
	}
	fmt.Fprintln(a.stdout, file)
	dir := filepath.Join(f.dir, d.RuleID())
	for _, s := range samples {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return failed(err)
		}
		name := filepath.Join(dir, s.name)
		if err := os.WriteFile(name, []byte(s.text), 0o644); err != nil {
			return failed(err)
		}
		fmt.Fprintf(a.stdout, "%s\n", name)
	}
	left := 0
	for _, one := range findings {
		if one.Code == rules.CodeFillIn {
			left++
		}
	}
	fmt.Fprintf(a.stderr, "kbdiag: %d things to fill in; see kbdiag rules lint %s\n", left, file)
	return nil
}

// firstError gives the first error of findings.
func firstError(list []rules.Finding) string {
	for _, f := range list {
		if f.Severity == rules.SeverityError {
			return f.Msg
		}
	}
	return "unknown"
}
