package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// imapVerbs are the commands of RFC 3501, RFC 9051 and extensions in use.
var imapVerbs = map[string]verb{
	"CAPABILITY":   {noArgs, parsers.StageCommand},
	"NOOP":         {noArgs, parsers.StageCommand},
	"LOGOUT":       {noArgs, parsers.StageQuit},
	"STARTTLS":     {noArgs, parsers.StageTLS},
	"AUTHENTICATE": {mechanism, parsers.StageAuth},
	"LOGIN":        {twoStrings, parsers.StageAuth},
	"PROXYAUTH":    {oneWord, parsers.StageAuth},
	"SELECT":       {oneString, parsers.StageSelect},
	"EXAMINE":      {oneString, parsers.StageSelect},
	"CREATE":       {oneString, parsers.StageCommand},
	"DELETE":       {oneString, parsers.StageCommand},
	"RENAME":       {quotedFirst, parsers.StageCommand},
	"SUBSCRIBE":    {oneString, parsers.StageCommand},
	"UNSUBSCRIBE":  {oneString, parsers.StageCommand},
	"LIST":         {quotedFirst, parsers.StageCommand},
	"LSUB":         {quotedFirst, parsers.StageCommand},
	"XLIST":        {quotedFirst, parsers.StageCommand},
	"STATUS":       {twoWordsUp, parsers.StageCommand},
	"APPEND":       {twoWordsUp, parsers.StageCommand},
	"CHECK":        {noArgs, parsers.StageCommand},
	"CLOSE":        {noArgs, parsers.StageCommand},
	"UNSELECT":     {noArgs, parsers.StageCommand},
	"EXPUNGE":      {noArgs, parsers.StageCommand},
	"SEARCH":       {capitals, parsers.StageCommand},
	"SORT":         {twoWordsUp, parsers.StageCommand},
	"THREAD":       {capitals, parsers.StageCommand},
	"FETCH":        {setAndMore, parsers.StageCommand},
	"STORE":        {setAndMore, parsers.StageCommand},
	"COPY":         {setAndMore, parsers.StageCommand},
	"MOVE":         {setAndMore, parsers.StageCommand},
	"UID":          {uidArgs, parsers.StageCommand},
	"NAMESPACE":    {noArgs, parsers.StageCommand},
	"IDLE":         {noArgs, parsers.StageCommand},
	"ID":           {quotedFirst, parsers.StageCommand},
	"ENABLE":       {capitals, parsers.StageCommand},
	"COMPRESS":     {oneWord, parsers.StageCommand},
	"GETQUOTA":     {oneString, parsers.StageCommand},
	"GETQUOTAROOT": {oneString, parsers.StageCommand},
	"SETQUOTA":     {twoWordsUp, parsers.StageCommand},
	"GETACL":       {oneString, parsers.StageCommand},
	"SETACL":       {twoWordsUp, parsers.StageCommand},
	"MYRIGHTS":     {oneString, parsers.StageCommand},
	"GETMETADATA":  {twoWordsUp, parsers.StageCommand},
}

// imapCommand reads "tag VERB arguments". Unless sure is set the arguments
// must be of the verb's shape, and the tag no ordinary word.
func imapCommand(s string, sure bool) (command, bool) {
	tag, rest, _ := strings.Cut(s, " ")
	name, args := splitVerb(rest)
	v, known := imapVerbOf(name)
	if known && imapTag(tag) && (sure || likelyTag(tag) && v.shape.fits(args)) {
		c := imapBuild(name, v, args)
		c.tag = tag
		return c, true
	}
	if !sure {
		return command{}, false
	}
	return imapUntaggedCommand(s)
}

// imapKnows reports whether a line can be nothing but a command.
func imapKnows(s string) bool {
	_, ok := imapVerb(s)
	return ok
}

// imapVerb gives the verb of a line that can be nothing but a command.
func imapVerb(s string) (string, bool) {
	tag, rest, _ := strings.Cut(s, " ")
	if !likelyTag(tag) {
		return "", false
	}
	name, args := splitVerb(rest)
	v, known := imapVerbOf(name)
	return name, known && v.shape.fits(args)
}

// imapVerbOf gives what a word in capitals is as a verb.
func imapVerbOf(name string) (verb, bool) {
	if w, _ := wordOf(name); w != nil {
		return w.imap, w.isIMAP
	}
	return verb{}, false
}

// imapUntaggedCommand reads a command whose tag was forgotten: the server
// takes the verb for the tag.
func imapUntaggedCommand(s string) (command, bool) {
	name, args := splitVerb(s)
	v, ok := imapVerbOf(name)
	if !ok {
		return command{}, false
	}
	c := imapBuild(name, v, args)
	c.tag, _, _ = strings.Cut(strings.TrimSpace(s), " ")
	return c, true
}

func imapBuild(name string, v verb, args string) command {
	c := command{verb: name, args: args, bare: args == "", stage: v.stage}
	switch name {
	case "LOGIN":
		return imapLogin(c, args)
	case "AUTHENTICATE":
		return saslCommand(c, args)
	}
	return c
}

// imapLogin redacts the password of LOGIN: an atom, a quoted string, or what
// an article prints in its place.
func imapLogin(c command, args string) command {
	user, rest := imapString(args)
	rest = strings.TrimSpace(rest)
	if rest == "" {
		return c // the password may follow as a literal
	}
	shown, secrets := hide(rest)
	c.args = user + " " + shown
	c.secrets = secrets
	if len(secrets) > 0 && strings.HasPrefix(rest, "{") && strings.HasSuffix(rest, "}") {
		c.args, c.secrets = args, nil // announces a literal
	}
	if n := len(rest); n > 2 && rest[0] == '"' && rest[n-1] == '"' && len(secrets) > 0 {
		c.secrets = append(c.secrets, unquote(rest))
	}
	return c
}

// imapString cuts the first string off: an atom, "quoted", or <placeholder>.
func imapString(s string) (string, string) {
	if s == "" {
		return "", ""
	}
	end := ""
	switch s[0] {
	case '"':
		for i := 1; i < len(s); i++ {
			if s[i] == '\\' {
				i++
			} else if s[i] == '"' {
				return s[:i+1], s[i+1:]
			}
		}
		return s, ""
	case '<':
		end = ">"
	default:
		end = " "
	}
	i := strings.Index(s, end)
	if i < 0 {
		return s, ""
	}
	if end == ">" {
		i++
	}
	return s[:i], s[i:]
}

// unquote takes quotation marks and backslashes off a quoted string.
func unquote(s string) string {
	if len(s) < 2 {
		return s
	}
	s = s[1 : len(s)-1]
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// likelyTag reports whether a word is a tag rather than a word of a sentence:
// "a", "?", "A1", "TAG1".
func likelyTag(tag string) bool {
	if !imapTag(tag) {
		return false
	}
	if len(tag) == 1 {
		return true
	}
	for i := 0; i < len(tag); i++ {
		if isDigit(tag[i]) || tag[i] == '.' {
			return true
		}
	}
	return false
}

// literal gives the size that a line announces at its end: "{27}" or "{27+}",
// -1 if it announces none.
func literal(s string) int {
	if s == "" || s[len(s)-1] != '}' {
		return -1
	}
	i := strings.LastIndexByte(s, '{')
	if i < 0 {
		return -1
	}
	n := strings.TrimRight(s[i+1:len(s)-1], "+-")
	if !isNumber(n) || len(n) > 9 {
		return -1
	}
	v := 0
	for _, c := range n {
		v = v*10 + int(c-'0')
	}
	return v
}
