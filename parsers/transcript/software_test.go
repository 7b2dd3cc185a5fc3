package transcript

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSoftware(t *testing.T) {
	for _, x := range []struct{ greeting, name, version, release string }{
		{"Microsoft Exchange POP3 server version 5.5.2653.23 ready", exchange, "5.5.2653.23", "5.5 SP4"},
		{"mail1.example.test ESMTP Server (Microsoft Exchange Internet Mail Service 5.5.2448.0) ready", exchange, "5.5.2448.0", "5.5 SP2"},
		{"Microsoft Exchange 2000 POP3 server version 6.0.6249.0 (mail2.example.test) ready.", exchange, "6.0.6249.0", "2000 SP3"},
		{"Microsoft Exchange Server 2003 IMAP4rev1 server version 6.5.7638.1 (mail3) ready.", exchange, "6.5.7638.1", "2003 SP2"},
		{"The Microsoft Exchange POP3 service is ready.", exchange, "", ""},
		{"mail4.example.test Microsoft ESMTP MAIL Service ready at Sun, 22 Nov 2026 22:01:03 +0100", exchange, "", ""},
		{"AM0PR01.mail.protection.outlook.com Microsoft ESMTP MAIL Service ready at Sun, 22 Nov 2026 21:01:03 +0000", "Exchange Online", "", ""},
		{"mail5 Microsoft ESMTP MAIL Service, Version: 6.0.3790.4675 ready", "IIS SMTP", "6.0.3790.4675", ""},
		{"mx.google.com ESMTP a1b2 - gsmtp", "Gmail", "", ""},
		{"mx1.example.test ESMTP Postfix (Debian/GNU)", "Postfix", "", ""},
		{"mx1.example.test ESMTP Exim 4.96 Sun, 22 Nov 2026 22:01:03 +0000", "Exim", "4.96", ""},
		{"mx1.example.test ESMTP Sendmail 8.15.2/8.15.2; Sun, 22 Nov 2026", "Sendmail", "8.15.2", ""},
		{"eu-smtp-inbound-1.mimecast.com ESMTP; Sun, 22 Nov 2026", "Mimecast", "", ""},
		{"*************************0*2****0***************2******0*00", "Cisco PIX", "", ""},
		{"mx1.example.test FTP server (tnftpd 20200704) ready.", "tnftpd", "20200704", ""},
		{"mx1.example.test ESMTP", "", "", ""},
	} {
		_, name, version := software(x.greeting)
		if name != x.name || version != x.version {
			t.Errorf("%q is %q %q, want %q %q", x.greeting, name, version, x.name, x.version)
		}
		if name == exchange && release(version) != x.release {
			t.Errorf("%s is Exchange %q, want %q", version, release(version), x.release)
		}
	}
	for version, want := range map[string]string{"4.0.996": "4.0 SP5", "5.0.1457.3": "5.0", "5.5": "5.5", "8.3.83": "2007 SP3", "14.3.123.4": "2010 SP3", "15.1.2507.6": "2016", "15.02.1118.7": "2019", "15.2.2562.17": "SE", "9.9": ""} {
		if got := release(version); got != want {
			t.Errorf("%s is Exchange %q, want %q", version, got, want)
		}
	}
}

// TestBannersOfTheCorpus reads the list of banners that scanners know.
func TestBannersOfTheCorpus(t *testing.T) {
	root := os.Getenv("KBDIAG_CORPUS")
	if root == "" {
		t.Skip("KBDIAG_CORPUS is not set: no corpus to read")
	}
	raw, err := os.ReadFile(filepath.Join(root, "telnet", "banners_recog.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	all, named := 0, 0
	for _, line := range strings.Split(string(raw), "\n") {
		f := strings.SplitN(line, "\t", 3)
		if len(f) < 3 || line[0] == '#' {
			continue
		}
		all++
		if _, name, _ := software(f[2]); name != "" {
			named++
		} else if f[0] != "ftp" {
			t.Logf("not named: %s: %s", f[1], f[2])
		}
	}
	t.Logf("%d of %d banners are named", named, all)
	if named*100 < all*88 {
		t.Errorf("%d of %d banners are named", named, all)
	}
}
