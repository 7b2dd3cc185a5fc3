package transcript_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/formats"
)

// note is one row of the corpus' notes on captured sessions.
type note struct {
	folder, file string
	form         string
	exchanges    string
	outcome      string
	stage        string
}

// readNotes gives the rows whose files are there. It skips the test where the
// corpus is not.
func readNotes(t *testing.T) (root string, list []note) {
	t.Helper()
	root = os.Getenv("KBDIAG_CORPUS")
	if root == "" {
		t.Skip("KBDIAG_CORPUS is not set: no corpus to read")
	}
	root = filepath.Join(root, "telnet")
	raw, err := os.ReadFile(filepath.Join(root, "NOTES.md"))
	if err != nil {
		t.Fatal(err)
	}
	folder := ""
	for _, line := range strings.Split(string(raw), "\n") {
		if rest, ok := strings.CutPrefix(line, "## "); ok {
			folder, _, _ = strings.Cut(rest, " ")
		}
		cells := strings.Split(strings.Trim(strings.ReplaceAll(line, `\|`, "¦"), "|"), "|")
		if len(cells) < 6 {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		n := note{folder, cells[0], cells[2], cells[3], cells[4], cells[5]}
		if _, err := os.Stat(filepath.Join(root, folder, n.file)); err == nil {
			list = append(list, n)
		}
	}
	if len(list) < 10 {
		t.Fatalf("%d rows in the notes", len(list))
	}
	return root, list
}

var (
	leadingNumber  = regexp.MustCompile(`^\d+`)
	sessionsTimes  = regexp.MustCompile(`^(\d+) sessions x (\d+)`)
	twoBanners     = regexp.MustCompile(`^two banners\b`)
	streams        = regexp.MustCompile(`^(\d+) streams`)
	onlyUnanswered = regexp.MustCompile(`^(\d+) unanswered`)
	withUnanswered = regexp.MustCompile(`^(\d+) \((\w+) unanswered\)`)
)

// expected is what a note says of the numbers in a file, -1 for what it leaves
// open.
type expected struct {
	sessions, exchanges, unanswered int
	shown                           bool // exchanges counts those whose command is in the capture
	all                             bool // exchanges counts the unanswered commands too
}

func (n note) expects() expected {
	e := expected{sessions: 1, exchanges: -1, unanswered: -1}
	number := func(s string) int {
		v, err := strconv.Atoi(s)
		if err != nil {
			return -1
		}
		return v
	}
	if twoBanners.MatchString(n.form) {
		e.sessions = 2
	}
	if ways := len(n.ways()); ways > 1 {
		e.sessions = ways
	}
	text := n.exchanges
	switch m := []string(nil); {
	case sessionsTimes.MatchString(text):
		m = sessionsTimes.FindStringSubmatch(text)
		e.sessions = number(m[1])
		e.exchanges = e.sessions * number(m[2])
	case streams.MatchString(text):
		e.sessions = number(streams.FindStringSubmatch(text)[1])
	case onlyUnanswered.MatchString(text):
		e.exchanges, e.unanswered = 0, number(onlyUnanswered.FindStringSubmatch(text)[1])
	case withUnanswered.MatchString(text):
		m = withUnanswered.FindStringSubmatch(text)
		e.exchanges, e.all = number(m[1]), true
	default:
		e.exchanges = number(leadingNumber.FindString(text))
		e.shown = strings.Contains(text, " shown")
	}
	return e
}

// ways gives the notes on each session of a file that has several, which a
// note parts by a stroke: "501 Sender domain must exist / 250".
func (n note) ways() []note {
	var list []note
	for _, outcome := range strings.Split(n.outcome, " / ") {
		one := n
		one.outcome = outcome
		list = append(list, one)
	}
	return list
}

// outcomeWords give the one outcome that words of the notes stand for. What
// stands first in the note is the session's: it came first in time.
var outcomeWords = []struct {
	words   string
	outcome parsers.Outcome
}{
	{"connection refused|prohibited|timed out|connect failed", parsers.OutcomeConnectFailed},
	{"no greeting|no banner|silence", parsers.OutcomeNoGreeting},
	{"at connect|in place of the greeting|too many connections", parsers.OutcomeGreetingRefused},
	{"auth failure|auth refused|login refused|cannot log in|login incorrect|auth broken|invalid credentials|530 login|530 home|501 (empty user|401|logindisabled", parsers.OutcomeAuthFailed},
	{"stls refused", parsers.OutcomeTLSFailed},
	{"relay denied", parsers.OutcomeRelayDenied},
	{"hang", parsers.OutcomeNoReply},
	{"server timeout|failure after login|session lost|closed after connect", parsers.OutcomeDropped},
	{"abandoned", parsers.OutcomeAbandoned},
	{"success so far|capture ends|accepted with a warning|wrong server", parsers.OutcomeIncomplete},
	{"success|200|one of 250|250", parsers.OutcomeSuccess},
	{"temporary failure|no [alert]|no [serverbug]|protocol errors|rejected|blocked|deferred|unknown|refused|404", parsers.OutcomeRefused},
}

// refusal is a code or status that refuses.
var refusal = regexp.MustCompile(`\b[45]\d\d\b|-err\b|\bbad\b`)

// means gives the outcome that a note's words stand for, "" if it tells of
// none.
func (n note) means() parsers.Outcome {
	text := strings.ToLower(n.outcome)
	first, outcome := len(text), parsers.Outcome("")
	for _, w := range outcomeWords {
		for _, word := range strings.Split(w.words, "|") {
			i := strings.Index(text, word)
			if i >= 0 && strings.HasPrefix(text[i:], "success after") {
				i = 0
			}
			if i >= 0 && (i < first || i == first && outcome == "") {
				first, outcome = i, w.outcome
			}
		}
	}
	if at := refusal.FindStringIndex(text); at != nil && at[0] < first && !strings.Contains(text, "at connect") && !strings.Contains(text, "in place of") {
		if outcome != parsers.OutcomeAuthFailed && outcome != parsers.OutcomeGreetingRefused && outcome != parsers.OutcomeRelayDenied {
			return n.refusedAt()
		}
	}
	return outcome
}

// refusedAt gives the outcome of a refusal of which a note gives nothing but
// the server's words: of a logon, it failed.
func (n note) refusedAt() parsers.Outcome {
	if stage, _ := n.fails(parsers.OutcomeRefused); stage == parsers.StageAuth {
		return parsers.OutcomeAuthFailed
	}
	return parsers.OutcomeRefused
}

// explained are files whose note cannot be told from the file, with the reason
// and what is read instead.
var explained = map[string]struct{ reason, got string }{
	"imap/kb_Q217388_referral.txt": {"the NO at SELECT of which the note tells is in another part of the article, not in the file", `1 sessions, 1 exchanges, 0 unanswered, success at ""`},
}

// stageWords give the one stage that the first word of a note's stage stands
// for.
var stageWords = map[string]parsers.Stage{
	"connect": parsers.StageConnect, "banner": parsers.StageNone, "greeting": parsers.StageGreeting, "helo": parsers.StageHelo, "ehlo": parsers.StageHelo,
	"auth": parsers.StageAuth, "pass": parsers.StageAuth, "login": parsers.StageAuth, "apop": parsers.StageAuth, "user": parsers.StageAuth,
	"stls": parsers.StageTLS, "starttls": parsers.StageTLS, "mail": parsers.StageMail, "rcpt": parsers.StageRcpt, "data": parsers.StageData,
	"select": parsers.StageSelect, "select/fetch": parsers.StageSelect, "authinfo": parsers.StageAuth, "bind": parsers.StageAuth, "authenticate/login": parsers.StageAuth,
	"request": parsers.StageCommand, "tag": parsers.StageCommand, "stat": parsers.StageCommand, "capabilities": parsers.StageCommand,
	"etrn": parsers.StageCommand, "quit": parsers.StageQuit,
	"newnews": parsers.StageCommand, "post": parsers.StageData, "mode": parsers.StageCommand, "retr": parsers.StageCommand, "opts": parsers.StageCommand,
	"-": parsers.StageNone,
}

// fails gives the stage that a note names. Where the greeting itself refuses,
// the notes say connect; a message that is refused, they say data.
func (n note) fails(o parsers.Outcome) (parsers.Stage, bool) {
	text := strings.ToLower(n.stage)
	for _, before := range []string{"after ", "before ", "end of ", "reply 2 = "} {
		text = strings.TrimPrefix(text, before)
	}
	word, rest, _ := strings.Cut(text, " ")
	stage, ok := stageWords[strings.Trim(word, ",;")]
	switch {
	case stage == parsers.StageConnect && (o == parsers.OutcomeGreetingRefused || o == parsers.OutcomeNoGreeting):
		stage = parsers.StageGreeting
	case stage == parsers.StageData && (rest == "body" || text != strings.ToLower(n.stage)):
		stage = parsers.StageBody
	}
	return stage, ok
}

// TestCorpus reads the captured sessions of the corpus and compares number of
// sessions, exchanges, unanswered commands, outcome and stage with the notes.
func TestCorpus(t *testing.T) {
	root, notes := readNotes(t)
	agree := 0
	door := &parsers.Reader{Forms: formats.All(), Secrets: &parsers.Secrets{}}
	for _, n := range notes {
		name := n.folder + "/" + n.file
		var sessions []parsers.Session
		door.Read(filepath.ToSlash(filepath.Join(root, n.folder, n.file)), parsers.Visitor{
			Session: func(s *parsers.Session) { sessions = append(sessions, *s) },
		})
		said := n.compare(sessions)
		x, known := explained[name]
		switch {
		case said == "" && known:
			t.Errorf("%s agrees, and is explained", name)
		case said == "":
			agree++
		case !known:
			t.Errorf("%s: expected %s, %s, %s; got %s", name, n.exchanges, n.outcome, n.stage, said)
		case said != x.got:
			t.Errorf("%s: got %s, want %s: %s", name, said, x.got, x.reason)
		}
	}
	t.Logf("%d of %d files agree", agree, len(notes))
	if agree*100 < len(notes)*97 {
		t.Errorf("%d of %d files agree, want 97 percent", agree, len(notes))
	}
}

// compare gives what was read instead, "" if it agrees with the note.
func (n note) compare(sessions []parsers.Session) string {
	want := n.expects()
	exchanges, shown, unanswered := 0, 0, 0
	var got []string
	for i := range sessions {
		s := &sessions[i]
		exchanges += len(s.Exchanges)
		unanswered += len(s.Unanswered)
		for k := range s.Exchanges {
			if !s.Exchanges[k].Inferred {
				shown++
			}
		}
		got = append(got, fmt.Sprintf("%s at %q", s.Outcome, s.FailedStage))
	}
	count := exchanges
	switch {
	case want.all && count+unanswered == want.exchanges: // some notes count the command that was not answered, some do not
		count += unanswered
	case want.shown:
		count = shown
	}
	if len(sessions) == want.sessions && (want.exchanges < 0 || count == want.exchanges) && (want.unanswered < 0 || unanswered == want.unanswered) {
		judged := true
		for i, way := range n.ways() {
			judged = judged && way.judged(&sessions[i])
		}
		if judged {
			return ""
		}
	}
	return fmt.Sprintf("%d sessions, %d exchanges, %d unanswered, %s", len(sessions), exchanges, unanswered, strings.Join(got, ", "))
}

// judged reports whether outcome and stage are those of the note. A note
// without an outcome tells neither.
func (n note) judged(s *parsers.Session) bool {
	if n.outcome == "-" {
		return true
	}
	if outcome := n.means(); outcome != s.Outcome {
		return false
	}
	if s.Outcome == parsers.OutcomeSuccess && len(s.Exchanges) > 0 && strings.Trim(n.outcome, "0123456789") == "" {
		return s.FailedStage == parsers.StageNone // the stage is that of the other way
	}
	stage, ok := n.fails(s.Outcome)
	return ok && stage == s.FailedStage
}
