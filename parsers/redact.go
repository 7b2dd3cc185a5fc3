package parsers

import "regexp"

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
	regexp.MustCompile(`(?i)\.login\(\s*["'][^"']*["']\s*,\s*["'](?P<s>[^"']+)`),
	regexp.MustCompile(`(?i)\bAPOP\s+\S+\s+(?P<s>[0-9a-f]{32})`),
}

// RedactLine takes the secrets out of a line of free text by their shape, and
// remembers them. secrets may be nil.
func RedactLine(line string, secrets *Secrets) string {
	if !mayHoldSecret(line) {
		return line
	}
	for _, shape := range secretShapes {
		all := shape.FindAllStringSubmatchIndex(line, -1)
		i := shape.SubexpIndex("s") * 2
		for n := len(all) - 1; n >= 0; n-- { // from the end, so that places before it stay right
			from, to := all[n][i], all[n][i+1]
			secret := line[from:to]
			if IsHidden(secret) || isPredicate(line[:from], secret) {
				continue
			}
			if secrets != nil {
				secrets.Add(secret)
			}
			line = line[:from] + RedactedLength(secret) + line[to:]
		}
	}
	return redactAnswers(line, secrets)
}

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
func MayHoldSecret(text string) bool { return mayHoldSecret(text) }

// mayHoldSecret is a cheap look for the words that the shapes need: most lines
// of most logs have none of them.
func mayHoldSecret(line string) bool {
	for i := 0; i+2 < len(line); i++ {
		second := secondOfSecret[line[i]]
		if second == 0 || second&(1<<(line[i+1]&31)) == 0 {
			continue
		}
		if wordOfSecret(line[i:]) {
			return true
		}
	}
	return false
}

// wordOfSecret tells whether s, of three bytes or more, begins with one of the
// words. Most text that begins as one of them differs in the third byte.
func wordOfSecret(s string) bool {
	switch (uint32(s[0])<<16 | uint32(s[1])<<8 | uint32(s[2])) | 0x202020 {
	case '3'<<16 | '3'<<8 | '4', 'p'<<16 | 'a'<<8 | 's', 'p'<<16 | 's'<<8 | 'k', 'p'<<16 | 'w'<<8 | 'd',
		'a'<<16 | 'u'<<8 | 't', 'a'<<16 | 'c'<<8 | 'c', 'a'<<16 | 'p'<<8 | 'o',
		'l'<<16 | 'o'<<8 | 'g', 'c'<<16 | 'o'<<8 | 'o', 'm'<<16 | 'a'<<8 | 's', 's'<<16 | 'e'<<8 | 's',
		':'<<16 | '/'<<8 | '/', '-'<<16 | 'a'<<8 | 'p',
		'-'<<16 | 'w'<<8 | ' ', '-'<<16 | 'u'<<8 | ' ', '-'<<16 | '-'<<8 | 'u', '-'<<16 | '-'<<8 | 'p', '-'<<16 | 'p'<<8 | 'w':
	default:
		return false
	}
	for _, w := range secretWords {
		if hasPrefixFold(s, w) {
			return true
		}
	}
	return false
}

// secondOfSecret has for each first byte of the words the low five bits of
// their second bytes, which are the same in both cases, as a set of bits.
var secondOfSecret = makeSecondOfSecret()

func makeSecondOfSecret() *[256]uint32 {
	var t [256]uint32
	for _, w := range secretWords {
		t[w[0]] |= 1 << (w[1] & 31)
		if w[0] >= 'a' && w[0] <= 'z' {
			t[w[0]-0x20] |= 1 << (w[1] & 31)
		}
	}
	return &t
}

// secretWords are the words that the shapes need; wordOfSecret and
// secondOfSecret know how they begin.
var secretWords = []string{"pass", "psk", "pwd", "auth", "acct", "apop", "login", "cookie", "master-key", "session-id", "://", "-ap",
	"-w ", "-u ", "--user", "--proxy-user", "-pw ", "334 "}

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
