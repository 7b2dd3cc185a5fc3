package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// outcome derives what became of the session and the first stage that failed.
func (r *reader) outcome() {
	s := &r.s
	s.Outcome, s.FailedStage = r.judge()
	if s.Outcome == parsers.OutcomeSuccess || s.Outcome == parsers.OutcomeIncomplete || s.Outcome == parsers.OutcomeAbandoned {
		if s.FailedStage == parsers.StageNone {
			s.FailedStage = r.passedOver()
		}
	}
}

func (r *reader) judge() (parsers.Outcome, parsers.Stage) {
	s := &r.s
	if s.Connect != parsers.Connected && (r.failed || r.failing != "") {
		return parsers.OutcomeConnectFailed, parsers.StageConnect
	}
	if r.greet != nil && !r.greet.OK {
		return parsers.OutcomeGreetingRefused, parsers.StageGreeting
	}
	if r.greet == nil && r.replies == 0 {
		return r.silent()
	}
	if o, st := r.refused(); o != "" && (st != parsers.StageCommand || r.saidFailed == parsers.StageNone) {
		return o, st
	}
	if r.saidFailed != parsers.StageNone && !(r.saidFailed == parsers.StageAuth && s.Authenticated == parsers.Yes) {
		if r.saidFailed == parsers.StageTLS {
			return parsers.OutcomeTLSFailed, parsers.StageTLS
		}
		return parsers.OutcomeAuthFailed, parsers.StageAuth
	}
	return r.ending()
}

// silent judges a connection on which the server never said a word.
func (r *reader) silent() (parsers.Outcome, parsers.Stage) {
	s := &r.s
	switch {
	case r.saidFailed == parsers.StageTLS:
		return parsers.OutcomeTLSFailed, parsers.StageTLS
	case s.Connect != parsers.Connected && r.commands == 0:
		if r.escaped || s.ClosedBy == "client" {
			return parsers.OutcomeAbandoned, parsers.StageConnect
		}
		return parsers.OutcomeIncomplete, parsers.StageNone
	case r.onlyLost():
		return parsers.OutcomeDropped, parsers.StageConnect
	case s.Connect == parsers.Connected && r.speaksFirst():
		if r.commands > 0 && s.Protocol == "" && s.Port == 0 && !r.closed {
			return parsers.OutcomeNoGreeting, parsers.StageNone // what was typed is no text protocol's, a greeting was not due
		}
		return parsers.OutcomeNoGreeting, parsers.StageGreeting
	case r.commands > 0:
		return parsers.OutcomeNoReply, r.firstUnanswered()
	}
	return parsers.OutcomeIncomplete, parsers.StageNone
}

// onlyLost reports whether all there is says that a connection was lost: a
// message quoted alone does not tell what was on the screen before.
func (r *reader) onlyLost() bool {
	return r.s.ClosedBy == "server" && !r.connected && !r.prompted && !r.trying && r.m == nil
}

// refused finds the first refusal that decides the session: one that was not
// made good by what came later.
func (r *reader) refused() (parsers.Outcome, parsers.Stage) {
	for i, t := range r.turns {
		if t.cmd == nil || t.rep == nil || t.rep.OK || r.madeGood(i) {
			continue
		}
		if o := r.weigh(t); o != "" {
			if r.s.Protocol == "http" && t.rep.Code != 400 && t.rep.Code < 500 {
				return o, parsers.StageNone // the request was understood; the answer is no
			}
			return o, t.cmd.stage
		}
	}
	return "", parsers.StageNone
}

// weigh tells what a refusal means for the session, "" for one that does not
// decide it.
func (r *reader) weigh(t *turn) parsers.Outcome {
	if t.rep.Code == 480 && r.triesAuth() {
		return "" // told to log on first, the client did
	}
	switch t.cmd.stage {
	case parsers.StageAuth:
		if t.cmd.verb == "AUTH" && t.cmd.bare {
			return "" // a question for mechanisms
		}
		if notNow(t.rep) {
			return parsers.OutcomeRefused
		}
		return parsers.OutcomeAuthFailed
	case parsers.StageTLS:
		return parsers.OutcomeTLSFailed
	case parsers.StageRcpt:
		if relayDenied(t.rep) {
			return parsers.OutcomeRelayDenied
		}
		return parsers.OutcomeRefused
	case parsers.StageHelo, parsers.StageMail, parsers.StageData, parsers.StageBody:
		return parsers.OutcomeRefused
	case parsers.StageSelect:
		if r.s.Protocol == "imap" && r.didSucceed(t.cmd.verb) {
			return ""
		}
		return parsers.OutcomeRefused
	}
	if r.s.Protocol == "http" {
		if t.rep.Code == 401 || t.rep.Code == 407 {
			return parsers.OutcomeAuthFailed
		}
		return parsers.OutcomeRefused
	}
	if !r.anySuccess() {
		return parsers.OutcomeRefused
	}
	if t.rep.Code == 502 && r.s.Protocol == "nntp" && t.rep.has("permission") {
		return parsers.OutcomeRefused
	}
	if r.isLast(t) && r.s.Protocol != "pop3" && r.s.Protocol != "imap" {
		return parsers.OutcomeRefused
	}
	return ""
}

// notNow reports whether a logon was refused for another reason than who logs
// on and with what: the server is busy or broken, or the mailbox is in use
// [RFC 2449 section 8.1, RFC 3206, RFC 5530, RFC 4954 section 6].
func notNow(p *reply) bool {
	switch p.ResponseCode {
	case "SYS/TEMP", "SYS/PERM", "IN-USE", "LOGIN-DELAY", "UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "OVERQUOTA":
		return true
	}
	return p.Code == 421 || p.Code == 454 || strings.HasPrefix(p.Enhanced, "4.") || p.has("too many simultaneous", "too many connections", "maximum number of connections")
}

// triesAuth reports whether the client tried to log on.
func (r *reader) triesAuth() bool {
	for _, t := range r.turns {
		if t.cmd != nil && t.cmd.stage == parsers.StageAuth {
			return true
		}
	}
	return false
}

// didSucceed reports whether the same verb succeeded elsewhere in the session.
func (r *reader) didSucceed(verb string) bool {
	for _, t := range r.turns {
		if t.cmd != nil && t.rep != nil && t.cmd.verb == verb && t.rep.OK {
			return true
		}
	}
	return false
}

// anySuccess reports whether any command but QUIT succeeded.
func (r *reader) anySuccess() bool {
	for _, t := range r.turns {
		if t.cmd != nil && t.rep != nil && t.rep.OK && t.cmd.stage != parsers.StageQuit {
			return true
		}
	}
	return false
}

// isLast reports whether nothing was answered behind a turn but QUIT.
func (r *reader) isLast(t *turn) bool {
	for i := len(r.turns) - 1; i >= 0; i-- {
		u := r.turns[i]
		if u.cmd == nil || u.rep == nil || u.cmd.stage == parsers.StageQuit {
			continue
		}
		return u == t
	}
	return false
}

func (r *reader) hasQuit() bool {
	for _, t := range r.turns {
		if t.cmd != nil && t.cmd.stage == parsers.StageQuit && t.rep != nil {
			return true
		}
	}
	return false
}

// relayDenied reports whether a refusal says that the server does not relay.
func relayDenied(p *reply) bool {
	return p.has("relay", "not permitted to send", "cannot send to external")
}

// madeGood reports whether the refusal of turn i was overcome later: the same
// was tried again and succeeded.
func (r *reader) madeGood(i int) bool {
	t := r.turns[i]
	for _, u := range r.turns[i+1:] {
		if u.cmd == nil || u.rep == nil || !u.rep.OK {
			continue
		}
		if t.cmd.stage == parsers.StageTLS && (u.cmd.stage == parsers.StageAuth || u.cmd.stage == parsers.StageMail) {
			return true // the client went on without TLS
		}
		if u.cmd.stage != t.cmd.stage {
			continue
		}
		switch t.cmd.stage {
		case parsers.StageAuth:
			if authDone(u) {
				return true
			}
		case parsers.StageRcpt:
			if u.cmd.args == t.cmd.args && !u.cmd.inferred {
				return true
			}
		case parsers.StageHelo, parsers.StageMail, parsers.StageData, parsers.StageTLS:
			return true
		case parsers.StageCommand, parsers.StageSelect:
			if u.cmd.verb == t.cmd.verb {
				return true
			}
		}
	}
	return false
}

// authDone reports whether a turn ends a successful logon.
func authDone(t *turn) bool {
	if t.cmd.stage != parsers.StageAuth || t.rep == nil || !t.rep.OK {
		return false
	}
	switch t.cmd.verb {
	case "USER", "AUTHINFO USER":
		return t.rep.Code == 230 || t.rep.Code == 281
	}
	return t.rep.Code != 334 && t.rep.Code != 383 && t.rep.Code != 381 && t.rep.Status != "+" && !(t.cmd.verb == "AUTH" && t.cmd.bare)
}

// authenticated tells whether a logon succeeded.
func (r *reader) authenticated() parsers.Tri {
	tried := parsers.Unknown
	for _, t := range r.turns {
		if t.cmd == nil || t.rep == nil || t.cmd.stage != parsers.StageAuth {
			continue
		}
		if authDone(t) {
			return parsers.Yes
		}
		if !t.rep.OK {
			tried = parsers.No
		}
	}
	if r.greet != nil && r.greet.Status == "PREAUTH" {
		return parsers.Yes
	}
	if r.saidFailed == parsers.StageAuth {
		return parsers.No
	}
	return tried
}

// ending judges a session in which nothing decisive was refused.
func (r *reader) ending() (parsers.Outcome, parsers.Stage) {
	s := &r.s
	if s.Protocol == "ftp" && len(s.Exchanges) == 0 {
		for _, u := range s.Unsolicited { // answers to what the client hides
			if u.Code == 530 {
				return parsers.OutcomeAuthFailed, parsers.StageAuth
			}
		}
	}
	if r.hasQuit() || s.Protocol == "telnet" && s.Authenticated == parsers.Yes {
		return parsers.OutcomeSuccess, parsers.StageNone // a host ends the connection at logout
	}
	if r.serverLeft() {
		return parsers.OutcomeDropped, r.lastStage()
	}
	if r.lost {
		return parsers.OutcomeDropped, r.firstUnanswered()
	}
	if r.hangs() {
		return parsers.OutcomeNoReply, r.firstUnanswered()
	}
	switch {
	case r.asksToQuit() && s.ClosedBy != "":
		return parsers.OutcomeSuccess, parsers.StageNone
	case s.ClosedBy == "client":
		return parsers.OutcomeAbandoned, parsers.StageNone
	case s.ClosedBy == "server" && s.Protocol != "http":
		return parsers.OutcomeDropped, r.lastStage()
	}
	return r.soFar(), parsers.StageNone
}

// passedOver gives the stage of the first refusal that did not decide the
// session. That a server knows no EHLO, has no such message or lists no
// mechanisms is no failure.
func (r *reader) passedOver() parsers.Stage {
	var before *turn // the command answered last
	for _, t := range r.turns {
		if t.cmd == nil && before != nil && !t.rep.OK && t.rep.Code != 421 && t.rep.Status != "BYE" {
			return before.cmd.stage // another reply to it, which refuses
		}
		if t.cmd == nil || t.rep == nil || t.rep.OK {
			if t.cmd != nil && t.rep != nil {
				before = t
			}
			continue
		}
		switch t.cmd.verb {
		case "EHLO", "AUTH", "CAPA", "CAPABILITIES", "RETR", "DELE", "TOP", "NOOP", "XEXCH50":
			if t.cmd.verb == "AUTH" && !t.cmd.bare {
				return t.cmd.stage
			}
			if t.cmd.verb == "CAPABILITIES" && t.rep.Code == 400 {
				return t.cmd.stage
			}
			continue
		}
		return t.cmd.stage
	}
	if serverLogs[r.s.Form] && r.warning != "" {
		return r.warnedAt
	}
	return parsers.StageNone
}
