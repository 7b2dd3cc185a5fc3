package transcript

import (
	"math/bits"
	"strings"

	"kbdiag/parsers"
)

// next is what follows a reply.
type next uint8

const (
	nextNothing  next = iota
	nextResponse      // a line of a SASL dialogue
	nextBody          // a message, ended by a line with a dot
	nextQuit          // nothing: the dialogue is over
)

// grammar is what tells the line protocols apart: POP3, SMTP, NNTP, FTP.
type grammar struct {
	name  string
	bit   uint8 // in sets of the line protocols
	verbs map[string]verb
	pairs map[string]bool // first words of the verbs of two words
	// status reads a status line.
	status func(s string) (reply, bool)
	// redact reads the arguments of a verb; nil keeps them.
	redact func(c command, args string) command
	// greets reports whether a reply reads as a greeting, welcome or refusing.
	greets func(r *reply) bool
	// dotted reports whether lines up to a dot follow the status line.
	dotted func(c *command, r *reply) bool
	// next tells what follows the reply r to c.
	next func(c *command, r *reply) next
	// infer names the command that r seems to answer, echo being off.
	infer func(in *inference, r *reply) string
	// loose data: lines between "ddd-" and "ddd " may be anything (FTP).
	loose bool
}

// command reads a client line. Unless sure is set, nothing but the line says
// that it is one, so its arguments must be of the verb's shape.
func (g *grammar) command(s string, sure bool) (command, bool) {
	name, v, args, ok := g.verb(s)
	if !ok || !sure && !v.shape.fits(args) {
		return command{}, false
	}
	return g.build(name, v, args), true
}

// knows reports whether a line can be nothing but a command.
func (g *grammar) knows(s string) bool {
	_, v, args, ok := g.verb(s)
	return ok && v.shape.fits(args)
}

// The line protocols as a set of bits.
const (
	ofSMTP uint8 = 1 << iota
	ofPOP3
	ofNNTP
	ofFTP
)

// lineVerb is what one verb is in each of the line protocols.
type lineVerb struct {
	of     uint8    // those that have it
	shapes [4]shape // of its arguments in each, in the order of the bits
}

// commandOf gives the line protocols of which a line can be nothing but a
// command.
func commandOf(s string) (of uint8) {
	name, args := firstWord(s)
	w, odd := wordOf(name)
	if odd {
		w, _ = wordOf(strings.ToUpper(name))
	}
	if w == nil {
		return 0
	}
	if w.pair && nntp.knows(s) {
		of |= ofNNTP
	}
	l := &w.line
	if l.of == 0 {
		return of
	}
	args = strings.TrimSpace(args)
	n, first := countWords(args)
	for i, shape := range l.shapes {
		if l.of&(1<<i) != 0 && shape.fitsWords(args, n, first) {
			of |= 1 << i
		}
	}
	return of
}

// verb finds the verb that a line begins with; of two words where one alone is
// none: "AUTHINFO USER x", "MODE READER".
func (g *grammar) verb(s string) (name string, v verb, args string, ok bool) {
	first, rest := splitVerb(s)
	if w, _ := wordOf(first); w != nil && w.line.of&g.bit != 0 {
		return w.text, w.verbs[bits.TrailingZeros8(g.bit)], rest, true
	}
	if !g.pairs[first] {
		return "", verb{}, "", false
	}
	second, args := splitVerb(rest)
	name = first + " " + second
	v, ok = g.verbs[name]
	return name, v, args, ok
}

func (g *grammar) build(name string, v verb, args string) command {
	c := command{verb: name, args: args, bare: args == "", stage: v.stage}
	switch v.shape {
	case mechanism:
		return saslCommand(c, args)
	case password:
		c.args, c.secrets = hide(args)
		return c
	}
	if g.redact != nil {
		return g.redact(c, args)
	}
	return c
}

// unknown makes a command of a line that is none of the protocol. What looks
// like a password is redacted all the same.
func (g *grammar) unknown(s string) command {
	if c, ok := g.command(s, true); ok {
		return c
	}
	return unknownCommand(s)
}

// unknownCommand makes a command of a line that no verb explains.
func unknownCommand(s string) command {
	for _, g := range [...]*grammar{&pop3, &smtp, &nntp, &ftp} {
		if c, ok := g.command(s, true); ok && len(c.secrets) > 0 {
			return c
		}
	}
	if c, ok := imapCommand(s, true); ok && len(c.secrets) > 0 {
		return c
	}
	name, args := splitVerb(s)
	if name == "" {
		name, args = "", s
	}
	if mech, _, _ := strings.Cut(args, " "); name == "AUTH" && !saslMechanism(mech) { // of Redis, and others
		shown, secrets := hide(args)
		return command{verb: name, args: shown, bare: args == "", stage: parsers.StageAuth, secrets: secrets}
	}
	args = parsers.RedactLine(clip(args, 200), nil)
	return command{verb: clip(name, 40), args: args, bare: args == "", stage: parsers.StageCommand}
}

// clip shortens s to about n bytes.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + "..."
}

// inference is what is known of a dialogue whose commands are not in the
// capture.
type inference struct {
	n    int    // replies since the greeting
	last string // verb of the command before
	prev *reply // the reply before, nil at the first
	auth bool   // a SASL dialogue is under way
	done map[string]bool
}

func (in *inference) seen(verb string) bool { return in.done[verb] }

// guess makes a command of a verb and a grammar's table.
func (g *grammar) guess(name string) command {
	switch name {
	case "(response)":
		return command{verb: name, stage: parsers.StageAuth}
	case "(body)":
		return command{verb: name, stage: parsers.StageBody}
	case "":
		return command{verb: "(unknown)", stage: parsers.StageCommand}
	}
	return command{verb: name, stage: g.verbs[name].stage}
}

// has reports whether a reply's text contains one of the lower-case words.
func (r *reply) has(words ...string) bool {
	for _, w := range words {
		if containsFold(r.Text, w) {
			return true
		}
	}
	return false
}

// firstLine gives the first line of a text.
func firstLine(s string) string {
	l, _, _ := strings.Cut(s, "\n")
	return l
}
