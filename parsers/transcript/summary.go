package transcript

import (
	"fmt"
	"strconv"
	"strings"

	"kbdiag/parsers"
)

// summary says in one line what an engineer would say of the session.
func summary(s *parsers.Session) string {
	var few [8]string
	parts := few[:0]
	add := func(p string) {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if s.Outcome == parsers.OutcomeConnectFailed {
		add(connectWords[s.Connect])
		return target(s) + ": " + strings.Join(parts, ", ")
	}
	add(greeted(s))
	for _, p := range talk(s) {
		add(p)
	}
	add(saidFailed(s))
	add(unanswered(s))
	for _, u := range s.Unsolicited {
		add("then " + shortReply(&u))
		break
	}
	add(closed(s))
	if len(parts) == 0 {
		parts = []string{"the capture shows no reply"}
	}
	return target(s) + ": " + strings.Join(parts, ", ")
}

var connectWords = map[parsers.Connect]string{
	parsers.ConnectRefused:     "connection refused",
	parsers.ConnectTimeout:     "connection timed out",
	parsers.ConnectUnreachable: "host or network unreachable",
	parsers.ConnectDenied:      "connection prohibited",
	parsers.ConnectNoName:      "the name does not resolve",
	parsers.ConnectFailed:      "connect failed (refused or timed out, the client does not say)",
	parsers.ConnectReset:       "connection reset",
}

// target gives "POP3 to mail3:110", as far as it is known.
func target(s *parsers.Session) string {
	name := upper(s.Protocol)
	if name == "" {
		name = "connection"
	}
	switch {
	case s.Server != "" && s.Port > 0:
		return name + " to " + s.Server + ":" + strconv.Itoa(s.Port)
	case s.Server != "":
		return name + " to " + s.Server
	case s.Port > 0:
		return name + " to port " + strconv.Itoa(s.Port)
	}
	if s.Protocol == "" {
		return "connection"
	}
	return name + " session"
}

func greeted(s *parsers.Session) string {
	switch {
	case s.Outcome == parsers.OutcomeGreetingRefused:
		return "refused by the greeting: " + short(s.Greeting)
	case s.Product != "":
		return "greeted by " + productName(s)
	case s.GreetingSeen == parsers.Yes:
		return "greeted"
	case s.GreetingSeen == parsers.No:
		return "connected, no greeting"
	}
	return ""
}

// productName gives "Exchange 5.5 (5.5.2650.22)", "Postfix", "Dovecot 2.3".
func productName(s *parsers.Session) string {
	if s.Product == exchange {
		if r := release(s.Version); r != "" {
			return "Exchange " + r + " (" + s.Version + ")"
		}
		return "Exchange"
	}
	if s.Version != "" {
		return s.Product + " " + s.Version
	}
	return s.Product
}

// run is a stretch of exchanges that are told together.
type run struct {
	verb  string
	ok    bool
	n     int
	reply *parsers.Reply
}

// talk tells the exchanges: what was accepted by its verbs, what was refused
// with the server's words.
func talk(s *parsers.Session) []string {
	var few [24]run
	runs := few[:0]
	for i := range s.Exchanges {
		x := &s.Exchanges[i]
		if n := len(runs); n > 0 && runs[n-1].verb == x.Verb && runs[n-1].ok == x.Reply.OK {
			runs[n-1].n++
			continue
		}
		if n := len(runs); n > 1 && !x.Reply.OK && runs[n-2].verb == x.Verb && !runs[n-2].ok && runs[n-1].ok && runs[n-1].n == 1 {
			runs[n-2].n++ // USER, PASS refused, USER, PASS refused
			runs = runs[:n-1]
			continue
		}
		runs = append(runs, run{x.Verb, x.Reply.OK, 1, &x.Reply})
	}
	var out []string
	var verbs [16]string
	accepted := verbs[:0]
	flush := func() {
		if len(accepted) > 0 {
			out = append(out, listVerbs(accepted)+" accepted")
			accepted = accepted[:0]
		}
	}
	for _, r := range runs {
		if r.ok {
			accepted = append(accepted, spoken(r.verb))
			continue
		}
		flush()
		out = append(out, spoken(r.verb)+" refused"+times(r.n)+": "+shortReply(r.reply))
		if len(out) > 8 {
			out = append(out, "and so on")
			return out
		}
	}
	flush()
	return out
}

// saidFailed tells of a failure that the log states and no reply shows.
func saidFailed(s *parsers.Session) string {
	for i := range s.Exchanges {
		if !s.Exchanges[i].Reply.OK {
			return ""
		}
	}
	switch s.Outcome {
	case parsers.OutcomeAuthFailed:
		return "then the logon failed, as the log says"
	case parsers.OutcomeTLSFailed:
		if len(s.Exchanges) == 0 && s.GreetingSeen != parsers.Yes {
			return "connected, TLS failed"
		}
		return "then TLS failed"
	}
	return ""
}

// spoken names a verb in a sentence.
func spoken(verb string) string {
	switch verb {
	case "(body)":
		return "message"
	case "(response)":
		return "credentials"
	case "(unknown)", "":
		return "a command"
	case "BIND":
		return "bind"
	case "(request)":
		return "request"
	}
	return verb
}

// listVerbs joins verbs, the long ones cut in the middle.
func listVerbs(words []string) string {
	if len(words) > 6 {
		words = append(append([]string{}, words[:3]...), "...", words[len(words)-1])
	}
	return strings.Join(words, ", ")
}

func times(n int) string {
	switch {
	case n < 2:
		return ""
	case n == 2:
		return " twice"
	}
	return fmt.Sprintf(" %d times", n)
}

// shortReply gives the words of a reply, with its code where it has one.
func shortReply(p *parsers.Reply) string {
	text := short(p.Text)
	if p.Code > 0 {
		return strings.TrimSpace(p.Status + " " + text)
	}
	if text == "" {
		return p.Status
	}
	return text
}

// short gives the first line of a text, at most 100 bytes of it.
func short(s string) string {
	return clip(strings.TrimSpace(firstLine(s)), 100)
}

func unanswered(s *parsers.Session) string {
	if len(s.Unanswered) == 0 {
		return ""
	}
	var few [8]string
	verbs := few[:0]
	for _, u := range s.Unanswered {
		verbs = append(verbs, spoken(u.Verb))
	}
	return listVerbs(verbs) + " unanswered"
}

func closed(s *parsers.Session) string {
	switch s.ClosedBy {
	case "server":
		return "server closed"
	case "client":
		if s.Outcome == parsers.OutcomeAbandoned {
			return "given up by the user"
		}
		return "client closed"
	}
	return ""
}
