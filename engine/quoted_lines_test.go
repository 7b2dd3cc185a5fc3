package engine

import (
	"strings"
	"testing"
)

// TestQuotedErrorsInText finds error messages and STOP codes that a mail quotes
// over the end of a line, and those of a log's entry of several lines, with
// their place and time.
func TestQuotedErrorsInText(t *testing.T) {
	set := compileRules(t,
		ruleText("Q900001", "[signal.stop]\non = \"line\"\nwhen = 'text contains \"STOP 0x0000000A IRQL_NOT_LESS_OR_EQUAL\"'\nstrength = \"strong\"\n[diagnosis]\nwhen = 'stop'"),
		ruleText("Q900002", "[signal.message]\non = \"line\"\nwhen = 'text contains \"did not start due to a logon failure\"'\nstrength = \"strong\"\n[diagnosis]\nwhen = 'message'"),
		ruleText("Q900003", "[signal.trace]\non = \"line\"\nwhen = 'text contains \"Request failed\" && text contains \"Connection refused\"'\nstrength = \"strong\"\n[diagnosis]\nwhen = 'trace'"))
	rep := diagnose(t, set, Options{},
		"mail.txt", "Hello,\n\nsince the last restart the server stops with a blue screen that says STOP\n0x0000000A IRQL_NOT_LESS_OR_EQUAL, and nothing else.\n\n"+
			"> The event log of the other server says that the spool keeper service did\n> not start due to a logon failure.\n",
		"app.log", "2024-05-12 10:11:12,345 INFO  started\n2024-05-12 10:11:13,001 ERROR Request failed\njava.net.ConnectException: Connection refused\n\tat test.example.Socket.open(Socket.java:12)\n2024-05-12 10:11:14,500 INFO  stopped\n")
	want := map[string]struct {
		line int
		time string
	}{"Q900001": {3, ""}, "Q900002": {6, ""}, "Q900003": {2, "2024-05-12"}}
	for _, d := range rep.Diagnoses {
		w, ok := want[d.Rule]
		if !ok || len(d.Evidence) == 0 {
			continue
		}
		delete(want, d.Rule)
		e := d.Evidence[0]
		if e.Line != w.line || w.time != "" && !strings.HasPrefix(e.Time, w.time) {
			t.Errorf("%s: evidence on line %d at %q, want line %d at %q", d.Rule, e.Line, e.Time, w.line, w.time)
		}
	}
	for id := range want {
		t.Errorf("%s is not among the diagnoses", id)
	}
}
