package article

import (
	"strings"
	"testing"
)

func TestAsk(t *testing.T) {
	for _, tt := range []struct {
		name   string
		signal DraftSignal
		want   string
	}{
		{"event", DraftSignal{On: "event", ID: 603, Source: "Gate", Message: "The gate is shut."}, `Does the event log have event 603 of Gate: "The gate is shut."? Please send the log of the day of the trouble.`},
		{"range without a source", DraftSignal{On: "event", ID: 10, last: 14}, "Does the event log have one of the events 10 to 14? Please send the log of the day of the trouble."},
		{"message", DraftSignal{On: "line", Message: "Could not open the gate."}, `Was this message shown, or does it stand in a log: "Could not open the gate."? Please send it with the lines around it.`},
		{"stop", DraftSignal{On: "line", Codes: []string{"stop:0x0000000a"}}, "Please send the first lines of the blue screen: the STOP code, its four values and the file that it names."},
		{"reply", DraftSignal{On: "exchange", When: `protocol == "smtp" && command == "RCPT" && code == 550`}, "Please test the server by hand (telnet SERVER 25), as far as RCPT, and send the whole session."},
		{"body", DraftSignal{On: "exchange", When: `protocol == "smtp" && command == "(body)" && code == 552`}, "Please test the server by hand (telnet SERVER 25) and send the whole session."},
		{"port", DraftSignal{On: "session", When: `connect == "refused" && port == 8025`}, "Please test the server by hand (telnet SERVER 8025) and send the whole session."},
	} {
		if got := tt.signal.ask(); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestAskQuotesTheBeginning(t *testing.T) {
	s := DraftSignal{On: "line", Message: strings.Repeat("word ", 100)}
	if got := s.ask(); len(got) > 260 || !strings.Contains(got, `word ..."`) {
		t.Errorf("%s", got)
	}
}

func TestFormulasAreNoSteps(t *testing.T) {
	s := Section{Title: "RESOLUTION", Lines: []string{
		"Install the fix.", "",
		"NOTE: Because of file dependencies, other files may be needed.", "",
		"For a complete list of Microsoft Product Support telephone numbers, see below.", "",
		"Restart the service.",
	}}
	if got := strings.Join(s.todo(), "|"); got != "Install the fix.|Restart the service." {
		t.Errorf("steps are %s", got)
	}
}
