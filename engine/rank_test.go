package engine

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// ruleText writes a rule file. body has its signals and its diagnosis.
func ruleText(id, body string) string {
	return fmt.Sprintf(`schema = 1
id = %q
title = "Rule %s"
severity = "error"
products = [{ name = "Exchange Server", versions = ["5.5"] }]
cause = "The cause of %s."
%s
[[step]]
text = "Mend it."
`, id, id, id, body)
}

func compileRules(t *testing.T, texts ...string) *Set {
	t.Helper()
	var base []*rules.Rule
	for i, text := range texts {
		r, findings := rules.Parse(fmt.Sprintf("rule%d.toml", i), []byte(text))
		for _, f := range findings {
			if f.Severity == rules.SeverityError {
				t.Fatal(f)
			}
		}
		base = append(base, r)
	}
	return Compile(base, "")
}

// ticket writes files, given as name and content in turn, and gives the folder.
func ticket(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func diagnose(t *testing.T, set *Set, opts Options, files ...string) *Report {
	t.Helper()
	rep := Diagnose(context.Background(), set, reader(), []string{ticket(t, files...)}, opts)
	return rep
}

// csvRows writes events as NT 4 saved them, newest first, from short forms
// "day hour source id level text".
func csvRows(rows ...string) string {
	var b strings.Builder
	for _, r := range rows {
		f := strings.SplitN(r, " ", 6)
		fmt.Fprintf(&b, "3/%s/99,%s:00:00 AM,%s,%s,None ,%s,N/A,MAIL3,%s\r\n", f[0], f[1], f[2], f[4], f[3], f[5])
	}
	return b.String()
}

const failText = "The connection to the store was refused because the quota of handles is used up."

func oneEvent(id, provider string, event int, message string) string {
	return ruleText(id, fmt.Sprintf("[signal.seen]\non = \"event\"\nwhen = 'provider == %q && id == %d'\nstrength = \"strong\"\nmessage = %q\n", provider, event, message))
}

func TestSourceAndIDAloneAreNoProof(t *testing.T) {
	set := compileRules(t, ruleText("Q100001", "[signal.seen]\non = \"event\"\nwhen = 'provider == \"Store\" && id == 77'\nstrength = \"strong\"\n"))
	log := csvRows("20 9 Store 77 Error "+failText, "19 9 EventLog 6005 Information Started.", "18 9 EventLog 6005 Information Started.")
	d := diagnose(t, set, Options{}, "app.csv", log).Diagnoses
	if len(d) != 1 || d[0].Level != Possible || d[0].LevelWhy == "" {
		t.Errorf("diagnoses %+v", d)
	}
}

func TestTextDecidesBetweenRulesOfOneEvent(t *testing.T) {
	set := compileRules(t,
		oneEvent("Q100001", "Store", 77, "The disk of the log files is full and the service was stopped."),
		oneEvent("Q100002", "Store", 77, failText))
	log := csvRows("20 9 Store 77 Error "+failText, "19 9 EventLog 6005 Information Started.", "18 9 EventLog 6005 Information Started.")
	d := diagnose(t, set, Options{}, "app.csv", log).Diagnoses
	if len(d) != 2 || d[0].Rule != "Q100002" || d[0].Level != Likely || d[0].Confidence < 5*d[1].Confidence {
		t.Errorf("diagnoses %+v", d)
	}
}

func TestRulesThatCannotBeToldApartAreAGroup(t *testing.T) {
	body := "[signal.seen]\non = \"event\"\nwhen = 'provider == \"Store\" && id == 77'\nstrength = \"strong\"\nmessage = \"" + failText + "\"\n" +
		"[signal.probe]\non = \"exchange\"\nwhen = 'protocol == \"pop3\" && ok'\nstrength = \"supports\"\n[diagnosis]\nwhen = 'seen'\n" +
		"[[collect]]\nask = \"Try a logon by hand.\"\nsignal = \"probe\"\ncost = 3\n"
	set := compileRules(t, ruleText("Q100001", body), oneEvent("Q100002", "Store", 77, failText))
	rep := diagnose(t, set, Options{}, "app.csv", csvRows("20 9 Store 77 Error "+failText))
	d := rep.Diagnoses
	if len(d) != 2 || len(d[0].Group) != 1 || d[0].Group[0] != "Q100002" || len(d[0].Separate) == 0 {
		t.Errorf("diagnoses %+v", d)
	}
	if len(rep.Next) != 1 || rep.Next[0].GainBits <= 0 || rep.Next[0].Ask != "Try a logon by hand." {
		t.Errorf("questions %+v", rep.Next)
	}
}

func TestUnknownProviderIsWeakEvidence(t *testing.T) {
	set := compileRules(t, oneEvent("Q100001", "Store", 77, failText))
	d := diagnose(t, set, Options{}, "app.csv", csvRows("20 9 N/A 77 Error "+failText)).Diagnoses
	if len(d) != 1 || d[0].Level == Likely || d[0].Terms[1].DB > 5 || !strings.Contains(d[0].Terms[1].Why, "source is not known") {
		t.Errorf("diagnoses %+v", d)
	}
}

// TestEventsOfNoKnownLog: where events have no source, nobody can say that the
// log they are of was not supplied.
func TestEventsOfNoKnownLog(t *testing.T) {
	body := "[signal.seen]\non = \"event\"\nwhen = 'provider == \"Store\" && id == 77'\nstrength = \"strong\"\nmessage = \"" + failText + "\"\n" +
		"[signal.more]\non = \"event\"\nwhen = 'provider == \"Store\" && id == 78'\nstrength = \"supports\"\n[diagnosis]\nwhen = 'seen'\n"
	d := diagnose(t, compileRules(t, ruleText("Q100001", body)), Options{}, "app.csv", csvRows("20 9 N/A 77 Error "+failText)).Diagnoses
	if len(d) != 1 || len(d[0].Unknown) != 1 || d[0].Unknown[0].Why != "of some events it is not known whether they are of the application log" {
		t.Errorf("diagnoses %+v", d)
	}
}

// TestUnknownIDIsNoEvidence: where neither the source nor the id of an event
// could be read, it may be the rule's event and is still no evidence of it.
func TestUnknownIDIsNoEvidence(t *testing.T) {
	set := compileRules(t, ruleText("Q100001", "[signal.seen]\non = \"event\"\nwhen = 'provider == \"Store\" && id == 77'\nstrength = \"strong\"\n"))
	for known, want := range map[parsers.Field]bool{parsers.FieldTime: false, parsers.FieldTime | parsers.FieldID: true} {
		v := view{}
		v.reset(rules.OnEvent)
		v.event = &parsers.Event{ID: 77, Known: known}
		res := set.rules[0].signals[0].eval(&v)
		if res.value != parsers.Unknown || res.idOnly != want {
			t.Errorf("known %b: %+v", known, res)
		}
	}
}

func TestSeveralFaultsEachHaveAConfidence(t *testing.T) {
	set := compileRules(t, oneEvent("Q100001", "Store", 77, failText), oneEvent("Q100002", "Disk", 11, "The driver detected a controller error on the device."))
	log := csvRows("20 9 Store 77 Error "+failText, "20 8 Disk 11 Error The driver detected a controller error on the device.",
		"18 9 EventLog 6005 Information Started.", "17 9 EventLog 6005 Information Started.")
	d := diagnose(t, set, Options{}, "app.csv", log).Diagnoses
	if len(d) != 2 || d[0].Confidence < 0.5 || d[1].Confidence < 0.5 {
		t.Errorf("diagnoses %+v", d)
	}
}

func TestCauseAboveItsSymptoms(t *testing.T) {
	cause := ruleText("Q200001", "[signal.weak]\non = \"event\"\nwhen = 'provider == \"Disk\" && id == 11'\nstrength = \"supports\"\n[diagnosis]\nwhen = 'weak'\nexplains = [\"Q100001\"]\n")
	set := compileRules(t, oneEvent("Q100001", "Store", 77, failText), cause)
	log := csvRows("20 9 Store 77 Error "+failText, "20 8 Disk 11 Error The driver detected a controller error.",
		"18 9 EventLog 6005 Information Started.", "17 9 EventLog 6005 Information Started.")
	d := diagnose(t, set, Options{}, "app.csv", log).Diagnoses
	if len(d) != 2 || d[0].Rule != "Q200001" || len(d[0].Explains) != 1 {
		t.Errorf("diagnoses %+v", d)
	}
}

func TestWindowAndStatedTime(t *testing.T) {
	set := compileRules(t, oneEvent("Q100001", "Store", 77, failText), oneEvent("Q100002", "Disk", 11, "The driver detected a controller error."))
	log := csvRows("20 9 Disk 11 Error The driver detected a controller error.", "17 9 EventLog 6005 Information Started.",
		"12 9 Store 77 Error "+failText, "11 9 EventLog 6005 Information Started.")
	latest := diagnose(t, set, Options{}, "app.csv", log)
	if latest.Diagnoses[0].Rule != "Q100002" {
		t.Errorf("without a stated time %s is first, want the latest trouble", latest.Diagnoses[0].Rule)
	}
	at, err := time.Parse("2006-01-02T15:04:05", "1999-03-12T09:10:00")
	if err != nil {
		t.Fatal(err)
	}
	stated := diagnose(t, set, Options{At: at}, "app.csv", log)
	if stated.Diagnoses[0].Rule != "Q100001" {
		t.Errorf("with --at %s is first, want the trouble of that time", stated.Diagnoses[0].Rule)
	}
}

func TestProductFits(t *testing.T) {
	set := compileRules(t, oneEvent("Q100001", "Store", 77, failText))
	log := csvRows("20 9 Store 77 Error " + failText)
	fits := diagnose(t, set, Options{}, "app.csv", log, "ticket.txt", "Product: Microsoft Exchange Server 5.5\n").Diagnoses[0]
	other := diagnose(t, set, Options{Product: "SNA Server 4.0"}, "app.csv", log).Diagnoses[0]
	none := diagnose(t, set, Options{}, "app.csv", log).Diagnoses[0]
	if !(fits.ScoreDB > none.ScoreDB && none.ScoreDB > other.ScoreDB) {
		t.Errorf("scores: fits %.1f, not stated %.1f, another product %.1f", fits.ScoreDB, none.ScoreDB, other.ScoreDB)
	}
}

func TestConfidencesShareOne(t *testing.T) {
	set := compileRules(t, oneEvent("Q100001", "Store", 77, failText), oneEvent("Q100002", "Store", 77, failText), oneEvent("Q100003", "Store", 77, failText))
	sum := 0.0
	for _, d := range diagnose(t, set, Options{}, "app.csv", csvRows("20 9 Store 77 Error "+failText)).Diagnoses {
		sum += d.Confidence
	}
	if sum >= 1 || sum < 0.3 {
		t.Errorf("confidences of rivals sum to %.3f", sum)
	}
}

func TestQuestionGainIsInformation(t *testing.T) {
	p := []float64{0.45, 0.45, 0.1}
	gain := entropy(p) - expectedEntropy(p, 0, rules.Strong)
	if gain <= 0 || gain > entropy(p) {
		t.Errorf("gain %.3f of %.3f bits", gain, entropy(p))
	}
	if g := entropy([]float64{1, 0, 0}) - expectedEntropy([]float64{1, 0, 0}, 0, rules.Strong); math.Abs(g) > 1e-9 {
		t.Errorf("a certain answer leaves %.3f bits to gain", g)
	}
}

func TestDiagnosisNeedsBothSignals(t *testing.T) {
	both := ruleText("Q100001", "[signal.a]\non = \"event\"\nwhen = 'provider == \"Store\" && id == 77'\nstrength = \"strong\"\n"+
		"[signal.b]\non = \"event\"\nwhen = 'provider == \"Store\" && id == 78'\nstrength = \"strong\"\n[diagnosis]\nwhen = 'within(a, b, \"2h\")'\n")
	set := compileRules(t, both)
	near := csvRows("20 9 Store 77 Error x", "20 8 Store 78 Error y")
	far := csvRows("20 9 Store 77 Error x", "12 8 Store 78 Error y")
	alone := csvRows("20 9 Store 77 Error x")
	if d := diagnose(t, set, Options{}, "a.csv", near).Diagnoses; len(d) != 1 {
		t.Errorf("an hour apart: %d diagnoses, want 1", len(d))
	}
	if d := diagnose(t, set, Options{}, "a.csv", far).Diagnoses; len(d) != 0 {
		t.Errorf("days apart: %d diagnoses, want none", len(d))
	}
	if d := diagnose(t, set, Options{}, "a.csv", alone).Diagnoses; len(d) != 0 {
		t.Errorf("one of both: %d diagnoses, want none", len(d))
	}
}

func TestTruncatedTextProvesNothing(t *testing.T) {
	set := compileRules(t, ruleText("Q100001", "[signal.seen]\non = \"event\"\nwhen = 'provider == \"Store\" && id == 77 && message contains \"quota\"'\nstrength = \"strong\"\n"))
	sig := set.signals[0]
	full := fullViews()["event"]
	e := full.event
	e.Provider, e.ID, e.Message, e.Truncated = "Store", 77, "The connection to the store was refused bec...", true
	v := &view{kind: rules.OnEvent, event: e}
	if got := sig.eval(v); got.value.String() != "" || got.lacking != "message" {
		t.Errorf("a cut text gives %q, lacking %q; want that it cannot be told for want of the message", got.value, got.lacking)
	}
}
