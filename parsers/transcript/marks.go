package transcript

import (
	"math/bits"
	"strings"

	"kbdiag/parsers"
)

// token is a mark that a log puts before what one side wrote. Which side that
// is, is told by content: the same mark means the client in one log and the
// server in another.
type token struct {
	text string // in lower case
	set  uint8  // tokens of one set are used together
	pair uint8  // index of the token that stands for the other side
	spec string // the form's name, "" if the token is used by many
	skip bool   // what follows repeats other lines of the log
}

// tokens are the marks seen in logs, captures and articles.
var tokens = []token{
	0: {text: "c:", set: 1, pair: 1}, 1: {text: "s:", set: 1, pair: 0}, // RFC style, MailKit, tshark
	2: {text: "c>", set: 2, pair: 3}, 3: {text: "s>", set: 2, pair: 2}, // articles
	4: {text: "client:", set: 3, pair: 5}, 5: {text: "server:", set: 3, pair: 4}, // Java
	6: {text: ">>>", set: 4, pair: 7}, 7: {text: "<<<", set: 4, pair: 6}, // Exchange 5.5, OpenSMTPD
	8: {text: ">>", set: 5, pair: 9}, 9: {text: "<<", set: 5, pair: 8},
	10: {text: "-->", set: 6, pair: 11}, 11: {text: "<--", set: 6, pair: 10}, // msmtp, MDaemon
	12: {text: "->", set: 7, pair: 13}, 13: {text: "<-", set: 7, pair: 12}, // swaks
	14: {text: "~>", set: 7, pair: 15, spec: "swaks"}, 15: {text: "<~", set: 7, pair: 14, spec: "swaks"},
	16: {text: "<**", set: 7, pair: 12, spec: "swaks"}, 17: {text: "<~*", set: 7, pair: 14, spec: "swaks"},
	18: {text: "=>", set: 8, pair: 19}, 19: {text: "<=", set: 8, pair: 18}, // node-imap
	20: {text: ">", set: 9, pair: 21}, 21: {text: "<", set: 9, pair: 20}, // curl, fetchmail, mutt
	22: {text: "[tx]", set: 10, pair: 23}, 23: {text: "[rx]", set: 10, pair: 22},
	24: {text: "sent:", set: 11, pair: 25}, 25: {text: "received:", set: 11, pair: 24}, 26: {text: "got:", set: 11, pair: 24},
	27: {text: "sending:", set: 11, pair: 25}, 28: {text: "send:", set: 11, pair: 29}, 29: {text: "reply:", set: 11, pair: 28},
	30: {text: "recv:", set: 11, pair: 28}, 31: {text: "receiving:", set: 11, pair: 27},
	32: {text: "command:", set: 12, pair: 33}, 33: {text: "response:", set: 12, pair: 32}, 34: {text: "request:", set: 12, pair: 33},
	35: {text: "client -> server:", set: 13, pair: 36, spec: "phpmailer"}, 36: {text: "server -> client:", set: 13, pair: 35, spec: "phpmailer"},
	37: {text: "client -> smtp:", set: 13, pair: 38, spec: "phpmailer"}, 38: {text: "smtp -> from server:", set: 13, pair: 37, spec: "phpmailer"},
	39: {text: "out:", set: 14, pair: 40}, 40: {text: "in:", set: 14, pair: 39},
	41: {text: "tx:", set: 15, pair: 42}, 42: {text: "rx:", set: 15, pair: 41},
	43: {text: "[c]", set: 16, pair: 44}, 44: {text: "[s]", set: 16, pair: 43},
	45: {text: "[out]", set: 17, pair: 46}, 46: {text: "[in]", set: 17, pair: 45},
	47: {text: "write:", set: 11, pair: 48}, 48: {text: "read:", set: 11, pair: 47},
	49: {text: "to server:", set: 19, pair: 50}, 50: {text: "from server:", set: 19, pair: 49},
	51: {text: "*cmd*", set: 20, pair: 52, spec: "python"}, 52: {text: "*resp*", set: 20, pair: 51, spec: "python"},
	53: {text: "*get*", set: 20, pair: 51, spec: "python"}, 54: {text: "*put*", set: 20, pair: 52, spec: "python", skip: true},
	55: {text: "*welcome*", set: 20, pair: 51, spec: "python"},
	56: {text: "--->", set: 21, pair: 57}, 57: {text: "<---", set: 21, pair: 56}, // ftp -d, lftp
	58: {text: "c->s:", set: 22, pair: 59}, 59: {text: "s->c:", set: 22, pair: 58},
	60: {text: "[client]", set: 23, pair: 61}, 61: {text: "[server]", set: 23, pair: 60},
	62: {text: "c <-", set: 24, pair: 63}, 63: {text: "s ->", set: 24, pair: 62},
	64: {text: "client>", set: 25, pair: 65}, 65: {text: "server>", set: 25, pair: 64},
	66: {text: "snd:", set: 26, pair: 67}, 67: {text: "rcv:", set: 26, pair: 66},
	68: {text: "<tx>", set: 10, pair: 23}, 69: {text: "<rx>", set: 10, pair: 22}, // Outlook: <rx> beside [tx]
	70: {text: "tx>", set: 28, pair: 71}, 71: {text: "rx<", set: 28, pair: 70},
	72: {text: "smtp send:", set: 29, pair: 73, spec: "thunderbird"}, 73: {text: "smtp response:", set: 29, pair: 72, spec: "thunderbird"},
	74: {text: "==>", set: 30, pair: 75}, 75: {text: "<==", set: 30, pair: 74},
	76: {text: "inp:", set: 14, pair: 39}, // CommuniGate
	77: {text: "senddata:", set: inWord, pair: 78, spec: "thunderbird"}, 78: {text: "createnewlinefromsocket:", set: inWord, pair: 77, spec: "thunderbird"},
	79: {text: "command:>", set: 33, pair: 80, spec: "cuteftp"}, 80: {text: "reply:>", set: 33, pair: 79, spec: "cuteftp"},
	81: {text: "c ->", set: 34, pair: 82}, 82: {text: "s <-", set: 34, pair: 81},
	83: {text: "sender:", set: 35, pair: 84}, 84: {text: "receiver:", set: 35, pair: 83},
	85: {text: "[send]", set: 36, pair: 86}, 86: {text: "[recv]", set: 36, pair: 85}, 87: {text: "[receive]", set: 36, pair: 85},
	88: {text: "to:", set: 37, pair: 89}, 89: {text: "from:", set: 37, pair: 88},
	90: {text: "cmd:", set: 38, pair: 91}, 91: {text: "resp:", set: 38, pair: 90},
	// FileZilla's words for Command and Response in other languages.
	92: {text: "befehl:", set: 12, pair: 93, spec: "filezilla"}, 93: {text: "antwort:", set: 12, pair: 92, spec: "filezilla"}, // German
	94: {text: "commande :", set: 12, pair: 95, spec: "filezilla"}, 95: {text: "réponse :", set: 12, pair: 94, spec: "filezilla"}, // French
	96: {text: "comando:", set: 12, pair: 97, spec: "filezilla"}, 97: {text: "respuesta:", set: 12, pair: 96, spec: "filezilla"}, // Spanish
	98:  {text: "risposta:", set: 12, pair: 96, spec: "filezilla"},                                                                   // Italian
	99:  {text: "resposta:", set: 12, pair: 96, spec: "filezilla"},                                                                   // Portuguese
	100: {text: "opdracht:", set: 12, pair: 101, spec: "filezilla"}, 101: {text: "antwoord:", set: 12, pair: 100, spec: "filezilla"}, // Dutch
	102: {text: "polecenie:", set: 12, pair: 103, spec: "filezilla"}, 103: {text: "odpowiedź:", set: 12, pair: 102, spec: "filezilla"}, // Polish
	104: {text: "Команда:", set: 12, pair: 105, spec: "filezilla"}, 105: {text: "Ответ:", set: 12, pair: 104, spec: "filezilla"}, // Russian
	106: {text: "kommando:", set: 12, pair: 107, spec: "filezilla"}, 107: {text: "svar:", set: 12, pair: 106, spec: "filezilla"}, // Swedish, Danish
	108: {text: "příkaz:", set: 12, pair: 109, spec: "filezilla"}, 109: {text: "odpověď:", set: 12, pair: 108, spec: "filezilla"}, // Czech
	110: {text: "命令:", set: 12, pair: 111, spec: "filezilla"}, 111: {text: "响应:", set: 12, pair: 110, spec: "filezilla"}, // Chinese
	112: {text: "コマンド:", set: 12, pair: 113, spec: "filezilla"}, 113: {text: "レスポンス:", set: 12, pair: 112, spec: "filezilla"}, // Japanese
	114: {text: "parancs:", set: 12, pair: 115, spec: "filezilla"}, 115: {text: "válasz:", set: 12, pair: 114, spec: "filezilla"}, // Hungarian
	116: {text: "komut:", set: 12, pair: 117, spec: "filezilla"}, 117: {text: "yanıt:", set: 12, pair: 116, spec: "filezilla"}, // Turkish
	120: {text: "rsp:", set: 38, pair: 90},                                               // SmarterMail
	121: {text: "c", set: atStart, pair: 122}, 122: {text: "s", set: atStart, pair: 121}, // PHP's smtp_class
	118: {text: "i:", set: 39, pair: 119, spec: "rawlog"}, 119: {text: "o:", set: 39, pair: 118, spec: "rawlog"}, // Dovecot
}

// tokenGet is the mark "*get*".
const tokenGet = 53

// inWord is the set whose marks follow a colon without a blank.
const inWord = 32

// atStart is the set whose marks are words, and stand at the beginning only.
const atStart = 40

// maxSets and maxTokens bound the numbers of sets and tokens.
const (
	maxSets   = 64
	maxTokens = 128
)

// tokensByByte lists, for each first byte in lower case, the tokens that begin
// with it, the longest first.
var tokensByByte = indexTokens()

func indexTokens() (index [256][]uint8) {
	for i := range tokens {
		c := tokens[i].text[0]
		list := append(index[c], uint8(i))
		for j := len(list) - 1; j > 0 && len(tokens[list[j]].text) > len(tokens[list[j-1]].text); j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
		index[c] = list
	}
	return index
}

// tokensOfSet lists the tokens of each set.
var tokensOfSet = indexSets()

func indexSets() (index [maxSets][]uint8) {
	for i := range tokens {
		index[tokens[i].set] = append(index[tokens[i].set], uint8(i))
	}
	return index
}

// hit is a token found in a line.
type hit struct {
	token uint8
	rest  string // what stands behind it
	deep  bool   // it does not begin the line
	says  says   // what rest reads as; set where it was looked at
}

// says is what stands behind a mark, for the poll.
type says uint8

const (
	saysNothing says = iota
	saysServer
	saysClient
	saysWord // of the client, though servers list such words as capabilities too
)

// meaning tells what the text behind a mark reads as.
func meaning(rest string) says {
	_, rest, _ = threadID(rest)
	var few [4]string
	lines := payload(rest, few[:0])
	switch {
	case len(lines) == 0:
	case serverish(lines[0]):
		return saysServer
	case clientish(lines[0]):
		if strings.IndexByte(lines[0], ' ') < 0 {
			return saysWord
		}
		return saysClient
	}
	return saysNothing
}

// maxPrefix is how far into a line a log's own words may go before the mark.
const maxPrefix = 120

// markHits finds the tokens of a line, the first of each set.
// Of the set that is known to be in use, a mark at the beginning needs no blank
// behind it; 0 is no set.
func markHits(s string, known uint8, into []hit) []hit {
	hits := into[:0]
	var seen uint64
	limit := min(len(s), maxPrefix)
	for i := 0; i < limit; i++ {
		if i > 0 && !precedesMark[s[i-1]] && s[i] != '<' && s[i] != '>' {
			continue
		}
		c := s[i] | 0x20
		if s[i] < 0x40 || s[i] == '[' || s[i] >= 0x80 {
			c = s[i]
		}
		list := tokensByByte[c]
		if len(list) == 0 {
			continue
		}
		starts := startsMark(s, i)
		if !starts && s[i-1] != ':' {
			continue
		}
		for _, t := range list {
			tk := &tokens[t]
			if !starts && tk.set != inWord || tk.set == atStart && i > 0 || !isMark(s[i:], tk.text) {
				continue
			}
			rest, ok := behindMark(s, i, tk.text)
			if !ok && i == 0 && tk.set == known && tk.set != atStart && rest != "" && !isElement(s) {
				ok = true
			}
			if ok && seen&(1<<(tk.set%maxSets)) == 0 {
				seen |= 1 << (tk.set % maxSets)
				hits = append(hits, hit{token: t, rest: rest, deep: i > 0})
			}
			i += len(tk.text) - 1
			break
		}
	}
	return hits
}

// precedesMark tells the bytes behind which startsMark may find a mark, beside
// what may stand before an arrow, and the colon of inWord.
var precedesMark = [256]bool{' ': true, '\t': true, ']': true, ')': true, '"': true, '|': true, ':': true}

// isMark reports whether s begins with a mark, which is in lower case, in any
// case.
func isMark(s, mark string) bool {
	if len(s) < len(mark) {
		return false
	}
	for i := 0; i < len(mark); i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != mark[i] {
			return false
		}
	}
	return true
}

// isElement reports whether a line is one of a page, "<p>" or "</p>", and not
// one with an arrow before it.
func isElement(s string) bool {
	if len(s) < 3 || s[0] != '<' || s[len(s)-1] != '>' {
		return false
	}
	return s[1] == '/' || s[1] == '!' || isWord(s[1]) && !isDigit(s[1])
}

// startsMark reports whether a mark may begin at s[i]: at the beginning, or
// behind a blank or bracket; "<" and ">" also behind a protocol's name or a
// number ("POP3<", "8>").
func startsMark(s string, i int) bool {
	if i == 0 {
		return true
	}
	switch s[i-1] {
	case ' ', '\t', ']', ')', '"', '|':
		return true
	case ':':
		return s[i] == '<' || s[i] == '>'
	}
	if s[i] != '<' && s[i] != '>' {
		return false
	}
	j := i
	for j > 0 && isWord(s[j-1]) {
		j--
	}
	switch w := s[j:i]; w {
	case "POP3", "POP2", "IMAP", "SMTP", "ESMTP", "LMTP", "NNTP", "FTP", "n":
		return true
	default:
		return isNumber(w) && len(w) <= 4
	}
}

// behindMark gives what stands behind a mark. A blank follows it, or nothing;
// at the beginning of a line it may be left out before a line of a dialogue.
func behindMark(s string, i int, mark string) (string, bool) {
	rest := s[i+len(mark):]
	if rest == "" {
		return "", true
	}
	if rest[0] == ' ' || rest[0] == '\t' {
		rest = strings.TrimSpace(rest)
		if mark == ">" || mark == "<" {
			rest = behindArrow(rest)
		}
		return rest, true
	}
	if rest == "." {
		return rest, true
	}
	if mark == "c:" && (rest[0] == '\\' || rest[0] == '/') {
		return "", false
	}
	return rest, i == 0 && (serverish(rest) || clientish(rest)) || s[i] == '[' && i == 0
}

// behindArrow takes off what some logs write between the arrow and the line:
// Postfix the peer ("> host[192.0.2.7]: 220 ..."), WinSCP the time.
func behindArrow(s string) string {
	if s == "" {
		return s
	}
	if isDigit(s[0]) && len(s) > 20 && s[4] == '-' {
		if rest, st := peelStamp(s, parsers.Unknown); st.ok {
			return strings.TrimSpace(rest)
		}
	}
	peer, rest, ok := strings.Cut(s, "]: ")
	if !ok || strings.ContainsAny(peer, " \t\"") {
		return s
	}
	if _, addr, ok := strings.Cut(peer, "["); ok && (isAddress(addr) || addr == "unknown") {
		return rest
	}
	return s
}

// role is what a token's lines were told to be.
type role struct {
	server, client int // votes
	weak           int // votes for the client by words that servers list as capabilities too
	lines          int
}

// marking is the set of marks of a log, with the side that each stands for.
type marking struct {
	set   uint8
	sides [maxTokens]side // sideUnknown for those of other sets
	form  string
	half  bool // only the client's lines are marked
	gets  bool // Python: *get* lines are there, *resp* repeats them
}

// side gives what a token stands for.
func (m *marking) side(t uint8) side { return m.sides[t] }

// poll counts for each token what stands behind it.
type poll struct {
	roles [maxTokens]role
	sets  uint64 // of which there were tokens, as a set of bits
}

func (p *poll) count(h hit) bool {
	p.sets |= 1 << tokens[h.token].set
	r := &p.roles[h.token]
	r.lines++
	switch h.says {
	case saysServer:
		r.server++
	case saysClient:
		r.client++
	case saysWord:
		r.weak++
	}
	return h.says != saysNothing
}

// decide gives the set that most lines speak for, nil if none is convincing.
func (p *poll) decide() *marking {
	var best *marking
	bestVotes := 0
	for left := p.sets; left != 0; left &= left - 1 {
		set := uint8(bits.TrailingZeros64(left))
		if m, votes := p.weigh(set); m != nil && votes > bestVotes {
			best, bestVotes = m, votes
		}
	}
	return best
}

func (p *poll) weigh(set uint8) (*marking, int) {
	var sides [maxTokens]side
	servers, clients, against, others := 0, 0, 0, 0
	for _, t := range tokensOfSet[set] {
		r := &p.roles[t]
		if r.lines == 0 {
			continue
		}
		if r.server == 0 {
			r.client += r.weak
			r.weak = 0
		}
		switch {
		case r.server > r.client:
			sides[t] = sideServer
			servers += r.server
			against += r.client
		case r.client > r.server:
			sides[t] = sideClient
			clients += r.client
			against += r.server
		default:
			others += r.lines
			against += r.server
		}
	}
	votes := servers + clients
	if servers == 0 || against*4 > votes || clients == 0 && others == 0 && servers < 2 || clients == 0 && set == 9 && others == 0 {
		return nil, 0
	}
	if set == atStart && (clients == 0 || servers < 2) {
		return nil, 0 // a table may have such letters too
	}
	m := &marking{set: set, sides: sides}
	m.complete()
	for _, t := range tokensOfSet[set] {
		if p.roles[t].lines > 0 && m.form == "" {
			m.form = tokens[t].spec
		}
	}
	m.gets = p.roles[tokenGet].lines > 0
	return m, votes
}

// complete gives the tokens that nothing was told of the side that is left.
func (m *marking) complete() {
	for _, t := range tokensOfSet[m.set] {
		tk := &tokens[t]
		if m.sides[t] != sideUnknown {
			continue
		}
		if other := m.sides[tk.pair]; other != sideUnknown {
			m.sides[t] = opposite(other)
		}
	}
	for _, t := range tokensOfSet[m.set] { // what is left goes with its kind
		tk := &tokens[t]
		if m.sides[t] != sideUnknown {
			continue
		}
		for _, u := range tokensOfSet[m.set] {
			if s := m.sides[u]; s != sideUnknown && tokens[u].pair == tk.pair {
				m.sides[t] = s
			}
		}
	}
}

func opposite(s side) side {
	if s == sideServer {
		return sideClient
	}
	return sideServer
}

// payload gives the lines that stand behind a mark: Python's and JavaScript's
// quoting undone, joined replies split. A single line is put into the memory
// given.
func payload(s string, into []string) []string {
	s = unquotePayload(s)
	if s == "" {
		return nil
	}
	if strings.Contains(s, `\r\n`) {
		s = strings.TrimSuffix(s, `\r\n`)
		if strings.Contains(s, `\r\n`) {
			return strings.Split(s, `\r\n`)
		}
	}
	if strings.Contains(s, "[nl]") { // hMailServer's line ends
		return append(into, strings.Split(strings.TrimSuffix(s, "[nl]"), "[nl]")...)
	}
	if parts := splitJoined(s); parts != nil {
		return parts
	}
	return append(into[:0], s)
}

// unquotePayload undoes b'...', '...' and "...".
func unquotePayload(s string) string {
	t := s
	if strings.HasPrefix(t, "b'") || strings.HasPrefix(t, `b"`) {
		t = t[1:]
	}
	n := len(t)
	if n < 2 || t[0] != '\'' && t[0] != '"' || t[n-1] != t[0] {
		return strings.TrimSuffix(s, `"`) // the last field of a row
	}
	quote := t[0]
	t = t[1 : n-1]
	if strings.IndexByte(t, '\\') >= 0 {
		t = strings.ReplaceAll(t, `\`+string(quote), string(quote))
		t = strings.ReplaceAll(t, `\\`, `\`)
		t = strings.ReplaceAll(t, `\n`, `\r\n`)
		t = strings.ReplaceAll(t, `\r\r\n`, `\r\n`)
	}
	return t
}

// splitJoined splits a reply whose line breaks were lost:
// "250-host Hello250-SIZE 1250 DSN". Without a "250-" inside it gives nil.
func splitJoined(s string) []string {
	if len(s) < 8 || s[3] != '-' {
		return nil
	}
	p, ok := codeReply(s)
	if !ok || !p.goes {
		return nil
	}
	var parts []string
	start := 0
	for i := 4; i+3 < len(s); i++ {
		if s[i:i+3] == p.Status && (s[i+3] == '-' || s[i+3] == ' ' && len(parts) > 0) && s[i-1] != ' ' {
			parts = append(parts, s[start:i])
			start = i
			i += 3
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return append(parts, s[start:])
}
