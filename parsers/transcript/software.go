package transcript

import (
	"regexp"
	"strings"
)

// product is how one product names itself in its greeting. needle, in lower
// case, must be there; pattern then finds the part that names the software,
// and the version in its first group.
type product struct {
	needle  string
	pattern *regexp.Regexp // nil: the needle is the banner, there is no version
	name    string
}

const (
	exchange    = "Exchange Server"
	numbers     = `(\d+(?:\.\d+)+\w*)` // 5.5.2650.22
	afterWord   = `[ /(]*(?:v|version:? |release |Version=)?` + numbers
	maybeNumber = `(?:[ /(,]*(?:v|version:? |release )?` + numbers + `)?`
)

func named(needle, name string) product {
	return product{needle: needle, name: name, pattern: regexp.MustCompile(`(?i)` + regexp.QuoteMeta(needle) + maybeNumber)}
}

func shaped(needle, pattern, name string) product {
	return product{needle: needle, name: name, pattern: regexp.MustCompile(`(?i)` + pattern)}
}

// products is in order: the first that fits names the software. The greetings
// were seen in the archive of articles, in captures, and in the banner lists
// of scanners.
var products = newCatalogue([]product{
	shaped("microsoft exchange server 20", `Microsoft Exchange Server 20\d\d [^()\n]*?(?:version:? `+numbers+`|ready|service)`, exchange),
	shaped("microsoft exchange", `Microsoft Exchange [^()\n]*?(?:version:? )?`+numbers, exchange),
	shaped("microsoft exchange", `Microsoft Exchange [\w ]*`, exchange),
	shaped("microsoft esmtp mail service, version", `Microsoft E?SMTP MAIL Service, Version: `+numbers, "IIS SMTP"),
	shaped("microsoft smtp mail", `Microsoft SMTP MAIL.*?Version:? `+numbers, "IIS SMTP"),
	shaped("microsoft esmtp mail service", `Microsoft ESMTP MAIL Service`, exchange),
	shaped("microsoft smtp", `Microsoft SMTP (?:MAIL|Server)[\w ]*`, "IIS SMTP"),
	shaped("microsoft imap4rev1 server", `Microsoft IMAP4Rev1 Server.*?(?:Version:? `+numbers+`|$)`, "MCIS Mail"),
	shaped("microsoft pop3 server", `Microsoft POP3 Server.*?(?:Version:? `+numbers+`|$)`, "MCIS Mail"),
	shaped("microsoft windows pop3 service", `Microsoft Windows POP3 Service`+maybeNumber, "Windows POP3 Service"),
	shaped("microsoft ftp service", `Microsoft FTP Service(?: \(Version `+numbers+`\))?`, "IIS FTP"),
	shaped("windows nt ftp server", `Windows NT FTP Server(?: \(Version `+numbers+`\))?`, "Windows NT FTP Server"),
	shaped("nntp service", `NNTP Service(?: Microsoft. Internet Services)? [\d.]+ Version: `+numbers, "IIS NNTP"),
	shaped("nt example", `NT Example \w+ server`, "NT Resource Kit MailSrv"),
	shaped("all set, fire away", `All set, fire away`, "Microsoft Mail SMTP Gateway"),
	shaped("ims smtp receiver", `IMS SMTP Receiver Version `+numbers, "EMWAC IMS"),
	shaped("smtp/cmap", `SMTP/cmap`, "Cisco PIX"),
	shaped("postfix", `Postfix(?: \(?`+numbers+`\)?)?(?: \([\w/]+\))?`, "Postfix"),
	shaped("sendmail", `Sendmail[^\d\n]{0,40}`+numbers, "Sendmail"),
	named("sendmail", "Sendmail"),
	named("exim", "Exim"),
	named("dovecot", "Dovecot"),
	shaped("courier", `Courier[\w-]*`, "Courier"),
	shaped("hello there.", `^Hello there\.`, "Courier"),
	shaped("cyrus", `Cyrus (?:POP3|IMAP4?|NNTP|LMTP)[^\d\n]{0,10}`+numbers, "Cyrus"),
	named("cyrus", "Cyrus"),
	shaped("qmail", `\bqmail`+maybeNumber, "qmail"),
	shaped("domino", `(?:Lotus|IBM|HCL)? ?Domino[^\d\n]{0,24}`+numbers, "Domino"),
	shaped("lotus", `Lotus [\w ]+`, "Domino"),
	shaped("groupwise", `GroupWise[^\d\n]{0,24}`+numbers, "GroupWise"),
	shaped("mdaemon", `MDaemon `+maybeNumber, "MDaemon"),
	shaped("mailenable", `MailEnable[\w ,]*?(?:Version: `+numbers+`|$)`, "MailEnable"),
	named("hmailserver", "hMailServer"), named("zimbra", "Zimbra"), named("kerio connect", "Kerio Connect"),
	named("communigate pro", "CommuniGate Pro"), named("mercury/32", "Mercury"), named("mercury", "Mercury"),
	shaped("imail", `IMail `+numbers, "IMail"), named("slmail", "SLMail"), named("ntmail", "NTMail"), named("mercur ", "MERCUR"),
	named("merak", "Merak"), named("icewarp", "IceWarp"),
	shaped("netscape messaging server", `Netscape Messaging Server[^\d\n]{0,12}`+numbers, "Netscape Messaging Server"),
	shaped("sun internet mail server", `Sun Internet Mail Server[^\d\n]*`, "Sun Internet Mail Server"),
	named("james smtp server", "Apache James"), named("opensmtpd", "OpenSMTPD"), named("mailhog", "MailHog"), named("subethasmtp", "SubEthaSMTP"),
	named("zmailer server", "ZMailer"), named("powermta", "PowerMTA"), named("ecelerity", "Ecelerity"),
	shaped("mailsite", `MailSite \w+ Receiver(?: Version `+numbers+`)?`, "MailSite"),
	shaped("mailsweeper", `MAILsweeper \w+ Receiver(?: Version `+numbers+`)?`, "MAILsweeper"),
	shaped("webshield", `WebShield \w+`+maybeNumber, "McAfee WebShield"),
	shaped("interscan", `InterScan[\w /]*`+maybeNumber, "InterScan VirusWall"),
	shaped("navieg", `NAVIEG `+numbers, "Norton AntiVirus Gateway"),
	shaped("symantec", `Symantec (?:Mail Security|Messaging Gateway)`, "Symantec Mail Security"),
	shaped("sonicwall", `SonicWALL \(`+numbers, "SonicWALL"),
	shaped("avg pop3 proxy", `AVG POP3 Proxy[\w ]*`+maybeNumber, "AVG"),
	shaped("checkpoint firewall-1", `CheckPoint FireWall-1`, "FireWall-1"),
	shaped("generic smtp handler", `Generic SMTP handler`, "Raptor Firewall"),
	shaped("interlock smtp gateway", `InterLock SMTP Gateway `+numbers, "InterLock"),
	shaped("smtp/smap", `SMTP/smap`, "TIS Firewall Toolkit"),
	shaped("ibm vm smtp", `IBM VM SMTP (?:Level )?(\w+)`, "IBM VM SMTP"),
	named("gimap", "Gmail"), named("gpop", "Gmail"), named("simpleemailservice", "Amazon SES"), named("bigfoot", "Bigfoot"),
	shaped("qpop", `QPOP(?:per)? \(version `+numbers, "Qpopper"), named("uw imap", "UW IMAP"), named("vpop3", "VPOP3"),
	named("ccproxy", "CCProxy"), named("winroute", "WinRoute"), shaped("barracuda", `barracuda\S*`, "Barracuda"),
	named("vsftpd", "vsftpd"), named("proftpd", "ProFTPD"), named("pure-ftpd", "Pure-FTPd"), named("filezilla server", "FileZilla Server"),
	shaped("version wu-", `Version wu-`+numbers, "WU-FTPD"), named("serv-u ftp server", "Serv-U"), shaped("esp8266", `FTP for ESP8266[\w/]*`, "ESP8266 FTP"),
	shaped("innd", `INN[ D]+`+numbers, "INN"), shaped(" inn ", `\bINN `+numbers, "INN"), shaped("internetnews", `InterNetNews`, "INN"),
	shaped("leafnode", `Leafnode(?:[^\d\n]{0,24}`+numbers+`)?`, "Leafnode"), named("dreader", "Diablo"),
	shaped("internet direct mail server", `Internet Direct Mail Server`, "Internet Direct"),
	shaped("ssh-2.0-openssh", `OpenSSH_(\S+)`, "OpenSSH"),
})

// catalogue is a list of products with an index of their needles.
type catalogue struct {
	list    []product
	needles *foldWords
}

func newCatalogue(list []product) catalogue {
	needles := make([]string, len(list))
	for i := range list {
		needles[i] = list[i].needle
	}
	return catalogue{list, newFoldWords(needles...)}
}

// software tells the server's software from its greeting: the part that names
// it, the product, and the version; all "" if it is not known.
func software(greeting string) (banner, name, version string) {
	if greeting == "" {
		return "", "", ""
	}
	if masked(greeting) {
		return firstLine(greeting), "Cisco PIX", ""
	}
	if strings.Contains(greeting, ".com Microsoft ESMTP") { // a provider, whose name says more than the software's
		provider := catalogue{moreProducts.list[:1], moreProducts.needles}
		if banner, name, version = provider.among(greeting); name != "" {
			return banner, name, version
		}
	}
	if banner, name, version = products.among(greeting); name != "" {
		return banner, name, version
	}
	return moreProducts.among(greeting)
}

// among finds the first product of the list that fits.
func (c *catalogue) among(greeting string) (banner, name, version string) {
	named := c.needles.in(greeting)
	for i := range c.list {
		if !named.has(uint8(i)) {
			continue
		}
		p := &c.list[i]
		m := p.pattern.FindStringSubmatchIndex(greeting)
		if m == nil {
			continue
		}
		if len(m) > 2 && m[2] >= 0 {
			version = greeting[m[2]:m[3]]
		}
		return strings.TrimSpace(greeting[m[0]:m[1]]), p.name, version
	}
	return "", "", ""
}

// masked knows the greeting that MailGuard of a Cisco PIX leaves of a server's
// own: asterisks, with "2" and "0" where they stood.
func masked(s string) bool {
	stars := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '*':
			stars++
		case '0', '2', ' ', '\n', '_':
		default:
			return false
		}
	}
	return stars >= 12
}
