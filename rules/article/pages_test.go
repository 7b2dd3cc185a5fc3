package article

import (
	"slices"
	"strings"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/formats"
	"kbdiag/rules"
)

// draftFrom drafts a rule of a whole text, with what it quotes.
func draftFrom(t *testing.T, text, name string) *Draft {
	t.Helper()
	a, err := Parse([]byte(text), name)
	if err != nil {
		t.Fatal(err)
	}
	var events []parsers.Event
	var sessions []parsers.Session
	rd := &parsers.Reader{Forms: formats.All(), Stdin: strings.NewReader(strings.Join(a.Lines, "\n"))}
	rd.Read(parsers.StdinName, parsers.Visitor{
		Event: func(e *parsers.Event) {
			kept := *e
			kept.Strings = slices.Clone(e.Strings)
			events = append(events, kept)
		},
		Session: func(s *parsers.Session) {
			kept := *s
			kept.Exchanges = slices.Clone(s.Exchanges)
			sessions = append(sessions, kept)
		},
	})
	d := NewDraft(a, events, sessions)
	if len(d.Signals) == 0 {
		return d
	}
	var b strings.Builder
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	if rule, findings := rules.Parse(a.ID+".toml", []byte(b.String())); rule == nil {
		t.Fatalf("%v\n%s", findings, b.String())
	}
	return d
}

// signalsOf writes the signals of a draft, one a line.
func signalsOf(d *Draft) string {
	var b strings.Builder
	for _, s := range d.Signals {
		b.WriteString(strings.TrimSpace(strings.Join([]string{s.On, s.When, s.Level, s.Message}, " | ")) + "\n")
	}
	return b.String()
}

// modern is an article of today's Markdown: front matter, a quote that goes on
// without its mark, escapes, entities, notes, parts of sections.
const modern = `---
title: Feed stops with event 1865
appliesto:
  - <a href=https://example.test/a target=_blank>Supported versions of Acme Feed</a>
---
# Feed isn't working with event 1865 logged

This article helps where the feed stops.

_Applies to:_ &nbsp; Acme Feed 4.2, Acme Relay (all editions)  
_Original KB number:_ &nbsp; 944399

## Symptoms

The following events are logged.

> Event Type: Warning  
Event Source: ACME TOP  
Event ID: 1865  
Computer: \<Relay Name\>  
Description:  
The checker was unable to form a tree. The site *%1* cannot be reached.
>
> Sites:
CN=\<sitename>

## Cause 1: The ports are blocked

A ` + "`firewall`" + ` blocks them. See [this page](https://example.test/x).

## Resolution

> [!IMPORTANT]
> Back up the registry first.

Find the **blocked** ports.

### Step 1: Check the ports

1. Open the firewall.

    1. Start Firewall.
    2. Select **Rules**.

2. Run the following command:

    ` + "```console" + `
    portqry -n relay1
    ` + "```" + `

### Step 2: Start the relay

Start the service.
`

// TestModernMarkdown reads today's Markdown.
func TestModernMarkdown(t *testing.T) {
	d := draftFrom(t, modern, "feed.md")
	if d.Article.ID != "Q944399" || d.Article.Title != "Feed isn't working with event 1865 logged" {
		t.Errorf("id %q, title %q", d.Article.ID, d.Article.Title)
	}
	if got := tomlProducts(d.Article.Products); got != `[{ name = "Acme Feed", versions = ["4.2"] }, { name = "Acme Relay (all editions)" }]` {
		t.Errorf("products %s", got)
	}
	if want := "event | provider == \"ACME TOP\" && id == 1865 | warning | The checker was unable to form a tree. The site %1 cannot be reached. Sites: CN=<sitename>\n"; signalsOf(d) != want {
		t.Errorf("signals\n%swant\n%s", signalsOf(d), want)
	}
	if want := "The ports are blocked\n\nA firewall blocks them. See this page (https://example.test/x)."; d.Cause != want {
		t.Errorf("cause %q", d.Cause)
	}
	want := []string{
		"IMPORTANT: Back up the registry first.", "Find the blocked ports.", "Step 1: Check the ports: Open the firewall.\n1. Start Firewall.\n2. Select Rules.",
		"Run the following command:\nportqry -n relay1", "Step 2: Start the relay: Start the service.",
	}
	if !slices.Equal(d.Steps, want) {
		t.Errorf("steps %q", d.Steps)
	}
}

// TestPlainForms reads articles without an id, with bold lines for headings,
// and with a table for an event.
func TestPlainForms(t *testing.T) {
	for name, c := range map[string]struct{ text, id, signals, cause, steps string }{
		"spooler.md": {
			"# KB-2041 Spooler crashes\n\n| | |\n|---|---|\n| **Product** | Acme Print 3.1 |\n\n**Problem description**\n\nThe server stops:\n\n```\nSTOP: 0x0000007E (0xC0000005, 0x804E518E)\n```\n\n**Root cause**\n\nA driver.\n\n**Fix**\n\n* Install 3.1.2\n* Reboot\n",
			"KB2041", "line | \"stop:0x0000007e\" in codes |  |\n", "A driver.", "Install 3.1.2/Reboot",
		},
		"feed fails.md": {
			"# The feed fails\n\nHere's an example of Event ID 4780:\n\n```output\nLevel:   Information\nSource: AcmeSec\nMessage: The list was set on accounts of the feed.\n```\n\n## Edit the list\n\nEdit it.\n",
			"DOC", "event | provider == \"AcmeSec\" && id == 4780 |  | The list was set on accounts of the feed.\n", "The feed fails", "Edit it.",
		},
		"page.html": {
			"<html><head><title>x</title></head><body><nav><h1>no</h1></nav><h1>Relay drops mail</h1><p><strong>Article number:</strong> 4000123</p><p><b>Symptoms</b></p><p>Telnet shows:</p><pre>220 relay.example.test ESMTP\nHELO client\n250 hello\nMAIL FROM:&lt;a@example.test&gt;\n250 ok\nRCPT TO:&lt;b@example.test&gt;\n550 5.7.1 Unable to relay for b</pre><p>and the log</p><table><tr><td><b>Source</b></td><td>AcmeRelay</td></tr><tr><td><b>Event ID</b></td><td>501</td></tr></table><h2>Problem Cause</h2><p>No&nbsp;rights.</p><h2>Solution</h2><ol><li>Stop it.<ul><li>by hand</li></ul></li><li>Start it.</li></ol><aside>Helpful?</aside></body></html>",
			"Q4000123", "event | provider == \"AcmeRelay\" && id == 501 |  |\nexchange | protocol == \"smtp\" && command == \"RCPT\" && code == 550 |  | 5.7.1 Unable to relay for b\n", "No rights.", "Stop it.\n- by hand/Start it.",
		},
	} {
		d := draftFrom(t, c.text, name)
		if !strings.HasPrefix(d.Article.ID, c.id) {
			t.Errorf("%s: id %q", name, d.Article.ID)
		}
		if got := signalsOf(d); got != c.signals {
			t.Errorf("%s: signals\n%swant\n%s", name, got, c.signals)
		}
		if d.Cause != c.cause {
			t.Errorf("%s: cause %q", name, d.Cause)
		}
		if got := strings.Join(d.Steps, "/"); got != c.steps {
			t.Errorf("%s: steps %q", name, got)
		}
	}
}
