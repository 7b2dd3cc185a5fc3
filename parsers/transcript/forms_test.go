package transcript

import (
	"fmt"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/transcript/transcripttest"
)

// heart is what must be the same in every form.
func heart(s *parsers.Session) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s at %s\n", s.Protocol, s.Outcome, s.FailedStage)
	for i := range s.Exchanges {
		x := &s.Exchanges[i]
		fmt.Fprintf(&b, "%s %s -> %s %q\n", x.Verb, x.Args, x.Reply.Status, strings.Join(strings.Fields(x.Reply.Text), " "))
	}
	fmt.Fprintf(&b, "%d unanswered, %d unsolicited", len(s.Unanswered), len(s.Unsolicited))
	return b.String()
}

// TestEveryFormReadsTheSame captures the same sessions in every form and
// compares what is read.
func TestEveryFormReadsTheSame(t *testing.T) {
	for protocol, d := range transcripttest.Dialogues {
		d = transcripttest.Fill(d, "Zebra-Kite-42", "WmVicmEtS2l0ZS00Mg==")
		want := ""
		for _, c := range transcripttest.Captures() {
			if !c.Takes(protocol) {
				continue
			}
			text := c.Write(d, protocol)
			sessions, _, _ := readSessions(parsers.StdinName, []byte(text))
			if len(sessions) != 1 {
				t.Errorf("%s of %s: %d sessions in\n%s", c.Name, protocol, len(sessions), text)
				continue
			}
			got := heart(&sessions[0])
			if want == "" {
				want = got
			}
			if got != want {
				t.Errorf("%s of %s: got\n%s\nwant\n%s\nin\n%s", c.Name, protocol, got, want, text)
			}
		}
	}
}
