package engine

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/rules"
	"kbdiag/rules/article"
)

// rankingSeed makes the tickets. Another seed makes others of the same kind.
const rankingSeed = 7

// quality is how well a ranking does on made tickets.
type quality struct {
	tickets, found int
	mrr, recall1   float64
	brier, ece     float64
	absent         int // tickets whose rule is not in the base
	sureWrong      int // of them, those with a likely diagnosis
}

func (q quality) String() string {
	return fmt.Sprintf("MRR %.3f  recall@1 %.3f  Brier %.3f  ECE %.3f  (%d tickets; %d more without their rule, %d of them likely)",
		q.mrr, q.recall1, q.brier, q.ece, q.tickets, q.absent, q.sureWrong)
}

// rankTickets makes tickets of the rules and asks both the engine and the
// search. Every fifth rule is left out of the base: its tickets have no answer.
func rankTickets(t testing.TB, all []*rules.Rule, d difficulty, tickets int, table *Calibration) (ours, search quality) {
	t.Helper()
	var base, sources []*rules.Rule
	for i, r := range all {
		if i%5 != 4 {
			base = append(base, r)
		}
		if makes(r) {
			sources = append(sources, r)
		}
	}
	set := Compile(base, "")
	set.Calibrate(table)
	find := newBM25(base)
	m := newTicketMaker(t, sources, rankingSeed)
	file := filepath.Join(t.TempDir(), "export.txt")
	var sure []confidence
	order := rand.New(rand.NewSource(rankingSeed)).Perm(len(sources))
	for n := range tickets {
		rule := sources[order[n%len(order)]]
		made := m.ticket(rule, d)
		if err := os.WriteFile(file, []byte(made.text), 0o600); err != nil {
			t.Fatal(err)
		}
		answers := set.Answer(Record(context.Background(), reader(), file))
		present := slices.ContainsFunc(base, func(r *rules.Rule) bool { return r.ID == rule.ID })
		if len(answers) > 0 {
			sure = append(sure, confidence{answers[0].Confidence, answers[0].Rule == rule.ID})
		}
		if !present {
			ours.absent++
			if len(answers) > 0 && answers[0].Level == Likely {
				ours.sureWrong++
			}
			continue
		}
		ours.add(slices.IndexFunc(answers, func(a Answer) bool { return a.Rule == rule.ID }))
		search.add(slices.Index(find.search(made.text), rule.ID))
	}
	ours.brier, ours.ece = measure(sure)
	ours.done()
	search.done()
	return ours, search
}

// add counts a ticket whose rule stands at a place, -1 if nowhere.
func (q *quality) add(place int) {
	q.tickets++
	if place >= 0 {
		q.found++
		q.mrr += 1 / float64(place+1)
	}
	if place == 0 {
		q.recall1++
	}
}

func (q *quality) done() {
	q.mrr /= float64(max(1, q.tickets))
	q.recall1 /= float64(max(1, q.tickets))
}

// confidence is how sure a first diagnosis was, and whether it was right.
type confidence struct {
	p     float64
	right bool
}

// measure gives the Brier score and the expected calibration error in ten
// steps.
func measure(list []confidence) (brier, ece float64) {
	var n, right, sum [10]float64
	for _, c := range list {
		y := 0.0
		if c.right {
			y = 1
		}
		brier += (c.p - y) * (c.p - y)
		step := min(9, int(c.p*10))
		n[step]++
		right[step] += y
		sum[step] += c.p
	}
	for i := range n {
		ece += math.Abs(right[i] - sum[i])
	}
	total := float64(max(1, len(list)))
	return brier / total, ece / total
}

// importedRules drafts rules from the articles of the corpus, without any
// change by hand; nil where there is no corpus.
func importedRules(t testing.TB) []*rules.Rule {
	t.Helper()
	dir := os.Getenv("KBDIAG_CORPUS")
	if dir == "" {
		return nil
	}
	rd := reader()
	var drafts []*article.Draft
	sources := article.NewSources()
	for _, path := range rd.Files([]string{filepath.Join(dir, "kb")}) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		art, err := article.Parse(raw, path)
		if err != nil {
			continue
		}
		d := article.NewDraft(art, eventsQuoted(art), nil)
		if d.NoRule() == "" {
			drafts = append(drafts, d)
			sources.Add(d)
		}
	}
	var out []*rules.Rule
	for _, d := range drafts {
		sources.Complete(d)
		var b bytes.Buffer
		if err := d.Write(&b); err != nil {
			t.Fatal(err)
		}
		if r, _ := rules.Parse(d.Article.ID+".toml", b.Bytes()); r != nil {
			out = append(out, r)
		}
	}
	return out
}

func eventsQuoted(a *article.Article) []parsers.Event {
	var events []parsers.Event
	rd := reader()
	rd.Stdin = strings.NewReader(strings.Join(a.Lines, "\n"))
	rd.Read(parsers.StdinName, parsers.Visitor{Event: func(e *parsers.Event) { events = append(events, *cloneEvent(e)) }})
	return events
}

// rankingBase is a rule base to measure the ranking on.
type rankingBase struct {
	name    string
	rules   []*rules.Rule
	table   *Calibration
	tickets int
}

func rankingBases(t testing.TB, imported bool) []rankingBase {
	t.Helper()
	shipped, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	// Half as many would measure the luck of the draw: a change in one rule
	// draws all tickets anew.
	out := []rankingBase{{"shipped", shipped.Rules, nil, 280}}
	if !imported {
		return out
	}
	if list := importedRules(t); len(list) > 0 {
		table, err := ParseCalibration(article.Calibration())
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, rankingBase{"imported", list, table, 300})
	}
	return out
}

// BenchmarkRanking makes tickets from the shipped rules, and from the articles
// of $KBDIAG_CORPUS/kb where that is set, and reports how well the right rule
// is ranked, beside what a full-text search over the articles does.
func BenchmarkRanking(b *testing.B) {
	for _, base := range rankingBases(b, true) {
		for _, d := range difficulties {
			b.Run(base.name+"/"+d.name, func(b *testing.B) {
				var ours, search quality
				for b.Loop() {
					ours, search = rankTickets(b, base.rules, d, base.tickets, base.table)
				}
				b.Logf("%d rules: %s", len(base.rules), ours)
				b.Logf("%d rules: search (BM25) MRR %.3f  recall@1 %.3f", len(base.rules), search.mrr, search.recall1)
				b.ReportMetric(ours.mrr, "MRR")
				b.ReportMetric(ours.recall1, "recall@1")
				b.ReportMetric(ours.brier, "Brier")
				b.ReportMetric(ours.ece, "ECE")
				b.ReportMetric(search.mrr, "MRR-search")
				b.ReportMetric(search.recall1, "recall@1-search")
			})
		}
	}
}

// TestRankingBeatsSearch holds the ranking of tickets made from the shipped
// rules above a floor, and above a full-text search where anything but the
// rule's own events stands in the log. On a log without, eight articles are so
// few that a search can hardly miss.
func TestRankingBeatsSearch(t *testing.T) {
	base := rankingBases(t, false)[0]
	for _, d := range difficulties {
		ours, search := rankTickets(t, base.rules, d, base.tickets, nil)
		t.Logf("%s: %s; search MRR %.3f", d.name, ours, search.mrr)
		if ours.tickets < 80 || ours.absent == 0 {
			t.Errorf("%s: only %d tickets and %d without their rule", d.name, ours.tickets, ours.absent)
		}
		if ours.mrr < 0.8 || d.benign > 0 && ours.mrr <= search.mrr {
			t.Errorf("%s: MRR %.3f, of the search %.3f", d.name, ours.mrr, search.mrr)
		}
	}
}
