package transcript_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/transcript"
)

// readText reads a text as the program would, with this room's forms only.
func readText(t testing.TB, name string, raw []byte) ([]*parsers.Session, []string, *parsers.Secrets) {
	t.Helper()
	secrets := &parsers.Secrets{}
	r := &parsers.Reader{
		Forms:   parsers.Forms{Formats: transcript.Formats(), Finders: []parsers.Finder{transcript.Finder()}},
		Stdin:   bytes.NewReader(raw),
		Secrets: secrets,
	}
	var sessions []*parsers.Session
	var lines []string
	accounts := r.Read(parsers.StdinName, parsers.Visitor{
		Session: func(s *parsers.Session) { c := *s; sessions = append(sessions, &c) },
		Line:    func(l *parsers.Line) { lines = append(lines, l.Text) },
	})
	for _, acct := range accounts {
		if acct.Err != nil && strings.Contains(acct.Err.Error(), "defect") {
			t.Errorf("%s: %v", name, acct.Err)
		}
	}
	return sessions, lines, secrets
}

func TestShow(t *testing.T) {
	dir := os.Getenv("SHOW")
	if dir == "" {
		t.Skip()
	}
	files, _ := filepath.Glob(dir)
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		ss, lines, _ := readText(t, f, raw)
		fmt.Printf("=== %s: %d sessions, %d lines left\n", f, len(ss), len(lines))
		for _, s := range ss {
			fmt.Printf("  form=%s proto=%s %s:%d conn=%s greet=%s prod=%q %q auth=%s stage=%s outcome=%s by=%s echo=%s x=%d un=%d uns=%d\n    %s\n", s.Form, s.Protocol, s.Server, s.Port, s.Connect, s.GreetingSeen, s.Product, s.Version, s.Authenticated, s.FailedStage, s.Outcome, s.ClosedBy, s.Echo, len(s.Exchanges), len(s.Unanswered), len(s.Unsolicited), s.Summary)
			if os.Getenv("V") != "" {
				fmt.Printf("    greeting %q\n", s.Greeting)
				for _, x := range s.Exchanges {
					fmt.Printf("    %d %s [%s] -> %s %s %s ok=%v inf=%v %.90q\n", x.Line, x.Verb, x.Args, x.Reply.Status, x.Reply.ResponseCode, x.Reply.Enhanced, x.Reply.OK, x.Inferred, x.Reply.Text)
				}
				for _, u := range s.Unanswered {
					fmt.Printf("    %d unanswered %s [%s]\n", u.Line, u.Verb, u.Args)
				}
				for _, u := range s.Unsolicited {
					fmt.Printf("    %d unsolicited %s %.80q\n", u.Line, u.Status, u.Text)
				}
			}
		}
		if os.Getenv("V") != "" {
			for _, l := range lines {
				fmt.Printf("    LINE %.150q\n", l)
			}
		}
	}
}
