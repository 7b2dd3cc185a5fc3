package article

import (
	"slices"
	"strings"
	"testing"

	"kbdiag/parsers"
)

// TestCleanSources takes the names out of what stands beside the label.
func TestCleanSources(t *testing.T) {
	for text, want := range map[string][]string{
		"AcmeFeed":                        {"AcmeFeed"},
		"Acme Feed Server":                {"Acme Feed Server"},
		"Dr. Watson":                      {"Dr. Watson"},
		"TCP/IP":                          {"TCP/IP"},
		"AcmeFeed  Field Engineering":     {"AcmeFeed"},
		"AcmeFeed - Interface":            {"AcmeFeed"},
		"Feed. This happens often":        {"Feed"},
		"FeedLogonType: Error":            {"FeedLogon"},
		"Feed Control Manager Error":      {"Feed Control Manager"},
		"Source FEEDSVC":                  {"FEEDSVC"},
		"Feed Server (or Spool Server)":   {"Feed Server", "Spool Server"},
		"Feed 32 Driver (or) Feed Driver": {"Feed 32 Driver", "Feed Driver"},
		"<name of the service>":           nil,
		"Date 11/24/01":                   nil,
		"logged in the System":            nil,
	} {
		if got := cleanSources(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestForms reads one article in the shapes that people keep articles in.
func TestForms(t *testing.T) {
	forms := map[string]string{
		"article-KB900401.md": "## KB900401: The feed stops\n\n### Applies to\n\n* Acme Feed Server 3.0\n\n### Symptoms\n\nSee article Q900499. The log has:\n\n> Event ID: 4177\n> Source: AcmeFeed\n\n### Cause\n\nThe disk is full.\n",
		"a.md":                "# The feed stops\r\n\r\nArticle ID: KB900401\r\n\r\n## Applies to\r\n\r\n- Acme Feed Server 3.0\r\n\r\n## Symptoms\r\n\r\n```\r\nEvent ID: 4177\r\nSource: AcmeFeed\r\n```\r\n\r\n## Root cause\r\n\r\nThe disk is full.\r\n",
		"KB900401.md":         "The feed stops\n==============\n\nApplies to\n----------\n\n- Acme Feed Server 3.0\n\nProblem\n-------\n\n| Field | Value |\n| --- | --- |\n| Event ID | 4177 |\n| Source | AcmeFeed |\n\nCause\n-----\n\nThe disk is full.\n",
		"b.html":              "<html><body><h2>KB900401 - The feed stops</h2><h3>Applies to</h3><ul><li>Acme Feed Server 3.0</li></ul><h3>Symptoms</h3><table><tr><td>Event ID:</td><td>4177</td></tr>\n\n\n<tr><td>Source:</td><td>AcmeFeed</td></tr></table><h3>Cause</h3><p>The disk\n is full.</p></body></html>",
		"c.html":              "<html><body><h1>[KB900401] The feed stops</h1><h2>Applies to</h2><ul><li>Acme Feed Server 3.0</li></ul><h2>Symptoms</h2><blockquote><p>Event ID: 4177<br>\nSource: AcmeFeed</p></blockquote><h2>Cause</h2><p>The disk is full.</p></body></html>",
	}
	for name, text := range forms {
		a, err := Parse([]byte(text), name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if a.ID != "KB900401" || a.Title != "The feed stops" {
			t.Errorf("%s: id %q, title %q", name, a.ID, a.Title)
		}
		if len(a.Products) != 1 || a.Products[0].Name != "Acme Feed Server" {
			t.Errorf("%s: products %v", name, a.Products)
		}
		if got := a.Section("CAUSE").Text(); got != "The disk is full." {
			t.Errorf("%s: cause %q", name, got)
		}
		quoted := ""
		for _, l := range a.Section("SYMPTOMS").Lines {
			if strings.HasPrefix(l, quoteIndent) {
				quoted += strings.TrimSpace(l) + "\n"
			}
		}
		if !strings.HasSuffix(quoted, "Event ID: 4177\nSource: AcmeFeed\n") {
			t.Errorf("%s: quoted %q", name, quoted)
		}
	}
}

// TestSpokenSource finds a source in the words before an event, if the archive
// knows it well enough.
func TestSpokenSource(t *testing.T) {
	s := NewSources()
	for _, source := range []string{"Acme Feed", "Acme Feed", "Server", "Server", "Big Server", "Big Server", "Big Server", "Once"} {
		s.Add(&Draft{Article: &Article{}, Signals: []DraftSignal{{ID: 1, Source: source}}})
	}
	for before, want := range map[string]string{
		"Then the Acme Feed error": "Acme Feed",
		"the acme feed":            "Acme Feed",
		"Once":                     "",
		"a server":                 "",
		"the Big Server service":   "Big Server",
	} {
		if got := s.spokenSource(before); got != want {
			t.Errorf("%q: %q, want %q", before, got, want)
		}
	}
}

// TestNoMessage leaves out what is no text of an event.
func TestNoMessage(t *testing.T) {
	for text, want := range map[string]string{
		"Q900499 The feed logs event 4177":          "",
		"Cat: Spool Description: The feed is full.": "The feed is full.",
		"The description for Event ID ( 4177 ) in Source ( AcmeFeed ) could not be found. It contains the following insertion string(s): D:\\f1": "D:\\f1",
		"The description for Event ID ( 4178 ) in Source ( AcmeFeed ) could not be found. It contains the following insertion string(s): D:\\f1": "",
	} {
		var e parsers.Event
		e.SetID(4177)
		e.Set(parsers.FieldMessage, text)
		s, _ := draftSignal(&e)
		if s.quoted(); s.Message != want {
			t.Errorf("%q: %q, want %q", text, s.Message, want)
		}
	}
}
