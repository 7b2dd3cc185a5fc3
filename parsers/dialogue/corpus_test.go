package dialogue

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// namedForms are the forms that this package is to read, as the notes of the
// corpus call them.
var namedForms = regexp.MustCompile(`(?i)linux telnet|windows.*telnet|telnet\.exe|putty|script\(1\)|typescript|S>/C>|C:/S:|telnet wording|inetutils telnet|pasted, |pasted fragments|pasted telnet|nc -v|server side only|telnet window|ncat -v|e-mail reply`)

var leadingNumber = regexp.MustCompile(`^\d+`)

// outcomeWords say which outcomes agree with the words of the notes.
var outcomeWords = []struct{ words, outcomes string }{
	{"auth failure|auth refused|login refused|privilege|temporary failure|no [alert]|-err", "auth failed|refused"},
	{"relay denied", "relay denied|refused"},
	{"refused|prohibited|timed out|connect failed", "connect failed|refused|auth failed|tls failed"},
	{"no greeting|no banner|hang", "no greeting|no reply"},
	{"success", "success|no reply|refused|incomplete"},
}

// TestCorpus reads the captured sessions of the corpus and compares number of
// sessions, exchanges and outcome with the notes. At least 85 percent of the
// files of the named forms must agree.
func TestCorpus(t *testing.T) {
	corpus := os.Getenv("KBDIAG_CORPUS")
	if corpus == "" {
		t.Skip("KBDIAG_CORPUS is not set: no corpus to read")
	}
	raw, err := os.ReadFile(filepath.Join(corpus, "telnet", "NOTES.md"))
	if err != nil {
		t.Fatal(err)
	}
	folder, named, agree := "", 0, 0
	for _, line := range strings.Split(string(raw), "\n") {
		if rest, ok := strings.CutPrefix(line, "## "); ok {
			folder, _, _ = strings.Cut(rest, " ")
		}
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if len(cells) < 6 || !strings.Contains("pop3 smtp imap failures", folder) {
			continue
		}
		file := filepath.Join(corpus, "telnet", folder, cells[0])
		if _, err := os.Stat(file); err != nil {
			continue
		}
		sessions, _, _ := readSessions(filepath.ToSlash(file), nil)
		if !namedForms.MatchString(cells[2]) {
			continue
		}
		named++
		exchanges := 0
		outcome := ""
		for i := range sessions {
			exchanges += len(sessions[i].Exchanges)
			outcome = string(sessions[i].Outcome)
		}
		want, wantErr := strconv.Atoi(leadingNumber.FindString(cells[3]))
		wantSessions := 1
		if strings.Contains(cells[3], "sessions x 1") {
			wantSessions = want
		}
		if strings.Contains(cells[3], "8 counting the two continuations") {
			want = 8 // continuations are exchanges for us
		}
		ok := wantErr == nil && len(sessions) == wantSessions && exchanges == want && agrees(cells[4], outcome)
		if ok {
			agree++
		}
		t.Logf("%-5v %s/%s: expected %s, %s; got %d sessions, %d exchanges, %s", ok, folder, cells[0], cells[3], cells[4], len(sessions), exchanges, outcome)
	}
	t.Logf("%d of %d files of the named forms agree", agree, named)
	if named < 30 || agree*100 < named*85 {
		t.Errorf("%d of %d files of the named forms agree, want 85 percent", agree, named)
	}
}

func agrees(note, outcome string) bool {
	note = strings.ToLower(note)
	for _, o := range outcomeWords {
		for _, w := range strings.Split(o.words, "|") {
			if strings.Contains(note, w) {
				return strings.Contains(o.outcomes, outcome)
			}
		}
	}
	return true
}
