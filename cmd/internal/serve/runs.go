package serve

import (
	"bytes"
	"net/http"
	"strings"
	"unicode/utf8"

	"kbdiag/cmd/internal/history"
	"kbdiag/cmd/internal/report"
	"kbdiag/engine"
)

// state is what the page must know at its start.
func (s *Server) state(w http.ResponseWriter, _ *http.Request) {
	send(w, map[string]any{
		"version": s.opts.Version, "rules": len(s.find), "history": s.opts.Keeps,
		"limits": map[string]int64{"bytes": s.opts.Limits.Bytes, "files": int64(s.opts.Limits.Files)},
	})
}

// listedRun is a run with whether its files are here.
type listedRun struct {
	history.Run
	Live bool `json:"live"`
}

// list gives past runs, the newest first.
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	found, err := s.opts.Past.List(r.URL.Query().Get("q"), 200)
	if err != nil {
		fail(w, http.StatusInternalServerError, "the history cannot be read: "+err.Error())
		return
	}
	runs := []listedRun{}
	for _, one := range found.Runs {
		runs = append(runs, listedRun{one, s.tickets.has(one.ID)})
	}
	send(w, map[string]any{"runs": runs, "found": found.All})
}

// briefDiagnosis is a diagnosis as the page lists it.
type briefDiagnosis struct {
	Rank       int     `json:"rank"`
	Rule       string  `json:"rule"`
	Title      string  `json:"title"`
	Level      string  `json:"level"`
	Confidence float64 `json:"confidence"`
}

// run gives one run without its report.
func (s *Server) run(w http.ResponseWriter, r *http.Request) {
	rep, one := s.pastRun(w, r)
	if rep == nil {
		return
	}
	list := []briefDiagnosis{}
	for i := range rep.Diagnoses {
		d := &rep.Diagnoses[i]
		list = append(list, briefDiagnosis{d.Rank, d.Rule, d.Title, string(d.Level), d.Confidence})
	}
	send(w, map[string]any{"run": listedRun{one, s.tickets.has(one.ID)}, "diagnoses": list})
}

// forget removes a run from the history, and its files.
func (s *Server) forget(w http.ResponseWriter, r *http.Request) {
	id := idOf(r)
	s.tickets.forget(id)
	if err := s.opts.Past.Delete(id); err != nil {
		fail(w, http.StatusInternalServerError, "the run cannot be removed: "+err.Error())
		return
	}
	send(w, map[string]bool{"done": true})
}

// past gives the report of the run that a path names, and answers itself where
// there is none.
func (s *Server) past(w http.ResponseWriter, r *http.Request) *engine.Report {
	rep, err := s.opts.Past.Get(idOf(r))
	if err != nil {
		fail(w, http.StatusNotFound, "there is no such run")
		return nil
	}
	return rep
}

// pastRun gives the report of a run with what the history says of the run, a
// nil report after it answered that there is none.
func (s *Server) pastRun(w http.ResponseWriter, r *http.Request) (*engine.Report, history.Run) {
	rep := s.past(w, r)
	if rep == nil {
		return nil, history.Run{}
	}
	one, err := s.opts.Past.Find(idOf(r))
	if err != nil {
		fail(w, http.StatusNotFound, "there is no such run")
		return nil, history.Run{}
	}
	return rep, one
}

// report shows the report of a run as the page that diagnose --format html
// writes.
func (s *Server) report(w http.ResponseWriter, r *http.Request) {
	if rep := s.past(w, r); rep != nil {
		s.show(w, rep)
	}
}

// tried shows the report with the rule that was tried last.
func (s *Server) tried(w http.ResponseWriter, r *http.Request) {
	t, done := s.tickets.use(idOf(r))
	defer done()
	if t == nil || t.lastTried() == nil {
		fail(w, http.StatusNotFound, "no rule was tried on this run")
		return
	}
	s.show(w, t.lastTried())
}

// show writes a report into its frame. It is held apart from the page: it has
// an origin of its own and may load nothing.
func (s *Server) show(w http.ResponseWriter, rep *engine.Report) {
	var b bytes.Buffer
	if err := report.HTML(&b, rep, report.Style{}); err != nil {
		fail(w, http.StatusInternalServerError, "the report cannot be shown")
		return
	}
	w.Header().Set("Content-Security-Policy", "sandbox allow-scripts; frame-ancestors 'self'; "+report.Policy())
	w.Header().Set("X-Frame-Options", "SAMEORIGIN")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(b.Bytes())
}

// saved are the formats that a report can be saved in, with the ending of the
// file.
var saved = map[string]struct{ kind, ending string }{
	"html": {"text/html", "html"}, "json": {"application/json", "json"}, "md": {"text/markdown", "md"}, "text": {"text/plain", "txt"},
	"reply": {"text/plain", "mail.txt"}, "csv": {"text/csv", "csv"}, "sarif": {"application/sarif+json", "sarif"},
}

// save gives the report of a run as a file, in one of the formats of diagnose.
func (s *Server) save(w http.ResponseWriter, r *http.Request) {
	as, known := saved[r.PathValue("format")]
	format, ok := report.Find(r.PathValue("format"))
	if !known || !ok {
		fail(w, http.StatusNotFound, "there is no such format")
		return
	}
	rep := s.past(w, r)
	if rep == nil {
		return
	}
	var b bytes.Buffer
	if err := format.Print(&b, rep, report.Style{Width: 80}); err != nil {
		fail(w, http.StatusInternalServerError, "the report cannot be written")
		return
	}
	w.Header().Set("Content-Type", as.kind+"; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+fileName(rep.Ticket)+"."+as.ending+`"`)
	w.Write(b.Bytes())
}

// fileName makes a file's name of a ticket's.
func fileName(ticket string) string {
	name := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
			return c
		case c >= utf8.RuneSelf, c == ' ', c == '.':
			return '-'
		}
		return -1
	}, ticket)
	name = strings.Trim(name, "-")
	return "kbdiag-" + name[:min(len(name), 60)]
}

// compare gives the difference of two runs.
func (s *Server) compare(w http.ResponseWriter, r *http.Request) {
	var reports [2]*engine.Report
	var runs [2]history.Run
	for i, which := range []string{"before", "after"} {
		r.SetPathValue("id", r.URL.Query().Get(which))
		if reports[i], runs[i] = s.pastRun(w, r); reports[i] == nil {
			return
		}
	}
	send(w, map[string]any{"before": runs[0], "after": runs[1], "changes": history.Compare(reports[0], reports[1])})
}
