package eventtext

import (
	"strings"
	"unicode/utf8"

	"kbdiag/parsers"
)

// Event Viewer prints a wrapper in place of a message whose template it cannot
// find, with the insertion strings in it. The wordings are those of NT 4
// ("could not be found. It contains the following insertion string(s): a, b."),
// 2000 to 2003 ("is part of the event: a, b."), Vista and later (one string a
// line) and .NET ("is part of the event:'a', 'b'"), seen in exported logs.

// wrapper is the first sentence of one wording: open, a, then between, b, then
// end. One of a and b is the event's id and the other its source; either may
// be missing.
type wrapper struct {
	open    string
	between string // "" where the sentence names the id alone
	end     string
	source  bool // the source stands first
}

// wrappers are matched without regard to ASCII case and to the kind of blanks.
var wrappers = []wrapper{
	{open: "The description for Event ID", between: "in Source", end: "be found"},
	{open: "The description for Event ID", between: "in Source", end: "be located"},
	{open: "The description for Event ID", between: "from source", end: "cannot be found"},
	{open: "The description for Event ID", end: "be found"},
	{open: "Description for Event ID", between: "in Source", end: "be found"},
	{open: "Description for Event ID", end: "be found"},

	{open: "Die Beschreibung der Ereigniskennung", between: "in", end: "wurde nicht gefunden"},
	{open: "Die Beschreibung für Ereignis-ID", between: "aus der Quelle", end: "wurde nicht gefunden"},
	{open: "Die Beschreibung für Ereignis-ID", between: "aus der Quelle", end: "kann nicht gefunden werden"},
	{open: "Die Beschreibung für Ereignis-ID", between: "in Quelle", end: "nicht gefunden"},
	{open: "Die Beschreibung für die Ereignis-ID", between: "aus der Quelle", end: "wurde nicht gefunden"},
	{open: "Die Beschreibung für die Ereignis-ID", between: "in der Quelle", end: "nicht gefunden"},
	{open: "Die Beschreibung zu Ereigniskennung", between: "in", end: "wurde nicht gefunden"},

	{open: "La description de l'ID d'événement", between: "dans la source", end: "est introuvable"},
	{open: "La description de l'ID d'événement", between: "dans la source", end: "n'a pas été trouvée"},
	{open: "La description de l'ID d'événement", between: "de la source", end: "est introuvable"},
	{open: "La description pour l'ID d'événement", between: "dans la source", end: "est introuvable"},
	{open: "La description pour l'ID d'événement", between: "de la source", end: "est introuvable"},

	{open: "No se encuentra la descripción del id. de evento", between: "en el origen", end: ". "},
	{open: "No se encuentra la descripción del id. de evento", between: "del origen", end: ". "},
	{open: "No se puede encontrar la descripción del Id. de suceso", between: "en el origen", end: ". "},
	{open: "No se puede encontrar la descripción del id. de evento", between: "en el origen", end: ". "},
	{open: "No se puede encontrar la descripción del id. de evento", between: "del origen", end: ". "},
	{open: "No se puede encontrar la descripción para Id. de suceso", between: "en el origen", end: ". "},
	{open: "No se encontró la descripción del id. de evento", between: "del origen", end: ". "},
	{open: "No se encontró la descripción del id. de evento", between: "en el origen", end: ". "},

	{open: "Impossibile trovare la descrizione per l'ID evento", between: "nell'origine", end: ". "},
	{open: "Impossibile trovare la descrizione per l'ID evento", between: "dall'origine", end: ". "},
	{open: "Impossibile trovare la descrizione dell'ID evento", between: "dall'origine", end: ". "},
	{open: "Impossibile trovare la descrizione relativa all'ID evento", between: "nell'origine", end: ". "},

	{open: "Não é possível encontrar a descrição da Identificação de Evento", between: "na Fonte", end: ". "},
	{open: "Não é possível encontrar a descrição da ID de evento", between: "da origem", end: ". "},
	{open: "Não é possível encontrar a descrição da identificação do evento", between: "na origem", end: ". "},
	{open: "A descrição da ID do evento", between: "da origem", end: "não pode ser encontrada"},
	{open: "A descrição da Identificação do Evento", between: "na Origem", end: "não pode ser encontrada"},

	{open: "Не найдено описание для события с кодом", between: "в источнике", end: ". "},
	{open: "Не удается найти описание для идентификатора события", between: "из источника", end: ". "},
	{open: "Не удалось найти описание для идентификатора события", between: "из источника", end: ". "},
	{open: "Не удается найти описание для события с кодом", between: "в источнике", end: ". "},

	{open: "事件 ID", between: "的描述(在资源", end: "中)无法找到"},
	{open: "事件 ID", between: "的描述（在资源", end: "中）无法找到"},
	{open: "无法找到来自源", between: "的事件 ID", end: "的描述", source: true},
	{open: "找不到来自源", between: "的事件 ID", end: "的描述", source: true},
	{open: "找不到來自來源", between: "的事件識別碼", end: "的描述", source: true},

	{open: "ソース", between: "からのイベント ID", end: "の説明が見つかりません", source: true},
	{open: "ソース", between: "のイベント ID", end: "の説明が見つかりません", source: true},
	{open: "イベント ID", between: "(ソース", end: "に関する説明が見つかりません"},
	{open: "イベント ID", between: "（ソース", end: "に関する説明が見つかりません"},
	{open: "イベント ID", between: "(ソース", end: "の説明が見つかりません"},

	{open: "원본", between: "의 이벤트 ID", end: "에 대한 설명을 찾을 수 없습니다", source: true},
}

// beforeStrings are the words that stand right before the insertion strings.
var beforeStrings = []string{
	"insertion string(s):", "insertion strings:", "insertion string(s),", "insertion string:", "insertion string(s)", "insertion string",
	"is part of the event:", "was included with the event:",
	"Ereignisinformationen:", "Die folgenden Informationen sind Teil des Ereignisses:",
	"Die folgenden Informationen wurden mit dem Ereignis gespeichert:",
	"Die folgenden Informationen sind in diesem Ereignis enthalten:",
	"Folgende Informationen wurden mit dem Ereignis gespeichert:",
	"Die folgenden Informationen waren in dem Ereignis enthalten:",
	"font partie de l'événement :", "font partie de l'événement:",
	"incluses avec l'événement :", "incluses avec l'événement:", "incluses dans l'événement :",
	"es parte del evento:", "es parte del suceso:", "información con el evento:", "forma parte del evento:",
	"sono parte dell'evento:", "incluse con l'evento:", "fanno parte dell'evento:", "incluse le informazioni seguenti:",
	"é parte do evento:", "incluídas com o evento:", "incluídas no evento:", "fazem parte do evento:",
	"содержится следующая информация:", "были добавлены следующие сведения:", "содержатся следующие сведения:",
	"是事件的一部分:", "是事件的一部分：", "包含在事件中的信息:", "包含在事件中的信息：", "包含於事件的資訊:",
	"はイベントの一部です:", "はイベントの一部です：", "次の情報が含まれています:", "次の情報が含まれています：", "以下の情報が含まれています:",
	"다음 정보가 포함되어 있습니다:", "이벤트에 포함된 정보는 다음과 같습니다:",
}

// afterStrings begin the sentence that Vista and later print behind the
// strings: why the message could not be had.
var afterStrings = []string{
	"The message resource is present", "The specified resource", "The locale specific resource",
	"The locale-specific resource", "The publisher has been disabled", "The handle is invalid",
	"The system cannot find the file specified", "The data is invalid",
	"For more information, see Help and Support",
	"Die Meldungsressource ist vorhanden", "Der angegebene Ressourcentyp", "Die gebietsschemaspezifische Ressource",
	"La ressource de message est présente", "La ressource du message est présente", "Le type de ressource spécifié",
	"El recurso de mensaje está presente", "El recurso del mensaje está presente", "No se encuentra el tipo de recurso",
	"La risorsa messaggio è presente", "La risorsa del messaggio è presente",
	"O recurso da mensagem está presente", "O recurso de mensagem está presente",
	"Ресурс сообщения", "Отсутствует ресурс", "Не найден указанный тип ресурса",
	"消息资源存在", "メッセージ リソースが存在しますが", "メッセージ リソースは存在しますが", "指定されたリソース",
	"메시지 리소스가 있지만",
}

// noMessage are what tools print in place of a message, without its strings.
var noMessage = []string{"N/A", "Message text not available"}

// maxSentence bounds the search for the end of a wrapper's first sentence, in
// bytes.
const maxSentence = 600

// maxOpening is longer than the opening of any wrapper, in bytes.
const maxOpening = 160

// unwrapDescription recognises the wrapper that stands in place of a message
// that could not be found. The insertion strings go to e.Strings, id and
// source are set if they were unknown, and the message becomes unknown: its
// words say nothing of the event. It reports whether the message was lost.
//
// Strings are joined by ", " without quotes in most wordings, so one that has
// a comma in it comes back in pieces.
func unwrapDescription(e *parsers.Event) bool {
	if !e.Has(parsers.FieldMessage) {
		return false
	}
	msg := trimBlanks(e.Message)
	if !maybeWrapped(msg) {
		return false
	}
	if msg == "" || strings.EqualFold(msg, noMessage[0]) {
		return loseMessage(e, nil, false)
	}
	if _, ok := matchLoose(msg, noMessage[1]); ok {
		list, found := stringsAfter(msg)
		return loseMessage(e, list, found)
	}
	w, ok := parseWrapper(msg)
	if !ok {
		return false
	}
	if w.hasID && !e.Has(parsers.FieldID) {
		e.SetID(w.id)
	}
	if w.source != "" && (!e.Has(parsers.FieldProvider) || e.Provider == "") {
		e.Set(parsers.FieldProvider, w.source)
	}
	return loseMessage(e, w.strings, w.hasStrings)
}

func loseMessage(e *parsers.Event, list []string, found bool) bool {
	e.Message = ""
	e.Known &^= parsers.FieldMessage
	if found && !e.Has(parsers.FieldStrings) {
		e.Strings = list
		e.Known |= parsers.FieldStrings
	}
	return true
}

// maybeWrapped spares nearly all messages the search: it looks at the first
// letter alone.
func maybeWrapped(msg string) bool {
	if msg == "" {
		return true
	}
	switch msg[0] {
	case 'T', 't':
		return len(msg) > 4 && (msg[4] == 'd' || msg[4] == 'D')
	case 'D', 'd':
		return len(msg) > 4 && (msg[4] == 'B' || msg[4] == 'b' || msg[4] == 'r')
	case 'A': // "A descrição", not "An account"
		return len(msg) > 2 && lowerASCII(msg[2]) == 'd'
	case 'I':
		return len(msg) > 1 && lowerASCII(msg[1]) == 'm'
	case 'M', 'm':
		return len(msg) > 1 && lowerASCII(msg[1]) == 'e'
	case 'L', 'N', 'n':
		return true
	}
	return msg[0] >= 0x80
}

// wrapped is what a wrapper says.
type wrapped struct {
	id         uint32
	hasID      bool
	source     string
	strings    []string
	hasStrings bool // the strings are told, be it that there are none
	elided     bool // an ellipsis stands in place of the strings: an example
}

// parseWrapper reads a wrapper that text begins with.
func parseWrapper(text string) (wrapped, bool) {
	head := foldApostrophe(text[:min(len(text), maxOpening)])
	folded := ""
	for i := range wrappers {
		if _, ok := matchLoose(head, wrappers[i].open); !ok {
			continue
		}
		if folded == "" {
			folded = foldApostrophe(text)
		}
		if r, ok := wrappers[i].read(folded); ok {
			return r, true
		}
	}
	return wrapped{}, false
}

func (w *wrapper) read(text string) (wrapped, bool) {
	var r wrapped
	n, ok := matchLoose(text, w.open)
	if !ok {
		return r, false
	}
	rest := text[n:]
	head := rest[:min(len(rest), maxSentence)]
	a, b := head, ""
	if w.between != "" {
		i, j := indexLoose(head, w.between)
		if i < 0 {
			return r, false
		}
		a, b = head[:i], head[j:]
		head = b
	}
	i, _ := indexLoose(head, w.end)
	if i < 0 {
		return r, false
	}
	if w.between == "" {
		a = a[:i]
	} else {
		b = b[:i]
	}
	if w.source {
		a, b = b, a
	}
	if f := strings.Fields(unquote(a)); len(f) > 0 {
		r.id, r.hasID = idNumber(unquote(f[0]))
	}
	r.source = unquoteSource(b)
	r.strings, r.hasStrings = stringsAfter(rest)
	r.elided = len(r.strings) == 1 && strings.Trim(r.strings[0], ".… ") == "" && r.strings[0] != ""
	return r, true
}

// unquote takes brackets, quotes and blanks off both ends.
func unquote(s string) string {
	return strings.Trim(s, " \t\r\n()（）'\"“”„«»‘’\u00a0:")
}

// unquoteSource is unquote for a source, behind which "could not" may stand.
func unquoteSource(s string) string {
	s = strings.TrimSpace(s)
	for _, tail := range []string{"could not", "can not", "cannot", "may not", ","} {
		if len(s) >= len(tail) && strings.EqualFold(s[len(s)-len(tail):], tail) {
			s = strings.TrimSpace(s[:len(s)-len(tail)])
		}
	}
	return strings.Join(strings.Fields(unquote(s)), " ")
}

// stringsAfter finds the insertion strings in the rest of a wrapper.
func stringsAfter(rest string) ([]string, bool) {
	for _, p := range beforeStrings {
		if _, j := indexLoose(rest, p); j >= 0 {
			return splitStrings(rest[j:]), true
		}
	}
	return nil, false
}

// splitStrings takes apart what stands behind the words that introduce the
// insertion strings.
func splitStrings(s string) []string {
	s = cutReason(s)
	trimmed := strings.TrimSpace(s)
	if trimmed == "" || trimmed == "." || trimmed == "。" {
		return nil
	}
	if trimmed[0] == '\'' {
		if list, ok := splitQuoted(trimmed); ok {
			return list
		}
	}
	// Vista and later: an empty line, then one string a line.
	if body := strings.TrimLeft(s, " \t\r"); strings.HasPrefix(body, "\n") {
		return splitLines(trimmed)
	}
	return splitCommas(strings.TrimLeft(s, " \t\r"))
}

// cutReason takes off the sentence behind the strings.
func cutReason(s string) string {
	for _, p := range afterStrings {
		if i, _ := indexLoose(s, p); i >= 0 {
			s = s[:i]
		}
	}
	return s
}

// splitQuoted reads 'a', 'b'. A quote inside a string is not doubled, so a
// string ends where quote, comma and quote follow one another.
func splitQuoted(s string) ([]string, bool) {
	s = strings.TrimSuffix(strings.TrimSuffix(s, "."), "。")
	if len(s) < 2 || s[len(s)-1] != '\'' {
		return nil, false
	}
	s = s[1 : len(s)-1]
	if strings.Contains(s, "', '") {
		return strings.Split(s, "', '"), true
	}
	return strings.Split(s, "','"), true
}

func splitLines(s string) []string {
	var list []string
	for _, l := range strings.Split(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			list = append(list, l)
		}
	}
	return list
}

func splitCommas(s string) []string {
	s = strings.TrimRight(s, " \t\r\n")
	if strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "..") {
		s = s[:len(s)-1]
	}
	s = strings.TrimSuffix(s, "。")
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
	sep := ", "
	if !strings.Contains(s, sep) && strings.Contains(s, "; ") {
		sep = "; "
	}
	list := strings.Split(s, sep)
	for i, v := range list {
		list[i] = strings.TrimSpace(v)
	}
	return list
}

// idNumber reads an event id: decimal up to 32 bits, or hexadecimal after 0x.
func idNumber(s string) (uint32, bool) {
	base, digits := uint64(10), s
	if len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' {
		base, digits = 16, s[2:]
	}
	if digits == "" || len(digits) > 10 {
		return 0, false
	}
	var v uint64
	for i := 0; i < len(digits); i++ {
		d := hexDigit(digits[i])
		if uint64(d) >= base {
			return 0, false
		}
		v = v*base + uint64(d)
	}
	return uint32(v), v <= 1<<32-1
}

// hexDigit gives the value of a hexadecimal digit, 255 if it is none.
func hexDigit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 255
}

// matchLoose reports whether s begins with phrase, and how long it is there.
// ASCII letters match in either case, and a blank matches any number of blanks
// and line ends, so that wrapped text matches too.
func matchLoose(s, phrase string) (int, bool) {
	i := 0
	for p := 0; p < len(phrase); p++ {
		c := phrase[p]
		if c == ' ' {
			n := blanks(s[i:])
			if n == 0 {
				return 0, false
			}
			i += n
			continue
		}
		if i >= len(s) || lowerASCII(s[i]) != lowerASCII(c) {
			return 0, false
		}
		i++
	}
	return i, true
}

// indexLoose finds the first place where phrase matches loosely; -1 if none.
func indexLoose(s, phrase string) (start, end int) {
	first := lowerASCII(phrase[0])
	for i := 0; i < len(s); i++ {
		if lowerASCII(s[i]) != first || s[i] >= 0x80 && !utf8.RuneStart(s[i]) {
			continue
		}
		if n, ok := matchLoose(s[i:], phrase); ok {
			return i, i + n
		}
	}
	return -1, -1
}

// blanks is the length of the blanks and line ends that s begins with.
func blanks(s string) int {
	i := 0
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r') {
		i++
	}
	return i
}

func lowerASCII(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c | 0x20
	}
	return c
}
