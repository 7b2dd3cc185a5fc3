package evt_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/evt"
)

// readBytes reads a log that is in memory.
func readBytes(t testing.TB, name string, data []byte, opts evt.Options, visit func(*parsers.Event)) *parsers.Account {
	t.Helper()
	in, err := parsers.NewInput(name, bytes.NewReader(data), bytes.NewReader(data), int64(len(data)), parsers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	acct := &parsers.Account{Path: name}
	if err := evt.Read(in, parsers.NewOut(acct, parsers.Visitor{Event: visit}, nil), opts); err != nil {
		t.Fatal(err)
	}
	return acct
}

// likePeer writes an event as evtexport does, but for the lines that an event
// does not have.
func likePeer(e *parsers.Event) string {
	types := map[parsers.Level]string{
		parsers.LevelError: "Error event (1)", parsers.LevelWarning: "Warning event (2)", parsers.LevelInformation: "Information event (4)",
		parsers.LevelAuditSuccess: "Success Audit event (8)", parsers.LevelAuditFailure: "Failure Audit event (16)",
	}
	id := uint32(e.Qualifiers)<<16 | uint32(e.ID)
	var b strings.Builder
	fmt.Fprintf(&b, "%d\n%s\n%s\n", e.Pos.Record, e.Time.Format("Jan 02, 2006 15:04:05 UTC"), types[e.Level])
	if e.User != "" {
		fmt.Fprintf(&b, "%s\n", e.User)
	}
	fmt.Fprintf(&b, "%s\n%s\n0x%08x (%d)\n%d\n", e.Host, e.Provider, id, id, len(e.Strings))
	for _, s := range e.Strings {
		fmt.Fprintf(&b, "%s\n", s)
	}
	return oneBreak(b.String())
}

var labels = regexp.MustCompile(`(?m)^(Event number|Creation time|Event type|User security identifier|Computer name|Source name|Event identifier|Number of strings|String: \d+)\t+: ?`)

var noField = regexp.MustCompile(`(?m)^(Written time|Event category)\t.*\n`)

// values takes the labels out of a record of evtexport's.
func values(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\r\n", "\n"), "\r\n", "\n")
	return oneBreak(labels.ReplaceAllString(noField.ReplaceAllString(text, ""), ""))
}

// oneBreak takes the empty lines out: line ends around a string are not kept.
func oneBreak(s string) string {
	for strings.Contains(s, "\n\n") {
		s = strings.ReplaceAll(s, "\n\n", "\n")
	}
	return s
}
