package transcript

import (
	"testing"

	"kbdiag/parsers"
)

// failures are what programs print when a connection fails, with what must be
// told of it: result, server, port.
var failures = []struct {
	name, text string
	result     parsers.Connect
	server     string
	port       int
}{
	{"inetutils refused", "Trying 192.0.2.1...\ntelnet: Unable to connect to remote host: Connection refused\n", "refused", "192.0.2.1", 0},
	{"inetutils, error first", "telnet: Unable to connect to remote host: Connection timed out\nTrying 192.0.2.1...\n", "timeout", "192.0.2.1", 0},
	{"inetutils no route", "Trying 192.0.2.1...\ntelnet: Unable to connect to remote host: No route to host\n", "unreachable", "192.0.2.1", 0},
	{"inetutils net", "Trying 192.0.2.1...\ntelnet: Unable to connect to remote host: Network is unreachable\n", "unreachable", "192.0.2.1", 0},
	{"inetutils name", "telnet: could not resolve mx9.example.test/25: Name or service not known\n", "no such name", "mx9.example.test", 25},
	{"inetutils lookup", "Server lookup failure:  mx9.example.test:25, Name or service not known\n", "no such name", "mx9.example.test", 25},
	{"BSD", "$ telnet mx1.example.test 110\nTrying 192.0.2.1...\ntelnet: connect to address 192.0.2.1: Connection refused\ntelnet: Unable to connect to remote host\n", "refused", "mx1.example.test", 110},
	{"macOS two addresses", "Trying 2001:db8::1...\ntelnet: connect to address 2001:db8::1: No route to host\nTrying 192.0.2.1...\ntelnet: connect to address 192.0.2.1: Operation timed out\ntelnet: Unable to connect to remote host\n", "timeout", "", 0},
	{"macOS name", "mx9.example.test: nodename nor servname provided, or not known\n", "no such name", "mx9.example.test", 0},
	{"netkit name", "telnet: mx9.example.test: Name or service not known\nmx9.example.test: Unknown host\n", "no such name", "mx9.example.test", 0},
	{"netkit temporary", "telnet: could not resolve mx9/25: Temporary failure in name resolution\n", "no such name", "mx9", 25},
	{"solaris", "Trying 192.0.2.1...\ntelnet: Unable to connect to remote host: Connection refused\n", "refused", "192.0.2.1", 0},
	{"hp-ux", "telnet: Unable to connect to remote host: Connection refused\n", "refused", "", 0},
	{"busybox", "telnet: can't connect to remote host (192.0.2.1): Connection refused\n", "refused", "192.0.2.1", 0},
	{"busybox name", "telnet: bad address 'mx9.example.test'\n", "no such name", "mx9.example.test", 0},
	{"german locale", "Trying 192.0.2.1...\ntelnet: Unable to connect to remote host: Verbindungsaufbau abgelehnt\n", "refused", "192.0.2.1", 0},
	{"german timeout", "Trying 192.0.2.1...\ntelnet: Unable to connect to remote host: Die Wartezeit für die Verbindung ist abgelaufen\n", "timeout", "192.0.2.1", 0},
	{"german no route", "Trying 192.0.2.1...\ntelnet: Unable to connect to remote host: Keine Route zum Zielrechner\n", "unreachable", "192.0.2.1", 0},
	{"french locale", "Trying 192.0.2.1...\ntelnet: Unable to connect to remote host: Connexion refusée\n", "refused", "192.0.2.1", 0},
	{"french timeout", "Trying 192.0.2.1...\ntelnet: Unable to connect to remote host: Connexion terminée par expiration du délai d'attente\n", "timeout", "192.0.2.1", 0},
	{"french no route", "Trying 192.0.2.1...\ntelnet: Unable to connect to remote host: Aucun chemin d'accès pour atteindre l'hôte cible\n", "unreachable", "192.0.2.1", 0},
	{"spanish locale", "Trying 192.0.2.1...\ntelnet: Unable to connect to remote host: Conexión rehusada\n", "refused", "192.0.2.1", 0},
	{"spanish timeout", "Trying 192.0.2.1...\ntelnet: Unable to connect to remote host: Expiró el tiempo de conexión\n", "timeout", "192.0.2.1", 0},
	{"italian locale", "Trying 192.0.2.1...\ntelnet: Unable to connect to remote host: Connessione rifiutata\n", "refused", "192.0.2.1", 0},
	{"italian timeout", "Trying 192.0.2.1...\ntelnet: Unable to connect to remote host: Connessione scaduta\n", "timeout", "192.0.2.1", 0},
	{"portuguese locale", "Trying 192.0.2.1...\ntelnet: Unable to connect to remote host: Conexão recusada\n", "refused", "192.0.2.1", 0},
	{"dutch locale", "Trying 192.0.2.1...\ntelnet: Unable to connect to remote host: Verbinding is geweigerd\n", "refused", "192.0.2.1", 0},
	{"polish locale", "Trying 192.0.2.1...\ntelnet: Unable to connect to remote host: Połączenie odrzucone\n", "refused", "192.0.2.1", 0},
	{"russian locale", "Trying 192.0.2.1...\ntelnet: Unable to connect to remote host: В соединении отказано\n", "refused", "192.0.2.1", 0},
	{"japanese locale", "Trying 192.0.2.1...\ntelnet: Unable to connect to remote host: 接続を拒否されました\n", "refused", "192.0.2.1", 0},
	{"swedish locale", "Trying 192.0.2.1...\ntelnet: Unable to connect to remote host: Förbindelse vägras\n", "refused", "192.0.2.1", 0},
	{"windows", "C:\\>telnet mx1 25\nConnecting To mx1...Could not open connection to the host, on port 25: Connect failed\n", "failed", "mx1", 25},
	{"windows bare", "Connecting To mx1.example.test...Could not open connection to the host, on port 110: Connect failed\n", "failed", "mx1.example.test", 110},
	{"windows 2000", "Connecting To mx1...Could not open a connection to host on port 25 : Connect failed\n", "failed", "mx1", 25},
	{"windows two lines", "Connecting To mx1...\nCould not open connection to the host, on port 25: Connect failed\n", "failed", "mx1", 25},
	{"windows german", "Verbindungsaufbau zu mx1...Es konnte keine Verbindung mit dem Host hergestellt werden, auf Port 25: Verbinden fehlgeschlagen\n", "failed", "mx1", 25},
	{"windows german 2", "Verbindungsaufbau zu mx1...Verbindung mit dem Host konnte nicht hergestellt werden, auf Port 25: Verbinden fehlgeschlagen\n", "failed", "mx1", 25},
	{"windows french", "Connexion à mx1...Impossible d'ouvrir une connexion à l'hôte, sur le port 25: Échec lors de la connexion\n", "failed", "mx1", 25},
	{"windows spanish", "Conectándose a mx1...No se puede abrir la conexión al host, en puerto 25: Error en la conexión\n", "failed", "mx1", 25},
	{"windows italian", "Connessione a mx1...Impossibile aprire una connessione con l'host. sulla porta 25: Connessione non riuscita\n", "failed", "mx1", 25},
	{"windows dutch", "Verbinding maken met mx1...Kan geen verbinding met de host maken op poort 25: Verbinding maken is mislukt\n", "failed", "mx1", 25},
	{"windows portuguese", "Conectando-se a mx1...Não foi possível abrir conexão com o host, na porta 25: conexão falhou\n", "failed", "mx1", 25},
	{"plink name", "Unable to open connection:\nName or service not known\n", "no such name", "", 0},
	{"socat name", "2026/11/25 04:44:21 socat[8024] E getaddrinfo(\"mx9.example.test\", \"NULL\", {1,0,1,6}, {}): Name or service not known\n", "no such name", "mx9.example.test", 0},
	{"tnftp", "tnftp: Can't connect to `192.0.2.1:2121': Connection refused\ntnftp: Can't connect to `192.0.2.1:2121'\n", "refused", "192.0.2.1", 2121},
	{"wget", "--2026-11-25 04:44:22--  http://192.0.2.1:81/\nConnecting to 192.0.2.1:81... failed: Connection refused.\n", "refused", "192.0.2.1", 81},
	{"curl with its meter", "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0*   Trying 192.0.2.1:9...\n* connect to 192.0.2.1 port 9 failed: Connection refused\n* Failed to connect to 192.0.2.1 port 9 after 0 ms: Couldn't connect to server\n  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\n* Closing connection 0\ncurl: (7) Failed to connect to 192.0.2.1 port 9 after 0 ms: Couldn't connect to server\n", "refused", "192.0.2.1", 9},
	{"telnet nt4", "Connect Failed!\n", "failed", "", 0},
	{"putty", "=~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2026.11.22 22:12:08 =~=~=~=~=~=~=~=~=~=~=~=\nNetwork error: Connection refused\n", "refused", "", 0},
	{"plink", "C:\\>plink -raw -P 25 mx1.example.test\nFATAL ERROR: Network error: Connection refused\n", "refused", "mx1.example.test", 25},
	{"plink timeout", "$ plink -raw -P 25 192.0.2.1\nFATAL ERROR: Network error: Connection timed out\n", "timeout", "192.0.2.1", 25},
	{"plink name", "FATAL ERROR: Unable to open connection:\nHost does not exist\n", "no such name", "", 0},
	{"nc openbsd", "nc: connect to mx1.example.test (192.0.2.1) port 25 (tcp) failed: Connection refused\n", "refused", "mx1.example.test", 25},
	{"nc openbsd timeout", "nc: connect to 192.0.2.1 port 25 (tcp) timed out: Operation now in progress\n", "timeout", "192.0.2.1", 25},
	{"nc openbsd name", "nc: getaddrinfo for host \"mx9.example.test\" port 25: Name or service not known\n", "no such name", "mx9.example.test", 25},
	{"nc macOS", "nc: connectx to mx1.example.test port 25 (tcp) failed: Connection refused\n", "refused", "mx1.example.test", 25},
	{"nc traditional", "(UNKNOWN) [192.0.2.1] 25 (smtp) : Connection refused\n", "refused", "192.0.2.1", 25},
	{"nc traditional timeout", "mx1.example.test [192.0.2.1] 25 (smtp) : Connection timed out\n", "timeout", "mx1.example.test", 25},
	{"nc traditional name", "mx9.example.test: forward host lookup failed: Unknown host\n", "no such name", "mx9.example.test", 0},
	{"ncat refused", "$ ncat -v 192.0.2.1 25\nNcat: Version 7.93 ( https://nmap.org/ncat )\nNcat: Connection refused.\n", "refused", "192.0.2.1", 25},
	{"ncat timeout", "Ncat: TIMEOUT.\n", "timeout", "", 0},
	{"ncat name", "Ncat: Could not resolve hostname \"mx9.example.test\": Name or service not known. QUITTING.\n", "no such name", "mx9.example.test", 0},
	{"ncat no route", "Ncat: No route to host.\n", "unreachable", "", 0},
	{"s_client 1.0", "$ openssl s_client -connect mx1.example.test:995\nconnect: Connection refused\nconnect:errno=111\n", "refused", "mx1.example.test", 995},
	{"s_client 1.1", "140201:error:0200206F:system library:connect:Connection refused:../crypto/bio/b_sock2.c:110:\n140201:error:2008A067:BIO routines:BIO_connect:connect error:../crypto/bio/b_sock2.c:111:\nconnect:errno=111\n", "refused", "", 0},
	{"s_client 3 name", "40C7:error:10080002:BIO routines:BIO_lookup_ex:system lib:crypto/bio/bio_addr.c:738:Name or service not known\nconnect:errno=0\n", "no such name", "", 0},
	{"s_client getservbyname", "gethostbyname failure\nconnect:errno=0\n", "no such name", "", 0},
	{"curl", "*   Trying 192.0.2.1:25...\n* connect to 192.0.2.1 port 25 failed: Connection refused\n* Failed to connect to mx1.example.test port 25 after 2 ms: Couldn't connect to server\n* Closing connection 0\ncurl: (7) Failed to connect to mx1.example.test port 25 after 2 ms: Couldn't connect to server\n", "refused", "mx1.example.test", 25},
	{"curl name", "* Could not resolve host: mx9.example.test\n* Closing connection 0\ncurl: (6) Could not resolve host: mx9.example.test\n", "no such name", "mx9.example.test", 0},
	{"curl quiet", "curl: (7) Failed to connect to 192.0.2.1 port 110: Connection refused\n", "refused", "192.0.2.1", 110},
	{"curl timeout", "curl: (28) Failed to connect to 192.0.2.1 port 110 after 130000 ms: Connection timed out\n", "timeout", "192.0.2.1", 110},
	{"wget", "Connecting to mx1.example.test (mx1.example.test)|192.0.2.1|:80... failed: Connection refused.\n", "refused", "mx1.example.test", 80},
	{"swaks refused", "=== Trying mx1.example.test:25...\n*** Error connecting to mx1.example.test:25:\n*** \tIO::Socket::INET6: connect: Connection refused\n", "refused", "mx1.example.test", 25},
	{"swaks name", "=== Trying mx9.example.test:25...\n*** Error connecting to mx9.example.test:25:\n*** \tIO::Socket::INET: Bad hostname 'mx9.example.test'\n", "no such name", "mx9.example.test", 25},
	{"msmtp", "msmtp: cannot connect to mx1.example.test, port 25: Connection refused\nmsmtp: could not send mail\n", "refused", "mx1.example.test", 25},
	{"msmtp name", "msmtp: cannot locate host mx9.example.test: Name or service not known\n", "no such name", "mx9.example.test", 0},
	{"fetchmail", "fetchmail: connection to mx1.example.test:pop3 [192.0.2.1/110] failed: Connection refused.\nfetchmail: POP3 connection to mx1.example.test failed: Connection refused\nfetchmail: Query status=2 (SOCKET)\n", "refused", "mx1.example.test", 110},
	{"windows ftp", "C:\\>ftp mx1.example.test\n> ftp: connect :Connection refused\n", "refused", "mx1.example.test", 21},
	{"windows ftp timeout", "> ftp: connect :Connection timed out\n", "timeout", "", 0},
	{"windows ftp unknown", "Unknown host mx9.example.test.\n", "no such name", "mx9.example.test", 0},
	{"unix ftp", "ftp: connect: Connection refused\n", "refused", "", 0},
	{"tnftp", "ftp: Can't connect to `192.0.2.1:21': Connection refused\n", "refused", "192.0.2.1", 21},
	{"lftp", "---- Connecting to mx1.example.test (192.0.2.1) port 21\n**** Socket error (Connection refused) - reconnecting\n", "refused", "mx1.example.test", 21},
	{"filezilla", "Status:\tConnecting to 192.0.2.1:21...\nError:\tConnection attempt failed with \"ECONNREFUSED - Connection refused by server\".\nError:\tCould not connect to server\n", "refused", "192.0.2.1", 21},
	{"filezilla timeout", "Status:\tConnecting to 192.0.2.1:21...\nError:\tConnection timed out after 20 seconds of inactivity\nError:\tCould not connect to server\n", "timeout", "192.0.2.1", 21},
	{"phpmailer", "2026-11-22 22:01:03 Connection: opening to mx1.example.test:25, timeout=300, options=array()\n2026-11-22 22:01:03 Connection: Failed to connect to server. Error number 2. \"Error notice: stream_socket_client(): Unable to connect to mx1.example.test:25 (Connection refused)\n2026-11-22 22:01:03 SMTP ERROR: Failed to connect to server: Connection refused (111)\n", "refused", "mx1.example.test", 25},
	{"javamail", "DEBUG SMTP: trying to connect to host \"mx1.example.test\", port 25, isSSL false\njavax.mail.MessagingException: Could not connect to SMTP host: mx1.example.test, port: 25;\n  nested exception is:\n\tjava.net.ConnectException: Connection refused: connect\n", "refused", "mx1.example.test", 25},
	{"javamail 1.6", "com.sun.mail.util.MailConnectException: Couldn't connect to host, port: mx1.example.test, 25; timeout -1;\n  nested exception is:\n\tjava.net.ConnectException: Connection timed out\n", "timeout", "mx1.example.test", 25},
	{"node", "Error: connect ECONNREFUSED 192.0.2.1:25\n    at TCPConnectWrap.afterConnect [as oncomplete] (net.js:1141:16)\n", "refused", "192.0.2.1", 25},
	{"node timeout", "Error: connect ETIMEDOUT 192.0.2.1:587\n", "timeout", "192.0.2.1", 587},
	{"node name", "Error: getaddrinfo ENOTFOUND mx9.example.test\n", "no such name", "mx9.example.test", 0},
	{"powershell", "ComputerName     : mx1.example.test\nRemoteAddress    : 192.0.2.1\nRemotePort       : 25\nInterfaceAlias   : Ethernet\nSourceAddress    : 192.0.2.7\nPingSucceeded    : True\nTcpTestSucceeded : False\n", "failed", "mx1.example.test", 25},
	{"powershell ok", "ComputerName     : mx1.example.test\nRemoteAddress    : 192.0.2.1\nRemotePort       : 25\nInterfaceAlias   : Ethernet\nSourceAddress    : 192.0.2.7\nTcpTestSucceeded : True\n", "connected", "mx1.example.test", 25},
	{"powershell warning", "WARNING: TCP connect to (192.0.2.1 : 25) failed\n", "failed", "192.0.2.1", 25},
	{"portqry", "TCP port 25 (smtp service): NOT LISTENING\n", "refused", "", 25},
	{"portqry filtered", "TCP port 110 (pop3 service): FILTERED\n", "timeout", "", 110},
	{"sendmail", "ann@contoso.test... Connecting to mx1.example.test. via esmtp...\nann@contoso.test... Deferred: Connection refused by mx1.example.test.\n", "refused", "mx1.example.test", 0},
	{"socat", "2026/11/22 22:01:03 socat[4242] E connect(5, AF=2 192.0.2.1:25, 16): Connection refused\n", "refused", "192.0.2.1", 25},
	{"expect", "spawn telnet 192.0.2.1 25\nTrying 192.0.2.1...\ntelnet: Unable to connect to remote host: Connection refused\n", "refused", "192.0.2.1", 25},
	{"asciinema", "{\"version\": 2, \"width\": 80, \"height\": 24, \"timestamp\": 1795384313}\n[0.1, \"o\", \"$ telnet 192.0.2.1 25\\r\\nTrying 192.0.2.1...\\r\\n\"]\n[3.1, \"o\", \"telnet: Unable to connect to remote host: No route to host\\r\\n\"]\n", "unreachable", "192.0.2.1", 25},
}

func TestFailures(t *testing.T) {
	for _, f := range failures {
		sessions, _, _ := readSessions(parsers.StdinName, []byte(f.text))
		if len(sessions) != 1 {
			t.Errorf("%s: %d sessions", f.name, len(sessions))
			continue
		}
		s := &sessions[0]
		if s.Connect != f.result || f.server != "" && s.Server != f.server || s.Port != f.port {
			t.Errorf("%s: %s to %q:%d, want %s to %q:%d", f.name, s.Connect, s.Server, s.Port, f.result, f.server, f.port)
		}
		if f.result != parsers.Connected && (s.Outcome != parsers.OutcomeConnectFailed || s.FailedStage != parsers.StageConnect) {
			t.Errorf("%s: %s at %s", f.name, s.Outcome, s.FailedStage)
		}
	}
}

// TestWebServerLogsAreNoSessions gives the log of a web server, whose head is
// the same as that of a mail service.
func TestWebServerLogsAreNoSessions(t *testing.T) {
	head := "#Software: Microsoft Internet Information Services 6.0\n#Version: 1.0\n#Date: 2006-08-18 13:17:37\n" +
		"#Fields: date time s-sitename s-computername s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip sc-status\n"
	web := head + "2006-08-18 13:17:37 W3SVC1 WEB1 192.0.2.1 GET /exchange/ - 80 joe 192.0.2.7 401\n2006-08-18 13:17:38 W3SVC1 WEB1 192.0.2.1 POST /exchange/ - 80 joe 192.0.2.7 200\n"
	for _, text := range []string{web, "Hello,\n\nthe log:\n\n" + web} {
		sessions, lines, _ := readSessions(parsers.StdinName, []byte(text))
		if len(sessions) != 0 || len(lines) < 6 {
			t.Errorf("%d sessions, %d lines of\n%s", len(sessions), len(lines), text)
		}
	}
	mail := head + "2006-08-18 13:17:37 SMTPSVC1 MX1 192.0.2.1 HELO - +pc7 25 pc7 192.0.2.7 250\n2006-08-18 13:17:38 SMTPSVC1 MX1 192.0.2.1 RCPT - +TO:<ann@contoso.test> 25 pc7 192.0.2.7 550\n"
	if sessions, _, _ := readSessions(parsers.StdinName, []byte(mail)); len(sessions) != 1 || len(sessions[0].Exchanges) != 2 {
		t.Errorf("%d sessions", len(sessions))
	}
}
