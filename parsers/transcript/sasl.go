package transcript

import (
	"encoding/base64"
	"strings"

	"kbdiag/parsers"
)

// saslMechanisms are the names of the IANA registry that are in use, and those
// of Microsoft.
var saslMechanisms = map[string]bool{
	"PLAIN": true, "LOGIN": true, "CRAM-MD5": true, "DIGEST-MD5": true, "NTLM": true, "GSSAPI": true, "GSS-SPNEGO": true,
	"XOAUTH2": true, "OAUTHBEARER": true, "EXTERNAL": true, "ANONYMOUS": true, "SCRAM-SHA-1": true, "SCRAM-SHA-256": true,
	"SCRAM-SHA-1-PLUS": true, "SCRAM-SHA-256-PLUS": true, "XOAUTH": true, "KERBEROS_V4": true, "MSN": true, "SKEY": true, "OTP": true,
}

func saslMechanism(s string) bool { return saslMechanisms[upper(s)] }

// saslCommand reads the arguments of AUTH or AUTHENTICATE: the mechanism stays,
// an initial response is redacted.
func saslCommand(c command, args string) command {
	m, initial, _ := strings.Cut(args, " ")
	c.mech = upper(m)
	c.args = m
	c.bare = args == ""
	initial = strings.TrimSpace(initial)
	if initial == "" || initial == "=" || initial == "*" {
		return c
	}
	shown, secrets := saslResponse(c.mech, initial, true)
	c.initial = true
	c.args = m + " " + shown
	c.secrets = secrets
	return c
}

// saslResponse redacts one line of a SASL dialogue. Of PLAIN the user name is
// kept, and of LOGIN the first response, which is the user name.
func saslResponse(mech, s string, first bool) (string, []string) {
	if s == "*" || s == "" || s == "=" {
		return s, nil
	}
	if parsers.IsHidden(s) {
		return s, nil
	}
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return parsers.RedactedLength(s), []string{s}
	}
	switch mech {
	case "PLAIN":
		parts := strings.Split(string(raw), "\x00")
		if len(parts) == 3 {
			return parts[1] + " " + parsers.RedactedLength(parts[2]), []string{s, parts[2]}
		}
	case "LOGIN":
		if first && userName(string(raw)) {
			return string(raw), nil
		}
		return parsers.RedactedLength(string(raw)), []string{s, string(raw)}
	case "XOAUTH2", "OAUTHBEARER":
		return parsers.RedactedLength(s), append([]string{s}, bearer(string(raw))...)
	}
	return parsers.RedactedLength(s), []string{s}
}

// asksPassword reports whether a challenge of LOGIN is the one for the
// password, in clear or in base64. A dialogue may begin with it: the name was an
// initial response, or stood before the capture.
func asksPassword(challenge string) bool {
	challenge = strings.TrimSpace(firstLine(challenge))
	if containsFold(challenge, "assword") {
		return true
	}
	raw, err := base64.StdEncoding.DecodeString(challenge)
	return err == nil && containsFold(string(raw), "assword")
}

// userName reports whether a text may be shown as the name of a user.
func userName(s string) bool {
	if s == "" || len(s) > 128 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] == 0x7F {
			return false
		}
	}
	return true
}

// bearer gives the tokens of an OAuth response [RFC 7628].
func bearer(raw string) []string {
	var tokens []string
	for _, part := range strings.Split(raw, "\x01") {
		if rest, ok := strings.CutPrefix(part, "auth=Bearer "); ok {
			tokens = append(tokens, rest)
		}
	}
	return tokens
}

// oauthError reports whether a challenge is the error document of an OAuth
// mechanism: base64 of {"status":"401",...} [RFC 7628 section 3.2.2].
func oauthError(challenge string) (string, bool) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(challenge))
	if err != nil || !strings.Contains(string(raw), `"status"`) {
		return "", false
	}
	status := strings.Trim(strings.TrimSpace(after(string(raw), `"status"`)), `: "`)
	n := 0
	for n < len(status) && isDigit(status[n]) {
		n++
	}
	return status[:n], true
}
