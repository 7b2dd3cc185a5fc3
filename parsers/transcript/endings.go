package transcript

import (
	"time"

	"kbdiag/parsers"
)

// soFar tells a session whose capture ends before it does: a success if what
// it was for is done.
func (r *reader) soFar() parsers.Outcome {
	if r.s.Protocol == "http" && len(r.s.Exchanges) > 0 {
		return parsers.OutcomeSuccess
	}
	if r.asksToQuit() {
		return parsers.OutcomeSuccess
	}
	done := false
	for _, t := range r.turns {
		if t.cmd == nil || t.rep == nil || !t.rep.OK {
			continue
		}
		if r.s.Protocol == "nntp" && t.cmd.stage == parsers.StageCommand && t.cmd.verb != "MODE READER" && t.cmd.verb != "CAPABILITIES" {
			done = true
		}
		switch t.cmd.stage {
		case parsers.StageAuth:
			done = done || authDone(t)
		case parsers.StageBody, parsers.StageSelect:
			done = true
		case parsers.StageCommand:
			done = done || r.s.Protocol == "imap" && t.cmd.verb != "CAPABILITY" && t.cmd.verb != "NOOP" || t.cmd.verb == "ETRN"
		}
	}
	if (done || r.excerpt() && r.nothingOpen()) && len(r.s.Unanswered) == 0 {
		return parsers.OutcomeSuccess
	}
	return parsers.OutcomeIncomplete
}

// excerpt reports whether the capture is a few exchanges cut out of a
// dialogue, of which neither beginning nor end is shown: what was asked for is
// what is shown.
func (r *reader) excerpt() bool {
	return r.bare && r.form == "" && r.greet == nil && !r.connected && !r.prompted && !r.closed && r.commands > 0
}

// nothingOpen reports whether the last reply asks for no more: credentials or
// a message.
func (r *reader) nothingOpen() bool {
	for i := len(r.turns) - 1; i >= 0; i-- {
		if p := r.turns[i].rep; p != nil {
			return p.OK && p.Status != "+" && (p.Code < 300 || p.Code > 399)
		}
	}
	return false
}

// asksToQuit reports whether QUIT is all that was not answered.
func (r *reader) asksToQuit() bool {
	return len(r.s.Unanswered) == 1 && r.s.Unanswered[0].Verb == "QUIT"
}

// serverLeft reports whether the server ended the session on its own account:
// 421, BYE, or an error that nobody asked for.
func (r *reader) serverLeft() bool {
	for _, u := range r.s.Unsolicited {
		switch {
		case u.Code == 421, u.Status == "BYE":
			return true
		case u.Status == "-ERR" && r.s.ClosedBy == "server":
			return true
		}
	}
	return false
}

// hangs reports whether the server never answered a command: the client had
// gone on, the connection ended, or the log went on with something else much
// later.
func (r *reader) hangs() bool {
	n := len(r.s.Unanswered)
	if n == 0 {
		return false
	}
	last := r.s.Unanswered[n-1].Verb
	if r.gapAfter > time.Minute || r.placeholder && last == "(body)" && r.m != nil && r.atEnd() {
		return true
	}
	if n == 1 && r.s.ClosedBy != "" && r.unfinished() {
		return false // the server had nothing to answer yet
	}
	if n > 1 || last != "QUIT" && r.s.ClosedBy != "" {
		return r.answeredNoneAfter()
	}
	return false
}

// unfinished reports whether the client's last words are a message without its
// dot.
func (r *reader) unfinished() bool {
	if len(r.turns) == 0 {
		return false
	}
	t := r.turns[len(r.turns)-1]
	return t.rep == nil && t.cmd.noDot
}

// atEnd reports whether nothing of the capture follows the session's last
// line.
func (r *reader) atEnd() bool { return r.quiet == 0 }

// answeredNoneAfter reports whether a command that is not the last one got no
// reply, and nothing behind it did.
func (r *reader) answeredNoneAfter() bool {
	for i := len(r.turns) - 1; i >= 0; i-- {
		t := r.turns[i]
		if t.cmd != nil && t.rep != nil {
			return i < len(r.turns)-1
		}
	}
	return true
}

// firstUnanswered gives the stage of the first command without a reply.
func (r *reader) firstUnanswered() parsers.Stage {
	for _, t := range r.turns {
		if t.cmd != nil && t.rep == nil {
			return t.cmd.stage
		}
	}
	return r.lastStage()
}

// lastStage gives the stage of the last answered command.
func (r *reader) lastStage() parsers.Stage {
	for i := len(r.turns) - 1; i >= 0; i-- {
		if t := r.turns[i]; t.cmd != nil && t.rep != nil {
			return t.cmd.stage
		}
	}
	if r.s.Protocol == "telnet" {
		return parsers.StageAuth // the prompt for a login was there
	}
	return parsers.StageGreeting
}
