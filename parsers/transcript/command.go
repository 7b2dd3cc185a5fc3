package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// command is one client line as a protocol reads it. The strings of secrets
// are only ever handed to parsers.Out.Secret.
type command struct {
	verb    string
	args    string // secrets redacted
	bare    bool   // it has no arguments
	mech    string // SASL mechanism, in upper case
	initial bool   // it has an initial response
	tag     string // IMAP
	stage   parsers.Stage
	secrets []string
}

// shape is what the arguments of a verb look like. Where it is not sure that
// a line is a command at all, its arguments must be of this shape.
type shape uint8

const (
	noArgs        shape = iota
	optNum              // nothing, or a number
	numbersOnly         // one or two numbers
	oneWord             // one word
	optWord             // nothing, or one word
	addressPath         // FROM: or TO: and an address
	anyName             // the name of a user: one word, more in "<...>"
	nameAndDigest       // a name and a digest
	groupName           // a newsgroup
	optArticle          // nothing, a number, a range or a message-id
	angled              // <...@...>
	digitsFirst         // begins with a digit
	sizeAndLast         // a size, and LAST
	optionWords         // an option of FTP and its value
	twoStrings          // two strings
	oneString           // one string
	quotedFirst         // begins with a quotation mark or parenthesis
	twoWordsUp          // at least two words
	capitals            // at least one word
	setAndMore          // begins with a number, "*" or a placeholder
	uidArgs             // FETCH, STORE, COPY, SEARCH and their arguments
	password            // a password, mostly one word
	mechanism           // a SASL mechanism and an initial response
	anyArgs             // anything
)

// verb is one verb of a protocol.
type verb struct {
	shape shape
	stage parsers.Stage
}

// fits reports whether args are of the shape.
func (s shape) fits(args string) bool {
	n, first := countWords(args)
	return s.fitsWords(args, n, first)
}

// fitsWords is fits for arguments whose words are counted.
func (s shape) fitsWords(args string, n int, first string) bool {
	if n > 1 && args[0] == '<' && args[len(args)-1] == '>' {
		n = 1 // "<name of the user>" of an article
	}
	switch s {
	case noArgs:
		return n == 0
	case optNum:
		return n == 0 || n == 1 && (isNumber(first) || first[0] == '<')
	case numbersOnly:
		for w := range strings.FieldsSeq(args) {
			if !isNumber(w) && w[0] != '<' {
				return false
			}
		}
		return n == 1 || n == 2
	case oneWord:
		return n == 1
	case optWord:
		return n <= 1
	case addressPath:
		return hasPrefixFold(args, "from:") || hasPrefixFold(args, "to:") || hasPrefixFold(args, "from :") || hasPrefixFold(args, "to :")
	case anyName:
		return n == 1
	case nameAndDigest:
		return n == 2
	case groupName:
		return n == 1 && (strings.Contains(args, ".") || args[0] == '<')
	case optArticle:
		return n == 0 || n == 1 && (isDigit(args[0]) || args[0] == '<')
	case angled:
		return n == 1 && args[0] == '<'
	case digitsFirst:
		return n > 0 && isDigit(args[0])
	case sizeAndLast:
		return n > 0 && n <= 2 && isNumber(first)
	case optionWords:
		return n > 0 && n <= 3 && upper(first) == first
	case twoStrings:
		_, rest := imapString(args)
		behind, _ := countWords(rest)
		return rest != "" && (behind == 1 || strings.ContainsAny(rest, `"<`))
	case oneString:
		return n == 1 || n > 1 && (args[0] == '"' || args[0] == '<')
	case quotedFirst:
		return n > 0 && strings.IndexByte("\"(N", args[0]) >= 0
	case twoWordsUp:
		return n > 1
	case capitals:
		return n > 0 && upper(first) == first
	case setAndMore:
		return n > 1 && (isDigit(args[0]) || args[0] == '*' || args[0] == '<')
	case uidArgs:
		return n > 1 && imapVerbs[upper(first)].shape != noArgs
	case password:
		return n <= 2
	case mechanism:
		if n > 2 && strings.Contains(args, " (***") { // "PLAIN (*** 40 bytes hidden ***)" of Apple Mail
			return saslMechanism(first)
		}
		return n <= 2 && (n == 0 || saslMechanism(first))
	}
	return true
}

// countWords counts the words of a text and gives the first.
func countWords(s string) (n int, first string) {
	for w := range strings.FieldsSeq(s) {
		if n++; n == 1 {
			first = w
		}
	}
	return n, first
}

// isBlank tells white space in ASCII.
var isBlank = [256]bool{' ': true, '\t': true, '\n': true, '\v': true, '\f': true, '\r': true}

// maxVerb is the longest verb, in bytes.
const maxVerb = 16

// splitVerb gives the first word in upper case, and the rest.
func splitVerb(s string) (string, string) {
	s = strings.TrimSpace(s)
	word, rest, _ := strings.Cut(s, " ")
	if len(word) > maxVerb {
		return "", s
	}
	return upper(word), strings.TrimSpace(rest)
}

// upper is strings.ToUpper without an allocation for words in capitals and for
// those that the protocols know.
func upper(s string) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= 'a' && c <= 'z' || c >= 0x80 {
			return capitalsOf(s)
		}
	}
	return s
}

func capitalsOf(s string) string {
	if w, _ := wordOf(s); w != nil {
		return w.text
	}
	return strings.ToUpper(s)
}

// clientish reports whether a line reads as a command of any protocol, and
// could hardly be anything else.
func clientish(s string) bool {
	if maybeCommand(s) {
		if imapKnows(s) || lineCommand(s) {
			return true
		}
	}
	return isRequest(s)
}

// lineCommand reports whether a line reads as a command of a line protocol.
func lineCommand(s string) bool { return commandOf(s) != 0 }

// hide gives the stand-in for a secret, and the secret if it is one: marks
// that a client wrote in its place are kept as they are.
func hide(s string) (string, []string) {
	if s == "" {
		return "", nil
	}
	if parsers.IsHidden(s) {
		return s, nil
	}
	return parsers.RedactedLength(s), []string{s}
}
