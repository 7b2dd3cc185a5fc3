package transcript

import (
	"strconv"
	"strings"

	"kbdiag/parsers"
)

// ldapLine reads what the tools of OpenLDAP say of a bind that failed:
// "ldap_bind: Invalid credentials (49)", "ldap_sasl_bind(SIMPLE): Can't contact
// LDAP server (-1)", and "ldap_initialize( ldap://host:389 )" before it.
func ldapLine(s string) (code int, text string, ok bool) {
	if !strings.HasPrefix(s, "ldap_") {
		return 0, "", false
	}
	name, rest, found := strings.Cut(s, ": ")
	if !found || !strings.HasPrefix(name, "ldap_bind") && !strings.HasPrefix(name, "ldap_sasl_") && !strings.HasPrefix(name, "ldap_simple_bind") && !strings.HasPrefix(name, "ldap_start_tls") {
		return 0, "", false
	}
	open := strings.LastIndexByte(rest, '(')
	if open <= 0 || !strings.HasSuffix(rest, ")") {
		return 0, "", false
	}
	n, err := strconv.Atoi(rest[open+1 : len(rest)-1])
	if err != nil {
		return 0, "", false
	}
	return n, strings.TrimSpace(rest[:open]), true
}

// ldapTool reads the session that a tool's error at line i tells of. It gives
// the line behind it.
func (f *finder) ldapTool(i int) (int, bool) {
	it := f.page.at(i)
	if it.kind == kindTaken {
		return i, false
	}
	code, text, ok := ldapLine(it.text)
	if !ok {
		return i, false
	}
	s := &parsers.Session{Form: "ldap-utils", Protocol: "ldap", Pos: it.span.pos(), GreetingSeen: parsers.Unknown}
	from := i
	if i > 0 {
		if before := f.page.at(i - 1); before.kind != kindTaken && strings.HasPrefix(before.text, "ldap_initialize(") {
			s.Server, s.Port = hostPort(strings.TrimSpace(between(after(before.text, "://"), "", " )")))
			from = i - 1
		} else if before.kind != kindTaken && strings.Contains(before.text, "ldap") && strings.Contains(before.text, "://") {
			url, _, _ := strings.Cut(after(before.text, "://"), " ") // of the command line
			s.Server, s.Port = hostPort(strings.Trim(url, `/"'`))
		}
	}
	end := i + 1
	for ; end < len(f.w.Lines) && end <= i+3; end++ {
		next := f.page.at(end)
		if next.kind == kindTaken || !strings.HasPrefix(next.text, "additional info: ") {
			break
		}
		text += "\n" + next.text
		s.Pos = extend(s.Pos, next.span)
	}
	if code < 0 {
		s.Connect, s.Outcome, s.FailedStage = parsers.ConnectFailed, parsers.OutcomeConnectFailed, parsers.StageConnect
	} else {
		s.Connect = parsers.Connected
		s.Exchanges = []parsers.Exchange{{Command: parsers.Command{Verb: "BIND"}, Stage: parsers.StageAuth, Inferred: true, Pos: s.Pos,
			Reply: parsers.Reply{Line: it.span.line, Status: strconv.Itoa(code), Code: code, Text: text}}}
		s.Outcome, s.FailedStage = parsers.OutcomeAuthFailed, parsers.StageAuth
		s.Authenticated = parsers.No
	}
	s.Summary = summary(s)
	f.w.Take(from, end)
	f.out.Session(s)
	return end, true
}
