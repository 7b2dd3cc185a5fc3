package history

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kbdiag/engine"
)

var noon = time.Date(2001, 5, 10, 12, 0, 0, 0, time.UTC)

// reportOf makes a report of diagnoses in their order.
func reportOf(ticket string, list ...engine.Diagnosis) *engine.Report {
	r := &engine.Report{Schema: engine.ReportSchema, Ticket: ticket, Inputs: []engine.Input{{Path: "logs/application.csv", SHA256: "aa", Hosts: []string{"MAIL1"}}}}
	for i, d := range list {
		d.Rank = i + 1
		r.Diagnoses = append(r.Diagnoses, d)
	}
	return r
}

func diagnosis(rule, title string, confidence float64, evidence ...engine.Evidence) engine.Diagnosis {
	return engine.Diagnosis{Rule: rule, Title: title, Confidence: confidence, Level: engine.Likely, Evidence: evidence}
}

func seen(signal, sum string, count int, excerpt string) engine.Evidence {
	return engine.Evidence{Signal: signal, SHA256: sum, Count: count, Excerpt: excerpt, Path: "logs/application.csv", Line: 3}
}

func openNew(t *testing.T) (*Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kept", "history.db")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, path
}

func add(t *testing.T, s *Store, r *engine.Report) int64 {
	t.Helper()
	id, err := s.Add(r, noon)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestRunsAreKeptAndFound(t *testing.T) {
	s, path := openNew(t)
	first := add(t, s, reportOf("4711 Contoso", diagnosis("Q247764", "Every POP3 logon is refused", 0.85, seen("lookup_failed", "a", 6, "HrLookupCredentials() call failed"))))
	second := add(t, s, reportOf("4712", diagnosis("Q193922", "The server refuses to relay", 0.9, seen("relay", "b", 1, "550 5.7.1 Unable to relay 100%"))))
	none := add(t, s, reportOf("4713"))

	for _, c := range []struct {
		search string
		want   []int64
	}{
		{"", []int64{none, second, first}},
		{"contoso", []int64{first}},
		{"q193922", []int64{second}},
		{"Q247764 logon", []int64{first}},
		{"Q247764 relay", nil},
		{"hrlookupcredentials()", []int64{first}},
		{"100%", []int64{second}},
		{"%", []int64{second}},
		{"_", []int64{}},
		{"MAIL1 471", []int64{none, second, first}},
		{"'; DROP TABLE run; --", nil},
	} {
		got, err := s.List(c.search, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Runs) != len(c.want) || got.All != len(c.want) {
			t.Errorf("%q found %d runs of %d, want %d", c.search, len(got.Runs), got.All, len(c.want))
			continue
		}
		for i, r := range got.Runs {
			if r.ID != c.want[i] {
				t.Errorf("%q: run %d at %d, want %d", c.search, r.ID, i, c.want[i])
			}
		}
	}
	if got, _ := s.List("", 2); len(got.Runs) != 2 || got.All != 3 {
		t.Errorf("%d runs of %d, want 2 of 3", len(got.Runs), got.All)
	}

	rep, err := s.Get(first)
	if err != nil || len(rep.Diagnoses) != 1 || rep.Diagnoses[0].Evidence[0].Excerpt != "HrLookupCredentials() call failed" {
		t.Errorf("the report comes back as %+v, %v", rep, err)
	}
	run, err := s.Find(second)
	if err != nil || run.Ticket != "4712" || run.Rule != "Q193922" || run.At != "2001-05-10T12:00:00Z" || run.Confidence != 0.9 {
		t.Errorf("the run comes back as %+v, %v", run, err)
	}
	if err := s.Delete(first); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(first); err != ErrNone {
		t.Errorf("a removed run gives %v", err)
	}
	if later := add(t, s, reportOf("4714")); later <= none {
		t.Errorf("number %d was given again", later)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read the history: %v, %v", info.Mode(), err)
	}
}

func TestRunsOutliveTheProgram(t *testing.T) {
	s, path := openNew(t)
	id := add(t, s, reportOf("4711", diagnosis("Q247764", "x", 0.5)))
	s.Close()
	again, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if r, err := again.Find(id); err != nil || r.Ticket != "4711" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestForeignDatabasesAreLeftAlone(t *testing.T) {
	s, path := openNew(t)
	if _, err := s.db.Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "newer kbdiag") {
		t.Errorf("a history of a newer program: %v", err)
	}
	text := filepath.Join(t.TempDir(), "notes.txt")
	const content = "no database at all, but a text of some length that must stay as it is"
	if err := os.WriteFile(text, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(text); err == nil {
		s.Close()
		t.Error("a text was taken for a history")
	}
	if raw, _ := os.ReadFile(text); string(raw) != content {
		t.Error("the text was changed")
	}
}

func TestCompare(t *testing.T) {
	before := reportOf("t",
		diagnosis("Q1", "gone after the fix", 0.8, seen("a", "1", 6, "x")),
		diagnosis("Q2", "falls", 0.15, seen("b", "2", 3, "y"), seen("c", "3", 1, "z")),
		diagnosis("Q3", "stays", 0.01, seen("d", "4", 1, "w")))
	before.Unexplained = []engine.Unexplained{{Provider: "disk", ID: 7, Level: "error"}, {Provider: "W3SVC", ID: 1, Level: "error"}}
	after := reportOf("t",
		diagnosis("Q4", "new", 0.6, seen("e", "5", 2, "v")),
		diagnosis("Q2", "falls", 0.05, seen("b", "2", 1, "y"), seen("f", "6", 1, "u")),
		diagnosis("Q3", "stays", 0.012, seen("d", "4", 1, "w")))
	after.Unexplained = []engine.Unexplained{{Provider: "W3SVC", ID: 1, Level: "error"}, {Provider: "W3SVC", ID: 2, Level: "error"}}
	after.Inputs = append(after.Inputs, engine.Input{Path: "new.txt"})
	after.Inputs[0].SHA256 = "bb"

	d := Compare(before, after)
	if len(d.Came) != 1 || d.Came[0].Rule != "Q4" || d.Came[0].Before != nil || d.Came[0].After.Rank != 1 || d.Came[0].Evidence[0].What != "new" {
		t.Errorf("came: %+v", d.Came)
	}
	if len(d.Went) != 1 || d.Went[0].Rule != "Q1" || d.Went[0].After != nil || d.Went[0].Before.Confidence != 0.8 || d.Went[0].Evidence[0].What != "gone" {
		t.Errorf("went: %+v", d.Went)
	}
	if len(d.Moved) != 1 || d.Moved[0].Rule != "Q2" || d.Moved[0].Before.Confidence != 0.15 || d.Moved[0].After.Confidence != 0.05 {
		t.Fatalf("moved: %+v", d.Moved)
	}
	what := map[string]string{}
	for _, e := range d.Moved[0].Evidence {
		what[e.Signal] = e.What
	}
	if len(what) != 3 || what["b"] != "other" || what["c"] != "gone" || what["f"] != "new" {
		t.Errorf("evidence of Q2: %v", what)
	}
	if len(d.Same) != 1 || d.Same[0].Rule != "Q3" {
		t.Errorf("same: %+v", d.Same)
	}
	if len(d.Errors.Went) != 1 || d.Errors.Went[0].Provider != "disk" || len(d.Errors.Came) != 1 || d.Errors.Came[0].ID != 2 {
		t.Errorf("errors: %+v", d.Errors)
	}
	if len(d.Inputs) != 2 || d.Inputs[0].What != "other" || d.Inputs[1].What != "new" {
		t.Errorf("inputs: %+v", d.Inputs)
	}
	if same := Compare(before, before); len(same.Came)+len(same.Went)+len(same.Moved)+len(same.Inputs) != 0 || len(same.Same) != 3 {
		t.Errorf("a report differs from itself: %+v", same)
	}
}
