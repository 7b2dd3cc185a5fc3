package engine

import (
	"testing"
	"time"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// fullViews gives one record of each kind that carries everything.
func fullViews() map[rules.Kind]*view {
	e := &parsers.Event{
		Log: "Application", Provider: "MSExchangePOP3", ID: 13003, Qualifiers: 49152, Level: parsers.LevelError,
		Category: "Authentication", User: "N/A", Host: "MAIL3", Message: "failed with error 0x80070005",
		Strings: []string{"a"}, Data: []parsers.Named{{Name: "param1", Value: "b"}},
		Known: ^parsers.Field(0),
	}
	s := &parsers.Session{
		Protocol: "pop3", Server: "mail3", Port: 110, Connect: parsers.Connected, Greeting: "+OK ready",
		GreetingSeen: parsers.Yes, Banner: "ready", Product: "Exchange Server", Version: "5.5",
		Authenticated: parsers.No, FailedStage: parsers.StageAuth, Outcome: parsers.OutcomeAuthFailed,
		ClosedBy: "server", Echo: "on", Start: time.Unix(1, 0),
		Exchanges: []parsers.Exchange{
			{Command: parsers.Command{Verb: "USER", Args: `DOM\joe`}, Reply: parsers.Reply{Status: "+OK", OK: true}, Stage: parsers.StageAuth},
			{Command: parsers.Command{Verb: "PASS", Args: "[redacted]"}, Stage: parsers.StageAuth,
				Reply: parsers.Reply{Status: "-ERR", Code: 500, ResponseCode: "AUTH", Enhanced: "5.7.8", Text: "-ERR no"}},
		},
		Unanswered:  []parsers.Command{{Verb: "QUIT"}},
		Unsolicited: []parsers.Reply{{Text: "421 bye"}},
	}
	l := &parsers.Line{Text: "error 0x80070005", Pos: parsers.Pos{Path: "a.txt"}}
	return map[rules.Kind]*view{
		rules.OnEvent:    {kind: rules.OnEvent, event: e},
		rules.OnExchange: {kind: rules.OnExchange, session: s, exchange: &s.Exchanges[1]},
		rules.OnSession:  {kind: rules.OnSession, session: s},
		rules.OnLine:     {kind: rules.OnLine, line: l},
	}
}

// TestEveryFieldIsBound holds the documented fields and the engine together.
func TestEveryFieldIsBound(t *testing.T) {
	views := fullViews()
	for kind, fields := range rules.Fields {
		v := views[kind]
		for _, f := range fields {
			id, ok := fieldIDs[f.Name]
			if !ok {
				t.Errorf("%s field %s has no number in the engine", kind, f.Name)
				continue
			}
			known := false
			switch f.Type {
			case rules.Text:
				_, k := v.text(id)
				known = k == whole
			case rules.Number:
				_, k := v.number(id)
				known = k == whole
			case rules.Bool:
				known = v.truth(id) != parsers.Unknown
			case rules.TextList:
				_, k := v.list(id)
				known = k == whole
			case rules.TextMap:
				_, k := v.named("PARAM1")
				known = k == whole
			}
			if !known {
				t.Errorf("%s field %s (%s) is unknown on a record that carries everything", kind, f.Name, f.Type)
			}
		}
	}
}

func TestUnknownIsNotEmpty(t *testing.T) {
	v := &view{kind: rules.OnEvent, event: &parsers.Event{Known: parsers.FieldID, ID: 7}}
	if _, k := v.text(fProvider); k != nothing {
		t.Error("a provider that the form does not carry is known")
	}
	if _, k := v.text(fMessage); k != nothing {
		t.Error("a message that the form does not carry is known")
	}
	v = &view{kind: rules.OnEvent, event: &parsers.Event{Known: parsers.FieldStrings, Strings: []string{"MAIL3", "logon failure"}}}
	if text, k := v.text(fMessage); k != part || text != "mail3 logon failure" {
		t.Errorf("insertion strings as message: %q, %v", text, k)
	}
}

func TestLogonName(t *testing.T) {
	v := fullViews()[rules.OnExchange]
	if got, k := v.text(fUser); got != `dom\joe` || k != whole {
		t.Errorf("user %q, %v", got, k)
	}
	for args, want := range map[string]string{
		`joe [redacted]`:        "joe",
		`"dom\\joe" [redacted]`: `dom\joe`,
		`"joe bloggs" x`:        "joe bloggs",
	} {
		if got := firstArg(args); got != want {
			t.Errorf("LOGIN %s: %q, want %q", args, got, want)
		}
	}
}
