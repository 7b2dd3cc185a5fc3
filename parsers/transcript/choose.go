package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// choose makes the machine for the protocol that the following lines speak.
func (r *reader) choose() machine {
	switch r.protocol() {
	case "pop3":
		return &lineMachine{r: r, g: &pop3}
	case "smtp":
		return &lineMachine{r: r, g: &smtp}
	case "nntp":
		return &lineMachine{r: r, g: &nntp}
	case "ftp":
		return &lineMachine{r: r, g: &ftp}
	case "imap":
		return &imapMachine{r: r}
	case "http":
		return &httpMachine{r: r}
	}
	return &plainMachine{r: r}
}

// maxGuess is how many lines the guess of the protocol looks at.
const maxGuess = 120

// maxVotes is how many lines of a dialogue are enough to tell its protocol.
const maxVotes = 20

// protocol tells the protocol of the session that stands at the current item
// and sets it in the session.
func (r *reader) protocol() string {
	v := votes{}
	v.port(r.s.Port)
	gap := 0
	for i := 0; i < maxGuess && gap < maxForeign && v.seen < maxVotes; i++ {
		it := r.src.at(r.k + i)
		if it == nil || it.kind == kindEvent && v.seen > 0 && ends(it.event.what) {
			break
		}
		if it.kind != kindLine {
			continue
		}
		if !v.line(it) {
			gap++
			continue
		}
		gap = 0
	}
	r.s.Protocol = v.winner()
	return r.s.Protocol
}

// ends reports whether an event stands between two sessions.
func ends(w what) bool {
	switch w {
	case whatClosed, whatCommand, whatStart, whatTrying, whatEnd, whatPrompt:
		return true
	}
	return false
}

// votes are the points of each protocol.
type votes struct {
	pop3, smtp, imap, nntp, ftp, http int
	seen                              int // lines that counted
	codes                             int // status lines with a code
	login                             int // prompts for a login
}

func (v *votes) port(p int) {
	switch p {
	case 25, 24, 465, 587, 2525, 1025:
		v.smtp += 3
	case 110, 995:
		v.pop3 += 3
	case 143, 993:
		v.imap += 3
	case 119, 563, 433:
		v.nntp += 4
	case 21, 990:
		v.ftp += 4
	case 80, 443, 8080, 8081, 8443:
		v.http += 3
	}
}

// line counts one line; false if no protocol knows it.
func (v *votes) line(it *item) bool {
	if it.mute {
		return false
	}
	s := it.text
	known := false
	if _, ok := loginPrompt(s); ok || v.login > 0 && loginResult(s) == parsers.No {
		v.login++
		return true
	}
	if it.side != sideClient {
		known = v.server(s)
	}
	if !known && it.side != sideServer {
		known = v.client(s)
	}
	if known {
		v.seen++
	}
	return known
}

func (v *votes) server(s string) bool {
	if p, ok := codeReply(s); ok {
		v.code(&p)
		return true
	}
	if p, ok := popReply(s); ok {
		if p.Status != "+" {
			v.pop3 += 10
			if containsFold(s, "imap4") {
				v.imap += 40
			}
		}
		return true
	}
	if strings.HasPrefix(s, "* ") && untaggedWord(s[2:]) {
		v.imap += 10
		return true
	}
	if imapTagged(s) {
		v.imap += 5
		return true
	}
	if _, ok := httpReply(s); ok {
		v.http += 10
		return true
	}
	return false
}

// code counts a status line with a code by the code and its words.
func (v *votes) code(p *reply) {
	v.codes++
	v.smtp++
	switch p.Code {
	case 354, 334, 235, 535, 454, 553, 554, 552:
		v.smtp += 3
	case 331, 230, 226, 227, 229, 150, 257, 234, 332:
		v.ftp += 3
	case 281, 381, 480, 411, 412, 440, 441, 340, 205, 111:
		v.nntp += 4
	case 200, 201:
		v.nntp += 2
		v.ftp++
	case 211, 215, 530:
		v.ftp++
	}
	if p.Enhanced != "" {
		v.smtp += 3
	}
	words := namesProtocol.in(p.Text)
	for n := range uint8(len(namesProtocol.words)) {
		if !words.has(n) {
			continue
		}
		switch {
		case n < firstFTP:
			v.smtp += 6
		case n < firstNNTP:
			v.ftp += 6
		default:
			v.nntp += 6
		}
		return // the first one counts
	}
}

// namesProtocol are words by which replies name their protocol: those of SMTP,
// those of FTP from firstFTP on, and those of NNTP.
var namesProtocol = newFoldWords("smtp", "sendmail", "postfix", "exim", "mail service", "internet mail", "qmail", "ftp",
	"nntp", "nnrp", "internetnews", "news service", "newsgroup", "leafnode", "posting", "permission to talk")

const firstFTP, firstNNTP = 7, 8

func (v *votes) client(s string) bool {
	known := false
	maybe := maybeCommand(s)
	if maybe {
		of := commandOf(s)
		known = of != 0
		if of&ofSMTP != 0 {
			v.smtp += 3
		}
		if of&ofPOP3 != 0 {
			v.pop3 += 2
		}
		if of&ofNNTP != 0 {
			v.nntp += 2
		}
		if of&ofFTP != 0 {
			v.ftp += 2
		}
	}
	if hasPrefixFold(s, "authinfo ") || hasPrefixFold(s, "mode reader") {
		v.nntp += 8
	}
	if _, ok := typedFTP(s); ok && s != "Password:" {
		v.ftp += 8
		known = true
	}
	if maybe {
		if verb, ok := imapVerb(s); ok {
			v.imap += 4
			if verb == "LOGIN" || verb == "CAPABILITY" {
				v.imap += 2
			}
			known = true
		}
	}
	if isRequest(s) {
		v.http += 8
		known = true
	}
	return known
}

// winner gives the protocol with the most points, "" where nothing but the
// port speaks for any.
func (v *votes) winner() string {
	if v.seen == 0 || v.login > 0 && v.codes == 0 {
		return ""
	}
	best, points := "", 0
	for _, c := range [...]struct {
		name string
		n    int
	}{{"smtp", v.smtp}, {"pop3", v.pop3}, {"imap", v.imap}, {"http", v.http}, {"ftp", v.ftp}, {"nntp", v.nntp}} {
		if c.n > points {
			best, points = c.name, c.n
		}
	}
	return best
}
