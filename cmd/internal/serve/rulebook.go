package serve

import (
	"net/http"
	"path"
	"strings"

	"kbdiag/rules"
)

// listedRule is a rule as it is found by a search.
type listedRule struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	text  string // in lower case
}

func listRules(base *rules.Base) []listedRule {
	list := make([]listedRule, 0, len(base.Rules))
	for _, r := range base.Rules {
		text := r.ID + " " + r.Title
		for _, p := range r.Products {
			text += " " + p.Name + " " + strings.Join(p.Versions, " ")
		}
		list = append(list, listedRule{r.ID, r.Title, strings.ToLower(text)})
	}
	return list
}

// rulesFound bounds the rules of one answer.
const rulesFound = 40

// searchRules finds the rules that have all words of q in their id, title or
// products.
func (s *Server) searchRules(w http.ResponseWriter, r *http.Request) {
	words := strings.Fields(strings.ToLower(r.URL.Query().Get("q")))
	found, n := []listedRule{}, 0
	for _, rule := range s.find {
		if !holdsAll(rule.text, words) {
			continue
		}
		if n++; n <= rulesFound {
			found = append(found, rule)
		}
	}
	send(w, map[string]any{"rules": found, "found": n})
}

func holdsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// rule gives the file of a rule.
func (s *Server) rule(w http.ResponseWriter, r *http.Request) {
	rule := s.index.Rule(r.PathValue("id"))
	if rule == nil {
		fail(w, http.StatusNotFound, "there is no such rule")
		return
	}
	text, err := rule.Source()
	if err != nil {
		fail(w, http.StatusConflict, "the rule's file cannot be read: "+err.Error())
		return
	}
	send(w, map[string]string{"id": rule.ID, "title": rule.Title, "file": path.Base(strings.ReplaceAll(rule.File, `\`, "/")), "text": string(text)})
}

// finding is one thing that is wrong with a rule.
type finding struct {
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Severity string `json:"severity"`
	Code     string `json:"code"`
	Message  string `json:"message"`
	Fix      string `json:"fix,omitempty"`
}

// lint says what is wrong with a rule as it is being written.
func (s *Server) lint(w http.ResponseWriter, r *http.Request) {
	var a asked
	if !read(w, r, &a) {
		return
	}
	_, list := s.check(a)
	out := []finding{}
	for _, f := range list {
		out = append(out, finding{f.Line, f.Column, string(f.Severity), string(f.Code), f.Msg, f.Fix})
	}
	send(w, map[string]any{"findings": out})
}
