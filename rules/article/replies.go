package article

import (
	"fmt"
	"strings"

	"kbdiag/parsers"
)

// maxExchanges is how many replies of one article become signals.
const maxExchanges = 6

// refusals gives what went wrong in the sessions that an article shows.
func refusals(sessions []parsers.Session) []DraftSignal {
	var out []DraftSignal
	seen := map[string]bool{}
	add := func(s DraftSignal) {
		if key := s.When + "\x00" + s.Message; !seen[key] && len(out) < maxExchanges {
			seen[key] = true
			s.Name = fmt.Sprintf("reply_%d", len(out)+1)
			out = append(out, s)
		}
	}
	for i := range sessions {
		s := &sessions[i]
		if s.Connect != parsers.ConnectUnknown && s.Connect != parsers.Connected && s.Port != 0 {
			add(DraftSignal{On: "session", Strength: "strong", When: fmt.Sprintf("connect == %s && port == %d", quoteExpr(string(s.Connect)), s.Port), Line: s.Pos.Line})
		}
		if s.Outcome == parsers.OutcomeGreetingRefused && s.Protocol != "" {
			add(DraftSignal{On: "session", Strength: "strong", When: fmt.Sprintf("protocol == %s && outcome == \"greeting refused\"", quoteExpr(s.Protocol)), Message: oneLine(s.Greeting), Line: s.Pos.Line})
		}
		for j := range s.Exchanges {
			x := &s.Exchanges[j]
			if x.Reply.OK || s.Protocol == "" || x.Verb == "" {
				continue
			}
			when := fmt.Sprintf("protocol == %s && command == %s && !ok", quoteExpr(s.Protocol), quoteExpr(x.Verb))
			if x.Reply.Code != 0 {
				when = fmt.Sprintf("protocol == %s && command == %s && code == %d", quoteExpr(s.Protocol), quoteExpr(x.Verb), x.Reply.Code)
			}
			add(DraftSignal{On: "exchange", Strength: "strong", When: when, Message: oneLine(x.Reply.Text), Line: x.Line})
		}
	}
	return out
}

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) < 8 {
		return ""
	}
	return s
}
