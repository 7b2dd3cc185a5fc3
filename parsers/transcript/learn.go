package transcript

import "strings"

// tellsNothing reports whether no line of the conversation can hold a secret or
// is asked for one. Where secrets are all that is wanted it need not be read.
func (c *Conversation) tellsNothing() bool {
	c.flush()
	c.settle()
	for i := range c.items {
		it := &c.items[i]
		if it.kind != kindLine {
			continue
		}
		if it.side == sideServer && asksForMore(it.text) || it.side == sideClient && mayTell(it.text) || it.side == sideUnknown {
			return false
		}
	}
	return true
}

// asksForMore reports whether a line of a server may be one behind which the
// client sends what is no command: 334 [RFC 4954], 383 [RFC 4643], "+" of POP3
// and IMAP4. What HTTP sends may hold secrets anywhere.
func asksForMore(s string) bool {
	switch s[0] {
	case '+':
		return !hasPrefixFold(s, "+OK")
	case '3':
		return strings.HasPrefix(s, "334") || strings.HasPrefix(s, "383")
	case 'H':
		return strings.HasPrefix(s, "HTTP/")
	}
	return false
}

// mayTell reports whether a line of a client may hold a secret. It is sure of
// few lines that they do not: well-known commands without credentials, and
// those in which a mark stands for these.
func mayTell(s string) bool {
	first, rest := firstWord(s)
	second, args := firstWord(rest)
	a, _ := wordOf(first)
	b, odd := wordOf(second)
	logsOn := odd || b != nil && b.logon // behind a first word that may be the tag of IMAP4's
	switch {
	case a != nil && a.open:
		return logsOn
	case a != nil && a.text == "PASS":
		return !starred(rest)
	case a != nil && a.text == "USER":
		return logsOn || rest == "" || strings.IndexByte(rest, ' ') >= 0
	case first == "" || !isDigit(first[len(first)-1]) || strings.IndexByte(first, '-') >= 0:
		return true // no tag that is surely one
	case b == nil:
		return true
	case b.text == "LOGIN":
		name, password := firstWord(args)
		return !imapTag(name) || !starred(password)
	}
	return logsOn || !b.imapFirst
}

// starred reports whether a text is nothing but asterisks, which stand for a
// password.
func starred(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] != '*' {
			return false
		}
	}
	return s != ""
}

// logonVerbs are those whose arguments are credentials.
var logonVerbs = map[string]bool{"LOGIN": true, "AUTHENTICATE": true}

// openVerbs are commands of line protocols whose arguments are none.
var openVerbs = setOf("EHLO HELO LHLO MAIL RCPT DATA BDAT RSET NOOP QUIT VRFY ETRN STARTTLS X-ANONYMOUSTLS STAT LIST UIDL RETR DELE TOP CAPA STLS " +
	"CWD CDUP PWD PASV EPSV PORT EPRT TYPE STOR APPE SIZE MDTM NLST SYST FEAT MKD RMD GROUP ARTICLE BODY XOVER LISTGROUP")

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}
