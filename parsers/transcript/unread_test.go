package transcript

import (
	"testing"
	"time"

	"kbdiag/parsers"
)

// TestUnreadLines talks to a server that nobody knows, twice in one connection,
// and looks whether the lines of no session are accounted for.
func TestUnreadLines(t *testing.T) {
	acct := &parsers.Account{}
	sessions, skipped := 0, 0
	out := parsers.NewOut(acct, parsers.Visitor{Session: func(*parsers.Session) { sessions++ }}, nil)
	c := NewConversation("socat", "srv1", 4711, parsers.ZoneUnknown)
	c.Connected(time.Time{}, parsers.Pos{Line: 1})
	c.Text(true, "hello", time.Time{}, parsers.Pos{Line: 2})
	c.Text(false, "knock", time.Time{}, parsers.Pos{Line: 3})
	c.Closed("server", time.Time{}, parsers.Pos{Line: 4})
	c.Text(true, "hello again", time.Time{}, parsers.Pos{Line: 5})
	c.Text(false, "knock again", time.Time{}, parsers.Pos{Line: 6})
	c.Emit(out)
	for _, s := range acct.Skipped {
		skipped += s.Count
	}
	if sessions != 1 || skipped != 2 {
		t.Errorf("%d sessions, %d lines skipped, want 1 and 2", sessions, skipped)
	}
}
