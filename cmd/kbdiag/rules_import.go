package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"kbdiag/parsers"
	"kbdiag/parsers/formats"
	"kbdiag/rules/article"
)

func (a *app) rulesImport() *cobra.Command {
	var dir, exclude string
	c := &cobra.Command{
		Use:   "import PATH... -o DIR",
		Short: "Draft rules from knowledge-base articles",
		Long: `Reads articles (text of the archive form, Markdown, HTML) and writes a draft rule
for each: what the article quotes of events and messages becomes signals, its
sections become cause and steps. A draft says what to review. A draft that was
edited since is left as it is, in whatever folder below DIR and under whatever
name it stands; one that nobody edited is written anew, or taken away where its
article gives none any more.`,
		Example: `  kbdiag rules import articles/ -o drafts/
  kbdiag rules import articles/ --exclude done.txt -o drafts/
  kbdiag diagnose --rules drafts/ ticket/`,
		RunE: func(_ *cobra.Command, paths []string) error {
			if len(paths) == 0 || dir == "" {
				return usage("expected articles and a folder to write to: kbdiag rules import PATH... -o DIR")
			}
			left, err := excluded(exclude)
			if err != nil {
				return err
			}
			return a.importArticles(paths, dir, left)
		},
	}
	c.Flags().StringVarP(&dir, "output", "o", "", "folder to write the drafts to")
	c.Flags().StringVar(&exclude, "exclude", "", "file with ids of articles to leave out, one a line")
	return c
}

// excluded reads ids, one a line; what follows the first word is a comment.
func excluded(file string) (map[string]bool, error) {
	ids := map[string]bool{}
	if file == "" {
		return ids, nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, failed(err)
	}
	for _, line := range strings.Split(string(raw), "\n") {
		if f := strings.Fields(line); len(f) > 0 && !strings.HasPrefix(f[0], "#") {
			ids[strings.ToUpper(f[0])] = true
		}
	}
	return ids, nil
}

// imported is what became of one article.
type imported struct {
	path   string
	id     string // "" if it could not be read
	draft  *article.Draft
	file   string // of the draft, "" for none
	review int    // things to review
	gone   bool   // an unedited draft of it was taken away
	why    string // why there is no draft
	err    error
}

func (a *app) importArticles(paths []string, dir string, left map[string]bool) error {
	rd := &parsers.Reader{Forms: formats.All()}
	files := rd.Files(paths)
	if len(files) == 0 {
		return failed(errors.New("no files in the folders given"))
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return failed(err)
	}
	done := make([]imported, len(files))
	jobs := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range jobs {
				done[i] = importArticle(files[i], left)
			}
		})
	}
	for i := range files {
		jobs <- i
	}
	close(jobs)
	wg.Wait()
	sources := article.NewSources()
	for _, d := range done {
		if d.draft != nil {
			sources.Add(d.draft)
		}
	}
	there, err := article.DraftsIn(dir)
	if err != nil {
		return failed(err)
	}
	writeDrafts(done, sources, there, dir)
	if table := filepath.Join(dir, tableName); !isFile(table) {
		if err := os.WriteFile(table, article.Calibration(), 0o644); err != nil {
			return failed(err)
		}
	}
	return a.reportImport(done, dir)
}

// importArticle drafts the rule of one article.
func importArticle(path string, left map[string]bool) imported {
	out := imported{path: path}
	raw, err := os.ReadFile(filepath.FromSlash(path))
	if err != nil {
		out.err = err
		return out
	}
	art, err := article.Parse(raw, path)
	if err != nil {
		out.err = fmt.Errorf("%s: %w", path, err)
		return out
	}
	out.id = art.ID
	if left[art.ID] {
		out.why = leftOut
		return out
	}
	events, sessions := quoted(art)
	draft := article.NewDraft(art, events, sessions)
	if out.why = draft.NoRule(); out.why != "" {
		return out
	}
	out.draft = draft
	return out
}

// writeDrafts writes the drafts of all articles, each where there has one of the
// same id.
func writeDrafts(done []imported, sources *article.Sources, there map[string]string, dir string) {
	first := map[string]string{}
	for i := range done {
		d := &done[i]
		if d.draft == nil {
			continue
		}
		if other, ok := first[d.id]; ok {
			d.why = "has the id of another article"
			d.err = fmt.Errorf("%s: %s is the id of %s too: the draft is of that one", d.path, d.id, other)
			continue
		}
		first[d.id] = d.path
		file := there[d.id]
		if file == "" {
			file = filepath.Join(dir, d.id+".toml")
		}
		d.write(sources, file)
	}
	for i := range done {
		if d := &done[i]; d.draft == nil && d.why != leftOut && first[d.id] == "" && there[d.id] != "" {
			d.takeAway(there[d.id])
		}
	}
}

// leftOut says that an article was not to be drafted.
const leftOut = "left out by --exclude"

// write completes a draft from what the other articles say and writes it.
func (d *imported) write(sources *article.Sources, file string) {
	sources.Complete(d.draft)
	d.review = len(d.draft.Review)
	switch err := writeDraft(d.draft, file); {
	case errors.Is(err, errEdited):
		d.why = "edited since: left as it is"
	case err != nil:
		d.err = err
	default:
		d.file = file
	}
}

// takeAway removes the unedited draft of an article that gives none any more.
func (d *imported) takeAway(file string) {
	old, err := os.ReadFile(file)
	if err != nil || !article.Untouched(old) {
		return
	}
	if d.err = os.Remove(file); d.err == nil {
		d.gone = true
	}
}

// quoted reads the events and sessions that an article quotes. Their lines are
// those of the article.
func quoted(art *article.Article) (events []parsers.Event, sessions []parsers.Session) {
	text := strings.NewReader(strings.Join(art.Lines, "\n"))
	rd := &parsers.Reader{Forms: formats.All(), Stdin: text}
	rd.Read(parsers.StdinName, parsers.Visitor{
		Event: func(e *parsers.Event) {
			kept := *e
			kept.Strings = append([]string(nil), e.Strings...)
			kept.Data = append([]parsers.Named(nil), e.Data...)
			events = append(events, kept)
		},
		Session: func(s *parsers.Session) {
			kept := *s
			kept.Exchanges = append([]parsers.Exchange(nil), s.Exchanges...)
			sessions = append(sessions, kept)
		},
	})
	return events, sessions
}

// errEdited says that a draft was changed by its author since it was written.
var errEdited = errors.New("edited since it was drafted")

// writeDraft writes a draft, unless its author has changed the one that is
// there.
func writeDraft(d *article.Draft, file string) error {
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		return err
	}
	old, err := os.ReadFile(file)
	switch {
	case err == nil && !article.Untouched(old):
		return errEdited
	case err != nil && !os.IsNotExist(err):
		return err
	}
	return os.WriteFile(file, article.Sealed(b.Bytes()), 0o644)
}

func (a *app) reportImport(done []imported, dir string) error {
	drafts, reviews, bad, gone := 0, 0, 0, 0
	why := map[string]int{}
	for _, d := range done {
		if d.gone {
			gone++
		}
		switch {
		case d.err != nil:
			bad++
			fmt.Fprintln(a.stderr, "kbdiag:", d.err)
		case d.file == "":
			why[d.why]++
		default:
			drafts++
			if d.review > 0 {
				reviews++
			}
		}
	}
	fmt.Fprintf(a.stdout, "%d articles: %d drafts in %s, %d of them with notes for review\n", len(done), drafts, dir, reviews)
	for _, w := range slices.Sorted(maps.Keys(why)) {
		fmt.Fprintf(a.stdout, "  %d without a draft: %s\n", why[w], w)
	}
	if gone > 0 {
		fmt.Fprintf(a.stdout, "  %d unedited drafts taken away: their articles give none any more\n", gone)
	}
	switch {
	case bad == len(done):
		return failed(errors.New("no article could be read"))
	case bad > 0:
		return &exitError{status: exitPartial}
	}
	return nil
}
