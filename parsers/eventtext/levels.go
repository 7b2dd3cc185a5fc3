package eventtext

import (
	"strings"

	"kbdiag/parsers"
)

// levelWords are the words for type, level and audit verdict as Event Viewer
// prints them, by language (BCP 47, "" where several languages share them).
// The first of each list is the one in use since Vista; the others are of
// NT 4 to 2003, of Get-EventLog, or spellings seen in exported logs.
var levelWords = []struct {
	lang  string
	level parsers.Level
	words string // separated by |
}{
	{"en", parsers.LevelCritical, "Critical"},
	{"", parsers.LevelError, "Error"}, // en, es
	{"en", parsers.LevelWarning, "Warning"},
	{"", parsers.LevelInformation, "Information"}, // en, de, fr, sv, da
	{"en", parsers.LevelInformation, "Informational|Info|Success"},
	{"en", parsers.LevelVerbose, "Verbose"},
	{"en", parsers.LevelAuditSuccess, "Audit Success|Success Audit|SuccessAudit|Audit_Success"},
	{"en", parsers.LevelAuditFailure, "Audit Failure|Failure Audit|FailureAudit|Audit_Failure"},

	{"de", parsers.LevelCritical, "Kritisch"},
	{"de", parsers.LevelError, "Fehler"},
	{"de", parsers.LevelWarning, "Warnung"},
	{"de", parsers.LevelInformation, "Informationen"},
	{"de", parsers.LevelVerbose, "Ausführlich"},
	{"de", parsers.LevelAuditSuccess, "Überwachung erfolgreich|Überwachung gelungen|Erfolgsüberwachung|Erfolgsüberw.|Erfolgsüberw"},
	{"de", parsers.LevelAuditFailure, "Überwachung gescheitert|Überwachungsfehler|Fehlerüberwachung|Fehlerüberw.|Fehlerüberw|Fehlgeschlagene Überwachung"},

	{"fr", parsers.LevelCritical, "Critique"},
	{"fr", parsers.LevelError, "Erreur"},
	{"fr", parsers.LevelWarning, "Avertissement"},
	{"fr", parsers.LevelInformation, "Informations"},
	{"fr", parsers.LevelVerbose, "Commentaires|Détaillé"},
	{"fr", parsers.LevelAuditSuccess, "Succès de l'audit|Audit des succès|Succès audit|Audit réussi|Succès d'audit"},
	{"fr", parsers.LevelAuditFailure, "Échec de l'audit|Audit des échecs|Échec audit|Échec d'audit|Echec de l'audit|Echec audit"},

	{"", parsers.LevelCritical, "Crítico"}, // es, pt
	{"es", parsers.LevelWarning, "Advertencia"},
	{"es", parsers.LevelInformation, "Información"},
	{"", parsers.LevelVerbose, "Detallado"},
	{"es", parsers.LevelAuditSuccess, "Auditoría correcta|Auditoría de aciertos|Aciertos de auditoría|Acierto de auditoría|Auditoría de acierto|Aciertos|Auditoría satisfactoria"},
	{"es", parsers.LevelAuditFailure, "Error de auditoría|Auditoría de errores|Errores de auditoría|Auditoría de error|Auditoría incorrecta|Auditoría fallida"},

	{"it", parsers.LevelCritical, "Critico|Errore critico"},
	{"it", parsers.LevelError, "Errore"},
	{"it", parsers.LevelWarning, "Avviso"},
	{"it", parsers.LevelInformation, "Informazioni|Informazione"},
	{"it", parsers.LevelVerbose, "Dettagliato"},
	{"it", parsers.LevelAuditSuccess, "Controllo riuscito|Controllo operazioni riuscite|Operazioni riuscite|Operazione riuscita"},
	{"it", parsers.LevelAuditFailure, "Controllo non riuscito|Controllo operazioni non riuscite|Operazioni non riuscite|Operazione non riuscita"},

	{"ru", parsers.LevelCritical, "Критический|Критическая|Критическое|Критическая ошибка"},
	{"ru", parsers.LevelError, "Ошибка"},
	{"ru", parsers.LevelWarning, "Предупреждение"},
	{"ru", parsers.LevelInformation, "Сведения|Уведомление|Информация"},
	{"ru", parsers.LevelVerbose, "Подробности|Подробно|Подробный"},
	{"ru", parsers.LevelAuditSuccess, "Аудит успеха|Аудит успехов|Успешный аудит|Успех аудита"},
	{"ru", parsers.LevelAuditFailure, "Аудит отказа|Аудит отказов|Отказ аудита|Аудит сбоя|Неудачный аудит|Аудит неудачи"},

	{"zh-CN", parsers.LevelCritical, "关键|严重"},
	{"zh-CN", parsers.LevelError, "错误"},
	{"", parsers.LevelWarning, "警告"}, // zh, ja
	{"zh-CN", parsers.LevelInformation, "信息|消息"},
	{"zh-CN", parsers.LevelVerbose, "详细"},
	{"zh-CN", parsers.LevelAuditSuccess, "审核成功|成功审核"},
	{"zh-CN", parsers.LevelAuditFailure, "审核失败|失败审核"},

	{"", parsers.LevelCritical, "重大"}, // zh-TW, ja
	{"zh-TW", parsers.LevelCritical, "嚴重"},
	{"zh-TW", parsers.LevelError, "錯誤"},
	{"zh-TW", parsers.LevelInformation, "資訊"},
	{"zh-TW", parsers.LevelVerbose, "詳細資訊|詳細資料"},
	{"zh-TW", parsers.LevelAuditSuccess, "稽核成功|成功稽核"},
	{"zh-TW", parsers.LevelAuditFailure, "稽核失敗|失敗稽核"},

	{"ja", parsers.LevelCritical, "重要"},
	{"ja", parsers.LevelError, "エラー"},
	{"ja", parsers.LevelInformation, "情報"},
	{"", parsers.LevelVerbose, "詳細"}, // ja, zh-TW
	{"ja", parsers.LevelAuditSuccess, "成功の監査|監査の成功|監査成功|成功監査"},
	{"ja", parsers.LevelAuditFailure, "失敗の監査|監査の失敗|監査失敗|失敗監査"},

	{"pt", parsers.LevelError, "Erro"},
	{"pt", parsers.LevelWarning, "Aviso"},
	{"pt", parsers.LevelInformation, "Informações|Informação"},
	{"pt", parsers.LevelAuditSuccess, "Êxito da auditoria|Sucesso da auditoria|Êxito de auditoria|Sucesso de auditoria|Auditoria com êxito|Auditoria com sucesso|Auditoria bem-sucedida"},
	{"pt", parsers.LevelAuditFailure, "Falha da auditoria|Falha de auditoria|Falha na auditoria|Auditoria com falha|Auditoria com falhas|Auditoria sem êxito"},

	{"nl", parsers.LevelCritical, "Kritiek"},
	{"nl", parsers.LevelError, "Fout"},
	{"nl", parsers.LevelWarning, "Waarschuwing"},
	{"nl", parsers.LevelInformation, "Informatie"},
	{"nl", parsers.LevelVerbose, "Uitgebreid"},
	{"nl", parsers.LevelAuditSuccess, "Controle geslaagd|Geslaagde controle"},
	{"nl", parsers.LevelAuditFailure, "Controle mislukt|Mislukte controle"},

	{"pl", parsers.LevelCritical, "Krytyczny|Krytyczne"},
	{"pl", parsers.LevelError, "Błąd"},
	{"pl", parsers.LevelWarning, "Ostrzeżenie"},
	{"pl", parsers.LevelInformation, "Informacje|Informacja"},
	{"pl", parsers.LevelVerbose, "Pełne|Szczegółowe"},
	{"pl", parsers.LevelAuditSuccess, "Sukcesy inspekcji|Inspekcja sukcesów|Sukces inspekcji"},
	{"pl", parsers.LevelAuditFailure, "Niepowodzenia inspekcji|Inspekcja niepowodzeń|Niepowodzenie inspekcji"},

	{"", parsers.LevelCritical, "Kritisk"}, // sv, da, nb
	{"sv", parsers.LevelCritical, "Kritiskt"},
	{"sv", parsers.LevelError, "Fel"},
	{"sv", parsers.LevelWarning, "Varning"},
	{"sv", parsers.LevelVerbose, "Utförlig|Utförligt"},
	{"sv", parsers.LevelAuditSuccess, "Granskning lyckades|Lyckad granskning"},
	{"sv", parsers.LevelAuditFailure, "Granskning misslyckades|Misslyckad granskning"},

	{"da", parsers.LevelError, "Fejl"},
	{"", parsers.LevelWarning, "Advarsel"}, // da, nb
	{"da", parsers.LevelInformation, "Oplysninger"},
	{"nb", parsers.LevelError, "Feil"},
	{"nb", parsers.LevelInformation, "Informasjon"},

	{"cs", parsers.LevelCritical, "Kritická|Kritický|Kritické"},
	{"cs", parsers.LevelError, "Chyba"},
	{"cs", parsers.LevelWarning, "Upozornění"},
	{"cs", parsers.LevelInformation, "Informace"},
	{"cs", parsers.LevelVerbose, "Podrobné|Podrobný"},
	{"cs", parsers.LevelAuditSuccess, "Úspěšný audit|Audit úspěšných pokusů|Audit úspěchů"},
	{"cs", parsers.LevelAuditFailure, "Neúspěšný audit|Audit neúspěšných pokusů|Audit neúspěchů"},

	{"ko", parsers.LevelCritical, "위험"},
	{"ko", parsers.LevelError, "오류"},
	{"ko", parsers.LevelWarning, "경고"},
	{"ko", parsers.LevelInformation, "정보"},
	{"ko", parsers.LevelVerbose, "자세한 정보|자세히"},
	{"ko", parsers.LevelAuditSuccess, "감사 성공|성공 감사"},
	{"ko", parsers.LevelAuditFailure, "감사 실패|실패 감사"},

	{"hu", parsers.LevelCritical, "Kritikus"},
	{"hu", parsers.LevelError, "Hiba"},
	{"hu", parsers.LevelWarning, "Figyelmeztetés"},
	{"hu", parsers.LevelInformation, "Információ|Információk"},
	{"hu", parsers.LevelAuditSuccess, "Sikeres naplózás"},
	{"hu", parsers.LevelAuditFailure, "Sikertelen naplózás"},

	{"tr", parsers.LevelCritical, "Kritik"},
	{"tr", parsers.LevelError, "Hata"},
	{"tr", parsers.LevelWarning, "Uyarı"},
	{"tr", parsers.LevelInformation, "Bilgi"},
	{"tr", parsers.LevelAuditSuccess, "Denetim Başarılı|Başarı Denetimi"},
	{"tr", parsers.LevelAuditFailure, "Denetim Başarısız|Hata Denetimi"},

	{"fi", parsers.LevelCritical, "Kriittinen"},
	{"fi", parsers.LevelError, "Virhe"},
	{"fi", parsers.LevelWarning, "Varoitus"},
	{"fi", parsers.LevelInformation, "Tiedot"},

	{"uk", parsers.LevelCritical, "Критичний"},
	{"uk", parsers.LevelError, "Помилка"},
	{"uk", parsers.LevelWarning, "Попередження"},
	{"uk", parsers.LevelInformation, "Відомості"},

	{"da", parsers.LevelAuditSuccess, "Overvågning lykkedes|Overvågning gennemført"},
	{"da", parsers.LevelAuditFailure, "Overvågning mislykkedes"},
	{"nb", parsers.LevelAuditSuccess, "Vellykket overvåking|Overvåking vellykket"},
	{"nb", parsers.LevelAuditFailure, "Mislykket overvåking|Overvåking mislyktes"},
	{"fi", parsers.LevelAuditSuccess, "Valvonta onnistui|Onnistunut valvonta"},
	{"fi", parsers.LevelAuditFailure, "Valvonta epäonnistui|Epäonnistunut valvonta"},
	{"uk", parsers.LevelAuditSuccess, "Аудит успіху|Успішний аудит"},
	{"uk", parsers.LevelAuditFailure, "Аудит відмови|Невдалий аудит"},

	{"el", parsers.LevelCritical, "Κρίσιμο"},
	{"el", parsers.LevelError, "Σφάλμα"},
	{"el", parsers.LevelWarning, "Προειδοποίηση"},
	{"el", parsers.LevelInformation, "Πληροφορίες"},
	{"el", parsers.LevelAuditSuccess, "Επιτυχία ελέγχου|Έλεγχος επιτυχίας"},
	{"el", parsers.LevelAuditFailure, "Αποτυχία ελέγχου|Έλεγχος αποτυχίας"},

	{"ro", parsers.LevelError, "Eroare"},
	{"ro", parsers.LevelWarning, "Avertisment|Avertizare"},
	{"ro", parsers.LevelInformation, "Informații|Informaţii"},

	{"sk", parsers.LevelCritical, "Kritické"},
	{"sk", parsers.LevelWarning, "Upozornenie"},
	{"sk", parsers.LevelInformation, "Informácie"},

	{"bg", parsers.LevelCritical, "Критично"},
	{"bg", parsers.LevelError, "Грешка"},

	{"hr", parsers.LevelCritical, "Kritično"},
	{"hr", parsers.LevelError, "Pogreška"},
	{"hr", parsers.LevelWarning, "Upozorenje"},
	{"hr", parsers.LevelInformation, "Informacije"},
	{"sr", parsers.LevelError, "Greška"},
	{"sl", parsers.LevelError, "Napaka"},
	{"sl", parsers.LevelWarning, "Opozorilo"},

	{"et", parsers.LevelError, "Viga"},
	{"et", parsers.LevelWarning, "Hoiatus"},
	{"et", parsers.LevelInformation, "Teave"},
	{"lv", parsers.LevelError, "Kļūda"},
	{"lv", parsers.LevelWarning, "Brīdinājums"},
	{"lv", parsers.LevelInformation, "Informācija"},
	{"lt", parsers.LevelError, "Klaida"},
	{"lt", parsers.LevelWarning, "Įspėjimas"},
	{"lt", parsers.LevelInformation, "Informacija"},

	{"ar", parsers.LevelCritical, "حرج|هام"},
	{"ar", parsers.LevelError, "خطأ"},
	{"ar", parsers.LevelWarning, "تحذير"},
	{"ar", parsers.LevelInformation, "معلومات"},
	{"ar", parsers.LevelAuditSuccess, "نجاح التدقيق|تدقيق ناجح"},
	{"ar", parsers.LevelAuditFailure, "فشل التدقيق|تدقيق فاشل"},

	{"he", parsers.LevelCritical, "קריטי"},
	{"he", parsers.LevelError, "שגיאה"},
	{"he", parsers.LevelWarning, "אזהרה"},
	{"he", parsers.LevelInformation, "מידע"},

	{"th", parsers.LevelCritical, "วิกฤต"},
	{"th", parsers.LevelError, "ข้อผิดพลาด"},
	{"th", parsers.LevelWarning, "คำเตือน"},
	{"th", parsers.LevelInformation, "ข้อมูล"},
}

// levelWord is what one word says.
type levelWord struct {
	level parsers.Level
	lang  string // of the word, "" where several languages share it
}

// levelTable has every word as printed and in lower case.
var levelTable = makeLevelTable()

func makeLevelTable() map[string]levelWord {
	t := make(map[string]levelWord, 512)
	for _, w := range levelWords {
		for _, word := range strings.Split(w.words, "|") {
			v := levelWord{w.level, w.lang}
			t[word] = v
			t[strings.ToLower(word)] = v
			t[strings.ToLower(foldApostrophe(word))] = v
		}
	}
	return t
}

// levelOf gives the level that a word of the Type, Level or Keywords column
// stands for, in any language and any case; LevelUnknown if it is none.
func levelOf(word string) parsers.Level { return lookLevel(word).level }

// levelLanguage gives the language of a level word, "" if it is none or
// several languages share it.
func levelLanguage(word string) string { return lookLevel(word).lang }

// isLevel reports whether word is a level word.
func isLevel(word string) bool { return levelOf(word) != parsers.LevelUnknown }

// maxLevelWord is longer than any level word, in bytes.
const maxLevelWord = 64

func lookLevel(word string) levelWord {
	switch word { // most of all words, and not worth a look-up
	case "Information":
		return levelWord{level: parsers.LevelInformation}
	case "Error":
		return levelWord{level: parsers.LevelError}
	case "Warning":
		return levelWord{level: parsers.LevelWarning, lang: "en"}
	case "Audit Success", "Success Audit":
		return levelWord{level: parsers.LevelAuditSuccess, lang: "en"}
	}
	word = trimBlanks(word)
	if word == "" || len(word) > maxLevelWord || !mayBeLevel(word) {
		return levelWord{}
	}
	if v, ok := levelTable[word]; ok {
		return v
	}
	var buf [maxLevelWord]byte
	if folded, ok := foldASCII(buf[:0], word); ok {
		return levelTable[string(folded)]
	}
	return levelTable[strings.ToLower(foldApostrophe(word))]
}

// levelLengths has for each first byte of a level word, ASCII in lower case,
// the lengths of such words as a set of bits.
var levelLengths = makeLevelLengths()

func makeLevelLengths() *[256]uint64 {
	var t [256]uint64
	for word := range levelTable {
		t[lowerASCII(word[0])] |= 1 << min(len(word), 63)
	}
	return &t
}

// mayBeLevel spares most words the look-up. Folding may change the length of
// words with letters outside ASCII, so these pass by their first byte.
func mayBeLevel(word string) bool {
	set := levelLengths[lowerASCII(word[0])]
	return word[0] >= 0x80 || set>>min(len(word), 63)&1 != 0 || set != 0 && !isASCII(word)
}

// printedLevel is lookLevel for words exactly as Event Viewer prints them,
// which tells columns from words of sentences and of other logs.
func printedLevel(word string) levelWord {
	if word == "" || len(word) > maxLevelWord || !mayBeLevel(word) || word[0] >= 'a' && word[0] <= 'z' {
		return levelWord{}
	}
	v := levelTable[word]
	switch word {
	case "Info", "Informational", "Success":
		return levelWord{}
	}
	return v
}

// foldASCII appends s in lower case to buf. It reports false if s has letters
// outside ASCII.
func foldASCII(buf []byte, s string) ([]byte, bool) {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x80 {
			return nil, false
		}
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		buf = append(buf, c)
	}
	return buf, true
}

// foldApostrophe gives the typographic apostrophes of French words, and
// no-break spaces, their plain form.
func foldApostrophe(s string) string {
	if isASCII(s) {
		return s
	}
	s = strings.ReplaceAll(s, "\u2019", "'")
	return strings.ReplaceAll(s, "\u00a0", " ")
}

// auditOf gives the audit verdict that stands in a list of keywords, such as
// "Classic,Audit Failure"; LevelUnknown if there is none.
func auditOf(keywords string) parsers.Level {
	for len(keywords) > 0 {
		word := keywords
		if i := strings.IndexAny(keywords, ",;"); i >= 0 {
			word, keywords = keywords[:i], keywords[i+1:]
		} else {
			keywords = ""
		}
		if l := levelOf(word); l == parsers.LevelAuditSuccess || l == parsers.LevelAuditFailure {
			return l
		}
	}
	return parsers.LevelUnknown
}
