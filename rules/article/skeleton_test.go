package article

import (
	"bytes"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// draftOf writes the draft of an article of any form as a rule.
func draftOf(t *testing.T, art *Article, events []parsers.Event) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := NewDraft(art, events, nil).Skeleton().Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// leftIn gives what lint says of a draft beside what it says to fill in.
func leftIn(t *testing.T, text []byte) []string {
	t.Helper()
	rule, findings := rules.Parse("DRAFT0001.toml", text)
	var left []string
	for _, f := range findings {
		if f.Code != rules.CodeFillIn && f.Code != rules.CodeFileName && f.Severity != rules.SeverityNote {
			left = append(left, f.String())
		}
	}
	if rule == nil && len(left) == 0 {
		t.Error("no rule, and no reason")
	}
	return left
}

// TestEmptySkeleton wants a draft of nothing to be a rule that says what to
// fill in.
func TestEmptySkeleton(t *testing.T) {
	var out bytes.Buffer
	if err := (&Skeleton{}).Write(&out); err != nil {
		t.Fatal(err)
	}
	if left := leftIn(t, out.Bytes()); len(left) > 0 {
		t.Errorf("%s\n%s", left, out.Bytes())
	}
	if !strings.Contains(out.String(), rules.FillIn) {
		t.Error("nothing to fill in")
	}
}

// TestProse reads the sections of an article without a form.
func TestProse(t *testing.T) {
	art := ParseProse([]byte("ACME0007 - The feeder stops\n\nProblem:\nIt stops.\n\n**Cause**\nIt is full.\r\n\nSOLUTION\n========\nEmpty it.\n"))
	if art.ID != "ACME0007" || art.Title != "The feeder stops" {
		t.Errorf("%q %q", art.ID, art.Title)
	}
	for name, want := range map[string]string{"SYMPTOMS": "It stops.", "CAUSE": "It is full.", "RESOLUTION": "Empty it."} {
		if got := art.Section(name).Text(); strings.TrimSpace(got) != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if left := leftIn(t, draftOf(t, art, nil)); len(left) > 0 {
		t.Error(left)
	}
}

// FuzzSkeleton drafts rules from anything: each must load.
func FuzzSkeleton(f *testing.F) {
	f.Add("ACME0007 - The feeder stops\n\nCause\nIt's \"\"\" full\\", "AcmeFeed", "The feed's \"folder\"\r\nis full.")
	f.Add("", "a\"b'c\\", "\x00\x7f\u2028")
	f.Add("\xbd\xf2\x85a", "0\"0'0\"", "\xa8")
	f.Add(strings.Repeat("Resolution\n1. Do.\n\n", 200), "", strings.Repeat("x ", 5000))
	f.Add("0", strings.Repeat("\xad", 1100), "\x1cn")
	f.Fuzz(func(t *testing.T, text, provider, message string) {
		if len(text)+len(provider)+len(message) > 16<<10 {
			return
		}
		e := parsers.Event{Message: message, ID: 1203, Known: parsers.FieldID | parsers.FieldMessage}
		e.Set(parsers.FieldProvider, provider)
		draft := draftOf(t, ParseProse([]byte(text)), []parsers.Event{e})
		rule, findings := rules.Parse("DRAFT0001.toml", draft)
		if rule == nil {
			t.Fatalf("%v\n%s", findings, draft)
		}
	})
}
