package transcript

import (
	"math/bits"
	"strconv"
	"strings"

	"kbdiag/parsers"
)

// meta tells what a capturing program says of the connection. Lines that
// belong to a capture but say nothing give kindNoise; all others kindLine.
// s is trimmed on both sides.
func meta(s string) (event, kind) {
	if s == "" {
		return event{}, kindBlank
	}
	for may := speakers(s); may != 0; may &= may - 1 {
		if ev, k := families[bits.TrailingZeros16(may)].read(s); k != kindLine {
			return ev, k
		}
	}
	return shellMeta(s)
}

// family is a kind of programs and how they are known.
type family struct {
	read   func(string) (event, kind)
	first  string   // the first bytes of their lines
	within []string // of lines with other first bytes, words that they have; in lower case
}

// families are in order: the first that knows a line has it.
var families = [...]family{
	{telnetMeta, "TCEt^S%[", nil},
	{windowsTelnetMeta, "CcEeIKLMmNPVvW" + "\xe6\xe7\xe3\xec\xed\xd0\xc5", nil},
	{refusalMeta, "CDEFHNOSTUWfgjnst>*-", []string{"onnect", " e getaddrinfo(", "not known", "unknown host"}},
	{terminalMeta, "=SsFNPpLRCU", nil},
	{netcatMeta, "CnN", []string{" open", ") : "}},
	{curlMeta, "c%D*", nil},
	{swaksMeta, "=*I", nil},
	{sclientMeta, "CRDcrw-0123456789abcdefABCDEFsi" + firstBytes(sclientPrefixes), []string{":error:"}},
	{clientMeta, "TfmhpcSEC{LDjoIRW[" + abroad, nil},
	{serverLogMeta, "> ACISTs[0", nil},
}

// abroad are the first bytes of FileZilla's words in other languages.
const abroad = "SEFBCHD\xc3\xd0\xd1\xe7\xe9\xe3"

func firstBytes(list []string) string {
	var b []byte
	for _, s := range list {
		b = append(b, s[0])
	}
	return string(b)
}

// speakers gives the families that may know a line as a set of bits. No
// program's line begins with one letter and a colon, as those of many
// dialogues do.
func speakers(s string) (may uint16) {
	if len(s) < 3 || s[1] != ':' || s[2] != ' ' || s[0] < 'A' || s[0] > 'Z' {
		may = families1st[s[0]]
	}
	if found := familyWords.in(s); found != none {
		for n, of := range familyOf {
			if found.has(uint8(n)) {
				may |= of
			}
		}
	}
	return may
}

// families1st has the families for each first byte; familyWords are the words
// of all, familyOf the family of each.
var families1st, familyWords, familyOf = indexFamilies()

func indexFamilies() (first [256]uint16, words *foldWords, of []uint16) {
	var all []string
	for i, f := range families {
		for _, c := range []byte(f.first) {
			first[c] |= 1 << i
		}
		for _, w := range f.within {
			all = append(all, w)
			of = append(of, 1<<i)
		}
	}
	return first, newFoldWords(all...), of
}

// metaItem is meta for an item.
func metaItem(s string) (*event, kind) {
	ev, k := meta(s)
	if k != kindEvent {
		return nil, k
	}
	happened := ev // only events need memory of their own
	return &happened, k
}

// noise and line shorten the results of the families.
func noise() (event, kind)          { return event{}, kindNoise }
func line() (event, kind)           { return event{}, kindLine }
func happens(e event) (event, kind) { return e, kindEvent }

// failure gives the reason for a failed connection from a program's text:
// texts of strerror, Winsock numbers, and a few languages.
func failure(s string) parsers.Connect {
	for _, r := range reasons {
		if containsFold(s, r.text) {
			return r.result
		}
	}
	return parsers.ConnectFailed
}

var reasons = []struct {
	text   string
	result parsers.Connect
}{
	{"refused", parsers.ConnectRefused},
	{"10061", parsers.ConnectRefused},
	{"errno=111", parsers.ConnectRefused},
	{"verbindungsaufbau abgelehnt", parsers.ConnectRefused},
	{"connexion refus", parsers.ConnectRefused},
	{"rehusada", parsers.ConnectRefused},
	{"rechazada", parsers.ConnectRefused},
	{"rifiutata", parsers.ConnectRefused},
	{"recusada", parsers.ConnectRefused},
	{"geweigerd", parsers.ConnectRefused},
	{"odrzucone", parsers.ConnectRefused},
	{"отказано", parsers.ConnectRefused},
	{"拒否", parsers.ConnectRefused},
	{"拒绝", parsers.ConnectRefused},
	{"förbindelse vägras", parsers.ConnectRefused},
	{"econnrefused", parsers.ConnectRefused},
	{"not listening", parsers.ConnectRefused},
	{"timed out", parsers.ConnectTimeout},
	{"wartezeit", parsers.ConnectTimeout},
	{"zeitüberschreitung", parsers.ConnectTimeout},
	{"expiration du d", parsers.ConnectTimeout},
	{"expiró el tiempo", parsers.ConnectTimeout},
	{"connessione scaduta", parsers.ConnectTimeout},
	{"etimedout", parsers.ConnectTimeout},
	{"timeout", parsers.ConnectTimeout},
	{"time out", parsers.ConnectTimeout},
	{"10060", parsers.ConnectTimeout},
	{"errno=110", parsers.ConnectTimeout},
	{"no route", parsers.ConnectUnreachable},
	{"keine route", parsers.ConnectUnreachable},
	{"nicht erreichbar", parsers.ConnectUnreachable},
	{"aucun chemin d'acc", parsers.ConnectUnreachable},
	{"no existe ninguna ruta", parsers.ConnectUnreachable},
	{"nessun instradamento", parsers.ConnectUnreachable},
	{"ehostunreach", parsers.ConnectUnreachable},
	{"enetunreach", parsers.ConnectUnreachable},
	{"unreachable", parsers.ConnectUnreachable},
	{"10065", parsers.ConnectUnreachable},
	{"10051", parsers.ConnectUnreachable},
	{"host is down", parsers.ConnectUnreachable},
	{"errno=113", parsers.ConnectUnreachable},
	{"errno=101", parsers.ConnectUnreachable},
	{"permission denied", parsers.ConnectDenied},
	{"not permitted", parsers.ConnectDenied},
	{"prohibited", parsers.ConnectDenied},
	{"10013", parsers.ConnectDenied},
	{"errno=13", parsers.ConnectDenied},
	{"reset by peer", parsers.ConnectReset},
	{"10054", parsers.ConnectReset},
	{"errno=104", parsers.ConnectReset},
	{"not known", parsers.ConnectNoName},
	{"resol", parsers.ConnectNoName},
	{"nodename nor servname", parsers.ConnectNoName},
	{"unknown host", parsers.ConnectNoName},
	{"bad address", parsers.ConnectNoName},
	{"bad hostname", parsers.ConnectNoName},
	{"enotfound", parsers.ConnectNoName},
	{"gaierror", parsers.ConnectNoName},
	{"host not found", parsers.ConnectNoName},
	{"no such host", parsers.ConnectNoName},
	{"no address associated", parsers.ConnectNoName},
	{"host does not exist", parsers.ConnectNoName},
	{"lookup failure", parsers.ConnectNoName},
	{"11001", parsers.ConnectNoName},
}

// services are the ports that are typed by name.
var services = map[string]int{
	"ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "mail": 25, "http": 80, "www": 80, "pop3": 110, "pop-3": 110, "pop": 110,
	"nntp": 119, "imap": 143, "imap2": 143, "imap4": 143, "ldap": 389, "https": 443, "submissions": 465, "smtps": 465, "ssmtp": 465,
	"nntps": 563, "submission": 587, "ldaps": 636, "imaps": 993, "pop3s": 995, "pops": 995, "mysql": 3306, "ms-wbt-server": 3389,
}

// portOf reads a port given by number or name, 0 if it is none.
func portOf(s string) int {
	if n, err := strconv.Atoi(s); err == nil && n > 0 && n < 1<<16 {
		return n
	}
	return services[strings.ToLower(s)]
}

// hostPort splits "host:port", "[v6]:port" and "host/port". Without a port it
// gives 0.
func hostPort(s string) (string, int) {
	s = strings.TrimRight(s, ".,;")
	if i := strings.LastIndexAny(s, ":/"); i > 0 {
		host := s[:i]
		if p := portOf(s[i+1:]); p > 0 && (strings.IndexByte(host, ':') < 0 || host[0] == '[' || s[i] == '/') {
			return hostName(host), p
		}
	}
	return hostName(s), 0
}

// hostName takes brackets and a final dot off a host's name.
func hostName(s string) string {
	s = strings.TrimRight(s, ".")
	if len(s) > 2 && s[0] == '[' && s[len(s)-1] == ']' {
		s = s[1 : len(s)-1]
	}
	return s
}

// between gives what stands between two marks, "" if they are not there.
func between(s, from, to string) string {
	i := strings.Index(s, from)
	if i < 0 {
		return ""
	}
	s = s[i+len(from):]
	j := strings.Index(s, to)
	if j < 0 {
		return ""
	}
	return s[:j]
}

// after gives what follows a mark, "" if it is not there.
func after(s, mark string) string {
	_, rest, _ := strings.Cut(s, mark)
	return rest
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// containsFold reports whether s contains the lower-case ASCII text sub.
func containsFold(s, sub string) bool {
	if len(sub) == 0 {
		return true
	}
	c := sub[0]
	for i := 0; i+len(sub) <= len(s); i++ {
		if s[i]|0x20 == c|0x20 && s[i+len(sub)-1]|0x20 == sub[len(sub)-1]|0x20 && strings.EqualFold(s[i:i+len(sub)], sub) {
			return true
		}
	}
	return false
}
