package eventtext

import "strings"

// field is what a label announces.
type field uint8

const (
	noField field = iota
	idField
	sourceField
	levelField // Type or Level
	categoryField
	logField
	dateField // with or without the time of day
	timeField
	userField
	hostField
	keywordsField
	otherField // known, of no use: opcode, user name
	textField  // the description
	dataField  // the binary data
	xmlField
	fieldCount
)

// fieldSet is a set of fields, by 1 << field.
type fieldSet uint32

func (s fieldSet) has(f field) bool { return s&(1<<f) != 0 }

// count is the number of fields in s.
func (s fieldSet) count() int {
	n := 0
	for ; s != 0; s &= s - 1 {
		n++
	}
	return n
}

// generation says which program prints a label.
type generation uint8

const (
	gen2000  generation = 1 << iota // clipboard of 2000, XP and 2003
	genVista                        // clipboard of Vista and later
	genPlain                        // people, articles, tools
	genBare                         // one word that says little by itself
)

// label is one label of an event in text form.
type label struct {
	field field
	gen   generation // all that print it
	lang  string     // BCP 47; "" if several languages share it
}

// labelWords are the labels that Event Viewer copies to the clipboard, by
// language, in the order of the clipboard: of 2000, XP and 2003 the type,
// source, category, id, date, time, user, computer, description, data; of
// Vista and later the log, source, date, id, task category, level, keywords,
// user, computer, description, XML. Spellings are separated by |. English,
// German, Spanish, Russian, Chinese and Japanese were seen in real text; the
// others are from the localised Event Viewers' own words.
var labelWords = []struct {
	lang  string
	old   [10]string
	vista [11]string
}{
	{"en",
		[10]string{"Event Type", "Event Source", "Event Category", "Event ID", "Date", "Time", "User", "Computer", "Description", "Data"},
		[11]string{"Log Name", "Source", "Date", "Event ID", "Task Category", "Level", "Keywords", "User", "Computer", "Description", "Event Xml"}},
	{"de",
		[10]string{"Ereignistyp", "Ereignisquelle", "Ereigniskategorie", "Ereigniskennung|Ereignis-ID|Ereigniskennnung|Ereignis ID", "Datum", "Zeit|Uhrzeit", "Benutzer", "Computer", "Beschreibung", "Daten"},
		[11]string{"Protokollname", "Quelle", "Datum", "Ereignis-ID", "Aufgabenkategorie|Taskkategorie|Aufgabe Kategorie|Kategorie der Aufgabe", "Ebene|Stufe", "Schlüsselwörter", "Benutzer", "Computer", "Beschreibung", "Ereignis-XML|Ereignis-Xml"}},
	{"es",
		[10]string{"Tipo de suceso|Tipo de evento|Tipo del evento", "Origen del suceso|Origen de suceso|Origen del evento|Origen de evento", "Categoría del suceso|Categoría de suceso|Categoría del evento|Categoría de evento", "Id. suceso|Id. de suceso|Id. del suceso|Id. evento|Id. de evento|Id. del evento|ID de suceso|ID de evento|ID del evento|Id de evento|Id del evento|Id. de sucesos|Identificador de suceso|Identificador de evento", "Fecha", "Hora", "Usuario", "Equipo", "Descripción", "Datos"},
		[11]string{"Nombre de registro|Nombre del registro", "Origen", "Fecha", "Id. del evento|Id. de evento|ID. de evento|Identificador del evento|Identificador de evento", "Categoría de la tarea|Categoría de tarea", "Nivel", "Palabras clave", "Usuario", "Equipo", "Descripción", "XML de evento|XML del evento"}},
	{"fr",
		[10]string{"Type de l'événement|Type d'événement|Type de l'évènement|Type d'évènement", "Source de l'événement|Source d'événement|Source de l'évènement", "Catégorie de l'événement|Catégorie d'événement|Catégorie de l'évènement", "ID de l'événement|ID d'événement|ID événement|Id. de l'événement|ID de l'évènement|Identificateur de l'événement", "Date", "Heure", "Utilisateur", "Ordinateur", "Description", "Données"},
		[11]string{"Nom du journal|Nom de journal", "Source", "Date", "ID de l'événement|ID d'événement|ID d'évènement|ID de l'évènement", "Catégorie de la tâche|Catégorie de tâche", "Niveau", "Mots clés|Mots-clés", "Utilisateur", "Ordinateur", "Description", "XML de l'événement|Événement XML"}},
	{"it",
		[10]string{"Tipo evento|Tipo di evento", "Origine evento|Origine dell'evento", "Categoria evento|Categoria dell'evento", "ID evento|Id evento", "Data", "Ora", "Utente", "Computer", "Descrizione", "Dati"},
		[11]string{"Nome registro|Nome log|Nome del log|Nome del registro", "Origine", "Data", "ID evento", "Categoria attività", "Livello", "Parole chiave", "Utente", "Computer", "Descrizione", "XML evento|Xml evento"}},
	{"ru",
		[10]string{"Тип события", "Источник события", "Категория события", "Код события|Код (ID) события|ИД события", "Дата", "Время", "Пользователь", "Компьютер", "Описание", "Данные"},
		[11]string{"Имя журнала", "Источник", "Дата", "Код события|Идентификатор события|ИД события", "Категория задачи|Категория задач", "Уровень", "Ключевые слова", "Пользователь", "Компьютер", "Описание", "Xml события"}},
	{"zh-CN", // the label of the time is a slip in the Chinese XP
		[10]string{"事件类型", "事件来源", "事件种类|事件类别", "事件 ID|事件ID", "日期", "时间|事件", "用户", "计算机", "描述", "数据"},
		[11]string{"日志名称|日志名", "来源", "日期", "事件 ID|事件ID", "任务类别", "级别", "关键字", "用户", "计算机", "描述", "事件 Xml|事件Xml"}},
	{"zh-TW",
		[10]string{"事件類型", "事件來源", "事件類別目錄|事件類別", "事件識別碼", "日期", "時間", "使用者", "電腦", "描述", "資料"},
		[11]string{"記錄檔名稱|記錄名稱", "來源", "日期", "事件識別碼|事件 ID|事件ID", "工作類別", "等級|層級", "關鍵字", "使用者", "電腦", "描述|說明", "事件 Xml"}},
	{"ja",
		[10]string{"イベントの種類|イベントのタイプ", "イベント ソース|イベントソース|イベントのソース", "イベント カテゴリ|イベントカテゴリ|イベントのカテゴリ|イベント カテゴリー", "イベント ID|イベントID|イベント ＩＤ", "日付", "時刻|時間", "ユーザー|ユーザ", "コンピュータ|コンピューター|コンピュータ名", "説明", "データ"},
		[11]string{"ログの名前|ログ名", "ソース", "日付", "イベント ID|イベントID", "タスクのカテゴリ", "レベル", "キーワード", "ユーザー", "コンピューター", "説明", "イベント XML|イベント Xml"}},
	{"pt",
		[10]string{"Tipo de evento|Tipo do evento", "Fonte de evento|Fonte do evento|Origem do evento|Origem de evento", "Categoria do evento|Categoria de evento", "Identificação do evento|Identificação de evento|ID do evento|ID de evento|Id. do evento", "Data", "Hora", "Usuário|Utilizador", "Computador", "Descrição", "Dados"},
		[11]string{"Nome do log|Nome do registo|Nome de registo", "Fonte|Origem", "Data", "Identificação do evento|ID do evento|ID de evento", "Categoria da tarefa|Categoria de tarefa", "Nível", "Palavras-chave", "Usuário|Utilizador", "Computador", "Descrição", "XML de evento|XML do evento"}},
	{"nl",
		[10]string{"Type gebeurtenis|Gebeurtenistype", "Bron van gebeurtenis|Gebeurtenisbron", "Categorie van gebeurtenis|Gebeurteniscategorie", "Gebeurtenis-ID|Gebeurtenis ID", "Datum", "Tijd", "Gebruiker", "Computer", "Beschrijving|Omschrijving", "Gegevens"},
		[11]string{"Logboeknaam", "Bron", "Datum", "Gebeurtenis-ID", "Taakcategorie", "Niveau", "Trefwoorden|Sleutelwoorden", "Gebruiker", "Computer", "Beschrijving", "Gebeurtenis-XML|XML van gebeurtenis"}},
	{"pl",
		[10]string{"Typ zdarzenia", "Źródło zdarzenia", "Kategoria zdarzenia", "Identyfikator zdarzenia", "Data", "Godzina|Czas", "Użytkownik", "Komputer", "Opis", "Dane"},
		[11]string{"Nazwa dziennika", "Źródło", "Data", "Identyfikator zdarzenia", "Kategoria zadania", "Poziom", "Słowa kluczowe", "Użytkownik", "Komputer", "Opis", "Kod XML zdarzenia|Zdarzenie Xml"}},
	{"sv",
		[10]string{"Händelsetyp", "Händelsekälla", "Händelsekategori", "Händelse-ID", "Datum", "Tid|Klockslag", "Användare", "Dator", "Beskrivning", "Data"},
		[11]string{"Loggnamn", "Källa", "Datum", "Händelse-ID", "Aktivitetskategori|Uppgiftskategori", "Nivå", "Nyckelord", "Användare", "Dator", "Beskrivning", "Händelse-XML"}},
	{"da",
		[10]string{"Hændelsestype", "Hændelseskilde", "Hændelseskategori", "Hændelses-ID", "Dato", "Klokkeslæt|Tidspunkt", "Bruger", "Computer", "Beskrivelse", "Data"},
		[11]string{"Lognavn|Logfilens navn", "Kilde", "Dato", "Hændelses-ID", "Opgavekategori", "Niveau", "Nøgleord", "Bruger", "Computer", "Beskrivelse", "Hændelses-XML"}},
	{"nb",
		[10]string{"Hendelsestype", "Hendelseskilde", "Hendelseskategori", "Hendelses-ID", "Dato", "Klokkeslett", "Bruker", "Datamaskin", "Beskrivelse", "Data"},
		[11]string{"Loggnavn", "Kilde", "Dato", "Hendelses-ID", "Oppgavekategori", "Nivå", "Nøkkelord", "Bruker", "Datamaskin", "Beskrivelse", "Hendelse-XML"}},
	{"cs",
		[10]string{"Typ události", "Zdroj události", "Kategorie události", "ID události|Kód události|Identifikátor události", "Datum", "Čas", "Uživatel", "Počítač", "Popis", "Data"},
		[11]string{"Název protokolu", "Zdroj", "Datum", "ID události", "Kategorie úlohy|Kategorie úkolu", "Úroveň", "Klíčová slova", "Uživatel", "Počítač", "Popis", "Kód XML události|XML události"}},
	{"ko",
		[10]string{"이벤트 형식|이벤트 유형|이벤트 종류", "이벤트 원본", "이벤트 범주", "이벤트 ID", "날짜", "시간", "사용자", "컴퓨터", "설명", "데이터"},
		[11]string{"로그 이름", "원본", "날짜", "이벤트 ID", "작업 범주|작업 카테고리", "수준", "키워드", "사용자", "컴퓨터", "설명", "이벤트 Xml"}},
	{"hu",
		[10]string{"Esemény típusa|Eseménytípus", "Esemény forrása|Eseményforrás", "Esemény kategóriája|Eseménykategória", "Eseményazonosító|Esemény azonosítója", "Dátum", "Idő|Időpont", "Felhasználó", "Számítógép", "Leírás", "Adatok"},
		[11]string{"Naplónév|Napló neve", "Forrás", "Dátum", "Eseményazonosító", "Feladatkategória|Feladat kategóriája", "Szint", "Kulcsszavak", "Felhasználó", "Számítógép", "Leírás", "Esemény XML|Esemény XML-kódja"}},
	{"tr",
		[10]string{"Olay Türü", "Olay Kaynağı", "Olay Kategorisi", "Olay Kimliği|Olay No", "Tarih", "Saat", "Kullanıcı", "Bilgisayar", "Açıklama", "Veri"},
		[11]string{"Günlük Adı", "Kaynak", "Tarih", "Olay Kimliği|Etkinlik Kimliği|Etkinlik Id|Olay Id", "Görev Kategorisi", "Düzey", "Anahtar Sözcükler|Anahtar Kelimeler", "Kullanıcı", "Bilgisayar", "Açıklama", "Olay Xml"}},
	{"fi",
		[10]string{"Tapahtuman tyyppi|Tapahtumatyyppi", "Tapahtuman lähde", "Tapahtuman luokka", "Tapahtuman tunnus|Tapahtumatunnus", "Päivämäärä", "Aika|Kellonaika", "Käyttäjä", "Tietokone", "Kuvaus", "Tiedot"},
		[11]string{"Lokin nimi", "Lähde", "Päivämäärä", "Tapahtuman tunnus|Tapahtumatunnus", "Tehtävän luokka|Tehtäväluokka", "Taso", "Avainsanat", "Käyttäjä", "Tietokone", "Kuvaus", "Tapahtuman XML"}},
	{"uk",
		[10]string{"Тип події", "Джерело події", "Категорія події", "Код події|Ідентифікатор події", "Дата", "Час", "Користувач", "Комп'ютер", "Опис", "Дані"},
		[11]string{"Ім'я журналу|Назва журналу", "Джерело", "Дата", "Ідентифікатор події|Код події", "Категорія завдання", "Рівень", "Ключові слова", "Користувач", "Комп'ютер", "Опис", "Xml події|XML події"}},
	{"el",
		[10]string{"Τύπος συμβάντος", "Προέλευση συμβάντος|Πηγή συμβάντος", "Κατηγορία συμβάντος", "Αναγνωριστικό συμβάντος|Κωδικός συμβάντος", "Ημερομηνία", "Ώρα", "Χρήστης", "Υπολογιστής", "Περιγραφή", "Δεδομένα"},
		[11]string{"Όνομα αρχείου καταγραφής|Όνομα καταγραφής", "Προέλευση|Πηγή", "Ημερομηνία", "Αναγνωριστικό συμβάντος", "Κατηγορία εργασίας", "Επίπεδο", "Λέξεις-κλειδιά|Λέξεις κλειδιά", "Χρήστης", "Υπολογιστής", "Περιγραφή", "Xml συμβάντος"}},
	{"ro",
		[10]string{"Tip eveniment", "Sursă eveniment|Sursa evenimentului", "Categorie eveniment", "ID eveniment|Identificator eveniment", "Data|Dată", "Oră|Ora", "Utilizator", "Computer", "Descriere", "Date binare"},
		[11]string{"Nume jurnal", "Sursă|Sursa", "Dată|Data", "ID eveniment", "Categorie activitate|Categorie sarcină", "Nivel", "Cuvinte cheie", "Utilizator", "Computer", "Descriere", "Xml eveniment"}},
	{"sk",
		[10]string{"Typ udalosti", "Zdroj udalosti", "Kategória udalosti", "Identifikácia udalosti|ID udalosti|Identifikátor udalosti", "Dátum", "Čas", "Používateľ", "Počítač", "Popis", "Údaje"},
		[11]string{"Názov denníka", "Zdroj", "Dátum", "Identifikácia udalosti|ID udalosti", "Kategória úlohy", "Úroveň", "Kľúčové slová", "Používateľ", "Počítač", "Popis", "Xml udalosti"}},
	{"bg",
		[10]string{"Тип на събитието", "Източник на събитието", "Категория на събитието", "ИД на събитие", "Дата", "Час", "Потребител", "Компютър", "Описание", "Данни"},
		[11]string{"Име на регистрационния файл|Име на дневника", "Източник", "Дата", "ИД на събитие", "Категория на задачата", "Ниво", "Ключови думи", "Потребител", "Компютър", "Описание", "Xml на събитието"}},
	{"hr",
		[10]string{"Vrsta događaja", "Izvor događaja", "Kategorija događaja", "ID događaja", "Datum", "Vrijeme", "Korisnik", "Računalo", "Opis", "Podaci"},
		[11]string{"Naziv zapisnika", "Izvor", "Datum", "ID događaja", "Kategorija zadatka", "Razina", "Ključne riječi", "Korisnik", "Računalo", "Opis", "Xml događaja"}},
	{"ar",
		[10]string{"نوع الحدث", "مصدر الحدث", "فئة الحدث", "معرف الحدث", "التاريخ", "الوقت", "المستخدم", "الكمبيوتر", "الوصف", "البيانات"},
		[11]string{"اسم السجل", "المصدر", "التاريخ", "معرف الحدث", "فئة المهمة", "المستوى", "الكلمات الأساسية", "المستخدم", "الكمبيوتر", "الوصف", "Xml الحدث"}},
	{"he",
		[10]string{"סוג אירוע", "מקור אירוע", "קטגוריית אירוע", "מזהה אירוע", "תאריך", "שעה", "משתמש", "מחשב", "תיאור", "נתונים"},
		[11]string{"שם יומן רישום|שם יומן", "מקור", "תאריך", "מזהה אירוע", "קטגוריית משימה", "רמה", "מילות מפתח", "משתמש", "מחשב", "תיאור", "Xml של אירוע"}},
}

// The fields in the order of the clipboards.
var (
	oldOrder   = [10]field{levelField, sourceField, categoryField, idField, dateField, timeField, userField, hostField, textField, dataField}
	vistaOrder = [11]field{logField, sourceField, dateField, idField, categoryField, levelField, keywordsField, userField, hostField, textField, xmlField}
)

// plainWords are the labels that articles, people and wevtutil's text use
// beside those of the clipboards.
var plainWords = []struct {
	field field
	words string
}{
	{idField, "EventID|Event Id|Event|Event No|Event No.|Event #|Event ID#|Event ID #|Event ID No|Event ID No.|Event Code"},
	{sourceField, "Source|Src|Event Src|Source Name|EventSource|SourceName|Provider|Provider Name|Quelle|Origen|Origine"},
	{levelField, "Type|Severity|Level|EventType|Entry Type|Message Type|Typ|Tipo"},
	{categoryField, "Category|EventCategory|Kategorie|Categoría|Catégorie|Categoria|Task"},
	{logField, "Log|Event Log|EventLog|Log File|LogName|Log name"},
	{dateField, "Date and Time|Date/Time|Date & Time|Event Date|TimeGenerated|Logged|Generated"},
	{timeField, "Event Time"},
	{hostField, "Computer Name|ComputerName|Machine|Machine Name|Server|Server Name"},
	{keywordsField, "Keyword"},
	{otherField, "Opcode|OpCode|User Name|More Information"},
	{textField, "Message|Event Description|Description Text|Desc|Message Text|Event Text|Event Message|Text"},
	{dataField, "Data (bytes)|Data (words)|Event Data"},
	{xmlField, "Event XML|EventXml|Event-Xml"},
}

// articleWords are the short labels of articles in languages whose clipboard
// has longer ones.
var articleWords = []struct {
	lang  string
	field field
	words string
}{
	{"ja", levelField, "種類|タイプ"}, {"ja", categoryField, "分類|カテゴリ|カテゴリー"},
	{"zh-CN", levelField, "类型"}, {"zh-CN", categoryField, "类别"},
	{"zh-TW", levelField, "類型"}, {"zh-TW", categoryField, "類別"},
	{"ko", levelField, "유형|종류|형식"}, {"ko", categoryField, "범주|카테고리"},
	{"ru", levelField, "Тип"}, {"ru", categoryField, "Категория"},
	{"cs", categoryField, "Kategorie"}, {"pl", categoryField, "Kategoria"}, {"hu", levelField, "Típus"}, {"hu", categoryField, "Kategória"},
	{"nl", categoryField, "Categorie"}, {"tr", levelField, "Tür"}, {"tr", categoryField, "Kategori"},
	// The page of one event in Event Viewer, and the text of wevtutil.
	{"de", dateField, "Protokolliert|Datum und Uhrzeit"}, {"fr", dateField, "Connecté|Date et heure"}, {"es", dateField, "Registrado|Fecha y hora"},
	{"it", dateField, "Registrato|Data e ora"}, {"pt", dateField, "Registrado|Data e hora|Data/Hora"}, {"ru", dateField, "Дата и время"},
	{"ja", dateField, "日時|ログの日付|日付と時刻"}, {"zh-CN", dateField, "记录时间|日期和时间"}, {"zh-TW", dateField, "已記錄|日期和時間"}, {"ko", dateField, "로그된 날짜|날짜 및 시간"},
	{"nl", dateField, "Vastgelegd|Datum en tijd"}, {"pl", dateField, "Zarejestrowano|Data i godzina"}, {"sv", dateField, "Loggat"},
	{"de", keywordsField, "Schlüsselwort"}, {"fr", keywordsField, "Mot clé|Mot-clé"}, {"es", keywordsField, "Palabra clave"}, {"it", keywordsField, "Parola chiave"},
	{"pt", keywordsField, "Palavra-chave"}, {"ru", keywordsField, "Ключевое слово"},
	// What people and scripts put before the text of an event.
	{"de", textField, "Meldung|Nachricht"}, {"es", textField, "Mensaje"}, {"it", textField, "Messaggio"}, {"pt", textField, "Mensagem"}, {"ru", textField, "Сообщение"},
	{"ja", textField, "メッセージ"}, {"zh-CN", textField, "消息"}, {"zh-TW", textField, "訊息"}, {"ko", textField, "메시지"}, {"pl", textField, "Komunikat"},
	{"cs", textField, "Zpráva"}, {"nl", textField, "Bericht"}, {"sv", textField, "Meddelande"},
}

// labelTable has every label as printed and folded by foldLabel.
var labelTable = makeLabelTable()

// labelPairs marks the first two bytes of all labels, in either case: a cheap
// test that nearly all lines of a description fail.
var labelPairs = makeLabelPairs()

func makeLabelTable() map[string]label {
	t := make(map[string]label, 2048)
	add := func(words string, f field, g generation, lang string) {
		for _, w := range strings.Split(words, "|") {
			for _, key := range []string{w, foldLabel(w)} {
				l, seen := t[key]
				switch {
				case !seen:
					l = label{f, g, lang}
				case l.field != f: // "Data" is a date in Italian, Portuguese and Polish
					l.gen |= g
				default:
					l.gen |= g
					if l.lang != lang {
						l.lang = ""
					}
				}
				t[key] = l
			}
		}
	}
	for _, w := range labelWords {
		for i, words := range w.old {
			add(words, oldOrder[i], gen2000, w.lang)
		}
		for i, words := range w.vista {
			add(words, vistaOrder[i], genVista, w.lang)
		}
	}
	for _, w := range plainWords {
		add(w.words, w.field, genPlain, "en")
	}
	for _, w := range articleWords {
		add(w.words, w.field, genPlain, w.lang)
	}
	add("ID|Id", idField, genBare, "")
	for key := range t { // one label in another case is the same label
		t[key] = t[foldLabel(key)]
	}
	return t
}

func makeLabelPairs() *[1 << 16]bool {
	var t [1 << 16]bool
	for key := range labelTable {
		t[int(key[0])<<8|int(key[1])] = true
		if a, b := lowerASCII(key[0]), lowerASCII(key[1]); a < 0x80 {
			for _, x := range []byte{a, upperASCII(a)} {
				for _, y := range []byte{b, upperASCII(b)} {
					t[int(x)<<8|int(y)] = true
				}
			}
		}
	}
	return &t
}

func upperASCII(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c &^ 0x20
	}
	return c
}

// maxLabel is longer than any label with its blanks, in bytes.
const maxLabel = 64

// foldLabel gives the form in which labels compare: lower case, plain
// apostrophes, single blanks, one letter for the two small sigmas.
func foldLabel(s string) string {
	s = strings.ToLower(foldApostrophe(s))
	if strings.Contains(s, "ς") { // which Σ at the end of a word does not become
		s = strings.ReplaceAll(s, "ς", "σ")
	}
	if strings.Contains(s, "  ") || strings.IndexByte(s, '\t') >= 0 {
		s = strings.Join(strings.Fields(s), " ")
	}
	return s
}

// labelByte marks the ASCII bytes that may stand in a label or in the blanks
// behind it.
var labelByte = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= 0x80 || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' ||
			c == ' ' || c == '\t' || c == '-' || c == '.' || c == '\'' || c == '(' || c == ')' || c == '#' || c == '&' || c == '/' || c == '*' || c == '`'
	}
	return t
}()

// labelAt reads a label with its separator (a colon of either width, or "=")
// from the beginning of s, and gives where its value begins.
func labelAt(s string) (l label, value int, ok bool) {
	if len(s) < 3 || !labelPairs[int(s[0])<<8|int(s[1])] {
		return l, 0, false
	}
	n := min(len(s), maxLabel)
	i := 2
	for i < n && labelByte[s[i]] {
		if s[i] == 0xEF && i+2 < len(s) && s[i+1] == 0xBC && s[i+2] == 0x9A { // "："
			break
		}
		i++
	}
	if i >= n {
		return l, 0, false
	}
	switch s[i] {
	case ':', '=':
		value = i + 1
	case 0xEF:
		value = i + 3
	default:
		return l, 0, false
	}
	l, ok = findLabel(s[:i])
	return l, value, ok
}

// EnglishLabel gives the name that the English Event Viewer has for what a
// label of any language announces: "Event ID" for "Ereignis-ID". The label
// stands without its colon. It gives "" if there is no such label.
func EnglishLabel(s string) string {
	if len(s) < 2 || len(s) >= maxLabel {
		return ""
	}
	l, ok := findLabel(s)
	if !ok {
		return ""
	}
	return englishLabels[l.field]
}

var englishLabels = [fieldCount]string{
	idField: "Event ID", sourceField: "Source", levelField: "Level", categoryField: "Task Category", logField: "Log Name",
	dateField: "Date", timeField: "Time", userField: "User", hostField: "Computer", keywordsField: "Keywords", textField: "Description",
}

// findLabel looks up a label without its separator.
func findLabel(key string) (label, bool) {
	for len(key) > 0 && (key[len(key)-1] == ' ' || key[len(key)-1] == '\t' || key[len(key)-1] == '*' || key[len(key)-1] == '`') {
		key = key[:len(key)-1]
	}
	if l, ok := labelTable[key]; ok {
		return l, true
	}
	if len(key) < 2 {
		return label{}, false
	}
	l, ok := labelTable[foldLabel(trimBlanks(key))]
	return l, ok
}
