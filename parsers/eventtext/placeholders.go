package eventtext

import "strings"

// nothing are the placeholders for a field without a value, in lower case.
var nothing = makeNothing("n/a|na|n\\a|-|--|–|—|(0)|n/v|nd|n/d|" +
	"none|(none)|not available|not applicable|null|(null)|" +
	"keine|keiner|keines|kein|nicht zutreffend|nicht verfügbar|nicht anwendbar|keine angabe|n.v.|nv|k.a.|" +
	"aucun|aucune|non disponible|non applicable|n/d|nd|s/o|n.d.|(aucun)|(aucune)|" +
	"ninguno|ninguna|no disponible|no aplicable|no aplica|no hay|(ninguno)|(ninguna)|" +
	"nessuno|nessuna|non disponibile|non applicabile|" +
	"отсутствует|нет|н/д|недоступно|недоступен|не применимо|неприменимо|нет данных|" +
	"无|暂缺|不适用|没有|空|無|不適用|無法使用|なし|該当なし|適用なし|利用不可|" +
	"nenhum|nenhuma|não disponível|não aplicável|n/disp.|n/disp|" +
	"geen|niet beschikbaar|niet van toepassing|n.v.t.|nvt|n.v.t|" +
	"brak|nie dotyczy|niedostępny|niedostępne|" +
	"ingen|inga|inget|saknas|ej tillgänglig|ikke tilgængelig|ikke tilgjengelig|i/t|-/-|" +
	"žádná|žádný|žádné|hiçbiri|ни один|není k dispozici|není|není dostupné|" +
	"없음|해당 없음|사용할 수 없음|yok|δ/υ|καμία|κανένα|žiadna|žiadne|nie je k dispozícii|niciuna|niciunul|nicio|nema|ni na voljo|بلا|غير متوفر|غير متاح|ללא|לא זמין|ไม่มี|няма|nincs|nem érhető el|ei mitään|ei ole|ei käytettävissä|немає")

func makeNothing(list string) map[string]bool {
	t := map[string]bool{}
	for _, w := range strings.Split(list, "|") {
		t[w] = true
	}
	return t
}

// absent reports whether value stands for nothing: empty, "N/A", "None",
// "(0)", "-" and their like in any language and any case. Placeholders that
// stand for something left out, such as <servername>, are not absent.
func absent(value string) bool { return isNothing(trimBlanks(value)) }

// isNothing is absent for a value without blanks at its ends.
func isNothing(value string) bool {
	switch value {
	case "", "N/A", "None", "-", "(0)":
		return true
	}
	// No placeholder is longer than this; messages and names mostly are.
	if len(value) > maxNothing || plainName(value) {
		return false
	}
	if c := value[0]; c < 0x80 && nothingLengths[lowerASCII(c)]>>len(value)&1 == 0 && isASCII(value) {
		return false
	}
	var buf [maxNothing]byte
	if folded, ok := foldASCII(buf[:0], value); ok {
		return nothing[string(folded)]
	}
	return nothing[strings.ToLower(foldApostrophe(value))]
}

// nothingLengths has for each first byte of a placeholder the lengths of such
// placeholders as a set of bits.
var nothingLengths = makeNothingLengths()

func makeNothingLengths() *[256]uint64 {
	var t [256]uint64
	for word := range nothing {
		t[word[0]] |= 1 << min(len(word), 63)
	}
	return &t
}

// maxNothing is longer than any placeholder, in bytes.
const maxNothing = 48

// plainName spares the look-up for what is clearly a name: one that ends in a
// digit or has a backslash in it.
func plainName(s string) bool {
	last := s[len(s)-1]
	return last >= '0' && last <= '9' || strings.IndexByte(s, '\\') > 1
}

// present gives value without blanks at its ends, or "" if it stands for
// nothing.
func present(value string) string {
	value = trimBlanks(value)
	if isNothing(value) {
		return ""
	}
	return value
}

// trimBlanks takes blanks, tabs, no-break spaces and direction marks off both
// ends.
func trimBlanks(s string) string {
	for len(s) > 0 && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for len(s) > 0 && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t' || s[len(s)-1] == '\r') {
		s = s[:len(s)-1]
	}
	if len(s) == 0 || s[0] < 0x80 && s[len(s)-1] < 0x80 {
		return s
	}
	return strings.Trim(s, " \t\r\u00a0\u200b\u200e\u200f\u202a\u202c\u202f\u3000\ufeff")
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
