package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// smtp is RFC 5321 with RFC 4954 (AUTH), RFC 3207 (STARTTLS), RFC 1985 (ETRN),
// RFC 3030 (BDAT), RFC 2033 (LMTP) and the verbs of Exchange.
var smtp = grammar{
	name: "smtp",
	bit:  ofSMTP,
	verbs: map[string]verb{
		"HELO":           {oneWord, parsers.StageHelo},
		"EHLO":           {oneWord, parsers.StageHelo},
		"LHLO":           {oneWord, parsers.StageHelo},
		"HELLO":          {oneWord, parsers.StageHelo}, // SMTPGATE takes it as HELO
		"MAIL":           {addressPath, parsers.StageMail},
		"SEND":           {addressPath, parsers.StageMail},
		"SOML":           {addressPath, parsers.StageMail},
		"SAML":           {addressPath, parsers.StageMail},
		"RCPT":           {addressPath, parsers.StageRcpt},
		"DATA":           {noArgs, parsers.StageData},
		"BDAT":           {sizeAndLast, parsers.StageBody},
		"RSET":           {noArgs, parsers.StageCommand},
		"NOOP":           {optWord, parsers.StageCommand},
		"HELP":           {optWord, parsers.StageCommand},
		"VRFY":           {oneWord, parsers.StageCommand},
		"EXPN":           {oneWord, parsers.StageCommand},
		"ETRN":           {oneWord, parsers.StageCommand},
		"TURN":           {noArgs, parsers.StageCommand},
		"ATRN":           {optWord, parsers.StageCommand},
		"AUTH":           {mechanism, parsers.StageAuth},
		"X-EXPS":         {mechanism, parsers.StageAuth},
		"STARTTLS":       {noArgs, parsers.StageTLS},
		"X-ANONYMOUSTLS": {noArgs, parsers.StageTLS},
		"XCLIENT":        {anyArgs, parsers.StageCommand},
		"XFORWARD":       {anyArgs, parsers.StageCommand},
		"XEXCH50":        {numbersOnly, parsers.StageCommand},
		"X-LINK2STATE":   {anyArgs, parsers.StageCommand},
		"QUIT":           {noArgs, parsers.StageQuit},
	},
	status: codeReply,
	greets: smtpGreets,
	dotted: func(*command, *reply) bool { return false },
	next:   smtpNext,
	infer:  smtpVerb,
}

func smtpGreets(r *reply) bool {
	return r.Code == 220 && !r.has("tls") && r.Enhanced == "" || r.Code == 554 || r.Code == 421
}

func smtpNext(c *command, r *reply) next {
	switch {
	case r.Code == 334:
		return nextResponse
	case r.Code == 354 && (c.verb == "DATA" || c.verb == "(unknown)"):
		return nextBody
	case c.verb == "QUIT" && r.Code == 221:
		return nextQuit
	}
	return nextNothing
}

// smtpVerb names the command that a reply answers, by its code, its words and the
// usual order.
func smtpVerb(in *inference, r *reply) string {
	if in.last == "DATA" && in.prev != nil && in.prev.Code == 354 {
		return "(body)"
	}
	if v := smtpByCode(in, r); v != "" {
		return v
	}
	if v := smtpByWords(r); v != "" {
		return v
	}
	return smtpByOrder(in, r)
}

// smtpByCode names the command where code or enhanced code tell it [RFC 5321
// section 4.2.2, RFC 3463].
func smtpByCode(in *inference, r *reply) string {
	if in.auth {
		return "(response)"
	}
	switch r.Code {
	case 334, 235, 535, 534, 538:
		return "AUTH"
	case 354:
		return "DATA"
	case 221:
		return "QUIT"
	case 220:
		return "STARTTLS"
	case 214:
		return "HELP"
	case 252:
		return "VRFY"
	case 251, 551:
		return "RCPT"
	case 458, 253:
		return "ETRN"
	}
	switch r.Enhanced {
	case "2.1.0", "5.1.7", "5.1.8", "4.1.8", "5.3.4":
		return "MAIL"
	case "2.1.5", "5.1.1", "5.1.2", "5.1.6", "4.1.1", "5.1.10", "5.2.1":
		return "RCPT"
	case "2.6.0":
		return "(body)"
	}
	if r.Code == 500 && in.n > 0 && !(in.n == 1 && in.last == "") {
		return "(unknown)"
	}
	return ""
}

// smtpByWords names the command by what servers say.
func smtpByWords(r *reply) string {
	switch {
	case r.has("relay", "recipient", "mailbox unavailable", "user unknown", "no such user", "unknown user"):
		if r.has("no valid recipients") {
			return "DATA"
		}
		return "RCPT"
	case r.has("sender ok", "sender accepted", "mail from", "originator"):
		return "MAIL"
	case r.has("queued", "message accepted"):
		return "(body)"
	case r.has("resetting", "reset state", "reset ok", "flushed"):
		return "RSET"
	case r.has("sender"):
		return "MAIL"
	}
	return ""
}

// smtpByOrder names the command that comes next in a dialogue.
func smtpByOrder(in *inference, r *reply) string {
	switch {
	case in.prev == nil, in.last == "HELO" && !in.prev.OK, in.last == "EHLO" && !in.prev.OK:
		if strings.Contains(r.Text, "\n") || !r.OK && in.prev == nil {
			return "EHLO"
		}
		return "HELO"
	case in.last == "STARTTLS" && in.prev.OK:
		return "EHLO"
	case !in.seen("MAIL"):
		return "MAIL"
	case in.last == "MAIL" && in.prev.OK, in.last == "RCPT" && r.Code != 503 && r.Code != 554:
		return "RCPT"
	case in.last == "RCPT":
		return "DATA"
	}
	return "(unknown)"
}
