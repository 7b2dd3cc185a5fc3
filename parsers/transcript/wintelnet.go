package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// windowsFail is how one language's telnet.exe says that it cannot connect:
// the text before the host, and the one before the port.
type windowsFail struct{ trying, failed, port string }

// windowsFails begins with the wording of Windows XP and later and that of
// Windows 2000; the other languages were seen in forum posts.
var windowsFails = []windowsFail{
	{"Connecting To ", "Could not open connection to the host", "on port "},
	{"Connecting To ", "Could not open a connection to ", "on port "},
	{"Verbindungsaufbau zu ", "Es konnte keine Verbindung mit dem Host hergestellt werden", "auf Port "},
	{"Verbindungsaufbau zu ", "Verbindung mit dem Host konnte nicht hergestellt werden", "auf Port "},
	{"Verbindungsaufbau zu ", "Es konnte keine Verbindung", "auf Port "},
	{"Connexion à ", "Impossible d'ouvrir une connexion à l'hôte", "sur le port "},
	{"Connexion à ", "Impossible d’ouvrir une connexion à l’hôte", "sur le port "},
	{"Conectándose a ", "No se puede abrir la conexión al host", "en puerto "},
	{"Connessione a ", "Impossibile aprire una connessione con l'host", "sulla porta "},
	{"Conectando-se a ", "Não foi possível abrir conexão com o host", "na porta "},
	{"Verbinding maken met ", "Kan geen verbinding met de host maken", "op poort "},
	{"正在连接", "无法打开到主机的连接", "在端口 "},
	{"正連線到 ", "無法開啟到主機的連線", "在連接埠 "},
	{"接続中: ", "ホストへ接続できませんでした", "ポート番号 "},
	{"연결 대상 ", "호스트에 연결할 수 없습니다", "포트 "},
	{"Подключение к ", "Не удалось открыть подключение к этому узлу", "на порт "},
	{"Łączenie się z ", "Nie można otworzyć połączenia z hostem", "na porcie "},
}

// windowsTelnetMeta knows the texts of telnet.exe. It says nothing when a
// connection stands.
func windowsTelnetMeta(s string) (event, kind) {
	switch {
	case s == "Connection to host lost." || s == "Verbindung zu Host verloren.":
		return happens(event{what: whatClosed, by: "server", form: "windows telnet"})
	case hasPrefixFold(s, "Microsoft Telnet>"):
		return windowsPrompt(strings.TrimSpace(s[len("Microsoft Telnet>"):]))
	case strings.HasPrefix(s, "Welcome to Microsoft Telnet Client"), hasPrefixFold(s, "Escape Character is 'CTRL"),
		s == "Press any key to continue...", s == "Local echo on", s == "Local echo off":
		return noise()
	}
	if s == "Connect Failed!" { // the message box of Windows NT 4
		return happens(event{what: whatFail, result: parsers.ConnectFailed, form: "windows telnet"})
	}
	if strings.HasPrefix(s, "Could not open") || s[0] >= 0x80 || strings.Contains(s, "...") {
		return windowsConnect(s)
	}
	return line()
}

func windowsConnect(s string) (event, kind) {
	for i := range windowsFails {
		w := &windowsFails[i]
		if ev, ok := w.read(s); ok {
			return happens(ev)
		}
	}
	return line()
}

// read reads "Connecting To h...Could not open connection to the host, on
// port 110: Connect failed", either half of it alone too.
func (w *windowsFail) read(s string) (event, bool) {
	ev := event{what: whatFail, result: parsers.ConnectFailed, form: "windows telnet"}
	rest := s
	if hasPrefixFold(s, w.trying) {
		host, more, ok := strings.Cut(s[len(w.trying):], "...")
		if !ok || strings.ContainsAny(host, " \t") {
			return event{}, false
		}
		ev.server = host
		rest = strings.TrimSpace(more)
		if rest == "" {
			ev.what, ev.result = whatTrying, parsers.ConnectUnknown
			return ev, true
		}
	}
	if !strings.HasPrefix(rest, w.failed) {
		return event{}, false
	}
	digits := after(rest, w.port)
	n := 0
	for n < len(digits) && isDigit(digits[n]) {
		n++
	}
	ev.port = portOf(digits[:n])
	if host, _, ok := strings.Cut(rest[len(w.failed):], " "); ok && ev.server == "" && strings.HasSuffix(w.failed, " to ") && host != "host" && host != "the" {
		ev.server = host
	}
	return ev, true
}

// windowsPrompt reads what the user typed at "Microsoft Telnet>".
func windowsPrompt(typed string) (event, kind) {
	words := strings.Fields(typed)
	if len(words) == 0 {
		return noise()
	}
	switch w := strings.ToLower(words[0]); {
	case strings.HasPrefix("open", w) && len(words) > 1:
		ev := event{what: whatCommand, server: words[1], port: 23, form: "windows telnet"}
		if len(words) > 2 {
			ev.port = portOf(words[2])
		}
		return happens(ev)
	case strings.HasPrefix("close", w), strings.HasPrefix("quit", w):
		return happens(event{what: whatClosed, by: "client"})
	}
	return noise()
}
