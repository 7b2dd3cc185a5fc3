package transcript

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"kbdiag/parsers"
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
	leadingNumber = regexp.MustCompile(`^\d+`)
	sessionsTimes = regexp.MustCompile(`^(\d+) sessions x (\d+)`)
)

// counts gives the numbers of sessions and of exchanges that a note expects,
// false where it gives none.
func (n note) counts() (sessions, exchanges int, ok bool) {
	if m := sessionsTimes.FindStringSubmatch(n.exchanges); m != nil {
		sessions, _ = strconv.Atoi(m[1])
		each, _ := strconv.Atoi(m[2])
		return sessions, sessions * each, true
	}
	exchanges, err := strconv.Atoi(leadingNumber.FindString(n.exchanges))
	return 1, exchanges, err == nil
}

// outcomeWords say which outcomes agree with the words of the notes; the first
// that is found decides.
var outcomeWords = []struct{ words, outcomes string }{
	{"auth failure|auth refused|login refused|privilege|cannot log in|login incorrect", "auth failed|refused"},
	{"temporary failure|no [alert]|-err", "auth failed|refused|dropped"},
	{"relay denied", "relay denied|refused"},
	{"at connect|wrong server", "greeting refused|incomplete"},
	{"connection refused|prohibited|timed out|connect failed", "connect failed"},
	{"no greeting|no banner|hang", "no greeting|no reply"},
	{"success", "success|no reply|refused|incomplete"},
}

func (n note) outcomeAgrees(o parsers.Outcome) bool {
	text := strings.ToLower(n.outcome)
	for _, w := range outcomeWords {
		for _, word := range strings.Split(w.words, "|") {
			if strings.Contains(text, word) {
				return hasWord(w.outcomes, string(o))
			}
		}
	}
	return true
}

// stageWords say which stages agree with the first word of the notes' stage.
var stageWords = map[string]string{
	"connect": "connect|greeting", "banner": "greeting|", "greeting": "greeting", "helo": "helo", "ehlo": "helo",
	"auth": "auth", "pass": "auth", "login": "auth", "apop": "auth", "user": "auth", "stls": "tls", "starttls": "tls",
	"mail": "mail", "rcpt": "rcpt", "data": "data|body", "select": "select", "authinfo": "auth", "-": "",
}

func (n note) stageAgrees(s parsers.Stage) bool {
	word, _, _ := strings.Cut(strings.ToLower(n.stage), " ")
	stages, ok := stageWords[strings.Trim(word, ",;")]
	return !ok || word == "-" && s == "" || word != "-" && hasWord(stages, string(s)) || n.stage != "-" && s == ""
}

func hasWord(list, word string) bool {
	for _, w := range strings.Split(list, "|") {
		if w == word {
			return true
		}
	}
	return false
}

// TestCorpus reads the captured sessions of the corpus and compares number of
// sessions, exchanges, outcome and stage with the notes.
func TestCorpus(t *testing.T) {
	root, notes := readNotes(t)
	checked, agree := 0, 0
	for _, n := range notes {
		if !hasWord("pop3|smtp|imap|failures|ftp|nntp|http|ldap|telnet", n.folder) {
			continue
		}
		sessions, _, _ := readSessions(filepath.ToSlash(filepath.Join(root, n.folder, n.file)), nil)
		checked++
		exchanges := 0
		outcomes, stages := false, false
		for i := range sessions {
			exchanges += len(sessions[i].Exchanges)
			outcomes = outcomes || n.outcomeAgrees(sessions[i].Outcome)
			stages = stages || n.stageAgrees(sessions[i].FailedStage)
		}
		wantSessions, wantExchanges, counted := n.counts()
		ok := outcomes && stages && len(sessions) == wantSessions && (!counted || exchanges == wantExchanges)
		if ok {
			agree++
			continue
		}
		var got []string
		for i := range sessions {
			s := &sessions[i]
			got = append(got, string(s.Outcome)+" at "+string(s.FailedStage))
		}
		t.Logf("%s/%s: expected %s, %s, %s; got %d sessions, %d exchanges, %s", n.folder, n.file, n.exchanges, n.outcome, n.stage, len(sessions), exchanges, strings.Join(got, ", "))
	}
	t.Logf("%d of %d files agree", agree, checked)
	if agree*100 < checked*85 {
		t.Errorf("%d of %d files agree, want 85 percent", agree, checked)
	}
}
