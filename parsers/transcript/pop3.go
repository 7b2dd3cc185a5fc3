package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// pop3 is RFC 1939 with RFC 2449 (CAPA, response codes) and RFC 5034 (AUTH).
var pop3 = grammar{
	name: "pop3",
	bit:  ofPOP3,
	verbs: map[string]verb{
		"USER": {anyName, parsers.StageAuth},
		"PASS": {password, parsers.StageAuth},
		"APOP": {nameAndDigest, parsers.StageAuth},
		"AUTH": {mechanism, parsers.StageAuth},
		"CAPA": {noArgs, parsers.StageCommand},
		"STLS": {noArgs, parsers.StageTLS},
		"STAT": {noArgs, parsers.StageCommand},
		"LIST": {optNum, parsers.StageCommand},
		"UIDL": {optNum, parsers.StageCommand},
		"RETR": {numbersOnly, parsers.StageCommand},
		"DELE": {numbersOnly, parsers.StageCommand},
		"TOP":  {numbersOnly, parsers.StageCommand},
		"NOOP": {noArgs, parsers.StageCommand},
		"RSET": {noArgs, parsers.StageCommand},
		"LAST": {noArgs, parsers.StageCommand},
		"UTF8": {noArgs, parsers.StageCommand},
		"LANG": {optWord, parsers.StageCommand},
		"XTND": {anyArgs, parsers.StageCommand},
		"QUIT": {noArgs, parsers.StageQuit},
	},
	status: popReply,
	redact: popRedact,
	greets: popGreets,
	dotted: popDotted,
	next:   popNext,
	infer:  popVerb,
}

// popRedact redacts the digest of APOP.
func popRedact(c command, args string) command {
	if c.verb != "APOP" {
		return c
	}
	name, digest, _ := strings.Cut(args, " ")
	shown, secrets := hide(strings.TrimSpace(digest))
	c.args = strings.TrimSpace(name + " " + shown)
	c.secrets = secrets
	return c
}

// popGreets knows a greeting from the "+OK" to a command by its words.
func popGreets(r *reply) bool {
	return r.Status == "+OK" && r.has("ready", "pop3", "pop server", "server", "welcome", "service", "dovecot", "hello there", "cyrus", "qpop", "<")
}

func popDotted(c *command, r *reply) bool {
	if r.Status != "+OK" {
		return false
	}
	switch c.verb {
	case "LIST", "UIDL":
		return c.bare
	case "AUTH":
		return c.bare
	case "RETR", "TOP", "CAPA":
		return true
	}
	return false
}

func popNext(c *command, r *reply) next {
	switch {
	case r.Status == "+" && (c.verb == "AUTH" || c.verb == "(response)"):
		return nextResponse
	case c.verb == "QUIT" && r.OK:
		return nextQuit
	}
	return nextNothing
}

// popVerb names commands by the words of their replies and by the order in
// which people type them: USER, PASS, STAT, LIST, RETR, QUIT.
func popVerb(in *inference, r *reply) string {
	lines := strings.Contains(r.Text, "\n")
	switch {
	case r.Status == "+":
		return map[bool]string{true: "(response)", false: "AUTH"}[in.auth]
	case in.auth:
		return "(response)"
	case r.OK && r.has("logging out", "signing off", "sign-off", "bye", "closing", "messages deleted"):
		return "QUIT"
	case r.OK && r.has("begin tls"):
		return "STLS"
	case r.OK && r.has("deleted"):
		return "DELE"
	case r.OK && lines && r.has("\nUSER", "\nUIDL", "\nTOP"):
		return "CAPA"
	case in.seen("PASS") && r.OK && r.has("octets"):
		return "RETR"
	case in.seen("PASS") && r.OK && (r.has("messages") || lines):
		return "LIST"
	case in.seen("PASS") && r.OK && twoNumbers(r.Text):
		return "STAT"
	case in.last == "USER":
		return "PASS"
	case !in.seen("PASS") || in.prev != nil && !in.prev.OK:
		return "USER"
	}
	return ""
}

// twoNumbers knows the reply to STAT: "2 464".
func twoNumbers(s string) bool {
	words := strings.Fields(s)
	return len(words) >= 2 && isNumber(words[0]) && isNumber(words[1])
}
