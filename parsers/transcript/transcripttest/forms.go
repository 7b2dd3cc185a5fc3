// Package transcripttest writes captured sessions for tests: the same dialogue
// in every form in which one comes.
package transcripttest

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// Said is one line of a dialogue.
type Said struct {
	Client bool
	Text   string
}

// dialogue writes "C: " and "S: " lines as a dialogue.
func dialogue(lines ...string) []Said {
	var d []Said
	for _, l := range lines {
		d = append(d, Said{Client: l[0] == 'C', Text: l[3:]})
	}
	return d
}

// Dialogues are the sessions that are captured in every form; %s stands for a secret, %b for
// its base64, %n for its length, %q and %o for what AUTH PLAIN and XOAUTH2 make
// of it.
var Dialogues = map[string][]Said{
	"smtp": dialogue("S: 220 mx1.example.test ESMTP Postfix", "C: EHLO pc7.example.test", "S: 250-mx1.example.test", "S: 250-SIZE 10240000", "S: 250 AUTH PLAIN LOGIN",
		"C: MAIL FROM:<joe@example.test>", "S: 250 2.1.0 Ok", "C: RCPT TO:<ann@contoso.test>", "S: 554 5.7.1 <ann@contoso.test>: Relay access denied",
		"C: QUIT", "S: 221 2.0.0 Bye"),
	"auth": dialogue("S: 220 mx1.example.test ESMTP Postfix", "C: EHLO pc7.example.test", "S: 250-mx1.example.test", "S: 250 AUTH PLAIN LOGIN",
		"C: AUTH LOGIN", "S: 334 VXNlcm5hbWU6", "C: am9l", "S: 334 UGFzc3dvcmQ6", "C: %b", "S: 535 5.7.8 Error: authentication failed",
		"C: QUIT", "S: 221 2.0.0 Bye"),
	"pop3": dialogue("S: +OK Dovecot ready.", "C: USER joe", "S: +OK", "C: PASS %s", "S: -ERR [AUTH] Authentication failed.", "C: QUIT", "S: +OK Logging out"),
	"imap": dialogue("S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] Dovecot ready.", "C: a1 LOGIN joe %s", "S: a1 OK Logged in", "C: a2 SELECT Nope",
		"S: a2 NO Mailbox doesn't exist: Nope", "C: a3 LOGOUT", "S: * BYE Logging out", "S: a3 OK Logout completed."),
	"ftp": dialogue("S: 220 Microsoft FTP Service", "C: USER joe", "S: 331 Password required for joe.", "C: PASS %s", "S: 530 User joe cannot log in.",
		"C: QUIT", "S: 221 Goodbye."),
	"data": dialogue("S: 220 mx1.example.test ESMTP Postfix", "C: HELO pc7.example.test", "S: 250 mx1.example.test", "C: MAIL FROM:<joe@example.test>", "S: 250 2.1.0 Ok",
		"C: RCPT TO:<ann@example.test>", "S: 250 2.1.5 Ok", "C: DATA", "S: 354 End data with <CR><LF>.<CR><LF>", "C: Subject: test", "C: 220 this line is text",
		"C: QUIT is text too", "C: .", "S: 250 2.0.0 Ok: queued as 4711", "C: QUIT", "S: 221 2.0.0 Bye"),
	"list": dialogue("S: +OK Dovecot ready.", "C: USER joe", "S: +OK", "C: PASS %s", "S: +OK Logged in.", "C: LIST", "S: +OK 2 messages:", "S: 1 120", "S: 2 3000", "S: .",
		"C: RETR 1", "S: +OK 120 octets", "S: Subject: test", "S: -ERR is text here", "S: .", "C: DELE 9", "S: -ERR There's no message 9.", "C: QUIT", "S: +OK Logging out."),
	"plain": dialogue("S: 220 mx1.example.test ESMTP Postfix", "C: EHLO pc7.example.test", "S: 250-mx1.example.test", "S: 250 AUTH PLAIN LOGIN",
		"C: AUTH PLAIN %q", "S: 535 5.7.8 Error: authentication failed", "C: AUTH PLAIN", "S: 334 ", "C: %q", "S: 535 5.7.8 Error: authentication failed", "C: QUIT", "S: 221 2.0.0 Bye"),
	"oauth": dialogue("S: 220 mx1.example.test ESMTP Postfix", "C: EHLO pc7.example.test", "S: 250-mx1.example.test", "S: 250 AUTH PLAIN XOAUTH2",
		"C: AUTH XOAUTH2 %o", "S: 535 5.7.3 Authentication unsuccessful", "C: QUIT", "S: 221 2.0.0 Bye"),
	"literal": dialogue("S: * OK IMAP4rev1 server ready", "C: a1 LOGIN joe {%n}", "S: + Ready for literal data", "C: %s", "S: a1 NO LOGIN failed",
		"C: a2 LOGOUT", "S: * BYE Logging out", "S: a2 OK Logout completed."),
	"initial": dialogue("S: 220 mx1.example.test ESMTP Postfix", "C: EHLO pc7.example.test", "S: 250-mx1.example.test", "S: 250 AUTH PLAIN LOGIN",
		"C: AUTH LOGIN am9l", "S: 334 UGFzc3dvcmQ6", "C: %b", "S: 535 5.7.8 Error: authentication failed", "C: QUIT", "S: 221 2.0.0 Bye"),
	"mechanisms": dialogue("S: * OK IMAP4rev1 server ready", "C: a1 AUTHENTICATE PLAIN", "S: +", "C: %q", "S: a1 NO not so", "C: a2 AUTHENTICATE LOGIN", "S: + VXNlcm5hbWU6", "C: am9l",
		"S: + UGFzc3dvcmQ6", "C: %b", "S: a2 NO not so", "C: a3 AUTHENTICATE LOGIN am9l", "S: + UGFzc3dvcmQ6", "C: %b", "S: a3 NO not so", "C: a4 AUTHENTICATE PLAIN %q", "S: a4 NO not so",
		"C: a5 AUTH %s", "S: a5 BAD unknown command", "C: a6 LOGOUT", "S: * BYE Logging out", "S: a6 OK Logout completed."),
	"nntp": dialogue("S: 201 news1.example.test InterNetNews NNRP server INN 2.7.1 ready (no posting)", "C: MODE READER", "S: 201 reader mode", "C: AUTHINFO USER joe",
		"S: 381 Enter password", "C: AUTHINFO PASS %s", "S: 481 Authentication failed", "C: QUIT", "S: 205 Bye!"),
}

// Capture is one form: how it writes a dialogue. protocols lists those it is
// used for, "" for all.
type Capture struct {
	Name      string
	protocols string
	head      string
	foot      string
	line      func(n int, s Said) string
	whole     func(d []Said, port int) string // in place of line
}

var ports = map[string]int{"smtp": 25, "auth": 25, "pop3": 110, "imap": 143, "data": 25, "list": 110, "ftp": 21, "nntp": 119, "plain": 25, "oauth": 25, "literal": 143, "initial": 25, "mechanisms": 143}

// marked writes lines with a mark a side.
func marked(client, server string) func(int, Said) string {
	return func(_ int, s Said) string {
		if s.Client {
			return client + s.Text
		}
		return server + s.Text
	}
}

// dated writes lines with a mark a side behind a counting clock; %02d takes the
// seconds.
func dated(client, server string) func(int, Said) string {
	return func(n int, s Said) string {
		format := server
		if s.Client {
			format = client
		}
		return fmt.Sprintf(format, n%60) + s.Text
	}
}

func bare(_ int, s Said) string { return s.Text }

// Captures lists the forms.
func Captures() []Capture {
	return []Capture{
		{Name: "telnet", head: "Trying 192.0.2.1...\nConnected to mx1.example.test.\nEscape character is '^]'.\n", line: bare, foot: "Connection closed by foreign host.\n"},
		{Name: "telnet BSD", head: "Trying 2001:db8::1...\ntelnet: connect to address 2001:db8::1: Connection refused\nTrying 192.0.2.1...\nConnected to mx1.example.test.\nEscape character is '^]'.\n", line: bare, foot: "Connection closed by foreign host.\n"},
		{Name: "shell and telnet", head: "joe@pc7:~$ telnet mx1.example.test %p\nTrying 192.0.2.1...\nConnected to mx1.example.test.\nEscape character is '^]'.\n", line: bare, foot: "Connection closed by foreign host.\njoe@pc7:~$ \n"},
		{Name: "windows telnet", head: "Microsoft Telnet> open mx1 %p\n", line: bare, foot: "\nConnection to host lost.\n"},
		{Name: "putty", head: "=~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2026.11.22 22:01:03 =~=~=~=~=~=~=~=~=~=~=~=\n", line: bare},
		{Name: "script", head: "Script started on 2026-11-22 22:01:03+00:00 [TERM=\"xterm\"]\n\x1b[?2004hjoe@pc7:~$ telnet mx1 %p\r\n\x1b[?2004lTrying 192.0.2.1...\r\nConnected to mx1.\r\nEscape character is '^]'.\r\n",
			line: func(_ int, s Said) string { return s.Text + "\r" }, foot: "Connection closed by foreign host.\r\n\x1b[?2004hjoe@pc7:~$ exit\r\n\nScript done on 2026-11-22 22:02:03+00:00 [COMMAND_EXIT_CODE=\"0\"]\n"},
		{Name: "expect", head: "spawn telnet mx1.example.test %p\nTrying 192.0.2.1...\nConnected to mx1.example.test.\nEscape character is '^]'.\n", line: bare, foot: "Connection closed by foreign host.\n"},
		{Name: "asciinema 1", whole: func(d []Said, port int) string { return cast(d, 1) }},
		{Name: "asciinema 2", whole: func(d []Said, port int) string { return cast(d, 2) }},
		{Name: "asciinema 3", whole: func(d []Said, port int) string { return cast(d, 3) }},
		{Name: "nc openbsd", head: "Connection to mx1.example.test (192.0.2.1) %p port [tcp/*] succeeded!\n", line: bare},
		{Name: "ncat", head: "Ncat: Version 7.93 ( https://nmap.org/ncat )\nNcat: Connected to 192.0.2.1:%p.\n", line: bare, foot: "Ncat: 60 bytes sent, 200 bytes received in 12.30 seconds.\n"},
		{Name: "nc traditional", head: "mx1.example.test [192.0.2.1] %p (?) open\n", line: bare},
		{Name: "s_client", head: "CONNECTED(00000003)\n---\nCertificate chain\n 0 s:CN = mx1.example.test\n   i:CN = mx1.example.test\n---\nServer certificate\n-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ2\n-----END CERTIFICATE-----\nsubject=CN = mx1.example.test\n---\nSSL handshake has read 1400 bytes and written 390 bytes\n---\n", line: bare, foot: "closed\n"},
		{Name: "curl", head: "*   Trying 192.0.2.1:%p...\n* Connected to mx1.example.test (192.0.2.1) port %p (#0)\n", line: marked("> ", "< "), foot: "* Closing connection 0\n"},
		{Name: "swaks", protocols: "smtp auth", head: "=== Trying mx1.example.test:%p...\n=== Connected to mx1.example.test.\n", line: func(_ int, s Said) string {
			switch {
			case s.Client:
				return " -> " + s.Text
			case s.Text[0] >= '4':
				return "<** " + s.Text
			}
			return "<-  " + s.Text
		}, foot: "=== Connection closed with remote host.\n"},
		{Name: "swaks TLS", protocols: "smtp auth", head: "=== Trying mx1.example.test:%p...\n=== Connected to mx1.example.test.\n=== TLS started with cipher TLSv1.3:TLS_AES_256_GCM_SHA384:256\n", line: marked(" ~> ", "<~  "), foot: "=== Connection closed with remote host.\n"},
		{Name: "fetchmail", protocols: "pop3", head: "fetchmail: 6.4.37 querying mx1.example.test (protocol POP3) at Sun Nov 22 22:01:03 2026: poll started\nTrying to connect to 192.0.2.1/110...connected.\n", line: marked("fetchmail: POP3> ", "fetchmail: POP3< ")},
		{Name: "msmtp", protocols: "smtp auth", line: marked("--> ", "<-- ")},
		{Name: "C: S:", line: marked("C: ", "S: ")},
		{Name: "C> S>", line: marked("   C> ", "   S> ")},
		{Name: "C:S: without blank", line: marked("C:", "S:")},
		{Name: ">>> <<<", line: marked(">>> ", "<<< ")},
		{Name: "<<< >>> of a server", line: marked("<<< ", ">>> ")},
		{Name: ">> <<", protocols: "smtp auth pop3", line: marked(">> ", "<< ")},
		{Name: "Client Server", line: marked("Client: ", "Server: ")},
		{Name: "phpmailer", protocols: "smtp auth", head: "2026-11-22 22:01:03 Connection: opening to mx1.example.test:25, timeout=300, options=array()\n2026-11-22 22:01:03 Connection: opened\n", line: marked("2026-11-22 22:01:04 CLIENT -> SERVER: ", "2026-11-22 22:01:04 SERVER -> CLIENT: "), foot: "2026-11-22 22:01:05 Connection: closed\n"},
		{Name: "phpmailer html", protocols: "smtp auth", line: marked("CLIENT -&gt; SERVER: ", "SERVER -&gt; CLIENT: ")},
		{Name: "nodemailer", protocols: "smtp auth", line: dated("[2026-11-22 22:01:%02d] DEBUG [Gx3bqrI0] C: ", "[2026-11-22 22:01:%02d] DEBUG [Gx3bqrI0] S: ")},
		{Name: "symfony", protocols: "smtp auth", line: dated("[2026-11-22T22:01:%02d.123456+00:00] > ", "[2026-11-22T22:01:%02d.123456+00:00] < ")},
		{Name: "javamail", protocols: "smtp auth", head: "DEBUG: setDebug: JavaMail version 1.6.2\nDEBUG: getProvider() returning javax.mail.Provider[TRANSPORT,smtp,com.sun.mail.smtp.SMTPTransport,Oracle]\nDEBUG SMTP: useEhlo true, useAuth true\nDEBUG SMTP: trying to connect to host \"mx1.example.test\", port 25, isSSL false\n", line: bare},
		{Name: "filezilla", protocols: "ftp", head: "Status:\tConnecting to 192.0.2.1:21...\nStatus:\tConnection established, waiting for welcome message...\n", line: marked("Command:\t", "Response:\t")},
		{Name: "filezilla German", protocols: "ftp", head: "Status:\tVerbinde mit 192.0.2.1:21...\nStatus:\tVerbindung hergestellt, warte auf Willkommensnachricht...\n", line: marked("Befehl:\t", "Antwort:\t")},
		{Name: "filezilla French", protocols: "ftp", head: "Statut :\tConnexion à 192.0.2.1:21...\n", line: marked("Commande :\t", "Réponse :\t")},
		{Name: "filezilla Russian", protocols: "ftp", head: "Статус:\tСоединяюсь с 192.0.2.1:21...\n", line: marked("Команда:\t", "Ответ:\t")},
		{Name: "filezilla log", protocols: "ftp", line: marked("2026-11-22 22:01:03 4711 1 Command: ", "2026-11-22 22:01:03 4711 1 Response: ")},
		{Name: "winscp", protocols: "ftp", head: ". 2026-11-22 22:01:03.100 Connecting to 192.0.2.1 ...\n. 2026-11-22 22:01:03.120 Connected with 192.0.2.1. Waiting for welcome message...\n", line: dated("> 2026-11-22 22:01:%02d.123 ", "< 2026-11-22 22:01:%02d.123 ")},
		{Name: "lftp", protocols: "ftp", head: "---- Connecting to mx1.example.test (192.0.2.1) port 21\n", line: marked("---> ", "<--- ")},
		{Name: "cuteftp", protocols: "ftp", head: "STATUS:>\tConnecting to FTP server 192.0.2.1:21 (ip = 192.0.2.1)...\nSTATUS:>\tSocket connected. Waiting for welcome message...\n", line: marked("COMMAND:>\t", "\t")},
		{Name: "outlook express", protocols: "smtp auth pop3", line: dated("SMTP: 22:01:%02d [tx] ", "SMTP: 22:01:%02d [rx] ")},
		{Name: "outlook", protocols: "smtp auth pop3", line: dated("2026.11.22 22:01:%02d SMTP (mx1): <tx> ", "2026.11.22 22:01:%02d SMTP (mx1): <rx> ")},
		{Name: "thunderbird smtp", protocols: "smtp auth", line: marked("[Parent 4242: Main Thread]: D/SMTP SMTP Send: ", "[Parent 4242: Main Thread]: D/SMTP SMTP Response: ")},
		{Name: "thunderbird pop3", protocols: "pop3", line: marked("[(null) 4242: Main Thread]: I/POP3 [this=0x7f1a] SEND: ", "[(null) 4242: Main Thread]: I/POP3 [this=0x7f1a] RECV: ")},
		{Name: "thunderbird imap", protocols: "imap", line: marked("2026-11-22 22:01:03.123456 UTC - [(null) 4242: IMAP]: I/IMAP 0x7f1a:mx1.example.test:NA:SendData: ", "2026-11-22 22:01:03.123456 UTC - [(null) 4242: IMAP]: D/IMAP 0x7f1a:mx1.example.test:NA:CreateNewLineFromSocket: ")},
		{Name: "thunderbird console", protocols: "smtp auth", line: marked("mailnews.smtp: C: ", "mailnews.smtp: S: ")},
		{Name: "hmailserver", protocols: "smtp auth", line: func(n int, s Said) string {
			mark := "SENT: "
			if s.Client {
				mark = "RECEIVED: "
			}
			return fmt.Sprintf("\"SMTPD\"\t1444\t267\t\"2026-11-22 22:01:%02d.339\"\t\"192.0.2.7\"\t\"%s%s\"", n%60, mark, s.Text)
		}},
		{Name: "hmailserver as client", protocols: "smtp auth", line: func(n int, s Said) string {
			mark := "RECEIVED: "
			if s.Client {
				mark = "SENT: "
			}
			return fmt.Sprintf("\"SMTPC\"\t1444\t267\t\"2026-11-22 22:01:%02d.339\"\t\"192.0.2.1\"\t\"%s%s\"", n%60, mark, s.Text)
		}},
		{Name: "smartermail", protocols: "smtp auth", line: dated("[2026.11.22] 22:01:%02d.120 [192.0.2.7][25120934] cmd: ", "[2026.11.22] 22:01:%02d.120 [192.0.2.7][25120934] rsp: ")},
		{Name: "mdaemon", protocols: "smtp auth pop3", line: dated("Sun 2026-11-22 22:01:%02d.120: [125:4] <-- ", "Sun 2026-11-22 22:01:%02d.120: [125:4] --> ")},
		{Name: "mailso", protocols: "smtp auth imap", line: dated("[2026-11-22 22:01:%02d.120][0a1b2c3d] IMAP[INFO]: > ", "[2026-11-22 22:01:%02d.120][0a1b2c3d] IMAP[INFO]: < ")},
		{Name: "apple mail", protocols: "smtp auth", line: dated("WROTE Nov 22 22:01:%02d.402 [none] -- host:mx1.example.test -- port:25 -- socket:0x60 -- thread:0x7f\n", "READ Nov 22 22:01:%02d.402 [none] -- host:mx1.example.test -- port:25 -- socket:0x60 -- thread:0x7f\n")},
		{Name: "smtp_class", protocols: "smtp auth", line: marked("C ", "S ")},
		{Name: "net-smtp", protocols: "smtp auth", line: func(_ int, s Said) string {
			if s.Client {
				return "<- \"" + s.Text + "\\r\\n\""
			}
			return "-> \"" + s.Text + "\\r\\n\""
		}},
		{Name: "rawlog", protocols: "pop3 imap", line: marked("I: ", "O: ")},
		{Name: "mutt", line: dated("[2026-11-22 22:01:%02d] 4> ", "[2026-11-22 22:01:%02d] 4< ")},
		{Name: "exchange 5.5", protocols: "smtp auth imap", line: dated("11/22/26 10:01:%02d PM : <<< ", "11/22/26 10:01:%02d PM : >>> ")},
		{Name: "smtpgate", protocols: "smtp", line: dated("22:01:%02d [rx] ", "22:01:%02d [tx] ")},
		{Name: "exchange csv", protocols: "smtp", whole: func(d []Said, port int) string { return exchangeCSV(d) }},
		{Name: "postfix -v", protocols: "smtp auth", line: dated("Nov 22 22:01:%02d mx1 postfix/smtpd[4242]: < pc7.example.test[192.0.2.7]: ", "Nov 22 22:01:%02d mx1 postfix/smtpd[4242]: > pc7.example.test[192.0.2.7]: ")},
		{Name: "sendmail -v", protocols: "smtp", head: "ann@contoso.test... Connecting to mx1.example.test. via esmtp...\n", line: marked(">>> ", "")},
		{Name: "exim", protocols: "smtp auth", line: marked("  SMTP>> ", "  SMTP<< ")},
		{Name: "exim server", protocols: "smtp auth", line: marked("4242 SMTP<< ", "4242 SMTP>> ")},
		{Name: "recordio", protocols: "smtp auth pop3", line: marked("@4000000065c8f1a2 4242 < ", "@4000000065c8f1a2 4242 > ")},
		{Name: "tshark hex", whole: func(d []Said, port int) string { return followText(d, port, "hex") }},
		{Name: "tshark ascii", whole: func(d []Said, port int) string { return followText(d, port, "ascii") }},
		{Name: "tshark raw", whole: func(d []Said, port int) string { return followText(d, port, "raw") }},
		{Name: "tshark yaml", whole: followYAML},
		{Name: "tshark -V", whole: tsharkTree},
		{Name: "tshark json", whole: tsharkJSON},
		{Name: "tshark ek", whole: tsharkEK},
		{Name: "tshark pdml", whole: tsharkPDML},
		{Name: "socat -v", line: func(n int, s Said) string {
			mark := "<"
			if s.Client {
				mark = ">"
			}
			return fmt.Sprintf("%s 2026/11/22 22:01:%02d.000123456  length=%d from=0 to=9\n%s\\r", mark, n%60, len(s.Text)+2, s.Text)
		}},
		{Name: "tcpdump -X", whole: func(d []Said, port int) string { return tcpdumpX(d, port) }},
		{Name: "tcpdump -A", whole: func(d []Said, port int) string { return tcpdumpA(d, port) }},
		{Name: "ngrep", whole: func(d []Said, port int) string { return ngrep(d, port) }},
		{Name: "packet list", protocols: "pop3 smtp ftp imap", whole: packetList},
		{Name: "mailkit", head: "Connected to smtp://mx1.example.test:%p/?starttls=when-available\n", line: marked("C: ", "S: ")},
		{Name: "rainloop", protocols: "smtp auth imap", line: dated("[22:01:%02d.123][4f1c2b7d] SMTP[DATA]: > ", "[22:01:%02d.123][4f1c2b7d] SMTP[DATA]: < ")},
		{Name: "imaplib", protocols: "imap", line: func(_ int, s Said) string {
			if s.Client {
				return "  01:03.12 > b'" + s.Text + "'"
			}
			return "  01:03.12 < b\"" + s.Text + "\""
		}},
		{Name: "poplib", protocols: "pop3 ftp", line: func(_ int, s Said) string {
			if s.Client {
				return "*cmd* '" + s.Text + "'"
			}
			return "*resp* b'" + s.Text + "'"
		}},
		{Name: "smtplib", protocols: "smtp auth", head: "connect: to ('mx1.example.test', 25) None\n", line: func(_ int, s Said) string {
			if s.Client {
				return "send: '" + s.Text + "\\r\\n'"
			}
			return "reply: b'" + s.Text + "\\r\\n'"
		}},
		{Name: "Net::SMTP", protocols: "smtp auth pop3 ftp", head: "Net::SMTP>>> Net::SMTP(3.11)\nNet::SMTP>>>   Net::Cmd(3.11)\n", line: marked("Net::SMTP=GLOB(0x5581c2a8f0)>>> ", "Net::SMTP=GLOB(0x5581c2a8f0)<<< ")},
		{Name: "mdaemon", protocols: "smtp auth pop3", line: dated("Sun 2026-11-22 22:01:%02d.123: <-- ", "Sun 2026-11-22 22:01:%02d.123: --> ")},
		{Name: "communigate", protocols: "smtp auth", line: dated("22:01:%02d.12 4 SMTPI-00012([192.0.2.7]) inp: ", "22:01:%02d.12 4 SMTPI-00012([192.0.2.7]) out: ")},
		{Name: "k-9", protocols: "pop3 imap smtp auth", line: marked("11-22 22:01:03.123 D/k9      ( 1234): >>> ", "11-22 22:01:03.123 D/k9      ( 1234): <<< ")},
		{Name: "Sent Received", line: marked("Sent: ", "Received: ")},
		{Name: "send recv", line: marked("SEND: ", "RECV: ")},
		{Name: "quoted mail", head: "> Hello,\n> this is what I see:\n>\n> telnet mx1.example.test %p\n", line: marked("> ", "> "), foot: "\nRegards\n"},
		{Name: "quoted twice", head: "> > telnet mx1.example.test %p\n", line: marked("> > ", "> > ")},
		{Name: "time stamps", line: dated("[22:01:%02d] ", "[22:01:%02d] ")},
		{Name: "syslog stamps", line: dated("Nov 22 22:01:%02d pc7 probe[99]: C: ", "Nov 22 22:01:%02d pc7 probe[99]: S: ")},
		{Name: "prose around", head: "Hello,\nI tested the server by hand and this is what came of it:\n\n", line: func(_ int, s Said) string { return "    " + s.Text }, foot: "\nWhat is wrong with it? The server was restarted yesterday.\n"},
		{Name: "blank lines between", head: "telnet mx1.example.test %p\n", line: func(_ int, s Said) string { return s.Text + "\n" }},
		{Name: "C -> S", line: marked("C -> S: ", "S -> C: ")},
		{Name: "-> <-", line: marked("-> ", "<- ")},
		{Name: "==> <==", line: marked("==> ", "<== ")},
		{Name: "tx rx", line: marked("TX: ", "RX: ")},
		{Name: "write read", line: marked("write: ", "read: ")},
		{Name: "[C] [S]", line: marked("[C] ", "[S] ")},
	}
}

func cast(d []Said, version int) string {
	var b strings.Builder
	rows := []string{"Trying 192.0.2.1...\r\n", "Connected to mx1.example.test.\r\nEscape character is '^]'.\r\n"}
	for _, s := range d {
		rows = append(rows, s.Text+"\r\n")
	}
	rows = append(rows, "Connection closed by foreign host.\r\n")
	enc := func(s string) string { j, _ := json.Marshal(s); return string(j) }
	switch version {
	case 1:
		var parts []string
		for _, r := range rows {
			parts = append(parts, "[0.25,"+enc(r)+"]")
		}
		return `{"version": 1, "width": 80, "height": 24, "duration": 5.5, "command": "/bin/bash", "title": null, "env": {}, "stdout": [` + strings.Join(parts, ",") + "]}\n"
	case 2:
		b.WriteString(`{"version": 2, "width": 80, "height": 24, "timestamp": 1795384313}` + "\n")
	case 3:
		b.WriteString(`{"version": 3, "term": {"cols": 80, "rows": 24}, "timestamp": 1795384313}` + "\n")
	}
	for i, r := range rows {
		t := 0.25
		if version == 2 {
			t *= float64(i)
		}
		fmt.Fprintf(&b, "[%g, \"o\", %s]\n", t, enc(r))
	}
	return b.String()
}

func exchangeCSV(d []Said) string {
	var b strings.Builder
	b.WriteString("#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n#Log-type: SMTP Receive Protocol Log\r\n#Date: 2026-11-22T22:00:00.000Z\r\n" +
		"#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r\n")
	row := func(n int, kind, data, context string) {
		if strings.ContainsAny(data, ",\"") {
			data = `"` + strings.ReplaceAll(data, `"`, `""`) + `"`
		}
		fmt.Fprintf(&b, "2026-11-22T22:01:%02d.123Z,MX1\\Default MX1,08D9A1B2C3D4E5F6,%d,192.0.2.1:25,192.0.2.7:51442,%s,%s,%s\r\n", n%60, n, kind, data, context)
	}
	row(0, "+", "", "")
	row(1, "*", "SMTPSubmit SMTPAcceptAnySender", "Set Session Permissions")
	for n, s := range d {
		kind := ">"
		if s.Client {
			kind = "<"
		}
		row(n+2, kind, s.Text, "")
	}
	row(len(d)+2, "-", "", "Local")
	return b.String()
}

func followText(d []Said, port int, mode string) string {
	var b strings.Builder
	rule := strings.Repeat("=", 67) + "\n"
	fmt.Fprintf(&b, "\n%sFollow: tcp,%s\nFilter: tcp.stream eq 0\nNode 0: 192.0.2.7:51442\nNode 1: 192.0.2.1:%d\n", rule, mode, port)
	offsets := [2]int{}
	for _, s := range d {
		tab, i := "\t", 1
		if s.Client {
			tab, i = "", 0
		}
		data := []byte(s.Text + "\r\n")
		switch mode {
		case "ascii":
			fmt.Fprintf(&b, "%s%d\n%s\n", tab, len(data), data)
		case "raw":
			fmt.Fprintf(&b, "%s%s\n", tab, hex.EncodeToString(data))
		case "hex":
			for len(data) > 0 {
				n := min(16, len(data))
				fmt.Fprintf(&b, "%s%08X  %s\n", tab, offsets[i], hexRow(data[:n]))
				offsets[i] += n
				data = data[n:]
			}
		}
	}
	b.WriteString(rule)
	return b.String()
}

func hexRow(p []byte) string {
	var h, a strings.Builder
	for i := range 16 {
		if i == 8 {
			h.WriteByte(' ')
			a.WriteByte(' ')
		}
		if i >= len(p) {
			h.WriteString("   ")
			continue
		}
		fmt.Fprintf(&h, "%02x ", p[i])
		c := p[i]
		if c < ' ' || c > '~' {
			c = '.'
		}
		a.WriteByte(c)
	}
	return h.String() + " " + a.String()
}

// ends of a packet.
func endpoints(s Said, port int) (string, string) {
	c, v := "192.0.2.7.51442", fmt.Sprintf("192.0.2.1.%d", port)
	if s.Client {
		return c, v
	}
	return v, c
}

func packetBytes(s Said) []byte {
	head := make([]byte, 40)
	head[0] = 0x45
	copy(head[12:], []byte{192, 0, 2, 7, 192, 0, 2, 1})
	head[32] = 0x50
	return append(head, s.Text+"\r\n"...)
}

func tcpdumpX(d []Said, port int) string {
	var b strings.Builder
	b.WriteString(tcpdumpOpen(port))
	for n, s := range d {
		from, to := endpoints(s, port)
		fmt.Fprintf(&b, "22:01:%02d.000123 IP %s > %s: Flags [P.], seq 1:%d, ack 1, win 502, length %d\n", n%60, from, to, len(s.Text)+3, len(s.Text)+2)
		data := packetBytes(s)
		for off := 0; off < len(data); off += 16 {
			row := data[off:min(off+16, len(data))]
			var h strings.Builder
			for i := 0; i < len(row); i += 2 {
				h.WriteString(hex.EncodeToString(row[i:min(i+2, len(row))]) + " ")
			}
			fmt.Fprintf(&b, "\t0x%04x:  %-40s %s\n", off, h.String(), dots(row))
		}
	}
	return b.String()
}

func tcpdumpOpen(port int) string {
	return fmt.Sprintf("22:01:00.000001 IP 192.0.2.7.51442 > 192.0.2.1.%[1]d: Flags [S], seq 100, win 64240, options [mss 1460], length 0\n"+
		"22:01:00.000002 IP 192.0.2.1.%[1]d > 192.0.2.7.51442: Flags [S.], seq 200, ack 101, win 65160, length 0\n", port)
}

func dots(p []byte) string {
	out := make([]byte, len(p))
	for i, c := range p {
		if c < ' ' || c > '~' {
			c = '.'
		}
		out[i] = c
	}
	return string(out)
}

func tcpdumpA(d []Said, port int) string {
	var b strings.Builder
	b.WriteString(tcpdumpOpen(port))
	for n, s := range d {
		from, to := endpoints(s, port)
		fmt.Fprintf(&b, "22:01:%02d.000123 IP %s > %s: Flags [P.], seq 1:%d, ack 1, win 502, length %d\n%s%s\n\n", n%60, from, to, len(s.Text)+3, len(s.Text)+2, "E..a.%@.@.5.........P...P.......", s.Text)
	}
	return b.String()
}

func ngrep(d []Said, port int) string {
	var b strings.Builder
	b.WriteString("interface: eth0 (192.0.2.0/255.255.255.0)\n")
	for n, s := range d {
		from, to := "192.0.2.7:51442", fmt.Sprintf("192.0.2.1:%d", port)
		if !s.Client {
			from, to = to, from
		}
		fmt.Fprintf(&b, "T 2026/11/22 22:01:%02d.000123 %s -> %s [AP] #%d\n  %s..\n", n%60, from, to, n, s.Text)
	}
	return b.String()
}

func packetList(d []Said, port int) string {
	var b strings.Builder
	proto := map[int]string{25: "SMTP", 110: "POP", 143: "IMAP", 21: "FTP"}[port]
	marks := [2]string{"S: ", "C: "}
	if port == 143 || port == 21 {
		marks = [2]string{"Response: ", "Request: "}
	}
	fmt.Fprintf(&b, "    1 0.000000000    192.0.2.7 → 192.0.2.1    TCP 74 51442 → %d [SYN] Seq=0 Win=64240 Len=0\n", port)
	fmt.Fprintf(&b, "    2 0.000010000    192.0.2.1 → 192.0.2.7    TCP 74 %d → 51442 [SYN, ACK] Seq=0 Ack=1 Win=65160 Len=0\n", port)
	for n := 0; n < len(d); n++ {
		s := d[n]
		from, to, mark := "192.0.2.1", "192.0.2.7", marks[0]
		text := s.Text
		if s.Client {
			from, to, mark = to, from, marks[1]
		}
		for port == 25 && !s.Client && len(d[n].Text) > 3 && d[n].Text[3] == '-' { // one packet
			n++
			text += " | " + d[n].Text[4:]
		}
		fmt.Fprintf(&b, "%5d %d.%09d    %s → %s    %s 90 %s%s\n", n+3, n, 1000, from, to, proto, mark, text)
	}
	return b.String()
}

// Write gives a dialogue of a protocol in the form.
func (c *Capture) Write(d []Said, protocol string) string {
	port := ports[protocol]
	if c.whole != nil {
		return c.whole(d, port)
	}
	var b strings.Builder
	b.WriteString(strings.ReplaceAll(c.head, "%p", fmt.Sprint(port)))
	for n, s := range d {
		b.WriteString(c.line(n, s))
		b.WriteString("\n")
	}
	b.WriteString(c.foot)
	return b.String()
}

// Takes reports whether the form is used for a protocol.
func (c *Capture) Takes(protocol string) bool {
	if like := map[string]string{"plain": "auth", "oauth": "auth", "initial": "auth", "literal": "imap", "mechanisms": "imap"}[protocol]; like != "" {
		protocol = like
	}
	return c.protocols == "" || strings.Contains(" "+c.protocols+" ", " "+protocol+" ")
}

// Fill puts a secret into a dialogue.
func Fill(d []Said, secret, encoded string) []Said {
	code := base64.StdEncoding.EncodeToString
	forms := strings.NewReplacer("%s", secret, "%b", encoded, "%n", fmt.Sprint(len(secret)), "%q", code([]byte("\x00joe\x00"+secret)),
		"%o", code([]byte("user=joe\x01auth=Bearer "+secret+"\x01\x01")))
	out := make([]Said, len(d))
	for i, s := range d {
		s.Text = forms.Replace(s.Text)
		out[i] = s
	}
	return out
}
