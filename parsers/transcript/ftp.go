package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// ftp is RFC 959 with RFC 2228 and RFC 4217 (AUTH, PBSZ, PROT), RFC 2389
// (FEAT, OPTS), RFC 2428 (EPRT, EPSV) and RFC 3659 (MLSD and others).
var ftp = grammar{
	name: "ftp",
	bit:  ofFTP,
	verbs: map[string]verb{
		"USER": {anyName, parsers.StageAuth},
		"PASS": {password, parsers.StageAuth},
		"ACCT": {password, parsers.StageAuth},
		"AUTH": {oneWord, parsers.StageTLS},
		"PBSZ": {numbersOnly, parsers.StageTLS},
		"PROT": {oneWord, parsers.StageTLS},
		"CCC":  {noArgs, parsers.StageTLS},
		"SYST": {noArgs, parsers.StageCommand},
		"FEAT": {noArgs, parsers.StageCommand},
		"OPTS": {optionWords, parsers.StageCommand},
		"TYPE": {oneWord, parsers.StageCommand},
		"MODE": {oneWord, parsers.StageCommand},
		"STRU": {oneWord, parsers.StageCommand},
		"PASV": {noArgs, parsers.StageCommand},
		"EPSV": {optWord, parsers.StageCommand},
		"PORT": {oneWord, parsers.StageCommand},
		"EPRT": {oneWord, parsers.StageCommand},
		"CWD":  {oneWord, parsers.StageCommand},
		"XCWD": {oneWord, parsers.StageCommand},
		"CDUP": {noArgs, parsers.StageCommand},
		"PWD":  {noArgs, parsers.StageCommand},
		"XPWD": {noArgs, parsers.StageCommand},
		"LIST": {anyArgs, parsers.StageCommand},
		"NLST": {anyArgs, parsers.StageCommand},
		"MLSD": {optWord, parsers.StageCommand},
		"MLST": {optWord, parsers.StageCommand},
		"RETR": {oneWord, parsers.StageCommand},
		"STOR": {oneWord, parsers.StageCommand},
		"STOU": {optWord, parsers.StageCommand},
		"APPE": {oneWord, parsers.StageCommand},
		"REST": {numbersOnly, parsers.StageCommand},
		"SIZE": {oneWord, parsers.StageCommand},
		"MDTM": {oneWord, parsers.StageCommand},
		"DELE": {oneWord, parsers.StageCommand},
		"RNFR": {oneWord, parsers.StageCommand},
		"RNTO": {oneWord, parsers.StageCommand},
		"MKD":  {oneWord, parsers.StageCommand},
		"RMD":  {oneWord, parsers.StageCommand},
		"ABOR": {noArgs, parsers.StageCommand},
		"STAT": {optWord, parsers.StageCommand},
		"HELP": {optWord, parsers.StageCommand},
		"SITE": {anyArgs, parsers.StageCommand},
		"NOOP": {noArgs, parsers.StageCommand},
		"ALLO": {numbersOnly, parsers.StageCommand},
		"CLNT": {anyArgs, parsers.StageCommand},
		"QUIT": {noArgs, parsers.StageQuit},
	},
	status: codeReply,
	redact: ftpRedact,
	greets: func(r *reply) bool { return r.Code == 220 || r.Code == 120 || r.Code == 421 },
	dotted: func(*command, *reply) bool { return false },
	next:   ftpNext,
	infer:  ftpVerb,
	loose:  true,
}

// ftpRedact redacts the password that clients take behind the user's name,
// and what SITE commands carry.
func ftpRedact(c command, args string) command {
	switch c.verb {
	case "USER":
		name, password, ok := strings.Cut(args, " ")
		if !ok || strings.HasPrefix(args, "<") {
			return c
		}
		shown, secrets := hide(strings.TrimSpace(password))
		c.args, c.secrets = name+" "+shown, secrets
	case "SITE":
		c.args = parsers.RedactLine(args, nil)
	}
	return c
}

func ftpNext(c *command, r *reply) next {
	if c.verb == "QUIT" && r.Code == 221 {
		return nextQuit
	}
	return nextNothing
}

// ftpVerb names the command that a reply answers, by its code, its words and the
// usual order.
func ftpVerb(in *inference, r *reply) string {
	switch {
	case in.prev != nil && in.prev.Code == 331, in.prev != nil && in.prev.Code == 332:
		return "PASS"
	case r.Code == 530 || r.Code == 230:
		return "USER"
	}
	return ftpByCode[r.Code]
}

var ftpByCode = map[int]string{
	331: "USER", 332: "USER", 227: "PASV", 229: "EPSV", 215: "SYST", 211: "FEAT", 257: "PWD", 221: "QUIT", 234: "AUTH", 200: "TYPE",
	250: "CWD", 226: "LIST", 213: "SIZE", 350: "RNFR", 214: "HELP",
}

// typedFTP reads what a user of a command-line client types: at its prompt
// "ftp> user root", at "User (host:(none)): bob" or "Name (host:root): bob",
// and at "Password:", where nothing shows. It gives the command sent instead.
func typedFTP(s string) (string, bool) {
	switch {
	case s == "Password:" || s == "Password: ":
		return "PASS ********", true
	case strings.HasPrefix(s, "User (") || strings.HasPrefix(s, "Name ("):
		name, ok := strings.CutPrefix(s[strings.LastIndex(s, ")")+1:], ":")
		if !ok || strings.TrimSpace(name) == "" {
			return "", false
		}
		return "USER " + strings.TrimSpace(name), true
	case strings.HasPrefix(s, "ftp> "):
		return ftpTyped(strings.TrimSpace(s[len("ftp> "):]))
	}
	return "", false
}

// ftpVerbs are the client's own words for commands, where they differ.
var ftpVerbs = map[string]string{
	"dir": "LIST", "ls": "NLST", "get": "RETR", "recv": "RETR", "put": "STOR", "send": "STOR", "bye": "QUIT", "quit": "QUIT",
	"close": "QUIT", "disconnect": "QUIT", "cd": "CWD", "pwd": "PWD", "delete": "DELE", "mkdir": "MKD", "rmdir": "RMD", "user": "USER",
	"quote": "", "literal": "", "type": "TYPE", "bin": "TYPE I", "binary": "TYPE I", "ascii": "TYPE A", "passive": "PASV",
	"size": "SIZE", "append": "APPE",
}

func ftpTyped(s string) (string, bool) {
	word, args, _ := strings.Cut(s, " ")
	sent, ok := ftpVerbs[strings.ToLower(word)]
	if !ok {
		return "", false
	}
	if name, password, ok := strings.Cut(args, " "); ok && sent == "USER" {
		return "USER " + name + " " + password, true
	}
	return strings.TrimSpace(sent + " " + args), true
}
