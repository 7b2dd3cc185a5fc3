package parsers

import (
	"math/bits"
	"regexp"
	"strings"
)

// secretShapes are the shapes in which free text gives a secret away. The
// group named s is the secret.
var secretShapes = []*regexp.Regexp{
	regexp.MustCompile(`(?i)^\W*(?:C:|>|-->|~>|->)?\s*(?:AUTHINFO\s+)?(?:PASS|ACCT)\s+(?P<s>\S.*?)\s*$`),
	regexp.MustCompile(`(?i)\bAUTH(?:ENTICATE)?\s+(?:PLAIN|LOGIN|XOAUTH2|OAUTHBEARER|CRAM-MD5|DIGEST-MD5|NTLM|GSSAPI)\s+(?P<s>[A-Za-z0-9+/=]{4,})`),
	regexp.MustCompile(`(?i)^\W*\S{1,16}\s+LOGIN\s+(?:"[^"]*"|\S+)\s+(?P<s>"(?:[^"\\]|\\.)*"|\S+)\s*$`),
	regexp.MustCompile(`(?i)\b(?:Proxy-)?Authorization:\s*(?:Basic|Bearer|NTLM|Negotiate|Digest)\s+(?P<s>\S.*)$`),
	regexp.MustCompile(`(?i)\b(?:Set-)?Cookie:\s*(?P<s>\S.*)$`),
	regexp.MustCompile(`(?i)\b(?:Master-Key|Session-ID(?:-ctx)?|Resumption PSK|PSK)\s*:\s*(?P<s>[0-9A-F]{8,})`),
	regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]*://[^\s:/@]+:(?P<s>[^\s@/]+)@`),
	regexp.MustCompile(`(?i)(?:^|\s)--?(?:password|passwd|auth-password|ap)[= ]\s*(?P<s>\S+)`),
	regexp.MustCompile(`(?i)\b(?:password|passwd|pwd)\s*(?:is|was|=|:)\s*(?:(?:now|still|again|just|simply|currently)\s+)?(?P<s>[^\s,;"']+)`),
	regexp.MustCompile(`(?i)\bldap\w*\s(?:.*\s)?-w\s+(?P<s>\S+)`),
	regexp.MustCompile(`(?i)(?:^|\s)(?:-u|--user|--proxy-user)[= ]\s*[^\s:]+:(?P<s>\S+)`),
	regexp.MustCompile(`(?i)(?:^|\s)-pw\s+(?P<s>\S+)`),
	regexp.MustCompile(`(?i)\.login\(\s*\\?["']{1,2}[^"'\\]*\\?["']{1,2}\s*,\s*\\?["']{1,2}(?P<s>[^"'\\]+)`),
	regexp.MustCompile(`(?i)\bAPOP\s+\S+\s+(?P<s>[0-9a-f]{32})`),
	// In addresses and forms of the web: "?access_token=...&x=1".
	regexp.MustCompile(`(?i)\b(?:(?:access|refresh|id|auth|session|bearer)[-_]?token|token|client[-_]?secret|api[-_]?key)=(?P<s>[^&\s"'<>;,]{4,})`),
	// In JSON, in code and in XML: "password": "...", Name='Password'>...<.
	regexp.MustCompile(`(?i)(?:password|passwd|pwd|secret|token|api[-_]?key)["']{1,2}\s*[:=]\s*["']{0,2}(?P<s>[^"'\s,}<>%]{3,})`),
	regexp.MustCompile(`(?i)(?:password|passwd|pwd|secret|token|api[-_]?key)["']?>(?P<s>[^"'\s<>%]{3,})</`),
	// Behind a log's own words: "Sending: PASS ...", "writer > A1 LOGIN joe ...".
	regexp.MustCompile(`(?:(?i:send|sending|sent|client|cmd|command|write|writer|wrote|written|request|tx|out|received|line)\b|>)\W{0,4}\bPASS (?P<s>[^\s"']+)(?:\\r|["'\s]|$)`),
	regexp.MustCompile(`(?:^|[\s"'>:])(?:[A-Za-z]{0,8}\d{1,8}|[A-Za-z?]) LOGIN (?:"[^"]*"|[^\s"]+) (?P<s>"(?:[^"\\]|\\.)*"|[^\s"\\]+)(?:\\+[rn]|["']|\s*$)`),
}

// RedactLine takes the secrets out of a line of free text by their shape, and
// remembers them. secrets may be nil.
func RedactLine(line string, secrets *Secrets) string {
	if shapes := shapesIn(line); shapes != 0 {
		return redactShapes(line, shapes, secrets)
	}
	return line
}

// redactShapes tries the shapes that have their bit set.
func redactShapes(line string, shapes uint32, secrets *Secrets) string {
	for k, shape := range secretShapes {
		if shapes&(1<<k) == 0 {
			continue
		}
		all := shape.FindAllStringSubmatchIndex(line, -1)
		i := shape.SubexpIndex("s") * 2
		for n := len(all) - 1; n >= 0; n-- { // from the end, so that places before it stay right
			from, to := all[n][i], all[n][i+1]
			secret := line[from:to]
			if IsHidden(secret) || isPredicate(line[:from], secret) {
				continue
			}
			if notSecret[strings.ToLower(secret)] || k == authShape && mechanismWord[strings.ToUpper(secret)] {
				continue
			}
			if secrets != nil {
				secrets.Add(secret)
				secrets.addInner(secret)
			}
			line = line[:from] + RedactedLength(secret) + line[to:]
		}
	}
	if shapes&answersShape == 0 {
		return line
	}
	return redactAnswers(line, secrets)
}

// notSecret are values of JSON and of settings that are no secrets.
var notSecret = map[string]bool{"null": true, "true": true, "false": true, "none": true, "yes": true, "no": true}

// authShape is the place of AUTH and its initial response in secretShapes.
const authShape = 1

// mechanismWord are how names of mechanisms begin: a server lists them behind
// AUTH.
var mechanismWord = map[string]bool{"PLAIN": true, "LOGIN": true, "CRAM": true, "DIGEST": true, "NTLM": true, "GSSAPI": true, "GSS": true, "XOAUTH": true,
	"XOAUTH2": true, "OAUTHBEARER": true, "SCRAM": true, "EXTERNAL": true, "ANONYMOUS": true, "MSN": true}

// isBase64 tells coded text from a word: capitals behind small letters.
func isBase64(s string) bool {
	for i := 1; i < len(s); i++ {
		if s[i] >= 'A' && s[i] <= 'Z' && s[i-1] >= 'a' && s[i-1] <= 'z' {
			return true
		}
	}
	return false
}

var (
	// saslPrompt is the server's "334" [RFC 4954] with its challenge.
	saslPrompt = regexp.MustCompile(`\b334 [A-Za-z0-9+/]{10,}={0,2}`)
	// replyStart is the next reply behind what the client answered.
	replyStart = regexp.MustCompile(`\b[2-5]\d\d[ -]`)
	// answer is a piece that may be base64. Escapes (\r\n) end before it.
	answer = regexp.MustCompile(`(?:\\+[rnt])+|[A-Za-z0-9+/]{4,}={0,2}`)
)

// redactAnswers takes out what a client answered to the prompts for a logon,
// where prompts and answers stand in one line: a dialogue that lost its line
// ends, or a recording as JSON whose beginning is cut off.
func redactAnswers(line string, secrets *Secrets) string {
	prompts := saslPrompt.FindAllStringIndex(line, -1)
	for n := len(prompts) - 1; n >= 0; n-- {
		from, to := prompts[n][1], len(line)
		if !isBase64(line[prompts[n][0]+4 : from]) {
			continue // 334 of something
		}
		if at := replyStart.FindStringIndex(line[from:]); at != nil {
			to = from + at[0]
		}
		clean := answer.ReplaceAllStringFunc(line[from:to], func(s string) string {
			if s[0] == '\\' {
				return s
			}
			if secrets != nil {
				secrets.Add(s)
			}
			return RedactedLength(s)
		})
		line = line[:from] + clean + line[to:]
	}
	return line
}

// predicates are what people and programs say of a password: "Your Password
// was rejected." names none.
var predicates = regexp.MustCompile(`^(?i:not|now|also|again|still|always|never|only|being|been|the|a|an|as|in|of|too|very|` +
	`accepted|refused|rejected|denied|declined|taken|given|asked|required|requested|needed|used|sent|stored|saved|cached|` +
	`entered|typed|changed|reset|set|cleared|removed|expired|forgotten|lost|known|unknown|hidden|shown|encrypted|` +
	`right|wrong|correct|incorrect|valid|invalid|fine|ok|okay|good|bad|blank|empty|missing|different|same|case)[.,;:!?)]*$`)

// copula is the verb before a predicate, with a word between them.
var copula = regexp.MustCompile(`(?i)\b(?:is|was)\s+(?:(?:now|still|again|just|simply|currently)\s+)?$`)

// isPredicate tells a word that is said of a password from a password, by the
// verb before it.
func isPredicate(before, word string) bool {
	return predicates.MatchString(word) && copula.MatchString(before)
}

// MayHoldSecret reports whether RedactLine would look closer at a text. Where
// it would not, it would not at any part of the text either.
func MayHoldSecret(text string) bool { return shapesIn(text) != 0 }

// MayEndBeforeSecret reports whether MayHoldSecret finds something in a text
// because a line of it ends as this one does.
func MayEndBeforeSecret(line string) bool {
	if len(line) < 2 || !endsSecret[line[len(line)-2]&31][line[len(line)-1]&31] {
		return false
	}
	for i := range secretWords {
		w := &secretWords[i]
		if n := len(line) - len(w.text); w.blank && n >= 0 && hasPrefixFold(line[n:], w.text) {
			return true
		}
	}
	return false
}

// endsSecret has the low five bits of the last two bytes of the words that
// white space must follow.
var endsSecret = func() (ends [32][32]bool) {
	for _, w := range secretWords {
		if n := len(w.text); w.blank {
			ends[w.text[n-2]&31][w.text[n-1]&31] = true
		}
	}
	return ends
}()

// shapesIn is a cheap look for the words that the shapes need: most lines of
// most logs have none of them, and the others those of one or two shapes. It
// gives a bit for each of secretShapes that is worth trying, and answersShape.
func shapesIn(line string) uint32 {
	shapes := uint32(0)
	for i := 0; i < len(line)-1; i += 2 {
		if at := secretPairs[uint(line[i]&0x7F)<<7|uint(line[i+1]&0x7F)]; at != 0 {
			shapes |= shapesAround(line, i, at)
		}
	}
	if shapes != 0 && (strings.Contains(line, "\u017F") || strings.Contains(line, "\u212A")) {
		return allShapes // S and K have a third form that the expressions know
	}
	return shapes
}

// shapesAround looks for words that begin at byte i of a line or up to seven
// bytes before it; at has a bit for each such place.
func shapesAround(line string, i int, at uint8) uint32 {
	shapes := uint32(0)
	for ; at != 0; at &= at - 1 {
		if from := i - bits.TrailingZeros8(at); from >= 0 && from+3 <= len(line) {
			shapes |= shapesAt(line[from:])
		}
	}
	return shapes
}

// shapesAt gives the shapes whose words s, of three bytes or more, begins with.
// Most text that begins as one of them differs in the third byte.
func shapesAt(s string) uint32 {
	switch (uint32(s[0])<<16 | uint32(s[1])<<8 | uint32(s[2])) | 0x202020 {
	case '3'<<16 | '3'<<8 | '4', 'p'<<16 | 'a'<<8 | 's', 'p'<<16 | 's'<<8 | 'k', 'p'<<16 | 'w'<<8 | 'd',
		'a'<<16 | 'u'<<8 | 't', 'a'<<16 | 'c'<<8 | 'c', 'a'<<16 | 'p'<<8 | 'o',
		'l'<<16 | 'o'<<8 | 'g', 'c'<<16 | 'o'<<8 | 'o', 't'<<16 | 'o'<<8 | 'k', 's'<<16 | 'e'<<8 | 'c', 'a'<<16 | 'p'<<8 | 'i', 'm'<<16 | 'a'<<8 | 's', 's'<<16 | 'e'<<8 | 's',
		':'<<16 | '/'<<8 | '/', '-'<<16 | 'a'<<8 | 'p',
		'-'<<16 | 'w'<<8 | ' ', '-'<<16 | 'w'<<8 | '\t' | 0x20, '-'<<16 | 'w'<<8 | '\n' | 0x20, '-'<<16 | 'w'<<8 | '\r' | 0x20, '-'<<16 | 'w'<<8 | '\f' | 0x20, '-'<<16 | 'u'<<8 | ' ', '-'<<16 | 'u'<<8 | '=', '-'<<16 | '-'<<8 | 'u', '-'<<16 | '-'<<8 | 'p', '-'<<16 | 'p'<<8 | 'w':
	default:
		return 0
	}
	switch s[0] {
	case ':':
		if !followsPassword(s[len("://"):]) {
			return 0
		}
	case '3':
		if len(s) < 4 || !followsChallenge(s[len("334 "):]) {
			return 0
		}
	}
	shapes := uint32(0)
	words := secretsBy[s[0]&31]
	for i := range words {
		w := &words[i]
		if !hasPrefixFold(s, w.text) {
			continue
		}
		if n := len(w.text); !w.blank || n < len(s) && strings.IndexByte(" \t\r\n\f", s[n]) >= 0 {
			shapes |= w.shapes & (namedBefore(s[n:]) | ^uint32(namedShapes))
		}
	}
	return shapes
}

// Shapes of a name and a value, by their place in secretShapes.
const (
	optionShape  = 1 << 7  // --password x
	saidShape    = 1 << 8  // password is x
	webShape     = 1 << 14 // token=x
	quotedShape  = 1 << 15 // "token": "x"
	elementShape = 1 << 16 // token>x</
	namedShapes  = optionShape | saidShape | webShape | quotedShape | elementShape
)

// namedBefore gives the shapes of a name and a value that can go on with rest
// behind the name: SeAssignPrimaryTokenPrivilege is in every fourth record of a
// security log.
func namedBefore(rest string) uint32 {
	if rest == "" {
		return saidShape
	}
	switch rest[0] {
	case '=':
		return optionShape | saidShape | webShape
	case '"', '\'':
		return quotedShape | elementShape
	case '>':
		return elementShape
	case ' ':
		return optionShape | saidShape
	case ':', 'i', 'I', 'w', 'W', '\t', '\n', '\f', '\r':
		return saidShape
	}
	return 0
}

// secretsBy has the words by the low five bits of their first bytes.
var secretsBy = func() (by [32][]secretWord) {
	for _, w := range secretWords {
		by[w.text[0]&31] = append(by[w.text[0]&31], w)
	}
	return by
}()

// secretPairs has, by the low seven bits of two bytes, where words may begin
// that have these: bit n stands for n bytes before the first of the two. Looking
// at every other byte is enough, because each word is in it by a pair that
// begins at an even place of the word and by one that begins at an odd one.
var secretPairs = makeSecretPairs()

func makeSecretPairs() *[1 << 14]uint8 {
	var t [1 << 14]uint8
	for i := range secretWords {
		w := &secretWords[i]
		for _, at := range w.pairs {
			for _, last := range w.bytesAt(at + 1) {
				for _, first := range w.bytesAt(at) {
					t[uint(first)<<7|uint(last)] |= 1 << at
				}
			}
		}
	}
	return &t
}

// bytesAt gives the bytes that may stand at place i of the word, or right
// behind it.
func (w *secretWord) bytesAt(i int) []byte {
	if i == len(w.text) {
		return []byte(" \t\r\n\f")
	}
	c := w.text[i]
	if isASCIILetter(c) {
		return []byte{c, c &^ 0x20}
	}
	return []byte{c}
}

// secretWord is a word that some of the shapes need.
type secretWord struct {
	text   string
	blank  bool   // white space must follow
	shapes uint32 // a bit for each of them by its place in secretShapes
	pairs  [2]int // where two bytes stand in it that are rare in other text: an even place and an odd one
}

// followsPassword looks behind "://" for a name and a password, as the shape of
// addresses does: most addresses have none.
func followsPassword(s string) bool {
	name := strings.IndexAny(s, " \t\r\n\f:/@")
	if name < 1 || s[name] != ':' {
		return false
	}
	s = s[name+1:]
	end := strings.IndexAny(s, " \t\r\n\f/@")
	return end > 0 && s[end] == '@'
}

// followsChallenge looks behind "334 " for a challenge, as saslPrompt does: in
// most logs it is a number.
func followsChallenge(s string) bool {
	n := 0
	for n < len(s) && n < 10 && (s[n] >= 'a' && s[n] <= 'z' || s[n] >= 'A' && s[n] <= 'Z' || s[n] >= '0' && s[n] <= '9' || s[n] == '+' || s[n] == '/') {
		n++
	}
	return n == 10
}

// answersShape stands for what redactAnswers looks for.
const (
	answersShape = 1 << 31
	allShapes    = ^uint32(0)
)

// secretWords has for each of secretShapes words of which it needs one;
// shapesAt knows how they begin.
var secretWords = []secretWord{
	{"pass", true, 1<<0 | 1<<17, [2]int{0, 1}}, {"acct", true, 1 << 0, [2]int{0, 1}},
	{"auth", true, 1 << 1, [2]int{0, 1}}, {"authenticate", true, 1 << 1, [2]int{0, 1}},
	{"login", true, 1<<2 | 1<<18, [2]int{2, 1}},
	{"authorization:", false, 1 << 3, [2]int{0, 1}},
	{"cookie:", false, 1 << 4, [2]int{2, 3}},
	{"master-key", false, 1 << 5, [2]int{6, 5}}, {"session-id", false, 1 << 5, [2]int{6, 7}}, {"psk", false, 1 << 5, [2]int{0, 1}},
	{"://", false, 1 << 6, [2]int{0, 1}},
	{"password", false, 1<<7 | 1<<8 | 3<<15, [2]int{0, 1}}, {"passwd", false, 1<<7 | 1<<8 | 3<<15, [2]int{0, 1}},
	{"-ap", false, 1 << 7, [2]int{0, 1}},
	{"pwd", false, 1<<8 | 3<<15, [2]int{0, 1}},
	{"token", false, 7 << 14, [2]int{2, 1}}, {"secret", false, 7 << 14, [2]int{2, 1}},
	{"apikey", false, 7 << 14, [2]int{2, 3}}, {"api_key", false, 7 << 14, [2]int{2, 3}}, {"api-key", false, 7 << 14, [2]int{2, 3}},
	{"-w", true, 1 << 9, [2]int{0, 1}},
	{"-u ", false, 1 << 10, [2]int{0, 1}}, {"-u=", false, 1 << 10, [2]int{0, 1}},
	{"--user", false, 1 << 10, [2]int{0, 1}}, {"--proxy-user", false, 1 << 10, [2]int{0, 1}},
	{"-pw", true, 1 << 11, [2]int{0, 1}},
	{"login(", false, 1 << 12, [2]int{2, 1}},
	{"apop", true, 1 << 13, [2]int{0, 1}},
	{"334 ", false, answersShape, [2]int{0, 1}},
}

// hasPrefixFold tells whether s begins with the lower-case word, in any case.
func hasPrefixFold(s, word string) bool {
	if len(s) < len(word) {
		return false
	}
	for i := 0; i < len(word); i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != word[i] {
			return false
		}
	}
	return true
}
