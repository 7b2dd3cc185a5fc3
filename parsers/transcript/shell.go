package transcript

import (
	"strings"
)

// shellMeta knows a shell's prompt with the command behind it, and a bare
// command that connects, as articles print it: "telnet host 110".
func shellMeta(s string) (event, kind) {
	if rest, ok := strings.CutPrefix(s, "ftp> "); ok {
		if words := strings.Fields(rest); len(words) > 1 && strings.EqualFold(words[0], "open") {
			return happens(event{what: whatCommand, server: words[1], port: 21, form: "ftp"})
		}
		return line()
	}
	if s == "ftp>" {
		return noise()
	}
	typed, ok := cutPrompt(s)
	if ev, is := clientCommand(typed); is && (ok || bareCommand(typed)) {
		return happens(ev)
	}
	if ok {
		return happens(event{what: whatPrompt})
	}
	return line()
}

// cutPrompt takes a shell's prompt off a line: "$ ", "user@host:~# ",
// "[user@host ~]$ ", "C:\dir> ", "1. " before a command.
func cutPrompt(s string) (string, bool) {
	if s[0] >= 0x80 {
		for _, p := range drawnPrompts {
			if rest, ok := strings.CutPrefix(s, p); ok {
				return strings.TrimSpace(rest), true
			}
		}
	}
	if rest, ok := strings.CutPrefix(s, "$ "); ok {
		return rest, true
	}
	if rest, ok := strings.CutPrefix(s, "# "); ok {
		if _, is := clientCommand(rest); is {
			return rest, true
		}
		return s, false
	}
	if i := strings.IndexByte(s, '>'); i > 1 && len(s) > 2 && s[1] == ':' && s[2] == '\\' {
		return strings.TrimSpace(s[i+1:]), true
	}
	if strings.HasPrefix(s, "PS ") {
		if i := strings.IndexByte(s, '>'); i > 0 {
			return strings.TrimSpace(s[i+1:]), true
		}
	}
	if len(s) > 4 && (s[1] == ':' && s[2] == '\\') { // "c:\ftp host", seen in an article
		return s[3:], false
	}
	return unixPrompt(s)
}

// drawnPrompts are prompts that begin with a drawing: the second line of
// Kali's, and those of zsh.
var drawnPrompts = [...]string{"└─$ ", "└─# ", "╰─$ ", "╰─# ", "❯ ", "➜  ~ ", "➜ ~ "}

func unixPrompt(s string) (string, bool) {
	if rest, ok := ciscoPrompt(s); ok {
		return rest, true
	}
	i := promptEnd(s)
	if i == 2 && (s[:i] == "~ " || s[:i] == "/ ") && len(s) > 4 && s[i+1] == ' ' { // of busybox
		return strings.TrimSpace(s[i+1:]), true
	}
	if i < 3 || i+1 < len(s) && s[i+1] != ' ' {
		return numbered(s), false
	}
	head := s[:i]
	at := strings.IndexByte(head, '@')
	if at <= 0 && !strings.HasPrefix(head, "~") && !strings.HasPrefix(head, "bash-") && !strings.HasSuffix(head, ":/") && !strings.Contains(head, ":~ ") && !strings.Contains(head, ":/ ") {
		return numbered(s), false
	}
	if strings.Count(head, " ") > 1 || strings.ContainsAny(head, "<>(){}=\"") {
		return numbered(s), false
	}
	return strings.TrimSpace(s[min(i+1, len(s)):]), true
}

// maxPrompt is the longest prompt of a Unix shell, in bytes.
const maxPrompt = 80

// promptEnd gives the place of the first character that a prompt may end with,
// -1 if none is near.
func promptEnd(s string) int {
	for i := 0; i < len(s) && i <= maxPrompt; i++ {
		if c := s[i]; c == '$' || c == '#' || c == '%' {
			return i
		}
	}
	return -1
}

// numbered takes "1. " and "a) " off a step of an article.
func numbered(s string) string {
	if len(s) > 3 && (s[1] == '.' || s[1] == ')') && s[2] == ' ' {
		return strings.TrimSpace(s[3:])
	}
	return s
}

// bareCommand reports whether a command without a prompt before it is more
// than a sentence that begins with the program's name.
func bareCommand(s string) bool {
	words := strings.Fields(s)
	if len(words) < 2 {
		return false
	}
	last := words[len(words)-1]
	return hasPrefixFold(s, "telnet ") && portOf(last) > 0 && (len(words) == 3 || strings.Contains(s, "<")) ||
		hasPrefixFold(s, "openssl s_client ") || hasPrefixFold(s, "nc -") || hasPrefixFold(s, "ftp ") && len(words) == 2 && strings.Contains(last, ".")
}

// clientCommand reads a command line of a program that connects.
func clientCommand(s string) (event, bool) {
	name := programName(s)
	if name == "echo" || name == "printf" || strings.HasPrefix(s, "(") { // what is typed comes through a pipe
		_, s, _ = strings.Cut(s, "| ")
		s, _, _ = strings.Cut(s, " |")
		name = programName(s)
	}
	if !programs[name] {
		return event{}, false
	}
	words := strings.Fields(s)
	ev := event{what: whatCommand}
	switch name {
	case "telnet":
		ev.form = "telnet"
		if ev.server, ev.port = positional(words[1:], 23); ev.server == "" {
			ev.port = 0 // it will be opened at the program's own prompt
		}
		if i := strings.IndexByte(s, '<'); i > 0 && strings.IndexByte(s, '>') > i { // "telnet <name of the server> 143"
			ev.server = s[i : strings.LastIndexByte(s, '>')+1]
			ev.port = portOf(words[len(words)-1])
		}
	case "nc", "ncat", "netcat":
		ev.form = "nc"
		ev.server, ev.port = positional(words[1:], 0)
	case "ftp", "tnftp", "lftp":
		ev.form = "ftp"
		ev.server, ev.port = positional(words[1:], 21)
	case "plink":
		ev.form = "putty"
		ev.server, _ = positional(words[1:], 0)
		ev.port = portOf(wordAfter(words, "-P"))
	case "openssl":
		if len(words) < 2 || words[1] != "s_client" {
			return event{}, false
		}
		ev.form = "s_client"
		ev.server, ev.port = hostPort(wordAfter(words, "-connect"))
	case "curl", "swaks", "msmtp", "fetchmail":
		ev.form = name
	default:
		return event{}, false
	}
	return ev, true
}

// programs are the names of those that clientCommand knows.
var programs = map[string]bool{"telnet": true, "nc": true, "ncat": true, "netcat": true, "ftp": true, "tnftp": true, "lftp": true, "plink": true,
	"openssl": true, "curl": true, "swaks": true, "msmtp": true, "fetchmail": true}

// programName gives the name of the program that a command line begins with.
func programName(s string) string {
	word := strings.TrimSpace(s)
	from := 0
	for i := 0; i < len(word); i++ {
		if isBlank[word[i]] {
			word = word[:i]
			break
		}
		if word[i] == '/' || word[i] == '\\' {
			from = i + 1
		}
	}
	word = word[from:]
	if len(word) > len("fetchmail.exe") || word == "" || word[0]|0x20 < 'a' {
		return ""
	}
	return strings.TrimSuffix(strings.ToLower(word), ".exe")
}

// optionsWithValue are the options of telnet, nc and plink that take the next
// word.
var optionsWithValue = map[string]bool{"-P": true, "-l": true, "-w": true, "-i": true, "-s": true, "-p": true, "-pw": true, "-X": true, "-x": true, "-q": true, "-e": true, "-b": true, "-n": false}

// positional gives host and port of "[-options] host [port]".
func positional(words []string, port int) (string, int) {
	host := ""
	valued := false
	for _, w := range words {
		switch {
		case valued:
			valued = false
		case strings.HasPrefix(w, "-"):
			valued = optionsWithValue[w]
		case host == "":
			host = w
		default:
			if p := portOf(w); p > 0 {
				return hostName(host), p
			}
			return hostName(host), port
		}
	}
	return hostName(host), port
}
