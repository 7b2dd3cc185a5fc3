package serve

import (
	"net/http"
	"slices"
	"strings"

	"kbdiag/cmd/internal/history"
	"kbdiag/rules"
)

// tryAnswer is how a changed rule changes the answer on a ticket.
type tryAnswer struct {
	Rule    string             `json:"rule"`
	Before  *history.Place     `json:"before"` // of the rule, null where it is no diagnosis
	After   *history.Place     `json:"after"`
	Changes history.Difference `json:"changes"`
}

// try diagnoses a ticket again with one rule replaced by a text. The rules of
// the server stay as they are.
func (s *Server) try(w http.ResponseWriter, r *http.Request) {
	s.tickets.work.Add(1)
	defer s.tickets.work.Done()
	t, a, done := s.again(w, r)
	if t == nil {
		return
	}
	defer done()
	rule, findings := s.check(a)
	if rule == nil || slices.ContainsFunc(findings, isError) {
		fail(w, http.StatusUnprocessableEntity, "the rule has errors: mend them first")
		return
	}
	before, err := s.opts.Past.Get(t.run)
	if err != nil {
		fail(w, http.StatusGone, "this run is not in the history any more")
		return
	}
	out := s.newStream(w)
	after, err := s.diagnose(r.Context(), out, t, s.opts.Compile(s.with(a.Rule, rule)))
	if err != nil {
		out.fail(err.Error())
		return
	}
	t.setTried(after)
	out.send(map[string]any{"done": tryAnswer{
		Rule: rule.ID, Before: history.PlaceOf(before, a.Rule), After: history.PlaceOf(after, rule.ID), Changes: history.Compare(before, after),
	}})
}

// with gives the rules with one in the place of another.
func (s *Server) with(old string, rule *rules.Rule) []*rules.Rule {
	list := slices.DeleteFunc(slices.Clone(s.opts.Base.Rules), func(r *rules.Rule) bool { return r.ID == old || r.ID == rule.ID })
	list = append(list, rule)
	slices.SortFunc(list, func(a, b *rules.Rule) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// check reads a changed rule and says what is wrong with it, as rules lint
// does.
func (s *Server) check(a asked) (*rules.Rule, []rules.Finding) {
	file := a.Rule + ".toml"
	if old := s.index.Rule(a.Rule); old != nil {
		file = old.File
	}
	return s.index.CheckOne(file, []byte(a.Text))
}

func isError(f rules.Finding) bool { return f.Severity == rules.SeverityError }
