package article

import (
	"slices"
	"strings"
	"testing"
)

// archive writes an article of the archive form.
func archive(title, body string) string {
	return "DOCUMENT:Q900500  12-MAR-1999  [acme]\nTITLE   :" + title + "\nPRODUCT :Acme Feed\nPROD/VER:WINDOWS:2.0,2.1\nOPER/SYS:\nKEYWORDS:\n\n" +
		strings.Repeat("=", 70) + "\n\n" + body
}

// TestSignals holds what becomes a signal of what an article of the archive
// form quotes, and what does not.
func TestSignals(t *testing.T) {
	for name, c := range map[string]struct{ title, body, want string }{
		"a step's result": {"Feed Stops", "SYMPTOMS\n========\n\nThe feed stops:\n\n   Event ID: 4177\n   Source: AcmeFeed\n   Description: The feed is full.\n\nRESOLUTION\n==========\n\nStart it, and wait for the following event to be logged:\n\n   Event ID: 4178\n   Source: AcmeFeed\n   Description: The feed was started.\n",
			`event | provider == "AcmeFeed" && id == 4177 |  | The feed is full.`},
		"after the fix": {"Feed Stops", "SYMPTOMS\n========\n\nThe feed logs event 4177 and stops.\n\nMORE INFORMATION\n================\n\nAfter this hotfix is applied, a new event (Event ID: 4180) tells the user.\n",
			`event | id == 4177 |  |`},
		"everyday work": {"Levels of Logging", "SUMMARY\n=======\n\nAt the highest level you get these events:\n\n   Event ID: 4190\n   Source: AcmeFeed\n   Description: Function read entered.\n", ``},
		"everyday work among others": {"Feed Stops", "SUMMARY\n=======\n\nThe feed starts, and fails at once:\n\n   Event ID: 4190\n   Source: AcmeFeed\n   Description: The feed was started.\n\n   Event ID: 4191\n   Source: AcmeFeed\n   Description: The feed could not be read.\n\n   Event ID: 4192\n   Source: AcmeFeed\n   Description: The feed failed.\n",
			"event | provider == \"AcmeFeed\" && id == 4190 |  | The feed was started.\nevent | provider == \"AcmeFeed\" && id == 4191 |  | The feed could not be read.\nevent | provider == \"AcmeFeed\" && id == 4192 |  | The feed failed."},
		"other articles": {"Feed Stops", "SYMPTOMS\n========\n\nThe feed logs event 4177.\n\nMORE INFORMATION\n================\n\n   ARTICLE-ID: Q900501\n   TITLE : Debugging Feed Event ID 4199\n\nFor additional information about Event 4198 messages, see Q900502.\n",
			`event | id == 4177 |  |`},
		"a range": {"Feed Stops", "SYMPTOMS\n========\n\nThe feed logs Events 1283 through 1290 in the log.\n",
			`event | id in 1283..1290 |  |`},
		"rows of ids": {"Feed Events 2110, 2171", "SYMPTOMS\n========\n\nThe following event IDs may be logged by the feed:\n\n   2110\n   A fatal error of the feed was found in its list of members.\n\n   2171\n   AcmeFeedMTA\n   Warning\n   The feed found no member.\n",
			"event | id == 2110 |  | A fatal error of the feed was found in its list of members.\nevent | provider == \"AcmeFeedMTA\" && id == 2171 | warning | The feed found no member."},
		"a text that goes on": {"Feed Stops", "SYMPTOMS\n========\n\nThe log shows this:\n\n   Event ID: 7001\n   Source: Feed Manager\n   The feed depends on the spool, which failed to start with the following error:\n\n   The spool is locked.\n",
			`event | provider == "Feed Manager" && id == 7001 |  | The feed depends on the spool, which failed to start with the following error: The spool is locked.`},
		"an announced text": {"Feed Stops", "SYMPTOMS\n========\n\nAn Event 705 may be logged in the Application Event log with the following description:\n\n   Logon of the feed failed for the reason of data security.\n",
			`event | id == 705 |  | Logon of the feed failed for the reason of data security.`},
		"a text without an id": {"Feed Stops", "SYMPTOMS\n========\n\nThe Event Viewer System log contains the following entry:\n\n   The spool of the feed could not be opened by anyone.\n",
			`event |  |  | The spool of the feed could not be opened by anyone.`},
		"alternatives": {"Feed Stops", "SYMPTOMS\n========\n\nYou receive one of the following error messages:\n\n   The feed program cannot open its window.\n\n   -or-\n\n   The feed program cannot close its window.\n\nClose it.\n",
			"line |  |  | The feed program cannot open its window.\nline |  |  | The feed program cannot close its window."},
		"a dialog box": {"Feed Stops", "SYMPTOMS\n========\n\nThe following error message appears:\n\n   Feed.exe - Application Error\n\n   The instruction at one place referenced memory at another.\n\n   Microsoft Exchange Administrator ID no: c1030b1f\n",
			`line |  |  | Feed.exe - Application Error The instruction at one place referenced memory at another. Microsoft Exchange Administrator ID no: c1030b1f`},
		"not delivered": {"Feed Stops", "SYMPTOMS\n========\n\nThe sender gets this non-delivery report:\n\n   The following recipient(s) could not be reached:\n\n   Joe Oak on 9/11/96 10:55:36 AM\n   The feed of the recipient is closed for good.\n   MSEXCH:MSExchangeIS:Site:Server\n",
			`line |  |  | The feed of the recipient is closed for good.`},
		"what to type": {"Feed Stops", "SUMMARY\n=======\n\nIn the dialog box, type the following path to the folder:\n\n   \"<drive>:\\WINDOWS\\FEED and its children\" (without the quotation marks)\n\nDelete the following files from the folder:\n\n   ONE.DLL TWO.DLL THREE.DLL FOUR.DLL\n\nThe following code shows the error:\n\n   void main() { feed(); }\n\nThe message transfer agent (MTA) has these builds:\n\n   Version one is build seven, version two is build eight\n",
			``},
		"bug checks": {"STOP 0x0000000A in Feed.sys", "SYMPTOMS\n========\n\nYou receive the following error message on a blue screen:\n\n   STOP: 0x0000000A (0xF922718C,0x00000002,0x00000000,0x80103214)\n   FEED.SYS\n",
			`line | "stop:0x0000000a" in codes |  |`},
		"a refusal alone": {"Feed Stops", "SYMPTOMS\n========\n\nWhen you send mail by SMTP, the following error message is returned:\n\n   550 Relaying of the feed is prohibited\n\nA POP3 client shows:\n\n   -ERR The alias of the feed is ambiguous\n",
			"exchange | protocol == \"smtp\" && code == 550 |  | Relaying of the feed is prohibited\nexchange | protocol == \"pop3\" && !ok |  | The alias of the feed is ambiguous\nline |  |  | 550 Relaying of the feed is prohibited"},
		"a refusal in text": {"Feed Stops", "SYMPTOMS\n========\n\nThe FTP server answers \"530 User feed cannot log in\" and goes on.\n",
			`exchange | protocol == "ftp" && code == 530 |  | User feed cannot log in`},
		"labels in the text": {"Feed Stops", "SYMPTOMS\n========\n\nThe log shows:\n\n   Event 102: Source:feed server\n   Type error:\n   The feed was not started in time.\n",
			`event | provider == "feed server" && id == 102 | error | The feed was not started in time.`},
	} {
		if got := strings.TrimSpace(signalsOf(draftFrom(t, archive(c.title, c.body), "Q900500.TXT"))); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

// TestAbout takes the rest of a draft.
func TestAbout(t *testing.T) {
	d := draftFrom(t, archive("Feed Stops", "SYMPTOMS\n========\n\nThe log shows:\n\n   Event ID: 4177\n   Source: AcmeFeed\n   Type: Warning\n   Description: The feed is full.\n\nMORE INFORMATION\n================\n\nThis problem occurs because the disk is full. See Q900501 and Q900500.\n\nWORKAROUND\n==========\n\nTo work around this problem, follow these steps:\n\n1. Stop the feed.\n\n   a. Open Services.\n\n   NOTE: It takes long.\n\n2. Make room on:\n\n      D:\\Feed\n\n-or-\n\nGet the following fix:\n\n   +------+\n   | a.dll |\n   +------+\n\nAdditional query words: full disk\n\n"+strings.Repeat("=", 70)+"\nKeywords          : kbfeed kbdisk\n"), "Q900500.TXT")
	want := []string{
		"To work around this problem, follow these steps:\nStop the feed.\na. Open Services.\nNOTE: It takes long.", "Make room on:\nD:\\Feed", "Or: Get the following fix:\n+------+\n| a.dll |\n+------+",
	}
	if !slices.Equal(d.Steps, want) {
		t.Errorf("steps %q", d.Steps)
	}
	if d.Cause != "This problem occurs because the disk is full. See Q900501 and Q900500." {
		t.Errorf("cause %q", d.Cause)
	}
	if got := d.References(); !slices.Equal(got, []string{"Q900501"}) {
		t.Errorf("references %q", got)
	}
	if d.Severity() != "warning" || d.Notes() != "Keywords: kbfeed kbdisk\nQuery words: full disk" {
		t.Errorf("severity %s, notes %q", d.Severity(), d.Notes())
	}
	if got := tomlProducts(d.Article.Products); got != `[{ name = "Acme Feed", versions = ["2.0", "2.1"] }]` {
		t.Errorf("products %s", got)
	}
	if len(d.Review) != 1 || !strings.HasPrefix(d.Review[0], "line 23: the article has no section CAUSE") {
		t.Errorf("review %q", d.Review)
	}
}
