package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// sclientMeta knows what openssl s_client says of itself. The dialogue stands
// between certificate, session and ticket blocks, and tickets can land in the
// middle of it. A line typed that begins with R makes it renegotiate, one
// with Q makes it leave.
func sclientMeta(s string) (event, kind) {
	switch {
	case s[0] == 'C' && strings.HasPrefix(s, "CONNECTED("):
		return happens(event{what: whatConnected, form: "s_client"})
	case s == "RENEGOTIATING":
		return happens(event{what: whatLost, form: "s_client"})
	case s == "DONE":
		return happens(event{what: whatClosed, by: "client", form: "s_client"})
	case s == "closed":
		return happens(event{what: whatClosed, by: "server", form: "s_client"})
	case strings.HasPrefix(s, "connect:errno="):
		return happens(event{what: whatFail, result: failure(s), form: "s_client"})
	case strings.HasPrefix(s, "read:errno="), strings.HasPrefix(s, "write:errno="):
		return happens(event{what: whatClosed, by: "server", form: "s_client"})
	case strings.Contains(s, ":error:"):
		return sclientError(s)
	case s == "no peer certificate available":
		return happens(event{what: whatFailed, stage: parsers.StageTLS, form: "s_client"})
	case sclientSays(s):
		return noise()
	}
	return line()
}

// tlsReason gives the reason that OpenSSL's error text names, "" if it is not
// one that tells something.
func tlsReason(s string) string {
	for _, r := range tlsReasons {
		if strings.Contains(s, r.text) {
			return r.means
		}
	}
	return ""
}

var tlsReasons = []struct{ text, means string }{
	{"wrong version number", "the answer was no TLS: the port speaks plain text"},
	{"unknown protocol", "the answer was no TLS: the port speaks plain text"},
	{"http request", "the server took TLS for HTTP"},
	{"packet length too long", "the answer was no TLS: the port speaks plain text"},
	{"certificate verify failed", "the certificate was not accepted"},
	{"unsupported protocol", "no version of TLS in common"},
	{"protocol version", "no version of TLS in common"},
	{"no protocols available", "no version of TLS in common"},
	{"no shared cipher", "no cipher in common"},
	{"no ciphers available", "no cipher in common"},
	{"dh key too small", "the server's DH key is too small"},
	{"handshake failure", "the server refused the handshake"},
	{"unexpected eof", "the server closed during the handshake"},
	{"unrecognized name", "the server does not know the name"},
}

// sclientError reads "40E70118FF7E0000:error:8000006F:system library:...".
func sclientError(s string) (event, kind) {
	thread, rest, _ := strings.Cut(s, ":error:")
	if len(thread) < 4 || len(thread) > 20 || !isHex(thread) {
		return line()
	}
	switch {
	case strings.Contains(rest, "BIO_connect") || strings.Contains(rest, "BIO_lookup") || strings.Contains(rest, ":connect:"):
		r := failure(rest)
		if r == parsers.ConnectFailed {
			return noise()
		}
		return happens(event{what: whatFailDetail, result: r, form: "s_client"})
	case strings.Contains(rest, "renegotiat"):
		return noise() // RENEGOTIATING was said before
	case strings.Contains(rest, "SSL routines"):
		return happens(event{what: whatFailed, stage: parsers.StageTLS, form: "s_client", why: tlsReason(rest)})
	}
	return noise()
}

// sclientByFirst lists sclientPrefixes by their first byte.
var sclientByFirst = indexFirst(sclientPrefixes)

func indexFirst(list []string) (index [256][]string) {
	for _, p := range list {
		index[p[0]] = append(index[p[0]], p)
	}
	return index
}

// sclientPrefixes begin the lines of the blocks that s_client prints.
var sclientPrefixes = []string{
	"depth=", "verify error", "verify return", "Can't use SSL_get_servername", "Certificate chain", "Server certificate", "subject=",
	"issuer=", "No client certificate CA names sent", "Acceptable client certificate CA names", "Client Certificate Types:",
	"Requested Signature Algorithms:", "Shared Requested Signature Algorithms:", "Peer signing digest:", "Peer signature type:",
	"Server Temp Key:", "Peer Temp Key:", "Negotiated TLS1.3 group:", "SSL handshake has read", "Verification", "New, ", "Reused, ",
	"Server public key is", "Secure Renegotiation IS", "This TLS version forbids renegotiation", "Compression:", "Expansion:",
	"No ALPN negotiated", "ALPN protocol:", "Early data was", "Verify return code:", "SSL-Session:", "Protocol  :", "Protocol: TLS",
	"Cipher    :", "Session-ID", "Master-Key:", "Key-Arg", "Krb5 Principal", "Resumption PSK:", "PSK identity", "SRP username:",
	"TLS session ticket", "Start Time:", "Timeout   :", "Extended master secret:", "Max Early Data:", "Post-Handshake New Session Ticket",
	"read R BLOCK", "didn't found starttls in server response", "DANE TLSA", "notBefore=", "notAfter=", "CONNECTION ESTABLISHED", "a:PKEY:", "v:NotBefore:", "Didn't find STARTTLS in server response", "Connecting to ",
}

func sclientSays(s string) bool {
	if s == "---" || hexDump(s) {
		return true
	}
	for _, p := range sclientByFirst[s[0]] {
		if strings.HasPrefix(s, p) {
			return p != "Connecting to " || isAddress(s[len(p):]) && !strings.Contains(s[len(p):], " ")
		}
	}
	return chainLine(s)
}

// chainLine knows " 0 s:O = Example" and "   i:CN = Example".
func chainLine(s string) bool {
	for s != "" && (isDigit(s[0]) || s[0] == ' ') {
		s = s[1:]
	}
	if len(s) < 4 || s[1] != ':' || s[0] != 's' && s[0] != 'i' {
		return false
	}
	name := s[2:]
	return name[0] == '/' || strings.Contains(name, "CN = ") || strings.Contains(name, "O = ") || strings.Contains(name, "CN=") || strings.Contains(name, "O=")
}

// hexDump knows the lines of a session ticket: "0010 - 39 0f 4a fa ...".
func hexDump(s string) bool {
	if len(s) < 10 || !isHex(s[:4]) || s[4:7] != " - " {
		return false
	}
	return isHex(s[7:9]) && (s[9] == ' ' || s[9] == '-')
}

func isHex(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return len(s) > 0
}
